"""One writer per API and user on this machine: a lock that the OS releases when its holder dies."""

import contextlib
import errno
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reconciler.apply import disk
from reconciler.errors import ReconcilerError
from reconciler.model import Target

if sys.platform == "win32":
    import msvcrt

    _BEYOND: Final = 1 << 30
    """What is locked cannot be read by others, so it lies behind what is written."""

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_TAKEN: Final = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_held: Final[dict[Path, int]] = {}
"""Locks of this process, and the thread that holds each."""


@contextlib.contextmanager
def one_writer(target: Target, folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which belongs to one API; the same thread may take it once more.

    It cannot go stale: the system's lock counts, and not that the file exists.

    Args:
        target: What is written to, for the words.
        folder: Where the lock lies; made where it is missing.

    Raises:
        ReconcilerError: Another process or thread of this machine holds it; the process is named.
            Or the file cannot be kept or locked.
    """
    with disk.kept(folder):
        disk.make_private(folder)
        path = folder.resolve() / "lock"
    if _held.get(path) == threading.get_ident():
        yield
        return
    with disk.kept(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, target, path)
        _held[path] = threading.get_ident()
        try:
            yield
        finally:
            del _held[path]
    finally:
        os.close(descriptor)


def _take(descriptor: int, target: Target, path: Path) -> None:
    """Lock an open file and write into it who did; raises ReconcilerError."""
    try:
        _try_lock(descriptor)
    except OSError as error:
        if error.errno not in _TAKEN:
            raise ReconcilerError(
                f"{path} cannot be locked: {error.strerror}, so another run could not be kept out;"
                " nothing was sent",
                remedy=f"let {disk.STATE_VARIABLE} name a folder on a local disk",
            ) from None
        raise ReconcilerError(
            f"another run is writing to {target} (process {_holder(descriptor)})",
            remedy="wait until it has ended, then run this again",
        ) from None
    with disk.kept(path):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())


def _holder(descriptor: int) -> str:
    """Return what the holder wrote of itself, its process."""
    try:
        return os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
    except OSError:
        return "unknown"
