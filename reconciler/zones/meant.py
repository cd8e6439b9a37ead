"""What somebody meant by a name that is no time zone, or no place's: known, or not guessed.

A wrong zone contacts people at another hour, and nobody sees it in a plan. So whatever is named
here is known: from the tables of `places`, from the names of the tz database, or because it is
spelt as a place of these is but for

- case, accents, and what stands between words: `america/new york`;
- the region before it, if there is none or another word for America: `Chicago`, `US/Chicago`;
- one slip in the place (a letter more, fewer, another, or two neighbours swapped), or else in the
  region: `America/Chicgo`, `Amercia/Chicago`. The place then has five letters or more and its first
  letter, the region is the right one, and all places so near have the same clocks.

What several may be meant by is told with all of them; an offset is never made a zone.

Pure: no I/O but through `zones` and `places`.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import chain, groupby
from typing import Final

from reconciler import zones
from reconciler.zones import places
from reconciler.zones.places import Place

LOOK_UP: Final = (
    "look up which name the tz database has for these clocks: docs/group-files.md lists those of"
    " North America, `timedatectl list-timezones` all"
)

_SHORT: Final = 5
"""Letters that a place of the tz database must have for a slip in it to be told from another."""
_SHORT_CITY: Final = 8
"""Likewise a city or state of a table: there are more of them that are spelt alike."""
_LONGEST: Final = 60
_AMERICAN: Final = frozenset(
    ["", "america", "us", "usa", "unitedstates", "northamerica", "canada", "mexico"]
)
_SAME: Final = {"saint": "st", "fort": "ft", "mount": "mt"}
_BEFORE: Final = re.compile(
    r"^(north america|america|united states|usa?)\b(?=.*\w)[\W_]*", re.IGNORECASE
)
_AFTER: Final = re.compile(
    r"[\W_]+(standard|daylight|savings?|time|zone|timezone|usa?|united states)\W*$", re.IGNORECASE
)
_OFFSET: Final = re.compile(
    r"\(?\s*(?P<kind>etc/gmt|etc/utc|utc|gmt)?\s*(?P<sign>[+\-\u2212])\s*(?P<hours>\d{1,2})"
    r"(?::?(?P<minutes>[0-5]\d))?\s*\)?",
    re.IGNORECASE,
)


def remedy(written: str) -> str:
    """Return what to write instead of a name that is no time zone: a sentence without full stop."""
    offset = _OFFSET.fullmatch(written.strip())
    if offset:
        return _of_offset(offset)
    return did_you_mean(meant(written)) or LOOK_UP


def did_you_mean(found: Iterable[Place]) -> str:
    """Return "did you mean X (why) or Y (why)?", or an empty text for nothing."""
    told = [f"{place.zone} ({place.what})" if place.what else place.zone for place in found]
    *some, last = told or [""]
    return f"did you mean {', '.join(some)}{' or ' if some else ''}{last}?" if last else ""


def meant(written: str) -> tuple[Place, ...]:
    """Return the zones that may be meant, no two of them one; none if that is not known."""
    if len(written) > _LONGEST:
        return ()
    readings = [*_readings(written)]
    looked_up = chain(*(map(find, readings) for find in (_exactly, _in_state, _near)))
    return next(filter(None, looked_up), ())


def successors(name: str) -> tuple[Place, ...]:
    """Return what to write instead of a zone whose name is no place's today.

    That is today's name of its place, or, for a name that is no place's, all that may be meant.
    """
    own = places.SUCCESSORS.get(name) or zones.modern_name(name)
    word = name.removeprefix("Etc/")
    known = () if "/" in word else _known().get(_letters(word), ())
    return _merged([*known, *([Place(own)] if own else ())])


def _readings(written: str) -> Iterator[str]:
    """Yield what is written, and then with less and less around it."""
    text = _OFFSET.sub("", written, count=1).strip() if _OFFSET.match(written) else written
    parts = [text, re.sub(r"\(.*?\)", " ", text), *re.split(r"\s-\s|[()]", text)]
    for part in dict.fromkeys(part.strip() for part in parts if _letters(part)):
        yield part
        yield from _shorter(_AFTER, part)


def _shorter(edge: re.Pattern[str], text: str) -> Iterator[str]:
    while (once := edge.sub("", text)) != text:
        text = once
        yield text


def _letters(text: str) -> str:
    """Return text as it is compared: lower case, without accents and what stands between words."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(_SAME.get(word, word) for word in re.findall(r"[^\W_]+", plain))


@cache
def _known() -> dict[str, tuple[Place, ...]]:
    """Return the places of all words, states and cities, by their letters."""
    found: dict[str, list[Place]] = {}
    listed = [*places.words()]
    for name, of_state in places.states().values():
        listed += [(name, place) for place in of_state]
    for (city, code), place in places.cities().items():
        listed += [(city, place), (f"{city} {places.states()[code][0]}", place)]
        listed += [(f"{city} {code}", place), (f"{places.states()[code][0]} {city}", place)]
    for name, place in listed:
        found.setdefault(_letters(name), []).append(place)
    known = {letters: _merged(of_name) for letters, of_name in found.items()}
    codes = {_letters(code): of_state for code, (_, of_state) in places.states().items()}
    return codes | known  # CT is Central Time before it is Connecticut


def _merged(found: Iterable[Place]) -> tuple[Place, ...]:
    first: dict[str, Place] = {}
    for place in found:
        first.setdefault(place.zone, place)
    return tuple(first.values())


