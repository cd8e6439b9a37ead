"""What was left in a text and was not meant to stay."""

import pytest

from reconciler.desired.leftovers import leftovers
from reconciler.desired.yaml import parse
from tests.unit.test_text_characters import LANGUAGES


def told(value: str) -> list[str]:
    """Return the rules that find something in a name."""
    return [finding.rule for finding in leftovers(parse(f"name: {value}\n"))]


@pytest.mark.parametrize(
    "value",
    [
        "${CLINIC_NAME} Recalls",
        "$(CLINIC)",
        "$CLINIC_NAME",
        '"{{ first_name }}"',
        '"{% if x %}"',
        '"%NAME% Recalls"',
        "<CLINIC NAME>",
        "<your clinic>",
        "__CLINIC__",
        '"@@clinic@@"',
        '"#{clinic}"',
        "TODO",
        "Recall TBD",
        "CHANGE_ME",
        "<%= clinic %>",
        "<?php echo $clinic ?>",
        "'{clinic_name}'",
        "'[[clinic]]'",
        "<<clinic>>",
        "$clinic Recall",
        "'@clinic@'",
        "'%(clinic)s Recall'",
        "<Clinic Name>",
        "<clinic_name>",
        "change-me",
        "tbd",
    ],
)
def test_m5_placeholders(value: str) -> None:
    """As templates of all kinds write them."""
    assert told(value) == ["placeholder"]


@pytest.mark.parametrize(
    "value",
    [
        "Save $25 on lenses",
        "50% OFF 20% MORE",
        "Recall <b>",
        "a < B > c",
        "todo list",
        "Todos los pacientes",
        "reminder_7d",
        "Call (front desk) [old] {x}",
        '"#1 choice"',
        "XXXL",
    ],
)
def test_m5_texts_that_only_resemble_one(value: str) -> None:
    """Prices, percentages, tags and words are left alone."""
    assert told(value) == []


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("“Recall”", "Recall"),
        ("“Recall“", "Recall"),
        ("„Recall“", "Recall"),
        ("‘Recall’", "Recall"),
        ('“Recall"', "Recall"),
        ('“"Recall"”', "Recall"),
        ("'\"Recall\"'", "Recall"),
        ("\"'Recall'\"", "Recall"),
        ("'“Recall”'", "Recall"),
    ],
)
def test_m5_quotes_that_are_part_of_a_value(value: str, meant: str) -> None:
    """The warning says how it is written."""
    (found,) = leftovers(parse(f"name: {value}\n"))
    assert (found.rule, found.severity) == ("quotes-in-value", "warning")
    assert f'write "{meant}"' in found.remedy


@pytest.mark.parametrize("value", ["The “gold” plan", '"Recall"', "Ann’s", "“A” and “B”"])
def test_m5_quotes_within_a_value(value: str) -> None:
    """They are part of it, and so they were meant; a quoted value has none."""
    assert told(value) == []


def test_x1_links_elsewhere() -> None:
    """In any text of a file; the link itself is not repeated."""
    text = "slug: https://1drv.ms/x/s3cret\nsheet_link: https://1drv.ms/x/s3cret\nname: 7\n"
    (found,) = leftovers(parse(text))
    assert (found.rule, found.place) == ("misplaced-link", (1, 7))
    assert "s3cret" not in f"{found}"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Recordatorio de la clÃ­nica"[:26], "Ã­"),
        ("ClÃ\u00b3nica", "Ã³, which seems to have been ó"),
        ("MaÃ±ana", "Ã±, which seems to have been ñ"),
        ("Annâ€™s visit", "â€™, which seems to have been ’"),
        ("Visit â€“ evening", "â€“, which seems to have been –"),
        ("Â¿MaÃ±ana?", "Â¿, which seems to have been ¿"),
        ("Nháº¯c lá»‹ch", "áº¯, which seems to have been ắ"),
        ("Call ðŸ“ž", "ðŸ“ž, which seems to have been 📞"),
        ("Call â€\u0153now", "â€œ, which seems to have been “"),
        ("Call â€", "â€, which seems to have been another character"),
        ("Caf\ufffd", "U+FFFD REPLACEMENT CHARACTER, in place of a character that was lost"),
    ],
)
def test_m5_letters_that_were_lost_on_the_way(value: str, words: str) -> None:
    """What they were before, where that can be known."""
    found = [one for one in leftovers(parse(f"name: {value}\n")) if one.rule == "garbled-text"]
    assert words in found[0].message


@pytest.mark.parametrize("value", [*LANGUAGES, "AMANHÃ", "CAFÉ »", "Ça va", "“BLÅ”", "Ãozinho Â"])
def test_m5_languages_are_not_garbled(value: str) -> None:
    """Letters as people write them."""
    assert "garbled-text" not in told(f"'{value.replace(chr(39), '')}'")
