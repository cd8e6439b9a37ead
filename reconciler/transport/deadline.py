"""A total deadline for a request over real sockets; httpx has timeouts per operation only."""

import math
import ssl
from collections.abc import Callable, Iterable
from typing import Final

import httpcore
import httpx

from reconciler.transport.way import STRAIGHT, Way

# Shorter than servers keep an idle connection: one that they are just closing would make a write's
# outcome unknown.
_LIMITS: Final = httpx.Limits(max_connections=2, keepalive_expiry=2.0)


class Deadline:
    """The moment at which the request under way is given up, as a monotonic time."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.until = math.inf

    def left(self) -> float:
        """Return the seconds that are left; negative when it is over."""
        return self.until - self._now()

    def cap(self, timeout: float | None, error: type[Exception]) -> float:
        """Return the seconds that one socket operation may take; raises if the deadline is over."""
        left = self.left()
        if left <= 0:
            raise error("the request's deadline is over")
        return left if timeout is None else min(timeout, left)


def network(
    context: ssl.SSLContext | None, deadline: Deadline, way: Way = STRAIGHT
) -> httpx.BaseTransport:
    """Return a transport over real sockets whose requests end at the deadline."""
    proxy = None
    if way.proxy:
        login = (way.login[0], way.login[1].get_secret_value()) if way.login else None
        tls = context if way.proxy.startswith("https:") else None
        proxy = httpx.Proxy(way.proxy, auth=login, ssl_context=tls)
    transport = httpx.HTTPTransport(
        verify=context or False, trust_env=False, limits=_LIMITS, proxy=proxy
    )
    # httpx has no parameter for this. Without it a head that drips a byte at a time outlives every
    # timeout; the test with a real slow server fails should a later httpx move the attribute.
    transport._pool._network_backend = _Backend(deadline)  # noqa: SLF001
    return transport


class _Backend(httpcore.NetworkBackend):
    """Opens connections whose every operation ends at the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.cap(timeout, httpcore.ConnectTimeout)
        return _Stream(
            self._inner.connect_tcp(host, port, timeout, local_address, socket_options),
            self._deadline,
        )


class _Stream(httpcore.NetworkStream):
    """A connection whose every operation ends at the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.cap(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.cap(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.cap(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
