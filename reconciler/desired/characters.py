"""Characters of a group file's text that YAML cannot take, or that reorder what is read.

Pure: no I/O. What a value holds besides is judged by `reconciler.text.characters`, once values are
known, and said here; what a comment holds does no harm, but for what this module finds.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.desired import catalogue
from reconciler.errors import Finding
from reconciler.model import Position
from reconciler.text import short
from reconciler.text.characters import BIDI, Spot, named

_ODD: Final = re.compile(
    # All that YAML 1.2 calls not printable, what YAML 1.1 takes for the end of a line, and marks
    # that change the direction of reading. A % begins a directive.
    r"(?!\r?\n)[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
    rf"{BIDI}]|^%",
    re.MULTILINE,
)
_STAND_INS: Final = {"\t": " ", "%": "#"}
STAND_IN: Final = "\ufffd"
"""Stands in for any other odd character."""
STRUCTURE: Final = frozenset("\t%\r\x85\u2028\u2029")
"""Odd characters with which a text may be another one, and not only a value in it."""

_LONGEST: Final = 200

Span = tuple[int, int]
"""Where a text's scalar begins, and behind its end."""


def odd_characters(text: str) -> list[re.Match[str]]:
    """Return the odd characters of a text, in its order."""
    return list(_ODD.finditer(text))


def without_odd(text: str) -> str:
    """Return the text with a harmless character for each odd one; it is as long as it was.

    What else is wrong is then found as well.
    """
    return _ODD.sub(lambda match: _STAND_INS.get(match.group(), STAND_IN), text)


def refused(odd: Sequence[re.Match[str]], scalars: Sequence[Span] | None) -> Iterator[Finding]:
    """Yield the first refused character of each line, in the order of the text.

    Args:
        odd: The odd characters of a text.
        scalars: Where its scalars are, in its order; None if it could not be read. A tab within a
            comment is fine, and what is a comment depends on them.
    """
    line, counted, told, comment = 1, 0, 0, 0
    for match in odd:
        text, at = match.string, match.start()
        line += text.count("\n", counted, at)
        counted = at
        if line == told or (match.group() == "\t" and line == comment):
            continue
        if match.group() == "\t" and _in_comment(text, at, scalars):
            comment = line
        else:
            told = line
            yield _problem(match.group(), line, at - text.rfind("\n", 0, at))


def unclear(spot: Spot, text: str, what: str, place: Position) -> Finding:
    """Return the finding about a character of a text or key; `what` says which."""
    name = named(spot.character)
    if spot.character == "\n":
        return catalogue.INVISIBLE_CHARACTER.found(
            f"the {what} holds a line break", place=place, remedy="write it on one line"
        )
    if spot.kind == "unseen":
        message = f"the {what} holds an invisible character, {name}"
        remedy = "write a space in its place" if spot.character.isspace() else ""
        if "\ud800" <= spot.character <= "\udfff":
            remedy = "write the whole character itself; JSON writes an emoji as two halves"
        return catalogue.INVISIBLE_CHARACTER.found(message, place=place, remedy=remedy)
    if spot.kind == "alike":
        message = f"the {what} holds {name}, which looks like {short(spot.like)}"
        remedy = f"type it anew, with {short(spot.like)}"
        return catalogue.LOOK_ALIKE_CHARACTER.found(message, place=place, remedy=remedy)
    composed = unicodedata.normalize("NFC", text[:_LONGEST])
    return catalogue.NORMAL_FORM.found(
        f"the {what} is written in another form than it is typed, with {name}",
        place=place,
        remedy=f"type it anew, or copy it from here: {short(composed)}",
    )


def _in_comment(text: str, at: int, scalars: Sequence[Span] | None) -> bool:
    begin = text.rfind("\n", 0, at) + 1
    if scalars is None:
        return text[begin:at].lstrip().startswith("#")
    before = bisect_right(scalars, (at, len(text))) - 1
    end = scalars[before][1] if before >= 0 else 0
    return at >= end and "#" in text[max(begin, end) : at]


def _problem(character: str, line: int, column: int) -> Finding:
    place = line, column
    if character == "\t":
        return catalogue.TAB.found("there is a tab", place=place)
    if character == "%":
        return catalogue.DIRECTIVE.found("there is a directive (%)", place=place)
    if character == "\r":
        return catalogue.INVISIBLE_CHARACTER.found(
            f"there is an invisible character, {named(character)}, without a line feed behind it",
            place=place,
            remedy="save the file with line ends LF or CRLF",
        )
    message = f"there is an invisible character, {named(character)}"
    return catalogue.INVISIBLE_CHARACTER.found(message, place=place)
