"""What a plan must not do unasked."""

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from reconciler.model import Declared, Group, Target
from reconciler.plan.build import build_plan
from reconciler.plan.guards import Reach, over_limit
from reconciler.settings import Limits, Span
from tests.builders import action, desired, group_id, live, use_case

CASES = (use_case("A"),)
LIMITS = Limits(creates=2, updates=3, disables=1)


@pytest.mark.parametrize(
    ("reach", "allow", "expected"),
    [
        (Reach(2, 3, 1, 10), {}, []),
        (Reach(3, 0, 0, 0), {}, ["creates"]),
        (Reach(0, 4, 0, 100), {}, ["updates"]),
        (Reach(0, 0, 2, 0), {}, ["disables"]),
        (Reach(9, 9, 9, 9), {}, ["creates", "updates", "disables"]),
        (Reach(3, 4, 2, 100), {"creates": 3, "updates": 4, "disables": 2}, []),
        (Reach(3, 4, 2, 100), {"creates": 3}, ["updates", "disables"]),
        (Reach(4, 0, 0, 0), {"creates": 3}, ["creates"]),
        (Reach(1, 0, 0, 0), {"creates": 0}, ["creates"]),
    ],
)
def test_limits(reach: Reach, allow: dict[str, int], expected: list[str]) -> None:
    """A number at its limit passes, one over does not; an allowance is the new absolute number."""
    assert [guard.name for guard in over_limit(reach, LIMITS, allow)] == expected


@pytest.mark.parametrize(
    ("updates", "live_groups", "refused"),
    [(6, 9, False), (5, 10, False), (6, 10, True), (6, 19, True), (6, 20, False), (7, 20, True)],
)
def test_a_large_share_of_the_live_groups(updates: int, live_groups: int, refused: bool) -> None:  # noqa: FBT001 - parametrised
    """Over 30% and over five, where there are ten live groups or more, whatever the limit (P4)."""
    found = list(over_limit(Reach(0, updates, 0, live_groups), Limits(), {}))
    assert bool(found) == refused
    assert list(over_limit(Reach(0, updates, 0, live_groups), Limits(), {"updates": updates})) == []


HOLIDAYS = Span(first=date(2026, 12, 24), last=date(2027, 1, 1))
MOVE = Span(first=date(2026, 12, 31), last=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "allow", "expected"),
    [
        ("2026-12-23", {}, 0),
        ("2026-12-24", {}, 1),
        ("2026-12-31", {}, 2),
        ("2026-12-31", {"freeze": 1}, 2),
        ("2026-12-31", {"freeze": 2}, 0),
        ("2027-01-01", {}, 1),
        ("2027-01-02", {}, 0),
    ],
)
def test_days_in_which_nothing_is_to_change(day: str, allow: dict[str, int], expected: int) -> None:
    """The first and the last are included; each span is told, and counts."""
    freeze = {"holidays": HOLIDAYS, "move": MOVE}
    today = date.fromisoformat(day)
    entry, current = desired("a", start_time="09:00"), live("a")
    plan = build_plan([entry], [current], Target(), freeze=freeze, today=today, allow=allow)
    assert [guard.name for guard in plan.guards] == ["freeze"] * expected
    nothing = build_plan([desired("a")], [current], Target(), freeze=freeze, today=today)
    assert nothing.guards == ()
    assert build_plan([entry], [current], Target(), freeze=freeze).guards == ()


def test_a_span_ends_after_it_begins() -> None:
    """A span the wrong way round would freeze nothing, and nobody would notice."""
    with pytest.raises(ValidationError, match="is after last"):
        Span(first=date(2027, 1, 1), last=date(2026, 12, 24))


def test_a_guard_says_how_to_lift_it() -> None:
    """The number in the remedy is the one that is needed."""
    (guard,) = over_limit(Reach(12, 0, 0, 0), Limits(), {})
    assert (guard.message, guard.remedy) == (
        "12 groups would be created, over the limit of 10",
        "if that is meant: --allow creates=12",
    )


def names(declared: list[Declared], groups: list[Group], **options: object) -> list[str]:
    """Return the names of a plan's guards."""
    return [guard.name for guard in build_plan(declared, groups, Target(), **options).guards]  # type: ignore[arg-type]


def test_a_plan_counts_what_it_does() -> None:
    """Creates, updates and use cases that go from enabled to not."""
    off = [use_case(f"CASE_{number}", enabled=False) for number in range(6)]
    on = [use_case(f"CASE_{number}") for number in range(6)]
    assert names([desired(use_cases=tuple(off))], [live(use_cases=tuple(on))]) == ["disables"]
    assert (
        names([desired(use_cases=tuple(off))], [live(use_cases=tuple(on))], allow={"disables": 6})
        == []
    )
    assert names([desired(f"g{number}", name=f"G{number}") for number in range(11)], []) == [
        "creates"
    ]


