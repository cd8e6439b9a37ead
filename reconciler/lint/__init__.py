"""What group files do to people, as far as rules can tell. Pure: no I/O.

A rule warns; it never says that something is allowed. A comment `# reconciler: allow RULE --
reason`, on the line of a finding or above it, silences that rule there. The reason is required, and
an allowance that silences nothing is told.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from reconciler.errors import Finding
from reconciler.lint.hours import RULES as _HOURS
from reconciler.lint.people import RULES as _PEOPLE
from reconciler.lint.rule import Advice, Context, Lint, Rule, Status
from reconciler.model import Comment, Declared, Key
from reconciler.settings import Level, LintSettings
from reconciler.text import did_you_mean, visible

__all__ = [
    "ALLOWANCE",
    "RULES",
    "Advice",
    "Lint",
    "Rule",
    "Status",
    "advice",
    "allowances",
    "level",
    "lint",
]

RULES: Final[dict[str, Rule]] = {rule.id: rule for rule in (*_HOURS, *_PEOPLE)}

ALLOWANCE: Final = "allowance"
"""Id of what is wrong with an allowance itself."""

_STATUSES: Final[tuple[Status, ...]] = ("new", "still", "resolved")
_ALLOW: Final = re.compile(r"allow\s+([a-z-]+)(?:\s+--\s*(.*))?")


def lint(groups: Sequence[Declared], settings: LintSettings, today: date) -> list[Lint]:
    """Return what the rules find and no comment allows, sorted by place.

    Args:
        groups: All groups of one environment.
        settings: Levels and what some rules need.
        today: First day of the year that is looked ahead.
    """
    context = Context(sorted(groups, key=lambda entry: str(entry.group.key)), settings, today)
    found = [
        item
        for entry in context.groups
        for item in _of_group(entry, context)
        if not _allowed(entry, item)
    ]
    return sorted(found, key=lambda item: (item.file, item.place, item.rule))


def allowances(
    environments: Iterable[Sequence[Declared]], settings: LintSettings, today: date
) -> list[Finding]:
    """Return what is wrong with files' comments: unknown rules, no reason, nothing to silence.

    Args:
        environments: All groups, once for each environment; an allowance may be for one of them.
        settings: As for `lint`.
        today: As for `lint`.
    """
    used: set[tuple[str, int, str]] = set()
    comments: dict[tuple[str, int], Comment] = {}
    for groups in environments:
        context = Context(groups, settings, today)
        for entry in groups:
            used |= {
                (item.file, item.place[0], item.rule)
                for item in _of_group(entry, context, all_levels=True)
            }
            comments |= {(entry.file, comment.place[0]): comment for comment in entry.comments}
    found = [_problem(file, comment, used) for (file, _), comment in comments.items()]
    return sorted((item for item in found if item), key=Finding.order)


def advice(
    now: Sequence[Lint], before: Sequence[Lint] | None, keys: Collection[Key]
) -> tuple[Advice, ...]:
    """Return what of the findings a plan should say, those that are new first, then by place.

    Args:
        now: Of the desired groups.
        before: Of the base, or None without one.
        keys: Groups that change; of the others only what is new or resolved matters.
    """
    known, left = {item.identity for item in before or ()}, {item.identity for item in now}
    told = [
        Advice(item, "still" if before is None or item.identity in known else "new") for item in now
    ]
    told += [Advice(item, "resolved") for item in before or () if item.identity not in left]
    shown = (one for one in told if one.status != "still" or one.lint.key in keys)
    return tuple(
        sorted(shown, key=lambda one: (_STATUSES.index(one.status), one.lint.file, one.lint.place))
    )


def level(rule: Rule, settings: LintSettings) -> Level:
    """Return a rule's level under some settings."""
    return settings.levels.get(rule.id, rule.level)


def _of_group(entry: Declared, context: Context, *, all_levels: bool = False) -> Iterator[Lint]:
    for rule in RULES.values():
        at = level(rule, context.settings)
        if at == "off":
            if not all_levels:
                continue
            at = "info"
        for hit in rule.find(entry, context):
            place = entry.position(hit.path)
            yield Lint(
                rule.id,
                rule.title,
                at,
                entry.group.key,
                hit.path,
                entry.file,
                place,
                hit.message,
                rule.remedy,
            )


def _allowed(entry: Declared, item: Lint) -> bool:
    return any(
        comment.about == item.place[0] and match[1] == item.rule and match[2]
        for comment in entry.comments
        if (match := _ALLOW.fullmatch(comment.text))
    )


def _problem(file: str, comment: Comment, used: set[tuple[str, int, str]]) -> Finding | None:
    match = _ALLOW.fullmatch(comment.text)
    form = "write `# reconciler: allow RULE -- reason`"
    if not match:
        message, remedy = f"this comment is not understood: {visible(comment.text)[:60]}", form
    elif match[1] not in RULES:
        message = f"there is no rule {match[1]}"
        remedy = did_you_mean(match[1], RULES) or "`reconciler rules` lists them"
    elif not match[2]:
        message, remedy = f"the allowance of {match[1]} gives no reason, and allows nothing", form
    elif (file, comment.about, match[1]) not in used:
        message = (
            f"the allowance of {match[1]} silences nothing: the rule finds nothing in line"
            f" {comment.about}"
        )
        return Finding(ALLOWANCE, "warning", file, *comment.place, message, "remove the comment")
    else:
        return None
    return Finding(ALLOWANCE, "error", file, *comment.place, message, remedy)
