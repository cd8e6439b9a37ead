"""What of a plan a review covers, and what becomes of the rest of the review."""

from typing import Any

import pytest

from reconciler.errors import ApiError
from reconciler.model import Declared, Group, Integration, Target
from reconciler.plan.build import build_plan
from reconciler.plan.digest import NOTHING
from reconciler.plan.nouns import Plan
from reconciler.plan.review import Judged, Reviewed, ReviewedChange, ReviewedPlan, Verdict, judge
from tests.builders import desired, group_id, live, use_case

OLD, NEW, ELSE = "08:00", "09:00", "21:00"
DOWN: dict[Integration, ApiError] = {"google": ApiError("answered 404", method="GET", url="/")}
NOWHERE = "sha256:" + "0" * 64
CASE, OFF = use_case(), use_case(enabled=False)


def plan_of(declared: list[Declared], *groups: Group, **options: Any) -> Plan:
    """Return a plan for the sandbox."""
    return build_plan(declared, groups, Target(), **options)


def at(time: str, *slugs: str) -> list[Declared]:
    """Return files that start at a time."""
    return [desired(slug, start_time=time) for slug in slugs]


def at_live(time: str, *slugs: str) -> list[Group]:
    """Return live groups that start at a time."""
    return [live(slug, ord(slug[0]), start_time=time) for slug in slugs]


def reviewed(*plans: Plan, prunes: bool = True) -> Reviewed:
    """Return what pull requests with these plans were reviewed for."""
    return Reviewed(
        tuple(
            ReviewedChange(str(change.key), change.digest, prunes)
            for plan in plans
            for change in plan.changes
        )
    )


def standings(verdict: Verdict) -> list[str]:
    """Return what becomes of what was reviewed."""
    return [one.standing for one in verdict.reviewed]


def chosen(verdict: Verdict) -> list[str]:
    """Return keys of the groups that may be written."""
    return sorted(map(str, verdict.chosen))


def left(verdict: Verdict) -> dict[str, bool]:
    """Return what is left alone, and whether it is owed."""
    return {one.name: one.owed for one in verdict.left}


def test_all_of_a_plan() -> None:
    """Nothing is left alone."""
    plan = plan_of(at(NEW, "a", "b"), *at_live(OLD, "a", "b"))
    verdict = judge(plan, reviewed(plan))
    assert standings(verdict) == ["planned", "planned"]
    assert chosen(verdict) == ["microsoft/a", "microsoft/b"]
    assert (verdict.left, verdict.kept) == ((), True)


def test_e5_what_is_left_of_a_reviewed_plan() -> None:
    """One group is written already; the other one is what was reviewed, by value."""
    whole = plan_of(at(NEW, "a", "b"), *at_live(OLD, "a", "b"))
    rest = plan_of(at(NEW, "a", "b"), *at_live(NEW, "a"), *at_live(OLD, "b"))
    verdict = judge(rest, reviewed(whole))
    assert standings(verdict) == ["live", "planned"]
    assert (chosen(verdict), verdict.kept) == (["microsoft/b"], True)
    done = plan_of(at(NEW, "a", "b"), *at_live(NEW, "a", "b"))
    assert standings(judge(done, reviewed(whole))) == ["live", "live"]
    assert judge(done, reviewed(whole)).kept


def test_e9_drift_beside_what_was_reviewed() -> None:
    """B was edited in the dashboard: A is written, B is left alone and not owed."""
    then = plan_of(at(NEW, "a") + at(OLD, "b"), *at_live(OLD, "a", "b"))
    now = plan_of(
        at(NEW, "a") + at(OLD, "b"),
        *at_live(OLD, "a"),
        *at_live(ELSE, "b"),
        base=at(OLD, "a", "b"),
    )
    verdict = judge(now, reviewed(then))
    assert chosen(verdict) == ["microsoft/a"]
    assert [(one.name, one.origins, one.owed, one.why) for one in verdict.left] == [
        ("microsoft/b", ("drift",), False, "nobody has reviewed it")
    ]
    assert verdict.kept


@pytest.mark.parametrize(
    ("base", "is_live", "owed"),
    [(OLD, OLD, True), (NEW, ELSE, False), (OLD, ELSE, True), (None, ELSE, False)],
)
def test_what_nobody_reviewed_is_owed_if_git_wants_it(
    base: str | None, is_live: str, *, owed: bool
) -> None:
    """Of git and in conflict it would be forgotten; drift, or what has no origin, is not."""
    known = None if base is None else at(base, "a")
    plan = plan_of(at(NEW, "a"), *at_live(is_live, "a"), base=known)
    verdict = judge(plan, Reviewed())
    assert left(verdict) == {"microsoft/a": owed}
    assert (verdict.kept, chosen(verdict)) == (not owed, [])


