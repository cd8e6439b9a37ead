"""A stand-in for GitHub's REST API on loopback: what these workflows use of it, as documented."""

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlencode, urlsplit

TOKEN = "ghs_job"
BOT = "github-actions[bot]"
REPOSITORY: Final = "clinic/outreach"
MORNING: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
Item = dict[str, Any]


class FakeGitHub(ThreadingHTTPServer):
    """One repository's comments, issues and pull requests.

    Its clock goes on by a second with every request, so that nothing happens at the same time.

    Attributes:
        comments: By number of the pull request.
        issues: In the order of their creation.
        pulls: By number.
        written: Every request that was not a GET, as method and path.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments: dict[int, list[Item]] = {}
        self.issues: list[Item] = []
        self.pulls: dict[int, Item] = {}
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

    def push(self, number: int, head: str, repository: str = REPOSITORY) -> None:
        """Open a pull request, or let it have another head."""
        home = {"full_name": REPOSITORY, "default_branch": "main"}
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "merged_at": None,
            "merge_commit_sha": None,
            "head": {"sha": head, "repo": {"full_name": repository}},
            "base": {"ref": "main", "repo": home},
            "user": {"login": "octocat"},
        }

    def merge(self, number: int, sha: str) -> None:
        """Merge a pull request; it becomes a commit."""
        merged = {"state": "closed", "merged_at": self.now(), "merge_commit_sha": sha}
        self.pulls[number] |= merged

    def answer(self, method: str, path: str, body: Item) -> tuple[int, Any]:
        """Return status and JSON of a request."""
        if method != "GET":
            self.written.append((method, path))
        if match := re.fullmatch(r"/issues/(\d+)/comments", path):
            return self._comments(method, self.comments.setdefault(int(match[1]), []), body)
        if match := re.fullmatch(r"/issues/comments/(\d+)", path):
            return self._comment(method, int(match[1]), body)
        if match := re.fullmatch(r"/issues(?:/(\d+))?", path):
            return self._issues(method, match[1], body)
        if match := re.fullmatch(r"/pulls/(\d+)", path):
            pull = self.pulls.get(int(match[1]))
            return (200, pull) if pull else (404, {"message": "Not Found"})
        if match := re.fullmatch(r"/commits/([0-9a-f]{40})/pulls", path):
            became = (one for one in self.pulls.values() if one["merge_commit_sha"] == match[1])
            return 200, list(became)
        return 404, {"message": "Not Found"}

    def _comments(self, method: str, listed: list[Item], body: Item) -> tuple[int, Any]:
        if method == "GET":
            return 200, listed
        self._made += 1
        about = {"id": self._made, "user": {"login": BOT}, "updated_at": self.now()}
        listed.append({**about, **body})
        return 201, listed[-1]

    def _comment(self, method: str, number: int, body: Item) -> tuple[int, Any]:
        for listed in self.comments.values():
            for item in listed:
                if item["id"] == number:
                    if method == "DELETE":
                        listed.remove(item)
                        return 204, None
                    item.update(body, updated_at=self.now())
                    return 200, item
        return 404, {"message": "Not Found"}

    def _issues(self, method: str, number: str | None, body: Item) -> tuple[int, Any]:
        if number:
            found = self.issues[int(number) - 1]
            found.update(body)
            return 200, found
        if method == "GET":
            return 200, self.issues
        self.issues.append(
            {"number": len(self.issues) + 1, "state": "open", "user": {"login": BOT}, **body}
        )
        return 201, self.issues[-1]


class _Handler(BaseHTTPRequestHandler):
    def _handle(self) -> None:
        server = cast("FakeGitHub", self.server)
        url = urlsplit(self.path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        status: int = 404
        value: Any = {"message": "Not Found"}
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            status, value = 401, {"message": "Bad credentials"}
        elif url.path.startswith(f"/repos/{REPOSITORY}"):
            status, value = server.answer(
                self.command, url.path.removeprefix(f"/repos/{REPOSITORY}"), body
            )
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


def _page(items: list[Item], path: str, query: str) -> tuple[list[Item], str]:
    """Return one page of a list, and the header that leads to the next one, if there is one."""
    given = {name: values[0] for name, values in parse_qs(query).items()}
    size, number = int(given.get("per_page", "30")), int(given.get("page", "1"))
    if len(items) <= size * number:
        return items[size * (number - 1) :], ""
    following = urlencode({**given, "page": number + 1})
    return items[size * (number - 1) : size * number], f'<{path}?{following}>; rel="next"'


@contextlib.contextmanager
def fake_github() -> Iterator[FakeGitHub]:
    """Serve the stand-in."""
    server = FakeGitHub()
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
