"""Laws of the YAML reader: never raises, never slow, the same with either parser."""

from typing import Any

import pytest
from _ruamel_yaml import CParser  # type: ignore[import-not-found]  # a C module without annotations
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.desired import events, yaml
from reconciler.desired.files import MAX_FILE
from reconciler.desired.kinds import decode
from reconciler.desired.shape import shape_problems
from reconciler.desired.yaml import Document, parse

WORDS = st.sampled_from(
    ["name", "use_cases", "08:00:00", "true", "no", "~", "", "10", "010", "1e3", "é", "x y", "<<"]
)
QUOTED = WORDS.map(lambda word: f'"{word}"')
LEAVES = WORDS | QUOTED


def block(value: Any, indent: int = 0) -> str:
    """Write nested lists and pairs as block YAML."""
    pad = " " * indent
    if isinstance(value, str):
        return f" {value}\n"
    if isinstance(value, dict):
        return (
            "\n" + "".join(f"{pad}{key}:{block(item, indent + 2)}" for key, item in value.items())
            if value
            else " {}\n"
        )
    return (
        "\n" + "".join(f"{pad}-{block(item, indent + 2)}" for item in value) if value else " []\n"
    )


TEXTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS.filter(bool), inner, max_size=3)
    ),
    max_leaves=12,
).map(block)


def read_with(text: str, *, pure: bool) -> Document:
    """Parse with one of the two parsers."""
    with pytest.MonkeyPatch.context() as patch:
        if pure:
            patch.setattr(events, "CParser", None)
        return parse(text)


def test_a_character_beyond_unicode_is_a_problem_for_both_parsers() -> None:
    """The pure parser leaves it to `chr`, whose exception must not reach a user."""
    text = 'name: "\\U00110000"\n'
    assert [len(read_with(text, pure=pure).problems) for pure in (True, False)] == [1, 1]


def test_the_c_parser_is_there() -> None:
    """Nobody runs the slow one without knowing: the project's own install brings the fast one."""
    assert vars(events)["CParser"] is CParser


@given(TEXTS)
@example("a:\nb: 1\n")
@example("- \n- x\n")
@example("---\n")
@example("{start_time: 08:00:00}")
@example("a: {b: }\n")
def test_both_parsers_read_the_same(text: str) -> None:
    """Data, places and raw text are equal; what one refuses the other refuses too."""
    fast, pure = read_with(text, pure=False), read_with(text, pure=True)
    assert [problem.rule for problem in fast.problems] == [
        problem.rule for problem in pure.problems
    ]
    if not fast.problems:
        assert (fast.data, fast.values, fast.keys, fast.raw) == (
            pure.data,
            pure.values,
            pure.keys,
            pure.raw,
        )


@given(
    st.text(max_size=60) | st.text(alphabet="a:-[]{}#&*!|>'\"%@`,? \n\t\\u0\x00\u202e", max_size=40)
)
@settings(max_examples=400)
def test_no_text_raises(text: str) -> None:
    """Whatever a file holds, the answer is a document or problems with a place in it."""
    document = parse(text)
    problems = document.problems or shape_problems(document)
    lines = text.count("\n") + 1
    assert all(1 <= problem.line <= lines + 1 and problem.column >= 1 for problem in problems)


@given(st.binary(max_size=60))
def test_no_bytes_raise(content: bytes) -> None:
    """What is not UTF-8 is a problem at the first bad byte."""
    text, problem = decode(content)
    assert problem is not None or text.encode() == content


HOSTILE = [
    "[",
    "{",
    "- ",
    "a: ",
    '"',
    "&a ",
    "? ",
    "!!x ",
    "*a ",
    "a: b\n",
    "\t\n",
    "- - ",
    "{a: [",
    "%\n",
    "|\n",
    "'",
    "\u202e",
    "\\\n",
    "- &a [*a]\n",
    "a: |\n ",
    "9",
]


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_the_largest_hostile_file_is_bounded(piece: str) -> None:
    """256 KiB of one thing ends with few problems: it may not cost minutes or fill a terminal."""
    text = piece * (MAX_FILE // len(piece.encode()))
    document = parse(text)
    problems = document.problems or shape_problems(document)
    assert 1 <= len(problems) <= 2 * yaml.MAX_PROBLEMS
