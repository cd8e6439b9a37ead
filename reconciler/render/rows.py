"""A change as rows of words: what each renderer for people shows, apart from how it looks there.

Pure: no I/O.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import SecretStr

from reconciler.model import Action
from reconciler.plan.nouns import Change, Origin, Part, UseCaseChange, Value
from reconciler.text import visible

HIDDEN = "(hidden)"
"""Stands for a secret wherever one would be shown."""


Symbol = Literal["+", "-", "~"]


@dataclass(frozen=True, slots=True)
class Row:
    """One difference in words.

    Attributes:
        symbol: `+` comes, `-` goes, `~` changes.
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
                yield Row("+", field.path, words(field.after), line, origin)
        else:
            before, after = words(field.before), words(field.after)
            yield Row("~", field.path, f"{before} → {after}", line, origin, before, after)
    for use_case in change.use_cases:
        yield from _use_case_rows(change, use_case)


def words(value: Value) -> str:
    """Return a field's value to show: secrets hidden, None named, odd characters spelled out."""
    if value is None:
        return "(none)"
    return HIDDEN if isinstance(value, SecretStr) else visible(value)


def action_words(action: Action) -> str:
    """Return an action in words: `day 7  SMS "First SMS" (reminder_7d)`."""
    return (
        f'day {action.day}  {visible(action.action_type)} "{visible(action.template_name)}"'
        f" ({visible(action.context)})"
    )


def _use_case_rows(change: Change, part: UseCaseChange) -> Iterator[Row]:
    path = f"use_cases.{part.use_case}"
    label = visible(part.use_case)

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
        yield row("+", f"new use case, {'enabled' if part.after.enabled else 'not enabled'}", "")
    elif part.before.enabled != part.after.enabled:
        before = f"enabled: {_yes(part.before.enabled)}"
        after = _yes(part.after.enabled) + (
            ", since Git has removed it" if part.use_case in change.pruned else ""
        )
        told = row("~", f"{before} → {after}", ".enabled", "enabled")
        yield replace(told, before=before, after=f"enabled: {after}")
    for action in part.removed:
        yield row("-", action_words(action), ".actions", action)
    for action in part.added:
        yield row("+", action_words(action), f".actions.{part.after.actions.index(action)}", action)


def _yes(enabled: bool) -> str:  # noqa: FBT001 - the value itself, not a switch
    return "yes" if enabled else "no"
