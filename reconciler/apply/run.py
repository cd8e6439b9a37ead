"""Carrying a plan out: which group goes when, on how many threads, and what an early end reports.

The first write of a run, the canary, goes alone and must read back exactly before any other goes:
nothing is assumed of the server that can be checked. The canary is the update that leaves most to
the server: one that may lose fields which this program does not know, of most kinds, or else one
that does not send all of its group's use cases, where there are such. A canary that was refused
proves nothing, so the next group takes its place.

What switches something off goes before what contacts the same people instead, and new groups come
last, in batches.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from reconciler.apply import creates
from reconciler.apply.budget import Budget, uncounted
from reconciler.apply.creates import Seen, Sent
from reconciler.apply.interrupt import Interrupt
from reconciler.apply.others import done_by_others, twins
from reconciler.apply.report import Report, Result
from reconciler.apply.state import State
from reconciler.apply.workers import Connect, Task, Workers
from reconciler.apply.write import Api, GroupWriter, Log, Pace, result_of
from reconciler.errors import ApiError, RefusedError, RowError
from reconciler.model import Group, Integration, Skipped
from reconciler.plan.nouns import Change, Plan, Subject
from reconciler.plan.unknown import at_risk

_REQUESTS: Final = 40
"""Requests a run may make, once and for each change; a write with all repetitions needs fewer."""
_LOOKED_FOR: Final = 20
"""Groups that the last list lacks and that are looked for by their ids, at most."""
_GRACE: Final = 30.0
"""Seconds after the deadline at which a run stops waiting for what is in flight."""


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
    tell: Callable[[str], None] = lambda _: None,
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
        tell: Told in a sentence of every wait that lasts longer than a moment, in any thread.

    Returns:
        A report with one result per change; what happens once something may be sent never raises.

    Raises:
        RefusedError: A guard stands against the plan.
        ReconcilerError: The record of the run cannot be opened.
    """
    if plan.guards:
        raise RefusedError(plan.guards)
    if plan.empty:
        return Report(plan.target, plan.digest, (), unread=plan.unread)
    with state.keep(plan) as kept:
        run = _Run(
            plan,
            connect,
            interrupt=interrupt or Interrupt(),
            notify=notify,
            pace=_until(pace or Pace(), deadline),
            log=kept.log,
            tell=tell,
        )
        with run.until(deadline):
            run.write_all(concurrency)
            run.look_for_others(kept.left)
        return replace(run.report(), snapshot=kept.snapshot)


def _until(pace: Pace, deadline: float | None) -> Pace:
    """Return a pace that waits for nothing beyond the deadline."""
    if deadline is None:
        return pace
    end = time.monotonic() + deadline
    return replace(pace, left=lambda: end - time.monotonic())


