"""What a command is told to look at: files that hooks name, links on the way, typing errors."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Command, Request
from tests.e2e.repository import SURGERY, commit, git, posts


@pytest.fixture
def repository(folder: Path) -> Path:
    """A repository with a commit, in which a file was deleted since."""
    git(folder, "init", "-q")
    (folder / "README.md").write_text("# Clinic\n", encoding="utf-8")
    commit(folder, "first")
    (folder / "groups/google/imaging.yaml").unlink()
    return folder


@pytest.mark.usefixtures("repository")
def test_m6_a_hook_names_all_that_a_commit_touches(reconciler_: Command) -> None:
    """What is no group file, or is gone, is passed over with a word; the rest is checked."""
    done = reconciler_("validate", SURGERY, "README.md", "groups/google/imaging.yaml")
    assert (done.code, done.out) == (0, "1 file checked: 0 errors, 0 warnings.\n")
    assert done.err == (
        "README.md is no group file; it is passed over.\n"
        "groups/google/imaging.yaml is not there any more; it is passed over.\n"
    )
    alone = reconciler_("validate", "README.md")
    assert (alone.code, alone.out) == (0, "0 files checked: 0 errors, 0 warnings.\n")


@pytest.mark.usefixtures("repository")
def test_m6_a_typing_error_is_one_everywhere(reconciler_: Command) -> None:
    """Also in validate, and also beside what is passed over."""
    for command in (("validate",), ("plan",), ("apply", "--yes"), ("timeline",)):
        done = reconciler_(*command, SURGERY, "groups/microsoft/day-sugery.yaml")
        assert done.code == 64
        assert "no group file is meant by groups/microsoft/day-sugery.yaml" in done.err
        assert "did you mean" not in done.err
        assert "microsoft/day-surgery" in done.err


@pytest.mark.usefixtures("repository")
def test_m6_a_plan_and_an_apply_never_do_less_than_they_are_told(
    reconciler_: Command, requests: list[Request]
) -> None:
    """A file that is there and is no group file refuses both; nothing is sent."""
    for command in (("plan",), ("apply", "--yes")):
        done = reconciler_(*command, SURGERY, "README.md")
        assert (done.code, done.out) == (64, "")
        assert "README.md is there and is no group file" in done.err
    assert posts(requests) == []


def test_m6_a_path_through_a_link(repository: Path, reconciler_: Command) -> None:
    """The same file, whichever way it is reached; by a plan and by validate."""
    link = repository.with_name(f"{repository.name}-link")
    link.symlink_to(repository)
    for command in ("validate", "plan", "timeline"):
        whole = reconciler_(command, SURGERY)
        assert (whole.code, reconciler_(command, str(link / SURGERY)).out) == (0, whole.out)


@pytest.mark.usefixtures("repository")
def test_p16_a_summary_is_text(reconciler_: Command) -> None:
    """Of any other form it would keep back what was asked for."""
    done = reconciler_("plan", "--summary", SURGERY)
    assert done.code == 0
    assert "What patients notice:\n  Day Surgery Instructions: new, at " in done.out
    assert "  + " not in done.out
    wrong = reconciler_("plan", "--summary", "--format", "json")
    assert wrong.code == 64
    assert "--summary shortens text, and not json" in wrong.err
