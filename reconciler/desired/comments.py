"""Comments of a group file that are meant for this program.

Pure: no I/O. The parser drops comments, so the text is looked at once more; what `#` means within
quotes does not matter here, since nobody writes this marker into a text by accident.
"""

import re
from collections.abc import Iterator
from typing import Final

from reconciler.model import FileComment

_MARKED: Final = re.compile(r"(?:^|(?<=\s))#\s*reconciler:(.*)")
_EMPTY: Final = re.compile(r"\s*(#.*)?")


def comments(text: str) -> Iterator[FileComment]:
    """Yield the comments that begin with `reconciler:`, in the order of the text."""
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        found = _MARKED.search(line)
        if not found:
            continue
        about = number
        if _EMPTY.fullmatch(line):
            # It may have others above and below it, and blank lines; it speaks of what comes after
            # all of them.
            below = (at for at in range(number, len(lines)) if not _EMPTY.fullmatch(lines[at]))
            about = next(below, number - 1) + 1
        yield FileComment((number, found.start() + 1), about, found[1].strip())
