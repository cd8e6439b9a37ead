"""What busy teams do to merges: lost runs, late runs, re-runs, reverts, approvals, dashboards.

One history proves several rows of what must hold, since each run takes seconds.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.workflows.clinic import (
    APPLIED,
    ENVIRONMENTS,
    LINKS,
    NO_SHOW,
    PLANNED,
    SURGERY,
    Clinic,
    branch,
    conclusions,
    git,
)
from tests.workflows.runner import ROOT

DRIFT = {"drift (qa)": "success", "drift (prod)": "success"}


def starts(clinic: Clinic, slug: str = "day-surgery") -> list[str]:
    """Return when a group begins, in each environment."""
    return [clinic.live(env, slug)["start_time"] for env in ENVIRONMENTS]


def test_e3_e8_a_merge_whose_run_was_lost_is_made_up_for(clinic: Clinic) -> None:
    """#7 removes a group and is never applied; #8 is merged; its run applies and tells both."""
    git("checkout", "-qb", "branch", "main", cwd=clinic.origin)
    (clinic.origin / SURGERY).unlink()
    clinic.commit("remove")
    assert conclusions(clinic.pull_request("main", "branch")) == PLANNED
    branch(clinic, "11:00:00", "11:45:00", name="other", path=NO_SHOW)
    assert conclusions(clinic.pull_request("main", "other", number=8)) == PLANNED
    lost = clinic.squash("branch")
    jobs = clinic.merge("other", 8)
    assert conclusions(jobs) == APPLIED
    assert "2 pull requests since " in jobs["apply (qa)"].log
    for env in ENVIRONMENTS:
        assert [case["enabled"] for case in clinic.live(env, "day-surgery")["use_cases"]] == [False]
        assert clinic.live(env, "no-show-follow-up")["start_time"] == "11:45:00"
        for number in (7, 8):
            assert "**Applied in" in clinic.comments("outcome", number)[env]
        assert clinic.github.applied(env)[-1] == clinic.head()
    assert conclusions(clinic.drift()) == DRIFT
    assert clinic.github.issues == []

    # GitHub starts the lost run after all, or somebody does.
    told = json.dumps(clinic.github.comments)
    jobs = clinic.pushed(lost)
    assert conclusions(jobs) == APPLIED
    assert "::notice title=Superseded::Nothing was written" in jobs["apply (prod)"].log
    assert json.dumps(clinic.github.comments) == told
    assert clinic.github.applied("qa")[-1] == clinic.head()


def test_e2_a_run_that_is_started_again_after_a_revert(clinic: Clinic) -> None:
    """Only the tip is applied, and never what has not grown out of what was applied last."""
    branch(clinic)
    clinic.pull_request("main", "branch")
    merged = clinic.squash("branch")
    clinic.edit(SURGERY, "06:30:00", "16:00:00")
    reverted = clinic.commit("revert")
    for env in ENVIRONMENTS:
        clinic.github.deploy(env, reverted, "reconciler")
    jobs = clinic.pushed(merged)
    assert conclusions(jobs) == APPLIED
    assert f"{merged[:12]} is not the tip of main: {reverted[:12]} is" in jobs["apply (qa)"].log
    assert "Superseded" in clinic.comments("outcome")["qa"]
    assert starts(clinic) == ["16:00:00"] * 2

    # Where main was set back, the record names a commit that is not behind it.
    git("checkout", "-q", "--detach", cwd=clinic.origin)
    git("branch", "-qf", "main", merged, cwd=clinic.origin)
    jobs = clinic.pushed(merged)
    assert conclusions(jobs) == {"apply (qa)": "failure", "apply (prod)": "cancelled"}
    assert f"{reverted[:12]}, which was applied last, does not lead to" in jobs["apply (qa)"].log
    assert starts(clinic) == ["16:00:00"] * 2
    assert clinic.github.applied("qa")[-1] == reverted


def test_e6_e13_prod_waits_for_its_reviewer(clinic: Clinic) -> None:
    """Meanwhile #8 is opened and the day's drift run comes: #7 is pending, and nobody's drift."""
    branch(clinic)
    clinic.pull_request("main", "branch")

    def meanwhile(job: str) -> None:
        if job != "apply (prod)":
            return
        branch(clinic, "11:00:00", "11:45:00", name="other", path=NO_SHOW)
        assert conclusions(clinic.pull_request("main", "other", number=8)) == PLANNED
        plan = clinic.comments(number=8)
        assert "pending" in plan["prod"]
        assert "pending" not in plan["qa"]
        assert "dashboard" not in plan["prod"] + plan["qa"]
        assert conclusions(clinic.drift()) == DRIFT
        (issue,) = clinic.github.issues
        assert issue["title"] == "Merged and not applied yet in prod"
        told, _, shown = issue["body"].partition("1 to update")
        assert "<code>microsoft/day-surgery</code>: merged in #7, not applied yet" in told
        assert "Nobody has changed it in the dashboard" in told
        assert "changed in the dashboard; an apply takes it back" not in shown

    assert conclusions(clinic.merge("branch", before=meanwhile)) == APPLIED
    assert starts(clinic) == ["06:30:00"] * 2
    assert conclusions(clinic.merge("other", 8)) == APPLIED
    assert starts(clinic, "no-show-follow-up") == ["11:45:00"] * 2
    assert "**Applied in" in clinic.comments("outcome", 8)["prod"]


