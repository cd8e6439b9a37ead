"""What one patient gets at most: somebody who is on every list of a sheet. Pure: no I/O.

How often a patient is contacted no single use case says: those of a group read one sheet, and
so may several groups. Nobody here knows who is on which list, so the worst case is taken.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.model import Group, Key, UseCase

WEEK: Final = 7
"""Days that are looked at together, whichever they begin with."""
A_DAY: Final = 1
A_WEEK: Final = 3
"""Texts and calls that are not too many, on a day and within such a week: see the rule
contacts-per-day."""


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody gets who is on every list of some groups.

    Attributes:
        days: How many texts and calls there are on a day, by `action_type`; days without any are
            not there.
        weeks: How many there are on a day and the six after it, likewise.
        parties: Which use cases of which groups they come from, on a day.
    """

    days: Mapping[int, Counter[str]]
    weeks: Mapping[int, Counter[str]]
    parties: Mapping[int, Sequence[tuple[Key, UseCase]]]

    def fullest(self, days: Iterable[int]) -> int | None:
        """Return the first day of the fullest week that has one of some days; None without any.

        Of as many the one that comes first by its number.
        """
        begins = {
            begin for day in days for begin in range(day - WEEK + 1, day + 1) if begin in self.weeks
        }
        return min(begins, key=lambda day: (-self.weeks[day].total(), day), default=None)


def load(groups: Iterable[Group]) -> Load:
    """Return what somebody gets who is on every list of some groups."""
    days = defaultdict[int, Counter[str]](Counter)
    parties = defaultdict[int, list[tuple[Key, UseCase]]](list)
    for group in groups:
        for case in group.use_cases:
            on = {action.day for action in case.actions if case.enabled}
            for day in sorted(on):
                parties[day].append((group.key, case))
            for action in case.actions if case.enabled else ():
                days[action.day][action.action_type] += 1
    weeks = {day: _sum(days.get(day + more) for more in range(WEEK)) for day in tuple(days)}
    return Load(days, weeks, parties)


def _sum(counters: Iterable[Counter[str] | None]) -> Counter[str]:
    total = Counter[str]()
    for counter in counters:
        if counter:
            total.update(counter)
    return total
