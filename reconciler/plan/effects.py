"""What patients notice of a change, and what of it somebody should look at twice.

Pure: no I/O. Only enabled use cases contact anybody; the others are prepared or switched off.
"""

from collections import Counter
from dataclasses import dataclass

from reconciler.model import Action, Group, UseCase
from reconciler.plan.nouns import Change
from reconciler.plan.pairs import Turn, in_order, paired


@dataclass(frozen=True, slots=True)
class Course:
    """What patients get of one use case, before and after; actions once per repetition.

    All are in the order of `pairs.in_order`: the order of a list means nothing.

    Attributes:
        stays: Texts and calls that they got and get.
        turns: Those that they get in place of another one, see `reconciler.plan.pairs`.
        begins: Those that they newly get.
        ends: Those that they get no more.
    """

    stays: tuple[Action, ...]
    turns: tuple[Turn, ...]
    begins: tuple[Action, ...]
    ends: tuple[Action, ...]


def course(before: UseCase | None, after: UseCase | None) -> Course:
    """Return what goes on, begins and ends between two states of a use case; None is no state."""
    had, has = _given(before), _given(after)
    found = paired((had - has).elements(), (has - had).elements())
    stays = tuple(in_order((has & had).elements()))
    return Course(stays, found.turns, found.begins, found.ends)


@dataclass(frozen=True, slots=True)
class Hour:
    """When a group's texts and calls go out: start time and zone; either may be unknown."""

    time: str | None
    zone: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A text or call that patients get."""

    use_case: str
    action: Action
    hour: Hour


@dataclass(frozen=True, slots=True)
class Instead:
    """A text or call that patients get in place of another one, and the hour at which they do."""

    use_case: str
    turn: Turn
    hour: Hour


@dataclass(frozen=True, slots=True)
class Number:
    """How many texts and calls of a use case patients get, before and after."""

    use_case: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Effects:
    """What patients notice of one change. Contacts come by use case, then as in a `Course`.

    Attributes:
        turns: Texts and calls that they get in place of others.
        begins: Those that they newly get.
        ends: Those that they get no more.
        numbers: How many they get of each use case that changes, by name. What begins and what
            ends is the difference.
        before: How many they got of the whole group.
        after: How many they get of it.
        moved: Hours before and after, if texts and calls of a use case that goes on go out at
            another time; else None.
        other_sheet: Whether the people come from another sheet.
        other_assistant: Whether calls are spoken by another assistant.
    """

    turns: tuple[Instead, ...]
    begins: tuple[Contact, ...]
    ends: tuple[Contact, ...]
    numbers: tuple[Number, ...]
    before: int
    after: int
    moved: tuple[Hour, Hour] | None
    other_sheet: bool
    other_assistant: bool


def effects(change: Change) -> Effects:
    """Return what patients notice of a change."""
    before, after = change.before, change.expected()
    was, now = _hour(before), _hour(after)
    turns: list[Instead] = []
    begins: list[Contact] = []
    ends: list[Contact] = []
    numbers: list[Number] = []
    for part in change.use_cases:
        name, seen = part.use_case, course(part.before, part.after)
        turns += [Instead(name, turn, now) for turn in seen.turns]
        begins += [Contact(name, action, now) for action in seen.begins]
        ends += [Contact(name, action, was) for action in seen.ends]
        going_on = len(seen.stays) + len(seen.turns)
        numbers.append(Number(name, going_on + len(seen.ends), going_on + len(seen.begins)))
    fields = {field.path for field in change.fields}
    goes_on = before is not None and bool(_running(before) & _running(after))
    return Effects(
        turns=tuple(turns),
        begins=tuple(begins),
        ends=tuple(ends),
        numbers=tuple(numbers),
        before=_number(before),
        after=_number(after),
        moved=(was, now) if goes_on and was != now else None,
        other_sheet=goes_on and "sheet_link" in fields,
        other_assistant=goes_on and "assistant_id" in fields,
    )


def _given(case: UseCase | None) -> Counter[Action]:
    return Counter(case.actions if case and case.contacts_somebody else ())


def _running(group: Group) -> set[str]:
    return {case.use_case for case in group.use_cases if case.contacts_somebody}


def _number(group: Group | None) -> int:
    cases = group.use_cases if group else ()
    return sum(len(case.actions) for case in cases if case.contacts_somebody)


def _hour(group: Group | None) -> Hour:
    return Hour(group.start_time, group.timezone) if group else Hour(None, None)
