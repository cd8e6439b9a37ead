"""`reconciler outcome`: what became of merges, told in their pull requests."""

from contextlib import suppress
from pathlib import Path

import click
from pydantic import ValidationError

from reconciler.cli import github_options, options
from reconciler.cli.surroundings import surroundings
from reconciler.errors import ExitCode, UsageError
from reconciler.github import GitHub, Record, Text, pull_behind, put_outcome
from reconciler.render.models import FailureDocument, ReportDocument
from reconciler.render.outcome import (
    OUTCOMES,
    Outcome,
    outcome,
    outcome_markdown,
    pull_outcome,
)

_WORDS: dict[str, Outcome] = {word.replace(" ", "-"): word for word in OUTCOMES}


@click.command()
@click.argument("report", type=click.Path(path_type=Path, dir_okay=False), required=False)
@options.env
@click.option(
    "--exit-code",
    type=int,
    metavar="NUMBER",
    help="How apply ended, for a run that wrote no REPORT; without either the outcome is unknown.",
)
@click.option("--as", "word", type=click.Choice(list(_WORDS)), help="The outcome, if it is known.")
@github_options.reviewed
@click.option(
    "--pull",
    "pulls",
    type=int,
    multiple=True,
    metavar="NUMBER",
    help="A pull request; may be repeated. Without these two the one that became the commit.",
)
@github_options.commit
@github_options.author
def command(
    report: Path | None,
    env: str | None,
    *,
    exit_code: int | None,
    word: str | None,
    reviewed: Path | None,
    pulls: tuple[int, ...],
    commit: str | None,
    author: str,
) -> int:
    """Tell merged pull requests what became of them: applied, failed, unknown, left alone, ...

    REPORT is what `apply --out apply.json` has written; a file that is not there, or that says how
    the command failed, says as little as none. With --reviewed each pull request hears of its own
    changes, and one without any of nothing. There is one comment for each environment, beside the
    one about the plan, which is the record of what was reviewed and stays as it was. What a later
    run has told is left alone, and that a run is superseded is told where nothing else is.

    Reads the same variables as `comment`.
    """
    marker = github_options.marker("outcome", env)
    told = _read(report) if report else None
    known = _WORDS[word] if word else None
    # Where `reviewed` has failed its file says so, and who would have been concerned is not known.
    known_pulls = reviewed if reviewed and not _is_failure(reviewed) else None
    listed = github_options.reviews(known_pulls).pulls if known_pulls else []
    run = surroundings().variables.get("GITHUB_RUN_ID", "")

    def tell(github: GitHub, number: int, became: Outcome, keys: list[str] | None) -> None:
        link = github_options.run_link()
        text = Text(
            marker,
            Record(run=int(run) if run.isdecimal() else 0),
            outcome_markdown(became, marker.place, link=link, report=told, keys=keys),
        )
        put = put_outcome(github, number, text, first=known == "superseded")
        github_options.say(f"Outcome of #{number}, {became}", put)

    with github_options.github(author) as github:
        numbers = pulls or (() if known_pulls else _behind(github, commit))
        for number in numbers:
            tell(github, number, known or outcome(exit_code, told), None)
        for pull in listed:
            became = pull_outcome(pull, exit_code, told)
            if became:
                keys = None if pull.changes is None else [one.key for one in pull.changes]
                tell(github, pull.number, known or became, keys or None)
    if not numbers and not listed:
        click.echo("No merged pull request became this commit: there is nobody to tell.")
    return ExitCode.DONE


def _behind(github: GitHub, commit: str | None) -> tuple[int, ...]:
    """Return the number of the pull request that became a commit, if one did."""
    if commit is None:
        raise UsageError(
            "no pull request is named", remedy="name it with --pull, or its commit with --commit"
        )
    pull = pull_behind(github, github_options.full_commit(commit, "--commit"))
    return (pull.number,) if pull else ()


def _is_failure(path: Path) -> bool:
    """Return whether a file says how a command failed."""
    with suppress(OSError, ValidationError):
        FailureDocument.model_validate_json((surroundings().root / path).read_bytes())
        return True
    return False


def _read(path: Path) -> ReportDocument | None:
    """Return a report, or None if the run has left none; raises UsageError.

    Then there is no such file, or it says how the run failed: its exit code is then all there is.
    """
    try:
        content = (surroundings().root / path).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}", remedy="write it with `reconciler apply --out`"
        ) from error
    if _is_failure(path):
        return None
    try:
        return ReportDocument.model_validate_json(content)
    except ValidationError as error:
        raise UsageError(
            f"{path} is not the report of a run: {error.error_count()} problems",
            remedy="write it with `reconciler apply --out apply.json`, by the same version",
        ) from error
