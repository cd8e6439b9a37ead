"""Prints the files of the pure modules, for the coverage gate: those of the import contract."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONTRACT = "pure"


def pure_files(root: Path) -> list[str]:
    """Return the files, from `root`, of the modules that its pyproject.toml holds to be pure."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (modules,) = (part["source_modules"] for part in contracts if part.get("id") == CONTRACT)
    paths = (name.replace(".", "/") for name in modules)
    return [f"{path}/*" if (root / path).is_dir() else f"{path}.py" for path in paths]


if __name__ == "__main__":
    print(",".join(pure_files(ROOT)))  # noqa: T201 - this is its output
