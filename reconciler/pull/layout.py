"""A group file for a live group that has none: laid out as the documentation's examples are.

Pure: no I/O. What no file may hold is left out and told with the rule that is against it; what is
left out is unmanaged and stays as it is live.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.desired.document import SLUG
from reconciler.desired.load import problems_of
from reconciler.model import Group, UseCase
from reconciler.pull.edits import braces
from reconciler.pull.scalars import Value, written

SCHEMA_LINE: Final = "# yaml-language-server: $schema=../../schemas/group.schema.json"
_SIMPLE: Final = ("assistant_id", "timezone", "start_time")
_ORDER: Final = ("assistant_id", "sheet_link", "timezone", "start_time")


@dataclass(frozen=True, slots=True)
class Adopted:
    """A new file.

    Attributes:
        text: Its content; empty if no file can hold the group.
        variable: Name of the variable that has to hold the sheet's link; empty if none has to.
        left: What it does not hold, and why, a line each; not yet made visible.
    """

    text: str
    variable: str
    left: tuple[str, ...]


def file_slug(live: Group, taken: Collection[str]) -> str:
    """Return the name of a group's file: its slug where that can be one, else one that is free.

    Args:
        live: The group.
        taken: Names of files that there are in its folder, without their endings.
    """
    if re.fullmatch(SLUG.strip("^$"), live.slug) and live.slug not in taken:
        return live.slug
    plain = unicodedata.normalize("NFKD", live.slug or live.name).encode("ascii", "ignore")
    words = "-".join(re.findall("[a-z0-9]+", plain.decode().lower())) or "group"
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words}-{number}"
    return name


def variable_name(slug: str, env: str | None) -> str:
    """Return the variable that is proposed for the link of a group's sheet."""
    words = re.sub("[^A-Z0-9]+", "_", f"{slug} {env or ''} sheet link".upper()).strip("_")
    return words if words[0].isalpha() else f"GROUP_{words}"


def adopt(live: Group, slug: str, *, env: str | None, links: bool, schema: bool) -> Adopted:
    """Return a file for a live group.

    What belongs to one environment alone, its id and its sheet, stands there: no other one is ever
    given another's patients.

    Args:
        live: The group.
        slug: The file's name without its ending.
        env: Environment that it is live in, or None.
        links: Whether the sheet's link is written itself, and not as a variable.
        schema: Whether an editor finds the schema beside.
    """
    top: dict[str, str] = {"name": written(live.name)}
    if live.slug != slug:
        top["slug"] = written(live.slug)
    if rule := _against(_file(top, [], {}, schema=False)):
        return Adopted("", "", (f"name or slug: {rule}",))
    fields, wrong = _fields(live, top)
    cases, wrong_cases = _cases(live, top)
    link, variable = _link(live, slug, env, links=links)
    own: dict[str, str] = {}
    if env and live.group_id:
        own["group_id"] = written(live.group_id, flow=True)
    (own if env else fields).update(link)
    text = _file(
        top | {name: fields[name] for name in _ORDER if name in fields},
        cases,
        {env: own} if env else {},
        schema=schema,
    )
    return Adopted(text, variable, (*wrong, *wrong_cases))


def _fields(live: Group, top: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return what a file can hold of the plain fields, as written, and what it cannot."""
    good: dict[str, str] = {}
    wrong = []
    for name in _SIMPLE:
        value = getattr(live, name)
        rule = _against(_file({**top, name: written(value)}, [], {}, schema=False))
        if rule:
            wrong.append(f"{name}: {rule}")
        elif value is not None:
            good[name] = written(value)
    return good, wrong


def _cases(live: Group, top: Mapping[str, str]) -> tuple[list[UseCase], list[str]]:
    """Return the use cases that a file can hold, and what is against the others."""
    rules = [(part, _against(_file(top, [part], {}, schema=False))) for part in live.use_cases]
    return (
        [part for part, rule in rules if not rule],
        [f"use case {part.use_case}: {rule}" for part, rule in rules if rule],
    )


def _link(live: Group, slug: str, env: str | None, *, links: bool) -> tuple[Mapping[str, str], str]:
    """Return how a file says the sheet's link, and the variable that it then comes from."""
    if live.sheet_link is None:
        return {}, ""
    if links:
        return {"sheet_link": written(live.sheet_link.get_secret_value(), flow=True)}, ""
    variable = variable_name(slug, env)
    return {"sheet_link": f"{{from_env: {variable}}}"}, variable


def _against(text: str) -> str:
    """Return what is against a file, with the rule's name, or an empty text."""
    problems = problems_of(text.encode("utf-8", "surrogatepass"))
    return f"{problems[0].message} [{problems[0].rule}]" if problems else ""


def _file(
    top: Mapping[str, str],
    use_cases: Iterable[UseCase],
    environments: Mapping[str, Mapping[str, str]],
    *,
    schema: bool,
) -> str:
    lines = [SCHEMA_LINE] if schema else []
    lines += [f"{name}: {value}" for name, value in top.items()]
    cases = list(use_cases)
    # Also where there is none: what somebody adds in the dashboard is then listed.
    lines.append("use_cases:" if cases else "use_cases: []")
    for part in cases:
        lines += _case_lines(part)
    if environments:
        lines.append("environments:")
    for env, values in environments.items():
        inner = ", ".join(f"{name}: {value}" for name, value in values.items())
        lines.append(f"  {env}: {{{inner}}}")
    return "\n".join(lines) + "\n"


def _case_lines(part: UseCase) -> Iterator[str]:
    yield f"  - use_case: {written(part.use_case)}"
    yield f"    enabled: {written(part.enabled)}"
    if not part.actions:
        yield "    actions: []"
        return
    yield "    actions:"
    for action in part.actions:
        values: dict[str, Value] = action.model_dump()
        yield f"      - {braces(values)}"
