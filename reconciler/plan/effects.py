"""What patients notice of a change, and what of it somebody should look at twice.

Pure: no I/O. Only enabled use cases contact anybody; the others are prepared or switched off.
"""

from dataclasses import dataclass

from reconciler.model import Action, Group
from reconciler.plan.nouns import Change, UseCaseChange


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
