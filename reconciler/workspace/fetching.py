"""Reading live state, over a connection that cannot write, and holding it to what is known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.errors import ApiError
from reconciler.live import Reader
from reconciler.model import INTEGRATIONS, Group, Integration
from reconciler.workspace.target import Opened

_GONE: Final = frozenset({404, 410})
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


def fetch(
    opened: Opened, wanted: Collection[Integration], evidence: Evidence | None = None
) -> list[Group]:
    """Return all live groups of some integrations.

    A group that was created today and that the list lacks is read by its id, and counts as live.

    Raises:
        ApiError: Live state cannot be read, or a list lacks a group that has been there for longer
            and can be read by its id, so that it is not whole.
    """
    with opened.reading() as reader:
        return [
            group
            for integration in INTEGRATIONS
            if integration in wanted
            for group in _whole(reader, integration, evidence or Evidence(), opened)
        ]


def _whole(
    reader: Reader, integration: Integration, evidence: Evidence, opened: Opened
) -> list[Group]:
    groups = list(reader.list_groups(integration))
    listed = {group.group_id for group in groups}
    for group_id in _lacking(evidence.fresh, integration, listed):
        if group := _by_id(reader, integration, group_id):
            groups.append(group)
            opened.tell(
                f"{group.key} ({group_id}) was created within the last day and is not in the list"
                f" of {integration} groups; it was read by its id"
            )
    older = _lacking(evidence.known, integration, listed | set(evidence.fresh))
    for group_id in older[-_LOOKED_FOR:]:
        if group := _by_id(reader, integration, group_id):
            raise ApiError(
                f"the list of {integration} groups is not whole: it lacks {group.key} ({group_id}),"
                " which can be read by its id",
                method="GET",
                url="",
                remedy="wait a minute and run the command again; if it stays like this, the API"
                " cuts its lists in a way that this program does not know: please report it, and do"
                " not create groups meanwhile",
            )
    return groups


def _lacking(
    ids: Mapping[str, str], integration: Integration, listed: Collection[str | None]
) -> list[str]:
    """Return the ids of an integration's groups that are not listed, sorted."""
    return sorted(
        group_id
        for group_id, key in ids.items()
        if key.startswith(f"{integration}/") and group_id not in listed
    )


def _by_id(reader: Reader, integration: Integration, group_id: str) -> Group | None:
    try:
        return reader.get_group(integration, group_id)
    except ApiError as error:
        if error.status in _GONE:
            return None
        raise
