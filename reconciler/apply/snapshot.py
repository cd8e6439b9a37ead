"""Snapshots: the touched groups as they were before a run, and the desired state to restore them.

`snapshots/<time>-<digest>.json`, written before the first write of a run. It holds the
sheet links, without which nothing could be restored, so only its owner may read it (mode 0600), and
it is never shown.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import SecretStr, ValidationError

from reconciler.apply.journal import run_name
from reconciler.errors import ConfigError
from reconciler.model import Declared, Group, Key, Model, Target, UseCase
from reconciler.plan.nouns import Plan


class Snapshot(Model):
    """The groups of one run as they were before it.

    Attributes:
        format_version: A minor step adds keys, a major one may break.
        time: When the run began.
        digest: The plan that it carried out.
        api_url: Where it wrote; None is the sandbox.
        env: The environment that it wrote for.
        groups: Live groups that it was about to update, whole, by key.
        written: The names of the use cases that it was about to write, by the key of their group.
        created: Keys of the groups that it was about to create.
    """

    format_version: Literal["1.0"] = "1.0"
    time: datetime
    digest: str
    api_url: str | None
    env: str | None
    groups: tuple[Group, ...]
    written: dict[str, tuple[str, ...]]
    created: tuple[Key, ...]

    @property
    def target(self) -> Target:
        """Where the run wrote."""
        return Target(self.api_url, self.env)

    def touched(self) -> frozenset[Key]:
        """Return the keys of all groups that the run was about to write."""
        return frozenset({group.key for group in self.groups} | set(self.created))


def snapshot_of(plan: Plan, time: datetime) -> Snapshot:
    """Return what a plan is about to change, as it is. Pure."""
    updates = [change for change in plan.changes if change.before is not None]
    return Snapshot(
        time=time,
        digest=plan.digest,
        api_url=plan.target.api_url,
        env=plan.target.env,
        groups=tuple(change.before for change in updates if change.before),
        written={
            str(change.before.key): tuple(part.use_case for part in change.use_cases)
            for change in updates
            if change.before
        },
        created=tuple(change.key for change in plan.changes if change.before is None),
    )


def take(plan: Plan, folder: Path, time: datetime) -> Path:
    """Write the snapshot of what a plan is about to change; it is on the disk when this returns."""
    snapshot = snapshot_of(plan, time)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run_name(plan, time)}.json"
    path.touch(mode=0o600, exist_ok=False)
    with path.open("w", encoding="utf-8") as file:
        json.dump(snapshot.model_dump(), file, indent=2, default=_plain)
        file.flush()
        os.fsync(file.fileno())
    return path


def read(path: Path) -> Snapshot:
    """Read a snapshot; raises ConfigError, which never repeats its content."""
    try:
        return Snapshot.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(
            f"the snapshot {path} cannot be read: {error.strerror}", remedy="see rollback --list"
        ) from None
    except ValidationError:
        raise ConfigError(
            f"{path} is not a snapshot of this program", remedy="see rollback --list"
        ) from None


def listed(folder: Path) -> list[Path]:
    """Return all snapshots, newest first."""
    return sorted(folder.glob("*.json"), reverse=True)


def newest(folder: Path, target: Target, most: int) -> Iterator[Snapshot]:
    """Yield the newest snapshots of a target, leaving out what cannot be read."""
    found = 0
    for path in listed(folder):
        with suppress(ConfigError):
            saved = read(path)
            if saved.target == target:
                yield saved
                found += 1
        if found == most:
            return


def restored(snapshot: Snapshot, live: Sequence[Group], file: str) -> list[Declared]:
    """Return the desired groups that bring a snapshot back. Pure.

    Groups that the run updated become what they were; use cases that it added to them, and groups
    that it created, are disabled, since nothing can be deleted. What is not live any more is left
    out.

    Args:
        snapshot: What was before the run.
        live: All live groups.
        file: What a plan names as the place of these groups.
    """
    by_id = {group.group_id: group for group in live}
    was = [group for group in snapshot.groups if group.group_id in by_id]
    groups = [
        _as_it_was(group, by_id[group.group_id], snapshot.written.get(str(group.key), ()))
        for group in was
    ]
    groups += [_disabled(group) for group in live if group.key in snapshot.created]
    return [Declared(group, file) for group in groups]


def _as_it_was(before: Group, now: Group, written: Sequence[str]) -> Group:
    named = {use_case.use_case for use_case in before.use_cases}
    added = (
        use_case
        for use_case in now.use_cases
        if use_case.use_case in written and use_case.use_case not in named
    )
    return before.model_copy(update={"use_cases": (*before.use_cases, *_off(added))})


def _disabled(group: Group) -> Group:
    return group.model_copy(update={"use_cases": tuple(_off(group.use_cases))})


def _off(use_cases: Iterator[UseCase] | Sequence[UseCase]) -> Iterator[UseCase]:
    return (use_case.model_copy(update={"enabled": False}) for use_case in use_cases)


def _plain(value: object) -> str:
    """Return what JSON has no form for: a time, or a secret, revealed since the file needs it."""
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
