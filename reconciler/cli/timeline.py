"""`reconciler timeline`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler import desired
from reconciler.cli import options
from reconciler.errors import DesiredError
from reconciler.plan.timeline import timeline
from reconciler.render.timeline import (
    timelines_html,
    timelines_mermaid,
    timelines_svg,
    timelines_text,
)
from reconciler.workspace.settings import load_settings


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
    settings = load_settings(Path.cwd())
    checked = desired.check(Path.cwd(), env)
    if any(finding.severity == "error" for finding in checked.findings):
        raise DesiredError(checked.findings)
    declared = desired.in_environment(checked, env)
    keys = (
        desired.select(declared, selectors)
        if selectors
        else {entry.group.key for entry in declared}
    )
    now, days = datetime.now(UTC), settings.day_means
    chosen = sorted(
        (entry.group for entry in declared if entry.group.key in keys),
        key=lambda group: str(group.key),
    )
    listed = [timeline(group, means=days, now=now) for group in chosen]
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
