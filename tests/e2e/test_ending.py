"""The end of a run is told whatever happens, and its exit code is one of the table."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ExitCode
from reconciler.sandbox import Store, running
from tests.e2e.conftest import Gate, Request

LONGEST = 30.0
GROUPS = ["a", "b", "c"]
SHELL = 'exec "$0" -m reconciler "$@" '


@dataclass
class Program:
    """The program as a process in a folder of its own, against an API that a test can hold up.

    Attributes:
        root: The folder.
        variables: Its environment.
        reached: Set when the first write has reached the API.
        release: Lets it go on.
    """

    root: Path
    variables: dict[str, str]
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def start(self, *arguments: str, redirect: str = "", **options: Any) -> "subprocess.Popen[str]":
        """Start a command, as a shell would with a redirection."""
        return subprocess.Popen(
            ["bash", "-c", SHELL + redirect, sys.executable, *arguments],
            cwd=self.root,
            env=self.variables,
            text=True,
            start_new_session=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    def run(self, *arguments: str, redirect: str = "") -> tuple[int, str, str]:
        """Run a command to its end; return its exit code, stdout and stderr."""
        self.release.set()
        with self.start(*arguments, redirect=redirect) as process:
            out, err = process.communicate(timeout=LONGEST)
        return process.returncode, out, err

    def hold(self, request: Request) -> None:
        """Hold up the first write."""
        if request.method == "POST" and not self.reached.is_set():
            self.reached.set()
            self.release.wait(LONGEST)

    def live(self) -> list[str]:
        """Return the slugs of the live groups."""
        groups = Store(self.root / "live.db").groups("microsoft")
        return sorted(str(group["slug"]) for group in groups)

    def statuses(self) -> list[str]:
        """Return the statuses of the report that --out named."""
        report = json.loads((self.root / "apply.json").read_text(encoding="utf-8"))
        return [result["status"] for result in report["results"]]


APPLY = ["apply", "--yes", "--concurrency", "1", "--out", "apply.json"]


@pytest.fixture
def program(tmp_path: Path, gate: Gate) -> Iterator[Program]:
    """The program in a folder with three groups to create."""
    folder = tmp_path / "groups" / "microsoft"
    folder.mkdir(parents=True)
    for slug in GROUPS:
        (folder / f"{slug}.yaml").write_text(f"name: {slug}\n", encoding="utf-8")
    with running(tmp_path / "live.db") as url:
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "INTERACTLY_API_KEY": "k3y",
            "RECONCILER_API_URL": url,
            "RECONCILER_STATE_DIR": str(tmp_path / "state"),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        program = Program(tmp_path, variables)
        gate.hold = program.hold
        yield program
        program.release.set()


@pytest.mark.parametrize(
    "numbers",
    [
        (signal.SIGTERM, signal.SIGINT),
        (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGTERM),
        (signal.SIGHUP, signal.SIGTERM),
    ],
)
def test_s1_signals_at_one_moment_end_with_a_report(
    program: Program, numbers: tuple[signal.Signals, ...]
) -> None:
    """The second comes while the first is answered: what hangs is unknown, exit 5, told."""
    with program.start(*APPLY) as process:
        assert program.reached.wait(LONGEST)
        for number in numbers:
            process.send_signal(number)
        out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 5
    assert "Traceback" not in err
    assert [line.partition(";")[0] for line in err.splitlines() if "Stopping" in line] == [
        "Stopping",
        "Stopping at once",
    ]
    assert "Apply: 0 applied, 0 failed, 1 unknown, 2 not attempted." in out
    assert program.statuses() == ["unknown", "not attempted", "not attempted"]


def test_a_terminal_that_goes_is_like_ctrl_c(program: Program) -> None:
    """SIGHUP finishes what is in flight."""
    with program.start(*APPLY) as process:
        assert program.reached.wait(LONGEST)
        process.send_signal(signal.SIGHUP)
        assert process.stderr
        assert "Stopping" in process.stderr.readline()
        program.release.set()
        process.communicate(timeout=LONGEST)
    assert process.returncode == 5
    assert program.statuses() == ["applied", "not attempted", "not attempted"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_anything_is_written_says_so(
    program: Program, gate: Gate, number: signal.Signals
) -> None:
    """While live state is read: nothing was written, exit 1, no traceback."""

    def hold(_: Request) -> None:
        program.reached.set()
        program.release.wait(LONGEST)

    gate.hold = hold
    with program.start(*APPLY) as process:
        assert program.reached.wait(LONGEST)
        process.send_signal(number)
        _, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 1
    assert "Aborted; nothing was written." in err
    assert "Traceback" not in err
    assert program.live() == []


@pytest.mark.parametrize("out", [True, False])
def test_s2_ctrl_c_when_the_pipes_reader_has_gone(program: Program, out: bool) -> None:  # noqa: FBT001 - a case
    """`apply 2>&1 | tee log`: in flight is finished, exit 5, and the report is somewhere."""
    arguments = APPLY if out else APPLY[:-2]
    with program.start(*arguments, stderr=subprocess.STDOUT) as process:
        assert program.reached.wait(LONGEST)
        assert process.stdout
        process.stdout.close()
        process.send_signal(signal.SIGINT)
        # Heard before the request is answered: the loop passes it on ten times a second, and the
        # canary alone is in flight.
        program.release.set()
        assert process.wait(LONGEST) == 5
    assert program.live() == ["a"]
    untold = (program.root / ".reconciler" / "untold.txt").read_text(encoding="utf-8")
    assert "Apply: 1 applied, 0 failed, 0 unknown, 2 not attempted." in untold
    if out:
        assert program.statuses() == ["applied", "not attempted", "not attempted"]


@pytest.mark.parametrize(
    "redirect", [">/dev/full", ">&-", "2>/dev/full", "2>&-", ">/dev/full 2>&1", ">&- 2>&-", "<&-"]
)
def test_s3_d1_an_apply_goes_on_when_nothing_can_be_printed(
    program: Program, redirect: str
) -> None:
    """A full disk, a closed stream: all is written, exit 0, and told where that can be done."""
    code, out, err = program.run(*APPLY, redirect=redirect)
    assert (code, program.live()) == (0, GROUPS)
    assert program.statuses() == ["applied"] * 3
    assert "Traceback" not in err
    both = "2>" in redirect and redirect.startswith(">")
    if both:
        out = (program.root / ".reconciler" / "untold.txt").read_text(encoding="utf-8")
    assert "Apply: 3 applied, 0 failed, 0 unknown, 0 not attempted." in out + err


@pytest.mark.parametrize(
    ("redirect", "code", "words"),
    [
        (">/dev/full", ExitCode.ERROR, "error: stdout cannot be written: No space left on device"),
        (">&-", ExitCode.ERROR, "error: stdout cannot be written: Bad file descriptor"),
        ("2>/dev/full", ExitCode.DONE, ""),
        ("2>&-", ExitCode.DONE, ""),
        ("<&-", ExitCode.DONE, ""),
        (">/dev/full 2>&-", ExitCode.ERROR, ""),
        ("| true", ExitCode.DONE, ""),
    ],
)
@pytest.mark.parametrize("command", ["plan", "validate", "schema", "--version", "rules"])
def test_r_every_exit_code_is_one_of_the_table(
    program: Program, command: str, redirect: str, code: ExitCode, words: str
) -> None:
    """What cannot be printed is told, without a traceback; never Python's own 120."""
    found, _, err = program.run(command, redirect=redirect)
    assert found == code
    assert err.strip() == words


