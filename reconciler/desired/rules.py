"""What a schema cannot say of group files: unique identities and use cases, names that exist.

Pure: no I/O.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from reconciler import zones
from reconciler.desired import catalogue
from reconciler.desired.document import LINK
from reconciler.desired.environments import mentioned
from reconciler.desired.resolve import GroupDocument
from reconciler.desired.yaml import Document, NodePath
from reconciler.errors import Finding
from reconciler.model import link_host
from reconciler.text import visible
from reconciler.zones import meant


def within_file(document: Document) -> list[Finding]:
    """Return repeated use cases, unknown time zones and broken links, in all environments too.

    The document may have another shape than a group's: what can be judged all the same is.
    """
    return (
        [
            *_repeated_use_cases(document),
            *_unknown_zones(document),
            *_broken_links(document),
        ]
        if isinstance(document.data, dict)
        else []
    )


def across_files(sources: Sequence[GroupDocument], env: str | None) -> list[Finding]:
    """Return files that claim one identity, in one environment or, if `env` is None, in any."""
    findings: dict[tuple[str, ...], Finding] = {}
    for name in [env] if env else [None, *mentioned(sources)]:
        for finding in (*_same_key(sources, name), *_same_pin(sources, name)):
            # What is wrong in general need not be repeated for each environment.
            findings.setdefault((finding.rule, finding.file), finding)
    return list(findings.values())


def _repeated_use_cases(document: Document) -> Iterator[Finding]:
    first: dict[str, int] = {}
    listed = document.data.get("use_cases")
    for number, part in enumerate(listed if isinstance(listed, list) else ()):
        name = part.get("use_case") if isinstance(part, dict) else None
        if not isinstance(name, str):
            continue
        place = document.values["use_cases", number, "use_case"]
        if name in first:
            message = f"the use case {name} is there already, in line {first[name]}"
            yield catalogue.REPEATED_USE_CASE.found(message, place=place)
        first.setdefault(name, place[0])


def _unknown_zones(document: Document) -> Iterator[Finding]:
    for path, zone in _texts(document, "timezone"):
        if zone.strip() and zone not in zones.names():
            yield catalogue.UNKNOWN_TIMEZONE.found(
                f"there is no time zone {visible(zone)[:60]}",
                place=document.values[path],
                remedy=meant.remedy(zone),
            )


def _broken_links(document: Document) -> Iterator[Finding]:
    for path, link in _texts(document, "sheet_link"):
        if re.fullmatch(LINK.strip("^$"), link) and link_host(link) is None:
            yield catalogue.WRONG_VALUE.found(
                "sheet_link is a link that no program can open: its host, its port or a bracket is"
                " wrong",
                place=document.values[path],
                remedy="copy the sheet's sharing link",
            )


def _texts(document: Document, name: str) -> Iterator[tuple[NodePath, str]]:
    """Yield the texts of a group-level field, outside of environments and in each of them."""
    environments = document.data.get("environments")
    parts: dict[NodePath, Any] = {(): document.data}
    if isinstance(environments, dict):
        parts |= {("environments", key): part for key, part in environments.items()}
    for place, part in parts.items():
        value = part.get(name) if isinstance(part, dict) else None
        if isinstance(value, str):
            yield (*place, name), value


def _same_key(sources: Sequence[GroupDocument], env: str | None) -> Iterator[Finding]:
    first: dict[str, GroupDocument] = {}
    for source in sources:
        key = f"{source.place.integration}/{source.slug(env)}"
        if key in first:
            message = f"{first[key].place.name} is {visible(key)} too{_within(env)}"
            place = source.document.values[source.field("slug", env) or ()]
            yield catalogue.SAME_KEY.found(message, file=source.place.name, place=place)
        first.setdefault(key, source)


def _same_pin(sources: Sequence[GroupDocument], env: str | None) -> Iterator[Finding]:
    first: dict[str, GroupDocument] = {}
    for source in sources:
        path = source.field("group_id", env)
        if path is None:
            continue
        group_id = source.value(path)
        if group_id in first:
            message = f"{first[group_id].place.name} is pinned to {group_id} too{_within(env)}"
            place = source.document.values[path]
            yield catalogue.SAME_GROUP_ID.found(message, file=source.place.name, place=place)
        first.setdefault(group_id, source)


def _within(env: str | None) -> str:
    return f" in the environment {env}" if env else ""
