"""What Git has removed, and what only seems so: removed is what the planned commit does not have.

Pure: no I/O. The planned commit is the one that is checked out. What it has and the folder does not
show is *not there to be read*, whatever the reason, and refuses the plan. What an earlier commit
has and the planned one has not was removed, unless it is there under a name that is not read, or
is newer than the branch.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from reconciler.desired.catalogue import NOT_REMOVED
from reconciler.errors import Finding
from reconciler.model import INTEGRATIONS, Declared, Key
from reconciler.text import visible

_YAML: Final = frozenset({"", "yaml", "yml"})


@dataclass(frozen=True, slots=True)
class Folder:
    """What the working folder shows below `groups/`.

    Attributes:
        read: The group files that can be read as such.
        wrong: Files and folders that have an error of their own.
        others: All else, hidden files and folders included.
    """

    read: frozenset[str]
    wrong: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """What a commit says of groups.

    Attributes:
        declared: Those that can be understood.
        unknown: Files that cannot be.
    """

    declared: tuple[Declared, ...]
    unknown: frozenset[str] = frozenset()
    _named: dict[Key | str | None, list[str]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the names of use cases by the group's key and id."""
        for name, entry in _by_name(self.declared).items():
            self._named[name] = [use_case.use_case for use_case in entry.group.use_cases]

    def has(self, removed: "Removed") -> bool:
        """Return whether this has what another commit has and the files have not."""
        group = removed.entry.group
        names = (self._named[one] for one in (group.key, group.group_id) if one in self._named)
        return any(removed.use_case in {None, *said} for said in names)


@dataclass(frozen=True, slots=True)
class Removed:
    """A group that the base has and the files have not, or a use case of a group.

    Attributes:
        entry: The group as the base has it.
        use_case: The use case, or None for the whole group.
        now: The group as the files have it, or None for a whole group.
    """

    entry: Declared
    use_case: str | None = None
    now: Declared | None = None

    @property
    def name(self) -> str:
        """What it is called in a message."""
        key = visible(str(self.entry.group.key))
        return key if self.use_case is None else f"{visible(self.use_case)} of {key}"


def unshown(committed: Collection[str], folder: Folder, left_out: Collection[str]) -> list[Finding]:
    """Return an error for each group file of the planned commit that the folder does not show.

    One that has an error of its own, or whose folder has one, is not told again.

    Args:
        committed: The group files of the planned commit.
        folder: What the folder shows.
        left_out: What a sparse checkout leaves out.
    """
    return [
        _unshown(name, folder, left_out)
        for name in sorted(set(committed) - folder.read)
        if not any(part in folder.wrong for part in _with_parents(name))
    ]


def _unshown(name: str, folder: Folder, left_out: Collection[str]) -> Finding:
    folded = _folded(name)
    alike = sorted(other for other in folder.others if _folded(other) == folded)
    if alike == [name]:
        message = "the commit has a group file here, and the folder has something else"
        remedy = f"put the file back: `git restore --source=HEAD -- {name}`"
    elif alike:
        message = f"the commit has this file, and the folder has it as {visible(alike[0])}"
        remedy = "give it back its name; only what is committed counts as removed"
    elif name in left_out:
        message = "the commit has this file, and the sparse checkout leaves it out: not removed"
        remedy = "check out all of groups/, for example by `git sparse-checkout disable`"
    else:
        message = (
            "the commit has this file, and it is not here: not removed until that is committed"
        )
        remedy = f"bring it back with `git restore --source=HEAD -- {name}`, or commit that it ends"
    return _finding(name, message, remedy)


def renamed_away(
    gone: Mapping[str, str], committed: Mapping[str, str], folder: Folder
) -> list[Finding]:
    """Return an error for each group file that is still there under a name that is not read.

    Args:
        gone: Group files of an earlier commit that neither the planned commit nor the folder has,
            with the id of what stands in them.
        committed: What the planned commit has below `groups/` besides group files, likewise.
        folder: What the folder shows.
    """
    findings = []
    for name, content in sorted(gone.items()):
        there = {other for other, held in committed.items() if held == content}
        there |= {other for other in committed if _seems(other, name)}
        there |= {other for other in folder.others if _seems(other, name, only_yaml=True)}
        if found := sorted(there - folder.wrong):
            message = f"this seems to be {name}, which was not removed: this name is not read"
            remedy = f"name it {name} again; to end the group, delete it (Git keeps what it was)"
            findings.append(_finding(found[0], message, remedy))
    return findings


