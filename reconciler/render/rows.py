"""A change as rows of words: what each renderer for people shows, apart from how it looks there.

Pure: no I/O.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reconciler.model import Action, UseCase
from reconciler.plan.nouns import Change, Origin, Part, UseCaseChange
from reconciler.plan.pairs import paired
from reconciler.render.words import (
    Symbol,
    action_words,
    difference_words,
    enabled,
    value_words,
)
from reconciler.text import inert


@dataclass(frozen=True, slots=True)
class Row:
    """One difference in words.

    Attributes:
        symbol: `+` added, `-` removed, `~` changed.
        label: Field or use case.
        text: What changes, without the label.
        line: 1-based line of the group file that says so.
        origin: Whose change it is; None without a base.
        before: For `~`, what stood there.
        after: For `~`, what will.
    """

    symbol: Symbol
    label: str
    text: str
    line: int
    origin: Origin | None = None
    before: str = ""
    after: str = ""


def rows(change: Change) -> Iterator[Row]:
    """Yield a change's rows: its fields in their order, then its use cases by name."""
    for field in change.fields:
        line, origin = change.declared.position(field.path)[0], change.origins.get((field.path,))
        if change.action == "create":
            if field.path != "slug":
                yield Row("+", field.path, value_words(field.after), line, origin)
        else:
            before = value_words(field.before)
            after = value_words(field.after) + difference_words(field.before, field.after)
            yield Row("~", field.path, f"{before} → {after}", line, origin, before, after)
    for use_case in change.use_cases:
        yield from _use_case_rows(change, use_case)


def other_origins(listed: Iterable[Row]) -> list[str]:
    """Return whose changes are among rows besides those that Git wants, sorted."""
    return sorted({row.origin for row in listed if row.origin and row.origin != "git"})


def _use_case_rows(change: Change, part: UseCaseChange) -> Iterator[Row]:
    path = f"use_cases.{part.use_case}"
    label = inert(part.use_case)

    def row(symbol: Symbol, text: str, place: str, *rest: str | Action) -> Row:
        whose: Part = ("use_cases", part.use_case, *rest)
        return Row(
            symbol,
            label,
            text,
            change.declared.position(f"{path}{place}")[0],
            change.origins.get(whose),
        )

    if part.before is None:
        yield row("+", f"use case added, {enabled(part.after.enabled)}", "")
    elif part.before.enabled != part.after.enabled:
        before = f"enabled: {value_words(part.before.enabled)}"
        after = value_words(part.after.enabled) + (
            ", since Git has removed it" if part.use_case in change.pruned else ""
        )
        changed = row("~", f"{before} → {after}", ".enabled", "enabled")
        yield replace(changed, before=before, after=f"enabled: {after}")
    for action in part.removed:
        yield row("-", action_words(action), ".actions", action)
    places = first_places(part.after)
    unlike = {
        turn.after: _unlike(turn.before, turn.after)
        for turn in paired(part.removed, part.added).turns
    }
    for action in part.added:
        text = action_words(action) + unlike.get(action, "")
        yield row("+", text, f".actions.{places[action]}", action)


def first_places(case: UseCase) -> dict[Action, int]:
    """Return at which place of a use case each action stands first."""
    places: dict[Action, int] = {}
    for place, action in enumerate(case.actions):
        places.setdefault(action, place)
    return places


def _unlike(before: Action, after: Action) -> str:
    """Return in what an action differs from one that looks the same, or nothing."""
    pairs = [(getattr(before, name), getattr(after, name)) for name in Action.model_fields]
    told = [difference_words(*pair) for pair in pairs if pair[0] != pair[1]]
    return "".join(told) if all(told) else ""
