"""Rules at the command line: in validate, in plan, in a pull request, and what settings do."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Command, Request
from tests.e2e.repository import SURGERY, commit, edit, git

IMAGING = "groups/google/imaging.yaml"


def settings(folder: Path, text: str) -> None:
    """Write settings of rules."""
    (folder / "pyproject.toml").write_text(f"[tool.reconciler.lint]\n{text}\n", encoding="utf-8")


def test_validate_warns_and_goes_on(folder: Path, reconciler_: Command) -> None:
    """At the value, with a remedy; a warning is no error."""
    edit(folder / SURGERY, "16:00:00", "06:30:00")
    done = reconciler_("validate")
    assert done.code == 0
    assert (
        f"{SURGERY}:6:13: warning: texts and calls begin at 06:30, before 08:00 [quiet-hours]"
        in done.out
    )
    assert "1 warning." in done.out


def test_an_error_stops_everything(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """Where the settings make a rule one."""
    edit(folder / SURGERY, "16:00:00", "06:30:00")
    settings(folder, 'levels = { quiet-hours = "error" }')
    assert reconciler_("validate").code == 1
    done = reconciler_("apply", "--yes")
    assert done.code == 1
    assert "[quiet-hours]" in done.err
    assert not requests
    settings(folder, 'levels = { quiet-hours = "off" }')
    assert "quiet-hours" not in reconciler_("validate").out


def test_an_environment_is_told(folder: Path, reconciler_: Command) -> None:
    """What only one of them does is told with its name, and with --env alone."""
    edit(
        folder / "groups/microsoft/annual-recall.yaml",
        "start_time: 13:00:00",
        "start_time: 05:00:00",
    )
    done = reconciler_("validate")
    assert "before 08:00 (environment qa) [quiet-hours]" in done.out
    assert "before 08:00 [quiet-hours]" in reconciler_("validate", "--env", "qa").out
    assert "quiet-hours" not in reconciler_("validate", "--env", "prod").out


def test_settings_that_mean_nothing(folder: Path, reconciler_: Command) -> None:
    """All of them at once."""
    settings(folder, 'levels = { quiet-hour = "off" }\npatient_zones = ["America/Chigago"]')
    done = reconciler_("validate")
    assert done.code == 1
    assert "levels: there is no quiet-hour, did you mean quiet-hours?" in done.err
    assert "patient_zones: there is no America/Chigago, did you mean America/Chicago?" in done.err
    settings(folder, 'levels = { quiet-hours = "loud" }\nhours = { begin = "8" }\nstates = ["TX"]')
    done = reconciler_("validate")
    assert all(
        part in done.err
        for part in ("lint.levels.quiet-hours", "lint.hours.begin", "lint.states.0")
    )
    settings(folder, 'hours = { begin = "21:00", end = "08:00" }')
    assert "lint.hours: begin 21:00 is not before end 08:00" in reconciler_("validate").err


def test_an_unused_allowance_is_told(folder: Path, reconciler_: Command) -> None:
    """As a warning, and one without a reason as an error."""
    edit(
        folder / SURGERY,
        "start_time: 16:00:00",
        "start_time: 16:00:00   # reconciler: allow quiet-hours -- once it was six",
    )
    done = reconciler_("validate")
    assert done.code == 0
    assert "the allowance of quiet-hours silences nothing" in done.out
    assert reconciler_("plan").code == 0
    edit(folder / SURGERY, " -- once it was six", "")
    assert reconciler_("validate").code == 1
    done = reconciler_("plan")
    assert done.code == 1
    assert "gives no reason, and allows nothing [allowance]" in done.err


@pytest.fixture
def applied(folder: Path, reconciler_: Command) -> None:
    """A repository whose only commit is live."""
    (folder / ".gitignore").write_text(".reconciler/\n*.json\n*.md\n*.html\n", encoding="utf-8")
    git(folder, "init", "-q")
    edit(folder / IMAGING, "14:15:00", "22:00:00")
    commit(folder, "first")
    assert reconciler_("apply", "--yes").code == 0


@pytest.mark.usefixtures("applied")
def test_a_plan_is_quiet_about_what_it_does_not_touch(folder: Path, reconciler_: Command) -> None:
    """The finding in a group that does not change is there already; validate tells it."""
    edit(folder / SURGERY, "16:00:00", "15:00:00")
    assert "quiet-hours" not in reconciler_("plan", "--base", "HEAD").out
    edit(folder / IMAGING, "name: Imaging", "name: Our Imaging")
    assert (
        f"  {IMAGING}:5: texts and calls begin at 22:00"
        in reconciler_("plan", "--base", "HEAD").out
    )


@pytest.mark.usefixtures("applied")
def test_a_branch_cannot_switch_a_rule_off_for_its_own_plan(
    folder: Path, reconciler_: Command
) -> None:
    """The base's settings hold."""
    settings(folder, 'levels = { quiet-hours = "off" }')
    edit(folder / SURGERY, "16:00:00", "06:30:00")
    done = reconciler_("plan", "--base", "HEAD")
    assert "[quiet-hours]" in done.out
    assert "the base's are used" in done.err


def test_rules_are_explained(reconciler_: Command) -> None:
    """All in a line each, one in full, and a typing error with a suggestion."""
    listed = reconciler_("rules").out
    assert all(f"\n  {name} " in listed for name in ("quiet-hours", "tab", "creates"))
    assert "Source:  tz database" in reconciler_("rules", "dst-time").out
    assert reconciler_("rules", "--format", "markdown").out.startswith("# Rules and guards")
    assert "did you mean" not in reconciler_("rules", "zzz").err
    for name in ("unknown-timezone", "allowance", "renames"):
        assert reconciler_("rules", name).out.startswith(f"{name}: ")
        assert reconciler_("rules", name, "--format", "markdown").out.startswith(f"### {name}")
    done = reconciler_("rules", "quiethours")
    assert done.code == 64
    assert "did you mean quiet-hours?" in done.err
