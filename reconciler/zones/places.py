"""What people in North America write where the name of a time zone is meant, as tables.

Sources, all as of 2026-11: the abbreviations of the tz database's own files and of US law (15 USC
260a to 263); the hundred largest cities of the US Census Bureau's estimates, and some more; zones
of states from 49 CFR 71; `windows.txt`, which names its own. Each zone and its clocks are
checked against the tz database by `tests/unit/test_zones_meant.py`; it also holds that each city is
in a zone of its state. Cities that are called as another zone's place is, or but for
one letter, are here for that alone: `America/Monterey` is no misspelt Monterrey.

Pure: no I/O but reading this package's own file, once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A time zone that may be meant, and where that is.

    Attributes:
        zone: Its name.
        what: Why this one, in a few words; empty if the name says it.
    """

    zone: str
    what: str = ""


_WORDS: Final = """
America/New_York | Eastern Time | ET, EST, EDT, Eastern, Eastern Standard Time, EST5EDT
America/Panama | -05:00 all year, as in Panama | EST
America/Chicago | Central Time | CT, CST, CDT, Central, Central Standard Time, CST6CDT
America/Regina | Saskatchewan, -06:00 all year | CST
America/Havana | Cuba | CST, CDT
Asia/Shanghai | China | CST
America/Denver | Mountain Time | MT, MST, MDT, Mountain, Mountain Standard Time, MST7MDT
America/Phoenix | Arizona, -07:00 all year | MT, MST, Mountain, Mountain Standard Time
America/Los_Angeles | Pacific Time | PT, PST, PDT, Pacific, Pacific Standard Time, PST8PDT
America/Anchorage | Alaska Time | AKT, AKST, AKDT
America/Adak | the Aleutian Islands | HAST, HADT, HDT, Aleutian
Pacific/Honolulu | Hawaii Time | HT, HST, HAST, Hawaiian
America/Halifax | Atlantic Time | AT, AST, ADT, Atlantic, Atlantic Standard Time
America/Puerto_Rico | Puerto Rico, -04:00 all year | AT, AST, Atlantic, Atlantic Standard Time
America/St_Johns | Newfoundland Time | NT, NST, NDT, Newfoundland
America/Whitehorse | Yukon Time | YT, YST, Yukon
Pacific/Guam | Guam and the Northern Marianas | ChST, ChT, Chamorro
Pacific/Pago_Pago | American Samoa | SST
UTC | all year | UTC, Z, Zulu, GMT, UCT, Universal, Coordinated Universal, Greenwich Mean, Greenwich
UTC | all year | GMT0, GMT+0, GMT-0
Europe/London | Britain, with summer time | GMT, Greenwich Mean, Greenwich
"""

_STATES: Final = """
AL | Alabama | America/Chicago
AK | Alaska | America/Anchorage; America/Adak: the Aleutian Islands
AZ | Arizona | America/Phoenix; America/Denver: the Navajo Nation
AR | Arkansas | America/Chicago
CA | California | America/Los_Angeles
CO | Colorado | America/Denver
CT | Connecticut | America/New_York
DE | Delaware | America/New_York
DC | District of Columbia | America/New_York
FL | Florida | America/New_York; America/Chicago: the Panhandle
GA | Georgia | America/New_York
HI | Hawaii | Pacific/Honolulu
ID | Idaho | America/Boise: the south; America/Los_Angeles: the north
IL | Illinois | America/Chicago
IN | Indiana | America/Indiana/Indianapolis; America/Chicago: the north-west and south-west
IA | Iowa | America/Chicago
KS | Kansas | America/Chicago; America/Denver: four counties in the west
KY | Kentucky | America/New_York: the east; America/Chicago: the west
LA | Louisiana | America/Chicago
ME | Maine | America/New_York
MD | Maryland | America/New_York
MA | Massachusetts | America/New_York
MI | Michigan | America/Detroit; America/Menominee: four counties in the west
MN | Minnesota | America/Chicago
MS | Mississippi | America/Chicago
MO | Missouri | America/Chicago
MT | Montana | America/Denver
NE | Nebraska | America/Chicago: the east; America/Denver: the west
NV | Nevada | America/Los_Angeles; America/Denver: West Wendover
NH | New Hampshire | America/New_York
NJ | New Jersey | America/New_York
NM | New Mexico | America/Denver
NY | New York | America/New_York
NC | North Carolina | America/New_York
ND | North Dakota | America/Chicago; America/Denver: the south-west
OH | Ohio | America/New_York
OK | Oklahoma | America/Chicago
OR | Oregon | America/Los_Angeles; America/Boise: Malheur County
PA | Pennsylvania | America/New_York
RI | Rhode Island | America/New_York
SC | South Carolina | America/New_York
SD | South Dakota | America/Chicago: the east; America/Denver: the west
TN | Tennessee | America/Chicago: the west; America/New_York: the east
TX | Texas | America/Chicago; America/Denver: El Paso
UT | Utah | America/Denver
VT | Vermont | America/New_York
VA | Virginia | America/New_York
WA | Washington | America/Los_Angeles
WV | West Virginia | America/New_York
WI | Wisconsin | America/Chicago
WY | Wyoming | America/Denver
AS | American Samoa | Pacific/Pago_Pago
GU | Guam | Pacific/Guam
MP | Northern Mariana Islands | Pacific/Saipan
PR | Puerto Rico | America/Puerto_Rico
VI | US Virgin Islands | America/St_Thomas
"""
"""Code, name and zones of each state and territory; the first is most of it, or so says a word."""