def _canary_order(change: Change) -> tuple[int, bool]:
    """Order updates that leave most to the server first, then other updates, then creates."""
    if change.before is None:
        return 1, True
    kinds = {(field.use_case is None, field.action is None) for field in at_risk(change)}
    return -len(kinds), not 0 < len(change.use_cases) < len(change.before.use_cases)


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
        tell: Callable[[str], None],
    ) -> None:
        self._plan = plan
        self._interrupt = interrupt
        self._notify = notify
        self._pace = pace
        self._log = log
        self._tell = tell
        budget = Budget(_REQUESTS + _REQUESTS * len(plan.changes), self._stop)
        self._workers = Workers(
            connect,
            budget,
            self._writer,
            interrupt=interrupt,
            failed=self._met,
            stop=self._stop,
        )
        self._results: dict[Subject, Result] = {}
        self._names = plan.names()
        self._digests = {change.subject: change.digest for change in plan.changes}
        self._started: dict[Subject, Change] = {}
        self._unlisted: set[Subject] = set()
        self._seen = Seen({}, {})
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
        return not self._stopped and not self._interrupt.heed()

    def write_all(self, concurrency: int) -> None:
        """Write all groups, the canary first, each after what it waits for."""
        rest = sorted(self._plan.changes, key=_canary_order)
        proven = False
        while self.going and (ready := self._ready(rest)):
            updates = [change for change in ready if change.before]
            batch = (updates or ready[:concurrency]) if proven else ready[:1]
            taken = {change.subject for change in batch}
            rest = [change for change in rest if change.subject not in taken]
            if batch[0].before:
                self._do([partial(self._update, change) for change in batch], concurrency)
            else:
                self._create(batch, concurrency)
            proven = proven or self._proves(batch[0])
        for subject, change in self._started.items():
            if subject not in self._results:
                self._record(
                    result_of(
                        change,
                        "unknown",
                        "the run ended while it was being written; run plan to see what took",
                    )
                )

    def _ready(self, rest: list[Change]) -> list[Change]:
        """Return what may be written now; what waited for a failure never will be, and is told."""
        applied = self._applied()
        for change in list(rest):
            failed = sorted(map(str, (change.after & set(self._results)) - applied))
            if failed:
                rest.remove(change)
                self._record(
                    result_of(
                        change,
                        "not attempted",
                        f"it waits for {' and '.join(failed)}, which was to be switched off"
                        " first and is not applied: both would contact the same people",
                    )
                )
        return [change for change in rest if change.after <= applied]

    def _applied(self) -> set[Subject]:
        """Return which groups were written and have read back."""
        return {one for one, result in self._results.items() if result.status == "applied"}

    def _proves(self, change: Change) -> bool:
        """Return whether the first group read back.

        What it shows of the server may stop the run.
        """
        result = self._results.get(change.subject)
        if result and (result.status == "unknown" or result.cause == "not as sent"):
            self._stop(f"the first group to be written, {change.key}, did not read back as planned")
        return result is not None and result.status == "applied"

    def _update(self, change: Change, writer: GroupWriter) -> Result | None:
        if not self.going or change.before is None:
            return None
        self._started[change.subject] = change
        return writer.update(change, change.before)

    def _create(self, batch: Sequence[Change], concurrency: int) -> None:
        """Write new groups: look while nothing is in flight, send all, see what came of them."""
        wanted = creates.integrations(batch)
        if not self._seen.covers(wanted):
            self._do([partial(self._look, wanted)], 1)
        seen, self._seen = self._seen, Seen({}, {})
        if not seen.covers(wanted) and not seen.problems:
            return
        sent: list[Sent] = []
        self._do([partial(self._send, change, seen) for change in batch], concurrency, sent)
        if sent:
            self._do([partial(self._settle, sent)], 1)

    def _look(self, wanted: Sequence[Integration], writer: GroupWriter) -> None:
        self._seen = creates.look(writer, wanted)

    def _send(self, change: Change, seen: Seen, writer: GroupWriter) -> Result | Sent | None:
        if not self.going:
            return None
        self._started[change.subject] = change
        result = creates.send(writer, change, seen)
        if isinstance(result, Result) and result.status == "applied":
            self._unlisted.add(change.subject)
        return result

    def _settle(self, sent: Sequence[Sent], writer: GroupWriter) -> Sequence[Result]:
        results, self._seen = creates.settle(writer, sent)
        return results

    def look_for_others(self, left: Callable[[Sequence[Result], Sequence[Group]], None]) -> None:
        """List live groups once more, if something was written.

        What this run created must be there, and what is not as this run left it was done by others.

        Args:
            left: Told what was seen, with the results so far.
        """
        if self._results and not self._interrupt.heed():
            self._do([partial(self._last_look, left)], 1)
        self._workers.close()

    def _last_look(
        self, left: Callable[[Sequence[Result], Sequence[Group]], None], writer: GroupWriter
    ) -> Sequence[Result]:
        """Compare the last list with what was written, and return what turned out otherwise."""
        writer = replace(writer, api=uncounted(writer.api))
        wanted = creates.integrations(self._plan.changes)
        made = [
            result
            for result in self._results.values()
            if result.action == "create" and result.status == "applied" and result.group_id
        ]
        for attempt, pause in enumerate((*self._pace.polls(), None), start=2):
            seen = creates.look(writer, wanted)
            missing = [
                result
                for result in made
                if result.group_id not in seen.ids(result.key.integration)
                and (result.key.integration in seen.rows or result.subject in self._unlisted)
            ]
            if not missing or pause is None:
                break
            why = f"{missing[0].key}: it was created, and the list of groups lacks it"
            if writer.wait(why, pause, f"look {attempt}"):
                break
        for error in seen.problems.values():
            self._others = (
                f"whether somebody else wrote meanwhile could not be seen: {error.message}",
            )
        now, skipped = seen.groups, seen.skipped
        if not seen.problems:
            listed = {group_id for name in wanted for group_id in seen.ids(name)}
            unlisted = list(self._unlisted_rows(writer, listed))
            now += [row for row in unlisted if isinstance(row, Group)]
            skipped += [row for row in unlisted if isinstance(row, Skipped)]
            left(list(self._results.values()), now)
            self._others = done_by_others(self._plan, self._applied(), now, skipped)
        told = [replace(result, status="unknown", message=_lacking(result)) for result in missing]
        for row in skipped:
            told += [
                replace(result, status="unknown", message=f"{row} was created, and is {row.words}")
                for result in made
                if result.group_id in row.ids
            ]
        found = twins(self._plan, now, skipped)
        for key, ids in found.items():
            message = (
                f"several live groups have this key: {', '.join(ids)}. Disable all but one in the"
                " dashboard, or their patients are contacted more than once"
            )
            before = self._results.get(Subject(key, ""))
            if before is None or before.message != message:
                told.append(Result(key, "create", "unknown", message=message))
        if found:
            self._stop(
                "; ".join(
                    f"there are now {len(ids)} live groups {key}" for key, ids in found.items()
                )
            )
        return told

    def _unlisted_rows(
        self, writer: GroupWriter, listed: Collection[str]
    ) -> Iterator[Group | Skipped]:
        """Yield what a list lacks although it can be read by its id."""
        integrations = {change.key.integration for change in self._plan.changes}
        lacking = [
            group
            for group in self._plan.live
            if group.integration in integrations and str(group.group_id) not in listed
        ]
        for group in lacking[:_LOOKED_FOR]:
            try:
                yield writer.api.get_group(group.integration, str(group.group_id))
            except RowError as error:
                yield error.row
            except ApiError:
                continue

    def report(self) -> Report:
        """Return the outcome; a change without a result was not attempted."""
        interrupted = self._interrupt.heed()
        results = tuple(
            self._results.get(change.subject) or self._named(result_of(change, "not attempted"))
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
            unread=self._plan.unread,
        )

    def _do(self, tasks: Sequence[Task], concurrency: int, sent: list[Sent] | None = None) -> None:
        """Have workers do tasks, and record the results as they come."""

        def keep(result: object) -> None:
            if isinstance(result, Sent) and sent is not None:
                sent.append(result)
            for item in result if isinstance(result, list | tuple) else (result,):
                if isinstance(item, Result):
                    self._record(item)

        self._workers.do(tasks, concurrency, keep)

    def _record(self, result: Result) -> None:
        result = self._named(result)
        self._results[result.subject] = result
        try:
            self._notify(result)
        except Exception as bug:  # noqa: BLE001 - what is in flight is still to be accounted for
            self._bug = self._bug or bug
            self._stop(f"an unexpected {type(bug).__name__} while telling what was done")

    def _named(self, result: Result) -> Result:
        """Return a result under the name that the plan shows, and with the change's digest."""
        subject = result.subject
        return replace(result, name=self._names[subject], digest=self._digests[subject])

    def _stop(self, reason: str) -> None:
        self._stopped = self._stopped or reason

    def _met(self, bug: BaseException) -> None:
        self._bug = bug
        self._stop(f"an unexpected {type(bug).__name__} in this program")

    def _writer(self, api: Api) -> GroupWriter:
        return GroupWriter(
            api, self._pace, self._interrupt.finish, self._stop, self._log, self._tell
        )


def _lacking(result: Result) -> str:
    return (
        f"it was created as {result.group_id} and read by that id, but the list of groups does not"
        " hold it. The next run here reads it by its id; run plan in a minute, and do not create it"
        " by hand"
    )
