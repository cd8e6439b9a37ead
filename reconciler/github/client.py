"""Requests to GitHub's REST API: pages, limits, and what may be sent again.

The same hardened wire as for the vendor's API, so the same certificates, proxy and limits in time
and size; docs/review.md says why it is not a library for GitHub.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx
from pydantic import SecretStr

from reconciler.errors import ConfigError, ReconcilerError, UsageError
from reconciler.github.limits import limit, message
from reconciler.live.links import next_query
from reconciler.live.shapes import ShapeError
from reconciler.transport import Endpoint, Timing, Way, parse_api_url
from reconciler.transport.replies import TRANSIENT, is_success
from reconciler.transport.strict_json import parse_json
from reconciler.transport.wire import Failure, Reply, Wire

AUTHOR: Final = "github-actions[bot]"
"""Who writes with the token that a workflow gets."""
PATIENCE: Final = 300.0
"""Seconds that one command waits for GitHub's limits, all in all."""
LATE: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before what was just pushed or merged is asked for again: half a minute in all."""

_PAGE: Final = "100"
_MAX_PAGES: Final = 100
_ATTEMPTS: Final = 4
_LOOKS: Final = (2.0, 4.0, 8.0)
"""Seconds after which something is looked for that may have been made."""
_REPOSITORY: Final = re.compile(r"[\w.-]+/[\w.-]+")
_REACH: Final = (
    "is GITHUB_API_URL right, and can this machine reach it? Where a private authority signs"
    " certificates, let SSL_CERT_FILE name its PEM file"
)
_ADDRESS: Final = "is GITHUB_API_URL right?"
_REMEDIES: Final = {
    401: "is the token in GITHUB_TOKEN still valid?",
    403: "give the job `permissions:` pull-requests: write (for a comment; read to find what was"
    " reviewed), issues: write (for an issue), deployments: write (for the record of what was"
    " applied; read to find it)",
    404: "is GITHUB_REPOSITORY right, and may the token see it?",
}
_BUSY: Final = "see https://www.githubstatus.com, and run the job again"
_HEADERS: Final = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}

T = TypeVar("T")


class GitHubError(ReconcilerError):
    """GitHub cannot be reached, or does not do what it was asked; never holds the token."""


class _UncertainError(GitHubError):
    """What was to be made may be there, or not."""


@dataclass(slots=True)
class GitHub:
    """One repository on GitHub; a context manager.

    Attributes:
        api_url: Base URL of the API; on GitHub Enterprise it has a path.
        token: Sent to that address alone.
        repository: `owner/name`.
        author: Whose comments and issues are ours.
        timing: Clock, waiting and limits.
        way: How connections leave this machine.
        transport: Instead of the network, for tests.
    """

    api_url: str
    token: SecretStr = field(repr=False)
    repository: str
    author: str = AUTHOR
    timing: Timing = field(default_factory=Timing, repr=False)
    way: Way = field(default_factory=Way)
    transport: httpx.BaseTransport | None = field(default=None, repr=False)
    _wire: Wire = field(init=False, repr=False)
    _patience: float = field(init=False, repr=False, default=PATIENCE)

    def __post_init__(self) -> None:
        if not _REPOSITORY.fullmatch(self.repository):
            raise UsageError(
                "GITHUB_REPOSITORY is not owner/name", remedy="run this in a workflow, or set it"
            )
        if not re.fullmatch("[!-~]+", self.token.get_secret_value()):
            raise UsageError(
                "GITHUB_TOKEN is not set, or no token",
                remedy="give the step `env: GITHUB_TOKEN: ${{ github.token }}`",
            )
        try:
            base = parse_api_url(self.api_url)
        except ConfigError as error:
            raise UsageError(
                f"GITHUB_API_URL cannot be used: {error.message}",
                remedy="write it like https://api.github.com or https://github.example/api/v3",
            ) from error
        self._wire = Wire(
            Endpoint(base, self.token, self.way),
            read_only=False,
            timing=self.timing,
            transport=self.transport,
            headers=_HEADERS,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._wire.close()

    def get(self, path: str) -> dict[str, Any]:
        """Return one thing of the repository, or with an empty path itself; raises GitHubError."""
        found, _ = self._ask("GET", path)
        if not isinstance(found, dict):
            raise GitHubError(f"GET {path}: expected an object", remedy=_ADDRESS)
        return found

    def pages(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield all of a list, page by page, as far as `Link` says; raises GitHubError.

        Of a link only the query is taken: the token never goes where a header points.
        """
        query: Mapping[str, str] | None = {**(params or {}), "per_page": _PAGE}
        for _ in range(_MAX_PAGES):
            items, reply = self._ask("GET", path, params=query)
            if not isinstance(items, list):
                raise GitHubError(f"GET {path}: expected a list", remedy=_ADDRESS)
            yield from items
            try:
                query = next_query(reply.link, reply.url)
            except ShapeError as error:
                raise GitHubError(f"GET {path}: {error}", remedy=_ADDRESS) from error
            if not query:
                return
        raise GitHubError(f"GET {path}: the list has more than {_MAX_PAGES} pages")

    def make(
        self, path: str, content: Mapping[str, Any], *, find: Callable[[], Mapping[str, Any] | None]
    ) -> Mapping[str, Any]:
        """Make something new; what may have been made is looked for before it is made again.

        Args:
            path: Where.
            content: What.
            find: Asks GitHub for it, and returns it if it is there now.

        Returns:
            What was made, as GitHub shows it.

        Raises:
            GitHubError: It is not there, or not known to be.
        """
        for pause in _LOOKS:
            try:
                made, _ = self._ask("POST", path, content)
            except _UncertainError as error:
                uncertain = error
            else:
                return made if isinstance(made, dict) else {}
            self.timing.wait(f"{uncertain.message}; it may be done", pause, "looking for it")
            if found := find():
                return found
        raise uncertain

    def change(self, path: str, content: Mapping[str, Any]) -> None:
        """Change something; raises GitHubError."""
        self._ask("PATCH", path, content)

    def delete(self, path: str) -> None:
        """Delete something, which is none the worse for being gone; raises GitHubError."""
        self._ask("DELETE", path)

    def settled(self, ask: Callable[[], T], *, enough: Callable[[T], bool], what: str) -> T:
        """Ask until the answer is enough, or for half a minute; then believe what it is.

        GitHub shows what was just pushed or merged late in some places.
        """
        found = ask()
        for pause in LATE:
            if enough(found):
                break
            self.timing.wait(what, pause, "asking again")
            found = ask()
        return found

    def _ask(
        self,
        method: str,
        path: str,
        content: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> tuple[Any, Reply]:
        """Return an answer's JSON and the answer."""
        name = f"{method} {self.repository}/{path}"
        attempt, waits = 1, 0
        while True:
            result = self._send(method, path, content, params)
            if isinstance(result, Reply):
                if is_success(result.status):
                    return _value(name, result), result
                asked = limit(result, self.timing, waits)
                if asked:
                    self._be_patient(f"{name}: {asked.words}", asked.seconds)
                    waits += 1
                    continue
                if (method, result.status) == ("DELETE", 404):
                    return None, result
            problem, again, done = _judged(result)
            if method == "POST" and done:
                raise _UncertainError(f"{name} {problem}", remedy=_remedy(result))
            if not again or attempt >= _ATTEMPTS:
                raise GitHubError(f"{name} {problem}", remedy=_remedy(result))
            self.timing.wait(f"{name} {problem}", 2.0**attempt, "trying again")
            attempt += 1

    def _send(
        self,
        method: str,
        path: str,
        content: Mapping[str, Any] | None,
        params: Mapping[str, str] | None,
    ) -> Reply | Failure:
        return self._wire.exchange(
            method,
            f"/repos/{self.repository}/{path}".removesuffix("/"),
            until=self.timing.now() + self.timing.request_seconds,
            params=params,
            body=None if content is None else json.dumps(content).encode(),
        )

    def _be_patient(self, why: str, seconds: float) -> None:
        """Wait as GitHub says, within what is left of this command's patience."""
        if seconds > self._patience:
            raise GitHubError(
                f"{why}; it asks to wait {seconds:.0f} s more, and this waits {PATIENCE:.0f} s in"
                " all",
                remedy="run the job again after that time; nothing is wrong with its permissions",
            )
        self._patience -= seconds
        self.timing.wait(why, seconds, "trying again")


def _judged(result: Reply | Failure) -> tuple[str, bool, bool]:
    """Return what is wrong, whether another try may fare better, and whether it may be done."""
    if isinstance(result, Failure):
        problem = f"got no usable answer: {result.reason}"
        return problem, result.again, result.maybe_processed
    problem = f"answered {result.status}: {message(result) or 'no reason given'}"
    broken = result.status >= 500  # noqa: PLR2004 - the range is the definition
    return problem, result.status in TRANSIENT, broken


def _remedy(result: Reply | Failure) -> str:
    return _REACH if isinstance(result, Failure) else _REMEDIES.get(result.status, _BUSY)


def _value(name: str, reply: Reply) -> Any:
    if not reply.body:
        return None
    try:
        return parse_json(reply.body)
    except ValueError as error:
        raise GitHubError(f"{name}: the answer is not JSON", remedy=_ADDRESS) from error
