"""The commands that tell and ask GitHub, against its stand-in on loopback."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.github import client
from tests.e2e.conftest import Command
from tests.workflows.github_api import TOKEN, FakeGitHub, fake_github

SHA = "b" * 40
HEAD, OLD_HEAD = "1" * 40, "0" * 40
DIGEST, OTHER = (f"sha256:{digit * 64}" for digit in "ad")


@pytest.fixture
def github(
    variables: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeGitHub]:
    """A repository with pull request 7 open at HEAD, and a step of a workflow about it."""
    monkeypatch.setattr(client, "LATE", (0.0,))
    with fake_github() as server:
        server.push(7, HEAD)
        event = tmp_path / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": HEAD}}}))
        variables |= {
            "GITHUB_API_URL": server.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "clinic/outreach",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "99",
            "GITHUB_SHA": SHA,
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "RECONCILER_ENV": "qa",
        }
        (tmp_path / "plan.md").write_text("**1 to update**\n")
        yield server


def comments(github: FakeGitHub) -> list[str]:
    """Return the comments on the pull request."""
    return [item["body"] for item in github.comments.get(7, [])]


def test_a_review_from_plan_to_outcome(
    github: FakeGitHub, reconciler_: Command, tmp_path: Path
) -> None:
    """The comment, what was reviewed, and what became of it; the record stays byte for byte."""
    done = reconciler_("comment", "--digest", DIGEST, "plan.md")
    assert (done.code, done.out, done.err) == (0, "Comment on #7: created.\n", "")
    done = reconciler_("comment", "--digest", OTHER, "plan.md")
    assert done.out == "Comment on #7: updated.\n"
    (record,) = comments(github)
    assert f"**Changed since: this was digest `{DIGEST}`; now it is digest `{OTHER}`.**" in record
    github.merge(7, SHA)

    done = reconciler_("comment", "--digest", DIGEST, "plan.md")
    assert (done.code, done.out) == (0, "Comment on #7: left alone.\n")
    assert done.err == "#7 is merged: what was reviewed stays as it is.\n"
    done = reconciler_("reviewed")
    assert (done.code, done.out) == (0, f"{OTHER}\n")
    assert done.err == f"Reviewed in pull request #7 for qa, at {HEAD[:12]}.\n"
    assert "\nreviewed\n" in (tmp_path / "output").read_text()

    done = reconciler_("outcome", "--exit-code", "3", "apply.json")
    assert (done.code, done.out) == (0, "Outcome of #7, refused: created.\n")
    done = reconciler_("outcome", "--exit-code", "0", "--pull", "7")
    assert done.out == "Outcome of #7, applied: updated.\n"
    told = (
        "<!-- reconciler outcome env=qa run=99 -->\n**Applied in <code>qa</code>.** Live state is"
        " what was merged. [The run](https://github.com/clinic/outreach/actions/runs/99) has all of"
        " it.\n"
    )
    assert comments(github) == [record, told]
    assert reconciler_("reviewed").out == f"{OTHER}\n"


def test_e29_an_older_head_is_left_alone_and_said(github: FakeGitHub, reconciler_: Command) -> None:
    """By the event's head, or by the one that is named."""
    reconciler_("comment", "--digest", DIGEST, "plan.md")
    before = comments(github)
    done = reconciler_("comment", "--digest", OTHER, "--head", OLD_HEAD, "plan.md")
    assert (done.code, done.out) == (0, "Comment on #7: left alone.\n")
    assert f"This plan is about {OLD_HEAD[:12]}, and the head of #7 is {HEAD[:12]} now" in done.err
    assert comments(github) == before


def test_e8_a_report_says_more(github: FakeGitHub, reconciler_: Command, tmp_path: Path) -> None:
    """And what is no report is an error; nothing is told then."""
    github.merge(7, SHA)
    document: dict[str, Any] = {
        "format_version": "1.1",
        "digest": DIGEST,
        "target": {"api_url": None, "env": "qa"},
        "exit_code": 5,
        "stopped": "",
        "interrupted": False,
        "others": [],
        "unread": [],
        "results": [
            {
                "key": "google/imaging",
                "group_id": "68a8652f82513625d1c21a85",
                "action": "update",
                "status": "unknown",
                "cause": "",
                "message": "plan again",
                "digest": DIGEST,
            }
        ],
        "left_alone": [],
        "reviewed": [],
    }
    (tmp_path / "apply.json").write_text(json.dumps(document))
    assert reconciler_("outcome", "apply.json").out == "Outcome of #7, unknown: created.\n"
    assert "- <code>google/imaging</code> unknown: <code>plan again</code>" in comments(github)[0]
    done = reconciler_("outcome", "--as", "left-alone", "apply.json")
    assert done.out == "Outcome of #7, left alone: updated.\n"
    (tmp_path / "apply.json").write_text("{}")
    done = reconciler_("outcome", "apply.json")
    assert done.code == 64
    assert "apply.json is not the report of a run" in done.err
    done = reconciler_("outcome", ".")
    assert done.code == 64


def test_e7_e8_a_run_that_failed_has_left_no_report(
    github: FakeGitHub, reconciler_: Command, tmp_path: Path
) -> None:
    """Its file says how it failed; the pull request hears of it all the same, by the exit code."""
    github.merge(7, SHA)
    assert reconciler_("apply", "--bogus", "--out", "apply.json").code == 64
    assert "error" in json.loads((tmp_path / "apply.json").read_text())
    done = reconciler_("outcome", "--exit-code", "4", "apply.json")
    assert (done.code, done.out) == (0, "Outcome of #7, refused: created.\n")
    assert reconciler_("outcome", "apply.json").out == "Outcome of #7, unknown: updated.\n"


def test_e21_nobody_to_ask_and_nobody_to_tell(github: FakeGitHub, reconciler_: Command) -> None:
    """A push straight onto main."""
    assert github.url
    done = reconciler_("reviewed")
    assert (done.code, done.out) == (0, "none\n")
    assert f"No merged pull request became {SHA[:12]}" in done.err
    done = reconciler_("outcome", "--exit-code", "1")
    assert done.code == 0
    assert "there is nobody to tell" in done.out


def test_e21_a_failed_plan(github: FakeGitHub, reconciler_: Command) -> None:
    """Is told as that."""
    reconciler_("comment", "--failed", "plan.md")
    github.merge(7, SHA)
    done = reconciler_("reviewed")
    assert (done.code, done.out) == (1, "")
    assert "error: the last plan of pull request #7 failed" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["comment", "--pull", "8", "plan.md"], "which commit of #8 the plan is about"),
        (["comment", "--pull", "8", "--head", "abc", "plan.md"], "--head abc is no full commit id"),
        (["comment", "--digest", "sha256:1", "plan.md"], "is not sha256: and 64 hex digits"),
        (["comment", "missing.md"], "missing.md: No such file"),
        (["reviewed", "--commit", "abc"], "--commit abc is no full commit id"),
        (["reviewed", "--env", "a b"], "--env a b is no name of an environment"),
    ],
)
def test_wrong_usage(
    github: FakeGitHub, reconciler_: Command, arguments: list[str], words: str
) -> None:
    """Said before GitHub is asked."""
    done = reconciler_(*arguments)
    assert done.code == 64
    assert words in done.err
    assert github.written == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["comment", "plan.md"], "this is not the event of a pull request"),
        (["reviewed"], "no commit is named"),
        (["outcome"], "no pull request is named"),
    ],
)
def test_outside_a_workflow(
    github: FakeGitHub,
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
