"""A user's folder, the command line, and a record of what reached the sandbox's server."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

import reconciler.sandbox.app
from reconciler.cli import run
from reconciler.sandbox.store import Store

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


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Every request that reaches the sandbox's server, in order."""
    seen: list[Request] = []

    def recording(store: Store) -> FastAPI:
        app = create_app(store)

        class Recorder(FastAPI):
            async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
                chunks: list[bytes] = []

                async def listen() -> Message:
                    message = await receive()
                    chunks.append(message.get("body", b""))
                    return message

                await app(scope, listen, send)
                body = b"".join(chunks)
                seen.append(Request(scope["method"], scope["path"], json.loads(body) if body else None))

        return Recorder()

    monkeypatch.setattr(reconciler.sandbox.app, "create_app", recording)
    return seen
