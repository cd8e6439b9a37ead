"""Whose change each difference is, and what pruning does."""

import pytest

from reconciler.model import Action, Declared, Group, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Change, Origin, Plan
from reconciler.render.text import plan_text
from tests.builders import action, desired, group_id, live, use_case


def planned(
    declared: list[Declared], live: list[Group], base: list[Declared], *, prune: bool = False
) -> Plan:
    """Return a three-way plan."""
    return build_plan(declared, live, Target(), base=base, prune=prune)


def change(entry: Declared, current: Group | None, base: Declared | None) -> Change:
    """Return the one change of a plan for one group."""
    (found,) = planned([entry], [current] if current else [], [base] if base else []).changes
    return found


OLD, NEW, OTHER = "08:00:00", "09:00:00", "21:00:00"


@pytest.mark.parametrize(
    ("base", "before", "after", "origin"),
    [
        (OLD, OLD, NEW, "git"),
        (OLD, OTHER, OLD, "drift"),
        (OLD, OTHER, NEW, "conflict"),
        (OLD, None, OLD, "drift"),
        (None, None, NEW, "git"),
        (None, OTHER, None, "drift"),
        (OLD, OLD, None, "git"),
    ],
)
def test_a_field(base: str | None, before: str | None, after: str | None, origin: Origin) -> None:
    """Live as the base says: this branch did it; the file as the base says: live; neither: both."""
    found = change(desired(start_time=after), live(start_time=before), desired(start_time=base))
    assert found.origins == {("start_time",): origin}


def test_a_field_that_the_base_left_alone_is_this_branchs_doing() -> None:
    """Git never said anything of it, whatever is live."""
    assert change(desired(start_time=NEW), live(start_time=OLD), desired()).origins == {
        ("start_time",): "git"
    }
    assert change(desired(start_time=NEW), live(start_time=OLD), None).origins == {
        ("start_time",): "git"
    }


def test_a_group_that_is_new_in_git() -> None:
    """All of it is this branch's."""
    found = change(desired(use_cases=(use_case(),)), None, None)
    assert set(found.origins.values()) == {"git"}
    assert ("use_cases", "LAB_REMINDER") in found.origins


def test_a_group_that_git_has_and_live_has_not() -> None:
    """Live is not what Git last said; what this branch changes besides overrides nobody."""
    found = change(
        desired(start_time=NEW, use_cases=(use_case(),)),
        None,
        desired(start_time=OLD, use_cases=(use_case(),)),
    )
    assert found.origins["start_time",] == "git"
    assert found.origins["name",] == found.origins["use_cases", "LAB_REMINDER"] == "drift"


ONE, TWO, THREE = action(1), action(2), action(3)


@pytest.mark.parametrize(
    ("base", "before", "after", "part", "origin"),
    [
        ((ONE,), (ONE,), (ONE, TWO), TWO, "git"),
        ((ONE,), (ONE, TWO), (ONE,), TWO, "drift"),
        ((ONE, TWO), (ONE,), (ONE, TWO), TWO, "drift"),
        ((ONE, TWO), (ONE, TWO), (ONE,), TWO, "git"),
        ((ONE, ONE), (ONE,), (ONE, ONE, ONE), ONE, "conflict"),
    ],
)
def test_an_action(
    base: tuple[Action, ...],
    before: tuple[Action, ...],
    after: tuple[Action, ...],
    part: Action,
    origin: Origin,
) -> None:
    """Each action has an origin of its own, by how often it is there."""

    def cases(actions: tuple[Action, ...]) -> tuple[UseCase, ...]:
        return (UseCase(use_case="LAB", enabled=True, actions=actions),)

    found = change(
        desired(use_cases=cases(after)),
        live(use_cases=cases(before)),
        desired(use_cases=cases(base)),
    )
    assert found.origins == {("use_cases", "LAB", part): origin}


def test_one_use_case_with_several_origins() -> None:
    """This branch adds an action while somebody has switched the use case off live."""
    found = change(
        desired(use_cases=(use_case("LAB", ONE, TWO),)),
        live(use_cases=(use_case("LAB", ONE, enabled=False),)),
        desired(use_cases=(use_case("LAB", ONE),)),
    )
    assert found.origins == {
        ("use_cases", "LAB", "enabled"): "drift",
        ("use_cases", "LAB", TWO): "git",
    }


def test_a_use_case_that_the_base_does_not_name_is_this_branchs_doing() -> None:
    """Whatever it held before: Git never said it."""
    found = change(
        desired(use_cases=(use_case("LAB", TWO),)),
        live(use_cases=(use_case("LAB", ONE, enabled=False),)),
        desired(),
    )
    assert set(found.origins.values()) == {"git"}
    assert len(found.origins) == 3


