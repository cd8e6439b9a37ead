"""Who is contacted when: the order of days, the next run, and what holds for any picture."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, time
from typing import Any

import pytest

from reconciler import zones
from reconciler.model import Group
from reconciler.plan.effects import Hour
from reconciler.plan.timeline import Timeline, compared, timeline
from reconciler.render.presentation import Presentation
from reconciler.render.timeline import (
    timelines_html,
    timelines_mermaid,
    timelines_svg,
    timelines_text,
)
from reconciler.render.words import day_words, hour_words, plain
from tests.builders import action, live, use_case
from tests.unit.test_render_markdown import HOSTILE, Seen

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR: dict[str, Any] = {"start_time": "08:00", "timezone": "America/Chicago"}
TWO = live(
    **HOUR,
    use_cases=(
        use_case("B", action(1, "Second", "CALL"), action(7, "First")),
        use_case("A", action(0, "Today")),
        use_case("OFF", action(3), enabled=False),
        use_case("IDLE").model_copy(update={"actions": ()}),
    ),
)


def test_lanes_and_days() -> None:
    """Lanes by name, days as they come; what contacts nobody apart."""
    one = timeline(TWO)
    assert [(lane.use_case, [mark.action.day for mark in lane.marks]) for lane in one.lanes] == [
        ("A", [0]),
        ("B", [7, 1]),
    ]
    assert one.off == ("IDLE", "OFF")
    assert one.days("before") == (7, 1, 0)
    assert one.next_run is None
    after = timeline(TWO, means="after")
    assert [mark.action.day for mark in after.lanes[1].marks] == [1, 7]
    assert after.days("after") == (0, 1, 7)


@pytest.mark.parametrize(
    ("at", "zone", "now", "local", "utc"),
    [
        ("08:00", "America/Chicago", NOON, "2026-11-24 08:00 CST", "14:00"),
        ("05:59", "America/Chicago", NOON, "2026-11-25 05:59 CST", "11:59"),
        ("06:00", "America/Chicago", NOON, "2026-11-25 06:00 CST", "12:00"),
        ("08:00", "Asia/Tokyo", NOON, "2026-11-25 08:00 JST", "23:00"),
        (
            "02:30",
            "America/Chicago",
            datetime(2027, 3, 14, 5, tzinfo=UTC),
            "2027-03-14 03:30 CDT",
            "08:30",
        ),
        (
            "01:30",
            "America/Chicago",
            datetime(2027, 11, 7, 5, tzinfo=UTC),
            "2027-11-07 01:30 CDT",
            "06:30",
        ),
        (
            "08:00",
            "America/Chicago",
            datetime(2027, 3, 14, 5, tzinfo=UTC),
            "2027-03-14 08:00 CDT",
            "13:00",
        ),
    ],
)
def test_the_next_run(at: str, zone: str, now: datetime, local: str, utc: str) -> None:
    """In the zone and in UTC, by the zone's data; a skipped time is later by the clock's jump."""
    run = timeline(live(start_time=at, timezone=zone), now=now).next_run
    assert run
    assert f"{run:%Y-%m-%d %H:%M %Z}" == local
    assert f"{run.astimezone(UTC):%H:%M}" == utc
    assert run > now


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"start_time": "08:00"},
        {"timezone": "UTC"},
        {"start_time": "8 o'clock", "timezone": "UTC"},
        {**HOUR, "timezone": "X"},
    ],
)
def test_no_next_run_where_the_hour_is_unknown(fields: dict[str, str]) -> None:
    """Somebody has typed something into the dashboard, or nothing."""
    one = timeline(live(**fields), now=NOON)  # type: ignore[arg-type]
    assert one.next_run is None
    assert timelines_text([one], Presentation())
    assert timelines_svg([one], Presentation())


def test_before_and_after() -> None:
    """What stays, begins, ends; what was switched off ends; another hour is told with the old."""
    before = live(**HOUR, use_cases=(use_case("A", action(7), action(1)), use_case("B", action(2))))
    after = before.model_copy(
        update={
            "start_time": "06:30:00",
            "use_cases": (
                use_case("A", action(7), action(3)),
                use_case("B", action(2), enabled=False),
            ),
        }
    )
    one = compared(after, before)
    told = [
        (lane.use_case, mark.action.day, mark.phase) for lane in one.lanes for mark in lane.marks
    ]
    assert told == [("A", 7, "stays"), ("A", 3, "changes"), ("B", 2, "ends")]
    assert (one.hour, one.was) == (
        Hour("06:30:00", "America/Chicago"),
        Hour("08:00:00", "America/Chicago"),
    )
    new = compared(after, None)
    assert {mark.phase for lane in new.lanes for mark in lane.marks} == {"begins"}
    assert new.was is None


def test_text() -> None:
    """A line for each, in the order in which people get them."""
    text = timelines_text([timeline(TWO, now=NOON)], Presentation())
    assert text.splitlines() == [
        (
            "microsoft/reminders   08:00 America/Chicago   next run Tue 2026-11-24 08:00 CST = Tue"
            " 14:00 UTC"
        ),
        "  7 days before   SMS   First   B",
        "  1 day before    CALL  Second  B",
        "  on the day      SMS   Today   A",
        "  off: IDLE, OFF",
    ]
    assert (
        timelines_text([timeline(live())], Presentation()).splitlines()[1]
        == "  nobody is contacted"
    )


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (Hour("08:00:00", "UTC"), "08:00 UTC"),
        (Hour("08:00:30", "UTC"), "08:00:30 UTC"),
        (Hour("8:00:00", None), "8:00:00 in a time zone that is not set"),
        (Hour("25:00:00", "UTC"), "25:00:00 UTC"),
        (Hour(None, "UTC"), "a time that is not set in UTC"),
        (Hour(None, None), "a time that is not set"),
    ],
)
def test_hours(hour: Hour, words: str) -> None:
    """Seconds that say nothing are left out; what is no time is shown as it is."""
    assert plain(hour_words(hour)) == words


def test_p5_several_groups_are_one_diagram() -> None:
    """Mermaid draws one `timeline`; two below each other are a syntax error."""
    other = TWO.model_copy(update={"slug": "other", "start_time": "09:00:00"})
    text = timelines_mermaid([timeline(TWO), timeline(other)], Presentation())
    assert text.count("timeline\n") == 1
    assert text.splitlines()[2] == (
        "    7 days before : microsoft/reminders#44; 08#58;00 America/Chicago#58; SMS First"
        " #40;B#41; : microsoft/other#44; 09#58;00 America/Chicago#58; SMS First #40;B#41;"
    )


@pytest.mark.parametrize(("means", "days"), [("before", [7, 1, 0]), ("after", [0, 1, 7])])
def test_p6_days_stand_in_the_order_of_time(means: Any, days: list[int]) -> None:
    """Over all use cases: a section for each would begin anew along the arrow."""
    text = timelines_mermaid([timeline(TWO, means=means)], Presentation(days=means))
    assert [line.strip().partition(" : ")[0] for line in text.splitlines()[2:]] == [
        day_words(day, means) for day in days
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_mermaid_of_hostile_names(name: str) -> None:
    """Nothing of them reaches Mermaid's syntax."""
    group = live(
        name,
        start_time=name,
        timezone=name,
        use_cases=(use_case(name, action(1, name, name, name)),),
    )
    text = timelines_mermaid([timeline(group)], Presentation())
    lines = text.splitlines()
    assert len(lines) == 3
    assert all(re.fullmatch(r"[\w\s/:;#-]*", line.replace("→", "")) for line in lines)
    assert lines[-1].count(" : ") == 1
    assert "%%" not in text


