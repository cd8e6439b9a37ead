"""`reconciler schema`."""

import json
from pathlib import Path
from typing import Final

import click

from reconciler.cli.surroundings import surroundings
from reconciler.desired.schema import schema_text
from reconciler.errors import ExitCode
from reconciler.render.json import (
    failure_schema,
    init_schema,
    list_schema,
    plan_schema,
    pull_schema,
    reviewed_schema,
    show_schema,
)

_PRINTED: Final = {
    "plan": plan_schema,
    "failure": failure_schema,
    "reviewed": reviewed_schema,
    "pull": pull_schema,
    "show": show_schema,
    "list": list_schema,
    "init": init_schema,
}
_NAMES: Final = ("group", *_PRINTED)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(_NAMES), metavar="[NAME]...")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 when a file is not what would be written."
)
def command(names: tuple[str, ...], *, check: bool) -> int:
    """Write the JSON Schemas that editors and other tools read, or those that are named.

    In schemas/, group.schema.json describes a group file as it is written; plan.schema.json,
    pull.schema.json, list.schema.json, show.schema.json and init.schema.json what these commands
    print with --json, failure.schema.json what any command prints so when it fails, and
    reviewed.schema.json what `reconciler reviewed --out` writes for `apply --expect`.
    """
    root, folder = surroundings().root, Path("schemas")
    contents = {folder / f"{name}.schema.json": _text(name) for name in names or _NAMES}
    stale = [path for path, text in contents.items() if _content(root / path) != text]
    if check:
        wanted = " ".join(["reconciler schema", *names])
        for path in stale:
            click.echo(
                f"{path.as_posix()} is stale: run `{wanted}` and commit the result", err=True
            )
        return ExitCode.ERROR if stale else ExitCode.DONE
    (root / folder).mkdir(exist_ok=True)
    for path, text in contents.items():
        (root / path).write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"{path.as_posix()}: {'written' if path in stale else 'unchanged'}")
    return ExitCode.DONE


def _text(name: str) -> str:
    if name == "group":
        return schema_text()
    return json.dumps(_PRINTED[name](), indent=2) + "\n"


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
