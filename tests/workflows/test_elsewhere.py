"""Repositories that hold group files and the workflows of docs/workflows.md, and nothing else."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.workflows.clinic import APPLIED, PLANNED, SURGERY, branch, conclusions, git, opened
from tests.workflows.runner import ROOT, TOOL

PAGE: Final = (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8")
_BLOCK: Final = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
SHORT: Final = 10
"""Lines that a workflow of one account has."""


def of_page(*names: str, first: int) -> dict[str, str]:
    """Return blocks of the page, from one on, by the names that they have as files."""
    return dict(zip(names, _BLOCK.findall(PAGE)[first:], strict=False))


ONE: Final = of_page("pull-request.yml", "merge.yml", "daily.yml", first=0)
SEVERAL: Final = of_page("pull-request.yml", "merge.yml", first=3)


def placed(workflows: Mapping[str, str], sha: str) -> dict[str, str]:
    """Return workflows that call those of the tool's repository at a commit."""
    return {
        name: text.replace("OWNER/reconciler", TOOL)
        .replace("COMMIT", sha)
        .replace('"keys": "north"', '"keys": "qa"')
        .replace('"keys": "south"', '"keys": "prod"')
        for name, text in workflows.items()
    }


def test_e5_a_repository_that_holds_only_groups(tmp_path: Path, program: str) -> None:
    """Ten lines for each of three workflows; plan, apply and drift run, links and all."""
    assert [len(text.splitlines()) for text in ONE.values()] == [SHORT] * 3
    with opened(tmp_path, program, workflows=lambda sha: placed(ONE, sha)) as clinic:
        assert not (clinic.origin / "reconciler").exists()
        branch(clinic)
        assert conclusions(clinic.pull_request("main", "branch")) == PLANNED
        assert "06&#58;30&#58;00" in clinic.comments()["prod"]
        assert conclusions(clinic.merge("branch")) == APPLIED
        assert clinic.live("prod", "day-surgery")["start_time"] == "06:30:00"
        assert set(conclusions(clinic.drift()).values()) == {"success"}
        assert clinic.github.issues == []


def test_e5_a_branch_does_not_choose_which_secrets_the_program_gets(
    tmp_path: Path, program: str
) -> None:
    """One that the workflow does not name is not set, whatever a file says."""
    listed = {name: text.replace("RECALL_SHEET_LINK ", "") for name, text in ONE.items()}
    with opened(tmp_path, program, workflows=lambda sha: placed(listed, sha)) as clinic:
        branch(clinic)
        jobs = clinic.pull_request("main", "branch")
        assert conclusions(jobs)["plan (prod)"] == "failure"
        assert "RECALL_SHEET_LINK" in jobs["plan (prod)"].log
        assert "is not set" in jobs["plan (prod)"].log


def test_e9_two_accounts_in_one_repository(tmp_path: Path, program: str) -> None:
    """One touched, one planned; each with its own comment, outcome and record; both applied."""
    folders = {"qa": "accounts/north", "prod": "accounts/south"}
    with opened(
        tmp_path, program, workflows=lambda sha: placed(SEVERAL, sha), folders=folders
    ) as clinic:
        branch(clinic, path=f"accounts/south/{SURGERY}")
        jobs = clinic.pull_request("main", "branch")
        assert conclusions(jobs) == {
            "affected": "success",
            "accounts/south: validate": "success",
            "accounts/south: plan (prod)": "success",
            "accounts/south: planned": "success",
            "planned": "success",
        }
        (comment,) = clinic.github.comments[7]
        assert comment["body"].startswith("<!-- reconciler plan scope=accounts/south env=prod ")
        jobs = clinic.merge("branch")
        assert conclusions(jobs) == {
            "accounts/north: apply (prod)": "success",
            "accounts/south: apply (prod)": "success",
        }
        assert clinic.live("prod", "day-surgery")["start_time"] == "06:30:00"
        assert clinic.live("qa", "day-surgery")["start_time"] == "16:00:00"
        (outcome,) = (
            one["body"] for one in clinic.github.comments[7] if " outcome " in one["body"][:40]
        )
        assert "**Applied in <code>prod of accounts/south</code>.**" in outcome
        recorded = [one["task"] for one in clinic.github.deployments if one["sha"] == clinic.head()]
        assert sorted(recorded) == ["reconciler:accounts/north", "reconciler:accounts/south"]

        git("checkout", "-qb", "words", "main", cwd=clinic.origin)
        (clinic.origin / "NOTES.md").write_text("Words only.\n", encoding="utf-8")
        clinic.commit("words")
        jobs = clinic.pull_request("main", "words", number=8)
        assert conclusions(jobs) == {"affected": "success", "planned": "success"}


def test_the_files_of_the_page_are_workflows(tmp_path: Path) -> None:
    """As GitHub would have them, by actionlint and by the published schema."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for number, workflows in enumerate((ONE, SEVERAL)):
        for name, text in placed(workflows, "0" * 40).items():
            (folder / f"{number}-{name}").write_text(text, encoding="utf-8")
    tools = Path(sys.executable).parent
    files = [str(path) for path in sorted(folder.iterdir())]
    for command in (
        [str(tools / "actionlint"), *files],
        [str(tools / "check-jsonschema"), "--builtin-schema", "vendor.github-workflows", *files],
    ):
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
