"""The commands that tell and ask GitHub, against its stand-in on loopback."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.github import client
from reconciler.render.models import FORMAT_VERSION
from tests.e2e.conftest import Command
from tests.e2e.repository import commit, edit, git
from tests.workflows.github_api import TOKEN, FakeGitHub, fake_github

HEAD, OLD_HEAD = "1" * 40, "0" * 40
DIGEST = f"sha256:{'a' * 64}"


class Repository(FakeGitHub):
    """What GitHub knows, and a clone of it whose main has two commits.

    Attributes:
        before: The first commit.
        sha: The second one, which is the tip.
    """

    before = ""
    sha = ""


@pytest.fixture
def github(
    variables: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Repository]:
    """A repository with pull request 7 open at HEAD, and a step of a workflow about its tip."""
    monkeypatch.setattr(client, "LATE", (0.0,))
    git(folder, "init", "-q")
    (folder / ".gitignore").write_text("/*\n!/groups\n")
    with fake_github(Repository()) as server:
        server.before = commit(folder, "first")
        edit(folder / "groups/microsoft/day-surgery.yaml", "16:00:00", "06:30:00")
        server.sha = server.main = commit(folder, "squashed (#7)")
        server.push(7, HEAD)
        event = folder / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": HEAD}}}))
        variables |= {
            "GITHUB_API_URL": server.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "clinic/outreach",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "99",
            "GITHUB_SHA": server.sha,
            "GITHUB_OUTPUT": str(folder / "output"),
            "RECONCILER_ENV": "qa",
        }
        (folder / "plan.md").write_text("**1 to update**\n")
        yield server


def comments(github: Repository) -> list[str]:
    """Return the comments on the pull request."""
    return [item["body"] for item in github.comments.get(7, [])]


def plan(reconciler_: Command, name: str = "plan") -> None:
    """Plan the folder for qa, as JSON and Markdown."""
    done = reconciler_("plan", "--out", f"{name}.json", "--out", f"{name}.md")
    assert done.code in {0, 4}, done.err


@pytest.fixture
def planned(github: Repository, reconciler_: Command, folder: Path) -> dict[str, Any]:
    """The plan of the folder, in plan.json and plan.md, and another one in other.*."""
    assert github.url
    plan(reconciler_)
    surgery = folder / "groups/microsoft/day-surgery.yaml"
    edit(surgery, "06:30:00", "07:30:00")
    plan(reconciler_, "other")
    edit(surgery, "07:30:00", "06:30:00")
    document: dict[str, Any] = json.loads((folder / "plan.json").read_text())
    return document


COMMENT = ("comment", "--plan", "plan.json", "plan.md")
OTHER = ("comment", "--plan", "other.json", "other.md")


def output(folder: Path, name: str) -> str:
    """Return an output of the last step."""
    lines = (folder / "output").read_text().splitlines()
    places = [at for at, line in enumerate(lines) if line.startswith(f"{name}<<")]
    return lines[places[-1] + 1]


def test_a_review_from_plan_to_outcome(
    github: Repository, reconciler_: Command, folder: Path, planned: dict[str, Any]
) -> None:
    """The comment, what was reviewed, and what became of it; the record stays byte for byte."""
    done = reconciler_(*OTHER)
    assert (done.code, done.out, done.err) == (0, "Comment on #7: created.\n", "")
    other = json.loads((folder / "other.json").read_text())["digest"]
    done = reconciler_(*COMMENT)
    assert done.out == "Comment on #7: updated.\n"
    (record,) = comments(github)
    digest = planned["digest"]
    assert f"**Changed since: this was digest `{other}`; now it is digest `{digest}`.**" in record
    github.merge(7, github.sha)

    done = reconciler_(*OTHER)
    assert (done.code, done.out) == (0, "Comment on #7: left alone.\n")
    assert done.err == "#7 is merged: what was reviewed stays as it is.\n"
    done = reconciler_("reviewed", "--out", "reviewed.json", "--base", github.before)
    assert (done.code, done.out) == (0, f"1 pull request since {github.before}.\n")
    assert done.err == (
        "No commit is recorded as applied to qa: the base stands in for it.\n"
        f"Reviewed in pull request #7 for qa, at {HEAD[:12]}.\n"
    )
    assert (output(folder, "applied"), output(folder, "base")) == ("", github.before)
    document = json.loads((folder / "reviewed.json").read_text())
    assert (document["commit"], document["applied"]) == (github.sha, None)
    (pull,) = document["pulls"]
    assert (pull["number"], pull["kind"], pull["digest"]) == (7, "reviewed", digest)
    assert pull["changes"] == [
        {"key": one["key"], "digest": one["digest"]} for one in planned["changes"]
    ]

    done = reconciler_("outcome", "--exit-code", "3", "apply.json")
    assert (done.code, done.out) == (0, "Outcome of #7, refused: created.\n")
    done = reconciler_("outcome", "--as", "superseded")
    assert done.out == "Outcome of #7, superseded: left alone.\n"
    done = reconciler_("outcome", "--exit-code", "0", "--reviewed", "reviewed.json")
    assert done.out == "Outcome of #7, applied: updated.\n"
    told = (
        "<!-- reconciler outcome env=qa run=99 -->\n**Applied in <code>qa</code>.** Live state is"
        " what was merged. [The run](https://github.com/clinic/outreach/actions/runs/99) has all of"
        " it.\n"
    )
    assert comments(github) == [record, told]


def test_e3_what_was_applied_is_recorded_and_found(
    github: Repository, reconciler_: Command, folder: Path, variables: dict[str, str]
) -> None:
    """Then the next collects what came after; there is nothing to carry out twice."""
    done = reconciler_("applied")
    assert (done.code, done.out) == (0, "")
    assert done.err == "No commit is recorded as applied to qa: the base stands in for it.\n"
    done = reconciler_("applied", "--record")
    assert (done.code, done.out) == (0, f"Recorded as applied to qa: {github.sha}\n")
    done = reconciler_("applied")
    assert (done.out, done.err) == (f"{github.sha}\n", f"Last applied to qa: {github.sha[:12]}.\n")
    assert output(folder, "applied") == github.sha
    done = reconciler_("reviewed", "--out", "reviewed.json", "--base", github.before)
    assert done.out == f"0 pull requests since {github.sha}.\n"
    assert output(folder, "applied") == github.sha
    done = reconciler_("reviewed", "--out", "reviewed.json", "--applied", github.before)
    assert done.out == f"0 pull requests since {github.before}.\n"
    assert f"No merged pull request became {github.sha[:12]}" in done.err

    # A branch that is older than what was applied.
    git(folder, "checkout", "-q", "--detach", github.before)
    variables["GITHUB_SHA"] = github.before
    done = reconciler_("applied")
    assert (done.code, done.out) == (0, "")
    assert f"{github.sha[:12]}, which was applied to qa last, does not lead to" in done.err
    del variables["RECONCILER_ENV"]
    assert reconciler_("applied").err.startswith("No commit is recorded as applied: the base")


def test_e2_only_the_tip_and_only_forward(
    github: Repository, reconciler_: Command, folder: Path, variables: dict[str, str]
) -> None:
    """Each with exit code 3, and what to do instead."""
    reviewed = ("reviewed", "--out", "reviewed.json")
    variables["GITHUB_SHA"] = github.before
    done = reconciler_(*reviewed)
    assert done.code == 3
    assert f"{github.before[:12]} is not the tip of main: {github.sha[:12]} is" in done.err
    assert f"the apply of {github.sha[:12]} carries out all" in done.err
    assert (output(folder, "superseded"), output(folder, "exitcode")) == ("true", "3")
    assert "error" in json.loads((folder / "reviewed.json").read_text())

    github.deploy("qa", github.sha, "reconciler")
    github.main = github.before
    done = reconciler_(*reviewed)
    assert done.code == 3
    assert f"{github.before[:12]} is behind {github.sha[:12]}, which was applied last" in done.err

    github.deploy("qa", HEAD, "reconciler")
    done = reconciler_(*reviewed)
    assert done.code == 3
    assert "the default branch's history was rewritten" in done.err
    github.merge(7, github.before)
    done = reconciler_("outcome", "--reviewed", "reviewed.json", "--exit-code", "3")
    assert done.out == "Outcome of #7, refused: created.\n"
    done = reconciler_(*reviewed, "--applied", github.before)
    assert (done.code, done.out) == (0, f"0 pull requests since {github.before}.\n")


def test_e16_one_environment_comes_after_another(github: Repository, reconciler_: Command) -> None:
    """Whatever order their jobs are run in."""
    reviewed = ("reviewed", "--out", "reviewed.json", "--env", "prod", "--after", "qa")
    done = reconciler_(*reviewed)
    assert done.code == 3
    assert "prod comes after qa" in done.err
    assert "not applied to qa: nothing is recorded as applied; nothing was written" in done.err
    github.deploy("qa", github.before, "reconciler")
    assert f"{github.before[:12]} was applied there last" in reconciler_(*reviewed).err
    github.deploy("qa", github.sha, "reconciler")
    assert reconciler_(*reviewed).code == 0


def test_a_shallow_clone(
    github: Repository, reconciler_: Command, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Cannot tell what was merged; it says what to give `actions/checkout`."""
    clone = tmp_path_factory.mktemp("shallow") / "clone"
    git(folder, "clone", "-q", "--depth=1", folder.as_uri(), str(clone))
    github.deploy("qa", github.before, "reconciler")
    for arguments in (("applied",), ("reviewed", "--out", "reviewed.json")):
        done = reconciler_(*arguments, root=clone)
        assert done.code == 64
        assert "this clone is shallow" in done.err
        assert "`fetch-depth: 0`" in done.err


