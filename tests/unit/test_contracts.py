"""The shape of the house: few doors, one way, and pure modules that are held to their word."""

import ast
import importlib.util
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "reconciler"
MOST_DOORS: Final = 17
CLAIM: Final = "Pure: no"

_spec = importlib.util.spec_from_file_location("pure", ROOT / ".ci" / "pure.py")
assert _spec
assert _spec.loader
pure: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(pure)


def pure_modules() -> list[Path]:
    """Return the files of all pure modules, as the coverage gate reads them."""
    patterns = [
        pattern.removesuffix("*") + "*.py" * pattern.endswith("*")
        for pattern in pure.pure_files(ROOT)
    ]
    return [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def said_to_be_pure() -> Iterator[Path]:
    """Yield the modules whose docstring says that they are."""
    for path in sorted(PACKAGE.rglob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if CLAIM in docstring:
            yield path


def test_the_ground_floor_has_few_doors() -> None:
    """Somebody new finds the room from the entrance: at most 17 entries, Python's own aside."""
    doors = {path.name for path in PACKAGE.iterdir() if not path.name.startswith("__")}
    assert len(doors - {"py.typed"}) <= MOST_DOORS


def test_pure_is_one_list() -> None:
    """A module that says that it is pure is held to it, and each one that is held says so."""
    listed = {path for path in pure_modules() if path.name != "__init__.py"}
    assert {path for path in said_to_be_pure() if path.name != "__init__.py"} == listed


def test_each_pure_module_is_held_to_it(tmp_path: Path) -> None:
    """An import of `os` that is planted in a pure module is found, in each of them."""
    shutil.copytree(PACKAGE, tmp_path / "reconciler", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    modules = [path.relative_to(ROOT) for path in pure_modules()]
    for path in modules:
        file = tmp_path / path
        file.write_text(file.read_text(encoding="utf-8") + "\n\nimport os\n", encoding="utf-8")
    command = "from importlinter.cli import lint_imports_command as c; c()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo", "--contract", "pure"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1, done.stderr
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in modules]
    missed = [name for name in names if f"{name} -> os (" not in done.stdout]
    assert not missed, done.stdout


def test_contracts_are_all_kept_as_a_wing_grows() -> None:
    """A new module of a wing has to say where it stands: the layers are exhaustive."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = [
        part for part in settings["tool"]["importlinter"]["contracts"] if part["type"] == "layers"
    ]
    assert {name for part in layers for name in part["containers"]} >= {
        "reconciler",
        "reconciler.plan",
        "reconciler.apply",
        "reconciler.workspace",
    }
    assert all(part["exhaustive"] for part in layers)
