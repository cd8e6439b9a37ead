"""Ctrl-C and SIGTERM, heard once for the whole process.

A handler does nothing but note that somebody wants to stop: it may interrupt any line of this
program, a write to a stream included, and must not write itself. While a run writes, its waiting
loop hears of it and speaks; at any other time nothing has been written, and the command ends.
"""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, Final

_HEARD: Final = tuple(
    number
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if (number := getattr(signal, name, None)) is not None
)
_wishes: Final[list[Callable[[], object]]] = []
"""Of the run that writes: what notes a wish. Empty while nothing is written."""


def listen() -> None:
    """Hear signals from now on, until the process ends."""
    for number in _HEARD:
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, _hear)


def forget() -> None:
    """Let signals end the next command again, in a process that runs several."""
    if threading.current_thread() is threading.main_thread():
        _wishes.clear()


def deafen() -> None:
    """Let nothing change any more what the process ends with."""
    for number in _HEARD:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def heard_by(wish: Callable[[], object]) -> Iterator[None]:
    """Have every signal noted by a run, from here on.

    In a process that listens for all of its life that is so until its end: what a run has done is
    told and becomes the exit code, however often somebody presses Ctrl-C. Elsewhere, as in a test,
    it ends with the block.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _wishes.append(wish)
    before: dict[int, Any] = {number: signal.getsignal(number) for number in _HEARD}
    if before[signal.SIGINT] is _hear:
        yield
        return
    listen()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if wish in _wishes:
            _wishes.remove(wish)


def _hear(_number: int, _frame: FrameType | None) -> None:
    if not _wishes:
        raise KeyboardInterrupt
    _wishes[-1]()
