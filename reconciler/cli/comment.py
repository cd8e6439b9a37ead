"""`reconciler comment`: the one comment of a pull request, for an environment."""

from pathlib import Path

import click

from reconciler.cli import github_options, options
from reconciler.errors import ExitCode, UsageError
from reconciler.github import FAILED, Record, Text, put_plan
from reconciler.plan.digest import NOTHING
from reconciler.render.carried import carried
from reconciler.render.marks import code, fenced
from reconciler.render.models import PlanDocument
from reconciler.text import visible

_LONGEST_ERROR = 8000


@click.command()
@github_options.file
@options.env
@click.option(
    "--plan",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The same plan as JSON, whose digests an apply then expects; without changes nor guards in"
    " it, a pull request without a comment stays as it is.",
)
@click.option(
    "--pull", type=int, metavar="NUMBER", help="The pull request; by default that of the event."
)
@click.option(
    "--head",
    metavar="SHA",
    help="The head of the pull request that the plan is about; by default that of the event.",
)
@click.option("--failed", is_flag=True, help="The plan failed, and FILE holds what it said.")
@github_options.author
def command(
    file: Path,
    env: str | None,
    plan: Path | None,
    pull: int | None,
    head: str | None,
    *,
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
    marker = github_options.marker("plan", env)
    text = github_options.read(file)
    if failed == (plan is not None):
        raise UsageError("a plan has a JSON file", remedy="give --plan FILE, or --failed")
    number, about = _which(pull, head)
    about = github_options.full_commit(about, "--head")
    if plan is None:
        shown = Text(marker, Record(FAILED, about), _failure(text, marker.place))
        create = True
    else:
        document = github_options.document(
            plan, PlanDocument, "a plan", "write it with `reconciler plan --out plan.json`"
        )
        digest = document.digest if document.changes else NOTHING
        shown = Text(marker, Record(digest, about), text, carried(document.changes))
        create = bool(document.changes or document.guards)
    with github_options.github(author) as github:
        put = put_plan(github, number, shown, create=create)
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


def _failure(said: str, place: str) -> str:
    """Return a comment that replaces a green one: there is no plan, and why."""
    link = github_options.run_link()
    where = f" {link} has all of it." if link else ""
    shown = (
        "\n".join(visible(line) for line in said[-_LONGEST_ERROR:].splitlines())
        or "(it said nothing)"
    )
    named = f" for {code(place)}" if place else ""
    return (
        f"**There is no plan{named}: it failed, and nothing can be"
        f" applied.**{where}\n\n{fenced(shown, 'text')}\n"
    )
