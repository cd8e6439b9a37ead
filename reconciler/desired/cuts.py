"""Values that a comment cuts short, where a person reads on.

Pure: no I/O. ` #` ends a plain scalar, so that `template_name: Reminder #2` is the template
"Reminder". A `#` that is not followed by a space never begins a comment here. One that is may: what
stands behind `start_time: 08:00` is plainly a comment, what stands behind `name: Visit` in
`# 2 of 3` is not.
"""

import re
from dataclasses import dataclass
from typing import Final

from reconciler.desired import catalogue
from reconciler.desired.document import FREE_TEXT
from reconciler.errors import Finding
from reconciler.model import Position
from reconciler.text import inert

COMMENT: Final = re.compile(r"( *)#([^\r\n]*)")
"""What may stand behind a scalar on its line."""

_LONGEST: Final = 80
_OURS: Final = re.compile(r"\s*reconciler:")
_IN_FLOW: Final = re.compile(r"[,}\]]")
_SECOND: Final = re.compile(r"\s#")
_SET_APART: Final = re.compile(r"[0-9]{1,4}[A-Za-z]?(?:\s+[-–—]\s|[:,]\s|\s+\().*")  # noqa: RUF001 - dashes as people type them
"""A number with something behind it."""
_CODE: Final = re.compile(r"\b[A-Za-z]{0,2}[-.]?[0-9]+(?:[A-Za-z]|st|nd|rd|th)?\b")
_WORD: Final = re.compile(r"[^\W\d_]+")
_OF_NUMBERS: Final = re.compile(
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh"
    "|nine)teen|twenty|un[oa]|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|i{2,3}|i[vx]|vi{1,3}"
    "|xi{1,2}|and|or|of|out|to|thru|through|no|nr|num|number|de",
    re.IGNORECASE,
)
"""Words of numbers, in English and Spanish, and what stands between two."""
_ON_ITS_OWN: Final = re.compile(
    r"(?:[0-9]{4}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2})[-./][0-9]{1,4}|[0-9a-f]{24}"
)
"""A date, or an id: of these nobody counts."""
_GOES_ON: Final = re.compile(
    r"(?:[-–—,&+/(\[:]|\b(?:and|or|of|no\.?|nr\.?|number|press|dial|enter|hit|ste\.?|apt\.?|ext\.?))\Z",  # noqa: RUF001 - as above
    re.IGNORECASE,
)
_REST: Final = (")", "]", ",", "&")
_PAIRS: Final = ("()", "[]", "{}", "“”", "«»")


@dataclass(frozen=True, slots=True)
class Commented:
    """A value with a comment behind it.

    Attributes:
        value: As it is read.
        behind: The match of COMMENT behind it.
        field: The key that it is the value of, or "".
        plain: Whether it is written without quotes.
        flow: Whether it stands within brackets or braces.
    """

    value: str
    behind: re.Match[str]
    field: str
    plain: bool
    flow: bool

    @property
    def cut(self) -> bool:
        """Whether a person would read on."""
        gap, comment = self.behind.groups()
        if _OURS.match(comment):
            return False
        if not comment.startswith(" ") or not comment.strip():
            return True
        # Who sets a comment apart means one; within a text there is one space.
        text = self.plain and self.field in FREE_TEXT and len(gap) == 1
        return text and _reads_on(self.value, _SECOND.split(comment.strip())[0])

    def problem(self, place: Position) -> Finding:
        """Return the finding about it, whose `#` stands at `place`."""
        gap, comment = self.behind.groups()
        if self.field in FREE_TEXT or not self.field:
            rest = _IN_FLOW.split(comment, maxsplit=1)[0] if self.flow else comment
            remedy = (
                f"quote it if # belongs to it: {_quoted(f'{self.value}{gap}#{rest}'.rstrip())}; a"
                " comment has a space behind #, and a line of its own where it may be taken for"
                " text"
            )
        else:
            remedy = f"a comment has a space behind its #: write # {_cut(comment.strip())}"
        return catalogue.CUT_VALUE.found(
            f"the value ends before #: {_quoted(self.value)} is read, and #{_cut(comment)} is a"
            " comment",
            place=place,
            remedy=remedy.rstrip(": "),
        )


def _reads_on(value: str, comment: str) -> bool:
    """Return whether a comment looks like the rest of a text."""
    if _counted(comment):
        return True
    if _GOES_ON.search(value) or comment.startswith(_REST):
        return True
    quotes = value.count('"') % 2 == 1 == comment.count('"') % 2
    return quotes or any(
        value.count(opening) > value.count(closing) and comment.count(closing)
        for opening, closing in _PAIRS
    )


def _counted(comment: str) -> bool:
    """Return whether a comment is what people write behind the sign for a number.

    So is all that holds a figure or a letter, and no word but those of numbers.
    """
    if _SET_APART.fullmatch(comment):
        return True
    words = _WORD.findall(_CODE.sub("0", comment))
    return (
        any(character.isalnum() for character in comment)
        and not _ON_ITS_OWN.fullmatch(comment.rstrip(" .)"))
        and all(
            (len(word) == 1 and word.isascii()) or _OF_NUMBERS.fullmatch(word) for word in words
        )
    )


def _quoted(text: str) -> str:
    """Return text as it is written in quotes."""
    shown = _cut(text)
    return f"'{shown.replace(chr(39), chr(39) * 2)}'" if '"' in shown else f'"{shown}"'


def _cut(text: str) -> str:
    return inert(text[:_LONGEST]) + ("…" if len(text) > _LONGEST else "")
