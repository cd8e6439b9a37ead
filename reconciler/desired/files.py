"""Which files hold groups: `groups/<integration>/<slug>.yaml` or `.yml`.

They are regular files that stay below `groups/`.
"""

import os
import re
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from reconciler.desired import catalogue
from reconciler.desired.document import SLUG
from reconciler.errors import Finding
from reconciler.model import INTEGRATIONS, Integration
from reconciler.text import visible

FOLDER: Final = "groups"
MAX_FILE: Final = 256 * 1024
MAX_ALL: Final = 256 * 1024 * 1024
"""Bytes, asked of the file system before anything is read."""

EXTENSIONS: Final = (".yaml", ".yml")
_LAYOUT: Final = (
    f"group files are {FOLDER}/<integration>/<slug>.yaml, with"
    f" {' or '.join(INTEGRATIONS)} as integration"
)


@dataclass(frozen=True, slots=True)
class GroupPath:
    """A group file in its right place.

    Attributes:
        name: Path from the top of the repository, with forward slashes; what people see.
        integration: The folder's name.
        slug: The file's name without extension.
    """

    name: str
    integration: Integration
    slug: str


def discover(
    root: Path, integrations: Collection[Integration] = INTEGRATIONS
) -> tuple[list[GroupPath], list[Finding]]:
    """Return the group files below `root`/groups, sorted by name, and what is wrong there.

    Args:
        root: The folder that holds `groups/`.
        integrations: Those that the account has; a file of another one is wrong.
    """
    top = root / FOLDER
    found: list[GroupPath] = []
    findings: list[Finding] = []
    if _is_folder(top, findings):
        for name, path in _walk(top, findings):
            outcome = _judge(top, name, path)
            if isinstance(outcome, GroupPath):
                found.append(outcome)
                findings += _not_there(outcome, integrations)
            elif outcome:
                findings.append(outcome)
    total = sum((root / item.name).stat().st_size for item in found)
    if total > MAX_ALL:
        findings.append(
            catalogue.TOO_LARGE.found(
                f"the files have {total:,} bytes, over {MAX_ALL:,}",
                file=FOLDER,
                remedy="split them",
            )
        )
    if not found and not findings:
        where = (
            "there are no group files"
            if top.exists()
            else f"there is no folder {FOLDER} {_where(root)}"
        )
        remedy = f"run this in the repository, or with -C and its folder; {_LAYOUT}"
        findings.append(catalogue.NO_GROUP_FILES.found(where, file=FOLDER, remedy=remedy))
    return found, findings


def _where(root: Path) -> str:
    """Return where a folder is, in words; it may be gone from under the shell's feet."""
    try:
        return f"in {root.resolve()}"
    except OSError:
        return "here"


def _is_folder(top: Path, findings: list[Finding]) -> bool:
    """Return whether this is a folder, and say so if that cannot be seen."""
    try:
        return stat.S_ISDIR(top.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        findings.append(_unreadable(FOLDER, error))
        return False


def _walk(top: Path, findings: list[Finding]) -> Iterator[tuple[PurePosixPath, Path]]:
    """Yield what is below a folder, without folders, sorted; links to folders count as files.

    Folders that cannot be read are no empty ones: they are added to the findings.
    """

    def tell(error: OSError) -> None:
        name = PurePosixPath(FOLDER, Path(error.filename).relative_to(top).as_posix())
        findings.append(_unreadable(str(name), error))

    for folder, names, files in os.walk(top, onerror=tell):
        here = Path(folder)
        links = [name for name in names if (here / name).is_symlink()]
        names[:] = sorted(name for name in names if name not in links and not name.startswith("."))
        for name in sorted([*files, *links]):
            path = here / name
            yield PurePosixPath(FOLDER, path.relative_to(top).as_posix()), path


def is_ours(name: PurePosixPath) -> bool:
    """Return whether a path below groups/ must be a group file: all but hidden ones and READMEs.

    Pure.
    """
    return not name.name.startswith((".", "README"))


def _judge(top: Path, name: PurePosixPath, path: Path) -> GroupPath | Finding | None:
    """Return a group file, what is wrong with it, or None for what is none of our business."""
    if not is_ours(name):
        return None
    if problem := _not_a_regular_file(top, str(name), path):
        return problem
    if name.suffix not in EXTENSIONS:
        message = "this is not a group file and is not read"
        return catalogue.NOT_READ.found(message, file=str(name))
    return placed(name)


def _not_there(place: GroupPath, integrations: Collection[Integration]) -> Iterator[Finding]:
    """Yield what is wrong with a file whose integration the account does not have."""
    if place.integration not in integrations:
        yield catalogue.WRONG_PLACE.found(
            f"by the settings this account has no {place.integration}: `integrations` in"
            " [tool.reconciler] of pyproject.toml does not list it",
            file=place.name,
            remedy=f'add "{place.integration}" to that list, or remove the file',
        )


def _not_a_regular_file(top: Path, name: str, path: Path) -> Finding | None:
    try:
        target = path.resolve(strict=True)
    except PermissionError as error:
        return _unreadable(name, error)
    except (OSError, RuntimeError):
        return catalogue.SYMLINK.found(
            "this link leads nowhere", file=name, remedy="mend or remove it"
        )
    if not target.is_relative_to(top.resolve()):
        return catalogue.SYMLINK.found(f"this link leads out of {FOLDER}/", file=name)
    if not target.is_file():
        return catalogue.SYMLINK.found(
            "this is not a regular file", file=name, remedy="put a regular file here"
        )
    if target.stat().st_size > MAX_FILE:
        size = f"it has {target.stat().st_size:,} bytes, over {MAX_FILE:,}"
        return catalogue.TOO_LARGE.found(size, file=name)
    return None


def placed(name: PurePosixPath) -> GroupPath | Finding:
    """Return what group a path means, or why none. Pure."""
    folders = name.parts[1:-1]
    if not folders:
        places = (f"{FOLDER}/{known}/{name.name}" for known in INTEGRATIONS)
        remedy = f"move it to {' or '.join(places)}"
        return catalogue.WRONG_PLACE.found(
            "which integration is this group of?", file=str(name), remedy=remedy
        )
    integration = next((known for known in INTEGRATIONS if known == folders[0]), None)
    if integration is None:
        return catalogue.WRONG_PLACE.found(
            f"there is no integration {visible(folders[0])}", file=str(name), remedy=_LAYOUT
        )
    if len(folders) > 1:
        return catalogue.WRONG_PLACE.found(
            "group files are not in further folders", file=str(name), remedy=_LAYOUT
        )
    if not re.fullmatch(SLUG.strip("^$"), name.stem):
        message = (
            f"{visible(name.stem)} is not a slug: lower case letters and digits, with single"
            " dashes between"
        )
        return catalogue.FILE_NAME.found(message, file=str(name))
    return GroupPath(str(name), integration, name.stem)


def _unreadable(name: str, error: OSError) -> Finding:
    return catalogue.UNREADABLE.found(f"it cannot be read: {error.strerror}", file=name)
