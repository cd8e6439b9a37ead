"""Comments, issues and reviews, in exact requests and answers of GitHub's documented REST API."""

import json
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from reconciler.errors import ConfigError, UsageError
from reconciler.github import (
    AUTHOR,
    FAILED,
    GitHub,
    GitHubError,
    Marker,
    Put,
    Record,
    Review,
    Text,
    Tip,
    applied_commit,
    collect,
    pull_behind,
    put_issue,
    put_outcome,
    put_plan,
    record_applied,
    review_of,
    tip,
)
from reconciler.github.pulls import Pull
from reconciler.github.reviews import NotReviewedError
from reconciler.plan.digest import NOTHING
from reconciler.transport import Timing, Way

API = "https://api.github.example"
REPO = f"{API}/repos/clinic/outreach"
COMMENTS = f"{REPO}/issues/7/comments"
PULL = f"{REPO}/pulls/7"
QA = Marker("plan", "qa")
OUTCOME = Marker("outcome", "qa")
DIGEST = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'d' * 64}"
THIRD = f"sha256:{'e' * 64}"
TOKEN = "ghs_canary"
SHA = "b" * 40
EARLIER = "a" * 40
HEAD = "1" * 40
OLD_HEAD = "0" * 40
REVIEWED_AT = "2026-11-24T11:00:00Z"
MERGED_AT = "2026-11-24T12:00:00Z"
LATER = "2026-11-24T12:00:01Z"


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
        """Return the timing that this clock rules."""
        return Timing(
            now=lambda: self.time,
            wall=lambda: 1000.0,
            sleep=self.sleep,
            tell=self.told.append,
        )


@pytest.fixture
def clock() -> Clock:
    """What waits."""
    return Clock()


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    """Yield a router that stands in for the network, with pull request 7 open at HEAD."""
    with respx.mock(assert_all_called=False) as router:
        router.get(PULL).respond(json=pull())
        yield router


@pytest.fixture
def github(clock: Clock) -> Iterator[GitHub]:
    """A repository, to be used with `api`."""
    with GitHub(API, SecretStr(TOKEN), "clinic/outreach", timing=clock.timing()) as opened:
        yield opened


def text(body: str = "plan", digest: str = DIGEST, head: str = HEAD, **parts: Any) -> Text:
    """Return a text about a plan."""
    return Text(QA, Record(digest, head, **parts), body)


def comment(number: int, body: str, author: str = AUTHOR, at: str = REVIEWED_AT) -> dict[str, Any]:
    """Return a comment as GitHub lists it."""
    return {"id": number, "body": body, "user": {"login": author}, "updated_at": at}


def pull(number: int = 7, **fields: Any) -> dict[str, Any]:
    """Return an open pull request as GitHub shows it."""
    home = {"full_name": "clinic/outreach", "default_branch": "main"}
    return {
        "number": number,
        "state": "open",
        "merged_at": None,
        "merge_commit_sha": "c" * 40,
        "head": {"sha": HEAD, "repo": {"full_name": "clinic/outreach"}},
        "base": {"ref": "main", "repo": home},
        "user": {"login": "octocat"},
    } | fields


def merged(number: int = 7, **fields: Any) -> dict[str, Any]:
    """Return a merged one."""
    closed = {"state": "closed", "merged_at": MERGED_AT, "merge_commit_sha": SHA}
    return pull(number, **(closed | fields))


def bodies(route: respx.Route) -> list[Any]:
    """Return the JSON of a route's requests."""
    return [json.loads(call.request.content) for call in route.calls]


def listing(api: respx.MockRouter, *items: dict[str, Any]) -> respx.Route:
    """Let the pull request have these comments."""
    return api.get(COMMENTS).respond(json=list(items))


def test_a_first_comment_is_made(github: GitHub, api: respx.MockRouter) -> None:
    """With the marker at its very beginning, which names head and digest."""
    asked = listing(api)
    made = api.post(COMMENTS).respond(201, json={"id": 1})
    assert put_plan(github, 7, text(), create=True) == Put("created")
    (body,) = bodies(made)
    assert body == {"body": f"<!-- reconciler plan env=qa head={HEAD} digest={DIGEST} -->\nplan"}
    for request in (made.calls[0].request, asked.calls[0].request):
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert request.headers["Accept"] == "application/vnd.github+json"
        assert request.headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert dict(asked.calls[0].request.url.params) == {"per_page": "100"}


def test_no_comment_is_made_for_nothing(github: GitHub, api: respx.MockRouter) -> None:
    """An empty plan is no news; where a comment is there, it is corrected."""
    listing(api)
    assert put_plan(github, 7, text(), create=False) == Put("nothing to say")


def test_the_comment_is_changed_in_place(github: GitHub, api: respx.MockRouter) -> None:
    """Only where it differs."""
    listing(api, comment(3, str(text("old"))), comment(4, "thanks", "octocat"))
    changed = api.patch(f"{REPO}/issues/comments/3").respond(json={"id": 3})
    assert put_plan(github, 7, text(), create=False) == Put("updated")
    assert bodies(changed) == [{"body": str(text())}]
    listing(api, comment(3, str(text())))
    assert put_plan(github, 7, text(), create=True) == Put("unchanged")
    assert len(changed.calls) == 1


@pytest.mark.parametrize(
    "other",
    [
        comment(1, str(text("forged")), "mallory"),
        comment(1, f"look: {text('forged')}", "mallory"),
        comment(1, str(Text(Marker("plan", "prod"), Record(DIGEST, HEAD), "other"))),
        comment(1, str(Text(Marker("plan", "qa-2"), Record(DIGEST, HEAD), "other"))),
        comment(1, str(Text(Marker("drift", "qa"), Record(DIGEST, HEAD), "other"))),
        comment(1, str(Text(OUTCOME, Record(run=9), "other"))),
        {"id": 1, "body": None, "user": None},
    ],
    ids=["author", "quoted", "environment", "longer", "drift", "outcome", "ghost"],
)
def test_what_is_not_ours_is_left_alone(
    github: GitHub, api: respx.MockRouter, other: dict[str, Any]
) -> None:
    """A marker alone could be anybody's."""
    listing(api, other)
    made = api.post(COMMENTS).respond(201, json={"id": 2})
    assert put_plan(github, 7, text(), create=True) == Put("created")
    assert made.called


