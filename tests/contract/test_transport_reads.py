"""Reads: what is sent, what is repeated, what is refused, and how the error tells it."""

import gzip
import traceback
from collections.abc import Iterator

import httpx
import pytest
import respx

from reconciler import __version__
from reconciler.errors import AccessError, ApiError
from reconciler.transport import Endpoint, Session, Timing, WriteRefusedError

KEY = "sk-canary-5f2e9b"
BASE = "https://api.example/prefix"
URL = f"{BASE}/things?page=1"


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []
        self.told: list[str] = []

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.slept.append(seconds)
        self.time += seconds

    def timing(self) -> Timing:
        """Return the timing that this clock rules, with dice that always show the most."""
        return Timing(
            now=lambda: self.time,
            wall=lambda: 1000.0,
            sleep=self.sleep,
            tell=self.told.append,
            random=lambda: 1.0,
        )


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    """Yield a router that stands in for the network."""
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router


def read(clock: Clock | None = None, path: str = "/things") -> object:
    """Read the things once and return the JSON."""
    endpoint = Endpoint.parse(BASE, KEY)
    with Session(endpoint, read_only=True, timing=(clock or Clock()).timing()) as session:
        return session.get_json(
            path, {"page": "1"}, expected="the list of things", hint="is it there?"
        ).value


def failure(clock: Clock | None = None) -> ApiError:
    """Read the things and return the error, after checking that the key is nowhere in it."""
    with pytest.raises(ApiError) as caught:
        read(clock)
    error = caught.value
    told = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    assert KEY not in told
    assert error.method == "GET"
    assert error.url == URL
    assert URL in error.message
    assert "the list of things" in error.message
    assert error.remedy
    return error


def test_what_is_sent(api: respx.MockRouter) -> None:
    """A read is one GET with the key, without compression, under this program's name."""
    route = api.get("/things", params={"page": "1"}).respond(json=[1])
    assert read() == [1]
    (call,) = route.calls
    assert str(call.request.url) == URL
    assert call.request.headers["Authorization"] == f"Bearer {KEY}"
    assert call.request.headers["Accept-Encoding"] == "identity"
    assert call.request.headers["Accept"] == "application/json"
    assert call.request.headers["User-Agent"] == f"reconciler/{__version__}"
    assert call.request.content == b""


def test_nothing_is_taken_from_the_environment(
    api: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a proxy of the environment nor a cookie of an earlier answer is used."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    route = api.get("/things").respond(json=[], headers={"Set-Cookie": "a=b; Path=/"})
    with Session(Endpoint.parse(BASE, KEY), read_only=True) as session:
        assert not session._wire._client._mounts
        for _ in range(2):
            session.get_json("/things", {}, expected="things", hint="")
    assert "Cookie" not in route.calls[1].request.headers


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(api: respx.MockRouter, status: int) -> None:
    """A read is repeated with growing pauses while the server is busy."""
    clock = Clock()
    route = api.get("/things")
    route.side_effect = [
        httpx.Response(status),
        httpx.Response(status),
        httpx.Response(200, json=[1]),
    ]
    assert read(clock) == [1]
    assert clock.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.PoolTimeout,
        httpx.ReadTimeout,
        httpx.ReadError,
        httpx.RemoteProtocolError,
        httpx.WriteError,
        httpx.WriteTimeout,
    ],
)
def test_a_lost_connection_is_tried_again(api: respx.MockRouter, error: type[Exception]) -> None:
    """A read is repeated after any failure of the connection."""
    api.get("/things").side_effect = [error("lost"), httpx.Response(200, json=[1])]
    assert read() == [1]


@pytest.mark.parametrize(
    "status", [200, 204, 301, 307, 400, 401, 403, 404, 405, 408, 409, 422, 501]
)
def test_other_answers_are_final(api: respx.MockRouter, status: int) -> None:
    """An answer that another try would not change is an error at once, and names itself."""
    route = api.get("/things").respond(
        status, headers={"X-Request-Id": "req-7", "Location": f"https://evil.example/{KEY}"}
    )
    error = failure()
    assert route.call_count == 1
    assert (error.status, error.request_id) == (status, "req-7")
    assert f"answered {status} (request id req-7)" in error.message
    assert isinstance(error, AccessError) == (status in (401, 403))


def test_what_to_do_about_a_refused_key(api: respx.MockRouter) -> None:
    """A 401 points to the environment variable that holds the key."""
    api.get("/things").respond(401, json={"detail": f"bad key {KEY}"})
    error = failure()
    assert "INTERACTLY_API_KEY" in error.remedy
    assert "bad key (hidden)" in error.message


@pytest.mark.parametrize("status", [404, 405, 302])
def test_what_to_do_about_a_wrong_path(api: respx.MockRouter, status: int) -> None:
    """An answer that says "not here" gives the caller's hint."""
    api.get("/things").respond(status, headers={"Location": "https://login.example/?next=x"})
    error = failure()
    assert error.remedy == "is it there?"
    assert ("login.example" in error.message) == (status == 302)


