"""What an apply did, group by group, and the exit code that says so.

Pure: no I/O.
"""

from dataclasses import dataclass
from typing import Literal

from reconciler.errors import ExitCode
from reconciler.model import Key, Target
from reconciler.plan.nouns import ChangeAction, Subject, Unread
from reconciler.plan.review import Verdict

ResultStatus = Literal["applied", "failed", "unknown", "not attempted"]
"""`applied` was read back; `failed` is not as planned; `unknown` may have been processed."""

Cause = Literal["", "stale", "unreadable", "rejected", "not sent", "not as sent"]
"""Why a group failed: it moved since the plan, could not be read before the write, was refused by
the API, never left this machine, or was stored but reads back differently."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome for one group.

    Attributes:
        key: The group.
        action: What the plan wanted.
        status: What is known now.
        cause: Why it failed; empty for any other status.
        message: What happened and what to do next, in words; empty where there is nothing to add.
        group_id: The live group's id; of one that was created, where it is known.
        name: What the plan calls it, if that is more than its key.
        digest: The change's.
    """

    key: Key
    action: ChangeAction
    status: ResultStatus
    cause: Cause = ""
    message: str = ""
    group_id: str | None = None
    name: str = ""
    digest: str = ""

    @property
    def subject(self) -> Subject:
        """The group of the plan that it is about."""
        return Subject(self.key, self.group_id or "" if self.action == "update" else "")


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run.

    Attributes:
        target: Where it wrote.
        digest: The digest of the plan that was carried out.
        results: One for each change of the plan, in the plan's order.
        stopped: Why the run ended before every group was tried; empty where it did not.
        interrupted: Whether somebody asked it to stop, or its time was up.
        others: What somebody else changed in live state meanwhile, a sentence for each group,
            sorted.
        snapshot: Where it stands what the groups were before; empty if nothing was to be written.
        unread: Integrations that the plan could not look at, so that nothing was done there.
        bug: An unexpected exception of this program, kept for its traceback.
        review: What of a larger plan was reviewed and so carried out, if only that was to be.
    """

    target: Target
    digest: str
    results: tuple[Result, ...]
    stopped: str = ""
    interrupted: bool = False
    others: tuple[str, ...] = ()
    snapshot: str = ""
    bug: BaseException | None = None
    unread: tuple[Unread, ...] = ()
    review: Verdict | None = None

    def count(self, status: ResultStatus) -> int:
        """Return how many groups ended like this."""
        return sum(result.status == status for result in self.results)

    @property
    def exit_code(self) -> ExitCode:
        """DONE if all is applied; PARTLY if some is, or may be, or if the run was interrupted.

        With nothing written STALE if all have moved, or if nothing has failed and what was reviewed
        is not live all the same, else ERROR. Where an integration was not looked at, not all is
        applied. Of what was not to be written, what is owed counts as not applied.
        """
        failed = [result for result in self.results if result.status != "applied"]
        kept = self.review is None or self.review.kept
        if not failed and not self.unread and kept:
            return ExitCode.DONE
        wrote = any(
            result.status in {"applied", "unknown"} or result.cause == "not as sent"
            for result in self.results
        )
        if wrote or self.interrupted:
            return ExitCode.PARTLY
        if not failed and not kept:
            return ExitCode.STALE
        tried = [result for result in failed if result.status != "not attempted"]
        stale = bool(tried) and not self.unread and all(result.cause == "stale" for result in tried)
        return ExitCode.STALE if stale else ExitCode.ERROR