@pytest.mark.parametrize(("base", "owed"), [(OLD, True), (NEW, False), (None, True)])
def test_e9_live_moved_in_the_group_that_was_reviewed(base: str | None, *, owed: bool) -> None:
    """It is left alone; only drift alone says that the change was live once."""
    then = plan_of(at(NEW, "a"), *at_live(OLD, "a"))
    known = None if base is None else at(base, "a")
    verdict = judge(plan_of(at(NEW, "a"), *at_live(ELSE, "a"), base=known), reviewed(then))
    assert standings(verdict) == ["left alone"]
    assert left(verdict) == {"microsoft/a": owed}
    assert verdict.kept is not owed
    assert verdict.left[0].why.startswith("it is not as it was reviewed")


def test_e8_a_later_pull_request_takes_the_place_of_an_earlier_one() -> None:
    """Of the same group: the later review is carried out, the earlier one is superseded."""
    first = plan_of(at(ELSE, "a"), *at_live(OLD, "a"))
    second = plan_of(at(NEW, "a"), *at_live(OLD, "a"))
    verdict = judge(second, reviewed(first, second))
    assert standings(verdict) == ["superseded", "planned"]
    assert verdict.kept
    done = judge(plan_of(at(NEW, "a"), *at_live(NEW, "a")), reviewed(first, second))
    assert standings(done) == ["live", "live"]


def test_e4_a_removal_that_was_not_looked_at() -> None:
    """Without a base its group is in no file: nobody has looked, and it is never called done."""
    base, there = [desired("a", use_cases=(CASE,))], [live("a", use_cases=(CASE,))]
    removal = plan_of([], *there, base=base, prune=True)
    verdict = judge(plan_of([], *there), reviewed(removal))
    assert standings(verdict) == ["missing"]
    assert not verdict.kept
    (one,) = verdict.missing
    assert (one.key, one.digest) == ("microsoft/a", removal.changes[0].digest)
    assert one.why.startswith("no group that was looked at has this key")
    assert standings(judge(plan_of([], *there, base=base), reviewed(removal))) == ["missing"]


@pytest.mark.parametrize("there", [[live("a", use_cases=(OFF,))], []])
def test_e4_a_removal_that_is_done(there: list[Group]) -> None:
    """With the base and pruning it is seen that nothing of it is left to disable."""
    base = [desired("a", use_cases=(CASE,))]
    removal = plan_of([], live("a", use_cases=(CASE,)), base=base, prune=True)
    verdict = judge(plan_of([], *there, base=base, prune=True), reviewed(removal))
    assert (standings(verdict), verdict.kept) == (["live"], True)


def test_e4_a_removal_of_one_of_several_that_is_not_known_to_be_git_s() -> None:
    """A live group with the key that no file of the base can have meant: nobody knows."""
    base = [desired("a", group_id=group_id(1), use_cases=(CASE,))]
    removal = plan_of([], live("a", use_cases=(CASE,)), base=base, prune=True)
    other = plan_of([], live("a", 2, use_cases=(CASE,)), base=base, prune=True)
    assert standings(judge(other, reviewed(removal))) == ["missing"]


def test_e4_a_use_case_that_was_removed_from_a_file() -> None:
    """Its group equals its file either way; without a base it is not called done."""
    files, base = [desired("a", use_cases=())], [desired("a", use_cases=(CASE,))]
    there = [live("a", use_cases=(CASE,))]
    removal = plan_of(files, *there, base=base, prune=True)
    verdict = judge(plan_of(files, *there), reviewed(removal))
    assert standings(verdict) == ["missing"]
    assert verdict.missing[0].why.startswith(f"{CASE.use_case} is enabled and in no file")
    assert standings(judge(plan_of(files, *there, base=base), reviewed(removal))) == ["missing"]
    done = plan_of(files, live("a", use_cases=(OFF,)), base=base, prune=True)
    assert standings(judge(done, reviewed(removal))) == ["live"]


def test_a_use_case_of_the_dashboard_keeps_nothing_from_being_live() -> None:
    """Where Git is known never to have had it, or the review is known not to end any."""
    files = [desired("a", start_time=NEW, use_cases=())]
    was = plan_of(files, live("a", start_time=OLD, use_cases=(CASE,)))
    there = live("a", start_time=NEW, use_cases=(CASE,))
    known = plan_of(files, there, base=[desired("a", start_time=NEW, use_cases=())])
    assert standings(judge(known, reviewed(was))) == ["live"]
    assert standings(judge(plan_of(files, there), reviewed(was, prunes=False))) == ["live"]
    assert standings(judge(plan_of(files, there), reviewed(was))) == ["missing"]


def test_e4_what_a_selector_leaves_out_is_missing() -> None:
    """Nobody has looked at it."""
    whole = plan_of(at(NEW, "a", "b"), *at_live(OLD, "a", "b"))
    only = frozenset([whole.changes[0].key])
    part = plan_of(at(NEW, "a", "b"), *at_live(OLD, "a", "b"), only=only)
    assert standings(judge(part, reviewed(whole))) == ["planned", "missing"]
    base = [desired("c", use_cases=(CASE,))]
    removal = plan_of([], live("c", use_cases=(CASE,)), base=base, prune=True)
    ended = plan_of([], live("c", use_cases=(OFF,)), base=base, prune=True, only=only)
    assert standings(judge(ended, reviewed(removal))) == ["missing"]


