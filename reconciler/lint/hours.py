"""Rules about the hour at which people are contacted. Pure: no I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from reconciler import zones
from reconciler.lint.rule import Context, Hit, may_contact, rule
from reconciler.model import Declared
from reconciler.settings import UsState
from reconciler.zones import meant

STATE_DATA: Final = "2026-11"
"""Month in which the hours of the states were looked up."""

_CONTEXT: Final = (
    "name: Example\nuse_cases:\n  - use_case: LAB\n    enabled: true\n    actions:\n      - "
)
_SMS: Final = "{action_type: SMS, context: lab, day: 1, template_name: Lab}\n"


@dataclass(frozen=True, slots=True)
class StateHours:
    """When a state allows contact.

    Attributes:
        name: Of the state.
        begin: First minute.
        end: First minute after it.
        zones: Those of its people.
        source: Where it says so.
    """

    name: str
    begin: time
    end: time
    zones: tuple[str, ...]
    source: str


STATES: Final[dict[UsState, StateHours]] = {
    "FL": StateHours(
        "Florida",
        time(8),
        time(20),
        ("America/New_York", "America/Chicago"),
        "Fla. Stat. 501.616(6)",
    ),
    "OK": StateHours("Oklahoma", time(8), time(20), ("America/Chicago",), "Okla. Stat. 15 §775C.4"),
    "WA": StateHours("Washington", time(8), time(20), ("America/Los_Angeles",), "RCW 80.36.390"),
}


def start(entry: Declared) -> time | None:
    """Return a group's start time, or None if it has none or one that is no time of day."""
    try:
        return time.fromisoformat(entry.group.start_time or "").replace(tzinfo=None)
    except ValueError:
        return None


@rule(
    id="quiet-hours",
    level="warning",
    title="People are contacted at night or very early",
    why=(
        "The start time is outside 08:00 to 21:00, local to the group; `hours` in the settings"
        " are others. A run that begins at 21:00 goes on after it, so 21:00 is outside."
    ),
    source=(
        "47 CFR 64.1200(c)(1) and 16 CFR 310.4(c); written for solicitations, which reminders"
        " often are not"
    ),
    remedy="start later, or say why this is meant",
    example=f"{_CONTEXT}{_SMS}start_time: 06:30:00\n",
)
def _quiet_hours(entry: Declared, context: Context) -> Iterator[Hit]:
    at = start(entry)
    begin, end = (
        time.fromisoformat(text)
        for text in (context.settings.hours.begin, context.settings.hours.end)
    )
    if at is None or not may_contact(entry) or begin <= at < end:
        return
    side = f"before {begin:%H:%M}" if at < begin else f"at or after {end:%H:%M}"
    yield Hit("start_time", f"texts and calls begin at {at:%H:%M}, {side}")


@rule(
    id="patient-zones",
    level="warning",
    title="People who live in another time zone are contacted at night or very early",
    why=(
        "08:00 in Chicago is 06:00 in Los Angeles. Looks at the zones in the setting"
        " `patient_zones`, on every day of"
        " the coming year; without that setting at nothing."
    ),
    source="arithmetic, with the hours of quiet-hours",
    remedy="start at an hour that suits every zone, or split the group by zone",
    example=f"{_CONTEXT}{_SMS}timezone: America/Chicago\nstart_time: 08:00:00\n",
)
def _patient_zones(entry: Declared, context: Context) -> Iterator[Hit]:
    at, name = start(entry), entry.group.timezone
    if at is None or name not in zones.names() or not may_contact(entry):
        return
    begin, end = (
        time.fromisoformat(text)
        for text in (context.settings.hours.begin, context.settings.hours.end)
    )
    for other in sorted(set(context.settings.patient_zones) - {name}):
        outside = _outside(at, name, other, (begin, end), context.today)
        if outside:
            yield Hit(
                "start_time",
                f"{at:%H:%M} {name} is {outside:%H:%M} for patients in {other}, outside"
                f" {begin:%H:%M} to {end:%H:%M}",
            )


