"""What a command works in, asked of the process once: folder, environment variables, clock."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from reconciler.desired import FOLDER
from reconciler.errors import UsageError
from reconciler.text import visible
from reconciler.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a command runs.

    Attributes:
        root: The folder that holds `groups/`.
        variables: The environment variables.
        clock: Returns the time, with a zone.
        folder: Where relative paths of the command line begin, if that is another one.
    """

    root: Path
    variables: Mapping[str, str] = field(repr=False)
    clock: Callable[[], datetime]
    folder: Path | None = None

    @classmethod
    def of_process(cls) -> "Surroundings":
        """Return those of this process, its folder or one above it being the root.

        A folder that is gone is one in which nothing is found.
        """
        try:
            here = Path.cwd()
        except OSError:
            here = Path()
        return cls(_root(here), os.environ, lambda: datetime.now(UTC), here)

    @property
    def here(self) -> Path:
        """The folder at which relative paths of the command line begin."""
        return self.folder or self.root

    def within(self, folder: Path) -> "Surroundings":
        """Return those of another folder, as if the command were run there.

        Raises:
            UsageError: There is no such folder.
        """
        here = self.here / folder
        if not here.is_dir():
            raise UsageError(
                f"-C {folder}: there is no such folder", remedy="name the repository's folder"
            )
        return replace(self, root=_root(here.resolve()), folder=here.resolve())

    def from_root(self, selector: str) -> str:
        """Return a path that is there as it is named from the root; other words as they are."""
        if self.here == self.root or not os.path.lexists(self.here / selector):
            return selector
        return os.path.relpath(self.here / selector, self.root)

    def workspace(self, env: str | None = None) -> Workspace:
        """Return the folder as a command sees it."""
        return Workspace(self.root, env, self.variables, self.clock, _tell_aside)


def _root(folder: Path) -> Path:
    """Return the nearest folder that holds `groups/`, up to the top of the repository.

    Where there is none it is the folder itself.
    """
    for place in (folder, *folder.parents):
        if (place / FOLDER).is_dir():
            return place
        if (place / ".git").exists():
            break
    return folder


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
