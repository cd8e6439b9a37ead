"""The one comment, the one issue and what was reviewed, against GitHub's documented REST API."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from reconciler.errors import UsageError
from reconciler.github import AUTHOR, LONGEST, GitHub, GitHubError, Marker

API = "https://api.github.example"
REPO = f"{API}/repos/clinic/outreach"
COMMENTS = f"{REPO}/issues/7/comments"
QA = Marker("plan", "qa")
DIGEST = f"sha256:{'a' * 64}"
TOKEN = "ghs_canary"
SHA = "b" * 40


@pytest.fixture
def pauses() -> list[float]:
    """Seconds waited."""
    return []


@pytest.fixture
def github(pauses: list[float]) -> Iterator[GitHub]:
    """A repository, whose every request is answered by respx."""
    with GitHub(API, SecretStr(TOKEN), "clinic/outreach", sleep=pauses.append) as opened:
        yield opened


def comment(number: int, body: str, author: str = AUTHOR) -> dict[str, Any]:
    """Return a comment as GitHub lists it."""
    return {"id": number, "body": body, "user": {"login": author}}


def sent(route: respx.Route) -> Any:
    """Return the JSON of a route's only request."""
    (call,) = route.calls
    return json.loads(call.request.content)


@respx.mock
def test_a_first_comment_is_made(github: GitHub) -> None:
    """With the marker at its very beginning."""
    respx.get(COMMENTS).respond(json=[])
    made = respx.post(COMMENTS).respond(201, json={"id": 1})
    assert github.put_comment(7, QA, QA.on("plan", DIGEST), create=True) == "created"
    assert sent(made)["body"] == f"<!-- reconciler plan env=qa digest={DIGEST} -->\nplan"
    assert made.calls[0].request.headers["Authorization"] == f"Bearer {TOKEN}"


@respx.mock
def test_no_comment_is_made_for_nothing(github: GitHub) -> None:
    """An empty plan is no news; where a comment is there, it is corrected."""
    respx.get(COMMENTS).respond(json=[])
    assert github.put_comment(7, QA, "x", create=False) == "nothing to say"


@respx.mock
def test_the_comment_is_changed_in_place(github: GitHub) -> None:
    """Only where it differs."""
    body = QA.on("plan", DIGEST)
    respx.get(COMMENTS).respond(
        json=[comment(3, QA.on("old", DIGEST)), comment(4, "thanks", "octocat")]
    )
    changed = respx.patch(f"{REPO}/issues/comments/3").respond(json={"id": 3})
    assert github.put_comment(7, QA, body, create=False) == "updated"
    assert sent(changed) == {"body": body}
    respx.get(COMMENTS).respond(json=[comment(3, body)])
    assert github.put_comment(7, QA, body, create=True) == "unchanged"
    assert len(changed.calls) == 1


@respx.mock
@pytest.mark.parametrize(
    "other",
    [
        comment(1, QA.on("forged", DIGEST), "mallory"),
        comment(1, f"look: {QA.on('quoted', DIGEST)}"),
        comment(1, Marker("plan", "prod").on("other", DIGEST)),
        comment(1, Marker("plan", "qa-2").on("other", DIGEST)),
        comment(1, Marker("drift", "qa").on("other", DIGEST)),
        {"id": 1, "body": None, "user": None},
    ],
    ids=[
        "another author",
        "not at byte 0",
        "another environment",
        "a longer name",
        "another kind",
        "a ghost",
    ],
)
def test_what_is_not_ours_is_left_alone(github: GitHub, other: dict[str, Any]) -> None:
    """A marker alone could be anybody's."""
    respx.get(COMMENTS).respond(json=[other])
    made = respx.post(COMMENTS).respond(201, json={"id": 2})
    assert github.put_comment(7, QA, "x", create=True) == "created"
    assert made.called


@respx.mock
def test_all_pages_are_looked_at(github: GitHub) -> None:
    """A lively pull request has more than a hundred comments."""
    pages = [
        [comment(number, "hi", "octocat") for number in range(100)],
        [comment(100, QA.on("x", DIGEST))],
    ]
    listed = respx.get(COMMENTS).mock(
        side_effect=[httpx.Response(200, json=page) for page in pages]
    )
    assert github.put_comment(7, QA, QA.on("x", DIGEST), create=True) == "unchanged"
    assert [dict(call.request.url.params) for call in listed.calls] == [
        {"per_page": "100", "page": "1"},
        {"per_page": "100", "page": "2"},
    ]


def issue(number: int, body: str, state: str = "open", title: str = "Drift") -> dict[str, Any]:
    """Return an issue as GitHub lists it."""
    return {
        "number": number,
        "body": body,
        "state": state,
        "title": title,
        "user": {"login": AUTHOR},
    }