# Pages


@pytest.mark.parametrize("size", [1, 99, 100])
def test_g5_pages_end_where_link_ends(github: GitHub, api: respx.MockRouter, size: int) -> None:
    """However many are on a page: GitHub may leave some out, and does."""
    noise = [comment(number, "hi", "octocat") for number in range(size)]
    second = f"{API}/repositories/99/issues/7/comments?per_page=100&page=2"
    asked = api.get(COMMENTS)
    asked.side_effect = [
        httpx.Response(200, json=noise, headers={"Link": f'<{second}>; rel="next"'}),
        httpx.Response(
            200,
            json=[comment(500, str(text()))],
            headers={"Link": f'<{COMMENTS}?page=1>; rel="prev"'},
        ),
    ]
    assert put_plan(github, 7, text(), create=True) == Put("unchanged")
    assert [dict(call.request.url.params) for call in asked.calls] == [
        {"per_page": "100"},
        {"per_page": "100", "page": "2"},
    ]
    assert asked.calls[1].request.url.path == "/repos/clinic/outreach/issues/7/comments"


def test_g5_a_full_page_without_a_link_is_the_last(github: GitHub, api: respx.MockRouter) -> None:
    """And nothing more is asked for."""
    asked = listing(api, *(comment(number, "hi", "octocat") for number in range(100)))
    assert put_plan(github, 7, text(), create=False) == Put("nothing to say")
    assert asked.call_count == 1


@pytest.mark.parametrize(
    "link", ['<https://evil.example/x?page=2>; rel="next"', '<https://[x?page=2>; rel="next"']
)
def test_g5_a_link_elsewhere_is_refused(github: GitHub, api: respx.MockRouter, link: str) -> None:
    """The token goes nowhere that a header points to."""
    api.get(COMMENTS).respond(json=[], headers={"Link": link})
    with pytest.raises(GitHubError, match="Link to the next page"):
        put_plan(github, 7, text(), create=True)


def test_g5_a_list_without_an_end(github: GitHub, api: respx.MockRouter) -> None:
    """Is an error after a hundred pages, rather than half a list that is believed."""
    api.get(COMMENTS).respond(json=[], headers={"Link": f'<{COMMENTS}?page=2>; rel="next"'})
    with pytest.raises(GitHubError, match="more than 100 pages"):
        put_plan(github, 7, text(), create=True)


# Limits and waiting

SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
DATED = {"Date": "Thu, 01 Jan 1970 01:00:00 GMT"}
LIMITS = [
    (httpx.Response(403, json=SECONDARY, headers={"Retry-After": "30"}), 30.0, "secondary rate"),
    (httpx.Response(403, json=SECONDARY), 60.0, "secondary rate limit"),
    (httpx.Response(429, json={"message": "Slow down"}, headers={"Retry-After": "5"}), 5.0, "rate"),
    (httpx.Response(403, text="no", headers={"Retry-After": "0"}), 1.0, "secondary rate limit"),
    (httpx.Response(429), 60.0, "secondary rate limit"),
    (
        httpx.Response(
            403,
            json={"message": "API rate limit exceeded for installation ID 1."},
            headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1020"},
        ),
        21.0,
        "GitHub's rate limit is used up",
    ),
    (
        httpx.Response(
            429,
            headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "3610", **DATED},
        ),
        11.0,
        "GitHub's rate limit is used up",
    ),
    (
        httpx.Response(
            403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "900"}, json=[]
        ),
        1.0,
        "GitHub's rate limit is used up",
    ),
    (
        httpx.Response(403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}),
        60.0,
        "GitHub's rate limit is used up",
    ),
]


@pytest.mark.parametrize("limit", LIMITS, ids=range(len(LIMITS)))
def test_g1_g2_a_limit_is_waited_for_as_github_says(
    github: GitHub, api: respx.MockRouter, clock: Clock, limit: tuple[httpx.Response, float, str]
) -> None:
    """Of reads and of a comment that is to be made: what is limited was not processed."""
    answer, seconds, words = limit
    asked = api.get(COMMENTS)
    asked.side_effect = [answer, httpx.Response(200, json=[])]
    made = api.post(COMMENTS)
    made.side_effect = [answer, httpx.Response(201, json={"id": 1})]
    assert put_plan(github, 7, text(), create=True) == Put("created")
    assert clock.slept == [seconds, seconds]
    assert (asked.call_count, made.call_count) == (2, 2)
    assert words in clock.told[0]
    assert f"waiting {seconds:.0f} s" in clock.told[0]


def test_g1_waiting_grows_and_ends(github: GitHub, api: respx.MockRouter, clock: Clock) -> None:
    """Five minutes in all, and then it is said that it is the limit, and no lack of permissions."""
    listing(api)
    made = api.post(COMMENTS).respond(403, json=SECONDARY)
    with pytest.raises(GitHubError, match="secondary rate limit is reached") as caught:
        put_plan(github, 7, text(), create=True)
    assert clock.slept == [60.0, 120.0]
    assert made.call_count == 3
    assert "it asks to wait 240 s more, and this waits 300 s in all" in caught.value.message
    assert "nothing is wrong with its permissions" in caught.value.remedy


def test_g2_an_hour_is_not_waited_for(github: GitHub, api: respx.MockRouter, clock: Clock) -> None:
    """It is said at once."""
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4600"}
    api.get(COMMENTS).respond(403, headers=headers)
    with pytest.raises(GitHubError, match="it asks to wait 3601 s more"):
        put_plan(github, 7, text(), create=True)
    assert clock.slept == []


