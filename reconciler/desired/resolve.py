"""From a file as written to the group it declares in one environment, each value with its place.

Pure: no I/O; the variables are given.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr

from reconciler.desired import catalogue
from reconciler.desired.document import GroupLevel
from reconciler.desired.files import GroupPath
from reconciler.desired.variables import wrong_link
from reconciler.desired.yaml import Document, NodePath
from reconciler.errors import Finding
from reconciler.model import Action, Declared, Group, Position, UseCase

_Part = Mapping[str, Any]
_FIELDS: Final = tuple(GroupLevel.model_fields)


@dataclass(frozen=True, slots=True)
class GroupDocument:
    """A group file in its right place and with the right shape."""

    place: GroupPath
    document: Document

    def environments(self) -> Mapping[str, Any]:
        """Return the overrides by environment."""
        overrides: Mapping[str, Any] = self.document.data.get("environments", {})
        return overrides

    def field(self, name: str, env: str | None) -> NodePath | None:
        """Return the path of a group-level field's value in an environment; None if not given."""
        if env is not None and name in self.environments().get(env, {}):
            return ("environments", env, name)
        return (name,) if name in self.document.data else None

    def value(self, path: NodePath) -> Any:
        """Return the value at a path."""
        value = self.document.data
        for step in path:
            value = value[step]
        return value

    def slug(self, env: str | None) -> str:
        """Return the group's slug: the one given, or else the file's name."""
        path = self.field("slug", env)
        return str(self.value(path)) if path else self.place.slug


@dataclass(frozen=True, slots=True)
class Checked:
    """All group files and all that is wrong with them.

    Attributes:
        files: Names of all files in the right place, sorted, the bad ones included.
        documents: Those that could be read and have the right shape, in the same order.
        findings: Sorted by place.
        notes: What was named and is no group file, a line each; not yet made visible.
    """

    files: tuple[str, ...]
    documents: tuple[GroupDocument, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


def resolve(
    source: GroupDocument, env: str | None, variables: Mapping[str, str]
) -> tuple[Declared, list[Finding]]:
    """Return the declared group, and what is wrong with the variables that it names.

    If one is wrong, the group lacks the link.
    """
    values: dict[str, Any] = {"integration": source.place.integration, "slug": source.place.slug}
    positions = {"": source.document.values[()]}
    problems: list[Finding] = []
    variable = None
    for name in _FIELDS:
        path = source.field(name, env)
        if path is None:
            continue
        values[name] = source.value(path)
        positions[name] = source.document.values[path]
        if isinstance(values[name], dict):
            variable = str(values.pop(name)["from_env"])
            link, problem = _from_env(source.document, (*path, "from_env"), variable, variables)
            if problem:
                problems.append(problem)
            else:
                values[name] = link
    if "use_cases" in source.document.data:
        values["use_cases"] = tuple(
            _use_case(part) for part in source.document.data["use_cases"] or ()
        )
        positions |= _use_case_positions(source.document)
    declared = Declared(
        Group(**values),
        source.place.name,
        positions,
        variable=variable,
        comments=source.document.comments,
        notes=dict(_notes(source.document.data.get("use_cases") or ())),
        protected=bool(source.document.data.get("protected", False)),
    )
    return declared, [problem.in_file(source.place.name) for problem in problems]


def _use_case(part: Mapping[str, Any]) -> UseCase:
    actions = tuple(
        Action(**{name: action[name] for name in Action.model_fields}) for action in part["actions"]
    )
    return UseCase(use_case=part["use_case"], enabled=part["enabled"], actions=actions)


def _notes(cases: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the notes of use cases and actions with their paths."""
    for case in cases:
        path = f"use_cases.{case['use_case']}"
        for place, part in [(path, case), *_places(f"{path}.actions", case["actions"])]:
            if part.get("note"):
                yield place, part["note"]


def _places(path: str, parts: Iterable[_Part]) -> Iterator[tuple[str, _Part]]:
    return ((f"{path}.{number}", part) for number, part in enumerate(parts))


def _use_case_positions(document: Document) -> dict[str, Position]:
    """Return where the use cases stand, by the paths of `Declared`; of a list where its key is."""
    positions = {"use_cases": document.keys["use_cases",]}
    for number, part in enumerate(document.data["use_cases"] or ()):
        path, name = ("use_cases", number), f"use_cases.{part['use_case']}"
        positions[name] = document.values[path]
        positions[f"{name}.enabled"] = document.values[*path, "enabled"]
        positions[f"{name}.actions"] = document.keys[*path, "actions"]
        for index in range(len(part["actions"])):
            positions[f"{name}.actions.{index}"] = document.values[*path, "actions", index]
    return positions


def _from_env(
    document: Document, path: NodePath, name: str, variables: Mapping[str, str]
) -> tuple[SecretStr | None, Finding | None]:
    value = variables.get(name)
    place = document.values[path]
    if value is None:
        message = f"the environment variable {name} is not set"
        return None, catalogue.UNSET_VARIABLE.found(
            message, place=place, remedy=f"export {name}= with the sheet's link"
        )
    if wrong := wrong_link(value):
        what, remedy = wrong
        rule = catalogue.WRONG_VARIABLE if value else catalogue.UNSET_VARIABLE
        return None, rule.found(
            f"the environment variable {name} {what}", place=place, remedy=remedy
        )
    return SecretStr(value), None
