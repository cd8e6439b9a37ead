"""What one patient may get, before and after a plan: somebody who is on every list of a sheet.

Pure: no I/O. All live groups count, those without a file too: they contact the same people. Sheets
are told apart by their document, and never shown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.lint.patient import A_DAY, A_WEEK, WEEK, Load, load
from reconciler.model import Group
from reconciler.plan.nouns import Change, Plan, Subject
from reconciler.text.sheets import sheet_of


@dataclass(frozen=True, slots=True)
class Busiest:
    """How much one patient may get on the busiest day or in the busiest week that changes.

    Attributes:
        first: The day.
        last: The same, or the last one of the week.
        before: How many texts and calls there were, by `action_type`.
        after: How many there are to be.
        subjects: The changes that are about the sheet, in the order of the plan.
        names: Names of the groups that contact the patient then, after the plan, in order.
    """

    first: int
    last: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    subjects: tuple[Subject, ...]
    names: tuple[str, ...]

    @property
    def busier(self) -> bool:
        """Whether it becomes more."""
        return sum(self.after.values()) > sum(self.before.values())


def busiest(plan: Plan) -> tuple[Busiest, ...]:
    """Return where a patient may get another number of texts and calls than before, and too many.

    For each sheet at most a day and a week: of those that change the one that has or had most, and
    of as many the one that has most now, and comes first by its number. Sheets come in the order of
    the plan.
    """
    touched: dict[str, list[Change]] = {}
    after = {str(group.group_id): group for group in plan.live}
    for change in plan.changes:
        now = change.expected()
        after[str(change.before.group_id) if change.before else str(change.key)] = now
        for sheet in dict.fromkeys(_sheet(group) for group in (change.before, now) if group):
            touched.setdefault(sheet, []).append(change)
    had, has = _by_sheet(plan.live, touched), _by_sheet(after.values(), touched)
    return tuple(
        one
        for sheet, changes in touched.items()
        for one in _of_sheet(had.get(sheet, []), has.get(sheet, []), changes)
    )


def _of_sheet(had: list[Group], has: list[Group], changes: list[Change]) -> Iterator[Busiest]:
    was, now = load(had), load(has)
    subjects = tuple(change.subject for change in changes)
    for before, after, length, most in (
        (was.days, now.days, 1, A_DAY),
        (was.weeks, now.weeks, WEEK, A_WEEK),
    ):
        first = _worst(before, after, most)
        if first is not None:
            none = Counter[str]()
            names = _names(has, now, range(first, first + length))
            yield Busiest(
                first=first,
                last=first + length - 1,
                before=before.get(first, none),
                after=after.get(first, none),
                subjects=subjects,
                names=names,
            )


def _worst(
    before: Mapping[int, Counter[str]], after: Mapping[int, Counter[str]], most: int
) -> int | None:
    none = Counter[str]()
    sizes = {
        day: (before.get(day, none).total(), after.get(day, none).total())
        for day in before.keys() | after.keys()
        if before.get(day, none) != after.get(day, none)
    }
    told = [day for day, numbers in sizes.items() if max(numbers) > most]
    return min(told, key=lambda day: (-max(sizes[day]), -sizes[day][1], day), default=None)


def _names(groups: Iterable[Group], now: Load, days: range) -> tuple[str, ...]:
    keys = {key for day in days for key, _ in now.parties.get(day, ())}
    return tuple(dict.fromkeys(group.name for group in groups if group.key in keys))


def _by_sheet(groups: Iterable[Group], wanted: Mapping[str, object]) -> dict[str, list[Group]]:
    found = defaultdict[str, list[Group]](list)
    for group in groups:
        if (sheet := _sheet(group)) in wanted:
            found[sheet].append(group)
    return found


def _sheet(group: Group) -> str:
    """Return which sheet a group reads; one without any has nobody else's people."""
    if group.sheet_link is None:
        return f"none {group.key}"
    return sheet_of(group.sheet_link.get_secret_value())
