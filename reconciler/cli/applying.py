"""Carrying a plan out, from the question to the exit code: what `apply` and `rollback` share."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

import click

from reconciler.apply import snapshot
from reconciler.apply.journal import Journal
from reconciler.apply.report import Report, Result
from reconciler.apply.run import Interrupt, apply_plan
from reconciler.apply.write import Pace
from reconciler.cli import options, step
from reconciler.cli.expect import EXIT_NOT_REVIEWED, Expected
from reconciler.cli.planning import EXIT_GUARD, tell_open_writes
from reconciler.errors import UsageError
from reconciler.live import writing
from reconciler.model import Target
from reconciler.plan.nouns import Plan
from reconciler.render.json import report_json
from reconciler.render.markdown import code, fenced
from reconciler.render.text import count, plan_text, report_summary, report_text, result_line
from reconciler.settings import Settings
from reconciler.workspace.target import Opened


@dataclass(frozen=True, slots=True)
class Manner:
    """How a plan is carried out, as the options say; refuses what cannot be.

    Attributes:
        yes: Do not ask.
        concurrency: Groups written at the same time.
        settle: Seconds over which live is re-read until it shows a write.
        deadline: Seconds after which no group is started.
        outputs: Files for the report.
        color: As `--color`.
        expected: The reviewed plan, if only that may be carried out.
    """

    yes: bool
    concurrency: int
    settle: float
    deadline: float
    outputs: tuple[Path, ...]
    color: str
    expected: Expected | None = None

    def __post_init__(self) -> None:
        for path in self.outputs:
            options.output_format(path, options.REPORT_FORMATS)
        if not self.yes and not sys.stdin.isatty():
            raise UsageError(
                "this asks before it writes, and there is no terminal to ask on", remedy="add --yes"
            )


def settle_open_writes(target: Target, settle: float) -> None:
    """Wait until what earlier runs left open must show in live state.

    The plan that is made next can then be believed.
    """
    pending = tell_open_writes(target)
    if not pending:
        return
    age = (datetime.now(UTC) - pending[-1].since).total_seconds()
    left = min(max(settle - age, 0.0), settle)
    click.echo(f"Waiting {left:.0f} s for it to show; the plan below says what did.", err=True)
    time.sleep(left)
    Journal.beside(target).settled()


def carry_out(plan: Plan, opened: Opened, settings: Settings, manner: Manner) -> int:
    """Show a plan, ask, write it, tell what became of it, and return the exit code."""
    painted = options.wants_color(manner.color)
    click.echo(f"{opened.sentence}\n\n{plan_text(plan, color=painted)}", color=True)
    step.tell_plan(plan)
    if plan.guards:
        return EXIT_GUARD
    if manner.expected and manner.expected.refuses(plan):
        return EXIT_NOT_REVIEWED
    if not plan.empty and not manner.yes:
        _ask(plan)
    report = _write(plan, opened, settings, manner, painted=painted)
    told = report_text(report)
    code_after = report.exit_code
    step.add_summary(
        f"{code(str(plan.target))}: {code(plan.digest)}\n\n{fenced(told.rstrip(), 'text')}"
    )
    for path in manner.outputs:
        as_json = options.output_format(path, options.REPORT_FORMATS) == "json"
        try:
            options.write_output(path, report_json(report) if as_json else told)
        except UsageError as error:
            # The groups are written; what became of them is the exit code, not that of a full disk.
            click.echo(f"error: {error.message}", err=True)
            code_after = code_after or 1
    if report.bug:
        traceback.print_exception(report.bug)
    return code_after


def _say(text: str, *, nl: bool = True) -> None:
    """Print what a run does; a reader that has gone silences it, and does not end it half done."""
    try:
        click.echo(text, nl=nl, color=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _ask(plan: Plan) -> None:
    question = f"Write {count(len(plan.changes), 'group')} to {plan.target}? Only yes is accepted"
    if click.prompt(question, default="", show_default=False, err=True) != "yes":
        raise click.Abort


def _write(
    plan: Plan, opened: Opened, settings: Settings, manner: Manner, *, painted: bool
) -> Report:
    """Carry the plan out, showing a bar on a terminal and a line per group elsewhere."""
    if plan.empty:
        return apply_plan(plan, partial(writing, opened.endpoint, settings.api))
    saved = snapshot.take(plan)
    interrupt = Interrupt()
    journal = Journal.begin(plan)
    with _signals(interrupt), _progress(plan, painted=painted) as notify:
        report = apply_plan(
            plan,
            partial(writing, opened.endpoint, settings.api),
            concurrency=manner.concurrency,
            interrupt=interrupt,
            notify=notify,
            pace=Pace(settle=manner.settle),
            log=journal,
            deadline=manner.deadline,
        )
    on_terminal = sys.stderr.isatty()
    told = (
        report_text(report, color=painted) if on_terminal else report_summary(report, color=painted)
    )
    _say(told, nl=False)
    _say(f"Snapshot of before: {saved.as_posix()} (reconciler rollback)")
    return report


@contextmanager
def _progress(plan: Plan, *, painted: bool) -> Iterator[Callable[[Result], None]]:
    if sys.stderr.isatty():
        with click.progressbar(length=len(plan.changes), label="Applying", file=sys.stderr) as bar:
            yield lambda _: bar.update(1)
    else:
        yield lambda result: _say(result_line(result, color=painted))


@contextmanager
def _signals(interrupt: Interrupt) -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into a wish to stop.

    The first finishes what is in flight, the second walks away.
    """

    def wish(_number: int, _frame: FrameType | None) -> None:
        interrupt.signal()
        click.echo(
            "Stopping; what is in flight is finished. Once more walks away from it.", err=True
        )

    previous = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
