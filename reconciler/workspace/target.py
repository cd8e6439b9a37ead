"""The target of a run: the sandbox, started in this process, or the real API."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from reconciler.live import Reader, Writer, reading, writing
from reconciler.model import Target
from reconciler.settings import ApiSettings
from reconciler.transport import Endpoint, Timing, Way


@dataclass(frozen=True, slots=True)
class Opened:
    """A target that can be talked to.

    Attributes:
        target: What the plan is made for.
        endpoint: How it is reached.
        api: Where its read side lives.
        sentence: What every output says of it.
        tell: Told in a sentence of every wait that lasts longer than a moment, in any thread.
    """

    target: Target
    endpoint: Endpoint
    api: ApiSettings
    sentence: str
    tell: Callable[[str], None] = lambda _: None

    def reading(self) -> AbstractContextManager[Reader]:
        """Open a connection that cannot write, for one thread."""
        return reading(self.endpoint, self.api, timing=Timing(tell=self.tell))

    def writing(
        self, sleep: Callable[[float], object] = time.sleep
    ) -> AbstractContextManager[Writer]:
        """Open a connection that can read and write, for one thread.

        Args:
            sleep: Waits for some seconds; what is true ends the waiting for good.
        """
        return writing(self.endpoint, self.api, timing=Timing(tell=self.tell, sleep=sleep))


@contextmanager
def open_target(
    api_url: str | None,
    env: str | None,
    *,
    key: str,
    root: Path,
    sandbox: Path,
    api: ApiSettings,
    way: Way,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Opened]:
    """Yield the target, keeping the sandbox running meanwhile if it is that.

    Args:
        api_url: Address of the API, or None for the sandbox.
        env: Environment whose overrides apply.
        key: The API's key; the sandbox needs none.
        root: The folder that holds `groups/`.
        sandbox: The sandbox's database, from the root.
        api: Where the read side lives.
        way: How connections leave this machine.
        tell: Told in a sentence of every wait that lasts longer than a moment.

    Raises:
        ConfigError: The URL is unusable, or the key is missing or malformed.
    """
    if api_url:
        endpoint = Endpoint.parse(api_url, key, way)
        target = Target(api_url=endpoint.base_url, env=env)
        through = f", through the proxy {endpoint.way.proxy}" if endpoint.way.proxy else ""
        yield Opened(target, endpoint, api, f"Target: {target}{through}.", tell)
        return
    from reconciler.sandbox import running  # noqa: PLC0415 - the real API needs none of it

    with running(root / sandbox) as url:
        target = Target(env=env)
        sentence = f"Target: {target}, {sandbox.as_posix()}; nothing leaves this machine."
        yield Opened(target, Endpoint(url, SecretStr("sandbox")), api, sentence, tell)
