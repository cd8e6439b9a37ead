"""Text in GitHub's Markdown that shows as it is and does nothing, and links into the files.

Pure: no I/O. Text that files or the API chose stands in <code>, with everything but letters and
digits as entities, or in a fenced block whose fence is longer than any run of backticks in it: no
mention, link or tag survives either.
"""

import re
from typing import Final
from urllib.parse import quote

from reconciler.plan.nouns import Change
from reconciler.render.presentation import Presentation
from reconciler.render.words import Loud, Name, Sentence, where_words
from reconciler.text import masked, visible

_HARMLESS: Final = frozenset(" /-,=()→")
"""Besides letters and digits what means nothing to Markdown within a line."""


def code(text: str) -> str:
    """Return text that shows as it is and does nothing, fit for a table cell and a line of HTML."""
    return f"<code>{''.join(_inert(char) for char in visible(text))}</code>"


def chosen(text: str) -> str:
    """Return text that files or the API chose as `code`, without links."""
    return code(masked(text))


def fenced(text: str, language: str) -> str:
    """Return a block of code that its content cannot end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{text}\n{fence}"


def said(sentence: Sentence) -> str:
    """Return a sentence whose names are `chosen`, and whose loud pieces are bold."""
    return "".join(
        f"<strong>{said(piece.pieces)}</strong>"
        if isinstance(piece, Loud)
        else chosen(piece.text)
        if isinstance(piece, Name)
        else piece
        for piece in sentence
    )


def link(line: int, change: Change, shown: Presentation) -> str:
    """Return where a line of a group's file is, as a link if there is something to link to."""
    words = where_words(line, gone=change.declared.gone)
    if not shown.source or change.declared.gone:
        return words
    return f"[{words}]({shown.source}/{quote(change.declared.file)}#L{line})"


def _inert(char: str) -> str:
    if char == "@":
        # GitHub makes a link of an address even where it stands in <code> and as an entity; not
        # across a tag.
        return "&#64;<wbr>"
    return char if char.isalnum() or char in _HARMLESS else f"&#{ord(char)};"
