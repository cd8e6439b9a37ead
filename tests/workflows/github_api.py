"""A stand-in for GitHub's REST API on loopback: what these workflows use of it, as documented."""

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_job"
BOT = "github-actions[bot]"
Item = dict[str, Any]


class FakeGitHub(ThreadingHTTPServer):
    """One repository's comments, issues and pull requests.

    Attributes:
        comments: By number of the pull request.
        issues: In the order of their creation.
        pulls: By commit.
        written: Every request that was not a GET, as method and path.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments: dict[int, list[Item]] = {}
        self.issues: list[Item] = []
        self.pulls: dict[str, list[Item]] = {}
        self.written: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, method: str, path: str, body: Item) -> tuple[int, Any]:
        """Return status and JSON of a request."""
        if method != "GET":
            self.written.append((method, path))
        if match := re.fullmatch(r"/issues/(\d+)/comments", path):
            return self._comments(method, self.comments.setdefault(int(match[1]), []), body)
        if match := re.fullmatch(r"/issues/comments/(\d+)", path):
            found = next(
                item
                for listed in self.comments.values()
                for item in listed
                if item["id"] == int(match[1])
            )
            found.update(body)
            return 200, found
        if path == "/issues":
            return self._issues(method, body)
        if match := re.fullmatch(r"/issues/(\d+)", path):
            found = self.issues[int(match[1]) - 1]
            found.update(body)
            return 200, found
        if match := re.fullmatch(r"/commits/([0-9a-f]{40})/pulls", path):
            return 200, self.pulls.get(match[1], [])
        return 404, {"message": "Not Found"}

    def _comments(self, method: str, listed: list[Item], body: Item) -> tuple[int, Any]:
        if method == "GET":
            return 200, listed
        listed.append(
            {"id": 1000 + sum(map(len, self.comments.values())), "user": {"login": BOT}, **body}
        )
        return 201, listed[-1]

    def _issues(self, method: str, body: Item) -> tuple[int, Any]:
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
        elif url.path.startswith("/repos/clinic/outreach"):
            status, value = server.answer(
                self.command, url.path.removeprefix("/repos/clinic/outreach"), body
            )
        if isinstance(value, list):
            page = {
                name: int(values[0])
                for name, values in parse_qs(url.query).items()
                if values[0].isdecimal()
            }
            size = page.get("per_page", 30)
            value = value[(page.get("page", 1) - 1) * size : page.get("page", 1) * size]
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


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
