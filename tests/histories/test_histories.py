"""Histories of pull requests over two environments and a dashboard, in whatever order.

`make test` plays the same 2,000 each time, `make campaign` new ones, as many as HISTORIES says.
"""

import os
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from reconciler.plan.nouns import Drift
from tests.histories.machine import Histories

EACH: Final = int(os.environ.get("HISTORIES", "2000")) // 4
"""Histories of each kind."""
STEPS: Final = 12


@pytest.mark.parametrize("calm", [True, False])
@pytest.mark.parametrize("drift", ["leave", "revert"])
def test_what_must_hold_in_every_history(drift: Drift, *, calm: bool) -> None:
    """Nothing is live that nobody saw, nothing is forgotten, and everybody is told."""
    kind = type("History", (Histories,), {"drift": drift, "calm": calm})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=EACH,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
