"""Laws of the YAML reader: never raises, never slow, the same with either parser."""

from pathlib import Path
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

EXAMPLES = Path(__file__).parents[1] / "examples"

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


PIECES = st.lists(
    st.sampled_from(
        [
            *("name", "a", "x y", ": ", ":", "- ", "\n", "\n  ", "#", " #", " # c", "#2", "8:30"),
            *("...", "\n...\n", "\n---\n", "{", "}", "[", "]", ", ", ",", "'", '"', "|", "|-\n"),
            *(">", "  ", "\t", " ", "? ", "&a ", "*a", "!t ", "\u00a0", "e\u0301", "\\u00e9"),
            *("\\n", "\r\n", "\u2028", "null", "~", "%", "\ufeff", "😀", "`", "@", "!", "\\"),
        ]
    ),
    max_size=14,
).map("".join)


def agreed(text: str) -> Document:
    """Return what both parsers make of a text, down to the place of each problem."""
    fast, pure = read_with(text, pure=False), read_with(text, pure=True)
    assert [(item.rule, item.place) for item in fast.problems] == [
        (item.rule, item.place) for item in pure.problems
    ]
    if not fast.problems:
        assert (fast.data, fast.values, fast.keys, fast.raw) == (
            pure.data,
            pure.values,
            pure.keys,
            pure.raw,
        )
    return fast


@given(PIECES)
@settings(max_examples=1500)
@example("---\nname: X\n...\n...\n")
@example("name: X\n... # end\n\n# c\n...\n...\n")
@example("...#2}{`\n...\n")
@example("name: |#x\n  y\n")
@example("|-\n#\n")
@example("*a: ")
def test_y1_both_parsers_agree_on_whatever_is_written(text: str) -> None:
    """Also where comments, ends of documents and odd characters meet."""
    agreed(text)


@pytest.mark.parametrize(
    "example_file", sorted(EXAMPLES.glob("*/*.y*ml")), ids=lambda path: f"{path.stem}"
)
def test_y1_both_parsers_agree_on_each_example(example_file: Path) -> None:
    """Those that are valid, and those that are not."""
    text, problem = decode(example_file.read_bytes())
    if not problem:
        agreed(text)


@pytest.mark.parametrize(
    "ends", ["...\n...\n", "...\r\n...\r\n", "...\n\n# c\n... # d\n...", "...\n"]
)
def test_y1_a_document_may_end_twice(ends: str) -> None:
    """YAML 1.2 has any number of ends; nothing is another document."""
    assert agreed(f"---\nname: X\n{ends}").data == {"name": "X"}


CALL = "      - {action_type: CALL, context: c, day: 1, template_name: Call at 8:30}\n"
GROUP = "name: X\nuse_cases:\n  - use_case: A\n    enabled: true\n    actions:\n"


def grown(size: int, kind: str) -> str:
    """Return a valid group file of about so many bytes, whose last lines are always the same."""
    room = size - len(GROUP) - len(CALL)
    if kind == "actions":
        return GROUP + CALL * (room // len(CALL) + 1)
    if kind == "comment":
        return GROUP + f"# {'x' * room}\n" + CALL
    if kind == "comments":
        return GROUP + "# Call at 8:30\n" * (room // 15) + CALL
    if kind == "one line":
        actions = ",".join([CALL.strip().removeprefix("- ")] * (room // len(CALL) + 1))
        return GROUP.rstrip() + f" [{actions}]\n"
    if kind == "name":
        return GROUP.replace("X", "8:30 " * (room // 5) + "X") + CALL
    assert kind == "blank lines"
    return GROUP + "\n" * room + CALL


@pytest.mark.parametrize(
    "kind", ["actions", "comment", "comments", "one line", "name", "blank lines"]
)
@pytest.mark.parametrize("size", [1024, 64 * 1024, 65 * 1024, MAX_FILE - 200])
def test_i_size_is_no_meaning(kind: str, size: int) -> None:
    """What is valid in a small file is valid up to the limit, with either parser."""
    text = grown(size, kind)
    assert len(text.encode()) <= MAX_FILE
    document = agreed(text)
    assert not document.problems
    assert not shape_problems(document)
    last = document.data["use_cases"][0]["actions"][-1]
    assert last["template_name"] == "Call at 8:30"


@pytest.mark.parametrize("size", [1024, 108 * 1024, MAX_FILE - 200])
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{a: [1, {b: 8:30}, 2", "yaml-syntax"),
        ("name: Reminder #2", "cut-value"),
        ("{name: Call at 8:30, name: X}", "duplicate-key"),
    ],
)
def test_i_nor_has_it_one_for_what_is_wrong(text: str, rule: str, size: int) -> None:
    """The same is told of it, by either parser."""
    document = agreed(f"# {'x' * (size - len(text))}\n{text}\n")
    assert [problem.rule for problem in document.problems] == [rule]


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
