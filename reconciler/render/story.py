"""What a change comes to for people, in sentences: with values, and what is risky marked as loud.

Pure: no I/O. What is told, in which order, and what of it is a risk `reconciler.plan.story` says.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from reconciler.model import Action
from reconciler.plan.effects import Hour
from reconciler.plan.patients import Busiest
from reconciler.plan.risks import ORIGINS
from reconciler.plan.story import Case, Part, Story
from reconciler.render.words import (
    CHANNELS,
    RISK_TITLES,
    Loud,
    Name,
    Sentence,
    channel,
    day_words,
    hour_words,
    instead_words,
    time_of_day,
)
from reconciler.settings import DayMeans
from reconciler.text import count

_TOLD: Final = 3
"""Texts and calls of a use case, and days, that are told one by one; more are counted."""
_CASES: Final = 6
"""Use cases of a group of which more is told than the name."""


def story_name(story: Story) -> Sentence:
    """Return what a group is called: its name, and its key where another has the name."""
    if story.alone:
        return (Name(story.name),)
    return (Name(story.name), " (", Name(story.key), ")")


def story_words(story: Story, days: DayMeans, *, rules: bool = True) -> tuple[Sentence, ...]:
    """Return what a change comes to, in sentences without a full stop.

    The first goes on behind the group's name and a colon. `rules` says whether it is followed by
    what rules say.
    """
    sentences = [_noticed(story, days), *_hour_of_new(story)]
    sentences += [_busiest(one, story) for one in story.busiest]
    sentences += _whose(story)
    sentences += [
        ("Note on ", Name(part.name), ": “", Name(note), "”")
        for part in story.parts
        if part.case
        for note in part.case.notes
    ]
    if rules:
        sentences += [(f"Rule {one.rule}: ", Loud((Name(one.message),))) for one in story.findings]
    return tuple(sentences)


def part_words(part: Part, story: Story, days: DayMeans) -> Sentence:
    """Return one thing that patients notice of a change."""
    if part.case:
        return _case(part, part.case, days)
    if part.name == "sheet_link":
        return _marked(("to the people of another sheet",), loud=part.loud)
    if part.name == "assistant_id":
        return ("spoken by another assistant",)
    return _moved(part, *(story.effects.moved or (Hour(None, None), Hour(None, None))))


def channel_words(actions: Iterable[Action]) -> str:
    """Return how many texts and calls there are: `2 texts and 1 call`, or `none`."""
    return number_words(Counter(action.action_type for action in actions))


def number_words(numbers: Mapping[str, int]) -> str:
    """Return the same of numbers by `action_type`."""
    kinds = Counter[str]()
    for kind, number in numbers.items():
        kinds[CHANNELS.get(kind, "other")] += number
    told = [count(kinds[kind], kind) for kind in ("text", "call", "other") if kinds[kind]]
    return " and ".join(told) or "none"


def _noticed(story: Story, days: DayMeans) -> Sentence:
    """Return what patients notice in one sentence, or that they notice nothing."""
    new = story.change.action == "create"
    if not story.parts:
        if new:
            return ("new, and contacts nobody",)
        return ("patients notice nothing (", *_names(story.quiet), ")")
    cases = [part for part in story.parts if part.case]
    told = [part_words(part, story, days) for part in story.parts if not part.case]
    told += [part_words(part, story, days) for part in cases[:_CASES]]
    head: Sentence = ("new, at ", *hour_words(_hour(story)), ": ") if new else ()
    return (*head, *_joined(told, "; "), *_more(cases))


def _hour_of_new(story: Story) -> Iterator[Sentence]:
    """Yield when that goes out which is new, where nothing else has said it."""
    if story.change.action != "create" and not story.effects.moved and story.effects.begins:
        yield ("What is new goes out at ", *hour_words(_hour(story)))


def _more(cases: Sequence[Part]) -> Sentence:
    """Return the names of the use cases of which no more is told."""
    rest = cases[_CASES:]
    if not rest:
        return ()
    named = [_marked((Name(part.name),), loud=part.loud) for part in rest]
    return ("; and ", *_joined(named, ", "))


def _hour(story: Story) -> Hour:
    after = story.change.expected()
    return Hour(after.start_time, after.timezone)


def _moved(part: Part, before: Hour, after: Hour) -> Sentence:
    if before.zone == after.zone and after.zone and time_of_day(before) and time_of_day(after):
        pair = [Hour(hour.time, None) for hour in (after, before)]
        now, was = (hour_words(hour)[0] for hour in pair)
        times = _marked((now, " instead of ", was), loud=part.loud)
        return ("all texts and calls at ", *times, " ", Name(after.zone))
    whole = (*hour_words(after), " instead of ", *hour_words(before))
    return ("all texts and calls at ", *_marked(whole, loud=part.loud))


def _case(part: Part, case: Case, days: DayMeans) -> Sentence:
    way, number = case.course, case.number
    name: Sentence = (Name(part.name),)
    if not number.before:
        what = (Loud((channel_words(way.begins),)), f" ({_days(way.begins, days)})")
        return (*name, " begins with ", *what)
    if not number.after:
        since = ", since Git has removed it" if case.pruned else ""
        return (
            *name,
            " ",
            Loud(("ends",)),
            f", {channel_words(way.ends)} ({_days(way.ends, days)}){since}",
        )
    told: list[Sentence] = []
    if number.before != number.after and case.before:
        now, was = channel_words(case.after.actions), channel_words(case.before.actions)
        told.append((Loud((f"{now} instead of {was}",)),))
    turns = sorted(way.turns, key=lambda turn: not turn.called)
    items: list[Sentence] = [
        _marked((*_action(turn.after, days), *instead_words(turn, days)), loud=turn.called)
        for turn in turns
    ]
    items += [("new ", *_action(action, days)) for action in way.begins]
    items += [("no more ", *_action(action, days)) for action in way.ends]
    told += items[:_TOLD]
    if len(items) > _TOLD:
        told.append((f"and {len(items) - _TOLD} more",))
    return (*name, ": ", *_joined(told, ", "))


def _action(action: Action, days: DayMeans) -> tuple[str | Name, ...]:
    kind, template = channel(action), Name(action.template_name)
    return (kind, " “", template, f"” {day_words(action.day, days)}")


def _days(actions: Sequence[Action], days: DayMeans) -> str:
    """Return on which days something happens, in the order in which they come."""
    found = sorted({action.day for action in actions}, reverse=days == "before")
    words = [day_words(day, days) for day in found]
    return ", ".join(words) if len(words) <= _TOLD else f"{words[0]} to {words[-1]}"


def _whose(story: Story) -> Iterator[Sentence]:
    """Yield whose changes there are besides those of this branch, and which."""
    change = story.change
    every = len(change.fields) + len(change.use_cases)
    for risk in story.risks:
        if risk.kind in ORIGINS:
            where: Sentence = (" (", *_names(risk.parts), ")") if len(risk.parts) < every else ()
            yield (Loud((RISK_TITLES[risk.kind],)), *where)


def _busiest(one: Busiest, story: Story) -> Sentence:
    """Return what one patient may get, on a day or in a week."""
    when = f"On day {one.first}" if one.first == one.last else f"On days {one.first} to {one.last}"
    now = _marked((number_words(one.after) if one.after else "nothing",), loud=one.busier)
    others = [(Name(name),) for name in one.names if name != story.name]
    more = [(f"{len(others) - _TOLD} more",)] if len(others) > _TOLD else []
    along: Sentence = (
        (", together with ", *_joined([*others[:_TOLD], *more], ", ")) if others else ()
    )
    return (when, " a patient may get ", *now, f" ({number_words(one.before)} before)", *along)


def _names(names: Iterable[str]) -> Sentence:
    return _joined([(Name(name),) for name in names], ", ")


def _marked(pieces: tuple[str | Name, ...], *, loud: bool) -> Sentence:
    return (Loud(pieces),) if loud else pieces


def _joined(sentences: Iterable[Sentence], between: str) -> Sentence:
    pieces: list[str | Name | Loud] = []
    for sentence in sentences:
        pieces += [between, *sentence] if pieces else sentence
    return tuple(pieces)
