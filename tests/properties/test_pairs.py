"""Laws of what goes on, begins and ends, for all lists of actions."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Action, UseCase
from reconciler.plan.effects import course
from reconciler.plan.pairs import FIELDS, Turn

TEXTS = st.sampled_from("abc")
ACTIONS = st.lists(
    st.builds(
        Action,
        action_type=st.sampled_from(["SMS", "CALL"]),
        context=TEXTS,
        day=st.integers(0, 3),
        template_name=TEXTS,
    ),
    max_size=7,
)


def of(actions: list[Action]) -> UseCase:
    """Return a use case that is enabled."""
    return UseCase(use_case="A", enabled=True, actions=tuple(actions))


def kept(one: Action, other: Action) -> int:
    """Return how much two actions have in common."""
    return len(FIELDS) - len(Turn(one, other).changed)


def may_be_one(one: Action, other: Action) -> bool:
    """Return whether two actions have more than the channel in common."""
    return any(getattr(one, n) == getattr(other, n) for n in FIELDS if n != "action_type")


@given(ACTIONS, ACTIONS, st.randoms(use_true_random=False))
def test_p1_the_order_of_actions_is_irrelevant(
    before: list[Action], after: list[Action], random: Any
) -> None:
    """In whatever order a file and live list them, patients notice the same."""
    seen = course(of(before), of(after))
    random.shuffle(before)
    random.shuffle(after)
    assert course(of(before), of(after)) == seen


@given(ACTIONS, ACTIONS)
def test_p1_an_edit_and_its_revert_are_mirror_images(
    before: list[Action], after: list[Action]
) -> None:
    """What begins ends, and what turned into something turns back."""
    there, back = course(of(before), of(after)), course(of(after), of(before))
    assert (there.begins, there.ends, there.stays) == (back.ends, back.begins, back.stays)
    assert Counter((turn.before, turn.after) for turn in there.turns) == Counter(
        (turn.after, turn.before) for turn in back.turns
    )


@given(ACTIONS, ACTIONS)
def test_p1_the_counts_add_up(before: list[Action], after: list[Action]) -> None:
    """Each text and call that there was or is to be is told once, and as what it is."""
    seen = course(of(before), of(after))
    assert Counter(before) == Counter(
        [*seen.stays, *(turn.before for turn in seen.turns), *seen.ends]
    )
    assert Counter(after) == Counter(
        [*seen.stays, *(turn.after for turn in seen.turns), *seen.begins]
    )
    assert len(after) - len(before) == len(seen.begins) - len(seen.ends)
    assert not {*seen.begins} & {*seen.ends}
    assert all(turn.changed for turn in seen.turns)


@given(ACTIONS, ACTIONS)
def test_p1_nothing_is_nearer_than_what_is_paired(
    before: list[Action], after: list[Action]
) -> None:
    """No pair is left to be made, and none would keep more than either of its sides does."""
    seen = course(of(before), of(after))
    old = [(turn.before, kept(turn.before, turn.after)) for turn in seen.turns]
    new = [(turn.after, kept(turn.before, turn.after)) for turn in seen.turns]
    old += [(action, 0) for action in seen.ends]
    new += [(action, 0) for action in seen.begins]
    for one, held in old:
        for other, holds in new:
            assert not may_be_one(one, other) or kept(one, other) <= max(held, holds)