def test_e9_e10_drift_is_left_where_it_is(clinic: Clinic) -> None:
    """A merge writes what its branch changes, or nothing; the issue tells the drift."""
    git("checkout", "-qb", "branch", "main", cwd=clinic.origin)
    (clinic.origin / "NOTES.md").write_text("Words only.\n", encoding="utf-8")
    clinic.commit("notes")
    clinic.dashboard("qa", "no-show-follow-up", start_time="21:30:00")
    assert conclusions(clinic.pull_request("main", "branch")) == PLANNED
    assert clinic.comments() == {}
    branch(clinic, name="other")
    clinic.pull_request("main", "other", number=8)
    clinic.squash("branch")
    clinic.dashboard("prod", "no-show-follow-up", start_time="21:30:00")
    jobs = clinic.merge("other", 8)
    assert conclusions(jobs) == APPLIED
    assert starts(clinic) == ["06:30:00"] * 2
    assert starts(clinic, "no-show-follow-up") == ["21:30:00"] * 2
    assert [clinic.github.applied(env)[-1] for env in ENVIRONMENTS] == [clinic.head()] * 2
    assert clinic.comments("outcome") == {}

    assert conclusions(clinic.drift()) == DRIFT
    issue = clinic.github.issues[0]
    assert issue["title"] == "Live state has drifted in qa"
    told = re.search("with `drift: revert` and the digest `(.*?)`", issue["body"])
    assert told
    by_hand = clinic.by_hand("qa", told[1], drift="revert")
    assert conclusions(by_hand) == {"apply (qa)": "success"}
    assert starts(clinic, "no-show-follow-up") == ["11:00:00", "21:30:00"]


def test_e15_a_branch_that_is_not_merged(clinic: Clinic) -> None:
    """By hand, with the digest of its own comment: no job, and if there is one, no write."""
    branch(clinic)
    jobs = clinic.pull_request("main", "branch")
    digest = jobs["plan (prod)"].outputs["reconcile"]["digest"]
    event = {"inputs": {"environment": "prod", "digest": digest, "drift": "leave"}}
    sha = git("rev-parse", "branch", cwd=clinic.origin)
    jobs = clinic.run("merge.yml", "workflow_dispatch", event, sha, ref="refs/heads/branch")
    assert conclusions(jobs) == {"apply (prod)": "skipped"}
    jobs = clinic.run("merge.yml", "workflow_dispatch", event, sha)
    assert f"{sha[:12]} is not the tip of main" in jobs["apply (prod)"].log
    assert starts(clinic) == ["16:00:00"] * 2


def test_e16_prod_waits_for_qa(clinic: Clinic) -> None:
    """Also where its job alone is run again; and the outcome of each is told."""
    branch(clinic)
    clinic.pull_request("main", "branch")
    reviewed = clinic.comments()
    clinic.dashboard("qa", "day-surgery", start_time="21:00:00")
    merged = clinic.squash("branch")
    jobs = clinic.pushed(merged)
    assert conclusions(jobs) == {"apply (qa)": "failure", "apply (prod)": "cancelled"}
    assert jobs["apply (qa)"].outputs["reconcile"]["exitcode"] == "3"
    again = clinic.pushed(merged, only="apply (prod)")
    assert conclusions(again) == {"apply (prod)": "failure"}
    assert (
        f"prod comes after qa, and {merged[:12]} is not applied to qa" in again["apply (prod)"].log
    )
    assert starts(clinic) == ["21:00:00", "16:00:00"]
    assert clinic.comments() == reviewed

    digest = jobs["apply (qa)"].outputs["reconcile"]["digest"]
    assert conclusions(clinic.by_hand("qa", digest)) == {"apply (qa)": "success"}
    assert "**Applied in <code>qa</code>.**" in clinic.comments("outcome")["qa"]
    again = clinic.pushed(merged, only="apply (prod)")
    assert conclusions(again) == {"apply (prod)": "success"}
    assert starts(clinic) == ["06:30:00"] * 2
    assert "**Applied in <code>prod</code>.**" in clinic.comments("outcome")["prod"]