def test_p4_what_could_not_be_read_is_missing() -> None:
    """And the reason is said; also of a removal there."""
    files = [desired("b", integration="google", start_time=NEW)]
    base = [desired("c", integration="google", use_cases=(CASE,))]
    there = [
        live("b", 2, integration="google", start_time=OLD),
        live("c", 3, integration="google", use_cases=(CASE,)),
    ]
    whole = plan_of(files, *there, base=base, prune=True)
    verdict = judge(plan_of(files, base=base, prune=True, unread=DOWN), reviewed(whole))
    assert [(one.key, one.why) for one in verdict.missing] == [
        ("google/b", "google could not be read"),
        ("google/c", "google could not be read"),
    ]


def test_a_group_that_got_another_key() -> None:
    """What was reviewed under the former key is in the change of the same live group."""
    first = plan_of(at(NEW, "a"), *at_live(OLD, "a"))
    pin = group_id(ord("a"))
    files = [desired("z", group_id=pin, start_time=NEW)]
    second = plan_of(files, *at_live(OLD, "a"))
    both = reviewed(first, second)
    assert standings(judge(second, both)) == ["superseded", "planned"]
    assert standings(judge(second, reviewed(first))) == ["left alone"]
    assert left(judge(second, reviewed(first))) == {"microsoft/z": True}
    renamed = live("z", ord("a"), start_time=NEW)
    base = at(OLD, "a")
    pinned = [desired("a", group_id=pin, start_time=OLD)]
    assert standings(judge(plan_of(files, renamed), both)) == ["missing", "live"]
    assert standings(judge(plan_of(files, renamed, base=pinned), both)) == ["live", "live"]
    assert standings(judge(plan_of(files, renamed, base=base), both)) == ["missing", "live"]
    moved = plan_of(files, live("z", ord("a"), start_time=ELSE), base=pinned, prune=True)
    assert standings(judge(moved, both)) == ["left alone", "left alone"]


def test_what_waits_for_a_change_that_nobody_reviewed_is_left_alone() -> None:
    """Both would contact the same people; and so is what waits for that."""
    old = desired("recall", integration="google", name="Recall", use_cases=(OFF,))
    new = desired("recall", name="Recall", use_cases=(CASE,))
    plan = plan_of(
        [new, old],
        live("recall", 1, integration="google", name="Recall", use_cases=(CASE,)),
    )
    creates = [change for change in plan.changes if change.action == "create"]
    only = Reviewed((ReviewedChange("microsoft/recall", creates[0].digest),))
    verdict = judge(plan, only)
    assert (standings(verdict), chosen(verdict), verdict.kept) == (["left alone"], [], False)
    (_, waiting) = verdict.left
    assert waiting.owed
    assert waiting.why == "it waits for google/recall, which is to be switched off first"
    assert chosen(judge(plan, reviewed(plan))) == ["google/recall", "microsoft/recall"]


def test_of_two_live_groups_with_one_key_each_is_told_apart() -> None:
    """One is as reviewed; while the other is not, the review is not done."""
    base = [desired("a", use_cases=(CASE, use_case("B")))]
    twins = [live("a", number, use_cases=(CASE,)) for number in (1, 2)]
    whole = plan_of([], *twins, base=base, prune=True)
    moved = live("a", 2, use_cases=(CASE, use_case("B")))
    verdict = judge(plan_of([], twins[0], moved, base=base, prune=True), reviewed(whole))
    assert standings(verdict) == ["planned", "left alone"]
    assert list(left(verdict)) == [f"microsoft/a ({group_id(2)})"]


@pytest.mark.parametrize("unread", [None, DOWN])
def test_of_a_plan_s_digest_all_or_nothing(unread: Any) -> None:
    """An empty plan cannot say that the plan of a digest is live."""
    files, empty = at(NEW, "a"), plan_of(at(NEW, "a"), *at_live(NEW, "a"), unread=unread)
    plan = plan_of(files, *at_live(OLD, "a"), unread=unread)
    verdict = judge(plan, Reviewed(plans=(ReviewedPlan(plan.digest),)))
    assert (standings(verdict), chosen(verdict)) == (["planned"], ["microsoft/a"])
    for other in (plan, empty):
        verdict = judge(other, Reviewed(plans=(ReviewedPlan(NOWHERE),)))
        (one,) = verdict.reviewed
        assert (one.key, one.digest, one.standing) == ("", NOWHERE, "missing")
        assert one.why.startswith("only the digest of its plan is known")
        assert one.why.endswith("google could not be read") is bool(unread)
        assert not verdict.chosen


def test_e11_nothing_was_reviewed() -> None:
    """An empty plan needs no review; any other does."""
    none = Reviewed(plans=(ReviewedPlan(NOTHING),))
    assert judge(plan_of(at(NEW, "a"), *at_live(NEW, "a")), none).kept
    verdict = judge(plan_of(at(NEW, "a"), *at_live(OLD, "a")), none)
    assert verdict.reviewed == (
        Judged("", NOTHING, "missing", "the review saw no changes, or nobody reviewed this"),
    )
    assert (verdict.chosen, verdict.kept) == (frozenset(), False)
