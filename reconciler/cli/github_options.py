"""What the commands that talk to GitHub share: their options, the connection, files and names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from pydantic import SecretStr

from reconciler.cli.surroundings import surroundings
from reconciler.errors import UsageError
from reconciler.github import AUTHOR, GitHub
from reconciler.text import visible

_ENV = re.compile(r"[a-z0-9-]*")

author = click.option(
    "--author",
    default=AUTHOR,
    show_default=True,
    metavar="LOGIN",
    help="Whose comments and issues are this program's.",
)
digest = click.option(
    "--digest",
    default="",
    metavar="DIGEST",
    help="Digest of the plan, which an apply then expects.",
)
file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@contextmanager
def github(author: str) -> Iterator[GitHub]:
    """Open the repository that the workflow names; raises UsageError."""
    variables = surroundings().variables
    api_url = variables.get("GITHUB_API_URL") or "https://api.github.com"
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", api_url):
        raise UsageError(
            "GITHUB_API_URL is not https://", remedy="a token is never sent unencrypted"
        )
    token = SecretStr(variables.get("GITHUB_TOKEN", ""))
    with GitHub(
        api_url.rstrip("/"), token, variables.get("GITHUB_REPOSITORY", ""), author
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


def read(file: Path) -> str:
    """Return the text of a file that the command line names; raises UsageError."""
    try:
        return (surroundings().root / file).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(
            f"{file}: {error.strerror}", remedy="write it with `reconciler plan --out`"
        ) from error
