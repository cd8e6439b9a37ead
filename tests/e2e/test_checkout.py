"""Removed is what the commit does not have: real repositories, and how a folder differs from them.

Each test that begins with an id is a row of the list of cases; the others are its siblings. In all
of them the folder's first commit was applied, and both groups contact patients; a plan that only
seems to remove one must be refused, and nobody be switched off.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.cli import run
from reconciler.cli.surroundings import Surroundings
from tests.e2e.conftest import Done

RECALL = "groups/microsoft/recall.yaml"
IMAGING = "groups/google/imaging.yaml"
PEOPLE = {
    **{f"GIT_{who}_NAME": "Clinic" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "it@clinic.example" for who in ("AUTHOR", "COMMITTER")},
}
NEEDS_PERMISSIONS = pytest.mark.skipif(
    not hasattr(os, "geteuid"), reason="this system has no permissions to take away"
)


def basic(name: str, *more: str) -> str:
    """Return a group file with one enabled use case, and with more of them."""
    return f"name: {name}\ntimezone: America/Chicago\nstart_time: 09:00:00\nuse_cases:\n" + "".join(
        f"  - use_case: {use_case}\n    enabled: true\n    actions:\n"
        "      - {action_type: SMS, context: a, day: 1, template_name: First SMS}\n"
        for use_case in (name.upper(), *more)
    )


@dataclass(frozen=True)
class Clinic:
    """A checkout, and whoever works in it.

    Attributes:
        top: The checkout's top folder.
        variables: The environment.
        capsys: Takes what is printed.
        within: The folder that holds `groups/`, from the top.
    """

    top: Path
    variables: dict[str, str]
    capsys: pytest.CaptureFixture[str]
    within: str = "."

    @property
    def root(self) -> Path:
        """The folder that holds `groups/`."""
        return self.top / self.within

    def git(self, *words: str, given: str = "") -> str:
        """Run git at the top."""
        done = subprocess.run(
            ["git", *words],
            cwd=self.top,
            env={**os.environ, **PEOPLE, **self.variables},
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self) -> str:
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "-qm", "next")
        return self.git("rev-parse", "HEAD")

    def write(self, name: str, text: str) -> None:
        """Write a file below the root."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def __call__(self, *words: str) -> Done:
        """Run the command line."""
        self.capsys.readouterr()
        clock = lambda: datetime(2026, 11, 25, 12, tzinfo=UTC)  # noqa: E731 - nothing but a day
        code = run(words, Surroundings(self.root, self.variables, clock))
        return Done(code, *self.capsys.readouterr())

    def refused(self, *told: str, base: str = "HEAD") -> str:
        """Check that neither plan nor apply do anything, with or without --prune; return why."""
        said = ""
        for words in (("plan",), ("plan", "--prune"), ("apply", "--yes", "--prune")):
            done = self(*words, "--base", base)
            assert (done.code, done.out) == (1, ""), done
            assert [text for text in told if text not in done.err] == [], done.err
            said = done.err
        return said

    def unchanged(self, *options: str, base: str = "HEAD") -> str:
        """Check that a plan with --prune has no changes, and return what is told beside it."""
        done = self("plan", "--prune", "--base", base, *options)
        assert done.code == 0, done.err
        assert "No changes." in done.out
        return done.err

    def clone(self, *options: str, to: str) -> "Clinic":
        """Clone this repository, with live state as it is."""
        target = self.top.parent / to
        self.git("clone", "-q", *options, f"file://{self.top}", str(target))
        other = replace(self, top=target)
        shutil.copytree(self.root / ".reconciler", other.root / ".reconciler")
        return other


@pytest.fixture
def new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Clinic]:
    """Makes a repository with two groups, committed and applied."""
    config = tmp_path / "gitconfig"
    config.write_text('[protocol "file"]\n\tallow = always\n', encoding="utf-8")
    variables = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    variables |= {"GIT_CONFIG_GLOBAL": str(config), "GIT_CONFIG_NOSYSTEM": "1"}

    def make(within: str = ".") -> Clinic:
        clinic = Clinic(tmp_path / "clinic", variables, capsys, within)
        clinic.top.mkdir()
        clinic.git("init", "-q", "-b", "main")
        clinic.git("config", "uploadpack.allowFilter", "true")
        (clinic.top / ".gitignore").write_text(".reconciler/\n", encoding="utf-8")
        clinic.write(RECALL, basic("Recall"))
        clinic.write(IMAGING, basic("Imaging"))
        clinic.commit()
        assert clinic("apply", "--yes").code == 0
        return clinic

    return make


@pytest.fixture
def clinic(new: Callable[..., Clinic]) -> Clinic:
    """A repository with two groups, committed and applied."""
    return new()


# A1: the commit has it, and the folder does not


def test_a1_a_sparse_checkout_removes_nothing(clinic: Clinic) -> None:
    """What is left out is named with the reason, and how to get it."""
    clinic.git("sparse-checkout", "set", "--no-cone", "groups/microsoft", ".gitignore")
    assert not (clinic.root / IMAGING).exists()
    said = clinic.refused(IMAGING, "the sparse checkout leaves it out", "git sparse-checkout")
    assert RECALL not in said
    clinic.git("sparse-checkout", "disable")
    clinic.unchanged()


def test_a1_a_sparse_checkout_by_folders_with_a_sparse_index(clinic: Clinic) -> None:
    """Git then has no entry of its own for the file."""
    clinic.git("sparse-checkout", "set", "--cone", "--sparse-index", "groups/microsoft")
    clinic.refused(IMAGING, "the sparse checkout leaves it out")


