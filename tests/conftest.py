"""One set of rules for every property test, and no test that touches the user's own state."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=2000, deadline=None, print_blob=True)
# A submission is judged by the same cases each time; `make campaign` is where new ones are searched
# for.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def examples(steady: int) -> int:
    """Return how many examples a costly property takes: few in `make test`, else thousands."""
    return steady if settings.get_current_profile_name() == "steady" else 2000


@pytest.fixture(autouse=True, scope="session")
def _state_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep locks and journals of tests without a folder of their own out of the user's."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(autouse=True)
def _private_state(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test that has a folder a folder for locks and journals beside it."""
    if "tmp_path" in request.fixturenames:
        folder: Path = request.getfixturevalue("tmp_path")
        monkeypatch.setenv("RECONCILER_STATE_DIR", str(folder.with_name(f"{folder.name}-state")))
