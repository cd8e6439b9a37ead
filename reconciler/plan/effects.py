"""What patients notice of a change, and what of it somebody should look at twice.

Pure: no I/O. Only enabled use cases contact anybody; the others are prepared or switched off.
"""

from collections import Counter
from dataclasses import dataclass

from reconciler.model import Action, Group, UseCase
from reconciler.plan.nouns import Change


@dataclass(frozen=True, slots=True)
class Course:
    """What patients get of one use case, before and after; actions once per repetition.

    Attributes:
        stays: Texts and calls that they got and get, in the order of the file.
        begins: Those that they newly get, likewise.
        ends: Those that they get no more, the highest day first: what order live has means nothing.
    """

    stays: tuple[Action, ...]
    begins: tuple[Action, ...]
    ends: tuple[Action, ...]


def course(before: UseCase | None, after: UseCase | None) -> Course:
    """Return what begins and ends between two states of a use case; None is "not there"."""
    had, has = _given(before), _given(after)
    return Course(
        stays=tuple((has & had).elements()),
        begins=tuple((has - had).elements()),
        ends=tuple(sorted((had - has).elements(), key=_sort_key)),
    )


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
class Effects:
    """What patients notice of one change.

    Attributes:
        begins: Texts and calls that they newly get, by use case, in the order of the file.
        ends: Texts and calls that they get no more.
        moved: Hours before and after, if texts and calls that go on go out at another time; else
            None.
        other_sheet: Whether the people come from another sheet.
        other_assistant: Whether calls are spoken by another assistant.
    """

    begins: tuple[Contact, ...]
    ends: tuple[Contact, ...]
    moved: tuple[Hour, Hour] | None
    other_sheet: bool
    other_assistant: bool


def effects(change: Change) -> Effects:
    """Return what patients notice of a change."""
    before, after = change.before, change.expected()
    was, now = _hour(before), _hour(after)
    begins: list[Contact] = []
    ends: list[Contact] = []
    for part in change.use_cases:
        seen = course(part.before, part.after)
        begins += [Contact(part.use_case, action, now) for action in seen.begins]
        ends += [Contact(part.use_case, action, was) for action in seen.ends]
    fields = {field.path for field in change.fields}
    goes_on = before is not None and bool(_running(before) & _running(after))
    return Effects(
        begins=tuple(begins),
        ends=tuple(ends),
        moved=(was, now) if goes_on and was != now else None,
        other_sheet=goes_on and "sheet_link" in fields,
        other_assistant=goes_on and "assistant_id" in fields,
    )


def _given(case: UseCase | None) -> Counter[Action]:
    return Counter(case.actions if case and case.contacts_somebody else ())


def _sort_key(action: Action) -> tuple[int, str, str, str]:
    return -action.day, action.action_type, action.template_name, action.context


def _running(group: Group) -> set[str]:
    return {case.use_case for case in group.use_cases if case.contacts_somebody}


def _hour(group: Group | None) -> Hour:
    return Hour(group.start_time, group.timezone) if group else Hour(None, None)
