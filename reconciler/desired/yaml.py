"""Strict YAML 1.2 to plain data, every value with its place.

Pure: no I/O. Built on the parser's events, which carry the raw text of scalars and cost a fifth of
what composed objects do. Scalars are resolved by the YAML 1.2 core schema, so no loader's idea of a
number or a truth gets in. What makes a file mean something else to another reader (anchors, tags,
directives, twins of a key) is refused.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from reconciler.desired import catalogue
from reconciler.desired.characters import (
    STAND_IN,
    STRUCTURE,
    Span,
    odd_characters,
    refused,
    unclear,
    without_odd,
)
from reconciler.desired.cuts import COMMENT, Commented
from reconciler.desired.events import Events, NotYamlError, parsers
from reconciler.desired.scalars import resolve_scalar
from reconciler.errors import Finding, Rule
from reconciler.model import FileComment, Position
from reconciler.text import short, visible
from reconciler.text.characters import Spot, spots

MAX_PROBLEMS: Final = 100
"""Problems told of one file, and as many more of characters.

Nobody reads more, and a hostile file must not cost minutes.
"""
MAX_DEPTH: Final = 32
_HALF: Final = re.compile("[\ud800-\udfff]")
_LONGEST_KEY: Final = 1000
_SYNTAX: Final = catalogue.YAML_SYNTAX.id

NodePath = tuple[str | int, ...]
"""Steps from the top of a document to a value: keys and indexes."""


@dataclass(slots=True)
class Document:
    """A parsed text.

    Attributes:
        data: dicts, lists, strings, ints, finite floats, booleans and None; of what is refused,
            what is read all the same.
        values: Where each value begins, by path; of an empty value of a mapping, where its key
            does.
        keys: Where the key of each value of a mapping begins, by the value's path.
        raw: The text of each plain scalar that is no string, by path.
        problems: What is refused, in the order of the text.
        comments: Those that are meant for this program, in the order of the text.
        whole: Whether the text was read to its end, so that every value in `data` is there and has
            its place.
        plain: Whether it has no block scalar; of those the parsers read some differently.
        doubted: The values whose text has a problem of its own: cut, or not to be told from others.
        elsewhere: Whether something else than a value has a problem.
        text: What was read.
    """

    data: Any = None
    values: dict[NodePath, Position] = field(default_factory=dict)
    keys: dict[NodePath, Position] = field(default_factory=dict)
    raw: dict[NodePath, str] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)
    comments: tuple[FileComment, ...] = ()
    whole: bool = False
    plain: bool = True
    doubted: set[NodePath] = field(default_factory=set)
    elsewhere: bool = False
    text: str = ""

    def value(self, path: NodePath) -> Any:
        """Return the value at a path."""
        value = self.data
        for step in path:
            value = value[step]
        return value

    @property
    def readable(self) -> bool:
        """Whether all problems, if there are any, are of single values: the rest can be judged."""
        return self.whole and not self.elsewhere

    def beside(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that are not about a value with a problem of its own."""
        places = {self.values[path] for path in self.doubted}
        return [finding for finding in findings if finding.place not in places]


def parse(text: str) -> Document:
    """Parse one document; never raises for what the text holds."""
    odd = odd_characters(text)
    if not odd:
        return _read(text, None)
    scalars: list[Span] = []
    document = _read(without_odd(text), scalars)
    told = list(islice(refused(odd, scalars if document.whole else None), MAX_PROBLEMS))
    # What a line with a tab or a hidden character was meant to be cannot be told, nor what
    # follows from it.
    lines = {problem.line for problem in told}
    document.elsewhere |= any(match.group() in STRUCTURE for match in odd) or any(
        STAND_IN in str(path[-1]) for path in document.keys
    )
    document.doubted |= {
        path
        for path, place in document.values.items()
        if not isinstance(value := document.value(path), dict | list)
        and (place[0] in lines or (isinstance(value, str) and STAND_IN in value))
    }
    others = [
        item
        for item in document.problems
        if not told or (item.line not in lines and item.rule != _SYNTAX)
    ]
    document.problems = sorted([*told, *others], key=lambda problem: problem.place)
    return document


def _read(text: str, scalars: list[Span] | None) -> Document:
    """Read a text with the first parser that takes all of it, or else with the strict one.

    `scalars` takes where its scalars are.
    """
    *fast, strict = parsers()
    for events in fast:
        document = _build(text, events, scalars)
        if not document.problems and document.plain:
            return document
    return _build(text, strict, scalars)


def _build(text: str, events: Events, scalars: list[Span] | None) -> Document:
    document = Document(text=text)
    if scalars is not None:
        scalars.clear()
    builder = _Builder(document, text, scalars)
    try:
        for event in events(text):
            builder.feed(event)
        builder.end()
        document.whole = True
    except _StopParsing:
        pass
    except NotYamlError as error:
        builder.not_yaml(error)
    document.problems.sort(key=lambda problem: problem.place)
    return document


