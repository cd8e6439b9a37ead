"""Another account: what should be live is not, and something would be written."""

import pytest

from reconciler.errors import ApiError
from reconciler.model import Declared, Group, Skipped, Target
from reconciler.plan.build import build_plan
from tests.builders import desired, group_id, live, skipped

API = Target(api_url="https://api.example", env="prod")
BASE = [desired("a"), desired("b", group_id=group_id(2))]
FILES = [desired("a"), desired("b", group_id=group_id(2)), desired("new")]


def guards(
    groups: list[Group],
    *,
    files: list[Declared] | None = None,
    base: list[Declared] | None = None,
    ours: tuple[str, ...] = (),
    target: Target = API,
    allow: int = 0,
) -> list[str]:
    """Return what the guards against another account say of a plan."""
    plan = build_plan(
        files or FILES, groups, target, base=base, ours=ours, allow={"another-account": allow}
    )
    return [guard.message for guard in plan.guards if guard.name == "another-account"]


def test_e4_none_of_the_base_is_live() -> None:
    """How many there are, and where they should be."""
    (message,) = guards([live("stranger", 9)], base=BASE)
    assert message.startswith(
        "none of the 2 groups of the base is live behind https://api.example (environment prod)"
        " with this key"
    )
    assert guards([], base=BASE[:1])[0].startswith("none of the 1 group of the base is live")


def test_e4_what_was_applied_last_should_be_live() -> None:
    """And not what was merged since, of which nothing may be live yet."""
    strangers = [live("stranger", 9)]
    plan = build_plan(FILES, strangers, API, base=FILES, applied=BASE)
    (message,) = (one.message for one in plan.guards if one.name == "another-account")
    assert message.startswith("none of the 2 groups of the applied commit is live")
    first = build_plan(FILES, strangers, API, base=FILES, applied=[])
    assert "another-account" not in {one.name for one in first.guards}


def test_e4_drift_that_would_be_left_may_be_another_account() -> None:
    """All that was applied seems to be removed by hand: nothing of it is called drift."""
    files = [desired("a"), desired("b")]
    plan = build_plan(files, [live("stranger", 9)], API, base=files, drift="leave")
    assert (plan.changes, [one.name for one in plan.guards]) == ((), ["another-account"])
    plan = build_plan(files, [], Target(), base=files, drift="leave")
    assert (len(plan.drifted), plan.guards) == (2, ())


@pytest.mark.parametrize("found", [live("a", 7), live("renamed", 2), live("b", 2)])
def test_e4_one_of_the_base_is_enough(found: Group) -> None:
    """By its key, or by its pin under whichever key: the rest may have been deleted."""
    assert guards([found, live("stranger", 9)], base=BASE) == []


def test_e4_a_pinned_group_is_known_by_its_pin_alone() -> None:
    """A demo account has the same slugs, and other ids."""
    demo = [live("b", 99)]
    assert guards(demo, base=BASE[1:])
    assert guards([live("b", 2, integration="google")], base=BASE[1:]) == []


def test_e4_two_live_groups_of_one_key_are_live() -> None:
    """Which of them is meant has a guard of its own; that they are there is certain."""
    assert guards([live("a", 7), live("a", 8)], base=BASE[:1]) == []


def test_e4_none_of_those_that_were_written_is_live() -> None:
    """Though the slugs of the base are there; with both, it is one guard."""
    ours = (group_id(5), group_id(6))
    (message,) = guards([live("a", 7)], base=BASE, ours=ours)
    assert message.startswith(
        "none of the 2 groups that earlier runs on this machine wrote there is live behind"
    )
    assert guards([live("a", 6)], base=BASE, ours=ours) == []
    assert guards([live("a", 6)], ours=ours) == []
    (both,) = guards([], base=BASE, ours=ours[:1])
    assert both.startswith(
        "none of the 2 groups of the base and none of the 1 group that earlier runs on this"
        " machine wrote there is live"
    )


def test_e4_where_there_is_no_question() -> None:
    """The sandbox, a first base, no base, a plan that writes nothing, and what is allowed."""
    ours = (group_id(5),)
    assert guards([], base=BASE, ours=ours, target=Target(env="prod")) == []
    assert guards([], base=[]) == []
    assert guards([]) == []
    assert guards([live("new", 9)], files=[desired("new")], base=BASE, ours=ours) == []
    assert guards([], base=BASE, ours=ours, allow=1) == []


def test_e4_the_digest_does_not_count_it() -> None:
    """What is reviewed with the guard is what is applied without it."""
    plans = [
        build_plan(FILES[:1], [], API, base=BASE, allow={"another-account": number})
        for number in (0, 1)
    ]
    assert [len(plan.guards) for plan in plans] == [1, 0]
    assert plans[0].digest == plans[1].digest


@pytest.mark.parametrize(
    "row", [skipped("a", 7), skipped("renamed", 2), skipped("a", 7, "deleted"), skipped("", 2)]
)
def test_e4_a_row_that_is_left_alone_is_there(row: Skipped) -> None:
    """The account is the right one, whatever is wrong with its groups."""
    plan = build_plan([desired("new")], [], API, base=BASE, skipped=[row])
    assert "another-account" not in {guard.name for guard in plan.guards}


def test_e4_an_integration_that_cannot_be_read_says_nothing() -> None:
    """What of the base is there nobody knows."""
    error = ApiError("answered 503", method="GET", url="")
    plan = build_plan([desired("new")], [], API, base=BASE, unread={"microsoft": error})
    assert "another-account" not in {guard.name for guard in plan.guards}
