"""Whether a live row that cannot be read could be a group that a file means.

Pure: no I/O. A row that no file means is listed and left alone; of one that a file could mean it is
not known what an upsert would do to it, or whether a create would be its twin, so that the plan is
refused until it is corrected. What could be read of the row decides:

- its id, where a file pins it, or a run of this machine wrote it;
- its slug, where that is a file's, now or at the base;
- where its slug cannot be read, whether it resembles a file of its integration;
- whether it resembles a group that would be created, in whichever integration.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from reconciler.model import Declared, Group, Skipped, UseCase
from reconciler.plan.guards import NO_SUCH_GROUP, ODD_LIVE_GROUP, guard
from reconciler.plan.identity import Pair, match
from reconciler.plan.look_alikes import Trait, fold, fold_action, sheet, traits_words
from reconciler.plan.nouns import Guard


def who_is_who(
    declared: Sequence[Declared],
    live: Sequence[Group],
    base: Sequence[Declared],
    skipped: Sequence[Skipped],
    known: Mapping[str, str],
) -> tuple[list[Pair], tuple[Guard, ...]]:
    """Return each desired group with its live one, and a guard for each that has no answer.

    As `identity.match`, in the light of the rows with which no plan can be made: whoever may be one
    of them is not new.

    Args:
        declared: Desired groups of the integrations that were read.
        live: Live groups.
        base: Groups at the base commit.
        skipped: Rows that are left alone.
        known: Ids of groups that runs of this machine wrote, and their keys.
    """
    here = {group_id for row in skipped for group_id in row.ids}
    pinned = [entry for entry in declared if entry.group.group_id in here]
    pairs, guards = match([entry for entry in declared if entry.group.group_id not in here], live)
    settled = {entry.group.key for entry, _ in pairs}
    left = [entry for entry in declared if entry.group.key not in settled]
    keys = {entry.group.key for entry in declared}
    removed = [entry for entry in base if entry.group.key not in keys]
    found = list(_doubts(pairs, left, removed, skipped, known))
    doubtful = {doubt.entry.group.key for doubt in found if doubt.entry}
    return (
        [pair for pair in pairs if pair[1] or pair[0].group.key not in doubtful],
        (*guards, *_pinned_to_deleted(pinned, skipped), *_doubt_guards(found)),
    )


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A desired group, and a row that it could be.

    Attributes:
        entry: What a file says; None where only a run of this machine knows the row.
        row: What cannot be read.
        because: In words, why it could be that group.
        path: Where in the file the reason stands.
    """

    entry: Declared | None
    row: Skipped
    because: str
    path: str = "slug"


def _doubts(
    pairs: Sequence[Pair],
    unmatched: Sequence[Declared],
    base: Sequence[Declared],
    skipped: Sequence[Skipped],
    known: Mapping[str, str],
) -> Iterator[_Doubt]:
    """Yield for each odd row that could be meant the first reason to think so.

    Args:
        pairs: Desired groups and their live ones, None where new.
        unmatched: Desired groups whose live one is not settled.
        base: Groups at the base that the files do not have any more.
        skipped: All rows that are left alone.
        known: Ids of groups that runs of this machine wrote, and their keys.
    """
    entries = [*pairs, *((entry, None) for entry in unmatched)]
    new = [entry for entry, current in pairs if current is None]
    for row in skipped:
        if row.why == "odd":
            reasons = chain(
                (_of_file(row, entry, current) for entry, current in entries),
                (_of_base(row, entry) for entry in base),
                [_of_run(row, known)],
                (_of_create(row, entry) for entry in new),
            )
            yield from islice(filter(None, reasons), 1)


def _doubt_guards(found: Sequence[_Doubt]) -> Iterator[Guard]:
    """Yield a guard for each row that a file could mean."""
    for doubt in found:
        entry = doubt.entry
        yield guard(
            ODD_LIVE_GROUP,
            f"{doubt.row} cannot be planned with, and {doubt.because}: {doubt.row.problem}",
            file=entry.file if entry else None,
            line=entry.position(doubt.path)[0] if entry else 1,
        )


def _pinned_to_deleted(pinned: Sequence[Declared], skipped: Sequence[Skipped]) -> Iterator[Guard]:
    """Yield a guard for each desired group that is pinned to a deleted one."""
    deleted = {row.group_id: row for row in skipped if row.why == "deleted" and row.group_id}
    for entry in pinned:
        row = deleted.get(entry.group.group_id or "")
        if row:
            yield guard(
                NO_SUCH_GROUP,
                f"{entry.group.key} is pinned to the live group {row.group_id}, which is"
                f" {row.problem}",
                "restore it in the dashboard, or remove the line group_id if a new group is meant",
                file=entry.file,
                line=entry.position("group_id")[0],
            )