def pictures(group: Group, before: Group | None = None, **fields: Any) -> ET.Element:
    """Return a picture as XML."""
    one = compared(group, before) if before else timeline(group, **fields)
    return ET.fromstring(timelines_svg([one], Presentation()))  # noqa: S314 - our own text


SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: ET.Element) -> str:
    """Return all that stands in a picture."""
    return "\n".join(part.text or "" for part in picture.iter(f"{SVG}text"))


def test_marks_of_one_day_stand_beside_each_other() -> None:
    """None hides another."""
    group = live(
        **HOUR, use_cases=(use_case("A", action(1, "X"), action(1, "Y"), action(1, "Z", "CALL")),)
    )
    picture = pictures(group)
    places = [float(part.get("cx") or 0) for part in picture.iter(f"{SVG}circle")]
    places += [
        float(part.get("x") or 0) + 11
        for part in picture.iter(f"{SVG}rect")
        if part.get("class") == "call stays"
    ]
    assert len(set(places)) == 3
    assert all(abs(one - other) >= 24 for one in places for other in places if one != other)


def test_p18_labels_of_days_are_whole() -> None:
    """Of the first and the last too, which stand near the edges; and the bar has its hours."""
    days = [action(day, f"T{day}") for day in (365, 60, 30, 21, 14, 7, 3, 1, 0)]
    picture = pictures(live(**HOUR, use_cases=(use_case("A", *days),)))
    labels = [
        part
        for part in picture.iter(f"{SVG}text")
        if part.get("text-anchor") == "middle" and part.get("class") == "soft"
    ]
    assert len(labels) == len(days)
    assert not [part.text for part in labels if part.get("textLength")]
    hours = [part.text for part in picture.iter(f"{SVG}text") if part.get("class") == "hour"]
    assert hours == ["0", "3", "6", "9", "12", "15", "18", "21"]


