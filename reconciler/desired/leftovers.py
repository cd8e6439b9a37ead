"""What was left in a text and not meant to stay: placeholders, quotes, links, garbled letters.

Pure: no I/O. Warnings: the dashboard lets people name things in any way.
"""

import re
from collections.abc import Iterator
from typing import Final

from reconciler.desired import catalogue
from reconciler.desired.document import FREE_TEXT
from reconciler.desired.yaml import Document
from reconciler.errors import Finding
from reconciler.text import masked, short
from reconciler.text.characters import named

_SUSPECT: Final = re.compile(
    r"[$#%{<@/?“”„‟‘’‚‛'\"]|\[\[|__|todo|fixme|tbd|xxx|change|replace",  # noqa: RUF001 - as below
    re.IGNORECASE,
)
"""Whatever all of the following have; few texts do."""
_PLACEHOLDER: Final = re.compile(
    r"\$\{[^}]{0,60}\}|\$\([^)]{0,60}\)|\$[A-Z_][A-Z0-9_]+|#\{[^}]{0,60}\}"
    r"|\{\{[^}]{0,60}\}\}|\{%[^%]{0,60}%\}|%[A-Z_][A-Z0-9_]{0,60}%"
    r"|__[A-Z][A-Z0-9_]{0,60}__|@@[A-Za-z_]{1,60}@@"
    r"|%\([a-z_]\w{0,60}\)s|\{[A-Za-z_]\w{2,60}\}|\$[a-z]\w{0,60}|@[A-Za-z_]\w{0,60}@"
    r"|<[%?][^>]{0,60}>|<<[^>]{1,60}>>|\[\[[^\]]{1,60}\]\]"
    r"|<[A-Z][A-Z0-9 _-]{0,60}>|<[A-Za-z]\w{0,60}[ _-][\w -]{1,60}>"
    r"|\A(?i:fixme|tbd|change[ _-]?me|replace[ _-]?me)\Z"
    r"|\b(?:TODO|FIXME|TBD|XXX|CHANGE_?ME|REPLACE_?ME)\b"
)
_HIGH: Final = f"[{re.escape(bytes(range(0x80, 0xC0)).decode('cp1252', errors='ignore'))}]"
"""What the bytes behind the first one of a letter in UTF-8 look like in Windows-1252."""
_GARBLED: Final = re.compile(
    # The letters of Latin languages, signs and quotes, emoji, and those of Vietnamese.
    rf"Ã{_HIGH}|Â[\u00a0-\u00bf]|â€{_HIGH}?|ðŸ{_HIGH}{{0,2}}|á[º»]{_HIGH}|\ufffd"
)
_OPENING: Final = "“”„‟‘‚‛"  # noqa: RUF001 - quotes as people type them
_CLOSING: Final = "“”‟‘’"  # noqa: RUF001 - as above
_QUOTED: Final = re.compile(
    rf"['\"]?[{_OPENING}]['\"]?(?P<curly>[^{_OPENING}{_CLOSING}]+?)['\"]?[{_CLOSING}'\"]['\"]?"
    r"|(['\"])(?P<straight>[^'\"]+)\2"
)


def leftovers(document: Document) -> Iterator[Finding]:
    """Yield what was left in the texts of a group file, in the order of the file's fields."""
    for path, place in document.values.items():
        if not path or path[-1] not in FREE_TEXT:
            continue
        text = document.value(path)
        if not isinstance(text, str):
            continue
        name = path[-1]
        if not text.isascii() and (match := _GARBLED.search(text)):
            yield catalogue.GARBLED_TEXT.found(f"{name} holds {_meant(match[0])}", place=place)
        if not _SUSPECT.search(text):
            continue
        if masked(text) != text:
            message = f"{name} holds what looks like a link"
            yield catalogue.MISPLACED_LINK.found(message, place=place)
        elif match := _PLACEHOLDER.search(text):
            message = f"{name} holds {short(match[0])}, which nothing fills in"
            yield catalogue.PLACEHOLDER.found(message, place=place)
        if match := _QUOTED.fullmatch(text):
            inner = match["curly"] or match["straight"]
            yield catalogue.QUOTES_IN_VALUE.found(
                f"the quotes are part of the {name}: {short(text)}",
                place=place,
                remedy=f'write "{short(inner)}", with straight quotes, or without any',
            )


def _meant(garbled: str) -> str:
    """Return in words what stands in a text, and what it was before, where that can be known."""
    if garbled == "\ufffd":
        return f"{named(garbled)}, in place of a character that was lost"
    try:
        return f"{garbled}, which seems to have been {garbled.encode('cp1252').decode()}"
    except UnicodeDecodeError:
        return f"{garbled}, which seems to have been another character"
