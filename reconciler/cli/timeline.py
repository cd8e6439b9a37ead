"""`reconciler timeline`."""

import click

from reconciler.cli import options
from reconciler.cli.surroundings import surroundings
from reconciler.plan.timeline import timeline
from reconciler.render.timeline import (
    timelines_html,
    timelines_mermaid,
    timelines_svg,
    timelines_text,
)


@click.command()
@options.selectors
@options.env
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "mermaid", "svg", "html"]),
    default="text",
    help="What to print.",
)
def command(selectors: tuple[str, ...], env: str | None, output: str) -> int:
    """Show who is contacted on which day, by text or call, at which local time, and when next.

    Shows what the files say; needs no network and no secrets. A plan as Markdown or HTML shows it
    for the groups that change, with what begins and ends.
    """
    workspace = surroundings().workspace(env)
    settings, now = workspace.settings(), workspace.clock()
    days = settings.day_means
    listed = [timeline(entry.group, means=days, now=now) for entry in workspace.said(selectors)]
    match output:
        case "mermaid":
            click.echo(timelines_mermaid(listed, days), nl=False)
        case "svg":
            click.echo(timelines_svg(listed, days, settings.lint.hours))
        case "html":
            click.echo(timelines_html(listed, days, settings.lint.hours), nl=False)
        case _:
            click.echo(timelines_text(listed, days), nl=False)
    return 0
