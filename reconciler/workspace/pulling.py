"""From live state to the texts of group files: what `pull` would write, and what it cannot."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reconciler import desired
from reconciler.desired.catalogue import NO_GROUP_FILES
from reconciler.desired.resolve import GroupDocument, resolve
from reconciler.errors import DesiredError, ReconcilerError, UsageError
from reconciler.model import Group, Key
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Change, Part, Plan, Unmanaged
from reconciler.pull.bring import bring
from reconciler.pull.layout import adopt, file_slug
from reconciler.pull.taken import parts, taken
from reconciler.settings import Settings
from reconciler.text import count, listed
from reconciler.workspace.base import Earlier, read_earlier
from reconciler.workspace.fetching import Evidence, fetch
from reconciler.workspace.git import Git
from reconciler.workspace.target import Opened

_HEAD = "HEAD"


@dataclass(frozen=True, slots=True)
class Pulled:
    """A group file and what live state makes of it.

    Attributes:
        key: The group's.
        file: Path from the root.
        before: Its text; None for a file that is not there yet.
        after: Its text with live state in it.
        taken: Which parts of live state that are, in words.
        left: What stays as it is, and why, a line each; not yet made visible.
        failed: Whether something of that had to be left since no file can hold it.
    """

    key: Key
    file: str
    before: str | None
    after: str
    taken: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be pulled.

    Attributes:
        selectors: Keys, files and folders; none chooses all files.
        everything: Whether all live groups without a file are adopted.
        base: The commit whose files are compared, None for HEAD.
        links: Whether links of sheets are written themselves.
    """

    selectors: Sequence[str] = ()
    everything: bool = False
    base: str | None = None
    links: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """What a pull starts from.

    Attributes:
        root: The folder that holds `groups/`.
        env: Environment whose live state it is, or None.
        variables: What `from_env` takes its links from, as far as they are set, and git's.
        settings: The settings.
        documents: The group files.
        environments: All that files or settings name.
    """

    root: Path
    env: str | None
    variables: Mapping[str, str]
    settings: Settings
    documents: Sequence[GroupDocument]
    environments: Sequence[str]


@dataclass(frozen=True, slots=True)
class Pull:
    """What live state makes of group files.

    Attributes:
        sentence: Which target that is.
        pulled: Each file that differs or would be new, sorted.
        notes: What is to be known besides, a line each; not yet made visible.
    """

    sentence: str
    pulled: Sequence[Pulled]
    notes: Sequence[str]


def pull(scene: Scene, opened: Opened, choice: Choice, evidence: Evidence) -> Pull:
    """Return what live state makes of the chosen files.

    Raises:
        UsageError: A selector or commit means nothing.
        ApiError: Live state cannot be read.
    """
    base = _base(scene, choice.base)
    declared = [resolve(document, scene.env, scene.variables)[0] for document in scene.documents]
    live = fetch(opened, scene.settings.integrations, evidence)
    plan = build_plan(
        [entry for entry in declared if entry.group.integration not in live.unread],
        live.groups,
        opened.target,
        base=base.declared if base else None,
        skipped=live.skipped,
    )
    strays = [item for item in plan.unmanaged if item.use_case is None]
    named = {one for one in choice.selectors if one in {str(item.key) for item in strays}}
    rest = [one for one in choice.selectors if one not in named]
    only = desired.select(declared, rest, scene.root) if rest else frozenset()
    if not choice.selectors:
        only = frozenset(entry.group.key for entry in declared)
    ids = {
        item.group_id
        for item in strays
        if str(item.key) in named or (choice.everything and not item.removed)
    }
    pulled = [
        *_brought(scene, plan, base, only),
        *_adopted(scene, [one for one in live.groups if one.group_id in ids], choice),
    ]
    notes = [f"{name} could not be read: {error.message}" for name, error in live.unread.items()]
    notes += [f"{row} is left alone: {row.words}" for row in plan.skipped]
    notes += [
        f"{guard.message}: {guard.remedy}" for guard in plan.guards if _is_identity(guard.name)
    ]
    if not choice.selectors:
        notes += _not_taken([item for item in strays if item.group_id not in ids])
    return Pull(opened.sentence, sorted(pulled, key=lambda one: one.file), notes)


def _not_taken(strays: Sequence[Unmanaged]) -> Iterator[str]:
    """Yield which live groups have no file and get none."""
    removed = [str(item.key) for item in strays if item.removed]
    others = [str(item.key) for item in strays if not item.removed]
    if removed:
        yield f"Git has {listed(removed)}, whose file is not there: name it to have it back."
    if others:
        yield (
            f"{count(len(others), 'live group')} without a file: {listed(others)}. Name one to"
            " adopt it, or take all with --all."
        )


