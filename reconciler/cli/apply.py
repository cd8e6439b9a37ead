"""`reconciler apply`."""

from pathlib import Path

import click

from reconciler.apply.lock import one_writer
from reconciler.cli import expect as expectation
from reconciler.cli import options, step
from reconciler.cli.applying import Manner, carry_out, settle_open_writes
from reconciler.cli.planning import load_desired, make_plan
from reconciler.workspace.target import open_target


@click.command()
@options.selectors
@options.env
@options.api_url
@options.yes
@expectation.option
@options.allow
@options.concurrency
@options.settle
@options.deadline
@options.report_out
@options.base
@options.prune
@options.color
@step.tells_exit_code
def command(
    selectors: tuple[str, ...],
    env: str | None,
    api_url: str | None,
    *,
    yes: bool,
    expect: str | None,
    allow: dict[str, int],
    concurrency: int,
    settle: float,
    deadline: float,
    outputs: tuple[Path, ...],
    base: str | None,
    prune: bool,
    color: str,
) -> int:
    """Make live state what the group files say.

    Plans anew, shows the plan, asks, writes only the groups and use cases that change, and reads
    each back. The first group goes alone; if it does not read back as planned, nothing else is
    sent. Exits 0 when all is applied, 1 when nothing was written, 3 when live state moved meanwhile
    or the plan is not the expected one, 4 when a guard refuses, 5 when half is done or unknown.
    """
    reviewed = expectation.Expected.read(expect) if expect is not None else None
    manner = Manner(yes, concurrency, settle, deadline, outputs, color, reviewed)
    files = load_desired(selectors, env, base, prune=prune)
    with open_target(api_url, env) as opened, one_writer(opened.target):
        settle_open_writes(opened.target, settle)
        return carry_out(make_plan(files, opened, allow), opened, files.settings, manner)
