"""A group file for a live group that has none.

Pure: no I/O. What no file may hold is left out and told with the rule that is against it; what is
left out is unmanaged and stays as it is live.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from reconciler.desired.content import problems_of
from reconciler.desired.document import SLUG
from reconciler.model import Group, Key
from reconciler.pull.layout import Remarks, laid_out
from reconciler.pull.nouns import Left
from reconciler.pull.taken import settled

MODELINE: Final = "# yaml-language-server: $schema=../../schemas/group.schema.json"
"""Tells an editor where the schema is."""
_SIMPLE: Final = ("assistant_id", "timezone", "start_time")
_LONGEST: Final = 100
"""Characters of a file's name; file systems take some more."""
_RESERVED: Final = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")
"""What Windows takes for a device, whatever its ending."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A new file.

    Attributes:
        text: Its content; empty if no file can hold the group.
        variable: Name of the variable that has to hold the sheet's link; empty if none has to.
        left: What it does not hold.
    """

    text: str
    variable: str = ""
    left: tuple[Left, ...] = ()


def file_slug(live: Group, taken: Collection[str]) -> str:
    """Return the name of a group's file: its slug where that can be one, else one that is free.

    Args:
        live: The group.
        taken: Names of files that there are in its folder, without their endings.
    """
    plain = unicodedata.normalize("NFKD", live.slug or live.name).encode("ascii", "ignore")
    words = "-".join(re.findall("[a-z0-9]+", plain.decode().lower()))[:_LONGEST].strip("-")
    if re.fullmatch(SLUG.strip("^$"), live.slug) and len(live.slug) <= _LONGEST:
        words = live.slug
    if not words or _RESERVED.fullmatch(words):
        words = f"group-{words}" if words else "group"
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words}-{number}"
    return name


class Variables:
    """Names for the variables that links come from: one for each sheet."""

    def __init__(self, taken: Mapping[str, str]) -> None:
        """Remember the names that files have, with what they hold; empty is not known."""
        self._links = dict(taken)

    def name(self, key: Key, env: str | None, link: str) -> str:
        """Return the variable that is proposed for the link of a group's sheet.

        Args:
            key: Integration, and the name of the group's file.
            env: Environment that it is of, or None.
            link: The link; two groups with one sheet have one variable.
        """
        for words in _names(key, env):
            if self._links.setdefault(words, link) == link:
                return words
        raise AssertionError("there is always another number")  # pragma: no cover


def _names(key: Key, env: str | None) -> Iterator[str]:
    number = 1
    yield _variable(key.slug, env)
    yield _variable(key.slug, key.integration, env)
    while True:
        number += 1
        yield _variable(key.slug, key.integration, env, str(number))


def _variable(*parts: str | None) -> str:
    words = re.sub("[^A-Z0-9]+", "_", " ".join([*filter(None, parts), "sheet link"]).upper())
    return words if words[0].isalpha() else f"GROUP_{words}"


def adopt(
    live: Group, slug: str, *, env: str | None, variables: Variables | None, schema: bool
) -> Adopted:
    """Return a file for a live group.

    What belongs to one environment alone, its id and its sheet, stands there: no other one is ever
    given another's patients.

    Args:
        live: The group.
        slug: The file's name without its ending.
        env: Environment that it is live in, or None.
        variables: Names the variable that the sheet's link comes from; None writes the link itself.
        schema: Whether an editor finds the schema beside.
    """
    content: dict[str, Any] = {"name": live.name}
    if live.slug != slug:
        content["slug"] = live.slug
    if wrong := against(content):
        return Adopted("", left=(wrong if "slug" in content else replace(wrong, part=("name",)),))
    left = [*_take_fields(content, live), *_take_cases(content, live)]
    link, wrong = link_of(live, slug, env, variables)
    if wrong:
        left.append(wrong)
    own: dict[str, Any] = {"sheet_link": link} if link else {}
    if env:
        content["environments"] = {env: {"group_id": live.group_id, **own}}
    else:
        content |= own
    if wrong := against(content):
        # Such as a use case that is live twice.
        return Adopted("", left=(wrong,))
    text = laid_out(content, {(): Remarks(above=(MODELINE,))} if schema else {})
    return Adopted(text, link["from_env"] if isinstance(link, Mapping) else "", tuple(left))


def _take_fields(content: dict[str, Any], live: Group) -> list[Left]:
    """Add to a file what it can hold of the plain fields; return what it cannot."""
    left, top = [], dict(content)
    for name in _SIMPLE:
        value = getattr(live, name)
        if value is None:
            continue
        if wrong := against({**top, name: value}):
            left.append(replace(wrong, part=(name,)))
        else:
            content[name] = value
    return left


def _take_cases(content: dict[str, Any], live: Group) -> list[Left]:
    """Add to a file the use cases that it can hold; return the others."""
    left, top = [], dict(content)
    content["use_cases"] = []
    for case in settled(live.use_cases):
        listed = case.model_dump(mode="json")
        if wrong := against({**top, "use_cases": [listed]}):
            left.append(replace(wrong, part=("use_cases", case.use_case)))
        else:
            content["use_cases"].append(listed)
    return left


def link_of(
    live: Group, slug: str, env: str | None, variables: Variables | None
) -> tuple[Mapping[str, str] | str | None, Left | None]:
    """Return how a file says the link of a live group's sheet, or what is against it."""
    if live.sheet_link is None:
        return None, None
    link = live.sheet_link.get_secret_value()
    if wrong := against({"name": "X", "sheet_link": link}):
        return None, replace(wrong, part=("sheet_link",))
    if variables is None:
        return link, None
    return {"from_env": variables.name(Key(live.integration, slug), env, link)}, None


def against(content: Mapping[str, Any]) -> Left | None:
    """Return what is against a file with some content, or None."""
    problems = problems_of(laid_out(content).encode("utf-8", "surrogatepass"))
    if not problems:
        return None
    return Left((), "rule", problems[0].message, problems[0].rule)
