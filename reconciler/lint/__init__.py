"""What group files do to people, as far as rules can tell. Pure: no I/O.

A rule warns; it never says that something is allowed. A comment `# reconciler: allow RULE --
reason`, on the line of a finding or above it, silences that rule there. The reason is required, and
an allowance that silences nothing is told.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from reconciler.errors import Finding, Level, Rule, Severity
from reconciler.lint import (  # noqa: F401 - this registers their rules, in this order
    hours,
    house,
    people,
    spelling,
)
from reconciler.lint.rule import FIND, RULES, Advice, Context, Standing
from reconciler.model import Declared, FileComment, Group, Key
from reconciler.settings import LintSettings
from reconciler.text import did_you_mean, visible

__all__ = [
    "ALLOWANCE",
    "RULES",
    "Advice",
    "Standing",
    "advice",
    "allowances",
    "level",
    "lint",
    "with_live",
]

_OF_LIVE: Final = ("lone-name",)
"""Rules that look at live groups too."""

ALLOWANCE: Final = Rule(
    id="allowance",
    kind="file",
    level="error",
    title="A comment that should allow something does not",
    why="It is not understood, names no rule about people, or gives no reason, so that it allows"
    " nothing although it seems to. One that silences nothing is a warning: it would hide the next"
    " finding there.",
    remedy="write `# reconciler: allow RULE -- reason`",
    example="name: Example\nstart_time: 05:30:00   # reconciler: allow quiet-hours\n",
    source="this project: an exception has a reason, and somebody reviewed it",
)
"""What is wrong with an allowance itself: a rule of files, which only this package can check."""

_STANDINGS: Final[tuple[Standing, ...]] = ("new", "still", "resolved")
_ALLOW: Final = re.compile(r"allow\s+([a-z-]+)(?:\s+--\s*(.*))?")


def lint(groups: Sequence[Declared], settings: LintSettings, today: date) -> list[Finding]:
    """Return what the rules find and no comment allows, sorted by place.

    Args:
        groups: All groups of one environment.
        settings: Levels and what some rules need.
        today: First day of the year that is looked ahead.
    """
    return _found(Context.of(groups, settings, today))


def with_live(
    found: Iterable[Finding],
    groups: Sequence[Declared],
    settings: LintSettings,
    today: date,
    live: Iterable[Group],
) -> list[Finding]:
    """Return what `lint` found in some groups, as it is when live groups in no file count too.

    What is known of a name only then is a warning at most: that nobody is refused by it was said
    before live state was read.
    """
    kept = [item for item in found if item.rule not in _OF_LIVE]
    levels: dict[str, Level] = dict.fromkeys(RULES, "off")
    for name in _OF_LIVE:
        at = level(RULES[name], settings)
        levels[name] = "warning" if at == "error" else at
    of_live = settings.model_copy(update={"levels": levels})
    return _in_order([*kept, *_found(Context.of(groups, of_live, today, live))])


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
    comments: dict[tuple[str, int], FileComment] = {}
    for groups in environments:
        context = Context.of(groups, settings, today)
        for entry in groups:
            used |= {
                (item.file, item.place[0], item.rule)
                for item in _of_group(entry, context, all_levels=True)
            }
            comments |= {(entry.file, comment.place[0]): comment for comment in entry.comments}
    found = [_wrong(file, comment, used) for (file, _), comment in comments.items()]
    return sorted((item for item in found if item), key=Finding.order)


def advice(
    now: Sequence[Finding], before: Sequence[Finding] | None, keys: Collection[Key]
) -> tuple[Advice, ...]:
    """Return what of the findings a plan should say, those that are new first, then by place.

    Args:
        now: Of the desired groups.
        before: Of the base, or None without one.
        keys: Groups that change; of the others only what is new or resolved matters.
    """
    known, left = {item.identity for item in before or ()}, {item.identity for item in now}
    advised = [
        Advice(item, "still" if before is None or item.identity in known else "new") for item in now
    ]
    advised += [Advice(item, "resolved") for item in before or () if item.identity not in left]
    shown = (one for one in advised if one.standing != "still" or one.finding.key in keys)

    def order(one: Advice) -> tuple[int, str, tuple[int, int]]:
        return _STANDINGS.index(one.standing), one.finding.file, one.finding.place

    return tuple(sorted(shown, key=order))


def level(rule: Rule, settings: LintSettings) -> Level:
    """Return a rule's level under some settings."""
    return settings.levels.get(rule.id, rule.level)


def _found(context: Context) -> list[Finding]:
    return _in_order(
        item
        for entry in context.groups
        for item in _of_group(entry, context)
        if not _allowed(entry, item)
    )


def _in_order(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda item: (item.file, item.place, item.rule))


def _of_group(entry: Declared, context: Context, *, all_levels: bool = False) -> Iterator[Finding]:
    for rule in RULES.values():
        at = level(rule, context.settings)
        if at == "off":
            if not all_levels:
                continue
            at = "info"
        for hit in FIND[rule.id](entry, context):
            found = rule.found(
                hit.message,
                file=entry.file,
                place=entry.position(hit.path),
                remedy=hit.remedy,
                severity=at,
            )
            yield replace(found, key=entry.group.key, path=hit.path)


def _allowed(entry: Declared, item: Finding) -> bool:
    return any(
        item.place[0] in comment.about and match[1] == item.rule and match[2]
        for comment in entry.comments
        if (match := _ALLOW.fullmatch(comment.text))
    )


def _wrong(file: str, comment: FileComment, used: set[tuple[str, int, str]]) -> Finding | None:
    def found(message: str, remedy: str = "", severity: Severity | None = None) -> Finding:
        return ALLOWANCE.found(
            message, file=file, place=comment.place, remedy=remedy, severity=severity
        )

    match = _ALLOW.fullmatch(comment.text)
    if not match:
        return found(f"this comment is not understood: {visible(comment.text)[:60]}")
    if match[1] not in RULES:
        near = did_you_mean(match[1], RULES)
        return found(
            f"there is no rule {match[1]} about people", near or "`reconciler rules` lists them"
        )
    if not match[2]:
        return found(f"the allowance of {match[1]} gives no reason, and allows nothing")
    if not any((file, line, match[1]) in used for line in comment.about):
        message = (
            f"the allowance of {match[1]} silences nothing: the rule finds nothing in line"
            f" {comment.about[0]}"
        )
        return found(message, "remove the comment", "warning")
    return None
