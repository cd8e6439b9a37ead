"""What runs leave on this machine, in the one order that keeps people safe.

First the lock, so that no other run of this machine writes meanwhile; then what earlier runs left
open, so that live state can be believed; then the snapshot, so that there is a way back; then the
journal, so that the next run knows. `apply_plan` asks for all of it, so that no caller can leave
one out.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from reconciler.apply import snapshot
from reconciler.apply.journal import Journal, Open, created, has_journal, left_open
from reconciler.apply.lock import one_writer
from reconciler.apply.write import Log
from reconciler.errors import ReconcilerError
from reconciler.model import Target
from reconciler.plan.nouns import Plan

_FRESH: Final = timedelta(days=1)
"""For so long a group that a run created is read by its id where a list lacks it."""
_SNAPSHOTS: Final = 20
"""Of so many snapshots, the newest ones, the groups are known to have been live."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one run.

    Attributes:
        log: Told before each request and after each outcome.
        snapshot: Where it stands what the groups were before; empty if that is not kept.
    """

    log: Log
    snapshot: str = ""


class State(Protocol):
    """Where a run leaves what the next one has to know."""

    def keep(self, plan: Plan) -> AbstractContextManager[Kept]:
        """Open the record of a run that is about to write a plan; raises ReconcilerError."""
        ...


@dataclass(frozen=True, slots=True)
class StateFolder:
    """A folder of this machine: locks, and below it `journal/` and `snapshots/`.

    Attributes:
        path: The folder; made when something is written.
        now: Returns the time, with a zone.
        sleep: Waits for some seconds.
        rerun: Whether this is a second attempt at a job, whose first may have had another folder.
    """

    path: Path
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    rerun: bool = False

    @property
    def snapshots(self) -> Path:
        """The folder of snapshots."""
        return self.path / "snapshots"

    @contextmanager
    def turn(
        self, target: Target, settle: float, tell: Callable[[Sequence[Open], float], None]
    ) -> Iterator[None]:
        """Hold the right to write to a target, from before live state is read until all is done.

        What earlier runs left open is waited for, so that a plan made within can be believed.

        Args:
            target: What is planned for and written to.
            settle: Seconds after which a write must show in live state.
            tell: Called before a wait with what is open, and the seconds; nothing is known to be
                open where a second attempt at a job finds no journal of the first.

        Raises:
            ReconcilerError: Another run of this machine writes to the target.
        """
        with one_writer(target, self.path):
            if pending := self.left_open(target):
                age = (self.now() - pending[-1].since).total_seconds()
                left = min(max(settle - age, 0.0), settle)
                tell(pending, left)
                self.sleep(left)
                Journal.beside(target, self.path / "journal", self.now).settled()
            elif self.rerun and not has_journal(target, self.path / "journal"):
                tell((), settle)
                self.sleep(settle)
            yield

    def left_open(self, target: Target) -> tuple[Open, ...]:
        """Return the writes of earlier runs whose outcome is not known, oldest first."""
        return left_open(target, self.path / "journal")

    def created(self, target: Target) -> dict[str, str]:
        """Return the key, as text, of each group that runs created within the last day, by id."""
        return created(target, self.path / "journal", self.now() - _FRESH)

    def known(self, target: Target) -> dict[str, str]:
        """Return the key, as text, of groups that are known to have been live, by id."""
        found = {
            str(group.group_id): str(group.key)
            for saved in snapshot.newest(self.snapshots, target, _SNAPSHOTS)
            for group in saved.groups
        }
        return created(target, self.path / "journal", datetime.min.replace(tzinfo=UTC)) | found

    @contextmanager
    def keep(self, plan: Plan) -> Iterator[Kept]:
        """Open the record of a run, under the target's lock.

        Raises:
            ReconcilerError: Another run writes to the target, or an earlier one left something open
                that has not been waited for since.
        """
        with one_writer(plan.target, self.path):
            if self.left_open(plan.target):
                raise ReconcilerError(
                    f"an earlier run against {plan.target} ended without knowing what became of its"
                    " writes, and this plan was made before they had to show; nothing was written",
                    remedy="run this again: it waits, and then plans anew",
                )
            saved = snapshot.take(plan, self.snapshots, self.now())
            journal = Journal.begin(plan, self.path / "journal", self.now)
            yield Kept(journal, saved.as_posix())
