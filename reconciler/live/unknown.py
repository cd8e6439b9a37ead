"""What live groups hold that this program does not know: kept in mind, so that its loss is seen.

Pure: no I/O. A request can only carry what this program knows. A server that replaces what it is
sent drops the rest, and nobody would hear that a text now goes to everybody and in English. So each
such field is remembered by where it stands, its name and a digest of its value.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from reconciler.model import GROUP_FIELDS, Action, Group, Unknown, UseCase

USUAL: Final = {
    "times and authors": (
        *("created", "created_at", "created_by", "created_on", "date_created"),
        *("updated", "updated_at", "updated_by", "updated_on", "date_updated"),
        *("modified", "modified_at", "modified_by", "modified_on", "date_modified"),
        *("last_modified", "last_modified_at", "last_modified_by"),
        *("last_updated", "last_updated_at", "last_updated_by"),
    ),
    "versions": ("__v", "version", "revision", "rev", "_rev", "etag", "_etag"),
    "ids": ("_id", "id", "group_id", "use_case_id", "action_id"),
    "marks of deletion": (
        *("deleted", "is_deleted", "deleted_at", "deleted_by"),
        *("archived", "is_archived", "archived_at", "archived_by"),
    ),
    "whose it is": (
        *("account_id", "org_id", "organization_id", "team_id", "tenant_id", "workspace_id"),
        *("owner_id", "user_id"),
    ),
    "statistics": (
        *("last_run", "last_run_at", "last_run_status", "next_run", "next_run_at", "run_count"),
        *("last_sync", "last_sync_at", "last_synced_at", "next_sync_at", "last_sent_at"),
        *("last_executed_at", "last_triggered_at"),
        *("action_count", "actions_count", "use_case_count", "use_cases_count"),
    ),
}
"""Fields that a server writes by itself, on each write or without one: their loss and change say
nothing. A mark of deletion that is set is not decided here."""


def spellings_of(name: str) -> tuple[str, ...]:
    """Return a known field's names in answers: in snake case and, where it differs, camel case."""
    return tuple(dict.fromkeys((name, re.sub("_([a-z])", lambda m: m.group(1).upper(), name))))


def _spelled(names: Iterable[str]) -> frozenset[str]:
    return frozenset(spelling for name in names for spelling in spellings_of(name))


def folded(name: str) -> str:
    """Return a name in which snake case and camel case are the same; what begins it counts."""
    return re.sub("(?<=[^_])_", "", name).casefold()


_OF_A_GROUP: Final = _spelled((*GROUP_FIELDS, "integration", "use_cases"))
_OF_A_USE_CASE: Final = _spelled(UseCase.model_fields)
_OF_AN_ACTION: Final = _spelled(Action.model_fields)
_LEFT: Final = frozenset(folded(name) for names in USUAL.values() for name in names)


def unknown_fields(
    group: Group,
    value: Mapping[str, Any],
    use_cases: Sequence[Mapping[str, Any]],
    ignored: Collection[str],
) -> tuple[Unknown, ...]:
    """Return what an answer holds besides a group, in its order.

    A field whose value holds nothing (null, or an empty text, list or object) is not there.

    Args:
        group: What was decoded.
        value: The JSON object that it was decoded from.
        use_cases: Those of its use cases, in the group's order.
        ignored: Names that are left out besides `USUAL`, in either spelling.

    Raises:
        RecursionError: A value is nested too deeply.
    """
    leave = _LEFT | {folded(name) for name in ignored}
    found = [Unknown(name=name, digest=digest) for name, digest in _held(value, _OF_A_GROUP, leave)]
    for case, of_case in zip(group.use_cases, use_cases, strict=True):
        found += [
            Unknown(use_case=case.use_case, name=name, digest=digest)
            for name, digest in _held(of_case, _OF_A_USE_CASE, leave)
        ]
        for action, of_action in zip(case.actions, of_case.get("actions") or (), strict=True):
            found += [
                Unknown(use_case=case.use_case, action=action, name=name, digest=digest)
                for name, digest in _held(of_action, _OF_AN_ACTION, leave)
            ]
    return tuple(found)


def _held(
    value: Mapping[str, Any], known: Collection[str], leave: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the name of each field that is not known or left out, and its value's digest."""
    for name, held in value.items():
        if name not in known and not _is_empty(held) and folded(name) not in leave:
            text = json.dumps(held, sort_keys=True, separators=(",", ":"))
            yield name, hashlib.sha256(text.encode()).hexdigest()


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)
