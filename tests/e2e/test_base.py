"""Plans against a commit: real repositories, real Git, and what happens if the base is missing."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Command, Request
from tests.e2e.repository import SURGERY, commit, dashboard, edit, git, posts


@pytest.fixture
def repository(folder: Path) -> Path:
    """The working folder as a repository whose one commit has been applied."""
    (folder / ".gitignore").write_text(".reconciler/\n", encoding="utf-8")
    git(folder, "init", "-q")
    commit(folder, "first")
    return folder


@pytest.fixture
def applied(repository: Path, reconciler_: Command) -> Path:
    """The repository with its first commit applied."""
    assert reconciler_("apply", "--yes").code == 0
    return repository


@pytest.mark.usefixtures("applied")
def test_three_origins(folder: Path, reconciler_: Command) -> None:
    """The branch changes one field, somebody another one live, and both a third."""
    dashboard(
        reconciler_,
        folder / SURGERY,
        "template_name: Fasting Instructions",
        "template_name: Dashboard Text",
    )
    dashboard(
        reconciler_,
        folder / "groups/microsoft/annual-recall.yaml",
        "start_time: 10:30:00",
        "start_time: 21:30:00",
    )
    edit(folder / "groups/google/imaging.yaml", "start_time: 14:15:00", "start_time: 15:15:00")
    edit(
        folder / "groups/microsoft/annual-recall.yaml",
        "start_time: 10:30:00",
        "start_time: 11:30:00",
    )
    done = reconciler_("plan", "--base", "HEAD", "--format", "json")
    plan = json.loads(done.out)
    origins = {
        (change["key"], field["path"]): field["origin"]
        for change in plan["changes"]
        for field in change["fields"]
    }
    assert origins == {
        ("google/imaging", "start_time"): "git",
        ("microsoft/annual-recall", "start_time"): "conflict",
    }
    assert (plan["summary"]["drift"], plan["summary"]["conflicts"]) == (1, 1)
    (surgery,) = (change for change in plan["changes"] if change["key"] == "microsoft/day-surgery")
    assert {
        item["origin"] for case in surgery["use_cases"] for item in case["added"] + case["removed"]
    } == {"drift"}


@pytest.mark.usefixtures("applied")
def test_prune_disables_what_git_has_removed(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """A deleted file and a deleted use case; one POST each, with the use case alone."""
    (folder / SURGERY).unlink()
    text = (folder / "groups/google/imaging.yaml").read_text(encoding="utf-8")
    (folder / "groups/google/imaging.yaml").write_text(
        text[: text.index("  - use_case: MAMMOGRAM")], encoding="utf-8"
    )
    commit(folder, "removed")
    listed = reconciler_("plan", "--base", "HEAD~1")
    assert "Removed from Git and still live" in listed.out
    assert "No changes." in listed.out
    done = reconciler_("apply", "--yes", "--base", "HEAD~1", "--prune")
    assert done.code == 0
    assert [
        [(part["use_case"], part["enabled"]) for part in post.body["use_cases"]]
        for post in posts(requests)[-2:]
    ] == [
        [("MAMMOGRAM_REMINDER", False)],
        [("SURGERY_PREPARATION", False)],
    ]
    assert "No changes." in reconciler_("plan", "--base", "HEAD~1", "--prune").out


@pytest.mark.usefixtures("applied")
def test_a_deleted_file_can_be_chosen(folder: Path, reconciler_: Command) -> None:
    """By its key or its path, since the base knows them."""
    (folder / SURGERY).unlink()
    commit(folder, "removed")
    for selector in (SURGERY, "microsoft/day-surgery"):
        assert "1 to update" in reconciler_("plan", "--base", "HEAD~1", "--prune", selector).out


@pytest.mark.usefixtures("repository")
def test_a_base_with_bad_files_works_for_the_others(folder: Path, reconciler_: Command) -> None:
    """What cannot be used is said, and nothing else suffers."""
    bad = folder / "groups/microsoft/bad.yaml"
    bad.write_text("name: [\n", encoding="utf-8")
    (folder / "groups/loose.yaml").write_text("name: X\n", encoding="utf-8")
    twin = folder / "groups/google/twin.yaml"
    twin.write_text("name: T\nslug: imaging\n", encoding="utf-8")
    commit(folder, "bad")
    for path in (bad, folder / "groups/loose.yaml", twin):
        path.unlink()
    commit(folder, "mended")
    done = reconciler_("plan", "--base", "HEAD~1")
    assert done.code == 0
    assert "groups/microsoft/bad.yaml:2" in done.err
    assert "groups/loose.yaml:1" in done.err
    assert "What these files said is unknown" in done.err
    assert done.out.count("drift") > 9


@pytest.mark.usefixtures("repository")
def test_a_base_without_groups(folder: Path, reconciler_: Command) -> None:
    """The first pull request of all: everything is this branch's."""
    git(folder, "checkout", "-q", "--orphan", "empty")
    git(folder, "rm", "-rq", "--cached", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", "nothing")
    done = reconciler_("plan", "--base", "empty")
    assert done.code == 0
    assert "drift" not in done.out


@pytest.mark.parametrize("ref", ["nowhere", "--all", "-q", "main:groups", "HEAD~7"])
@pytest.mark.usefixtures("repository")
def test_no_such_commit(reconciler_: Command, requests: list[Request], ref: str) -> None:
    """Nothing is sent, and an option in disguise is no option."""
    done = reconciler_("plan", f"--base={ref}")
    assert done.code == 64
    assert "there is no such commit" in done.err
    assert not requests


def test_no_repository(reconciler_: Command) -> None:
    """Git's own words, and where to run it."""
    done = reconciler_("plan", "--base", "main")
    assert done.code == 1
    assert "not a git repository" in done.err


@pytest.mark.usefixtures("repository")
def test_prune_needs_a_base(reconciler_: Command) -> None:
    """What Git has removed cannot be told from what it never had."""
    done = reconciler_("plan", "--prune")
    assert done.code == 64
    assert "--base" in done.err


def test_a_shallow_clone_says_what_to_fetch(
    repository: Path, reconciler_: Command, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its own commit works; an older one has to be fetched, and after that works too."""
    first = git(repository, "rev-parse", "HEAD")
    edit(repository / SURGERY, "16:00:00", "15:00:00")
    second = commit(repository, "second")
    clone = tmp_path_factory.mktemp("shallow") / "clone"
    git(repository, "clone", "-q", "--depth=1", f"file://{repository}", str(clone))
    assert reconciler_("plan", "--base", second, root=clone).code == 0
    done = reconciler_("plan", "--base", first, root=clone)
    assert done.code == 64
    assert f"git fetch --depth=1 origin {first}" in done.err
    git(clone, "fetch", "-q", "--depth=1", "origin", first)
    assert reconciler_("plan", "--base", first, root=clone).code == 0


@pytest.mark.usefixtures("repository")
def test_groups_below_a_folder_of_the_repository(folder: Path, reconciler_: Command) -> None:
    """If groups/ is not at the repository's top, paths are named from the working folder."""
    (folder / "clinic").mkdir()
    (folder / "groups").rename(folder / "clinic/groups")
    commit(folder, "moved")
    assert "drift" in reconciler_("plan", "--base", "HEAD", root=folder / "clinic").out


@pytest.mark.usefixtures("applied")
def test_a_branch_cannot_raise_its_own_limit(folder: Path, reconciler_: Command) -> None:
    """The limits of the base hold for the branch that changes them, and the other way round."""
    (folder / "pyproject.toml").write_text(
        "[tool.reconciler.guards]\nupdates = 0\n", encoding="utf-8"
    )
    commit(folder, "strict")
    (folder / "pyproject.toml").write_text(
        "[tool.reconciler.guards]\nupdates = 50\n", encoding="utf-8"
    )
    edit(folder / SURGERY, "16:00:00", "15:00:00")
    assert reconciler_("plan").code == 0
    done = reconciler_("plan", "--base", "HEAD")
    assert done.code == 4
    assert "the base's are used" in done.err
    (folder / "pyproject.toml").unlink()
    assert reconciler_("plan", "--base", "HEAD").code == 4


@pytest.mark.usefixtures("applied")
def test_a_base_with_broken_settings_has_the_usual_limits(
    folder: Path, reconciler_: Command
) -> None:
    """It is said, and nothing is lifted."""
    (folder / "pyproject.toml").write_text(
        "[tool.reconciler.guards]\nupdates = -1\n", encoding="utf-8"
    )
    commit(folder, "broken")
    (folder / "pyproject.toml").unlink()
    done = reconciler_("plan", "--base", "HEAD")
    assert done.code == 0
    assert "the limits are the usual ones" in done.err


@pytest.mark.usefixtures("applied")
def test_a_link_of_the_base_whose_variable_is_not_set(
    folder: Path, reconciler_: Command, variables: dict[str, str]
) -> None:
    """What the base said is unknown, so a link from elsewhere is this branch's doing."""
    edit(
        folder / "groups/microsoft/annual-recall.yaml",
        "from_env: RECALL_SHEET_LINK",
        "from_env: OTHER_LINK",
    )
    variables["OTHER_LINK"] = "https://1drv.ms/x/other"
    del variables["RECALL_SHEET_LINK"]
    done = reconciler_("plan", "--base", "HEAD", "--format", "json")
    (change,) = json.loads(done.out)["changes"]
    assert [(field["path"], field["origin"]) for field in change["fields"]] == [
        ("sheet_link", "git")
    ]


@pytest.mark.usefixtures("repository")
def test_links_and_giants_of_the_base_are_left_out(folder: Path, reconciler_: Command) -> None:
    """Neither is followed or read, and both are named."""
    (folder / "groups/google/link.yaml").symlink_to("/etc/hostname")
    (folder / "groups/google/giant.yaml").write_text("#" * 300_000, encoding="utf-8")
    commit(folder, "odd")
    (folder / "groups/google/link.yaml").unlink()
    (folder / "groups/google/giant.yaml").unlink()
    commit(folder, "mended")
    done = reconciler_("plan", "--base", "HEAD~1")
    assert done.code == 0
    assert "google/link" not in done.out
    assert "groups/google/link.yaml is a link that leads out" in done.err
    assert "groups/google/giant.yaml is larger than a group file may be" in done.err


@pytest.mark.parametrize("option", ["--base", "--applied"])
def test_a_commit_is_read_by_as_many_processes_whatever_it_holds(
    reconciler_: Command, repository: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    """Its files come from one `cat-file --batch`, and not from one process each."""
    text = (repository / SURGERY).read_text(encoding="utf-8")
    asked: list[list[str]] = []
    run = subprocess.run

    def counted(words: list[str], **how: Any) -> Any:
        asked.append(words)
        return run(words, **how)

    monkeypatch.setattr("reconciler.workspace.git.subprocess.run", counted)

    def processes() -> int:
        asked.clear()
        done = reconciler_("plan", option, "HEAD", "microsoft/day-surgery")
        assert done.code == 0, done.err
        return len(asked)

    few = processes()
    for number in range(30):
        place = repository / f"groups/google/another-{number}.yaml"
        place.write_text(text.replace("Day Surgery", f"Another {number}"), encoding="utf-8")
    commit(repository, "second")
    assert processes() == few


POLICY = """{"properties": {"start_time": {
  "minimum": 0, "pattern": "^(0[89]|1[0-9]):", "x-message": "we contact people from 08:00 to 20:00",
  "x-remedy": "choose an hour of the day"}}}
"""


def test_a_branch_is_held_to_the_policy_of_its_base(repository: Path, reconciler_: Command) -> None:
    """It cannot change the schema and what breaks it in one go; without a base its own holds."""
    (repository / "policy.schema.json").write_text(POLICY, encoding="utf-8")
    (repository / "pyproject.toml").write_text(
        '[tool.reconciler.policy]\nschema = "policy.schema.json"\n', encoding="utf-8"
    )
    commit(repository, "a policy")
    assert reconciler_("validate").code == 0
    edit(repository / SURGERY, "start_time: 16:00:00", "start_time: 06:30:00")
    told = reconciler_("validate")
    assert told.code == 1
    assert (
        f"{SURGERY}:6:13: error: we contact people from 08:00 to 20:00 [policy]\n"
        "    choose an hour of the day\n" in told.out
    )
    (repository / "policy.schema.json").write_text("{}", encoding="utf-8")
    commit(repository, "a branch")
    assert reconciler_("plan").code == 0
    held = reconciler_("plan", "--base", "HEAD~1")
    assert held.code == 1
    assert "[policy]" in held.err
