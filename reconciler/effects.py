"""What patients notice of a change, and what of it somebody should look at twice.

Pure: no I/O. Only enabled use cases contact anybody; the others are prepared or switched off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from reconciler.diff import UseCaseChange
from reconciler.model import Action, Group, Key
from reconciler.plan import Change, Plan

RiskKind = Literal["conflict", "more", "earlier", "other people", "fewer", "drift"]
RISKS: Final[tuple[RiskKind, ...]] = (
    "conflict",
    "more",
    "earlier",
    "other people",
    "fewer",
    "drift",
)
"""In the order in which a reviewer should see them."""


@dataclass(frozen=True, slots=True)
class Hour:
    """When a group's texts and calls go out: its start time and zone, either of which may be unknown."""

    time: str | None
    zone: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A text or call that patients get."""

    use_case: str
    action: Action
    hour: Hour


@dataclass(frozen=True, slots=True)
class Effects:
    """What patients notice of one change.

    Attributes:
        begins: Texts and calls that they newly get, by use case, in the order of the file.
        ends: Texts and calls that they get no more.
        moved: Hours before and after, where texts and calls that go on go out at another time; else
            None.
        other_sheet: Whether the people come from another sheet.
        other_assistant: Whether calls are spoken by another assistant.
    """

    begins: tuple[Contact, ...]
    ends: tuple[Contact, ...]
    moved: tuple[Hour, Hour] | None
    other_sheet: bool
    other_assistant: bool


@dataclass(frozen=True, slots=True)
class Risk:
    """One reason to look twice at a change.

    Attributes:
        kind: What it is about.
        key: The group.
        parts: Fields or use cases that it comes from, in the plan's order.
        line: 1-based line of the group file.
    """

    kind: RiskKind
    key: Key
    parts: tuple[str, ...]
    line: int


def effects(change: Change) -> Effects:
    """Return what patients notice of a change."""
    before, after = change.before, change.expected()
    was, now = _hour(before), _hour(after)
    begins: list[Contact] = []
    ends: list[Contact] = []
    for part in change.use_cases:
        begins += [Contact(part.use_case, action, now) for action in _begins(part)]
        ends += [Contact(part.use_case, action, was) for action in _ends(part)]
    fields = {field.path for field in change.fields}
    goes_on = before is not None and bool(_running(before) & _running(after))
    return Effects(
        begins=tuple(begins),
        ends=tuple(ends),
        moved=(was, now) if goes_on and was != now else None,
        other_sheet=goes_on and "sheet_link" in fields,
        other_assistant=goes_on and "assistant_id" in fields,
    )


def risks(plan: Plan) -> tuple[Risk, ...]:
    """Return what of a plan to look at twice, by kind in the order of RISKS, then by key."""
    found = [risk for change in plan.changes for risk in _risks(change)]
    return tuple(sorted(found, key=lambda risk: (RISKS.index(risk.kind), str(risk.key))))


def _risks(change: Change) -> Iterator[Risk]:
    seen = effects(change)
    parts: dict[RiskKind, list[str]] = {
        "more": _use_cases(seen.begins),
        "fewer": _use_cases(seen.ends),
        "earlier": [
            field.path for field in change.fields if field.path in ("start_time", "timezone")
        ],
        "other people": ["sheet_link"] if seen.other_sheet else [],
        # A group that Git has and live has not is told as more people; nobody has changed it in the
        # dashboard.
        "conflict": _of_origin(change, "conflict") if change.before else [],
        "drift": _of_origin(change, "drift") if change.before else [],
    }
    if not (seen.moved and _earlier(*seen.moved)):
        parts["earlier"] = []
    for kind, names in parts.items():
        if names:
            path = (
                names[0]
                if names[0] in {field.path for field in change.fields}
                else f"use_cases.{names[0]}"
            )
            yield Risk(kind, change.key, tuple(names), change.declared.position(path)[0])


def _of_origin(change: Change, origin: str) -> list[str]:
    """Return the fields and use cases that have a part of an origin, in the plan's order."""
    found = {
        path[1] if path[0] == "use_cases" else path[0]
        for path, whose in change.origins.items()
        if whose == origin
    }
    names = [field.path for field in change.fields] + [part.use_case for part in change.use_cases]
    return [name for name in names if name in found]


def _use_cases(contacts: tuple[Contact, ...]) -> list[str]:
    return list(dict.fromkeys(contact.use_case for contact in contacts))


def _earlier(before: Hour, after: Hour) -> bool:
    """Return whether people may be contacted earlier; in another or an unknown zone that cannot be excluded."""
    if before.zone != after.zone or before.time is None or after.time is None:
        return True
    return after.time < before.time


def _begins(part: UseCaseChange) -> tuple[Action, ...]:
    if not part.after.enabled:
        return ()
    return part.added if part.before and part.before.enabled else part.after.actions


def _ends(part: UseCaseChange) -> tuple[Action, ...]:
    if part.before is None or not part.before.enabled:
        return ()
    return part.removed if part.after.enabled else part.before.actions


def _running(group: Group) -> set[str]:
    """Return the enabled use cases that contact somebody."""
    return {case.use_case for case in group.use_cases if case.enabled and case.actions}


def _hour(group: Group | None) -> Hour:
    return Hour(group.start_time, group.timezone) if group else Hour(None, None)
