"""A plan as a page: inert, and in need of nothing; how it reads, `tests/cases` shows."""

import re

import pytest

from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.render.html import plan_html
from reconciler.render.presentation import Presentation
from tests.unit.test_render_markdown import HOSTILE, Seen, plan_of

ALLOWED = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "a",
    "header",
    "h1",
    "h2",
    "p",
    "main",
    "section",
    "ul",
    "li",
}
ALLOWED |= {
    "dl",
    "dt",
    "dd",
    "strong",
    "code",
    "details",
    "summary",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "abbr",
}
ALLOWED |= {"span", "div", "svg", "text", "path", "rect", "circle", "line"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_inert(name: str) -> None:
    """No tag comes of them, and the page leads nowhere but to itself."""
    page = Seen(plan_html(plan_of(name)))
    assert page.tags <= ALLOWED
    assert {*page.targets} == {"#changes", "#g1", "#g2"}


def test_a_page_needs_nothing_from_elsewhere() -> None:
    """No script, no request, and a policy that forbids both."""
    page = plan_html(plan_of("x"))
    assert "default-src 'none'" in page
    assert "http:" not in page
    assert "https:" not in page
    assert "<script" not in page
    assert "url(" not in page


def test_p17_a_page_says_on_top_of_what_it_is() -> None:
    """Day, commits and digest stand before the first group: a printout has no address."""
    shown = Presentation(day="2026-11-25", base="a" * 40, head="b" * 40, applied="c" * 40)
    plan = plan_of("x")
    page = Seen(plan_html(plan, shown))
    top = "".join(page.text).partition("What patients notice")[0]
    assert "Plan for sandbox (environment qa)" in top
    told = f"2026-11-25 · commits {'a' * 12} → {'b' * 12} · applied {'c' * 12} · digest "
    assert f"{told}{plan.digest}" in top


def test_p17_each_story_leads_to_its_group() -> None:
    """The list of stories is the table of contents."""
    page = plan_html(plan_of("x"))
    links = re.findall(r'href="#(g\d+)"', page)
    assert links == re.findall(r'<details open id="(g\d+)"', page) == ["g1", "g2"]


def test_p18_one_legend_for_all_pictures() -> None:
    """Below them, and not in each."""
    page = plan_html(plan_of("x"))
    assert page.count("Circles are texts") == 1


def test_a_plan_of_nothing() -> None:
    """Where there is neither a file nor a live group, it says so in the words of every form."""
    assert "No changes, 0 unchanged, 0 unmanaged" in plan_html(build_plan([], [], Target()))
