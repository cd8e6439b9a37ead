"""A stand-in for GitHub's REST API: what these workflows use of it, as documented.

`Repository` is what GitHub keeps and answers, `FakeGitHub` the same on loopback.
"""

import contextlib
import json
import math
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Literal, TypeVar, cast
from urllib.parse import parse_qs, urlencode, urlsplit

TOKEN = "ghs_contents=write,pull-requests=write,issues=write,deployments=write"
"""May do all that there is; a job's token says likewise what the job may do."""
BOT = "github-actions[bot]"
REPOSITORY: Final = "clinic/outreach"
MORNING: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
Item = dict[str, Any]
Served = TypeVar("Served", bound="FakeGitHub")
Upset = Literal["primary limit", "secondary limit", "bad gateway"]
API: Final = "https://api.github.com"
"""Where links lead: of them only the query is taken."""

NEEDED: Final = [
    (r"/deployments(/.*)?", "deployments"),
    (r"/issues/(\d+/)?comments(/\d+)?", "pull-requests"),
    (r"/issues(/\d+)?", "issues"),
    (r"/pulls/\d+|/commits/\w+/pulls", "pull-requests"),
    (r"/git/ref/.*", "contents"),
]
"""What a job must be permitted, by path: to read for a GET, and else to write."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub answers.

    Attributes:
        status: The status.
        value: What its JSON says; None for no content.
        headers: Those that matter.
    """

    status: int
    value: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body."""
        return b"" if self.value is None else json.dumps(self.value).encode()


class Repository:
    """One repository's comments, issues, pull requests, deployments, and the tip of its branch.

    Its clock goes on with every request, by a second unless told otherwise, so that nothing happens
    at the same time.

    Attributes:
        comments: By number of the pull request.
        issues: In the order of their creation.
        pulls: By number.
        deployments: In the order of their creation.
        statuses: Of each deployment, by its id.
        written: Every request that was not a GET, nor about deployments, as method and path.
        seconds: Since the morning.
        pace: Seconds that a request takes.
        late: Seconds for which a push or a merge does not show: neither in the tip of the branch,
            nor in a pull request's head, nor in what became of a commit.
        upset: What is answered in place of the next requests, in order: nothing, one of the two
            limits, or a bad gateway, behind which a write is done all the same.
        meanwhile: Called before each request is looked at.
    """

    def __init__(self) -> None:
        self.comments: dict[int, list[Item]] = {}
        self.issues: list[Item] = []
        self.pulls: dict[int, Item] = {}
        self.deployments: list[Item] = []
        self.statuses: dict[int, list[Item]] = {}
        self.written: list[tuple[str, str]] = []
        self.seconds = 0.0
        self.pace = 1.0
        self.late = 0.0
        self.upset: deque[Upset | None] = deque()
        self.meanwhile: Callable[[], None] = lambda: None
        self._tips: list[tuple[float, str]] = [(0.0, "")]
        self._heads: dict[int, list[tuple[float, str]]] = {}
        self._became: dict[str, tuple[float, int]] = {}
        self._made = 1000

    @property
    def main(self) -> str:
        """Commit of the default branch."""
        return self._tips[-1][1]

    @main.setter
    def main(self, commit: str) -> None:
        if commit != self.main:
            self._tips.append((self.seconds + self.late, commit))

    @property
    def shown_main(self) -> str:
        """Commit of the default branch, as it can be seen by now."""
        return self.shown(self._tips)

    @property
    def time(self) -> str:
        """The time, in whole seconds."""
        return f"{MORNING + timedelta(seconds=int(self.seconds)):%Y-%m-%dT%H:%M:%SZ}"

    def now(self) -> str:
        """Return the time, a request later each time."""
        self.seconds += self.pace
        return self.time

    def shown(self, moments: Sequence[tuple[float, str]]) -> str:
        """Return the newest of what there was that can be seen by now."""
        return next((one for since, one in reversed(moments) if since <= self.seconds), "")

    def push(
        self, number: int, head: str, repository: str = REPOSITORY, author: str = "octocat"
    ) -> None:
        """Open a pull request, or let it have another head."""
        home = {"full_name": REPOSITORY, "default_branch": "main"}
        shows = self.seconds + (self.late if number in self.pulls else 0.0)
        self._heads.setdefault(number, []).append((shows, head))
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "merged_at": None,
            "merge_commit_sha": None,
            "head": {"sha": head, "repo": {"full_name": repository}},
            "base": {"ref": "main", "repo": home},
            "user": {"login": author},
        }

    def merge(self, number: int, sha: str, *others: str) -> None:
        """Merge a pull request; it becomes a commit, and if it is rebased others before that."""
        merged = {"state": "closed", "merged_at": self.now(), "merge_commit_sha": sha}
        self.pulls[number] |= merged
        for commit in (*others, sha):
            self._became[commit] = (self.seconds + self.late, number)
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

    def reply(self, method: str, target: str, token: str, content: bytes = b"") -> Answer:
        """Return what a job is answered that asks with its token.

        Args:
            method: The method.
            target: Path and query.
            token: As a job has it.
            content: The body.
        """
        self.meanwhile()
        self.seconds += self.pace
        url = urlsplit(target)
        path = url.path.removeprefix(f"/repos/{REPOSITORY}")
        if not token.startswith("ghs_"):
            return Answer(401, {"message": "Bad credentials"})
        if not _may(token.removeprefix("ghs_"), method, path):
            return Answer(403, {"message": "Resource not accessible by integration"})
        upset = self.upset.popleft() if self.upset else None
        if upset in {"primary limit", "secondary limit"}:
            return self._limited(primary=upset == "primary limit")
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        status, value = self.answer(method, path, json.loads(content or b"{}"), query)
        if upset:
            return Answer(502, {"message": "Bad Gateway"})
        if isinstance(value, list):
            value, link = _page(value, f"{API}{url.path}", query)
            return Answer(status, value, {"Link": link} if link else {})
        return Answer(status, value)

    def _limited(self, *, primary: bool) -> Answer:
        if not primary:
            said = "You have exceeded a secondary rate limit."
            return Answer(403, {"message": said}, {"Retry-After": "30"})
        now = MORNING + timedelta(seconds=int(self.seconds))
        spent = {
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": f"{now.timestamp() + 45:.0f}",
            "Date": format_datetime(now, usegmt=True),
        }
        return Answer(403, {"message": "API rate limit exceeded"}, spent)

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
        return 200, {"object": {"sha": self.shown_main}}

    def pull(self, _method: str, match: re.Match[str], _body: Item) -> tuple[int, Any]:
        """Return a pull request."""
        found = self.pulls.get(int(match[1]))
        if found is None:
            return 404, {"message": "Not Found"}
        shown = found["head"] if found["merged_at"] else found["head"] | {"sha": self._head(found)}
        return 200, found | {"head": shown}

    def _head(self, pull: Item) -> str:
        return self.shown(self._heads[pull["number"]])

    def became(self, _method: str, match: re.Match[str], _body: Item) -> tuple[int, Any]:
        """Return the pull requests that became a commit."""
        since, number = self._became.get(match[1], (math.inf, 0))
        return 200, [self.pulls[number]] if since <= self.seconds else []

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
    "": Repository.repository,
    "/git/ref/heads/main": Repository.tip,
    r"/pulls/(\d+)": Repository.pull,
    r"/commits/([0-9a-f]{40})/pulls": Repository.became,
    r"/deployments": Repository.deployed,
    r"/deployments/(\d+)/statuses": Repository.status,
    r"/issues/(\d+)/comments": Repository.comment,
    r"/issues/comments/(\d+)": Repository.one_comment,
    r"/issues(?:/(\d+))?": Repository.issue,
}


class FakeGitHub(Repository, ThreadingHTTPServer):
    """A repository whose GitHub is on loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        Repository.__init__(self)
        ThreadingHTTPServer.__init__(self, ("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    def _handle(self) -> None:
        server = cast("FakeGitHub", self.server)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        answer = server.reply(self.command, self.path, token, content)
        self.send_response_only(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer.content)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)

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


def _page(items: list[Item], url: str, query: Mapping[str, str]) -> tuple[list[Item], str]:
    """Return one page of a list, and the header that leads to the next one, if there is one."""
    size, number = int(query.get("per_page", "30")), int(query.get("page", "1"))
    if len(items) <= size * number:
        return items[size * (number - 1) :], ""
    following = urlencode({**query, "page": number + 1})
    return items[size * (number - 1) : size * number], f'<{url}?{following}>; rel="next"'


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
