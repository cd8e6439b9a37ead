"""Two runs that create the same group at the same time, in every order of their requests."""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import product

import pytest

from reconciler.apply.write import Pace
from reconciler.model import Key
from tests.faults.harness import Life, Run, duplicates
from tests.faults.model import CrashedError, Fault, ModelApi, Schedule
from tests.faults.scenarios import Scenario, mixed, one_create
from tests.faults.test_exhaustive import POST_FAULTS
from tests.faults.turns import Choose, Turns, every_order

FEW_POLLS = Pace(first=5.0)
"""Reads that only repeat others make no other outcomes, but many more orders."""
NEW = Key(integration="microsoft", slug="new")


class Race:
    """Two lives in one world, each with its own journal."""

    def __init__(self, scenario: Scenario, choose: Choose, faults: dict[int, Fault]) -> None:
        first = Life.begin(scenario, pace=FEW_POLLS)
        first.world.follow(Schedule(posts=faults))
        self.world, self.clock = first.world, first.clock
        self.lives = [first, Life(first.world, first.clock, scenario.declared, FEW_POLLS)]
        self.turns = Turns(choose)
        self.runs: list[Run | None] = [None, None]

    def run(self) -> list[Run]:
        """Let both plan and apply; return both runs."""
        for number, life in enumerate(self.lives):
            life.connect = partial(ModelApi, self.world, self.clock, before=self.turns.gate(number))
        self.turns.run(partial(self._follow, 0), partial(self._follow, 1))
        return [run for run in self.runs if run]

    def _follow(self, number: int) -> None:
        self.runs[number] = self.lives[number].go()


def reports_it(run: Run) -> bool:
    """Whether a run's report or its plan's guards say that the group is there twice."""
    words = [result.message for result in run.report.results] if run.report else []
    words += [guard.message for guard in run.plan.guards] if run.plan else []
    return any("live groups" in text for text in words)


def race(scenario: Scenario, faults: dict[int, Fault]) -> tuple[int, int]:
    """Run two runners in every order; count orders, and those with a duplicate, which is told."""
    orders = doubled = 0
    last: list[Race] = []

    def once(choose: Choose) -> None:
        last[:] = [Race(scenario, choose, faults)]
        last[0].run()

    for trace in every_order(once):
        orders += 1
        (race,) = last
        found = duplicates(race.world.records())
        assert found <= {NEW}, trace
        if found:
            doubled += 1
            assert any(map(reports_it, filter(None, race.runs))), (
                f"nobody reports the duplicate of {trace}"
            )
            assert [guard.name for guard in race.lives[0].truth().guards] == ["two-live-groups"]
    return orders, doubled


def test_two_runners_create_one_group() -> None:
    """Duplicates happen, the API cannot prevent them; at least one of the runs reports each."""
    orders, doubled = race(one_create(), {})
    assert orders > doubled > 0


@pytest.mark.parametrize("first", POST_FAULTS)
def test_two_runners_whose_posts_fail(first: str) -> None:
    """The same, with any fault in the first two writes."""
    for second in POST_FAULTS:
        race(one_create(), {0: POST_FAULTS[first], 1: POST_FAULTS[second]})


@pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") != "search", reason="`make campaign` plays all its orders"
)
def test_two_runners_of_a_mixed_plan() -> None:
    """The same for a plan with updates: they collide, and whatever is created twice is reported."""
    orders, doubled = race(mixed(), {})
    assert orders > doubled


def test_the_orders_are_all_there() -> None:
    """Two runners of four requests: as many orders as brute force finds, up to swapped reads.

    Each makes two reads, a write and a read.
    """
    script = ("list", "list", "post", "list")

    def meaning(order: tuple[int, ...]) -> tuple[object, ...]:
        """Return for each read which writes it sees, and the order of the writes."""
        seen: list[object] = []
        posted: list[int] = []
        steps = [0, 0]
        for runner in order:
            method = script[steps[runner]]
            steps[runner] += 1
            if method == "post":
                posted.append(runner)
            else:
                seen.append((runner, steps[runner], tuple(posted)))
        return (*sorted(seen, key=str), tuple(posted))

    def follow(gate: Callable[[str], None]) -> None:
        with suppress(CrashedError):
            for method in script:
                gate(method)

    def once(choose: Choose) -> None:
        turns = Turns(choose)
        gates = turns.gate(0), turns.gate(1)
        turns.run(*(partial(follow, gate) for gate in gates))

    brute = {meaning(order) for order in product((0, 1), repeat=8) if sum(order) == 4}
    found = {meaning(tuple("AB".index(step[0]) for step in trace)) for trace in every_order(once)}
    assert found == brute
