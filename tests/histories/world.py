"""What a history is played in: Git, GitHub and an API for each environment, in memory.

Time is GitHub's clock: a request takes a part of a second, and whoever waits lets it pass.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from reconciler.github import GitHub
from reconciler.github.client import PATIENCE
from reconciler.plan.nouns import Drift
from reconciler.transport import Timing
from reconciler.transport.wire import Reply
from tests.faults.model import Clock
from tests.histories.files import FIRST
from tests.histories.git import History
from tests.histories.live import Live, seed
from tests.histories.witness import Witness
from tests.workflows.github_api import API, REPOSITORY, Repository
from tests.workflows.runner import job_token

ENVIRONMENTS: Final = ("qa", "prod")
REQUEST: Final = 0.25
"""Seconds that a request to GitHub takes, so that several things happen within one."""


class Now(Clock):
    """GitHub's clock, as others wait by it."""

    def __init__(self, github: Repository) -> None:
        super().__init__()
        self._github = github

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self._github.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._github.seconds += seconds


class _Wire:
    """Leads to a repository's GitHub; in place of httpx, which would take half of the time."""

    def __init__(self, github: Repository, token: str) -> None:
        self._github = github
        self._token = token

    def exchange(
        self,
        method: str,
        path: str,
        *,
        until: float,  # noqa: ARG002 - a wire's signature
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        query = f"?{urlencode(params)}" if params else ""
        answer = self._github.reply(method, path + query, self._token, body or b"")
        return Reply(
            url=f"{API}{path}{query}",
            status=answer.status,
            request_id=None,
            content_type="application/json",
            retry_after=answer.headers.get("Retry-After"),
            location=None,
            body=answer.content,
            link=answer.headers.get("Link"),
            headers=answer.headers,
        )

    def close(self) -> None:
        """Close nothing."""


@dataclass(slots=True)
class World:
    """A repository that two environments follow, and whoever sees what happens in each.

    Attributes:
        drift: What merges do with a dashboard's edits, as the repository's variable says.
        urls: Of each environment's API, in words.
        git: Its history.
        github: What GitHub keeps of it.
        live: Each environment's API.
        witness: By environment.
        clock: The time.
    """

    drift: Drift = "leave"
    urls: Mapping[str, str] = field(
        default_factory=lambda: {env: f"https://{env}.example" for env in ENVIRONMENTS}
    )
    git: History = field(default_factory=History)
    github: Repository = field(default_factory=Repository)
    live: dict[str, Live] = field(init=False)
    witness: dict[str, Witness] = field(init=False)
    clock: Now = field(init=False)
    _opened: dict[str, GitHub] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.github.pace = REQUEST
        self.clock = Now(self.github)
        first = self.github.main = self.git.add(FIRST)
        self.live = {env: Live(*seed(env)) for env in ENVIRONMENTS}
        self.witness = {
            env: Witness(env, self.git, self.github, live, first) for env, live in self.live.items()
        }
        for env in ENVIRONMENTS:
            self.github.deploy(env, first, "reconciler")

    @contextmanager
    def asking(self, permissions: Mapping[str, str]) -> Iterator[GitHub]:
        """Open GitHub with the token of a job, as each of its steps does."""
        token = job_token(permissions)
        opened = self._opened.get(token)
        if opened is None:
            timing = Timing(now=self.clock, wall=self.clock, sleep=self.clock.advance)
            nowhere = httpx.BaseTransport()
            opened = GitHub(API, SecretStr(token), REPOSITORY, timing=timing, transport=nowhere)
            wire: Any = _Wire(self.github, token)
            opened._wire = wire
            self._opened[token] = opened
        opened._patience = PATIENCE
        yield opened
