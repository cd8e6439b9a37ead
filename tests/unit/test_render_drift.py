"""Drift that is left, in every form: shown, counted, inert, in budget, and without secrets."""

import json

import pytest
from jsonschema_rs import Draft202012Validator

from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.render.forms import PLAN_FORMS
from reconciler.render.json import plan_schema
from reconciler.render.markdown import BUDGET, plan_markdown
from reconciler.render.presentation import Presentation
from tests.builders import action, desired, live, use_case
from tests.unit.test_render_markdown import HOSTILE, Seen, seen

SECRET = "https://1drv.ms/x/s3cret"


def left(number: int = 1, name: str = "Late", link: str = SECRET) -> Plan:
    """Return a plan that leaves a name, a link and an action in some groups, and writes nothing."""
    was = [
        desired(f"g{at:03d}", sheet_link=f"{link}-file", use_cases=(use_case("A"),))
        for at in range(number)
    ]
    now = [
        live(
            entry.group.slug,
            at,
            name=name,
            sheet_link=f"{link}-live",
            use_cases=(use_case("A", action(1), action(2, name)),),
        )
        for at, entry in enumerate(was)
    ]
    return build_plan(was, now, Target(), base=was, drift="leave")


@pytest.mark.parametrize("form", PLAN_FORMS)
def test_e10_every_form_tells_the_group_and_no_secret(form: str) -> None:
    """A form that people read says what to do, too."""
    text = PLAN_FORMS[form].render(left(), Presentation())
    assert "g000" in text
    assert "s3cret" not in text
    if form != "json":
        assert "rift that is left as it is live" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_drift_are_inert(name: str) -> None:
    """Whatever somebody typed into the dashboard."""
    plan = left(name=name)
    for form in ("text", "github"):
        told = PLAN_FORMS[form].render(plan, Presentation()).splitlines()
        usual = PLAN_FORMS[form].render(left(), Presentation()).splitlines()
        assert [line[:3] for line in told] == [line[:3] for line in usual]
        assert all(char.isprintable() for line in told for char in line)
    assert PLAN_FORMS["json"].render(plan, Presentation()).isascii()
    markdown, usual_one = seen(plan_markdown(plan)), seen(plan_markdown(left()))
    assert (markdown.tags - {"wbr"}, markdown.targets) == (usual_one.tags, usual_one.targets)
    page, usual_page = (
        Seen(PLAN_FORMS["html"].render(one, Presentation())) for one in (plan, left())
    )
    assert (page.tags, page.targets) == (usual_page.tags, usual_page.targets)


def test_e10_much_drift_stays_in_the_budget_of_a_comment() -> None:
    """What does not fit is counted."""
    text = plan_markdown(left(400))
    assert len(text.encode()) <= BUDGET
    shown = text.count("</code> drifted\n")
    assert 0 < shown < 400
    assert f"- and {400 - shown} more in the plan's JSON" in text
    assert "400 groups with drift that is left as it is live" in text


def test_e10_programs_read_it_apart_from_the_changes() -> None:
    """By the published schema; there is no request in it."""
    document = json.loads(PLAN_FORMS["json"].render(left(), Presentation()))
    assert [
        error.message for error in Draft202012Validator(plan_schema()).iter_errors(document)
    ] == []
    assert document["changes"] == []
    (drifted,) = document["drifted"]
    assert drifted.keys() == {"key", "group_id", "file", "line", "fields", "use_cases"}
    assert {part["origin"] for part in drifted["fields"]} == {"drift"}
    assert document["summary"]["drift"] == 1


def test_the_applied_commit_is_shown_where_it_is_another_one() -> None:
    """In a comment and on the page."""
    shown = Presentation(base="b" * 40, head="c" * 40, applied="a" * 40)
    for form in ("markdown", "html"):
        assert "a" * 12 in PLAN_FORMS[form].render(left(), shown)
        assert "applied" not in PLAN_FORMS[form].render(left(), Presentation(head="c" * 40))
