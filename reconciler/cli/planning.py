"""From the working folder and a target to a plan: the part that `plan` and `apply` share."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import click

from reconciler import desired
from reconciler.apply.journal import Open, left_open
from reconciler.errors import ConfigError, ReconcilerError, UsageError
from reconciler.lint import Lint, advice, lint
from reconciler.live import reading
from reconciler.model import INTEGRATIONS, Declared, Group, Integration, Key, Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.render.markdown import ELSEWHERE, Setting
from reconciler.settings import Settings
from reconciler.text import visible
from reconciler.workspace.git import Commit, commit_id, read_commit
from reconciler.workspace.lint import lint_or_refuse, today
from reconciler.workspace.settings import FILE as SETTINGS_FILE
from reconciler.workspace.settings import load_settings, parse_settings
from reconciler.workspace.target import Opened

EXIT_CHANGES: Final = 2
EXIT_GUARD: Final = 4


@dataclass(frozen=True, slots=True)
class Desired:
    """The files and what they are compared with, loaded before anything is sent.

    Attributes:
        declared: All desired groups.
        settings: Of the working folder, with the limits of the base where there is one.
        only: Keys that are chosen, or None for all.
        base: The groups at the base commit, or None without one.
        commit: That commit's id, or None.
        prune: Whether what the base has and the files have not is disabled.
        lints: What the rules find in the desired groups; none is an error.
    """

    declared: tuple[Declared, ...]
    settings: Settings
    only: frozenset[Key] | None = None
    base: tuple[Declared, ...] | None = None
    commit: str | None = None
    prune: bool = False
    lints: tuple[Lint, ...] = ()


def load_desired(
    selectors: Sequence[str], env: str | None, ref: str | None, *, prune: bool
) -> Desired:
    """Load files, settings and base, and say what of the base cannot be used.

    Raises:
        DesiredError: A group file is wrong.
        UsageError: A selector or reference means nothing, or --prune lacks a base.
        ConfigError: A setting is wrong, or Git cannot be used.
    """
    if prune and ref is None:
        raise UsageError(
            "--prune disables what Git has removed, and needs a commit to tell",
            remedy="add --base REF",
        )
    root = Path.cwd()
    settings = load_settings(root)
    declared = desired.load(root, env=env, variables=os.environ)
    if ref is None:
        only = desired.select(declared, selectors) if selectors else None
        return Desired(declared, settings, only, lints=lint_or_refuse(declared, settings.lint))
    commit = read_commit(root, ref, desired.FOLDER, SETTINGS_FILE)
    base, findings = desired.load_base(commit.files, env=env, variables=os.environ)
    for finding in findings:
        click.echo(
            f"base {commit.id[:12]}: {visible(finding.file)}:{finding.line}:"
            f" {visible(finding.message)}",
            err=True,
        )
    if findings:
        click.echo("What these files said is unknown; the rest of the base is used.", err=True)
    only = desired.select([*base, *declared], selectors) if selectors else None
    settings = _with_limits_of(commit, settings)
    return Desired(
        declared, settings, only, base, commit.id, prune, lint_or_refuse(declared, settings.lint)
    )


def _with_limits_of(commit: Commit, settings: Settings) -> Settings:
    """Return the settings with limits and rules as at a commit.

    A branch that loosens one is itself held to the old.
    """
    try:
        base = parse_settings(commit.files.get(SETTINGS_FILE, b""))
    except ConfigError as error:
        click.echo(
            f"base {commit.id[:12]}: {visible(error.message)}; the limits are the usual ones.",
            err=True,
        )
        base = Settings()
    if (base.guards, base.lint) != (settings.guards, settings.lint):
        click.echo(
            "The limits or lint settings differ from the base's; the base's are used.", err=True
        )
    return settings.model_copy(update={"guards": base.guards, "lint": base.lint})


def make_plan(files: Desired, opened: Opened, allow: Mapping[str, int]) -> Plan:
    """Fetch live state, by GET alone, and compare it with the files."""
    wanted = {key.integration for key in files.only} if files.only else set(INTEGRATIONS)
    live = fetch(opened, files.settings, wanted)
    plan = build_plan(
        [entry for entry in files.declared if entry.group.integration in wanted],
        live,
        opened.target,
        base=files.base,
        prune=files.prune,
        only=files.only,
        limits=files.settings.guards,
        allow=allow,
    )
    before = None if files.base is None else lint(files.base, files.settings.lint, today())
    chosen = [item for item in files.lints if files.only is None or item.key in files.only]
    return replace(plan, advice=advice(chosen, before, {change.key for change in plan.changes}))


def setting_of(files: Desired) -> Setting:
    """Return what a plan is shown with: commits; on GitHub links to files and the whole plan."""
    try:
        head = commit_id(Path.cwd(), "HEAD")
    except ReconcilerError:
        head = ""
    server, repository, run = (
        os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    on_github = bool(server and repository)
    return Setting(
        base=files.commit or "",
        head=head,
        source=f"{server}/{repository}/blob/{head}" if on_github and head else "",
        full=f"the [artifacts of this run]({server}/{repository}/actions/runs/{run})"
        if on_github and run
        else ELSEWHERE,
        days=files.settings.day_means,
        hours=files.settings.lint.hours,
    )


def fetch(opened: Opened, settings: Settings, wanted: Collection[Integration]) -> list[Group]:
    """Return all live groups of some integrations, over a connection that cannot write."""
    with reading(opened.endpoint, settings.api) as reader:
        return [
            group
            for integration in INTEGRATIONS
            if integration in wanted
            for group in reader.list_groups(integration)
        ]


def tell_open_writes(target: Target) -> tuple[Open, ...]:
    """Say which writes of earlier runs may still show in live state, and return them."""
    pending = left_open(target)
    if pending:
        click.echo("An earlier run ended without knowing what became of:", err=True)
        for item in pending:
            click.echo(
                f"  {visible(item.key)} ({item.action}, {item.since:%Y-%m-%d %H:%M:%S} UTC)",
                err=True,
            )
    return pending
