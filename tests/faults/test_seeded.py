"""Twenty thousand random schedules of faults, and the page that says what came of such."""

import os

import pytest

from tests.faults.campaign import ASSUMPTIONS, DOCS, Assumption, checked, generated, page_with

SEARCHES = os.environ.get("HYPOTHESIS_PROFILE") == "search"
"""Whether there is time."""

SCHEDULES = int(os.environ.get("SCHEDULES", "20000"))
PIECES = 4


@pytest.mark.parametrize("piece", range(PIECES))
@pytest.mark.parametrize("assumption", ASSUMPTIONS, ids=lambda assumption: assumption.name)
def test_schedules(assumption: Assumption, piece: int) -> None:
    """Invariants hold in every run; no duplicates if that is promised; if not, all are detected."""
    count = SCHEDULES // len(ASSUMPTIONS) // PIECES
    for seed in range(piece * count, (piece + 1) * count):
        checked(assumption, seed)


@pytest.mark.skipif(not SEARCHES, reason="`make campaign` does it, in a minute")
def test_the_page_is_what_the_campaign_prints() -> None:
    """`python -m tests.faults.campaign --write-docs` renews it."""
    assert page_with(generated()) == DOCS.read_text(encoding="utf-8")
