"""The target of a run: the sandbox, started in this process, or the real API."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from reconciler.model import Target
from reconciler.transport import Endpoint

SANDBOX_DATABASE = Path(".reconciler/sandbox.db")


@dataclass(frozen=True, slots=True)
class Opened:
    """A target that can be talked to.

    Attributes:
        target: What the plan is made for.
        endpoint: How it is reached.
        sentence: What every output says of it.
    """

    target: Target
    endpoint: Endpoint
    sentence: str


@contextmanager
def open_target(api_url: str | None, env: str | None) -> Iterator[Opened]:
    """Yield the target, keeping the sandbox running meanwhile where it is that.

    Raises:
        ConfigError: The URL is unusable, or the key is missing or malformed.
    """
    if api_url:
        endpoint = Endpoint.parse(api_url, os.environ.get("INTERACTLY_API_KEY", ""))
        target = Target(api_url=endpoint.base_url, env=env)
        yield Opened(target, endpoint, f"Target: {target}.")
        return
    from reconciler.sandbox import running  # noqa: PLC0415 - the real API needs none of it

    with running(SANDBOX_DATABASE) as url:
        target = Target(env=env)
        sentence = f"Target: {target}, {SANDBOX_DATABASE.as_posix()}; nothing leaves this machine."
        yield Opened(target, Endpoint(url, SecretStr("sandbox")), sentence)
