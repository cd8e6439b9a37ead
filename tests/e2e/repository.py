"""A working folder as a Git repository, and somebody who edits files and the dashboard."""

import subprocess
from pathlib import Path

from tests.e2e.conftest import Command, Request

SURGERY = "groups/microsoft/day-surgery.yaml"


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder as nobody in particular."""
    who = (
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@example.invalid",
        "-c",
        "init.defaultBranch=main",
    )
    done = subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.strip()


def commit(folder: Path, message: str) -> str:
    """Commit everything and return the id."""
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD")


def edit(path: Path, before: str, after: str) -> None:
    """Replace text in a file."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def posts(requests: list[Request]) -> list[Request]:
    """Return the writes."""
    return [request for request in requests if request.method == "POST"]


def dashboard(reconciler_: Command, path: Path, before: str, after: str) -> None:
    """Change live state as somebody in the dashboard does: by another file, then put back."""
    kept = path.read_text(encoding="utf-8")
    edit(path, before, after)
    assert reconciler_("apply", "--yes", str(path)).code == 0
    path.write_text(kept, encoding="utf-8")
