"""Reading live state, over a connection that cannot write."""

from collections.abc import Collection

from reconciler.model import INTEGRATIONS, Group, Integration
from reconciler.workspace.target import Opened


def fetch(opened: Opened, wanted: Collection[Integration]) -> list[Group]:
    """Return all live groups of some integrations; raises ApiError."""
    with opened.reading() as reader:
        return [
            group
            for integration in INTEGRATIONS
            if integration in wanted
            for group in reader.list_groups(integration)
        ]
