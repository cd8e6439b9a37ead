"""Fields of live state that this program does not know: what a write may take away, and has.

Pure: no I/O. A request carries what this program knows. Whether the server merges it or replaces
what it is sent is not known before the first write, so what may be lost is guarded before, and held
against what reads back after.

Actions have no identity. One that a plan takes away takes its fields along; of one that is there
several times, as many may miss theirs as the plan takes away.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from reconciler.model import Action, Group, Unknown
from reconciler.plan.guards import UNKNOWN_FIELDS, guard
from reconciler.plan.nouns import Change, Guard
from reconciler.text import count, short

SETTING: Final = "`ignored_fields` of [tool.reconciler.api] in pyproject.toml"

_NAMED: Final = 5
"""Fields that one message names, at most."""

_Holder = tuple[str | None, Action | None]
"""A use case and an action of it; without either the group itself."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A field that this program does not know and that is not as it was.

    Attributes:
        path: Where it stands, made visible: `language`, `use_cases.RECALL: language`,
            `use_cases.RECALL.actions (SMS on day 7): condition`.
        how: What became of it.
    """

    path: str
    how: Literal["is gone", "has another value", "is new"]

    def __str__(self) -> str:
        return f"{self.path} {self.how}"


def unknown_guards(changes: Iterable[Change]) -> Iterator[Guard]:
    """Yield a guard for each group whose request would replace what holds unknown fields."""
    for change in changes:
        fields = at_risk(change)
        if not fields:
            continue
        first = next((field for field in fields if field.use_case is not None), fields[0])
        path = "" if first.use_case is None else f"use_cases.{first.use_case}"
        places = list(dict.fromkeys(map(_path, fields)))
        yield guard(
            UNKNOWN_FIELDS,
            f"writing {change.key} may drop {count(len(places), 'live field')} that this program"
            f" does not know and cannot send along: {_listed(places)}",
            "make the same change in the dashboard, which keeps them, so that nothing is left to"
            f" write; name what may go, or changes by itself, in {SETTING}",
            file=change.declared.file,
            line=change.declared.position(f"{path}.actions" if first.action else path)[0],
        )


def lost(change: Change, now: Group) -> tuple[Shift, ...]:
    """Return the unknown fields that a write has lost or changed, sorted by path.

    What holds a field must be live on both sides: that it is gone itself is a difference of its
    own. Fields that are new are no loss.

    Args:
        change: What was sent.
        now: The group as it reads back.
    """
    if change.before is None:
        return ()
    ended = Counter[_Holder](
        (part.use_case, action) for part in change.use_cases for action in part.removed
    )
    shifts = _shifts(change.before, now, ended)
    return tuple(shift for shift in shifts if shift.how != "is new")


def shifts(before: Group, now: Group) -> tuple[Shift, ...]:
    """Return the unknown fields that are gone, new or of another value, sorted by path."""
    return tuple(_shifts(before, now, {}))


def shifted_words(shifts: Iterable[Shift]) -> str:
    """Return in words how unknown fields have changed; at least one."""
    return (
        f"{_listed(map(str, shifts))} (not known to this program; what changes by itself belongs in"
        f" {SETTING})"
    )


def lost_words(shifts: Iterable[Shift]) -> str:
    """Return in words what a write has lost; at least one field."""
    return (
        "fields that this program does not know did not outlive the write:"
        f" {_listed(map(str, shifts))}."
        " The server replaces what it is sent, and no snapshot holds these values: set them again"
        f" in the dashboard. What changes by itself belongs in {SETTING}"
    )


def at_risk(change: Change) -> tuple[Unknown, ...]:
    """Return the fields that a server which replaces what it is sent would drop unasked.

    They are the group's and those of use cases that are sent. An action that ends, and that none
    takes the place of, takes its own along.
    """
    sent = {part.use_case: part for part in change.use_cases}

    def goes_on(field: Unknown) -> bool:
        if field.use_case is None:
            return True
        part = sent.get(field.use_case)
        if part is None:
            return False
        return field.action is None or bool(part.added) or field.action in part.after.actions

    return tuple(filter(goes_on, change.before.unknown if change.before else ()))


def _shifts(before: Group, now: Group, ended: Mapping[_Holder, int]) -> list[Shift]:
    had, has = _by_place(before), _by_place(now)
    both = _holders(before) & _holders(now)
    found = []
    for holder, name in had.keys() | has.keys():
        if holder not in both:
            continue
        was, is_ = had[holder, name], has[holder, name]
        missing, more = was - is_, is_ - was
        field = Unknown(use_case=holder[0], action=holder[1], name=name, digest="")
        if missing.total() > ended.get(holder, 0):
            found.append(Shift(_path(field), "has another value" if more else "is gone"))
        elif more and not missing:
            found.append(Shift(_path(field), "is new"))
    return sorted(found, key=str)


def _by_place(group: Group) -> defaultdict[tuple[_Holder, str], Counter[str]]:
    """Return how often each value of a field is there, by what holds it and its name."""
    places: defaultdict[tuple[_Holder, str], Counter[str]] = defaultdict(Counter)
    for field in group.unknown:
        places[(field.use_case, field.action), field.name][field.digest] += 1
    return places


def _holders(group: Group) -> set[_Holder]:
    cases = {(case.use_case, None) for case in group.use_cases}
    actions = {(case.use_case, action) for case in group.use_cases for action in case.actions}
    return {(None, None), *cases, *actions}


def _path(field: Unknown) -> str:
    name = short(field.name)
    if field.use_case is None:
        return name
    case = f"use_cases.{short(field.use_case)}"
    if field.action is None:
        return f"{case}: {name}"
    return f"{case}.actions ({short(field.action.action_type)} on day {field.action.day}): {name}"


def _listed(words: Iterable[str]) -> str:
    every = list(dict.fromkeys(words))
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return ", ".join(every[:_NAMED]) + more
