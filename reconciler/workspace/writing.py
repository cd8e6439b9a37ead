"""Writing files, each whole or not at all."""

import contextlib
import secrets
import stat
from pathlib import Path

from reconciler.desired import FOLDER
from reconciler.errors import UsageError

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def write_file(root: Path, name: str, before: str | None, after: str, within: str = FOLDER) -> None:
    """Write a file in place of what it was, a group file unless it is said where it belongs.

    Args:
        root: The folder that holds `groups/`.
        name: Path from there.
        before: Its text as it was read; None for one that was not there.
        after: Its text.
        within: Folder out of which no link may lead, from the root.

    Raises:
        UsageError: It cannot be written, or has changed meanwhile; it is then as it was.
    """
    try:
        place = (root / name).resolve()
        if not place.is_relative_to((root / within).resolve()):
            raise UsageError(
                f"{name} leads out of {within}/", remedy="put a folder in the place of the link"
            )
        _hold(place, name, before)
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{secrets.token_hex(8)}.new")
        try:
            with beside.open("xb") as file:
                file.write(after.encode())
            if before is None:
                _put_new(beside, place)
            else:
                beside.chmod(stat.S_IMODE(place.stat().st_mode))
                beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)
    except FileExistsError as error:
        raise UsageError(
            f"{name} has appeared while this was working", remedy="run the command again"
        ) from error
    except (OSError, RuntimeError) as error:  # a loop of links is the latter
        told = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{name}: {told}", remedy="make it writable, and run again") from error


def _hold(place: Path, name: str, before: str | None) -> None:
    """Hold a file to what was read of it; raises UsageError, OSError."""
    if before is None:
        return
    if place.read_bytes() != before.encode():
        raise UsageError(
            f"{name} has changed while this was working", remedy="run the command again"
        )
    if not place.stat().st_mode & _WRITABLE:
        # Its folder would let it be replaced all the same.
        raise UsageError(f"{name} is read-only", remedy=f"`chmod u+w {name}`, and run again")


def _put_new(beside: Path, place: Path) -> None:
    """Give a file its name; raises FileExistsError if another one has that."""
    with contextlib.suppress(OSError):
        place.hardlink_to(beside)
        return
    # Not every file system has such links.
    if place.exists() or place.is_symlink():
        raise FileExistsError
    beside.replace(place)
