"""What a group file's text may consist of: UTF-8, and characters that a reader can see.

Pure: no I/O.
"""

import re
from collections.abc import Iterator
from typing import Final

from reconciler.desired import catalogue
from reconciler.errors import Finding
from reconciler.text import INVISIBLE

_ODD: Final = re.compile(rf"(?!\r?\n)(?:{INVISIBLE.pattern}|[\ufffe\uffff])|^%", re.MULTILINE)
"""A refused character: an invisible one, one that YAML forbids, or a % that begins a directive."""
_STAND_INS: Final = {"\t": " ", "%": "#"}


def decode(content: bytes) -> tuple[str, Finding | None]:
    """Return a file's text, or the problem that it is not UTF-8 without a byte order mark."""
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return "", catalogue.ENCODING.found(
            "the file begins with a byte order mark", remedy="save it as UTF-8 without BOM"
        )
    try:
        return content.decode("utf-8"), None
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"the byte {content[error.start]:#04x} is not UTF-8"
        return "", catalogue.ENCODING.found(message, place=(line, column))


def odd_characters(text: str) -> Iterator[Finding]:
    """Yield the first refused character of each line, in the order of the text."""
    line, counted, position = 1, 0, 0
    while match := _ODD.search(text, position):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        yield _refused(match.group(), line, counted - text.rfind("\n", 0, counted))
        position = text.find("\n", counted)
        if position < 0:
            return


def without_odd(text: str) -> str:
    """Return the text with a harmless character for each refused one.

    What else is wrong is then found as well.
    """
    return _ODD.sub(lambda match: _STAND_INS.get(match.group(), "\ufffd"), text)


def _refused(character: str, line: int, column: int) -> Finding:
    if character == "\t":
        return catalogue.TAB.found("there is a tab", place=(line, column))
    if character == "%":
        return catalogue.DIRECTIVE.found("there is a directive (%)", place=(line, column))
    message = f"there is an invisible character, <U+{ord(character):04X}>"
    return catalogue.INVISIBLE_CHARACTER.found(message, place=(line, column))
