"""One writer per target on this machine: a lock file that the OS releases when its holder dies."""

import contextlib
import hashlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reconciler.errors import ReconcilerError
from reconciler.model import Target

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_held: Final[dict[Path, int]] = {}
"""Locks of this process, and the thread that holds each."""


@contextlib.contextmanager
def one_writer(target: Target, folder: Path) -> Iterator[None]:
    """Hold the target's lock; within it, the same thread may take it once more.

    It cannot go stale: the system's lock counts, and not that the file exists.

    Raises:
        ReconcilerError: Another process or thread of this machine holds it; the process is named.
    """
    name = hashlib.sha256(str(target).encode()).hexdigest()[:12]
    path = folder.resolve() / f"{name}.lock"
    if _held.get(path) == threading.get_ident():
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _try_lock(descriptor)
        except OSError:
            holder = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
            raise ReconcilerError(
                f"another run is writing to {target} (process {holder})",
                remedy="wait until it has ended, then run this again",
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        _held[path] = threading.get_ident()
        try:
            yield
        finally:
            del _held[path]
    finally:
        os.close(descriptor)