def test_a_use_case_that_somebody_removed_live() -> None:
    """It is added again, as drift; what this branch changes of it overrides nobody."""
    base = desired(use_cases=(use_case("LAB", ONE),))
    same = change(base, live(), base)
    assert same.origins["use_cases", "LAB"] == "drift"
    other = change(desired(use_cases=(use_case("LAB", TWO),)), live(), base)
    assert other.origins == {("use_cases", "LAB"): "drift", ("use_cases", "LAB", TWO): "git"}


def test_a_renamed_file_keeps_its_base_by_its_live_group() -> None:
    """The base knew the group under another slug; it is the same live group."""
    found = change(
        desired("new", group_id=group_id(1), start_time=OLD),
        live("old", name="New", start_time=OTHER),
        desired("old", name="New", start_time=OLD),
    )
    assert found.origins == {("slug",): "git", ("start_time",): "drift"}


def test_origins_are_counted_by_group_and_shown() -> None:
    """A reader sees how many groups hold somebody else's change."""
    plan = planned(
        [desired("a", start_time=NEW, timezone="UTC"), desired("b", start_time=NEW)],
        [live("a", 1, start_time=OLD, timezone="Europe/Oslo"), live("b", 2, start_time=OTHER)],
        [desired("a", start_time=OLD, timezone="UTC"), desired("b", start_time=OLD)],
    )
    assert [plan.count_origin(origin) for origin in ("git", "drift", "conflict")] == [1, 1, 1]
    text = plan_text(plan)
    assert "1 with drift, 1 in conflict." in text
    lines = [line.split() for line in text.splitlines() if line.startswith("  ~")]
    assert [line[-2] for line in lines] == ["drift", "git", "conflict"]


def test_the_digest_does_not_depend_on_the_base() -> None:
    """The same writes are the same plan, whoever is behind them."""
    entry, current = desired(start_time=NEW), [live(start_time=OLD)]
    two_way = build_plan([entry], current, Target())
    assert two_way.digest == planned([entry], current, [desired(start_time=OLD)]).digest
    assert not two_way.three_way
    assert not two_way.changes[0].origins


LAB, RECALL, STRAY = use_case("LAB"), use_case("RECALL", ONE, TWO), use_case("STRAY")


def test_a_use_case_that_git_has_removed() -> None:
    """It is disabled with all that it does otherwise; what Git never had stays."""
    plan = planned(
        [desired(use_cases=(LAB,))],
        [live(use_cases=(LAB, RECALL, STRAY))],
        [desired(use_cases=(LAB, RECALL))],
        prune=True,
    )
    (found,) = plan.changes
    assert [(part.use_case, part.action) for part in found.use_cases] == [("RECALL", "disable")]
    assert found.pruned == {"RECALL"}
    assert found.request["use_cases"] == [{**RECALL.model_dump(mode="json"), "enabled": False}]
    assert found.origins == {("use_cases", "RECALL", "enabled"): "git"}
    assert [item.use_case.use_case for item in plan.unmanaged if item.use_case] == ["STRAY"]
    assert "enabled: yes → no, since Git has removed it" in plan_text(plan)


def test_without_prune_it_is_listed() -> None:
    """With what pruning would do."""
    plan = planned(
        [desired(use_cases=(LAB,))],
        [live(use_cases=(LAB, RECALL, STRAY))],
        [desired(use_cases=(LAB, RECALL))],
    )
    assert plan.empty
    assert [(item.use_case.use_case, item.removed) for item in plan.unmanaged if item.use_case] == [
        ("RECALL", True),
        ("STRAY", False),
    ]
    assert "Removed from Git and still live" in plan_text(plan)


def test_a_file_that_git_has_removed() -> None:
    """The use cases that it named are disabled, and no other field of the group is touched."""
    plan = planned(
        [desired("other")],
        [live("gone", 1, start_time=OTHER, use_cases=(LAB, STRAY)), live("other", 2)],
        [desired("gone", start_time=OLD, use_cases=(LAB,)), desired("other")],
        prune=True,
    )
    (found,) = plan.changes
    assert (str(found.key), found.action, found.fields) == ("microsoft/gone", "update", ())
    assert [part.use_case for part in found.use_cases] == ["LAB"]
    assert found.request["start_time"] == OTHER
    assert [(item.use_case.use_case, item.removed) for item in plan.unmanaged if item.use_case] == [
        ("STRAY", False)
    ]
    assert found.declared.file == "groups/microsoft/gone.yaml"


def test_a_removed_file_without_prune_is_listed_as_such() -> None:
    """The group, not its use cases."""
    plan = planned([], [live("gone", use_cases=(LAB,))], [desired("gone", use_cases=(LAB,))])
    assert [(str(item.key), item.removed, item.use_case) for item in plan.unmanaged] == [
        ("microsoft/gone", True, None)
    ]


