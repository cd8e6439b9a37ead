"""What the commands that talk to GitHub share: their options, the connection, files and names."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import SecretStr, ValidationError

from reconciler.cli.surroundings import VariableOption, surroundings
from reconciler.cli.terminal import tell
from reconciler.errors import UsageError
from reconciler.github import AUTHOR, GitHub, Kind, Marker, Put
from reconciler.model import Model
from reconciler.render.models import ReviewedDocument
from reconciler.text import sentence_case, visible
from reconciler.transport import Timing, Way

M = TypeVar("M", bound=Model)

_ENV = re.compile(r"[a-z0-9-]*")
_COMMIT = re.compile("[0-9a-f]{40,64}")

author = click.option(
    "--author",
    default=AUTHOR,
    show_default=True,
    metavar="LOGIN",
    help="Whose comments and issues are this program's.",
)


file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
commit = click.option(
    "--commit",
    cls=VariableOption,
    envvar="GITHUB_SHA",
    help="The commit that is checked out, by its full id. [env: GITHUB_SHA]",
)

reviewed = click.option(
    "--reviewed",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The merged pull requests, as `reviewed --out` has written them.",
)


@contextmanager
def github(author: str) -> Iterator[GitHub]:
    """Open the repository that the workflow names; raises UsageError or ConfigError."""
    variables = surroundings().variables
    with GitHub(
        variables.get("GITHUB_API_URL") or "https://api.github.com",
        SecretStr(variables.get("GITHUB_TOKEN", "")),
        variables.get("GITHUB_REPOSITORY", ""),
        author,
        timing=Timing(tell=lambda sentence: tell([sentence])),
        way=Way.chosen(variables),
    ) as opened:
        yield opened


def marker(kind: Kind, env: str | None) -> Marker:
    """Return what marks a text about this folder in an environment; raises UsageError."""
    return Marker(kind, environment(env), scope())


def scope() -> str:
    """Return which folder of its repository the commands are about; empty for all of it."""
    return surroundings().workspace(None).scope()


def environment(env: str | None) -> str:
    """Return an environment's name, empty without one; raises UsageError if it cannot be one."""
    if not _ENV.fullmatch(env or ""):
        raise UsageError(
            f"--env {visible(env or '')} is no name of an environment",
            remedy="name it like qa or prod-east",
        )
    return env or ""


def full_commit(text: str, option: str) -> str:
    """Return a commit's id; raises UsageError if it is not all of one."""
    if not _COMMIT.fullmatch(text):
        raise UsageError(
            f"{option} {visible(text)} is no full commit id", remedy="give all its hex digits"
        )
    return text


def named_commit(commit: str | None) -> str:
    """Return the full id of the commit that a command is about; raises UsageError."""
    if commit is None:
        raise UsageError("no commit is named", remedy="name it with --commit")
    return full_commit(commit, "--commit")


def run_url() -> str:
    """Return the address of the run that this is, or an empty text where it is none."""
    server, repository, run = (
        surroundings().variables.get(f"GITHUB_{name}", "")
        for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    return f"{server}/{repository}/actions/runs/{run}" if run else ""


def run_link() -> str:
    """Return a Markdown link to the run that this is, or an empty text where it is none."""
    url = run_url()
    return f"[The run]({url})" if url else ""


def document(path: Path, model: type[M], what: str, remedy: str) -> M:
    """Return what a file holds that another command has written; raises UsageError."""
    try:
        return model.model_validate_json((surroundings().root / path).read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", remedy=remedy) from error
    except ValidationError as error:
        raise UsageError(
            f"{path} is not {what}: {error.error_count()} problems",
            remedy=f"{remedy}, by the same version",
        ) from error


def reviews(path: Path) -> ReviewedDocument:
    """Return what `reviewed` has written; raises UsageError."""
    return document(
        path, ReviewedDocument, "what was reviewed", "write it with `reconciler reviewed --out`"
    )


def pull_of_event() -> dict[str, Any]:
    """Return the pull request of the event that the workflow runs for; empty if it has none."""
    try:
        event = json.loads(
            Path(surroundings().variables["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8")
        )
        pull = event["pull_request"]
    except (KeyError, TypeError, ValueError, OSError):
        return {}
    return pull if isinstance(pull, dict) else {}


def read(file: Path) -> str:
    """Return the text of a file that the command line names; raises UsageError."""
    try:
        return (surroundings().root / file).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(
            f"{file}: {error.strerror}", remedy="write it with `reconciler plan --out`"
        ) from error


def say(where: str, put: Put) -> None:
    """Say what became of a text, and why."""
    click.echo(f"{where}: {put.edit}.")
    tell(f"{sentence_case(note)}." for note in put.notes)
