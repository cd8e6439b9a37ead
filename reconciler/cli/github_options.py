"""What the commands that talk to GitHub share: their options, the connection, files and names."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr

from reconciler.cli.surroundings import VariableOption, surroundings
from reconciler.cli.terminal import tell
from reconciler.errors import UsageError
from reconciler.github import AUTHOR, GitHub, Put
from reconciler.plan.digest import DIGEST
from reconciler.text import sentence_case, visible
from reconciler.transport import Timing, Way

_ENV = re.compile(r"[a-z0-9-]*")
_COMMIT = re.compile("[0-9a-f]{40,64}")

author = click.option(
    "--author",
    default=AUTHOR,
    show_default=True,
    metavar="LOGIN",
    help="Whose comments and issues are this program's.",
)


def _digest(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Refuse what is no digest: it would be taken for a failed plan later."""
    if value and not DIGEST.fullmatch(value):
        raise click.BadParameter(f"{visible(value)} is not sha256: and 64 hex digits")
    return value


digest = click.option(
    "--digest",
    default="",
    callback=_digest,
    metavar="DIGEST",
    help="Digest of the plan, which an apply then expects; without it the plan had no changes.",
)
file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
commit = click.option(
    "--commit",
    cls=VariableOption,
    envvar="GITHUB_SHA",
    help="The merged commit. [env: GITHUB_SHA]",
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


def run_link() -> str:
    """Return a Markdown link to the run that this is, or an empty text where it is none."""
    server, repository, run = (
        surroundings().variables.get(f"GITHUB_{name}", "")
        for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    return f"[The run]({server}/{repository}/actions/runs/{run})" if run else ""


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
