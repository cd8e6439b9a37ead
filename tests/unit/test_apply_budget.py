"""The bound on a run's requests."""

import pytest

from reconciler.apply.budget import Budget
from reconciler.errors import ApiError
from tests.builders import group_id, live
from tests.memory_api import MemoryApi


def test_requests_of_all_connections_count_together() -> None:
    """The one beyond the budget is not made, whatever it is, and stops the run."""
    stops: list[str] = []
    budget = Budget(3, stops.append)
    api = MemoryApi(live("a", 1))
    one, two = budget.of(api), budget.of(api)
    assert one.get_group("microsoft", group_id(1)) == live("a", 1)
    assert list(two.list_groups("microsoft")) == [live("a", 1)]
    assert one.upsert("microsoft", {"name": "B", "slug": "b"}).kind == "accepted"
    assert stops == []
    outcome = two.upsert("microsoft", {"name": "C", "slug": "c"})
    assert (outcome.kind, outcome.resend) == ("not_sent", False)
    assert len(api.posts) == 1
    with pytest.raises(ApiError, match="budget of 3 requests"):
        one.get_group("microsoft", group_id(1))
    with pytest.raises(ApiError, match="budget of 3 requests"):
        one.list_groups("microsoft")
    assert set(stops) == {"the run's budget of 3 requests is used up"}