def test_reads_and_changes_are_repeated_while_github_is_busy(
    github: GitHub, api: respx.MockRouter, clock: Clock
) -> None:
    """Each wait is told."""
    asked = api.get(COMMENTS)
    asked.side_effect = [
        httpx.Response(502),
        httpx.ConnectError("no"),
        httpx.ReadTimeout("slow"),
        httpx.Response(200, json=[comment(3, str(text("old")))]),
    ]
    changed = api.patch(f"{REPO}/issues/comments/3")
    changed.side_effect = [httpx.Response(503), httpx.Response(200, json={})]
    assert put_plan(github, 7, text(), create=True) == Put("updated")
    assert clock.slept == [2.0, 4.0, 8.0, 2.0]
    assert "answered 502: no reason given; waiting 2 s, then trying again" in clock.told[0]
    asked.side_effect = None
    asked.respond(500)
    with pytest.raises(GitHubError, match="answered 500"):
        put_plan(github, 7, text(), create=True)
    assert asked.call_count == 8


UNKNOWN = [httpx.Response(502), httpx.ReadTimeout("slow"), httpx.Response(504)]


@pytest.mark.parametrize("answer", UNKNOWN, ids=["502", "timeout", "504"])
def test_a_comment_that_may_have_been_made_is_looked_for(
    github: GitHub, api: respx.MockRouter, answer: Any
) -> None:
    """Before it is sent again; it was there."""
    api.get(COMMENTS).side_effect = [
        httpx.Response(200, json=[]),
        httpx.Response(200, json=[comment(1, str(text()))]),
    ]
    made = api.post(COMMENTS).mock(side_effect=[answer])
    assert put_plan(github, 7, text(), create=True) == Put("created")
    assert made.call_count == 1


def test_a_comment_that_was_not_made_is_sent_again(
    github: GitHub, api: respx.MockRouter, clock: Clock
) -> None:
    """After it was looked for; three times, and then it is an error."""
    asked = listing(api)
    made = api.post(COMMENTS)
    made.side_effect = [httpx.ReadTimeout("slow"), httpx.Response(201, json={})]
    assert put_plan(github, 7, text(), create=True) == Put("created")
    assert (made.call_count, asked.call_count) == (2, 2)
    assert "it may be done; waiting 2 s, then looking for it" in clock.told[0]
    made.side_effect = None
    made.respond(502)
    with pytest.raises(GitHubError, match="answered 502"):
        put_plan(github, 7, text(), create=True)
    assert made.call_count == 5


def test_a_comment_that_was_certainly_not_sent_is_sent_again(
    github: GitHub, api: respx.MockRouter
) -> None:
    """Where no connection was made there is nothing to look for."""
    asked = listing(api)
    made = api.post(COMMENTS)
    made.side_effect = [httpx.ConnectError("refused"), httpx.Response(201, json={})]
    assert put_plan(github, 7, text(), create=True) == Put("created")
    assert asked.call_count == 1


@pytest.mark.parametrize(
    ("response", "words", "remedy"),
    [
        (
            httpx.Response(403, json={"message": "Resource not accessible"}),
            "403: Resource not accessible",
            "permissions",
        ),
        (httpx.Response(401, text="<html>"), "401: no reason given", "GITHUB_TOKEN"),
        (httpx.Response(404, json=["x"]), "404: no reason given", "GITHUB_REPOSITORY"),
        (httpx.Response(301), "301: no reason given", "githubstatus"),
        (httpx.Response(500, json={"message": "x\u202e"}), r"500: x<U\+202E>", "githubstatus"),
        (httpx.Response(200, text="hi"), "not JSON", "GITHUB_API_URL"),
        (httpx.Response(200, json={}), "expected a list", "GITHUB_API_URL"),
        (httpx.ConnectError("refused"), "no connection could be made", "GITHUB_API_URL"),
        (
            httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
            "its certificate is not trusted",
            "SSL_CERT_FILE",
        ),
    ],
    ids=["403", "401", "404", "301", "500", "text", "object", "refused", "certificate"],
)
def test_errors_say_what_to_do_and_never_the_token(
    github: GitHub, api: respx.MockRouter, response: Any, words: str, remedy: str
) -> None:
    """Which permission is missing is what one wants to know."""
    api.get(COMMENTS).mock(side_effect=lambda _request: _answer(response))
    with pytest.raises(GitHubError, match=words) as caught:
        put_plan(github, 7, text(), create=True)
    assert remedy in caught.value.remedy
    assert TOKEN not in repr(github) + str(caught.value)


def _answer(response: httpx.Response | Exception) -> httpx.Response:
    if isinstance(response, Exception):
        raise response
    return response


@pytest.mark.parametrize("shown", [[], {"number": 7}, pull(head=None), pull(merged_at="soon")])
def test_a_pull_request_that_is_none(github: GitHub, api: respx.MockRouter, shown: Any) -> None:
    """Is an error in words."""
    api.get(PULL).respond(json=shown)
    with pytest.raises(GitHubError, match=r"expected an object|not as GitHub documents it"):
        put_plan(github, 7, text(), create=True)


@pytest.mark.parametrize(
    ("url", "repository", "token"),
    [
        (API, "clinic", TOKEN),
        (API, "../x/y", TOKEN),
        (API, "clinic/outreach", ""),
        (API, "clinic/outreach", f"{TOKEN}\n"),
        ("http://api.github.example", "clinic/outreach", TOKEN),
        ("https://u:p@api.github.example", "clinic/outreach", TOKEN),
    ],
)
def test_what_is_missing_is_said_at_once(url: str, repository: str, token: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match=r"GITHUB_(REPOSITORY|TOKEN|API_URL)") as caught:
        GitHub(url, SecretStr(token), repository)
    assert TOKEN not in str(caught.value) + caught.value.remedy


def test_g9_an_enterprise_address_has_a_path(clock: Clock) -> None:
    """`GITHUB_API_URL` is `https://HOSTNAME/api/v3` there, and so are the links to pages."""
    base = "https://github.clinic.example/api/v3"
    where = f"{base}/repos/clinic/outreach/issues/7/comments"
    with respx.mock() as router:
        router.get(f"{base}/repos/clinic/outreach/pulls/7").respond(json=pull())
        asked = router.get(where)
        asked.side_effect = [
            httpx.Response(200, json=[], headers={"Link": f'<{where}?page=2>; rel="next"'}),
            httpx.Response(200, json=[comment(1, str(text()))]),
        ]
        with GitHub(f"{base}/", SecretStr(TOKEN), "clinic/outreach", timing=clock.timing()) as one:
            assert put_plan(one, 7, text(), create=True) == Put("unchanged")
    assert asked.calls[1].request.url.params["page"] == "2"


