"""Plans, runs and findings as text for a terminal or a log.

Pure: no I/O. Colour is added only if it is asked for and carries nothing that the characters do
not say.
"""

import re
from collections.abc import Iterable, Sequence

from reconciler.apply.report import Report, Result, ResultStatus
from reconciler.errors import Finding
from reconciler.lint import Advice
from reconciler.model import Target
from reconciler.plan.nouns import Change, Guard, Origin, Plan, Unmanaged, Unread
from reconciler.plan.story import Story, stories
from reconciler.render.review import left_lines
from reconciler.render.rows import Row, rows
from reconciler.render.story import story_name, story_words
from reconciler.render.words import (
    ADVICE,
    DRIFT_LEFT,
    DRIFT_NOTE,
    LEFT_ALONE,
    LISTINGS,
    NO_CHANGES,
    NOTICED,
    REFUSED,
    Loud,
    Name,
    besides,
    drifted,
    plain,
    skipped_key,
    skipped_words,
    to_write,
    unmanaged_words,
    unread_title,
)
from reconciler.settings import DayMeans
from reconciler.text import count, inert, sentence_case, visible

_SGR = {
    "none": "",
    "red": "\x1b[31m",
    "green": "\x1b[32m",
    "yellow": "\x1b[33m",
    "magenta": "\x1b[35m",
    "reset": "\x1b[39m",
}
_COLORS = {"+": "green", "-": "red", "~": "yellow"}
_ORIGIN_COLORS: dict[Origin, str] = {
    "git": "reset",
    "pending": "yellow",
    "drift": "magenta",
    "conflict": "red",
}
_STATUS_COLORS: dict[ResultStatus, str] = {
    "applied": "green",
    "failed": "red",
    "unknown": "red",
    "not attempted": "yellow",
}
_ADVICE = "What this does to people (`reconciler rules ID` explains):"
_LONGEST_LABEL = 40
_LONGEST_TEXT = 100
_NARROWEST_TEXT = 20
"""Columns: what is longer sticks out, or is wrapped where the terminal's width is known."""
_LAST_COLUMNS = len("  conflict  :1000")
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def plan_text(
    plan: Plan,
    *,
    days: DayMeans = "before",
    color: bool = False,
    summary: bool = False,
    width: int | None = None,
) -> str:
    """Return a whole plan: what patients notice, then each row; a `summary` has no rows.

    Its last line sums up changes, what is unmanaged, guards, and target. Sentences and rows are
    wrapped to a width, if one is given.
    """
    told = [_wrapped(_story(story, days, color=color), width, 4) for story in stories(plan)]
    blocks = ["\n".join([f"{NOTICED}:", *told])] if told else []
    if not summary:
        blocks += _all_rows(plan, color=color, width=width)
    blocks += [_unread(one, color=color) for one in plan.unread]
    if plan.advice:
        blocks.append("\n".join([_ADVICE, *(_advice(one, color=color) for one in plan.advice)]))
    if plan.guards:
        title = _paint(f"{REFUSED}:", "red", color=color)
        blocks.append("\n".join([title, *map(_guard, plan.guards)]))
    blocks.append(_summary(plan, color=color))
    return "\n\n".join(blocks) + "\n"


def report_text(report: Report, *, color: bool = False) -> str:
    """Return what an apply did, group by group; its last line has the counts and the target."""
    lines = "".join(f"{result_line(result, color=color)}\n" for result in report.results)
    return lines + report_summary(report, color=color)


def report_summary(report: Report, *, color: bool = False) -> str:
    """Return why a run ended early, if it did, and how many groups ended in which way."""
    stopped = (
        _paint(f"Stopped: {visible(report.stopped)}", "red", color=color) + "\n"
        if report.stopped
        else ""
    )
    counts = ", ".join(f"{report.count(status)} {status}" for status in _STATUS_COLORS)
    others = "".join(f"  {visible(other)}\n" for other in report.others)
    if report.unread:
        stopped += "".join(f"{_unread(one, color=color)}\n" for one in report.unread)
    if others:
        others = _paint("Changed by somebody else meanwhile:\n", "yellow", color=color) + others
    if report.review:
        left, missing = len(report.review.left), len(report.review.missing)
        counts += f", {left} left alone" if left else ""
        counts += f", {missing} missing" if missing else ""
        stopped += "".join(f"{line}\n" for line in left_lines(report.review))
    return f"{stopped}{others}Apply: {counts}.  {_target(report.target)}\n"


