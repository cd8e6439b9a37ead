"""Which text or call goes on as which: the stated rule, and each change by its name."""

import pytest

from reconciler.model import Action
from reconciler.plan.pairs import FIELDS, Paired, Turn, paired
from tests.builders import action

FIRST = action(7, "First", "SMS", "a")


def test_every_field_of_an_action_is_compared() -> None:
    """Those that patients notice least come first; one that is added is among those."""
    assert sorted(FIELDS) == sorted(Action.model_fields)
    assert FIELDS == ("template_name", "context", "day", "action_type")


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        (action(7, "New", "SMS", "a"), ("template_name",)),
        (action(7, "First", "SMS", "b"), ("context",)),
        (action(6, "First", "SMS", "a"), ("day",)),
        (action(7, "First", "CALL", "a"), ("action_type",)),
        (action(7, "New", "CALL", "b"), ("template_name", "context", "action_type")),
        (action(1, "First", "CALL", "b"), ("context", "day", "action_type")),
        (action(1, "New", "CALL", "a"), ("template_name", "day", "action_type")),
    ],
)
def test_p1_one_that_ends_and_one_that_begins(after: Action, changed: tuple[str, ...]) -> None:
    """Are one that goes on, as long as they have something in common besides the channel."""
    assert paired([FIRST], [after]) == Paired((Turn(FIRST, after),), (), ())
    assert Turn(FIRST, after).changed == changed
    assert Turn(FIRST, after).called == ("action_type" in changed)
    assert not Turn(after, FIRST).called


@pytest.mark.parametrize("kind", ["SMS", "CALL"])
def test_p1_the_channel_alone_makes_no_pair(kind: str) -> None:
    """One is really gone and the other really new."""
    other = action(1, "New", kind, "b")
    assert paired([FIRST], [other]) == Paired((), (other,), (FIRST,))


def test_p1_the_fewest_changes_come_first_and_then_the_least_noticed() -> None:
    """One text is another one's rewording, rather than the same on another day."""
    later, worded = action(6, "First", "SMS", "a"), action(7, "New", "SMS", "a")
    assert paired([FIRST], [later, worded]) == Paired((Turn(FIRST, worded),), (later,), ())
    called = action(7, "First", "CALL", "a")
    assert paired([FIRST], [called, later]).turns == (Turn(FIRST, later),)
    both = action(7, "New", "SMS", "b")
    assert paired([FIRST], [both, called]).turns == (Turn(FIRST, called),)


def test_p1_ties_by_the_order_of_days() -> None:
    """Those that were first are first, however the lists stand."""
    old = [action(day, "A") for day in (9, 5, 5)]
    new = [action(day, "A") for day in (8, 6, 1)]
    wanted = tuple(map(Turn, old, new))
    assert paired(old, new).turns == wanted
    assert paired(old[::-1], new[::-1]).turns == wanted
