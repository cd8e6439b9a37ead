"""`reconciler pull`."""

import click

from reconciler.cli import options
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell, wants_color
from reconciler.errors import ExitCode, UsageError
from reconciler.pull.nouns import Pull
from reconciler.render.forms import PULL_FORMS
from reconciler.render.presentation import Presentation
from reconciler.render.pull import PullOutcome
from reconciler.workspace.pulling import Choice, pull
from reconciler.workspace.workspace import Workspace
from reconciler.workspace.writing import write_file


@click.command(
    cls=options.Exemplified,
    examples={
        "reconciler pull": "the dashboard's edits, into all files",
        "reconciler pull microsoft/recall": "one group; it gets a file if it has none",
        "reconciler pull --all --env qa": "all groups, with what is qa's own apart",
        "reconciler pull --dry-run 'google/*'": "show first what would be written",
    },
)
@options.selectors
@options.env
@options.api_url
@click.option("--all", "everything", is_flag=True, help="Adopt all live groups without a file too.")
@click.option(
    "--all-fields", is_flag=True, help="Take what a file does not have as well, and manage it."
)
@click.option("--links", is_flag=True, help="Write links of sheets themselves, not as variables.")
@options.since
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--check", is_flag=True, help="As --dry-run, and exit 2 if something would be.")
@options.formats(PULL_FORMS)
@options.color
def command(
    selectors: tuple[str, ...],
    env: str | None,
    api_url: str | None,
    output: str,
    *,
    everything: bool,
    all_fields: bool,
    links: bool,
    base: str | None,
    dry_run: bool,
    check: bool,
    color: str,
) -> int:
    """Bring live state into the group files: dashboard edits, and groups that have no file.

    What somebody changed in the dashboard is edited where it stands, and nothing else of a file;
    what you have changed since the base stays, and is told as a conflict where live changed it too.
    A live group that is named, or with --all each one, gets a file. Only files are written: review
    and commit them as any change.

    Exits 0; 1 when something of live state could not be taken, each with its reason; with --check 2
    when something would be written.
    """
    if everything and selectors:
        raise UsageError("--all chooses all already", remedy="leave out KEY and PATH, or --all")
    workspace = surroundings().workspace(env)
    compared = workspace.compared(api_url, base)
    choice = Choice(selectors, everything=everything, all_fields=all_fields, links=links)
    pulled = pull(compared, choice)
    tell([compared.sentence, *compared.notes])
    only_shown = dry_run or check
    problems = {} if only_shown else _write(workspace, pulled)
    code = ExitCode.DONE
    if pulled.missed or problems:
        code = ExitCode.ERROR
    elif check and pulled.changed:
        code = ExitCode.CHANGES
    outcome = PullOutcome(pulled, code, not only_shown, problems)
    shown = Presentation(color=wants_color(color))
    click.echo(PULL_FORMS[output].render(outcome, shown), nl=False, color=True)
    return code


def _write(workspace: Workspace, pulled: Pull) -> dict[str, str]:
    """Write all files that can be, and return why the others cannot, by their names."""
    problems = {}
    for one in pulled.changed:
        try:
            write_file(workspace.root, one.file, one.before, one.after)
        except UsageError as error:
            problems[one.file] = f"{error.message}; {error.remedy}"
    return problems
