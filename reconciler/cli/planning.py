"""From the working folder and a target to a plan: the part that `plan` and `apply` share."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import click

from reconciler import desired
from reconciler.cli.settings import load_settings
from reconciler.cli.target import Opened
from reconciler.journal import Open, left_open
from reconciler.live import reading
from reconciler.model import INTEGRATIONS, Declared, Group, Integration, Settings, Target
from reconciler.plan import Plan, build_plan
from reconciler.text import visible

EXIT_CHANGES: Final = 2
EXIT_GUARD: Final = 4


class Desired:
    """The files, loaded before anything is sent."""

    def __init__(self, selectors: tuple[str, ...], env: str | None) -> None:
        self.settings: Settings = load_settings(Path.cwd())
        self.declared: tuple[Declared, ...] = desired.load(Path.cwd(), env=env, variables=os.environ)
        self.only = desired.select(self.declared, selectors) if selectors else None


def make_plan(files: Desired, opened: Opened, allow: Mapping[str, int]) -> Plan:
    """Fetch live state, by GET alone, and compare it with the files."""
    wanted = {key.integration for key in files.only} if files.only else set(INTEGRATIONS)
    live = fetch(opened, files.settings, wanted)
    declared = [entry for entry in files.declared if entry.group.integration in wanted]
    return build_plan(declared, live, opened.target, only=files.only, limits=files.settings.guards, allow=allow)


def fetch(opened: Opened, settings: Settings, wanted: Collection[Integration]) -> list[Group]:
    """Return all live groups of some integrations, over a connection that cannot write."""
    with reading(opened.endpoint, settings.api) as reader:
        return [
            group for integration in INTEGRATIONS if integration in wanted for group in reader.list_groups(integration)
        ]


def tell_open_writes(target: Target) -> tuple[Open, ...]:
    """Say which writes of earlier runs may still show in live state, and return them."""
    pending = left_open(target)
    if pending:
        click.echo("An earlier run ended without knowing what became of:", err=True)
        for item in pending:
            click.echo(f"  {visible(item.key)} ({item.action}, {item.since:%Y-%m-%d %H:%M:%S} UTC)", err=True)
    return pending