def test_e17_the_event_knows_an_older_base(clinic: Clinic) -> None:
    """What main got since is not told as this branch's, and the newer tool runs."""
    older = clinic.head()
    clinic.edit(NO_SHOW, "11:00:00", "11:45:00")
    clinic.edit(".github/actions/reconcile/action.yml", "mkdir -p", "echo newer; mkdir -p")
    clinic.commit("main goes on")
    branch(clinic)
    jobs = clinic.pull_request("main", "branch", seen=older)
    assert conclusions(jobs) == PLANNED
    assert "newer" in jobs["validate"].log
    assert "newer" in jobs["plan (qa)"].log
    plan = json.loads(
        (jobs["plan (qa)"].artifacts / "plan-qa" / "plan.json").read_text(encoding="utf-8")
    )
    origins = {one["key"]: one["fields"][0]["origin"] for one in plan["changes"]}
    assert origins == {"microsoft/no-show-follow-up": "pending", "microsoft/day-surgery": "git"}


def test_e11_e21_branches_that_see_no_secrets(clinic: Clinic) -> None:
    """No plan, and why; what changes no group is applied, and what does is told apart."""
    git("checkout", "-qb", "bump", "main", cwd=clinic.origin)
    (clinic.origin / "NOTES.md").write_text("Words only.\n", encoding="utf-8")
    clinic.commit("bump")
    jobs = clinic.pull_request("main", "bump", author="dependabot[bot]")
    unplanned = PLANNED | {"plan (qa)": "skipped", "plan (prod)": "skipped"}
    assert conclusions(jobs) == unplanned
    assert "::notice title=No plan::" in jobs["planned"].log
    jobs = clinic.merge("bump")
    assert conclusions(jobs) == APPLIED
    assert "it is by Dependabot, whose branches see no secrets" in jobs["apply (qa)"].log

    branch(clinic)
    assert conclusions(clinic.pull_request("main", "branch", "mallory/outreach", number=8)) == (
        unplanned
    )
    jobs = clinic.merge("branch", 8)
    assert conclusions(jobs) == {"apply (qa)": "failure", "apply (prod)": "cancelled"}
    assert "#8 has no comment about a plan for qa: it came from a fork" in jobs["apply (qa)"].log
    assert starts(clinic) == ["16:00:00"] * 2


def test_mq_a_queue_validates_and_its_merge_is_applied(clinic: Clinic) -> None:
    """With the reconciler of the commit that the queue began with; the required check reports."""
    branch(clinic)
    clinic.pull_request("main", "branch")
    base = git("rev-parse", "main", cwd=clinic.origin)
    event = {"merge_group": {"base_sha": base}}
    git("branch", "queue", "pull-7", cwd=clinic.origin)
    queued = git("rev-parse", "queue", cwd=clinic.origin)
    jobs = clinic.run("pull-request.yml", "merge_group", event, queued, ref="refs/heads/queue")
    assert conclusions(jobs) == PLANNED | {"plan (qa)": "skipped", "plan (prod)": "skipped"}
    assert "No plan" not in jobs["planned"].log
    assert conclusions(clinic.merge("branch")) == APPLIED
    assert starts(clinic) == ["06:30:00"] * 2


def test_e19_what_a_rollback_needs_outlives_the_runner(clinic: Clinic) -> None:
    """It is among the artifacts, and brings back what was there before."""
    branch(clinic)
    clinic.pull_request("main", "branch")
    jobs = clinic.merge("branch")
    assert "The snapshot is in the artifacts of this run" in jobs["apply (qa)"].log
    kept = jobs["apply (qa)"].artifacts / "apply-qa"
    assert list((kept / "state").rglob("journal/*"))
    elsewhere = clinic.folder / "elsewhere"
    shutil.copytree(clinic.origin / "groups", elsewhere / "groups")
    shutil.copytree(kept / "snapshots", elsewhere / ".reconciler" / "snapshots")
    command = [sys.executable, "-m", "reconciler", "rollback", "--yes", "--env", "qa"]
    variables = {**os.environ, **LINKS, "PYTHONPATH": str(ROOT), "INTERACTLY_API_KEY": "k"}
    variables["RECONCILER_STATE_DIR"] = str(Path(elsewhere / "state"))
    subprocess.run(
        [*command, "--api-url", clinic.urls["qa"]],
        cwd=elsewhere,
        env=variables,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert starts(clinic) == ["16:00:00", "06:30:00"]


def test_where_nothing_is_recorded_the_base_serves(clinic: Clinic) -> None:
    """As before the first apply of this kind; and it is said."""
    clinic.github.deployments.clear()
    for env in ENVIRONMENTS:
        clinic.github.deploy(env, clinic.head(), "deploy")
    branch(clinic)
    jobs = clinic.pull_request("main", "branch")
    assert "No commit is recorded as applied to qa: the base stands in for it." in (
        jobs["plan (qa)"].log
    )
    jobs = clinic.merge("branch")
    assert conclusions(jobs) == APPLIED
    assert "No commit is recorded as applied to prod" in jobs["apply (prod)"].log
    assert [clinic.github.applied(env)[-1] for env in ENVIRONMENTS] == [clinic.head()] * 2
    assert starts(clinic) == ["06:30:00"] * 2
