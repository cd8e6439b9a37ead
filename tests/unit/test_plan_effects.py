"""What patients notice, and what a reviewer should see first."""

from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.model import Declared, Group, Target
from reconciler.plan.build import build_plan
from reconciler.plan.effects import Hour, Number, effects
from reconciler.plan.nouns import Change, Plan
from reconciler.plan.risks import RiskKind, risks
from tests.builders import action, desired, live, use_case

HOUR: dict[str, Any] = {"start_time": "08:00", "timezone": "America/Chicago"}
AT = Hour("08:00:00", "America/Chicago")
FIRST, SECOND = action(7, "First"), action(1, "Second", "CALL")
OTHER = action(1, "Other", "CALL", context="other")
"""It has nothing in common with FIRST."""


def change(entry: Declared, current: Group | None = None) -> Change:
    """Return the one change of a plan."""
    (found,) = build_plan([entry], [current] if current else [], Target()).changes
    return found


def contacts(entry: Declared, current: Group | None = None) -> tuple[list[str], list[str]]:
    """Return templates that begin and end."""
    seen = effects(change(entry, current))
    return [one.action.template_name for one in seen.begins], [
        one.action.template_name for one in seen.ends
    ]


def test_a_new_group_begins_what_is_enabled() -> None:
    """What is not enabled contacts nobody."""
    cases = (use_case("A", FIRST), use_case("B", SECOND, enabled=False))
    assert contacts(desired(**HOUR, use_cases=cases)) == (["First"], [])
    (contact,) = effects(change(desired(**HOUR, use_cases=cases))).begins
    assert (contact.use_case, contact.hour) == ("A", AT)


@pytest.mark.parametrize(
    ("before", "after", "begins", "ends"),
    [
        (use_case("A", FIRST), use_case("A", FIRST, SECOND), ["Second"], []),
        (use_case("A", FIRST, SECOND), use_case("A", FIRST), [], ["Second"]),
        (
            use_case("A", FIRST, enabled=False),
            use_case("A", FIRST, SECOND),
            ["First", "Second"],
            [],
        ),
        (
            use_case("A", FIRST, SECOND),
            use_case("A", FIRST, enabled=False),
            [],
            ["First", "Second"],
        ),
        (use_case("A", FIRST, enabled=False), use_case("A", SECOND, enabled=False), [], []),
    ],
)
def test_a_use_case_that_changes(
    before: Any, after: Any, begins: list[str], ends: list[str]
) -> None:
    """Switched on, all of it begins; switched off, all that was live ends; else the difference."""
    assert contacts(desired(use_cases=(after,)), live(use_cases=(before,))) == (begins, ends)


def test_what_ends_ended_at_its_old_hour() -> None:
    """And what begins does so at the new one."""
    seen = effects(
        change(
            desired(start_time="09:00", timezone="UTC", use_cases=(use_case("A", OTHER),)),
            live(**HOUR, use_cases=(use_case("A", FIRST),)),
        )
    )
    assert (seen.begins[0].hour, seen.ends[0].hour) == (Hour("09:00:00", "UTC"), AT)


def test_p1_what_goes_on_as_another_is_neither_more_nor_less() -> None:
    """It goes out at the hour that holds now; the numbers are those of the use case."""
    plan = build_plan(
        [desired(start_time="09:00", timezone="UTC", use_cases=(use_case("A", SECOND),))],
        [live(**HOUR, use_cases=(use_case("A", FIRST),))],
        Target(),
    )
    seen = effects(plan.changes[0])
    (turn,) = seen.turns
    assert (turn.turn.before, turn.turn.after, turn.hour) == (
        FIRST,
        SECOND,
        Hour("09:00:00", "UTC"),
    )
    assert seen.numbers == (Number("A", 1, 1),)
    assert (seen.before, seen.after) == (1, 1)
    assert [kind for kind, *_ in kinds(plan)] == ["calls", "earlier"]


