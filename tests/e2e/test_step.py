"""What a step of GitHub Actions is told: annotations, outputs, and the job's summary."""

import json
import re
from pathlib import Path

import pytest

from reconciler.cli import step as reporting
from tests.e2e.conftest import Command

SURGERY = "groups/microsoft/day-surgery.yaml"


@pytest.fixture
def step(folder: Path, variables: dict[str, str]) -> Path:
    """A step with empty files for outputs and summary."""
    for name in ("OUTPUT", "STEP_SUMMARY"):
        path = folder / name.lower()
        path.touch()
        variables[f"GITHUB_{name}"] = str(path)
    return folder


def outputs(step: Path) -> dict[str, str]:
    """Return the outputs as the runner reads them; the last of a name counts."""
    text = (step / "output").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z]+)<<([0-9a-f]{32})\n(.*?)\n\2$", text, re.MULTILINE | re.DOTALL)
    assert len({frame for _, frame, _ in found}) == len(found)
    return {name: value for name, _, value in found}


def test_outputs_of_a_plan(step: Path, reconciler_: Command) -> None:
    """Numbers for conditions, the digest for the apply, the exit code for the job."""
    done = reconciler_("plan", "--detailed-exitcode", "--format", "json")
    assert outputs(step) == {
        "changes": "10",
        "pending": "0",
        "drift": "0",
        "conflicts": "0",
        "guards": "0",
        "digest": json.loads(done.out)["digest"],
        "exitcode": "2",
    }
    assert (step / "step_summary").read_text(encoding="utf-8").startswith("**10 to create**")


def test_outputs_of_a_failure(step: Path, reconciler_: Command) -> None:
    """The exit code is there, and no digest of anything."""
    (step / SURGERY).write_text("name: [\n", encoding="utf-8")
    assert reconciler_("plan").code == 1
    assert outputs(step) == {"exitcode": "1"}


def test_outputs_and_summary_of_an_apply(step: Path, reconciler_: Command) -> None:
    """What became of each group is on the job's page."""
    assert reconciler_("apply", "--yes", "nothing").code == 64
    assert outputs(step) == {"exitcode": "64"}
    assert reconciler_("apply", "--yes", "groups/google").code == 0
    assert outputs(step)["exitcode"] == "0"
    summary = (step / "step_summary").read_text(encoding="utf-8")
    assert "applied       google/imaging" in summary
    assert "Apply: 5 applied" in summary


def test_a_summary_never_grows_over_the_limit(
    step: Path, reconciler_: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub would drop all of it.

    A plan is cut to what is left, and a report that does not fit is left out.
    """
    monkeypatch.setattr(reporting, "SUMMARY_BYTES", 6000)
    path = step / "step_summary"
    path.write_text("x" * 1000, encoding="utf-8")
    reconciler_("plan")
    text = path.read_text(encoding="utf-8")
    assert 2000 < len(text.encode()) <= 6000
    assert "Not shown for lack of room" in text
    path.write_text("x" * 5990, encoding="utf-8")
    reconciler_("apply", "--yes")
    assert path.read_text(encoding="utf-8") == "x" * 5990


@pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_what_cannot_be_told_does_not_end_a_run(
    step: Path, reconciler_: Command, variables: dict[str, str], name: str
) -> None:
    """It is said, and the run ends as it would have."""
    variables[name] = str(step / "nowhere" / "file")
    done = reconciler_("apply", "--yes")
    assert done.code == 0
    assert f"{name} cannot be written: No such file or directory" in done.err


def test_a_report_that_cannot_be_written(
    step: Path, reconciler_: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing folder is told before sending, a full disk after it; the outcome is not hidden."""
    done = reconciler_("apply", "--yes", "--out", "nowhere/apply.json")
    assert done.code == 64
    assert "there is no such folder" in done.err
    assert outputs(step) == {"exitcode": "64"}

    def full(path: Path, content: str, encoding: str) -> int:
        raise OSError(28, "No space left on device", str(path), content, encoding)

    monkeypatch.setattr(Path, "write_text", full)
    done = reconciler_("apply", "--yes", "--out", "apply.json", SURGERY)
    assert done.code == 1
    assert "  applied       microsoft/day-surgery" in done.out
    assert "--out apply.json: No space left on device" in done.err


def test_validate_annotates(folder: Path, reconciler_: Command) -> None:
    """As commands, which a runner shows at the line; and as SARIF."""
    text = (folder / SURGERY).read_text(encoding="utf-8")
    (folder / SURGERY).write_text(text.replace("America/Denver", "America/Denvr"), encoding="utf-8")
    done = reconciler_("validate", "--format", "github")
    assert done.code == 1
    assert re.match(
        rf"::error file={SURGERY},line=5,col=\d+,title=unknown-timezone::there is no time zone",
        done.out,
    )
    sarif = json.loads(reconciler_("validate", "--format", "sarif").out)
    assert sarif["runs"][0]["results"][0]["ruleId"] == "unknown-timezone"
