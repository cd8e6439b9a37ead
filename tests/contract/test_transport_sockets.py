"""What only real sockets do: drip, reset, cut short, refuse. Loopback only; all waits bounded."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import httpcore
import pytest

from reconciler.errors import ApiError
from reconciler.transport import Endpoint, Outcome, Session, Timing, Way, wire

KEY = "sk-canary-5f2e9b"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: req-7\r\n"
TIMING = Timing(attempts=1, request_seconds=20.0)
"""Long enough for a busy machine, since nothing here waits for it."""
SHORT = Timing(attempts=1, request_seconds=0.3)
"""A drip goes on for seconds, so that only this limit can end it."""

Script = Callable[[socket.socket, threading.Event], None]


@contextlib.contextmanager
def server(script: Script) -> Iterator[str]:
    """Serve each connection with a script, after reading a request's head; yield the base URL."""
    stop = threading.Event()

    def serve(listener: socket.socket) -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                connection.recv(65536)
                script(connection, stop)

    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stop.set()
            thread.join(5)
            assert not thread.is_alive()


def read(url: str, timing: Timing = TIMING) -> object:
    """Read once."""
    with Session(Endpoint.parse(url, KEY), read_only=True, timing=timing) as session:
        return session.get_json("/things", {}, expected="the list of things", hint="").value


def write(url: str, timing: Timing = TIMING) -> Outcome:
    """Write once."""
    with Session(Endpoint.parse(url, KEY), read_only=False, timing=timing) as session:
        return session.post_json("/things", b"{}")


def send(*parts: bytes) -> Script:
    """Return a script that sends parts and closes."""

    def script(connection: socket.socket, _: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)

    return script


