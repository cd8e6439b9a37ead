"""The run journal: intent on disk before each write, outcome after.

So the next run knows what this one left open.

One file per run, `journal/<time>-<digest>.jsonl`, one JSON object per line, each
flushed to the disk before the program goes on. It holds keys, times and outcomes; no values, so no
secrets.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from reconciler.apply.report import Result
from reconciler.model import Target
from reconciler.plan.nouns import Change, Plan


@dataclass(frozen=True, slots=True)
class Open:
    """A write whose outcome the journal does not know.

    Attributes:
        key: The group, as text.
        action: What was to be done to it.
        since: When the request was about to be sent.
    """

    key: str
    action: str
    since: datetime


class Journal:
    """The journal of one run; may be written from several threads."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    @classmethod
    def begin(cls, plan: Plan, folder: Path, now: Callable[[], datetime]) -> Self:
        """Start the journal of a run that carries a plan out."""
        journal = cls(folder / f"{run_name(plan, now())}.jsonl", now)
        journal._write(event="begin", target=str(plan.target), digest=plan.digest)
        return journal

    @classmethod
    def beside(cls, target: Target, folder: Path, now: Callable[[], datetime]) -> Self:
        """Start a journal that no run writes, to note something about a target."""
        journal = cls(folder / f"{now().astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-settled.jsonl", now)
        journal._write(event="begin", target=str(target))
        return journal

    def intent(self, change: Change) -> None:
        """Note that a group's request is about to be sent; returns when that is on the disk."""
        self._write(event="intent", key=str(change.key), action=change.action)

    def outcome(self, result: Result) -> None:
        """Note what became of a group."""
        known = {"id": result.group_id} if result.group_id else {}
        self._write(event="outcome", key=str(result.key), status=result.status, **known)

    def settled(self) -> None:
        """Note that what earlier runs left open has been waited for.

        Live state now says what became of it.
        """
        self._write(event="settled")

    def _write(self, **entry: str) -> None:
        line = json.dumps({"time": self._now().isoformat(), **entry})
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())


def run_name(plan: Plan, time: datetime) -> str:
    """Return a run's name: its start to the microsecond, and the plan's digest. Sorts by time."""
    return f"{time.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{plan.digest.removeprefix('sha256:')[:12]}"


def left_open(target: Target, folder: Path) -> tuple[Open, ...]:
    """Return the writes of earlier runs against a target whose outcome is not known, oldest first.

    These are intents without an outcome, of a run that was killed, and outcomes that were
    `unknown`, unless a later run has settled them.
    """
    found: dict[str, Open] = {}
    for path in sorted(folder.glob("*.jsonl")):
        entries = list(_entries(path))
        if not entries or entries[0].get("target") != str(target):
            continue
        for entry in entries:
            _follow(found, entry)
    return tuple(sorted(found.values(), key=lambda item: item.since))


def created(target: Target, folder: Path, since: datetime) -> dict[str, str]:
    """Return the key, as text, of each group that runs against a target created, by its id."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        entries = list(_entries(path))
        if entries and entries[0].get("target") == str(target):
            found |= {
                entry["id"]: entry["key"]
                for entry in entries
                if entry.get("id") and datetime.fromisoformat(entry["time"]) >= since
            }
    return found


def has_journal(target: Target, folder: Path) -> bool:
    """Return whether a run against a target has left a journal."""
    begun = (next(_entries(path), {}) for path in folder.glob("*.jsonl"))
    return any(entry.get("target") == str(target) for entry in begun)


def _follow(found: dict[str, Open], entry: dict[str, Any]) -> None:
    """Apply one entry to what is known to be open."""
    if entry["event"] == "settled":
        found.clear()
    elif entry["event"] == "intent":
        found[entry["key"]] = Open(
            entry["key"], entry["action"], datetime.fromisoformat(entry["time"])
        )
    elif entry["event"] == "outcome" and entry["status"] != "unknown":
        found.pop(entry["key"], None)


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """Yield a journal's entries; a last line cut off when the machine died was not acted upon."""
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            return
