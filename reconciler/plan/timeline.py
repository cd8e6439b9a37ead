"""Who is contacted when: a group's texts and calls by day, at which hour, and when that comes next.

Pure: no clock of its own. What is not enabled contacts nobody and is named apart.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from reconciler import zones
from reconciler.model import Action, Group, Key, UseCase
from reconciler.plan.effects import Hour, course
from reconciler.plan.pairs import Turn
from reconciler.settings import DayMeans

Phase = Literal["stays", "changes", "begins", "ends"]
"""Whether patients get a text or call as before, in place of another one, newly, or no more."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One text or call on the way to an appointment.

    Attributes:
        action: What it is.
        phase: Against an earlier state of the group; `stays` if there is none to compare with.
        turn: For `changes`, from what it has changed; else None.
    """

    action: Action
    phase: Phase
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """The texts and calls of one use case, in the order in which people get them."""

    use_case: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """One group over time.

    Attributes:
        key: The group.
        name: Its name.
        hour: When its texts and calls go out.
        was: When they went out before, if that is compared and differs; else None.
        lanes: Use cases that contact somebody, or did, sorted by name.
        off: Use cases that contact nobody, sorted by name.
        next_run: When the hour comes next, in the group's zone; None without a clock, or an hour
            that can be read.
    """

    key: Key
    name: str
    hour: Hour
    was: Hour | None
    lanes: tuple[Lane, ...]
    off: tuple[str, ...]
    next_run: datetime | None = None

    def days(self, means: DayMeans) -> tuple[int, ...]:
        """Return the days on which something happens, in the order in which they come."""
        found = {mark.action.day for lane in self.lanes for mark in lane.marks}
        return tuple(sorted(found, reverse=means == "before"))


def timeline(group: Group, *, means: DayMeans = "before", now: datetime | None = None) -> Timeline:
    """Return a group's timeline.

    Args:
        group: As it is wanted or live.
        means: Whether days count down to an appointment, or up from it.
        now: With a time zone, to tell the next run; or None.
    """
    return _timeline(group, None, means, now, compare=False)


def compared(after: Group, before: Group | None, *, means: DayMeans = "before") -> Timeline:
    """Return a group's timeline, and what is otherwise since `before`; None is "not there"."""
    return _timeline(after, before, means, None, compare=True)


def _timeline(
    after: Group, before: Group | None, means: DayMeans, now: datetime | None, *, compare: bool
) -> Timeline:
    cases = {case.use_case: case for case in after.use_cases}
    past = {case.use_case: case for case in before.use_cases} if before else {}
    lanes, off = [], []
    for name in sorted(cases.keys() | past.keys()):
        marks = _marks(cases.get(name), past.get(name), means, compare=compare)
        if marks:
            lanes.append(Lane(name, marks))
        else:
            off.append(name)
    hour = Hour(after.start_time, after.timezone)
    earlier = Hour(before.start_time, before.timezone) if before else hour
    was = earlier if earlier != hour else None
    return Timeline(after.key, after.name, hour, was, tuple(lanes), tuple(off), _next(hour, now))


def _marks(
    after: UseCase | None, before: UseCase | None, means: DayMeans, *, compare: bool
) -> tuple[Mark, ...]:
    seen = course(before if compare else after, after)
    marks = [Mark(action, "stays") for action in seen.stays]
    marks += [Mark(turn.after, "changes", turn) for turn in seen.turns]
    marks += [Mark(action, "begins") for action in seen.begins]
    marks += [Mark(action, "ends") for action in seen.ends]
    sign = -1 if means == "before" else 1
    return tuple(
        sorted(marks, key=lambda mark: (sign * mark.action.day, *_words(mark.action), mark.phase))
    )


def _words(action: Action) -> tuple[str, str, str]:
    return action.action_type, action.template_name, action.context


def _next(hour: Hour, now: datetime | None) -> datetime | None:
    """Return the next run, if there is a clock and both time and zone can be read."""
    if now is None or hour.zone not in zones.names():
        return None
    try:
        at = time.fromisoformat(hour.time or "")
    except ValueError:
        return None
    return zones.next_run(at.replace(tzinfo=None), hour.zone or "", now)
