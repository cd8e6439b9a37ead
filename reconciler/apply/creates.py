"""Writing new groups, a batch at a time: look, send all, see what came of them.

A list is read while nothing of this run is in flight, once for a batch: a run that lists while it
writes reads what its own creates have just reordered. Whether a key has appeared since the plan is
decided on the list before the batch. What a create became is read by the id in its answer, and by
its key in a list after the batch where there is no such id, or it leads to no new group.

A create is never sent again unless it certainly was not sent.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.apply.report import Result
from reconciler.apply.write import GroupWriter, sent_words, shows, stale
from reconciler.errors import ApiError
from reconciler.live import answered_group_id
from reconciler.model import Group, Integration, Skipped
from reconciler.plan.nouns import Change
from reconciler.plan.odd import may_be


@dataclass(frozen=True, slots=True)
class Seen:
    """The lists of some integrations, read while nothing of this run was in flight.

    Attributes:
        rows: Live groups, and the rows with which no plan can be made, by integration.
        problems: Why a list could not be read, by integration.
    """

    rows: Mapping[Integration, Sequence[Group | Skipped]]
    problems: Mapping[Integration, ApiError]

    def covers(self, integrations: Collection[Integration]) -> bool:
        """Return whether the lists of all these integrations were read."""
        return set(integrations) <= set(self.rows)

    @property
    def groups(self) -> list[Group]:
        """All live groups."""
        return [row for rows in self.rows.values() for row in rows if isinstance(row, Group)]

    @property
    def skipped(self) -> list[Skipped]:
        """All rows with which no plan can be made."""
        return [row for rows in self.rows.values() for row in rows if isinstance(row, Skipped)]

    def ids(self, integration: Integration) -> set[str]:
        """Return the ids in a list."""
        return {
            group_id
            for row in self.rows.get(integration, ())
            for group_id in (row.ids if isinstance(row, Skipped) else (str(row.group_id),))
        }

    def of(self, change: Change) -> Sequence[Group | Skipped] | None:
        """Return the live groups with the key of a create, and the odd rows that may be it.

        None if the list could not be read.
        """
        rows = self.rows.get(change.key.integration)
        return None if rows is None else [row for row in rows if _is_of(row, change)]


@dataclass(frozen=True, slots=True)
class Sent:
    """A create that was sent, and of which it is not known yet what came of it.

    Attributes:
        change: What was sent.
        words: What came of sending it, in words; empty where all went well.
        group_id: The id in the answer, if it is not that of a group which was there before.
    """

    change: Change
    words: str
    group_id: str | None


def _is_of(row: Group | Skipped, change: Change) -> bool:
    return may_be(row, change.expected()) if isinstance(row, Skipped) else row.key == change.key


def integrations(changes: Sequence[Change]) -> list[Integration]:
    """Return the integrations of some changes, sorted."""
    return sorted({change.key.integration for change in changes})


def look(writer: GroupWriter, wanted: Collection[Integration]) -> Seen:
    """List each integration once; nothing may be in flight."""
    rows: dict[Integration, Sequence[Group | Skipped]] = {}
    problems: dict[Integration, ApiError] = {}
    for integration in sorted(wanted):
        try:
            rows[integration] = tuple(writer.api.list_groups(integration))
        except ApiError as error:
            problems[integration] = error
    return Seen(rows, problems)


def send(writer: GroupWriter, change: Change, seen: Seen) -> Result | Sent:
    """Send a create unless its key has appeared, and read it back by the id in the answer."""
    found = seen.of(change)
    problem = seen.problems.get(change.key.integration)
    if problem:
        return writer.unreadable(change, problem)
    if found:
        groups = [str(row.group_id) for row in found if isinstance(row, Group)]
        odd = [f"{row} is {row.words}" for row in found if isinstance(row, Skipped)]
        told = [f"a live group with this key has appeared ({', '.join(groups)})"] if groups else []
        told += [f"a row that may be this group has appeared: {'; '.join(odd)}"] if odd else []
        return stale(change, "; ".join(told))
    outcome, ended = writer.send(change)
    if ended:
        return ended
    group_id = answered_group_id(outcome.answer)
    if group_id in seen.ids(change.key.integration):
        group_id = None
    if group_id:
        there = writer.by_id(change, group_id)
        if shows(there, change):
            return writer.noted(writer.verdict(change, there, ""))
    return Sent(change, sent_words(outcome), group_id)


def settle(writer: GroupWriter, sent: Sequence[Sent]) -> tuple[list[Result], Seen]:
    """Re-read live over the settle window until it shows each create, or say what it showed last.

    Args:
        writer: Reads; nothing else may be in flight.
        sent: The creates, at least one.

    Returns:
        Their results, and the last lists.
    """
    results: list[Result] = []
    waiting = list(sent)
    wanted = integrations([item.change for item in sent])
    for attempt, pause in enumerate((*writer.pace.polls(), None), start=2):
        seen = look(writer, wanted)
        found = [(item, _found(writer, item, seen)) for item in waiting]
        results += [
            _noted(writer, item, groups) for item, groups in found if shows(groups, item.change)
        ]
        left = [(item, groups) for item, groups in found if not shows(groups, item.change)]
        waiting = [item for item, _ in left]
        if not waiting or pause is None:
            break
        more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
        why = f"{waiting[0].change.key}{more}: live state does not show it yet"
        if writer.wait(why, pause, f"look {attempt}"):
            break
    return results + [_noted(writer, item, groups) for item, groups in left], seen


def _found(writer: GroupWriter, item: Sent, seen: Seen) -> Sequence[Group | Skipped] | None:
    """Return the live groups that a create may have become, or None if they cannot be read."""
    by_key = seen.of(item.change)
    if by_key or not item.group_id:
        return by_key
    # What has that id and another key may be this group, respelled, but not one of another slug.
    return writer.by_id(item.change, item.group_id) or by_key


def _noted(writer: GroupWriter, item: Sent, found: Sequence[Group | Skipped] | None) -> Result:
    result = writer.verdict(item.change, found, item.words)
    return writer.noted(replace(result, group_id=result.group_id or item.group_id))
