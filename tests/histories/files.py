"""A clinic's group files: few and small, and a branch can change each kind of part of them."""

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from reconciler.desired import load_base
from reconciler.model import Declared

VISITS: Final = "microsoft/visits"
RECALL: Final = "microsoft/recall"
IMAGING: Final = "google/imaging"


class Said(NamedTuple):
    """What a file says, as far as branches change it.

    Attributes:
        start: The hour at which texts begin.
        enabled: Whether the first use case contacts anybody.
        day: Of its one text.
        second: Whether there is another use case.
    """

    start: int = 9
    enabled: bool = True
    day: int = 3
    second: bool = False


Files = Mapping[str, Said]
"""What all files say, by key."""
FIRST: Final[Files] = {VISITS: Said(), RECALL: Said(start=10, second=True)}


def path(key: str) -> str:
    """Return where a group's file is."""
    return f"groups/{key}.yaml"


def text(key: str, said: Said) -> str:
    """Return a group's file; one environment differs, and what it does not declare is unmanaged."""
    name = key.partition("/")[2]
    cases = [(f"{name}_REMINDER".upper(), said.enabled, said.day)]
    if said.second:
        cases.append((f"{name}_SURVEY".upper(), True, 0))
    listed = "".join(
        f"  - use_case: {case}\n    enabled: {str(enabled).lower()}\n    actions:\n"
        f"      - {{action_type: SMS, context: {name}, day: {day}, template_name: {case} text}}\n"
        for case, enabled, day in cases
    )
    return (
        f"name: {name.title()}\ntimezone: America/Chicago\nstart_time: {said.start:02}:00:00\n"
        f"use_cases:\n{listed}"
        "environments:\n  qa: {timezone: America/Chicago}\n  prod: {timezone: America/Denver}\n"
    )


def merged(base: Files, ours: Files, theirs: Files) -> Files | None:
    """Return both sides' changes since a base, part by part, or None if they conflict."""
    result = {}
    for key in sorted({*base, *ours, *theirs}):
        was, one, other = (side.get(key) for side in (base, ours, theirs))
        if one in (was, other):
            said = other
        elif other == was:
            said = one
        elif was and one and other and (parts := _merged(was, one, other)):
            said = parts
        else:
            return None
        if said:
            result[key] = said
    return result


def _merged(was: Said, one: Said, other: Said) -> Said | None:
    both = zip(was, one, other, strict=True)
    parts = [theirs if ours in (old, theirs) else ours for old, ours, theirs in both]
    clash = any(
        ours != theirs and old not in (ours, theirs)
        for old, ours, theirs in zip(was, one, other, strict=True)
    )
    return None if clash else Said._make(parts)


def declared(files: Files, env: str) -> tuple[Declared, ...]:
    """Return the groups as the program reads them in an environment, sorted by key."""
    return _declared(tuple(sorted(files.items())), env)


@cache
def _declared(files: tuple[tuple[str, Said], ...], env: str) -> tuple[Declared, ...]:
    return tuple(_parsed(key, said, env) for key, said in files)


@cache
def _parsed(key: str, said: Said, env: str) -> Declared:
    (entry,), wrong = load_base({path(key): text(key, said).encode()}, env=env, variables={})
    assert not wrong
    return entry
