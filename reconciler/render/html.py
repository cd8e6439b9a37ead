"""A plan as one HTML page for its approver: no script, nothing from elsewhere, light, dark, paper.

Pure: no I/O. All text is escaped; the page's own policy forbids scripts and requests besides.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from reconciler.plan.nouns import Change, Guard, Plan
from reconciler.plan.story import Story, other_advice, stories
from reconciler.plan.timeline import compared
from reconciler.render.presentation import Presentation
from reconciler.render.rows import Row, other_origins, rows
from reconciler.render.story import story_name, story_words
from reconciler.render.timeline import STYLE, legend, timeline_svg
from reconciler.render.words import (
    DRIFT_LEFT,
    DRIFT_NOTE,
    LEFT_ALONE,
    LISTINGS,
    NO_CHANGES,
    NOTICED,
    OTHER_ADVICE,
    REFUSED,
    SYMBOLS,
    Loud,
    Name,
    Sentence,
    Symbol,
    advice_by_title,
    besides,
    columns,
    drifted,
    headline,
    skipped_key,
    skipped_words,
    unmanaged_words,
    unread_title,
    where_words,
)
from reconciler.text import inert, sentence_case, visible

_CLASSES: Final[dict[Symbol, str]] = {"+": "add", "-": "remove", "~": "change"}

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --page: #fff; \
--panel: #f6f8fa;
  --add: #116329; --remove: #a40e26; --change: #7d4e00; --warn: #fff8c5; --warn-line: #d4a72c; }
@media (prefers-color-scheme: dark) { \
:root { --ink: #e6edf3; --soft: #9ea7b3; --line: #3d444d; --page: #0d1117;
  --panel: #151b23; --add: #56d364; --remove: #ff9492; --change: #e3b341; --warn: #2e2a1f; \
--warn-line: #9e6a03; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem; background: var(--page); \
color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; }
code, td, .digest { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; \
font-size: .875rem;
  overflow-wrap: anywhere; }
.skip { position: absolute; left: -100vw; } .skip:focus { position: static; }
.refused, .risky { background: var(--warn); border-left: .375rem solid var(--warn-line); \
padding: .5rem 1rem; }
.refused h2 { margin-top: .25rem; }
.told ul { list-style: none; padding: 0; } .told li { padding: .5rem 1rem; margin: .25rem 0; }
.told a { color: inherit; font-weight: 600; }
details { border: 1px solid var(--line); border-radius: .375rem; margin: .75rem 0; \
padding: 0 1rem; }
summary { cursor: pointer; padding: .625rem 0; } summary code { font-weight: 600; font-size: 1rem; }
table { border-collapse: collapse; width: 100%; margin: .25rem 0 1rem; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: .875rem; }
th, td { border-top: 1px solid var(--line); padding: .25rem .75rem .25rem 0; vertical-align: top; }
td:last-child, th:last-child { text-align: right; white-space: nowrap; padding-right: 0; }
.add { color: var(--add); } .remove { color: var(--remove); } .change { color: var(--change); }
.tag { border: 1px solid currentcolor; border-radius: 1rem; padding: 0 .5rem; font-size: .8125rem; }
.soft { color: var(--soft); }
svg { max-width: 100%; height: auto; }
:focus-visible { outline: .1875rem solid var(--change); outline-offset: .125rem; }
@media (max-width: 40rem) { body { padding: 1rem; } td:nth-child(4), th:nth-child(4) { \
white-space: normal; }
  .pictured { overflow-x: auto; } .pictured svg { max-width: none; width: 47.5rem; } }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } \
tr, li, svg { break-inside: avoid; } summary, h2 { break-after: avoid; }
  .skip { display: none; } }
"""