def test_g9_certificate_authorities_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`SSL_CERT_FILE` is honoured, so that a wrong one is an error that names it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with pytest.raises(ConfigError, match="certificate authorities that SSL_CERT_FILE"):
        GitHub(API, SecretStr(TOKEN), "clinic/outreach")


class _Enterprise(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with the pull request, merged."""
        content = json.dumps([merged()]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make a certificate with")
def test_g9_a_private_authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: Clock
) -> None:
    """Is trusted where `SSL_CERT_FILE` names it, and else the message says certificate."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), _Enterprise)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setattr(server, "handle_error", lambda *_: None)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()

    def ask() -> int:
        url = f"https://localhost:{server.server_address[1]}/api/v3"
        with GitHub(url, SecretStr(TOKEN), "clinic/outreach", timing=clock.timing()) as opened:
            found = pull_behind(opened, SHA)
        assert found
        return found.number

    try:
        with pytest.raises(GitHubError, match="its certificate is not trusted") as caught:
            ask()
        assert "SSL_CERT_FILE" in caught.value.remedy
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert ask() == 7
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_g10_the_proxy_of_other_programs_is_said(api: respx.MockRouter, clock: Clock) -> None:
    """For GitHub as for the API."""
    api.get(PULL).mock(side_effect=httpx.ConnectError("[Errno 111] refused"))
    way = Way.chosen({"https_proxy": "http://clinic:hunter2hunter2@proxy.example"})
    opened = GitHub(API, SecretStr(TOKEN), "clinic/outreach", timing=clock.timing(), way=way)
    with opened, pytest.raises(GitHubError, match="https_proxy is set, but not used") as caught:
        put_plan(opened, 7, text(), create=True)
    assert "RECONCILER_PROXY" in caught.value.message
    assert "hunter2" not in "".join([caught.value.message, repr(opened), *clock.told])


# The record of a review


def test_e29_an_older_head_never_replaces_a_newer_one(
    github: GitHub, api: respx.MockRouter, clock: Clock
) -> None:
    """A plan run of the first push, run again after a second one; GitHub is given time to know."""
    asked = api.get(PULL).respond(json=pull())
    put = put_plan(github, 7, text(head=OLD_HEAD), create=True)
    assert put.edit == "left alone"
    assert put.notes == (
        f"this plan is about {OLD_HEAD[:12]}, and the head of #7 is {HEAD[:12]} now",
    )
    assert sum(clock.slept) == 30.0
    assert asked.call_count == 6


def test_e29_a_head_that_github_shows_late_is_waited_for(
    github: GitHub, api: respx.MockRouter, clock: Clock
) -> None:
    """The newest plan must not be taken for an old one."""
    late = pull(head={"sha": OLD_HEAD, "repo": None})
    api.get(PULL).side_effect = [httpx.Response(200, json=one) for one in (late, late, pull())]
    listing(api)
    api.post(COMMENTS).respond(201, json={})
    assert put_plan(github, 7, text(), create=True) == Put("created")
    assert clock.slept == [1.0, 2.0]


def test_e29_a_run_of_the_same_head_may_renew_it(github: GitHub, api: respx.MockRouter) -> None:
    """Live may have moved meanwhile."""
    listing(api, comment(3, str(text("old", OTHER))))
    api.patch(f"{REPO}/issues/comments/3").respond(json={})
    assert put_plan(github, 7, text(), create=True) == Put("updated")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "closed", "merged_at": MERGED_AT}, "#7 is merged: what was reviewed stays"),
        ({"state": "closed"}, "#7 is closed"),
    ],
    ids=["merged", "closed"],
)
@pytest.mark.parametrize("create", [True, False])
def test_e14_nothing_is_written_to_a_pull_request_that_is_done(
    github: GitHub, api: respx.MockRouter, fields: dict[str, Any], words: str, *, create: bool
) -> None:
    """A plan job that is run again needs no approval; it must not rewrite what was approved."""
    api.get(PULL).respond(json=pull(**fields))
    listing(api, comment(3, str(text("what was approved"))))
    put = put_plan(github, 7, text("another", OTHER), create=create)
    assert put.edit == "left alone"
    assert words in put.notes[0]
    assert {call.request.method for call in api.calls} == {"GET"}


def test_new_a_changed_digest_is_said_on_top(github: GitHub, api: respx.MockRouter) -> None:
    """A comment that is edited in place notifies nobody, and somebody may have approved."""
    listing(api, comment(3, str(text("old"))))
    changed = api.patch(f"{REPO}/issues/comments/3").respond(json={})
    put_plan(github, 7, text("new", OTHER), create=True)
    (body,) = bodies(changed)
    top, alert, sentence, _, rest = body["body"].split("\n")
    assert top == f"<!-- reconciler plan env=qa head={HEAD} digest={OTHER} was={DIGEST} -->"
    assert alert == "> [!IMPORTANT]"
    assert f"Changed since: this was digest `{DIGEST}`; now it is digest `{OTHER}`." in sentence
    assert rest == "new"


def test_new_what_was_there_before_is_kept(github: GitHub, api: respx.MockRouter) -> None:
    """Over a failure, over a plan without changes, and back again."""
    put, known = api.patch(f"{REPO}/issues/comments/3").respond(json={}), str(text())
    former = []
    for digest in (FAILED, DIGEST, OTHER, OTHER, NOTHING, FAILED, THIRD, DIGEST):
        listing(api, comment(3, known))
        put_plan(github, 7, text("plan", digest), create=True)
        known = bodies(put)[-1]["body"]
        former.append(Record.read(known).former)
        told = "Changed since" in known
        assert told == (digest != FAILED and former[-1] != ()), "a failure speaks for itself"
    assert former == [
        (DIGEST,),
        (),
        (DIGEST,),
        (DIGEST,),
        (OTHER, DIGEST),
        (NOTHING, OTHER, DIGEST),
        (NOTHING, OTHER, DIGEST),
        (THIRD, NOTHING, OTHER),
    ]
    assert f"this was digest `{THIRD}`, and earlier without changes, digest `{OTHER}`;" in known


