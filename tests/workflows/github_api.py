"""A stand-in for GitHub's REST API on loopback: what these workflows use of it, as documented."""

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, TypeVar, cast
from urllib.parse import parse_qs, urlencode, urlsplit

TOKEN = "ghs_contents=write,pull-requests=write,issues=write,deployments=write"
"""May do all that there is; a job's token says likewise what the job may do."""
BOT = "github-actions[bot]"
REPOSITORY: Final = "clinic/outreach"
MORNING: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
Item = dict[str, Any]
Served = TypeVar("Served", bound="FakeGitHub")


NEEDED: Final = [
    (r"/deployments(/.*)?", "deployments"),
    (r"/issues/(\d+/)?comments(/\d+)?", "pull-requests"),
    (r"/issues(/\d+)?", "issues"),
    (r"/pulls/\d+|/commits/\w+/pulls", "pull-requests"),
    (r"/git/ref/.*", "contents"),
]
"""What a job must be permitted, by path: to read for a GET, and else to write."""


class FakeGitHub(ThreadingHTTPServer):
    """One repository's comments, issues, pull requests, deployments, and the tip of its branch.

    Its clock goes on by a second with every request, so that nothing happens at the same time.

    Attributes:
        comments: By number of the pull request.
        issues: In the order of their creation.
        pulls: By number.
        main: Commit of the default branch, or of a moment ago.
        deployments: In the order of their creation.
        statuses: Of each deployment, by its id.
        written: Every request that was not a GET, nor about deployments, as method and path.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments: dict[int, list[Item]] = {}
        self.issues: list[Item] = []
        self.pulls: dict[int, Item] = {}
        self.main = ""
        self.deployments: list[Item] = []
        self.statuses: dict[int, list[Item]] = {}
        self.written: list[tuple[str, str]] = []
        self._seconds = 0
        self._made = 1000

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def now(self) -> str:
        """Return the time, a second later each time."""
        self._seconds += 1
        return f"{MORNING + timedelta(seconds=self._seconds):%Y-%m-%dT%H:%M:%SZ}"

    def push(
        self, number: int, head: str, repository: str = REPOSITORY, author: str = "octocat"
    ) -> None:
        """Open a pull request, or let it have another head."""
        home = {"full_name": REPOSITORY, "default_branch": "main"}
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "merged_at": None,
            "merge_commit_sha": None,
            "head": {"sha": head, "repo": {"full_name": repository}},
            "base": {"ref": "main", "repo": home},
            "user": {"login": author},
        }

    def merge(self, number: int, sha: str) -> None:
        """Merge a pull request; it becomes a commit."""
        merged = {"state": "closed", "merged_at": self.now(), "merge_commit_sha": sha}
        self.pulls[number] |= merged
        self.main = sha

    def applied(self, env: str) -> list[str]:
        """Return the commits that are recorded as applied, the oldest first."""
        done = [one for one in self.deployments if self.statuses.get(one["id"])]
        return [one["sha"] for one in done if one["environment"] == env]

    def deploy(self, env: str, sha: str, task: str = "deploy") -> None:
        """Deploy something, as a job does that names an environment: what was there is inactive."""
        content = {"ref": sha, "environment": env, "task": task}
        _, made = self.answer("POST", "/deployments", content)
        for one in self.deployments:
            if one["environment"] == env and self.statuses.get(one["id"]):
                self.statuses[one["id"]].insert(0, {"state": "inactive"})
        self.answer("POST", f"/deployments/{made['id']}/statuses", {"state": "success"})

    def answer(
        self, method: str, path: str, body: Item, query: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Return status and JSON of a request."""
        if method != "GET" and not path.startswith("/deployments"):
            self.written.append((method, path))
        for pattern, route in _ROUTES.items():
            if match := re.fullmatch(pattern, path):
                return route(self, method, match, {**body, **(query or {})})
        return 404, {"message": "Not Found"}

    def repository(self, *_: object) -> tuple[int, Any]:
        """Return the repository itself."""
        return 200, {"default_branch": "main"}

    def tip(self, *_: object) -> tuple[int, Any]:
        """Return the tip of the default branch."""
        return 200, {"object": {"sha": self.main}}

    def pull(self, _method: str, match: re.Match[str], _body: Item) -> tuple[int, Any]:
        """Return a pull request."""
        found = self.pulls.get(int(match[1]))
        return (200, found) if found else (404, {"message": "Not Found"})

    def became(self, _method: str, match: re.Match[str], _body: Item) -> tuple[int, Any]:
        """Return the pull requests that became a commit."""
        return 200, [one for one in self.pulls.values() if one["merge_commit_sha"] == match[1]]

    def deployed(self, method: str, _match: re.Match[str], body: Item) -> tuple[int, Any]:
        """List or make deployments, the newest first."""
        if method == "GET":
            wanted = {"environment", "task"} & set(body)
            listed = [one for one in self.deployments if all(one[at] == body[at] for at in wanted)]
            return 200, listed[::-1]
        assert (body.get("auto_merge", False), body.get("required_contexts", [])) == (False, [])
        self._made += 1
        self.deployments.append(
            {"id": self._made, "sha": body["ref"], "creator": {"login": BOT}, **body}
        )
        return 201, self.deployments[-1]

    def status(self, method: str, match: re.Match[str], body: Item) -> tuple[int, Any]:
        """List or make statuses of a deployment, the newest first."""
        listed = self.statuses.setdefault(int(match[1]), [])
        if method == "GET":
            return 200, listed
        listed.insert(0, body)
        return 201, body

    def comment(self, method: str, match: re.Match[str], body: Item) -> tuple[int, Any]:
        """List or make comments on a pull request."""
        listed = self.comments.setdefault(int(match[1]), [])
        if method == "GET":
            return 200, listed
        self._made += 1
        about = {"id": self._made, "user": {"login": BOT}, "updated_at": self.now()}
        listed.append({**about, **body})
        return 201, listed[-1]

    def one_comment(self, method: str, match: re.Match[str], body: Item) -> tuple[int, Any]:
        """Change or delete a comment."""
        number = int(match[1])
        for listed in self.comments.values():
            for item in listed:
                if item["id"] == number:
                    if method == "DELETE":
                        listed.remove(item)
                        return 204, None
                    item.update(body, updated_at=self.now())
                    return 200, item
        return 404, {"message": "Not Found"}

    def issue(self, method: str, match: re.Match[str], body: Item) -> tuple[int, Any]:
        """List, make or change issues."""
        if match[1]:
            found = self.issues[int(match[1]) - 1]
            found.update(body)
            return 200, found
        if method == "GET":
            return 200, self.issues
        self.issues.append(
            {"number": len(self.issues) + 1, "state": "open", "user": {"login": BOT}, **body}
        )
        return 201, self.issues[-1]


