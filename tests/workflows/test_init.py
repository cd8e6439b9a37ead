"""A repository that `init` has made of an account, from its first push to its first merge."""

import os
from datetime import UTC, datetime
from pathlib import Path

from reconciler.cli import run
from reconciler.cli.surroundings import Surroundings
from reconciler.sandbox import Store, running
from tests.workflows.clinic import LINKS, ROOT_PARTS, Clinic, branch, conclusions, git, holds
from tests.workflows.github_api import FakeGitHub, fake_github
from tests.workflows.runner import TOOL

RECALL = "groups/microsoft/recall.yaml"
LIVE = {
    "name": "Recall",
    "slug": "recall",
    "sheet_link": LINKS["RECALL_QA_SHEET_LINK"],
    "timezone": "America/Chicago",
    "start_time": "16:00:00",
    "use_cases": [
        {
            "use_case": "RECALL",
            "enabled": True,
            "actions": [
                {"action_type": "SMS", "context": "c", "day": 7, "template_name": "First SMS"}
            ],
        }
    ],
}


def test_from_an_account_to_a_merge(tmp_path: Path, program: str) -> None:
    """Nothing is written by the first push; then what was reviewed is, and nothing drifts."""
    tool = holds(tmp_path / "tool", *ROOT_PARTS)
    git("add", "-A", cwd=tool)
    git("commit", "-qm", "tool", cwd=tool)
    uses = f"{TOOL}@{git('rev-parse', 'HEAD', cwd=tool)}"
    origin = tmp_path / "origin"
    origin.mkdir()
    git("init", "-q", cwd=origin)
    store = Store(tmp_path / "qa.db")
    store.upsert("microsoft", LIVE)
    with fake_github(FakeGitHub()) as github, running(tmp_path / "qa.db") as url:
        variables = {"INTERACTLY_API_KEY": "key", "PATH": os.environ["PATH"]}
        within = Surroundings(origin, variables, lambda: datetime.now(UTC))
        assert run(["init", "--api-url", url, "--env", "qa", "--uses", uses], within) == 0
        clinic = Clinic(tmp_path, origin, github, {"qa": url, "prod": url}, program, tool)
        first = clinic.commit("first")
        before = store.groups("microsoft")
        jobs = clinic.run("merge.yml", "push", {"before": "0" * 40}, first)
        assert conclusions(jobs) == {"apply (qa)": "success"}
        assert store.groups("microsoft") == before

        branch(clinic, path=RECALL)
        jobs = clinic.pull_request("main", "branch")
        expected = dict.fromkeys(("validate", "plan (qa)", "planned"), "success")
        assert conclusions(jobs) == expected
        assert "16&#58;00&#58;00 → 06&#58;30&#58;00</code> | git |" in clinic.comments()["qa"]
        assert conclusions(clinic.merge("branch")) == {"apply (qa)": "success"}
        assert clinic.live("qa", "recall")["start_time"] == "06:30:00"
        assert set(conclusions(clinic.drift()).values()) == {"success"}
        assert github.issues == []
