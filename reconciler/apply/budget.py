"""A bound on a run's requests: no combination of faults and repetitions can make it endless."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.apply.write import Api
from reconciler.errors import ApiError
from reconciler.live import Outcome
from reconciler.model import Group, Integration, Skipped


class Budget:
    """So many requests for all workers together; the one beyond stops the run."""

    def __init__(self, requests: int, stop: Callable[[str], None]) -> None:
        self._left = requests
        self._spent = f"the run's budget of {requests} requests is used up"
        self._stop = stop
        self._lock = threading.Lock()

    def of(self, api: Api) -> Api:
        """Return a connection whose requests count."""
        return _Counted(api, self)

    def spend(self) -> str:
        """Count a request, and return why it must not be made, or an empty text."""
        with self._lock:
            self._left -= 1
            if self._left >= 0:
                return ""
        self._stop(self._spent)
        return self._spent


def uncounted(api: Api) -> Api:
    """Return a connection as it was before its requests counted, for what must be seen at the end.

    Who uses it makes a bounded number of requests.
    """
    return api.api if isinstance(api, _Counted) else api


@dataclass(frozen=True, slots=True)
class _Counted:
    api: Api
    budget: Budget

    def get_group(self, integration: Integration, group_id: str) -> Group:
        self._read()
        return self.api.get_group(integration, group_id)

    def list_groups(self, integration: Integration) -> Sequence[Group | Skipped]:
        self._read()
        return self.api.list_groups(integration)

    def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
        refused = self.budget.spend()
        return Outcome("not_sent", refused) if refused else self.api.upsert(integration, body)

    def _read(self) -> None:
        if refused := self.budget.spend():
            raise ApiError(refused, method="GET", url="")
