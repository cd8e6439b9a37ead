"""Writing one group: check that it has not moved, send it, read it back.

What may be sent again is decided here and nowhere else:

- What certainly was not sent may be.
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

from pydantic import SecretStr

from reconciler.apply.report import Cause, Result, ResultStatus
from reconciler.errors import AccessError, ApiError
from reconciler.live import Outcome, answered_group_id
from reconciler.model import Group, Integration
from reconciler.plan.compare import Difference, differences, moved, shown
from reconciler.plan.nouns import Change

_NOT_FOUND: Final = 404


class Api(Protocol):
    """The reads and the one write that an apply needs; used by one thread."""

    def get_group(self, integration: Integration, group_id: str) -> Group:
        """Return one live group; raises ApiError."""
        ...

    def list_groups(self, integration: Integration) -> Sequence[Group]:
        """Return all live groups of an integration; raises ApiError."""
        ...

    def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
        """Send a body once and say what became of it; does not raise for network errors."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long is tried.

    Attributes:
        attempts: Times a group's request may be sent, at least 1.
        settle: Seconds over which live is re-read until it shows a write.
        first: Seconds before the first repetition; each further one waits twice as long.
        longest: Seconds that a Retry-After may ask for.
    """

    attempts: int = 4
    settle: float = 10.0
    first: float = 0.25
    longest: float = 60.0

    def polls(self) -> Iterator[float]:
        """Yield the pauses between re-reads, growing, together `settle` seconds long."""
        pause, left = self.first, self.settle
        while left > 0:
            yield min(pause, left)
            left -= pause
            pause *= 2

    def before_resend(self, attempt: int, retry_after: float | None) -> float:
        """Return the pause in seconds behind an attempt, counted from 0."""
        return min(max(self.first * float(2**attempt), retry_after or 0.0), self.longest)


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
    """

    api: Api
    pace: Pace
    interrupted: threading.Event
    stop: Callable[[str], None]
    log: Log

    def write(self, change: Change) -> Result:
        """Write one group; every expected failure is a result."""
        refused = self._refused(change)
        if refused:
            return refused
        result = self._carry_out(change)
        try:
            self.log.outcome(result)
        except OSError as error:
            # What became of the group is known here; that the next run will ask again does no harm.
            self.stop(f"the run journal cannot be written: {error.strerror}")
        return result

    def _refused(self, change: Change) -> Result | None:
        """Return why nothing may be sent, or None where all is as the plan saw it."""
        try:
            problem = self._moved(change)
        except ApiError as error:
            if isinstance(error, AccessError):
                self.stop(error.message)
            return _result(change, "failed", f"nothing was sent: {error.message}", "unreadable")
        if problem:
            return _result(
                change, "failed", f"changed since the plan, nothing was sent: {problem}", "stale"
            )
        if self.interrupted.is_set():
            return _result(change, "not attempted")
        return None

    def _carry_out(self, change: Change) -> Result:
        """Send the request and read the group back."""
        outcome = self._send(change)
        if outcome.access_denied:
            self.stop(outcome.message)
        if outcome.kind == "rejected":
            return _result(change, "failed", outcome.message, "rejected")
        if outcome.kind == "not_sent":
            return _result(change, "failed", outcome.message, "not sent")
        group_id = change.before.group_id if change.before else answered_group_id(outcome.answer)
        return self._read_back(
            change, group_id, "" if outcome.kind == "accepted" else f"{outcome.message}; "
        )

    def _moved(self, change: Change) -> str:
        """Return in words what moved since the plan, or an empty text; raises ApiError."""
        integration = change.key.integration
        if change.before is None:
            ids = [
                group.group_id
                for group in self.api.list_groups(integration)
                if group.key == change.key
            ]
            return (
                f"a live group with this key has appeared ({', '.join(map(str, ids))})"
                if ids
                else ""
            )
        return moved(change.before, self.api.get_group(integration, str(change.before.group_id)))

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
            if attempt >= self.pace.attempts or not self._may_resend(change, outcome):
                return _in_sum(unclear, outcome)
            if self.interrupted.wait(self.pace.before_resend(attempt - 1, outcome.retry_after)):
                return _in_sum(unclear, outcome)
            unclear += [outcome.message] if outcome.kind == "unknown" else []

    def _may_resend(self, change: Change, outcome: Outcome) -> bool:
        if outcome.kind == "unknown":
            return change.before is not None and not _shows(
                self._look(change, change.before.group_id), change
            )
        return outcome.kind == "not_sent" and outcome.resend

    def _read_back(self, change: Change, group_id: str | None, sent: str) -> Result:
        """Re-read live over the settle window until it shows the write; say what it showed last."""
        found = self._look(change, group_id)
        for pause in self.pace.polls():
            if _shows(found, change) or self.interrupted.wait(pause):
                break
            found = self._look(change, group_id)
        if found is None:
            return _result(
                change,
                "unknown",
                f"{sent}live state could not be read back; run plan to see what took",
            )
        if not found:
            return _result(
                change,
                "unknown",
                f"{sent}no live group shows it within {self.pace.settle:g} s. It was not sent"
                " again, since it may still"
                " appear: wait, then run plan",
            )
        if len(found) > 1:
            ids = ", ".join(str(group.group_id) for group in found)
            self.stop(f"there are now {len(found)} live groups {change.key}")
            return _result(
                change,
                "unknown",
                f"{sent}several live groups have this key: {ids}. Disable all but one",
            )
        parts = differences(found[0], change.expected())
        if parts:
            return _result(change, "failed", f"{sent}{_mismatch(change, parts)}", "not as sent")
        return _result(change, "applied")

    def _look(self, change: Change, group_id: str | None) -> Sequence[Group] | None:
        """Return a change's live groups, by id or else by key; None if they cannot be read."""
        integration = change.key.integration
        try:
            if group_id:
                return [self.api.get_group(integration, group_id)]
            return [group for group in self.api.list_groups(integration) if group.key == change.key]
        except ApiError as error:
            return [] if group_id and error.status == _NOT_FOUND else None


def _in_sum(unclear: Sequence[str], last: Outcome) -> Outcome:
    """Return what all attempts say together.

    If an earlier one may have been processed, the last cannot deny it.
    """
    if not unclear or last.kind in {"accepted", "unknown"}:
        return last
    return replace(last, kind="unknown", message="; then ".join([*unclear, last.message]))


def _shows(found: Sequence[Group] | None, change: Change) -> bool:
    return found is not None and len(found) == 1 and not differences(found[0], change.expected())


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
    return "; ".join(map(_unlike, parts)) + remedy


def _unlike(part: Difference) -> str:
    """Return in words what a server made of one value that it was sent."""
    told = f"{part.name} was sent as {shown(part.after)}, reads back as {shown(part.before)}"
    if part.before is None:
        return f"{told}: the server dropped it"
    if part.after is None:
        return f"{told}: the server filled it in, or null does not clear it"
    before, after = _text(part.before), _text(part.after)
    if before != after and _loosely(before) == _loosely(after):
        return f"{told}: the server stores it in another spelling; write it like that in the file"
    return told


def _loosely(text: str) -> str:
    """Return a text without what servers normalise: case, outer space, fractions of seconds."""
    return (
        text.strip()
        .rstrip("/")
        .casefold()
        .removesuffix("z")
        .removesuffix(".000000")
        .removesuffix(".000")
    )


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _result(change: Change, status: ResultStatus, message: str = "", cause: Cause = "") -> Result:
    return Result(change.key, change.action, status, cause, message)
