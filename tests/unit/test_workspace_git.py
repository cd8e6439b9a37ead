"""Every refusal of Git is told by what it is, in Git's own words, with what to do."""

import os
import subprocess
from pathlib import Path

import pytest

from reconciler.errors import ConfigError, ReconcilerError, UsageError
from reconciler.workspace.git import Git
from reconciler.workspace.refusals import meaning_of

PEOPLE = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits."""
    (tmp_path / "groups").mkdir()
    _git(tmp_path, "init", "-q")
    for text in ("one", "two"):
        (tmp_path / "groups/a.yaml").write_text(text, encoding="utf-8")
        _git(tmp_path, "add", "-A")
        _git(tmp_path, "commit", "-qm", text)
    return tmp_path


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env=_variables(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def _variables() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**inherited, **PEOPLE}


def _loose(folder: Path, name: str) -> Path:
    """Return the file that holds an object, so that it may be written."""
    path = folder / ".git/objects" / name[:2] / name[2:]
    path.chmod(0o644)
    return path


def _said(error: ReconcilerError, *parts: str) -> None:
    told = f"{error.message} | {error.remedy}"
    assert [part for part in parts if part not in told] == [], told


def test_m1_git_is_missing(repository: Path) -> None:
    """That is said, and not which errno it is."""
    with pytest.raises(ConfigError) as caught:
        Git(repository, {"PATH": str(repository)}).head()
    _said(caught.value, "there is none on PATH", "install git")


def test_m1_git_may_not_be_run(repository: Path) -> None:
    """What the system says of it is told."""
    (repository / "git").write_text("#!/bin/sh\n", encoding="utf-8")
    (repository / "git").chmod(0o644)
    with pytest.raises(ConfigError, match=r"git cannot be run: .*Permission denied"):
        Git(repository, {"PATH": str(repository)}).head()


def test_m1_git_never_ends(repository: Path) -> None:
    """It is not waited for without end, and the command is named."""
    fake = repository / "bin/git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexec sleep 30\n", encoding="utf-8")
    fake.chmod(0o755)
    git = Git(repository, {"PATH": f"{fake.parent}{os.pathsep}{os.environ['PATH']}"})
    with pytest.raises(ConfigError, match="git rev-parse has not ended within 0 s"):
        git.run("rev-parse", seconds=0.05)


def test_m1_a_commit_that_is_damaged_is_not_one_that_is_not_there(repository: Path) -> None:
    """Neither is the branch without a commit, nor the reference unknown."""
    git = Git(repository, _variables())
    _loose(repository, _git(repository, "rev-parse", "HEAD")).write_bytes(b"")
    for ask in (git.head, lambda: git.commit("HEAD")):
        with pytest.raises(ConfigError) as caught:
            ask()
        _said(caught.value, "this clone is damaged", "is empty", "git fsck", "clone it anew")


def test_m1_a_configuration_that_cannot_be_read(repository: Path) -> None:
    """Git names the line."""
    with (repository / ".git/config").open("a", encoding="utf-8") as file:
        file.write("[core\n")
    with pytest.raises(ConfigError) as caught:
        Git(repository, _variables()).head()
    _said(caught.value, "configuration cannot be read", "bad config line", "mend the line")


def test_m1_an_index_that_cannot_be_read(repository: Path) -> None:
    """What to do is said, since `git fsck` would not mend it."""
    (repository / ".git/index").write_bytes(b"junk")
    with pytest.raises(ConfigError) as caught:
        Git(repository, _variables()).run("ls-files")
    _said(caught.value, "index is damaged", "index file smaller than expected", "git reset")


def test_m1_a_repository_of_a_newer_git(repository: Path) -> None:
    """The same for an extension that it does not know."""
    _git(repository, "config", "core.repositoryformatversion", "9")
    with pytest.raises(ConfigError) as caught:
        Git(repository, _variables()).head()
    _said(caught.value, "this git is too old", "Expected git repo version", "a newer git")


def test_m1_no_repository(tmp_path: Path) -> None:
    """As before; and a variable that names one is not followed."""
    with pytest.raises(ConfigError) as caught:
        Git(tmp_path, {**_variables(), "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}).head()
    _said(caught.value, "this is no Git repository", "not a git repository", "in a clone")


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        ("nope", "there is no such commit"),
        ("HEAD~1..HEAD", "there is no such commit"),
        ("HEAD:groups/a.yaml", "there is no such commit"),
        ("--all", "there is no such commit"),
        ("@{upstream}", "no upstream configured"),
        ("HEAD@{99}", "there is no such commit"),
    ],
)
def test_m1_references_that_name_no_commit(repository: Path, ref: str, words: str) -> None:
    """Wrong usage; where Git has words for it, they are told."""
    with pytest.raises(UsageError) as caught:
        Git(repository, _variables()).commit(ref)
    _said(caught.value, f"--base {ref}: ", words, "name a branch, tag or commit")


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ("fatal: Unable to create '/r/.git/index.lock': File exists.", "another git is at work"),
        ("error: insufficient permission for adding an object", "may not read its own files"),
        ("fatal: could not open '.git/HEAD': Permission denied", "may not read its own files"),
        ("git@host: Permission denied (publickey).\nfatal: x", "remote cannot be reached"),
        ("fatal: unable to access 'https://x/': Could not resolve host", "remote cannot be"),
        ("fatal: could not read Username for 'https://x'", "remote cannot be reached"),
        ("fatal: write error: No space left on device", "the disk is full"),
        ("error: unknown option `batch'\nusage: git", "too old"),
        ("fatal: bad object 1234", "damaged"),
        ("fatal: packed object 12 (stored in x.pack) is corrupt", "damaged"),
        ("error: short object ID ab is ambiguous", "names no commit"),
        ("fatal: could not fetch 12 from promisor remote", "partial"),
    ],
)
def test_m1_what_gits_words_mean(told: str, what: str) -> None:
    """What cannot be made here is known by what Git's own sources say."""
    meaning = meaning_of(told)
    assert meaning
    assert what in meaning.what


def test_m1_words_that_are_not_known_are_told_all_the_same(repository: Path) -> None:
    """All lines, as they are, made visible; of a help text that follows only its begin."""
    fake = repository / "bin/git"
    fake.parent.mkdir()
    lines = "".join(f"echo 'line {number} \033[31m' >&2\n" for number in range(20))
    fake.write_text(f"#!/bin/sh\n{lines}exit 3\n", encoding="utf-8")
    fake.chmod(0o755)
    with pytest.raises(ConfigError) as caught:
        Git(repository, {"PATH": str(fake.parent)}).run("status")
    assert "git status: line 0" in caught.value.message
    assert "line 5" in caught.value.message
    assert "line 6" not in caught.value.message
    assert "\x1b" not in caught.value.message
    assert caught.value.remedy == "`git status` and `git fsck` may say more"


def test_m1_hints_are_no_reason(repository: Path) -> None:
    """A graft ends the history: what is behind it is not there, whatever Git advises besides."""
    head = _git(repository, "rev-parse", "HEAD")
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "grafts").write_text(f"{head}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="there is no such commit"):
        Git(repository, _variables()).commit("HEAD~1")
