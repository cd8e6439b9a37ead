"""The program as a process: signals, a terminal, a pipe that closes."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Store, running
from tests.e2e.conftest import Gate, Request

PROGRAM = [sys.executable, "-m", "reconciler"]
LONGEST = 30.0


@pytest.fixture
def api_url(folder: Path, variables: dict[str, str], gate: Gate) -> Iterator[str]:  # noqa: ARG001 - gate comes first
    """A sandbox in this process, for a program in another."""
    variables |= {"INTERACTLY_API_KEY": "k3y-that-nobody-sees", "RECONCILER_ENV": "prod"}
    with running(folder / "live.db") as url:
        variables["RECONCILER_API_URL"] = url
        yield url


def statuses(folder: Path) -> dict[str, str]:
    """Return the status of each group by the report that the run wrote."""
    report = json.loads((folder / "apply.json").read_text(encoding="utf-8"))
    return {result["key"]: result["status"] for result in report["results"]}


@pytest.mark.usefixtures("api_url")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_what_is_in_flight(
    folder: Path, here: dict[str, Any], gate: Gate, number: signal.Signals
) -> None:
    """The request under way is finished and read back; the others are not attempted; exit 5."""
    reached, release = threading.Event(), threading.Event()

    def hold(request: Request) -> None:
        if request.method == "POST" and request.body["slug"] == "flu-shots":
            reached.set()
            release.wait(LONGEST)

    gate.hold = hold
    command = [*PROGRAM, "apply", "--yes", "--concurrency", "1", "--out", "apply.json"]
    with subprocess.Popen(
        command, **here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert reached.wait(LONGEST)
        process.send_signal(number)
        assert process.stderr
        assert "Stopping" in process.stderr.readline()
        release.set()
        out, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 5
    assert "Stopped: interrupted; run apply again to go on" in out
    by_key = statuses(folder)
    assert [key for key, status in by_key.items() if status == "applied"] == [
        "google/Survey 2024",
        "google/appointment-reminders",
        "google/flu-shots",
    ]
    assert list(by_key.values()).count("not attempted") == 7
    assert "Apply: 3 applied, 0 failed, 0 unknown, 7 not attempted." in out


@pytest.mark.usefixtures("api_url")
def test_a_second_signal_walks_away(folder: Path, here: dict[str, Any], gate: Gate) -> None:
    """A request that hangs is told as unknown, and the program ends without waiting for it."""
    reached, release = threading.Event(), threading.Event()

    def hold(request: Request) -> None:
        if request.method == "POST":
            reached.set()
            release.wait(LONGEST)

    gate.hold = hold
    command = [*PROGRAM, "apply", "--yes", "--out", "apply.json"]
    with subprocess.Popen(
        command, **here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert reached.wait(LONGEST)
        assert process.stderr
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            assert "Stopping" in process.stderr.readline()
        process.communicate(timeout=LONGEST)
    release.set()
    assert process.returncode == 5
    assert statuses(folder)["google/Survey 2024"] == "unknown"
    assert list(statuses(folder).values()).count("not attempted") == 9


def on_a_terminal(here: dict[str, Any], arguments: list[str], answer: str) -> tuple[int, str]:
    """Run on a terminal of its own, answer its one question, and return exit code and screen."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments], **here, stdin=follower, stdout=follower, stderr=follower
    )
    os.close(follower)
    screen, answered = b"", False
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        if not select.select([leader], [], [], 0.1)[0]:
            continue
        try:
            screen += os.read(leader, 65536)
        except OSError:  # Linux says so when the other side has closed
            break
        if b"Only yes" in screen and not answered:
            os.write(leader, f"{answer}\n".encode())
            answered = True
    os.close(leader)
    return process.wait(LONGEST), screen.decode()


@pytest.mark.usefixtures("api_url")
def test_apply_asks_on_a_terminal(folder: Path, here: dict[str, Any]) -> None:
    """It names number and target; with yes it writes, in colour, with a bar and each outcome."""
    code, screen = on_a_terminal(here, ["apply", "google/imaging"], "yes")
    assert "Write 1 group to http://127.0.0.1:" in screen
    assert code == 0
    assert "\x1b[" in screen
    assert "Applying" in screen
    assert "Apply: 1 applied" in screen
    assert [group["slug"] for group in Store(folder / "live.db").groups("google")] == ["imaging"]
    assert "k3y" not in screen


@pytest.mark.usefixtures("api_url")
@pytest.mark.parametrize("answer", ["y", "no", ""])
def test_anything_but_yes_writes_nothing(folder: Path, here: dict[str, Any], answer: str) -> None:
    """A hasty key is no consent."""
    code, screen = on_a_terminal(here, ["apply", "google/imaging"], answer)
    assert code == 1
    assert "Aborted; nothing was written." in screen
    assert Store(folder / "live.db").groups("google") == []


def test_no_color_wins_on_a_terminal(variables: dict[str, str], here: dict[str, Any]) -> None:
    """NO_COLOR is honoured (no-color.org)."""
    variables["NO_COLOR"] = "1"
    _, screen = on_a_terminal(here, ["plan", "google/imaging"], "")
    assert "\x1b[" not in screen


def test_a_pipe_that_closes_is_no_traceback(here: dict[str, Any]) -> None:
    """`reconciler plan | head -1` ends quietly."""
    command = f"{sys.executable} -m reconciler plan | head -1"
    done = subprocess.run(
        ["bash", "-c", command], **here, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.startswith("Target: sandbox")
    assert done.stderr == ""


@pytest.mark.usefixtures("api_url")
def test_a_reader_that_goes_does_not_end_an_apply(
    folder: Path, here: dict[str, Any], gate: Gate
) -> None:
    """Once writing has begun, nobody listening is no reason to leave the rest undone."""
    reached, release = threading.Event(), threading.Event()

    def hold(request: Request) -> None:
        if request.method == "POST":
            reached.set()
            release.wait(LONGEST)

    gate.hold = hold
    command = [*PROGRAM, "apply", "--yes", "--out", "apply.json"]
    with subprocess.Popen(
        command, **here, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert reached.wait(LONGEST)
        assert process.stdout
        process.stdout.close()
        release.set()
        assert process.wait(LONGEST) == 0
    assert set(statuses(folder).values()) == {"applied"}
    assert len(statuses(folder)) == 10


def test_a_narrow_encoding_is_no_traceback(variables: dict[str, str], here: dict[str, Any]) -> None:
    """Where stdout cannot say an arrow it is spelled out."""
    variables["PYTHONIOENCODING"] = "latin-1"
    done = subprocess.run(
        [*PROGRAM, "demo"], **here, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u2192" in done.stdout


def test_help_needs_nothing_but_click() -> None:
    """What is slow to import is imported by the command that needs it."""
    code = (
        "import sys, reconciler.cli as c; c.run(['--help']); print([m for m in sys.modules if m"
        " in %r])"
    )
    heavy = ["pydantic", "httpx", "ruamel.yaml", "deepdiff", "fastapi", "jsonschema_rs"]
    done = subprocess.run(
        [sys.executable, "-c", code % heavy],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.endswith("[]\n")


def test_the_module_is_the_program() -> None:
    """`python -m reconciler` and the installed script are one."""
    done = subprocess.run(
        [*PROGRAM, "--version"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "reconciler 0.1.0\n"
