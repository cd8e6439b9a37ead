"""One request and its result: an answer, or how it failed and whether it may have been processed.

The classes of failure follow what httpx 0.28 was seen to do with redirects off. The client takes
nothing from the environment: no .netrc, and of proxies only what `Way` was told. With redirects on,
a request could have been processed and still end in ConnectError.
"""

import http.cookiejar
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

import httpx

from reconciler import __version__
from reconciler.text import visible
from reconciler.transport.deadline import Deadline, network
from reconciler.transport.endpoint import Endpoint

MAX_BODY: Final = 32 * 1024 * 1024
"""Bytes of an answer's body, as received."""

TOLD_FROM: Final = 1.0
"""Seconds from which a wait is told: a shorter one nobody notices."""
_TIMEOUT: Final = httpx.Timeout(connect=10.0, read=30.0, write=30.0, pool=10.0)
_SHORTEST_SECRET: Final = 8
_LONGEST_URL: Final = 300

_NOT_SENT_TRY_AGAIN: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NEVER_SENT: Final = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (httpx.ConnectTimeout, "no connection could be made in time"),
    (httpx.PoolTimeout, "no connection was free in time"),
    (httpx.ConnectError, "no connection could be made"),
    (httpx.TimeoutException, "it took too long"),
    (httpx.NetworkError, "the connection broke off"),
    (httpx.RemoteProtocolError, "what came is not valid HTTP, or was cut short"),
    (Exception, "the request could not be carried out"),
)


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock, the dice and all limits in time; tests replace them and never wait.

    Attributes:
        now: Monotonic clock in seconds.
        wall: Seconds since the epoch, to read a Retry-After date.
        sleep: Waits for some seconds; what is true ends the waiting for good, as an interruption.
        tell: Told in a sentence of every wait that lasts longer than a moment.
        random: A fraction, 0 to 1.
        attempts: Times that a read is tried, at least 1.
        request_seconds: Longest time of one request, however slowly its answer drips.
        read_seconds: Longest time of one read, its repetitions included.
        first_pause: Upper bound in seconds of the first pause; each further one doubles.
        longest_pause: Upper bound in seconds of any pause, whatever the server asks for.
    """

    now: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], object] = time.sleep
    tell: Callable[[str], None] = lambda _: None
    random: Callable[[], float] = random.random
    attempts: int = 5
    request_seconds: float = 60.0
    read_seconds: float = 120.0
    first_pause: float = 0.5
    longest_pause: float = 60.0

    def pause(self, attempt: int, retry_after: float | None) -> float:
        """Return the seconds to wait after an attempt, counted from 1.

        That is what the server asked for, or full jitter.
        """
        if retry_after is not None:
            return min(retry_after, self.longest_pause)
        return self.random() * min(self.first_pause * 2.0 ** (attempt - 1), self.longest_pause)

    def wait(self, why: str, seconds: float, then: str) -> bool:
        """Wait, and say so if it takes a moment; return whether somebody wants it to end."""
        if seconds >= TOLD_FROM:
            self.tell(f"{why}; waiting {seconds:.0f} s, then {then}")
        return bool(self.sleep(seconds))


class WriteRefusedError(RuntimeError):
    """A read-only session was asked to write: a bug here, stopped before anything was sent."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose status is known; if not 2xx, a body that could not be read is empty."""

    url: str
    status: int
    request_id: str | None
    content_type: str
    retry_after: str | None
    location: str | None
    body: bytes = field(repr=False)
    link: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """A request without a usable answer.

    Attributes:
        url: Its URL, safe to show.
        reason: A clause that says what happened, without anything secret.
        maybe_processed: False only where it certainly was not sent.
        again: Whether the same request may fare better another time.
        status: Of the answer whose body was unusable, or None where none came.
        request_id: As status.
    """

    url: str
    reason: str
    maybe_processed: bool
    again: bool
    status: int | None = None
    request_id: str | None = None


