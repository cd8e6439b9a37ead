"""Writing one group: check that it has not moved, send it, read it back; `creates` does the new.

What may be sent again is decided here and nowhere else:

- What certainly was not sent may be, as long as the deadline and the budget allow.
- An update whose outcome is unknown may be, after a re-read: it carries `group_id` and is
  idempotent.
- A create whose outcome is unknown is never sent again: it may have been processed, and a second
  one would be a second group that contacts the same patients. Live is re-read over the settle
  window instead; a group found there is adopted.

No outcome counts as applied before live, read back, shows what was planned.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from reconciler.apply.report import Cause, Result, ResultStatus
from reconciler.apply.spelling import respelled
from reconciler.errors import AccessError, ApiError, RowError
from reconciler.live import Outcome
from reconciler.model import Group, Integration, Skipped
from reconciler.plan.compare import Difference, differences, moved, shown
from reconciler.plan.nouns import Change
from reconciler.plan.unknown import lost, lost_words
from reconciler.transport.wire import TOLD_FROM

_NOT_FOUND: Final = 404


class Api(Protocol):
    """The reads and the one write that an apply needs; used by one thread."""

    def get_group(self, integration: Integration, group_id: str) -> Group:
        """Return one live group; raises ApiError, a RowError if it cannot be planned with."""
        ...

    def list_groups(self, integration: Integration) -> Sequence[Group | Skipped]:
        """Return all live groups of an integration, and its other rows; raises ApiError."""
        ...

    def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
        """Send a body once and say what became of it; does not raise for network errors."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long is tried.

    Attributes:
        attempts: Times that an update whose outcome is unknown may be sent, at least 1.
        settle: Seconds over which live is re-read until it shows a write.
        first: Seconds before the first repetition; each further one waits twice as long.
        longest: Seconds that such a wait grows to; a server may ask for a longer one.
        left: Returns the seconds that are left of the run's deadline; nothing waits longer.
    """

    attempts: int = 4
    settle: float = 10.0
    first: float = 0.25
    longest: float = 60.0
    left: Callable[[], float] = lambda: 900.0

    def polls(self) -> Iterator[float]:
        """Yield the pauses between re-reads, growing, together `settle` seconds long."""
        pause, left = self.first, self.settle
        while left > 0:
            yield min(pause, left)
            left -= pause
            pause *= 2

    def before_resend(self, attempt: int, retry_after: float | None) -> float:
        """Return the pause in seconds behind an attempt, counted from 0."""
        return max(min(self.first * 2.0 ** min(attempt, 30), self.longest), retry_after or 0.0)


class Log(Protocol):
    """Where a run notes its next step and the result; a note is safe when the call returns."""

    def intent(self, change: Change) -> None:
        """Note that a group's request is about to be sent, again or not.

        Raises:
            OSError: That cannot be kept.
        """
        ...

    def outcome(self, result: Result) -> None:
        """Note what became of a group whose intent was noted; raises OSError likewise."""
        ...


@dataclass(frozen=True, slots=True)
class GroupWriter:
    """Writes groups through one API connection.

    Attributes:
        api: The connection.
        pace: How often and how long is tried.
        interrupted: Set when somebody wants the run to end: nothing more is sent or waited for.
        stop: Called with the reason when no other group should be started.
        log: Told before a request is sent and after its outcome is known.
        tell: Told in a sentence of every wait that lasts longer than a moment.
    """

    api: Api
    pace: Pace
    interrupted: threading.Event
    stop: Callable[[str], None]
    log: Log
    tell: Callable[[str], None] = lambda _: None

    def update(self, change: Change, before: Group) -> Result:
        """Write one group that is live; every expected failure is a result."""
        integration, group_id = change.key.integration, str(before.group_id)
        try:
            problem = moved(before, self.api.get_group(integration, group_id))
        except RowError as error:
            problem = f"it is now {error.row.words}"
        except ApiError as error:
            return self.unreadable(change, error)
        if problem:
            return stale(change, problem)
        outcome, ended = self.send(change)
        return ended or self.noted(self._read_back(change, group_id, sent_words(outcome)))

    def unreadable(self, change: Change, error: ApiError) -> Result:
        """Return that nothing was sent, as what is live now could not be read."""
        if isinstance(error, AccessError):
            self.stop(error.message)
        return result_of(change, "failed", f"nothing was sent: {error.message}", "unreadable")

    def noted(self, result: Result) -> Result:
        """Note the outcome of a change whose intent was noted, and return it."""
        try:
            self.log.outcome(result)
        except OSError as error:
            # What became of the group is known here; that the next run will ask again does no harm.
            self.stop(f"the run journal cannot be written: {error.strerror}")
        return result

    def wait(self, why: str, seconds: float, then: str) -> bool:
        """Wait, and say so if it takes a moment; return whether the run shall end."""
        if seconds >= TOLD_FROM and not self.interrupted.is_set():
            self.tell(f"{why}; waiting {seconds:.0f} s, then {then}")
        return self.interrupted.wait(seconds)

    def send(self, change: Change) -> tuple[Outcome, Result | None]:
        """Send the request; return what came of it, and the result if there is nothing to see."""
        if self.interrupted.is_set():
            return Outcome("not_sent", ""), result_of(change, "not attempted")
        outcome = self._send(change)
        if outcome.access_denied:
            self.stop(outcome.message)
        causes: dict[str, Cause] = {"rejected": "rejected", "not_sent": "not sent"}
        cause = causes.get(outcome.kind)
        failed = result_of(change, "failed", outcome.message, cause) if cause else None
        return outcome, self.noted(failed) if failed else None

    def _send(self, change: Change) -> Outcome:
        """Send the request, again where that is safe, and return the last outcome.

        The intent is noted before every attempt: the next run counts from the last one how long it
        has to wait.
        """
        attempt = 0
        unclear: list[str] = []
        while True:
            try:
                self.log.intent(change)
            except OSError as error:
                self.stop(f"the run journal cannot be written: {error.strerror}")
                return _in_sum(
                    unclear,
                    Outcome("not_sent", "nothing was sent: the run journal cannot be written"),
                )
            outcome = self.api.upsert(change.key.integration, change.request)
            attempt += 1
            unclear += [outcome.message] if outcome.kind == "unknown" else []
            if not self._may_resend(change, outcome, len(unclear)):
                return _in_sum(unclear, outcome)
            pause = self.pace.before_resend(attempt - 1, outcome.retry_after)
            if pause > self.pace.left():
                late = "given up, as the run's deadline comes before another attempt"
                message = f"{outcome.message}; {late}"
                return _in_sum(unclear, replace(outcome, message=message))
            why = f"{change.key}: {outcome.message}"
            if self.wait(why, pause, f"attempt {attempt + 1} to send it"):
                return _in_sum(unclear, outcome)

    def _may_resend(self, change: Change, outcome: Outcome, unclear: int) -> bool:
        if outcome.kind == "unknown":
            return (
                change.before is not None
                and unclear < self.pace.attempts
                and not _took(self.by_id(change, str(change.before.group_id)), change)
            )
        return outcome.kind == "not_sent" and outcome.resend

    def _read_back(self, change: Change, group_id: str, sent: str) -> Result:
        """Re-read live over the settle window until it shows the write; say what it showed last."""
        found = self.by_id(change, group_id)
        for attempt, pause in enumerate(self.pace.polls(), start=2):
            if shows(found, change) or self.wait(
                f"{change.key}: live state does not show it yet", pause, f"look {attempt}"
            ):
                break
            found = self.by_id(change, group_id)
        return self.verdict(change, found, sent)

    def verdict(self, change: Change, found: Sequence[Group | Skipped] | None, sent: str) -> Result:
        """Return what the last look at a change's live groups says of it.

        Args:
            change: What was sent.
            found: Its live groups, and rows that may be one; None if they could not be read.
            sent: What came of sending it, in words; empty where all went well.
        """
        if found is None:
            return result_of(
                change,
                "unknown",
                f"{sent}live state could not be read back; run plan to see what took",
            )
        if not found:
            return result_of(
                change,
                "unknown",
                f"{sent}no live group shows it within {self.pace.settle:g} s. It was not sent"
                " again, since it may still"
                " appear: wait, then run plan",
            )
        if odd := [row for row in found if isinstance(row, Skipped)]:
            told = "; ".join(f"live state shows {row}, which is {row.words}" for row in odd)
            return result_of(
                change, "unknown", f"{sent}{told}. Look at it in the dashboard, then run plan"
            )
        groups = [row for row in found if isinstance(row, Group)]
        if len(found) > 1:
            ids = ", ".join(str(group.group_id) for group in groups)
            self.stop(f"there are now {len(found)} live groups {change.key}")
            return result_of(
                change,
                "unknown",
                f"{sent}several live groups have this key: {ids}. Disable all but one",
            )
        live_id = groups[0].group_id
        parts, losses = differences(groups[0], change.expected()), lost(change, groups[0])
        if not parts and not losses:
            return replace(result_of(change, "applied"), group_id=live_id)
        wrongs = [_mismatch(change, parts)] if parts else []
        wrongs += [lost_words(losses)] if losses else []
        wrong = result_of(change, "failed", f"{sent}{'; '.join(wrongs)}", "not as sent")
        return replace(wrong, group_id=live_id)

    def by_id(self, change: Change, group_id: str) -> Sequence[Group | Skipped] | None:
        """Return the live row with an id, as a list; None if it cannot be read."""
        try:
            return [self.api.get_group(change.key.integration, group_id)]
        except RowError as error:
            return [error.row]
        except ApiError as error:
            return [] if error.status == _NOT_FOUND else None


def _in_sum(unclear: Sequence[str], last: Outcome) -> Outcome:
    """Return what all attempts say together.

    If an earlier one may have been processed, the last cannot deny it.
    """
    if not unclear or last.kind in {"accepted", "unknown"}:
        return last
    return replace(last, kind="unknown", message="; then ".join([*unclear, last.message]))


def sent_words(outcome: Outcome) -> str:
    """Return what came of sending a request, to begin a message with; empty where all went well."""
    return "" if outcome.kind == "accepted" else f"{outcome.message}; "


def stale(change: Change, problem: str) -> Result:
    """Return that a group moved since the plan."""
    message = f"changed since the plan, nothing was sent: {problem}"
    return result_of(change, "failed", message, "stale")


def shows(found: Sequence[Group | Skipped] | None, change: Change) -> bool:
    """Return whether live shows what was planned, once, and nothing else was lost by it."""
    group = _only(found)
    return group is not None and _took(found, change) and not lost(change, group)


def _took(found: Sequence[Group | Skipped] | None, change: Change) -> bool:
    """Return whether live shows what was sent, once, whatever else became of the group."""
    group = _only(found)
    return group is not None and not differences(group, change.expected())


def _only(found: Sequence[Group | Skipped] | None) -> Group | None:
    """Return the one live group that was found, or None."""
    return found[0] if found and len(found) == 1 and isinstance(found[0], Group) else None


def _mismatch(change: Change, parts: Sequence[Difference]) -> str:
    """Return in words what reads back otherwise than it was sent, and what can be done about it."""
    sent = {use_case.use_case for use_case in change.use_cases}
    unsent = sorted(
        {part.path[1] for part in parts if part.path[0] == "use_cases" and part.path[1] not in sent}
    )
    if unsent:
        return (
            f"use cases that were not sent read back differently: {', '.join(unsent)}. The server"
            " seems to replace"
            " use_cases instead of merging them; `reconciler rollback` brings the group back"
        )
    fields = sorted({part.path[0] for part in parts if part.path[0] != "use_cases"})
    remedy = (
        f". To leave {' and '.join(fields)} to the server, remove the line from the file"
        if fields
        else ""
    )
    where = change.declared.variable
    told = f"the variable {where}" if where else "the file"
    return "; ".join(_unlike(part, told) for part in parts) + remedy


def _unlike(part: Difference, where: str) -> str:
    """Return in words what a server made of one value that it was sent."""
    told = f"{part.name} was sent as {shown(part.after)}, reads back as {shown(part.before)}"
    if part.before is None:
        return f"{told}: the server dropped it"
    if part.after is None:
        return f"{told}: the server filled it in, or null does not clear it"
    how = respelled(part.name, part.after, part.before, where)
    return f"{told}: {how}" if how else told


def result_of(change: Change, status: ResultStatus, message: str = "", cause: Cause = "") -> Result:
    """Return the result of a change."""
    return Result(
        change.key, change.action, status, cause, message, change.subject.group_id or None
    )