@pytest.mark.parametrize(
    ("before", "after", "risky"),
    [
        ((FIRST,), (action(7, "New"),), []),
        ((FIRST,), (action(7, "First", context="b"),), []),
        ((FIRST,), (action(6, "First"),), []),
        ((FIRST,), (action(7, "First", "CALL"),), [("calls", ())]),
        ((SECOND,), (action(1, "Second", "SMS"),), []),
        ((FIRST,), (OTHER,), [("calls", ())]),
        ((OTHER,), (FIRST,), []),
        ((SECOND, FIRST), (OTHER, action(2, "x", context="y")), []),
        ((FIRST,), (FIRST, SECOND), [("more", (Number("A", 1, 2),))]),
        ((FIRST,), (FIRST, OTHER), [("more", (Number("A", 1, 2),))]),
        ((FIRST, SECOND), (OTHER,), [("fewer", (Number("A", 2, 1),))]),
        ((FIRST, FIRST), (FIRST,), [("fewer", (Number("A", 2, 1),))]),
    ],
)
def test_p1_more_and_less_are_numbers(before: Any, after: Any, risky: list[Any]) -> None:
    """Of each use case; a call in place of a text is a risk whatever the number is."""
    plan = build_plan(
        [desired(use_cases=(use_case("A", *after),))],
        [live(use_cases=(use_case("A", *before),))],
        Target(),
    )
    assert [(risk.kind, risk.numbers) for risk in risks(plan)] == risky


def test_what_goes_on_may_move() -> None:
    """To another hour, other people, another voice."""
    cases = (use_case("A", FIRST),)
    seen = effects(
        change(
            desired(start_time="09:00", sheet_link=SecretStr("https://x"), assistant_id="6" * 24),
            live(**HOUR, use_cases=cases),
        )
    )
    assert seen.moved == (AT, Hour("09:00:00", "America/Chicago"))
    assert seen.other_sheet
    assert seen.other_assistant
    assert not seen.begins


def test_where_nothing_goes_on_nothing_moves() -> None:
    """A group without enabled use cases, or without actions, contacts nobody at any hour."""
    for cases in ((), (use_case("A", enabled=False),)):
        seen = effects(
            change(desired(start_time="09:00", sheet_link=None), live(**HOUR, use_cases=cases))
        )
        assert (seen.moved, seen.other_sheet, seen.begins, seen.ends) == (None, False, (), ())


def kinds(plan: Plan) -> list[tuple[RiskKind, str, tuple[str, ...], int]]:
    """Return all risks of a plan."""
    return [(risk.kind, risk.key.slug, risk.parts, risk.line) for risk in risks(plan)]


@pytest.mark.parametrize(
    ("before", "after", "risky"),
    [
        (HOUR, {"start_time": "07:59"}, True),
        (HOUR, {"start_time": "08:01"}, False),
        (HOUR, {"timezone": "America/Denver"}, True),
        (HOUR, {"start_time": "10:00", "timezone": "America/New_York"}, True),
        ({}, {"start_time": "10:00"}, True),
        (HOUR, {"start_time": None}, True),
    ],
)
def test_earlier_hours(before: dict[str, Any], after: dict[str, Any], *, risky: bool) -> None:
    """Earlier in the same zone; in another or an unknown one earlier cannot be excluded."""
    cases = (use_case("A"),)
    plan = build_plan([desired(**after)], [live(**before, use_cases=cases)], Target())
    assert [kind for kind, *_ in kinds(plan)] == (["earlier"] if risky else [])
    nobody = build_plan([desired(**after)], [live(**before)], Target())
    assert kinds(nobody) == []


def test_a_group_that_git_has_and_live_has_not_is_no_dashboard_edit() -> None:
    """It is told as more people, once."""
    entry = desired("a", use_cases=(use_case("A"),))
    other = desired("a", timezone="UTC", use_cases=(use_case("A"),))
    for base in (entry, other):
        assert [kind for kind, *_ in kinds(build_plan([entry], [], Target(), base=[base]))] == [
            "more"
        ]


def test_risks_come_by_kind_and_then_by_key() -> None:
    """With the parts that they come from, and the line of the first."""
    a, b = use_case("A"), use_case("B")
    plan = build_plan(
        [
            desired("two", start_time="07:00", use_cases=(a, b)),
            desired(
                "one",
                sheet_link=SecretStr("https://x"),
                use_cases=(use_case("A", enabled=False), b),
            ),
            desired("new", use_cases=(a,)),
        ],
        [live("two", 2, start_time="08:00", use_cases=(a,)), live("one", 1, use_cases=(a, b))],
        Target(),
        base=[
            desired("two", start_time="06:00", use_cases=(a,)),
            desired("one", use_cases=(use_case("A", enabled=False), b)),
        ],
    )
    assert kinds(plan) == [
        ("conflict", "two", ("start_time",), 3),
        ("more", "new", ("A",), 3),
        ("more", "two", ("B",), 4),
        ("earlier", "two", ("start_time",), 3),
        ("other people", "one", ("sheet_link",), 3),
        ("fewer", "one", ("A",), 4),
        ("drift", "one", ("A",), 4),
    ]
