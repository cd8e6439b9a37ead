"""Carrying a plan out: which group goes when, on how many threads, and what an early end reports.

The first write of a run, the canary, goes alone and must read back exactly before any other goes:
nothing is assumed of the server that can be checked. The canary is the update that leaves most to
the server, one that does not send all of its group's use cases, where there is one. A canary that
was refused proves nothing, so the next group takes its place.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from reconciler.apply.budget import Budget
from reconciler.apply.others import done_by_others, twins
from reconciler.apply.report import Report, Result
from reconciler.apply.state import State
from reconciler.apply.write import Api, GroupWriter, Log, Pace
from reconciler.errors import ReconcilerError, RefusedError
from reconciler.plan.nouns import Change, Plan

_REQUESTS: Final = 20
"""Requests a run may make, once and for each change; a write with all repetitions needs fewer."""
_GRACE: Final = 30.0
"""Seconds after the deadline at which a run stops waiting for what is in flight."""

Connect = Callable[[], AbstractContextManager[Api]]
"""Opens one API connection, for the thread that calls it."""


@dataclass(slots=True)
class Interrupt:
    """How somebody stops a run: once to finish what is in flight, twice to walk away from it."""

    finish: threading.Event = field(default_factory=threading.Event)
    abandon: threading.Event = field(default_factory=threading.Event)

    def signal(self) -> None:
        """Ask once more to stop."""
        (self.abandon if self.finish.is_set() else self.finish).set()


def apply_plan(
    plan: Plan,
    connect: Connect,
    state: State,
    *,
    concurrency: int = 8,
    interrupt: Interrupt | None = None,
    notify: Callable[[Result], None] = lambda _: None,
    pace: Pace | None = None,
    deadline: float | None = None,
) -> Report:
    """Write every change of a plan and read it back.

    Args:
        plan: What is written, byte for byte; one without changes needs neither lock nor API.
        connect: Opens an API connection; called once per worker, in its thread.
        state: Keeps the lock, the snapshot and the journal, before anything is sent.
        concurrency: Groups written at the same time after the canary, at least 1.
        interrupt: Set from a signal handler.
        notify: Called in this thread with each group's result as it comes.
        pace: How often and how long is tried.
        deadline: Seconds after which no group is started and nothing is waited for; None is no
            limit.

    Returns:
        A report with one result per change; what happens once something may be sent never raises.

    Raises:
        RefusedError: A guard stands against the plan.
        ReconcilerError: The record of the run cannot be opened.
    """
    if plan.guards:
        raise RefusedError(plan.guards)
    if plan.empty:
        return Report(plan.target, plan.digest, ())
    with state.keep(plan) as kept:
        run = _Run(
            plan,
            connect,
            interrupt=interrupt or Interrupt(),
            notify=notify,
            pace=pace or Pace(),
            log=kept.log,
        )
        rest = sorted(plan.changes, key=_canary_order)
        with run.until(deadline):
            while rest and run.going:
                if run.write_canary(rest.pop(0)):
                    run.write_all(rest, concurrency)
                    break
            run.look_for_others()
        return replace(run.report(), snapshot=kept.snapshot)


def _canary_order(change: Change) -> int:
    """Order updates that leave use cases to the server first, then other updates, then creates."""
    if change.before is None:
        return 2
    return 0 if 0 < len(change.use_cases) < len(change.before.use_cases) else 1


class _Run:
    """The state of one apply. Workers write groups; all else happens in the thread that made it."""

    def __init__(
        self,
        plan: Plan,
        connect: Connect,
        *,
        interrupt: Interrupt,
        notify: Callable[[Result], None],
        pace: Pace,
        log: Log,
    ) -> None:
        self._plan = plan
        self._connect = connect
        self._interrupt = interrupt
        self._notify = notify
        self._pace = pace
        self._log = log
        self._budget = Budget(_REQUESTS + _REQUESTS * len(plan.changes), self._stop)
        self._results: dict[str, Result] = {}
        self._stopped = ""
        self._others: tuple[str, ...] = ()
        self._bug: BaseException | None = None

    @contextmanager
    def until(self, deadline: float | None) -> Iterator[None]:
        """End the run when its time is up: first as an interruption, soon after by walking away."""
        if deadline is None:
            yield
            return
        timers = [
            threading.Timer(deadline, self._time_is_up, (deadline,)),
            threading.Timer(deadline + _GRACE, self._interrupt.abandon.set),
        ]
        for timer in timers:
            timer.daemon = True
            timer.start()
        try:
            yield
        finally:
            for timer in timers:
                timer.cancel()

    def _time_is_up(self, deadline: float) -> None:
        self._stop(f"the deadline of {deadline:g} s has passed; run apply again to go on")
        self._interrupt.finish.set()

    @property
    def going(self) -> bool:
        """Whether another group may be started."""
        return not self._stopped and not self._interrupt.finish.is_set()

    def write_canary(self, change: Change) -> bool:
        """Write one group alone and return whether it read back.

        What it shows of the server may stop the run.
        """
        self.write_all([change], 1)
        result = self._results.get(str(change.key))
        if result and (result.status == "unknown" or result.cause == "not as sent"):
            self._stop(f"the first group to be written, {change.key}, did not read back as planned")
        return result is not None and result.status == "applied"

    def write_all(self, changes: Sequence[Change], concurrency: int) -> None:
        """Write groups with several workers; return when all have ended or are abandoned."""
        todo: queue.SimpleQueue[Change] = queue.SimpleQueue()
        done: queue.SimpleQueue[Result | None] = queue.SimpleQueue()
        started: set[str] = set()
        for change in changes:
            todo.put(change)
        workers = min(concurrency, len(changes))
        for _ in range(workers):
            threading.Thread(target=self._work, args=(todo, done, started), daemon=True).start()
        while workers and not self._interrupt.abandon.is_set():
            try:
                result = done.get(timeout=0.1)
            except queue.Empty:
                continue
            if result is None:
                workers -= 1
            else:
                self._record(result)
        for change in changes:
            if str(change.key) in started and str(change.key) not in self._results:
                self._record(
                    _unknown(
                        change,
                        "the run ended while it was being written; run plan to see what took",
                    )
                )

    def look_for_others(self) -> None:
        """List live groups once more, if something was written.

        What is not as this run left it was done by others.
        """
        if not self._results or self._interrupt.finish.is_set():
            return
        integrations = sorted({change.key.integration for change in self._plan.changes})
        try:
            with self._connect() as api:
                now = [
                    group for integration in integrations for group in api.list_groups(integration)
                ]
        except ReconcilerError as error:
            self._others = (
                f"whether somebody else wrote meanwhile could not be seen: {error.message}",
            )
            return
        applied = {result.key for result in self._results.values() if result.status == "applied"}
        self._others = done_by_others(self._plan, applied, now)
        for key, ids in twins(self._plan, now).items():
            message = f"several live groups have this key: {', '.join(ids)}. Disable all but one"
            self._results[str(key)] = Result(key, "create", "unknown", message=message)
            self._stop(f"there are now {len(ids)} live groups {key}")

    def report(self) -> Report:
        """Return the outcome; a change without a result was not attempted."""
        interrupted = self._interrupt.finish.is_set()
        results = tuple(
            self._results.get(str(change.key)) or Result(change.key, change.action, "not attempted")
            for change in self._plan.changes
        )
        stopped = self._stopped or ("interrupted; run apply again to go on" if interrupted else "")
        return Report(
            self._plan.target,
            self._plan.digest,
            results,
            stopped,
            interrupted=interrupted,
            others=self._others,
            bug=self._bug,
        )

    def _record(self, result: Result) -> None:
        self._results[str(result.key)] = result
        self._notify(result)

    def _stop(self, reason: str) -> None:
        self._stopped = self._stopped or reason

    def _work(
        self,
        todo: queue.SimpleQueue[Change],
        done: queue.SimpleQueue[Result | None],
        started: set[str],
    ) -> None:
        """Write groups until none is left or the run ends; a bug hides no other group's outcome."""
        try:
            with self._connect() as api:
                counted = self._budget.of(api)
                writer = GroupWriter(
                    counted, self._pace, self._interrupt.finish, self._stop, self._log
                )
                while self.going and (change := _take(todo)):
                    started.add(str(change.key))
                    done.put(writer.write(change))
        except Exception as bug:  # noqa: BLE001 - reported with its traceback; what was started becomes unknown
            self._bug = bug
            self._stop(f"an unexpected {type(bug).__name__} in this program")
        finally:
            done.put(None)


def _take(todo: queue.SimpleQueue[Change]) -> Change | None:
    try:
        return todo.get_nowait()
    except queue.Empty:
        return None


def _unknown(change: Change, message: str) -> Result:
    return Result(change.key, change.action, "unknown", message=message)
