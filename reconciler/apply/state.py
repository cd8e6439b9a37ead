"""What runs leave on this machine, in the one order that keeps people safe.

First the lock, so that no other run of this machine writes meanwhile; then what earlier runs left
open, so that live state can be believed; then the snapshot, so that there is a way back; then the
journal, so that the next run knows. `apply_plan` asks for all of it, so that no caller can leave
one out.

Lock and journal belong to an API: they lie in the user's own folder, under a name made from the
API's host and port, so that every folder and environment of that user finds the same ones. A
snapshot belongs to the files that led to it, and lies beside them.
"""

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from reconciler.apply import disk, snapshot
from reconciler.apply.journal import Journal, Open, Uptime, created, forget_old, left_open, settle
from reconciler.apply.lock import one_writer
from reconciler.apply.report import Result
from reconciler.apply.write import Log
from reconciler.errors import ReconcilerError
from reconciler.model import Group, Target
from reconciler.plan.nouns import Plan

_FRESH: Final = timedelta(days=1)
"""For so long a group that a run created is read by its id where a list lacks it."""
_REMEMBERED: Final = timedelta(days=30)
"""For so long a journal stays that has nothing open."""
_EVER: Final = datetime.min.replace(tzinfo=UTC)
_PORTS: Final = {"http": 80, "https": 443}
_SNAPSHOTS: Final = 20
"""Of so many snapshots, the newest ones, the groups are known to have been live."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one run.

    Attributes:
        log: Told before each request and after each outcome.
        snapshot: Where it stands what the groups were before; empty if that is not kept.
        left: Told at the end of a run, with its results, what the last look at live state showed.
    """

    log: Log
    snapshot: str = ""
    left: Callable[[Sequence[Result], Sequence[Group]], None] = lambda _results, _live: None


