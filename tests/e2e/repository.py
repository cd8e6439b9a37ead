"""A working folder as a Git repository, and somebody who edits files and the dashboard."""

import subprocess
from pathlib import Path

from tests.e2e.conftest import Command, Request

SURGERY = "groups/microsoft/day-surgery.yaml"


def git(*arguments: str, cwd: Path | None = None) -> str:
    """Run git as nobody in particular."""
    who = (
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@example.invalid",
        "-c",
        "init.defaultBranch=main",
    )
    done = subprocess.run(
        ["git", *who, *arguments], cwd=cwd, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


def commit(message: str) -> str:
    """Commit everything and return the id."""
    git("add", "-A")
    git("commit", "-qm", message)
    return git("rev-parse", "HEAD")


def edit(path: str, before: str, after: str) -> None:
    """Replace text in a file."""
    file = Path(path)
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def posts(requests: list[Request]) -> list[Request]:
    """Return the writes."""
    return [request for request in requests if request.method == "POST"]


def dashboard(reconciler_: Command, path: str, before: str, after: str) -> None:
    """Change live state as somebody in the dashboard does: by another file, then put back."""
    kept = Path(path).read_text(encoding="utf-8")
    edit(path, before, after)
    assert reconciler_("apply", "--yes", path).code == 0
    Path(path).write_text(kept, encoding="utf-8")
