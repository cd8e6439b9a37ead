"""The run journal: intent on disk before each write, outcome after.

So the next run knows what this one left open.

One file per run, `journal/<time>-<digest>.jsonl`, one JSON object per line, each
flushed to the disk before the program goes on. It holds keys, ids, times and outcomes; no values,
so no secrets. A file says by itself what is open in it: neither other files nor their order count,
since a clock may jump. One that cannot be believed (damaged, emptied, cut) counts as open for all
that it speaks of, and for what it may have spoken of.
"""

import contextlib
import json
import math
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from reconciler.apply import disk
from reconciler.apply.report import Result
from reconciler.plan.nouns import Change, Plan, Subject

DAMAGED: Final = ".damaged"
"""What the name of a journal ends in that was damaged and has been waited for."""
_ENDING: Final = ".jsonl"
_KEPT: Final = 20
"""Journals that stay however old they are."""
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Uptime:
    """A moment by a clock that nobody sets: seconds of one boot of one machine.

    Attributes:
        boot: Names the boot; empty where the system does not say, and then nothing can be counted.
        seconds: Counted from some moment of it.
    """

    boot: str
    seconds: float

    @classmethod
    def now(cls) -> Self:
        """Return this moment."""
        try:
            boot = _BOOT.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            boot = ""
        return cls(boot, time.monotonic())

    def since(self, boot: object, seconds: object) -> float | None:
        """Return the seconds since an earlier moment; None if they cannot be known."""
        if not self.boot or boot != self.boot or not isinstance(seconds, int | float):
            return None
        passed = self.seconds - seconds
        return passed if 0 <= passed < math.inf else None


@dataclass(frozen=True, slots=True)
class Open:
    """A write whose outcome is not known, or a reason to think that there may be one.

    Attributes:
        key: The group, as text; empty where none is known.
        action: What was to be done to it; empty where that is not known.
        since: When the request was about to be sent, by the clock on the wall; only to be shown.
        age: The seconds since then, by a clock that nobody sets; None if they cannot be known.
        note: Why, in words, where there is more to say than key and action.
    """

    key: str
    action: str
    since: datetime | None
    age: float | None = None
    note: str = ""

    def left(self, settle: float) -> float:
        """Return the seconds after which it must show in live state."""
        return settle if self.age is None else min(max(settle - self.age, 0.0), settle)

    def __str__(self) -> str:
        when = f"{self.since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if self.since else ""
        told = ", ".join(filter(None, (self.action, when)))
        return " ".join(filter(None, (self.key, f"({told})" if told else "", self.note)))


class Journal:
    """The journal of one run; may be written from several threads."""

    def __init__(
        self, path: Path, now: Callable[[], datetime], uptime: Callable[[], Uptime] = Uptime.now
    ) -> None:
        self.path = path
        self._now = now
        self._uptime = uptime
        self._lock = threading.Lock()

    @classmethod
    def begin(
        cls,
        plan: Plan,
        folder: Path,
        now: Callable[[], datetime],
        uptime: Callable[[], Uptime] = Uptime.now,
    ) -> Self:
        """Start the journal of a run that carries a plan out; raises OSError."""
        disk.make_private(folder)
        path, descriptor = disk.create(folder, run_name(plan, now()), _ENDING)
        os.close(descriptor)
        disk.settle(folder)
        journal = cls(path, now, uptime)
        try:
            journal._write(
                event="begin",
                target=str(plan.target),
                scope=plan.target.scope,
                digest=plan.digest,
            )
        except OSError:
            with contextlib.suppress(OSError):
                path.unlink()  # nothing was sent, so there is nothing to wait for
            raise
        return journal

    def intent(self, change: Change) -> None:
        """Note that a group's request is about to be sent; returns when that is on the disk."""
        self._write(
            event="intent", key=str(change.key), action=change.action, **_group(change.subject)
        )

    def outcome(self, result: Result) -> None:
        """Note what became of a group, and its id if that is known."""
        created = result.action == "create" and result.group_id
        known = {"id": str(created)} if created else _group(result.subject)
        self._write(event="outcome", key=str(result.key), status=result.status, **known)

    def end(self) -> None:
        """Note that the run has said all; without it, the next run takes the file as cut off."""
        self._write(event="end")

    def settle(self) -> None:
        """Note that what is open has been waited for: live state now says what became of it."""
        self._write(event="settled")

    def _write(self, **entry: str) -> None:
        at = self._uptime()
        line = json.dumps(
            {"time": self._now().isoformat(), "boot": at.boot, "up": at.seconds, **entry}
        )
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())


def run_name(plan: Plan, time: datetime) -> str:
    """Return a run's name: its start to the microsecond, and the plan's digest. Sorts by time."""
    return f"{time.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{plan.digest.removeprefix('sha256:')[:12]}"


def left_open(folder: Path, uptime: Callable[[], Uptime] = Uptime.now) -> tuple[Open, ...]:
    """Return what earlier runs left open, in the order of the runs; raises OSError.

    These are intents without an outcome, of a run that was killed, outcomes that were `unknown`,
    and what a damaged or cut journal may hide, unless a later run has waited for them.
    """
    at = uptime()
    return tuple(item for file in _files(folder) for item in file.left_open(at))


def created(folder: Path, since: datetime, scope: str = "", target: str = "") -> dict[str, str]:
    """Return the key, as text, of each group that runs against an API created, by its id.

    A damaged journal is read as far as it goes. Raises OSError.

    Args:
        folder: The API's journals.
        since: When.
        scope: Only of the runs of this scope: another account's ids mean nothing to this one.
        target: Only of the runs for this target, as text; empty for all.
    """
    return {
        group_id: key
        for file in _files(folder)
        for time, group_id, key in file.created
        if time >= since and file.scope == scope and target in {"", file.target}
    }


