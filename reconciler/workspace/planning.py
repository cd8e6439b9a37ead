"""From files or a snapshot, and live state, to a plan."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.apply import snapshot
from reconciler.errors import UsageError
from reconciler.lint import advice
from reconciler.model import INTEGRATIONS, Group, Integration, Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.settings import Limits
from reconciler.workspace.fetching import Evidence, fetch
from reconciler.workspace.loading import Desired
from reconciler.workspace.target import Opened


@dataclass(frozen=True, slots=True)
class Restored:
    """The plan that brings a snapshot back.

    Attributes:
        plan: One like any other.
        notes: What stays away, a line each; not yet made visible.
    """

    plan: Plan
    notes: tuple[str, ...]


def make_plan(files: Desired, opened: Opened, allow: Mapping[str, int], evidence: Evidence) -> Plan:
    """Fetch live state, compare it with the files, and add what rules say; raises ApiError.

    Only the integrations of the chosen groups are read, unless one of them would be created: it may
    be a live group of another integration, which only a look at all of them can show.
    """
    wanted = {key.integration for key in files.only} if files.only else set(INTEGRATIONS)
    live = fetch(opened, wanted, evidence)
    plan = _compared(files, live, opened.target, allow, wanted)
    if plan.count("create") and (rest := set(INTEGRATIONS) - wanted):
        live += fetch(opened, rest, evidence)
        plan = _compared(files, live, opened.target, allow, wanted | rest)
    chosen = [item for item in files.lints if files.only is None or item.key in files.only]
    written = {change.key for change in plan.changes}
    return replace(plan, advice=advice(chosen, files.base_lints, written))


def _compared(
    files: Desired,
    live: Sequence[Group],
    target: Target,
    allow: Mapping[str, int],
    wanted: Collection[Integration],
) -> Plan:
    return build_plan(
        [entry for entry in files.declared if entry.group.integration in wanted],
        live,
        target,
        base=files.base,
        prune=files.prune,
        only=files.only,
        limits=files.settings.guards,
        allow=allow,
    )


def restore(
    path: Path | None,
    opened: Opened,
    *,
    root: Path,
    folder: Path,
    limits: Limits,
    allow: Mapping[str, int],
    evidence: Evidence,
) -> Restored:
    """Fetch live state and compare it with a snapshot, the newest of the target without a path.

    Args:
        path: The snapshot's file, or None.
        opened: The target.
        root: Where a relative path begins.
        folder: Where snapshots are kept.
        limits: How far the plan may reach.
        allow: Numbers that take a limit's place, by the guard's name.
        evidence: What is known of live state besides what a list says.

    Raises:
        UsageError: There is none, or it is of another target.
        ConfigError: It cannot be read.
        ApiError: Live state cannot be read.
    """
    chosen = root / path if path else _newest(opened.target, folder)
    shown = chosen.relative_to(root) if chosen.is_relative_to(root) else chosen
    saved = snapshot.read(chosen)
    if saved.target != opened.target:
        raise UsageError(
            f"{shown} is a snapshot of {saved.target}, and the target is {opened.target}",
            remedy="name the target with --api-url and --env",
        )
    live = fetch(opened, {key.integration for key in saved.touched()}, evidence)
    ids = {group.group_id for group in live}
    notes = tuple(
        f"{group.key} ({group.group_id}) is not live any more and stays away."
        for group in saved.groups
        if group.group_id not in ids
    )
    declared = snapshot.restored(saved, live, shown.as_posix())
    keys = frozenset(entry.group.key for entry in declared)
    plan = build_plan(declared, live, opened.target, only=keys, limits=limits, allow=allow)
    return Restored(plan, notes)


def _newest(target: Target, folder: Path) -> Path:
    for path in snapshot.listed(folder):
        if snapshot.read(path).target == target:
            return path
    raise UsageError(
        f"there is no snapshot of {target}", remedy="`reconciler rollback --list` shows all"
    )