def guard_lines(guards: Sequence[Guard]) -> list[str]:
    """Return what stands against the reviewed part of a plan, where all of it has other guards."""
    if not guards:
        return ["No guard stands against what was reviewed: those above count all that differs."]
    lines = [line for guard in guards for line in _guard(guard).splitlines()]
    return ["Against what was reviewed stand:", *lines]


def result_line(result: Result, *, color: bool = False) -> str:
    """Return one group's outcome on a line."""
    status = _paint(f"{result.status:<13}", _STATUS_COLORS[result.status], color=color)
    return f"  {status} {inert(result.name or str(result.key))}" + (
        f"  {visible(result.message)}" if result.message else ""
    )


def findings_text(findings: Iterable[Finding], *, color: bool = False) -> str:
    """Return findings as `file:line:column: severity: message [rule]`, each remedy a line below."""
    return "".join(_finding(finding, color=color) for finding in findings)


def checked_text(
    findings: Sequence[Finding], files: int, env: str | None = None, *, color: bool = False
) -> str:
    """Return findings, and how many files were checked, for which environment if not for all."""
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = sum(finding.severity == "warning" for finding in findings)
    where = f" for the environment {visible(env)}" if env else ""
    return (
        f"{findings_text(findings, color=color)}{count(files, 'file')} checked{where}:"
        f" {count(errors, 'error')}, {count(warnings, 'warning')}.\n"
    )


def _paint(text: str, color_name: str, *, color: bool, bold: bool = False) -> str:
    """Return text in a colour (ECMA-48, SGR), or as it is."""
    weight = "\x1b[1m" if bold else ""
    return f"{_SGR[color_name]}{weight}{text}\x1b[0m" if color else text


def _all_rows(plan: Plan, *, color: bool, width: int | None) -> list[str]:
    """Return what changes, row by row, and lists of what is left."""
    names = plan.names()
    blocks = [
        _change_block(change, names[change.subject], change.action, color=color, width=width)
        for change in plan.changes
    ]
    if plan.drifted:
        left = [
            _change_block(change, str(change.key), drifted(change), color=color, width=width)
            for change in plan.drifted
        ]
        blocks.append("\n".join([f"{sentence_case(DRIFT_LEFT)} ({DRIFT_NOTE}):", *left]))
    listed = [(listing, listing.of(plan)) for listing in LISTINGS]
    blocks += [
        "\n".join([f"{sentence_case(str(listing))}:", *map(_unmanaged, items)])
        for listing, items in listed
        if items
    ]
    if plan.skipped:
        lines = [
            f"  {inert(skipped_key(row))}   {inert(plain(skipped_words(row)))}"
            for row in plan.skipped
        ]
        blocks.append("\n".join([f"{sentence_case(LEFT_ALONE)}:", *lines]))
    return blocks


def _change_block(change: Change, name: str, what: str, *, color: bool, width: int | None) -> str:
    line = change.declared.position("")[0]
    key = _paint(inert(name), "none", color=color, bold=True)
    place = " (removed)" if change.declared.gone else f":{line}"
    head = f"{key}   {what}   {inert(change.declared.file)}{place}"
    shown = list(rows(change))
    labels = min(max(len(row.label) for row in shown), _LONGEST_LABEL)
    texts = min(max(len(row.text) for row in shown), _LONGEST_TEXT)
    if width:
        texts = min(texts, max(width - labels - 5 - _LAST_COLUMNS, _NARROWEST_TEXT))
    lines = [_row(row, labels, texts, color=color, wrap=bool(width)) for row in shown]
    return "\n".join([head, *lines])


