"""What live state shows after a run that the run did not do: the traces of another writer.

Pure: no I/O. The API has no lock, so a second run or somebody in the dashboard cannot be kept out;
they can be noticed.
"""

from collections.abc import Collection, Sequence

from reconciler.model import Group, Key
from reconciler.plan.compare import moved, moved_since
from reconciler.plan.nouns import Plan, Subject


def done_by_others(
    plan: Plan, applied: Collection[Subject], now: Sequence[Group]
) -> tuple[str, ...]:
    """Return what others changed since the plan was made, a sentence per group, sorted by key.

    Args:
        plan: The plan that was carried out, with live state as it was.
        applied: Subjects of the changes that were applied; what became of the others cannot be told
            from here.
        now: All live groups of the integrations that the plan writes to.
    """
    integrations = {change.key.integration for change in plan.changes}
    before = {group.group_id: group for group in plan.live if group.integration in integrations}
    written = {change.before.group_id: change for change in plan.changes if change.before}
    created = {change.key for change in plan.changes if change.before is None}
    told = [
        f"{group.key} ({group.group_id}) is gone"
        for group_id, group in before.items()
        if group_id not in _ids(now)
    ]
    for group in now:
        change = written.get(group.group_id)
        if group.group_id not in before:
            told += [] if group.key in created else [f"{group.key} ({group.group_id}) has appeared"]
        elif change is None:
            told += _told(group, moved(before[group.group_id], group))
        elif change.subject in applied:
            told += _told(group, moved_since(change, group))
    return tuple(sorted(told))


def twins(plan: Plan, now: Sequence[Group]) -> dict[Key, tuple[str, ...]]:
    """Return the live ids of each created key that has several: two runs may have raced."""
    created = [change.key for change in plan.changes if change.before is None]
    found = {
        key: tuple(sorted(str(group.group_id) for group in now if group.key == key))
        for key in created
    }
    return {key: ids for key, ids in found.items() if len(ids) > 1}


def _told(now: Group, words: str) -> list[str]:
    return [f"{now.key}: {words}"] if words else []


def _ids(groups: Sequence[Group]) -> set[str | None]:
    return {group.group_id for group in groups}