class State(Protocol):
    """Where a run leaves what the next one has to know."""

    def keep(self, plan: Plan) -> AbstractContextManager[Kept]:
        """Open the record of a run that is about to write a plan; raises ReconcilerError."""
        ...


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Two folders of this machine: what belongs to a folder of files, and what to an API.

    Attributes:
        path: Beside the files: `snapshots/`, `links/`, and lock and journal of the sandbox, whose
            data is there too. Made, and ignored by Git, when something is written.
        shared: The user's own: a folder for each API with its lock and its `journal/`.
        now: Returns the time, with a zone.
        sleep: Waits for some seconds.
        uptime: Returns the time by a clock that nobody sets.
        kind: What the runs are that are kept here.
        rerun: Whether this run stands in for one that ended on another machine, whose journal is
            there and not here.
    """

    path: Path
    shared: Path
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    uptime: Callable[[], Uptime] = Uptime.now
    kind: snapshot.Kind = "apply"
    rerun: bool = False

    @property
    def snapshots(self) -> Path:
        """The folder of snapshots."""
        return self.path / "snapshots"

    @property
    def links(self) -> Path:
        """The folder of what snapshots may not hold."""
        return self.path / "links"

    def of_api(self, target: Target) -> Path:
        """Return the folder of an API's lock and journal, whatever the environment.

        By the host and the port of its address: one API may be reached by several paths, and two
        that share a host do no harm by taking turns.
        """
        if target.api_url is None:
            return self.path
        if not self.shared.is_absolute():
            raise ReconcilerError(
                f"this user has no home folder in which to keep what the next run against {target}"
                " has to know; nothing was sent",
                remedy=f"let {disk.STATE_VARIABLE} name a folder",
            )
        return self.shared / hashlib.sha256(_machine(target.api_url).encode()).hexdigest()[:16]

    @contextmanager
    def turn(
        self, target: Target, settle_seconds: float, tell: Callable[[Sequence[Open], float], None]
    ) -> Iterator[None]:
        """Hold the right to write to a target, from before live state is read until all is done.

        What earlier runs left open is waited for, so that a plan made within can be believed.

        Args:
            target: What is planned for and written to.
            settle_seconds: Seconds after which a write must show in live state.
            tell: Called before a wait with what is open, and the seconds.

        Raises:
            ReconcilerError: Another run of this machine writes to the target, or this one could not
                leave what the next has to know.
        """
        with self._one_writer(target):
            pending = [*self.left_open(target), *self._elsewhere(target)]
            if pending:
                left = max(item.left(settle_seconds) for item in pending)
                tell(pending, left)
                self.sleep(left)
                with disk.kept(self._journal(target)):
                    settle(self._journal(target), self.now, self.uptime)
            yield

    def left_open(self, target: Target) -> tuple[Open, ...]:
        """Return what earlier runs left open at an API, oldest first; raises ReconcilerError."""
        with disk.kept(self._journal(target)):
            return left_open(self._journal(target), self.uptime)

    def created(self, target: Target) -> dict[str, str]:
        """Return the key, as text, of each group that runs created within the last day, by id."""
        return self._created(target, self.now() - _FRESH)

    def known(self, target: Target) -> dict[str, str]:
        """Return the key, as text, of groups that are known to have been live, by id."""
        return self._created(target, _EVER) | self._updated(target)

    def written(self, target: Target) -> dict[str, str]:
        """Return the same of groups that runs for this very target wrote, environment included."""
        with disk.kept(self._journal(target)):
            made = created(self._journal(target), _EVER, target.scope, str(target))
        return made | self._updated(target)

    @contextmanager
    def keep(self, plan: Plan) -> Iterator[Kept]:
        """Open the record of a run, under the target's lock.

        Raises:
            ReconcilerError: Another run writes to the target, or an earlier one left something open
                that has not been waited for since, or the record cannot be kept.
        """
        with self._one_writer(plan.target):
            if self.left_open(plan.target):
                raise ReconcilerError(
                    f"an earlier run against {plan.target} ended without knowing what became of its"
                    " writes, and this plan was made before they had to show; nothing was written",
                    remedy="run this again: it waits, and then plans anew",
                )
            with disk.kept(self.snapshots):
                saved = snapshot.take(plan, self.snapshots, self.links, self.now(), kind=self.kind)
            with contextlib.suppress(OSError):  # what cannot be removed does no harm
                forget_old(self._journal(plan.target), self.now() - _REMEMBERED)
            try:
                with disk.kept(self._journal(plan.target)):
                    journal = Journal.begin(plan, self._journal(plan.target), self.now, self.uptime)
            except ReconcilerError:
                # Of a run that has written nothing there is nothing to bring back.
                snapshot.drop(saved, self.links)
                raise
            yield Kept(journal, saved.as_posix(), _completing(plan, saved))
            with contextlib.suppress(OSError):
                # Without it the next run waits once more, which does no harm.
                journal.end()

    def leave(self, name: str, text: str) -> Path | None:
        """Leave a text that could be told nowhere else; None if not even that is possible."""
        try:
            disk.make_ignored(self.path)
            disk.write_whole(self.path / name, text.encode(errors="backslashreplace"))
        except OSError:
            return None
        return self.path / name

    @contextmanager
    def _one_writer(self, target: Target) -> Iterator[None]:
        with disk.kept(self.path):
            disk.make_ignored(self.path)
        with one_writer(target, self.of_api(target)):
            yield

    def _created(self, target: Target, since: datetime) -> dict[str, str]:
        with disk.kept(self._journal(target)):
            return created(self._journal(target), since, target.scope)

    def _updated(self, target: Target) -> dict[str, str]:
        saved = [item for _, item in snapshot.survey(self.snapshots)[0] if item.target == target]
        return {
            str(was.before.group_id): str(was.before.key)
            for item in saved[:_SNAPSHOTS]
            for was in item.groups
        }

    def _journal(self, target: Target) -> Path:
        return self.of_api(target) / "journal"

    def _elsewhere(self, target: Target) -> Iterator[Open]:
        """Yield what a run on another machine may have left open, of which nothing is here."""
        if self.rerun and target.api_url is not None:
            note = "this is another attempt of a job; an earlier one may have ended in a write"
            yield Open("", "", None, None, note)


def _machine(api_url: str) -> str:
    """Return the host and the port of an address, this machine under one name."""
    parts = urlsplit(api_url)
    host = (parts.hostname or "").rstrip(".")
    here = parts.scheme == "http"  # the transport lets it lead nowhere else
    return f"{'localhost' if here else host}:{parts.port or _PORTS[parts.scheme]}"


def _completing(plan: Plan, saved: Path) -> Callable[[Sequence[Result], Sequence[Group]], None]:
    def left(results: Sequence[Result], live: Sequence[Group]) -> None:
        # A rollback that knows less brings less back; it is no reason to end a run otherwise.
        with contextlib.suppress(OSError, ReconcilerError):
            snapshot.complete(saved, plan, results, live)

    return left
