"""What a command works in, asked of the process once: folder, environment variables, clock."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from reconciler.text import visible
from reconciler.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a command runs.

    Attributes:
        root: The folder that holds `groups/`; relative paths of the command line begin there.
        variables: The environment variables.
        clock: Returns the time, with a zone.
    """

    root: Path
    variables: Mapping[str, str] = field(repr=False)
    clock: Callable[[], datetime]

    @classmethod
    def of_process(cls) -> "Surroundings":
        """Return those of this process; a folder that is gone is one in which nothing is found."""
        try:
            root = Path.cwd()
        except OSError:
            root = Path()
        return cls(root, os.environ, lambda: datetime.now(UTC))

    def workspace(self, env: str | None = None) -> Workspace:
        """Return the folder as a command sees it."""
        return Workspace(self.root, env, self.variables, self.clock, _tell_aside)


def _tell_aside(sentence: str) -> None:
    """Say something beside the output; a reader that has gone changes nothing of what is done."""
    with suppress(BrokenPipeError):
        click.echo(visible(sentence), err=True)


def surroundings() -> Surroundings:
    """Return what the command that is running works in."""
    found = click.get_current_context().find_object(Surroundings)
    return found or Surroundings.of_process()


class VariableOption(click.Option):
    """An option whose default is an environment variable, of the surroundings and not the process.

    What an empty one means is the option's own to say.
    """

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return the variable's value, or None."""
        found: Any = ctx.find_object(Surroundings) or Surroundings.of_process()
        value: str | None = found.variables.get(str(self.envvar))
        return value
