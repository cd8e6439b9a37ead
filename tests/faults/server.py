"""The same misbehaving server on a real loopback socket, which shows that the model is true.

It serves a `World`, so what happens to a request is decided in one place for both; here a reset is
a reset. Bytes travel for real and time is virtual: an answer takes a moment of it, and where the
server says that none will come, the client's next wait takes all the time that the client allows
it. So a busy machine makes these tests slower, and never changes what happens in them.
"""

import contextlib
import json
import math
import select
import socket
import ssl
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast
from urllib.parse import parse_qsl

import httpcore
import httpx
import pytest

from reconciler.live import writing
from reconciler.live.client import Writer
from reconciler.model import Integration
from reconciler.settings import ApiSettings
from reconciler.transport import Endpoint, Timing, Way, wire
from reconciler.transport.deadline import Deadline, network
from tests.faults.model import (
    EPOCH,
    NEVER_ARRIVES,
    REQUEST_TAKES,
    SLOW,
    Clock,
    Fault,
    World,
    retry_after_text,
)

_STUCK: Final = 60.0
"""Real seconds after which a test fails instead of waiting for ever."""
_MOMENT: Final = 0.01
"""Real seconds that the client waits where nothing can come, to time out as it does in life."""
_SILENCE: Final = b"s"
_DRIP: Final = b"d"
_BYTE_TAKES: Final = {_SILENCE: math.inf, _DRIP: 1.0}
"""Virtual seconds of each byte, once the server has said so."""
_STATUS: Final = {"busy": 429, "rejected": 422, "denied": 401}
_PATH: Final = "/integrations/v1/integrations/"


