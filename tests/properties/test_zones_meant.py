"""Laws of what is said to somebody who named no time zone: a slip never leads to another clock."""

import re
import string

from hypothesis import given
from hypothesis import strategies as st

from reconciler import zones
from reconciler.zones import places
from reconciler.zones.meant import meant, remedy

CURRENT = sorted(name for name in zones.names() if zones.is_current(name))
LETTERS = string.ascii_letters + "_"


def known() -> set[str]:
    """Return letters of all that is a place's name by itself."""
    told = [name.rpartition("/")[2] for name in zones.names()]
    told += [name for name, _ in places.words()]
    told += [name for name, _ in places.states().values()] + [*places.states()]
    told += [city for city, _ in places.cities()]
    return {letters(name) for name in told}


def letters(name: str) -> str:
    """Return them, in lower case."""
    return re.sub("[^a-z]", "", name.casefold())


KNOWN = known()


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """Return a zone, and its name with one slip in its place."""
    name = draw(st.sampled_from(CURRENT))
    region, slash, place = name.rpartition("/")
    at = draw(st.integers(0, len(place) - 1))
    kind = draw(st.sampled_from(["more", "fewer", "another", "swapped"]))
    letter = draw(st.sampled_from(LETTERS))
    here, behind = place[at], place[at + 1 :]
    slip = {
        "more": letter + here + behind,
        "fewer": behind,
        "another": letter + behind,
        "swapped": behind[:1] + here + behind[1:],
    }[kind]
    return name, region + slash + place[:at] + slip


@given(slips())
def test_e_a_slip_in_a_place_is_that_place_or_one_with_its_clocks_or_nothing(
    slip: tuple[str, str],
) -> None:
    """Unless what comes out is what another place is called."""
    name, written = slip
    place = letters(written.rpartition("/")[2])
    if written in zones.names() or place in KNOWN - {letters(name.rpartition("/")[2])}:
        return
    assert {zones.clocks(found.zone) for found in meant(written)} <= {zones.clocks(name)}


@given(st.sampled_from(CURRENT), st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_e_case_and_what_is_between_words_never_matter(name: str, change: object) -> None:
    """The zone itself is named, and only it."""
    assert callable(change)
    for written in (change(name), name.replace("_", " "), name.replace("_", "-")):
        assert [found.zone for found in meant(written)] == [name]


@given(st.text(max_size=70) | st.text(alphabet="ESTCUG+-:/06 (),_", max_size=30))
def test_e_whatever_is_written_gets_a_sentence(written: str) -> None:
    """On one line, with names of today alone in it, and never an offset's own."""
    said = remedy(written)
    assert said
    assert "\n" not in said
    assert "Etc/" not in said
    assert all(zones.is_current(found.zone) for found in meant(written))
