"""The words in which people read of plans: each thing has one word, whatever the form.

Pure: no I/O. What something comes to is decided in `reconciler.plan`; here it is only said. Each
form marks names its own way, so sentences come as pieces: plain words, and names that files or the
API chose.

Texts and calls *begin* and *end*, or *change*. Rows of a change are *added*, *removed* and
*changed*: in a use case that is not enabled nothing begins.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import SecretStr

from reconciler.lint import RULES, Advice, Standing
from reconciler.model import Action, Key, Skipped
from reconciler.plan.effects import Hour
from reconciler.plan.nouns import Change, Origin, Plan, Unmanaged, Unread, Value
from reconciler.plan.pairs import Turn
from reconciler.plan.risks import RiskKind
from reconciler.plan.timeline import Phase
from reconciler.render.models import ActionDocument
from reconciler.settings import DayMeans
from reconciler.text import count, difference, inert, sentence_case


@dataclass(frozen=True, slots=True)
class Name:
    """A piece of text that somebody chose, and which must not act wherever it is shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Loud:
    """A piece of a sentence that nobody should miss."""

    pieces: tuple[str | Name, ...]


Sentence = tuple[str | Name | Loud, ...]

Symbol = Literal["+", "-", "~"]

HIDDEN: Final = "(hidden)"
"""Stands for a secret wherever one would be shown."""

NONE: Final = "(none)"
"""Stands for a field that has no value."""

NO_CHANGES: Final = "No changes"
REFUSED: Final = "Refused: nothing of this plan can be applied"
REFUSED_HELP: Final = (
    "A reviewer asks for a change of the files, or approves what is meant. Whoever merges then runs"
    " apply by hand, and allows there by name and number what is named above."
)
NOTICED: Final = "What patients notice"
OTHER_ADVICE: Final = "What else rules say"

CHANNELS: Final = {"SMS": "text", "CALL": "call"}
SYMBOLS: Final[dict[Symbol, str]] = {"+": "added", "-": "removed", "~": "changed"}
PHASES: Final[dict[Phase, str]] = {
    "stays": "",
    "changes": "changes: ",
    "begins": "begins: ",
    "ends": "ends: ",
}
ADVICE: Final[dict[Standing, str]] = {"new": "new: ", "still": "", "resolved": "resolved: "}

