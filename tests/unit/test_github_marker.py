"""What a text of ours says of itself, unseen."""

import json

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.github import FAILED, LONGEST, Marker, Record, Text, attachment
from reconciler.plan.digest import NOTHING

QA = Marker("plan", "qa")
DIGESTS = [f"sha256:{digit * 64}" for digit in "abcdef"]
HEAD = "1" * 40

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('-!>< "\\\nux002dé\u202e'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("->"), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from([*DIGESTS, FAILED, NOTHING]),
    st.sampled_from([HEAD, ""]),
    st.lists(st.sampled_from(DIGESTS), max_size=3, unique=True),
    st.integers(0, 9),
    json_values,
)
def test_what_is_written_is_read_back(
    digest: str, head: str, former: list[str], run: int, value: object
) -> None:
    """Record and attachment, whatever they hold."""
    record = Record(digest, head, tuple(former), run)
    whole = str(Text(QA, record, "plan", value))
    assert QA.begins(whole)
    assert not QA.within(whole)
    assert Record.read(whole) == record
    assert attachment(whole) == value


@given(json_values)
def test_an_attachment_is_never_seen(value: object) -> None:
    """Whatever it holds: two dashes would end the comment of HTML that it stands in."""
    whole = str(Text(QA, Record(DIGESTS[0], HEAD), "The plan.", value))
    lines = whole.splitlines()
    assert len(lines) == 2 + (value is not None)
    assert all(line.count("--") == 2 for line in lines[:-1])
    shown = cmarkgfm.github_flavored_markdown_to_html(whole)
    assert "<p>The plan.</p>" in shown


@pytest.mark.parametrize("spare", [0, -1])
def test_an_attachment_that_does_not_fit_is_left_out(spare: int) -> None:
    """Whole, and the plan stays whole."""
    value = {"key": "x" * 1000}
    room = LONGEST - len(str(Text(QA, Record(DIGESTS[0], HEAD), "", value)))
    body = "y" * (room - spare)
    whole = str(Text(QA, Record(DIGESTS[0], HEAD), body, value))
    assert whole.endswith(body)
    assert attachment(whole) == (None if spare else value)
    assert len(whole) <= LONGEST


def test_a_text_is_never_too_long() -> None:
    """Whatever it is given, GitHub takes it."""
    assert len(str(Text(QA, Record(DIGESTS[0]), "x" * 100_000, [1]))) == LONGEST


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plan",
        "<!-- reconciler attachment {",
        '<!-- reconciler attachment {" -->',
        f"<!-- reconciler attachment {'[' * 50_000} -->",
    ],
)
def test_no_attachment(line: str) -> None:
    """What is cut, edited or hostile is nothing."""
    assert attachment(f"{QA.prefix}digest=none -->\n{line}") is None


def test_an_attachment_survives_an_edit_in_the_browser() -> None:
    """GitHub's page ends lines with CR LF."""
    whole = str(Text(QA, Record(DIGESTS[0]), "plan", {"a": 1})).replace("\n", "\r\n")
    assert attachment(whole) == {"a": 1}
    assert Record.read(whole).digest == DIGESTS[0]


def test_attachments_are_compact_json() -> None:
    """So that anybody can read them in the source of a comment."""
    whole = str(Text(QA, Record(NOTHING), "plan", {"b": "--", "a": [1, -1]}))
    hidden = whole.splitlines()[1]
    assert hidden == '<!-- reconciler attachment {"a":[1,-1],"b":"\\u002d-"} -->'
    assert json.loads(hidden[27:-4]) == {"b": "--", "a": [1, -1]}


@pytest.mark.parametrize(
    "first",
    [
        "digest=sha256:12 run=x was=sha256:1,no -->",
        "-->",
        "digest= -->",
        f"DIGEST={DIGESTS[0]} -->",
    ],
)
def test_a_marker_that_says_nothing(first: str) -> None:
    """Is not taken for a digest, a run or a former digest."""
    assert Record.read(QA.prefix + first) == Record()


def test_new_only_three_former_digests_are_kept() -> None:
    """Newest first, each once, and never the one that it is now."""
    record = Record(DIGESTS[0], HEAD)
    for digest in [*DIGESTS[1:], DIGESTS[4], FAILED]:
        record = Record(digest, HEAD).after(record)
    assert record.former == (DIGESTS[4], DIGESTS[5], DIGESTS[3])
    again = Record(DIGESTS[4]).after(record)
    assert again.former == (DIGESTS[5], DIGESTS[3])
