"""One writer per target on this machine: a lock file that the OS releases when its holder dies."""

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reconciler.errors import ReconcilerError
from reconciler.model import Target

FOLDER: Final = Path(".reconciler")

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def one_writer(target: Target, folder: Path = FOLDER) -> Iterator[None]:
    """Hold the target's lock.

    It cannot go stale: the system's lock counts, and not that the file exists.

    Raises:
        ReconcilerError: Another process of this machine holds it; its id is named.
    """
    name = hashlib.sha256(str(target).encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
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
        yield
    finally:
        os.close(descriptor)
