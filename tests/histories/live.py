"""An environment's API in memory, and what was live there when a history begins."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.model import Group, Integration
from tests.builders import group_id
from tests.histories.files import FIRST, declared
from tests.memory_api import MemoryApi


class LostError(Exception):
    """The runner is gone, in the middle of a write that took."""


class Live(MemoryApi):
    """One environment's API.

    Attributes:
        wrote: Told of each write that took: the group before, if there was one, and after.
        meanwhile: Called before a list is read.
        dies: Whether whoever writes next does not live to see the answer.
    """

    def __init__(self, *groups: Group) -> None:
        super().__init__(*groups)
        self.wrote: Callable[[Group | None, Group], None] = lambda *_: None
        self.meanwhile: Callable[[], None] = lambda: None
        self.dies = False

    def list_groups(self, integration: Integration) -> list[Any]:
        """Return all groups of an integration."""
        self.meanwhile()
        return super().list_groups(integration)

    def store(self, integration: Integration, body: Mapping[str, Any]) -> None:
        """Merge a body into live state, and tell what it did."""
        before = dict(self.groups)
        super().store(integration, body)
        for identity, after in self.groups.items():
            if before.get(identity) is not after:
                self.wrote(before.get(identity), after)
        if self.dies:
            self.dies = False
            raise LostError

    def group(self, key: str) -> Group | None:
        """Return the live group with a key."""
        return next((one for one in self.groups.values() if str(one.key) == key), None)


def seed(env: str) -> Iterator[Group]:
    """Yield what the first files have made live, and a group that Git never had."""
    unmanaged = {"name": "Billing", "slug": "billing", "integration": "google", "use_cases": ()}
    wanted = [dict(entry.group) for entry in declared(FIRST, env)]
    for number, given in enumerate([*wanted, unmanaged], start=1):
        yield Group(**{"assistant_id": "a" * 24, **_given(given), "group_id": group_id(number)})


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