def removals(
    base: Sequence[Declared], desired: Sequence[Declared], only: frozenset[Key] | None
) -> list[Removed]:
    """Return what the base has and the files have not, of the chosen groups."""
    by_name = _by_name(desired)
    found = []
    for entry in base:
        now = by_name.get(entry.group.group_id) or by_name.get(entry.group.key)
        if only is not None and not only & _keys_of(entry, now):
            continue
        if now is None:
            found.append(Removed(entry))
        elif "use_cases" in now.group.declared:
            names = {use_case.use_case for use_case in now.group.use_cases}
            found += [
                Removed(entry, use_case.use_case, now)
                for use_case in entry.group.use_cases
                if use_case.use_case not in names
            ]
    return found


def uncommitted(found: Sequence[Removed], planned: Said) -> list[Finding]:
    """Return an error for each removal that the planned commit does not have, or may not have."""
    findings = [
        _at(
            removed,
            f"{removed.name} is in the commit, and not in the files: not removed until that is"
            " committed",
            "commit the change, or bring it back; what shall rest keeps its place, with"
            " `enabled: false`",
        )
        for removed in found
        if planned.has(removed)
    ]
    if findings or not planned.unknown:
        return findings
    unread = ", ".join(map(visible, sorted(planned.unknown)))
    return [
        _at(
            removed,
            f"whether {removed.name} was removed cannot be told: of the commit, {unread} cannot be"
            " used",
            "commit the files as they are now",
        )
        for removed in found
    ]


def never_had(found: Sequence[Removed], forks: Sequence[Said], base: str) -> list[Finding]:
    """Return an error for each removal of what the branch never had, since it is newer.

    Args:
        found: Removals that the planned commit has.
        forks: What the last commits say that base and branch have in common.
        base: How the base is called.
    """
    return [
        _at(
            removed,
            f"{base} has {removed.name}, which this branch never had: it is newer, not removed",
            "bring the branch up to date, or compare it with where it began:"
            ' --base "$(git merge-base REF HEAD)"',
        )
        for removed in found
        if not any(fork.has(removed) for fork in forks)
    ]


def _by_name(declared: Sequence[Declared]) -> dict[Key | str | None, Declared]:
    """Return groups by all that they are called: their keys, and the ids that files pin."""
    keys = {entry.group.key: entry for entry in declared}
    return keys | {entry.group.group_id: entry for entry in declared if entry.group.group_id}


def _keys_of(*entries: Declared | None) -> set[Key]:
    return {entry.group.key for entry in entries if entry}


def _at(removed: Removed, message: str, remedy: str) -> Finding:
    entry = removed.now or removed.entry
    place = removed.now.position("use_cases") if removed.now else (1, 1)
    return NOT_REMOVED.found(message, file=entry.file, place=place, remedy=remedy)


def _with_parents(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition("/")[0]


def _folded(name: str) -> str:
    """Return a name as file systems compare it that do not look at case."""
    return name.casefold()


def _seems(other: str, name: str, *, only_yaml: bool = False) -> bool:
    """Return whether a path that is not read seems to mean a group file.

    That is: its name without all extensions is the slug, whatever its case and however it is
    hidden, and it is not in a folder of another integration.
    """
    slug, _, _ = name.rpartition("/")[2].rpartition(".")
    *folders, last = _folded(other).split("/")
    stem, _, extension = last.strip().lstrip("._~#").partition(".")
    places = {part.lstrip(".") for part in folders} & set(INTEGRATIONS)
    return (
        stem == slug
        and (not only_yaml or extension in _YAML)
        and (not places or name.split("/")[1] in places)
    )


def _finding(file: str, message: str, remedy: str) -> Finding:
    return NOT_REMOVED.found(message, file=file, remedy=remedy)
