"""Files at a commit, read from Git's objects: nothing is checked out, no hook or filter runs."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reconciler.errors import ConfigError, UsageError
from reconciler.text import visible

MAX_FILE: Final = 256 * 1024
"""Bytes of a file; larger ones are left out."""

_SECONDS: Final = 60.0
_REGULAR: Final = (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, and some of its files.

    Attributes:
        name: The reference that was asked for.
        id: 40 hex digits, or 64.
        files: Content by path from the working folder, with forward slashes; without links and
            files over MAX_FILE.
    """

    name: str
    id: str
    files: Mapping[str, bytes]


def read_commit(root: Path, variables: Mapping[str, str], ref: str, *paths: str) -> Commit:
    """Return some files and folders, named from `root`, as at a commit; missing ones are left out.

    Args:
        root: A folder of the repository.
        variables: The environment variables that git runs with, such as HOME and PATH.
        ref: The commit.
        paths: The files and folders.

    Raises:
        UsageError: There is no such commit, or it has not been fetched.
        ConfigError: Git is missing, `root` is in no repository, or an object cannot be read.
    """
    commit = commit_id(root, variables, ref)
    prefix = _git(root, variables, "rev-parse", "--show-prefix").decode().rstrip("\n")
    listed = _git(
        root,
        variables,
        "ls-tree",
        "-r",
        "-l",
        "-z",
        "--full-tree",
        commit,
        "--",
        *(prefix + path for path in paths),
    )
    wanted = dict(_regular_files(listed, prefix))
    contents = _contents(root, variables, list(wanted.values()))
    return Commit(ref, commit, dict(zip(wanted, contents, strict=True)))


def commit_id(root: Path, variables: Mapping[str, str], ref: str) -> str:
    """Return the id of the commit that a reference means; raises as `read_commit`."""
    _git(root, variables, "rev-parse", "--git-dir")
    wanted = f"{ref}^{{commit}}"
    try:
        found = _git(
            root, variables, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted
        )
        return found.decode().strip()
    except ConfigError:
        shallow = _git(root, variables, "rev-parse", "--is-shallow-repository").strip() == b"true"
    shown = visible(ref)
    if shallow:
        raise UsageError(
            f"--base {shown}: this clone is shallow and does not hold that commit",
            remedy=f"fetch it with `git fetch --depth=1 origin {shown}`, or give actions/checkout"
            " `fetch-depth: 0`",
        )
    raise UsageError(
        f"--base {shown}: there is no such commit",
        remedy="name a branch, tag or commit, such as origin/main; fetch first",
    )


def _regular_files(listed: bytes, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield path and object of each regular file in the output of `ls-tree -l -z`."""
    for entry in filter(None, listed.split(b"\0")):
        head, _, path = entry.partition(b"\t")
        mode, _, name, size = head.split()
        if mode in _REGULAR and int(size) <= MAX_FILE:
            yield os.fsdecode(path).removeprefix(prefix), name.decode()


def _contents(root: Path, variables: Mapping[str, str], objects: list[str]) -> Iterator[bytes]:
    """Yield the content of each object, from one process for all."""
    given = "".join(f"{name}\n" for name in objects).encode()
    answer = _git(root, variables, "cat-file", "--batch", given=given)
    place = 0
    for name in objects:
        end = answer.index(b"\n", place)
        head = answer[place:end].split()
        if len(head) != 3:  # noqa: PLR2004 - name, type and size; "<name> missing" is two
            raise ConfigError(
                f"Git has no object {name}",
                remedy="this clone is partial or damaged: fetch it again",
            )
        size = int(head[2])
        yield answer[end + 1 : end + 1 + size]
        place = end + size + 2


def _git(root: Path, variables: Mapping[str, str], *arguments: str, given: bytes = b"") -> bytes:
    """Run git and return what it prints; raises ConfigError with its own words."""
    environment = {
        **variables,
        "LC_ALL": "C",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a reference follows --end-of-options
            ["git", "-C", str(root), *arguments],  # noqa: S607 - whichever git the user has
            input=given,
            capture_output=True,
            env=environment,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(
            f"git cannot be run: {error}", remedy="install git, or leave --base out"
        ) from error
    if done.returncode:
        told = (
            visible(done.stderr.decode(errors="replace").strip().partition("\n")[0])
            or f"exit {done.returncode}"
        )
        raise ConfigError(
            f"git {arguments[0]}: {told}", remedy="run this in a clone of the repository"
        )
    return done.stdout