@pytest.mark.usefixtures("planned")
def test_e29_an_older_head_is_left_alone_and_said(github: Repository, reconciler_: Command) -> None:
    """By the event's head, or by the one that is named."""
    reconciler_(*COMMENT)
    before = comments(github)
    done = reconciler_(*OTHER, "--head", OLD_HEAD)
    assert (done.code, done.out) == (0, "Comment on #7: left alone.\n")
    assert f"This plan is about {OLD_HEAD[:12]}, and the head of #7 is {HEAD[:12]} now" in done.err
    assert comments(github) == before


def test_a_plan_without_changes_makes_no_comment(
    github: Repository, reconciler_: Command, folder: Path, planned: dict[str, Any]
) -> None:
    """A guard does; and a comment that is there is put right."""
    empty = planned | {"changes": [], "guards": []}
    (folder / "plan.json").write_text(json.dumps(empty))
    assert reconciler_(*COMMENT).out == "Comment on #7: nothing to say.\n"
    reconciler_(*OTHER)
    assert reconciler_(*COMMENT).out == "Comment on #7: updated.\n"
    assert "digest=none" in comments(github)[0]


def test_the_drift_issue(
    github: Repository, reconciler_: Command, folder: Path, planned: dict[str, Any]
) -> None:
    """Opened for what differs, and closed when nothing does."""
    command = ("drift-issue", "--plan", "plan.json", "plan.md")
    assert reconciler_(*command).out == "Drift issue: created.\n"
    assert github.issues[0]["title"] == "Live state has drifted in qa"
    (folder / "plan.json").write_text(json.dumps(planned | {"changes": [], "guards": []}))
    assert reconciler_(*command, "--reviewed", "plan.json").code == 64
    assert reconciler_(*command).out == "Drift issue: closed.\n"


