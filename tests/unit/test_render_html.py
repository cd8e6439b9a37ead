"""A plan as a page: inert, and in need of nothing; how it reads, `tests/cases` shows."""

import pytest

from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.render.html import plan_html
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
ALLOWED |= {"span", "footer", "svg", "text", "path", "rect", "circle", "line"}


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


def test_a_plan_of_nothing() -> None:
    """Where there is neither a file nor a live group, it says so in the words of every form."""
    assert "No changes, 0 unchanged, 0 unmanaged" in plan_html(build_plan([], [], Target()))
