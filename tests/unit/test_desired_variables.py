"""What a variable holds instead of a link is named, and never shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.variables import wrong_link

LINK = "https://1drv.ms/x/s3cret"


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("", "is set and empty"),
        (" \t\n", "holds nothing but blanks"),
        (f"{LINK}\n", "has a line break around it"),
        (f"{LINK}\r\n", "has a line break as Windows writes it around it"),
        (f"{LINK}\r", "has a line break around it"),
        (f"\n{LINK}", "has blanks around it"),
        (f" {LINK}", "has blanks around it"),
        (f"{LINK}\u00a0", "has blanks around it"),
        (f'"{LINK}"', "has quotes around it"),
        (f"'{LINK}'\n", "has a line break and quotes around it"),
        (f"`{LINK}`", "has quotes around it"),
        (f"\u201c{LINK}\u201d", "has quotes (curly ones, from a text program) around it"),
        (f"<{LINK}>", "has brackets around it"),
        (f"\ufeff{LINK}", "has an invisible character (U+FEFF) around it"),
        (f"{LINK}\u200b", "has an invisible character (U+200B) around it"),
        (f"SHEET={LINK}", "has a name (as in a line of a `.env` file) around it"),
        (f"SHEET: {LINK}", "has a name (as in a line of a `.env` file) around it"),
        (
            f'export SHEET="{LINK}"\n',
            "has a line break, a name (as in a line of a `.env` file) and quotes around it",
        ),
        (f"{LINK}\n{LINK}", "holds several lines"),
        ("a\nb", "holds several lines"),
        ("***", "holds stars or dots: what masks a secret, not the secret"),
        ("<link>", "holds a placeholder where a link should be"),
        ("${{ secrets.SHEET }}", "holds a placeholder where a link should be"),
        ("$SHEET", "holds a placeholder where a link should be"),
        ("TODO: s3cret", "holds a placeholder where a link should be"),
        ("http://1drv.ms/x/s3cret", "holds a link that begins with http://, not https://"),
        ("HTTPS://1drv.ms/x", "holds a link that does not begin with https:// in small letters"),
        ("1drv.ms/x/s3cret", "holds a link without https:// before it"),
        (f"{LINK} and more", "holds a link with a blank within"),
        (
            f"{LINK}\u2026abc",
            "holds a link with a character that no link has: U+2026, horizontal ellipsis",
        ),
        ("s3cret", "does not hold a link that begins with https://"),
        ("https://", "does not hold a link that begins with https://"),
        (f'"{LINK}', "does not hold a link that begins with https://"),
    ],
)
def test_m2_what_it_holds_is_said(value: str, what: str) -> None:
    """With a remedy, and without a letter of it."""
    said = wrong_link(value)
    assert said
    assert said[0] == what
    assert said[1]
    assert "s3cret" not in said[0] + said[1]


def test_m2_a_link_alone_is_fine() -> None:
    """Whatever is in it."""
    assert wrong_link(LINK) is None
    assert wrong_link(f'{LINK}?a=b&c="d"') is None


@given(st.text(max_size=60) | st.text(alphabet="\"'<>=\r\n \ufeffhtps:/a", max_size=30))
def test_m2_whatever_it_holds_there_is_an_end(value: str) -> None:
    """And a word, unless it is a link."""
    said = wrong_link(value)
    assert said is None or all(said)
