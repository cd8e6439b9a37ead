"""The plan: what must be written so that live becomes what the files say, and the exact bodies that write it.

Pure: no files, no network, no clock, no environment. The plan is the only thing that renderers and
`apply` read, and neither decides anything. The rules:

- Which live group a desired one is, `reconciler.identity` says; where it cannot, a guard refuses
  the whole plan.
- A group that equals live in every declared field is unchanged and not written.
- An update's request carries `group_id`, every group-level field (declared ones as desired, the
  others as they are live, so that neither a merging nor a replacing server clobbers them), and only
  the use cases that changed.
- A create's request carries the declared fields and the slug, and no `group_id`.
- What is live and in no file is listed and left alone; with a base and only where it is asked for,
  what Git once had of it is disabled.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import SecretStr

from reconciler.base import Base, Origin, Part, named, origins, remains, without
from reconciler.diff import FieldChange, UseCaseChange, diff_fields, diff_use_cases
from reconciler.guards import Guard, Reach, over_limit
from reconciler.identity import look_alikes, match
from reconciler.lint import Advice
from reconciler.model import GROUP_FIELDS, Declared, Group, Key, Limits, Target, UseCase

ChangeAction = Literal["create", "update"]


@dataclass(frozen=True, slots=True)
class Change:
    """One group to write.

    Attributes:
        action: `create` or `update`.
        declared: The desired group and where it is written.
        before: The live group that is updated; None for a create.
        fields: Group-level fields that change, in the order of GROUP_FIELDS.
        use_cases: Use cases that change, sorted by name.
        request: The body to POST, as it is sent but for secrets, which stay wrapped.
        origins: Whose change each part is; empty where the plan has no base.
        pruned: Names of the use cases that change because Git has removed them.
    """

    action: ChangeAction
    declared: Declared
    before: Group | None
    fields: tuple[FieldChange, ...]
    use_cases: tuple[UseCaseChange, ...]
    request: Mapping[str, Any]
    origins: Mapping[Part, Origin] = field(default_factory=dict)
    pruned: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        """The desired group's key."""
        return self.declared.group.key

    def expected(self) -> Group:
        """Return what a read-back must show after the write; a field that is not declared there may be anything."""
        desired = self.declared.group
        if self.before is None:
            return desired
        written = {change.use_case: change.after for change in self.use_cases}
        kept = tuple(written.pop(use_case.use_case, use_case) for use_case in self.before.use_cases)
        changed = {change.path: change.after for change in self.fields}
        return self.before.model_copy(update={**changed, "use_cases": (*kept, *written.values())})


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A live group without a file; or, with `use_case`, a live use case that the file of its group does not name.

    Attributes:
        key: The live group's.
        group_id: The live group's.
        name: The live group's.
        use_case: None where the whole group is meant.
        removed: Whether the base has it, so that pruning disables it where it is not yet.
    """

    key: Key
    group_id: str
    name: str
    use_case: UseCase | None = None
    removed: bool = False

    def order(self) -> tuple[str, str, str]:
        """Return the key by which these are sorted: groups by key and id, use cases behind them by name."""
        return str(self.key), self.group_id, self.use_case.use_case if self.use_case else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered, immutable list of changes against one target.

    Attributes:
        target: The API and environment it was made for.
        changes: Sorted by key.
        unchanged: Keys of the desired groups that equal live, sorted.
        unmanaged: What is live and not in the files, sorted; never written.
        guards: Reasons to write nothing; empty where there are none.
        digest: `sha256:` and 64 hex digits over target and changes; equal digests mean the same
            writes from the same live values. Names of files, lines, order and time have no part in
            it.
        live: All live groups that the plan was made from; what an apply finds changed afterwards,
            somebody else did.
        three_way: Whether it was made with a base, so that every part has an origin.
        advice: What lint rules find in groups that change, and what this branch adds and resolves.
    """

    target: Target
    changes: tuple[Change, ...]
    unchanged: tuple[Key, ...]
    unmanaged: tuple[Unmanaged, ...]
    guards: tuple[Guard, ...]
    digest: str
    live: tuple[Group, ...] = field(default=(), repr=False)
    three_way: bool = False
    advice: tuple[Advice, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.changes

    def count(self, action: ChangeAction) -> int:
        """Return how many changes have this action."""
        return sum(change.action == action for change in self.changes)

    def count_unmanaged(self, *, removed: bool) -> int:
        """Return how much is live and not in the files: what the base has, or what Git never had."""
        return sum(item.removed == removed for item in self.unmanaged)

    def count_origin(self, origin: Origin) -> int:
        """Return how many groups have a part of this origin."""
        return sum(origin in change.origins.values() for change in self.changes)


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
    """
    matches, guards = match(declared, live)
    known = Base(base or (), live)
    managed = {group.group_id for group in matches.values() if group} | {
        entry.group.group_id for entry in declared
    }
    strays = sorted(
        (group for group in live if group.group_id not in managed),
        key=lambda group: str(group.group_id),
    )
    meant = {entry.group.key for entry in declared}
    gone = {
        group.key: (entry, group)
        for group in strays
        if group.key not in meant and (entry := known.of(group))
    }
    pairs = [(entry, matches[entry.group.key]) for entry in declared if entry.group.key in matches]
    pairs += [(remains(entry, group), group) for entry, group in gone.values()]

    changes, unchanged, unmanaged = [], [], []
    for entry, current in sorted(pairs, key=lambda pair: str(pair[0].group.key)):
        key = entry.group.key
        if only is not None and key not in only:
            continue
        change = _change(entry, current, known if base is not None else None, prune=prune)
        if change:
            changes.append(change)
        elif key not in gone:
            unchanged.append(key)
        if current and (change or key not in gone):
            unmanaged += _unmanaged_use_cases(entry.group, current, known, change)
    written = {change.key for change in changes}
    unmanaged += [
        Unmanaged(group.key, str(group.group_id), group.name, removed=group.key in gone)
        for group in strays
        if (only is None or group.key in only) and group.key not in written
    ]
    return Plan(
        target=target,
        changes=tuple(changes),
        unchanged=tuple(unchanged),
        unmanaged=tuple(sorted(unmanaged, key=Unmanaged.order)),
        guards=(*guards, *_unasked(changes, live, strays, limits or Limits(), allow or {})),
        digest=_digest(target, changes),
        live=tuple(live),
        three_way=base is not None,
    )


def _unasked(
    changes: Sequence[Change],
    live: Sequence[Group],
    strays: Sequence[Group],
    limits: Limits,
    allow: Mapping[str, int],
) -> Iterator[Guard]:
    """Yield the guards against what the changes would do: too much of something, or a group that seems to be there."""
    creates = [change.declared for change in changes if change.before is None]
    disables = sum(part.action == "disable" for change in changes for part in change.use_cases)
    yield from over_limit(
        Reach(len(creates), len(changes) - len(creates), disables, len(live)), limits, allow
    )
    ended = {change.key for change in changes if change.pruned}
    renames = list(look_alikes(creates, strays, ended))
    if len(renames) > allow.get("renames", 0):
        lift = f"; if it is another one: --allow renames={len(renames)}"
        yield from (replace(guard, remedy=guard.remedy + lift) for guard in renames)


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
    """Return the enabled live use cases that the base names and the file does not, where it manages them at all."""
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


def _digest(target: Target, changes: Iterable[Change]) -> str:
    content = {
        "target": {"api_url": target.api_url, "env": target.env},
        "changes": [
            {
                "key": str(change.key),
                "action": change.action,
                "fields": {
                    field.path: [_meaning(field.before), _meaning(field.after)]
                    for field in change.fields
                },
                "use_cases": {
                    part.use_case: [
                        _meaning(part.before.model_dump()) if part.before else None,
                        part.action,
                    ]
                    for part in change.use_cases
                },
                "request": _meaning(change.request),
            }
            for change in changes
        ],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _meaning(value: Any) -> Any:
    """Return plain JSON in which secrets count and the order of use cases and actions does not."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Mapping):
        return {name: _meaning(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return sorted(
            (_meaning(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True)
        )
    return value
