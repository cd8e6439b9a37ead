"""A plan as Markdown for a pull request: what to look at twice first, then a fold for each group.

Pure: no I/O. Text that files or the API chose stands in <code>, with everything but letters and
digits as entities, or in a fenced block whose fence is longer than any run of backticks in it: no
mention, link or tag survives either.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from reconciler.plan.effects import effects
from reconciler.plan.nouns import Change, Plan
from reconciler.plan.risks import RISKS, Risk, risks
from reconciler.plan.timeline import compared
from reconciler.render.carried import characters
from reconciler.render.presentation import Presentation
from reconciler.render.rows import Row, other_origins, rows
from reconciler.render.timeline import timeline_mermaid
from reconciler.render.words import (
    DRIFT_LEFT,
    DRIFT_NOTE,
    LEFT_ALONE,
    LISTINGS,
    NOT_NOTICED,
    NOTICED,
    REFUSED,
    RISK_TITLES,
    TWICE,
    Name,
    Sentence,
    advice_by_title,
    besides,
    columns,
    drifted,
    headline,
    notices,
    risk_names,
    skipped_key,
    skipped_words,
    unmanaged_words,
    unread_title,
    where_words,
)
from reconciler.text import count, masked, visible

BUDGET: Final = 60_000
"""Bytes, at most. What posts a comment adds to it what it says of itself."""
_COMMENT: Final = 64_500
"""What is left of a comment, of which GitHub takes 65,536 characters, but for the changes."""

_RISK_BUDGET: Final = 40_000
"""Bytes that the risks may take, or two thirds of the plan's; if a line for each does not fit,
those of a kind share one."""
_GUARD_BUDGET: Final = 10_000
"""Bytes that the guards may take, or a sixth; more are counted."""
_DRIFT_BUDGET: Final = 8_000
"""Bytes that drift may take which is left; more groups are counted."""
_LISTED: Final = 50
"""Unmanaged groups that are listed; more are counted."""
_ODD: Final = 10
"""Rows that are left alone, likewise; what is odd of each takes some words."""
_HARMLESS: Final = frozenset(" /-,=()→")
"""Besides letters and digits what means nothing to Markdown within a line."""


def plan_markdown(
    plan: Plan, shown: Presentation | None = None, *, budget: int | None = None
) -> str:
    """Return a plan in at most `budget` bytes; by default in what a comment takes.

    It has all risks, then as many whole groups as fit, risky ones first.
    """
    shown = shown or Presentation()
    if budget is None:
        keys = (str(change.key) for change in plan.changes)
        budget = min(BUDGET, _COMMENT - characters(keys))
    found = risks(plan)
    risky = {risk.key for risk in found} | {
        one.finding.key for one in plan.advice if one.standing == "new"
    }
    head = "\n".join(
        [
            *_summary(plan),
            *_unread(plan),
            *_guards(plan, budget),
            *_risks(plan, found, shown, budget),
        ]
    )
    foot = "\n".join([*_drifted(plan, shown), *_unmanaged(plan), _provenance(plan, shown)])
    left = budget - len(f"{head}\n\n{foot}\n".encode()) - 300
    blocks: list[str] = []
    names = plan.names()
    for change in sorted(plan.changes, key=lambda change: change.key not in risky):
        block = _group(change, names[change.subject], shown, three_way=plan.three_way)
        left -= len(block.encode()) + 1
        if left < 0:
            break
        blocks.append(block)
    missing = len(plan.changes) - len(blocks)
    cut = (
        f"Not shown for lack of room: {missing} of {len(plan.changes)} groups; they are in"
        f" {shown.full}.\n"
    )
    return "\n".join([head, *blocks, *([cut] if missing else []), foot]) + "\n"


def code(text: str) -> str:
    """Return text that shows as it is and does nothing, fit for a table cell and a line of HTML."""
    return f"<code>{''.join(_inert(char) for char in visible(text))}</code>"


def _chosen(text: str) -> str:
    """Return text that files or the API chose as `code`, without links."""
    return code(masked(text))


def fenced(text: str, language: str) -> str:
    """Return a block of code that its content cannot end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{text}\n{fence}"


