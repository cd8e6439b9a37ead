"""Whose change each difference is: the table of the design, part by part, silence included."""

import pytest

from reconciler.model import Action, Declared, Group, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Change, Origin, Part
from reconciler.plan.origins import ABSENT, SILENT, judge
from tests.builders import action, desired, live, use_case

_ = SILENT
TABLE = [
    # desired, live, base, applied
    ("new", "old", "old", "old", "git"),  # D and B differ, L is both
    ("new", "base", "base", "old", "git"),  # L is B's
    ("new", "old", "base", "old", "git"),  # L is A's
    ("new", ABSENT, "old", "old", "git"),  # there is none
    ("new", ABSENT, "base", "old", "git"),
    ("new", "edit", "old", "old", "conflict"),  # L is neither
    ("new", "edit", "base", "old", "conflict"),
    ("new", "old", "new", "old", "pending"),  # D and B agree, L is A's
    ("new", "edit", "new", "new", "drift"),  # L is not A's, A agrees with B
    ("new", ABSENT, "new", "new", "drift"),
    ("new", "edit", "new", "old", "conflict"),  # L is not A's, A differs from B
    ("new", ABSENT, "new", "old", "conflict"),
    # What Git never said is this branch's, whatever is live.
    ("new", "old", _, _, "git"),
    ("new", ABSENT, _, _, "git"),
    # Git said it after what was applied: what is live counts as applied.
    ("new", "old", "new", _, "pending"),
    ("new", ABSENT, "new", _, "pending"),
    ("new", "old", "base", _, "git"),
    ("new", ABSENT, "base", _, "git"),
    # Git said it before the base: "B's or A's" is A's.
    ("new", "old", _, "old", "git"),
    ("new", "edit", _, "old", "conflict"),
    ("new", "edit", _, "new", "conflict"),
    ("new", ABSENT, _, "new", "git"),
    # A null is said.
    (None, "edit", None, None, "drift"),
    (None, "old", None, "old", "pending"),
    ("new", None, "new", None, "pending"),
    ("new", None, None, "old", "git"),
]


@pytest.mark.parametrize(("desired_", "live_", "base", "applied", "origin"), TABLE)
def test_e6_e13_the_table(
    desired_: object, live_: object, base: object, applied: object, origin: Origin
) -> None:
    """Each line of it, in each way in which it can come about."""
    assert judge(desired_, live_, base, applied) == origin


@pytest.mark.parametrize(
    ("live_", "base", "applied", "origin"),
    [
        ("mid", "new", "new", "pending"),  # merged, written, and taken back by another merge
        ("mid", "new", "old", "pending"),
        ("mid", "base", "old", "git"),
        ("edit", "new", "new", "drift"),
        ("edit", "new", "old", "conflict"),
        (ABSENT, "new", "new", "drift"),
    ],
)
def test_e2_e5_what_a_commit_since_has_said_is_nobodys_drift(
    live_: object, base: object, applied: object, origin: Origin
) -> None:
    """Its run wrote it, and ended before it was recorded."""
    assert judge("new", live_, base, applied, (_, "other", "mid")) == origin


def change(
    entry: Declared | None,
    current: Group | None,
    base: Declared | None,
    applied: Declared | None,
    *,
    prune: bool = False,
) -> Change:
    """Return the one change of a plan for one group."""
    plan = build_plan(
        [entry] if entry else [],
        [current] if current else [],
        Target(),
        base=[base] if base else [],
        applied=[applied] if applied else [],
        prune=prune,
    )
    (found,) = plan.changes
    return found


def times(time: object) -> Declared:
    """Return a file that says a start time, or none."""
    return desired() if time is SILENT else desired(start_time=time)


@pytest.mark.parametrize(("now", "then", "base", "applied", "origin"), TABLE)
def test_e6_a_field(
    now: str | None, then: object, base: object, applied: object, origin: Origin
) -> None:
    """A field by its value; of a group that is not live there is none."""
    current = None if then is ABSENT else live(start_time=then)
    found = change(desired(start_time=now), current, times(base), times(applied))
    assert found.origins["start_time",] == origin