RISK_TITLES: Final[dict[RiskKind, str]] = {
    "conflict": "Conflict: changed both in Git and in the dashboard; an apply keeps what Git says",
    "calls": "People are called in place of a text",
    "more": "People are contacted more",
    "earlier": "People are contacted earlier, or in another time zone",
    "other people": "Other people are contacted: the sheet is another one",
    "fewer": "People are contacted less",
    "drift": "Drift: changed in the dashboard; an apply takes it back",
    "pending": "Pending: merged before, not applied yet",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of what is live and not in the files.

    Attributes:
        removed: Whether it is of what the base has, or of what Git never had.
        title: As it is counted: `3 unmanaged`.
        note: What that means.
    """

    removed: bool
    title: str
    note: str

    def of(self, plan: Plan) -> list[Unmanaged]:
        """Return what a plan has of it."""
        return [item for item in plan.unmanaged if item.removed == self.removed]

    def __str__(self) -> str:
        return f"{self.title} ({self.note})"


REMOVED: Final = Listing(
    removed=True,
    title="removed from Git and still live",
    note="--prune disables what is enabled of it",
)
UNMANAGED: Final = Listing(
    removed=False, title="unmanaged", note="live and in no file, never touched"
)
LISTINGS: Final = (REMOVED, UNMANAGED)


LEFT_ALONE: Final = "left alone (live, and no group to plan with)"
DRIFT_LEFT: Final = "drift that is left as it is live"
DRIFT_NOTE: Final = "--drift revert puts back what the files say"


@dataclass(frozen=True, slots=True)
class Total:
    """A number of a plan with its words: `3 to update`; loud if nobody should miss it."""

    number: int
    words: str
    loud: bool = False


def to_write(plan: Plan) -> tuple[Total, ...]:
    """Return how many groups a plan creates and updates, none of either included."""
    return tuple(
        Total(plan.count(action), f"{plan.count(action)} to {action}")
        for action in ("create", "update")
    )


def headline(plan: Plan) -> str:
    """Return what a plan writes: `1 to create and 3 to update`, or `No changes`."""
    return " and ".join(total.words for total in to_write(plan) if total.number) or NO_CHANGES


def besides(plan: Plan) -> list[Total]:
    """Return what else a plan counts: unchanged and unmanaged always, the rest if any."""
    usual = [
        Total(len(plan.unchanged), f"{len(plan.unchanged)} unchanged"),
        _listed(plan, UNMANAGED),
    ]
    rest = [
        _listed(plan, REMOVED),
        Total(len(plan.skipped), f"{len(plan.skipped)} left alone"),
        _of_origin(plan, "pending", "pending"),
        _of_origin(plan, "drift", "with drift that is left" if plan.drifted else "with drift"),
        _waiting(plan),
        _of_origin(plan, "conflict", "in conflict"),
        *(_unread(one) for one in plan.unread),
        Total(len(plan.guards), f"refused by {count(len(plan.guards), 'guard')}", loud=True),
    ]
    return usual + [total for total in rest if total.number]


def _unread(one: Unread) -> Total:
    kept = count(len(one.groups), "group")
    return Total(1, f"{one.integration} not read, {kept} kept back", loud=True)


def _listed(plan: Plan, listing: Listing) -> Total:
    number = plan.count_unmanaged(removed=listing.removed)
    return Total(number, f"{number} {listing.title}")


def _of_origin(plan: Plan, origin: Origin, words: str) -> Total:
    number = plan.count_origin(origin)
    return Total(number, f"{number} {words}", loud=True)


def _waiting(plan: Plan) -> Total:
    """Return how many groups have something that Git wants and that is left along with drift."""
    number = sum(set(change.origins.values()) != {"drift"} for change in plan.drifted)
    words = "not written as Git wants, since somebody has removed what that is in"
    return Total(number, f"{number} {words}", loud=True)


def columns(*, three_way: bool) -> list[str]:
    """Return the heads of a table of rows; what stands under `origin` is the origin's own name."""
    return ["what", "change", *(["origin"] if three_way else []), "where"]


def drifted(change: Change) -> str:
    """Return what has become of a group whose drift is left."""
    return "drifted" if change.before else "not live any more"


def drifted_parts(change: Change) -> Sentence:
    """Return a group and where in it drift is left, as risks are named."""
    names = [field.path for field in change.fields] + [part.use_case for part in change.use_cases]
    return _names(change.key, names)


def where_words(line: int, *, gone: bool) -> str:
    """Return where in its group file a row is said, or that the file is gone."""
    return "(file removed)" if gone else f"line {line}"


def unmanaged_words(item: Unmanaged) -> Sentence:
    """Return what is live and not in the files, without its key."""
    if item.use_case:
        return ("use case ", Name(item.use_case.use_case), f", {enabled(item.use_case.enabled)}")
    return ("group ", Name(item.group_id), ' "', Name(item.name), '"')


def skipped_words(row: Skipped) -> Sentence:
    """Return what a row is that is left alone, and why, without its key."""
    who: Sentence = ("group ", Name(row.group_id)) if row.group_id else ("row ", Name(row.place))
    named: Sentence = (' "', Name(row.name), '"') if row.name else ()
    why = "odd: " if row.why == "odd" else "skipped: "
    note: Sentence = (f"; {row.note}",) if row.note else ()
    return (*who, *named, f", {why}", Name(row.problem), *note)


def skipped_key(row: Skipped) -> str:
    """Return the key of a row, as far as it can be read."""
    return f"{row.integration}/{row.slug}" if row.slug else f"{row.integration}/?"


def unread_title(one: Unread) -> str:
    """Return what is said of an integration that could not be read."""
    kept = f"{count(len(one.groups), 'group')} kept back"
    return f"{sentence_case(one.integration)} could not be read: {kept}"


def advice_by_title(advice: Iterable[Advice]) -> dict[str, list[Sentence]]:
    """Return what rules say, by topic, in the order in which it is given."""
    listed: dict[str, list[Sentence]] = {}
    for one in advice:
        found, title = one.finding, RULES[one.finding.rule].title
        resolved = one.standing == "resolved"
        title = f"{ADVICE['resolved'].capitalize()}{title}" if resolved else title
        mark = "" if resolved else ADVICE[one.standing]
        listed.setdefault(title, []).append(
            (mark, Name(str(found.key)), ": ", Name(found.message), f" ({found.rule})")
        )
    return listed


def plain(sentence: Sentence) -> str:
    """Return a sentence as bare text, which may still act: whoever shows it makes it inert."""
    return "".join(
        plain(piece.pieces)
        if isinstance(piece, Loud)
        else piece.text
        if isinstance(piece, Name)
        else piece
        for piece in sentence
    )


def day_words(day: int, means: DayMeans) -> str:
    """Return when a day is, as far as that is known: `7 days before`, `on the day`, or `day 7`."""
    if means == "unknown" or day < 0:
        return f"day {day}"
    return f"{count(day, 'day')} {means}" if day else "on the day"


def hour_words(hour: Hour) -> tuple[str | Name, ...]:
    """Return an hour as people write it, behind an "at": `08:00 America/Chicago`.

    Whatever else somebody typed into the dashboard is shown as it is.
    """
    time = time_of_day(hour).removesuffix(":00") or hour.time
    at = Name(time) if time else "a time that is not set"
    if not hour.zone:
        return (at, " in a time zone that is not set") if time else (at,)
    return (at, " " if time else " in ", Name(hour.zone))


_TIME: Final = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")


def time_of_day(hour: Hour) -> str:
    """Return an hour's time, or nothing if it is no time of day."""
    return hour.time if hour.time and _TIME.fullmatch(hour.time) else ""


def value_words(value: Value | bool) -> str:  # noqa: FBT001 - the value itself, not a switch
    """Return a value to show: secrets and links hidden, odd characters spelled out."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return NONE
    return HIDDEN if isinstance(value, SecretStr) else inert(value)


def difference_words(before: Value | int, after: Value | int) -> str:
    """Return in what two values differ that look the same, to stand behind them; or nothing."""
    told = difference(before, after) if isinstance(before, str) and isinstance(after, str) else ""
    return f"  ({told})" if told else ""


def enabled(value: bool) -> str:  # noqa: FBT001 - the value itself, not a switch
    """Return whether a use case is enabled, as what it is."""
    return "enabled" if value else "not enabled"


def action_words(action: Action | ActionDocument) -> str:
    """Return an action in words: `day 7  SMS "First SMS" (reminder_7d)`."""
    return (
        f'day {action.day}  {inert(action.action_type)} "{inert(action.template_name)}"'
        f" ({inert(action.context)})"
    )


def _names(key: Key, parts: Iterable[str]) -> Sentence:
    pieces: list[str | Name] = [Name(str(key)), ": "]
    for number, part in enumerate(parts):
        pieces += [", ", Name(part)] if number else [Name(part)]
    return tuple(pieces)


def channel(action: Action) -> str | Name:
    """Return what an action is, in a word: `text`, `call`, or what somebody has typed."""
    return CHANNELS.get(action.action_type) or Name(action.action_type)


def instead_words(turn: Turn, days: DayMeans) -> tuple[str | Name, ...]:
    """Return what a text or call is in place of, as far as it differs, to stand behind it.

    ` instead of text “First SMS” 7 days before, with the context a instead of b`
    """
    was, changed = turn.before, turn.changed
    pieces: list[str | Name] = []
    if "action_type" in changed:
        pieces += [" ", channel(was)]
    if "template_name" in changed:
        pieces += [" “", Name(was.template_name), "”"]
        pieces += [difference_words(was.template_name, turn.after.template_name)]
    if "day" in changed:
        pieces.append(f" {day_words(was.day, days)}")
    if pieces:
        pieces.insert(0, " instead of")
    if "context" in changed:
        comma = "," if pieces else ""
        pieces += [f"{comma} with the context ", Name(turn.after.context)]
        pieces += [" instead of ", Name(was.context)]
        pieces += [difference_words(was.context, turn.after.context)]
    return tuple(pieces)
