"""How somebody stops a run, without a signal handler that does anything."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

_WISHES: Final = (
    "Stopping; what is in flight is finished. Once more walks away from it.",
    "Stopping at once; what is in flight is told as unknown.",
)


@dataclass(slots=True)
class Interrupt:
    """How somebody stops a run: once to finish what is in flight, twice to walk away from it.

    A signal handler may interrupt any line of the program, one that holds an event's lock or writes
    to a stream included. So it only notes the wish; the run's waiting loop does all else.

    Attributes:
        finish: Set when nothing more is to be started, sent or waited for.
        abandon: Set when what is in flight is not waited for either.
        tell: Called by the waiting loop with what a wish leads to.
    """

    finish: threading.Event = field(default_factory=threading.Event)
    abandon: threading.Event = field(default_factory=threading.Event)
    tell: Callable[[str], None] = lambda _: None
    _wishes: deque[None] = field(default_factory=deque)
    _told: int = 0

    def signal(self) -> None:
        """Note that somebody asks once more to stop; safe in a signal handler."""
        self._wishes.append(None)

    def heed(self) -> bool:
        """Pass on what was asked for, and return whether the run is to end; from any thread."""
        for event in (self.finish, self.abandon)[: len(self._wishes)]:
            event.set()
        return self.finish.is_set()

    def speak(self) -> None:
        """Say what was asked for and not yet answered; from the waiting loop alone."""
        self.heed()
        while self._told < min(len(self._wishes), len(_WISHES)):
            self.tell(_WISHES[self._told])
            self._told += 1
