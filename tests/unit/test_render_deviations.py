"""What a person is told when the plan is no longer the reviewed one."""

from typing import Any

from pydantic import SecretStr

from reconciler.model import Declared, Group, Target
from reconciler.plan.build import build_plan
from reconciler.render.deviations import deviations
from reconciler.render.json import plan_document
from reconciler.render.models import PlanDocument
from tests.builders import action, desired, group_id, live, use_case


def document(
    declared: list[Declared], *groups: Group, target: Target | None = None
) -> PlanDocument:
    """Return a plan's document."""
    return plan_document(build_plan(declared, groups, target or Target()))


def told(before: Group, after: Group, **fields: Any) -> list[str]:
    """Return what differs when live was one thing at the review and is another now."""
    entry = [desired(**fields)]
    fresh = document(entry, after)
    return list(deviations(document(entry, before), fresh)[fresh.changes[0].digest])


def test_the_same_plan_deviates_in_nothing() -> None:
    """Whatever its lines are, and however its actions are ordered."""
    one = desired(start_time="08:00", use_cases=(use_case("A", action(1), action(2)),))
    other = Declared(
        one.group.model_copy(update={"use_cases": (use_case("A", action(2), action(1)),)}), "x.yaml"
    )
    fresh = document([other], live())
    assert deviations(document([one], live()), fresh) == {fresh.changes[0].digest: []}


def test_a_field_that_moved() -> None:
    """Both sides in full."""
    assert told(live(start_time="09:00"), live(start_time="21:00"), start_time="08:00") == [
        ("start_time: 09:00:00 → 08:00:00 in the review, 21:00:00 → 08:00:00 now")
    ]
    assert told(
        live(start_time="09:00"),
        live(start_time="08:00", timezone="UTC"),
        start_time="08:00",
        timezone=None,
    ) == [
        "start_time: 09:00:00 → 08:00:00 in the review, no change now",
        "timezone: no change in the review, UTC → (none) now",
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
            'A: add, enabled: (none) → yes, + day 7  SMS "T" (c) in the'
            ' review, update, enabled: no → yes, + day 7  SMS "T" (c), - day 5  SMS "T" (c) now'
        ),
        (
            'B: add, enabled: (none) → yes, + day 1  SMS "Reminder" (ctx)'
            " in the review, no change now"
        ),
    ]


def test_another_action_or_group() -> None:
    """One that was created meanwhile, and one that took its place; others are no matter."""
    wanted = desired("a", start_time="08:00")
    new, there, another = (
        document([wanted, desired("b")], *groups)
        for groups in ([], [live("a", 1)], [live("a", 2), live("b", 3)])
    )
    (change,) = (one for one in there.changes if one.key == "microsoft/a")
    assert deviations(new, there)[change.digest] == ["to create in the review, to update now"]
    (change,) = another.changes
    words = f"the live group was {group_id(1)} in the review, and is {group_id(2)} now"
    assert deviations(there, another) == {change.digest: [words]}
    assert deviations(document([]), another) == {change.digest: []}


def test_two_live_groups_with_one_key_are_told_apart() -> None:
    """By their ids; one that the review has not is not compared with any."""
    base = [desired("a", use_cases=(use_case(),))]
    groups = [live("a", number, use_cases=(use_case(),)) for number in (1, 2, 3)]
    was, now = (
        plan_document(build_plan([], these, Target(), base=base, prune=True))
        for these in (groups[:2], groups[1:])
    )
    assert list(deviations(was, now).values()) == [[], []]


def test_what_is_sent_along_is_no_deviation() -> None:
    """A field that is left to live goes along as it is; it is no part of what was reviewed."""
    assert told(live(timezone="UTC"), live(timezone="Europe/Oslo"), start_time="08:00") == []


def test_hidden_values() -> None:
    """That one differs can be said; which it was cannot."""
    links = [SecretStr("https://one"), SecretStr("https://two")]
    wanted = SecretStr("https://three")
    lines = told(live(sheet_link=links[0]), live(sheet_link=links[1]), sheet_link=wanted)
    assert lines == [
        "a value that is never shown, such as a sheet_link, is not the one of the review"
    ]
