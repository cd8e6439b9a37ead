"""Options that several commands share, and what they mean."""

import os
import sys
from pathlib import Path

import click

from reconciler.errors import UsageError

selectors = click.argument("selectors", nargs=-1, metavar="[KEY|PATH]...")

env = click.option(
    "--env",
    envvar="RECONCILER_ENV",
    metavar="NAME",
    help="Use the overrides under `environments.NAME` of the group files. [env: RECONCILER_ENV]",
)

api_url = click.option(
    "--api-url",
    envvar="RECONCILER_API_URL",
    metavar="URL",
    help="Base URL of the API, whose key is in INTERACTLY_API_KEY; without it the sandbox. [env: RECONCILER_API_URL]",
)

color = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="When to colour; auto is a terminal without NO_COLOR.",
)

prune = click.option(
    "--prune", is_flag=True, help="Disable what Git has removed; refused, as it needs a base commit to compare with."
)


def wants_color(choice: str) -> bool:
    """Return whether stdout gets colour: as chosen, or else on a terminal unless NO_COLOR is set (no-color.org)."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def refuse_prune(*, prune: bool) -> None:
    """Refuse --prune: what Git has removed is known only against a base commit."""
    if prune:
        raise UsageError(
            "--prune is not possible yet: it disables what Git has removed, and telling that from what Git never had"
            " needs a base commit to compare with (--base), which this version does not read",
            remedy="until then set enabled: false in the file, apply, and then remove the use case or the file",
        )


def output_format(path: Path) -> str:
    """Return the format that a file's extension asks for, `text` or `json`."""
    formats = {".json": "json", ".txt": "text"}
    if path.suffix.lower() not in formats:
        raise UsageError(f"--out {path}: the extension decides the format", remedy="end the name in .json or .txt")
    return formats[path.suffix.lower()]


def write_output(path: Path, content: str) -> None:
    """Write a file that --out names; its folder must exist."""
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out {path}: {error.strerror}", remedy="name a file in a folder that exists") from error
