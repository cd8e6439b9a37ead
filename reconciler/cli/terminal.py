"""What is said on the terminal, and whether in colour."""

import shutil
import sys
from collections.abc import Iterable, Sequence

import click

from reconciler.apply.journal import Open
from reconciler.cli.surroundings import surroundings
from reconciler.text import visible


def wants_color(choice: str) -> bool:
    """Return whether stdout gets colour.

    As chosen, or else on a terminal unless NO_COLOR is set (no-color.org).
    """
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not surroundings().variables.get("NO_COLOR")


def width() -> int | None:
    """Return how many columns the terminal behind stdout has; None if it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def tell(lines: Iterable[str]) -> None:
    """Print lines beside the output, odd characters spelled out."""
    for line in lines:
        click.echo(visible(line), err=True)


def tell_open_writes(pending: Sequence[Open]) -> None:
    """Say which writes of earlier runs may still show in live state."""
    if pending:
        click.echo("An earlier run ended without knowing what became of:", err=True)
        tell(f"  {item}" for item in pending)


def tell_wait(pending: Sequence[Open], seconds: float) -> None:
    """Say what is waited for before a plan is made, and how long."""
    tell_open_writes(pending)
    click.echo(f"Waiting {seconds:.0f} s for it to show; the plan below says what did.", err=True)


def say(text: str, *, nl: bool = True) -> None:
    """Print what a run does, in the colours that it has."""
    click.echo(text, nl=nl, color=True)