@dataclass(frozen=True, slots=True)
class Served:
    """A world that can be reached over sockets.

    Attributes:
        world: The server's state and schedule.
        clock: The world's, and the client's.
        port: Where it listens.
        refusing: A port on which nothing listens.
        silent: A port whose queue is full, so that a connection is neither made nor refused.
        news: Where the server says that the answer which is waited for is not as fast as others.
        request_seconds: After which the client gives a request up.
    """

    world: World
    clock: Clock
    port: int
    refusing: int
    silent: int
    news: socket.socket
    request_seconds: float

    @contextlib.contextmanager
    def connect(self) -> Iterator[Writer]:
        """Open a real client whose clock is this one; one at a time in a process."""
        endpoint = Endpoint.parse(f"http://127.0.0.1:{self.port}", "key")
        timing = Timing(
            now=self.clock,
            wall=lambda: EPOCH + self.clock(),
            sleep=self.clock.advance,
            attempts=1,
            request_seconds=self.request_seconds,
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(wire, "network", self._network)
            with writing(endpoint, ApiSettings(), timing=timing) as api:
                yield api

    def _network(
        self, context: ssl.SSLContext | None, deadline: Deadline, way: Way
    ) -> httpx.BaseTransport:
        """Return the client's own transport and its own deadline, above sockets in virtual time."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(httpcore, "SyncBackend", lambda: _Network(self))
            return _Door(network(context, deadline, way), self)


@contextlib.contextmanager
def serving(world: World, clock: Clock, *, request_seconds: float) -> Iterator[Served]:
    """Serve a world.

    Args:
        world: The server's state and schedule; its clock is `clock`.
        clock: Moved as requests come in.
        request_seconds: After which the client gives a request up.
    """
    with contextlib.ExitStack() as stack:
        refusing = stack.enter_context(contextlib.closing(socket.socket()))
        refusing.bind(("127.0.0.1", 0))
        silent = stack.enter_context(
            contextlib.closing(socket.create_server(("127.0.0.1", 0), backlog=0))
        )
        stack.enter_context(
            contextlib.closing(socket.create_connection(silent.getsockname(), timeout=_STUCK))
        )
        news, tell = (stack.enter_context(contextlib.closing(end)) for end in socket.socketpair())
        server = _Server(world, clock, tell)
        stack.callback(server.server_close)
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        stack.callback(thread.join, _STUCK)
        stack.callback(server.shutdown)
        yield Served(
            world,
            clock,
            server.server_address[1],
            refusing.getsockname()[1],
            silent.getsockname()[1],
            news,
            request_seconds,
        )


@dataclass(frozen=True, slots=True)
class _Door(httpx.BaseTransport):
    """Leads a request to a dead port if the schedule says that it never arrives.

    The failure to connect is real.
    """

    inner: httpx.BaseTransport
    served: Served

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request on its way."""
        served = self.served
        method, integration, _ = _parsed(request.method, request.url.path)
        fault = served.world.upcoming(method)
        if fault.answer in NEVER_ARRIVES:
            served.world.take(method, integration, request.read(), arrives=False)
            if fault.answer == "refused":
                served.clock.advance(REQUEST_TAKES)
            port = served.refusing if fault.answer == "refused" else served.silent
            request.url = request.url.copy_with(port=port)
        return self.inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()


class _Network(httpcore.SyncBackend):
    """Real sockets; waiting for what does not come takes virtual time."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect; at the silent port all of the timeout passes."""
        real = _STUCK
        if port == self._served.silent:
            assert timeout is not None, "the client would wait for ever"
            self._served.clock.advance(timeout)
            real = _MOMENT
        stream = super().connect_tcp(host, port, real, local_address, socket_options)
        return _Stream(stream, self._served)


class _Stream(httpcore.NetworkStream):
    """A connection whose reads end with bytes, or when the server has said that none will come."""

    def __init__(self, inner: httpcore.NetworkStream, served: Served) -> None:
        self._inner = inner
        self._served = served
        self._byte_takes = 0.0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what comes; raises httpcore.ReadTimeout where nothing will."""
        connection, news = self._inner.get_extra_info("socket"), self._served.news
        ready, _, _ = select.select([connection, news], [], [], _STUCK)
        assert ready, "the server says nothing at all"
        if news in ready:
            self._byte_takes = _BYTE_TAKES[news.recv(1)]
        if not self._byte_takes:
            return self._inner.read(max_bytes, _STUCK)
        assert timeout is not None, "the client would wait for ever"
        self._served.clock.advance(min(self._byte_takes, timeout))
        return self._inner.read(1, _STUCK if self._byte_takes < math.inf else _MOMENT)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - takes no time
        """Send all."""
        self._inner.write(buffer, _STUCK)

    def close(self) -> None:
        """Close."""
        self._inner.close()

    def get_extra_info(self, info: str) -> object:
        """Return what is known of the socket."""
        return self._inner.get_extra_info(info)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, world: World, clock: Clock, tell: socket.socket) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = world
        self.clock = clock
        self.tell = tell


class _Handler(BaseHTTPRequestHandler):
    """Answers one request, as its fault says, and closes the connection."""

    server: _Server

    def do_GET(self) -> None:
        """Answer a read."""
        method, integration, identity = _parsed("GET", self.path.partition("?")[0])
        fault = self._take(method, integration)
        records = self.server.world.records(fault.stale)
        if identity:
            found = records.get(identity)
            self._answer(fault, 200 if found else 404, found or {"detail": "No such group"})
            return
        asked = dict(parse_qsl(self.path.partition("?")[2]))
        groups, total = self.server.world.page(integration, fault, asked)
        self._answer(fault, 200, {"data": groups} | ({} if total is None else {"total": total}))

    def do_POST(self) -> None:
        """Answer a write."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        method, integration, _ = _parsed("POST", self.path)
        fault = self._take(method, integration, body)
        self._answer(fault, 200, self.server.world.answer(body))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""

    def _take(self, method: str, integration: Integration, body: bytes = b"") -> Fault:
        """Let a request come in; it takes its moment before the client sees anything of it."""
        fault = self.server.world.take(method, integration, body)
        if fault.answer not in SLOW:
            self.server.clock.advance(REQUEST_TAKES)
        return fault

    def _answer(self, fault: Fault, status: int, value: object) -> None:
        content = json.dumps(value).encode()
        match fault.answer:
            case "ok":
                self._send(status, content)
            case "hang":
                self._hold(_SILENCE)
            case "drip":
                self._hold(_DRIP, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 1000)
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
                after = retry_after_text(fault.retry_after, EPOCH + self.server.clock())
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

    def _hold(self, pace: bytes, answer: bytes = b"") -> None:
        """Say how fast the answer will be, begin it, and wait until the client has gone."""
        self.server.tell.send(pace)
        self.connection.settimeout(2 * _STUCK)
        with contextlib.suppress(OSError):
            self.connection.sendall(answer)
            self.connection.recv(1)


def _parsed(method: str, path: str) -> tuple[str, Integration, str]:
    """Return a request's name in a schedule, its integration, and the group that a read wants."""
    integration, _, rest = path.removeprefix(_PATH).partition("/use-case-groups")
    identity = rest.removeprefix("/")
    name = "post" if method == "POST" else "get" if identity else "list"
    return name, cast("Integration", integration), identity
