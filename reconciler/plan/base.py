"""What Git said of groups before: at the base, at the commit that was applied last, and since.

Pure: no I/O. An earlier commit's set of groups is the only record of what was wanted: there is no
state file. The base is what the branch started from, the applied commit what the environment was
last told; where only one of them is known it stands for both. A run for a commit after that may
have written something all the same.
"""

from collections.abc import Iterable, Sequence

from reconciler.model import Declared, Group, Key
from reconciler.plan.identity import Pair, match


class Commit:
    """The groups at an earlier commit, found by the live group that they mean."""

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
        """Return what it says of a group, by its live group if there is one, else by key."""
        entry = (self._by_id.get(live.group_id) if live else None) or self._by_key.get(key)
        return entry.group if entry else None

    def of(self, live: Group) -> Declared | None:
        """Return its file of a live group, or None if it has none."""
        return self._by_id.get(live.group_id)


class Past:
    """What Git said at the base, at the applied commit, and at those after that.

    Attributes:
        commits: What the branch started from, what the environment was last told, and what it may
            have been told since, the oldest first.
    """

    def __init__(
        self,
        base: Sequence[Declared],
        applied: Sequence[Declared],
        live: Sequence[Group],
        since: Sequence[Sequence[Declared]] = (),
    ) -> None:
        first = Commit(base, live)
        last = first if applied is base else Commit(applied, live)
        self.commits = (first, last, *(Commit(entries, live) for entries in since))

    def of(self, live: Group) -> Declared | None:
        """Return the newest file of a live group, or None if Git never had it."""
        base, applied, *since = self.commits
        newest_first = (base, *reversed(since), applied)
        return next((entry for one in newest_first if (entry := one.of(live))), None)

    def named(self, key: Key, live: Group | None) -> frozenset[str]:
        """Return the use cases of a group that Git once had."""
        return frozenset[str]().union(*(named(one.group(key, live)) for one in self.commits))


def former_keys(matches: Sequence[Pair], past: Past) -> dict[Key, Key]:
    """Return the keys that live groups have, or had in Git, by which no file means any now.

    Each leads to the key that the group's file gives it.
    """
    meant = {entry.group.key for entry, _ in matches}
    return {
        key: entry.group.key
        for entry, current in matches
        if current
        for said in (past.of(current),)
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
    return Declared(group, entry.file, gone=True, protected=entry.protected)
