"""Writes: sent once, and what is known afterwards."""

import gzip
from collections.abc import Iterator

import httpx
import pytest
import respx

from reconciler.transport import Endpoint, Outcome, Session, Timing

KEY = "sk-canary-5f2e9b"
LINK = "https://1drv.example/x/secret-sheet"
BASE = "https://api.example"


@pytest.fixture
def route() -> Iterator[respx.Route]:
    """Yield the route that stands in for the API's write."""
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router.post("/things")


def write(secrets: tuple[str, ...] = (LINK,)) -> Outcome:
    """Send one write, and check that its outcome shows no secret."""
    timing = Timing(wall=lambda: 1000.0, sleep=lambda _: pytest.fail("a write never waits"))
    with Session(Endpoint.parse(BASE, KEY), read_only=False, timing=timing) as session:
        outcome = session.post_json("/things", b'{"name":"x"}', secrets=secrets)
    assert KEY not in repr(outcome)
    assert "secret-sheet" not in repr(outcome)
    assert f"POST {BASE}/things" in outcome.message
    return outcome


def test_what_is_sent(route: respx.Route) -> None:
    """A write is one POST of exactly these bytes."""
    route.respond(200, json={"link": LINK}, headers={"X-Request-Id": "req-7"})
    outcome = write()
    (call,) = route.calls
    assert call.request.content == b'{"name":"x"}'
    assert call.request.headers["Content-Type"] == "application/json"
    assert call.request.headers["Authorization"] == f"Bearer {KEY}"
    assert (outcome.kind, outcome.status, outcome.request_id) == ("accepted", 200, "req-7")
    assert outcome.answer == {"link": LINK}
    assert outcome.message == f"POST {BASE}/things answered 200 (request id req-7)"


@pytest.mark.parametrize(
    ("error", "kind", "resend"),
    [
        (httpx.ConnectError, "not_sent", True),
        (httpx.ConnectTimeout, "not_sent", True),
        (httpx.PoolTimeout, "not_sent", True),
        (httpx.UnsupportedProtocol, "not_sent", False),
        (httpx.LocalProtocolError, "not_sent", False),
        (httpx.ProxyError, "not_sent", False),
        (httpx.ReadTimeout, "unknown", False),
        (httpx.ReadError, "unknown", False),
        (httpx.RemoteProtocolError, "unknown", False),
        (httpx.WriteTimeout, "unknown", False),
        (httpx.WriteError, "unknown", False),
        (httpx.CloseError, "unknown", False),
        (httpx.DecodingError, "unknown", False),
        (httpx.TooManyRedirects, "unknown", False),
        (httpx.InvalidURL, "unknown", False),
        (ValueError, "unknown", False),
    ],
)
def test_failures_without_an_answer(
    route: respx.Route,
    error: type[Exception],
    kind: str,
    resend: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Only what certainly was not sent is called so; an unforeseen exception is unknown."""
    route.side_effect = error(f"{KEY} {LINK}")
    outcome = write()
    assert (outcome.kind, outcome.resend, outcome.status, outcome.answer) == (
        kind,
        resend,
        None,
        None,
    )
    assert route.call_count == 1
    assert "got no answer" in outcome.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [(status, "rejected") for status in (400, 401, 403, 404, 422)]
    # r8, and its siblings
    + [(status, "rejected") for status in (405, 410, 411, 413, 414, 415, 421, 423, 426, 428)]
    + [(status, "rejected") for status in (431, 451)]
    + [
        (status, "unknown")
        for status in (100, 301, 302, 303, 307, 308, 402, 406, 408, 409, 412, 417, 418, 424, 425)
    ]
    + [(status, "unknown") for status in (500, 501, 502, 503, 504, 507)],
)
def test_refusals(route: respx.Route, status: int, kind: str) -> None:
    """Some statuses say nothing was processed, others nothing certain; none is followed."""
    route.respond(status, json={"detail": "no"}, headers={"Location": "https://evil.example"})
    outcome = write()
    assert (outcome.kind, outcome.status, outcome.resend) == (kind, status, False)
    assert outcome.access_denied == (status in (401, 403))
    assert route.call_count == 1


def test_too_many_requests(route: respx.Route) -> None:
    """A 429 was not processed and may be sent again, after the pause that the server asks for."""
    route.respond(429, headers={"Retry-After": "3"})
    assert (write().kind, write().resend, write().retry_after) == ("not_sent", True, 3.0)


def test_u8_a_long_wait_is_told_as_it_was_asked_for(route: respx.Route) -> None:
    """An hour is an hour, in the outcome and in its words."""
    route.respond(429, headers={"Retry-After": "3600"})
    outcome = write()
    assert outcome.retry_after == 3600
    assert outcome.message.endswith("; the server asks to wait 3600 s")


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200),
        httpx.Response(204),
        httpx.Response(200, html="<html>"),
        httpx.Response(200, content=b'{"a":', headers={"Content-Type": "application/json"}),
        httpx.Response(200, content=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}),
        httpx.Response(200, content=b"{}", headers={"Content-Type": f"x/{KEY}"}),
    ],
    ids=["empty", "204", "html", "truncated", "gzip", "other type"],
)
def test_a_success_that_cannot_be_read(route: respx.Route, response: httpx.Response) -> None:
    """A 2xx without readable JSON is unknown: a commit may be behind it."""
    route.mock(return_value=response)
    outcome = write()
    assert (outcome.kind, outcome.resend, outcome.status) == (
        "unknown",
        False,
        response.status_code,
    )
    assert outcome.message.partition(f"{response.status_code} (without a request id)")[2]


def test_a_validation_error_is_told_without_secrets(route: respx.Route) -> None:
    """Each detail's place and message are told, its input never; secrets in messages are blank."""
    detail = [
        {
            "loc": ["body", "use_cases", 0, "day"],
            "msg": "Input should be a valid integer",
            "input": {"link": LINK},
        },
        {
            "loc": ["body", LINK],
            "msg": f"no such sheet: {LINK} nor topsecret-word",
            "ctx": {"given": LINK},
        },
    ]
    route.respond(422, json={"detail": detail}, headers={"X-Request-Id": "req-7"})
    assert write((LINK, "topsecret-word")).message == (
        f"POST {BASE}/things answered 422 (request id req-7): body.use_cases.0.day: Input should"
        " be a valid integer; "
        "body.(hidden): no such sheet: (hidden) nor (hidden)"
    )


def test_a_refused_key_is_told(route: respx.Route) -> None:
    """A 401 to a write says where the key comes from."""
    route.respond(401, json={"detail": f"unknown key {KEY}"})
    assert "INTERACTLY_API_KEY" in write().message
