"""The plan: what must be written so that live is what the files say, and the exact bodies for it.

Pure: no files, no network, no clock, no environment. The plan is the only thing that renderers and
`apply` read, and neither decides anything. The rules:

- Which live group a desired one is, `reconciler.plan.identity` says; if it cannot, a guard refuses
  the whole plan.
- A group that equals live in every declared field is unchanged and not written.
- What is sent for one that does not, `reconciler.plan.changes` says.
- What is live and in no file is listed and left alone; with a base and only where it is asked for,
  what Git once had of it is disabled.
- Where it is asked for, drift is left as it is and listed, before anything else is decided.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from reconciler.errors import ReconcilerError, Rule
from reconciler.model import Declared, Group, Integration, Key, Skipped, Target
from reconciler.plan.account import account_guards
from reconciler.plan.base import Past, former_keys, named, remains
from reconciler.plan.changes import change_of
from reconciler.plan.digest import change_digest, plan_digest
from reconciler.plan.drift import leave_drift
from reconciler.plan.freeze import freeze_guards
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
from reconciler.plan.look_alikes import copy_guards, rename_guards
from reconciler.plan.nouns import Change, Drift, Guard, Plan, Subject, Unmanaged, Unread
from reconciler.plan.odd import noted, who_is_who
from reconciler.plan.order import in_order
from reconciler.plan.protected import protected_guards
from reconciler.plan.twice import use_case_guards
from reconciler.plan.unknown import unknown_guards
from reconciler.settings import Limits, Span, without_it
from reconciler.text import count, masked


def build_plan(
    declared: Sequence[Declared],
    live: Sequence[Group],
    target: Target,
    *,
    base: Sequence[Declared] | None = None,
    applied: Sequence[Declared] | None = None,
    since: Sequence[Sequence[Declared]] = (),
    drift: Drift = "revert",
    prune: bool = False,
    only: frozenset[Key] | None = None,
    limits: Limits | None = None,
    freeze: Mapping[str, Span] | None = None,
    today: date | None = None,
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
        applied: The groups at the commit that was applied last; None is the base.
        since: The groups at each commit after that one and before the planned one, the oldest
            first: what their runs may have written is not drift.
        drift: What becomes of it; without a base there is no such thing.
        prune: Disable what Git once had, at one of these commits, and the files have not; likewise.
        only: Keys to plan for, or None for all. Identity is always settled over all groups; what is
            unmanaged is then listed for the chosen groups alone.
        limits: How far the plan may reach before a guard refuses it.
        freeze: Spans of days in which nothing is to change, by what they are called.
        today: The day, for those; without it none of them holds.
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
    base_groups = base or ()
    last = base_groups if applied is None else applied
    ever = _ever(base_groups, *reversed(since), last)
    matches, guards = who_is_who(declared, live, ever, skipped, known or {})
    before = Past(base_groups, last, live, since)
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

    changes, drifted, unchanged, unmanaged = [], [], [], []
    for entry, current in sorted(pairs, key=_by_key):
        key = entry.group.key
        if not _within(key, only):
            continue
        rest = None
        if base is not None and drift == "leave":
            change, rest = leave_drift(entry, current, before, prune=prune)
        else:
            change = change_of(entry, current, before if base is not None else None, prune=prune)
        if change:
            changes.append(change)
        if rest:
            drifted.append(rest)
        if not change and not rest and not entry.gone:
            unchanged.append(key)
        if current and (change or not entry.gone):
            unmanaged += _unmanaged_use_cases(entry.group, current, before, change)
    former = former_keys(matches, before)
    ended = {entry.group.key for entry in ever if entry.group.integration not in unread}
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
        drifted=tuple(drifted),
        unchanged=tuple(unchanged),
        unmanaged=tuple(sorted(unmanaged, key=Unmanaged.order)),
        guards=(
            *guards,
            *_unseen(changes, unread),
            *(freeze_guards(freeze or {}, today, allow) if changes else ()),
            *protected_guards(changes, _protected(ever, former), allow),
            *_too_far(changes, len(live), limits or Limits(), allow),
            *_unasked(
                changes,
                files,
                strays,
                gone=gone,
                env=target.env,
                allow=allow,
                known=known or {},
            ),
            *account_guards(
                [*changes, *drifted],
                target,
                live,
                skipped,
                applied=[one for one in last if one.group.integration not in unread],
                commit="base" if last is base_groups else "applied commit",
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


def _protected(ever: Sequence[Declared], former: Mapping[Key, Key]) -> set[Key]:
    """Return the keys of groups that an earlier commit protects, as they are now."""
    return {former.get(one.group.key, one.group.key) for one in ever if one.protected}


def _within(key: Key, only: frozenset[Key] | None) -> bool:
    return only is None or key in only


def _ever(*commits: Sequence[Declared]) -> Sequence[Declared]:
    """Return what Git had at any of some commits, as the first one says it that does."""
    found = {entry.group.key: entry for entries in reversed(commits) for entry in entries}
    return list(found.values())


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
    known: Mapping[str, str],
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
    renames = rename_guards(new, strays, env, ended=ended, known=known)
    found: dict[Rule, tuple[Sequence[Guard], str]] = {
        RENAMES: (list(renames), "it is another one"),
        COPIES: (list(copy_guards(new, declared)), "both are meant"),
        USE_CASE_RENAMES: (list(use_case_guards(changes, strays, ended)), "both are meant"),
        UNKNOWN_FIELDS: (list(unknown_guards(changes)), "all of them may go"),
    }
    for rule, (guards, meant) in found.items():
        if len(guards) > allow.get(rule.id, 0):
            lift = f"; if {meant}: --allow {rule.id}={len(guards)}"
            yield from (replace(one, remedy=one.remedy + lift) for one in guards)


def _unmanaged_use_cases(
    desired: Group, current: Group, past: Past, change: Change | None
) -> list[Unmanaged]:
    if "use_cases" not in desired.declared:
        return []
    managed = named(desired) | (change.pruned if change else frozenset())
    once = past.named(desired.key, current)
    return [
        Unmanaged(
            desired.key, str(current.group_id), current.name, use_case, use_case.use_case in once
        )
        for use_case in current.use_cases
        if use_case.use_case not in managed
    ]
