"""The events of a YAML text, from the fast parser, or from the strict one where they disagree.

Pure: no I/O. The C parser reads YAML 1.1, in which `{start_time: 08:00:00}` is an error wherever it
stands; so whatever it does not take is for the pure one to judge, which reads YAML 1.2. What is
valid does not depend on which of them is installed, nor on a file's size.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

try:
    from _ruamel_yaml import CParser  # type: ignore[import-not-found]  # a C module without annotations
except ImportError:  # pragma: no cover - the extra is missing: slower, with the same result
    CParser = None

Events = Callable[[str], Iterator[Any]]
"""Yields a text's events; raises NotYamlError."""

_SURPLUS_END: Final = re.compile(
    # One that another one follows, with nothing but blank lines and comments between.
    r"^\.\.\.(?=(?:[ \r]+(?:#.*)?)?\n(?:[ \r]*(?:#.*)?\n)*\.\.\.(?:\s|\Z))",
    re.MULTILINE,
)


class NotYamlError(Exception):
    """The text cannot be read.

    Attributes:
        reason: The parser's.
        mark: Where, if that is known.
    """

    def __init__(self, reason: str, mark: Any = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.mark = mark


def parsers() -> list[Events]:
    """Return the parsers that there are, the fast one first and the strict one last."""
    return [pure_events] if CParser is None else [_c_events, pure_events]


def _c_events(text: str) -> Iterator[Any]:
    parser = CParser(text)
    try:
        while (event := parser.get_event()) is not None:
            yield event
    except YAMLError as error:
        raise _not_yaml(error) from error
    finally:
        parser.dispose()


def pure_events(text: str) -> Iterator[Any]:
    """Yield the strict parser's events; raises NotYamlError."""
    # It takes a second end of a document for the beginning of another one.
    once = _SURPLUS_END.sub("   ", text) if "\n..." in text else text
    try:
        yield from YAML(typ="safe", pure=True).parse(once)
    except YAMLError as error:
        raise _not_yaml(error) from error
    except (AssertionError, LookupError, ValueError) as error:
        # It checks some of its input by what Python happens to raise, such as chr() for
        # "\U00110000".
        raise NotYamlError("something here is out of range") from error


def _not_yaml(error: YAMLError) -> NotYamlError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "context", None) or error
    return NotYamlError(str(reason), mark)
