"""What has to be written before what, so that nobody is contacted by two groups."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.apply.restore import restored
from reconciler.apply.snapshot import snapshot_of
from reconciler.model import Declared, Group, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.digest import change_digest
from reconciler.plan.nouns import Plan
from tests.builders import action, desired, live, use_case

CONTENT: dict[str, Any] = {"name": "Recall", "start_time": "08:00", "use_cases": (use_case("A"),)}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OFF = use_case("A", enabled=False)
BEFORE = live("recall", 1, integration="google", **CONTENT)


def order(plan: Plan) -> dict[str, set[str]]:
    """Return what waits for what."""
    return {str(change.key): set(map(str, change.after)) for change in plan.changes if change.after}


def plan_of(files: list[Declared], *groups: Group, **options: Any) -> Plan:
    """Return a plan that no guard keeps from being looked at."""
    return build_plan(files, groups, Target(), **options)


@pytest.mark.parametrize(
    ("now", "was"),
    [
        (desired("recall", **CONTENT), BEFORE),
        (desired("yearly", **CONTENT), live("recall", 1, **CONTENT)),
        # Only the name is the same: nobody knows whether they are the same people.
        (desired("yearly", name="Recall", use_cases=(use_case("B"),)), live("r", 1, **CONTENT)),
    ],
    ids=["s2: another integration", "s3: another slug", "s3: another slug and content"],
)
def test_a_create_waits_for_the_end_of_its_look_alike(now: Declared, was: Group) -> None:
    """A file that moved, or was renamed, with `--base --prune`."""
    base = [Declared(was.model_copy(update={"group_id": None}), "groups/old.yaml", {})]
    plan = plan_of([now], was, base=base, prune=True)
    assert order(plan) == {str(now.group.key): {str(was.key)}}


def test_s2_the_old_file_may_stay_and_switch_off() -> None:
    """Moved by hand: a new file, and `enabled: false` in the old one; no base is needed."""
    old = desired("recall", integration="google", **{**CONTENT, "use_cases": (OFF,)})
    plan = plan_of([desired("recall", **CONTENT), old], BEFORE)
    assert order(plan) == {"microsoft/recall": {"google/recall"}}


def test_s3_a_use_case_that_moves_to_a_new_or_an_old_group() -> None:
    """Its actions are the same: whoever gets it waits for whoever loses it."""
    groups = [live("from", 1, use_cases=(use_case("A"), use_case("B"))), live("to", 2, name="To")]
    files = [
        desired("from", use_cases=(OFF, use_case("B"))),
        desired("to", name="To", use_cases=(use_case("A"),)),
        desired("new", name="New", use_cases=(use_case("A"),)),
    ]
    waits = {"microsoft/to": {"microsoft/from"}, "microsoft/new": {"microsoft/from"}}
    assert order(plan_of(files, *groups)) == waits


@pytest.mark.parametrize(
    "moved",
    [
        use_case("A", action(2)),
        use_case("A", action(1, "Another Text", "CALL")),
        use_case("YEARLY", action(2)),
    ],
    ids=["another day", "another text", "another name and day"],
)
def test_s3_what_moves_may_be_edited_on_the_way(moved: UseCase) -> None:
    """Whoever gets it waits all the same; in a plan where many share a name or a text, nobody."""
    groups = [live("from", 1, use_cases=(use_case("A"),)), live("to", 2, name="To")]
    files = [
        desired("from", use_cases=(OFF,)),
        desired("to", name="To", use_cases=(moved,)),
        desired("new", name="New", use_cases=(moved,)),
    ]
    waits = {"microsoft/to": {"microsoft/from"}, "microsoft/new": {"microsoft/from"}}
    assert order(plan_of(files, *groups)) == waits
    many = [live(f"g{number}", 3 + number, use_cases=(use_case("A"),)) for number in range(10)]
    files += [desired(f"g{number}", use_cases=(OFF,)) for number in range(10)]
    assert order(plan_of(files, *groups, *many)) == {}


def test_s3_what_was_edited_gives_way_to_what_was_not() -> None:
    """In a circle: y waits for x, whose use case it takes over; x does not wait for y's."""
    groups = [
        live("x", 1, use_cases=(use_case("A"), use_case("B", action(9), enabled=False))),
        live("y", 2, use_cases=(use_case("B"), use_case("A", enabled=False))),
    ]
    files = [
        desired("x", use_cases=(OFF, use_case("B", action(9)))),
        desired("y", use_cases=(use_case("B", enabled=False), use_case("A"))),
    ]
    assert order(plan_of(files, *groups)) == {"microsoft/y": {"microsoft/x"}}


def test_what_is_not_the_same_waits_for_nothing() -> None:
    """Other texts under another name, off already, or not switched on: written as before."""
    groups = [live("from", 1, use_cases=(use_case("A"), use_case("B", enabled=False)))]
    files = [
        desired("from", use_cases=(OFF, use_case("B", action(3), enabled=False))),
        desired("other", name="2", use_cases=(use_case("C", action(2, "Another")),)),
        desired("off", name="3", use_cases=(OFF,)),
        desired("was-off", name="4", use_cases=(use_case("B", action(9, "Another")),)),
        desired("fields", name="5"),
    ]
    assert order(plan_of(files, *groups)) == {}


def test_s2_a_rollback_waits_too() -> None:
    """What is switched on again waits for the end of what the run had created."""
    base = [desired("recall", integration="google", **CONTENT)]
    applied = plan_of([desired("recall", **CONTENT)], BEFORE, base=base, prune=True)
    after = [BEFORE.model_copy(update={"use_cases": (OFF,)}), live("recall", 2, **CONTENT)]
    saved = snapshot_of(applied, LONG_AGO)
    plan = plan_of(list(restored(saved, after, "snapshot", {}, {}).declared), *after)
    assert order(plan) == {"google/recall": {"microsoft/recall"}}


def test_a_circle_does_not_wait_for_itself() -> None:
    """Two groups that swap a use case: the first by its key goes first."""
    on = {name: use_case(name) for name in "AB"}
    off = {name: use_case(name, enabled=False) for name in "AB"}
    groups = [
        live("x", 1, use_cases=(on["A"], off["B"])),
        live("y", 2, use_cases=(off["A"], on["B"])),
    ]
    files = [
        desired("x", use_cases=(off["A"], on["B"])),
        desired("y", use_cases=(on["A"], off["B"])),
    ]
    assert order(plan_of(files, *groups)) == {"microsoft/x": {"microsoft/y"}}


def test_the_order_is_no_part_of_the_digest() -> None:
    """It varies nothing of what is written, so that a reviewed plan stays the reviewed plan."""
    old = desired("recall", integration="google", **{**CONTENT, "use_cases": (OFF,)})
    both = plan_of([desired("recall", **CONTENT), old], BEFORE)
    for change in both.changes:
        assert change_digest(Target(), replace(change, after=frozenset())) == change.digest