def test_g11_a_note_above_the_marker_is_found(github: GitHub, api: respx.MockRouter) -> None:
    """A maintainer's words are not deleted; there is a comment besides, and it is said."""
    edited = comment(3, f"Wait for Ann!\r\n\r\n{text()}") | {"html_url": "https://gh/7#c3"}
    listing(api, edited)
    made = api.post(COMMENTS).respond(201, json={})
    put = put_plan(github, 7, text(), create=True)
    assert put.edit == "created"
    assert "an edited comment was found (https://gh/7#c3)" in put.notes[0]
    assert made.called


def test_several_comments_become_one(github: GitHub, api: respx.MockRouter) -> None:
    """The oldest stays, whatever order they are listed in; what each of them said is remembered."""
    listing(
        api,
        comment(5, str(text("two", OTHER))),
        comment(3, str(text("one", THIRD))),
        comment(4, str(Text(Marker("plan", "prod"), Record(DIGEST, HEAD), "x"))),
        comment(6, str(text("three"))),
    )
    changed = api.patch(f"{REPO}/issues/comments/3").respond(json={})
    gone = [api.delete(f"{REPO}/issues/comments/{number}") for number in (5, 6)]
    gone[0].respond(204)
    gone[1].respond(404, json={"message": "Not Found"})
    put = put_plan(github, 7, text(), create=True)
    assert put == Put("updated", ("2 comments besides it deleted: one is enough",))
    assert Record.read(bodies(changed)[0]["body"]).former == (OTHER, THIRD)
    assert all(route.called for route in gone)


# What was reviewed


def review(github: GitHub, commit: str) -> Review:
    """Return what was reviewed in the pull request that became a commit."""
    found = collect(github, [commit], QA)
    assert found.orphans == ()
    (one,) = found.reviews
    return one


@pytest.fixture
def became(api: respx.MockRouter) -> respx.Route:
    """The pull requests of the merged commit."""
    return api.get(f"{REPO}/commits/{SHA}/pulls").respond(json=[merged()])


def test_the_reviewed_digest(
    github: GitHub, api: respx.MockRouter, became: respx.Route, clock: Clock
) -> None:
    """That of the pull request that became the commit, whatever else holds the commit."""
    other_base = {"ref": "release", "repo": merged()["base"]["repo"]}
    listing(api, comment(1, str(text("forged", OTHER)), "mallory"), comment(2, str(text())))
    for others in (
        [],
        [merged(6, merge_commit_sha="c" * 40)],
        [pull(6)],
        [merged(5, base=other_base)],
    ):
        became.respond(json=[*others, merged()])
        found = review(github, SHA)
        assert (found.kind, found.digest) == ("reviewed", DIGEST)
        assert found.pull.number == 7
    assert found.words == f"Reviewed in pull request #7 for qa, at {HEAD[:12]}."
    assert clock.slept == []


@pytest.mark.usefixtures("became")
def test_what_goes_along_unseen_is_read_back(github: GitHub, api: respx.MockRouter) -> None:
    """For a program; people see the plan."""
    value = {"microsoft/a--b": [DIGEST, None, 1.5]}
    listing(api, comment(2, str(Text(QA, Record(DIGEST, HEAD), "plan", value))))
    assert review(github, SHA).attachment == value


def test_g7_a_merge_that_github_shows_late(
    github: GitHub, api: respx.MockRouter, became: respx.Route, clock: Clock
) -> None:
    """The list is empty at first, or has the pull request as it was before."""
    listing(api, comment(2, str(text())))
    became.side_effect = [httpx.Response(200, json=listed) for listed in ([], [pull()], [merged()])]
    assert review(github, SHA).digest == DIGEST
    assert clock.slept == [1.0, 2.0]
    assert f"no pull request that became {SHA[:12]}; waiting 2 s" in clock.told[-1]


def test_e21_no_pull_request(github: GitHub, became: respx.Route, clock: Clock) -> None:
    """Believed after half a minute."""
    became.respond(json=[])
    found = collect(github, [SHA], QA)
    assert (found.reviews, found.orphans) == ((), (SHA,))
    assert found.words() == [
        f"No merged pull request became {SHA[:12]}, so nothing of it was reviewed."
    ]
    assert sum(clock.slept) == 30.0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "the plan had no changes, or none was made"),
        ({"head": {"sha": HEAD, "repo": {"full_name": "mallory/outreach"}}}, "it came from a fork"),
        ({"head": {"sha": HEAD, "repo": None}}, "it came from a fork"),
        ({"user": {"login": "dependabot[bot]"}}, "it is by Dependabot"),
        ({"user": None}, "the plan had no changes, or none was made"),
    ],
    ids=["no changes", "fork", "deleted fork", "Dependabot", "ghost"],
)
def test_e21_no_comment(
    github: GitHub, api: respx.MockRouter, became: respx.Route, fields: dict[str, Any], words: str
) -> None:
    """And why there is none, as far as that shows."""
    became.respond(json=[merged(**fields)])
    listing(api)
    found = review(github, SHA)
    assert (found.kind, found.digest) == ("no comment", NOTHING)
    assert "Pull request #7 has no comment about a plan for qa: " in found.words
    assert words in found.words


@pytest.mark.usefixtures("became")
def test_e21_no_changes(github: GitHub, api: respx.MockRouter) -> None:
    """There was a plan, and it was empty."""
    listing(api, comment(2, str(text("No changes", NOTHING))))
    found = review(github, SHA)
    assert (found.kind, found.digest) == ("no changes", NOTHING)
    assert found.words == "The plan of pull request #7 for qa had no changes."