def report(*results: dict[str, Any]) -> dict[str, Any]:
    """Return a report of a run that did a part."""
    return {
        "format_version": FORMAT_VERSION,
        "digest": DIGEST,
        "target": {"api_url": None, "env": "qa"},
        "exit_code": 5,
        "stopped": "",
        "interrupted": False,
        "others": [],
        "unread": [],
        "results": list(results),
        "left_alone": [],
        "reviewed": [],
    }


def test_e8_a_report_says_more(github: Repository, reconciler_: Command, folder: Path) -> None:
    """And what is no report is an error; nothing is told then."""
    github.merge(7, github.sha)
    result = {
        "key": "google/imaging",
        "group_id": "68a8652f82513625d1c21a85",
        "action": "update",
        "status": "unknown",
        "cause": "",
        "message": "plan again",
        "digest": DIGEST,
    }
    (folder / "apply.json").write_text(json.dumps(report(result)))
    assert reconciler_("outcome", "apply.json").out == "Outcome of #7, unknown: created.\n"
    assert "- <code>google/imaging</code> unknown: <code>plan again</code>" in comments(github)[0]
    done = reconciler_("outcome", "--as", "left-alone", "apply.json")
    assert done.out == "Outcome of #7, left alone: updated.\n"
    (folder / "apply.json").write_text("{}")
    done = reconciler_("outcome", "apply.json")
    assert done.code == 64
    assert "apply.json is not the report of a run" in done.err
    done = reconciler_("outcome", ".")
    assert done.code == 64


