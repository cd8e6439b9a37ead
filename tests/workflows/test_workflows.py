"""A pull request's life as reviewers and people on call see it: real workflows on the sandbox."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import browser
from tests.workflows import review
from tests.workflows.clinic import (
    APPLIED,
    ENVIRONMENTS,
    FIRST_RUN,
    PLANNED,
    SURGERY,
    Clinic,
    branch,
    conclusions,
    git,
)
from tests.workflows.program import PLAIN
from tests.workflows.runner import ROOT, Context, load


def test_opened_pushed_merged(clinic: Clinic) -> None:
    """A comment for each environment, changed in place, and the merge carries out what it shows."""
    branch(clinic)
    jobs = clinic.pull_request("main", "branch")
    assert conclusions(jobs) == PLANNED
    first = clinic.comments()
    assert set(first) == {"qa", "prod"}
    assert "What patients notice" in first["qa"]
    assert "06&#58;30&#58;00" in first["qa"]
    assert "/groups/microsoft/day-surgery.yaml#L" in first["qa"]
    assert jobs["plan (qa)"].outputs["reconcile"]["changes"] == "1"
    assert "::warning file=groups/microsoft/day-surgery.yaml" in jobs["plan (qa)"].log
    kept = {path.name for path in (jobs["plan (qa)"].artifacts / "plan-qa").iterdir()}
    assert {"plan.html", "plan.json", "plan.md", "plan.txt"} <= kept
    assert jobs["plan (qa)"].summary.startswith("**1 to update**")

    clinic.edit(SURGERY, "start_time: 06:30:00", "start_time: 15:00:00")
    clinic.commit("later")
    assert conclusions(clinic.pull_request("main", "branch")) == PLANNED
    assert "15&#58;00&#58;00" in clinic.comments()["prod"]
    assert "06&#58;30" not in clinic.comments()["prod"]
    methods = [method for method, _ in clinic.github.written]
    assert methods == ["POST", "POST", "PATCH", "PATCH"]

    jobs = clinic.merge("branch")
    assert conclusions(jobs) == APPLIED
    assert [clinic.live(env, "day-surgery")["start_time"] for env in ENVIRONMENTS] == [
        "15:00:00"
    ] * 2
    assert "applied       microsoft/day-surgery" in jobs["apply (qa)"].summary
    report = json.loads(
        (jobs["apply (qa)"].artifacts / "apply-qa" / "apply.json").read_text(encoding="utf-8")
    )
    assert [result["status"] for result in report["results"]] == ["applied"]
    assert report["digest"] in clinic.comments()["qa"]


def test_live_changed_between_review_and_merge(clinic: Clinic) -> None:
    """Nothing is written there, the other is applied, and the pull request hears of both (E8)."""
    branch(clinic)
    clinic.pull_request("main", "branch")
    reviewed = clinic.comments()
    clinic.dashboard("prod", "day-surgery", start_time="21:00:00")
    jobs = clinic.merge("branch")
    assert conclusions(jobs) == {"apply (qa)": "success", "apply (prod)": "failure"}
    assert jobs["apply (prod)"].outputs["reconcile"]["exitcode"] == "3"
    assert clinic.live("qa", "day-surgery")["start_time"] == "06:30:00"
    assert clinic.live("prod", "day-surgery")["start_time"] == "21:00:00"
    told = clinic.comments("outcome")
    assert "**Applied in <code>qa</code>.** Live state is what was merged." in told["qa"]
    assert "Of 1 group: 1 applied." in told["qa"]
    assert "**Left alone in <code>prod</code>.**" in told["prod"]
    assert "it is not as it was reviewed" in told["prod"]
    link = f"https://github.com/clinic/outreach/actions/runs/{FIRST_RUN + clinic.runs}"
    assert f"[The run]({link})" in told["prod"]
    assert clinic.comments() == reviewed

    digest = jobs["apply (prod)"].outputs["reconcile"]["digest"]
    assert conclusions(clinic.by_hand("prod", digest)) == {"apply (prod)": "success"}
    assert clinic.live("prod", "day-surgery")["start_time"] == "06:30:00"
    assert "**Applied in <code>prod</code>.**" in clinic.comments("outcome")["prod"]


def test_e14_a_plan_that_is_run_again_after_the_merge(clinic: Clinic) -> None:
    """Needs no approval, and changes nothing of what was reviewed: the edit is not overwritten."""
    branch(clinic)
    clinic.pull_request("main", "branch")
    reviewed = clinic.comments()
    clinic.dashboard("qa", "day-surgery", start_time="21:00:00")
    refused = clinic.merge("branch")
    assert refused["apply (qa)"].conclusion == "failure"
    again = clinic.plan_again(-1)
    assert conclusions(again) == PLANNED
    assert "#7 is merged: what was reviewed stays as it is" in again["plan (qa)"].log
    assert clinic.comments() == reviewed
    jobs = clinic.pushed(git("rev-parse", "main", cwd=clinic.origin))
    assert jobs["apply (qa)"].conclusion == "failure"
    assert clinic.live("qa", "day-surgery")["start_time"] == "21:00:00"


def test_e14_a_comment_that_was_changed_after_the_merge(clinic: Clinic) -> None:
    """By whomever: it is not what was looked at."""
    branch(clinic)
    clinic.pull_request("main", "branch")
    clinic.dashboard("qa", "day-surgery", start_time="21:00:00")
    jobs = clinic.merge("branch")
    digest = jobs["apply (qa)"].outputs["reconcile"]["digest"]
    reviewed = clinic.comments()["qa"]
    (comment,) = (item for item in clinic.github.comments[7] if item["body"] == reviewed)
    forged = re.sub("digest=sha256:[0-9a-f]{64}", f"digest={digest}", reviewed)
    clinic.github.answer("PATCH", f"/issues/comments/{comment['id']}", {"body": forged})
    jobs = clinic.pushed(git("rev-parse", "main", cwd=clinic.origin))
    assert "was changed at or after the merge" in jobs["apply (qa)"].log
    assert clinic.live("qa", "day-surgery")["start_time"] == "21:00:00"
    assert "**Left alone in <code>qa</code>.**" in clinic.comments("outcome")["qa"]


def test_e29_the_plan_of_an_older_push_is_run_again(clinic: Clinic) -> None:
    """The comment stays that of the newer head, and the merge applies it."""
    branch(clinic)
    clinic.pull_request("main", "branch")
    clinic.edit(SURGERY, "06:30:00", "15:00:00")
    clinic.commit("again")
    clinic.pull_request("main", "branch")
    newest = clinic.comments()
    again = clinic.plan_again(0)
    assert conclusions(again) == PLANNED
    assert "and the head of #7 is" in again["plan (qa)"].log
    assert clinic.comments() == newest
    assert conclusions(clinic.merge("branch")) == APPLIED
    assert clinic.live("qa", "day-surgery")["start_time"] == "15:00:00"


def test_a_digest_that_is_no_digest(clinic: Clinic) -> None:
    """A typing error writes nothing, and is not a shell command either."""
    branch(clinic)
    git("checkout", "-q", "main", cwd=clinic.origin)
    clinic.dashboard("qa", "day-surgery", start_time="21:00:00")
    jobs = clinic.by_hand("qa", "$(touch pwned) `touch pwned`; touch pwned #")
    assert conclusions(jobs) == {"apply (qa)": "failure"}
    assert "is not a digest" in jobs["apply (qa)"].log
    assert not list(clinic.folder.rglob("pwned"))
    assert clinic.live("qa", "day-surgery")["start_time"] == "21:00:00"


def test_a_push_that_nobody_reviewed(clinic: Clinic) -> None:
    """Straight onto main: nothing is written, whatever it changes."""
    clinic.edit(SURGERY, "start_time: 16:00:00", "start_time: 06:30:00")
    jobs = clinic.pushed(clinic.commit("straight onto main"))
    assert conclusions(jobs) == {"apply (qa)": "failure", "apply (prod)": "cancelled"}
    assert "so nothing of it was reviewed" in jobs["apply (qa)"].log
    assert clinic.live("prod", "day-surgery")["start_time"] == "16:00:00"
    clinic.edit(SURGERY, "start_time: 06:30:00", "start_time: 16:00:00")
    assert conclusions(clinic.pushed(clinic.commit("and back"))) == APPLIED


def test_an_empty_plan_makes_no_comment(clinic: Clinic) -> None:
    """And where there is one, it is put right."""
    git("checkout", "-qb", "branch", cwd=clinic.origin)
    clinic.edit(SURGERY, "# ", "# Words only. ")
    clinic.commit("words")
    assert conclusions(clinic.pull_request("main", "branch")) == PLANNED
    assert clinic.comments() == {}
    clinic.edit(SURGERY, "16:00:00", "15:00:00")
    clinic.commit("more")
    clinic.pull_request("main", "branch")
    clinic.edit(SURGERY, "15:00:00", "16:00:00")
    clinic.commit("and back")
    clinic.pull_request("main", "branch")
    assert [body for body in clinic.comments().values() if "No changes in" not in body] == []
    assert clinic.comments()
    assert conclusions(clinic.merge("branch")) == APPLIED


def test_a_failed_plan_replaces_a_green_one(clinic: Clinic) -> None:
    """And nothing can be applied on the strength of the one before."""
    branch(clinic)
    clinic.pull_request("main", "branch")
    urls, clinic.urls = clinic.urls, {"qa": "http://127.0.0.1:9", "prod": clinic.urls["prod"]}
    clinic.edit(SURGERY, "06:30:00", "07:30:00")
    clinic.commit("again")
    jobs = clinic.pull_request("main", "branch")
    assert conclusions(jobs) == PLANNED | {"plan (qa)": "failure", "planned": "failure"}
    assert "There is no plan for <code>qa</code>: it failed" in clinic.comments()["qa"]
    assert "no connection could be made" in clinic.comments()["qa"]
    assert "06&#58;30" not in clinic.comments()["qa"]
    clinic.urls = urls
    jobs = clinic.merge("branch")
    assert conclusions(jobs) == {"apply (qa)": "failure", "apply (prod)": "cancelled"}
    assert "The last plan of pull request #7 failed" in jobs["apply (qa)"].log
    assert clinic.live("qa", "day-surgery")["start_time"] == "16:00:00"


def test_a_fork_gets_validation_and_no_secret(clinic: Clinic) -> None:
    """Its mistakes are shown at their lines; no job with a key runs; nothing is written."""
    branch(clinic)
    clinic.edit(SURGERY, "America/Denver", "America/Denvr")
    clinic.commit("typo")
    jobs = clinic.pull_request("main", "branch", "mallory/outreach")
    assert conclusions(jobs) == {
        "validate": "failure",
        "plan (qa)": "skipped",
        "plan (prod)": "skipped",
        "planned": "failure",
    }
    assert f"::error file={SURGERY},line=5," in jobs["validate"].log
    assert clinic.github.written == []
    clinic.edit(SURGERY, "America/Denvr", "America/Denver")
    clinic.commit("mended")
    jobs = clinic.pull_request("main", "branch", "mallory/outreach")
    assert conclusions(jobs) == PLANNED | {"plan (qa)": "skipped", "plan (prod)": "skipped"}


def test_a_guard_that_a_branch_lifts_for_itself(clinic: Clinic) -> None:
    """The limits of the base hold; the plan shows why it is refused, and the check is red."""
    (clinic.origin / "pyproject.toml").write_text(
        "[tool.reconciler.guards]\nupdates = 0\n", encoding="utf-8"
    )
    strict = clinic.commit("strict")
    for env in ENVIRONMENTS:
        clinic.github.deploy(env, strict, "reconciler")
    branch(clinic)
    (clinic.origin / "pyproject.toml").write_text(
        "[tool.reconciler.guards]\nupdates = 99\n", encoding="utf-8"
    )
    clinic.commit("lenient")
    jobs = clinic.pull_request("main", "branch")
    assert jobs["plan (qa)"].conclusion == "failure"
    assert "Refused: nothing of this plan can be applied" in clinic.comments()["qa"]
    assert "::error title=updates::" in jobs["plan (qa)"].log
    digest = jobs["plan (qa)"].outputs["reconcile"]["digest"]
    jobs = clinic.merge("branch")
    assert jobs["apply (qa)"].outputs["reconcile"]["exitcode"] == "4"
    by_hand = clinic.by_hand("qa", digest, allow="updates=1  creates=0")
    assert conclusions(by_hand) == {"apply (qa)": "success"}
    assert clinic.live("qa", "day-surgery")["start_time"] == "06:30:00"


def test_what_a_branch_changes_of_the_tool_does_not_run_with_the_key(clinic: Clinic) -> None:
    """The action is that of the base, and code beside the groups is not imported."""
    clinic.program = PLAIN.format(root=ROOT, python=sys.executable)
    branch(clinic)
    action = ".github/actions/reconcile/action.yml"
    clinic.edit(action, "mkdir -p", "echo pwned; mkdir -p")
    for name in ("reconciler", "click", "httpx"):
        (clinic.origin / f"{name}.py").write_text("print('pwned')\n", encoding="utf-8")
    clinic.commit("hostile")
    jobs = clinic.pull_request("main", "branch")
    assert conclusions(jobs) == PLANNED
    assert "pwned" not in "".join(job.log for job in jobs.values())


def test_a_use_case_and_a_file_that_are_removed(clinic: Clinic) -> None:
    """The comment says what ends, and the merge disables it."""
    git("checkout", "-qb", "branch", cwd=clinic.origin)
    (clinic.origin / SURGERY).unlink()
    clinic.commit("remove")
    assert conclusions(clinic.pull_request("main", "branch")) == PLANNED
    assert "since Git has removed it" in clinic.comments()["qa"]
    assert conclusions(clinic.merge("branch")) == APPLIED
    assert [case["enabled"] for case in clinic.live("qa", "day-surgery")["use_cases"]] == [False]


def test_the_life_of_a_drift_issue(clinic: Clinic) -> None:
    """It opens with the drift, follows it, closes, and opens again; always one issue."""

    def drift() -> dict[str, str]:
        return conclusions(clinic.drift())

    seen = {"drift (qa)": "success", "drift (prod)": "success"}
    assert drift() == seen
    assert clinic.github.issues == []
    clinic.dashboard("qa", "day-surgery", start_time="21:00:00")
    assert drift() == seen
    (issue,) = clinic.github.issues
    assert (issue["title"], issue["state"]) == ("Live state has drifted in qa", "open")
    assert "Drift: changed in the dashboard; an apply takes it back" in issue["body"]
    drift()
    assert len(clinic.github.written) == 1
    clinic.dashboard("qa", "day-surgery", start_time="22:00:00")
    drift()
    assert "22&#58;00" in issue["body"]
    clinic.dashboard("qa", "day-surgery", start_time="16:00:00")
    drift()
    assert issue["state"] == "closed"
    clinic.dashboard("qa", "day-surgery", start_time="22:00:00")
    drift()
    assert issue["state"] == "open"
    assert len(clinic.github.issues) == 1


def test_an_environment_without_an_address(clinic: Clinic) -> None:
    """Planning the sandbox instead would be a green check that says nothing."""
    branch(clinic)
    clinic.urls = dict.fromkeys(ENVIRONMENTS, "")
    jobs = clinic.pull_request("main", "branch")
    assert jobs["plan (qa)"].conclusion == "failure"
    assert "set the variable RECONCILER_API_URL of this environment" in jobs["plan (qa)"].log
    assert "There is no plan" in clinic.comments()["qa"]


def test_the_action_installs_what_it_belongs_to(clinic: Clinic) -> None:
    """From the checkout it stands in, with the versions pinned there; and the program runs."""
    for name in ("reconciler", "schemas"):
        shutil.copytree(
            ROOT / name, clinic.origin / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, clinic.origin)
    clinic.commit("the tool itself")
    branch(clinic)
    clinic.program = ""
    jobs = clinic.pull_request("main", "branch", "mallory/outreach")
    assert jobs["validate"].conclusion == "success", jobs["validate"].log
    assert "10 files checked" not in jobs["validate"].log
    (program,) = clinic.folder.glob("run-1/validate/temp/reconciler/bin/reconciler")
    assert "PYTHONPATH" not in program.read_text(encoding="utf-8")


SCRIPTS = [
    (path.parent.name if path.name == "action.yml" else path.name, step)
    for path in sorted((ROOT / ".github").rglob("*.yml"))
    for steps in [load(path).get("runs", {}).get("steps", [])]
    for step in steps
    if "run" in step
]


@pytest.mark.parametrize(
    ("where", "step"), SCRIPTS, ids=lambda value: value if isinstance(value, str) else value["name"]
)
def test_scripts_of_the_action(where: str, step: Context, tmp_path: Path) -> None:
    """Shellcheck finds nothing; actionlint asks it for workflows, but does not read actions."""
    assert where
    script = tmp_path / "script.sh"
    script.write_text(f"#!/bin/bash\n{step['run']}", encoding="utf-8")
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [shellcheck, script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == ""


WORKFLOWS = {
    path.name: load(path) for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_rules_of_security(name: str) -> None:
    """No event runs a fork's code with secrets; no default permission; no key where it runs."""
    workflow = WORKFLOWS[name]
    events = workflow["on"]
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(events)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert isinstance(job["permissions"], dict)
        if "uses" in job:
            assert job["uses"].startswith("./")
            continue
        assert "timeout-minutes" in job
        if "secrets" in json.dumps(job):
            assert job["environment"]
            if name == "plan.yml":
                assert job["if"].startswith(
                    "github.event.pull_request.head.repo.full_name == github.repository && "
                )
        for step in job["steps"]:
            given = dict(step.get("with", {}))
            if step.get("uses", "").startswith("./tool/"):
                given.pop("secrets", None)  # of which the action picks those that are named
            assert "secrets" not in json.dumps(given), "an input may end up in a log"
            address = step.get("env", {}).get(
                "RECONCILER_API_URL", "${{ vars.RECONCILER_API_URL }}"
            )
            assert address == "${{ vars.RECONCILER_API_URL }}", "a file says where the key goes"


