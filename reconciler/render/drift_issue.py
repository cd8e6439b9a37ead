"""The issue about an environment that is not what Git says: whose doing it is, and the ways out.

Somebody's edit in the dashboard and a merge that is not applied yet look the same in live state,
and are told apart, since different people must act.

Pure: no I/O.
"""

from collections.abc import Iterator
from typing import Final

from reconciler.model import place_name
from reconciler.plan.nouns import Origin
from reconciler.render.marks import code
from reconciler.render.models import ChangeDocument, PlanDocument, ReviewedDocument
from reconciler.text import count

_LISTED: Final = 50
"""Groups that are listed of each kind; more are counted."""


def drift_title(plan: PlanDocument) -> str:
    """Return the issue's title: drift, if there is any, before what waits."""
    named = place_name(plan.target.env, plan.target.scope)
    place = f" in {named}" if named else ""
    only_waits = bool(plan.changes) and all(_origins(one) == {"pending"} for one in plan.changes)
    return f"{'Merged and not applied yet' if only_waits else 'Live state has drifted'}{place}"


def drift_markdown(plan: PlanDocument, reviewed: ReviewedDocument | None) -> str:
    """Return what stands above the plan: each kind of difference with its groups and ways out.

    Args:
        plan: What an apply would do that takes drift back.
        reviewed: The pull requests that were merged since the last apply, where that is known.
    """
    kinds: dict[Origin, list[ChangeDocument]] = {"drift": [], "conflict": [], "pending": []}
    for change in plan.changes:
        found = _origins(change)
        for origin, listed in kinds.items():
            if origin in found:
                listed.append(change)
    lines = [*_drift(kinds["drift"], plan.digest), *_conflict(kinds["conflict"], reviewed)]
    return "\n".join([*lines, *_pending(kinds["pending"], reviewed)])


def _drift(changes: list[ChangeDocument], digest: str) -> Iterator[str]:
    if not changes:
        return
    yield (
        f"**{count(len(changes), 'group')} changed in the dashboard.** Merges leave that alone, so"
        " somebody has to decide:"
    )
    yield (
        "- to keep it, write it into the group's file in a pull request: the plan below shows it as"
        " what is taken back"
    )
    yield (
        f"- to take it back, run `apply` by hand with `drift: revert` and the digest `{digest}`,"
        " which carries out all of the plan below"
    )
    yield ""
    yield from _groups([code(change.key) for change in changes])


def _conflict(changes: list[ChangeDocument], reviewed: ReviewedDocument | None) -> Iterator[str]:
    if not changes:
        return
    yield (
        f"**{count(len(changes), 'group')} both merged, not applied yet, and changed in the"
        " dashboard.** Bring the dashboard's change into the file, or review the plan anew and run"
        " `apply` by hand:"
    )
    yield ""
    yield from _groups([_named(change, reviewed) for change in changes])


def _pending(changes: list[ChangeDocument], reviewed: ReviewedDocument | None) -> Iterator[str]:
    if not changes:
        return
    yield (
        f"**{count(len(changes), 'group')} merged, not applied yet.** Nobody has changed it in the"
        " dashboard. See why the apply did not finish; the next merge makes up for it, or `apply`"
        " by hand without a digest, which carries out what was reviewed:"
    )
    yield ""
    yield from _groups([_named(change, reviewed) for change in changes])


def _groups(listed: list[str]) -> Iterator[str]:
    yield from (f"- {line}" for line in listed[:_LISTED])
    if len(listed) > _LISTED:
        yield f"- and {len(listed) - _LISTED} more"
    yield ""


def _named(change: ChangeDocument, reviewed: ReviewedDocument | None) -> str:
    """Return a group and the pull requests in which its change was merged, if that is known."""
    pulls = reviewed.pulls if reviewed else []
    known = [pull for pull in pulls if any(one.key == change.key for one in pull.changes or ())]
    found = known or [pull for pull in pulls if pull.changes is None]
    where = " or ".join(f"#{pull.number}" for pull in found)
    return f"{code(change.key)}{f': merged in {where}, not applied yet' if where else ''}"


def _origins(change: ChangeDocument) -> set[Origin | None]:
    """Return whose doing the parts of a change are."""
    return {
        *(field.origin for field in change.fields),
        *(case.enabled.origin for case in change.use_cases),
        *(one.origin for case in change.use_cases for one in (*case.added, *case.removed)),
    } - {None}
