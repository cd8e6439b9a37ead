"""GitHub's REST API: a plan's one comment on a pull request, one drift issue, what was reviewed.

What is ours is told by two things: a marker at the very beginning of its text, and its author. A
marker alone could be anybody's.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Literal, Self

import httpx
from pydantic import SecretStr

from reconciler.errors import ReconcilerError, UsageError
from reconciler.text import visible

AUTHOR: Final = "github-actions[bot]"
"""Who writes with the token that a workflow gets."""
LONGEST: Final = 65_536
"""Characters that GitHub takes of a comment or an issue."""

Edit = Literal["created", "updated", "unchanged", "closed", "nothing to say"]

_PAGE: Final = 100
_MAX_PAGES: Final = 100
_ATTEMPTS: Final = 4
_TIMEOUT: Final = 30.0
_TRANSIENT: Final = frozenset({429, 500, 502, 503, 504})
_REMEDIES: Final = {
    401: "is the token in GITHUB_TOKEN still valid?",
    403: "give the job `permissions:` pull-requests: write (for a comment), issues: write (for an"
    " issue)",
    404: "is GITHUB_REPOSITORY right, and may the token see it?",
}
_REPOSITORY: Final = re.compile(r"[\w.-]+/[\w.-]+")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


class GitHubError(ReconcilerError):
    """GitHub cannot be reached, or does not do what it was asked; never holds the token."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The first line of a text that is ours.

    Attributes:
        kind: `plan` or `drift`.
        env: Environment, or empty if there is none.
    """

    kind: Literal["plan", "drift"]
    env: str

    @property
    def prefix(self) -> str:
        """What every text of this kind and environment begins with."""
        return f"<!-- reconciler {self.kind} env={self.env} "

    def on(self, body: str, digest: str) -> str:
        """Return a text with the marker before it."""
        return f"{self.prefix}digest={digest} -->\n{body}"[:LONGEST]

    def digest(self, body: str) -> str:
        """Return the digest that a marked text names; empty if it names none."""
        named = (
            body.removeprefix(self.prefix)
            .partition("\n")[0]
            .removeprefix("digest=")
            .removesuffix(" -->")
        )
        return named if _DIGEST.fullmatch(named) else ""


@dataclass(slots=True)
class GitHub:
    """One repository on GitHub; a context manager.

    Attributes:
        api_url: Base URL of the API.
        token: Sent to that address alone.
        repository: `owner/name`.
        author: Whose comments and issues are ours.
        sleep: Waits for some seconds.
        transport: Instead of the network, for tests.
    """

    api_url: str
    token: SecretStr
    repository: str
    author: str = AUTHOR
    sleep: Callable[[float], None] = time.sleep
    transport: httpx.BaseTransport | None = None
    _client: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not _REPOSITORY.fullmatch(self.repository):
            raise UsageError(
                "GITHUB_REPOSITORY is not owner/name", remedy="run this in a workflow, or set it"
            )
        if not self.token.get_secret_value():
            raise UsageError(
                "GITHUB_TOKEN is not set",
                remedy="give the step `env: GITHUB_TOKEN: ${{ github.token }}`",
            )
        self._client = httpx.Client(
            base_url=f"{self.api_url}/repos/{self.repository}/",
            headers={
                "Authorization": f"Bearer {self.token.get_secret_value()}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            timeout=_TIMEOUT,
            trust_env=False,
            transport=self.transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.close()

    def put_comment(self, number: int, marker: Marker, body: str, *, create: bool) -> Edit:
        """Let the one marked comment of a pull request say this.

        Without `create`, only do so if there is one already.
        """
        known = self._own(f"issues/{number}/comments", {}, marker)
        if known is None:
            if not create:
                return "nothing to say"
            self._ask("POST", f"issues/{number}/comments", {"body": body})
            return "created"
        if known["body"] == body:
            return "unchanged"
        self._ask("PATCH", f"issues/comments/{known['id']}", {"body": body})
        return "updated"

    def put_issue(self, marker: Marker, title: str, body: str, *, is_open: bool) -> Edit:
        """Let the one marked issue say this and be open, or closed.

        It is opened again rather than made again.
        """
        known = self._own(
            "issues", {"state": "all", "creator": self.author, "direction": "asc"}, marker
        )
        if known is None:
            if not is_open:
                return "nothing to say"
            self._ask("POST", "issues", {"title": title, "body": body})
            return "created"
        state = "open" if is_open else "closed"
        if known["state"] == "closed" and not is_open:
            return "unchanged"
        if (known["state"], known["body"], known["title"]) == (state, body, title):
            return "unchanged"
        self._ask(
            "PATCH", f"issues/{known['number']}", {"title": title, "body": body, "state": state}
        )
        return "updated" if is_open else "closed"

    def reviewed_digest(self, commit: str, marker: Marker) -> str | None:
        """Return the digest in the comment of the pull request that became a commit on its base.

        Returns:
            None if no pull request did, or if its plan had no changes, so that there is no
            comment.

        Raises:
            GitHubError: Its last plan failed, so that nothing was reviewed.
        """
        for pull in self._pages(f"commits/{commit}/pulls", {}):
            # Others may hold the commit too: merged into other branches, or not merged at all.
            if not pull.get("merged_at") or pull.get("merge_commit_sha") != commit:
                continue
            comment = self._own(f"issues/{pull['number']}/comments", {}, marker)
            if comment is None:
                return None
            digest = marker.digest(comment["body"])
            if not digest:
                raise GitHubError(
                    f"the last plan of pull request #{pull['number']} failed, so that nothing was"
                    " reviewed",
                    remedy="plan again, look at it, and run the apply by hand with its digest",
                )
            return digest
        return None

    def _own(self, path: str, params: dict[str, str], marker: Marker) -> dict[str, Any] | None:
        return next(
            (item for item in self._pages(path, params) if self._is_ours(item, marker)), None
        )

    def _is_ours(self, item: dict[str, Any], marker: Marker) -> bool:
        body, user = item.get("body") or "", item.get("user") or {}
        return body.startswith(marker.prefix) and user.get("login") == self.author

    def _pages(self, path: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        for page in range(1, _MAX_PAGES + 1):
            items = self._ask(
                "GET", path, params={**params, "per_page": str(_PAGE), "page": str(page)}
            )
            if not isinstance(items, list):
                raise GitHubError(f"GET {path}: expected a list", remedy="is GITHUB_API_URL right?")
            yield from items
            if len(items) < _PAGE:
                return

    def _ask(
        self,
        method: str,
        path: str,
        content: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
    ) -> Any:
        """Return an answer's JSON.

        What creates something is sent once, all else is repeated while GitHub is busy.
        """
        problem, remedy = "", "is GITHUB_API_URL right, and can this machine reach it?"
        for attempt in range(1 if method == "POST" else _ATTEMPTS):
            if attempt:
                self.sleep(2.0**attempt)
            try:
                answer = self._client.request(method, path, json=content, params=params)
            except httpx.HTTPError as error:
                problem = f"no usable answer ({type(error).__name__})"
                continue
            if answer.is_success:
                try:
                    return answer.json()
                except ValueError as error:
                    raise GitHubError(
                        f"{method} {path}: the answer is not JSON", remedy=remedy
                    ) from error
            problem = f"answered {answer.status_code}: {_message(answer)}"
            remedy = _REMEDIES.get(
                answer.status_code, "see https://www.githubstatus.com, and run the job again"
            )
            if answer.status_code not in _TRANSIENT:
                break
        raise GitHubError(f"{method} {self.repository}/{path} {problem}", remedy=remedy)


def _message(answer: httpx.Response) -> str:
    try:
        return visible(str(answer.json()["message"]))[:200]
    except (ValueError, KeyError, TypeError):
        return "no reason given"
