"""A plan in a clinic manager's words: who is contacted when, and what to look at twice.

Pure: no I/O. What it comes to is decided in `reconciler.plan.effects`; here it is only said. Each
renderer marks names its own way, so texts come as pieces: plain words, and names that files or the
API chose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reconciler.lint import RULES
from reconciler.plan.effects import Contact, Effects, Hour
from reconciler.plan.nouns import Plan
from reconciler.plan.risks import Risk, RiskKind
from reconciler.settings import DayMeans


@dataclass(frozen=True, slots=True)
class Name:
    """A piece of text that somebody chose, and which must not act wherever it is shown."""

    text: str


_WITH_SECONDS: Final = re.compile("[0-9]{2}:[0-9]{2}:[0-9]{2}")

Sentence = tuple[str | Name, ...]

RISK_TITLES: Final[dict[RiskKind, str]] = {
    "conflict": "Changed both here and in the dashboard; an apply keeps what is here",
    "more": "More people are contacted",
    "earlier": "People are contacted earlier, or in another time zone",
    "other people": "Other people are contacted: the sheet is another one",
    "fewer": "People are contacted less",
    "drift": "Changed in the dashboard; an apply takes it back",
}


def notices(seen: Effects, days: DayMeans) -> Iterator[Sentence]:
    """Yield what patients notice of a change, a sentence without a full stop for each thing."""
    for contact in seen.begins:
        yield ("appears: ", *_contact(contact, days))
    for contact in seen.ends:
        yield ("disappears: ", *_contact(contact, days))
    if seen.moved:
        before, after = seen.moved
        yield ("texts and calls that stay go out ", *_hour(after), " instead of ", *_hour(before))
    if seen.other_sheet:
        yield ("texts and calls that stay go to the people of another sheet",)
    if seen.other_assistant:
        yield ("calls that stay are spoken by another assistant",)


def advice_by_title(plan: Plan) -> dict[str, list[Sentence]]:
    """Return what rules say of a plan, by topic: what is new first, what is resolved last."""
    listed: dict[str, list[Sentence]] = {}
    for one in plan.advice:
        found, title = one.finding, RULES[one.finding.rule].title
        title = f"Resolved: {title}" if one.standing == "resolved" else title
        mark = "new: " if one.standing == "new" else ""
        listed.setdefault(title, []).append(
            (mark, Name(str(found.key)), ": ", Name(found.message), f" ({found.rule})")
        )
    return listed


def risk_names(risk: Risk) -> Sentence:
    """Return a risk's group and where in it: `key: LAB_REMINDER, start_time`."""
    pieces: list[str | Name] = [Name(str(risk.key)), ": "]
    for number, part in enumerate(risk.parts):
        pieces += [", ", Name(part)] if number else [Name(part)]
    return tuple(pieces)


def day_words(day: int, means: DayMeans) -> str:
    """Return when a day is, as far as that is known: `7 days before`, `on the day`, or `day 7`."""
    if means == "unknown" or day < 0:
        return f"day {day}"
    if day == 0:
        return "on the day"
    return f"{day} day{'' if day == 1 else 's'} {means}"


def _contact(contact: Contact, days: DayMeans) -> Sentence:
    action = contact.action
    return (
        f"{day_words(action.day, days)}: ",
        Name(action.action_type),
        " “",
        Name(action.template_name),
        "” ",
        *_hour(contact.hour),
        " (",
        Name(contact.use_case),
        ")",
    )


def _hour(hour: Hour) -> Sentence:
    if not hour.time:
        return ("at a time that is not set",)
    # 08:00:00 reads 08:00 to people; whatever else somebody typed into the dashboard is shown as it
    # is.
    time = hour.time.removesuffix(":00") if _WITH_SECONDS.fullmatch(hour.time) else hour.time
    return (
        "at ",
        Name(time),
        " ",
        Name(hour.zone) if hour.zone else "in a time zone that is not set",
    )
