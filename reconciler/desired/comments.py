"""Comments of a group file that are meant for this program.

Pure: no I/O. The parser drops comments, so the text is looked at once more; what `#` means within
quotes does not matter here, since nobody writes this marker into a text by accident.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from reconciler.model import FileComment

_MARKED: Final = re.compile(r"(?:^|(?<=\s))#\s*reconciler:(.*)")
_EMPTY: Final = re.compile(r"\s*(#.*)?")
_OPEN_KEY: Final = re.compile(r":\s*(#.*)?\Z")
"""A key whose value stands below it."""
_NESTED: Final = re.compile(r"\s*(?:-\s|[^#]*:\s|[^#]*:\Z)")
"""A line of a list or a mapping; any other one below such a key is its value."""


def comments(text: str) -> Iterator[FileComment]:
    """Yield the comments that begin with `reconciler:`, in the order of the text."""
    if "reconciler:" not in text:
        return
    lines = text.split("\n")
    full = [number for number, line in enumerate(lines, start=1) if not _EMPTY.fullmatch(line)]
    for number, line in enumerate(lines, start=1):
        found = _MARKED.search(line)
        if not found:
            continue
        about: tuple[int, ...] = (number,)
        if _EMPTY.fullmatch(line):
            # It may have others above and below it, and blank lines; it speaks of what comes after
            # all of them, and of the key above them that this is the value of.
            at = bisect_right(full, number)
            below = full[at] if at < len(full) else number
            opened = at > 0 and _OPEN_KEY.search(lines[full[at - 1] - 1])
            about = (below, full[at - 1]) if opened else (below,)
        elif _OPEN_KEY.search(line):
            at = bisect_right(full, number)
            if at < len(full) and not _NESTED.match(lines[full[at] - 1]):
                about = (number, full[at])
        yield FileComment((number, found.start() + 1), about, found[1].strip())
