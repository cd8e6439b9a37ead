"""Time zones from the `tzdata` package, so that machines agree: names, offsets, clock changes.

Pure: no I/O but reading that package's own files, once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Final, Literal
from zoneinfo import ZoneInfo

YEAR: Final = 366
"""Days that are looked ahead."""

_DATA: Final = files("tzdata")


@dataclass(frozen=True, slots=True)
class Shift:
    """One change of a zone's clocks.

    Attributes:
        kind: `gap` if local times are skipped, `fold` if they happen twice.
        day: The local date.
        begin: First local time of the gap or fold.
        end: Local time at which it is over; may be on the next day.
    """

    kind: Literal["gap", "fold"]
    day: date
    begin: datetime
    end: datetime

    def holds(self, at: time) -> bool:
        """Return whether a time of day is skipped or happens twice."""
        moment = datetime.combine(self.day, at)
        return any(self.begin <= other < self.end for other in (moment, moment + timedelta(days=1)))


@cache
def names() -> frozenset[str]:
    """Return all names of the tz database, links and legacy names included."""
    return frozenset(_DATA.joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """Return a zone by one of its names."""
    with _DATA.joinpath("zoneinfo", *name.split("/")).open("rb") as content:
        return ZoneInfo.from_file(content, key=name)


@cache
def is_current(name: str) -> bool:
    """Return whether a name is one of a place where people live, or UTC.

    Whether it is a link is the wrong test: `Europe/Oslo` is one, and fine.
    """
    return name == "UTC" or name in _places()


@cache
def modern_name(name: str) -> str:
    """Return the name of a place that a legacy name is a link to; empty if there is none."""
    target = _links().get(name, "")
    return target if is_current(target) else ""


@cache
def clocks(name: str) -> tuple[timedelta, timedelta]:
    """Return how far a zone is ahead of UTC in January and in July, as known for the coming year.

    That is the year after the one in which the package was published: what has been decided by then
    is in it.
    """
    year = int(_lines("tzdata.zi")[0].split()[-1][:4]) + 1  # "# version 2026f"
    january, july = (
        _offset(zone(name), datetime(year, month, 15, 12, tzinfo=UTC)) for month in (1, 7)
    )
    return january, july


@cache
def same(name: str, other: str) -> bool:
    """Return whether two names, case aside, are of one zone: all its clocks ever, by the data."""
    known = {found.casefold(): found for found in names()}
    here, there = known.get(name.casefold()), known.get(other.casefold())
    if here is None or there is None:
        return False
    return here == there or _content(here) == _content(there)


def _content(name: str) -> bytes:
    return _DATA.joinpath("zoneinfo", *name.split("/")).read_bytes()


@cache
def shifts(name: str, today: date) -> tuple[Shift, ...]:
    """Return the changes of a zone's clocks in the year from a day on."""
    return tuple(_shifts(zone(name), today))


@cache
def differences(name: str, other: str, today: date) -> tuple[timedelta, ...]:
    """Return how far another zone is ahead, sorted; it may vary in the year from a day on."""
    here, there = zone(name), zone(other)
    noons = (
        datetime.combine(today + timedelta(days=number), time(12), UTC) for number in range(YEAR)
    )
    return tuple(sorted({_offset(there, noon) - _offset(here, noon) for noon in noons}))


def next_run(at: time, name: str, now: datetime) -> datetime:
    """Return when a local time comes next, in the zone.

    A time that is skipped comes as much later as clocks jump.

    Args:
        at: Local time of day.
        name: Of the zone.
        now: With a time zone.
    """
    today = now.astimezone(zone(name)).date()
    days = (datetime.combine(today + timedelta(days=number), at, zone(name)) for number in count())
    # There and back, since a local time that does not exist has no place of its own.
    moments = (moment.astimezone(UTC).astimezone(zone(name)) for moment in days)
    return next(moment for moment in moments if moment > now)


def _shifts(where: ZoneInfo, today: date) -> Iterator[Shift]:
    start = datetime.combine(today, time(), UTC)
    for number in range(YEAR):
        begin = start + timedelta(days=number)
        before, after = _offset(where, begin), _offset(where, begin + timedelta(days=1))
        if before == after:
            continue
        early, late = 0, 24 * 3600
        while late - early > 1:
            middle = (early + late) // 2
            if _offset(where, begin + timedelta(seconds=middle)) == before:
                early = middle
            else:
                late = middle
        moment = (begin + timedelta(seconds=late)).replace(tzinfo=None)
        edges = sorted((moment + before, moment + after))
        yield Shift("gap" if after > before else "fold", edges[0].date(), *edges)


def _offset(where: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(where).utcoffset() or timedelta()


@cache
def _places() -> frozenset[str]:
    """Return the zones that the tz database lists by where people live."""
    rows = [
        line.split("\t")
        for table in ("zone.tab", "zone1970.tab")
        for line in _lines(table)
        if not line.startswith("#")
    ]
    return frozenset(row[2] for row in rows)


@cache
def _links() -> dict[str, str]:
    """Return what each link is a link to."""
    links = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {link: target for _, target, link in links}


def _lines(table: str) -> list[str]:
    return _DATA.joinpath("zoneinfo", table).read_text(encoding="utf-8").splitlines()
