"""Use cases that begin to contact people whom a live use case contacts already.

Pure: no I/O. What is live and in no file goes on. So whatever a plan adds or switches on beside it
may contact the same people twice: in the same group, where a use case was renamed, respelled or
replaced; or by the same sheet, where a group was copied in the dashboard and is in no file.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from reconciler.model import USE_CASE, Group, UseCase
from reconciler.plan.guards import USE_CASE_RENAMES, guard
from reconciler.plan.look_alikes import contact, fold, sheet, texts
from reconciler.plan.nouns import Change, Guard, UseCaseChange

_Beside = tuple[str, str, str]
"""A live use case, what it shares, and how it is ended, in words."""


def use_case_guards(
    changes: Sequence[Change], strays: Collection[Group], ended: Collection[str]
) -> Iterator[Guard]:
    """Yield a guard for each use case that would begin to contact, as a live one does already.

    Args:
        changes: Of the plan.
        strays: Live groups without a file.
        ended: Ids of those that contact nobody once this plan is carried out.
    """
    by_sheet: dict[str, list[Group]] = defaultdict(list)
    for stray in strays:
        if stray.sheet_link and str(stray.group_id) not in ended:
            by_sheet[sheet(stray.sheet_link)].append(stray)
    for change in changes:
        for part in change.use_cases if change.before else ():
            if not _begins(part):
                continue
            found = next(_same_group(change, part.after), None) or next(
                _same_sheet(change, part.after, by_sheet), None
            )
            if found:
                beside, shared, remedy = found
                begins = "would get the use case" if part.action == "add" else "would switch on"
                yield guard(
                    USE_CASE_RENAMES,
                    f"{change.key} {begins} {part.use_case} beside the live {beside}, which has"
                    f" {shared}, stays enabled and is not in the file",
                    remedy,
                    file=change.declared.file,
                    line=change.declared.position(f"use_cases.{part.use_case}")[0],
                )


def _begins(part: UseCaseChange) -> bool:
    was = part.before is not None and part.before.contacts_somebody
    return part.after.contacts_somebody and not was


def _same_group(change: Change, after: UseCase) -> Iterator[_Beside]:
    """Yield the use cases of the live group that go on beside one, and contact for the same."""
    named = {part.use_case for part in change.declared.group.use_cases}
    named |= {part.use_case for part in change.use_cases}
    for part in change.before.use_cases if change.before else ():
        shared = _shared(after, part)
        if part.contacts_somebody and part.use_case not in named and shared:
            yield part.use_case, shared, _end(part.use_case)


def _same_sheet(
    change: Change, after: UseCase, by_sheet: Mapping[str, Sequence[Group]]
) -> Iterator[_Beside]:
    """Yield the use cases of groups without a file that contact the same people for the same."""
    link = change.expected().sheet_link
    for stray in by_sheet.get(sheet(link), ()) if link else ():
        for part in stray.use_cases:
            if part.contacts_somebody and (shared := _shared(after, part)):
                beside = f"{part.use_case} of {stray.key} ({stray.group_id})"
                remedy = f"switch {stray.key} off in the dashboard, or leave this one off"
                yield beside, f"the same sheet and {shared}", remedy


def _shared(one: UseCase, other: UseCase) -> str:
    """Return in words by what two use cases contact people for the same; empty if by nothing."""
    if contact(one)[1] == contact(other)[1]:
        return "the same actions"
    if one.use_case == other.use_case:
        return "the same name"
    if fold(one.use_case) == fold(other.use_case):
        return "the same name but for its spelling"
    return "the same texts on other days" if texts(one) == texts(other) else ""


def _end(twin: str) -> str:
    """Return how a live use case is ended: in the file, where that can hold its name."""
    if re.fullmatch(USE_CASE, twin):
        return f"if {twin} was renamed, add it to the file with `enabled: false`"
    return f"if {twin} was renamed, switch it off in the dashboard: no file can hold its name"