def plan_html(plan: Plan, shown: Presentation | None = None) -> str:
    """Return a whole plan as a page."""
    shown = shown or Presentation()
    told = stories(plan)
    title = f"Plan for {visible(str(plan.target))}"
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        (
            '<meta http-equiv="Content-Security-Policy"'
            " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        ),
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>\n<style>{_STYLE}{STYLE}</style>\n</head>\n<body>",
        '<a class="skip" href="#changes">To the changes</a>',
        f"<header>\n<h1>{escape(title)}</h1>\n<p>{escape(_summary(plan))}</p>",
        *_provenance(plan, shown),
        "</header>\n<main>",
        *_unread(plan),
        *_told(told, shown),
        *_refused(plan.guards),
        f'<h2 id="changes">{"Changes" if plan.changes else NO_CHANGES}</h2>',
        *(
            part
            for number, story in enumerate(told, start=1)
            for part in _group(number, story, shown, three_way=plan.three_way)
        ),
        *([f'<p class="soft">{escape(legend(shown.hours))}</p>'] if told else []),
        *_other_advice(plan),
        *_drifted(plan),
        *_unmanaged(plan),
        "</main>",
        "</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _summary(plan: Plan) -> str:
    return ", ".join([headline(plan), *(total.words for total in besides(plan))])


def _unread(plan: Plan) -> Iterator[str]:
    for one in plan.unread:
        yield f'<section class="refused">\n<h2>{escape(unread_title(one))}</h2>'
        yield f"<p>{_text(one.problem)}: {_text(one.remedy)}</p>\n<ul>"
        yield from (f"<li>{_code(str(key))}</li>" for key in one.groups)
        yield "</ul>\n</section>"


def _refused(guards: Iterable[Guard]) -> Iterator[str]:
    items = [_guard(guard) for guard in guards]
    if items:
        yield (f'<section class="refused">\n<h2>{REFUSED}</h2>\n<ul>')
        yield from items
        yield "</ul>\n</section>"


def _guard(guard: Guard) -> str:
    place = f"{_code(f'{guard.file}:{guard.line}')} " if guard.file else ""
    return f"<li>{place}{_text(guard.message)}: {_text(guard.remedy)} ({guard.name})</li>"


def _told(told: Iterable[Story], shown: Presentation) -> Iterator[str]:
    """Yield what patients notice of each group, with a link to all of it."""
    items = [_story(number, story, shown) for number, story in enumerate(told, start=1)]
    if items:
        yield f'<section class="told">\n<h2>{NOTICED}</h2>\n<ul>'
        yield from items
        yield "</ul>\n</section>"


def _story(number: int, story: Story, shown: Presentation) -> str:
    sentences = [_said(words) for words in story_words(story, shown.days)]
    risky = ' class="risky"' if story.risky else ""
    name = _said(story_name(story))
    return f'<li{risky}><a href="#g{number}">{name}</a>: {". ".join(sentences)}.</li>'


def _other_advice(plan: Plan) -> Iterator[str]:
    advised = advice_by_title(other_advice(plan))
    if advised:
        yield f"<h2>{OTHER_ADVICE}</h2>\n<dl>"
        for title, sentences in advised.items():
            yield f"<dt>{escape(title)}</dt>"
            yield from (f"<dd>{_said(sentence)}</dd>" for sentence in sentences)
        yield "</dl>"


def _group(number: int, story: Story, shown: Presentation, *, three_way: bool) -> Iterator[str]:
    change = story.change
    listed = list(rows(change))
    tags = "".join(f' <span class="tag">{origin}</span>' for origin in other_origins(listed))
    place = " (removed)" if change.declared.gone else f":{change.declared.position('')[0]}"
    file = f"{change.declared.file}{place}"
    yield (
        f'<details open id="g{number}">\n<summary>{_code(story.name)} {_code(story.key)}'
        f" {change.action}{tags}</summary>"
    )
    yield f'<p class="soft">{_code(file)}</p>'
    if story.parts:
        when = compared(change.expected(), change.before, means=shown.days)
        picture = timeline_svg(when, shown.days, shown.hours)
        yield f'<div class="pictured">\n{picture}\n</div>'
    yield from _table(listed, change, three_way=three_way)
    yield "</details>"


def _table(listed: Iterable[Row], change: Change, *, three_way: bool) -> Iterator[str]:
    heads = ["", *columns(three_way=three_way)]
    head = "".join(
        f'<th scope="col">{column or "<span hidden>sign</span>"}</th>' for column in heads
    )
    yield f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>"
    yield from (_row(row, change, three_way=three_way) for row in listed)
    yield "</tbody>\n</table>"


def _row(row: Row, change: Change, *, three_way: bool) -> str:
    sign = (
        f'<td class="{_CLASSES[row.symbol]}"><abbr'
        f' title="{SYMBOLS[row.symbol]}">{row.symbol}</abbr></td>'
    )
    origin = f"<td>{row.origin or ''}</td>" if three_way else ""
    where = where_words(row.line, gone=change.declared.gone)
    return (
        f"<tr>{sign}<td>{_text(row.label)}</td><td>{_text(row.text)}</td>{origin}"
        f"<td>{where}</td></tr>"
    )


def _drifted(plan: Plan) -> Iterator[str]:
    if plan.drifted:
        yield f"<h2>{sentence_case(DRIFT_LEFT)} ({DRIFT_NOTE})</h2>"
    for change in plan.drifted:
        yield f"<details open>\n<summary>{_code(str(change.key))} {drifted(change)}</summary>"
        yield from _table(rows(change), change, three_way=True)
        yield "</details>"


def _unmanaged(plan: Plan) -> Iterator[str]:
    for listing in LISTINGS:
        items = listing.of(plan)
        if items:
            yield f"<h2>{sentence_case(str(listing))}</h2>\n<ul>"
            for item in items:
                yield f"<li>{_code(str(item.key))}: {_said(unmanaged_words(item))}</li>"
            yield "</ul>"
    if plan.skipped:
        yield f"<h2>{sentence_case(LEFT_ALONE)}</h2>\n<ul>"
        for row in plan.skipped:
            yield f"<li>{_code(skipped_key(row))}: {_said(skipped_words(row))}</li>"
        yield "</ul>"


def _provenance(plan: Plan, shown: Presentation) -> Iterator[str]:
    """Yield when the page was made, of which commits, and its digest: it may be read elsewhere."""
    commits = " → ".join(escape(commit[:12]) for commit in (shown.base, shown.head) if commit)
    facts = [*([shown.day] if shown.day else []), *([f"commits {commits}"] if commits else [])]
    facts += [f"applied {escape(shown.applied[:12])}"] if shown.applied else []
    yield f'<p class="soft digest">{" · ".join([*facts, f"digest {plan.digest}"])}</p>'


def _said(sentence: Sentence) -> str:
    return "".join(
        f"<strong>{_said(piece.pieces)}</strong>"
        if isinstance(piece, Loud)
        else _code(piece.text)
        if isinstance(piece, Name)
        else escape(piece)
        for piece in sentence
    )


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _text(text: str) -> str:
    return escape(inert(text))
