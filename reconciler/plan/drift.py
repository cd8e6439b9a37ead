"""Leaving drift as it is live: what is written of a group then, and what of it is left.

Pure: no I/O. Of each part whose origin is `drift`, live's value is taken, down to single actions;
such a field is then unmanaged for this plan. What somebody has removed from live is left removed as
a whole, be it a group or a use case: half of one is nothing that anybody wrote.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from reconciler.model import Declared, Group, Position, UseCase
from reconciler.plan.base import Past
from reconciler.plan.changes import change_of
from reconciler.plan.diff import diff_fields, diff_use_cases
from reconciler.plan.nouns import Change, Origin, Part


def leave_drift(
    entry: Declared, current: Group | None, past: Past, *, prune: bool
) -> tuple[Change | None, Change | None]:
    """Return what is written of a group, no part of it drift, and what is left; each may be None.

    What is left is the change that would take the drift back, without a request: it is not sent.

    Args:
        entry: What is desired.
        current: The live group, or None.
        past: What Git said before.
        prune: Disable the use cases that Git once had and the file has not.
    """
    whole = change_of(entry, current, past, prune=prune)
    if whole is None or "drift" not in whole.origins.values():
        return whole, None
    if current is None:
        return None, replace(whole, request={})
    written = change_of(left(entry, current, whole.origins), current, past, prune=prune)
    after = written.expected() if written else current
    done: Mapping[Part, Origin] = written.origins if written else {}
    rest = replace(
        whole,
        fields=diff_fields(entry.group, after),
        use_cases=diff_use_cases(entry.group, after),
        request={},
        origins={part: whose for part, whose in whole.origins.items() if part not in done},
        pruned=frozenset(),
    )
    return written, rest


def left(entry: Declared, live: Group, origins: Mapping[Part, Origin]) -> Declared:
    """Return what is desired of a live group where its drift is left.

    Args:
        entry: What its file says.
        live: The group as it is.
        origins: Whose change each part is that makes the one the other.
    """
    group = entry.group
    drifted = {part for part, whose in origins.items() if whose == "drift"}
    there = {case.use_case: case for case in live.use_cases}
    positions, use_cases = dict(entry.positions), []
    for case in group.use_cases:
        if case.use_case in there:
            as_left, kept = _left(case, there[case.use_case], drifted)
            positions = _moved(positions, f"use_cases.{case.use_case}.actions.", kept)
            use_cases.append(as_left)
        elif ("use_cases", case.use_case) not in drifted:
            use_cases.append(case)
    fields = {part[0] for part in drifted if len(part) == 1}
    wanted = Group.model_construct(
        group.model_fields_set - fields, **{**dict(group), "use_cases": tuple(use_cases)}
    )
    return replace(entry, group=wanted, positions=positions)


def _left(desired: UseCase, live: UseCase, drifted: Collection[Part]) -> tuple[UseCase, list[int]]:
    """Return a use case with live's value of what is drift, and which of its actions are kept."""
    path = ("use_cases", desired.use_case)
    had, has = Counter(live.actions), Counter(desired.actions)
    wanted = Counter(
        {action: (had if (*path, action) in drifted else has)[action] for action in {*had, *has}}
    )
    kept = []
    for number, action in enumerate(desired.actions):
        if wanted[action]:
            wanted[action] -= 1
            kept.append(number)
    actions = (*(desired.actions[number] for number in kept), *wanted.elements())
    enabled = live.enabled if (*path, "enabled") in drifted else desired.enabled
    return desired.model_copy(update={"enabled": enabled, "actions": actions}), kept


def _moved(
    positions: Mapping[str, Position], prefix: str, kept: Sequence[int]
) -> dict[str, Position]:
    """Return where things stand, the actions numbered anew by which of them are kept."""
    rest = {path: place for path, place in positions.items() if not path.startswith(prefix)}
    return rest | {
        f"{prefix}{number}": positions[f"{prefix}{was}"]
        for number, was in enumerate(kept)
        if f"{prefix}{was}" in positions
    }
