"""Strict YAML 1.2 to plain data, every value with its place.

Pure: no I/O. Built on the parser's events, which carry the raw text of scalars and cost a fifth of
what composed objects do. Scalars are resolved by the YAML 1.2 core schema, so no loader's idea of a
number or a truth gets in. What makes a file mean something else to another reader (anchors, tags,
directives, twins of a key) is refused.
"""

import math
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from reconciler.desired import catalogue
from reconciler.desired.characters import odd_characters, without_odd
from reconciler.desired.scalars import resolve_scalar
from reconciler.errors import Finding, Rule
from reconciler.model import FileComment, Position
from reconciler.text import INVISIBLE, short, visible

try:
    from _ruamel_yaml import CParser  # type: ignore[import-not-found]  # a C module without annotations
except ImportError:  # pragma: no cover - the extra is missing: slower, with the same result
    CParser = None

MAX_PROBLEMS: Final = 100
"""Problems told of one file, and as many more of characters.

Nobody reads more, and a hostile file must not cost minutes.
"""
MAX_DEPTH: Final = 32
_MAX_SECOND_READING: Final = 64 * 1024
"""Characters; the pure parser takes about a second for the worst of them."""

NodePath = tuple[str | int, ...]
"""Steps from the top of a document to a value: keys and indexes."""


@dataclass(slots=True)
class Document:
    """A parsed text.

    Attributes:
        data: dicts, lists, strings, ints, finite floats, booleans and None; a stand-in if
            something is refused.
        values: Where each value begins, by path; of an empty value of a mapping, where its key
            does.
        keys: Where the key of each value of a mapping begins, by the value's path.
        raw: The text of each plain scalar that is no string, by path.
        problems: What is refused, in the order of the text.
        comments: Those that are meant for this program, in the order of the text.
        whole: Whether the text was read to its end, so that every value in `data` is there and has
            its place.
    """

    data: Any = None
    values: dict[NodePath, Position] = field(default_factory=dict)
    keys: dict[NodePath, Position] = field(default_factory=dict)
    raw: dict[NodePath, str] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)
    comments: tuple[FileComment, ...] = ()
    whole: bool = False


def parse(text: str) -> Document:
    """Parse one document; never raises for what the text holds."""
    odd = list(islice(odd_characters(text), MAX_PROBLEMS))
    document = _read(without_odd(text) if odd else text)
    if odd:
        # What a line with a tab or a hidden character was meant to be cannot be told, nor what
        # follows from it.
        lines = {problem.line for problem in odd}
        others = [
            item for item in document.problems if item.line not in lines and item.rule != _SYNTAX
        ]
        document.problems = sorted([*odd, *others], key=lambda problem: problem.place)
    return document


def _read(text: str) -> Document:
    if CParser is None:
        return _build(text, _pure_events)
    document = _build(text, _c_events)
    if len(text) <= _MAX_SECOND_READING and any(
        problem.rule == _SYNTAX for problem in document.problems
    ):
        # The C parser reads YAML 1.1, in which {start_time: 08:00:00} is an error; the pure one
        # knows better.
        second = _build(text, _pure_events)
        if all(problem.rule != _SYNTAX for problem in second.problems):
            return second
    return document


def _c_events(text: str) -> Iterator[Any]:
    parser = CParser(text)
    try:
        while (event := parser.get_event()) is not None:
            yield event
    finally:
        parser.dispose()


def _pure_events(text: str) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except (AssertionError, LookupError, ValueError) as error:
        # It checks some of its input by what Python happens to raise, such as chr() for
        # "\U00110000".
        raise YAMLError("something here is out of range") from error


def _build(text: str, events: Callable[[str], Iterator[Any]]) -> Document:
    document = Document()
    builder = _Builder(document)
    try:
        for event in events(text):
            builder.feed(event)
        builder.end()
        document.whole = True
    except _StopParsing:
        pass
    except YAMLError as error:
        builder.not_yaml(error)
    return document


_SYNTAX: Final = catalogue.YAML_SYNTAX.id


class _StopParsing(Exception):  # noqa: N818 - not an error: what follows cannot be told
    """Nothing sensible can be said of the rest of the text."""


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence being built; in a mapping `key` is set while its value is awaited."""

    path: NodePath
    container: Any
    twins: dict[str, str]
    key: str | None = None


class _Builder:
    """Builds a document from events; notes refused parts and stands in for them, to find all."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._stack: list[_Frame] = []
        self._documents = 0

    def refuse(self, rule: Rule, mark: Any, message: str, remedy: str = "") -> None:
        self._document.problems.append(rule.found(message, place=_place_of(mark), remedy=remedy))
        if len(self._document.problems) >= MAX_PROBLEMS:
            raise _StopParsing

    def not_yaml(self, error: YAMLError) -> None:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "context", None) or error
        message = f"this is not YAML: {visible(str(reason))}"
        self._document.problems.append(catalogue.YAML_SYNTAX.found(message, place=_place_of(mark)))

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
        self._stack.append(_Frame(path, container, {}))

    def _scalar(self, event: Any) -> None:
        if event.anchor or event.tag:
            self._refuse_node(event)
        text = event.value
        frame = self._stack[-1] if self._stack else None
        if frame and type(frame.container) is dict and frame.key is None:
            self._key(frame, event, text)
        elif not event.implicit[0] or event.style not in (None, ""):
            self._place(event, self._one_line(event, text) if INVISIBLE.search(text) else text)
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

    def _one_line(self, event: Any, text: str) -> str:
        """Refuse text with a line break or a hidden character in it, and return a stand-in."""
        first = INVISIBLE.findall(text)[0]
        what = "a line break" if first == "\n" else f"an invisible character, {visible(first)}"
        message = f"the text holds {what}"
        self.refuse(
            catalogue.INVISIBLE_CHARACTER,
            event.start_mark,
            message,
            "write it on one line, in plain characters",
        )
        return INVISIBLE.sub("\ufffd", text)

    def _key(self, frame: _Frame, event: Any, text: str) -> None:
        mark = event.start_mark
        place = mark.line + 1, mark.column + 1
        if event.style in (None, "") and resolve_scalar(text) is not text:
            message = f"the key {short(text) or 'here'} is not text"
            self.refuse(catalogue.KEY_NOT_TEXT, mark, message)
        elif text == "<<":
            self.refuse(catalogue.MERGE_KEY, mark, "merge keys (<<) are not used here")
        elif INVISIBLE.search(text):
            message = "the key holds an invisible character"
            self.refuse(catalogue.INVISIBLE_CHARACTER, mark, message)
        first = frame.twins.setdefault(unicodedata.normalize("NFC", text).casefold(), text)
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


def _place_of(mark: Any) -> Position:
    """Return where a parser's mark is, counted from 1; where there is none, at the beginning."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
