"""What changes in a file, as a unified diff that is safe to show.

Pure: no I/O. Links are hidden, so that it is for people and not for `patch`.
"""

import difflib
from typing import Final

from reconciler.text import inert

_COLORS: Final = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_RESET: Final = "\x1b[39m"


def file_diff(name: str, before: str | None, after: str, *, color: bool = False) -> str:
    """Return the diff of a file, with its last newline; empty where nothing changes.

    Args:
        name: Path from the root.
        before: Its text; None for a new file.
        after: Its text then.
        color: Whether a terminal shows it in colour.
    """
    lines = difflib.unified_diff(
        _lines(before or ""),
        _lines(after),
        "/dev/null" if before is None else f"a/{name}",
        f"b/{name}",
        lineterm="",
    )
    return "".join(
        f"{_painted(inert(line), color=color and number > 1)}\n"
        for number, line in enumerate(lines)
    )


def _lines(text: str) -> list[str]:
    """Return a text's lines; how they end is left as it is, and not shown."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")] if text else []


def _painted(line: str, *, color: bool) -> str:
    sign = _COLORS.get(line[:1], "") if color else ""
    return f"{sign}{line}{_RESET}" if sign else line