def test_a_rename_is_recognised_by_name() -> None:
    """A new group beside a live one without a file that has its name: told which lines to add."""
    plan = build_plan([desired("new", name="Old", timezone="UTC")], [live("old", 7)], Target())
    (guard,) = plan.guards
    assert (guard.name, guard.file, guard.line) == ("renames", "groups/microsoft/new.yaml", 2)
    assert "microsoft/old" in guard.message
    assert "same name" in guard.message
    assert f"`group_id: {group_id(7)}`" in guard.remedy
    assert "`slug: old`" in guard.remedy
    assert "--allow renames=1" in guard.remedy


def test_a_rename_is_recognised_by_content() -> None:
    """Another name, but all else that the file declares is the same."""
    cases = (use_case("A", action(3)),)
    declared = desired("new", name="Reminders", use_cases=cases, timezone="UTC")
    stray = live("old", use_cases=cases, timezone="UTC")
    assert names([declared], [stray]) == ["renames"]
    assert names([declared], [stray], allow={"renames": 1}) == []


@pytest.mark.parametrize(
    "stray", [live("new", integration="google"), live("old", integration="google", use_cases=CASES)]
)
def test_a_move_to_another_integration(stray: Group) -> None:
    """Same name and slug, or use cases: both would contact people, unless the old one ends."""
    entry = desired("new", use_cases=CASES)
    plan = build_plan([entry], [stray], Target())
    assert [guard.name for guard in plan.guards] == ["renames"]
    assert f"switch {stray.key} off" in plan.guards[0].remedy
    assert "allow renames=1" in plan.guards[0].remedy
    was = Declared(
        stray.model_copy(update={"group_id": None, "use_cases": CASES}), "groups/google/was.yaml"
    )
    enabled = stray.model_copy(update={"use_cases": CASES})
    assert build_plan([entry], [enabled], Target(), base=[was], prune=True).guards == ()
    assert len(build_plan([entry], [enabled], Target(), base=[was]).guards) == 1


@pytest.mark.parametrize(
    "stray",
    [
        live("old", name="Other"),
        live("old", integration="google"),
        live("managed"),
    ],
)
def test_what_is_no_rename(stray: Group) -> None:
    """Another name and content, another integration, or a live group that has a file of its own."""
    assert (
        names([desired("new", timezone="UTC"), desired("managed", name="Reminders")], [stray]) == []
    )


def test_both_lines_of_the_remedy_work() -> None:
    """Pinned by id, or with the live slug, the file means the live group, and the guard is gone."""
    assert names([desired("new", group_id=group_id(7))], [live("old", 7)]) == []
    assert names([desired("old")], [live("old", 7)]) == []


def test_a_protected_group_keeps_what_it_has() -> None:
    """Whoever ends something of it allows as many; other edits, and other groups, pass."""
    on = (use_case("A"), use_case("B"), use_case("C", enabled=False))
    off = (use_case("A", enabled=False), use_case("B", enabled=False), use_case("C"))
    current = live("a", use_cases=on)
    entry = replace(desired("a", use_cases=off), protected=True)
    assert names([entry], [current]) == ["protected", "protected"]
    assert names([entry], [current], allow={"protected": 1}) == ["protected", "protected"]
    assert names([entry], [current], allow={"protected": 2}) == []
    assert names([replace(entry, protected=False)], [current]) == []
    later = replace(desired("a", start_time="09:00", use_cases=on), protected=True)
    assert names([later], [current]) == []


def test_a_branch_cannot_take_the_protection_away_and_end_something() -> None:
    """The base protects it, or the applied commit, also under the key that it had there."""
    entry = desired("a", group_id=group_id(1), use_cases=(use_case("A", enabled=False),))
    before = replace(desired("a", group_id=group_id(1), use_cases=(use_case("A"),)), protected=True)
    current = live("a", 1, use_cases=(use_case("A"),))
    plain = replace(before, protected=False)
    assert names([entry], [current], base=[before]) == ["protected"]
    assert names([entry], [current], base=[plain], applied=[plain]) == []
    renamed = desired("new", group_id=group_id(1), use_cases=(use_case("A", enabled=False),))
    assert "protected" in names([renamed], [current], base=[before])
    assert "protected" in names([], [current], base=[before], prune=True)
