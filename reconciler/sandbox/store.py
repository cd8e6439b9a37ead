"""Groups in one SQLite file, as unhelpful as the real server may be.

Slugs repeat, and no order can be relied on.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from reconciler.errors import ConfigError
from reconciler.model import GROUP_FIELDS

Stored = dict[str, Any]
"""One group as the API answers it: JSON values, every field present."""

_LOCK_SECONDS: Final = 10.0
_PRIVATE: Final = 0o600
_OTHERS: Final = 0o077
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS groups (group_id TEXT PRIMARY KEY, \
integration TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS writes (total INTEGER NOT NULL);
INSERT INTO writes SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM writes);
"""


class UnknownGroupError(LookupError):
    """An upsert named a group id that this integration does not have."""


class Store:
    """The sandbox's groups; safe to share between threads, and one file between processes.

    Every call opens its own connection and is one transaction.
    """

    def __init__(self, database: Path) -> None:
        """Create the file and its folder if they are missing.

        Raises:
            ConfigError: The file cannot be made, or is no database.
        """
        self._database = database
        try:
            database.parent.mkdir(parents=True, exist_ok=True)
            _make_private(database)
            with self._transaction() as connection:
                for statement in _SCHEMA.strip().splitlines():
                    connection.execute(statement)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"the sandbox cannot keep its data in {database}: {error}",
                remedy="check the path and its permissions; if the file is damaged, delete it to"
                " start afresh",
            ) from error

    def check(self) -> None:
        """Raise ConfigError if what the file holds is not groups, as after an edit by hand."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT group_id, body FROM groups").fetchall()
        for group_id, body in rows:
            if not _whole(body):
                raise ConfigError(
                    f"the sandbox's data in {self._database} is damaged: the group {group_id}"
                    " cannot be read",
                    remedy="`reconciler sandbox reset` starts afresh",
                )

    def groups(self, integration: str) -> list[Stored]:
        """Return all groups of an integration, in an order that holds until the next write."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT body FROM groups WHERE integration = ?", (integration,)
            ).fetchall()
            shuffle = _Shuffle(connection)
        return shuffle(shuffle.inside(json.loads(body)) for (body,) in rows)

    def group(self, integration: str, group_id: str) -> Stored | None:
        """Return one group of an integration, or None if it has no such id."""
        with self._transaction() as connection:
            group = _read(connection, integration, group_id)
            return _Shuffle(connection).inside(group) if group else None

    def upsert(self, integration: str, body: Mapping[str, Any]) -> Stored:
        """Create a group, or merge into the one that `group_id` names, and return the result.

        Fields of the body replace (None clears), absent ones stay. Use cases are merged by
        `use_case`; those not sent stay. Without `group_id` a group is always created, whatever
        slugs exist already.

        Args:
            integration: Part of the path, not of the body.
            body: A request body of the API: JSON values, `start_time` as `HH:MM:SS`.

        Raises:
            UnknownGroupError: `group_id` is not one of this integration's groups; nothing was
                written.
        """
        with self._transaction() as connection:
            group_id = body.get("group_id")
            before = _read(connection, integration, group_id) if group_id else _empty()
            if before is None:
                raise UnknownGroupError(group_id)
            after = _merge(before, body)
            connection.execute(
                "INSERT OR REPLACE INTO groups VALUES (?, ?, ?)",
                (after["group_id"], integration, json.dumps(after)),
            )
            connection.execute("UPDATE writes SET total = total + 1")
            return _Shuffle(connection).inside(after)

    def reset(self) -> None:
        """Forget all groups of all integrations."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM groups")
            connection.execute("UPDATE writes SET total = total + 1")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection with the only write lock; commit at the end, roll back on errors."""
        with contextlib.closing(
            sqlite3.connect(self._database, timeout=_LOCK_SECONDS, isolation_level=None)
        ) as connection:
            # A sandbox survives a killed process, which this is enough for; it need not survive a
            # power cut.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection


def _make_private(database: Path) -> None:
    """Let only the owner read the file, which holds links; SQLite's own files beside it follow."""
    # A file that is there is not opened: closing it would end SQLite's locks of this process.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
    if os.name == "posix" and database.stat().st_mode & _OTHERS:
        with contextlib.suppress(PermissionError):  # somebody else's
            database.chmod(_PRIVATE)


def _whole(body: object) -> bool:
    """Return whether a row's body is a group with all of its parts."""
    try:
        group = json.loads(body) if isinstance(body, str) else None
    except (ValueError, RecursionError):
        return False
    if not isinstance(group, dict) or not {"group_id", *GROUP_FIELDS} <= group.keys():
        return False
    cases = group.get("use_cases")
    return isinstance(cases, list) and all(
        isinstance(case, dict) and "use_case" in case and isinstance(case.get("actions"), list)
        for case in cases
    )


class _Shuffle:
    """An arbitrary order made from the number of writes: stable until the next, then another."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        (self._writes,) = connection.execute("SELECT total FROM writes").fetchone()

    def __call__(self, items: Iterable[Any]) -> list[Any]:
        return sorted(items, key=self._rank)

    def inside(self, group: Stored) -> Stored:
        """Return the group with its use cases, and their actions, shuffled."""
        cases = ({**case, "actions": self(case["actions"])} for case in group["use_cases"])
        return {**group, "use_cases": self(cases)}

    def _rank(self, item: Any) -> bytes:
        text = f"{self._writes} {json.dumps(item, sort_keys=True)}"
        return hashlib.blake2b(text.encode(), digest_size=8).digest()


def _read(connection: sqlite3.Connection, integration: str, group_id: str) -> Stored | None:
    row = connection.execute(
        "SELECT body FROM groups WHERE group_id = ? AND integration = ?", (group_id, integration)
    ).fetchone()
    return json.loads(row[0]) if row else None


def _empty() -> Stored:
    return {"group_id": secrets.token_hex(12), **dict.fromkeys(GROUP_FIELDS), "use_cases": []}


def _merge(before: Stored, body: Mapping[str, Any]) -> Stored:
    """Return the group after an upsert. Pure."""
    after = before | {field: body[field] for field in GROUP_FIELDS if field in body}
    if after["slug"] is None:
        after["slug"] = _slugify(after["name"])
    cases = {case["use_case"]: case for case in (*before["use_cases"], *body.get("use_cases", ()))}
    return after | {"use_cases": list(cases.values())}


def _slugify(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "group"
