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
_WORDS: Final = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    "|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez"
)
_NUMBER: Final = re.compile(
    # 2, 2b, B, B12, 78701, II, two
    rf"[A-Z]{{0,2}}\.?[0-9]{{1,15}}[A-Z]?|[A-Z]|[IVX]{{2,5}}|{_WORDS}",
    re.IGNORECASE,
)
_AND: Final = re.compile(
    r"(?<=\S)\s*(?:[-–—/&+,]|\b(?:and|or|to|thru|through|of|out of|y|o|a|de)\b)\s*(?=\S)",  # noqa: RUF001 - dashes as people type them
    re.IGNORECASE,
)
_PHONE: Final = re.compile(
    r"(?:(?:\+?[0-9]{1,3}[-. ])?\(?[0-9]{3}\)?[-. ]{1,2})?[0-9]{3}[-. ][0-9]{4}"
)
_SET_APART: Final = re.compile(r"[0-9]{1,4}[A-Za-z]?(?:\s+[-–—]\s|[:,]\s|\s+\().*")  # noqa: RUF001 - as above
"""A number with something behind it."""
_DATE: Final = re.compile(r"(?:[0-9]{4}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2})[-./][0-9]{1,4}")
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
    """Return whether a comment is what people write behind the sign for a number."""
    if _SET_APART.fullmatch(comment):
        return True
    bare = comment.rstrip(" .)!?,;:]}")
    numbers = all(_NUMBER.fullmatch(part) for part in _AND.split(bare))
    return bool(_PHONE.fullmatch(bare)) or (numbers and not _DATE.fullmatch(bare))


def _quoted(text: str) -> str:
    """Return text as it is written in quotes."""
    shown = _cut(text)
    return f"'{shown.replace(chr(39), chr(39) * 2)}'" if '"' in shown else f'"{shown}"'


def _cut(text: str) -> str:
    return inert(text[:_LONGEST]) + ("…" if len(text) > _LONGEST else "")