_CITIES: Final = """
America/Anchorage | AK | Anchorage
America/Boise | ID | Boise
America/Chicago | AL | Birmingham, Huntsville, Montgomery, Mobile
America/Chicago | AR | Little Rock, Fayetteville
America/Chicago | IA | Des Moines
America/Chicago | IL | Chicago, Aurora, Peoria
America/Chicago | KS | Wichita
America/Chicago | LA | New Orleans, Baton Rouge, Shreveport
America/Chicago | MN | Minneapolis, Saint Paul, Rochester
America/Chicago | MO | Kansas City, St. Louis
America/Chicago | KS | Kansas City, Manhattan, Pittsburg
America/Chicago | MS | Jackson
America/Chicago | NE | Omaha, Lincoln
America/Chicago | OK | Oklahoma City, Tulsa
America/Chicago | SD | Sioux Falls
America/Chicago | TN | Nashville, Memphis
America/Chicago | TX | Houston, San Antonio, Dallas, Fort Worth, Dallas-Fort Worth, DFW, Austin
America/Chicago | TX | Arlington, Corpus Christi, Plano, Lubbock, Irving, Laredo, Garland, Frisco
America/Chicago | TX | McKinney, Amarillo, McAllen, Killeen, Temple
America/Chicago | WI | Milwaukee, Madison, Green Bay
America/Denver | CO | Denver, Colorado Springs, Aurora
America/Denver | NM | Albuquerque, Santa Fe
America/Denver | TX | El Paso
America/Denver | UT | Salt Lake City
America/Detroit | MI | Detroit, Grand Rapids, Ann Arbor
America/Indiana/Indianapolis | IN | Indianapolis, Fort Wayne
America/Kentucky/Louisville | KY | Louisville
America/Los_Angeles | CA | Los Angeles, LA, San Diego, San Jose, San Francisco, SF, Fresno
America/Los_Angeles | CA | Sacramento, Long Beach, Oakland, Bakersfield, Anaheim, Stockton, Fremont
America/Los_Angeles | CA | Riverside, Irvine, Santa Ana, Chula Vista, Santa Clarita, Fontana
America/Los_Angeles | CA | San Bernardino, Modesto, Oxnard, Glendale, Moreno Valley, Richmond
America/Los_Angeles | CA | Pittsburg, Lincoln, Newark
America/Los_Angeles | NV | Las Vegas, Vegas, Henderson, Reno, North Las Vegas
America/Los_Angeles | OR | Portland, Eugene, Albany
America/Los_Angeles | WA | Seattle, Spokane, Tacoma, Vancouver
America/New_York | CT | Hartford, New Haven
America/New_York | DC | Washington
America/New_York | FL | Jacksonville, Miami, Tampa, Orlando, St. Petersburg, Hialeah
America/New_York | FL | Port St. Lucie, Cape Coral, Fort Lauderdale, Tallahassee
America/New_York | GA | Atlanta, Augusta, Savannah
America/New_York | KY | Lexington
America/New_York | MA | Boston, Worcester
America/New_York | MD | Baltimore
America/New_York | ME | Portland
America/New_York | NC | Charlotte, Raleigh, Greensboro, Durham, Winston-Salem, Fayetteville
America/New_York | NH | Manchester
America/New_York | NJ | Newark, Jersey City
America/New_York | NY | New York City, NYC, Brooklyn, Manhattan, Queens, Bronx, Buffalo, Rochester
America/New_York | NY | Yonkers, Albany, Syracuse
America/New_York | OH | Columbus, Cleveland, Cincinnati, Toledo, Akron, Dayton
America/New_York | PA | Philadelphia, Pittsburgh
America/New_York | RI | Providence
America/New_York | SC | Charleston
America/New_York | TN | Knoxville, Chattanooga
America/New_York | VA | Virginia Beach, Chesapeake, Norfolk, Richmond, Newport News, Arlington
America/Phoenix | AZ | Phoenix, Tucson, Mesa, Chandler, Gilbert, Glendale, Scottsdale, Tempe, Peoria
America/Puerto_Rico | PR | San Juan
Pacific/Honolulu | HI | Honolulu
America/Anchorage | AK | Cordova
America/Chicago | IL | Mendota, Savanna
America/Chicago | IN | St. John
America/Chicago | TN | Cordova, White House
America/Chicago | TX | Bogata, Santa Anna, Whitehouse
America/Denver | NM | Belen, San Antonito
America/Los_Angeles | CA | Monterey, Mendota, Davis, Dublin
America/Los_Angeles | NV | Panaca
America/Los_Angeles | OR | Milwaukie
America/New_York | FL | St. Lucie, Melbourne
America/New_York | GA | Athens
America/New_York | MD | Edmonston
America/New_York | OH | Whitehouse, Dublin
America/New_York | PA | Cresson, Matamoras, Scottdale
America/Phoenix | AZ | Bouse
Pacific/Honolulu | HI | Palama
"""
"""The hundred largest cities and some more, by zone and state; below, namesakes."""