NO_RECORDS = {
    "failed": ([comment(2, str(text(digest=FAILED)))], "the last plan of pull request #7 failed"),
    "failed-digest": (
        [comment(2, f"{QA.prefix}head={HEAD} digest=sha256:12 -->\nx")],
        "the last plan of pull request #7 failed",
    ),
    "after the merge": ([comment(2, str(text()), at=LATER)], f"after the merge, at {LATER}"),
    "after the merge-within its second": (
        [comment(2, str(text()), at=MERGED_AT)],
        f"was changed at or after the merge, at {MERGED_AT}",
    ),
    "another head": (
        [comment(2, str(text(head=OLD_HEAD)))],
        f"is about {OLD_HEAD[:12]}, and {HEAD[:12]} was merged",
    ),
    "another head-none": (
        [comment(2, f"{QA.prefix}digest={DIGEST} -->\nplan")],
        "names no commit",
    ),
    "edited": ([comment(2, f"Wait!\n\n{text()}")], "an edited comment was found"),
    "several": (
        [comment(2, str(text())), comment(3, str(text("x", OTHER)))],
        "several comments about the plan for qa, which differ",
    ),
    "after the merge-one": (
        [comment(2, str(text())), comment(3, str(text()), at=LATER)],
        "was changed at or after the merge",
    ),
}


@pytest.mark.usefixtures("became")
@pytest.mark.parametrize("case", NO_RECORDS)
def test_e14_e21_what_is_no_record_of_the_merge_is_refused(
    github: GitHub, api: respx.MockRouter, case: str
) -> None:
    """An apply must not take it for a review, nor for `no changes`; each has words of its own."""
    listed, words = NO_RECORDS[case]
    listing(api, *listed)
    with pytest.raises(NotReviewedError, match=re.escape(words)) as caught:
        review_of(github, Pull.read(merged()), QA)
    assert caught.value.reason == case.partition("-")[0]
    assert "by hand" in caught.value.remedy
    found = review(github, SHA)
    assert (found.kind, found.digest) == ("no record", NOTHING)
    assert words.lower() in found.words.lower()


@pytest.mark.usefixtures("became")
def test_several_comments_that_agree(github: GitHub, api: respx.MockRouter) -> None:
    """Are as good as one."""
    listing(api, comment(2, str(text())), comment(3, str(text())))
    assert review(github, SHA).digest == DIGEST


@pytest.mark.usefixtures("became")
def test_e14_a_comment_without_a_time(github: GitHub, api: respx.MockRouter) -> None:
    """Could be of any time."""
    listing(api, comment(2, str(text())) | {"updated_at": None})
    with pytest.raises(GitHubError, match="does not say when"):
        review(github, SHA)


def test_g4_a_review_for_another_branch_is_none(
    github: GitHub, api: respx.MockRouter, became: respx.Route
) -> None:
    """Whoever may merge into it need not be whoever may merge into main."""
    home = merged()["base"]["repo"]
    became.respond(json=[merged(base={"ref": "feature", "repo": home})])
    listing(api, comment(2, str(text())))
    found = review(github, SHA)
    assert found.kind == "no record"
    assert "Pull request #7 was merged into feature" in found.words
    assert "reviewed for main" in found.words


def became_of(api: respx.MockRouter, commit: str, *pulls: dict[str, Any]) -> respx.Route:
    """Let these pull requests hold a commit."""
    return api.get(f"{REPO}/commits/{commit}/pulls").respond(json=list(pulls))


def test_e8_what_was_merged_since_is_collected(github: GitHub, api: respx.MockRouter) -> None:
    """Each by its own record, the oldest first; one without keeps nobody else's changes back."""
    commits = [str(number) * 40 for number in range(2, 6)]
    for number, commit in enumerate(commits, 2):
        became_of(api, commit, merged(number, merge_commit_sha=commit))
    changes = [{"key": "microsoft/a", "digest": OTHER}]
    bodies = {
        2: Text(QA, Record(DIGEST, HEAD), "plan", changes),
        3: text(digest=FAILED),
        4: text(digest=THIRD),
        5: text(digest=NOTHING),
    }
    for number, body in bodies.items():
        api.get(f"{REPO}/issues/{number}/comments").respond(json=[comment(2, str(body))])
    found = collect(github, commits, QA)
    document = found.document(commits[-1], EARLIER, "qa").model_dump(mode="json")
    assert document == {
        "format_version": "1.2",
        "commit": commits[-1],
        "applied": EARLIER,
        "target": {"env": "qa"},
        "pulls": [
            {"number": 2, "kind": "reviewed", "digest": DIGEST, "changes": changes},
            {"number": 3, "kind": "no record", "digest": NOTHING, "changes": []},
            {"number": 4, "kind": "reviewed", "digest": THIRD, "changes": None},
            {"number": 5, "kind": "no changes", "digest": NOTHING, "changes": []},
        ],
    }
    assert [words.partition(" ")[0] for words in found.words()] == [
        "Reviewed",
        "The",
        "Reviewed",
        "The",
    ]
    assert collect(github, [], QA).words() == []


@pytest.mark.parametrize(
    "carried", ["x", {"key": 1}, [{"key": "a"}], [{"key": "a", "digest": "sha256:1"}], [1]]
)
@pytest.mark.usefixtures("became")
def test_what_a_comment_carries_and_nobody_understands(
    github: GitHub, api: respx.MockRouter, carried: Any
) -> None:
    """Is nothing: the plan then counts as a whole."""
    listing(api, comment(2, str(Text(QA, Record(DIGEST, HEAD), "plan", carried))))
    document = collect(github, [SHA], QA).document(SHA, None, "")
    assert document.target.env is None
    assert document.pulls[0].changes is None


def test_g7_one_that_was_merged_as_several_commits(
    github: GitHub, api: respx.MockRouter, clock: Clock
) -> None:
    """Counts once, where its last commit is; nothing is waited for."""
    one, two, three = ("1" * 40, "2" * 40, "3" * 40)
    rebased = merged(7, merge_commit_sha=two)
    release = {"ref": "release", "repo": merged()["base"]["repo"]}
    became_of(api, one, pull(6), rebased)
    became_of(api, two, merged(5, merge_commit_sha=two, base=release), rebased)
    became_of(api, three, merged(8, merge_commit_sha=three))
    listing(api, comment(2, str(text())))
    api.get(f"{REPO}/issues/8/comments").respond(json=[])
    found = collect(github, [one, two, three], QA)
    assert [(one.pull.number, one.kind) for one in found.reviews] == [
        (7, "reviewed"),
        (8, "no comment"),
    ]
    assert found.orphans == ()
    assert clock.slept == []