def test_the_recorded_pull_request_is_fresh() -> None:
    """`python -m tests.workflows.review` renews docs/review.md."""
    assert review.page_with(review.generated()) == review.PAGE.read_text(encoding="utf-8")
    assert review.PICTURE.read_bytes().startswith(b"\x89PNG")


@pytest.mark.skipif(not browser.find(), reason="there is no Chromium on this machine")
def test_the_recorded_picture_is_fresh() -> None:
    """Where there is a browser, `python -m tests.workflows.review` takes the picture again too."""
    _, digest = review.to_picture()
    assert review.pictured() == digest


FAKE_BROWSER = """#!/bin/sh
for option; do case $option in --screenshot=*) echo new > "${option#*=}";; esac; done
"""


@pytest.mark.parametrize("there", [False, True], ids=["no browser", "a browser"])
def test_a_changed_word_needs_no_browser(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    there: bool,
) -> None:
    """The text is renewed on any machine; the picture and its page's hash only by a browser."""
    fresh = review.PAGE.read_text(encoding="utf-8")
    page, picture, pictured = (tmp_path / name for name in ("review.md", "p.png", "p.sha256"))
    page.write_text(fresh.replace("### The comment", "### The remark"), encoding="utf-8")
    picture.write_text("old\n", encoding="utf-8")
    pictured.write_text("old\n", encoding="utf-8")
    program = tmp_path / "browser"
    program.write_text(FAKE_BROWSER, encoding="utf-8")
    program.chmod(0o700)
    for name, path in {"PAGE": page, "PICTURE": picture, "PICTURED": pictured}.items():
        monkeypatch.setattr(review, name, path)
    monkeypatch.setattr(browser, "find", lambda: str(program) if there else None)
    review.main()
    assert page.read_text(encoding="utf-8") == fresh
    assert picture.read_text(encoding="utf-8") == ("new\n" if there else "old\n")
    assert (review.pictured() == review.to_picture()[1]) == there
    assert ("p.png is of an older page" in capsys.readouterr().err) != there
