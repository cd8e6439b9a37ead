"""Group files that are accepted, and group files that are refused in exactly these words.

Each `invalid/NAME.yaml` has beside it a `NAME.expected` with what `reconciler validate` prints
behind the file's name. `UPDATE=1 pytest tests/examples` writes what is printed now.
"""

import os
import shutil
from pathlib import Path

import pytest

from reconciler.desired import check, events
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


def test_there_are_examples_of_every_kind() -> None:
    """An empty folder would test nothing."""
    assert len(VALID) >= 12
    assert len(INVALID) >= 120