ONE, TWO = action(1), action(2)


def lab(*actions: Action, enabled: bool = True) -> tuple[UseCase, ...]:
    """Return LAB with these actions and no other."""
    return (UseCase(use_case="LAB", enabled=enabled, actions=actions),)


ENABLED: Part = ("use_cases", "LAB", "enabled")


@pytest.mark.parametrize(
    ("now", "then", "base", "applied", "origin"),
    [
        (True, False, True, False, "pending"),
        (True, False, True, True, "drift"),
        (True, False, False, True, "git"),
        (True, False, False, False, "git"),
        (True, False, None, None, "git"),
        (True, False, True, None, "pending"),
        (True, False, None, True, "conflict"),
    ],
)
def test_e6_whether_a_use_case_is_enabled(
    *, now: bool, then: bool, base: bool | None, applied: bool | None, origin: Origin
) -> None:
    """Likewise; where a commit does not name the use case, it is silent."""
    entries = [
        desired(use_cases=() if enabled is None else lab(ONE, enabled=enabled))
        for enabled in (now, base, applied)
    ]
    found = change(entries[0], live(use_cases=lab(ONE, enabled=then)), *entries[1:])
    assert found.origins == {ENABLED: origin}


@pytest.mark.parametrize(
    ("now", "then", "base", "applied", "origin"),
    [
        ((ONE, TWO), (ONE,), (ONE, TWO), (ONE,), "pending"),
        ((ONE,), (ONE, TWO), (ONE,), (ONE, TWO), "pending"),
        ((ONE, TWO), (ONE,), (ONE, TWO), (ONE, TWO), "drift"),
        ((ONE, TWO), (ONE,), (ONE,), (ONE,), "git"),
        ((ONE, TWO), (ONE,), (ONE,), (ONE, TWO), "git"),
        ((ONE, TWO), (ONE,), (ONE, TWO), (ONE, TWO, TWO), "conflict"),
        ((ONE, TWO), (ONE,), (ONE, TWO), None, "pending"),
        ((ONE, TWO, TWO), (ONE, TWO), (ONE, TWO, TWO), (ONE, TWO), "pending"),
    ],
)
def test_e6_an_action(
    now: object, then: object, base: object, applied: object, origin: Origin
) -> None:
    """By how often it is there."""

    def said(actions: object) -> Declared:
        return desired(use_cases=lab(*actions) if isinstance(actions, tuple) else ())

    current = live(use_cases=said(then).group.use_cases)
    found = change(said(now), current, said(base), said(applied))
    assert found.origins == {("use_cases", "LAB", TWO): origin}


@pytest.mark.parametrize(
    ("base", "applied", "origin"),
    [(True, True, "drift"), (True, False, "pending"), (False, True, "git"), (False, False, "git")],
)
def test_e6_that_something_is_there_is_a_part_of_its_own(
    *, base: bool, applied: bool, origin: Origin
) -> None:
    """A use case, and a group, which is there as its slug is."""
    entry = desired(use_cases=lab(TWO))

    was, never = desired(use_cases=lab(ONE)), desired(use_cases=())
    found = change(entry, live(), was if base else never, was if applied else never)
    assert found.origins["use_cases", "LAB"] == origin
    new = change(entry, None, was if base else None, was if applied else None)
    assert new.origins["slug",] == origin


ON, OFF = lab(ONE), lab(ONE, enabled=False)


@pytest.mark.parametrize(
    ("base", "applied", "origin"),
    [
        (ON, ON, "git"),
        (OFF, ON, "git"),
        (ON, OFF, "git"),
        (ON, (), "git"),
        ((), ON, "pending"),
        (None, ON, "git"),
        ((), OFF, "conflict"),
        (OFF, OFF, "conflict"),
        (OFF, (), "git"),
    ],
)
def test_e3_a_removal_is_what_git_says(
    base: tuple[UseCase, ...] | None, applied: tuple[UseCase, ...], origin: Origin
) -> None:
    """It is never drift, so that no way to treat drift forgets it; None does not manage any."""

    def said(use_cases: tuple[UseCase, ...] | None) -> Declared:
        return desired() if use_cases is None else desired(use_cases=use_cases)

    found = change(said(()), live(use_cases=ON), said(base), said(applied), prune=True)
    assert found.origins == {ENABLED: origin}
    assert found.pruned == {"LAB"}