def _inert(char: str) -> str:
    if char == "@":
        # GitHub makes a link of an address even where it stands in <code> and as an entity; not
        # across a tag.
        return "&#64;<wbr>"
    return char if char.isalnum() or char in _HARMLESS else f"&#{ord(char)};"


def _said(sentence: Sentence) -> str:
    return "".join(_chosen(piece.text) if isinstance(piece, Name) else piece for piece in sentence)


def _summary(plan: Plan) -> Iterator[str]:
    changes = headline(plan) if plan.empty else f"**{headline(plan)}**"
    totals = [f"**{total.words}**" if total.loud else total.words for total in besides(plan)]
    yield f"{changes} in {code(str(plan.target))}: {', '.join(totals)}."
    yield ""


def _unread(plan: Plan) -> Iterator[str]:
    for one in plan.unread:
        yield f"### {unread_title(one)}"
        yield f"{code(one.problem)}<br>{code(one.remedy)}"
        keys = [code(str(key)) for key in one.groups[:_LISTED]]
        more = len(one.groups) - len(keys)
        if keys:
            yield f"\n{', '.join(keys)}{f' and {more} more' if more else ''}"
        yield ""


def _guards(plan: Plan, budget: int) -> Iterator[str]:
    if not plan.guards:
        return
    yield f"### {REFUSED}"
    left = min(_GUARD_BUDGET, budget // 6)
    for number, guard in enumerate(plan.guards):
        place = f"{_chosen(f'{guard.file}:{guard.line}')}: " if guard.file else ""
        line = f"- {place}{_chosen(guard.message)}<br>{_chosen(guard.remedy)} ({guard.name})"
        left -= len(line.encode())
        if left < 0 and number:
            yield f"- and {len(plan.guards) - number} more"
            break
        yield line
    yield ""


def _risks(plan: Plan, found: Iterable[Risk], shown: Presentation, budget: int) -> list[str]:
    """Return what rules say and the risks, a line each; if that does not fit, a line per kind."""
    advised = advice_by_title(plan)
    by_kind = {kind: [risk for risk in found if risk.kind == kind] for kind in RISKS}
    present = {kind: listed for kind, listed in by_kind.items() if listed}
    if not present and not advised:
        return []
    full = [f"### {TWICE}"]
    for title, sentences in advised.items():
        full += [f"- **{title}**", *(f"  - {_said(sentence)}" for sentence in sentences)]
    for kind, listed in present.items():
        full += [
            f"- **{RISK_TITLES[kind]}**",
            *(f"  - {_said(risk_names(risk))}" for risk in listed),
        ]
    room = min(_RISK_BUDGET, budget * 2 // 3)
    if _size(full) <= room:
        return [*full, ""]
    short = [f"### {TWICE}"]
    share = room // (len(present) + len(advised))
    for title, sentences in advised.items():
        short.append(
            _shortened(title, [_said(sentence) for sentence in sentences], "findings", share, shown)
        )
    for kind, listed in present.items():
        keys = [_chosen(str(risk.key)) for risk in listed]
        short.append(_shortened(RISK_TITLES[kind], keys, "groups", share, shown))
    return [*short, ""]


def _shortened(title: str, items: list[str], noun: str, share: int, shown: Presentation) -> str:
    """Return a line with as many items as fit into a share of bytes, and the number of all."""
    fitting: list[str] = []
    size = 0
    for item in items:
        size += len(item.encode()) + 2
        if size > share:
            break
        fitting.append(item)
    more = len(items) - len(fitting)
    rest = f", and {more} more in {shown.full}" if more else ""
    return f"- **{title}** ({len(items)} {noun}): {', '.join(fitting)}{rest}"


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _group(change: Change, name: str, shown: Presentation, *, three_way: bool) -> str:
    listed = list(rows(change))
    marks = "".join(f", {origin}" for origin in other_origins(listed))
    lines = [f"<details><summary>{_chosen(name)} {change.action}{marks}</summary>", ""]
    if sentences := [f"- {_said(sentence)}" for sentence in notices(effects(change), shown.days)]:
        lines += [NOTICED, *sentences, ""]
        when = compared(change.expected(), change.before, means=shown.days)
        lines += (
            [fenced(timeline_mermaid(when, shown.days).rstrip(), "mermaid"), ""]
            if when.lanes
            else []
        )
    else:
        lines += [NOT_NOTICED, ""]
    heads = columns(three_way=three_way)
    lines += [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    lines += [_table_row(row, change, shown, three_way=three_way) for row in listed]
    lines += ["", fenced("\n".join(_diff(listed)), "diff"), "", "</details>"]
    return "\n".join(lines)


def _table_row(row: Row, change: Change, shown: Presentation, *, three_way: bool) -> str:
    origin = f"**{row.origin}**" if row.origin == "conflict" else row.origin or ""
    cells = [row.symbol, _chosen(row.label), _chosen(row.text), *([origin] if three_way else [])]
    return f"| {' | '.join(cells)} | {_where(row, change, shown)} |"


def _where(row: Row, change: Change, shown: Presentation) -> str:
    words = where_words(row.line, gone=change.declared.gone)
    if not shown.source or change.declared.gone:
        return words
    return f"[{words}]({shown.source}/{quote(change.declared.file)}#L{row.line})"


def _diff(listed: Iterable[Row]) -> Iterator[str]:
    """Yield rows as lines that begin with - and +, which GitHub colours."""
    for row in listed:
        if row.symbol == "~":
            yield f"- {row.label}: {row.before}"
            yield f"+ {row.label}: {row.after}"
        else:
            yield f"{row.symbol} {row.label}: {row.text}"


def _drifted(plan: Plan, shown: Presentation) -> Iterator[str]:
    """Yield what differs of each group whose drift is left, as long as there is room."""
    if not plan.drifted:
        return
    number_of_all = count(len(plan.drifted), "group")
    yield f"<details><summary>{number_of_all} with {DRIFT_LEFT} ({DRIFT_NOTE})</summary>\n"
    left = _DRIFT_BUDGET
    for number, change in enumerate(plan.drifted):
        lines = [f"- {_chosen(str(change.key))} {drifted(change)}"]
        lines += [
            f"  - {_chosen(f'{row.symbol} {row.label}')}: {_chosen(row.text)} ({row.origin}),"
            f" {_where(row, change, shown)}"
            for row in rows(change)
        ]
        left -= _size(lines)
        if left < 0:
            yield f"- and {len(plan.drifted) - number} more in {shown.full}"
            break
        yield from lines
    yield "\n</details>"


def _unmanaged(plan: Plan) -> Iterator[str]:
    for listing in LISTINGS:
        items = listing.of(plan)
        if items:
            yield f"<details><summary>{len(items)} {listing}</summary>\n"
            for item in items[:_LISTED]:
                yield f"- {_chosen(str(item.key))}: {_said(unmanaged_words(item))}"
            if len(items) > _LISTED:
                yield f"- and {len(items) - _LISTED} more"
            yield "\n</details>"
    if plan.skipped:
        yield f"<details><summary>{len(plan.skipped)} {LEFT_ALONE}</summary>\n"
        for row in plan.skipped[:_ODD]:
            yield f"- {_chosen(skipped_key(row))}: {_said(skipped_words(row))}"
        if len(plan.skipped) > _ODD:
            yield f"- and {len(plan.skipped) - _ODD} more"
        yield "\n</details>"


def _provenance(plan: Plan, shown: Presentation) -> str:
    commits = " → ".join(code(commit[:12]) for commit in (shown.base, shown.head) if commit)
    between = f" · {commits}" if commits else ""
    if shown.applied:
        between += f" · applied {code(shown.applied[:12])}"
    return f"\n<sub>Digest {code(plan.digest)}{between} · target {code(str(plan.target))}</sub>"