def noted(skipped: Sequence[Skipped], new: Sequence[Declared]) -> tuple[Skipped, ...]:
    """Return the rows in the order in which they are listed, with what a plan says of them.

    A deleted group's slug may be taken for ever.
    """
    created = {(entry.group.integration, entry.group.slug) for entry in new}
    note = "a new group with its slug is to be created, which the API may refuse"
    rows = [
        replace(row, note=note)
        if row.why == "deleted" and (row.integration, row.slug) in created
        else row
        for row in skipped
    ]
    return tuple(sorted(rows, key=lambda row: (row.integration, row.slug, row.ids, row.place)))


def may_be(row: Skipped, group: Group) -> bool:
    """Return whether an odd row may be a group that was created, or its twin."""
    if row.why != "odd" or row.integration != group.integration:
        return False
    return row.slug == group.slug or bool(resembles(row, group)) or is_blank(row)


def resembles(row: Skipped, group: Group) -> tuple[Trait, ...]:
    """Return what a row shares with a group, as far as it can be read."""
    found: dict[Trait, bool] = defaultdict(bool)
    for reading in row.readings:
        links = (reading.sheet_link, group.sheet_link)
        found["sheet"] |= None not in links and len({sheet(link) for link in links if link}) == 1
        found["use cases"] |= _same_contacts(row, reading, group)
        found["name"] |= bool(fold(reading.name)) and fold(reading.name) == fold(group.name)
    return tuple(trait for trait, shared in found.items() if shared)


def is_blank(row: Skipped) -> bool:
    """Return whether nothing could be read by which the row can be told from any group."""
    return not any(
        reading.slug or fold(reading.name) or reading.sheet_link or reading.use_cases
        for reading in row.readings
    )


def _same_contacts(row: Skipped, reading: Group, group: Group) -> bool:
    """Return whether all that one of them contacts for may be among what the other does."""
    here = defaultdict[str, list[UseCase]](list)
    for part in reading.use_cases:
        if part.actions or part.use_case in row.vague:
            here[fold(part.use_case)].append(part)
    there = {fold(part.use_case): part for part in group.use_cases if part.actions}
    shared = here.keys() & there.keys()
    return (
        bool(shared)
        and (shared == here.keys() or shared == there.keys())
        and all(any(_fits(row, part, there[name]) for part in here[name]) for name in shared)
    )


def _fits(row: Skipped, read: UseCase, other: UseCase) -> bool:
    """Return whether a use case, of which perhaps not everything could be read, may be another."""
    had, has = (Counter(map(fold_action, one.actions)) for one in (read, other))
    return had <= has if read.use_case in row.vague else had == has


def _of_file(row: Skipped, entry: Declared, current: Group | None) -> _Doubt | None:
    group = entry.group
    if group.group_id and group.group_id in row.ids:
        return _Doubt(entry, row, "this file pins it", "group_id")
    if row.integration != group.integration:
        return None
    if current and group.group_id and current.key == group.key:
        return None  # a file that pins a live group means no other one
    if row.slug:
        return _Doubt(entry, row, "its slug is this file's") if row.slug == group.slug else None
    return _without_slug(row, entry, "this file's group")


def _of_base(row: Skipped, entry: Declared) -> _Doubt | None:
    group, whose = entry.group, f"that of {entry.file}, which Git has removed"
    if group.group_id and group.group_id in row.ids:
        return _Doubt(entry, row, f"its id is {whose}", "group_id")
    if row.integration != group.integration:
        return None
    if row.slug:
        return _Doubt(entry, row, f"its slug is {whose}") if row.slug == group.slug else None
    return _without_slug(row, entry, whose)


def _of_run(row: Skipped, known: Mapping[str, str]) -> _Doubt | None:
    key = next((known[group_id] for group_id in row.ids if group_id in known), None)
    return _Doubt(None, row, f"a run of this machine wrote it as {key}") if key else None


def _of_create(row: Skipped, entry: Declared) -> _Doubt | None:
    beside = f"{entry.group.key} would be created beside it"
    if traits := resembles(row, entry.group):
        return _Doubt(entry, row, f"{beside}, with {traits_words(traits)}")
    if is_blank(row):
        return _Doubt(entry, row, f"{beside}, and nothing tells them apart")
    return None


def _without_slug(row: Skipped, entry: Declared, whose: str) -> _Doubt | None:
    if traits := resembles(row, entry.group):
        return _Doubt(entry, row, f"may be {whose}, since it has {traits_words(traits)}")
    if is_blank(row):
        return _Doubt(entry, row, f"may be {whose}, since nothing tells them apart")
    return None
