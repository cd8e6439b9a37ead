"""How the changes of a fresh plan differ from the reviewed ones of their groups, in words.

Pure: no I/O. Both are compared as documents, so secrets are hidden on either side; digests count
them all the same. Lines, files and origins vary without meaning and are left out, and so is what is
sent along as it is live, as in the digests.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reconciler.render.models import ChangeDocument, PlanDocument, UseCaseDocument
from reconciler.render.words import NONE, action_words, difference_words, value_words
from reconciler.text import inert, visible

_UNSEEN: Final = "a value that is never shown, such as a sheet_link, is not the one of the review"


def deviations(reviewed: PlanDocument, fresh: PlanDocument) -> Mapping[str, Sequence[str]]:
    """Return by the digest of each fresh change a line for each thing that is not as reviewed.

    There is none of a change that is as reviewed, or that is of a group without a reviewed one.
    Where digests differ and nothing that is shown does, a hidden value does, and the line says so.
    """
    found: dict[str, list[ChangeDocument]] = {}
    for change in reviewed.changes:
        found.setdefault(change.key, []).append(change)
    return {change.digest: _of(change, found.get(change.key, ())) for change in fresh.changes}


def _of(fresh: ChangeDocument, reviewed: Sequence[ChangeDocument]) -> Sequence[str]:
    """Return how a change differs from the reviewed one of its group, told apart by its id."""
    here = [one for one in reviewed if len(reviewed) == 1 or one.group_id == fresh.group_id]
    if not here:
        return []
    (was,) = here
    return _group(was, fresh) or ([] if was.digest == fresh.digest else [_UNSEEN])


def _group(reviewed: ChangeDocument, fresh: ChangeDocument) -> list[str]:
    if reviewed.action != fresh.action:
        return [f"to {reviewed.action} in the review, to {fresh.action} now"]
    if reviewed.group_id != fresh.group_id:
        was, now = (visible(one.group_id or NONE) for one in (reviewed, fresh))
        return [f"the live group was {was} in the review, and is {now} now"]
    return [*_fields(reviewed, fresh), *_use_cases(reviewed, fresh)]


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
