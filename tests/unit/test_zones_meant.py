"""The tables of places, and what is said to somebody who named no time zone."""

import re

import pytest

from reconciler import zones
from reconciler.zones import places
from reconciler.zones.meant import LOOK_UP, meant, remedy, successors
from reconciler.zones.places import Place

EVERY = [
    *(place for _, place in places.words()),
    *(place for _, found in places.states().values() for place in found),
    *places.cities().values(),
    *map(Place, places.NORTH_AMERICA),
    *map(Place, places.SUCCESSORS.values()),
]


def clocks(name: str) -> tuple[float, ...]:
    """Return hours ahead of UTC in January and July."""
    return tuple(offset.total_seconds() / 3600 for offset in zones.clocks(name))


def test_e_every_zone_of_the_tables_is_one_of_today() -> None:
    """No old name, and none that the tz database does not have."""
    assert [place for place in EVERY if not zones.is_current(place.zone)] == []


def test_e_what_is_said_to_be_so_all_year_is() -> None:
    """Where clocks change by law, the words that say so change with them."""
    said = [place for place in EVERY if "all year" in place.what]
    assert len(said) > 5
    for place in said:
        january, july = clocks(place.zone)
        assert january == july, place
        if ":00 all year" in place.what:
            offset = place.what.split(" all year")[0].split()[-1]
            assert float(offset.removesuffix(":00")) == january, place


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("ET EST EDT Eastern EST5EDT", (-5, -4)),
        ("CT CST CDT Central CST6CDT", (-6, -5)),
        ("MT MST MDT Mountain MST7MDT", (-7, -6)),
        ("PT PST PDT Pacific PST8PDT", (-8, -7)),
        ("AKT AKST AKDT", (-9, -8)),
        ("HT HST Hawaiian", (-10, -10)),
        ("HDT HADT Aleutian", (-10, -9)),
        ("AT AST ADT Atlantic", (-4, -3)),
        ("NT NST NDT Newfoundland", (-3.5, -2.5)),
        ("ChST", (10, 10)),
        ("SST", (-11, -11)),
        ("Z Zulu UCT GMT", (0, 0)),
    ],
)
def test_e_abbreviations_have_the_clocks_that_they_name(
    words: str, hours: tuple[float, ...]
) -> None:
    """The first that is named, in any case and with what people write around it."""
    for word in words.split():
        for written in (word, word.lower(), f"US/{word}", f"{word} time", f"{word} (US & Canada)"):
            assert clocks(meant(written)[0].zone) == hours, written


def test_e_windows_names_are_as_far_from_utc_as_they_say() -> None:
    """By the names that say so themselves; the table is not made of these."""
    zone_of = {name: place.zone for name, place in places.words() if place.what == "as in Windows"}
    assert len(zone_of) > 130
    for word, standard in {
        "Eastern": -5,
        "Central": -6,
        "Mountain": -7,
        "Pacific": -8,
        "Alaskan": -9,
        "Hawaiian": -10,
        "Atlantic": -4,
        "Newfoundland": -3.5,
        "US Mountain": -7,
        "US Eastern": -5,
        "Canada Central": -6,
        "Tokyo": 9,
        "India": 5.5,
        "GMT": 0,
        "W. Europe": 1,
        "FLE": 2,
    }.items():
        assert clocks(zone_of[f"{word} Standard Time"])[0] == standard, word
    assert zone_of["Central Standard Time (Mexico)"] == "America/Mexico_City"
    assert all(meant(name)[-1:] for name in zone_of)


def test_e_cities_are_in_a_zone_of_their_state() -> None:
    """Or in one with the same clocks, as Louisville's are New York's."""
    codes = {code for _, code in places.cities()}
    assert codes <= {*places.states()}
    for (city, code), place in places.cities().items():
        of_state = {clocks(item.zone) for item in places.states()[code][1]}
        assert clocks(place.zone) in of_state, (city, code)


def test_e_every_city_is_found_however_it_is_written() -> None:
    """With its own zone among those that are named, and no zone that no namesake has."""
    assert len(places.cities()) >= 100
    for (city, code), place in places.cities().items():
        state = places.states()[code][0]
        for written in (f"{city}, {code}", f"{city}, {state}", f"{city} {code}, USA"):
            assert place.zone in [item.zone for item in meant(written)], written
            assert {clocks(item.zone) for item in meant(written)} == {clocks(place.zone)}, written
        under, alike = city.replace(" ", "_"), namesakes(city)
        for written in (city, city.upper(), under, f"America/{under}", f"US/{under}"):
            named = [item.zone for item in meant(written)]
            if written not in zones.names():
                assert place.zone in named, written
                assert {*named} <= alike, written


def namesakes(city: str) -> set[str]:
    """Return the zones of all that is called so: cities, states, and places of the tz database."""

    def alike(name: str) -> bool:
        one, other = (
            re.sub("[^a-z]", "", text.casefold().replace("saint", "st")) for text in (name, city)
        )
        return one == other

    called = {item.zone for (name, _), item in places.cities().items() if alike(name)}
    for code, (name, found) in places.states().items():
        called |= {item.zone for item in found if alike(code) or alike(name)}
    return called | {name for name in zones.names() if alike(name.rpartition("/")[2])}


