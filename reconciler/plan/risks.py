"""What of a plan somebody should look at twice.

Pure: no I/O.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from reconciler.model import Key
from reconciler.plan.effects import Effects, Hour, Number, effects
from reconciler.plan.nouns import Change, Origin, Plan

RiskKind = Literal[
    "conflict", "calls", "more", "earlier", "other people", "fewer", "drift", "pending"
]
RISKS: Final[tuple[RiskKind, ...]] = get_args(RiskKind)
"""In the order in which a reviewer should see them."""
ORIGINS: Final[tuple[RiskKind, ...]] = ("conflict", "drift", "pending")
"""Those that are about whose change it is; patients notice the others."""


@dataclass(frozen=True, slots=True)
class Risk:
    """One reason to look twice at a change.

    Attributes:
        kind: What it is about.
        key: The group.
        parts: Fields or use cases that it comes from, in the plan's order.
        line: 1-based line of the group file.
        numbers: Of each part how many texts and calls patients get of it before and after, where
            the kind is about that; else empty.
    """

    kind: RiskKind
    key: Key
    parts: tuple[str, ...]
    line: int
    numbers: tuple[Number, ...] = ()


def risks(plan: Plan) -> tuple[Risk, ...]:
    """Return what of a plan to look at twice, by kind in the order of RISKS, then by key."""
    found = [risk for change in plan.changes for risk in risks_of(change)]
    return tuple(sorted(found, key=lambda risk: (RISKS.index(risk.kind), str(risk.key))))


def risks_of(change: Change) -> Iterator[Risk]:
    """Yield what of one change to look at twice, in the order of RISKS."""
    seen = effects(change)
    numbers: dict[RiskKind, tuple[Number, ...]] = {
        "more": tuple(one for one in seen.numbers if one.after > one.before),
        "fewer": tuple(one for one in seen.numbers if one.after < one.before),
    }
    parts: dict[RiskKind, list[str]] = {
        "calls": _called(seen),
        "more": [one.use_case for one in numbers["more"]],
        "fewer": [one.use_case for one in numbers["fewer"]],
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
    for kind in RISKS:
        if names := parts[kind]:
            path = (
                names[0]
                if names[0] in {field.path for field in change.fields}
                else f"use_cases.{names[0]}"
            )
            line = change.declared.position(path)[0]
            yield Risk(kind, change.key, tuple(names), line, numbers.get(kind, ()))


def _called(seen: Effects) -> list[str]:
    """Return the use cases in which somebody is called in place of a text, by name.

    Also where the call is another one altogether, as long as the number does not grow: then that is
    told.
    """
    new = Counter(one.use_case for one in seen.begins if one.action.action_type == "CALL")
    new.subtract(one.use_case for one in seen.ends if one.action.action_type == "CALL")
    turned = {one.use_case for one in seen.turns if one.turn.called}
    return [
        one.use_case
        for one in seen.numbers
        if one.use_case in turned or (new[one.use_case] > 0 and one.after <= one.before)
    ]


def _of_origin(change: Change, origin: Origin) -> list[str]:
    """Return the fields and use cases that have a part of an origin, in the plan's order."""
    found = {
        path[1] if path[0] == "use_cases" else path[0]
        for path, whose in change.origins.items()
        if whose == origin
    }
    names = [field.path for field in change.fields] + [part.use_case for part in change.use_cases]
    return [name for name in names if name in found]


def _earlier(before: Hour, after: Hour) -> bool:
    """Return whether people may be contacted earlier; in another or an unknown zone they may."""
    if before.zone != after.zone or before.time is None or after.time is None:
        return True
    return after.time < before.time