class Wire:
    """One httpx client; used by one thread, since a shared connection pool slows down as it grows.

    Attributes:
        secrets: What must not be shown, should a server repeat it: the key, a proxy's password.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        read_only: bool,
        timing: Timing,
        transport: httpx.BaseTransport | None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._base_url = endpoint.base_url
        self._way = endpoint.way
        self.secrets = (endpoint.api_key.get_secret_value(), *self._way.secrets)
        self._deadline = Deadline(timing.now)
        inner = transport or network(endpoint.ssl_context, self._deadline, self._way)
        self._client = httpx.Client(
            transport=_GetOnly(inner) if read_only else inner,
            trust_env=False,
            follow_redirects=False,
            timeout=_TIMEOUT,
            cookies=http.cookiejar.CookieJar(
                http.cookiejar.DefaultCookiePolicy(allowed_domains=())
            ),
            headers={
                "Authorization": f"Bearer {self.secrets[0]}",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": f"reconciler/{__version__}",
                **(headers or {}),
            },
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def redact(self, text: str) -> str:
        """Return a text without the key, should a server have repeated it."""
        return _without(self.secrets, text)

    def exchange(
        self,
        method: str,
        path: str,
        *,
        until: float,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply | Failure:
        """Send one request once; never raises for what the network or the server does.

        Args:
            method: HTTP method.
            path: Behind the base URL, beginning with a slash.
            until: Monotonic time at which the request is given up.
            params: Query.
            body: A JSON text.

        Raises:
            WriteRefusedError: This is a read-only wire and the method is not GET.
        """
        headers = None if body is None else {"Content-Type": "application/json"}
        try:
            request = self._client.build_request(
                method, self._base_url + path, params=params, content=body, headers=headers
            )
        except (httpx.InvalidURL, ValueError):
            return Failure(
                self._base_url,
                "its URL or query cannot be written down",
                maybe_processed=False,
                again=False,
            )
        url = self.redact(visible(str(request.url)))[:_LONGEST_URL]
        self._deadline.until = until
        try:
            response = self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return self._failure(url, error)
        with closing(response):
            return self._receive(url, response)

    def _failure(self, url: str, error: Exception) -> Failure:
        """Classify what went wrong before an answer's head was there."""
        reason = next(words for kind, words in _REASONS if isinstance(error, kind))
        if isinstance(error, _NOT_SENT_TRY_AGAIN):
            cause = str(error) if isinstance(error, httpx.ConnectError) else ""
            detail = f" ({quoted(cause, self.secrets)})" if cause else ""
            if "CERTIFICATE_VERIFY_FAILED" in cause:
                reason = f"its certificate is not trusted{detail}"
                return Failure(url, reason, maybe_processed=False, again=False)
            reason += detail + self._way.hint
            return Failure(url, reason, maybe_processed=False, again=True)
        if isinstance(error, httpx.ProxyError):
            # A proxy that answers CONNECT with anything but 2xx has let nothing through.
            told = quoted(str(error), self.secrets)
            reason = f"the proxy {self._way.proxy} let nothing through ({told})"
            return Failure(url, reason, maybe_processed=False, again=told.startswith("5"))
        # Other texts are left out: LocalProtocolError, for one, repeats the header that it refuses.
        if isinstance(error, _NEVER_SENT):
            return Failure(url, reason, maybe_processed=False, again=False)
        return Failure(url, reason, maybe_processed=True, again=True)

    def _receive(self, url: str, response: httpx.Response) -> Reply | Failure:
        """Read the body within the cap and the deadline."""
        headers = response.headers
        request_id = headers.get("X-Request-Id")
        shown_id = quoted(request_id, self.secrets, limit=80) if request_id else None
        body, reason, again = self._body(response)
        if reason and response.is_success:
            return Failure(url, reason, True, again, response.status_code, shown_id)
        return Reply(
            url=url,
            status=response.status_code,
            request_id=shown_id,
            content_type=headers.get("Content-Type", ""),
            retry_after=headers.get("Retry-After"),
            location=headers.get("Location"),
            body=b"" if reason else body,
            link=headers.get("Link"),
            headers=headers,
        )

    def _body(self, response: httpx.Response) -> tuple[bytes, str, bool]:
        """Return the body, why it is unusable, and whether another try may fare better."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ("", "identity"):
            return b"", "its body is compressed, which was not asked for", False
        body = bytearray()
        try:
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > MAX_BODY:
                    return b"", f"its body is larger than {MAX_BODY // 1024 // 1024} MiB", False
                if self._deadline.left() <= 0:
                    return b"", "its body came too slowly", True
        except httpx.TimeoutException:
            return b"", "its body came too slowly", True
        except httpx.HTTPError:
            return b"", "its body was cut short", True
        return bytes(body), "", False


def quoted(text: str, secrets: Iterable[str] = (), *, limit: int = 200) -> str:
    """Return what a server said, fit for a message.

    It is short, on one line, inert, without secrets and links. Pure.
    """
    text = _without(secrets, text)
    text = re.sub(r"[A-Za-z][A-Za-z0-9+.-]*://\S*", "(link)", text)
    return visible(text[:limit]) + ("…" if len(text) > limit else "")


def _without(secrets: Iterable[str], text: str) -> str:
    """Blank out secrets; very short ones are left, as they may be ordinary words."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "(hidden)")
    return text


class _GetOnly(httpx.BaseTransport):
    """Lets GET pass and nothing else."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            raise WriteRefusedError(f"a read-only session was asked for {request.method}")
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()
