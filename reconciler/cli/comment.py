"""`reconciler comment`: the one comment of a pull request, for an environment."""

import json
from pathlib import Path

import click

from reconciler.cli import github_options, options
from reconciler.cli.surroundings import surroundings
from reconciler.errors import ExitCode, UsageError
from reconciler.github import Marker
from reconciler.render.markdown import code, fenced
from reconciler.text import visible
from reconciler.workspace.expected import NOTHING

_LONGEST_ERROR = 8000


@click.command()
@github_options.file
@options.env
@github_options.digest
@click.option(
    "--pull", type=int, metavar="NUMBER", help="The pull request; by default that of the event."
)
@click.option(
    "--update-only", is_flag=True, help="Leave a pull request without a comment as it is."
)
@click.option("--failed", is_flag=True, help="The plan failed, and FILE holds what it said.")
@github_options.author
def command(
    file: Path,
    env: str | None,
    digest: str,
    pull: int | None,
    *,
    update_only: bool,
    failed: bool,
    author: str,
) -> int:
    """Let the one comment of a pull request show the plan in FILE, as Markdown.

    There is one comment for each environment, which is changed in place and only if it differs.
    Reads GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_EVENT_PATH, which a workflow
    has.
    """
    marker = Marker("plan", github_options.environment(env))
    text = github_options.read(file)
    body = _failure(text, env) if failed else text
    number = pull or _number_of_event()
    with github_options.github(author) as github:
        outcome = github.put_comment(
            number,
            marker,
            marker.on(body, "failed" if failed else digest or NOTHING),
            create=failed or not update_only,
        )
    click.echo(f"Comment on #{number}: {outcome}.")
    return ExitCode.DONE


def _failure(said: str, env: str | None) -> str:
    """Return a comment that replaces a green one: there is no plan, and why."""
    server, repository, run = (
        surroundings().variables.get(f"GITHUB_{name}", "")
        for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    where = f" [The run]({server}/{repository}/actions/runs/{run}) has all of it." if run else ""
    shown = (
        "\n".join(visible(line) for line in said[-_LONGEST_ERROR:].splitlines())
        or "(it said nothing)"
    )
    place = f" for {code(env)}" if env else ""
    return (
        f"**There is no plan{place}: it failed, and nothing can be"
        f" applied.**{where}\n\n{fenced(shown, 'text')}\n"
    )


def _number_of_event() -> int:
    try:
        event = json.loads(
            Path(surroundings().variables["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8")
        )
        return int(event["pull_request"]["number"])
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise UsageError(
            "this is not the event of a pull request", remedy="name it with --pull NUMBER"
        ) from error
