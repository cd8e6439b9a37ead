"""`reconciler reviewed`: which plan was reviewed in a merged pull request."""

import re

import click

from reconciler.cli import github_options, options, step
from reconciler.cli.surroundings import VariableOption
from reconciler.errors import ExitCode, UsageError
from reconciler.github import Marker
from reconciler.text import visible
from reconciler.workspace.expected import NOTHING


@click.command()
@options.env
@click.option(
    "--commit",
    cls=VariableOption,
    envvar="GITHUB_SHA",
    required=True,
    help="The merged commit. [env: GITHUB_SHA]",
)
@github_options.author
def command(env: str | None, commit: str, author: str) -> int:
    """Print the plan digest reviewed in a merged commit's pull request, for `apply --expect`.

    It is the one in the pull request's comment; `none` if there is no such comment, since its
    plan had no changes.
    """
    marker = Marker("plan", github_options.environment(env))
    if not re.fullmatch("[0-9a-f]{40,64}", commit):
        raise UsageError(
            f"--commit {visible(commit)} is no full commit id", remedy="give all its hex digits"
        )
    with github_options.github(author) as github:
        digest = github.reviewed_digest(commit, marker) or NOTHING
    click.echo(digest)
    step.set_outputs({"reviewed": digest})
    return ExitCode.DONE
