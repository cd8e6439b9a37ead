"""`reconciler apply`."""

import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import click

from reconciler.apply import Interrupt, apply_plan
from reconciler.cli import options
from reconciler.cli.plan import EXIT_GUARD
from reconciler.cli.planning import Desired, make_plan
from reconciler.cli.target import Opened, open_target
from reconciler.errors import UsageError
from reconciler.live import writing
from reconciler.plan import Plan
from reconciler.render.json import report_json
from reconciler.render.text import count, plan_text, report_summary, report_text, result_line
from reconciler.report import Report, Result


@click.command()
@options.selectors
@options.env
@options.api_url
@click.option("--yes", is_flag=True, help="Do not ask; needed where stdin is not a terminal.")
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=8, show_default=True, help="Groups written at the same time."
)
@click.option(
    "--out",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write what was done to FILE, .txt or .json; may be given several times.",
)
@options.prune
@options.color
def command(
    selectors: tuple[str, ...],
    env: str | None,
    api_url: str | None,
    *,
    yes: bool,
    concurrency: int,
    outputs: tuple[Path, ...],
    prune: bool,
    color: str,
) -> int:
    """Make live state what the group files say.

    Plans anew, shows the plan, asks, writes only the groups and use cases that change, and reads each back. The first
    group goes alone; if it does not read back as planned, nothing else is sent. Exits 0 when all is applied, 1 when
    nothing was written, 3 when live state moved meanwhile, 4 when a guard refuses, 5 when half is done or unknown.
    """
    options.refuse_prune(prune=prune)
    formats = {path: options.output_format(path) for path in outputs}
    if not yes and not sys.stdin.isatty():
        raise UsageError("apply asks before it writes, and there is no terminal to ask on", remedy="add --yes")
    painted = options.wants_color(color)
    files = Desired(selectors, env)
    with open_target(api_url, env) as opened:
        plan = make_plan(files, opened)
        click.echo(f"{opened.sentence}\n\n{plan_text(plan, color=painted)}", color=True)
        if plan.guards:
            return EXIT_GUARD
        if not plan.empty and not yes:
            _ask(plan)
        report = _apply(plan, files, opened, concurrency, painted=painted)
    for path, chosen in formats.items():
        options.write_output(path, report_json(report) if chosen == "json" else report_text(report))
    if report.bug:
        traceback.print_exception(report.bug)
    return report.exit_code


def _ask(plan: Plan) -> None:
    question = f"Write {count(len(plan.changes), 'group')} to {plan.target}? Only yes is accepted"
    if click.prompt(question, default="", show_default=False, err=True) != "yes":
        raise click.Abort


def _apply(plan: Plan, files: Desired, opened: Opened, concurrency: int, *, painted: bool) -> Report:
    """Carry the plan out, showing a bar on a terminal and a line per group elsewhere."""
    interrupt = Interrupt()
    run = partial(
        apply_plan,
        plan,
        partial(writing, opened.endpoint, files.settings.api),
        concurrency=concurrency,
        interrupt=interrupt,
    )
    with _signals(interrupt):
        if not plan.empty and sys.stderr.isatty():
            with click.progressbar(length=len(plan.changes), label="Applying", file=sys.stderr) as bar:
                report = run(notify=lambda _: bar.update(1))
            click.echo(report_text(report, color=painted), nl=False, color=True)
            return report

        def tell(result: Result) -> None:
            click.echo(result_line(result, color=painted), color=True)

        report = run(notify=tell)
    click.echo(report_summary(report, color=painted), nl=False, color=True)
    return report


@contextmanager
def _signals(interrupt: Interrupt) -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into a wish to stop: the first finishes what is in flight, the second walks away."""

    def wish(_number: int, _frame: FrameType | None) -> None:
        interrupt.signal()
        click.echo("Stopping; what is in flight is finished. Once more walks away from it.", err=True)

    previous = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
