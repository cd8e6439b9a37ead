"""What was reviewed is applied, by a plan's digest: the same wherever it is made, or nothing is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Command, Request
from tests.e2e.repository import SURGERY, commit, dashboard, edit, git, posts


def digest(reconciler_: Command, *arguments: str) -> str:
    """Return the digest of a plan."""
    found = json.loads(reconciler_("plan", "--format", "json", *arguments).out)["digest"]
    assert isinstance(found, str)
    return found


@pytest.fixture
def branch(folder: Path, reconciler_: Command) -> str:
    """An applied main, and a branch whose two commits change two groups; return its digest."""
    (folder / ".gitignore").write_text(".reconciler/\n*.json\n", encoding="utf-8")
    git(folder, "init", "-q")
    commit(folder, "main")
    assert reconciler_("apply", "--yes").code == 0
    git(folder, "checkout", "-qb", "branch")
    edit(folder / SURGERY, "16:00:00", "15:00:00")
    commit(folder, "one")
    edit(folder / "groups/google/imaging.yaml", "14:15:00", "15:15:00")
    commit(folder, "two")
    return digest(reconciler_, "--base", "main")


def test_the_reviewed_plan_is_applied(
    branch: str, reconciler_: Command, requests: list[Request]
) -> None:
    """By digest; started again, only the plan's file shows that all of it is live."""
    assert reconciler_("plan", "--out", "plan.json").code == 0
    requests.clear()
    assert reconciler_("apply", "--yes", "--expect", branch).code == 0
    assert len(posts(requests)) == 2
    by_digest = reconciler_("apply", "--yes", "--expect", branch)
    assert by_digest.code == 3
    assert "whether that is live it cannot say" in by_digest.err
    assert "With the reviewed plan's .json file in place of its digest" in by_digest.err
    by_file = reconciler_("apply", "--yes", "--expect", "plan.json")
    assert by_file.code == 0
    assert "Nothing is left to do of what was reviewed." in by_file.err
    assert len(posts(requests)) == 2


def test_the_digest_survives_squash_and_rebase(
    folder: Path, branch: str, reconciler_: Command
) -> None:
    """A merge is another commit, and the same plan."""
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--squash", "branch")
    commit(folder, "squashed")
    assert digest(reconciler_, "--base", "HEAD~1") == branch
    git(folder, "reset", "-q", "--hard", "HEAD~1")
    (folder / "NOTES").write_text("elsewhere\n", encoding="utf-8")
    commit(folder, "main has moved on")
    git(folder, "checkout", "-q", "branch")
    git(folder, "rebase", "-q", "main")
    assert digest(reconciler_) == branch


def test_the_digest_does_not_depend_on_how_files_are_written(
    folder: Path, branch: str, reconciler_: Command
) -> None:
    """Comments, quotes, file extension, slug written out; order of keys, use cases and actions."""
    path = folder / "groups/google/imaging.yaml"
    kept = path.read_text(encoding="utf-8")
    first, cases = kept.split("use_cases:\n")
    blocks = cases.split("  - use_case:")
    assert len(blocks) == 3
    path.unlink()
    mixed = (
        f"# moved\nuse_cases:\n  - use_case:{blocks[2]}  - use_case:{blocks[1]}\n{first}slug:"
        " imaging\n"
    )
    (folder / "groups/google/pictures.yml").write_text(mixed, encoding="utf-8")
    assert digest(reconciler_) == branch


def test_the_digest_does_not_depend_on_the_machine(
    branch: str, folder: Path, variables: dict[str, str]
) -> None:
    """Another process, locale, time zone and hash seed."""
    environment = {
        **variables,
        "LC_ALL": "C",
        "LANG": "C",
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "7",
        "PYTHONUTF8": "0",
    }
    command = [sys.executable, "-m", "reconciler", "plan", "--format", "json"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, check=True, timeout=60
    )
    assert json.loads(done.stdout)["digest"] == branch


def test_any_other_plan_is_refused(
    folder: Path, branch: str, reconciler_: Command, requests: list[Request]
) -> None:
    """Live changed after the review: exit 3, both digests, no write."""
    dashboard(reconciler_, folder / SURGERY, "15:00:00", "21:00:00")
    requests.clear()
    by_digest = reconciler_("apply", "--yes", "--expect", branch)
    assert by_digest.code == 3
    assert branch in by_digest.err
    assert "This is not the reviewed plan; nothing was written." in by_digest.err
    assert posts(requests) == []


def test_a_plan_that_was_empty_at_the_review(
    folder: Path, branch: str, reconciler_: Command, requests: list[Request]
) -> None:
    """`none` refuses whatever has come since."""
    assert branch
    requests.clear()
    done = reconciler_("apply", "--yes", "--expect", "none")
    assert done.code == 3
    assert posts(requests) == []
    git(folder, "checkout", "-q", "main")
    assert reconciler_("apply", "--yes", "--expect", "none").code == 0


def test_another_environment_is_another_plan(branch: str, reconciler_: Command) -> None:
    """The target is part of the digest."""
    assert digest(reconciler_, "--env", "qa") != branch
    done = reconciler_("apply", "--yes", "--env", "qa", "--expect", branch)
    assert done.code == 3


def test_an_edited_plan_is_refused(folder: Path, branch: str, reconciler_: Command) -> None:
    """A file whose content is not what its digest says was not reviewed."""
    assert branch
    reconciler_("plan", "--out", "plan.json")
    edit(folder / "plan.json", "15:00:00", "07:00:00")
    done = reconciler_("apply", "--yes", "--expect", "plan.json")
    assert done.code == 3
    assert "has been edited" in done.err


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("sha256:12", "is not a digest"),
        ("", "--expect is given and empty"),
        ("nowhere.json", "No such file"),
        ("bad.json", "is neither a plan nor reviews of this version"),
    ],
)
def test_an_expectation_that_means_nothing(
    folder: Path, reconciler_: Command, requests: list[Request], expect: str, words: str
) -> None:
    """It is refused before anything is sent."""
    (folder / "bad.json").write_text("{}", encoding="utf-8")
    done = reconciler_("apply", "--yes", "--expect", expect)
    assert done.code == 64
    assert words in done.err
    assert not requests
