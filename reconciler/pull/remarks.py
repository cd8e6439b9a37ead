"""Which comments a file has, and what each of them speaks of.

Pure: no I/O. A comment behind something speaks of that; one on a line of its own of what comes
next, unless it is indented deeper than that: then it stands at the end of what came before, as a
part that somebody has commented out does. The first lines of a file stay on its top, if a blank
line or an editor says so.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from reconciler.desired.yaml import NodePath
from reconciler.pull.layout import AllRemarks, Remarks
from reconciler.pull.spans import Node, Part, column

_LINE: Final = re.compile(r"^[ ]*(?:(#[^\r\n]*)|(?=\r?$))|(?<=[ \t])#[^\r\n]*", re.MULTILINE)
"""A line of its own, with a comment or without anything, or a comment behind something."""
_FOR_EDITORS: Final = re.compile(r"#\s*(?:yaml-language-server:|vim?:|-\*-)")


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of a file, where it stands.

    Attributes:
        path: Its path.
        part: The part.
        column: Of its first character.
        parents: The parts that it is within, the innermost first, itself ahead of them.
    """

    path: NodePath
    part: Part
    column: int
    parents: tuple["_Place", ...]

    @property
    def chain(self) -> tuple["_Place", ...]:
        return (self, *self.parents)

    def encloses(self, at: int) -> bool:
        """Return whether an index is within the brackets of its value."""
        node = self.part.node
        return node.kind != "scalar" and node.flow and node.start < at < node.end


def comments(text: str, top: Node) -> list[str]:
    """Return all comments of a text, in its order."""
    return [match[0].strip() for match in _found(text, top) if match[0].strip()]


def remarks(text: str, top: Node) -> AllRemarks:
    """Return the comments and blank lines of a text by what they speak of."""
    places = list(_places(text, top, (), ()))
    starts = [place.part.start for place in places]
    found: defaultdict[NodePath, Remarks] = defaultdict(Remarks)
    lines: list[re.Match[str]] = []

    def settle(number: int) -> None:
        for path, line, below in _spoken_of(lines, places, number):
            said = found[path]
            found[path] = (
                replace(said, below=(*said.below, line))
                if below
                else replace(said, above=(*said.above, line))
            )
        lines.clear()

    passed = 0
    for match in _found(text, top):
        number = bisect_left(starts, match.start())
        if number != passed:
            settle(passed)
            passed = number
        if _alone(text, match):
            lines.append(match)
            continue
        settle(number)
        _behind(found, places, number, match)
    settle(passed)
    _split_top(found, places)
    return {path: _without_blanks_below(said) for path, said in found.items()}


def _found(text: str, top: Node) -> Iterator[re.Match[str]]:
    """Yield the comments and blank lines of a text that stand in no scalar."""
    scalars = sorted((_content(text, node), node.end) for node in _scalars(top))
    number = 0
    for match in _LINE.finditer(text):
        at = match.end() - len(match[0].lstrip()) if match[0].strip() else match.start()
        while number < len(scalars) and scalars[number][1] <= at:
            number += 1
        if number < len(scalars) and scalars[number][0] <= at:
            continue
        yield match


def _content(text: str, node: Node) -> int:
    """Return where a scalar begins; the head of a block scalar may have a comment."""
    return text.index("\n", node.start) if node.style in ("|", ">") else node.start


def _scalars(node: Node) -> Iterator[Node]:
    if node.kind == "scalar":
        yield node
    for part in node.parts:
        yield from _scalars(part.node)


def _alone(text: str, match: re.Match[str]) -> bool:
    return not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()


def _places(text: str, node: Node, path: NodePath, parents: tuple[_Place, ...]) -> Iterator[_Place]:
    for number, part in enumerate(node.parts):
        step = number if part.key is None else part.key
        place = _Place((*path, step), part, column(text, part.start), parents)
        yield place
        yield from _places(text, part.node, place.path, place.chain)


def _spoken_of(
    lines: Sequence[re.Match[str]], places: Sequence[_Place], number: int
) -> Iterator[tuple[NodePath, str, bool]]:
    """Yield for lines of their own before a place what they speak of, and whether from below."""
    after = places[number] if number < len(places) else None
    before = places[number - 1] if number else None
    deepest: int | None = None
    for index, match in enumerate(lines):
        line = match[0].strip()
        # A blank line goes with what follows it.
        comment = next((one for one in lines[index:] if one[0].strip()), None)
        if before is None or (comment is None and after):
            owner = None
        elif comment is None:
            return
        else:
            margin = len(comment[0]) - len(comment[0].lstrip())
            margin = margin if deepest is None else min(margin, deepest)
            owner = _ended(comment.end(), margin, before, after)
            deepest = owner.column if owner else -1
        if owner:
            yield owner.path, line, True
        else:
            yield after.path if after else (), line, False


def _ended(at: int, column: int, before: _Place, after: _Place | None) -> _Place | None:
    """Return the place that a comment on a line of its own ends; None if it begins the next."""
    chain = before.chain
    brackets = next((place for place in chain if place.encloses(at)), None)
    if brackets:
        if after and after.part.start < brackets.part.node.end:
            return None
        inside = chain[: chain.index(brackets)]
        return inside[-1] if inside else brackets
    least = after.column if after else -1
    fitting = [place for place in chain if least < place.column <= column]
    if fitting:
        return max(reversed(fitting), key=lambda place: place.column)
    return None if after else chain[-1]


def _behind(
    found: defaultdict[NodePath, Remarks],
    places: Sequence[_Place],
    number: int,
    match: re.Match[str],
) -> None:
    """Note a comment behind something."""
    comment = match[0].strip()
    if not number:
        found[()] = replace(found[()], above=(*found[()].above, comment))
        return
    owner = places[number - 1]
    for parent in owner.parents:
        node = parent.part.node
        # What stands behind a bracket speaks of all that is within.
        if node.flow and node.end <= match.start():
            owner = parent
    said = found[owner.path]
    found[owner.path] = (
        replace(said, below=(*said.below, comment))
        if said.behind
        else replace(said, behind=comment)
    )


def _split_top(found: defaultdict[NodePath, Remarks], places: Sequence[_Place]) -> None:
    """Keep on top of the file what speaks of all of it."""
    if not places:
        return
    first = places[0].path
    above = found[first].above
    if "" in above:
        top = len(above) - above[::-1].index("")
    else:
        top = next((n for n, line in enumerate(above) if not _FOR_EDITORS.match(line)), len(above))
    found[()] = replace(found[()], above=(*found[()].above, *above[:top]))
    found[first] = replace(found[first], above=above[top:])


def _without_blanks_below(said: Remarks) -> Remarks:
    last = max((number for number, line in enumerate(said.below, 1) if line), default=0)
    return replace(said, below=said.below[:last])
