"""What a job's steps decide, named as those of .github/actions/reconcile/action.yml.

Each job is an iterator that yields the name of a step before it does it, so that a history can do
something else in between, cancel the job there, or let its runner die. The program's own functions
decide; what is played here is which of them a step calls, with what, and what becomes of the rest
when one fails. test_same_as_workflows.py holds both to each other.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, cast

from reconciler.apply.interrupt import Interrupt
from reconciler.apply.run import apply_plan
from reconciler.apply.write import Pace
from reconciler.errors import ExitCode, ReconcilerError, RefusedError
from reconciler.github import (
    FAILED,
    Marker,
    Record,
    Text,
    collect,
    pull_behind,
    put_issue,
    put_outcome,
    put_plan,
    record_applied,
)
from reconciler.model import Declared, Target
from reconciler.plan.digest import NOTHING
from reconciler.plan.nouns import Drift, Plan
from reconciler.plan.review import Verdict
from reconciler.render.carried import carried
from reconciler.render.drift_issue import drift_title
from reconciler.render.json import plan_document, report_json
from reconciler.render.models import ReportDocument, ReviewedDocument
from reconciler.render.outcome import Outcome, outcome, outcome_markdown, pull_outcome
from reconciler.settings import Limits, Settings
from reconciler.workspace.delivery import (
    Delivery,
    SupersededError,
    next_delivery,
    usable_applied,
)
from reconciler.workspace.expected import Expected
from reconciler.workspace.fetching import Evidence
from reconciler.workspace.loading import Desired
from reconciler.workspace.planning import Reviewable, make_plan
from reconciler.workspace.target import Opened
from tests.faults.model import VirtualEvent
from tests.histories.files import declared
from tests.histories.live import Live
from tests.histories.world import World
from tests.memory_api import KeptInMemory

DAY: Final = date(2026, 11, 25)

PERMISSIONS: Final = {
    "plan": {"contents": "read", "deployments": "read", "pull-requests": "write"},
    "apply": {"contents": "read", "deployments": "write", "pull-requests": "write"},
    "drift": {
        "contents": "read",
        "deployments": "read",
        "pull-requests": "read",
        "issues": "write",
    },
}
"""Of each job, as the workflows give them."""
SETTINGS: Final = Settings(guards=Limits(disables=2))


class CancelledError(Exception):
    """Somebody has cancelled the run: a step does not begin, but for those that always do."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a run is about.

    Attributes:
        run: Its number.
        sha: The commit that is checked out.
        number: Of the pull request, for a plan.
        head: The head of that.
        base: The commit before a push, or an empty text.
        digest: What somebody has typed, by hand.
        drift: Likewise; None takes the repository's variable.
        allow: Likewise.
    """

    run: int
    sha: str
    number: int = 0
    head: str = ""
    base: str = ""
    digest: str = ""
    drift: Drift | None = None
    allow: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reached:
    """An API that is reached, as far as a plan needs it."""

    target: Target
    live: Live
    tell: Callable[[str], None] = lambda _: None

    def reading(self) -> AbstractContextManager[Live]:
        return self.live


def _planned(
    world: World,
    env: str,
    commit: str,
    *,
    base: str | None,
    applied: str | None,
    drift: Drift,
    allow: Mapping[str, int] | None = None,
    judge: Callable[[Plan], Verdict] | None = None,
) -> Reviewable:
    """Return what `plan` makes with the same options; without a commit it knows nobody's change."""
    known = base or applied
    first = declared(world.git.files(known), env) if known else None
    files = Desired(
        declared(world.git.files(commit), env),
        SETTINGS,
        lints=(),
        today=DAY,
        base=first,
        applied=declared(world.git.files(applied), env) if applied else first,
        since=_since(world, env, applied, commit),
        drift=drift if known else "revert",
        prune=known is not None,
    )
    reached = cast("Opened", _Reached(Target(world.urls[env], env), world.live[env]))
    return make_plan(files, reached, allow or {}, Evidence(), judge)


def _since(
    world: World, env: str, applied: str | None, commit: str
) -> tuple[tuple[Declared, ...], ...]:
    """Return what files said after the applied commit and before the planned one."""
    between = world.git.merged_since(applied, commit) if applied else ()
    return tuple(declared(world.git.files(one), env) for one in between if one != commit)


def plan(world: World, event: Event, env: str) -> Generator[str, None, None]:
    """Play `command: plan`."""
    document = None
    try:
        yield "Applied"
        with world.asking(PERMISSIONS["plan"]) as github:
            applied, _ = usable_applied(world.git, github, env, event.sha)
        yield "Plan"
        base = world.git.first_parent(event.sha)
        made = _planned(world, env, event.sha, base=base, applied=applied, drift=world.drift)
        document = plan_document(made.whole)
    except ReconcilerError:
        pass
    yield "Comment"
    marker = Marker("plan", env)
    if document is None:
        text, create = Text(marker, Record(FAILED, event.head), "it failed"), True
    else:
        digest = document.digest if document.changes else NOTHING
        shown = world.witness[env].shows(document)
        text = Text(marker, Record(digest, event.head), shown, carried(document.changes))
        create = bool(document.changes or document.guards)
    with world.asking(PERMISSIONS["plan"]) as github:
        put_plan(github, event.number, text, create=create)


