"""Every id that is ever printed in brackets is declared once, and its example is true."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from reconciler.desired import check, load
from reconciler.desired.catalogue import RULES as FILE_RULES
from reconciler.errors import DesiredError, Finding, Rule

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "reconciler"
FILE: Final = re.compile(r"^# (groups/\S+)\n", re.MULTILINE)


def calls(name: str) -> Iterator[str]:
    """Yield the modules that build something of a class."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield path.relative_to(PACKAGE).as_posix()


def test_a_finding_is_made_by_its_rule() -> None:
    """So no id can be printed that nothing explains; nor is a rule declared out of sight."""
    assert set(calls("Finding")) == {"errors.py"}
    assert set(calls("Rule")) == {"desired/catalogue.py", "lint/__init__.py", "lint/rule.py"}


def write(root: Path, example: str) -> None:
    """Write the files of an example; one that names none is a group file of google's."""
    named = FILE.split(example)[1:] or ["groups/google/example.yaml", example]
    for name, text in zip(named[::2], named[1::2], strict=True):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def linked(root: Path) -> None:
    """A link that leads out of groups/."""
    (root / "outside.yaml").write_text("name: Example\n", encoding="utf-8")
    (root / "groups/google/recalls.yaml").symlink_to(root / "outside.yaml")


def large(root: Path) -> None:
    """A file of 300 KiB."""
    (root / "groups/google/recalls.yaml").write_bytes(b"#" * 300 * 1024)


def other_encoding(root: Path) -> None:
    """A file that is not UTF-8."""
    (root / "groups/google/recalls.yaml").write_bytes("name: Clínica\n".encode("latin-1"))


def refuse(_: Path) -> bytes:
    """What the system does to a reader without permission; root has all."""
    raise PermissionError(13, "Permission denied")


ARRANGED: Final[dict[str, Callable[[Path], Any]]] = {
    "no-group-files": lambda _: None,
    "symlink": linked,
    "too-large": large,
    "encoding": other_encoding,
    "unreadable": lambda root: write(root, "name: Example\n"),
}
"""What the examples describe that no text can show."""


def findings(root: Path, variables: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return what is found below a folder when a plan is made."""
    try:
        load(root, env=None, variables=variables)
    except DesiredError as error:
        return error.findings
    return check(root, None).findings


@pytest.mark.parametrize("rule", FILE_RULES.values(), ids=FILE_RULES)
def test_every_rule_of_files_finds_its_own_example(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, at its usual level, and nothing else is wrong there."""
    (tmp_path / "groups/google").mkdir(parents=True)
    if rule.id in ARRANGED:
        assert re.fullmatch("# .*\n", rule.example), "what no text can show, one comment says"
        ARRANGED[rule.id](tmp_path)
    else:
        write(tmp_path, rule.example)
    if rule.id == "unreadable":
        monkeypatch.setattr(Path, "read_bytes", refuse)
    variables = {"RECALLS_SHEET": "recalls"} if rule.id == "wrong-variable" else {}
    (found,) = findings(tmp_path, variables)
    assert (found.rule, found.severity) == (rule.id, rule.level)
