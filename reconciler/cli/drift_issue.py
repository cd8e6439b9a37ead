"""`reconciler drift-issue`: the one issue about drift, for an environment."""

from pathlib import Path

import click

from reconciler.cli import github_options, options
from reconciler.errors import ExitCode
from reconciler.github import Marker
from reconciler.workspace.expected import NOTHING


@click.command()
@github_options.file
@options.env
@github_options.digest
@click.option("--clear", is_flag=True, help="There is no drift: close the issue, if there is one.")
@github_options.author
def command(file: Path, env: str | None, digest: str, *, clear: bool, author: str) -> int:
    """Let the one issue about drift show the plan in FILE, or close it.

    There is one issue for each environment; it is opened again rather than made again. Reads the
    same variables as `comment`.
    """
    marker = Marker("drift", github_options.environment(env))
    body = marker.on(github_options.read(file), digest or NOTHING)
    title = f"Live state has drifted{f' in {env}' if env else ''}"
    with github_options.github(author) as github:
        outcome = github.put_issue(marker, title, body, is_open=not clear)
    click.echo(f"Drift issue: {outcome}.")
    return ExitCode.DONE
