"""Files that only this program writes: whole or not at all, for their owner, on the disk.

What cannot be kept is an error in words, so that nothing is sent that the next run could not know.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reconciler.errors import ReconcilerError

STATE_VARIABLE: Final = "RECONCILER_STATE_DIR"
"""Names the folder of locks and journals, in place of the user's own."""

_PRIVATE: Final = 0o600
_IGNORED: Final = b"# Made by reconciler: nothing here belongs into Git.\n*\n"


@contextlib.contextmanager
def kept(path: Path) -> Iterator[None]:
    """Turn what the system says against a file into an error that says what to do.

    Raises:
        ReconcilerError: In place of any OSError of the block.
    """
    try:
        yield
    except OSError as error:
        place = error.filename if isinstance(error.filename, str) else path
        raise ReconcilerError(
            f"the record of a run cannot be kept in {place}: {error.strerror or error};"
            " nothing was sent",
            remedy="make room there, or let it be read and written; for locks and journals"
            f" {STATE_VARIABLE} may name another folder",
        ) from None


def make_ignored(folder: Path) -> None:
    """Make a folder that Git ignores, whatever the repository around it says; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / ".gitignore"
    if not mark.exists():
        write_whole(mark, _IGNORED)


def make_private(folder: Path) -> None:
    """Make a folder that its owner alone may enter, where it is missing; raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def create(folder: Path, name: str, ending: str) -> tuple[Path, int]:
    """Make a new file for its owner alone; return its path and a descriptor that writes it.

    Where the name is taken, as by a clock that stands still, a number is added. Raises OSError.
    """
    number = 0
    while True:
        path = folder / f"{name}{f'-{number}' if number else ''}{ending}"
        try:
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        except FileExistsError:
            number += 1


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in its place: a reader finds all of it or what was there; raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, for its mode
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        settle(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def settle(folder: Path) -> None:
    """Have the names in a folder on the disk too, where the system can do that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some file systems have no such thing
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
