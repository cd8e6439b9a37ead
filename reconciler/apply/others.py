"""What live state shows after a run that the run did not do: the traces of another writer.

Pure: no I/O. The API has no lock, so a second run or somebody in the dashboard cannot be kept out;
they can be noticed.
"""

from collections.abc import Collection, Sequence

from reconciler.model import Group, Key, Skipped
from reconciler.plan.compare import moved, moved_since
from reconciler.plan.nouns import Plan, Subject
from reconciler.plan.odd import may_be


def done_by_others(
    plan: Plan,
    applied: Collection[Subject],
    now: Sequence[Group],
    skipped: Sequence[Skipped] = (),
) -> tuple[str, ...]:
    """Return what others changed since the plan was made, a sentence per group, sorted by key.

    Args:
        plan: The plan that was carried out, with live state as it was.
        applied: Subjects of the changes that were applied; what became of the others cannot be told
            from here.
        now: All live groups of the integrations that the plan writes to.
        skipped: All rows of theirs with which no plan can be made.
    """
    integrations = {change.key.integration for change in plan.changes}
    before = {group.group_id: group for group in plan.live if group.integration in integrations}
    written = {change.before.group_id: change for change in plan.changes if change.before}
    created = {change.key for change in plan.changes if change.before is None}
    odd = {group_id: row for row in skipped for group_id in row.ids}
    here = {group.group_id for group in now}
    told = [
        f"{group.key} ({group_id}) is {odd[str(group_id)].words if group_id in odd else 'gone'}"
        for group_id, group in before.items()
        if group_id not in here
    ]
    made = {(key.integration, key.slug) for key in created}
    # Not by its place, which other rows move.
    known = {row.ids or row.readings for row in plan.skipped}
    told += [
        f"{row} has appeared, and is {row.words}"
        for row in skipped
        if (row.ids or row.readings) not in known
        and not before.keys() & set(row.ids)
        and (row.integration, row.slug) not in made
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


def twins(
    plan: Plan, now: Sequence[Group], skipped: Sequence[Skipped] = ()
) -> dict[Key, tuple[str, ...]]:
    """Return the live ids of each created key that has several: two runs may have raced.

    A row that cannot be planned with, and that may be what was created, is one of them.
    """
    created = {change.key: change.expected() for change in plan.changes if change.before is None}
    found = {
        key: tuple(
            sorted(
                [str(group.group_id) for group in now if group.key == key]
                + [row.group_id or row.place for row in skipped if may_be(row, group)]
            )
        )
        for key, group in created.items()
    }
    return {key: ids for key, ids in found.items() if len(ids) > 1}


def _told(now: Group, words: str) -> list[str]:
    return [f"{now.key}: {words}"] if words else []
