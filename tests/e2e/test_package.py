"""What is built of this repository: the same each time, whole, and good without a clone."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT


def built(folder: Path, *kinds: str) -> dict[str, Path]:
    """Build distributions of the working folder, and return them by suffix."""
    words = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(
        [*words, *(word for kind in kinds for word in ("-t", kind))],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {path.suffix: path for path in folder.iterdir() if path.suffix in {".whl", ".gz"}}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return built(tmp_path_factory.mktemp("wheel"), "wheel")[".whl"]


def test_the_demo_runs_in_an_empty_folder_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    """As `pipx run` would: no clone, no groups, no settings; and it leaves nothing behind."""
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")  # noqa: S202 - our own
    empty = tmp_path / "empty"
    empty.mkdir()
    code = "import reconciler.cli as c, sys; print(c.__file__, file=sys.stderr); c.main(['demo'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=empty,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(tmp_path / "installed") in done.stderr
    assert "No changes." in done.stdout
    assert list(empty.iterdir()) == []


def test_the_wheel_is_the_same_each_time(wheel: Path, tmp_path: Path) -> None:
    """Whoever builds it from this commit can compare."""
    assert built(tmp_path, "wheel")[".whl"].read_bytes() == wheel.read_bytes()


def test_the_package_has_a_name_of_its_own(wheel: Path) -> None:
    """`reconciler` is somebody else's on the package index; command and import stay that."""
    assert wheel.name.startswith("interactly_reconciler-")
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        (entry,) = (name for name in names if name.endswith("entry_points.txt"))
        assert "reconciler = reconciler.cli:main" in packed.read(entry).decode()
    assert not [name for name in names if name.startswith(("tests/", "groups/"))]


def test_the_source_distribution_has_all_that_its_tests_read(tmp_path: Path) -> None:
    """Every file that Git knows."""
    with tarfile.open(built(tmp_path, "sdist")[".gz"]) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert set(listed.stdout.split("\0")) - names == {""}