class _StopParsing(Exception):  # noqa: N818 - not an error: what follows cannot be told
    """Nothing sensible can be said of the rest of the text."""


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence being built; in a mapping `key` is set while its value is awaited."""

    path: NodePath
    container: Any
    twins: dict[str, str]
    flow: bool
    key: str | None = None


class _Builder:
    """Builds a document from events; notes refused parts and stands in for them, to find all."""

    def __init__(self, document: Document, text: str, scalars: list[Span] | None) -> None:
        self._document = document
        self._text = text
        self._scalars = scalars
        # Most files have no comment behind a value, and no scalar needs a look.
        self._commented = any(sign in text for sign in (" #", '"#', "'#"))
        self._stack: list[_Frame] = []
        self._documents = 0

    def refuse(self, rule: Rule, mark: Any, message: str, remedy: str = "") -> None:
        self._add(rule.found(message, place=_place_of(mark), remedy=remedy))

    def _add(self, finding: Finding) -> None:
        self._document.elsewhere = True
        self._document.problems.append(finding)
        if len(self._document.problems) >= MAX_PROBLEMS:
            raise _StopParsing

    def not_yaml(self, error: NotYamlError) -> None:
        message = f"this is not YAML: {visible(error.reason)}"
        place = _place_of(error.mark)
        if error.mark and error.mark.column and error.mark.index >= len(self._text):
            # What is missing at the end would stand on the next line, whether or not there is one.
            place = place[0] + 1, 1
        found = catalogue.YAML_SYNTAX.found(message, place=place, remedy=self._remedy(place))
        self._document.problems.append(found)

    def _remedy(self, place: Position) -> str:
        """Return what to do about a text that cannot be read, if more is known than the rule."""
        lines = [line for line in self._text.split("\n")[: place[0]] if line.strip()]
        parts = [line.lstrip().partition(" #") for line in lines[-2:]]
        if any(sign and not before.startswith("#") for before, sign, _ in parts):
            return (
                "a text ends where # stands behind a space, here or on the line above: quote the"
                " whole text if # belongs to it"
            )
        if self._text.lstrip().startswith("{"):
            try:
                json.loads(self._text)
            except (ValueError, RecursionError):
                return ""
            return "this is JSON of a kind that YAML does not read: write it as YAML"
        return ""

    def end(self) -> None:
        if not self._documents or self._document.raw.get(()) == "":
            self.refuse(catalogue.EMPTY_FILE, None, "the file is empty")
            raise _StopParsing

    def feed(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._scalar(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._start(event, {} if kind == "MappingStartEvent" else [])
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._stack.pop()
        elif kind == "AliasEvent":
            self._refuse_node(event)
            self._place(event, None)
        elif kind == "DocumentStartEvent":
            self._document_start(event)

    def _document_start(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            message = "a second document begins here"
            self.refuse(catalogue.SEVERAL_DOCUMENTS, event.start_mark, message)
            raise _StopParsing

    def _refuse_node(self, event: Any) -> None:
        if event.anchor:
            message = f"anchors and aliases are not used here: {short(str(event.anchor))}"
            self.refuse(catalogue.ANCHOR, event.start_mark, message)
        tag = getattr(event, "tag", None)
        if tag:
            message = f"tags are not used here: {short(str(tag))}"
            self.refuse(catalogue.TAG, event.start_mark, message)

    def _start(self, event: Any, container: Any) -> None:
        if event.anchor or event.tag:
            self._refuse_node(event)
        if len(self._stack) >= MAX_DEPTH:
            message = f"this is nested over {MAX_DEPTH} deep"
            self.refuse(catalogue.NESTING, event.start_mark, message)
            raise _StopParsing
        path = self._place(event, container)
        self._stack.append(_Frame(path, container, {}, bool(event.flow_style)))

    def _scalar(self, event: Any) -> None:
        if event.anchor or event.tag:
            self._refuse_node(event)
        text = event.value
        frame = self._stack[-1] if self._stack else None
        is_key = frame is not None and type(frame.container) is dict and frame.key is None
        doubted = self._doubted(event, text, frame, is_key=is_key)
        if self._scalars is not None:
            self._scalars.append((event.start_mark.index, event.end_mark.index))
        if frame and is_key:
            self._key(frame, event, text)
            return
        if not event.implicit[0] or event.style not in (None, ""):
            path = self._place(event, text)
        else:
            value = resolve_scalar(text)
            if type(value) is float and not math.isfinite(value):
                message = (
                    "this is read as a number that is infinite, no number, or over 32 digits long"
                )
                self.refuse(catalogue.NOT_FINITE, event.start_mark, message)
                value = 0
            path = self._place(event, value)
            if value is not text:
                self._document.raw[path] = text
        if doubted:
            self._document.doubted.add(path)

    def _doubted(self, event: Any, text: str, frame: _Frame | None, *, is_key: bool) -> bool:
        """Refuse a scalar that is cut or unclear; return whether it is a value, and the only loss.

        Half of a character can be judged by nobody.
        """
        elsewhere, known = self._document.elsewhere, len(self._document.problems)
        if not (text.isascii() and text.isprintable()):
            self._unclear(event, text, "key" if is_key else "text")
        if event.style and event.style in "|>":
            self._document.plain = False
        elif self._commented and text:
            self._whole(event, text, frame)
        doubted = not is_key and len(self._document.problems) > known and not _HALF.search(text)
        if doubted:
            self._document.elsewhere = elsewhere
        return doubted

    def _whole(self, event: Any, text: str, frame: _Frame | None) -> None:
        """Refuse a scalar that a comment cuts short."""
        end = event.end_mark
        behind = COMMENT.match(self._text, end.index)
        if not behind:
            return
        value = Commented(
            text,
            behind,
            (frame.key if frame else None) or "",
            plain=event.style in (None, ""),
            flow=bool(frame and frame.flow),
        )
        if value.cut:
            self._add(value.problem((end.line + 1, end.column + 1 + len(behind[1]))))

    def _unclear(self, event: Any, text: str, what: str) -> None:
        """Refuse text in which a reader cannot see, or tell apart, what it holds."""
        told: set[str] = set()
        for spot in spots(text):
            kind = spot.kind if spot.kind == "form" else spot.character
            if kind not in told:
                told.add(kind)
                self._add(unclear(spot, text, what, self._place_within(event, text, spot)))

    def _place_within(self, event: Any, text: str, spot: Spot) -> Position:
        """Return where a character of a scalar stands; where it is escaped, the scalar's place."""
        start = event.start_mark
        raw = self._text[start.index : event.end_mark.index]
        quotes = 1 if event.style in ("'", '"') else 0
        if raw[quotes : quotes + len(text)] == text:
            at = quotes + spot.index
        elif (at := raw.find(spot.character)) < 0 or spot.character == "\n":
            return start.line + 1, start.column + 1
        lines = raw.count("\n", 0, at)
        column = at - raw.rfind("\n", 0, at) if lines else start.column + 1 + at
        return start.line + 1 + lines, column

    def _key(self, frame: _Frame, event: Any, text: str) -> None:
        mark = event.start_mark
        place = mark.line + 1, mark.column + 1
        if event.style in (None, "") and resolve_scalar(text) is not text:
            message = f"the key {short(text) or 'here'} is not text"
            self.refuse(catalogue.KEY_NOT_TEXT, mark, message)
        elif text == "<<":
            self.refuse(catalogue.MERGE_KEY, mark, "merge keys (<<) are not used here")
        first = frame.twins.setdefault(_folded(text), text)
        frame.key = text
        if (*frame.path, first) in self._document.keys:
            line = self._document.keys[*frame.path, first][0]
            same = "again" if first == text else f"again, as {short(text)}"
            message = f"the key {short(first)} of line {line} is given {same}"
            self.refuse(catalogue.DUPLICATE_KEY, mark, message)
            # The second value must not take the first one's place; no key that is accepted holds a
            # line break.
            frame.key = f"{text}\n{place}"
        self._document.keys[*frame.path, frame.key] = place

    def _place(self, event: Any, value: Any) -> NodePath:
        """Put a value where it belongs and return its path."""
        mark = event.start_mark
        place = mark.line + 1, mark.column + 1
        path: NodePath = ()
        if not self._stack:
            self._document.data = value
        else:
            frame = self._stack[-1]
            if type(frame.container) is list:
                path = (*frame.path, len(frame.container))
                frame.container.append(value)
            elif frame.key is None:
                self.refuse(
                    catalogue.KEY_NOT_TEXT, mark, "a key must be text", "write the key as one word"
                )
                raise _StopParsing
            else:
                path = (*frame.path, frame.key)
                frame.container[frame.key] = value
                frame.key = None
                if value is None:
                    # The two parsers do not agree on where nothing stands.
                    place = self._document.keys[path]
        self._document.values[path] = place
        return path


def _folded(key: str) -> str:
    """Return a key without what people see no difference in; no key of a group is long."""
    return unicodedata.normalize("NFC", key).casefold() if len(key) <= _LONGEST_KEY else key


def _place_of(mark: Any) -> Position:
    """Return where a parser's mark is, counted from 1; where there is none, at the beginning."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
