"""The app on uvicorn, on the loopback interface and nowhere else."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.errors import ConfigError, ReconcilerError
from reconciler.sandbox.store import Store

if TYPE_CHECKING:
    import uvicorn

_HOST: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 10.0
_GRACE_SECONDS: Final = 5
_BACKLOG: Final = 128


@contextlib.contextmanager
def running(database: Path, *, port: int = 0) -> Iterator[str]:
    """Serve a database from a thread of this process and yield the base URL, such as `http://127.0.0.1:49152`.

    The server has stopped, its thread has ended and its port is free when the block is left, by an
    exception too.

    Args:
        database: The SQLite file; made if it is missing.
        port: 0 takes any free one.

    Raises:
        ReconcilerError: The server does not start.
        ConfigError: The database or the port cannot be used.
    """
    server = _server(database)
    with _listening(port) as (listener, url):
        thread = threading.Thread(
            target=server.run, args=([listener],), name="reconciler-sandbox", daemon=True
        )
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield url
        finally:
            server.should_exit = True
            thread.join(_PATIENCE_SECONDS)


def serve(database: Path, *, port: int, ready: Callable[[str], None]) -> None:
    """Serve a database in the foreground until Ctrl-C; raises what `running` raises.

    Args:
        database: The SQLite file; made if it is missing.
        port: 0 takes any free one.
        ready: Called once with the base URL, as soon as it can be connected to.
    """
    server = _server(database)
    with _listening(port) as (listener, url), contextlib.suppress(KeyboardInterrupt):
        ready(url)
        server.run([listener])


def _server(database: Path) -> "uvicorn.Server":
    """Return a silent server without parts that the sandbox does not need, to start quickly."""
    # Not at the top: they cost every command that does not serve some 0.3 seconds.
    import uvicorn  # noqa: PLC0415

    from reconciler.sandbox.app import create_app  # noqa: PLC0415

    store = Store(database)
    store.check()
    return uvicorn.Server(
        uvicorn.Config(
            create_app(store),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


@contextlib.contextmanager
def _listening(port: int) -> Iterator[tuple[socket.socket, str]]:
    """Yield a socket that already listens, and its URL; connections wait for the server."""
    # asyncio sets TCP_NODELAY only if the protocol is given; without it every answer waits 40 ms
    # for an ACK.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        if os.name == "posix":  # elsewhere the option would let a second server take the same port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"the sandbox cannot listen on {_HOST}:{port}: {error}",
                remedy="choose another port; 0 takes any free one",
            ) from error
        listener.listen(_BACKLOG)
        yield listener, f"http://{_HOST}:{listener.getsockname()[1]}"


def _wait_until_started(server: "uvicorn.Server", thread: threading.Thread) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise ReconcilerError(
                "the sandbox's server did not start",
                remedy="run the command again; please report it if it stays so",
            )
        thread.join(0.002)
