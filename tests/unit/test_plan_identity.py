"""Which live group a desired one is."""

import pytest

from reconciler.model import Declared, Group
from reconciler.plan.identity import match
from tests.builders import desired, group_id, live, use_case


def guards_of(declared: list[Declared], groups: list[Group]) -> list[tuple[str, int]]:
    """Return the names and lines of the guards."""
    return [(guard.name, guard.line) for guard in match(declared, groups)[1]]


def test_a_group_is_found_by_its_key() -> None:
    """Integration and slug together are the identity."""
    entry, other = desired("a"), live("a", 2, integration="google")
    matches, guards = match([entry], [other, live("a", 1)])
    assert matches == ((entry, live("a", 1)),)
    assert guards == ()


def test_a_group_without_a_live_one_is_new() -> None:
    """No live group with the key: a create."""
    entry = desired("a")
    assert match([entry], [live("b")]) == (((entry, None),), ())


def test_a_pin_wins_over_the_slug() -> None:
    """With group_id a new slug is an update of the same group."""
    entry = desired("new-slug", group_id=group_id(1))
    matches, guards = match([entry], [live("old-slug", 1)])
    assert matches == ((entry, live("old-slug", 1)),)
    assert guards == ()


def test_two_live_groups_with_one_key() -> None:
    """Nothing is guessed: both ids are named, and the line to add."""
    _, (guard,) = match([desired("a")], [live("a", 2), live("a", 1)])
    assert guard.name == "two-live-groups"
    assert f"{group_id(1)} and {group_id(2)}" in guard.message
    assert "group_id:" in guard.remedy


def test_a_pin_settles_two_live_groups_with_one_key() -> None:
    """The remedy works: pinned to one of them, the file means that one."""
    entry = desired("a", group_id=group_id(2))
    matches, guards = match([entry], [live("a", 2), live("a", 1)])
    assert matches == ((entry, live("a", 2)),)
    assert guards == ()


@pytest.mark.parametrize(
    ("declared", "groups", "expected"),
    [
        ([desired("a", group_id=group_id(9))], [live("a", 1)], [("no-such-group", 3)]),
        (
            [desired("a", group_id=group_id(1))],
            [live("a", 1, integration="google")],
            [("no-such-group", 3)],
        ),
        ([desired("a", group_id=group_id(1))], [live("b", 1), live("a", 2)], [("slug-taken", 2)]),
        (
            [desired("a", group_id=group_id(1)), desired("b")],
            [live("b", 1)],
            [("one-group-two-files", 2)],
        ),
        (
            [desired("a", use_cases=())],
            [live("a", use_cases=(use_case("X"), use_case("X")))],
            [("repeated-live-use-case", 3)],
        ),
    ],
)
def test_what_is_ambiguous_has_a_guard(
    declared: list[Declared], groups: list[Group], expected: list[tuple[str, int]]
) -> None:
    """Each ambiguous identity is refused at the line to look at."""
    assert guards_of(declared, groups) == expected


def test_all_guards_are_reported_at_once() -> None:
    """One problem does not hide another, and their order is that of the keys."""
    declared = [desired("b", group_id=group_id(9)), desired("a"), desired("c")]
    matches, guards = match(declared, [live("a", 1), live("a", 2), live("c", 3)])
    assert [guard.name for guard in guards] == ["two-live-groups", "no-such-group"]
    assert [entry.group.slug for entry, _ in matches] == ["c"]
