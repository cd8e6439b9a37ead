"""What this process prints into, made so that printing never fails in the middle of something.

A pipe's reader goes, a disk is full, a stream was closed by whoever started the process: what is
printed is then lost, and that it was lost is known at the end. Python's own exit code for that,
120, is none of this program's.
"""

import contextlib
import io
import os
import select
import sys
from typing import IO, TextIO

from reconciler.errors import ExitCode


class _Patient(io.FileIO):
    """A descriptor that takes everything, and remembers what the system said against it.

    Attributes:
        failure: The first failure; nothing is written any more after it.
        excused: Whether what was lost has been told elsewhere.
    """

    failure: OSError | None = None
    excused: bool = False

    def write(self, data: "bytes | memoryview", /) -> int:  # type: ignore[override]
        """Write what can be written, and say that all was."""
        while self.failure is None:
            try:
                written = super().write(data)
            except OSError as error:
                self.failure = error
            else:
                if written is not None:
                    return written
                select.select([], [self], [])  # somebody made it non-blocking; wait for room
        return len(data)


def guard() -> None:
    """Put patient streams in the place of stdout and stderr; a closed one is opened on nothing."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Or the next file to be opened would be taken for it. It takes nothing, so that what is
            # lost is noticed.
            os.open(os.devnull, os.O_RDONLY)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - for the process's life
    sys.stdout, sys.stderr = _patient(sys.stdout, 1), _patient(sys.stderr, 2)


def failure(stream: IO[str]) -> OSError | None:
    """Return why what was printed into a stream is lost; None if it is not, as far as is known."""
    raw = _raw(stream)
    return raw.failure if raw else None


def excuse(stream: IO[str], *, told: bool = True) -> None:
    """Note that what a stream lost was told elsewhere, or that more of it may be lost."""
    if raw := _raw(stream):
        raw.excused = told


def code_after(code: int) -> int:
    """Return what the process ends with, once all is printed: a lost output is an error."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    raw = _raw(sys.stdout)
    if raw is None or raw.failure is None or raw.excused:
        return code
    if not isinstance(raw.failure, BrokenPipeError):  # a reader that has gone knows that
        sys.stderr.write(f"error: stdout cannot be written: {raw.failure.strerror}\n")
    return code if code not in (ExitCode.DONE, ExitCode.CHANGES) else ExitCode.ERROR


def _patient(stream: TextIO | None, number: int) -> TextIO:
    if stream is not None and (sys.platform == "win32" and stream.isatty()):
        return stream  # the console has a way of its own
    if stream is not None and not isinstance(stream, io.TextIOWrapper):
        return stream
    raw: io.FileIO = _Patient(number, "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding if stream else "utf-8",
        errors="backslashreplace",
        line_buffering=number == 2 or raw.isatty(),  # noqa: PLR2004 - stderr, as everywhere
    )


def _raw(stream: IO[str]) -> _Patient | None:
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return raw if isinstance(raw, _Patient) else None
