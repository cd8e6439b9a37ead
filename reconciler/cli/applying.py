"""Carrying a plan out, from the question to the exit code: what `apply` and `rollback` share."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click

from reconciler.apply.interrupt import Interrupt
from reconciler.apply.report import Report, Result
from reconciler.apply.run import apply_plan
from reconciler.apply.snapshot import Kind
from reconciler.apply.state import StateFolder
from reconciler.apply.write import Pace
from reconciler.cli import signals, step, streams
from reconciler.cli.files import output_form, write_output
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import say, tell, wants_color, width
from reconciler.errors import ExitCode, ReconcilerError, RefusedError, UsageError
from reconciler.plan.nouns import Plan
from reconciler.plan.review import Verdict
from reconciler.render.forms import REPORT_FORMS
from reconciler.render.marks import code, fenced
from reconciler.render.presentation import Presentation
from reconciler.render.review import verdict_lines
from reconciler.render.text import (
    guard_lines,
    plan_text,
    report_summary,
    report_text,
    result_line,
)
from reconciler.text import count
from reconciler.workspace import Opened, Workspace
from reconciler.workspace.expected import Expected
from reconciler.workspace.planning import Reviewable


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is carried out, as the options say; refuses what cannot be.

    Attributes:
        yes: Do not ask.
        concurrency: Groups written at the same time.
        settle: Seconds over which live is re-read until it shows a write.
        deadline: Seconds after which no group is started.
        outputs: Files for the report.
        color: As `--color`.
        expected: What was reviewed, if only that may be carried out.
        kind: What the run is.
    """

    yes: bool
    concurrency: int
    settle: float
    deadline: float
    outputs: tuple[Path, ...]
    color: str
    expected: Expected | None = None
    kind: Kind = "apply"

    def __post_init__(self) -> None:
        for path in self.outputs:
            output_form(path, REPORT_FORMS)
        if not self.yes and not sys.stdin.isatty():
            raise UsageError(
                "this asks before it writes, and there is no terminal to ask on", remedy="add --yes"
            )


def carry_out(
    planned: Reviewable, opened: Opened, workspace: Workspace, chosen: ApplyOptions
) -> int:
    """Show a plan, ask, write what of it may be, tell what became of it, and return the exit code.

    Raises:
        RefusedError: A guard stands against what would be written, which has been told.
        StaleError: It is not the reviewed one, of which only the digest is known; which has been
            told.
        click.Abort: Somebody has said no.
    """
    painted = wants_color(chosen.color)
    days = workspace.settings().day_means
    text = plan_text(planned.whole, days=days, color=painted, width=width())
    click.echo(f"{opened.sentence}\n\n{text}", color=True)
    step.tell_plan(planned.whole)
    plan = planned.plan
    if planned.verdict and chosen.expected:
        error = chosen.expected.refusal(planned.whole, planned.verdict)
        tell(
            [*error.message.splitlines(), error.remedy]
            if error
            else _before(planned, planned.verdict)
        )
        if error:
            raise _told(error)
    if plan.guards:
        raise _told(RefusedError(plan.guards))
    if not plan.empty and not chosen.yes:
        _ask(plan)
    state = replace(workspace.state, kind=chosen.kind)
    interrupt = Interrupt(tell=lambda words: click.echo(words, err=True))
    with signals.heard_by(interrupt.signal):
        report = _write(plan, opened, state, chosen, interrupt, painted=painted)
        report = replace(report, review=planned.verdict)
        try:
            return _tell(report, state, chosen, painted=painted)
        except Exception:  # noqa: BLE001 - what was done is the exit code, whatever keeps it from being told
            traceback.print_exc()
            return report.exit_code or ExitCode.ERROR


def _before(planned: Reviewable, verdict: Verdict) -> Iterator[str]:
    """Yield what is said of a review before anything is written of it."""
    yield from verdict_lines(verdict)
    if planned.plan.guards != planned.whole.guards:
        yield from guard_lines(planned.plan.guards)


def _told(error: ReconcilerError) -> ReconcilerError:
    """Return an error of which people have just been told; programs still are to be."""
    error.told = True
    return error


def _ask(plan: Plan) -> None:
    question = f"Write {count(len(plan.changes), 'group')} to {plan.target}? Only yes is accepted"
    if click.prompt(question, default="", show_default=False, err=True) != "yes":
        raise click.Abort


def _write(
    plan: Plan,
    opened: Opened,
    state: StateFolder,
    chosen: ApplyOptions,
    interrupt: Interrupt,
    *,
    painted: bool,
) -> Report:
    """Carry the plan out, showing a bar on a terminal and a line per group elsewhere."""
    with _progress(plan, painted=painted) as notify:
        return apply_plan(
            plan,
            partial(opened.writing, interrupt.finish.wait),
            state,
            concurrency=chosen.concurrency,
            interrupt=interrupt,
            notify=notify,
            pace=Pace(settle=chosen.settle),
            deadline=chosen.deadline,
            tell=opened.tell,
        )


def _tell(report: Report, state: StateFolder, chosen: ApplyOptions, *, painted: bool) -> int:
    """Tell what became of a run, first where it stays, and return the exit code."""
    text = report_text(report)
    code_after = report.exit_code
    for path in chosen.outputs:
        form = output_form(path, REPORT_FORMS)
        try:
            write_output(path, form.render(report, Presentation()))
        except UsageError as error:
            # The groups are written; what became of them is the exit code, not that of a full disk.
            click.echo(f"error: {error.message}", err=True)
            code_after = code_after or ExitCode.ERROR
    step.add_summary(
        f"{code(str(report.target))}: {code(report.digest)}\n\n{fenced(text.rstrip(), 'text')}"
    )
    if report.snapshot:
        done = report_text if sys.stderr.isatty() else report_summary
        say(done(report, color=painted), nl=False)
        say(f"Snapshot of before: {_from_root(report.snapshot)} (reconciler rollback)")
        _tell_elsewhere(text, state)
    if report.bug:
        traceback.print_exception(report.bug)
    return code_after


def _tell_elsewhere(text: str, state: StateFolder) -> None:
    """Tell a report on stderr if stdout has lost it, and in a file if both have."""
    lost = streams.failure(sys.stdout)
    if lost is None:
        return
    streams.excuse(sys.stdout)
    click.echo(f"stdout cannot be written ({lost.strerror}). What became of the run:", err=True)
    click.echo(text, nl=False, err=True)
    if streams.failure(sys.stderr):
        state.leave("untold.txt", text)


def _from_root(path: str) -> str:
    """Return a path as a user types it."""
    return os.path.relpath(path, surroundings().root)


@contextmanager
def _progress(plan: Plan, *, painted: bool) -> Iterator[Callable[[Result], None]]:
    if sys.stderr.isatty() and not plan.empty:
        with click.progressbar(length=len(plan.changes), label="Applying", file=sys.stderr) as bar:
            yield lambda _: bar.update(1)
    else:
        yield lambda result: say(result_line(result, color=painted))
