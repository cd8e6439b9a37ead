"""The fast model is held to the truth: on one schedule, real sockets give the same outcome."""

import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby

import pytest

from reconciler.apply.write import Pace
from tests.faults.harness import Life, Run, check
from tests.faults.model import Clock, Fault, Habits, ModelApi, Schedule, World
from tests.faults.scenarios import Scenario, mixed, random_scenario
from tests.faults.server import RealClock, doors, serving
from tests.faults.test_exhaustive import FAULTS, HABITS, MIXED_REQUESTS

PACE = Pace(attempts=3, settle=0.9, first=0.1, longest=0.5)
REQUEST_SECONDS = 0.7
SCALE = PACE.settle / Pace().settle
"""Of the seconds in the exhaustive tests' faults."""
AT_A_TIME = 8
"""Lives at once, since a real one waits most of the time."""
CHECK, UPDATE, READ_BACK, CREATE = 1, 2, 3, 8
"""Requests of the mixed plan.

The stale check, write and read-back of the first group, and the write of the new one.
"""


def scaled(fault: Fault) -> Fault:
    """Return a fault in the seconds of these tests."""
    return replace(fault, commit=fault.commit and fault.commit * SCALE)


Story = Sequence[object]
"""What happened in a run, as far as it can be the same in virtual and in real time."""


def story(run: Run) -> Story:
    """Tell what was requested, what was said of it, and what the server has in the end."""
    requests = [
        (request.method, request.key, request.create, request.body, request.fault)
        for request in run.requests
    ]
    if any(request.fault.commit for request in run.requests):
        # How often live is re-read until a late write shows is a matter of milliseconds.
        requests = [request for request, _ in groupby(requests)]
    results = (
        [(result.key, result.action, result.status, result.cause) for result in run.report.results]
        if run.report
        else None
    )
    code = run.report.exit_code if run.report else None
    return [requests, results, code, sorted(run.after.items())]


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
    return lived(
        Life(
            world, clock, scenario.declared, PACE, lambda: ModelApi(world, clock, REQUEST_SECONDS)
        ),
        schedule,
    )


def over_sockets(scenario: Scenario, schedule: Schedule, habits: Habits | None) -> list[Story]:
    """Live in real time, with the real client."""
    clock = RealClock()
    world = World(scenario.start, now=clock, habits=habits)
    with serving(world, request_seconds=REQUEST_SECONDS) as served:
        return lived(Life(world, clock, scenario.declared, PACE, served.connect), schedule)


def compare(
    schedules: Mapping[str, tuple[Scenario, Schedule]], habits: Habits | None = None
) -> None:
    """Assert that both live alike, whatever the schedule."""
    with doors(), ThreadPoolExecutor(AT_A_TIME) as pool:
        real = {name: pool.submit(over_sockets, *case, habits) for name, case in schedules.items()}
        for name, case in schedules.items():
            assert real[name].result() == in_the_model(*case, habits), name


@pytest.mark.parametrize("number", [CHECK, UPDATE, READ_BACK, CREATE])
def test_every_fault(number: int) -> None:
    """Each fault at a read, an update and a create."""
    compare(
        {
            name: (mixed(), Schedule(requests={number: scaled(fault)}))
            for name, fault in FAULTS.items()
        }
    )


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
    quick = [
        fault for fault in FAULTS.values() if fault.answer not in {"hang", "drip", "no connection"}
    ]
    cases = {}
    for seed in range(40):
        dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
        requests = {
            number: scaled(dice.choice(quick)) for number in range(30) if dice.random() < 0.3
        }
        cases[f"seed {seed}"] = (random_scenario(seed), Schedule(requests=requests))
    compare(cases)


@pytest.mark.parametrize("name", HABITS)
def test_habits(name: str) -> None:
    """What a server makes of values."""
    compare({name: (mixed(), Schedule())}, HABITS[name])


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