def test_p18_one_legend_for_several_groups() -> None:
    """In a picture and on a page."""
    several = [timeline(TWO), timeline(TWO)]
    for form in (timelines_svg, timelines_html):
        assert form(several, Presentation()).count("Circles are texts") == 1


def test_an_empty_picture_says_so() -> None:
    """And what is off, and the next run."""
    words = texts(pictures(live(**HOUR, use_cases=(use_case("A", enabled=False),)), now=NOON))
    assert "Nobody is contacted." in words
    assert "Off: A" in words
    assert "Next run: Tue 2026-11-24 08:00 CST, which is Tue 14:00 UTC" in words


@pytest.mark.parametrize("name", [*HOSTILE, "X" * 500])
def test_pictures_and_pages_of_hostile_names(name: str) -> None:
    """Well-formed, inert, and a long name is shortened with the whole of it as a tooltip."""
    group = live(
        name, name=name, timezone=name, use_cases=(use_case(name, action(1, name, name, name)),)
    )
    picture = pictures(group)
    assert {part.tag.removeprefix(SVG) for part in picture.iter()} <= {
        "svg", "title", "style", "g", "text", "path", "rect", "circle", "line",
    }  # fmt: skip
    assert max(len(part.text or "") for part in picture.iter(f"{SVG}text")) <= 121
    page = Seen(timelines_html([timeline(group)], Presentation()))
    assert not page.tags & {"script", "img", "a", "iframe"}
    assert page.targets == []


def test_the_page_has_every_group() -> None:
    """And needs nothing from elsewhere."""
    listed: list[Timeline] = [timeline(TWO), timeline(live("b", name="Second Group"))]
    page = timelines_html(listed, Presentation())
    assert page.count("<svg") == 2
    assert "Second Group" in page
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_run_is_found_wherever_clocks_are() -> None:
    """The next run is always ahead, and at most a day and a jump away."""
    for name in ("America/Chicago", "Australia/Lord_Howe", "Pacific/Apia", "UTC"):
        for hour in range(24):
            run = zones.next_run(time(hour, 30), name, NOON)
            assert 0 < (run - NOON).total_seconds() <= 25 * 3600


def test_p7_a_picture_says_below_whose_it_is() -> None:
    """Once, below all timelines; a picture for nobody in particular says nothing."""
    one = timeline(TWO)
    whose = timelines_svg([one], Presentation(sentence="Environment: prod."))
    assert whose.count("Environment: prod.") == 1
    assert "Environment" not in timelines_svg([one], Presentation())
