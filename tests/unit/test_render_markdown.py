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
from reconciler.plan.story import stories
from reconciler.render.markdown import BUDGET, plan_markdown
from reconciler.render.marks import code, fenced
from reconciler.render.presentation import Presentation
from reconciler.render.words import RISK_TITLES, day_words
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
    """As many as their share of the comment holds are listed, and who can do what."""
    declared = [desired(f"g{number:03}", group_id=f"{number:024x}") for number in range(60)]
    markdown = plan_markdown(build_plan(declared, [], Target()))
    assert "**refused by 60 guards**" in markdown
    assert "whoever merges then runs apply by hand" in markdown.lower()
    listed = markdown.count("(no-such-group)")
    assert 10 < listed < 60
    assert f"- and {60 - listed} more" in markdown


def first_seen(markdown: str) -> str:
    """Return what is seen of a comment before a fold is opened."""
    assert len(markdown[: markdown.find("<details>")].encode()) <= 12_000
    text = "".join(seen(markdown[: markdown.find("<details>")]).text)
    return re.sub(r"\s+", " ", text)


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
    head = first_seen(markdown)
    assert all(f"Clinic-{number:04}-reminders" in head for number in risky)
    shown = markdown.count("<details>")
    assert markdown.count("| | what |") == shown
    assert markdown.count("</details>") == shown
    if shown < count:
        assert (
            f"Not shown for lack of room: {count - shown} of {count} groups; they are in the"
            " artifact." in markdown
        )


def test_a_summary_has_more_room() -> None:
    """It is not a comment, and carries nothing unseen."""
    plan = many(300)
    markdown = plan_markdown(plan, budget=1_000_000)
    assert markdown.count("<details>") == 300
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
    """Each kind has its line and its number, and the groups without a risk have theirs."""
    plan = many(2000)
    found = lint([change.declared for change in plan.changes], LintSettings(), date(2026, 11, 24))
    told = replace(plan, advice=advice(found, [], set()))
    markdown = plan_markdown(told, Presentation(full="the artifact"))
    assert len(markdown.encode()) <= BUDGET
    lines = markdown[markdown.index("### What patients notice") :].splitlines()
    assert [line[: line.index(":")] for line in lines[1:4]] == [
        "- **People are contacted earlier, or in another time zone** (200 groups)",
        "- **People are contacted at night or very early** (200 groups)",
        "- no risk (1800 groups)",
    ]
    assert "more in" not in lines[1] + lines[2]
    assert "more in the artifact" in lines[3]


def test_what_else_rules_say_is_counted() -> None:
    """Of groups that change nothing, and what is resolved, in a fold of its own."""
    plan = many(1)
    entries = [desired(f"x{number:03}", start_time="06:30") for number in range(90)]
    found = lint(entries, LintSettings(), date(2026, 11, 24))
    told = replace(plan, advice=advice([], found, set()))
    markdown = plan_markdown(told, Presentation(full="the artifact"))
    assert "<summary>What else rules say (90 findings)</summary>" in markdown
    listed = markdown.count("(quiet-hours)")
    assert 10 < listed < 90
    assert f"- and {90 - listed} more in the artifact" in markdown


def test_p2_groups_to_which_the_same_happens_share_a_line() -> None:
    """Where a line for each is too much, so that whatever they have in common is said in full."""
    cases = tuple(use_case(f"A_VERY_LONG_NAME_OF_A_USE_CASE_{number}") for number in range(20))
    declared = [desired(f"clinic-{number:04}", use_cases=cases) for number in range(100)]
    head = first_seen(plan_markdown(build_plan(declared, [], Target())))
    assert all(f"Clinic-{number:04}" in head for number in range(100))
    assert head.count("A_VERY_LONG_NAME_OF_A_USE_CASE_10 begins with 1 text (1 day before)") == 1


def test_p2_two_hundred_groups_lose_no_risk() -> None:
    """Of two hundred groups, to each of which something else happens, all risks can be seen."""
    before = use_case("ANNUAL_RECALL", action(7, "Recall Text"))
    after = [
        use_case("ANNUAL_RECALL", action(7, "Recall Text", "CALL")),
        use_case("ANNUAL_RECALL", action(7, "Recall Text"), action(3, "Recall Text")),
        use_case("ANNUAL_RECALL", action(7, "Recall Text"), enabled=False),
    ]
    declared = [
        desired(
            f"n{number}",
            name=f"Family Practice Recall {number:03}",
            use_cases=(after[number % 3],),
            start_time=f"{6 + number % 2}:{number % 60:02}",
        )
        for number in range(200)
    ]
    groups = [
        live(f"n{number}", number, name="x", start_time="08:00", use_cases=(before,))
        for number in range(200)
    ]
    plan = build_plan(declared, groups, Target(), limits=Limits(updates=200, disables=200))
    markdown = plan_markdown(plan, Presentation(source="https://github.com/o/r/blob/abc"))
    assert first_seen(markdown)
    lines = markdown[: markdown.index("<details>")].splitlines()
    by_title = {line.split("**")[1]: line for line in lines if "**" in line}
    for story in stories(plan):
        for risk in story.risks:
            assert story.name in by_title[RISK_TITLES[risk.kind]]


def test_p2_one_line_says_it_with_name_and_values() -> None:
    """As somebody who has a minute reads it."""
    case = use_case("SURGERY_PREPARATION")
    plan = build_plan(
        [desired("s", name="Day Surgery", start_time="06:30", timezone="America/Denver")],
        [live("s", name="x", start_time="16:00", timezone="America/Denver", use_cases=(case,))],
        Target(),
    )
    line = next(line for line in plan_markdown(plan).splitlines() if line.startswith("- **"))
    assert "".join(seen(line).text).strip() == (
        "Day Surgery: all texts and calls at 06:30 instead of 16:00 America/Denver. (line 4)"
    )
    assert "<strong><code>06&#58;30</code> instead of <code>16&#58;00</code></strong>" in line


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