def test_g7_only_what_github_does_not_show_yet_is_asked_for_again(
    github: GitHub, api: respx.MockRouter, clock: Clock
) -> None:
    """Three merges within a minute."""
    first, last = "1" * 40, "2" * 40
    known = became_of(api, first, merged(7, merge_commit_sha=first))
    late = became_of(api, last)
    late.side_effect = [
        httpx.Response(200, json=listed) for listed in ([], [merged(8, merge_commit_sha=last)])
    ]
    for number in (7, 8):
        api.get(f"{REPO}/issues/{number}/comments").respond(json=[])
    found = collect(github, [first, last], QA)
    assert [one.pull.number for one in found.reviews] == [7, 8]
    assert (known.call_count, late.call_count, clock.slept) == (1, 2, [1.0])


# The tip


def branch(api: respx.MockRouter, *tips: str, name: str = "main") -> respx.Route:
    """Let GitHub show these tips of the default branch, one after the other."""
    api.get(REPO).respond(json={"default_branch": name})
    asked = api.get(url__regex=rf"{re.escape(REPO)}/git/ref/heads/.+")
    asked.side_effect = [httpx.Response(200, json={"object": {"sha": one}}) for one in tips]
    return asked


def test_e2_the_tip(github: GitHub, api: respx.MockRouter, clock: Clock) -> None:
    """Of the default branch, whatever that is called."""
    asked = branch(api, SHA, name="release/ä#1")
    assert tip(github, SHA, lambda _: False) == Tip("release/ä#1", SHA)
    assert asked.calls[0].request.url.raw_path.endswith(b"/git/ref/heads/release/%C3%A4%231")
    branch(api, HEAD)
    assert tip(github, SHA, lambda _: False).commit == HEAD
    assert clock.slept == []


def test_g7_a_tip_that_github_shows_late(
    github: GitHub, api: respx.MockRouter, clock: Clock
) -> None:
    """Is asked for again where it is one that comes before; after half a minute it is believed."""
    branch(api, EARLIER, EARLIER, SHA)
    assert tip(github, SHA, lambda one: one == EARLIER).commit == SHA
    assert clock.slept == [1.0, 2.0]
    branch(api, *[EARLIER] * 6)
    assert tip(github, SHA, lambda one: one == EARLIER).commit == EARLIER


@pytest.mark.parametrize("answer", [{}, {"object": None}])
def test_a_tip_that_is_none(github: GitHub, api: respx.MockRouter, answer: Any) -> None:
    """Is an error in words."""
    api.get(REPO).respond(json={"default_branch": "main"})
    api.get(f"{REPO}/git/ref/heads/main").respond(json=answer)
    with pytest.raises(GitHubError, match="not as GitHub documents it"):
        tip(github, SHA, lambda _: False)


# The record of what was applied

DEPLOYMENTS = f"{REPO}/deployments"


def deployment(number: int, sha: str = SHA, **fields: Any) -> dict[str, Any]:
    """Return a deployment of ours as GitHub lists it."""
    ours = {"task": "reconciler", "environment": "qa", "creator": {"login": AUTHOR}}
    return {"id": number, "sha": sha} | ours | fields


def with_states(api: respx.MockRouter, *states: str, number: int = 1) -> respx.Route:
    """Let a deployment have had these states, the newest first."""
    statuses = [{"state": state} for state in states]
    return api.get(f"{DEPLOYMENTS}/{number}/statuses").respond(json=statuses)


def test_e3_what_was_applied_last(github: GitHub, api: respx.MockRouter) -> None:
    """The newest that was successful once: GitHub turns what was deployed before `inactive`."""
    listed = api.get(DEPLOYMENTS).respond(json=[])
    assert applied_commit(github, "qa") is None
    assert dict(listed.calls[0].request.url.params) == {
        "environment": "qa",
        "task": "reconciler",
        "per_page": "100",
    }
    listed.respond(json=[deployment(3, HEAD), deployment(2), deployment(1, EARLIER)])
    with_states(api, number=3)
    with_states(api, "inactive", "success", number=2)
    older = with_states(api, "success", number=1)
    assert applied_commit(github, "qa") == SHA
    assert not older.called
    assert applied_commit(github, "") is None
    assert listed.calls[-1].request.url.params["environment"] == "reconciler"


@pytest.mark.parametrize(
    "other",
    [
        {"creator": {"login": "mallory"}},
        {"creator": None},
        {"task": "deploy"},
        {"environment": "prod"},
    ],
    ids=["author", "ghost", "task", "environment"],
)
def test_a_deployment_that_is_not_ours(
    github: GitHub, api: respx.MockRouter, other: dict[str, Any]
) -> None:
    """As those that GitHub makes for a job, and those of other workflows to the same place."""
    api.get(DEPLOYMENTS).respond(json=[deployment(1, **other)])
    with_states(api, "success")
    assert applied_commit(github, "qa") is None


def test_what_is_applied_is_recorded(github: GitHub, api: respx.MockRouter) -> None:
    """Without merging anything, without waiting for checks, and with nobody else's set aside."""
    made = api.post(DEPLOYMENTS).respond(201, json={"id": 1})
    done = api.post(f"{DEPLOYMENTS}/1/statuses").respond(201, json={"id": 5})
    record_applied(github, "qa", SHA, url="https://github.com/clinic/outreach/actions/runs/9")
    record_applied(github, "", SHA)
    assert bodies(made)[0] == {
        "ref": SHA,
        "task": "reconciler",
        "environment": "qa",
        "auto_merge": False,
        "required_contexts": [],
        "description": "All that was reviewed up to here is live",
    }
    assert bodies(made)[1]["environment"] == "reconciler"
    assert bodies(done) == [
        {
            "state": "success",
            "auto_inactive": False,
            "log_url": "https://github.com/clinic/outreach/actions/runs/9",
        },
        {"state": "success", "auto_inactive": False},
    ]


