"""Strict YAML 1.2 to plain data, every value with its place.

Pure: no I/O. Built on the parser's events, which carry the raw text of scalars and cost a fifth of what composed
objects do. Scalars are resolved here by the YAML 1.2 core schema, so no loader's idea of a number or a truth gets in.
What makes a file mean something else to another reader (anchors, tags, directives, twins of a key) is refused.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from reconciler.errors import Finding
from reconciler.model import Position
from reconciler.text import INVISIBLE, visible

try:
    from _ruamel_yaml import CParser  # type: ignore[import-not-found]  # a C module without annotations
except ImportError:  # the extra `oldlibyaml` is missing: slower, with the same result
    CParser = None

MAX_DEPTH: Final = 32
_LONGEST_NUMBER: Final = 32

Path = tuple[str | int, ...]
"""Steps from the top of a document to a value: keys and indexes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a text that is refused; line and column are 1-based."""

    rule: str
    line: int
    column: int
    message: str
    remedy: str

    def at(self, file: str) -> Finding:
        """Return the problem as a finding in a file."""
        return Finding(self.rule, "error", file, self.line, self.column, self.message, self.remedy)


@dataclass(slots=True)
class Document:
    """A parsed text.

    Attributes:
        data: dicts, lists, strings, ints, floats, booleans and None; meaningless where there are problems.
        values: Where each value begins, by path.
        keys: Where the key of each value of a mapping begins, by the value's path.
        raw: The text of each plain scalar that is no string, by path.
        problems: What is refused, in the order of the text.
    """

    data: Any = None
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    raw: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def decode(content: bytes) -> tuple[str, Problem | None]:
    """Return a file's text, or the problem that it is not UTF-8 without a byte order mark."""
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return "", Problem("encoding", 1, 1, "the file begins with a byte order mark", "save it as UTF-8 without BOM")
    try:
        return content.decode("utf-8"), None
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"the byte {content[error.start]:#04x} is not UTF-8"
        return "", Problem("encoding", line, column, message, "save the file as UTF-8")


def parse(text: str) -> Document:
    """Parse one document; never raises for what the text holds."""
    document = Document()
    document.problems.extend(_characters(text))
    if document.problems:
        return document
    builder = _Builder(document)
    try:
        for event in _events(text):
            builder.feed(event)
        builder.end()
    except _StopParsing:
        pass
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = visible(str(error.problem or error.context or "it cannot be parsed"))
        builder.refuse("yaml-syntax", mark, f"this is not YAML: {reason}", _SYNTAX_REMEDY)
    except YAMLError as error:
        reason = visible(str(getattr(error, "reason", "it cannot be parsed")))
        builder.refuse("yaml-syntax", None, f"this is not YAML: {reason}", _SYNTAX_REMEDY)
    return document


_SYNTAX_REMEDY: Final = "check indentation, colons, brackets and quotes here and on the line above"
_ODD: Final = re.compile(rf"(?!\r?\n){INVISIBLE.pattern}")
_LINE: Final = re.compile(r"\n")


def _characters(text: str) -> Iterator[Problem]:
    """Yield the first odd character of each line: tabs, control, bidirectional and zero-width characters."""
    last = 0
    for match in _ODD.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if line == last:
            continue
        last = line
        column = match.start() - text.rfind("\n", 0, match.start())
        if match.group() == "\t":
            yield Problem("tab", line, column, "there is a tab", "indent and separate with spaces")
        else:
            name = visible(match.group())
            yield Problem("invisible-character", line, column, f"there is an invisible character, {name}", "remove it")


def _events(text: str) -> Iterator[Any]:
    if CParser is None:
        yield from YAML(typ="safe", pure=True).parse(text)
        return
    parser = CParser(text)
    try:
        while (event := parser.get_event()) is not None:
            yield event
    finally:
        parser.dispose()


