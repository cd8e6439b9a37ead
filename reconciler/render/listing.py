"""Groups as a list and one of them alone, for people and for programs.

Pure: no I/O.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.model import Group, Target
from reconciler.plan.listing import Listed
from reconciler.plan.nouns import Plan
from reconciler.pull.nouns import Left
from reconciler.render.file_models import (
    GroupDocument,
    ListDocument,
    ListedDocument,
    ShowDocument,
)
from reconciler.render.json import (
    dumped,
    shown_value,
    skipped_document,
    target_document,
    unread_document,
)
from reconciler.render.models import FORMAT_VERSION
from reconciler.render.pull import left_document, left_lines
from reconciler.render.words import plain, skipped_key, skipped_words
from reconciler.text import count, inert, visible

_STATES = {"equal": "", "unmanaged": "no file"}
_WIDEST = 40


@dataclass(frozen=True, slots=True)
class Listing:
    """Groups, and the plan from which they are known."""

    groups: Sequence[Listed]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Shown:
    """A live group.

    Attributes:
        target: Whose it is.
        listed: The group.
        text: The file that `pull` would write for it; empty where no file can hold it.
        left: What of it a file cannot hold.
    """

    target: Target
    listed: Listed
    text: str
    left: Sequence[Left] = ()


def listing_text(them: Listing) -> str:
    """Return groups as a table, and how many there are of each kind."""
    rows = [
        (
            inert(str(one.key)),
            one.group.group_id or "" if one.live else "",
            inert(one.group.name),
            _hours(one.group),
            _STATES.get(one.state, one.state),
        )
        for one in them.groups
    ]
    widths = [min(max(map(len, column)), _WIDEST) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines += [
        inert(f"{skipped_key(row)}  {plain(skipped_words(row))}") for row in them.plan.skipped
    ]
    lines += [
        f"{one.integration} could not be read: {visible(one.problem)}" for one in them.plan.unread
    ]
    return "".join(f"{line}\n" for line in [*lines, _summary(them.groups)])


def listing_json(them: Listing) -> str:
    """Return groups as the JSON of a ListDocument."""
    document = ListDocument(
        format_version=FORMAT_VERSION,
        target=target_document(them.plan.target),
        groups=[_listed_document(one) for one in them.groups],
        skipped=[skipped_document(row) for row in them.plan.skipped],
        unread=[unread_document(one) for one in them.plan.unread],
    )
    return dumped(document)


def shown_text(it: Shown) -> str:
    """Return a group as YAML, links hidden, and what that does not hold as comments."""
    said = [f"# {line}" for line in left_lines(it.left)]
    return "".join(f"{line}\n" for line in [*map(inert, it.text.splitlines()), *said])


def shown_json(it: Shown) -> str:
    """Return a group as the JSON of a ShowDocument."""
    group, listed = it.listed.group, _listed_document(it.listed)
    content = shown_value(group.model_dump(exclude={"integration"}))
    document = ShowDocument(
        format_version=FORMAT_VERSION,
        target=target_document(it.target),
        key=listed.key,
        file=listed.file,
        state=listed.state,
        group=GroupDocument(**content, unknown=[shown_value(one.name) for one in group.unknown]),
        left=[left_document(one) for one in it.left],
    )
    return dumped(document)


def _hours(group: Group) -> str:
    told = " ".join(filter(None, (group.start_time, group.timezone)))
    return inert(told) or "-"


def _listed_document(one: Listed) -> ListedDocument:
    group = one.group
    return ListedDocument(
        key=shown_value(str(one.key)),
        group_id=group.group_id if one.live else None,
        name=shown_value(group.name),
        timezone=shown_value(group.timezone),
        start_time=shown_value(group.start_time),
        enabled=sum(part.contacts_somebody for part in group.use_cases),
        use_cases=len(group.use_cases),
        file=one.file,
        state=one.state,
    )


def _summary(groups: Sequence[Listed]) -> str:
    live = sum(one.live for one in groups)
    numbers = {
        "without a file": sum(one.state == "unmanaged" for one in groups),
        "with drift": sum(one.state == "drift" for one in groups),
        "that differ otherwise": sum(one.state == "differs" for one in groups),
    }
    told = [f"{number} {words}" for words, number in numbers.items() if number]
    rest = len(groups) - live
    more = [f"{count(rest, 'file')} without a live group"] if rest else []
    return ", ".join([count(live, "live group"), *told, *more]) + "."
