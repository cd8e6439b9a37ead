"""The plan: what must be written so that live is what the files say, and the exact bodies for it.

Pure: no files, no network, no clock, no environment. The plan is the only thing that renderers and
`apply` read, and neither decides anything. The rules:

- Which live group a desired one is, `reconciler.plan.identity` says; if it cannot, a guard refuses
  the whole plan.
- A group that equals live in every declared field is unchanged and not written.
- An update's request carries `group_id`, every group-level field (declared ones as desired, the
  others as they are live, so that neither a merging nor a replacing server clobbers them), and only
  the use cases that changed.
- A create's request carries the declared fields and the slug, and no `group_id`.
- What is live and in no file is listed and left alone; with a base and only where it is asked for,
  what Git once had of it is disabled.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconciler.errors import ReconcilerError, Rule
from reconciler.model import GROUP_FIELDS, Declared, Group, Integration, Key, Skipped, Target
from reconciler.plan.account import account_guards
from reconciler.plan.base import Base, former_keys, named, origins, remains, without
from reconciler.plan.diff import diff_fields, diff_use_cases
from reconciler.plan.digest import change_digest, plan_digest
from reconciler.plan.guards import (
    COPIES,
    RENAMES,
    UNKNOWN_FIELDS,
    UNREAD_INTEGRATION,
    USE_CASE_RENAMES,
    Reach,
    guard,
    over_limit,
)
from reconciler.plan.identity import Pair
from reconciler.plan.look_alikes import (
    alike,
    copies,
    copy_guards,
    rename_guards,
    use_case_guards,
)
from reconciler.plan.nouns import Change, Guard, Plan, Subject, Unmanaged, Unread, UseCaseChange
from reconciler.plan.odd import noted, who_is_who
from reconciler.plan.order import in_order
from reconciler.plan.unknown import unknown_guards
from reconciler.settings import Limits, without_it
from reconciler.text import count, masked


def build_plan(
    declared: Sequence[Declared],
    live: Sequence[Group],
    target: Target,
    *,
    base: Sequence[Declared] | None = None,
    prune: bool = False,
    only: frozenset[Key] | None = None,
    limits: Limits | None = None,
    allow: Mapping[str, int] | None = None,
    ours: Collection[str] = (),
    skipped: Sequence[Skipped] = (),
    unread: Mapping[Integration, ReconcilerError] | None = None,
    known: Mapping[str, str] | None = None,
    chosen: Collection[Subject] | None = None,
) -> Plan:
    """Compare desired with live and return what must be written.

    Args:
        declared: All desired groups, keys unique, in any order.
        live: All live groups of their integrations, in any order.
        target: What the plan is made for.
        base: The groups at the base commit, for a three-way plan.
        prune: Disable what the base has and the files have not; without a base there is no such
            thing.
        only: Keys to plan for, or None for all. Identity is always settled over all groups; what is
            unmanaged is then listed for the chosen groups alone.
        limits: How far the plan may reach before a guard refuses it.
        allow: Numbers that take a limit's place, by the guard's name.
        ours: Ids of groups that earlier runs for the target wrote, as far as is known.
        skipped: Live rows with which no plan can be made.
        unread: Integrations whose live groups could not be read, and why.
        known: Ids of groups that runs of this machine wrote, and their keys, as text.
        chosen: Groups that may be written, or None for all: the other changes are left out, and
            guards count what is left.
    """
    unread, allow = unread or {}, allow or {}
    files, declared = declared, [one for one in declared if one.group.integration not in unread]
    matches, guards = who_is_who(declared, live, base or (), skipped, known or {})
    before = Base(base or (), live)
    managed = {group.group_id for _, group in matches if group} | {
        entry.group.group_id for entry in declared
    }
    strays = sorted(
        (group for group in live if group.group_id not in managed),
        key=lambda group: str(group.group_id),
    )
    meant = {entry.group.key for entry in declared}
    # By id, here and below: two live groups may have one key, and Git may have removed both, or
    # one of them.
    gone = {
        str(group.group_id): (remains(entry, group), group)
        for group in strays
        if (entry := before.of(group)) and entry.group.key not in meant
    }
    pairs: list[Pair] = [*matches, *gone.values()]

    changes, unchanged, unmanaged = [], [], []
    for entry, current in sorted(pairs, key=_by_key):
        key = entry.group.key
        if not _within(key, only):
            continue
        change = _change(entry, current, before if base is not None else None, prune=prune)
        if change:
            changes.append(change)
        elif not entry.gone:
            unchanged.append(key)
        if current and (change or not entry.gone):
            unmanaged += _unmanaged_use_cases(entry.group, current, before, change)
    former = former_keys(matches, before)
    ended = {entry.group.key for entry in base or () if entry.group.integration not in unread}
    ended -= meant | former.keys() | {change.key for change in changes}
    ended -= {group.key for group in strays if str(group.group_id) not in gone}
    changes = [
        replace(change, digest=change_digest(target, change))
        for change in in_order(changes)
        if chosen is None or change.subject in chosen
    ]
    written = {change.before.group_id for change in changes if change.before}
    unmanaged += [
        Unmanaged(group.key, str(group.group_id), group.name, removed=str(group.group_id) in gone)
        for group in strays
        if _within(group.key, only) and group.group_id not in written
    ]
    return Plan(
        target=target,
        changes=tuple(changes),
        unchanged=tuple(unchanged),
        unmanaged=tuple(sorted(unmanaged, key=Unmanaged.order)),
        guards=(
            *guards,
            *_unseen(changes, unread),
            *_too_far(changes, len(live), limits or Limits(), allow),
            *_unasked(changes, files, strays, gone=gone, env=target.env, allow=allow),
            *account_guards(
                changes,
                target,
                live,
                skipped,
                base=[one for one in base or () if one.group.integration not in unread],
                ours=ours,
                allow=allow,
            ),
        ),
        digest=plan_digest(target, [(masked(str(one.key)), one.digest) for one in changes]),
        live=tuple(live),
        three_way=base is not None,
        skipped=noted(skipped, [change.declared for change in changes if change.before is None]),
        unread=tuple(_kept_back(files, unread, only)),
        ended=tuple(sorted((key for key in ended if prune and _within(key, only)), key=str)),
        former=former,
    )


def _within(key: Key, only: frozenset[Key] | None) -> bool:
    return only is None or key in only


def _by_key(pair: Pair) -> tuple[str, str]:
    entry, current = pair
    return str(entry.group.key), str(current.group_id) if current else ""


def _unseen(changes: Sequence[Change], unread: Collection[Integration]) -> Iterator[Guard]:
    """Yield a guard where something would be created that may be live where nobody could look."""
    new = sum(change.before is None for change in changes)
    for integration in sorted(unread) if new else ():
        yield guard(
            UNREAD_INTEGRATION,
            f"{count(new, 'group')} would be created, and whether"
            f" {'it is' if new == 1 else 'one of them is'} live in {integration} already is not"
            f" known, since {integration} cannot be read",
            f"run this again when it can be read; {without_it(integration)}",
        )


def _kept_back(
    files: Sequence[Declared],
    unread: Mapping[Integration, ReconcilerError],
    only: frozenset[Key] | None,
) -> Iterator[Unread]:
    for integration, error in sorted(unread.items()):
        keys = {entry.group.key for entry in files if entry.group.integration == integration}
        chosen = sorted((key for key in keys if _within(key, only)), key=str)
        yield Unread(integration, error.message, error.remedy, tuple(chosen))


def _too_far(
    changes: Sequence[Change], live: int, limits: Limits, allow: Mapping[str, int]
) -> Iterator[Guard]:
    """Yield the guards against too much of something."""
    creates = sum(change.before is None for change in changes)
    disables = sum(part.action == "disable" for change in changes for part in change.use_cases)
    yield from over_limit(Reach(creates, len(changes) - creates, disables, live), limits, allow)


def _unasked(
    changes: Sequence[Change],
    declared: Sequence[Declared],
    strays: Sequence[Group],
    *,
    gone: Collection[str],
    env: str | None,
    allow: Mapping[str, int],
) -> Iterator[Guard]:
    """Yield the guards against single groups, of each kind unless as many are allowed."""
    new = [change.declared for change in changes if change.before is None]
    pruned = {change.before.group_id: change.pruned for change in changes if change.before}
    ended = {
        str(stray.group_id)
        for stray in strays
        if str(stray.group_id) in gone
        and all(
            part.use_case in pruned.get(stray.group_id, ())
            for part in stray.use_cases
            if part.contacts_somebody
        )
    }
    found: dict[Rule, tuple[Sequence[Guard], str]] = {
        RENAMES: (list(rename_guards(list(alike(new, strays)), env, ended)), "it is another one"),
        COPIES: (list(copy_guards(list(copies(new, declared)))), "both are meant"),
        USE_CASE_RENAMES: (list(use_case_guards(changes)), "both are meant"),
        UNKNOWN_FIELDS: (list(unknown_guards(changes)), "all of them may go"),
    }
    for rule, (guards, meant) in found.items():
        if len(guards) > allow.get(rule.id, 0):
            lift = f"; if {meant}: --allow {rule.id}={len(guards)}"
            yield from (replace(one, remedy=one.remedy + lift) for one in guards)


def _change(
    entry: Declared, current: Group | None, known: Base | None, *, prune: bool
) -> Change | None:
    said = known.group(entry.group.key, current) if known else None
    pruned = _to_prune(entry.group, said, current) if prune and current else frozenset()
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
    whose = origins(said, current, fields, use_cases) if known else {}
    return Change(
        "update" if current else "create", entry, current, fields, use_cases, request, whose, pruned
    )


def _to_prune(desired: Group, said: Group | None, current: Group) -> frozenset[str]:
    """Return the enabled live use cases that the base names and the file does not.

    There are none if the file does not manage use cases at all.
    """
    if "use_cases" not in desired.declared:
        return frozenset()
    enabled = {use_case.use_case for use_case in current.use_cases if use_case.enabled}
    return (named(said) - named(desired)) & enabled


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


def _unmanaged_use_cases(
    desired: Group, current: Group, known: Base, change: Change | None
) -> list[Unmanaged]:
    if "use_cases" not in desired.declared:
        return []
    managed = named(desired) | (change.pruned if change else frozenset())
    once = named(known.group(desired.key, current))
    return [
        Unmanaged(
            desired.key, str(current.group_id), current.name, use_case, use_case.use_case in once
        )
        for use_case in current.use_cases
        if use_case.use_case not in managed
    ]
