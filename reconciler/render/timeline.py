"""Timelines as text, as Mermaid for a comment, and as a picture.

Pure: no I/O. In a picture a text is a circle and a call a square, what begins has a plus, what
ends a minus and a broken outline and what changes a tilde, and every mark has a number that the
list below spells out: colour adds nothing that is not there.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from html import escape
from typing import Final

from reconciler.plan.effects import Hour
from reconciler.plan.timeline import Lane, Mark, Phase, Timeline
from reconciler.render.presentation import Presentation
from reconciler.render.words import (
    PHASES,
    day_words,
    hour_words,
    instead_words,
    plain,
    time_of_day,
)
from reconciler.settings import DayMeans, QuietHours
from reconciler.text import inert, visible

_SIGNS: Final[dict[Phase, str]] = {"stays": "", "changes": "~", "begins": "+", "ends": "-"}

_WIDTH: Final = 760
_LEFT: Final = 24
_RIGHT: Final = 24
_LANE: Final = 58
_ROW: Final = 20
_LONGEST: Final = 120
"""Characters of a line; the whole of a longer one is its tooltip."""
STYLE: Final = """\
.timeline { font: 13px system-ui, sans-serif; --ink: #1b1f24; --soft: #59636e; --line: #b7bfc8; \
--page: #fff;
  --sms: #0072b2; --call: #b34700; }
@media (prefers-color-scheme: dark) { \
.timeline { --ink: #e6edf3; --soft: #9ea7b3; --line: #596270; --page: #0d1117;
  --sms: #56b4e9; --call: #ff9f5a; } }
@media print { .timeline { --ink: #000; --soft: #333; --line: #777; --page: #fff; \
--sms: #0072b2; --call: #b34700; } }
.timeline text { fill: var(--ink); } .timeline .soft { fill: var(--soft); }
.timeline .bold { font-weight: 600; } .timeline .axis { stroke: var(--line); stroke-width: 1; }
.timeline .sms { fill: var(--sms); stroke: var(--sms); } \
.timeline .call { fill: var(--call); stroke: var(--call); }
.timeline .begins, .timeline .changes { stroke: var(--ink); stroke-width: 2.5; }
.timeline .ends { fill: var(--page); stroke-width: 2; stroke-dasharray: 3 2; }
.timeline text.number { fill: var(--page); font-weight: 600; text-anchor: middle; }
.timeline text.number.gone { fill: var(--ink); }
.timeline .hatch { stroke: var(--soft); stroke-width: 1.5; } \
.timeline .open { fill: none; stroke: var(--line); }
.timeline .hour { font-size: 10px; }
.timeline .now { fill: var(--ink); } .timeline .was { fill: var(--page); stroke: var(--ink); }
"""

_CAPITAL: Final = 10
_SMALL: Final = 7
"""Widths of letters in the picture, rather too large than too small."""
_PAGE_STYLE: Final = """\
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 50rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif; }
h2 { overflow-wrap: anywhere; }
svg { max-width: 100%; height: auto; }
section { break-inside: avoid; margin-bottom: 2.5rem; }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3; } }
@media print { body { background: #fff; color: #000; } }
"""
_HEAD: Final = f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who is contacted when</title>
<style>
{_PAGE_STYLE}{STYLE}</style>
</head>
<body>
<h1>Who is contacted when</h1>"""


def timelines_text(timelines: Iterable[Timeline], shown: Presentation) -> str:
    """Return timelines for a terminal: a line for each text and call, in the order of contact.

    What `shown` says of whose they are is the last line.
    """
    blocks = ["".join(f"{line}\n" for line in _text(one, shown.days)) for one in timelines]
    return "\n".join([*blocks, *([f"{visible(shown.sentence)}\n"] if shown.sentence else [])])


def _text(one: Timeline, days: DayMeans) -> Iterator[str]:
    head = f"{inert(str(one.key))}   {inert(plain(hour_words(one.hour)))}"
    if one.next_run:
        utc = one.next_run.astimezone(UTC)
        head += f"   next run {one.next_run:%a %Y-%m-%d %H:%M %Z} = {utc:%a %H:%M} UTC"
    yield head
    listed = sorted(
        ((mark, lane) for lane in one.lanes for mark in lane.marks),
        key=lambda pair: one.days(days).index(pair[0].action.day),
    )
    width = max((len(inert(mark.action.template_name)) for mark, _ in listed), default=0)
    for mark, lane in listed:
        action = mark.action
        name = f"{inert(action.template_name):<{width}}{inert(_instead(mark, days))}"
        when = day_words(action.day, days)
        yield (
            f"  {when:<15} {inert(action.action_type):<5} {PHASES[mark.phase]}{name} "
            f" {inert(lane.use_case)}"
        )
    if not listed:
        yield "  nobody is contacted"
    if one.off:
        yield f"  off: {', '.join(map(inert, one.off))}"


def timelines_mermaid(timelines: Sequence[Timeline], shown: Presentation) -> str:
    """Return timelines as one Mermaid `timeline`, whose days stand in the order of time.

    Of several groups each text and call says whose it is. What `shown` says of whose they are is a
    comment on top.
    """
    title = _title(timelines[0]) if len(timelines) == 1 else "Who is contacted when"
    by_day: dict[int, list[str]] = {}
    for one in timelines:
        whose = f"{_title(one)}: " if len(timelines) > 1 else ""
        for lane in one.lanes:
            for mark in lane.marks:
                action = mark.action
                words = f"{whose}{PHASES[mark.phase]}{action.action_type} {action.template_name}"
                words += f"{_instead(mark, shown.days)} ({lane.use_case})"
                by_day.setdefault(action.day, []).append(_entity(words))
    lines = [f"%% {_entity(shown.sentence)}"] if shown.sentence else []
    lines += ["timeline", f"    title {_entity(title)}"]
    for day in sorted(by_day, reverse=shown.days == "before"):
        lines.append(f"    {_entity(day_words(day, shown.days))} : {' : '.join(by_day[day])}")
    return "\n".join(lines) + "\n"


def _title(one: Timeline) -> str:
    was = f" (was {plain(hour_words(one.was))})" if one.was else ""
    return f"{one.key}, {plain(hour_words(one.hour))}{was}"


def _instead(mark: Mark, days: DayMeans) -> str:
    return plain(instead_words(mark.turn, days)) if mark.turn else ""


def _entity(text: str) -> str:
    return "".join(
        char if char.isalnum() or char in " -_/" else f"#{ord(char)};" for char in inert(text)
    )


def timelines_svg(timelines: Sequence[Timeline], shown: Presentation) -> str:
    """Return timelines as one picture, below each other, and below all whose they are."""
    parts, top = [], 0
    for one in timelines:
        part, height = _picture(one, shown.days, shown.hours)
        parts.append(f'<g transform="translate(0 {top})">\n{part}\n</g>')
        top += height + 24
    for line in (legend(shown.hours), *([shown.sentence] if shown.sentence else [])):
        parts.append(_label(0, top + 12, line, "soft"))
        top += _ROW
    return _svg("\n".join(parts), max(top, 1), "Who is contacted when")


def timeline_svg(one: Timeline, days: DayMeans, hours: QuietHours) -> str:
    """Return one timeline as a picture, to be put into a page that has STYLE."""
    part, height = _picture(one, days, hours)
    return _svg(part, height, f"Who is contacted when: {one.key}", styled=False)


def timelines_html(timelines: Iterable[Timeline], shown: Presentation) -> str:
    """Return timelines as a page that needs nothing from elsewhere; its last line says whose."""
    sections = (
        f"<section>\n<h2>{_escaped(one.name)}</h2>\n{timeline_svg(one, shown.days, shown.hours)}"
        "\n</section>"
        for one in timelines
    )
    said = [f"<p>{escape(legend(shown.hours))}</p>"]
    said += [f"<p>{_escaped(shown.sentence)}</p>"] if shown.sentence else []
    return "\n".join([_HEAD, *sections, *said, "</body>\n</html>\n"])


def _svg(content: str, height: int, title: str, *, styled: bool = True) -> str:
    style = f"<style>{STYLE}</style>\n" if styled else ""
    # Within a page the element is known by its name.
    space = ' xmlns="http://www.w3.org/2000/svg"' if styled else ""
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    return (
        f'<svg{space} class="timeline" {size}'
        f' role="img">\n<title>{_escaped(title)}</title>\n{style}{content}\n</svg>'
    )


def _picture(one: Timeline, days: DayMeans, hours: QuietHours) -> tuple[str, int]:
    """Return the picture of a timeline without its frame, and its height."""
    parts = [_label(0, 16, str(one.key), "bold")]
    top = 50 if one.was else 30
    parts += _hour_bar(one, hours, top)
    top += 46
    order = one.days(days)
    places = {day: _place(index, len(order)) for index, day in enumerate(order)}
    parts += [
        _label(places[day], top, day_words(day, days), "soft", anchor="middle") for day in order
    ]
    numbers: list[tuple[Mark, Lane]] = []
    for lane in one.lanes:
        parts += _lane(lane, places, top + 10, numbers)
        top += _LANE
    top += 16 if one.lanes else 0
    for number, (mark, lane) in enumerate(numbers, start=1):
        action = mark.action
        words = f"{number}  {PHASES[mark.phase]}{day_words(action.day, days)}: "
        words += f"{action.action_type} “{action.template_name}”{_instead(mark, days)}"
        parts.append(_label(0, top + 12, f"{words} ({lane.use_case})", ""))
        top += _ROW
    for line in _remarks(one):
        parts.append(_label(0, top + 12, line, "soft"))
        top += _ROW
    return "\n".join(parts), top + 4


def _remarks(one: Timeline) -> Iterator[str]:
    if not one.lanes:
        yield "Nobody is contacted."
    if one.off:
        yield f"Off: {', '.join(one.off)}"
    if one.next_run:
        utc = one.next_run.astimezone(UTC)
        yield f"Next run: {one.next_run:%a %Y-%m-%d %H:%M %Z}, which is {utc:%a %H:%M} UTC"


def legend(hours: QuietHours) -> str:
    """Return how pictures are to be read; once below all of them."""
    return (
        "Circles are texts, squares are calls; + begins, - ends, ~ changes; hatched are the hours"
        f" outside {hours.begin} to {hours.end}."
    )


def _hour_bar(one: Timeline, hours: QuietHours, top: int) -> Iterator[str]:
    """Yield a day from 0 to 24 with quiet hours hatched, and a pointer at the hour of contact.

    Every third hour is marked, and where contact is permitted first and last.
    """
    begin, end = _hour_place(hours.begin), _hour_place(hours.end)
    left, right = _hour_place("00:00"), _hour_place("24:00")
    lines = [x for start, stop in ((left, begin), (end, right)) for x in range(start, stop - 5, 6)]
    yield f'<path class="hatch" d="{" ".join(f"M{x} {top + 12} l6 -12" for x in lines)}"/>'
    yield f'<rect class="open" x="{left}" y="{top}" width="{right - left}" height="12"/>'
    for hour in range(0, 24, 3):
        x = _hour_place(f"{hour:02}:00")
        yield f'<line class="axis" x1="{x}" y1="{top}" x2="{x}" y2="{top + 12}"/>'
        yield f'<text class="hour" x="{x + 3}" y="{top + 10}">{hour}</text>'
    yield from _pointer("now", one.hour, top)
    if one.was:
        yield from _pointer("was", one.was, top)


def _pointer(kind: str, hour: Hour, top: int) -> Iterator[str]:
    """Yield an hour's pointer, the old one above the bar; if no time of day, it is only said."""
    y = top + 22 if kind == "now" else top - 3
    words = ("was " if kind == "was" else "") + plain(hour_words(hour))
    at = time_of_day(hour)
    if not at:
        yield _label(_LEFT, y, words, "soft")
        return
    x = _hour_place(at)
    tip = f"M{x} {top + 12} l-6 9 h12 z" if kind == "now" else f"M{x} {top} l-6 -9 h12 z"
    yield f'<path class="{kind}" d="{tip}"/>'
    # Near the right edge there is more room on the left.
    yield (
        _label(x + 10, y, words, "soft")
        if x < _WIDTH // 2
        else _label(x - 10, y, words, "soft", anchor="end")
    )


def _lane(
    lane: Lane, places: dict[int, int], top: int, numbers: list[tuple[Mark, Lane]]
) -> Iterator[str]:
    middle = top + 34
    yield _label(0, top + 12, lane.use_case, "")
    yield f'<line class="axis" x1="{_LEFT}" y1="{middle}" x2="{_WIDTH - _RIGHT}" y2="{middle}"/>'
    beside: dict[int, int] = {}
    for mark in lane.marks:
        numbers.append((mark, lane))
        day = mark.action.day
        x = places[day] + 30 * beside.get(day, 0)
        beside[day] = beside.get(day, 0) + 1
        kind = "call" if mark.action.action_type == "CALL" else "sms"
        shape = (
            f'<rect class="{kind} {mark.phase}" x="{x - 11}" y="{middle - 11}" width="22"'
            ' height="22"/>'
            if kind == "call"
            else f'<circle class="{kind} {mark.phase}" cx="{x}" cy="{middle}" r="12"/>'
        )
        gone = " gone" if mark.phase == "ends" else ""
        sign = _SIGNS[mark.phase]
        yield f"{shape}{_label(x, middle + 5, f'{sign}{len(numbers)}', f'number{gone}')}"


def _place(index: int, count: int) -> int:
    room = _WIDTH - _LEFT - _RIGHT - 120
    return _LEFT + 60 + (room * index // max(count - 1, 1) if count > 1 else room // 2)


def _hour_place(time: str) -> int:
    hour, minute = (int(part) for part in time.split(":")[:2])
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (hour * 60 + minute) // (24 * 60)


def _label(x: int, y: int, text: str, kind: str, anchor: str = "") -> str:
    placed = f' text-anchor="{anchor}"' if anchor else ""
    shown = inert(text)
    content = escape(shown)
    if len(shown) > _LONGEST:
        content = f"{escape(shown[:_LONGEST])}…<title>{escape(shown)}</title>"
    room = {"": _WIDTH - x, "end": x, "middle": 2 * min(x, _WIDTH - x)}[anchor]
    if sum(_CAPITAL if char.isupper() else _SMALL for char in shown[:_LONGEST]) > room:
        # Drawn narrower rather than cut off: a printout has no tooltip.
        placed += f' textLength="{room - _RIGHT}" lengthAdjust="spacingAndGlyphs"'
    return f'<text class="{kind}" x="{x}" y="{y}"{placed}>{content}</text>'


def _escaped(text: str) -> str:
    return escape(inert(text))
