"""From the working folder and a target to a plan: the part that `plan` and `apply` share."""

import os
from pathlib import Path

from reconciler import desired
from reconciler.cli.settings import load_settings
from reconciler.cli.target import Opened
from reconciler.live import reading
from reconciler.model import INTEGRATIONS, Declared, Settings
from reconciler.plan import Plan, build_plan


class Desired:
    """The files, loaded before anything is sent."""

    def __init__(self, selectors: tuple[str, ...], env: str | None) -> None:
        self.settings: Settings = load_settings(Path.cwd())
        self.declared: tuple[Declared, ...] = desired.load(Path.cwd(), env=env, variables=os.environ)
        self.only = desired.select(self.declared, selectors) if selectors else None


def make_plan(files: Desired, opened: Opened) -> Plan:
    """Fetch live state, by GET alone, and compare it with the files."""
    wanted = {key.integration for key in files.only} if files.only else set(INTEGRATIONS)
    with reading(opened.endpoint, files.settings.api) as reader:
        live = [
            group for integration in INTEGRATIONS if integration in wanted for group in reader.list_groups(integration)
        ]
    declared = [entry for entry in files.declared if entry.group.integration in wanted]
    return build_plan(declared, live, opened.target, only=files.only)