def test_a1_all_groups_are_left_out(clinic: Clinic) -> None:
    """Every file is named, rather than that there is no folder."""
    clinic.git("sparse-checkout", "set", "--no-cone", ".gitignore")
    said = clinic.refused(IMAGING, RECALL, "the sparse checkout leaves it out")
    assert "no folder" not in said


def test_a1_one_file_that_is_skipped(clinic: Clinic) -> None:
    """By hand, without a sparse checkout."""
    clinic.git("update-index", "--skip-worktree", IMAGING)
    (clinic.root / IMAGING).unlink()
    clinic.refused(IMAGING, "the sparse checkout leaves it out")


@pytest.mark.parametrize("how", ["deleted", "git rm", "git rm --cached and deleted", "folder"])
def test_a1_deleted_and_not_committed(clinic: Clinic, how: str) -> None:
    """A deletion counts from its commit on; until then it is named with both ways out."""
    if how.startswith("git"):
        clinic.git(*how.partition(" and")[0].split()[1:], "-q", IMAGING)
    if how == "folder":
        shutil.rmtree(clinic.root / "groups/google")
    (clinic.root / IMAGING).unlink(missing_ok=True)
    clinic.refused(IMAGING, "not removed until that is committed", "git restore --source=HEAD")
    clinic.commit()
    done = clinic("apply", "--yes", "--prune", "--base", "HEAD~1")
    assert done.code == 0
    assert "IMAGING" in done.out
    assert "1 applied" in done.out
    clinic.unchanged(base="HEAD~1")


def test_a1_a_clone_without_a_checkout(clinic: Clinic) -> None:
    """Git has everything, and the folder nothing."""
    bare = clinic.clone("--no-checkout", to="bare")
    bare.refused(IMAGING, RECALL, "it is not here")


def test_a1_a_file_of_todays_commit_that_the_base_never_had(clinic: Clinic) -> None:
    """It may be what the live group is matched with, so it has to be there too."""
    clinic.write("groups/google/third.yaml", basic("Third"))
    clinic.commit()
    (clinic.root / "groups/google/third.yaml").unlink()
    clinic.refused("groups/google/third.yaml", base="HEAD~1")


@pytest.mark.parametrize("what", ["a folder", "a link to nothing", "a link out", "a pipe"])
def test_a1_something_else_in_the_place_of_a_file(clinic: Clinic, what: str) -> None:
    """None of them is a removal."""
    path = clinic.root / IMAGING
    path.unlink()
    match what:
        case "a folder":
            path.mkdir()
        case "a link to nothing":
            path.symlink_to("nothing.yaml")
        case "a link out":
            path.symlink_to("/etc/hostname")
        case "a pipe":
            os.mkfifo(path)
    said = clinic.refused(IMAGING)
    assert said.count(IMAGING + ":1:1: error") == 1


def test_a1_a_file_of_the_commit_that_is_empty_here(clinic: Clinic) -> None:
    """As an interrupted write or a full disk leaves it."""
    clinic.write(IMAGING, "")
    clinic.refused(IMAGING)


def test_a1_everything_that_is_wrong_at_once(clinic: Clinic) -> None:
    """What is not there, and what is wrong in what is."""
    (clinic.root / IMAGING).unlink()
    clinic.write(RECALL, "name: [\n")
    clinic.refused(IMAGING, RECALL, "2 errors")


def test_a1_an_environment_that_only_a_missing_file_mentions(clinic: Clinic) -> None:
    """The reason is told, and not that there is no such environment."""
    clinic.write(IMAGING, basic("Imaging") + "environments:\n  qa: {start_time: 10:00:00}\n")
    clinic.commit()
    (clinic.root / IMAGING).unlink()
    done = clinic("plan", "--base", "HEAD", "--env", "qa")
    assert (done.code, IMAGING in done.err) == (1, True)


def test_a1_nothing_has_to_be_committed_that_is_not_a_removal(clinic: Clinic) -> None:
    """An edit and a new file are desired as they stand."""
    clinic.write(IMAGING, basic("Imaging").replace("09:00:00", "10:00:00"))
    clinic.write("groups/google/other-one.yaml", basic("Third"))
    done = clinic("plan", "--prune", "--base", "HEAD")
    assert done.code == 0
    assert "Plan: 1 to create, 1 to update" in done.out


# The same for use cases


@pytest.fixture
def two(clinic: Clinic) -> Clinic:
    """The repository with a second use case in one group, applied."""
    clinic.write(IMAGING, basic("Imaging", "SECOND"))
    clinic.commit()
    assert clinic("apply", "--yes").code == 0
    return clinic


def test_a1_a_use_case_whose_removal_is_not_committed(two: Clinic) -> None:
    """It is listed without --prune, and refused with it until the commit has it."""
    two.write(IMAGING, basic("Imaging"))
    assert two("plan", "--base", "HEAD").code == 0
    done = two("apply", "--yes", "--prune", "--base", "HEAD")
    assert done.code == 1
    assert f"{IMAGING}:4" in done.err
    assert "SECOND of google/imaging is in the commit" in done.err
    two.commit()
    done = two("apply", "--yes", "--prune", "--base", "HEAD~1")
    assert done.code == 0
    assert "SECOND" in done.out


def test_a1_a_use_case_whose_removal_is_committed_and_others_edited(two: Clinic) -> None:
    """Only what is removed has to be in the commit."""
    two.write(IMAGING, basic("Imaging"))
    two.commit()
    two.write(IMAGING, basic("Imaging").replace("09:00:00", "10:00:00"))
    done = two("plan", "--prune", "--base", "HEAD~1")
    assert done.code == 0
    assert "SECOND" in done.out


