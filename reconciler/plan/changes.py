"""The change of one group, and the exact body that is sent for it.

Pure: no I/O. An update's request carries `group_id`, every group-level field (declared ones as
desired, the others as they are live, so that neither a merging nor a replacing server clobbers
them), and only the use cases that changed. A create's request carries the declared fields and the
slug, and no `group_id`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reconciler.model import GROUP_FIELDS, Declared, Group
from reconciler.plan.base import Past, named, without
from reconciler.plan.diff import diff_fields, diff_use_cases
from reconciler.plan.nouns import Change, Origin, Part, UseCaseChange
from reconciler.plan.origins import origins


def change_of(
    entry: Declared, current: Group | None, past: Past | None, *, prune: bool
) -> Change | None:
    """Return what makes a live group what is desired of it, or None if nothing has to be done.

    Args:
        entry: What is desired.
        current: The live group, or None.
        past: What Git said before; None leaves the origins out.
        prune: Disable the use cases that Git once had and the file has not.
    """
    key = entry.group.key
    pruned: frozenset[str] = frozenset()
    if prune and current and past:
        pruned = _to_prune(entry.group, past.named(key, current), current)
    if pruned and current:
        entry = replace(entry, group=without(entry.group, pruned, current))
    fields = diff_fields(entry.group, current)
    use_cases = diff_use_cases(entry.group, current)
    if current is not None and not fields and not use_cases:
        return None
    request = (
        _update_request(entry.group, current, use_cases)
        if current
        else _create_request(entry.group)
    )
    whose: dict[Part, Origin] = {}
    if past:
        base, applied, *since = (one.group(key, current) for one in past.commits)
        whose = origins(base, applied, current, fields, use_cases, since=since, pruned=pruned)
    return Change(
        "update" if current else "create", entry, current, fields, use_cases, request, whose, pruned
    )


def _to_prune(desired: Group, once: frozenset[str], current: Group) -> frozenset[str]:
    """Return the enabled live use cases that Git once had and the file does not name.

    There are none if the file does not manage use cases at all.
    """
    if "use_cases" not in desired.declared:
        return frozenset()
    enabled = {use_case.use_case for use_case in current.use_cases if use_case.enabled}
    return (once - named(desired)) & enabled


def _create_request(desired: Group) -> dict[str, Any]:
    body: dict[str, Any] = {
        name: getattr(desired, name) for name in GROUP_FIELDS if name in desired.declared
    }
    if "use_cases" in desired.declared:
        body["use_cases"] = [use_case.model_dump(mode="json") for use_case in desired.use_cases]
    return body


def _update_request(
    desired: Group, current: Group, use_cases: Iterable[UseCaseChange]
) -> dict[str, Any]:
    body: dict[str, Any] = {"group_id": current.group_id}
    body |= {
        name: getattr(desired if name in desired.declared else current, name)
        for name in GROUP_FIELDS
    }
    changed = {change.use_case for change in use_cases}
    if changed:
        body["use_cases"] = [
            use_case.model_dump(mode="json")
            for use_case in desired.use_cases
            if use_case.use_case in changed
        ]
    return body
