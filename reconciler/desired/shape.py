"""Whether a parsed file has the shape of a group file, told in the words of its author.

Pure: no I/O. The generated JSON Schema decides; this module finds the place and the words.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, get_args

from reconciler.desired import catalogue
from reconciler.desired.document import GroupFile, GroupLevel, field_words
from reconciler.desired.schema import group_schema, validator
from reconciler.desired.yaml import Document, NodePath
from reconciler.errors import Finding
from reconciler.text import did_you_mean, short

_WORDS: Final = field_words()
_OF_AN_ENVIRONMENT: Final = 2
"""Steps to the overrides of one."""
_GROUP_FIELDS: Final = {name: field.is_required() for name, field in GroupFile.model_fields.items()}
_NULLABLE: Final = frozenset(
    name
    for name, field in GroupLevel.model_fields.items()
    if type(None) in get_args(field.annotation)
)
"""Fields that null clears."""
_COMMENT: Final = re.compile(r"\s#")
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]*)")


def shape_problems(document: Document) -> list[Finding]:
    """Return what the schema refuses, in text order; the document is readable."""
    blank = [path for path, text in document.raw.items() if not text and path in document.keys]
    lines = document.text.split("\n") if blank else []
    problems = [_blank_value(document, path, lines) for path in blank]
    problems += [
        problem
        for error in validator().iter_errors(document.data)
        if tuple(error.instance_path) not in blank
        for problem in _explain(document, error)
    ]
    explained = {problem.place for problem in problems}
    problems += [problem for problem in _spellings(document) if problem.place not in explained]
    return sorted(problems, key=lambda problem: problem.place)


def _explain(document: Document, error: Any) -> Iterator[Finding]:
    path: NodePath = tuple(error.instance_path)
    kind = error.kind.name
    if kind == "additionalProperties":
        known = _known(error.schema_path)
        for name in error.kind.unexpected:
            yield _unknown_key(document, (*path, name), known)
    elif kind == "required":
        yield _missing_key(document, path, error.kind.property)
    else:
        yield _wrong_value(document, path)


def _blank_value(document: Document, path: NodePath, lines: list[str]) -> Finding:
    """Return that nothing stands behind a key; null would, and clears a field that may be empty."""
    name, place = str(path[-1]), document.values[path]
    overrides = path[0] == "environments" and len(path) > 1
    if name not in _WORDS or (overrides and len(path) == _OF_AN_ENVIRONMENT):
        remedy = "fill it in, or remove the line"
    elif name in _NULLABLE:
        remedy = "write null to clear it, or remove the line to leave it as it is live"
    else:
        optional = overrides or not _GROUP_FIELDS.get(name, True)
        remedy = f"write {_WORDS[name].expected}{', or remove the line' if optional else ''}"
    if _COMMENT.search(lines[place[0] - 1]):
        remedy += "; what stands behind # is a comment, and is quoted where it is meant as text"
    message = f"nothing stands behind {_place(path) if overrides else short(name)}"
    return catalogue.BLANK_VALUE.found(message, place=place, remedy=remedy)


def _unknown_key(document: Document, path: NodePath, known: list[str]) -> Finding:
    name, place = str(path[-1]), document.keys[path]
    if not known:
        message = (
            f"the environment {short(name)} is not named in lower case letters, digits and"
            " single dashes"
        )
        return catalogue.ENVIRONMENT_NAME.found(message, place=place)
    remedy = did_you_mean(name, known) or f"remove it; known here are {', '.join(known)}"
    message = f"{_place(path[:-1])} has no key {short(name)}"
    return catalogue.UNKNOWN_KEY.found(message, place=place, remedy=remedy)


def _missing_key(document: Document, path: NodePath, name: str) -> Finding:
    message = f"{_place(path)} lacks the key {name}"
    return catalogue.MISSING_KEY.found(
        message,
        place=document.values[path],
        remedy=f"add `{name}:` with {_WORDS[name].expected}",
    )


def _wrong_value(document: Document, path: NodePath) -> Finding:
    place = document.values[path]
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    value = document.value(path)
    if not path or isinstance(path[-1], int) or (len(path) > 1 and path[-2] == "environments"):
        what = _place(path)
        message = (
            f"{what} must be a mapping of keys and values, not {_shown(document, path, value)}"
        )
        return catalogue.WRONG_VALUE.found(
            message, place=place, remedy="write it as `key: value` lines"
        )
    words = _WORDS[name]
    if words.quotable and path in document.raw and value is not None:
        message = f"{name} is read as a number or a truth: {_shown(document, path, value)}"
        return catalogue.NOT_QUOTED.found(
            message,
            place=place,
            remedy=f'quote it, so that it is text: "{short(document.raw[path])}"',
        )
    shown = "what is written" if words.secret else _shown(document, path, value)
    message = f"{name} must be {words.expected}, not {shown}"
    return catalogue.WRONG_VALUE.found(message, place=place, remedy=words.remedy)


def _spellings(document: Document) -> Iterator[Finding]:
    """Yield numbers that are not plain decimal.

    JSON Schema counts 3.0 as whole, and readers differ over 010.
    """
    for path, text in document.raw.items():
        value = document.value(path)
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and not _DECIMAL.fullmatch(text)
        ):
            message = (
                f"{path[-1] if path else 'the group'} must be a plain whole number, not"
                f" {short(text)}"
            )
            yield catalogue.WRONG_VALUE.found(
                message,
                place=document.values[path],
                remedy="write it in digits alone, like 7 or 10",
            )


def _known(schema_path: list[Any]) -> list[str]:
    """Return the keys that the schema's mapping may have; none if any name of a kind will do."""
    schema: Any = group_schema()
    for step in schema_path[:-1]:
        schema = schema[step]
    return list(schema.get("properties", ()))


def _place(path: NodePath) -> str:
    """Return what stands at a path, in words."""
    if not path:
        return "the group"
    if len(path) > 1 and path[-2] == "environments":
        return f"the environment {short(str(path[-1]))}"
    words = {"use_cases": "use case", "actions": "action"}
    if isinstance(path[-1], int) and path[-2] in words:
        return f"{words[str(path[-2])]} {path[-1] + 1}"
    return str(path[-1])


def _shown(document: Document, path: NodePath, value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    return short(document.raw.get(path, f'"{value}"'))
