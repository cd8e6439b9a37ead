"""Plans, runs and findings as text for a terminal or a log.

Pure: no I/O. Colour is added only if it is asked for and carries nothing that the characters do
not say.
"""

from collections.abc import Iterable, Sequence

from reconciler.apply.report import Report, Result, ResultStatus
from reconciler.errors import Finding
from reconciler.lint import Advice
from reconciler.model import Target
from reconciler.plan.nouns import Change, Guard, Origin, Plan, Unmanaged, Unread
from reconciler.render.review import left_lines
from reconciler.render.rows import Row, rows
from reconciler.render.words import (
    ADVICE,
    DRIFT_LEFT,
    DRIFT_NOTE,
    LEFT_ALONE,
    LISTINGS,
    NO_CHANGES,
    REFUSED,
    besides,
    drifted,
    plain,
    skipped_key,
    skipped_words,
    to_write,
    unmanaged_words,
    unread_title,
)
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
_LABEL_WIDTHS = range(22, 41)
_TEXT_WIDTHS = range(60, 101)


def plan_text(plan: Plan, *, color: bool = False) -> str:
    """Return a whole plan; its last line sums up changes, what is unmanaged, guards, and target."""
    names = plan.names()
    blocks = [
        _change_block(change, names[change.subject], change.action, color=color)
        for change in plan.changes
    ]
    if plan.drifted:
        left = [
            _change_block(change, str(change.key), drifted(change), color=color)
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


def _change_block(change: Change, name: str, what: str, *, color: bool) -> str:
    line = change.declared.position("")[0]
    key = _paint(inert(name), "none", color=color, bold=True)
    place = " (removed)" if change.declared.gone else f":{line}"
    head = f"{key}   {what}   {inert(change.declared.file)}{place}"
    shown = list(rows(change))
    label_width = _width([row.label for row in shown], _LABEL_WIDTHS)
    text_width = _width([row.text for row in shown], _TEXT_WIDTHS)
    lines = [_row(row, label_width, text_width, color=color) for row in shown]
    return "\n".join([head, *lines])


def _width(texts: Iterable[str], allowed: range) -> int:
    """Return the width of a column: that of its longest text, within what is allowed."""
    return min(max(allowed[0], *map(len, texts)), allowed[-1])


def _row(row: Row, label_width: int, text_width: int, *, color: bool) -> str:
    text = f"  {row.symbol} {row.label:<{label_width}} {row.text:<{text_width}}"
    whose = (
        f"  {_paint(f'{row.origin:<8}', _ORIGIN_COLORS[row.origin], color=color)}"
        if row.origin
        else ""
    )
    return f"{_paint(text, _COLORS[row.symbol], color=color)}{whose}  :{row.line}"


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
