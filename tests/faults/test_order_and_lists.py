"""What waits for what, and lists that lag, repeat themselves or are cut; many groups at once."""

from collections.abc import Sequence
from typing import Literal

import pytest

from reconciler.model import Declared, Integration
from tests.builders import action, desired, use_case
from tests.faults.harness import Life, Run, check, duplicates
from tests.faults.model import Fault, Lists, Schedule
from tests.faults.scenarios import Scenario, moved, one_create, scenario
from tests.faults.test_exhaustive import FAULTS, converge

Answers = Literal["", "id", "another id"]


def both_contact(run: Run) -> bool:
    """Whether the group that moved is on in both places."""
    on = [
        record
        for record in run.after.values()
        if record["name"] == "Recall" and any(part["enabled"] for part in record["use_cases"])
    ]
    return len(on) > 1


@pytest.mark.parametrize("integration", ["google", "microsoft"], ids=["s2", "s3"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_switch_off_that_fails(name: str, integration: Integration) -> None:
    """Whatever goes wrong, and wherever: the new group is not created before the old one is off."""
    for number in range(12):
        life = Life.begin(moved(integration))
        run = life.run(Schedule(requests={number: FAULTS[name]}))
        check(run)
        assert not both_contact(run), number
        if run.plan and run.report and not any(post.create for post in run.posts):
            results = {result.key: result for result in run.report.results}
            (create,) = (change for change in run.plan.changes if change.before is None)
            assert results[create.key].status != "applied"
        converge(life)


@pytest.mark.parametrize("integration", ["google", "microsoft"], ids=["s2", "s3"])
def test_a_switch_off_that_is_refused(integration: Integration) -> None:
    """The create is not attempted, says for what it waited, and is never the canary."""
    life = Life.begin(moved(integration))
    posts = life.run(Schedule()).posts
    number = next(
        number for number, post in enumerate(posts) if post.key and "recall" in post.key.slug
    )
    life = Life.begin(moved(integration))
    run = life.run(Schedule(posts={number: Fault("rejected")}))
    check(run)
    assert run.report
    assert not any(post.create for post in run.posts)
    (waits,) = (result for result in run.report.results if result.action == "create")
    assert waits.status == "not attempted"
    assert f"it waits for {integration}/recall" in waits.message
    assert "both would contact the same people" in waits.message
    assert run.report.exit_code == 5


def test_a_dependent_alone_is_no_canary() -> None:
    """Only the switch-off and what waits for it: refused, nothing is written, and it exits 1."""
    scenario_ = moved()
    alone = Scenario(scenario_.declared[:1], scenario_.start, scenario_.base)
    run = Life.begin(alone).run(Schedule(posts={0: Fault("rejected")}))
    assert run.report
    assert [result.status for result in run.report.results] == ["failed", "not attempted"]
    assert (len(run.posts), run.report.exit_code) == (1, 1)


def many(number: int) -> Scenario:
    """Return so many new groups."""
    files: Sequence[Declared] = [
        desired(f"g{n:03}", name=f"G {n}", use_cases=(use_case("A", action(n)),))
        for n in range(number)
    ]
    return scenario(files)


@pytest.mark.parametrize("answers", ["id", ""])
@pytest.mark.parametrize("concurrency", [1, 8, 32])
def test_many_500_creates_while_the_list_reorders(concurrency: int, answers: Answers) -> None:
    """All are applied, and the list is read once for a batch, while nothing is in flight."""
    creates = 500
    lists = Lists(page=100, reorders=True, answers=answers)
    life = Life.begin(many(creates), lists=lists)
    life.allow["creates"] = creates
    with life.connected() as api:
        plan = life.plan(api)
    life.world.follow(Schedule())
    report = life.apply(plan, concurrency=concurrency)
    assert report.count("applied") == creates
    assert report.exit_code == 0
    assert report.others == ()
    # All pages of a list but its first one are asked for with the total known: count the firsts.
    listings = life.world.listings
    assert listings <= creates / concurrency + 10
    assert life.truth().empty
    assert not duplicates(life.world.records())


def test_r6_groups_that_the_list_shows_late_are_unknown_and_not_created_again() -> None:
    """Run 1 sees that its list lacks them and exits 5; run 2 reads them by their ids."""
    life = Life.begin(many(3), lists=Lists(lag=60.0, answers="id"))
    first = life.run(Schedule())
    assert first.report
    assert [result.status for result in first.report.results] == ["unknown"] * 3
    assert first.report.exit_code == 5
    assert all("does not hold it" in result.message for result in first.report.results)
    second = life.run(Schedule())
    check(second)
    assert second.posts == []
    assert second.plan
    assert second.plan.empty
    assert not duplicates(life.world.records())


def test_r6_a_list_that_shows_them_within_the_window_is_waited_for() -> None:
    """Late, but not too late: applied."""
    life = Life.begin(many(3), lists=Lists(lag=5.0, answers="id"))
    run = life.run(Schedule())
    assert run.report
    assert run.report.exit_code == 0


def test_r6_a_last_list_that_cannot_be_read_proves_nothing() -> None:
    """Groups that were only seen by their ids are unknown; what a list has shown is applied."""
    for answers, code in (("id", 5), ("", 0)):
        lists = Lists(answers="id" if answers else "")
        life = Life.begin(one_create(), lists=lists)
        calm = len(life.run(Schedule()).requests)
        life = Life.begin(one_create(), lists=lists)
        broken = dict.fromkeys(range(calm - 1, calm + 30), Fault("broken"))
        run = life.run(Schedule(requests=broken))
        assert run.report
        assert run.report.exit_code == code, answers
        assert "could not be seen" in run.report.others[0]


def test_u4_every_answer_names_another_group() -> None:
    """All are found by their keys."""
    life = Life.begin(many(5), lists=Lists(answers="another id"))
    run = life.run(Schedule())
    assert run.report
    assert run.report.exit_code == 0
    assert len(run.posts) == 5
    converge(life)


def test_p1_a_list_that_is_cut_at_the_size_that_is_asked_for() -> None:
    """It ignores the page: nothing is planned, so nothing is created a second time."""
    life = Life.begin(many(9))
    assert life.run(Schedule()).report
    life.world.lists = Lists(cut=7, cut_by_size=True)
    run = life.run(Schedule())
    assert (run.plan, run.posts) == (None, [])
