"""`reconciler completion`."""

from typing import Final

import click
from click.shell_completion import get_completion_class

from reconciler.cli import options
from reconciler.errors import ExitCode, UsageError

_VARIABLE: Final = "_RECONCILER_COMPLETE"
"""By which a shell asks; click derives it from the program's name."""
_PLACES: Final = {
    "bash": "~/.local/share/bash-completion/completions/reconciler",
    "zsh": "~/.zfunc/_reconciler",
    "fish": "~/.config/fish/completions/reconciler.fish",
}


@click.command(
    cls=options.Exemplified,
    examples={
        f"reconciler completion {shell} > {place}": f"for {shell}, once"
        for shell, place in _PLACES.items()
    },
)
@click.argument("shell", type=click.Choice([*_PLACES]))
def command(shell: str) -> int:
    """Print what makes a shell complete commands, options, keys, files and environments.

    It is read by new shells where the examples put it; the folder has to be there, and zsh's in its
    `fpath`.
    """
    found = get_completion_class(shell)
    if found is None:  # click has dropped it
        raise UsageError(f"there is no completion for {shell}", remedy="use another shell")
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, "reconciler", _VARIABLE).source())
    return ExitCode.DONE
