"""Kill it anywhere, run it again: converged, and nothing twice."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Store, running
from tests.e2e.conftest import Gate, Request

LONGEST = 30.0
COMMAND = [
    sys.executable,
    "-m",
    "reconciler",
    "apply",
    "--yes",
    "--concurrency",
    "1",
    "--settle",
    "0.3",
]
REQUESTS = 10
"""Requests of the run below: a list per integration, three for each of two writes, lists again."""


@pytest.fixture
def store(folder: Path, variables: dict[str, str], gate: Gate) -> Iterator[Store]:
    """Live state in which one group is to be created and one to be updated, behind the gate."""
    variables["INTERACTLY_API_KEY"] = "k3y"
    for path in folder.glob("groups/*/*.y*ml"):
        if path.stem not in {"imaging", "day-surgery"}:
            path.unlink()
    with running(folder / "live.db") as url:
        variables["RECONCILER_API_URL"] = url
        store = Store(folder / "live.db")
        store.upsert("microsoft", {"name": "Day Surgery", "slug": "day-surgery", "timezone": "UTC"})
        yield store
        gate.hold, gate.done = lambda _: None, lambda _: None


def run_and_kill(here: dict[str, Any], gate: Gate, number: int, phase: str) -> None:
    """Run an apply and kill it when its request of this number arrives or is carried out."""
    process = subprocess.Popen(
        COMMAND, **here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    started = threading.Event()

    def kill() -> None:
        started.wait(LONGEST)
        process.send_signal(signal.SIGKILL)
        process.wait(LONGEST)

    def hold(_: Request) -> bool:
        if len(gate.requests) - 1 == number and phase != "after":
            kill()
            return phase != "lost"
        return True

    def done(_: Request) -> None:
        if len(gate.requests) - 1 == number and phase == "after":
            kill()

    gate.hold, gate.done = hold, done
    started.set()
    process.wait(LONGEST)
    gate.hold, gate.done = lambda _: None, lambda _: None


def assert_that_another_run_converges(here: dict[str, Any], store: Store) -> None:
    """A second apply ends well, nothing is twice, and a plan finds nothing to do."""
    again = subprocess.run(COMMAND, **here, capture_output=True, text=True, check=False, timeout=60)
    assert again.returncode == 0, again.stdout + again.stderr
    keys = Counter(
        (name, group["slug"]) for name in ("microsoft", "google") for group in store.groups(name)
    )
    assert keys == {("microsoft", "day-surgery"): 1, ("google", "imaging"): 1}
    plan = subprocess.run(
        [*COMMAND[:3], "plan", "--detailed-exitcode"],
        **here,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert plan.returncode == 0, plan.stdout + plan.stderr


@pytest.mark.parametrize("phase", ["lost", "before", "after"])
@pytest.mark.parametrize("number", range(REQUESTS))
def test_killed_at_any_request(
    here: dict[str, Any], store: Store, gate: Gate, number: int, phase: str
) -> None:
    """Killed when a request arrives (lost or still carried out) or when it was carried out."""
    run_and_kill(here, gate, number, phase)
    assert_that_another_run_converges(here, store)


def test_these_are_all_requests(here: dict[str, Any], store: Store, gate: Gate) -> None:
    """A run that nobody kills makes as many requests as the kills go through, and converges."""
    assert_that_another_run_converges(here, store)
    reads_of_the_plan_after = 2
    assert len(gate.requests) - reads_of_the_plan_after == REQUESTS


@pytest.mark.parametrize("seed", range(int(os.environ.get("KILLS", "20"))))
def test_killed_at_random_moments(here: dict[str, Any], store: Store, seed: int) -> None:
    """Killed anywhere between start and end, also between requests and while writing a journal."""
    with subprocess.Popen(
        COMMAND, **here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(random.Random(seed).uniform(0.15, 0.8))  # noqa: S311 - a repeatable moment, no secret
        except subprocess.TimeoutExpired:
            process.kill()
    assert_that_another_run_converges(here, store)
