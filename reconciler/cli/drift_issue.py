"""`reconciler drift-issue`: the one issue about drift, for an environment."""

from pathlib import Path

import click

from reconciler.cli import github_options, options
from reconciler.errors import ExitCode
from reconciler.github import Record, Text, put_issue
from reconciler.plan.digest import NOTHING
from reconciler.render.drift_issue import drift_markdown, drift_title
from reconciler.render.models import PlanDocument


@click.command()
@github_options.file
@options.env
@click.option(
    "--plan",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The same plan as JSON; without changes nor guards in it, the issue is closed.",
)
@github_options.reviewed
@github_options.author
def command(file: Path, env: str | None, plan: Path, reviewed: Path | None, author: str) -> int:
    """Let the one issue about drift show the plan in FILE, as Markdown, or close it.

    It tells what somebody changed in the dashboard from what was merged and is not applied yet,
    names the pull requests of the latter, and says the ways out of each. There is one issue for
    each environment; it is opened again rather than made again. Reads the same variables as
    `comment`.
    """
    marker = github_options.marker("drift", env)
    shown = github_options.read(file)
    document = github_options.document(
        plan, PlanDocument, "a plan", "write it with `reconciler plan --out plan.json`"
    )
    merged = github_options.reviews(reviewed) if reviewed else None
    record = Record(document.digest if document.changes else NOTHING)
    text = Text(marker, record, f"{drift_markdown(document, merged)}\n{shown}".lstrip())
    with github_options.github(author) as github:
        put = put_issue(
            github,
            drift_title(document),
            text,
            is_open=bool(document.changes or document.guards),
        )
    github_options.say("Drift issue", put)
    return ExitCode.DONE
