"""The one layout: what a file becomes, and which comments go where."""

from pathlib import Path
from typing import Any

import pytest

from reconciler.desired.yaml import parse
from reconciler.pull.fmt import formatted
from reconciler.pull.layout import item_lines, laid_out
from reconciler.pull.remarks import remarks
from reconciler.pull.spans import spans


def layouts(file: Path) -> dict[str, tuple[str, str]]:
    """Return the pairs of texts that a file holds, by what each shows."""
    found: dict[str, tuple[str, str]] = {}
    for part in file.read_text(encoding="utf-8").split("===== ")[1:]:
        name, _, texts = part.partition("\n")
        before, _, after = texts.partition("----- becomes\n")
        found[name] = before, after
    return found


LAYOUTS = layouts(Path(__file__).with_suffix(".txt"))


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_file_is_laid_out(name: str) -> None:
    """Exactly so, and the second time as well."""
    text, expected = LAYOUTS[name]
    laid = formatted(parse(text))
    assert laid == expected
    assert formatted(parse(expected)) == expected


def test_line_ends_stay() -> None:
    """Whoever has CRLF keeps it."""
    assert (
        formatted(parse("timezone: null\r\n# c\r\nname: N\r\n"))
        == "# c\r\nname: N\r\ntimezone: null\r\n"
    )


@pytest.mark.parametrize("wrong", ["name: X  # c\n", "name: N\n", "nmae: N  # c\n"])
def test_a_layout_that_went_wrong_is_not_kept(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It must mean the same, and have all comments."""
    monkeypatch.setattr("reconciler.pull.fmt.laid_out", lambda *_: wrong)
    assert formatted(parse("name: N  # c\n")) is None


def test_what_is_not_understood_or_wrong_is_left() -> None:
    """A text that is another one than what was read, and one that is no group file."""
    document = parse("name: N\n")
    document.text = ""
    assert formatted(document) is None
    document.text = "name: M  # c\n"
    document.data = {"name": "\n"}
    assert formatted(document) is None


def test_a_file_without_content_has_comments_all_the_same() -> None:
    """They are on its top."""
    text = "# a\n{}\n# b\n"
    found = remarks(text, spans(text))
    assert {path: said.above for path, said in found.items()} == {(): ("# a", "# b", "")}


def test_an_item_in_block_style() -> None:
    """Where what stands beside it is; its lists are laid out as ever."""
    item: dict[str, Any] = {"use_case": "A", "enabled": True, "actions": []}
    assert item_lines(item, 2, flow=False) == [
        "  - use_case: A",
        "    enabled: true",
        "    actions: []",
    ]
    assert laid_out({"name": "N"}, end="\r\n") == "name: N\r\n"
