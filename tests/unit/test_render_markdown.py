"""A plan in a pull request: in budget and inert; how it reads, `tests/cases` shows."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import ApiError
from reconciler.lint import advice, lint
from reconciler.model import Declared, Group, Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.render.markdown import BUDGET, code, fenced, plan_markdown
from reconciler.render.presentation import Presentation
from reconciler.render.words import day_words
from reconciler.settings import Limits, LintSettings
from reconciler.text import visible
from tests.builders import action, desired, live, skipped, use_case

HOSTILE = [
    "@everyone and @octocat",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</code></details></td><h1>done</h1>",
    "`code` ``` ````diff\n```",
    "[click](javascript:alert(1)) ![](https://evil.example/x.png)",
    "https://evil.example www.evil.example a@evil.example",
    "| table | breaks |\n|---|---|",
    "::error file=x::boo ##[error]boo",
    "\u202egnp.exe\u200b\u2066x\u2069 \x1b[31m \x00",
    "#1 GH-1 octocat/repo#1 :tada: $x$ *b* _i_ ~~s~~ &lt;b&gt; &#64;all \\",
]


_FOLDS = {"details", "summary", "table", "ul", "pre"}


class Seen(HTMLParser):
    """What a browser would make of HTML: its tags, where it leads to, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.targets: list[str] = []
        self.text: list[str] = []
        self.outside: list[str] = []
        self.folds: list[str] = []
        self._depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        if tag in _FOLDS:
            self.folds.append(tag)
        self.targets += [
            value or "" for name, value in attrs if name in ("href", "src") or name.startswith("on")
        ]
        self._depth += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        """Note its end, which must be that of the innermost fold, table or list."""
        if tag in _FOLDS:
            assert self.folds.pop() == tag
        self._depth -= tag in ("code", "pre")

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text.append(data)
        if not self._depth:
            self.outside.append(data)


def seen(markdown: str) -> Seen:
    """Return what GitHub's own renderer makes of Markdown, raw HTML included."""
    return Seen(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))


def plan_of(name: str) -> Plan:
    """Return a plan in which a text stands wherever files and the API can put one."""
    case = use_case(name, action(1, name, name, name), enabled=True)
    return build_plan(
        [desired("a", name=name, use_cases=(case,)), desired("b", start_time="09:00")],
        [
            live("b", 2, start_time=name, name="Reminders"),
            live(name, 3, name=name, use_cases=(case,)),
            live("c", 4, name=name),
        ],
        Target(env="qa"),
        base=[],
    )


