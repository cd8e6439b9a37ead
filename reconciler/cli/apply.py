"""`reconciler apply`."""

from pathlib import Path

import click

from reconciler.cli import options, step
from reconciler.cli.applying import ApplyOptions, carry_out
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell, tell_wait
from reconciler.plan.nouns import Drift
from reconciler.workspace.expected import Expected


@click.command()
@options.selectors
@options.env
@options.api_url
@options.yes
@options.expect
@options.allow
@options.concurrency
@options.settle
@options.deadline
@options.report_out
@options.base
@options.applied
@options.drift
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
    applied: str | None,
    drift: Drift,
    prune: bool,
    color: str,
) -> int:
    """Make live state what the group files say.

    Plans anew, shows the plan, asks, writes only the groups and use cases that change, and reads
    each back. The first group goes alone; if it does not read back as planned, nothing else is
    sent. With --expect only what was reviewed is written; what was not is left alone and told.

    Exits 0 when all is applied, or all that was reviewed is live; 1 when nothing was written; 3
    when nothing could be, since live state moved or it is not what was reviewed; 4 when a guard
    refuses; 5 when a part is done or unknown, and where an integration could not be looked at.
    """
    workspace = surroundings().workspace(env)
    expected = Expected.read(expect, surroundings().here) if expect is not None else None
    chosen = ApplyOptions(yes, concurrency, settle, deadline, outputs, color, expected)
    files = workspace.load(selectors, base=base, applied=applied, drift=drift, prune=prune)
    tell(files.notes)
    with (
        workspace.open(api_url, files) as opened,
        workspace.state.turn(opened.target, settle, tell_wait),
    ):
        planned = workspace.plan_reviewed(files, opened, allow, expected)
        return carry_out(planned, opened, workspace, chosen)
