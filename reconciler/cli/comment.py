"""`reconciler comment`: the one comment of a pull request, for an environment."""

from pathlib import Path

import click

from reconciler.cli import github_options, options
from reconciler.errors import ExitCode, UsageError
from reconciler.github import FAILED, Marker, Record, Text, put_plan
from reconciler.plan.digest import NOTHING
from reconciler.render.markdown import code, fenced
from reconciler.text import visible

_LONGEST_ERROR = 8000


@click.command()
@github_options.file
@options.env
@github_options.digest
@click.option(
    "--pull", type=int, metavar="NUMBER", help="The pull request; by default that of the event."
)
@click.option(
    "--head",
    metavar="SHA",
    help="The head of the pull request that the plan is about; by default that of the event.",
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
    head: str | None,
    *,
    update_only: bool,
    failed: bool,
    author: str,
) -> int:
    """Let the one comment of a pull request show the plan in FILE, as Markdown.

    There is one comment for each environment, which is changed in place and only if it differs; it
    says so on top when the plan is another one than before. It is the record of what is reviewed:
    a plan of an older head never replaces it, and once the pull request is merged or closed nothing
    does. Both are said, and exit 0.

    Reads GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_EVENT_PATH, which a workflow
    has.
    """
    marker = Marker("plan", github_options.environment(env))
    text = github_options.read(file)
    number, about = _which(pull, head)
    record = Record(
        FAILED if failed else digest or NOTHING, github_options.full_commit(about, "--head")
    )
    with github_options.github(author) as github:
        put = put_plan(
            github,
            number,
            Text(marker, record, _failure(text, env) if failed else text),
            create=failed or not update_only,
        )
    github_options.say(f"Comment on #{number}", put)
    return ExitCode.DONE


def _which(number: int | None, head: str | None) -> tuple[int, str]:
    """Return the pull request and the head that the plan is about; raises UsageError."""
    event = github_options.pull_of_event()
    try:
        of_event = int(event["number"])
        number = number or of_event
        if number == of_event:
            head = head or str(event["head"]["sha"])
    except (KeyError, TypeError, ValueError):
        pass
    if number is None:
        raise UsageError(
            "this is not the event of a pull request", remedy="name it with --pull NUMBER"
        )
    if head is None:
        raise UsageError(
            f"it is not known which commit of #{number} the plan is about",
            remedy="name the pull request's head with --head SHA",
        )
    return number, head


def _failure(said: str, env: str | None) -> str:
    """Return a comment that replaces a green one: there is no plan, and why."""
    link = github_options.run_link()
    where = f" {link} has all of it." if link else ""
    shown = (
        "\n".join(visible(line) for line in said[-_LONGEST_ERROR:].splitlines())
        or "(it said nothing)"
    )
    place = f" for {code(env)}" if env else ""
    return (
        f"**There is no plan{place}: it failed, and nothing can be"
        f" applied.**{where}\n\n{fenced(shown, 'text')}\n"
    )
