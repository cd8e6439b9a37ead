"""The fast model is held to the truth: one schedule against it and over real sockets, one story.

Both are in virtual time, so that no wait and no limit depends on how busy this machine is.
"""

import random
from collections.abc import Mapping, Sequence
from functools import partial

import pytest

from reconciler.apply.write import Pace
from tests.faults.harness import Life, Run, check
from tests.faults.model import LEVELS, Clock, Habits, Level, ModelApi, Schedule, World
from tests.faults.scenarios import Scenario, mixed, mixed_and_unknown, random_scenario
from tests.faults.server import serving
from tests.faults.test_exhaustive import FAULTS, HABITS, MIXED_REQUESTS

REQUEST_SECONDS = 10.0
"""As long as the client tries to connect, so that every kind of silence takes as long."""
CHECK, UPDATE, READ_BACK, CREATE = 1, 2, 3, 8
"""Requests of the mixed plan.

The stale check, write and read-back of the first group, and the write of the new one.
"""


Story = Sequence[object]
"""What happened in a run, and when."""


def story(run: Run) -> Story:
    """Tell what was requested, what was said of it, and what the server has in the end."""
    requests = [
        (
            request.method,
            request.key,
            request.create,
            request.body,
            request.fault,
            round(request.at, 6),
        )
        for request in run.requests
    ]
    results = (
        [(result.key, result.action, result.status, result.cause) for result in run.report.results]
        if run.report
        else None
    )
    code = run.report.exit_code if run.report else None
    return [requests, results, code, round(run.seconds, 6), sorted(run.after.items())]


def lived(life: Life, schedule: Schedule) -> list[Story]:
    """Run with faults, then once without."""
    runs = [life.run(schedule), life.run(Schedule())]
    for run in runs:
        check(run, one_writer=not schedule.edits, merging=not life.world.habits.replaces)
    return [story(run) for run in runs]


def in_the_model(scenario: Scenario, schedule: Schedule, habits: Habits | None) -> list[Story]:
    """Live in virtual time, without a network."""
    clock = Clock()
    world = World(scenario.start, now=clock, habits=habits)
    connect = partial(ModelApi, world, clock, REQUEST_SECONDS)
    return lived(Life(world, clock, scenario.declared, Pace(), connect), schedule)


def over_sockets(scenario: Scenario, schedule: Schedule, habits: Habits | None) -> list[Story]:
    """Live in virtual time too, with the real client."""
    clock = Clock()
    world = World(scenario.start, now=clock, habits=habits)
    with serving(world, clock, request_seconds=REQUEST_SECONDS) as served:
        return lived(Life(world, clock, scenario.declared, Pace(), served.connect), schedule)


def compare(
    schedules: Mapping[str, tuple[Scenario, Schedule]], habits: Habits | None = None
) -> None:
    """Assert that both live alike, whatever the schedule."""
    for name, case in schedules.items():
        assert over_sockets(*case, habits) == in_the_model(*case, habits), name


@pytest.mark.parametrize("number", [CHECK, UPDATE, READ_BACK, CREATE])
def test_every_fault(number: int) -> None:
    """Each fault at a read, an update and a create."""
    compare({name: (mixed(), Schedule(requests={number: fault})) for name, fault in FAULTS.items()})


@pytest.mark.parametrize("name", ["reset before", "refused", "429 zero", "500"])
def test_every_request(name: str) -> None:
    """A fault of each class at each request of a plan."""
    compare(
        {
            str(number): (mixed(), Schedule(requests={number: FAULTS[name]}))
            for number in range(MIXED_REQUESTS)
        }
    )


def test_several_faults() -> None:
    """Random schedules with several faults each."""
    faults = list(FAULTS.values())
    cases = {}
    for seed in range(40):
        dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
        requests = {number: dice.choice(faults) for number in range(30) if dice.random() < 0.3}
        cases[f"seed {seed}"] = (random_scenario(seed), Schedule(requests=requests))
    compare(cases)


@pytest.mark.parametrize("name", HABITS)
def test_habits(name: str) -> None:
    """What a server makes of values."""
    compare({name: (mixed(), Schedule())}, HABITS[name])


@pytest.mark.parametrize("forgets", [(), LEVELS], ids=["keeps them", "drops them"])
def test_unknown_fields(forgets: tuple[Level, ...]) -> None:
    """What a server makes of fields that are not sent."""
    compare({"": (mixed_and_unknown(), Schedule())}, Habits(forgets=frozenset(forgets)))


def test_an_edit_at_each_request() -> None:
    """Somebody changes the first group at any moment."""

    def edit(world: World) -> None:
        world.edit(min(world.records()), timezone="Europe/Berlin")

    compare(
        {
            str(number): (mixed(), Schedule(edits={number: edit}))
            for number in range(1, MIXED_REQUESTS)
        }
    )