def test_e7_e8_a_run_that_failed_has_left_no_report(
    github: Repository, reconciler_: Command, folder: Path
) -> None:
    """Its file says how it failed; the pull request hears of it all the same, by the exit code."""
    github.merge(7, github.sha)
    assert reconciler_("apply", "--bogus", "--out", "apply.json").code == 64
    assert "error" in json.loads((folder / "apply.json").read_text())
    done = reconciler_("outcome", "--exit-code", "4", "apply.json")
    assert (done.code, done.out) == (0, "Outcome of #7, refused: created.\n")
    assert reconciler_("outcome", "apply.json").out == "Outcome of #7, unknown: updated.\n"


def test_e8_a_run_that_was_cancelled_before_it_wrote(
    github: Repository, reconciler_: Command
) -> None:
    """Has no report, and the exit code is that of `reviewed`, which says nothing of an apply."""
    reconciler_("comment", "--failed", "plan.md")
    github.merge(7, github.sha)
    assert reconciler_("reviewed", "--out", "reviewed.json").code == 0
    done = reconciler_("outcome", "--reviewed", "reviewed.json", "--exit-code", "0", "apply.json")
    assert (done.code, done.out) == (0, "Outcome of #7, unknown: created.\n")
    reconciler_("outcome", "--as", "applied", "--pull", "7")
    done = reconciler_("outcome", "--exit-code", "1", "apply.json")
    assert done.out == "Outcome of #7, failed: left alone.\n"
    assert done.err == "Its outcome has been told before.\n"


def test_e21_nobody_to_ask_and_nobody_to_tell(github: Repository, reconciler_: Command) -> None:
    """A push straight onto main."""
    done = reconciler_("reviewed", "--out", "reviewed.json")
    assert (done.code, done.out) == (0, "0 pull requests since the commit before.\n")
    assert f"No merged pull request became {github.sha[:12]}" in done.err
    done = reconciler_("outcome", "--exit-code", "1")
    assert done.code == 0
    assert "there is nobody to tell" in done.out


def test_e21_a_failed_plan(github: Repository, reconciler_: Command) -> None:
    """Is told as that, and keeps nobody else's changes back."""
    reconciler_("comment", "--failed", "plan.md")
    github.merge(7, github.sha)
    done = reconciler_("reviewed", "--out", "reviewed.json")
    assert (done.code, done.out) == (0, "1 pull request since the commit before.\n")
    assert "The last plan of pull request #7 failed" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*COMMENT, "--pull", "8"], "which commit of #8 the plan is about"),
        ([*COMMENT, "--pull", "8", "--head", "abc"], "--head abc is no full commit id"),
        (["comment", "plan.md"], "a plan has a JSON file"),
        ([*COMMENT, "--failed"], "a plan has a JSON file"),
        (["comment", "--plan", "event.json", "plan.md"], "event.json is not a plan"),
        (["comment", "--plan", "plan.json", "missing.md"], "missing.md: No such file"),
        (["comment", "--plan", "missing.json", "plan.md"], "missing.json: No such file"),
        (["reviewed", "--out", "x.txt"], "what was reviewed is JSON"),
        (["reviewed", "--out", "x.json", "--commit", "abc"], "--commit abc is no full commit id"),
        (["reviewed", "--out", "x.json", "--base", "abc"], "--base abc is no full commit id"),
        (["reviewed", "--out", "x.json", "--env", "a b"], "--env a b is no name of an environment"),
        (["applied", "--commit", "abc"], "--commit abc is no full commit id"),
        (["outcome", "--reviewed", "event.json"], "event.json is not what was reviewed"),
    ],
)
@pytest.mark.usefixtures("planned")
def test_wrong_usage(
    github: Repository, reconciler_: Command, arguments: list[str], words: str
) -> None:
    """Said before GitHub is asked."""
    done = reconciler_(*arguments)
    assert done.code == 64
    assert words in done.err
    assert github.written == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["comment", "--failed", "plan.md"], "this is not the event of a pull request"),
        (["reviewed", "--out", "x.json"], "no commit is named"),
        (["applied"], "no commit is named"),
        (["outcome"], "no pull request is named"),
    ],
)
def test_outside_a_workflow(
    github: Repository,
    reconciler_: Command,
    variables: dict[str, str],
    arguments: list[str],
    words: str,
) -> None:
    """What is missing is named."""
    assert github.url
    del variables["GITHUB_EVENT_PATH"], variables["GITHUB_SHA"]
    done = reconciler_(*arguments)
    assert done.code == 64
    assert words in done.err
