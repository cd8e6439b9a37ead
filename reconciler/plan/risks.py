"""What of a plan somebody should look at twice.

Pure: no I/O.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from reconciler.model import Key
from reconciler.plan.effects import Contact, Hour, effects
from reconciler.plan.nouns import Change, Origin, Plan

RiskKind = Literal["conflict", "more", "earlier", "other people", "fewer", "drift", "pending"]
RISKS: Final[tuple[RiskKind, ...]] = get_args(RiskKind)
"""In the order in which a reviewer should see them."""


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
        "pending": _of_origin(change, "pending"),
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


def _of_origin(change: Change, origin: Origin) -> list[str]:
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
    """Return whether people may be contacted earlier; in another or an unknown zone they may."""
    if before.zone != after.zone or before.time is None or after.time is None:
        return True
    return after.time < before.time
