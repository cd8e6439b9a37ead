"""Snapshots: the touched groups as they were before a run, and as it was to leave them.

`snapshots/<time>-<digest>.json`, written before the first write of a run. It holds no secret, so it
may be kept and uploaded: of a link it holds the name of the variable that it came from, and by
which to know it again. A link that came from no variable is in `links/<the same name>`, which only
its owner may read and which stays on its machine. Neither is ever shown. Fields that this program
does not know have no part in it: nothing could write them back.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import SecretStr, TypeAdapter, ValidationError

from reconciler.apply import disk
from reconciler.apply.journal import run_name
from reconciler.apply.report import Result
from reconciler.errors import ConfigError
from reconciler.model import Group, Key, Model, Target, UseCase
from reconciler.plan.nouns import Change, Plan

Kind = Literal["apply", "rollback"]
"""What a run was: a rollback's snapshot is not what the next rollback brings back."""

_VERSION: Final = "1.0"
_ENDING: Final = ".json"
_LINKS: Final = TypeAdapter(dict[str, str])


class Link(Model):
    """What a snapshot knows of a link, which is not the link.

    Attributes:
        mark: Made from the link and the snapshot's salt, to know it again.
        from_env: The variable that held it, or None.
    """

    mark: str
    from_env: str | None = None


class Was(Model):
    """A group that a run was about to update. Neither side has its link.

    Attributes:
        before: As it was live.
        after: As it was to be after the run, or as the run's last look showed it.
        link_before: Its link before; None where it had none.
        link_after: Its link after.
    """

    before: Group
    after: Group
    link_before: Link | None
    link_after: Link | None


class Made(Model):
    """A group that a run was about to create, and what it was to do."""

    key: Key
    use_cases: tuple[UseCase, ...]


class Snapshot(Model):
    """The groups of one run as they were before it, and as it was to leave them.

    Attributes:
        format_version: A minor step adds keys, a major one may break.
        kind: What the run was.
        time: When it began.
        digest: The plan that it carried out.
        api_url: Where it wrote; None is the sandbox.
        env: The environment that it wrote for.
        scope: The folder of its repository that it wrote from.
        salt: What makes the marks of links this snapshot's own.
        groups: Groups that it was about to update, by key.
        created: Groups that it was about to create.
    """

    format_version: Literal["1.0"] = _VERSION
    kind: Kind = "apply"
    time: datetime
    digest: str
    api_url: str | None
    env: str | None
    scope: str = ""
    salt: str
    groups: tuple[Was, ...]
    created: tuple[Made, ...]

    @property
    def target(self) -> Target:
        """Where the run wrote."""
        return Target(self.api_url, self.env, self.scope)

    def touched(self) -> frozenset[Key]:
        """Return the keys of all groups that the run was about to write."""
        return frozenset(
            {was.before.key for was in self.groups} | {made.key for made in self.created}
        )

    def mark(self, link: SecretStr | str) -> str:
        """Return by which a link is known again here."""
        return mark(link, self.salt)


def mark(link: SecretStr | str, salt: str) -> str:
    """Return what says whether two links are the same, and not what they are."""
    text = link.get_secret_value() if isinstance(link, SecretStr) else link
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()[:32]


def snapshot_of(plan: Plan, time: datetime, *, kind: Kind = "apply") -> Snapshot:
    """Return what a plan is about to change, as it is and as it is to be."""
    salt = secrets.token_hex(16)
    return Snapshot(
        kind=kind,
        time=time,
        digest=plan.digest,
        api_url=plan.target.api_url,
        env=plan.target.env,
        scope=plan.target.scope,
        salt=salt,
        groups=tuple(
            _was(change.before, change.expected(), _variables(plan), salt)
            for change in plan.changes
            if change.before
        ),
        created=tuple(
            Made(key=change.key, use_cases=change.declared.group.use_cases)
            for change in plan.changes
            if change.before is None
        ),
    )


def take(plan: Plan, folder: Path, links: Path, time: datetime, *, kind: Kind = "apply") -> Path:
    """Write the snapshot of what a plan is about to change; it is on the disk when this returns.

    Args:
        plan: What is about to be carried out.
        folder: Where snapshots are.
        links: Where the links are that a snapshot may not hold.
        time: When the run begins.
        kind: What the run is.

    Raises:
        OSError: Nothing of it is left then.
    """
    saved = snapshot_of(plan, time, kind=kind)
    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder, run_name(plan, time))
    held = _links_of(plan.changes, saved)
    if held:
        disk.make_private(links)
        disk.write_whole(links / path.name, json.dumps(held, indent=2).encode())
    try:
        disk.write_whole(path, _written(saved))
    except OSError:
        drop(path, links)
        raise
    return path


