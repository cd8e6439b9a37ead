"""Where each part of a YAML text stands, to the character: what an edit may touch and what not.

Pure: no I/O. The strict parser's events say where a value begins and ends, but for two things: a
block collection ends for them where the next thing begins, behind its comments, so that here it
ends with its last part; and a value that is left out stands behind its colon.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from reconciler.desired.characters import without_odd
from reconciler.desired.events import pure_events

Kind = Literal["scalar", "mapping", "sequence"]


@dataclass(slots=True)
class Node:
    """A value in a text.

    Attributes:
        kind: What it is.
        start: Index of its first character; of a block sequence its first dash.
        end: Index behind its last one, without the comment and the line break behind it.
        flow: Whether it is written in brackets, or within some.
        within: Whether it is within some.
        style: Of a scalar: empty for a plain one, or the sign that it begins with.
        parts: Of a collection, in the order of the text.
    """

    kind: Kind
    start: int
    end: int
    flow: bool = False
    within: bool = False
    style: str = ""
    parts: list["Part"] = field(default_factory=list)

    def keys(self) -> list[str | None]:
        """Return the keys of a mapping, in the order of the text."""
        return [part.key for part in self.parts]

    def part(self, key: str | int) -> "Part":
        """Return the part with a key, or at an index; raises KeyError."""
        if isinstance(key, int):
            return self.parts[key]
        for part in self.parts:
            if part.key == key:
                return part
        raise KeyError(key)

    def at(self, path: tuple[str | int, ...]) -> "Node":
        """Return the value at a path; raises KeyError."""
        node = self
        for step in path:
            node = node.part(step).node
        return node


@dataclass(slots=True)
class Part:
    """A value in a collection, with what leads to it.

    Attributes:
        start: Index of its key, of its dash, or of the value itself in brackets.
        key: The key; None in a sequence.
        node: The value.
        behind: Index behind its colon or its dash, or of the value itself in brackets.
    """

    start: int
    key: str | None
    node: Node
    behind: int


def column(text: str, index: int) -> int:
    """Return how far from the beginning of its line a character stands."""
    return index - (text.rfind("\n", 0, index) + 1)


def spans(text: str) -> Node:
    """Return the value that a text is; raises NotYamlError, or ValueError if it holds none."""
    # What a comment may hold and YAML cannot take; no place is another one without it.
    text = without_odd(text)
    events = iter([event for event in pure_events(text) if not _is_frame(event)])
    first = next(events, None)
    if first is None:
        raise ValueError("there is no value")
    return _node(text, first, events, within=False)


def _is_frame(event: Any) -> bool:
    return type(event).__name__.startswith(("Stream", "Document"))


def _node(text: str, event: Any, events: Iterator[Any], *, within: bool) -> Node:
    kind = type(event).__name__
    start, end = event.start_mark.index, event.end_mark.index
    if kind == "ScalarEvent":
        style = event.style or ""
        if style in ("|", ">"):
            end = start + len(text[start:end].rstrip())
        return Node("scalar", start, end, within, within, style)
    flow = within or bool(event.flow_style)
    if kind == "MappingStartEvent":
        node = Node("mapping", start, end, flow, within)
        last = _mapping(text, node, events)
    else:
        node = Node("sequence", start, end, flow, within)
        last = _sequence(text, node, events)
    node.end = last if flow else max((part.node.end for part in node.parts), default=last)
    return node


def _mapping(text: str, node: Node, events: Iterator[Any]) -> int:
    """Read a mapping's parts and return where the parser ends it."""
    while type(event := next(events)).__name__ != "MappingEndEvent":
        key = event.start_mark.index
        behind = text.index(":", event.end_mark.index) + 1
        value = _node(text, next(events), events, within=node.flow)
        if value.kind == "scalar" and value.start == value.end:
            value.start = value.end = behind
        node.parts.append(Part(key, event.value, value, behind))
    return int(event.end_mark.index)


def _sequence(text: str, node: Node, events: Iterator[Any]) -> int:
    """Read a sequence's parts and return where the parser ends it."""
    dash = _dash_of(text, node)
    end = node.start
    while type(event := next(events)).__name__ != "SequenceEndEvent":
        value = _node(text, event, events, within=node.flow)
        start = value.start
        if not node.flow:
            found = dash.search(text, end) if node.parts else None
            start = found.end() - 1 if found else node.start
            if value.kind == "scalar" and value.start == value.end:
                value.start = value.end = start + 1
        behind = start if node.flow else start + 1
        node.parts.append(Part(start, None, value, behind))
        end = max(value.end, behind)
    return int(event.end_mark.index)


def _dash_of(text: str, node: Node) -> re.Pattern[str]:
    """Return what finds the next dash of a block sequence: they all stand in one column.

    The first one may stand behind the dash of an outer sequence; no comment begins with one.
    """
    column = node.start - (text.rfind("\n", 0, node.start) + 1)
    return re.compile(rf"(?:(?<=\n)|\A)[ -]{{{column}}}-(?=[\s]|\Z)")


def comma_before(text: str, sequence: Node, index: int) -> int:
    """Return the index of the comma before a part of a collection in brackets, not the first."""
    end = sequence.parts[index - 1].node.end
    return _comma(text, end)


def comma_behind(text: str, sequence: Node, index: int) -> int | None:
    """Return the index of the comma behind a part of a collection in brackets, if there is one."""
    found = _comma(text, sequence.parts[index].node.end)
    return found if found < sequence.end and text[found] == "," else None


def _comma(text: str, index: int) -> int:
    """Return the next index at which something but blanks and comments stands."""
    while True:
        char = text[index]
        if char == "#":
            index = text.index("\n", index)
        elif not char.isspace():
            return index
        index += 1
