"""Chromium, which shows pages as readers see them, where there is one: `apt install chromium`."""

import shutil
import subprocess
from pathlib import Path


def find() -> str | None:
    """Return the browser's program, or None where this machine has none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def chromium(page: Path, *options: str) -> str:
    """Run the browser on a page and return what it prints."""
    program = find()
    assert program, "there is no Chromium on this machine"
    command = [
        program,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={page.parent / 'profile'}",
    ]
    done = subprocess.run(
        [*command, *options, page.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=page.parent,
    )
    return done.stdout
