"""The rule of a house: what its own JSON Schema says of a group. Pure: no I/O.

It is applied to the group as it is resolved for an environment, written as in a file. Nothing is
fetched for it: a reference that leads out of the schema is an error of the setting.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from reconciler.lint.rule import Context, Hit, rule
from reconciler.model import GROUP_FIELDS, Declared


def compiled(schema: str) -> Draft202012Validator:
    """Return what checks against a schema (draft 2020-12); raises ValueError if it is none."""
    return Draft202012Validator(json.loads(schema), retriever=_nowhere)


@rule(
    id="policy",
    level="error",
    title="A group is not as the house has decided",
    why=(
        "The setting `policy` names a JSON Schema (draft 2020-12) that each group must fit as it"
        " is in the environment: its fields as in a file, with `integration` and `slug`. In the"
        " schema `x-message` says what is wrong and `x-remedy` what to do. With a base the schema"
        " is the base's, so that a branch cannot change what it is held to."
    ),
    source="the setting `policy`",
    remedy="write what the schema asks for, or change the schema in a pull request of its own",
    example=(
        '# pyproject.toml: [tool.reconciler.policy] schema = "policy.schema.json", which asks for a'
        " time zone\nname: Example\n"
    ),
)
def _policy(entry: Declared, context: Context) -> Iterator[Hit]:
    if not context.settings.house:
        return
    schema, validator = _known(context.settings.house)
    for error in validator.iter_errors(_written(entry)):
        words = _words(schema, error.schema_path)
        path = _path(entry, error.instance_path)
        about = path or "the group"
        message = words.get("x-message") or f"{about} is not as the policy says"
        if "x-message" not in words:
            message += f" ({'/'.join(map(str, error.schema_path))})"
        yield Hit(path, str(message), str(words.get("x-remedy", "")))


@cache
def _known(schema: str) -> tuple[dict[str, Any], Draft202012Validator]:
    return json.loads(schema), compiled(schema)


def _nowhere(uri: str) -> Any:
    msg = f"{uri} is not in the schema, and nothing is fetched"
    raise ValueError(msg)


def _written(entry: Declared) -> dict[str, Any]:
    """Return a group as a file would have it; a link that comes from a variable is that name."""
    group = entry.group
    written: dict[str, Any] = {"integration": group.integration, "slug": group.slug}
    for name in GROUP_FIELDS:
        if name in group.declared and name != "sheet_link":
            written[name] = getattr(group, name)
    if entry.variable:
        written["sheet_link"] = {"from_env": entry.variable}
    elif "sheet_link" in group.declared:
        link = group.sheet_link
        written["sheet_link"] = link.get_secret_value() if link else None
    if group.group_id:
        written["group_id"] = group.group_id
    if "use_cases" in group.declared:
        written["use_cases"] = [case.model_dump(mode="json") for case in group.use_cases]
    return written


def _words(schema: Any, path: Sequence[str | int]) -> dict[str, Any]:
    """Return the innermost part of a schema on a path that has words of its own, or nothing."""
    found: dict[str, Any] = {}
    part: Any = schema
    for step in [None, *path]:
        part = part if step is None else part[step]
        if isinstance(part, dict) and "x-message" in part:
            found = part
    return found


def _path(entry: Declared, steps: Sequence[str | int]) -> str:
    """Return a place in a group as `Declared.positions` names it."""
    names = [str(step) for step in steps]
    if len(names) > 1 and names[0] == "use_cases":
        names[1] = entry.group.use_cases[int(names[1])].use_case
    return ".".join(names)