class _StopParsing(Exception):  # noqa: N818 - not an error: what follows cannot be told
    """Nothing sensible can be said of the rest of the text."""


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence that is being built; in a mapping `key` is set while its value is awaited."""

    path: Path
    container: Any
    twins: dict[str, str]
    key: str | None = None


class _Builder:
    """Builds a document from events; refused parts are noted and stood in for, so that all of them are found."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._stack: list[_Frame] = []
        self._documents = 0

    def refuse(self, rule: str, mark: Any, message: str, remedy: str) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self._document.problems.append(Problem(rule, line, column, message, remedy))

    def end(self) -> None:
        if not self._documents:
            self.refuse("empty-file", None, "the file is empty", "write a group, or delete the file")

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
        if event.version or event.tags:
            self.refuse("directive", event.start_mark, "there is a directive (%)", "remove the line")
        if self._documents > 1:
            message = "a second document begins here"
            self.refuse("several-documents", event.start_mark, message, "write one group per file")
            raise _StopParsing

    def _refuse_node(self, event: Any) -> None:
        if event.anchor:
            self.refuse(
                "anchor",
                event.start_mark,
                f"anchors and aliases are not used here: {visible(str(event.anchor))[:40]}",
                "write the value out in each place",
            )
        tag = getattr(event, "tag", None)
        if tag:
            message = f"tags are not used here: {visible(str(tag))[:40]}"
            self.refuse("tag", event.start_mark, message, "remove the tag; quote the value if it is text")

    def _start(self, event: Any, container: Any) -> None:
        if event.anchor or event.tag:
            self._refuse_node(event)
        if len(self._stack) >= MAX_DEPTH:
            self.refuse("nesting", event.start_mark, f"this is nested over {MAX_DEPTH} deep", "flatten it")
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
            return
        if not event.implicit[0] or event.style not in (None, ""):
            if INVISIBLE.search(text):
                name = visible(INVISIBLE.findall(text)[0])
                message = f"the text holds an invisible character, {name}"
                self.refuse(
                    "invisible-character", event.start_mark, message, "write it on one line, in plain characters"
                )
            self._place(event, text)
            return
        value = _resolve(text)
        path = self._place(event, value)
        if value is not text:
            self._document.raw[path] = text
            if type(value) is float and not math.isfinite(value):
                self.refuse(
                    "not-finite", event.start_mark, f"{text} is not a number that can be sent", "write a number"
                )

    def _key(self, frame: _Frame, event: Any, text: str) -> None:
        if event.style in (None, "") and _resolve(text) is not text:
            self.refuse(
                "key-not-text", event.start_mark, f"the key {visible(text)[:40] or 'here'} is not text", "quote it"
            )
        elif text == "<<":
            self.refuse("merge-key", event.start_mark, "merge keys (<<) are not used here", "write the keys out")
        elif INVISIBLE.search(text):
            self.refuse("invisible-character", event.start_mark, "the key holds an invisible character", "remove it")
        twin = unicodedata.normalize("NFC", text).casefold()
        if twin in frame.twins:
            first = frame.twins[twin]
            line = self._document.keys[*frame.path, first][0]
            same = "again" if first == text else f"again, as {visible(text)[:40]}"
            message = f"the key {visible(first)[:40]} of line {line} is given {same}"
            self.refuse("duplicate-key", event.start_mark, message, "keep one of the two")
        else:
            frame.twins[twin] = text
            mark = event.start_mark
            self._document.keys[*frame.path, text] = (mark.line + 1, mark.column + 1)
        frame.key = text

    def _place(self, event: Any, value: Any) -> Path:
        """Put a value where it belongs and return its path."""
        mark = event.start_mark
        if not self._stack:
            path: Path = ()
            self._document.data = value
        else:
            frame = self._stack[-1]
            if type(frame.container) is list:
                path = (*frame.path, len(frame.container))
                frame.container.append(value)
            elif frame.key is None:
                self.refuse("key-not-text", mark, "a key must be text", "write the key as one word")
                raise _StopParsing
            else:
                path = (*frame.path, frame.key)
                frame.container[frame.key] = value
                frame.key = None
        self._document.values[path] = (mark.line + 1, mark.column + 1)
        return path


_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_FIRST: Final = frozenset("0123456789+-.")


def _resolve(text: str) -> Any:
    """Return the value of a plain scalar by the YAML 1.2 core schema (10.3.2); a string is returned as it is."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST:
        return text
    if _INT.fullmatch(text):
        return int(text, 0 if text[:2] in ("0o", "0x") else 10) if len(text) <= _LONGEST_NUMBER else math.inf
    return float(text) if _FLOAT.fullmatch(text) else text
