"""`reconciler schema`."""

import json
from pathlib import Path

import click

from reconciler.cli.surroundings import surroundings
from reconciler.desired.schema import schema_text
from reconciler.errors import ExitCode
from reconciler.render.json import (
    failure_schema,
    list_schema,
    plan_schema,
    pull_schema,
    reviewed_schema,
    show_schema,
)


@click.command()
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 when a file is not what would be written."
)
def command(*, check: bool) -> int:
    """Write the JSON Schemas that editors and other tools read.

    In schemas/, group.schema.json describes a group file as it is written; plan.schema.json,
    pull.schema.json, list.schema.json and show.schema.json what these commands print with --json,
    failure.schema.json what any command prints so when it fails, and reviewed.schema.json what
    `reconciler reviewed --out` writes for `apply --expect`.
    """
    root, folder = surroundings().root, Path("schemas")
    contents = {
        folder / "group.schema.json": schema_text(),
        folder / "plan.schema.json": json.dumps(plan_schema(), indent=2) + "\n",
        folder / "failure.schema.json": json.dumps(failure_schema(), indent=2) + "\n",
        folder / "reviewed.schema.json": json.dumps(reviewed_schema(), indent=2) + "\n",
        folder / "pull.schema.json": json.dumps(pull_schema(), indent=2) + "\n",
        folder / "show.schema.json": json.dumps(show_schema(), indent=2) + "\n",
        folder / "list.schema.json": json.dumps(list_schema(), indent=2) + "\n",
    }
    stale = [path for path, text in contents.items() if _content(root / path) != text]
    if check:
        for path in stale:
            click.echo(
                f"{path.as_posix()} is stale: run `reconciler schema` and commit the result",
                err=True,
            )
        return ExitCode.ERROR if stale else ExitCode.DONE
    (root / folder).mkdir(exist_ok=True)
    for path, text in contents.items():
        (root / path).write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"{path.as_posix()}: {'written' if path in stale else 'unchanged'}")
    return ExitCode.DONE


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
