"""`reconciler plan`."""

from pathlib import Path

import click

from reconciler.cli import options, step
from reconciler.cli.files import PLAN_FORMATS, output_format, write_output
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell, tell_open_writes, wants_color
from reconciler.errors import ExitCode
from reconciler.plan.nouns import Plan
from reconciler.render.github import plan_github
from reconciler.render.html import plan_html
from reconciler.render.json import plan_json
from reconciler.render.markdown import Setting, plan_markdown
from reconciler.render.text import plan_text


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
    formats = {path: output_format(path, PLAN_FORMATS) for path in outputs}
    workspace = surroundings().workspace(env)
    files = workspace.load(selectors, base=base, prune=prune)
    tell(files.notes)
    with workspace.open(api_url) as opened:
        tell_open_writes(workspace.state.left_open(opened.target))
        plan = workspace.plan(files, opened, allow)
    setting = step.setting(files, workspace.head())
    step.tell_plan(plan)
    if room := step.summary_room():
        step.add_summary(plan_markdown(plan, setting, budget=room))
    for path, chosen in formats.items():
        write_output(path, _rendered(plan, opened.sentence, chosen, setting))
    if output != "text":
        click.echo(opened.sentence, err=True)
    painted = wants_color(color)
    click.echo(
        _rendered(plan, opened.sentence, output, setting, color=painted), nl=False, color=True
    )
    if plan.guards:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if detailed_exitcode and not plan.empty else ExitCode.DONE


def _rendered(
    plan: Plan, sentence: str, output: str, setting: Setting, *, color: bool = False
) -> str:
    match output:
        case "json":
            return plan_json(plan)
        case "markdown":
            return plan_markdown(plan, setting)
        case "html":
            return plan_html(plan, setting)
        case "github":
            return plan_github(plan)
        case _:
            return f"{sentence}\n\n{plan_text(plan, color=color)}"
