"""Reading live state, over a connection that cannot write, and holding it to what is known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.errors import ApiError, RowError
from reconciler.live import Reader
from reconciler.model import INTEGRATIONS, Group, Integration, Skipped
from reconciler.workspace.target import Opened

_GONE: Final = frozenset({404, 410})
_BAD_KEY: Final = 401
_LOOKED_FOR: Final = 20
"""Groups that a list lacks and that are looked for by their ids, at most."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of live state besides what a list says.

    Attributes:
        fresh: Groups that a run created within the last day: their keys, as text, by id. A list
            may not show them yet.
        known: Groups that have been live, likewise: those that files pin, that runs updated or
            created.
        ours: Groups that runs for this very target wrote, its environment included, likewise; an
            account is known by them.
    """

    fresh: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    ours: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Live:
    """What was read of live state.

    Attributes:
        groups: Live groups.
        skipped: Rows that are left alone, since no plan can be made with them.
        unread: Integrations that could not be read, and why.
    """

    groups: tuple[Group, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unread: Mapping[Integration, ApiError] = field(default_factory=dict)

    def __add__(self, other: "Live") -> "Live":
        return Live(
            self.groups + other.groups,
            self.skipped + other.skipped,
            {**self.unread, **other.unread},
        )


def fetch(
    opened: Opened, wanted: Collection[Integration], evidence: Evidence | None = None
) -> Live:
    """Return all that is live of some integrations, and which of them could not be read.

    A group that was created today and that the list lacks is read by its id, and counts as live.

    Raises:
        AccessError: The key is none that the API knows.
    """
    rows: list[Group | Skipped] = []
    unread: dict[Integration, ApiError] = {}
    with opened.reading() as reader:
        for integration in (name for name in INTEGRATIONS if name in wanted):
            try:
                rows += _whole(reader, integration, evidence or Evidence(), opened)
            except ApiError as error:
                if error.status == _BAD_KEY:
                    raise
                unread[integration] = error
    return Live(
        tuple(row for row in rows if isinstance(row, Group)),
        tuple(row for row in rows if isinstance(row, Skipped)),
        unread,
    )


def _whole(
    reader: Reader, integration: Integration, evidence: Evidence, opened: Opened
) -> list[Group | Skipped]:
    """Return an integration's rows; raises ApiError.

    So it does where the list lacks a group that has been there for longer and can be read by its
    id: the list is then not whole.
    """
    rows = list(reader.list_groups(integration))
    listed = {group_id for row in rows for group_id in _ids(row)}
    for group_id in _lacking(evidence.fresh, integration, listed):
        if row := _by_id(reader, integration, group_id):
            rows.append(row)
            opened.tell(
                f"{evidence.fresh[group_id]} ({group_id}) was created within the last day and is"
                f" not in the list of {integration} groups; it was read by its id"
            )
    older = _lacking(evidence.known, integration, listed | set(evidence.fresh))
    for group_id in older[-_LOOKED_FOR:]:
        row = _by_id(reader, integration, group_id)
        if row and not (isinstance(row, Skipped) and row.why == "deleted"):
            key = row.key if isinstance(row, Group) else evidence.known[group_id]
            raise ApiError(
                f"the list of {integration} groups is not whole: it lacks {key} ({group_id}),"
                " which can be read by its id",
                method="GET",
                url="",
                remedy="wait a minute and run the command again; if it stays like this, the API"
                " cuts its lists in a way that this program does not know: please report it, and do"
                " not create groups meanwhile",
            )
    return rows


def _ids(row: Group | Skipped) -> tuple[str, ...]:
    return row.ids if isinstance(row, Skipped) else (str(row.group_id),)


def _lacking(
    ids: Mapping[str, str], integration: Integration, listed: Collection[str | None]
) -> list[str]:
    """Return the ids of an integration's groups that are not listed, sorted."""
    return sorted(
        group_id
        for group_id, key in ids.items()
        if key.startswith(f"{integration}/") and group_id not in listed
    )


def _by_id(reader: Reader, integration: Integration, group_id: str) -> Group | Skipped | None:
    try:
        return reader.get_group(integration, group_id)
    except RowError as error:
        return error.row
    except ApiError as error:
        if error.status in _GONE:
            return None
        raise