@dataclass(slots=True)
class _Apply:
    """What the steps of an apply leave behind for the next ones.

    Attributes:
        code: The step's exit code, of `Apply` or else of `Reviewed`.
        superseded: The output of `Reviewed`.
        delivery: What it found to be applied next.
        reviewed: The file that it wrote.
        report: The file that `Apply` wrote.
    """

    code: int | None = None
    superseded: bool = False
    delivery: Delivery | None = None
    reviewed: ReviewedDocument | None = None
    report: ReportDocument | None = None


def apply(world: World, event: Event, env: str, after: str) -> Generator[str, None, None]:
    """Play `command: apply`."""
    job, failed, before = _Apply(), None, world.witness[env].writes
    try:
        yield "Reviewed"
        world.witness[env].looks()
        _reviewed(world, event, env, after, job)
        if job.delivery:
            yield "Apply"
            _apply(world, event, env, job, job.delivery)
            yield "Record"
            with world.asking(PERMISSIONS["apply"]) as github:
                record_applied(github, env, event.sha)
            world.witness[env].ended_well(event.sha)
    except (ReconcilerError, CancelledError) as error:
        failed = error
    try:
        yield "Outcome"
    except CancelledError as error:  # it always runs
        failed = error
    try:
        _outcome(world, event, env, job)
    except ReconcilerError:  # only a warning
        pass
    else:
        since = job.delivery.commits if job.delivery else [event.sha]
        wrote = None if job.reviewed is None else world.witness[env].writes - before
        world.witness[env].has_told(event.run, event.sha, since, wrote)
    if failed:
        raise failed


def _reviewed(world: World, event: Event, env: str, after: str, job: _Apply) -> None:
    try:
        with world.asking(PERMISSIONS["apply"]) as github:
            job.delivery = next_delivery(
                world.git, github, env, event.sha, base=event.base or None, after=after or None
            )
            found = collect(github, job.delivery.commits, Marker("plan", env))
    except SupersededError as error:
        job.code, job.superseded = error.exit_code, True
    except ReconcilerError as error:
        job.code, job.delivery = error.exit_code, None
        raise
    else:
        job.code = ExitCode.DONE
        job.reviewed = found.document(event.sha, job.delivery.applied, env)


def _apply(world: World, event: Event, env: str, job: _Apply, delivery: Delivery) -> None:
    assert job.reviewed
    expected = Expected("reviewed.json", event.digest or job.reviewed)
    try:
        made = _planned(
            world,
            env,
            event.sha,
            base=delivery.base,
            applied=delivery.applied,
            drift=event.drift or world.drift,
            allow=event.allow,
            judge=expected.judge,
        )
        assert made.verdict
        document = plan_document(made.whole)
        world.witness[env].shows(document)
        chosen = {str(subject.key) for subject in made.verdict.chosen}
        world.witness[env].begins(event.sha, event.digest, document, chosen)
        if error := expected.refusal(made.whole, made.verdict):
            raise error
        if made.plan.guards:
            raise RefusedError(made.plan.guards)
    except ReconcilerError as error:
        job.code = error.exit_code
        raise
    report = apply_plan(
        made.plan,
        lambda: world.live[env],
        KeptInMemory(),
        concurrency=1,
        interrupt=Interrupt(finish=VirtualEvent(world.clock)),
        pace=Pace(),
    )
    if report.bug:
        raise report.bug
    report = replace(report, review=made.verdict)
    job.code = report.exit_code
    job.report = ReportDocument.model_validate_json(report_json(report))
    if job.code:
        raise _StepFailedError(f"exit {job.code}", remedy="see the report")


class _StepFailedError(ReconcilerError):
    """A step has ended with another exit code than 0."""


def _outcome(world: World, event: Event, env: str, job: _Apply) -> None:
    marker, told = Marker("outcome", env), job.report
    code = None if told is None and job.code == ExitCode.DONE else job.code
    word: Outcome | None = "superseded" if job.superseded else None
    with world.asking(PERMISSIONS["apply"]) as github:

        def tell(number: int, became: Outcome) -> None:
            body = outcome_markdown(became, env, link="", report=told)
            text = Text(marker, Record(run=event.run), body)
            put_outcome(github, number, text, first=job.reviewed is None)

        if job.superseded or job.reviewed is None:
            pull = pull_behind(github, event.sha)
            if pull:
                tell(pull.number, word or outcome(code, told))
            return
        for one in job.reviewed.pulls:
            became = pull_outcome(one, code, told)
            if became:
                tell(one.number, became)


def drift(world: World, event: Event, env: str) -> Generator[str, None, None]:
    """Play `command: drift`."""
    yield "Reviewed"
    try:
        with world.asking(PERMISSIONS["drift"]) as github:
            delivery = next_delivery(world.git, github, env, event.sha)
            collect(github, delivery.commits, Marker("plan", env))
    except SupersededError:
        return
    yield "Plan"
    made = _planned(world, env, event.sha, base=event.sha, applied=delivery.applied, drift="revert")
    document = plan_document(made.whole)
    yield "Drift issue"
    digest = document.digest if document.changes else NOTHING
    text = Text(Marker("drift", env), Record(digest), world.witness[env].shows(document))
    is_open = bool(document.changes or document.guards)
    with world.asking(PERMISSIONS["drift"]) as github:
        put_issue(github, drift_title(document), text, is_open=is_open)
