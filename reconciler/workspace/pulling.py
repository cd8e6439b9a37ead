"""From live state to the texts of group files: what `pull` would write, and what it cannot."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from reconciler import desired
from reconciler.desired.files import GroupPath
from reconciler.desired.resolve import GroupDocument
from reconciler.desired.rules import across_files
from reconciler.desired.yaml import parse
from reconciler.errors import Finding
from reconciler.model import Declared, Group
from reconciler.plan.base import Commit
from reconciler.plan.guards import (
    NO_SUCH_GROUP,
    ODD_LIVE_GROUP,
    ONE_GROUP_TWO_FILES,
    RENAMES,
    REPEATED_LIVE_USE_CASE,
    SLUG_TAKEN,
    TWO_LIVE_GROUPS,
)
from reconciler.plan.listing import live_groups
from reconciler.plan.look_alikes import alike
from reconciler.plan.nouns import Change, Part
from reconciler.pull.adopt import Variables, adopt, file_slug, link_of
from reconciler.pull.bring import Setting, bring
from reconciler.pull.nouns import Left, Pull, Pulled
from reconciler.pull.taken import absent, drifted, stays
from reconciler.workspace.comparing import Compared, Files

_WHO: Final = frozenset(
    rule.id
    for rule in (
        NO_SUCH_GROUP,
        ODD_LIVE_GROUP,
        ONE_GROUP_TWO_FILES,
        RENAMES,
        REPEATED_LIVE_USE_CASE,
        SLUG_TAKEN,
        TWO_LIVE_GROUPS,
    )
)
"""Guards that say that it is not known which live group a file means."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be pulled, and how.

    Attributes:
        selectors: Keys, files and folders; none chooses all files.
        everything: Whether all live groups without a file are adopted.
        all_fields: Whether files take what they do not have.
        links: Whether links of sheets are written themselves.
        schema: Whether the schema will be there, where it is not yet.
    """

    selectors: Sequence[str] = ()
    everything: bool = False
    all_fields: bool = False
    links: bool = False
    schema: bool = False


def pull(compared: Compared, choice: Choice) -> Pull:
    """Return what live state makes of the chosen files.

    Raises:
        UsageError: A selector means nothing.
        ApiError: It may mean what could not be read.
    """
    files, plan = compared.files, compared.plan
    strays = [item for item in plan.unmanaged if item.use_case is None]
    chosen, ids = _chosen(compared, choice)
    asked = {entry.group.integration for entry in files.declared if entry.file in chosen}
    work = _Work(compared, choice)
    pulled = [
        *work.brought(chosen),
        *work.adopted([group for group in plan.live if group.group_id in ids]),
    ]
    left = () if choice.selectors else [item for item in strays if item.group_id not in ids]
    return Pull(
        plan.target,
        sorted(_held_together(files, pulled), key=lambda one: one.file),
        tuple(left),
        plan.skipped,
        [one for one in plan.unread if not choice.selectors or one.integration in asked],
    )


def _chosen(compared: Compared, choice: Choice) -> tuple[Collection[str], Collection[str]]:
    """Return the files that are meant, and the ids of the live groups that get one."""
    files, plan = compared.files, compared.plan
    names = {entry.file: str(entry.group.key) for entry in files.declared}
    strays = [item for item in plan.unmanaged if item.use_case is None]
    if choice.selectors:
        # No path has such a name.
        ids = {f"\0{item.group_id}": str(item.key) for item in strays}
        chosen = compared.choose(names | ids, choice.selectors)
        return chosen & set(names), {name[1:] for name in chosen & set(ids)}
    if not choice.everything:
        return names, ()
    new = [change.declared for change in plan.changes if change.before is None]
    groups = [group for group in plan.live if group.group_id in {one.group_id for one in strays}]
    # One of these may be what a file means, by another slug: two files would contact people twice.
    doubted = {pair.other.group_id for pairs in alike(new, groups) for pair in pairs}
    return names, {
        item.group_id for item in strays if not item.removed and item.group_id not in doubted
    }


class _Work:
    """What is made of each file."""

    def __init__(self, compared: Compared, choice: Choice) -> None:
        files = compared.files
        self._files, self._choice, self._plan = files, choice, compared.plan
        self._base = compared.base
        self._once = Commit(self._base.declared if self._base else (), compared.plan.live)
        self._variables = None if choice.links else Variables(files.taken)

    def brought(self, chosen: Collection[str]) -> Iterator[Pulled]:
        """Yield the chosen files that differ from live state, or cannot be compared."""
        changes = {change.declared.file: change for change in self._plan.changes}
        guards = {guard.file: guard for guard in self._plan.guards if guard.name in _WHO}
        live = live_groups(self._plan, self._files.declared)
        for document, entry in zip(self._files.documents, self._files.declared, strict=True):
            file, text = entry.file, document.document.text
            if file not in chosen:
                continue
            change, group = changes.get(file), live.get(file)
            same = Pulled(entry.group.key, file, text, text)
            if guard := guards.get(file):
                words = f"{guard.message}: {guard.remedy}"
                yield replace(same, left=(Left((), "guard", words, guard.name),))
            elif group:
                yield from self._one(document, entry, group, change)
            elif change:
                yield replace(same, left=(_not_live(change, file),))

    def _one(
        self, source: GroupDocument, entry: Declared, live: Group, change: Change | None
    ) -> Iterator[Pulled]:
        """Yield what a file takes of its live group, if anything is to be said of it."""
        files, base = self._files, self._base
        once = self._once.of(live)
        known = base is not None and (entry.file in base.tree.entries or once is not None)
        take = drifted(change, known=known) if change else []
        left = list(stays(change, frozenset(take))) if change else []
        new = list(absent(entry, live, once.group if once else None, pin=files.env is not None))
        setting = Setting(files.env, files.environments)
        if not self._choice.all_fields:
            words = "the file does not have it; --all-fields takes it"
            named = "use_cases" in entry.group.declared
            left += [Left(part, "unmanaged", words) for part in new if named and len(part) > 1]
        else:
            if ("sheet_link",) in new:
                said, wrong = link_of(live, source.place.slug, files.env, self._variables)
                setting = replace(setting, link=said)
                if wrong:
                    left.append(wrong)
                    new.remove(("sheet_link",))
            take += new
        after, cannot = bring(source, live, take, setting)
        missed = {one.part for one in cannot}
        parts: tuple[Part, ...] = tuple(part for part in take if part not in missed)
        link = setting.link
        if parts or left or cannot:
            yield Pulled(
                entry.group.key,
                entry.file,
                source.document.text,
                after,
                parts,
                (*cannot, *left),
                link["from_env"] if isinstance(link, Mapping) and ("sheet_link",) in parts else "",
                self._others() if any(part[0] == "use_cases" for part in parts) else (),
            )

    def _others(self) -> tuple[str, ...]:
        """Return the environments besides the one that is pulled from, if it is one of several."""
        env = self._files.env
        return tuple(name for name in self._files.environments if env and name != env)

    def adopted(self, groups: Sequence[Group]) -> Iterator[Pulled]:
        """Yield a new file for each of some live groups."""
        names: defaultdict[str, set[str]] = defaultdict(set)
        for document in self._files.documents:
            names[document.place.integration].add(document.place.slug)
        found = (self._files.root / "schemas" / "group.schema.json").exists()
        schema = found or self._choice.schema
        for group in sorted(groups, key=lambda one: (str(one.key), str(one.group_id))):
            folder = names[group.integration]
            slug = file_slug(group, folder)
            folder.add(slug)
            file = str(PurePosixPath(desired.FOLDER, group.integration, f"{slug}.yaml"))
            made = adopt(group, slug, env=self._files.env, variables=self._variables, schema=schema)
            yield Pulled(
                group.key, file, None, made.text, (), made.left, made.variable, self._others()
            )


def _not_live(change: Change, file: str) -> Left:
    """Return what to say of a file whose group is not live."""
    if "drift" in change.origins.values():
        words = f"it is not live any more: `git rm {file}` accepts that, an apply creates it anew"
        return Left((), "gone", words)
    return Left((), "yours", "it is not live yet: an apply creates it")


def _held_together(files: Files, pulled: Sequence[Pulled]) -> Iterator[Pulled]:
    """Yield files, but not what would make two of them mean one group."""
    texts = {one.file: one for one in pulled if one.changed}
    kept = [
        _document(texts[source.place.name]) if source.place.name in texts else source
        for source in files.documents
    ]
    new = [_document(one) for one in texts.values() if one.before is None]
    before = {(found.rule, found.file) for found in across_files(files.documents, None)}
    against: dict[str, Finding] = {}
    for found in across_files([*kept, *new], None):
        if (found.rule, found.file) not in before:
            against.setdefault(found.file, found)
    for one in pulled:
        if one.file in against:
            found = against[one.file]
            left = Left((), "rule", found.message, found.rule)
            yield replace(
                one, after=one.before or "", taken=(), left=(left, *one.left), variable=""
            )
        else:
            yield one


def _document(one: Pulled) -> GroupDocument:
    place = GroupPath(one.file, one.key.integration, PurePosixPath(one.file).stem)
    return GroupDocument(place, parse(one.after))
