"""Reads that are repeated until they succeed or time is up, and writes sent once and classified."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Final, Literal, Self

import httpx

from reconciler.errors import AccessError, ApiError
from reconciler.transport.endpoint import Endpoint
from reconciler.transport.replies import (
    CHECK_KEY,
    CHECK_REACH,
    DENIED,
    REPORT,
    asked_words,
    explain,
    is_success,
    is_transient,
    parse,
    refusal_text,
    request_line,
    retry_after,
)
from reconciler.transport.wire import Failure, Reply, Timing, Wire

Kind = Literal["accepted", "rejected", "not_sent", "unknown"]

_REJECTED: Final = frozenset(
    {400, 401, 403, 404, 405, 410, 411, 413, 414, 415, 421, 422, 423, 426, 428, 431, 451}
)
"""The only answers that prove a write was not processed: HTTP has each say why it was refused.

429 proves it too, and such a write may be sent again. Others say less than they seem to: 406 may
judge the answer to a write that was done, 408 may come when half of it was, 409 may mean that it
is there already, 412 and 417 are about headers that are not sent, and a 425 answers what was never
sent early, so whoever sends it means something else. 5xx come from whatever stands in between.
"""
_PATIENT_PAUSE: Final = 1.0
"""Seconds at least before a read that is repeated more often than usual."""
_TOO_MANY: Final = 429
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON value that was read, and where it came from.

    Attributes:
        value: Never shown, since it may hold secrets.
        url: Its URL, safe to show.
        status: HTTP status.
        request_id: The answer's `X-Request-Id`, safe to show, or None.
        expected: What was asked for, as in "the list of groups".
        redact: Returns a text without the key.
        link: The answer's `Link` header, as it came.
        total: Its header that says how long a list is, likewise.
    """

    value: Any = field(repr=False)
    url: str
    status: int
    request_id: str | None
    expected: str
    redact: Callable[[str], str] = field(repr=False)
    link: str | None = field(default=None, repr=False)
    total: str | None = field(default=None, repr=False)

    def error(self, problem: str, *, remedy: str = REPORT) -> ApiError:
        """Return the error that this answer is not what was expected.

        Args:
            problem: A clause; what it repeats of the answer has been through `quoted`.
            remedy: What to do next.
        """
        line = request_line("GET", self.url, self.status, self.request_id)
        return ApiError(
            f"{line}: expected {self.expected}, but {self.redact(problem)}",
            method="GET",
            url=self.url,
            status=self.status,
            request_id=self.request_id,
            remedy=remedy,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a write that was sent once.

    Attributes:
        kind: `accepted`: a 2xx answer with JSON. `rejected`: certainly not processed, and never
            will be. `not_sent`: certainly not processed so far. `unknown`: may have been processed.
        message: A sentence without a full stop, fit for a report.
        status: HTTP status, or None where no answer came.
        request_id: The answer's `X-Request-Id`, safe to show, or None.
        answer: The JSON of an accepted write; never shown, since it may hold secrets.
        access_denied: 401 or 403: no other write would fare better.
        resend: Whether sending it again makes sense; only ever true of `not_sent`.
        retry_after: Seconds that the server asks to wait first, or None.
    """

    kind: Kind
    message: str
    status: int | None = None
    request_id: str | None = None
    answer: Any = field(default=None, repr=False)
    access_denied: bool = False
    resend: bool = False
    retry_after: float | None = None


class Session:
    """A conversation with one API. Belongs to one thread, which makes it and closes it."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        read_only: bool,
        timing: Timing | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Open the session; nothing is sent yet.

        Args:
            endpoint: Shared by all sessions.
            read_only: Refuse everything but GET at the transport.
            timing: Clock and limits.
            transport: Instead of the network, for tests.

        Raises:
            ConfigError: The certificate authorities cannot be read.
        """
        self.timing = timing or Timing()
        self._wire = Wire(endpoint, read_only=read_only, timing=self.timing, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._wire.close()

    def get_json(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        expected: str,
        hint: str,
        until: float = math.inf,
    ) -> Answer:
        """Read a JSON value, repeating while the server is busy or cannot be reached.

        Args:
            path: Behind the base URL, beginning with a slash.
            params: Query.
            expected: What the answer should be, for messages: "the list of groups".
            hint: Remedy where nothing of that kind is at this path.
            until: Monotonic time at which to give up, if that is sooner than the deadline of one
                read.

        Raises:
            AccessError: The key was refused.
            ApiError: Anything else than a 200 with strict JSON.
        """
        timing = self.timing
        until = min(until, timing.now() + timing.read_seconds)
        for attempt in count(1):
            request_until = min(until, timing.now() + timing.request_seconds)
            result = self._wire.exchange("GET", path, params=params, until=request_until)
            asked = retry_after(result, timing)
            pause = timing.pause(attempt, asked)
            if attempt >= timing.attempts:
                # Who says when to come back is asked again as long as there is time for it.
                if timing.attempts == 1 or asked is None or result.status != _TOO_MANY:
                    break
                pause = max(pause, _PATIENT_PAUSE)
            if not is_transient(result) or timing.now() + pause >= until:
                break
            why = request_line("GET", result.url, result.status, result.request_id)
            told = f": {result.reason}" if isinstance(result, Failure) else asked_words(asked)
            if timing.wait(f"{why}{told}", pause, f"attempt {attempt + 1} to read {expected}"):
                break
        return self._answer(result, attempt, expected, hint)

    def post_json(self, path: str, body: bytes, *, secrets: Iterable[str] = ()) -> Outcome:
        """Send a JSON body once, classify the result; never raises for network or server errors.

        Args:
            path: Behind the base URL, beginning with a slash.
            body: The JSON text.
            secrets: Values in the body that the outcome's message must not repeat.

        Raises:
            WriteRefusedError: The session is read-only.
        """
        result = self._wire.exchange(
            "POST", path, body=body, until=self.timing.now() + self.timing.request_seconds
        )
        status, request_id = result.status, result.request_id
        message = request_line("POST", result.url, status, request_id)
        if isinstance(result, Failure):
            kind: Kind = "unknown" if result.maybe_processed else "not_sent"
            resend = result.again and not result.maybe_processed
            return Outcome(kind, f"{message}: {result.reason}", status, request_id, resend=resend)
        if is_success(result.status):
            return self._accepted(result, message)
        told = refusal_text(result, (*self._wire.secrets, *secrets))
        message += f": {told}" if told else ""
        if status in DENIED:
            return Outcome(
                "rejected", f"{message}; {CHECK_KEY}", status, request_id, access_denied=True
            )
        if status in _REJECTED:
            return Outcome("rejected", message, status, request_id)
        if status == _TOO_MANY:
            wait = retry_after(result, self.timing)
            message += asked_words(wait)
            return Outcome("not_sent", message, status, request_id, resend=True, retry_after=wait)
        return Outcome("unknown", message, status, request_id)

    def _accepted(self, reply: Reply, message: str) -> Outcome:
        """Believe a 2xx only with JSON behind it.

        An empty 200 after a commit has been seen, and so has the reverse.
        """
        value, problem = parse(reply, self._wire.secrets)
        if problem:
            return Outcome("unknown", f"{message}, but {problem}", reply.status, reply.request_id)
        return Outcome("accepted", message, reply.status, reply.request_id, value)

    def _answer(self, result: Reply | Failure, attempts: int, expected: str, hint: str) -> Answer:
        """Return the value of a good answer; raises ApiError for any other."""
        value: Any = None
        if isinstance(result, Failure):
            problem, remedy = result.reason, CHECK_REACH
        elif result.status != _OK:
            problem, remedy = explain(result, hint, self._wire.secrets)
            problem += asked_words(retry_after(result, self.timing))
        else:
            value, problem = parse(result, self._wire.secrets)
            remedy = hint
            if not problem:
                return Answer(
                    value,
                    result.url,
                    result.status,
                    result.request_id,
                    expected,
                    self._wire.redact,
                    result.link,
                    result.headers.get("X-Total-Count", result.headers.get("X-Total")),
                )
        kind = AccessError if result.status in DENIED else ApiError
        line = request_line("GET", result.url, result.status, result.request_id)
        tries = f" after {attempts} attempts" if attempts > 1 else ""
        raise kind(
            f"{line}{tries}: expected {expected}, but {problem}",
            method="GET",
            url=result.url,
            status=result.status,
            request_id=result.request_id,
            remedy=remedy,
        )
