"""Several runners in one world, one request at a time, in every order or as dice choose."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tests.faults.model import CrashedError

_STUCK: Final = 20.0
"""Seconds after which a test fails instead of waiting for ever."""

Choose = Callable[[dict[int, str]], int | None]
"""Given the method that each waiting runner is about to request, by its number, picks the runner
that goes on; None ends them all, as if their processes had died."""


class Turns:
    """Lets one runner at a time make one request."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self._condition = threading.Condition()
        self._waiting: dict[int, str] = {}
        self._ended: set[int] = set()
        self._turn: int | None = None
        self._over = False

    def gate(self, runner: int) -> Callable[[str], None]:
        """Return what a runner calls before each request; it returns when its turn has come."""

        def wait(method: str) -> None:
            with self._condition:
                self._waiting[runner] = method
                self._condition.notify_all()
                assert self._condition.wait_for(
                    lambda: self._over or self._turn == runner, _STUCK
                ), "no turn came"
                self._turn = None
                del self._waiting[runner]
                if self._over:
                    raise CrashedError

        return wait

    def run(self, *runners: Callable[[], None]) -> None:
        """Run all to their end, which each must come to by itself; raises what one raised."""
        errors: list[BaseException] = []

        def follow(number: int) -> None:
            try:
                runners[number]()
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                errors.append(error)
            with self._condition:
                self._ended.add(number)
                self._condition.notify_all()

        threads = [
            threading.Thread(target=follow, args=(number,), daemon=True)
            for number in range(len(runners))
        ]
        for thread in threads:
            thread.start()
        with self._condition:
            while len(self._ended) < len(runners):
                assert self._condition.wait_for(lambda: self._idle(len(runners)), _STUCK), (
                    "a runner is stuck"
                )
                if self._waiting:
                    self._turn = self._choose(dict(sorted(self._waiting.items())))
                    self._condition.notify_all()
                if self._waiting and self._turn is None:
                    self._over = True
                    assert self._condition.wait_for(
                        lambda: len(self._ended) == len(runners), _STUCK
                    ), "one goes on"
        for error in errors:
            raise error

    def _idle(self, runners: int) -> bool:
        return self._turn is None and len(self._waiting) + len(self._ended) == runners


@dataclass(slots=True)
class Order:
    """One order of requests, and which other orders branch off it.

    Two reads give the same in either order, so of orders that differ in that alone only one is
    wanted: a runner that could have read, and was passed over for another one's read, sleeps until
    there is a write (known as sleep sets).

    Attributes:
        prefix: Which runner went on at each request, as far as that is given.
        wanted: Whether no other order means the same.
    """

    prefix: tuple[int, ...]
    wanted: bool = True
    taken: list[int] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    branches: list[tuple[int, ...]] = field(default_factory=list)
    _asleep: set[int] = field(default_factory=set)

    def choose(self, waiting: dict[int, str]) -> int | None:
        """Follow the prefix, then the first runner awake.

        Note where another one could have gone on.
        """
        awake = [runner for runner in waiting if runner not in self._asleep]
        if not awake:
            self.wanted = False
            return None
        chosen, *others = awake
        if len(self.taken) < len(self.prefix):
            chosen = self.prefix[len(self.taken)]
        else:
            self.branches += [(*self.taken, other) for other in others]
        asleep = self._asleep & set(waiting) | set(awake[: awake.index(chosen)])
        self._asleep = {
            runner for runner in asleep if "post" not in (waiting[runner], waiting[chosen])
        }
        self.taken.append(chosen)
        self.trace.append(f"{'AB'[chosen]} {waiting[chosen]}")
        return chosen


def every_order(run: Callable[[Choose], None]) -> Iterator[list[str]]:
    """Call `run` for every order of two runners' requests that makes a difference; yield each."""
    todo: list[tuple[int, ...]] = [()]
    while todo:
        order = Order(todo.pop())
        run(order.choose)
        todo += order.branches
        if order.wanted:
            yield order.trace