def test_r_a_demo_that_nobody_sees_is_an_error(program: Program) -> None:
    """Its applies tell elsewhere what they did; the rest of it is lost.

    Where no file says when its group starts, as here, there is less to show, and no traceback.
    """
    code, _, err = program.run("demo", redirect=">/dev/full")
    assert (code, "Traceback" in err) == (1, False)
    assert err.endswith("error: stdout cannot be written: No space left on device\n")


def test_r_a_folder_that_is_gone_is_told(program: Program) -> None:
    """Removed under the shell's feet: to people and to programs."""
    (program.root / "gone").mkdir()
    words = ("plan", "--format", "json", "--out", "plan.json")
    done = subprocess.run(
        ["bash", "-c", f"cd gone && rmdir ../gone; {SHELL}", sys.executable, *words],
        cwd=program.root,
        env=program.variables,
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "there is no folder groups here" in done.stderr
    assert json.loads(done.stdout)["findings"]


@pytest.mark.parametrize("redirect", [">/dev/full", ">&-"])
def test_errors_win_over_changes_and_over_a_full_disk(program: Program, redirect: str) -> None:
    """What the command ends with stays, if that is an error already."""
    assert program.run("plan", "--detailed-exitcode", redirect=redirect)[0] == 1
    assert program.run("plan", "nowhere", redirect=redirect)[0] == 64


def test_a_closed_stream_is_not_taken_by_a_file(program: Program) -> None:
    """With descriptor 1 free, the first file that is opened would get what is printed."""
    del program.variables["RECONCILER_API_URL"]
    code, _, err = program.run("apply", "--yes", redirect=">&- <&-")
    assert (code, "Traceback" in err) == (0, False)
    assert "Apply: 3 applied" in err
    for path in (program.root / ".reconciler").rglob("*"):
        assert not path.is_file() or b"Target:" not in path.read_bytes()