@rule(
    id="state-hours",
    level="warning",
    title="People are contacted outside their state's hours",
    why=(
        "Florida, Oklahoma and Washington allow contact from 08:00 to 20:00. Looks at the states in"
        " the setting `states`; without it at nothing. The hours are of"
        f" {STATE_DATA}: check them before relying on them."
    ),
    source="Fla. Stat. 501.616(6), Okla. Stat. 15 §775C.4, RCW 80.36.390",
    remedy="start at an hour that suits the state, or split the group by state",
    example=f"{_CONTEXT}{_SMS}timezone: America/Chicago\nstart_time: 20:15:00\n",
)
def _state_hours(entry: Declared, context: Context) -> Iterator[Hit]:
    at, name = start(entry), entry.group.timezone
    if at is None or name not in zones.names() or not may_contact(entry):
        return
    for state in sorted(set(context.settings.states)):
        law = STATES[state]
        found = [
            (other, outside)
            for other in law.zones
            if (outside := _outside(at, name, other, (law.begin, law.end), context.today))
        ]
        if found:
            other, outside = found[0]
            yield Hit(
                "start_time",
                f"{at:%H:%M} {name} is {outside:%H:%M} in {law.name} ({other}), where contact is"
                " allowed from"
                f" {law.begin:%H:%M} to {law.end:%H:%M} ({law.source}, as of {STATE_DATA})",
            )


def _outside(at: time, name: str, other: str, hours: tuple[time, time], today: date) -> time | None:
    """Return the time elsewhere, if on any day of the year it is outside some hours, else None."""
    begin, end = hours
    moment = datetime.combine(today, at)
    for ahead in zones.differences(name, other, today):
        local = (moment + ahead).time()
        if not begin <= local < end:
            return local
    return None


@rule(
    id="legacy-timezone",
    level="warning",
    title="The time zone has an old name, or follows no place's clocks",
    why=(
        "`US/Central` is an old name, `EST` has no summer time, and `Etc/GMT+6` is six hours"
        " *behind* UTC. A name is fine where the tz database lists it for a place where people"
        " live, or if it is UTC."
    ),
    source="tz database, zone.tab and zone1970.tab",
    remedy="name a place, like America/Chicago",
    example="name: Example\ntimezone: US/Central\n",
)
def _legacy_timezone(entry: Declared, context: Context) -> Iterator[Hit]:
    name = entry.group.timezone
    if not name or name not in zones.names() or zones.is_current(name):
        return
    if name.startswith("Etc/GMT") and name[7:].strip("+-0"):
        sign = "behind" if name[7] == "+" else "ahead of"
        message = (
            f"{name} is {name[8:]} hours {sign} UTC all year round: its sign is the other way round"
        )
        yield Hit("timezone", message, meant.remedy(name))
        return
    now = meant.successors(name)
    if "/" in name and len(now) == 1:
        own = now[0].zone
        yield Hit("timezone", f"{name} is an old name of {own}", f"write {own}")
    else:
        message = f"{name} is the name of no place, and may not follow the clocks of one"
        yield Hit("timezone", message, meant.did_you_mean(now))


@rule(
    id="dst-time",
    level="warning",
    title="On one day of the year the start time does not exist, or comes twice",
    why=(
        "Looks at the zone's own data for the coming year. What the API does then is not"
        " documented: it may contact people twice, or not at all."
    ),
    source="tz database",
    remedy="start at an hour that comes once every day",
    example=f"{_CONTEXT}{_SMS}timezone: America/Chicago\nstart_time: 02:30:00\n",
)
def _dst_time(entry: Declared, context: Context) -> Iterator[Hit]:
    at, name = start(entry), entry.group.timezone
    if at is None or name not in zones.names() or not may_contact(entry):
        return
    for shift in zones.shifts(name, context.today):
        if shift.holds(at):
            what = "does not exist" if shift.kind == "gap" else "comes twice"
            day = shift.day if shift.begin.time() <= at else shift.day + timedelta(days=1)
            yield Hit("start_time", f"{at:%H:%M} {what} in {name} on {day}, when clocks change")