def test_a_record_that_may_have_been_made_is_looked_for(
    github: GitHub, api: respx.MockRouter
) -> None:
    """Deployment and status each."""
    api.get(DEPLOYMENTS).respond(json=[deployment(2, HEAD), deployment(1)])
    made = api.post(DEPLOYMENTS).respond(502)
    done = api.post(f"{DEPLOYMENTS}/1/statuses")
    done.side_effect = [httpx.ReadTimeout("slow"), httpx.Response(504)]
    states = api.get(f"{DEPLOYMENTS}/1/statuses")
    states.side_effect = [
        httpx.Response(200, json=[{"state": state}]) for state in ("queued", "success")
    ]
    record_applied(github, "qa", SHA)
    assert (made.call_count, done.call_count) == (1, 2)


def test_a_record_that_is_none(github: GitHub, api: respx.MockRouter) -> None:
    """Is an error: the next run must not count on it."""
    made = api.post(DEPLOYMENTS).respond(201, json=[])
    with pytest.raises(GitHubError, match="does not name the deployment"):
        record_applied(github, "qa", SHA)
    made.respond(403, json={"message": "Resource not accessible by integration"})
    with pytest.raises(GitHubError, match="not accessible") as caught:
        record_applied(github, "qa", SHA)
    assert "deployments: write" in caught.value.remedy


# The outcome


def outcome(body: str = "**Applied.**", run: int = 9) -> Text:
    """Return what became of a merge."""
    return Text(OUTCOME, Record(run=run), body)


@pytest.mark.usefixtures("became")
def test_e8_the_outcome_is_a_comment_of_its_own(github: GitHub, api: respx.MockRouter) -> None:
    """The record of the review stays as it was, byte for byte, and is still believed."""
    api.get(PULL).respond(json=merged())
    record = comment(2, str(text()))
    listing(api, record)
    made = api.post(COMMENTS).respond(201, json={})
    assert put_outcome(github, 7, outcome()) == Put("created")
    assert bodies(made) == [{"body": "<!-- reconciler outcome env=qa run=9 -->\n**Applied.**"}]
    listing(api, record, comment(3, str(outcome()), at=LATER))
    assert review(github, SHA).digest == DIGEST
    assert put_outcome(github, 7, outcome()) == Put("unchanged")
    changed = api.patch(f"{REPO}/issues/comments/3").respond(json={})
    assert put_outcome(github, 7, outcome("**Failed.**", 10)) == Put("updated")
    assert bodies(changed) == [{"body": str(outcome("**Failed.**", 10))}]


def test_e6_e8_the_run_that_ended_last_speaks(github: GitHub, api: respx.MockRouter) -> None:
    """One that waited for its reviewer ends after one by hand, which began later, was refused."""
    listing(api, comment(3, str(outcome("**Refused.**", 10))))
    changed = api.patch(f"{REPO}/issues/comments/3").respond(json={})
    assert put_outcome(github, 7, outcome()) == Put("updated")
    assert bodies(changed) == [{"body": str(outcome())}]


def test_e8_superseded_is_only_told_where_nothing_is(github: GitHub, api: respx.MockRouter) -> None:
    """The run that applied it may be started again, and must not take that back."""
    listing(api, comment(3, str(outcome(run=9))))
    put = put_outcome(github, 7, outcome("**Superseded.**"), first=True)
    assert put == Put("left alone", ("its outcome has been told before",))
    listing(api)
    api.post(COMMENTS).respond(201, json={})
    assert put_outcome(github, 7, outcome("**Superseded.**"), first=True) == Put("created")


# The drift issue


def issue(number: int, body: str, state: str = "open", title: str = "Drift") -> dict[str, Any]:
    """Return an issue as GitHub lists it."""
    return {
        "number": number,
        "body": body,
        "state": state,
        "title": title,
        "user": {"login": AUTHOR},
    }


def test_the_life_of_the_drift_issue(github: GitHub, api: respx.MockRouter) -> None:
    """Made, left, changed, closed, left, opened again; never a second one."""
    listed = api.get(f"{REPO}/issues")
    made = api.post(f"{REPO}/issues").respond(201, json={})
    changed = api.patch(f"{REPO}/issues/5").respond(json={})
    one, two = (Text(Marker("drift", "qa"), Record(DIGEST), body) for body in ("one", "two"))

    def put(text: Text, *known: dict[str, Any], is_open: bool = True) -> str:
        listed.respond(json=list(known))
        return put_issue(github, "Drift", text, is_open=is_open).edit

    assert put(one, is_open=False) == "nothing to say"
    assert put(one, issue(4, str(one)) | {"user": {"login": "mallory"}}) == "created"
    assert bodies(made) == [{"title": "Drift", "body": str(one)}]
    assert put(one, issue(5, str(one))) == "unchanged"
    assert put(two, issue(5, str(one))) == "updated"
    assert put(two, issue(5, str(two)), is_open=False) == "closed"
    assert put(one, issue(5, str(two), "closed"), is_open=False) == "unchanged"
    assert put(one, issue(5, str(two), "closed")) == "updated"
    assert [body["state"] for body in bodies(changed)] == ["open", "closed", "open"]
    assert len(made.calls) == 1
    assert dict(listed.calls[0].request.url.params) == {
        "state": "all",
        "creator": AUTHOR,
        "direction": "asc",
        "per_page": "100",
    }


def test_an_issue_that_may_have_been_made_is_looked_for(
    github: GitHub, api: respx.MockRouter
) -> None:
    """As a comment is."""
    text = Text(Marker("drift", "qa"), Record(DIGEST), "one")
    api.get(f"{REPO}/issues").side_effect = [
        httpx.Response(200, json=listed) for listed in ([], [issue(5, str(text))])
    ]
    made = api.post(f"{REPO}/issues").respond(502)
    assert put_issue(github, "Drift", text, is_open=True).edit == "created"
    assert made.call_count == 1
