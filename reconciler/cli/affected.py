"""`reconciler affected`: the accounts of a repository that a change touches."""

import json

import click

from reconciler.cli import step
from reconciler.cli.surroundings import surroundings
from reconciler.errors import ExitCode
from reconciler.workspace.accounts import accounts
from reconciler.workspace.git import Git


@click.command()
@click.argument("paths", nargs=-1, metavar="[FOLDER]...")
@click.option(
    "--base", metavar="REF", help="Only those that HEAD changes since this commit; else all."
)
@click.option("--json", "output", flag_value="json", help="Print a list for a job's matrix.")
def command(paths: tuple[str, ...], base: str | None, output: str | None) -> int:
    """Print the folders with group files that a change touches, a line each.

    A repository may hold several accounts of the clinic, a folder each: it is touched by a change
    below its groups/, and of its settings. `.` is the folder of this checkout itself. With FOLDERs
    only they and what lies below them count. In a workflow the step's output `folders` has them as
    JSON.
    """
    where = surroundings()
    folders = accounts(Git(where.root, where.variables), paths, base or None)
    listed = json.dumps(folders)
    step.set_outputs({"folders": listed})
    for line in [listed] if output else folders:
        click.echo(line)
    return ExitCode.DONE
