"""`reconciler comment`, `drift-issue` and `reviewed`: what the workflows tell and ask GitHub."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from pydantic import SecretStr

from reconciler.cli import options, step
from reconciler.cli.expect import NOTHING
from reconciler.errors import UsageError
from reconciler.github import AUTHOR, GitHub, Marker
from reconciler.render.markdown import code, fenced
from reconciler.text import visible

_LONGEST_ERROR = 8000
_ENV = re.compile(r"[a-z0-9-]*")

_author = click.option(
    "--author",
    default=AUTHOR,
    show_default=True,
    metavar="LOGIN",
    help="Whose comments and issues are this program's.",
)
_digest = click.option(
    "--digest",
    default="",
    metavar="DIGEST",
    help="Digest of the plan, which an apply then expects.",
)
_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@_file
@options.env
@_digest
@click.option(
    "--pull", type=int, metavar="NUMBER", help="The pull request; by default that of the event."
)
@click.option(
    "--update-only", is_flag=True, help="Leave a pull request without a comment as it is."
)
@click.option("--failed", is_flag=True, help="The plan failed, and FILE holds what it said.")
@_author
def comment(
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

    There is one comment for each environment, which is changed in place and only where it differs.
    Reads GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_EVENT_PATH, which a workflow
    has.
    """
    marker = Marker("plan", _checked(env))
    text = _read(file)
    body = _failure(text, env) if failed else text
    number = pull or _number_of_event()
    with _github(author) as github:
        outcome = github.put_comment(
            number,
            marker,
            marker.on(body, "failed" if failed else digest or NOTHING),
            create=failed or not update_only,
        )
    click.echo(f"Comment on #{number}: {outcome}.")
    return 0


@click.command()
@_file
@options.env
@_digest
@click.option("--clear", is_flag=True, help="There is no drift: close the issue, if there is one.")
@_author
def drift_issue(file: Path, env: str | None, digest: str, *, clear: bool, author: str) -> int:
    """Let the one issue about drift show the plan in FILE, or close it.

    There is one issue for each environment; it is opened again rather than made again. Reads the
    same variables as `comment`.
    """
    marker = Marker("drift", _checked(env))
    title = f"Live state has drifted{f' in {env}' if env else ''}"
    with _github(author) as github:
        outcome = github.put_issue(
            marker, title, marker.on(_read(file), digest or NOTHING), is_open=not clear
        )
    click.echo(f"Drift issue: {outcome}.")
    return 0


@click.command()
@options.env
@click.option(
    "--commit", envvar="GITHUB_SHA", required=True, help="The merged commit. [env: GITHUB_SHA]"
)
@_author
def reviewed(env: str | None, commit: str, author: str) -> int:
    """Print the plan digest reviewed in a merged commit's pull request, for `apply --expect`.

    It is the one in the pull request's comment; `none` where there is no such comment, since its
    plan had no changes.
    """
    if not re.fullmatch("[0-9a-f]{40,64}", commit):
        raise UsageError(
            f"--commit {visible(commit)} is no full commit id", remedy="give all its hex digits"
        )
    with _github(author) as github:
        digest = github.reviewed_digest(commit, Marker("plan", _checked(env))) or NOTHING
    click.echo(digest)
    step.set_outputs({"reviewed": digest})
    return 0


@contextmanager
def _github(author: str) -> Iterator[GitHub]:
    api_url = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", api_url):
        raise UsageError(
            "GITHUB_API_URL is not https://", remedy="a token is never sent unencrypted"
        )
    token = SecretStr(os.environ.get("GITHUB_TOKEN", ""))
    with GitHub(
        api_url.rstrip("/"), token, os.environ.get("GITHUB_REPOSITORY", ""), author
    ) as github:
        yield github


def _checked(env: str | None) -> str:
    if not _ENV.fullmatch(env or ""):
        raise UsageError(
            f"--env {visible(env or '')} is no name of an environment",
            remedy="name it like qa or prod-east",
        )
    return env or ""


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(
            f"{file}: {error.strerror}", remedy="write it with `reconciler plan --out`"
        ) from error


def _failure(told: str, env: str | None) -> str:
    """Return a comment that replaces a green one: there is no plan, and why."""
    server, repository, run = (
        os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    where = f" [The run]({server}/{repository}/actions/runs/{run}) has all of it." if run else ""
    shown = (
        "\n".join(visible(line) for line in told[-_LONGEST_ERROR:].splitlines())
        or "(it said nothing)"
    )
    place = f" for {code(env)}" if env else ""
    return (
        f"**There is no plan{place}: it failed, and nothing can be"
        f" applied.**{where}\n\n{fenced(shown, 'text')}\n"
    )


def _number_of_event() -> int:
    try:
        event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
        return int(event["pull_request"]["number"])
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise UsageError(
            "this is not the event of a pull request", remedy="name it with --pull NUMBER"
        ) from error
