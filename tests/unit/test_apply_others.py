"""Traces of another writer."""

from dataclasses import replace

import pytest

from reconciler.apply.others import done_by_others, twins
from reconciler.model import Group, Target, Unknown
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from tests.builders import desired, group_id, live, skipped

BEFORE = [live("a", 1, start_time="08:00"), live("b", 2), live("x", 9, integration="google")]


def the_plan() -> Plan:
    """Return a plan that updates a, leaves b and creates c, all of one integration."""
    return build_plan(
        [desired("a", start_time="09:00"), desired("b"), desired("c", name="C")], BEFORE, Target()
    )


OURS = [live("a", 1, start_time="09:00"), live("b", 2), live("c", 3, name="C", timezone="UTC")]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OURS, []),
        (
            [OURS[0], live("b", 2, timezone="UTC"), OURS[2]],
            ["microsoft/b: timezone was (none) and is UTC"],
        ),
        ([BEFORE[0], *OURS[1:]], ["microsoft/a: start_time was 09:00:00 and is 08:00:00"]),
        (OURS[:1], [f"microsoft/b ({group_id(2)}) is gone"]),
        ([*OURS, live("d", 4)], [f"microsoft/d ({group_id(4)}) has appeared"]),
    ],
)
def test_what_the_run_did_not_do(now: list[Group], expected: list[str]) -> None:
    """Groups changed, gone or come otherwise than planned; only integrations it writes to count."""
    plan = the_plan()
    applied = [change.subject for change in plan.changes]
    assert list(done_by_others(plan, applied, now)) == expected


def test_q7_unknown_fields_of_groups_that_others_changed() -> None:
    """New ones in a group that the run left are somebody's edit; in one that it wrote, perhaps not.

    A loss in either is told.
    """
    plan = the_plan()
    applied = [change.subject for change in plan.changes]
    tags = Unknown(name="tags", digest="1")
    a, b = (group.model_copy(update={"unknown": (tags,)}) for group in OURS[:2])
    assert done_by_others(plan, applied, [a, *OURS[1:]]) == ()
    (told,) = done_by_others(plan, applied, [OURS[0], b, OURS[2]])
    assert told.startswith("microsoft/b: tags is new")
    before = [BEFORE[0].model_copy(update={"unknown": (tags,)}), *BEFORE[1:]]
    plan = build_plan([desired("a", start_time="09:00")], before, Target())
    (told,) = done_by_others(plan, [plan.changes[0].subject], OURS[:2])
    assert told.startswith("microsoft/a: tags is gone")


def test_what_was_not_applied_is_not_blamed_on_others() -> None:
    """A group whose write failed may be anything; its own result tells."""
    assert done_by_others(the_plan(), [], [BEFORE[0], *OURS[1:]]) == ()


def test_twins_of_created_groups() -> None:
    """Several live groups with a key that this run created, ids sorted."""
    plan = the_plan()
    assert twins(plan, OURS) == {}
    (key,) = [change.key for change in plan.changes if change.action == "create"]
    assert twins(plan, [*OURS, live("c", 7), live("b", 8)]) == {key: (group_id(3), group_id(7))}


def test_r10_what_turned_odd_or_was_deleted_meanwhile() -> None:
    """It is not called gone; a row that the plan listed already is no news."""
    known = [skipped("x", 20), skipped("n", 0)]
    plan = replace(the_plan(), skipped=tuple(known))
    moved = [replace(row, place="$[1]", problem="$[1].x is wrong") for row in known]
    rows = [*moved, skipped("b", 2, "deleted"), skipped("y", 21), skipped("c", 3, "deleted")]
    told = done_by_others(plan, (), [OURS[0], OURS[2]], rows)
    assert told == (
        f"microsoft/b ({group_id(2)}) is marked as deleted (deleted)",
        f"microsoft/y ({group_id(21)}) has appeared, and is odd: $[0].x is wrong",
    )


def test_r10_an_odd_row_is_a_twin_of_what_was_created() -> None:
    """With its slug, or without one and the same name; a deleted one is none."""
    plan = the_plan()
    (key,) = [change.key for change in plan.changes if change.action == "create"]
    rows = [skipped("c", 7), skipped("", 0, name="c"), skipped("c", 8, "deleted"), skipped("z", 9)]
    assert twins(plan, OURS, rows) == {key: ("$[0]", group_id(3), group_id(7))}
    assert twins(plan, OURS, [skipped("c", 7, integration="google")]) == {}