SUCCESSORS: Final = {
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Antarctica/South_Pole": "Antarctica/McMurdo",
    "Atlantic/Jan_Mayen": "Europe/Oslo",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
}
"""Today's name of a place whose old one is a link to another place: clocks are one, places two."""

NORTH_AMERICA: Final = (
    "America/St_Johns",
    "America/Halifax",
    "America/Puerto_Rico",
    "America/New_York",
    "America/Panama",
    "America/Winnipeg",
    "America/Chicago",
    "America/Regina",
    "America/Edmonton",
    "America/Mexico_City",
    "America/Denver",
    "America/Phoenix",
    "America/Vancouver",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
)
"""The clocks that patients of a clinic there may live by, from the east; some are alike."""


def words() -> Iterator[tuple[str, Place]]:
    """Yield abbreviations, and names as Windows and people have them, each with a place for it."""
    for zone, what, names in _rows(_WORDS):
        yield from ((name, Place(zone, what)) for name in names.split(", "))
    for line in files("reconciler.zones").joinpath("windows.txt").read_text("utf-8").splitlines():
        name, equals, zone = line.partition(" = ")
        if equals:
            yield name, Place(zone, "as in Windows")


@cache
def states() -> dict[str, tuple[str, tuple[Place, ...]]]:
    """Return name and zones of each state and territory of the United States, by its code."""
    return {code: (name, tuple(_of_state(name, zones))) for code, name, zones in _rows(_STATES)}


@cache
def cities() -> dict[tuple[str, str], Place]:
    """Return the zone of each city, by its name and the code of its state."""
    found = {}
    for zone, code, names in _rows(_CITIES):
        for name in names.split(", "):
            found[name, code] = Place(zone, f"{name}, {states()[code][0]}")
    return found


def _rows(table: str) -> Iterator[list[str]]:
    return (line.split(" | ") for line in table.strip().splitlines())


def _of_state(name: str, zones: str) -> Iterator[Place]:
    for part in zones.split("; "):
        zone, _, where = part.partition(": ")
        yield Place(zone, f"{name}, {where}" if where else name)
