"""The threads that talk to the API for a run: each with its own connection, for the whole run."""

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from reconciler.apply.budget import Budget
from reconciler.apply.interrupt import Interrupt
from reconciler.apply.write import Api, GroupWriter

Connect = Callable[[], AbstractContextManager[Api]]
"""Opens one API connection, for the thread that calls it."""

Task = Callable[[GroupWriter], object]
"""What a worker does, with the writer of its connection; what it returns is handed on."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """Said by a worker that has closed its connection, or met a bug, perhaps within a task."""

    busy: bool


class Workers:
    """Does tasks in threads that are started when they are needed, and kept.

    Attributes:
        bug: An unexpected exception; the worker that met it has ended, and others do nothing more.
    """

    def __init__(
        self,
        connect: Connect,
        budget: Budget,
        writer: Callable[[Api], GroupWriter],
        *,
        interrupt: Interrupt,
        failed: Callable[[BaseException], None],
        stop: Callable[[str], None],
    ) -> None:
        """Start nothing yet.

        Args:
            connect: Opens a connection.
            budget: Counts the requests of all.
            writer: Returns the writer of a connection.
            interrupt: What somebody wants is passed on, and answered, while this waits.
            failed: Told of an unexpected exception, in the thread that met it.
            stop: Told why nothing can be written, if no thread can be started.
        """
        self._connect = connect
        self._budget = budget
        self._writer = writer
        self._interrupt = interrupt
        self._stop = stop
        self._failed = failed
        self._todo: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._alive = 0

    def do(self, tasks: Sequence[Task], most: int, keep: Callable[[object], None]) -> None:
        """Do tasks at the same time; return when all have ended, or are abandoned.

        Args:
            tasks: What to do.
            most: As many threads at most.
            keep: Called in this thread with what each task returns, as it comes.
        """
        self._start(min(most, len(tasks)))
        for task in tasks:
            self._todo.put(task)
        left = len(tasks)
        while left and self._alive and not self._interrupt.abandon.is_set():
            result = self._next()
            if isinstance(result, _Ended):
                self._alive -= 1
                left -= result.busy
            elif result is not self:
                left -= 1
                keep(result)
        while left and not self._alive and not self._todo.empty():
            self._todo.get()

    def close(self) -> None:
        """Have all connections closed, unless they are abandoned."""
        for _ in range(self._alive):
            self._todo.put(None)
        while self._alive and not self._interrupt.abandon.is_set():
            self._alive -= isinstance(self._next(), _Ended)

    def _start(self, most: int) -> None:
        """Start threads until there are so many, or as many as the system lets there be."""
        while self._alive < most:
            try:
                threading.Thread(target=self._work, daemon=True).start()
            except RuntimeError as error:
                if not self._alive:
                    self._stop(f"nothing can be written at the moment: {error}")
                return
            self._alive += 1

    def _next(self) -> object:
        """Return what comes within a moment, or self; answer what somebody wants meanwhile."""
        self._interrupt.speak()
        try:
            return self._done.get(timeout=0.1)
        except queue.Empty:
            return self

    def _work(self) -> None:
        """Do tasks until there are none; a bug hides no other task's outcome."""
        busy = False
        try:
            with self._connect() as api:
                writer = self._writer(self._budget.of(api))
                while task := self._todo.get():
                    busy = True
                    self._done.put(task(writer))
                    busy = False
        except Exception as bug:  # noqa: BLE001 - reported with its traceback
            self._failed(bug)
        finally:
            self._done.put(_Ended(busy))
