"""What a shell is told of groups and environments while a command is being typed."""

from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from reconciler import desired
from reconciler.cli.surroundings import Surroundings
from reconciler.errors import ReconcilerError
from reconciler.model import INTEGRATIONS


def groups(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the keys and integrations that begin so, by the names of files; or ask for a path."""
    top = _within(context).root / desired.FOLDER
    keys = [f"{name}/{path.stem}" for name in INTEGRATIONS for path in (top / name).glob("*.y*ml")]
    found = [CompletionItem(key) for key in sorted({*keys, *INTEGRATIONS}) if key.startswith(begun)]
    return found or [CompletionItem(begun, type="file")]


def environments(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the environments of files and settings that begin so; none if they cannot be read."""
    workspace = _within(context).workspace()
    names: set[str] = set()
    with suppress(ReconcilerError):
        names = {*desired.environments(workspace.check()), *workspace.settings().environments}
    return [CompletionItem(name) for name in sorted(names) if name.startswith(begun)]


def _within(context: click.Context) -> Surroundings:
    """Return where the command that is being typed would run."""
    found = context.find_object(Surroundings) or Surroundings.of_process()
    for folder in context.find_root().params.get("folders") or ():
        with suppress(ReconcilerError):
            found = found.within(Path(folder))
    return found
