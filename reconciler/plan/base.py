"""What Git last said: whose change each difference is, and what this branch has removed.

Pure: no I/O. The base is the set of groups at an earlier commit, and the only record of what was
last wanted: there is no state file. A difference between live (before) and desired (after) is then
one of three:

- `git`: live is as the base says, or the base says nothing of it, so this branch changes it.
- `drift`: the files still say what the base says, so somebody changed live, and an apply would
  revert that.
- `conflict`: both differ from the base.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconciler.model import Declared, Group, Key, UseCase
from reconciler.plan.diff import plain_use_case
from reconciler.plan.identity import Pair, match
from reconciler.plan.nouns import FieldChange, Origin, Part, UseCaseChange

_NOTHING = object()
"""Stands for live state that is not there; unlike None, which a file may declare."""


class Base:
    """The groups at a base commit, found by the live group that they mean."""

    def __init__(self, entries: Sequence[Declared], live: Sequence[Group]) -> None:
        """Settle who is who, as for the desired groups.

        Of several live groups with one key, a file that pins none of them meant each: what is
        removed then is all of them. What is ambiguous otherwise stays unknown.
        """
        matches, _ = match(entries, live)
        self._by_key = {entry.group.key: entry for entry in entries}
        pinned = {entry.group.group_id for entry in entries if entry.group.group_id}
        unpinned = {key: one for key, one in self._by_key.items() if not one.group.group_id}
        self._by_id = {
            group.group_id: unpinned[group.key]
            for group in live
            if group.key in unpinned and group.group_id not in pinned
        } | {group.group_id: entry for entry, group in matches if group}

    def group(self, key: Key, live: Group | None) -> Group | None:
        """Return what the base says of a group, by its live group if there is one, else by key."""
        entry = (self._by_id.get(live.group_id) if live else None) or self._by_key.get(key)
        return entry.group if entry else None

    def of(self, live: Group) -> Declared | None:
        """Return the base's file of a live group, or None if Git never had it."""
        return self._by_id.get(live.group_id)


def former_keys(matches: Sequence[Pair], base: Base) -> dict[Key, Key]:
    """Return the keys that live groups have, or had in the base, by which no file means any now.

    Each leads to the key that the group's file gives it.
    """
    meant = {entry.group.key for entry, _ in matches}
    return {
        key: entry.group.key
        for entry, current in matches
        if current
        for said in (base.of(current),)
        for key in (current.key, *([said.group.key] if said else ()))
        if key not in meant
    }


def named(group: Group | None) -> frozenset[str]:
    """Return the use cases that a group names; none if it does not manage them or is None."""
    return frozenset(use_case.use_case for use_case in group.use_cases) if group else frozenset()


def without(desired: Group, removed: Iterable[str], live: Group) -> Group:
    """Return a desired group with some live use cases that it does not name switched off."""
    off = tuple(
        use_case.model_copy(update={"enabled": False})
        for use_case in live.use_cases
        if use_case.use_case in removed
    )
    return desired.model_copy(update={"use_cases": (*desired.use_cases, *off)})


def remains(entry: Declared, live: Group) -> Declared:
    """Return what is desired of a live group whose file is gone.

    It is nothing but its identity, and no use case yet.
    """
    group = Group(
        integration=live.integration,
        slug=live.slug,
        group_id=live.group_id,
        name=live.name,
        use_cases=(),
    )
    return Declared(group, entry.file, gone=True)


def origins(
    base: Group | None,
    live: Group | None,
    fields: Iterable[FieldChange],
    use_cases: Iterable[UseCaseChange],
) -> dict[Part, Origin]:
    """Return whose change each part of a change is.

    Args:
        base: What the base says of the group, or None.
        live: The live group, or None.
        fields: Those that change.
        use_cases: Those that change.
    """
    declared = base.declared if base else frozenset()
    found: dict[Part, Origin] = {}
    for field in fields:
        known = field.path in declared
        before = field.before if live else _NOTHING
        found[field.path,] = (
            _judge(getattr(base, field.path), before, field.after) if known else "git"
        )
    said = {use_case.use_case: use_case for use_case in base.use_cases} if base else {}
    for part in use_cases:
        found.update(_origins_within(said.get(part.use_case), part))
    return found


def _origins_within(base: UseCase | None, part: UseCaseChange) -> Iterator[tuple[Part, Origin]]:
    path: tuple[str, str] = ("use_cases", part.use_case)
    if part.before is None:
        yield (
            path,
            _judge(plain_use_case(base), _NOTHING, plain_use_case(part.after)) if base else "git",
        )
    elif part.before.enabled != part.after.enabled:
        yield (
            (*path, "enabled"),
            _judge(base.enabled, part.before.enabled, part.after.enabled) if base else "git",
        )
    had = Counter(part.before.actions if part.before else ())
    has, said = Counter(part.after.actions), Counter(base.actions if base else ())
    for action in {*part.added, *part.removed}:
        # A use case that Git did not name is wholly this branch's doing, whatever it held before.
        yield (*path, action), _judge(said[action], had[action], has[action]) if base else "git"


def _judge(base: object, before: object, after: object) -> Origin:
    if before == base:
        return "git"
    return "drift" if after == base else "conflict"