@respx.mock
def test_the_life_of_the_drift_issue(github: GitHub) -> None:
    """Made, left, changed, closed, left, opened again; never a second one."""
    marker = Marker("drift", "qa")
    listed = respx.get(f"{REPO}/issues")
    made = respx.post(f"{REPO}/issues").respond(201, json={})
    changed = respx.patch(f"{REPO}/issues/5").respond(json={})
    one, two = marker.on("one", DIGEST), marker.on("two", DIGEST)

    def put(body: str, *known: dict[str, Any], is_open: bool = True) -> str:
        listed.respond(json=list(known))
        return github.put_issue(marker, "Drift", body, is_open=is_open)

    assert put(one, is_open=False) == "nothing to say"
    assert put(one) == "created"
    assert sent(made) == {"title": "Drift", "body": one}
    assert put(one, issue(5, one)) == "unchanged"
    assert put(two, issue(5, one)) == "updated"
    assert put(two, issue(5, two), is_open=False) == "closed"
    assert put(one, issue(5, two, "closed"), is_open=False) == "unchanged"
    assert put(one, issue(5, two, "closed")) == "updated"
    assert [json.loads(call.request.content)["state"] for call in changed.calls] == [
        "open",
        "closed",
        "open",
    ]
    assert len(made.calls) == 1
    assert listed.calls[0].request.url.params["state"] == "all"


def pull(number: int, merged: str | None = SHA, at: str | None = "2026-11-24") -> dict[str, Any]:
    """Return a pull request as GitHub lists it."""
    return {"number": number, "merged_at": at, "merge_commit_sha": merged}


@respx.mock
@pytest.mark.parametrize(
    "pulls", [[pull(7)], [pull(6, "c" * 40), pull(7)], [pull(6, SHA, None), pull(7)]], ids=str
)
def test_the_reviewed_digest(github: GitHub, pulls: list[dict[str, Any]]) -> None:
    """That of the pull request that became the commit, whatever else holds the commit."""
    respx.get(f"{REPO}/commits/{SHA}/pulls").respond(json=pulls)
    respx.get(COMMENTS).respond(
        json=[
            comment(1, QA.on("forged", f"sha256:{'f' * 64}"), "mallory"),
            comment(2, QA.on("x", DIGEST)),
        ]
    )
    assert github.reviewed_digest(SHA, QA) == DIGEST


@respx.mock
def test_nothing_was_reviewed(github: GitHub) -> None:
    """A push without a pull request of its own, and one whose plan had no changes."""
    pulls = respx.get(f"{REPO}/commits/{SHA}/pulls")
    for others in ([], [pull(6, "c" * 40)], [pull(6, SHA, None)]):
        pulls.respond(json=others)
        assert github.reviewed_digest(SHA, QA) is None
    pulls.respond(json=[pull(7)])
    respx.get(COMMENTS).respond(json=[])
    assert github.reviewed_digest(SHA, QA) is None


@respx.mock
@pytest.mark.parametrize("digest", ["failed", "sha256:12", ""])
def test_a_failed_plan_was_not_reviewed(github: GitHub, digest: str) -> None:
    """An apply must not take that for `no changes`."""
    respx.get(f"{REPO}/commits/{SHA}/pulls").respond(json=[pull(7)])
    respx.get(COMMENTS).respond(json=[comment(2, QA.on("x", digest))])
    with pytest.raises(GitHubError, match="#7 failed") as caught:
        github.reviewed_digest(SHA, QA)
    assert "by hand" in caught.value.remedy


@respx.mock
def test_reads_and_changes_are_repeated_while_github_is_busy(
    github: GitHub, pauses: list[float]
) -> None:
    """Making a comment is not: it could be made twice."""
    busy: list[httpx.Response | Exception] = [
        httpx.Response(502),
        httpx.ConnectError("no"),
        httpx.Response(200, json=[]),
    ]
    respx.get(COMMENTS).mock(side_effect=busy)
    made = respx.post(COMMENTS).respond(502)
    with pytest.raises(GitHubError, match="answered 502"):
        github.put_comment(7, QA, "x", create=True)
    assert len(made.calls) == 1
    assert pauses == [2.0, 4.0]


@respx.mock
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
        (httpx.Response(500, json={"message": "x\u202e"}), "500: x<U\\+202E>", "githubstatus"),
        (httpx.Response(200, text="hi"), "not JSON", "GITHUB_API_URL"),
        (httpx.Response(200, json={}), "expected a list", "GITHUB_API_URL"),
    ],
    ids=["403", "401", "404", "500", "text", "object"],
)
def test_errors_say_what_to_do_and_never_the_token(
    github: GitHub, response: httpx.Response, words: str, remedy: str
) -> None:
    """Which permission is missing is what one wants to know."""
    respx.get(COMMENTS).mock(return_value=response)
    with pytest.raises(GitHubError, match=words) as caught:
        github.put_comment(7, QA, "x", create=True)
    assert remedy in caught.value.remedy
    assert TOKEN not in repr(github) + str(caught.value)


def test_a_text_is_never_too_long() -> None:
    """Whatever it is given, GitHub takes it."""
    assert len(QA.on("x" * 100_000, DIGEST)) == LONGEST


@pytest.mark.parametrize(
    ("repository", "token"), [("clinic", TOKEN), ("../x/y", TOKEN), ("clinic/outreach", "")]
)
def test_what_is_missing_is_said_at_once(repository: str, token: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match=r"GITHUB_(REPOSITORY|TOKEN)"):
        GitHub(API, SecretStr(token), repository)
