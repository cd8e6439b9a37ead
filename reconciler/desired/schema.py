"""The JSON Schema of a group file, generated from its models, and the validator compiled from it.

Pure: no I/O.
"""

import json
from functools import cache
from typing import Any, Final

from jsonschema_rs import Draft202012Validator

from reconciler.desired.document import GroupFile

_TITLES: Final = {
    "GroupFile": "Group file",
    "UseCaseEntry": "Use case",
    "ActionEntry": "Action",
    "Overrides": "Overrides of one environment",
}


def group_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of a group file as it is written.

    A field of several types is one schema with a list of types, not an `anyOf`: their keywords
    apply to one type each, so nothing is lost, and an error names the keyword that failed instead
    of "none of these".
    """
    generated = GroupFile.model_json_schema()
    definitions = generated.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:reconciler:group:1",
        **_simplified(generated, definitions),
        "$defs": {
            name: _simplified(definitions[name], definitions)
            for name in sorted(definitions)
            if name != "FromEnv"
        },
    }


def schema_text() -> str:
    """Return the schema as it is written to schemas/group.schema.json."""
    return json.dumps(group_schema(), indent=2, ensure_ascii=False) + "\n"


@cache
def validator() -> Draft202012Validator:
    """Return the compiled validator; compiled once per process."""
    return Draft202012Validator(group_schema())


def _simplified(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Drop what no reader needs of what pydantic writes (titles, defaults), and merge unions."""
    plain = {
        name: value for name, value in schema.items() if name not in ("title", "default", "anyOf")
    }
    if schema.get("title") in _TITLES:
        plain = {"title": _TITLES[schema["title"]], **plain}
    if "anyOf" in schema:
        plain = _merged(schema["anyOf"], definitions) | plain
    if "patternProperties" in plain:
        plain["additionalProperties"] = False
    for name in ("properties", "patternProperties"):
        if name in plain:
            plain[name] = {key: _simplified(part, definitions) for key, part in plain[name].items()}
    if isinstance(plain.get("items"), dict):
        plain["items"] = _simplified(plain["items"], definitions)
    return plain


def _merged(branches: list[dict[str, Any]], definitions: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {"type": []}
    for branch in branches:
        target = definitions[branch["$ref"].rpartition("/")[2]] if "$ref" in branch else branch
        part = _simplified(target, definitions)
        merged["type"].append(part.pop("type"))
        merged |= {
            name: value for name, value in part.items() if name not in ("title", "description")
        }
    return merged