def _exactly(reading: str) -> tuple[Place, ...]:
    """Return the places that are called so, in the tables and in the tz database."""
    without = (_listed(bare) for bare in _shorter(_BEFORE, reading))
    in_tables = _listed(reading) or next(filter(None, without), ())
    named = _same(reading)
    return _merged([*named, *in_tables] if "/" in reading else [*in_tables, *named])


def _listed(reading: str) -> tuple[Place, ...]:
    """Return the places that a table has; of several names, as in EST/EDT, what they share."""
    one = _known().get(_letters(reading))
    if one:
        return one
    first, *others = (_known().get(_letters(part), ()) for part in reading.split("/"))
    shared = ({place.zone for place in other} for other in others)
    zones_of_all = {place.zone for place in first if others}.intersection(*shared)
    return tuple(place for place in first if place.zone in zones_of_all)


def _in_state(reading: str) -> tuple[Place, ...]:
    """Return the zones of the state that a place is said to be in, as `Salem, OR` is."""
    city, comma, state = (part.strip() for part in re.sub(r"[/_]", " ", reading).rpartition(","))
    for code, (name, of_state) in places.states().items():
        if comma and city and _letters(state) in (_letters(code), _letters(name)):
            return of_state
        if re.search(rf"\w\W+{code}$", reading) and not _BEFORE.match(reading):
            return of_state
    return ()


def _same(reading: str) -> tuple[Place, ...]:
    """Return the place of the tz database that is spelt so, its region aside if it has to be."""
    region, place = _parts(reading)
    return _merged(
        one.means
        for one in _spellings()
        if _letters(reading) == one.region + one.place
        or (place == one.place and (region in one.regions or (not region and one.current)))
    )


def _near(reading: str) -> tuple[Place, ...]:
    """Return the place that is spelt so but for one slip, if all that are have the same clocks."""
    region, place = _parts(reading)
    found = _merged(
        one.means
        for one in (*_spellings(), *_towns())
        if (one.place == place and one.current and _one_slip(region, one.region))
        or (
            region in one.regions
            and len(one.place) >= one.shortest
            and one.place[0] == place[0]
            and _one_slip(place, one.place)
        )
    )
    return found[:1] if len({zones.clocks(one.zone) for one in found}) == 1 else ()


def _parts(reading: str) -> tuple[str, str]:
    """Return the region and the place of what is written, in letters."""
    region, _, place = reading.rstrip("/").rpartition("/")
    return _letters(region), _letters(place)


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How a place is written, in letters.

    Attributes:
        region: What stands before it.
        place: Its last part.
        means: Its zone.
        current: Whether this is a name of today.
        shortest: Letters that it must have for a slip in it to be told from another place.
    """

    region: str
    place: str
    means: Place
    current: bool
    shortest: float

    @property
    def regions(self) -> frozenset[str]:
        """All that is written for its region."""
        return _AMERICAN if self.region == "america" else frozenset({self.region})


@cache
def _spellings() -> tuple[_Spelling, ...]:
    """Return all places of the tz database, those with a name of today first."""
    found = []
    for name in sorted(zones.names(), key=lambda name: (not zones.is_current(name), name)):
        region, place = _parts(name)
        if zones.is_current(name):
            found.append(_Spelling(region, place, Place(name), True, _SHORT))
        elif own := places.SUCCESSORS.get(name) or zones.modern_name(name):
            what = Place(own, "" if own.endswith(f"/{name}") else f"once {name}")
            found.append(_Spelling(region, place, what, False, math.inf))
    return tuple(found)


@cache
def _towns() -> tuple[_Spelling, ...]:
    """Return the cities and states of the tables."""
    named = [(name, found[0]) for name, found in places.states().values()]
    named += [(city, place) for (city, _), place in places.cities().items()]
    return tuple(
        _Spelling("america", _letters(name), place, False, _SHORT_CITY) for name, place in named
    )


def _one_slip(one: str, other: str) -> bool:
    """Return whether words that differ do so in one letter, or in two neighbours, swapped."""
    begin = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    rest, there = one[begin:], other[begin:]
    swapped = rest[:2] == there[1::-1] and rest[2:] == there[2:] and len(rest) > 1
    return swapped or rest[1:] == there[1:] or rest[1:] == there or rest == there[1:]


def _of_offset(offset: re.Match[str]) -> str:
    """Return why an offset is no zone, and whose clocks show it for a part of the year."""
    ahead = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
    behind = (offset["sign"] != "+") != ((offset["kind"] or "").casefold() == "etc/gmt")
    wanted = -ahead if behind else ahead
    shown = [name for name in places.NORTH_AMERICA if wanted in zones.clocks(name)]
    why = "an offset is no time zone, since most clocks change"
    if not shown:
        return f"{why}; {LOOK_UP}"

    def order(name: str) -> tuple[bool, bool]:
        january, july = zones.clocks(name)
        return january != wanted, january == july

    alike = groupby(sorted(shown, key=order), key=zones.clocks)
    told = [f"{', '.join(names)} ({_year(clocks)})" for clocks, names in alike]
    return f"{why}: {_offset_text(wanted)} is that of {'; '.join(told)}"


def _year(clocks: tuple[timedelta, timedelta]) -> str:
    january, july = map(_offset_text, clocks)
    return f"{january} all year" if january == july else f"{january} in January, {july} in July"


def _offset_text(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
