"""Every id that is ever printed in brackets is declared once, and its example is true."""

import ast
import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import indent
from typing import Any, Final

import pytest

from reconciler.desired import check, load
from reconciler.desired.catalogue import RULES as FILE_RULES
from reconciler.errors import DesiredError, Finding, Rule
from reconciler.lint import ALLOWANCE, allowances
from reconciler.lint import RULES as PEOPLE
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.guards import RULES as GUARDS
from reconciler.render.rules import ALL, rule_markdown, rule_text, rules_text
from reconciler.render.text import plan_text
from reconciler.settings import LintSettings
from reconciler.workspace import Workspace
from reconciler.workspace.settings import load_settings
from tests.builders import desired, group_id, live, use_case
from tests.e2e.repository import commit, git

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "reconciler"
PLANS: Final = sorted((ROOT / "tests" / "cases").glob("*/expected/plan.txt"))
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
    assert set(calls("Guard")) == {"plan/guards.py"}
    declared = {"desired/catalogue.py", "lint/__init__.py", "lint/rule.py", "plan/guards.py"}
    assert set(calls("Rule")) == declared


def test_an_id_means_one_thing() -> None:
    """Whatever kind of rule prints it; and each says all that there is to say."""
    kinds = (PEOPLE, FILE_RULES, [ALLOWANCE.id], GUARDS)
    assert sorted(ALL) == sorted(rule for kind in kinds for rule in kind)
    for name, rule in ALL.items():
        assert rule.id == name
        assert re.fullmatch("[a-z]+(-[a-z]+)*", name)
        assert all((rule.title, rule.why, rule.remedy, rule.source))
        assert rule.example.endswith("\n")
        assert rule.why.endswith(".")
        assert not re.search(r"\.$", rule.title + rule.remedy)


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


def deleted(root: Path) -> None:
    """A file that the commit has and the folder has not, beside another one."""
    write(root, "name: Example\n")
    write(root, "# groups/google/recalls.yaml\nname: Recalls\n")
    git(root, "init", "-q")
    commit(root, "first")
    (root / "groups/google/recalls.yaml").unlink()


def unlisted(root: Path) -> None:
    """A file with an environment that the settings do not list."""
    write(root, "name: Example\nenvironments:\n  prd: {timezone: UTC}\n")
    (root / "pyproject.toml").write_text("[tool.reconciler.environments.prod]\n", encoding="utf-8")


ARRANGED: Final[dict[str, Callable[[Path], Any]]] = {
    "no-group-files": lambda _: None,
    "symlink": linked,
    "too-large": large,
    "encoding": other_encoding,
    "unreadable": lambda root: write(root, "name: Example\n"),
    "not-removed": deleted,
    "unknown-environment": unlisted,
}
"""What the examples describe that no text can show."""


def findings(root: Path, variables: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return what is found below a folder when a plan is made."""
    try:
        if (root / ".git").exists():
            Workspace(root, None, os.environ, lambda: datetime.now(UTC)).load(base="HEAD")
        settings = root / "pyproject.toml"
        listed = load_settings(root).environments if settings.exists() else ()
        load(root, env=None, variables=variables, listed=listed)
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


def test_an_allowance_without_a_reason_is_found(tmp_path: Path) -> None:
    """Its rule is one of files, but only the rules about people know it."""
    write(tmp_path, ALLOWANCE.example)
    declared = load(tmp_path, env=None, variables={}).declared
    (found,) = allowances([declared], LintSettings(), date(2026, 11, 24))
    assert (found.rule, found.severity) == (ALLOWANCE.id, ALLOWANCE.level)


@pytest.mark.parametrize("rule", GUARDS.values(), ids=GUARDS)
def test_every_guard_says_what_its_example_shows(rule: Rule) -> None:
    """In a whole plan of tests/cases; reading live state refuses a repeated use case before."""
    plans = [path.read_text(encoding="utf-8") for path in PLANS]
    twice = [live("day-surgery", use_cases=(use_case("SURGERY_PREPARATION"),) * 2)]
    files = [
        desired("day-surgery", timezone=None, start_time=None, assistant_id=None, use_cases=())
    ]
    plan = plan_text(build_plan(files, twice, Target()))
    plans.append(plan.replace(group_id(1), "66f0a1b2c3d4e5f607182930"))
    shown = indent(rule.example, "  ")
    assert any(shown in plan for plan in plans)
    assert f"[{rule.id}]" in rule.example


def test_rules_in_a_terminal() -> None:
    """A line for each, under its kind, and all about one."""
    settings = LintSettings(levels={"ai-voice": "info"})
    lines = [line.split() for line in rules_text(settings).splitlines() if line.startswith("  ")]
    assert [line[0] for line in lines] == list(ALL)
    levels = {line[0]: line[1] for line in lines}
    assert [levels[name] for name in ("ai-voice", "not-read", "creates")] == [
        "info",
        "warning",
        "refuses",
    ]
    text = rule_text(ALL["ai-voice"], settings)
    for part in (
        "info (usually off)",
        "FCC 24-17",
        "# reconciler: allow ai-voice -- reason",
        "Finds something in:\n\n    name: Example\n",
    ):
        assert part in text
    assert "(usually" not in rule_text(ALL["ai-voice"], LintSettings())


def test_only_rules_about_people_can_be_allowed() -> None:
    """A guard has a plan as its example."""
    assert "Allow:" not in rule_text(ALL["tab"], LintSettings())
    text = rule_text(ALL["creates"], LintSettings())
    assert "Allow:" not in text
    assert "Level:   refuses\n" in text
    assert "A plan then says:\n\n    11 groups would be created" in text
    assert rule_markdown(ALL["creates"]).startswith("### creates\n")
    assert "```text\n11 groups" in rule_markdown(ALL["creates"])
