"""A clinic for each test, and one program for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.clinic import Clinic, opened
from tests.workflows.program import served


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The script that runs the program in a workflow."""
    with served(tmp_path_factory.mktemp("program")) as script:
        yield script


@pytest.fixture
def clinic(tmp_path: Path, program: str) -> Iterator[Clinic]:
    """A repository like this one, whose main is recorded as applied to both environments."""
    with opened(tmp_path, program) as made:
        yield made
