"""An API in memory whose answers a test chooses, and a run's record that stays in memory."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, Self

from reconciler.apply.report import Result
from reconciler.apply.state import Kept
from reconciler.errors import ApiError, RowError
from reconciler.live import Outcome
from reconciler.model import GROUP_FIELDS, Action, Group, Integration, Skipped, Unknown, UseCase
from reconciler.plan.nouns import Change, Plan
from tests.builders import group_id

Fault = Literal["refused", "busy", "lost before", "lost after", "rejected", "denied"]


class MemoryApi:
    """Holds groups and takes upserts as a merging server does, except for planned faults.

    Attributes:
        groups: Live groups by id.
        posts: Every body that reached the server.
        faults: What goes wrong with the next posts, in order; None is "nothing".
        unreadable: How many of the next reads fail.
        busy_for: Seconds that a busy answer asks to wait.
        odd: Rows that are answered in place of groups, by their ids.
        stored: What this server makes of a group that it is sent; a test may have it change things.
    """

    def __init__(
        self, *groups: Group, faults: Sequence[Fault | None] = (), unreadable: int = 0
    ) -> None:
        self.groups = {str(group.group_id): group for group in groups}
        self.posts: list[Mapping[str, Any]] = []
        self.faults = deque(faults)
        self.unreadable = unreadable
        self.busy_for = 0.001
        self.odd: dict[str, Skipped] = {}
        self.stored: Callable[[Group], Group] = lambda group: group

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def get_group(self, integration: Integration, group_id: str) -> Group:
        """Return a group or fail like a 404."""
        self._maybe_unreadable()
        if group_id in self.odd:
            row = self.odd[group_id]
            error = ApiError(f"it is {row.words}", method="GET", url="/", status=200)
            raise RowError(error, row)
        if group_id not in self.groups:
            raise ApiError(
                "answered 404", method="GET", url=f"{integration}/{group_id}", status=404
            )
        return self.groups[group_id]

    def list_groups(self, integration: Integration) -> list[Group | Skipped]:
        """Return all groups of an integration, and what is odd."""
        self._maybe_unreadable()
        rows: dict[str, Group | Skipped] = {**self.groups, **self.odd}
        return [row for row in rows.values() if row.integration == integration]

    def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
        """Store the body unless a fault says otherwise."""
        fault = self.faults.popleft() if self.faults else None
        if fault == "refused":
            return Outcome(kind="not_sent", message="connection refused", resend=True)
        if fault == "busy":
            return Outcome(
                kind="not_sent",
                message="answered 429",
                status=429,
                resend=True,
                retry_after=self.busy_for,
            )
        self.posts.append(body)
        if fault == "rejected":
            return Outcome(kind="rejected", message="answered 422", status=422)
        if fault == "denied":
            return Outcome(kind="rejected", message="answered 401", status=401, access_denied=True)
        if fault != "lost before":
            self.store(integration, body)
        if fault in {"lost before", "lost after"}:
            return Outcome(kind="unknown", message="the connection broke")
        return Outcome(kind="accepted", message="", status=200)

    def store(self, integration: Integration, body: Mapping[str, Any]) -> None:
        """Merge a body into live state, creating a group where it has no id."""
        identity = body.get("group_id") or group_id(900 + len(self.groups))
        before = self.groups.get(identity)
        kept = {name: getattr(before, name, None) for name in GROUP_FIELDS}
        use_cases = {use_case.use_case: use_case for use_case in before.use_cases} if before else {}
        for part in body.get("use_cases", []):
            actions = tuple(Action(**action) for action in part["actions"])
            use_cases[part["use_case"]] = UseCase(
                use_case=part["use_case"], enabled=part["enabled"], actions=actions
            )
        sent = {name: value for name, value in body.items() if name in GROUP_FIELDS}
        identified = {
            "integration": integration,
            "group_id": identity,
            "use_cases": tuple(use_cases.values()),
        }
        after = Group(**{**kept, **sent, **identified})
        if before:
            unknown = tuple(field for field in before.unknown if holds(after, field))
            after = after.model_copy(update={"unknown": unknown})
        self.groups[identity] = self.stored(after)

    def _maybe_unreadable(self) -> None:
        if self.unreadable:
            self.unreadable -= 1
            raise ApiError("answered 503", method="GET", url="/", status=503)


def holds(group: Group, field: Unknown) -> bool:
    """Return whether what holds an unknown field is there."""
    actions = {part.use_case: part.actions for part in group.use_cases}.get(str(field.use_case), ())
    if field.action is not None:
        return field.action in actions
    return field.use_case is None or field.use_case in {part.use_case for part in group.use_cases}


class KeptInMemory:
    """A run's state without a folder.

    Attributes:
        events: What was noted, in order: `begin`, `intent KEY`, `outcome KEY STATUS`, `end`.
    """

    def __init__(self) -> None:
        self.events: list[str] = []

    @contextmanager
    def keep(self, plan: Plan) -> Iterator[Kept]:
        """Note that a run begins, and that it has ended."""
        self.events.append(f"begin {len(plan.changes)}")
        yield Kept(self, "before.json")
        self.events.append("end")

    def intent(self, change: Change) -> None:
        """Note an intent."""
        self.events.append(f"intent {change.key}")

    def outcome(self, result: Result) -> None:
        """Note an outcome."""
        self.events.append(f"outcome {result.key} {result.status}")
