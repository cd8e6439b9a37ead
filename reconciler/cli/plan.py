"""`reconciler plan`."""

from pathlib import Path

import click

from reconciler.cli import options, step
from reconciler.cli.planning import (
    EXIT_CHANGES,
    EXIT_GUARD,
    Desired,
    load_desired,
    make_plan,
    setting_of,
    tell_open_writes,
)
from reconciler.plan.nouns import Plan
from reconciler.render.github import plan_github
from reconciler.render.html import plan_html
from reconciler.render.json import plan_json
from reconciler.render.markdown import plan_markdown
from reconciler.render.text import plan_text
from reconciler.workspace.target import open_target


@click.command()
@options.selectors
@options.env
@options.api_url
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "markdown", "html", "json", "github"]),
    default="text",
    help="What to print.",
)
@click.option(
    "--out",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write the plan to FILE, .txt, .md, .html or .json; may be given several times.",
)
@options.allow
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@options.base
@options.prune
@options.color
@step.tells_exit_code
def command(
    selectors: tuple[str, ...],
    env: str | None,
    api_url: str | None,
    output: str,
    outputs: tuple[Path, ...],
    *,
    allow: dict[str, int],
    detailed_exitcode: bool,
    base: str | None,
    prune: bool,
    color: str,
) -> int:
    """Show what an apply would change, by reading live state only.

    With KEY (microsoft/appointment-reminders) or PATH (a group file or a folder) only those groups
    are planned. Exits 0; 4 when a guard refuses the plan; with --detailed-exitcode 2 when there are
    changes.
    """
    formats = {path: options.output_format(path, options.PLAN_FORMATS) for path in outputs}
    files = load_desired(selectors, env, base, prune=prune)
    with open_target(api_url, env) as opened:
        tell_open_writes(opened.target)
        plan = make_plan(files, opened, allow)
    step.tell_plan(plan)
    if room := step.summary_room():
        step.add_summary(plan_markdown(plan, setting_of(files), budget=room))
    for path, chosen in formats.items():
        options.write_output(path, _rendered(plan, opened.sentence, chosen, files))
    if output != "text":
        click.echo(opened.sentence, err=True)
    painted = options.wants_color(color)
    click.echo(_rendered(plan, opened.sentence, output, files, color=painted), nl=False, color=True)
    if plan.guards:
        return EXIT_GUARD
    return EXIT_CHANGES if detailed_exitcode and not plan.empty else 0


def _rendered(
    plan: Plan, sentence: str, output: str, files: Desired, *, color: bool = False
) -> str:
    match output:
        case "json":
            return plan_json(plan)
        case "markdown":
            return plan_markdown(plan, setting_of(files))
        case "html":
            return plan_html(plan, setting_of(files))
        case "github":
            return plan_github(plan)
        case _:
            return f"{sentence}\n\n{plan_text(plan, color=color)}"
