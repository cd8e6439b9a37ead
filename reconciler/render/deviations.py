"""How a fresh plan differs from the one that was reviewed, in words, group by group.

Pure: no I/O. Both are compared as documents, so secrets are hidden on either side; the digest
counts them all the same. Lines, files and origins vary without meaning and are left out, as in the
digest.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from reconciler.render.models import (
    ChangeDocument,
    PlanDocument,
    TargetDocument,
    UseCaseDocument,
)
from reconciler.render.words import NONE, action_words, difference_words, value_words
from reconciler.text import inert, visible


def deviations(reviewed: PlanDocument, fresh: PlanDocument) -> list[str]:
    """Return a line for each thing that is not as reviewed; empty if all is.

    The target comes first, then groups sorted by key.

    Where the digests differ and nothing that is shown does, a hidden value does, and the line says
    so.
    """
    found = list(_target(reviewed.target, fresh.target))
    several = _several(reviewed) | _several(fresh)
    before, after = _by_name(reviewed, several), _by_name(fresh, several)
    for name in sorted(before.keys() | after.keys()):
        lines = _group(before.get(name), after.get(name))
        found += [f"{inert(name)}: {line}" for line in lines]
    if not found and reviewed.digest != fresh.digest:
        found.append(
            "a value that is never shown, such as a sheet_link, is not the one of the review"
        )
    return found


def _several(plan: PlanDocument) -> set[str]:
    """Return the keys that several changes have: live groups of one key, told apart by their id."""
    counts = Counter(change.key for change in plan.changes)
    return {key for key, number in counts.items() if number > 1}


def _by_name(plan: PlanDocument, several: Collection[str]) -> dict[str, ChangeDocument]:
    return {
        f"{change.key} ({change.group_id})" if change.key in several else change.key: change
        for change in plan.changes
    }


def _target(reviewed: TargetDocument, fresh: TargetDocument) -> Iterator[str]:
    for name in ("api_url", "env"):
        was, now = getattr(reviewed, name), getattr(fresh, name)
        if was != now:
            # An address is no secret, and this line is about nothing else.
            before, after = (NONE if value is None else visible(value) for value in (was, now))
            yield f"target: {name} was {before} in the review and is {after}"


def _group(reviewed: ChangeDocument | None, fresh: ChangeDocument | None) -> list[str]:
    if fresh is None:
        return ["in the review, and now nothing is to be done"]
    if reviewed is None:
        return [f"to {fresh.action} now, and not in the review"]
    if reviewed.action != fresh.action:
        return [f"to {reviewed.action} in the review, to {fresh.action} now"]
    return [*_fields(reviewed, fresh), *_use_cases(reviewed, fresh)] or list(
        _requests(reviewed, fresh)
    )


def _fields(reviewed: ChangeDocument, fresh: ChangeDocument) -> Iterator[str]:
    was, now = _steps(reviewed), _steps(fresh)
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            before, after = was.get(name, "no change"), now.get(name, "no change")
            yield (f"{name}: {before} in the review, {after} now{difference_words(before, after)}")


def _steps(change: ChangeDocument) -> dict[str, str]:
    return {
        field.path: f"{value_words(field.before)} → {value_words(field.after)}"
        for field in change.fields
    }


def _use_cases(reviewed: ChangeDocument, fresh: ChangeDocument) -> Iterator[str]:
    was = {part.use_case: part for part in reviewed.use_cases}
    now = {part.use_case: part for part in fresh.use_cases}
    for name in sorted(was.keys() | now.keys()):
        before, after = _words(was.get(name)), _words(now.get(name))
        if before != after:
            unlike = difference_words(before, after)
            yield f"{inert(name)}: {before} in the review, {after} now{unlike}"


def _words(part: UseCaseDocument | None) -> str:
    if part is None:
        return "no change"
    enabled = f"enabled: {value_words(part.enabled.before)} → {value_words(part.enabled.after)}"
    signs = [("-", action) for action in part.removed] + [("+", action) for action in part.added]
    return ", ".join(
        [part.action, enabled, *sorted(f"{sign} {action_words(action)}" for sign, action in signs)]
    )


def _requests(reviewed: ChangeDocument, fresh: ChangeDocument) -> Iterator[str]:
    """Yield what goes along unchanged and is not as it was: fields that the file leaves to live."""
    was, now = _meaning(reviewed.request), _meaning(fresh.request)
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"{name}, which is sent along, is not as in the review"


def _meaning(request: dict[str, Any]) -> dict[str, Any]:
    """Return a request in which the order of use cases and actions has no say."""
    cases = request.get("use_cases", [])
    ordered = sorted(str({**case, "actions": sorted(map(str, case["actions"]))}) for case in cases)
    return {**request, "use_cases": ordered}