_ROUTES: Final[Mapping[str, Callable[..., tuple[int, Any]]]] = {
    "": FakeGitHub.repository,
    "/git/ref/heads/main": FakeGitHub.tip,
    r"/pulls/(\d+)": FakeGitHub.pull,
    r"/commits/([0-9a-f]{40})/pulls": FakeGitHub.became,
    r"/deployments": FakeGitHub.deployed,
    r"/deployments/(\d+)/statuses": FakeGitHub.status,
    r"/issues/(\d+)/comments": FakeGitHub.comment,
    r"/issues/comments/(\d+)": FakeGitHub.one_comment,
    r"/issues(?:/(\d+))?": FakeGitHub.issue,
}


class _Handler(BaseHTTPRequestHandler):
    def _handle(self) -> None:
        server = cast("FakeGitHub", self.server)
        url = urlsplit(self.path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        status: int = 404
        value: Any = {"message": "Not Found"}
        token = self.headers.get("Authorization", "").removeprefix("Bearer ghs_")
        path = url.path.removeprefix(f"/repos/{REPOSITORY}")
        if token.startswith("Bearer"):
            status, value = 401, {"message": "Bad credentials"}
        elif not _may(token, self.command, path):
            status, value = 403, {"message": "Resource not accessible by integration"}
        elif url.path.startswith(f"/repos/{REPOSITORY}"):
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            status, value = server.answer(self.command, path, body, query)
        link = ""
        if isinstance(value, list):
            value, link = _page(value, f"{server.url}{url.path}", url.query)
        content = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if link:
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


def _may(token: str, method: str, path: str) -> bool:
    """Return whether a token's permissions are enough."""
    given = dict(part.split("=") for part in token.split(",") if part)
    for pattern, name in NEEDED:
        if re.fullmatch(pattern, path):
            level = given.get(name, "none")
            return level == "write" or (level == "read" and method == "GET")
    return True


def _page(items: list[Item], path: str, query: str) -> tuple[list[Item], str]:
    """Return one page of a list, and the header that leads to the next one, if there is one."""
    given = {name: values[0] for name, values in parse_qs(query).items()}
    size, number = int(given.get("per_page", "30")), int(given.get("page", "1"))
    if len(items) <= size * number:
        return items[size * (number - 1) :], ""
    following = urlencode({**given, "page": number + 1})
    return items[size * (number - 1) : size * number], f'<{path}?{following}>; rel="next"'


@contextlib.contextmanager
def fake_github(server: Served) -> Iterator[Served]:
    """Serve a stand-in."""
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
