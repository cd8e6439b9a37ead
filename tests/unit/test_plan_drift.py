"""What is left of drift, and what is written beside it."""

from dataclasses import replace

from reconciler.model import Action, Declared, Group, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from tests.builders import action, desired, group_id, live, use_case

ONE, TWO, THREE, FOUR = (action(day) for day in range(1, 5))


def planned(entry: Declared, current: Group | None, was: Declared, *, prune: bool = False) -> Plan:
    """Return the plan of one group that leaves drift."""
    return build_plan(
        [entry], [current] if current else [], Target(), base=[was], drift="leave", prune=prune
    )


def lab(*actions: Action, enabled: bool = True) -> tuple[UseCase, ...]:
    """Return LAB with these actions and no other."""
    return (UseCase(use_case="LAB", enabled=enabled, actions=actions),)


def test_e9_the_branchs_part_is_written_and_the_dashboards_is_left() -> None:
    """Of one group; a field that is drift goes along as it is live."""
    plan = planned(
        desired(start_time="09:00", timezone="UTC"),
        live(start_time="08:00", timezone="Europe/Oslo"),
        desired(start_time="08:00", timezone="UTC"),
    )
    (change,), (rest,) = plan.changes, plan.drifted
    assert [field.path for field in change.fields] == ["start_time"]
    assert change.request["timezone"] == "Europe/Oslo"
    assert change.origins == {("start_time",): "git"}
    assert [(field.path, field.before, field.after) for field in rest.fields] == [
        ("timezone", "Europe/Oslo", "UTC")
    ]
    assert rest.origins == {("timezone",): "drift"}
    assert not rest.request
    assert plan.count_origin("drift") == plan.count_origin("git") == 1


def test_e9_single_actions_of_drift_are_left() -> None:
    """One that somebody added stays, one that somebody removed does not come back."""
    plan = planned(
        desired(use_cases=lab(ONE, TWO, THREE)),
        live(use_cases=lab(TWO, FOUR)),
        desired(use_cases=lab(ONE, TWO)),
    )
    (change,), (rest,) = plan.changes, plan.drifted
    (part,) = change.use_cases
    assert (part.added, part.removed) == ((THREE,), ())
    assert change.request["use_cases"] == [
        {
            "use_case": "LAB",
            "enabled": True,
            "actions": [one.model_dump(mode="json") for one in (TWO, THREE, FOUR)],
        }
    ]
    (undone,) = rest.use_cases
    assert (undone.added, undone.removed) == ((ONE,), (FOUR,))


def test_e9_what_is_written_is_shown_at_its_line() -> None:
    """Although an action before it is left out."""
    entry = desired(use_cases=lab(ONE, TWO, THREE))
    lines = {f"use_cases.LAB.actions.{number}": (10 + number, 7) for number in range(3)}
    entry = replace(entry, positions={**entry.positions, **lines})
    plan = planned(entry, live(use_cases=lab(TWO)), desired(use_cases=lab(ONE, TWO)))
    (change,) = plan.changes
    after = change.use_cases[0].after.actions
    assert after == (TWO, THREE)
    where = [change.declared.position(f"use_cases.LAB.actions.{number}") for number in range(3)]
    assert where == [(11, 7), (12, 7), (3, 1)]
    assert plan.drifted[0].declared.position("use_cases.LAB.actions.0") == (10, 7)


def test_e9_what_somebody_paused_stays_paused_while_the_branch_changes_it() -> None:
    """Nobody is contacted by it before somebody decides so."""
    plan = planned(
        desired(use_cases=lab(ONE, TWO)),
        live(use_cases=lab(ONE, enabled=False)),
        desired(use_cases=lab(ONE)),
    )
    assert plan.changes[0].request["use_cases"][0]["enabled"] is False
    assert plan.drifted[0].origins == {("use_cases", "LAB", "enabled"): "drift"}


def test_e10_only_drift_is_nothing_to_write() -> None:
    """A group that is listed, counted as drift and as nothing else."""
    was = desired(start_time="08:00")
    plan = planned(was, live(start_time="21:00"), was)
    assert plan.empty
    assert not plan.unchanged
    assert not plan.guards
    assert [str(change.key) for change in plan.drifted] == ["microsoft/reminders"]
    assert plan.count_origin("drift") == 1


def test_what_somebody_removed_stays_removed_as_a_whole() -> None:
    """Half a use case, and half a group, is nothing that anybody wrote."""
    was, entry = desired(use_cases=lab(ONE)), desired(use_cases=(*lab(ONE, TWO), use_case("NEW")))
    plan = planned(entry, live(), was)
    assert [part.use_case for part in plan.changes[0].use_cases] == ["NEW"]
    assert [part.use_case for part in plan.drifted[0].use_cases] == ["LAB"]
    assert plan.drifted[0].origins["use_cases", "LAB", TWO] == "git"
    gone = planned(entry, None, was)
    assert gone.empty
    assert [change.action for change in gone.drifted] == ["create"]
    assert not gone.drifted[0].request


def test_a_group_that_was_never_applied_is_created() -> None:
    """It is nobody's drift."""
    plan = build_plan([desired()], [], Target(), base=[desired()], applied=[], drift="leave")
    assert [change.action for change in plan.changes] == ["create"]
    assert not plan.drifted


def test_a_slug_that_somebody_changed_keeps_the_files_name_for_the_group() -> None:
    """The file pins the group; live's slug goes along and the plan calls it by its key."""
    pin = {"group_id": group_id(1), "name": "R"}
    plan = planned(
        desired("a", start_time="09:00", **pin),
        live("b", name="R", start_time="08:00"),
        desired("a", start_time="08:00", **pin),
    )
    (change,) = plan.changes
    assert (str(change.key), change.request["slug"]) == ("microsoft/a", "b")
    assert change.request["start_time"] == "09:00:00"
    assert [field.path for field in plan.drifted[0].fields] == ["slug"]


def test_e3_a_removal_is_carried_out_beside_drift() -> None:
    """Pruning is never left for it."""
    plan = planned(
        desired(start_time="08:00", use_cases=()),
        live(start_time="21:00", use_cases=lab(ONE)),
        desired(start_time="08:00", use_cases=lab(ONE)),
        prune=True,
    )
    (change,) = plan.changes
    assert change.pruned == {"LAB"}
    assert not change.fields
    assert [field.path for field in plan.drifted[0].fields] == ["start_time"]
    assert not plan.drifted[0].use_cases
    assert not plan.unmanaged


def test_guards_see_only_what_is_written() -> None:
    """What is left counts against no limit."""
    was = [desired(f"g{number}", start_time="08:00") for number in range(30)]
    current = [live(f"g{number}", number, start_time="21:00") for number in range(30)]
    plan = build_plan(was, current, Target(), base=was, drift="leave")
    assert not plan.guards
    assert len(plan.drifted) == 30
    assert [guard.name for guard in build_plan(was, current, Target(), base=was).guards] == [
        "updates"
    ]


def test_without_a_base_there_is_no_drift_to_leave() -> None:
    """Nothing says what it would be."""
    plan = build_plan([desired(start_time="08:00")], [live()], Target(), drift="leave")
    assert len(plan.changes) == 1
    assert not plan.drifted
