"""What programs are told when a command fails: an answer in the form that they asked for.

Once for all commands: an option called `--format`, and the files of `--out`, mean one thing in each
of them.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from reconciler.errors import Failure

if TYPE_CHECKING:
    from reconciler.cli.surroundings import Surroundings

_ALWAYS_JSON: Final = (("sandbox", "show"),)
"""Commands that print JSON without being asked."""

_kept: Final[set[Path]] = set()
"""What this run has written: how it ends must not take the place of what it did."""


def forget() -> None:
    """Begin another run, in a process that has several."""
    _kept.clear()


def keep(place: Path) -> None:
    """Note that a file of `--out` says what the run did."""
    _kept.add(place)


def answer(failure: Failure, words: Sequence[str], within: "Surroundings | None") -> None:
    """Print a failure in the form that `--format` asked for, and write it to JSON files of `--out`.

    A form for people gets no answer on stdout: they have been told on stderr. A file that the
    command has written already keeps what it says.
    """
    name, outputs = _asked(words, within)
    if name is None and not outputs:
        return
    # Only a failure that a program hears of pays for these imports.
    from reconciler.cli.surroundings import Surroundings  # noqa: PLC0415
    from reconciler.render.forms import FAILURE_FORMS, by_suffix, suffixes  # noqa: PLC0415
    from reconciler.render.presentation import Presentation  # noqa: PLC0415

    root = (within or Surroundings.of_process()).root
    places = [root / path for path in outputs if root / path not in _kept]
    if form := FAILURE_FORMS.get(name or ""):
        click.echo(form.render(failure, Presentation()), nl=False)
    for place in places:
        if place.suffix.lower() in suffixes(FAILURE_FORMS):
            content = by_suffix(FAILURE_FORMS, place.suffix.lower()).render(failure, Presentation())
            with contextlib.suppress(OSError):  # perhaps that is what has failed
                place.write_text(content, encoding="utf-8")


def _asked(words: Sequence[str], within: "Surroundings | None") -> tuple[str | None, list[Path]]:
    """Return the form and the files that were asked for, as far as the words are understood."""
    from reconciler.cli import cli  # noqa: PLC0415 - which imports this module

    path: tuple[str, ...] = ()
    command: click.Command | None = cli
    context = click.Context(cli, info_name="reconciler", obj=within, resilient_parsing=True)
    rest = list(words)
    while isinstance(command, click.Group):
        while rest and rest[0].startswith("-"):
            rest.pop(0)
        if not rest:
            return None, []
        path = (*path, rest.pop(0))
        command = command.get_command(context, path[-1])
    if command is None:
        return None, []
    understood: dict[str, Any] = {}
    with contextlib.suppress(click.ClickException):
        understood = command.make_context(
            path[-1], rest, context, resilient_parsing=True, ignore_unknown_options=True
        ).params
    name = "json" if path in _ALWAYS_JSON else understood.get("output")
    return name, list(understood.get("outputs") or ())
