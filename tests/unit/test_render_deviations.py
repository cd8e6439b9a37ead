"""What a person is told when the plan is no longer the reviewed one."""

from typing import Any

from pydantic import SecretStr

from reconciler.model import Declared, Group, Target
from reconciler.plan.build import build_plan
from reconciler.render.deviations import deviations
from reconciler.render.json import plan_document
from reconciler.render.models import PlanDocument
from tests.builders import action, desired, live, use_case


def document(
    declared: list[Declared], *groups: Group, target: Target | None = None
) -> PlanDocument:
    """Return a plan's document."""
    return plan_document(build_plan(declared, groups, target or Target()))


def told(before: Group, after: Group, **fields: Any) -> list[str]:
    """Return what differs when live was one thing at the review and is another now."""
    entry = [desired(**fields)]
    return deviations(document(entry, before), document(entry, after))


def test_the_same_plan_deviates_in_nothing() -> None:
    """Whatever its lines are, and however its actions are ordered."""
    one = desired(start_time="08:00", use_cases=(use_case("A", action(1), action(2)),))
    other = Declared(
        one.group.model_copy(update={"use_cases": (use_case("A", action(2), action(1)),)}), "x.yaml"
    )
    assert deviations(document([one], live()), document([other], live())) == []


def test_a_field_that_moved() -> None:
    """Both sides in full."""
    assert told(live(start_time="09:00"), live(start_time="21:00"), start_time="08:00") == [
        (
            "microsoft/reminders: start_time: 09:00:00 → 08:00:00 in the review,"
            " 21:00:00 → 08:00:00 now"
        )
    ]
    assert told(
        live(start_time="09:00"),
        live(start_time="08:00", timezone="UTC"),
        start_time="08:00",
        timezone=None,
    ) == [
        "microsoft/reminders: start_time: 09:00:00 → 08:00:00 in the review, no change now",
        "microsoft/reminders: timezone: no change in the review, UTC → (none) now",
    ]


def test_use_cases_that_moved() -> None:
    """One that was added live meanwhile, and one whose actions were changed."""
    seven, five = (action(day, "T", context="c") for day in (7, 5))
    cases = (use_case("A", seven), use_case("B"))
    lines = told(
        live(), live(use_cases=(use_case("A", five, enabled=False), use_case("B"))), use_cases=cases
    )
    assert lines == [
        (
            'microsoft/reminders: A: add, enabled: (none) → yes, + day 7  SMS "T" (c) in the'
            ' review, update, enabled: no → yes, + day 7  SMS "T" (c), - day 5  SMS "T" (c) now'
        ),
        (
            'microsoft/reminders: B: add, enabled: (none) → yes, + day 1  SMS "Reminder" (ctx)'
            " in the review, no change now"
        ),
    ]


def test_groups_that_come_and_go() -> None:
    """And one that somebody has created meanwhile."""
    before = document(
        [desired("a"), desired("b", start_time="08:00"), desired("c")], live("b", 2), live("c", 3)
    )
    after = document(
        [
            desired("a", start_time="08:00"),
            desired("b", start_time="08:00"),
            desired("c", timezone="UTC"),
        ],
        live("a", 1),
        live("b", 2, start_time="08:00"),
        live("c", 3),
    )
    assert deviations(before, after) == [
        "microsoft/a: to create in the review, to update now",
        "microsoft/b: in the review, and now nothing is to be done",
        "microsoft/c: to update now, and not in the review",
    ]


def test_what_is_sent_along() -> None:
    """A field left to live goes along as it is; somebody else's edit of it is another plan."""
    assert told(live(timezone="UTC"), live(timezone="Europe/Oslo"), start_time="08:00") == [
        "microsoft/reminders: timezone, which is sent along, is not as in the review"
    ]


def test_hidden_values() -> None:
    """That one differs can be said; which it was cannot."""
    links = [SecretStr("https://one"), SecretStr("https://two")]
    lines = told(live(sheet_link=links[0]), live(sheet_link=links[1]), start_time="08:00")
    assert lines == [
        "a value that is never shown, such as a sheet_link, is not the one of the review"
    ]


def test_another_target() -> None:
    """What was reviewed for qa is nothing for prod."""
    entry = [desired()]
    targets = [
        Target(api_url="https://api-qa.example", env="qa"),
        Target(api_url="https://api.example", env=None),
    ]
    assert deviations(*(document(entry, target=target) for target in targets)) == [
        "target: api_url was https://api-qa.example in the review and is https://api.example",
        "target: env was qa in the review and is (none)",
    ]
