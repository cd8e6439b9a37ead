"""The accounts that a repository holds: each folder with group files below it is one.

A folder is planned from its `groups/` and its settings, and from nothing else.
"""

from collections.abc import Collection, Iterable
from pathlib import PurePosixPath
from typing import Final

from reconciler.desired.files import EXTENSIONS, FOLDER
from reconciler.model import INTEGRATIONS
from reconciler.workspace.git import Git
from reconciler.workspace.settings import FILE

_BELOW: Final = 3
"""Parts of a group file's path from its folder: `groups`, the integration, its own name."""


def accounts(git: Git, within: Collection[str], base: str | None) -> tuple[str, ...]:
    """Return the folders of a checkout that hold an account, sorted; `.` is the checkout itself.

    Args:
        git: The checkout.
        within: Folders, as paths from there: those that are one of them or lie below it count;
            empty for all.
        base: A commit; only what HEAD changes since is of interest. None for all.

    Raises:
        UsageError: There is no such commit, or it has not been fetched.
        ConfigError: Git cannot be used.
    """
    top = [PurePosixPath(path) for path in within or ["."]]

    def sought(folders: Collection[str]) -> tuple[str, ...]:
        return tuple(
            sorted(one for one in folders if any(PurePosixPath(one).is_relative_to(t) for t in top))
        )

    folders = _folders(_paths(git, "ls-tree", "-r", "--name-only", "-z", git.head()))
    if base is None:
        return sought(folders)
    since = git.commit(base)
    folders |= _folders(_paths(git, "ls-tree", "-r", "--name-only", "-z", since))
    changed = _paths(
        git, "diff", "--name-only", "--no-renames", "--relative", "-z", since, git.head()
    )
    return sought(folders & {folder for path in changed for folder in _planned_from(path)})


def _paths(git: Git, *command: str) -> list[PurePosixPath]:
    told = git.run(*command).decode(errors="surrogateescape")
    return [PurePosixPath(path) for path in told.split("\0") if path]


def _folders(paths: Iterable[PurePosixPath]) -> set[str]:
    return {
        str(path.parents[_BELOW - 1])
        for path in paths
        if len(path.parts) >= _BELOW
        and path.parts[-_BELOW] == FOLDER
        and path.parts[-_BELOW + 1] in INTEGRATIONS
        and path.suffix in EXTENSIONS
    }


def _planned_from(path: PurePosixPath) -> Iterable[str]:
    """Yield the folders whose plans a path may change."""
    for folder in path.parents:
        inside = path.relative_to(folder).parts
        if inside[0] == FOLDER or inside == (FILE,):
            yield str(folder)
