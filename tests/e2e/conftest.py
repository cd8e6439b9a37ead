"""A user's folder, the command line, and a record of what reached the sandbox's server."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import reconciler.sandbox.app
from reconciler.cli import run

ROOT = Path(__file__).parents[2]
create_app = reconciler.sandbox.app.create_app


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


@dataclass(frozen=True)
class Request:
    """A request as it reached the server."""

    method: str
    path: str
    body: Any


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a copy of the repository's groups, and no settings from outside."""
    shutil.copytree(ROOT / "groups", tmp_path / "groups")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)
    for name in ("RECONCILER_API_URL", "RECONCILER_ENV", "INTERACTLY_API_KEY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("RECALL_SHEET_LINK", "RECALL_QA_SHEET_LINK"):
        monkeypatch.setenv(name, f"https://1drv.ms/x/s3cret-{name.lower()}")
    return tmp_path


@pytest.fixture
def reconciler_(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:  # noqa: ARG001 - runs in the folder
    """The command line, run in this process."""

    def call(*arguments: str) -> Done:
        capsys.readouterr()
        code = run(list(arguments))
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
