"""Group files that are accepted, and group files that are refused in exactly these words.

Each `invalid/NAME.yaml` has beside it a `NAME.expected` with what `reconciler validate` prints
behind the file's name. `UPDATE=1 pytest tests/examples` writes what is printed now.
"""

import os
import shutil
from pathlib import Path

import pytest

from reconciler.desired import check, events
from reconciler.desired.load import problems_of
from reconciler.desired.yaml import parse
from reconciler.render.text import findings_text

HERE = Path(__file__).parent
VALID = sorted(HERE.glob("valid/*.y*ml"))
INVALID = sorted(HERE.glob("invalid/*.yaml"))


def told(example: Path, folder: Path) -> str:
    """Return what validate prints of a file in its right place, without the file's name."""
    place = folder / "groups" / "google" / "example.yaml"
    place.parent.mkdir(parents=True)
    shutil.copyfile(example, place)
    text = findings_text(check(folder, None).findings)
    return text.replace("groups/google/example.yaml:", "")


@pytest.mark.parametrize("example", VALID, ids=lambda path: path.stem)
def test_valid(example: Path, tmp_path: Path) -> None:
    """Nothing is said of it."""
    assert told(example, tmp_path) == ""


@pytest.mark.parametrize("example", INVALID, ids=lambda path: path.stem)
def test_invalid(example: Path, tmp_path: Path) -> None:
    """Each problem is told at its place, with its remedy, in order."""
    expected = example.with_suffix(".expected")
    text = told(example, tmp_path)
    if os.environ.get("UPDATE"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
    assert text


@pytest.mark.parametrize("example", [*VALID, *INVALID], ids=lambda path: path.stem)
def test_both_parsers_say_the_same(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the C parser is not installed; only where it is no YAML may the place be another."""
    with_c = told(example, tmp_path / "c")
    monkeypatch.setattr(events, "CParser", None)
    pure = told(example, tmp_path / "pure")
    assert pure == with_c or (pure + with_c).count("[yaml-syntax]") == pure.count("[") * 2


OF_VALUES = {"invisible-character", "look-alike-character", "normal-form", "cut-value"}
HIDDEN = ("\u200b", "\u00a0", "\u0435\u0301", "\u202e", " #2")


@pytest.mark.parametrize("example", VALID, ids=lambda path: path.stem)
def test_c_d_what_is_hidden_in_a_value_has_no_other_problem_in_its_train(example: Path) -> None:
    """Put into any value of a file that is fine: each is told, at its line, and nothing else is."""
    text = example.read_bytes()
    lines, document = text.decode().split("\n"), parse(text.decode())
    for path, (line, column) in document.values.items():
        written = document.raw.get(path) or document.value(path)
        row = lines[line - 1]
        if not isinstance(written, str) or len(written) < 2 or row[column - 1 :].find(written) < 0:
            continue
        at = row.index(written, column - 1) + 1
        for hidden in HIDDEN:
            changed = [*lines]
            changed[line - 1] = row[:at] + hidden + row[at:]
            found = problems_of("\n".join(changed).encode())
            rules = {item.rule for item in found}
            if "yaml-syntax" in rules:  # cut within brackets
                continue
            assert {item.line for item in found} <= {line}, (path, hidden)
            # Where nothing is hidden (a comment, or # within quotes) it is another value.
            assert rules <= OF_VALUES or not rules & OF_VALUES, (path, hidden)


def test_there_are_examples_of_every_kind() -> None:
    """An empty folder would test nothing."""
    assert len(VALID) >= 12
    assert len(INVALID) >= 120
