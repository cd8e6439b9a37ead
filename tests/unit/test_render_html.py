"""A plan as a page: complete, inert, and the same content as everywhere."""

import pytest
from pydantic import SecretStr

from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.render.html import plan_html
from reconciler.render.markdown import Setting
from tests.builders import action, desired, live, use_case
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
    assert page.targets == ["#changes"]


def test_a_page_needs_nothing_from_elsewhere() -> None:
    """No script, no request, and a policy that forbids both."""
    page = plan_html(plan_of("x"))
    assert "default-src 'none'" in page
    assert "http:" not in page
    assert "https:" not in page
    assert "<script" not in page
    assert "url(" not in page


def test_a_page_holds_the_whole_plan() -> None:
    """Risks, what patients notice, every row, whose it is, where, unmanaged, digest, commits."""
    case = use_case("A", action(7, "First SMS"))
    plan = build_plan(
        [
            desired("a", start_time="06:30", timezone="UTC", use_cases=(case,)),
            desired("quiet", name="New"),
        ],
        [
            live(
                "a",
                1,
                start_time="08:00",
                timezone="UTC",
                use_cases=(use_case("A"), use_case("GONE")),
            ),
            live("quiet", 2),
            live("z", 3, name="Stray", sheet_link=SecretStr("https://s3cret")),
        ],
        Target(env="qa"),
        base=[
            desired("a", start_time="06:30", timezone="UTC", use_cases=(case, use_case("GONE"))),
            desired("quiet"),
        ],
    )
    text = " ".join(
        "".join(Seen(plan_html(plan, Setting(base="1" * 40, head="2" * 40))).text).split()
    )
    for part in (
        "Plan for sandbox (environment qa)",
        "2 to update, 1 unmanaged, 1 removed from Git and still live, 1 with drift",
        "Look at this twice",
        "appears: 7 days before: SMS “First SMS” at 06:30 UTC (A)",
        "Patients notice nothing.",
        "start_time08:00:00 → 06:30:00drift3",
        "Removed from Git and still live microsoft/a, use case GONE",
        "Live and in no file, never touched microsoft/z Stray",
        f"Digest {plan.digest} Commits {'1' * 12} → {'2' * 12}",
    ):
        assert part in text
    assert "s3cret" not in text


def test_an_empty_plan_and_a_refused_one() -> None:
    """Each says so where one looks first."""
    assert "No changes" in plan_html(build_plan([desired()], [live()], Target()))
    assert "There is nothing here yet" in plan_html(build_plan([], [], Target()))
    refused = plan_html(build_plan([desired(group_id="1" * 24)], [], Target()))
    assert refused.index("Refused: nothing of this plan can be applied") < refused.index(
        "No changes"
    )
    over = plan_html(build_plan([desired(f"g{number}") for number in range(11)], [], Target()))
    assert "--allow creates=11" in over