def _story(story: Story, days: DayMeans, *, color: bool) -> str:
    """Return what a change comes to, on a line; what rules say comes below, with its place."""
    sentences = [story_name(story), *story_words(story, days, rules=False)]
    head, *told = [
        "".join(_piece(piece, color=color) for piece in sentence) for sentence in sentences
    ]
    return f"  {_paint(head, 'none', color=color, bold=True)}: {'. '.join(told)}."


def _piece(piece: str | Name | Loud, *, color: bool) -> str:
    if isinstance(piece, Loud):
        return _paint(inert(plain(piece.pieces)), "yellow", color=color)
    return inert(piece.text) if isinstance(piece, Name) else piece


def _wrapped(text: str, width: int | None, indent: int) -> str:
    """Return a line broken at spaces, the other lines indented, or as it is without a width."""
    if not width:
        return text
    lines, used = [""], 0
    for word in text.split(" "):
        size = len(_ESCAPES.sub("", word)) + 1
        if used + size > width + 1 and lines[-1].strip():
            lines.append(" " * indent)
            used = indent
        elif used:
            lines[-1] += " "
        lines[-1] += word
        used += size
    return "\n".join(lines)


def _row(row: Row, label_width: int, text_width: int, *, color: bool, wrap: bool) -> str:
    first, *more = _wrapped(row.text, text_width, 0).split("\n") if wrap else [row.text]
    text = f"  {row.symbol} {row.label:<{label_width}} {first:<{text_width}}"
    whose = (
        f"  {_paint(f'{row.origin:<8}', _ORIGIN_COLORS[row.origin], color=color)}"
        if row.origin
        else ""
    )
    lines = [f"{_paint(text, _COLORS[row.symbol], color=color)}{whose}  :{row.line}"]
    lines += [
        _paint(" " * (label_width + 5) + line, _COLORS[row.symbol], color=color) for line in more
    ]
    return "\n".join(lines)


def _unmanaged(item: Unmanaged) -> str:
    return f"  {inert(str(item.key))}   {inert(plain(unmanaged_words(item)))}"


def _unread(one: Unread, *, color: bool) -> str:
    """Return why an integration's groups are kept back, what to do, and which they are."""
    title = _paint(f"{unread_title(one)}.", "red", color=color)
    lines = [one.problem, f"    {one.remedy}", *map(str, one.groups)]
    return "\n".join([title, *(f"  {visible(line)}" for line in lines)])


def _advice(one: Advice, *, color: bool) -> str:
    found = one.finding
    colour = "green" if one.standing == "resolved" else "red"
    standing = _paint(ADVICE[one.standing], colour, color=color)
    return f"  {standing}{inert(found.file)}:{found.line}: {inert(found.message)} [{found.rule}]"


def _guard(guard: Guard) -> str:
    place = f"{inert(guard.file)}:{guard.line}: " if guard.file else ""
    return f"  {place}{inert(guard.message)} [{guard.name}]\n      {inert(guard.remedy)}"


def _summary(plan: Plan, *, color: bool) -> str:
    totals = besides(plan)
    if plan.empty and not plan.guards and not plan.unread:
        head = _paint(f"{NO_CHANGES}.", "green", color=color, bold=True)
    else:
        head, totals = "Plan:", [*to_write(plan), *totals]
    words = ", ".join(total.words for total in totals)
    return f"{head} {words}.  {_target(plan.target)}  digest {plan.digest}"


def _target(target: Target) -> str:
    """Return where it is all about: the end of a summary may be all that somebody looks at."""
    return f"target {visible(str(target))}"


def _finding(finding: Finding, *, color: bool) -> str:
    severity = _paint(
        finding.severity, "red" if finding.severity == "error" else "yellow", color=color, bold=True
    )
    place = f"{inert(finding.file)}:{finding.line}:{finding.column}"
    return (
        f"{place}: {severity}: {inert(finding.message)} [{finding.rule}]\n   "
        f" {inert(finding.remedy)}\n"
    )
