"""`reconciler drift-issue`: the one issue about drift, for an environment."""

from pathlib import Path

import click

from reconciler.cli import github_options, options
from reconciler.errors import ExitCode
from reconciler.github import Marker, Record, Text, put_issue
from reconciler.plan.digest import NOTHING


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
    text = Text(marker, Record(digest or NOTHING), github_options.read(file))
    title = f"Live state has drifted{f' in {env}' if env else ''}"
    with github_options.github(author) as github:
        put = put_issue(github, title, text, is_open=not clear)
    github_options.say("Drift issue", put)
    return ExitCode.DONE
