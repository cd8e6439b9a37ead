"""The target of a run: the sandbox, started in this process, or the real API."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from reconciler.errors import UsageError
from reconciler.live import Reader, Writer, reading, writing
from reconciler.model import Target
from reconciler.settings import ApiSettings, EnvironmentSettings
from reconciler.text import visible
from reconciler.transport import Endpoint, Timing, Way, parse_api_url
from reconciler.workspace.settings import FILE


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
    scope: str,
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
        scope: Folder of its repository that holds the files, as its path there.
        key: The API's key; the sandbox needs none.
        root: The folder that holds `groups/`.
        sandbox: The sandbox's database, from the root.
        api: Where the read side lives.
        way: How connections leave this machine.
        tell: Told in a sentence of every wait that lasts longer than a moment.

    Raises:
        ConfigError: The URL is unusable, or the key is missing or malformed.
    """
    if api_url is not None:
        endpoint = Endpoint.parse(api_url, key, way)
        target = Target(endpoint.base_url, env, scope)
        through = f", through the proxy {endpoint.way.proxy}" if endpoint.way.proxy else ""
        yield Opened(target, endpoint, api, f"Target: {target}{through}.", tell)
        return
    from reconciler.sandbox import running  # noqa: PLC0415 - the real API needs none of it

    with running(root / sandbox) as url:
        target = Target(env=env)
        sentence = f"Target: {target}, {sandbox.as_posix()}; nothing leaves this machine."
        yield Opened(target, Endpoint(url, SecretStr("sandbox")), api, sentence, tell)


def hold_to_place(
    api_url: str,
    env: str | None,
    environments: Mapping[str, EnvironmentSettings],
    overridden: Collection[str] | None,
) -> None:
    """Hold an address to what the settings say of environments, before anything is sent to it.

    The settings only ever refuse: no address is taken from them.

    Args:
        api_url: The address that is given.
        env: The environment that is chosen, or None.
        environments: As the settings list them, addresses in one spelling.
        overridden: The environments that there are, if what is planned differs by them; None where
            it does not, as in a rollback, whose snapshot names its own target.

    Raises:
        UsageError: The address is not the environment's, or it is another one's, or none is chosen
            where there are some.
        ConfigError: The address is unusable.
    """
    given = parse_api_url(api_url)
    owners = sorted(name for name, known in environments.items() if known.api_url == given)
    theirs = f" (by {FILE} that of {' and '.join(owners)})" if owners else ""
    if env is None:
        if overridden:
            raise UsageError(
                f"no environment is chosen for {given}{theirs}, and what people get depends on it;"
                " nothing was sent",
                remedy=f"add --env with one of {', '.join(overridden)}; for what the files say"
                f" without overrides, list an environment that no file mentions in {FILE},"
                " [tool.reconciler.environments.NAME], and choose that",
            )
        return
    name = visible(env)
    remedy = (
        f"give the address that belongs to --env {name}, or the environment that belongs to the"
        " address"
    )
    known = environments.get(env, EnvironmentSettings()).api_url
    if known not in {None, given}:
        raise UsageError(
            f"the environment {name} is at {known} by {FILE}, and the address that is given is"
            f" {given}{theirs}; nothing was sent",
            remedy=f"{remedy}; if {FILE} is wrong, correct it there",
        )
    if owners and env not in owners:
        raise UsageError(
            f"the address that is given is {given}{theirs}, and not known as that of the"
            f" environment {name}; nothing was sent",
            remedy=f"{remedy}; if both have it, say so in {FILE}:"
            f" [tool.reconciler.environments.{name}] api_url",
        )
