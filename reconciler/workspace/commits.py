"""What commits have, read from Git's objects: which files, and what stands in them."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.errors import ConfigError
from reconciler.workspace.git import Git

MAX_FILE: Final = 256 * 1024
"""Bytes of a file; larger ones are not read."""

_FOLDER: Final = "040000"
_LINK: Final = "120000"
_SUBMODULE: Final = "160000"
_ODD: Final = {
    b"symlink": "a link that leads out",
    b"dangling": "a link that leads nowhere",
    b"loop": "a link that leads to itself",
    b"notdir": "a link that leads nowhere",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, a link or a submodule in a commit: how Git stores it, and the id of what it holds."""

    mode: str
    id: str

    @property
    def submodule(self) -> bool:
        """Whether this stands for a commit of another repository."""
        return self.mode == _SUBMODULE


@dataclass(frozen=True, slots=True)
class Tree:
    """What a commit has of a folder.

    Attributes:
        commit: The commit's id.
        folder: The folder's name.
        id: What Git calls its content, or an empty text where the commit has no such folder.
        entries: What is in it, by path from the working folder, with forward slashes; folders
            themselves have none.
        odd: What it is if it is not a folder, nor a link to one within the repository, such as "a
            submodule".
    """

    commit: str
    folder: str
    id: str = ""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in files.

    Attributes:
        files: Content by path.
        odd: Why some others have none, by path, such as "a link that leads out".
    """

    files: Mapping[str, bytes]
    odd: Mapping[str, str]


def read_tree(git: Git, commit: str, folder: str) -> Tree:
    """Return what a commit has of a folder of the working folder; raises ConfigError.

    A link to another folder of the repository is followed, as it is in the working folder.
    """
    entry = _entry(git, commit, folder)
    if entry and entry.submodule:
        return Tree(commit, folder, odd="a submodule")
    if entry and entry.mode == _FOLDER:
        return Tree(commit, folder, entry.id, _below(git, entry.id, folder))
    # Also without an entry: a folder above may be a link there.
    (found,) = _looked_up(git, [f"{commit}:./{folder}"])
    if found.kind == b"tree":
        return Tree(commit, folder, found.id, _below(git, found.id, folder))
    if found.kind == b"blob":
        return Tree(commit, folder, odd="a file")
    return Tree(commit, folder, odd=_ODD.get(found.kind, ""))


def read_file(git: Git, commit: str, name: str) -> bytes | None:
    """Return a file of the working folder as it is at a commit, links followed, or None.

    Raises:
        ConfigError: Git cannot read it.
    """
    entry = _entry(git, commit, name)
    if entry is None or entry.submodule:
        return None
    asked = f"{commit}:./{name}" if entry.mode == _LINK else entry.id
    (found,) = _looked_up(git, [asked])
    if found.kind == b"missing":
        raise _damaged(name, commit)
    if found.kind != b"blob" or found.size > MAX_FILE:
        return None
    (answer,) = _answers(git.run("cat-file", "--batch", given=f"{found.id}\n".encode()))
    return answer.content


def read_files(git: Git, tree: Tree, names: Collection[str]) -> Contents:
    """Return what stands in some files of a tree, from one process for all.

    Links within the folder are followed, as they are in the working folder.

    Raises:
        ConfigError: Git cannot read one of them.
    """
    entries = {name: tree.entries[name] for name in sorted(names)}
    odd = {name: "a submodule" for name, entry in entries.items() if entry.submodule}
    asked = {
        name: f"{tree.id}:{name.removeprefix(f'{tree.folder}/')}"
        if entry.mode == _LINK and "\n" not in name
        else entry.id
        for name, entry in entries.items()
        if name not in odd
    }
    if not asked:
        return Contents({}, odd)
    _fetch_missing(git, tree, {entry.id: name for name, entry in entries.items()})
    wanted: dict[str, str] = {}
    for name, found in zip(asked, _looked_up(git, asked.values()), strict=True):
        if found.kind == b"missing":
            raise _damaged(name, tree.commit)
        if found.kind != b"blob":
            odd[name] = _ODD.get(found.kind, "a link to a folder")
        elif found.size > MAX_FILE:
            odd[name] = f"larger than a group file may be ({found.size:,} bytes)"
        else:
            wanted[name] = found.id
    given = "".join(f"{name}\n" for name in wanted.values()).encode()
    answers = _answers(git.run("cat-file", "--batch", given=given))
    files = {name: answer.content for name, answer in zip(wanted, answers, strict=True)}
    return Contents(files, odd)


def left_out(git: Git, folder: str) -> frozenset[str]:
    """Return the paths below a folder that a sparse checkout leaves out; none if Git cannot say."""
    try:
        listed = git.run("ls-files", "-t", "-z", "--", folder)
    except ConfigError:
        return frozenset()
    return frozenset(
        os.fsdecode(line[2:]) for line in listed.split(b"\0") if line.startswith(b"S ")
    )


def elsewhere(git: Git, commit: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return what a pattern's first group is in the paths of a commit, from the repository's top.

    A pattern is searched for in each path; the answers are sorted, and each is given once.
    """
    listed = git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
    names = (os.fsdecode(name) for name in listed.split(b"\0"))
    return tuple(sorted({found[1] for name in names if (found := pattern.search(name))}))