def test_a_refusal_is_quoted(api: respx.MockRouter) -> None:
    """FastAPI's details are told, never the input beside them."""
    detail = {
        "loc": ["query", "size"],
        "msg": "Input should be\nless",
        "type": "x",
        "input": "topsecret",
    }
    api.get("/things").respond(422, json={"detail": [detail] * 7})
    error = failure()
    assert "query.size: Input should be<U+000A>less; " in error.message
    assert error.message.endswith("and 2 more")
    assert "topsecret" not in error.message


@pytest.mark.parametrize(
    "body", [b"", b"nope", b"[]", b'{"detail": 5}', b'{"detail": [5, {"msg": 5}, {"loc": 1}]}']
)
def test_a_refusal_in_an_unknown_shape_is_not_quoted(api: respx.MockRouter, body: bytes) -> None:
    """A refusal that is not FastAPI's is told by its status alone."""
    api.get("/things").respond(400, content=body)
    assert failure().message.endswith("but the status is not 200")


def test_giving_up_after_some_attempts(api: respx.MockRouter) -> None:
    """A server that stays busy is not asked for ever, and the error counts the attempts."""
    clock = Clock()
    route = api.get("/things").respond(503)
    error = failure(clock)
    assert route.call_count == 5
    assert clock.slept == [0.5, 1.0, 2.0, 4.0]
    assert "after 5 attempts" in error.message


def test_no_server(api: respx.MockRouter) -> None:
    """An error without an answer says why none came."""
    api.get("/things").side_effect = httpx.ConnectError("[Errno 111] Connection refused")
    error = failure()
    assert (error.status, error.request_id) == (None, None)
    assert "got no answer after 5 attempts" in error.message
    assert "Connection refused" in error.message


def test_a_distrusted_certificate_is_final(api: respx.MockRouter) -> None:
    """A certificate that cannot be verified is not tried again; the remedy names SSL_CERT_FILE."""
    route = api.get("/things")
    route.side_effect = httpx.ConnectError(
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"
    )
    assert "SSL_CERT_FILE" in failure().remedy
    assert route.call_count == 1


def test_an_exception_that_holds_the_key(api: respx.MockRouter) -> None:
    """The text of a protocol error is never repeated: httpx puts the refused header into it."""
    api.get("/things").side_effect = httpx.LocalProtocolError(
        f"Illegal header value b'Bearer {KEY}'"
    )
    assert "Illegal" not in failure().message


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("3", 3.0),
        ("Thu, 01 Jan 1970 00:16:50 GMT", 10.0),
        ("99999999999", 60.0),
        ("junk", 0.5),
        ("-1", 0.5),
    ],
)
def test_retry_after_is_honoured(api: respx.MockRouter, header: str, pause: float) -> None:
    """The server's own pause replaces the usual one, clamped."""
    clock = Clock()
    api.get("/things").side_effect = [
        httpx.Response(429, headers={"Retry-After": header}),
        httpx.Response(200, json=[1]),
    ]
    assert read(clock) == [1]
    assert clock.slept == [pause]


def test_the_deadline_of_a_read(api: respx.MockRouter) -> None:
    """A read never waits beyond its deadline, whatever the server asks for."""
    clock = Clock()
    route = api.get("/things").respond(503, headers={"Retry-After": "50"})
    failure(clock)
    assert clock.slept == [50.0, 50.0]
    assert route.call_count == 3


def test_a_deadline_of_the_caller(api: respx.MockRouter) -> None:
    """A caller's sooner deadline ends the repetitions too."""
    clock = Clock()
    route = api.get("/things").respond(503)
    with (
        Session(Endpoint.parse(BASE, KEY), read_only=True, timing=clock.timing()) as session,
        pytest.raises(ApiError),
    ):
        session.get_json("/things", {}, expected="things", hint="", until=1.0)
    assert route.call_count == 2


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (httpx.Response(200, html="<html>Sign in</html>"), "web page; is the API URL right?"),
        (httpx.Response(200, text="[]"), "content type is text/plain"),
        (httpx.Response(200, content=b"[]"), "content type is not given"),
        (
            httpx.Response(200, content=b"[]", headers={"Content-Type": f"x/{KEY}"}),
            r"content type is x/\(hidden\)",
        ),
        (
            httpx.Response(200, content=gzip.compress(b"[]"), headers={"Content-Encoding": "gzip"}),
            "compressed",
        ),
        (
            httpx.Response(200, content=b'[{"a": ', headers={"Content-Type": "application/json"}),
            "cut short",
        ),
        (httpx.Response(200, content=b"", headers={"Content-Type": "application/json"}), "empty"),
        (
            httpx.Response(
                200, content=b"[NaN]", headers={"Content-Type": "application/problem+json"}
            ),
            "NaN",
        ),
    ],
    ids=["html", "text", "no type", "key as type", "gzip", "truncated", "empty", "nan"],
)
def test_a_200_that_is_no_strict_json(
    api: respx.MockRouter, response: httpx.Response, problem: str
) -> None:
    """A 200 is an error unless its body is uncompressed, strict JSON and says so."""
    response.headers["X-Request-Id"] = "req-7"
    api.get("/things").mock(return_value=response)
    error = failure()
    assert httpx.Response(200).status_code == error.status
    assert error.request_id == "req-7"
    with pytest.raises(ApiError, match=problem):
        raise error


