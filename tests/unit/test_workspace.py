"""A folder of group files without a command line: what is given is all that is looked at."""

import ast
import multiprocessing  # noqa: F401 - it asks for the folder when uvicorn first imports it
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn

import pytest

from reconciler.apply import snapshot
from reconciler.apply.run import apply_plan
from reconciler.errors import ConfigError
from reconciler.workspace import Workspace

PACKAGE: Final = Path(__file__).parents[2] / "reconciler"
NOW: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER: Final = datetime(2026, 11, 25, 13, tzinfo=UTC)
GROUP: Final = """name: Recall
sheet_link: {from_env: RECALL_LINK}
timezone: America/Chicago
start_time: 06:00:00
use_cases:
  - use_case: RECALL
    enabled: true
    actions:
      - {action_type: SMS, context: first, day: 7, template_name: First}
environments:
  qa: {start_time: 13:00:00}
"""
PROCESS: Final = frozenset({
    "os.chdir", "os.environ", "os.environb", "os.getcwd", "os.getcwdb", "os.getenv", "os.getenvb",
    "os.putenv", "Path.cwd", "Path.home", "sys.argv", "sys.exit", "sys.stderr", "sys.stdin",
    "sys.stdout", "datetime.now", "datetime.today", "datetime.utcnow", "date.today",
})  # fmt: skip
"""What belongs to the process: its folder, environment, streams, and the day."""
CALLS: Final = frozenset({"input", "print"})
MODULES: Final = frozenset({"click", "getpass"})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A clinic's repository, which is not this process's folder."""
    file = tmp_path / "groups" / "google" / "recall.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(GROUP, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.reconciler.guards]\ncreates = 1\n", encoding="utf-8"
    )
    (tmp_path / ".gitignore").write_text(".reconciler/\n", encoding="utf-8")
    who = ("-c", "user.name=T", "-c", "user.email=t@example.invalid")
    for words in (["init", "-q"], ["add", "--all"], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    variables = {"PATH": os.environ["PATH"], "RECALL_LINK": "https://1drv.ms/x/s3cret"}
    return Workspace(tmp_path, None, variables, lambda: NOW)


@contextmanager
def bare_process() -> Iterator[None]:
    """Take the process's environment away, and let nobody ask for its folder."""

    def asked() -> NoReturn:
        raise AssertionError("somebody asked for the process's folder")

    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            patch.delenv(name)
        patch.setattr(os, "getcwd", asked)
        yield


def test_all_that_can_be_asked_of_it(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Check, plan, write, restore: of its own folder, variables and clock, and without a word."""
    with bare_process():
        file = workspace.root / "groups" / "google" / "recall.yaml"
        assert workspace.today == NOW.date()
        assert workspace.settings().guards.creates == 1
        assert [finding.rule for finding in workspace.check(["google/recall"]).findings] == [
            "quiet-hours"
        ]
        assert [str(entry.group.key) for entry in workspace.said([str(file)])] == ["google/recall"]
        (told,) = replace(workspace, env="qa").said()
        assert told.group.start_time == "13:00:00"
        head = workspace.head()
        assert len(head) == 40
        with workspace.open(None) as opened:
            created = workspace.plan(workspace.load(), opened)
            assert apply_plan(created, opened.writing, workspace.state).exit_code == 0
            file.write_text(GROUP.replace("06:00:00", "09:00:00"), encoding="utf-8")
            workspace = replace(workspace, clock=lambda: LATER)
            files = workspace.load(["groups/google"], base="HEAD", prune=True)
            assert files.commit == head
            updated = workspace.plan(files, opened, {"updates": 1})
            assert [change.action for change in updated.changes] == ["update"]
            report = apply_plan(updated, opened.writing, workspace.state)
            assert report.exit_code == 0
            assert snapshot.read(Path(report.snapshot)).time == LATER
            for path in (None, Path(report.snapshot).relative_to(workspace.root)):
                (change,) = workspace.restore(path, opened).plan.changes
                assert [field.path for field in change.fields] == ["start_time"]
            assert workspace.state.left_open(opened.target) == ()
    assert capsys.readouterr() == ("", "")
    assert {path.name for path in workspace.root.iterdir()} == {
        ".git", ".gitignore", ".reconciler", "groups", "pyproject.toml",
    }  # fmt: skip


def test_a_key_is_taken_from_the_variables(workspace: Workspace) -> None:
    """The real API's; and nobody who prints a workspace shows it."""
    variables = {**workspace.variables, "INTERACTLY_API_KEY": "k3y"}
    keyed = replace(workspace, variables=variables)
    with keyed.open("https://api.example") as opened:
        assert opened.endpoint.api_key.get_secret_value() == "k3y"
    assert "k3y" not in repr(keyed)


def test_p7_an_empty_address_is_not_the_sandbox(workspace: Workspace) -> None:
    """Whoever opens a target: an address that is given and empty is none that can be used."""
    with pytest.raises(ConfigError, match="empty"):
        workspace.open("")


def test_a_folder_that_is_in_no_repository(workspace: Workspace, tmp_path: Path) -> None:
    """It has no head, and that is no failure."""
    assert replace(workspace, root=tmp_path.parent).head() == ""


def asks_of_the_process(source: str) -> set[str]:
    """Return what a module asks of the process, or how it talks past its caller."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute():
                found |= {ast.unparse(node)} & PROCESS
            case ast.Call(func=ast.Name(name)):
                found |= {name} & CALLS
            case ast.Import(names):
                found |= {alias.name.partition(".")[0] for alias in names} & MODULES
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module.partition(".")[0]} & MODULES
                found |= {f"{module}.{alias.name}" for alias in names} & PROCESS
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os\nx = os.environ['A']", "os.environ"),
        ("from os import getenv", "os.getenv"),
        ("root = Path.cwd() / 'groups'", "Path.cwd"),
        ("sys.stdout.write('')", "sys.stdout"),
        ("print('done')", "print"),
        ("import click", "click"),
        ("from click.exceptions import Abort", "click"),
        ("today = datetime.now(UTC).date()", "datetime.now"),
    ],
)
def test_the_scan_finds(source: str, found: str) -> None:
    """Each way of asking, as it is written."""
    assert asks_of_the_process(source) == {found}


def test_only_the_command_line_asks_the_process() -> None:
    """Nothing below `cli/` looks at folder, environment or day, or prints; there is no exception.

    (TLS is httpx's: it reads SSL_CERT_FILE itself, as most do.)
    """
    modules = [path for path in PACKAGE.rglob("*.py") if PACKAGE / "cli" not in path.parents]
    assert len(modules) > 50
    found = {
        path.relative_to(PACKAGE).as_posix(): asked
        for path in modules
        if (asked := asks_of_the_process(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("proxy", "sentence"),
    [
        ("", "Target: https://api.clinic.example."),
        (
            "http://clinic:hunter2@proxy.example:3128",
            "Target: https://api.clinic.example, through the proxy http://proxy.example:3128.",
        ),
    ],
    ids=["straight", "proxy"],
)
def test_g10_the_target_line_names_the_proxy(tmp_path: Path, proxy: str, sentence: str) -> None:
    """Since it sees whom this program talks to; never with its password."""
    variables = {"INTERACTLY_API_KEY": "sk-canary", "RECONCILER_PROXY": proxy}
    workspace = Workspace(tmp_path, None, variables, lambda: NOW)
    with workspace.open("https://api.clinic.example") as opened:
        assert opened.sentence == sentence