def test_a1_another_identity_in_the_same_file(clinic: Clinic) -> None:
    """A slug that is edited away takes its group out of the files as well."""
    clinic.write(IMAGING, "slug: other\n" + basic("Imaging"))
    done = clinic("plan", "--prune", "--base", "HEAD", "--allow", "renames=1")
    assert done.code == 1
    assert "google/imaging is in the commit" in done.err
    clinic.commit()
    allowed = clinic("plan", "--prune", "--base", "HEAD~1", "--allow", "renames=1")
    assert allowed.code == 0


def test_a1_what_was_not_chosen_does_not_matter(two: Clinic) -> None:
    """A removal of a group that is not planned is not judged."""
    two.write(IMAGING, basic("Imaging"))
    assert two("plan", "--prune", "--base", "HEAD", "microsoft/recall").code == 0
    assert two("plan", "--prune", "--base", "HEAD", "google/imaging").code == 1


def test_a1_a_commit_that_cannot_be_understood(two: Clinic) -> None:
    """What it says is unknown, so nothing is removed by it."""
    two.write(IMAGING, "name: [\n")
    two.commit()
    two.write(IMAGING, basic("Imaging"))
    done = two("plan", "--prune", "--base", "HEAD~1")
    assert done.code == 1
    assert "whether SECOND of google/imaging was removed cannot be told" in done.err


# What is newer is not removed


def test_a_branch_that_is_behind_its_base_removes_nothing(two: Clinic) -> None:
    """What was added to the base since, a file or a use case, is newer and not removed."""
    two.git("checkout", "-q", "-b", "behind", "HEAD~1")
    two.git("checkout", "-q", "main")
    two.write("groups/google/third.yaml", basic("Third"))
    two.commit()
    assert two("apply", "--yes").code == 0
    two.git("checkout", "-q", "behind")
    done = two("apply", "--yes", "--prune", "--base", "main")
    assert done.code == 1
    assert "google/third, which this branch never had" in done.err
    assert "SECOND of google/imaging, which this branch never had" in done.err
    assert two("plan", "--base", "main").code == 0
    two.unchanged(base="HEAD")


def test_a_branch_that_is_behind_can_remove_what_it_had(two: Clinic) -> None:
    """It is told from what is newer by where the two have begun."""
    two.git("checkout", "-q", "-b", "behind", "HEAD~1")
    two.git("rm", "-q", RECALL)
    two.commit()
    two.git("checkout", "-q", "-b", "newer", "main")
    two.write("README.md", "x")
    two.commit()
    two.git("checkout", "-q", "behind")
    done = two("plan", "--prune", "--base", "newer", "microsoft/recall")
    assert done.code == 0
    assert "1 to update" in done.out


def test_a_base_of_another_history(clinic: Clinic) -> None:
    """Without a common commit nobody can tell."""
    clinic.git("checkout", "-q", "--orphan", "other")
    clinic.git("rm", "-q", "-f", IMAGING)
    clinic.git("commit", "-qm", "other")
    done = clinic("plan", "--prune", "--base", "main")
    assert done.code == 1
    assert "google/imaging" in done.err
    assert "no commit in common" in done.err


# A2: what may not be read


