"""`reconciler plan`."""

from dataclasses import replace
from pathlib import Path

import click

from reconciler.cli import options, step
from reconciler.cli.files import output_form, write_output
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell, tell_open_writes, wants_color, width
from reconciler.errors import ExitCode, UsageError
from reconciler.plan.nouns import Drift
from reconciler.render.forms import PLAN_FORMS
from reconciler.render.markdown import plan_markdown


@click.command()
@options.selectors
@options.env
@options.api_url
@options.formats(PLAN_FORMS)
@click.option(
    "--out",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=f"Also write the plan to FILE, {options.endings(PLAN_FORMS)}; may be given several times.",
)
@click.option(
    "--summary", is_flag=True, help="Print what patients notice, and not each row; --out has all."
)
@options.allow
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
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
    output: str,
    outputs: tuple[Path, ...],
    *,
    summary: bool,
    allow: dict[str, int],
    detailed_exitcode: bool,
    base: str | None,
    applied: str | None,
    drift: Drift,
    prune: bool,
    color: str,
) -> int:
    """Show what an apply would change, by reading live state only.

    With KEY (microsoft/appointment-reminders) or PATH (a group file or a folder) only those groups
    are planned. Exits 0; 4 when a guard refuses the plan; 1 when an integration could not be read,
    so that its groups are not planned; 3 when these files are behind the applied commit; with
    --detailed-exitcode 2 when there are changes.
    """
    if summary and output != "text":
        raise UsageError(
            f"--summary shortens text, and not {output}", remedy="leave --summary or --format out"
        )
    forms = {path: output_form(path, PLAN_FORMS) for path in outputs}
    workspace = surroundings().workspace(env)
    files = workspace.load(selectors, base=base, applied=applied, drift=drift, prune=prune)
    tell(files.notes)
    with workspace.open(api_url, files) as opened:
        tell_open_writes(workspace.state.left_open(opened.target))
        plan = workspace.plan(files, opened, allow)
    step.tell_plan(plan)
    shown = step.presentation(files, workspace.head(), opened.sentence)
    if room := step.summary_room():
        step.add_summary(plan_markdown(plan, shown, budget=room))
    for path, form in forms.items():
        write_output(path, form.render(plan, shown))
    if output != "text":
        click.echo(opened.sentence, err=True)
    painted = replace(shown, color=wants_color(color), summary=summary, width=width())
    click.echo(PLAN_FORMS[output].render(plan, painted), nl=False, color=True)
    if plan.guards:
        return ExitCode.REFUSED
    if plan.unread:
        # Whoever only keeps stderr of a failed plan learns why it did.
        tell(line for one in plan.unread for line in (f"error: {one.problem}", f"  {one.remedy}"))
        return ExitCode.ERROR
    return ExitCode.CHANGES if detailed_exitcode and not plan.empty else ExitCode.DONE
