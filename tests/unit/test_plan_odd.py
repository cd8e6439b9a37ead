"""Which odd rows a file could mean, and which are listed and left alone."""

from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.errors import ApiError
from reconciler.model import Declared, Group, Skipped, Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.plan.odd import is_blank, may_be
from tests.builders import action, desired, group_id, live, skipped, use_case

SHEET = SecretStr("https://s/1?usp=sharing")
A, B = use_case("A"), use_case("B")
BARE = A.model_copy(update={"actions": ()})
DOWN = ApiError("answered 404", method="GET", url="/", remedy="wait")


def planned(
    files: list[Declared], *rows: Skipped, live: list[Group] | None = None, **options: Any
) -> Plan:
    """Return a plan beside some rows."""
    return build_plan(files, live or [], Target(), skipped=rows, **options)


def names(plan: Plan) -> list[str]:
    """Return the names of its guards."""
    return [guard.name for guard in plan.guards]


THE_FILE = desired("a", name="Recall", sheet_link=SHEET, use_cases=(A, B))
ITS_GROUP = live("a", 1, name="Recall", sheet_link=SHEET, use_cases=(A, B))

MEANT: dict[str, tuple[Declared, Skipped]] = {
    "pinned": (desired("a", group_id=group_id(9)), skipped("other", 9, name="Other")),
    "pinned, in another integration": (
        desired("a", group_id=group_id(9)),
        skipped("other", 9, name="Other", integration="google"),
    ),
    "its slug": (desired("a"), skipped("a", 9, name="Other")),
    "no slug, and its name": (THE_FILE, skipped("", 9, name=" RECALL ")),
    "no slug, and its sheet": (THE_FILE, skipped("", 9, sheet_link=SecretStr("https://s/1/"))),
    "no slug, and its use cases": (THE_FILE, skipped("", 9, use_cases=(B, A))),
    "nothing to tell it by": (THE_FILE, skipped("", 0)),
    "created: its name": (THE_FILE, skipped("other", 9, name="recall")),
    "created: its sheet": (THE_FILE, skipped("other", 9, sheet_link=SHEET)),
    "created: some of its use cases": (THE_FILE, skipped("other", 9, use_cases=(A,))),
    "created: more than its use cases": (
        THE_FILE,
        skipped("other", 9, use_cases=(A, B, use_case("C"))),
    ),
    "created: use cases read in part": (
        THE_FILE,
        skipped(
            "other",
            9,
            vague="A",
            use_cases=(BARE,),
        ),
    ),
    "created, in another integration": (
        THE_FILE,
        skipped("a", 9, name="Recall", integration="google"),
    ),
    "created, nothing to tell it by in another integration": (
        THE_FILE,
        skipped("", 0, integration="google"),
    ),
}


@pytest.mark.parametrize(("file", "row"), MEANT.values(), ids=MEANT)
def test_r10_a_row_that_a_file_could_mean_refuses_the_plan(file: Declared, row: Skipped) -> None:
    """It is named, with what is odd, and is not taken for absent."""
    plan = planned([file], row)
    assert names(plan) == ["odd-live-group"]
    (guard,) = plan.guards
    assert guard.file == file.file
    assert str(row) in guard.message
    assert row.problem in guard.message
    assert plan.skipped == (row,)


NOT_MEANT: dict[str, Skipped] = {
    "another slug": skipped("other", 9),
    "its slug, in another integration": skipped("a", 9, name="Other", integration="google"),
    "no slug, another name": skipped("", 9, name="Other"),
    "another name, sheet and use case": skipped(
        "other", 9, name="Other", sheet_link=SecretStr("https://s/2"), use_cases=(use_case("C"),)
    ),
    "one use case of its own besides": skipped("other", 9, use_cases=(A, use_case("C"))),
    "other actions": skipped("other", 9, use_cases=(use_case("A", action(9)),)),
    "other actions, read in part": skipped(
        "other", 9, vague="A", use_cases=(use_case("A", action(9)),)
    ),
    "use cases without actions": skipped("other", 9, use_cases=(BARE,)),
}


@pytest.mark.parametrize("row", NOT_MEANT.values(), ids=NOT_MEANT)
def test_r10_r11_a_row_that_no_file_means_is_listed_and_left_alone(row: Skipped) -> None:
    """And the plan is made."""
    plan = planned([THE_FILE], row)
    assert (names(plan), plan.count("create"), plan.skipped) == ([], 1, (row,))


def test_r10_a_row_that_looks_like_a_group_that_is_live_already_is_left_alone() -> None:
    """Nothing is created, and another slug is another group."""
    plan = planned([THE_FILE], skipped("other", 9, name="Recall"), live=[ITS_GROUP])
    assert (names(plan), [str(key) for key in plan.unchanged]) == ([], ["microsoft/a"])


@pytest.mark.parametrize("row", [skipped("a", 9), skipped("", 9, name="Recall"), skipped("", 0)])
def test_r10_a_second_group_of_a_live_key_refuses_unless_the_file_pins_one(row: Skipped) -> None:
    """As two live groups with one key do; a pin says which is meant."""
    assert names(planned([THE_FILE], row, live=[ITS_GROUP])) == ["odd-live-group"]
    pin = desired("a", name="Recall", sheet_link=SHEET, use_cases=(A, B), group_id=group_id(1))
    assert names(planned([pin], row, live=[ITS_GROUP])) == []


