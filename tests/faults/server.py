"""The same misbehaving server on a real loopback socket.

This is the slow half, which shows that the fast half tells the truth.

It serves a `World`, so what happens to a request is decided in one place for both; here a reset is
a reset.
"""

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast

import httpx
import pytest

from reconciler.live import writing
from reconciler.live.client import Writer
from reconciler.model import Integration
from reconciler.settings import ApiSettings
from reconciler.transport import Endpoint, Timing, wire
from reconciler.transport.deadline import network
from tests.faults.model import NEVER_ARRIVES, Clock, Fault, World, retry_after_text

_HANG: Final = 5.0
"""Seconds after which a hanging request ends, if the client has not given it up long before."""
_STATUS: Final = {"busy": 429, "rejected": 422, "denied": 401}
_PATH: Final = "/integrations/v1/integrations/"


class RealClock(Clock):
    """Real seconds: letting time pass is waiting."""

    def __call__(self) -> float:
        """Return the time."""
        return time.monotonic()

    def advance(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Served:
    """A world that can be reached over sockets.

    Attributes:
        world: The server's state and schedule.
        port: Where it listens.
        refusing: A port on which nothing listens.
        silent: A port whose queue is full, so that a connection is neither made nor refused.
        timing: The client's limits; a request that hangs is given up after
            `timing.request_seconds`.
    """

    world: World
    port: int
    refusing: int
    silent: int
    timing: Timing

    @contextlib.contextmanager
    def connect(self) -> Iterator[Writer]:
        """Open a real client."""
        endpoint = Endpoint.parse(f"http://127.0.0.1:{self.port}", "key")
        with writing(endpoint, ApiSettings(), timing=self.timing) as api:
            yield api


_SERVED: Final[dict[int, Served]] = {}
"""By port, for the doors."""


@contextlib.contextmanager
def serving(world: World, *, request_seconds: float) -> Iterator[Served]:
    """Serve a world; works only where `doors` are open."""
    with contextlib.ExitStack() as stack:
        refusing = stack.enter_context(contextlib.closing(socket.socket()))
        refusing.bind(("127.0.0.1", 0))
        silent = stack.enter_context(
            contextlib.closing(socket.create_server(("127.0.0.1", 0), backlog=0))
        )
        stack.enter_context(
            contextlib.closing(socket.create_connection(silent.getsockname(), timeout=1.0))
        )
        server = _Server(world)
        stack.callback(server.server_close)
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        stack.callback(thread.join, 5.0)
        stack.callback(server.shutdown)
        timing = Timing(attempts=1, request_seconds=request_seconds)
        port = server.server_address[1]
        served = Served(world, port, refusing.getsockname()[1], silent.getsockname()[1], timing)
        _SERVED[port] = served
        stack.callback(_SERVED.pop, port)
        yield served


@contextlib.contextmanager
def doors() -> Iterator[None]:
    """Lead this process's real clients to a dead port where a schedule wants no connection."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "network", lambda context, deadline: _Door(network(context, deadline)))
        yield


@dataclass(frozen=True, slots=True)
class _Door(httpx.BaseTransport):
    """Leads a request to a dead port if the schedule says that it never arrives.

    The failure to connect is real.
    """

    inner: httpx.BaseTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request on its way."""
        served = _SERVED[request.url.port or 0]
        method, integration, _ = _parsed(request.method, request.url.path)
        fault = served.world.upcoming(method)
        if fault.answer in NEVER_ARRIVES:
            served.world.take(method, integration, request.read(), arrives=False)
            port = served.refusing if fault.answer == "refused" else served.silent
            request.url = request.url.copy_with(port=port)
        return self.inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = world
        self.closing = threading.Event()

    def server_close(self) -> None:
        """Let go of whatever hangs, then close."""
        self.closing.set()
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers one request, as its fault says, and closes the connection."""

    def do_GET(self) -> None:
        """Answer a read."""
        world = self._world
        method, integration, identity = _parsed("GET", self.path.partition("?")[0])
        fault = world.take(method, integration)
        records = world.records(fault.stale)
        if identity:
            found = records.get(identity)
            self._answer(fault, 200 if found else 404, found or {"detail": "No such group"})
            return
        groups = [record for record in records.values() if record["integration"] == integration]
        self._answer(
            fault, 200, {"data": groups[:-1] if fault.partial else groups, "total": len(groups)}
        )

    def do_POST(self) -> None:
        """Answer a write."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        method, integration, _ = _parsed("POST", self.path)
        self._answer(self._world.take(method, integration, body), 200, {})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""

    @property
    def _world(self) -> World:
        return cast("_Server", self.server).world

    def _answer(self, fault: Fault, status: int, value: object) -> None:
        content = json.dumps(value).encode()
        match fault.answer:
            case "ok":
                self._send(status, content)
            case "hang":
                self._hold()
            case "drip":
                self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 100_000)
            case "reset":
                # Lingering for no time turns closing into a reset.
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.connection.close()
            case "cut short":
                self._send(200, b'{"data": [', length=5000)
            case "not HTTP":
                self.wfile.write(b"\x00\xff\x00 what?\r\n\r\n")
            case "web page":
                self._send(200, b"<html><body>Welcome</body></html>", kind="text/html")
            case "empty":
                self._send(200, b"")
            case "busy":
                after = retry_after_text(fault.retry_after, time.time())
                self._send(
                    429, b'{"detail": "slow down"}', extra={"Retry-After": after} if after else {}
                )
            case answer:
                self._send(_STATUS.get(answer, fault.status), b'{"detail": "no"}')

    def _send(
        self,
        status: int,
        body: bytes,
        *,
        kind: str = "application/json",
        length: int | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        for name, text in {"Content-Type": kind, "Connection": "close", **(extra or {})}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _hold(self) -> None:
        """Say nothing until the client has gone."""
        self.connection.settimeout(_HANG)
        with contextlib.suppress(OSError):
            self.connection.recv(1)

    def _drip(self, endless: bytes) -> None:
        """Send a byte now and then, each within a read's timeout, until the client has gone."""
        until = time.monotonic() + _HANG
        with contextlib.suppress(OSError):
            for byte in endless:
                self.connection.sendall(bytes([byte]))
                if time.monotonic() > until or cast("_Server", self.server).closing.wait(0.02):
                    return


def _parsed(method: str, path: str) -> tuple[str, Integration, str]:
    """Return a request's name in a schedule, its integration, and the group that a read wants."""
    integration, _, rest = path.removeprefix(_PATH).partition("/use-case-groups")
    identity = rest.removeprefix("/")
    name = "post" if method == "POST" else "get" if identity else "list"
    return name, cast("Integration", integration), identity
