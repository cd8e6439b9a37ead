"""Which files hold groups: `groups/<integration>/<slug>.yaml` or `.yml`.

They are regular files that stay below `groups/`.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from reconciler.desired.document import SLUG
from reconciler.errors import Finding, Severity
from reconciler.model import INTEGRATIONS, Integration
from reconciler.text import did_you_mean, visible

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


def discover(root: Path) -> tuple[list[GroupPath], list[Finding]]:
    """Return the group files below `root`/groups, sorted by name, and what is wrong there."""
    top = root / FOLDER
    found: list[GroupPath] = []
    findings: list[Finding] = []
    if top.is_dir():
        for name, path in _walk(top):
            outcome = _judge(top, name, path)
            if isinstance(outcome, GroupPath):
                found.append(outcome)
            elif outcome:
                findings.append(outcome)
    total = sum((root / item.name).stat().st_size for item in found)
    if total > MAX_ALL:
        findings.append(
            _finding(
                "too-large",
                FOLDER,
                f"the files have {total:,} bytes, over {MAX_ALL:,}",
                "split them",
            )
        )
    if not found and not findings:
        where = "there are no group files" if top.is_dir() else f"there is no folder {FOLDER} here"
        remedy = f"run this at the top of the repository; {_LAYOUT}"
        findings.append(_finding("no-group-files", FOLDER, where, remedy))
    return found, findings


def _walk(top: Path) -> Iterator[tuple[PurePosixPath, Path]]:
    """Yield what is below a folder, without folders, sorted; links to folders count as files."""
    for folder, names, files in os.walk(top):
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
        return _finding(
            "not-read", str(name), message, "name it .yaml, or move it out of groups/", "warning"
        )
    return placed(name)


def _not_a_regular_file(top: Path, name: str, path: Path) -> Finding | None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return _finding("symlink", name, "this link leads nowhere", "mend or remove it")
    if not target.is_relative_to(top.resolve()):
        return _finding(
            "symlink", name, f"this link leads out of {FOLDER}/", "put the file itself here"
        )
    if not target.is_file():
        return _finding("symlink", name, "this is not a regular file", "put a regular file here")
    if target.stat().st_size > MAX_FILE:
        size = f"it has {target.stat().st_size:,} bytes, over {MAX_FILE:,}"
        return _finding("too-large", name, size, "a group this large is a mistake; split it")
    return None


def placed(name: PurePosixPath) -> GroupPath | Finding:
    """Return what group a path means, or why none. Pure."""
    folders = name.parts[1:-1]
    if not folders:
        places = (f"{FOLDER}/{known}/{name.name}" for known in INTEGRATIONS)
        remedy = f"move it to {' or '.join(places)}"
        return _finding("wrong-place", str(name), "which integration is this group of?", remedy)
    integration = next((known for known in INTEGRATIONS if known == folders[0]), None)
    if integration is None:
        remedy = did_you_mean(folders[0], INTEGRATIONS) or _LAYOUT
        return _finding(
            "wrong-place", str(name), f"there is no integration {visible(folders[0])}", remedy
        )
    if len(folders) > 1:
        return _finding("wrong-place", str(name), "group files are not in further folders", _LAYOUT)
    if not re.fullmatch(SLUG.strip("^$"), name.stem):
        message = (
            f"{visible(name.stem)} is not a slug: lower case letters and digits, with single"
            " dashes between"
        )
        return _finding(
            "file-name",
            str(name),
            message,
            "rename the file; another live slug goes into a line `slug:`",
        )
    return GroupPath(str(name), integration, name.stem)


def _finding(
    rule: str, file: str, message: str, remedy: str, severity: Severity = "error"
) -> Finding:
    return Finding(rule, severity, file, 1, 1, message, remedy)