def test_what_is_off_already_is_not_pruned() -> None:
    """Nobody is contacted by it, so nothing is written."""
    off = use_case("LAB", enabled=False)
    plan = planned(
        [], [live("gone", use_cases=(off,))], [desired("gone", use_cases=(LAB,))], prune=True
    )
    assert plan.empty
    assert [item.removed for item in plan.unmanaged] == [True]


def test_a_file_that_stops_managing_its_use_cases_removes_none() -> None:
    """Absent is unmanaged; null is managed as empty."""
    base, current = [desired(use_cases=(LAB,))], [live(use_cases=(LAB,))]
    assert planned([desired()], current, base, prune=True).empty
    assert not planned([desired(use_cases=())], current, base, prune=True).empty


def test_what_the_base_left_alone_is_not_pruned() -> None:
    """A removed file that never named use cases removes none."""
    assert planned([], [live("gone", use_cases=(LAB,))], [desired("gone")], prune=True).empty


def test_pruning_counts_against_the_limit_of_disables() -> None:
    """By file or by prune."""
    cases = tuple(use_case(name) for name in "ABCDEF")
    plan = planned(
        [], [live("gone", use_cases=cases)], [desired("gone", use_cases=cases)], prune=True
    )
    assert [guard.name for guard in plan.guards] == ["disables"]


def test_a_group_with_an_ambiguous_identity_is_not_pruned() -> None:
    """A file means one of the two, and it is not known which; the base's pin does not decide."""
    plan = planned(
        [desired("a", use_cases=())],
        [live("a", 1, use_cases=(LAB,)), live("a", 2)],
        [desired("a", group_id=group_id(1), use_cases=(LAB,))],
        prune=True,
    )
    assert plan.empty
    assert [guard.name for guard in plan.guards] == ["two-live-groups"]


def test_a_selection_prunes_only_its_keys() -> None:
    """And lists only theirs."""
    currents = [live("gone", 1, use_cases=(LAB,)), live("lost", 2, use_cases=(LAB,))]
    base = [desired("gone", use_cases=(LAB,)), desired("lost", use_cases=(LAB,))]
    only = frozenset({currents[0].key})
    plan = build_plan([], currents, Target(), base=base, prune=True, only=only)
    assert [str(found.key) for found in plan.changes] == ["microsoft/gone"]
    listed = build_plan([], currents, Target(), base=base, only=only).unmanaged
    assert [str(item.key) for item in listed] == ["microsoft/gone"]


TWINS = [live("a", 1, use_cases=(LAB,)), live("a", 2, use_cases=(LAB,))]
"""Two live groups with one key."""


@pytest.mark.parametrize(
    "base",
    [
        [desired("a", group_id=group_id(1)), desired("b", group_id=group_id(2))],
        [desired("a", use_cases=(LAB,))],
    ],
    ids=["each pinned", "one file that pins none"],
)
def test_v1_of_two_groups_with_one_key_both_are_pruned(base: list[Declared]) -> None:
    """By id: a file that pinned none meant both, and nobody who removes it wants one to go on."""
    cases = [Declared(Group(**{**dict(one.group), "use_cases": (LAB,)}), one.file) for one in base]
    plan = planned([], TWINS, cases, prune=True)
    assert [change.subject.group_id for change in plan.changes] == [group_id(1), group_id(2)]
    assert [change.request["group_id"] for change in plan.changes] == [group_id(1), group_id(2)]
    assert plan.digest == planned([], TWINS[::-1], cases, prune=True).digest
    assert not plan.guards
    assert f"microsoft/a ({group_id(2)})   update" in plan_text(plan)
    assert {item.removed for item in planned([], TWINS, cases).unmanaged} == {True}


def test_v1_the_one_that_git_keeps_goes_on_and_the_other_is_pruned() -> None:
    """Files pinned both, each under a slug of its own; one of the files is removed."""
    kept = desired("a", group_id=group_id(1), use_cases=(LAB,))
    base = [kept, desired("b", group_id=group_id(2), use_cases=(LAB,))]
    plan = planned([kept], TWINS, base, prune=True)
    assert [change.subject.group_id for change in plan.changes] == [group_id(2)]
    assert [str(key) for key in plan.unchanged] == ["microsoft/a"]


def test_v1_a_twin_that_git_never_told_apart_is_not_pruned_while_its_file_is_there() -> None:
    """The file pinned one of the two since: the other is unmanaged, and nothing is removed."""
    now = desired("a", group_id=group_id(1), use_cases=(LAB,))
    plan = planned([now], TWINS, [desired("a", use_cases=(LAB,))], prune=True)
    assert plan.empty
    assert [(item.group_id, item.removed) for item in plan.unmanaged] == [(group_id(2), False)]
