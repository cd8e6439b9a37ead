"""A user's folder, the command line, and a record of what reached the sandbox's server."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import reconciler.sandbox.app
from reconciler.cli import run
from reconciler.cli.surroundings import Surroundings

ROOT = Path(__file__).parents[2]
create_app = reconciler.sandbox.app.create_app


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Command(Protocol):
    """The command line, run in this process."""

    def __call__(self, *arguments: str, root: Path | None = None) -> Done:
        """Run it in the folder, or in another one."""
        ...


@dataclass(frozen=True)
class Request:
    """A request as it reached the server."""

    method: str
    path: str
    body: Any


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with a copy of the repository's groups."""
    shutil.copytree(ROOT / "groups", tmp_path / "groups")
    return tmp_path


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """The environment variables: this process's without settings, and the links of the files."""
    settings = ("GITHUB_", "RECONCILER_", "INTERACTLY_", "RECALL_", "NO_COLOR")
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith(settings)}
    links = ("RECALL_SHEET_LINK", "RECALL_QA_SHEET_LINK")
    inherited["RECONCILER_STATE_DIR"] = str(tmp_path.with_name(f"{tmp_path.name}-state"))
    return inherited | {name: f"https://1drv.ms/x/s3cret-{name.lower()}" for name in links}


@pytest.fixture
def here(folder: Path, variables: dict[str, str]) -> dict[str, Any]:
    """Where a process of its own runs, as `subprocess` is told."""
    return {"cwd": folder, "env": variables}


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """The real time."""
    return lambda: datetime.now(UTC)


@pytest.fixture
def reconciler_(
    folder: Path,
    variables: dict[str, str],
    clock: Callable[[], datetime],
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """The command line, run in this process; what a test changes in `variables` holds at once."""

    def call(*arguments: str, root: Path | None = None) -> Done:
        capsys.readouterr()
        code = run(arguments, Surroundings(root or folder, variables, clock))
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return call


class Gate:
    """Sees every request that reaches the sandbox's server, and may hold it up.

    Attributes:
        requests: Every request, in the order of arrival.
        hold: Called with each request, in a thread, before the server looks at it; a request that
            it does not let through is never looked at.
        done: Called with each request, in a thread, when the server has done what it says and
            before it answers.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.hold: Callable[[Request], bool | None] = lambda _: None
        self.done: Callable[[Request], None] = lambda _: None

    def around(self, app: FastAPI) -> ASGIApp:
        """Return the app behind the gate."""

        async def gated(scope: Scope, receive: Receive, send: Send) -> None:
            chunks: list[bytes] = []
            more = True
            while more:
                message = await receive()
                chunks.append(message.get("body", b""))
                more = message.get("more_body", False)
            body = b"".join(chunks)
            request = Request(scope["method"], scope["path"], json.loads(body) if body else None)
            self.requests.append(request)
            if await run_in_threadpool(self.hold, request) is False:
                return
            messages = iter([{"type": "http.request", "body": body}])

            async def replay() -> Message:
                return next(messages, None) or await receive()

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    await run_in_threadpool(self.done, request)
                await send(message)

            await app(scope, replay, answer)

        return gated


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """A gate before every sandbox that this process starts."""
    gate = Gate()
    monkeypatch.setattr(
        reconciler.sandbox.app, "create_app", lambda store: gate.around(create_app(store))
    )
    return gate


@pytest.fixture
def requests(gate: Gate) -> list[Request]:
    """Every request that reaches the sandbox's server, in order."""
    return gate.requests