def unprivileged(clinic: Clinic, *words: str) -> Done:
    """Run the command line as somebody whom permissions bind: root without its capability."""
    program = [sys.executable, "-m", "reconciler", *words]
    if os.geteuid() == 0:
        lost = "-dac_override,-dac_read_search"
        program = ["setpriv", f"--bounding-set={lost}", f"--inh-caps={lost}", *program]
    done = subprocess.run(
        program,
        cwd=clinic.root,
        env={**os.environ, **clinic.variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@NEEDS_PERMISSIONS
@pytest.mark.parametrize(
    ("place", "mode", "file"),
    [
        ("groups/google", 0o000, "groups/google"),
        ("groups/google", 0o400, IMAGING),
        ("groups", 0o000, "groups"),
        (IMAGING, 0o000, IMAGING),
    ],
)
def test_a2_what_may_not_be_read_is_an_error_of_its_own(
    clinic: Clinic, place: str, mode: int, file: str
) -> None:
    """A folder, one that can be listed and not entered, all of them, and a file."""
    path = clinic.root / place
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        done = [
            unprivileged(clinic, *words.split())
            for words in ("validate", "plan --base HEAD", "apply --yes --prune --base HEAD")
        ]
    finally:
        path.chmod(before)
    for one in done:
        assert one.code == 1, one
        told = one.out + one.err
        assert f"{file}:1:1: error: it cannot be read: Permission denied" in told
        assert "no group files" not in told
        assert "not removed" not in told
    clinic.unchanged()


# A3: under a name that is not read


@pytest.mark.parametrize(
    "name",
    [
        "google/imaging.YAML",
        "google/imaging.Yml",
        "google/imaging",
        "google/imaging.yaml.bak",
        "google/imaging.txt",
        "google/.imaging.yaml",
        "google/_imaging.txt",
        "google/.old/imaging.yaml",
        ".google/imaging.yaml",
        "README-imaging.yaml",
        "google/whatever.disabled",
    ],
)
def test_a3_a_name_that_is_not_read_is_no_removal(clinic: Clinic, name: str) -> None:
    """Whether it is committed or not; and that it is there is said."""
    (clinic.root / "groups" / name).parent.mkdir(parents=True, exist_ok=True)
    clinic.git("mv", IMAGING, f"groups/{name}")
    clinic.refused(IMAGING)
    clinic.commit()
    clinic.refused(f"groups/{name}", f"this seems to be {IMAGING}", base="HEAD~1")


def test_a3_a_name_in_other_case_is_named(clinic: Clinic) -> None:
    """As a file system shows it that does not look at case, or after a rename by hand."""
    (clinic.root / IMAGING).rename(clinic.root / "groups/google/imaging.YAML")
    clinic.refused("the folder has it as groups/google/imaging.YAML")


def test_a3_a_rename_that_git_was_not_told_of(clinic: Clinic) -> None:
    """`git commit -a` commits that the old name is gone, and leaves the new one out."""
    (clinic.root / IMAGING).rename(clinic.root / "groups/google/imaging.YAML")
    clinic.git("commit", "-qam", "gone")
    clinic.refused("groups/google/imaging.YAML", "this seems to be", base="HEAD~1")


@pytest.mark.parametrize(
    "left", ["imaging.yaml~", ".imaging.yaml.swp", "imaging.yaml.orig", "scan.txt", ".keep"]
)
def test_a3_what_editors_leave_does_not_hold_up_a_removal(clinic: Clinic, left: str) -> None:
    """They are not in Git, and the commit says that the group is removed."""
    clinic.git("rm", "-q", IMAGING)
    clinic.git("commit", "-qm", "gone")
    clinic.write(f"groups/google/{left}", "x")
    done = clinic("plan", "--prune", "--base", "HEAD~1")
    assert done.code == 0
    assert "1 to update" in done.out


@pytest.mark.parametrize("place", ["attic/imaging.yaml", "groups/google/other.yaml"])
def test_a3_a_move_that_is_committed_is_one(clinic: Clinic, place: str) -> None:
    """Out of groups/ is a removal; to another slug is another group, or a guard's business."""
    (clinic.root / place).parent.mkdir(exist_ok=True)
    clinic.git("mv", IMAGING, place)
    clinic.commit()
    done = clinic("plan", "--prune", "--base", "HEAD~1", "--allow", "renames=1")
    assert done.code == 0, done.err
    assert "1 to update" in done.out


def test_a3_a_group_of_the_other_integration_is_another_one(clinic: Clinic) -> None:
    """A name that is not read there says nothing of this one."""
    clinic.write("groups/microsoft/imaging.txt", "notes")
    clinic.git("rm", "-q", IMAGING)
    clinic.commit()
    assert clinic("plan", "--prune", "--base", "HEAD~1").code == 0


# H1: groups/ that Git does not store as a folder


@pytest.mark.parametrize("within", [".", "site"])
def test_h1_a_link_to_a_folder_of_the_repository_is_followed(
    new: Callable[..., Clinic], within: str
) -> None:
    """In the base as in the folder: drift is drift, and what is removed is disabled."""
    clinic = new(within)
    (clinic.root / "groups").rename(clinic.top / "shared")
    (clinic.root / "groups").symlink_to("shared" if within == "." else "../shared")
    clinic.commit()
    assert clinic.unchanged() == ""
    (clinic.root / IMAGING).unlink()
    clinic.refused(IMAGING)
    clinic.commit()
    done = clinic("plan", "--prune", "--base", "HEAD~1")
    assert (done.code, done.err) == (0, "")
    assert "1 to update" in done.out
    # And where the base had a folder, and today has a link.
    assert "1 to update" in clinic("plan", "--prune", "--base", "HEAD~2").out


def test_h1_a_link_out_of_the_repository_is_refused(clinic: Clinic, tmp_path: Path) -> None:
    """Its files are in no commit."""
    (clinic.root / "groups").rename(tmp_path / "outside")
    (clinic.root / "groups").symlink_to(tmp_path / "outside")
    clinic.commit()
    clinic.refused("Git has groups as a link that leads out", base="HEAD~1")
    assert clinic("plan").code == 0
    (clinic.root / "groups").unlink()
    (tmp_path / "outside").rename(clinic.root / "groups")
    clinic.commit()
    assert "groups is a link that leads out" in clinic.unchanged(base="HEAD~1")


@pytest.mark.parametrize("place", ["groups", "groups/google"])
def test_h1_a_submodule_is_refused(clinic: Clinic, tmp_path: Path, place: str) -> None:
    """What it holds is in no commit of this repository, whether it is checked out or not."""
    other = replace(clinic, top=tmp_path / "other")
    shutil.copytree(clinic.root / place, other.top)
    other.git("init", "-q")
    other.commit()
    clinic.git("rm", "-rq", place)
    clinic.git("submodule", "add", "-q", str(other.top), place)
    clinic.commit()
    clinic.refused(f"Git has {place} as a submodule", base="HEAD~1")
    clinic.git("submodule", "deinit", "-q", "--force", place)
    assert clinic("plan", "--prune", "--base", "HEAD~1").code == 1


def test_h1_links_within_are_followed_in_the_base_too(clinic: Clinic) -> None:
    """Live state that differs from such a file is drift, as from any other."""
    (clinic.root / "groups/google/copy.yaml").symlink_to("shared.yml")
    clinic.write("groups/google/shared.yml", basic("Shared"))
    clinic.commit()
    assert clinic("apply", "--yes", "--allow", "renames=9", "--allow", "copies=9").code == 0
    assert clinic.unchanged() == ""
    (clinic.root / "groups/google/copy.yaml").unlink()
    clinic.commit()
    assert "1 to update" in clinic("plan", "--prune", "--base", "HEAD~1").out


def test_h1_a_base_that_has_the_folder_elsewhere_is_told(clinic: Clinic) -> None:
    """After a move of all groups the base is empty here: nothing is removed, and it is said."""
    (clinic.root / "site").mkdir()
    clinic.git("mv", "groups", "site/groups")
    clinic.git("rm", "-q", "-f", f"site/{IMAGING}")
    clinic.commit()
    shutil.copytree(clinic.root / ".reconciler", clinic.root / "site/.reconciler")
    moved = replace(clinic, within="site")
    said = moved.unchanged(base="HEAD~1")
    assert "it has no group files here, and the folder has 1" in said
    assert "It has group files in groups" in said


def test_h1_the_first_groups_of_a_repository_are_told(clinic: Clinic) -> None:
    """There is nothing to compare with, and nowhere else either."""
    clinic.git("checkout", "-q", "--orphan", "empty")
    clinic.git("rm", "-rq", "--cached", ".")
    clinic.git("commit", "-q", "--allow-empty", "-m", "nothing")
    clinic.git("add", "--all")
    clinic.git("commit", "-qm", "all")
    said = clinic.unchanged(base="HEAD~1")
    assert "it has no group files here, and the folder has 2" in said
    assert "has group files in" not in said


def test_h1_what_of_the_base_is_not_read_is_told(clinic: Clinic) -> None:
    """A file that is too large is no removal when it goes: what it said is unknown."""
    clinic.write(IMAGING, basic("Imaging") + "#" * 300_000)
    clinic.commit()
    clinic.git("rm", "-q", IMAGING)
    clinic.commit()
    said = clinic.unchanged(base="HEAD~1")
    assert f"{IMAGING} is larger than a group file may be" in said


# H2: what Git exports to hooks


def test_h2_variables_that_hooks_export_are_not_followed(
    new: Callable[..., Clinic], tmp_path: Path
) -> None:
    """Each of those that Git itself calls local to a repository."""
    clinic = new("site")
    clinic.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = replace(clinic, top=tmp_path / "linked")
    shutil.copytree(clinic.root / ".reconciler", linked.root / ".reconciler")
    (linked.root / IMAGING).unlink()
    linked.commit()
    names = clinic.git("rev-parse", "--local-env-vars").split()
    variables = {name: str(clinic.top / ".git") for name in names if name != "GIT_CONFIG_COUNT"}
    variables |= {"GIT_CONFIG_PARAMETERS": "'core.bare'='true'", "GIT_TRACE": "1"}
    hooked = replace(linked, variables={**linked.variables, **variables})
    done = hooked("plan", "--prune", "--base", "HEAD~1")
    assert (done.code, done.err) == (0, "")
    assert "1 to update" in done.out


def test_h2_in_a_hook_of_a_linked_worktree(new: Callable[..., Clinic], tmp_path: Path) -> None:
    """As pre-commit runs it, in a subfolder: the base is there, and a plan has no changes."""
    clinic = new("site")
    linked = replace(clinic, top=tmp_path / "linked")
    clinic.git("worktree", "add", "-q", str(linked.top))
    shutil.copytree(clinic.root / ".reconciler", linked.root / ".reconciler")
    hook = clinic.top / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\nenv | grep ^GIT_ > {tmp_path}/exported\ncd site &&"
        f" {sys.executable} -m reconciler plan --prune --base HEAD > {tmp_path}/said 2>&1\n",
        encoding="utf-8",
    )
    hook.chmod(0o755)
    linked.write("notes.md", "x")
    linked.commit()
    assert "GIT_DIR=" in (tmp_path / "exported").read_text(encoding="utf-8")
    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert "No changes." in said
    assert "no group files" not in said


def test_h2_a_repository_that_only_a_variable_names(clinic: Clinic, tmp_path: Path) -> None:
    """It is not followed, and that is said."""
    shutil.copytree(clinic.root / "groups", tmp_path / "elsewhere/groups")
    lost = replace(
        clinic,
        top=tmp_path / "elsewhere",
        variables={**clinic.variables, "GIT_DIR": str(clinic.top / ".git")},
    )
    done = lost("plan", "--base", "HEAD")
    assert done.code == 1
    assert "not a git repository" in done.err
    assert "GIT_DIR is not followed" in done.err


# M1: a repository of another user


def test_m1_dubious_ownership_has_gits_own_remedy(clinic: Clinic, tmp_path: Path) -> None:
    """Git's own test switch stands for another owner; its words and its remedy are real."""
    git = tmp_path / "bin/git"
    git.parent.mkdir()
    real = shutil.which("git")
    text = f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"\n'
    git.write_text(text, encoding="utf-8")
    git.chmod(0o755)
    path = f"{git.parent}{os.pathsep}{clinic.variables['PATH']}"
    foreign = replace(clinic, variables={**clinic.variables, "PATH": path})
    foreign.refused(
        "detected dubious ownership",
        "belongs to another user",
        f"git config --global --add safe.directory {clinic.top}",
    )
    trusted = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    replace(foreign, variables={**foreign.variables, **trusted}).unchanged()


# M3: objects that are not there


def packs(clinic: Clinic) -> int:
    """Return how often a partial clone has fetched."""
    return len([*(clinic.top / ".git/objects/pack").glob("*.promisor")])


def test_m3_a_clone_without_contents_fetches_once(clinic: Clinic) -> None:
    """All files of the base at once, not one by one; and nothing the second time."""
    for number in range(30):
        clinic.write(f"groups/google/many-{number}.yaml", basic(f"Many{number}"))
    clinic.commit()
    for number in range(30):
        clinic.write(f"groups/google/many-{number}.yaml", basic(f"Much{number}"))
    clinic.commit()
    clone = clinic.clone("--filter=blob:none", to="partial")
    before = packs(clone)
    done = clone("plan", "--base", "HEAD~1", "--allow", "creates=99", "--allow", "renames=99")
    assert (done.code, done.err) == (0, "")
    assert packs(clone) == before + 1
    clinic.top.rename(clinic.top.parent / "gone")
    assert clone("plan", "--base", "HEAD~1", "--allow", "creates=99").code == 0


def test_m3_a_clone_without_contents_offline(clinic: Clinic) -> None:
    """It is said what is missing of what, and what to do."""
    clinic.write(IMAGING, basic("Imaging").replace("09:00:00", "10:00:00"))
    clinic.commit()
    clone = clinic.clone("--filter=blob:none", to="partial")
    clinic.top.rename(clinic.top.parent / "gone")
    said = clone.refused(f"{IMAGING} at commit ", "this clone is partial", base="HEAD~1")
    assert "where the clone's remote can be reached" in said


def test_m3_settings_of_a_base_offline(clinic: Clinic) -> None:
    """The limits of the base are not the usual ones only because they cannot be read."""
    clinic.write("pyproject.toml", "[tool.reconciler.guards]\nupdates = 3\n")
    clinic.commit()
    clinic.write("pyproject.toml", "[tool.reconciler.guards]\nupdates = 9\n")
    clinic.commit()
    clone = clinic.clone("--filter=blob:none", to="partial")
    clinic.top.rename(clinic.top.parent / "gone")
    clone.refused("this clone is partial", "where the clone's remote can be reached", base="HEAD~1")


def test_m3_a_clone_without_folders(clinic: Clinic) -> None:
    """Git fetches them as it goes."""
    clinic.write(IMAGING, basic("Imaging").replace("09:00:00", "10:00:00"))
    clinic.commit()
    clone = clinic.clone("--filter=tree:0", to="treeless")
    assert clone("plan", "--prune", "--base", "HEAD~1").code == 0


@pytest.mark.parametrize("name", [IMAGING, "pyproject.toml"])
def test_m3_a_content_that_is_missing(clinic: Clinic, name: str) -> None:
    """In a clone that has no right to lack anything; which file of which commit is said."""
    clinic.write("pyproject.toml", "[tool.reconciler.guards]\nupdates = 3\n")
    clinic.write(IMAGING, basic("Imaging").replace("09:00:00", "10:00:00"))
    clinic.commit()
    lost = clinic.git("rev-parse", f"HEAD:{name}")
    (clinic.root / name).write_bytes((clinic.root / name).read_bytes() + b"# x\n")
    clinic.commit()
    (clinic.top / ".git/objects" / lost[:2] / lost[2:]).unlink()
    clinic.refused(f"{name} at commit ", "clone it anew", base="HEAD~1")


def test_m3_a_content_that_is_damaged(clinic: Clinic) -> None:
    """Git's own words, without a traceback."""
    clinic.write(IMAGING, basic("Imaging").replace("09:00:00", "10:00:00"))
    clinic.commit()
    lost = clinic.git("rev-parse", f"HEAD:{IMAGING}")
    path = clinic.top / ".git/objects" / lost[:2] / lost[2:]
    path.chmod(0o644)
    path.write_bytes(b"\x00" * 20)
    clinic.refused("error: ")


def test_m3_a_folder_of_the_base_that_is_missing(clinic: Clinic) -> None:
    """Nor is a tree that is not there an empty one."""
    lost = clinic.git("rev-parse", "HEAD:groups/google")
    (clinic.top / ".git/objects" / lost[:2] / lost[2:]).unlink()
    clinic.refused("error: ")


# Other checkouts


def test_a_shallow_clone_whose_history_is_unknown(clinic: Clinic) -> None:
    """What has gone is removed or newer, and nobody can tell: it is said what to fetch."""
    first = clinic.git("rev-parse", "HEAD")
    clinic.git("rm", "-q", IMAGING)
    clinic.commit()
    clone = clinic.clone("--depth=1", to="shallow")
    clone.git("fetch", "-q", "--depth=1", "origin", first)
    assert clone("plan", "--base", first).code == 0
    done = clone("plan", "--prune", "--base", first)
    assert done.code == 1
    assert "git fetch --unshallow" in done.err
    clone.git("fetch", "-q", "--unshallow", "origin")
    done = clone("plan", "--prune", "--base", first)
    assert done.code == 0
    assert "1 to update" in done.out


def test_a_linked_worktree(clinic: Clinic, tmp_path: Path) -> None:
    """It has a commit of its own."""
    clinic.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = replace(clinic, top=tmp_path / "linked")
    shutil.copytree(clinic.root / ".reconciler", linked.root / ".reconciler")
    linked.unchanged()
    (linked.root / IMAGING).unlink()
    linked.refused(IMAGING)
    clinic.unchanged()


def test_a_branch_without_a_commit(clinic: Clinic) -> None:
    """There is nothing that could say what is removed."""
    clinic.git("checkout", "-q", "--orphan", "unborn")
    clinic.refused("HEAD names no commit", base="main")


def test_a_repository_without_a_checkout(clinic: Clinic, tmp_path: Path) -> None:
    """Groups inside a bare repository are in no checkout of it."""
    bare = replace(clinic, top=tmp_path / "bare.git")
    clinic.git("clone", "-q", "--bare", str(clinic.top), str(bare.top))
    shutil.copytree(clinic.root / "groups", bare.top / "groups")
    bare.refused("in no checkout of it")


def test_a_repository_within_the_repository(clinic: Clinic) -> None:
    """Files of the commit are read from the folder, whoever else keeps them."""
    (clinic.root / "groups/google/.git").mkdir()
    clinic.unchanged()
    shutil.rmtree(clinic.root / "groups/google/.git")
    nested = replace(clinic, top=clinic.root / "nested")
    shutil.copytree(clinic.root / "groups", nested.root / "groups")
    nested.git("init", "-q")
    nested.commit()
    (nested.root / IMAGING).unlink()
    nested.refused(IMAGING)


@pytest.mark.parametrize("within", ["Üntersuchung", "a b", "[x]*?", "line\nbreak", 'q"uote'])
def test_names_that_git_quotes(new: Callable[..., Clinic], within: str) -> None:
    """The folder's own name is no part of what is asked."""
    clinic = new(within)
    assert clinic.unchanged() == ""
    (clinic.root / IMAGING).unlink()
    clinic.refused(f"{IMAGING}:1:1")
    clinic.commit()
    assert "1 to update" in clinic("plan", "--prune", "--base", "HEAD~1").out


def test_names_in_other_bytes_and_composition(clinic: Clinic) -> None:
    """Files that are no group files do no harm, in whatever bytes."""
    for name in (b"caf\xe9.yaml", "U\u0308ber.yaml".encode(), b"new\nline.txt"):
        Path(os.fsdecode(os.fsencode(clinic.root / "groups/google") + b"/." + name)).touch()
    clinic.commit()
    clinic.unchanged()
    clinic.git("rm", "-rq", "groups/google")
    clinic.commit()
    assert "1 to update" in clinic("plan", "--prune", "--base", "HEAD~1").out


def test_line_ends_that_git_converts(clinic: Clinic) -> None:
    """The folder has other bytes than the commit, and means the same."""
    clone = clinic.clone("--config", "core.autocrlf=true", to="windows")
    assert b"\r\n" in (clone.root / IMAGING).read_bytes()
    assert clone.unchanged() == ""


def test_a_file_that_git_is_told_to_ignore(clinic: Clinic) -> None:
    """It is in the commit all the same, and read from the folder."""
    (clinic.top / ".gitignore").write_text("groups/\n.reconciler/\n", encoding="utf-8")
    clinic.git("update-index", "--assume-unchanged", IMAGING)
    clinic.unchanged()
    (clinic.root / IMAGING).unlink()
    clinic.refused(IMAGING)


def test_a_merge_that_is_not_done(clinic: Clinic) -> None:
    """A file that one side deletes and the other edits is not removed while that is open."""
    clinic.git("checkout", "-q", "-b", "side")
    clinic.git("rm", "-q", IMAGING)
    clinic.commit()
    clinic.git("checkout", "-q", "main")
    clinic.git("merge", "-q", "--no-commit", "--no-ff", "side")
    assert not (clinic.root / IMAGING).exists()
    clinic.refused(IMAGING)
    clinic.git("commit", "-qm", "merged")
    assert "1 to update" in clinic("plan", "--prune", "--base", "HEAD~1").out


# The applied commit, which may be older than the base


def test_e3_a_removal_that_was_merged_and_never_applied(clinic: Clinic) -> None:
    """Another change is applied since; with what was applied last the removal is made up for."""
    applied = clinic.git("rev-parse", "HEAD")
    (clinic.root / IMAGING).unlink()
    clinic.commit()
    clinic.write(RECALL, basic("Recall").replace("09:00", "10:00"))
    clinic.commit()
    forgotten = clinic("plan", "--prune", "--base", "HEAD~1").out
    assert "IMAGING" not in forgotten
    words = ("--prune", "--base", "HEAD~1", "--applied", applied)
    planned = clinic("plan", *words)
    assert [line.split()[-2] for line in planned.out.splitlines() if "  ~ " in line] == [
        "pending",
        "git",
    ]
    assert clinic("apply", "--yes", *words).code == 0
    assert "No changes." in clinic("plan", *words).out
    assert "No changes." in clinic("plan", "--prune", "--applied", "HEAD").out


@pytest.mark.parametrize("how", ["sparse", "renamed", "not committed"])
def test_e3_what_is_not_there_to_be_read_is_held_against_the_applied_commit(
    clinic: Clinic, how: str
) -> None:
    """Also where the base does not have it, or is the planned commit."""
    applied = clinic.git("rev-parse", "HEAD")
    words = ("--prune", "--base", "HEAD", "--applied", applied)
    match how:
        case "sparse":
            clinic.git("sparse-checkout", "set", "--no-cone", "groups/microsoft", ".gitignore")
        case "renamed":
            clinic.git("mv", IMAGING, f"{IMAGING}.bak")
            clinic.commit()
        case "not committed":
            clinic.write(RECALL, basic("Recall", "LAB"))
            second = clinic.commit()
            clinic.write(RECALL, basic("Recall"))
            words = ("--prune", "--base", applied, "--applied", second)
    for command in (("plan",), ("apply", "--yes")):
        done = clinic(*command, *words)
        assert (done.code, done.out) == (1, ""), done
        assert ("LAB of" if how == "not committed" else IMAGING) in done.err


def test_e2_a_commit_behind_the_applied_one_is_refused(clinic: Clinic) -> None:
    """Its plan would take back what was applied since; nothing is read or written."""
    clinic.write(RECALL, basic("Recall").replace("09:00", "10:00"))
    applied = clinic.commit()
    clinic.git("checkout", "-q", "HEAD~1")
    for command in (("plan",), ("apply", "--yes")):
        for more in ((), ("--base", "HEAD")):
            done = clinic(*command, "--applied", applied, *more)
            assert (done.code, done.out) == (3, "")
            assert f"applied commit {applied[:12]} is none of those that led to" in done.err
            assert "bring the branch up to date" in done.err
    clinic.git("checkout", "-q", "-b", "other")
    clinic.write(IMAGING, basic("Imaging").replace("09:00", "11:00"))
    clinic.commit()
    assert clinic("plan", "--applied", applied).code == 3
    clinic.git("merge", "-q", "-m", "merge", applied)
    done = clinic("plan", "--base", "HEAD^2", "--applied", applied)
    assert (done.code, done.out.count("git  ")) == (0, 1)


def test_e2_in_a_shallow_clone_it_is_told_that_nobody_knows(clinic: Clinic) -> None:
    """Having fetched the applied commit alone, Git cannot say whether it led here."""
    applied = clinic.git("rev-parse", "HEAD")
    for hour in ("10", "11"):
        clinic.write(RECALL, basic("Recall").replace("09:00", f"{hour}:00"))
        clinic.commit()
    shallow = clinic.clone("--depth=1", to="shallow")
    missing = shallow("plan", "--applied", applied)
    assert missing.code == 64
    assert f"--applied {applied}: this clone is shallow" in missing.err
    shallow.git("fetch", "-q", "--depth=1", "origin", applied)
    done = shallow("plan", "--applied", applied)
    assert done.code == 0
    assert "cannot be told in this shallow clone" in done.err
    assert "git  " in done.out


def test_e6_the_notes_say_which_commit_they_are_of(clinic: Clinic) -> None:
    """A file that cannot be used, and an integration that is not asked, once for each group."""
    clinic.write("groups/google/broken.yaml", "name: [\n")
    applied = clinic.commit()
    (clinic.root / "groups/google/broken.yaml").unlink()
    (clinic.root / IMAGING).unlink()
    clinic.write("pyproject.toml", '[tool.reconciler]\nintegrations = ["microsoft"]\n')
    clinic.commit()
    clinic.write(RECALL, basic("Recall").replace("09:00", "10:00"))
    clinic.commit()
    said = clinic("plan", "--base", "HEAD~1", "--applied", applied).err
    assert f"applied commit {applied[:12]}: groups/google/broken.yaml:" in said
    assert "the rest of the applied commit is used" in said
    assert "The applied commit has 1 group of google" in said
    assert "The base has" not in said


def test_e6_a_selector_may_name_what_only_the_applied_commit_has(clinic: Clinic) -> None:
    """Its removal is then planned, and nothing else."""
    applied = clinic.git("rev-parse", "HEAD")
    (clinic.root / IMAGING).unlink()
    clinic.commit()
    clinic.write(RECALL, basic("Recall").replace("09:00", "10:00"))
    clinic.commit()
    words = ("--prune", "--base", "HEAD~1", "--applied", applied)
    planned = clinic("plan", "google/imaging", *words)
    assert planned.code == 0, planned.err
    assert "1 to update" in planned.out
    assert "microsoft/recall" not in planned.out


@pytest.mark.parametrize("option", ["--prune", "--drift=leave"])
def test_what_git_has_to_tell_needs_a_commit(clinic: Clinic, option: str) -> None:
    """Either of the two."""
    done = clinic("plan", option)
    assert done.code == 64
    assert "add --base REF or --applied REF" in done.err
    for commit in ("--base", "--applied"):
        assert clinic("plan", option, commit, "HEAD").code == 0
    assert clinic("plan", "--applied", "").code == 64


def test_e9_e10_drift_is_left_by_plan_and_apply(clinic: Clinic) -> None:
    """A merge writes what its branch changes; the rest stays as somebody made it."""
    clinic.write(RECALL, basic("Recall").replace("09:00", "21:00"))
    assert clinic("apply", "--yes").code == 0
    clinic.git("checkout", "-q", RECALL)
    same = clinic("apply", "--yes", "--base", "HEAD", "--drift", "leave")
    assert same.code == 0
    assert "No changes." in same.out
    clinic.write(IMAGING, basic("Imaging").replace("09:00", "10:00"))
    clinic.commit()
    done = clinic("apply", "--yes", "--applied", "HEAD~1", "--drift", "leave")
    assert (done.code, "1 applied" in done.out) == (0, True)
    assert "21:00:00 → 09:00:00" in clinic("plan", "--base", "HEAD").out
    assert clinic("apply", "--yes", "--base", "HEAD").code == 0
    assert clinic("plan", "--detailed-exitcode").code == 0


def test_an_empty_sandbox_is_told(clinic: Clinic) -> None:
    """It has not been told what was applied elsewhere; drift that is left would be all of it."""
    (clinic.root / ".reconciler/sandbox.db").unlink()
    left = clinic("plan", "--applied", "HEAD", "--drift", "leave")
    assert (left.code, "2 with drift that is left" in left.out) == (0, True)
    assert "The sandbox is empty: it has not been told what was applied elsewhere" in left.err
    assert clinic("apply", "--yes").code == 0
    assert "The sandbox is empty" not in clinic("plan", "--applied", "HEAD", "--drift=leave").err
