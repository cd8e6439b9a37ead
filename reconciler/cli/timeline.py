"""`reconciler timeline`."""

import click

from reconciler.cli import options
from reconciler.cli.surroundings import surroundings
from reconciler.errors import ExitCode
from reconciler.plan.timeline import timeline
from reconciler.render.forms import TIMELINE_FORMS
from reconciler.render.presentation import Presentation


@click.command()
@options.selectors
@options.env
@options.formats(TIMELINE_FORMS)
def command(selectors: tuple[str, ...], env: str | None, output: str) -> int:
    """Show who is contacted on which day, by text or call, at which local time, and when next.

    Shows what the files say; needs no network and no secrets. A plan as Markdown or HTML shows it
    for the groups that change, with what begins and ends.
    """
    workspace = surroundings().workspace(env)
    settings, now = workspace.settings(), workspace.clock()
    days = settings.day_means
    listed = [timeline(entry.group, means=days, now=now) for entry in workspace.said(selectors)]
    said = f"For the environment {env}." if env else "As files say it without an environment."
    shown = Presentation(days=days, hours=settings.lint.hours, sentence=said)
    click.echo(TIMELINE_FORMS[output].render(listed, shown), nl=False)
    return ExitCode.DONE