def test_e_every_state_is_found_with_all_its_zones() -> None:
    """Texas has two; Connecticut's code is Central Time before it is that."""
    assert len(places.states()) == 56
    for code, (name, found) in places.states().items():
        for written in {name, name.lower(), f"US/{name.replace(' ', '_')}"} - zones.names():
            named = {item.zone for item in meant(written)}
            assert {item.zone for item in found} <= named, written
        assert meant(f"Nowhere, {code}") == found
    assert meant("CT") == (Place("America/Chicago", "Central Time"),)
    assert meant("TX") == meant("Texas")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("America/Dallas", "did you mean America/Chicago (Dallas, Texas)?"),
        ("San_Francisco", "did you mean America/Los_Angeles (San Francisco, California)?"),
        ("Central Time", "did you mean America/Chicago (Central Time)?"),
        ("Central Standard Time", "did you mean America/Chicago (Central Time)?"),
        (
            "Texas",
            "did you mean America/Chicago (Texas) or America/Denver (Texas, El Paso)?",
        ),
        (
            "Mountain Standard Time",
            (
                "did you mean America/Denver (Mountain Time) or America/Phoenix (Arizona, -07:00"
                " all year)?"
            ),
        ),
        ("US Mountain Standard Time", "did you mean America/Phoenix (as in Windows)?"),
        (
            "CST",
            (
                "did you mean America/Chicago (Central Time), America/Regina (Saskatchewan, -06:00"
                " all year), America/Havana (Cuba) or Asia/Shanghai (China)?"
            ),
        ),
        ("(UTC-06:00) Central Time (US & Canada)", "did you mean America/Chicago (Central Time)?"),
        ("GMT-06:00 Central Time - Chicago", "did you mean America/Chicago (Central Time)?"),
        ("EST/EDT", "did you mean America/New_York (Eastern Time)?"),
        ("America/Chicgo", "did you mean America/Chicago?"),
        ("America/Chciago", "did you mean America/Chicago?"),
        ("Amercia/Chicago", "did you mean America/Chicago?"),
        ("america/new york", "did you mean America/New_York?"),
        ("Canada/Toronto", "did you mean America/Toronto?"),
        ("Europe/Zürich", "did you mean Europe/Zurich?"),
        ("Europe/Londn", "did you mean Europe/London?"),
        ("Montreal", "did you mean America/Toronto (once America/Montreal)?"),
        (
            "Vancouver",
            "did you mean America/Los_Angeles (Vancouver, Washington) or America/Vancouver?",
        ),
        ("America/Monterey", "did you mean America/Los_Angeles (Monterey, California)?"),
        ("San Fransisco", "did you mean America/Los_Angeles (San Francisco, California)?"),
        ("Dallas/Houston", "did you mean America/Chicago (Dallas, Texas)?"),
        ("Dallas/Boston", LOOK_UP),
        *(
            (
                written,
                (
                    "did you mean America/Los_Angeles (Oregon) or America/Boise (Oregon, Malheur"
                    " County)?"
                ),
            )
            for written in ("Salem, OR", "Salem OR", "salem, oregon", "Salem, Oregon, USA")
        ),
        ("America/Rome", LOOK_UP),
        ("America/London", LOOK_UP),
        ("Africa/Bangul", LOOK_UP),  # Bangui or Banjul, with an hour between them
        ("America/Edmoston", LOOK_UP),  # Edmonton in Alberta or Edmonston in Maryland
        ("America/Salem", LOOK_UP),
        ("Londn", LOOK_UP),
        ("Asia/Boston", LOOK_UP),
        ("Springfield", LOOK_UP),
        ("", LOOK_UP),
        ("/", LOOK_UP),
        ("()", LOOK_UP),
        ("America/", LOOK_UP),
        ("time zone", LOOK_UP),
        ("x" * 5000, LOOK_UP),
        ("America/" + " time" * 11, LOOK_UP),
    ],
)
def test_e_what_is_said(written: str, said: str) -> None:
    """Known, or nearly spelt so within one place's name, or how to look it up."""
    assert remedy(written) == said


@pytest.mark.parametrize(
    "written", ["UTC-6", "utc -6", "GMT-06:00", "-06:00", "-0600", "Etc/GMT+6", "UTC\u22126"]
)
def test_e_an_offset_is_no_zone(written: str) -> None:
    """None is fixed; whose clocks show it is named, with what they show at another time."""
    said = remedy(written)
    assert said.startswith("an offset is no time zone, since most clocks change: -06:00 is that of")
    assert "America/Chicago (-06:00 in January, -05:00 in July)" in said
    assert "America/Denver (-07:00 in January, -06:00 in July)" in said
    assert "America/Regina" in said
    assert "Etc/" not in said


@pytest.mark.parametrize("written", ["+05:30", "UTC+99", "Etc/GMT-5"])
def test_e_an_offset_of_elsewhere(written: str) -> None:
    """Nobody in North America lives by it."""
    assert remedy(written) == f"an offset is no time zone, since most clocks change; {LOOK_UP}"


def test_e_old_names_and_what_they_are_today() -> None:
    """Of their own place, which is not always the one that they are a link to."""
    for name, own in places.SUCCESSORS.items():
        assert zones.modern_name(name) != own
        assert zones.clocks(name)[0] == zones.clocks(own)[0], name
    for name in zones.names():
        if not zones.is_current(name):
            assert all(zones.is_current(place.zone) for place in successors(name)), name
    assert successors("US/Central") == (Place("America/Chicago"),)
    assert successors("Iceland") == (Place("Atlantic/Reykjavik"),)
    assert [place.zone for place in successors("EST")] == ["America/New_York", "America/Panama"]
    assert [place.zone for place in successors("MST")] == ["America/Denver", "America/Phoenix"]
    assert [place.zone for place in successors("Etc/UTC")] == ["UTC"]
    assert successors("Factory") == successors("Etc/GMT+6") == ()