def _is_identity(guard: str) -> bool:
    """Return whether a guard says that it is not known which live group a file means."""
    return guard in {
        "two-live-groups", "no-such-group", "slug-taken", "one-group-two-files",
        "repeated-live-use-case", "odd-live-group",
    }  # fmt: skip


def documents(root: Path, env: str | None, settings: Settings) -> tuple[GroupDocument, ...]:
    """Return the group files; none at all is fine, since pulling may make the first one.

    Raises:
        DesiredError: One is wrong.
        UsageError: Neither a file nor the settings know the environment.
    """
    checked = desired.check(root, env, settings.environments, settings.integrations)
    wrong = [
        finding
        for finding in checked.findings
        if finding.severity == "error" and finding.rule != NO_GROUP_FILES.id
    ]
    if wrong:
        raise DesiredError(wrong)
    return checked.documents


def _base(scene: Scene, ref: str | None) -> Earlier | None:
    """Return what the files are compared with; None where there is no Git, or no commit yet."""
    if ref is None:
        try:
            Git(scene.root, scene.variables).head()
        except ReconcilerError:
            return None
    return read_earlier(scene.root, ref or _HEAD, "base", env=scene.env, variables=scene.variables)


def _brought(
    scene: Scene, plan: Plan, base: Earlier | None, only: Collection[Key]
) -> Iterator[Pulled]:
    by_file = {document.place.name: document for document in scene.documents}
    for change in plan.changes:
        if change.key not in only or change.declared.file not in by_file:
            continue
        source = by_file[change.declared.file]
        text = source.document.text
        if change.before is None:
            left = ("there is no such live group",)
            yield Pulled(change.key, change.declared.file, text, text, (), left)
            continue
        known = base is not None and change.declared.file in base.tree.entries
        take = [part for part in parts(change) if part in taken(change, known=known)]
        after, cannot = bring(source, change, take, env=scene.env, others=scene.environments)
        missed = {one.part for one in cannot}
        yield Pulled(
            change.key,
            change.declared.file,
            text,
            after,
            tuple(dict.fromkeys(_words(part) for part in take if part not in missed)),
            (
                *(f"{_words(one.part)}: {one.why}" for one in cannot),
                *_stays(change, frozenset(take)),
            ),
            failed=bool(cannot),
        )


def _stays(change: Change, take: Collection[Part]) -> Iterator[str]:
    """Yield which parts differ and stay, since the file's author has changed them."""
    for part in parts(change):
        if part in take:
            continue
        if change.origins.get(part) == "conflict":
            yield f"{_words(part)}: changed here and in live state; decide, and write it by hand"
        else:
            yield f"{_words(part)}: changed here since the base, and not applied"


def _words(part: Part) -> str:
    if len(part) == 1:
        return str(part[0])
    name = f"use case {part[1]}"
    if len(part) == 2:  # noqa: PLR2004 - a use case's being there at all, see Part
        return name
    return f"enabled of {part[1]}" if part[2] == "enabled" else f"actions of {part[1]}"


def _adopted(scene: Scene, groups: Sequence[Group], choice: Choice) -> Iterator[Pulled]:
    names: dict[str, set[str]] = {}
    for document in scene.documents:
        names.setdefault(document.place.integration, set()).add(document.place.slug)
    schema = (scene.root / "schemas" / "group.schema.json").exists()
    for group in groups:
        folder = names.setdefault(group.integration, set())
        slug = file_slug(group, folder)
        folder.add(slug)
        file = str(PurePosixPath(desired.FOLDER, group.integration, f"{slug}.yaml"))
        made = adopt(group, slug, env=scene.env, links=choice.links, schema=schema)
        left = list(made.left)
        if made.variable:
            left.append(f"sheet_link: set {made.variable} to the link that the dashboard shows")
        if not made.text:
            left.append("no file can hold this group: correct it in the dashboard")
        yield Pulled(group.key, file, None, made.text, (), tuple(left), failed=bool(made.left))


def write(root: Path, one: Pulled) -> None:
    """Write one file, whole or not at all.

    Raises:
        UsageError: It cannot be written; it is then as it was.
    """
    place = (root / one.file).resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if one.before is not None and place.read_bytes() != one.before.encode():
            raise UsageError(
                f"{one.file} has changed while this was working", remedy="run the command again"
            )
        beside = place.with_name(f".{place.name}.pulled")
        beside.write_bytes(one.after.encode())
        if one.before is not None:
            beside.chmod(place.stat().st_mode)
        beside.replace(place)
    except OSError as error:
        raise UsageError(f"{one.file}: {error.strerror}", remedy="make it writable") from error
