"""Laws of digests and reviews that hold for all groups."""

from collections.abc import Collection
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

from reconciler.model import GROUP_FIELDS, Declared, Group, Target
from reconciler.plan.build import build_plan
from reconciler.plan.diff import plain_use_case
from reconciler.plan.digest import plan_digest
from reconciler.plan.nouns import Change, Plan, Subject
from reconciler.plan.review import Reviewed, ReviewedChange, Verdict, judge
from tests.builders import group_id
from tests.properties.test_plan import FIELDS, carried_out, desired_groups, live_groups

TARGET = Target()


def named(changes: Collection[Change]) -> Reviewed:
    """Return that these changes were reviewed."""
    return Reviewed(tuple(ReviewedChange(str(one.key), one.digest) for one in changes))


@st.composite
def reviewed_parts(draw: st.DrawFn) -> tuple[list[Declared], list[Group], Plan, list[Change]]:
    """Draw files, live groups, the plan, and some of its changes."""
    declared, live = draw(desired_groups()), draw(live_groups())
    plan = build_plan(declared, live, TARGET)
    some = [change for change in plan.changes if draw(st.booleans())]
    return declared, live, plan, some


def free(plan: Plan, some: Collection[Change]) -> set[Subject]:
    """Return which of some changes wait for none but each other."""
    subjects = {change.subject for change in some}
    while waiting := {one.subject for one in some if one.subject in subjects} - {
        one.subject for one in plan.changes if one.after <= subjects
    }:
        subjects -= waiting
    return subjects


def writing(declared: list[Declared], live: list[Group], verdict: Verdict) -> Plan:
    """Return the plan of what may be written."""
    return build_plan(declared, live, TARGET, chosen=verdict.chosen)


@given(reviewed_parts())
def test_exactly_what_was_reviewed_is_written(
    drawn: tuple[list[Declared], list[Group], Plan, list[Change]],
) -> None:
    """Any part of a plan: its changes as they were planned, and all other groups stay."""
    declared, live, plan, some = drawn
    verdict = judge(plan, named(some))
    part = writing(declared, live, verdict)
    wanted = [change for change in plan.changes if change.subject in free(plan, some)]
    assert list(part.changes) == wanted
    written = {change.before.group_id for change in wanted if change.before}
    after = {group.group_id: group for group in carried_out(part, live)}
    assert all(after[group.group_id] is group for group in live if group.group_id not in written)
    assert len(after) == len(live) + part.count("create")
    assert {one.change.subject for one in verdict.left} | verdict.chosen == {
        change.subject for change in plan.changes
    }


@given(reviewed_parts(), st.randoms(use_true_random=False))
def test_what_several_reviews_cover_is_their_union(
    drawn: tuple[list[Declared], list[Group], Plan, list[Change]], random: Any
) -> None:
    """In any order, and as often as they say it; what each covers alone is in it."""
    _, _, plan, some = drawn
    others = [change for change in plan.changes if random.random() < 0.5]
    both = Reviewed(named(some).changes + named(others).changes)
    chosen = judge(plan, both).chosen
    assert chosen == judge(plan, named([*others, *some, *others])).chosen
    assert chosen >= judge(plan, named(some)).chosen | judge(plan, named(others)).chosen
    assert chosen == free(plan, [*some, *others])


@given(desired_groups(), live_groups(), st.randoms(use_true_random=False))
def test_e5_a_run_that_fails_for_some_groups_is_run_again(
    declared: list[Declared], live: list[Group], random: Any
) -> None:
    """With the same review, until all of it is live; then it is done, and stays done."""
    plan = build_plan(declared, live, TARGET)
    reviewed = Reviewed(tuple(one._replace(prunes=False) for one in named(plan.changes).changes))
    for run in range(len(plan.changes)):
        now = build_plan(declared, live, TARGET)
        verdict = judge(now, reviewed)
        assert (verdict.kept, verdict.left) == (True, ())
        assert verdict.chosen == {change.subject for change in now.changes}
        tried = [change.subject for change in now.changes if not change.after]
        wins = {*tried[:1], *(one for one in tried if random.random() < 0.5)}
        written = carried_out(build_plan(declared, live, TARGET, chosen=wins), live)
        old = {group.group_id for group in live}
        live = [
            group
            if group.group_id in old
            else group.model_copy(update={"group_id": group_id(10_000 + 100 * run + number)})
            for number, group in enumerate(written)
        ]
    done = judge(build_plan(declared, live, TARGET), reviewed)
    assert {one.standing for one in done.reviewed} <= {"live"}
    assert (done.kept, done.chosen, done.left) == (True, frozenset(), ())


def parts(change: Change) -> Any:
    """Return all that a digest counts, as plain values in which order has no say."""

    def bare(value: Any) -> Any:
        return ("secret", value.get_secret_value()) if isinstance(value, SecretStr) else value

    return (
        change.subject,
        change.action,
        {field.path: (bare(field.before), bare(field.after)) for field in change.fields},
        {
            part.use_case: [one and plain_use_case(one) for one in (part.before, part.after)]
            for part in change.use_cases
        },
    )


@given(desired_groups(), live_groups(), desired_groups(), live_groups())
def test_digests_are_equal_if_and_only_if_the_parts_are(
    declared: list[Declared],
    live: list[Group],
    others: list[Declared],
    elsewhere: list[Group],
) -> None:
    """Of changes of any two plans; and those of plans, if they have the same changes."""
    one, two = build_plan(declared, live, TARGET), build_plan(others, elsewhere, TARGET)
    crossed = build_plan(declared, elsewhere, TARGET)
    for first in (one, crossed):
        for second in (two, crossed):
            for change in first.changes:
                for other in second.changes:
                    assert (change.digest == other.digest) == (parts(change) == parts(other))
            same = {change.digest for change in first.changes} == {
                change.digest for change in second.changes
            }
            assert (first.digest == second.digest) == same
    listed = [(str(change.key), change.digest) for change in one.changes]
    assert plan_digest(TARGET, listed) == one.digest


@given(desired_groups(), live_groups(), st.data())
def test_what_no_file_declares_never_changes_a_digest(
    declared: list[Declared], live: list[Group], data: st.DataObject
) -> None:
    """A field, or a use case, that a file leaves to live may be anything."""
    assume(live)
    files = {entry.group.key: entry.group for entry in declared}
    moved = []
    for group in live:
        wanted = files.get(group.key)
        said = wanted.declared if wanted else frozenset(GROUP_FIELDS)
        free_fields = [name for name in FIELDS if name not in said]
        update = {name: data.draw(FIELDS[name], name) for name in free_fields}
        moved.append(group.model_copy(update=update))
    before, after = build_plan(declared, live, TARGET), build_plan(declared, moved, TARGET)
    assert [one.digest for one in before.changes] == [one.digest for one in after.changes]
    assert before.digest == after.digest