def complete(path: Path, plan: Plan, results: Sequence[Result], live: Sequence[Group]) -> None:
    """Note what became of groups that do not read back as they were sent.

    What the server made of them is what the run left, and what a rollback has to undo.

    Raises:
        OSError: It cannot be written.
        ConfigError: It cannot be read.
    """
    saved = read(path)
    odd = {result.subject for result in results if result.cause == "not as sent"}
    ids = {
        change.before.group_id for change in plan.changes if change.before and change.subject in odd
    }
    now = {group.group_id: group for group in live if group.group_id in ids}
    if not now:
        return
    found = now.get
    groups = tuple(
        was.model_copy(
            update={"after": _bare(after), "link_after": _link(after, _variables(plan), saved.salt)}
        )
        if (after := found(was.before.group_id))
        else was
        for was in saved.groups
    )
    disk.write_whole(path, _written(saved.model_copy(update={"groups": groups})))


def drop(path: Path, links: Path) -> None:
    """Forget a snapshot, as far as the disk lets that be done."""
    for file in (path, links / path.name):
        try:
            file.unlink(missing_ok=True)
        except OSError:
            continue


def read(path: Path) -> Snapshot:
    """Read a snapshot; raises ConfigError, which never repeats its content."""
    try:
        if not path.is_file():
            raise ConfigError(
                f"the snapshot {path} cannot be read: "
                + ("it is no file" if path.exists() else "there is no such file"),
                remedy="see rollback --list",
            )
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the snapshot {path} cannot be read: {error.strerror}", remedy="see rollback --list"
        ) from None
    try:
        return Snapshot.model_validate_json(content)
    except ValidationError:
        raise ConfigError(f"{path} {_unlike(content)}", remedy="see rollback --list") from None


def links_of(path: Path, folder: Path) -> Mapping[str, str]:
    """Return the links that a snapshot does not hold, by their marks; none if they are not here."""
    try:
        return _LINKS.validate_json((folder / path.name).read_bytes(), strict=True)
    except (OSError, ValidationError):
        return {}


def survey(folder: Path) -> tuple[list[tuple[Path, Snapshot]], list[str]]:
    """Return all snapshots of a folder, newest first, and in words what else lies there.

    A file that is none must not keep anybody from the others.

    Raises:
        ConfigError: The folder cannot be listed.
    """
    found, others = list[tuple[Path, Snapshot]](), list[str]()
    try:
        paths = sorted(folder.iterdir()) if folder.exists() else []
    except OSError as error:
        raise ConfigError(
            f"the snapshots in {folder} cannot be listed: {error.strerror}",
            remedy="check its permissions",
        ) from None
    for path in paths:
        if path.name.startswith("."):
            continue
        try:
            found.append((path, read(path)))
        except ConfigError as error:
            others.append(error.message)
    found.sort(key=lambda pair: (pair[1].time.timestamp(), pair[0].name), reverse=True)
    return found, others


def _was(before: Group, after: Group, variables: Mapping[SecretStr, str], salt: str) -> Was:
    return Was(
        before=_bare(before),
        after=_bare(after),
        link_before=_link(before, variables, salt),
        link_after=_link(after, variables, salt),
    )


def _bare(group: Group) -> Group:
    return group.model_copy(update={"sheet_link": None})


def _link(group: Group, variables: Mapping[SecretStr, str], salt: str) -> Link | None:
    link = group.sheet_link
    return Link(mark=mark(link, salt), from_env=variables.get(link)) if link else None


def _variables(plan: Plan) -> dict[SecretStr, str]:
    """Return the variables that a plan's links come from, by the link."""
    entries = (change.declared for change in plan.changes)
    return {
        entry.group.sheet_link: entry.variable
        for entry in entries
        if entry.variable and entry.group.sheet_link
    }


def _links_of(changes: Sequence[Change], saved: Snapshot) -> dict[str, str]:
    """Return the links of before that came from no variable, by their marks."""
    named = {
        was.link_before.mark for was in saved.groups if was.link_before and was.link_before.from_env
    }
    links = (change.before.sheet_link for change in changes if change.before)
    held = {saved.mark(link): link.get_secret_value() for link in links if link}
    return {key: link for key, link in held.items() if key not in named}


def _free(folder: Path, name: str) -> Path:
    """Return a name that no snapshot has yet: a clock may stand still."""
    number = 0
    while (path := folder / f"{name}{f'-{number}' if number else ''}{_ENDING}").exists():
        number += 1
    return path


def _written(saved: Snapshot) -> bytes:
    return (saved.model_dump_json(indent=2) + "\n").encode()


def _unlike(content: bytes) -> str:
    """Return in words what a file is that is no snapshot of this version."""
    if not content.strip():
        return "is empty"
    try:
        data: Any = json.loads(content)
    except (ValueError, RecursionError):
        return "is damaged, or is not a snapshot of this program"
    version = data.get("format_version") if isinstance(data, dict) else None
    if isinstance(version, str) and version != _VERSION:
        return "was written by another version of this program"
    return "is not a snapshot of this program"