def test_e3_a_file_that_was_removed_before_is_pruned_by_what_was_applied() -> None:
    """Its removal was merged and never applied: the base does not have it any more."""
    was, current = desired(use_cases=ON), live(use_cases=ON)
    found = change(None, current, None, was, prune=True)
    assert found.origins == {ENABLED: "pending"}
    listed = build_plan([], [current], Target(), base=[], applied=[was]).unmanaged
    assert [item.removed for item in listed] == [True]
    forgotten = build_plan([], [current], Target(), base=[], prune=True)
    assert forgotten.empty
    assert [item.removed for item in forgotten.unmanaged] == [False]


@pytest.mark.parametrize("gone", [[], [desired(use_cases=())]])
def test_e2_e5_what_only_a_commit_since_has_had_is_pruned(gone: list[Declared]) -> None:
    """It was merged, written, and removed again by another merge, all since what was applied."""
    plan = build_plan(
        gone,
        [live(use_cases=ON)],
        Target(),
        base=gone,
        applied=gone,
        since=[[desired(use_cases=ON)]],
        drift="leave",
        prune=True,
    )
    (found,) = plan.changes
    assert found.origins == {ENABLED: "pending"}
    assert found.pruned == {"LAB"}


@pytest.mark.parametrize(
    ("since", "origin"),
    [
        ([[], [desired(use_cases=ON)]], "pending"),
        ([[desired(use_cases=())]], "pending"),
        ([[desired(use_cases=OFF)]], "pending"),
        ([[desired()]], "drift"),
        ([[desired(use_cases=ON)]], "drift"),
    ],
)
def test_e2_e5_a_removal_since_has_switched_it_off(
    since: list[list[Declared]], origin: Origin
) -> None:
    """And another merge has taken the removal back; who stops managing it has removed nothing."""
    was = [desired(use_cases=ON)]
    (found,) = build_plan(
        was, [live(use_cases=OFF)], Target(), base=was, applied=was, since=since
    ).changes
    assert found.origins == {ENABLED: origin}


@pytest.mark.parametrize(("since", "origin"), [((), "drift"), ((3,), "pending")])
def test_e2_e5_an_action_of_a_commit_since(since: tuple[int, ...], origin: Origin) -> None:
    """Likewise, one by one."""
    one, other = (use_case("LAB", action(day)) for day in (1, 3))
    was = [desired(use_cases=(one,))]
    (found,) = build_plan(
        was,
        [live(use_cases=(other,))],
        Target(),
        base=was,
        applied=was,
        since=[[desired(use_cases=(use_case("LAB", action(day)),))] for day in since],
    ).changes
    assert set(found.origins.values()) == {origin}


def test_e3_a_use_case_likewise() -> None:
    """Listed as removed without prune."""
    was, now = desired(use_cases=ON), desired(use_cases=())
    plan = build_plan([now], [live(use_cases=ON)], Target(), base=[now], applied=[was])
    assert [item.removed for item in plan.unmanaged] == [True]


def test_pending_is_counted_by_group() -> None:
    """Like the others."""
    plan = build_plan(
        [desired("a", use_cases=(use_case("LAB"),)), desired("b", start_time="09:00")],
        [live("a", 1), live("b", 2, start_time="08:00")],
        Target(),
        base=[desired("a", use_cases=(use_case("LAB"),)), desired("b", start_time="09:00")],
        applied=[desired("b", start_time="08:00")],
    )
    assert plan.count_origin("pending") == 2
    assert plan.count_origin("drift") == plan.count_origin("git") == 0
