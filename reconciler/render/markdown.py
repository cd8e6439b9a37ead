"""A plan as Markdown for a pull request: what patients notice first, then a fold for each group.

Pure: no I/O.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.plan.nouns import Change, Plan
from reconciler.plan.story import Story, other_advice, stories
from reconciler.render.carried import characters
from reconciler.render.marks import chosen, code, link, said
from reconciler.render.presentation import Presentation
from reconciler.render.rows import Row, other_origins, rows
from reconciler.render.seen import stories_markdown
from reconciler.render.words import (
    DRIFT_LEFT,
    DRIFT_NOTE,
    LEFT_ALONE,
    LISTINGS,
    OTHER_ADVICE,
    REFUSED,
    REFUSED_HELP,
    advice_by_title,
    besides,
    columns,
    drifted,
    headline,
    skipped_key,
    skipped_words,
    unmanaged_words,
    unread_title,
)
from reconciler.text import count

BUDGET: Final = 60_000
"""Bytes, at most. What posts a comment adds to it what it says of itself."""
_COMMENT: Final = 64_500
"""What is left of a comment, of which GitHub takes 65,536 characters, but for the changes."""

_SEEN: Final = 12_000
"""Bytes that may be seen before a fold is opened, or a third of the plan's."""
_GUARD_BUDGET: Final = 4_000
"""Bytes of it that the guards may take; more are counted."""
_ADVICE_BUDGET: Final = 8_000
"""Bytes that rules may take whose findings are in no story; more are counted."""
_DRIFT_BUDGET: Final = 8_000
"""Bytes that drift may take which is left; more groups are counted."""
_LISTED: Final = 50
"""Unmanaged groups that are listed; more are counted."""
_ODD: Final = 10
"""Rows that are left alone, likewise; what is odd of each takes some words."""


def plan_markdown(
    plan: Plan, shown: Presentation | None = None, *, budget: int | None = None
) -> str:
    """Return a plan in at most `budget` bytes; by default in what a comment takes.

    What patients notice of each group is seen at once; then come as many whole groups as fit, in
    folds, risky ones first.
    """
    shown = shown or Presentation()
    if budget is None:
        keys = (str(change.key) for change in plan.changes)
        budget = min(BUDGET, _COMMENT - characters(keys))
    told = stories(plan)
    summary, refused = [*_summary(plan)], [*_unread(plan), *_guards(plan)]
    room = min(_SEEN, budget // 3) - _size([*summary, *refused])
    noticed = stories_markdown(told, shown, room)
    top = "\n".join([*summary, *noticed, *refused, *_other_advice(plan, shown, _ADVICE_BUDGET)])
    foot = "\n".join([*_drifted(plan, shown), *_unmanaged(plan), _provenance(plan, shown)])
    left = budget - len(f"{top}\n\n{foot}\n".encode()) - 300
    blocks: list[str] = []
    for story in told:
        block = _group(story, shown, three_way=plan.three_way)
        left -= len(block.encode()) + 1
        if left < 0:
            break
        blocks.append(block)
    missing = len(plan.changes) - len(blocks)
    cut = (
        f"Not shown for lack of room: {missing} of {len(plan.changes)} groups; they are in"
        f" {shown.full}.\n"
    )
    return "\n".join([top, *blocks, *([cut] if missing else []), foot]) + "\n"


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


def _guards(plan: Plan) -> Iterator[str]:
    if not plan.guards:
        return
    yield f"### {REFUSED}"
    left = _GUARD_BUDGET
    for number, guard in enumerate(plan.guards):
        place = f"{chosen(f'{guard.file}:{guard.line}')}: " if guard.file else ""
        line = f"- {place}{chosen(guard.message)}<br>{chosen(guard.remedy)} ({guard.name})"
        left -= len(line.encode())
        if left < 0 and number:
            yield f"- and {len(plan.guards) - number} more"
            break
        yield line
    yield f"\n{REFUSED_HELP}\n"


def _other_advice(plan: Plan, shown: Presentation, budget: int) -> Iterator[str]:
    """Yield what rules say that no story has, as long as there is room."""
    advised = advice_by_title(other_advice(plan))
    if not advised:
        return
    number = sum(map(len, advised.values()))
    yield f"<details><summary>{OTHER_ADVICE} ({count(number, 'finding')})</summary>\n"
    for title, sentences in advised.items():
        for sentence in sentences:
            line = f"- {title}: {said(sentence)}"
            budget -= len(line.encode()) + 1
            if budget < 0:
                yield f"- and {number} more in {shown.full}"
                yield "\n</details>"
                return
            number -= 1
            yield line
    yield "\n</details>"


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _group(story: Story, shown: Presentation, *, three_way: bool) -> str:
    change = story.change
    listed = list(rows(change))
    marks = "".join(f", {origin}" for origin in other_origins(listed))
    summary = f"{chosen(story.name)} {chosen(story.key)} {change.action}{marks}"
    heads = columns(three_way=three_way)
    lines = [f"<details><summary>{summary}</summary>", ""]
    lines += [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    lines += [_table_row(row, change, shown, three_way=three_way) for row in listed]
    return "\n".join([*lines, "", "</details>"])


def _table_row(row: Row, change: Change, shown: Presentation, *, three_way: bool) -> str:
    origin = f"**{row.origin}**" if row.origin == "conflict" else row.origin or ""
    cells = [row.symbol, chosen(row.label), chosen(row.text), *([origin] if three_way else [])]
    return f"| {' | '.join(cells)} | {link(row.line, change, shown)} |"


def _drifted(plan: Plan, shown: Presentation) -> Iterator[str]:
    """Yield what differs of each group whose drift is left, as long as there is room."""
    if not plan.drifted:
        return
    number_of_all = count(len(plan.drifted), "group")
    yield f"<details><summary>{number_of_all} with {DRIFT_LEFT} ({DRIFT_NOTE})</summary>\n"
    left = _DRIFT_BUDGET
    for number, change in enumerate(plan.drifted):
        lines = [f"- {chosen(str(change.key))} {drifted(change)}"]
        lines += [
            f"  - {chosen(f'{row.symbol} {row.label}')}: {chosen(row.text)} ({row.origin}),"
            f" {link(row.line, change, shown)}"
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
                yield f"- {chosen(str(item.key))}: {said(unmanaged_words(item))}"
            if len(items) > _LISTED:
                yield f"- and {len(items) - _LISTED} more"
            yield "\n</details>"
    if plan.skipped:
        yield f"<details><summary>{len(plan.skipped)} {LEFT_ALONE}</summary>\n"
        for row in plan.skipped[:_ODD]:
            yield f"- {chosen(skipped_key(row))}: {said(skipped_words(row))}"
        if len(plan.skipped) > _ODD:
            yield f"- and {len(plan.skipped) - _ODD} more"
        yield "\n</details>"


def _provenance(plan: Plan, shown: Presentation) -> str:
    commits = " → ".join(code(commit[:12]) for commit in (shown.base, shown.head) if commit)
    between = f" · {commits}" if commits else ""
    if shown.applied:
        between += f" · applied {code(shown.applied[:12])}"
    return f"\n<sub>Digest {code(plan.digest)}{between} · target {code(str(plan.target))}</sub>"
