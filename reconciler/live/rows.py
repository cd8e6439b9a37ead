"""What a row of live state is: a group, or one to leave alone, and what can be read of that.

Pure: no I/O. One odd row must not keep a clinic from planning its other groups, and must never
count as "not there" either: as much of it as can be read is kept, by which `reconciler.plan.odd`
decides whether a file could mean it. A row that is marked as deleted is no group any more.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pydantic import SecretStr, ValidationError

from reconciler.live.shapes import RawGroup, ShapeError, decode
from reconciler.live.unknown import folded, spellings_of
from reconciler.model import Action, Group, Integration, Skipped, SkippedWhy, UseCase

DELETION_MARKS: Final = ("deleted", "is_deleted", "soft_deleted", "deleted_at", "deleted_on")
"""Keys that mark a row as deleted where they are set; in camel case and capitals too."""
DELETION_STATES: Final = ("status", "state")
"""Keys that do so where they say `deleted`. Whether an *archived* group contacts patients is not
known, so that it counts as live."""

_MARKS: Final = frozenset(map(folded, DELETION_MARKS))
_SET: Final = frozenset({"1", "true", "t", "yes", "y", "on", "deleted"})
_DATE: Final = re.compile(r"(?!1970-01-01|9999)[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}|[1-9][0-9]{8,}")
"""A date that is one, or seconds: neither the first day of a calendar nor the last one."""


def read_row(
    integration: Integration, row: RawGroup, ignored: Collection[str] = ()
) -> Group | Skipped:
    """Return the group that a row holds, or the row to leave alone and why.

    Args:
        integration: Whose list or path the row came from.
        row: As it came.
        ignored: As of `decode`.
    """
    if mark := deletion_mark(row.value):
        return leave(integration, row, f"marked as deleted ({mark})", why="deleted")
    if row.problem:
        return leave(integration, row, row.problem)
    try:
        return decode(integration, row, ignored)
    except ShapeError as error:
        return leave(integration, row, str(error))


def deletion_mark(value: Mapping[str, Any]) -> str:
    """Return the key that marks a row as deleted, or an empty text.

    Only what is clear counts: who takes a live group for a deleted one creates it a second time.
    """
    for name, held in value.items():
        if folded(name) in _MARKS and _is_set(held):
            return name
        if folded(name) in DELETION_STATES and str(held).strip().lower() == "deleted":
            return name
    return ""


def leave(
    integration: Integration, row: RawGroup, problem: str, *, why: SkippedWhy = "odd"
) -> Skipped:
    """Return a row to leave alone, with all that can be read of it; never raises."""
    ids = [row.group_id] if not row.problem else sorted(row.ids)
    vague: set[str] = set()
    readings = [_reading(integration, row.value, order, vague) for order in (1, -1)]
    return Skipped(
        integration,
        row.path,
        why,
        problem,
        tuple(ids),
        tuple(dict.fromkeys(readings)),
        frozenset(vague),
    )


def _is_set(value: Any) -> bool:
    if isinstance(value, str):
        text = value.strip().lower()
        return text in _SET or _DATE.match(text) is not None
    return isinstance(value, bool | int | float) and value > 0


def _reading(
    integration: Integration, value: Mapping[str, Any], order: int, vague: set[str]
) -> Group:
    """Read what can be read, of two spellings that disagree the first or the last one."""
    link = _text(value, "sheet_link", order)
    return Group(
        integration=integration,
        name=_text(value, "name", order),
        slug=_text(value, "slug", order),
        sheet_link=SecretStr(link) if link else None,
        use_cases=tuple(_use_cases(value, order, vague)),
    )


def _use_cases(value: Mapping[str, Any], order: int, vague: set[str]) -> Iterator[UseCase]:
    listed = _value(value, "use_cases", order)
    seen: set[str] = set()
    for part in listed if isinstance(listed, list) else ():
        name = _text(part, "use_case", order) if isinstance(part, dict) else ""
        if not name:
            continue
        actions = _value(part, "actions", order)
        read = [_action(action, order) for action in actions] if isinstance(actions, list) else []
        if None in read or not isinstance(actions, list) or name in seen:
            vague.add(name)
        seen.add(name)
        known = tuple(action for action in read if action)
        yield UseCase(use_case=name, enabled=part.get("enabled") is not False, actions=known)


def _action(value: Any, order: int) -> Action | None:
    if not isinstance(value, dict):
        return None
    try:
        return Action.model_validate(
            {name: _value(value, name, order) for name in Action.model_fields}
        )
    except ValidationError:
        return None


def _text(value: Mapping[str, Any], name: str, order: int) -> str:
    found = _value(value, name, order)
    return found if isinstance(found, str) else ""


def _value(value: Mapping[str, Any], name: str, order: int) -> Any:
    """Return what a row gives under a name, in whichever spelling says something."""
    given = (value.get(spelling) for spelling in spellings_of(name)[::order])
    return next((found for found in given if found is not None), None)