ALLOWED = {
    "p",
    "strong",
    "code",
    "h3",
    "ul",
    "li",
    "details",
    "summary",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
ALLOWED |= {"a", "pre", "sub", "br", "wbr"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_inert(name: str) -> None:
    """GitHub finds no tag, link, mention or image in them; every fold and table is closed."""
    markdown = plan_markdown(plan_of(name), Presentation(source="https://github.com/o/r/blob/abc"))
    found = seen(markdown)
    assert found.tags <= ALLOWED
    assert all(
        target.startswith("https://github.com/o/r/blob/abc/groups/") for target in found.targets
    )
    assert "@" not in "".join(found.outside)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", markdown)
    assert not re.search(r"^\s*::|##\[", markdown, re.MULTILINE)
    assert found.folds == []


@given(st.text(max_size=60))
def test_code_shows_any_text_as_it_is(text: str) -> None:
    """What GitHub shows of it is the text itself, invisible characters spelled out."""
    html = seen(f"| a |\n|---|\n| {code(text)} |")
    assert html.tags <= {"table", "thead", "tbody", "tr", "th", "td", "code", "p", "wbr"}
    assert "".join(html.outside).split() == ["a"]
    assert "".join(html.text).replace("\n", "") == f"a{visible(text)}"


@given(st.text(alphabet="`~ \nab", max_size=30))
def test_a_fence_cannot_be_ended(text: str) -> None:
    """Whatever backticks the content has."""
    found = seen(f"{fenced(text.strip(), 'diff')}\n\n**after**")
    assert "".join(found.outside).strip() == "after"


@pytest.mark.parametrize(
    ("day", "means", "words"),
    [
        (7, "before", "7 days before"),
        (1, "before", "1 day before"),
        (0, "before", "on the day"),
        (2, "after", "2 days after"),
        (7, "unknown", "day 7"),
        (0, "unknown", "day 0"),
        (-1, "before", "day -1"),
    ],
)
def test_days(day: int, means: str, words: str) -> None:
    """What day 7 means is an assumption, which a setting changes."""
    assert day_words(day, means) == words  # type: ignore[arg-type]


def test_very_many_guards_are_counted() -> None:
    """As many as their share of the comment holds are listed, before all else."""
    declared = [desired(f"g{number:03}", group_id=f"{number:024x}") for number in range(60)]
    markdown = plan_markdown(build_plan(declared, [], Target()))
    assert "**refused by 60 guards**" in markdown
    assert markdown.index("### Refused") < 200
    listed = markdown.count("(no-such-group)")
    assert 10 < listed < 60
    assert f"- and {60 - listed} more" in markdown


def many(count: int, **fields: object) -> Plan:
    """Return a plan with many updates, each tenth of which is risky."""
    declared: list[Declared] = []
    groups: list[Group] = []
    for number in range(count):
        slug = f"clinic-{number:04}-reminders"
        time = "06:30" if number % 10 == 0 else "09:00"
        declared.append(desired(slug, start_time=time, **fields))
        groups.append(live(slug, number, start_time="08:00", use_cases=(use_case("A"),)))
    return build_plan(
        declared, groups, Target(), limits=Limits(updates=count), allow={"updates": count}
    )


@pytest.mark.parametrize("count", [1, 30, 200, 2000])
def test_any_plan_is_within_the_budget(count: int) -> None:
    """Groups are cut whole and counted; every risk is shown; risky groups are the last to go."""
    plan = many(count)
    markdown = plan_markdown(plan, Presentation(full="the artifact"))
    assert len(markdown.encode()) <= BUDGET
    risky = range(0, count, 10)
    text = "".join(seen(markdown).text)
    head = text[: text.index(" update\n")]
    assert all(f"clinic-{number:04}-reminders" in head for number in risky)
    shown = markdown.count("<details>")
    assert markdown.count("```diff") == shown
    assert markdown.count("</details>") == shown
    if shown < count:
        assert (
            f"Not shown for lack of room: {count - shown} of {count} groups; they are in the"
            " artifact." in markdown
        )


def test_a_summary_has_more_room() -> None:
    """It is not a comment, and carries nothing unseen."""
    plan = many(200)
    markdown = plan_markdown(plan, budget=1_000_000)
    assert markdown.count("<details>") == 200
    assert len(markdown.encode()) > BUDGET


def test_more_risks_than_fit_are_counted_by_kind() -> None:
    """Where even a word for each is too much, the number is there and where to look."""
    declared = [
        desired(f"clinic-{number:04}-reminders", use_cases=(use_case(f"A{number}"),))
        for number in range(2000)
    ]
    plan = build_plan(declared, [], Target())
    markdown = plan_markdown(plan, Presentation(full="the artifact"))
    assert len(markdown.encode()) <= BUDGET
    assert re.search(
        r"\*\*People are contacted more\*\* \(2000 groups\): .*, and \d+ more in the artifact",
        markdown,
    )


def test_findings_and_risks_share_the_room() -> None:
    """If neither fits in full, each kind has its line and its number; what is new comes first."""
    plan = many(2000)
    found = lint([change.declared for change in plan.changes], LintSettings(), date(2026, 11, 24))
    told = replace(plan, advice=advice(found, [], set()))
    markdown = plan_markdown(told, Presentation(full="the artifact"))
    assert len(markdown.encode()) <= BUDGET
    lines = markdown[markdown.index("### Look at this twice") :].splitlines()
    assert re.match(
        r"- \*\*People are contacted at night or very early\*\* \(200 findings\): new: <code>",
        lines[1],
    )
    assert "more in the artifact" in lines[1]
    assert "(200 groups)" in lines[2]


def test_risks_that_fit_without_their_parts_are_all_named() -> None:
    """A line for each kind, then, and not a group is missing."""
    cases = tuple(use_case(f"A_VERY_LONG_NAME_OF_A_USE_CASE_{number}") for number in range(20))
    declared = [desired(f"clinic-{number:04}", use_cases=cases) for number in range(100)]
    markdown = plan_markdown(build_plan(declared, [], Target()))
    assert len(markdown.encode()) <= BUDGET
    line = next(line for line in markdown.splitlines() if "People are contacted more" in line)
    assert "(100 groups)" in line
    assert all(f"{number:04}" in line for number in range(100))
    assert "more in" not in line


def test_many_unmanaged_groups_are_counted() -> None:
    """The first fifty are listed."""
    markdown = plan_markdown(
        build_plan([], [live(f"g{number}", number) for number in range(60)], Target())
    )
    assert "<summary>60 unmanaged (live and in no file, never touched)</summary>" in markdown
    assert "- and 10 more" in markdown


def test_r10_rows_that_are_left_alone_and_what_was_not_read() -> None:
    """The first ten rows, the number of the others, and an integration without any file."""
    rows = [skipped(f"s{number:02d}", number) for number in range(1, 13)]
    error = ApiError("answered 404", method="GET", url="/", remedy="wait")
    plan = build_plan([], [], Target(), skipped=rows, unread={"google": error})
    text = plan_markdown(plan)
    assert "<summary>12 left alone" in text
    assert (text.count("odd: "), text.count("and 2 more")) == (10, 1)
    assert "### Google could not be read: 0 groups kept back" in text
    assert len(plan_markdown(plan).encode()) < 60_000
