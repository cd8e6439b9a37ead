"""The files that `--out` names: their form by their name, and writing them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from reconciler.cli import failing
from reconciler.cli.surroundings import surroundings
from reconciler.errors import UsageError
from reconciler.render.forms import Form, by_suffix, suffixes

T = TypeVar("T")


def output_form(path: Path, forms: Mapping[str, Form[T]]) -> Form[T]:
    """Return the form that a file's extension asks for.

    Raises:
        UsageError: The extension is not among them, or the file's folder is not there: better told
            before a run.
    """
    if path.suffix.lower() not in suffixes(forms):
        known = ", ".join(suffixes(forms))
        raise UsageError(
            f"--out {path}: the extension decides the format",
            remedy=f"end the name in one of {known}",
        )
    if not (surroundings().here / path).parent.is_dir():
        raise UsageError(
            f"--out {path}: there is no such folder", remedy="name a file in a folder that exists"
        )
    return by_suffix(forms, path.suffix.lower())


def write_output(path: Path, content: str) -> None:
    """Write a file that --out names; its folder must exist."""
    place = surroundings().here / path
    try:
        place.write_text(content, encoding="utf-8")
        failing.keep(place)
    except OSError as error:
        raise UsageError(
            f"--out {path}: {error.strerror}", remedy="name a file in a folder that exists"
        ) from error
