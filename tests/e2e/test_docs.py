"""The documentation is true: its console sessions are run, and what it names is there.

`UPDATE=1 pytest tests/e2e/test_docs.py` writes what the commands print into the pages.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.errors import ExitCode

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
SESSIONS = [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(
    r"(?<!\S)(?:reconciler|tests|docs|groups|schemas|\.github|\.ci)/[^\s:#]*", re.ASCII
)
PLACEHOLDER = re.compile(r"[<>*{}…]")
VARYING = [
    (re.compile(r"sha256:[0-9a-f…]+"), "sha256:…"),
    (re.compile(r"snapshots/\S+\.json"), "snapshots/….json"),
]


def commands(block: str) -> Iterator[str]:
    """Yield the lines that a reader would type."""
    for line in block.splitlines():
        if line.startswith("$ "):
            yield line[2:]


def replay(block: str, folder: Path, environment: dict[str, str]) -> str:
    """Type a block's commands in a folder and return the block as it comes out."""
    shown = []
    for command in commands(block):
        shown.append(f"$ {command}\n")
        if assignment := re.fullmatch(r"export (\w+)=(\S+)", command):
            environment[assignment[1]] = assignment[2]
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
            encoding="utf-8",
        )
        shown.append(done.stdout)
    text = "".join(shown)
    for pattern, fixed in VARYING:
        text = pattern.sub(fixed, text)
    return text


@pytest.mark.parametrize("page", SESSIONS, ids=lambda page: page.name)
def test_console_sessions_are_true(page: Path, tmp_path: Path) -> None:
    """A page's sessions, typed in order in a fresh copy of the groups, print what it shows."""
    shutil.copytree(ROOT / "groups", tmp_path / "groups")
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
    }
    text = page.read_text(encoding="utf-8")
    replayed = BLOCK.sub(
        lambda match: f"```console\n{replay(match[1], tmp_path, environment)}```", text
    )
    if os.environ.get("UPDATE"):
        page.write_text(replayed, encoding="utf-8")
        return
    assert replayed == text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file of the repository."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def named_paths(text: str) -> list[str]:
    """Return the paths of this repository that a page has in backticks, without placeholders."""
    spans = re.findall(r"`([^`]+)`", FENCE.sub("", text))
    paths = [path for span in spans for path in PATH.findall(span)]
    return [path for path in paths if not PLACEHOLDER.search(path)]


def holds_something(path: Path) -> bool:
    """Return whether there is such a file or folder; the cache of a moved package is none."""
    return path.is_file() or any(
        part.is_file() and part.parent.name != "__pycache__" for part in path.rglob("*")
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_in_backticks_are_there(page: Path) -> None:
    """Every path of this repository that a page names is a file or a folder of it."""
    paths = named_paths(page.read_text(encoding="utf-8"))
    assert [path for path in paths if not holds_something(ROOT / path)] == []


def test_paths_in_backticks_are_found() -> None:
    """Paths alone and in commands, and neither placeholders nor what only looks like a path."""
    text = """`docs/a.md`, `pytest tests/x.py::test_it`, `reconciler/live/`, `.ci/run`,
`groups/<integration>/<slug>.yaml`, `tests/**`, `.reconciler/`, `integration/slug`, docs/b.md
```text
`tests/fenced.py`
```
and `schemas/plan.schema.json`"""
    assert named_paths(text) == [
        "docs/a.md",
        "tests/x.py",
        "reconciler/live/",
        ".ci/run",
        "schemas/plan.schema.json",
    ]
    how = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    assert len(named_paths(how)) > 10


def test_the_exit_codes_of_the_readme_are_those_of_the_program() -> None:
    """Each code is explained, and no other."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"(?m)^\| (\d+) \| ", readme[readme.index("| exit code |") :])
    assert [int(code) for code in listed] == [code.value for code in ExitCode]