def settle(
    folder: Path, now: Callable[[], datetime], uptime: Callable[[], Uptime] = Uptime.now
) -> tuple[Path, ...]:
    """Note that all that is open has been waited for; raises OSError.

    A damaged journal is kept aside under another name; it says nothing from then on.

    Returns:
        Where the damaged ones are now.
    """
    aside = []
    for file in _files(folder):
        if file.damage:
            place = file.path.with_name(file.path.name + DAMAGED)
            file.path.replace(place)
            aside.append(place)
        elif file.left_open(uptime()):
            Journal(file.path, now, uptime).settle()
    return tuple(aside)


def forget_old(folder: Path, before: datetime) -> None:
    """Remove journals that have nothing left to say; raises OSError.

    They are believed, have ended, hold nothing open, and their last word is older than `before`.
    The newest ones stay whatever their age: an account is known by what its runs wrote. What was
    kept aside as damaged goes when the file is so old.
    """
    for file in [*_files(folder)][:-_KEPT]:
        time = file.last.get("time")
        done = file.closed and not (file.damage or file.open)
        if done and time and datetime.fromisoformat(time) < before:
            file.path.unlink()
    for path in folder.glob(f"*{DAMAGED}"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink()


@dataclass(slots=True)
class _File:
    """One journal as it was read.

    Attributes:
        path: Where it is.
        damage: What is wrong with it; empty where it can be believed.
        named: The last entry with an intent for each group, by its key and the id of an update.
        open: The same for the groups whose outcome is not known.
        last: The last entry.
        target: What the run was for, as text.
        scope: That of its target.
        created: When which group, by id and key, was known to be there.
        closed: Whether the run said that it ended, or what it left has been waited for.
    """

    path: Path
    damage: str = ""
    named: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    open: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    target: str = ""
    scope: str = ""
    created: list[tuple[datetime, str, str]] = field(default_factory=list)
    closed: bool = False

    def left_open(self, at: Uptime) -> tuple[Open, ...]:
        """Return what is open in it."""
        if self.damage:
            why = Open(
                "",
                "",
                None,
                None,
                f"the journal {self.path} {self.damage}; an apply keeps it aside",
            )
            return (why, *(_open(entry, None) for entry in self.named.values()))
        if self.open:
            return tuple(
                _open(entry, at.since(entry.get("boot"), entry.get("up")))
                for entry in self.open.values()
            )
        if self.closed:
            return ()
        age = at.since(self.last.get("boot"), self.last.get("up"))
        note = f"a run ended without a word: its journal {self.path.name} has no end"
        return (Open("", "", datetime.fromisoformat(self.last["time"]), age, note),)

    def follow(self, line: str) -> None:
        """Apply one line to what is known; raises ValueError if it is none of a journal's."""
        entry = json.loads(line)
        if not isinstance(entry, dict):
            raise TypeError
        event = _text(entry, "event")
        if datetime.fromisoformat(_text(entry, "time")).tzinfo is None:
            raise ValueError
        match event:
            case "begin":
                self.target = str(entry.get("target", ""))
                self.scope = str(entry.get("scope", ""))
            case "intent":
                _text(entry, "action")
                self.named[_place(entry)] = self.open[_place(entry)] = entry
                self.closed = False
            case "outcome":
                key, group = _place(entry)
                if _text(entry, "status") != "unknown":
                    self.open.pop((key, group), None)
                if "id" in entry:
                    time = datetime.fromisoformat(_text(entry, "time"))
                    self.created.append((time, _text(entry, "id"), key))
            case "settled":
                self.open.clear()
                self.closed = True
            case "end":
                self.closed = True
        self.last = entry


def _text(entry: dict[str, Any], name: str) -> str:
    if not isinstance(entry.get(name), str):
        raise TypeError
    return str(entry[name])


def _group(subject: Subject) -> dict[str, str]:
    """Return what tells an updated group apart from another one with its key."""
    return {"group": subject.group_id} if subject.group_id else {}


def _place(entry: dict[str, Any]) -> tuple[str, str]:
    return _text(entry, "key"), _text(entry, "group") if "group" in entry else ""


def _open(entry: dict[str, Any], age: float | None) -> Open:
    return Open(entry["key"], entry["action"], datetime.fromisoformat(entry["time"]), age)


def _files(folder: Path) -> Iterable[_File]:
    """Return all journals of a folder, sorted by name; raises OSError if it cannot be listed."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - glob passes over a folder that it cannot read
    except FileNotFoundError:
        return []
    return [_read(folder / name) for name in names if name.endswith(_ENDING)]


def _read(path: Path) -> _File:
    """Read a journal; whatever is wrong with it is its damage, told and never raised."""
    file = _File(path)
    try:
        text = path.read_bytes().decode(errors="replace")
    except OSError as error:
        file.damage = f"cannot be read: {error.strerror}"
        return file
    *lines, rest = text.split("\n")
    if rest:
        file.damage = "breaks off in the middle of a line"
    elif not lines:
        file.damage = "is empty"
    for number, line in enumerate(lines, start=1):
        try:
            file.follow(line)
        except (ValueError, TypeError, RecursionError):
            file.damage = file.damage or f"is damaged in line {number}"
        if number == 1 and file.last.get("event") != "begin":
            file.damage = file.damage or "has no beginning"
    return file