def _entry(git: Git, commit: str, name: str) -> Entry | None:
    """Return how a commit stores a file or folder of the working folder, or None."""
    found = list(_entries(git.run("ls-tree", "-z", commit, "--", name)))
    return found[0][1] if found else None


def _below(git: Git, tree: str, folder: str) -> dict[str, Entry]:
    listed = git.run("ls-tree", "-r", "-z", "--full-tree", tree)
    return {f"{folder}/{name}": entry for name, entry in _entries(listed)}


def _entries(listed: bytes) -> Iterator[tuple[str, Entry]]:
    """Yield path and entry from the output of `ls-tree -z`."""
    for line in filter(None, listed.split(b"\0")):
        head, _, path = line.partition(b"\t")
        mode, _, name = head.decode().split()
        yield os.fsdecode(path), Entry(mode, name)


def _fetch_missing(git: Git, tree: Tree, wanted: Mapping[str, str]) -> None:
    """Fetch what a partial clone lacks, at once; Git by itself would fetch file by file.

    Args:
        git: Git.
        tree: What is looked through.
        wanted: A path for each object that is wanted.
    """
    listed = git.run("rev-list", "--objects", "--missing=print", tree.id).decode(errors="replace")
    missing = [line[1:] for line in listed.splitlines() if line.startswith("?")]
    lacking = [name for name in missing if name in wanted]
    if lacking:
        try:
            git.fetch(lacking)
        except ConfigError as error:
            where = f"{wanted[lacking[0]]} at commit {tree.commit[:12]}"
            raise ConfigError(
                f"{where} cannot be read: {error.message}", remedy=error.remedy
            ) from error


def _damaged(name: str, commit: str) -> ConfigError:
    return ConfigError(
        f"{name} at commit {commit[:12]} cannot be read: Git does not have what stands in it",
        remedy="this clone is damaged: `git fsck` says how; clone it anew",
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    """What `cat-file` says of one thing that it was asked for."""

    id: str
    kind: bytes
    size: int = 0
    content: bytes = b""


def _looked_up(git: Git, asked: Collection[str]) -> list[_Answer]:
    """Return kind and size of each, without reading it; links are followed."""
    given = b"".join(os.fsencode(name) + b"\n" for name in asked)
    told = git.run("cat-file", "--batch-check", "--follow-symlinks", given=given)
    return list(_answers(told, contents=False))


def _answers(told: bytes, *, contents: bool = True) -> Iterator[_Answer]:
    """Yield the answers in the output of `cat-file --batch`, or of `--batch-check`."""
    place = 0
    while place < len(told):
        end = told.index(b"\n", place)
        words = told[place:end].rsplit(b" ", 2)
        place = end + 1
        if words[-1] in {b"missing", b"submodule"}:
            yield _Answer("", words[-1])
        elif words[0] in _ODD:  # then where a link leads to
            place += int(words[1]) + 1
            yield _Answer("", words[0])
        else:
            size = int(words[2])
            content = told[place : place + size] if contents else b""
            yield _Answer(words[0].decode(), words[1], size, content)
            place += size + 1 if contents else 0