def test_hostile_request_id(api: respx.MockRouter) -> None:
    """A request id is shown short and inert, and without the key."""
    api.get("/things").respond(
        404, headers=[(b"X-Request-Id", b"x" * 75 + KEY.encode() + b"\x9b" + b"x" * 500)]
    )
    error = failure()
    assert error.request_id is not None
    assert error.request_id == "x" * 75 + "(hidd\u2026"


def test_the_key_in_a_query_is_hidden(api: respx.MockRouter) -> None:
    """A server that smuggles the key into the next page's query does not get it shown."""
    api.get("/things").respond(404)
    with (
        Session(Endpoint.parse(BASE, KEY), read_only=True) as session,
        pytest.raises(ApiError) as caught,
    ):
        session.get_json("/things", {"cursor": KEY + "x" * 900}, expected="things", hint="")
    assert KEY not in caught.value.message + caught.value.url
    assert len(caught.value.url) <= 300


def test_a_read_only_session_cannot_write(api: respx.MockRouter) -> None:
    """A write through a read-only session is a bug; the transport stops it before it is sent."""
    route = api.route().respond(json={})
    with Session(Endpoint.parse(BASE, KEY), read_only=True) as session:
        with pytest.raises(WriteRefusedError):
            session.post_json("/things", b"{}")
        for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD", "get"):
            with pytest.raises(WriteRefusedError):
                session._wire._client.send(httpx.Request(method.replace("get", "GETX"), BASE))
    assert route.call_count == 0


def test_an_answer_does_not_show_its_value(api: respx.MockRouter) -> None:
    """The representation of an answer holds neither the JSON nor the key."""
    api.get("/things").respond(json=["https://1drv.example/secret"])
    with Session(Endpoint.parse(BASE, KEY), read_only=True) as session:
        answer = session.get_json("/things", {}, expected="things", hint="")
    assert "secret" not in repr(answer)
    assert KEY not in repr(answer)
    assert KEY not in repr(vars(session))


@pytest.mark.parametrize("value", ["x" * 70_000, "\ud800"], ids=["long", "surrogate"])
def test_a_query_that_cannot_be_written(value: str) -> None:
    """A query that no URL can hold is an error before anything is sent."""
    with (
        Session(Endpoint.parse(BASE, KEY), read_only=True) as session,
        pytest.raises(ApiError, match="written down"),
    ):
        session.get_json("/things", {"a": value}, expected="things", hint="")


def test_p9_waits_of_reads_are_told(api: respx.MockRouter) -> None:
    """What is waited for, how long, and which attempt comes next; a moment is not worth a line."""
    clock = Clock()
    api.get("/things").side_effect = [
        httpx.Response(503),
        httpx.ConnectError("[Errno 111] Connection refused"),
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(200, json=[1]),
    ]
    assert read(clock) == [1]
    assert clock.slept == [0.5, 1.0, 7.0]
    assert clock.told == [
        (
            f"GET {URL} got no answer: no connection could be made ([Errno 111] Connection"
            " refused); waiting 1 s, then attempt 3 to read the list of things"
        ),
        (
            f"GET {URL} answered 429 (without a request id); the server asks to wait 7 s;"
            " waiting 7 s, then attempt 4 to read the list of things"
        ),
    ]


def test_u8_a_read_that_gives_up_says_how_long_the_server_asks_for(api: respx.MockRouter) -> None:
    """Once while waiting and once when giving up."""
    clock = Clock()
    api.get("/things").respond(429, headers={"Retry-After": "3600"})
    assert "the server asks to wait 3600 s" in failure(clock).message
    assert "the server asks to wait 3600 s; waiting 60 s" in clock.told[0]


def test_r7_a_busy_server_that_says_when_to_come_back_is_asked_as_long_as_there_is_time(
    api: respx.MockRouter,
) -> None:
    """Twelve times 429 with Retry-After are no reason to give up within 120 seconds."""
    clock = Clock()
    busy = httpx.Response(429, headers={"Retry-After": "1"})
    api.get("/things").side_effect = [*[busy] * 12, httpx.Response(200, json=[1])]
    assert read(clock) == [1]
    route = api.get("/things").respond(429, headers={"Retry-After": "0"})
    route.side_effect = None
    failure(clock)
    assert clock.time <= 12 + 120
    assert route.call_count < 150


def test_an_interruption_ends_the_repetitions(api: respx.MockRouter) -> None:
    """A wait that somebody ends is the last one."""
    route = api.get("/things").respond(503)
    timing = Timing(sleep=lambda _: True)
    with (
        Session(Endpoint.parse(BASE, KEY), read_only=True, timing=timing) as session,
        pytest.raises(ApiError),
    ):
        session.get_json("/things", {}, expected="things", hint="")
    assert route.call_count == 1