def drip(before: bytes, endless: bytes) -> Script:
    """Return a script that never stops sending bytes now and then, each within the read timeout."""

    def script(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(before)
        for _ in range(500):
            connection.sendall(endless)
            if stop.wait(0.01):
                return

    return script


def reset(connection: socket.socket, _: threading.Event) -> None:
    """Send a reset instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def refused() -> str:
    """Return the URL of a port at which nothing listens."""
    with contextlib.closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


BROKEN = {
    "dripping head": drip(b"HTTP/1.1 200 OK\r\nX-Drip: ", b"x"),
    "dripping body": drip(HEAD + b"Content-Length: 9999\r\n\r\n", b" "),
    "silence": drip(b"", b""),
    "reset": reset,
    "closed": send(),
    "cut short": send(HEAD + b"Content-Length: 10\r\n\r\n[1,"),
    "cut short chunk": send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n[1,"),
    "not HTTP": send(b"SSH-2.0-OpenSSH\r\n"),
    "compressed": send(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n[]"),
    "empty": send(HEAD + b"Content-Length: 0\r\n\r\n"),
    "cut short without length": send(HEAD + b"\r\n[1,"),
    "odd redirect": send(b"HTTP/1.1 307 Go\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n"),
}
DRIPPING = [BROKEN["dripping head"], BROKEN["dripping body"], BROKEN["silence"]]


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer(script: Script) -> None:
    """A broken answer is an error to a read and unknown to a write, within a request's deadline."""
    timing = SHORT if script in DRIPPING else TIMING
    with server(script) as url:
        with pytest.raises(ApiError, match="the list of things") as caught:
            read(url, timing)
        outcome = write(url, timing)
    assert outcome.kind == "unknown"
    assert not outcome.resend
    # Only the client's own deadline ends a drip before the server tires of it and closes.
    assert ("too long" in outcome.message or "too slowly" in outcome.message) == (
        script in DRIPPING
    )
    assert ("too long" in caught.value.message or "too slowly" in caught.value.message) == (
        script in DRIPPING
    )


def test_a_refused_connection() -> None:
    """A write to a port at which nobody listens was certainly not sent and may be sent again."""
    outcome = write(refused())
    assert (outcome.kind, outcome.resend, outcome.status) == ("not_sent", True, None)


def test_a_good_answer() -> None:
    """This server can also answer well, so the failures above are the scripts' doing."""
    with server(send(HEAD + b"Content-Length: 3\r\n\r\n[1]")) as url:
        assert read(url) == [1]
        assert write(url).kind == "accepted"


def test_a_rejection_whose_body_is_cut_short() -> None:
    """A refusal stands by its status, even where its body is lost."""
    with server(send(b"HTTP/1.1 422 No\r\nContent-Length: 100\r\n\r\n{")) as url:
        assert write(url).kind == "rejected"


def test_an_answer_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body beyond the cap is refused while it is received, whatever its length claims."""
    monkeypatch.setattr(wire, "MAX_BODY", 1024 * 1024)
    endless = drip(HEAD + b"\r\n", b" " * 100_000)
    with server(endless) as url, pytest.raises(ApiError, match="larger than 1 MiB"):
        read(url)


def test_a_redirect_is_not_followed() -> None:
    """The key is not carried to where a redirect points."""
    asked: list[bytes] = []

    def elsewhere(connection: socket.socket, _: threading.Event) -> None:
        asked.append(b"asked")
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n[]")

    with server(elsewhere) as target:
        redirect = f"HTTP/1.1 307 Go\r\nLocation: {target}/x\r\nContent-Length: 0\r\n\r\n".encode()
        with server(send(redirect)) as url:
            with pytest.raises(ApiError, match="redirects"):
                read(url)
            assert write(url).kind == "unknown"
    assert asked == []


def test_a_read_only_session_connects_to_nothing_for_a_write() -> None:
    """The guard stands before the socket."""
    with (
        Session(Endpoint.parse(refused(), KEY), read_only=True) as session,
        pytest.raises(RuntimeError, match="read-only"),
    ):
        session.post_json("/things", b"{}")


PASSWORD = "hunter2hunter2"
API = "https://api-qa.interactly.ai"


@contextlib.contextmanager
def proxy(*answers: bytes) -> Iterator[tuple[Way, bytearray]]:
    """Serve a proxy that answers in turn; yield the way through it and all that it received."""
    received = bytearray()

    def serve(listener: socket.socket) -> None:
        for answer in answers:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                received.extend(connection.recv(65536))
                connection.sendall(answer)
                if b" 200 " in answer:
                    received.extend(connection.recv(65536))

    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        where = f"127.0.0.1:{listener.getsockname()[1]}"
        yield Way.chosen({"RECONCILER_PROXY": f"http://clinic:{PASSWORD}@{where}"}), received
        thread.join(5)


def test_g10_a_proxy_sees_the_host_and_never_the_key() -> None:
    """What goes through it is a tunnel, in which TLS begins at once."""
    with proxy(b"HTTP/1.1 200 Connection established\r\n\r\n") as (way, received):
        session = Session(Endpoint.parse(API, KEY, way), read_only=False, timing=TIMING)
        with session:
            outcome = session.post_json("/things", b'{"a": "s3cret-body"}')
    head, _, rest = bytes(received).partition(b"\r\n\r\n")
    assert head.startswith(b"CONNECT api-qa.interactly.ai:443 HTTP/1.1")
    assert b"Proxy-Authorization: Basic " in head
    assert rest[:1] == b"\x16", "a TLS handshake"
    assert KEY.encode() not in received
    assert b"s3cret-body" not in received
    assert outcome.kind == "not_sent"
    assert PASSWORD not in outcome.message


@pytest.mark.parametrize(
    ("status", "resend"), [(b"407 Proxy Authentication Required", False), (b"503 Busy", True)]
)
def test_g10_a_proxy_that_lets_nothing_through(status: bytes, *, resend: bool) -> None:
    """Said as that, with its address and without its password; nothing was sent."""
    with proxy(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n") as (way, _):
        session = Session(Endpoint.parse(API, KEY, way), read_only=False, timing=TIMING)
        with session:
            outcome = session.post_json("/things", b"{}")
    assert (outcome.kind, outcome.resend) == ("not_sent", resend)
    assert f"the proxy {way.proxy} let nothing through ({status.decode()})" in outcome.message
    assert PASSWORD not in outcome.message


def test_g10_a_proxy_of_other_programs_that_is_not_used_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no connection can be made, and by reads and writes alike."""

    def connect(*_arguments: object, **_options: object) -> None:
        raise httpcore.ConnectError("[Errno 111] Connection refused")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    way = Way.chosen({"HTTPS_PROXY": f"http://clinic:{PASSWORD}@proxy.example"})
    endpoint = Endpoint.parse(API, KEY, way)
    with Session(endpoint, read_only=False, timing=TIMING) as session:
        assert "HTTPS_PROXY is set, but not used here" in session.post_json("/x", b"{}").message
        with pytest.raises(ApiError, match="HTTPS_PROXY is set, but not used here") as caught:
            session.get_json("/things", {}, expected="things", hint="")
    assert PASSWORD not in str(caught.value)