def test_r10_a_pinned_group_cannot_get_the_slug_of_an_odd_one() -> None:
    """It is taken, as far as anybody knows."""
    pin = desired("a", group_id=group_id(1))
    assert names(planned([pin], skipped("a", 9), live=[live("b", 1)])) == ["odd-live-group"]


@pytest.mark.parametrize("prune", [True, False])
@pytest.mark.parametrize(
    ("base", "row"),
    [
        (desired("gone"), skipped("gone", 9)),
        (desired("gone", group_id=group_id(9)), skipped("other", 9)),
        (desired("gone", name="Gone"), skipped("", 9, name="Gone")),
        (desired("gone"), skipped("", 0)),
    ],
    ids=["its slug", "its pin", "its name", "nothing to tell it by"],
)
def test_r10_a_row_that_git_has_removed(base: Declared, row: Skipped, *, prune: bool) -> None:
    """It was to be switched off, and cannot be."""
    plan = planned([desired("a")], row, live=[live("a", 1)], base=[base], prune=prune)
    assert "odd-live-group" in names(plan)
    assert "Git has removed" in plan.guards[0].message or row.slug == ""


def test_r10_a_base_that_the_files_still_have_adds_nothing() -> None:
    """Nor does another integration's."""
    base = [desired("a"), desired("x", integration="google"), desired("gone")]
    row = skipped("other", 9)
    plan = planned([desired("a")], row, skipped("x", 8), live=[live("a", 1)], base=base)
    assert names(plan) == []


def test_r10_a_row_that_a_run_of_this_machine_wrote() -> None:
    """It is known by its id, whatever it looks like now."""
    plan = planned([desired("a")], skipped("x", 9), known={group_id(9): "microsoft/b"})
    assert names(plan) == ["odd-live-group"]
    assert "wrote it as microsoft/b" in plan.guards[0].message
    assert plan.guards[0].file is None


def test_r10_one_guard_for_a_row() -> None:
    """The first reason that holds, in the order of the files."""
    plan = planned([THE_FILE, desired("b", group_id=group_id(9))], skipped("a", 9))
    assert len(plan.guards) == 1


def test_r10_other_guards_are_told_besides() -> None:
    """All at once, and a group without an answer still means its look-alikes."""
    twins = [live("a", 1), live("a", 2)]
    plan = planned(
        [THE_FILE, desired("b")], skipped("b", 9), skipped("", 8, name="Recall"), live=twins
    )
    assert sorted(names(plan)) == ["odd-live-group", "odd-live-group", "two-live-groups"]


def test_u5_a_deleted_row_is_no_match() -> None:
    """Neither a twin nor a group; a new one with its slug is told."""
    row = skipped("a", 9, "deleted", name="Recall", sheet_link=SHEET, use_cases=(A, B))
    assert names(planned([THE_FILE], row, live=[ITS_GROUP])) == []
    plan = planned([THE_FILE], row)
    assert (names(plan), plan.count("create")) == ([], 1)
    assert "the API may refuse" in plan.skipped[0].note
    assert planned([desired("b")], row).skipped == (row,)


def test_u5_a_file_that_is_pinned_to_a_deleted_group() -> None:
    """It is not created instead."""
    pin = desired("a", group_id=group_id(9))
    plan = planned([pin], skipped("a", 9, "deleted"))
    assert (names(plan), plan.changes) == (["no-such-group"], ())
    assert "is marked as deleted" in plan.guards[0].message
    assert plan.guards[0].line == 3


def test_blank_and_may_be() -> None:
    """What apply asks of rows in its lists."""
    assert is_blank(skipped("", 3))
    assert not is_blank(skipped("", 3, use_cases=(A,)))
    assert may_be(skipped("a", 9), THE_FILE.group)
    assert not may_be(skipped("a", 9, "deleted"), THE_FILE.group)
    assert not may_be(skipped("b", 9), THE_FILE.group)


def test_p4_an_integration_that_cannot_be_read_keeps_back_its_own_groups() -> None:
    """They are neither created nor compared, and the plan says so."""
    files = [desired("a", start_time="09:00"), desired("b", integration="google")]
    plan = planned(files, live=[live("a", 1)], unread={"google": DOWN})
    assert [(str(change.key), change.action) for change in plan.changes] == [
        ("microsoft/a", "update")
    ]
    (unread,) = plan.unread
    assert (unread.integration, unread.problem, unread.remedy) == ("google", "answered 404", "wait")
    assert [str(key) for key in unread.groups] == ["google/b"]
    assert names(plan) == []


def test_p4_nothing_is_created_where_its_look_alike_could_not_be_seen() -> None:
    """The guard says which integration, and how it is lifted."""
    plan = planned([desired("a"), desired("c")], unread={"google": DOWN})
    assert names(plan) == ["unread-integration"]
    assert "one of them is live in google" in plan.guards[0].message
    assert 'integrations = ["microsoft"]' in plan.guards[0].remedy


def test_p4_a_copy_of_a_file_that_is_kept_back_is_still_one() -> None:
    """Files need no API."""
    files = [desired("a", sheet_link=SHEET), desired("b", integration="google", sheet_link=SHEET)]
    assert names(planned(files, unread={"google": DOWN})) == ["unread-integration", "copies"]


def test_p4_of_what_is_kept_back_the_chosen_ones_are_named() -> None:
    """As of everything else."""
    files = [desired(slug, integration="google") for slug in "ab"]
    only = frozenset({files[1].group.key})
    plan = planned(files, unread={"google": DOWN}, only=only)
    assert [str(key) for key in plan.unread[0].groups] == ["google/b"]
