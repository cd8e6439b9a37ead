"""A repository with several accounts: which of them a change touches, and what tells them apart."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.apply.report import Result
from reconciler.apply.state import StateFolder
from reconciler.github import client
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.workspace import Workspace
from tests.builders import desired, group_id
from tests.e2e.conftest import Command
from tests.e2e.repository import commit, git
from tests.workflows.github_api import TOKEN, FakeGitHub, fake_github

SURGERY = "groups/microsoft/day-surgery.yaml"


@pytest.fixture
def accounts(folder: Path) -> Path:
    """A repository with an account of its own and two in folders, and a commit of all."""
    for name in ("north", "south of it"):
        shutil.copytree(folder / "groups", folder / "accounts" / name / "groups")
    (folder / "accounts" / "README.md").write_text("Ours.\n")
    (folder / ".gitignore").write_text("/.reconciler\n")
    git(folder, "init", "-q")
    commit(folder, "first")
    return folder


def test_e9_all_accounts_without_a_base(accounts: Path, reconciler_: Command) -> None:
    """A line each; a folder without group files is none."""
    assert accounts.is_dir()
    assert reconciler_("affected").out.splitlines() == [
        ".",
        "accounts/north",
        "accounts/south of it",
    ]
    done = reconciler_("affected", "accounts/north", "--json")
    assert json.loads(done.out) == ["accounts/north"]


@pytest.mark.parametrize(
    ("path", "folders"),
    [
        (SURGERY, ["."]),
        ("pyproject.toml", ["."]),
        (f"accounts/north/{SURGERY}", ["accounts/north"]),
        ("accounts/north/groups/microsoft/new.txt", ["accounts/north"]),
        ("accounts/south of it/pyproject.toml", ["accounts/south of it"]),
        ("accounts/README.md", []),
        ("accounts/pyproject.toml", []),
        ("docs/groups.md", []),
    ],
)
def test_e9_the_accounts_that_a_change_touches(
    accounts: Path, reconciler_: Command, variables: dict[str, str], path: str, folders: list[str]
) -> None:
    """By what a plan is made from: the groups and the settings. A step has them as its output."""
    file = accounts / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{file.read_text() if file.exists() else ''}\n# changed\n")
    commit(accounts, "second")
    variables["GITHUB_OUTPUT"] = str(accounts / "output")
    assert json.loads(reconciler_("affected", "--base", "HEAD~", "--json").out) == folders
    assert json.dumps(folders) in (accounts / "output").read_text()


def test_e9_an_account_that_goes_is_touched(accounts: Path, reconciler_: Command) -> None:
    """Its groups are still live: its plan says so."""
    shutil.rmtree(accounts / "accounts" / "north")
    commit(accounts, "gone")
    assert reconciler_("affected", "--base", "HEAD~").out.splitlines() == ["accounts/north"]
    assert "accounts/north" not in reconciler_("affected").out


def test_e9_wrong_use_is_told_to_programs_too(accounts: Path, reconciler_: Command) -> None:
    """Of a base that there is not."""
    done = reconciler_("affected", "--base", "nowhere", "--json", root=accounts)
    assert (done.code, json.loads(done.out)["error"]["kind"]) == (64, "usage")
    assert "--base nowhere: there is no such commit" in done.err


def test_e9_the_scope_is_the_folder_within_its_repository(
    accounts: Path, reconciler_: Command, variables: dict[str, str], tmp_path: Path
) -> None:
    """Of plain characters; in the target, in the state of a run, and nowhere for the sandbox."""
    variables["INTERACTLY_API_KEY"] = "k"

    def scope(folder: Path) -> str:
        return Workspace(folder, None, variables, lambda: None).scope()  # type: ignore[arg-type,return-value]  # no time is asked

    assert [scope(accounts), scope(accounts / "accounts/south of it"), scope(tmp_path.parent)] == [
        "",
        "accounts/south%20of%20it",
        "",
    ]
    done = reconciler_("plan", "--format", "json", root=accounts / "accounts/north")
    assert "scope" not in json.loads(done.out)["target"]


def test_e9_two_accounts_share_nothing_on_github(
    accounts: Path, reconciler_: Command, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the comment, the drift issue, the outcome, nor what was applied last."""
    monkeypatch.setattr(client, "LATE", (0.0,))
    head = commit_id = git(accounts, "rev-parse", "HEAD")
    folders = [accounts, accounts / "accounts/north", accounts / "accounts/south of it"]
    with fake_github(FakeGitHub()) as github:
        github.push(7, head)
        event = accounts / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": head}}}))
        variables |= {
            "GITHUB_API_URL": github.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "clinic/outreach",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_SHA": commit_id,
            "RECONCILER_ENV": "qa",
        }
        for _ in range(2):
            for folder in folders:
                assert (
                    reconciler_("plan", "--out", "p.json", "--out", "p.md", root=folder).code == 0
                )
                done = reconciler_("comment", "--plan", "p.json", "p.md", root=folder)
                assert done.code == 0, done.err
                assert reconciler_("drift-issue", "--plan", "p.json", "p.md", root=folder).code == 0
                assert reconciler_("outcome", "--pull", "7", root=folder).code == 0
        assert [len(github.comments[7]), len(github.issues)] == [6, 3]
        named = [one["body"].splitlines()[0] for one in github.comments[7]]
        assert sum(" scope=accounts/south%20of%20it env=qa " in line for line in named) == 2
        assert sum(" plan env=qa " in line for line in named) == 1
        assert "Unknown in <code>qa of accounts/north</code>" in github.comments[7][3]["body"]
        for folder in folders[1:]:
            assert reconciler_("applied", root=folder).out == ""
            assert reconciler_("applied", "--record", root=folder).code == 0
            assert reconciler_("applied", root=folder).out.strip() == commit_id
        assert reconciler_("applied", root=folders[0]).out == ""


def test_e9_accounts_at_one_host_take_turns_and_know_their_own_groups(tmp_path: Path) -> None:
    """One lock for both; what one has created is read by its id for that one alone."""
    now = datetime(2026, 11, 25, tzinfo=UTC)
    state = StateFolder(tmp_path / "here", tmp_path / "shared", lambda: now)
    north, south = (Target("https://api.clinic.example", "prod", one) for one in ("north", "south"))
    plan = build_plan([desired("a")], [], north)
    with state.keep(plan) as kept:
        kept.log.intent(plan.changes[0])
        done = Result(plan.changes[0].key, "create", "applied", group_id=str(group_id(7)))
        kept.log.outcome(done)
    assert state.of_api(north) == state.of_api(south)
    assert set(state.created(north)) == {str(group_id(7))}
    assert state.created(south) == state.known(south) == {}
