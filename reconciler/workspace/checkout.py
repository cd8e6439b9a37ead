"""The checkout: the folder beside the commit that it is of, and what only seems to be removed."""

import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from reconciler import desired
from reconciler.desired.catalogue import NO_GROUP_FILES
from reconciler.desired.files import EXTENSIONS, GroupPath, discover, is_ours, placed
from reconciler.errors import ConfigError, Finding, StaleError
from reconciler.model import INTEGRATIONS, Declared, Key
from reconciler.workspace import removal
from reconciler.workspace.base import Earlier
from reconciler.workspace.commits import Tree, elsewhere, left_out, read_files, read_tree
from reconciler.workspace.git import Git
from reconciler.workspace.removal import Folder, Removed, Said

_GROUP_FILE: Final = re.compile(
    rf"^((?:.*/)?{desired.FOLDER})/(?:{'|'.join(INTEGRATIONS)})/[^/]+\.ya?ml$"
)


@dataclass(frozen=True, slots=True)
class Checkout:
    """The folder and the commit that is checked out there.

    Attributes:
        git: Git, in the folder.
        folder: What the folder shows.
        planned: What the commit has.
        env: Environment whose overrides apply.
        variables: What `from_env` takes its links from.
    """

    git: Git
    folder: Folder
    planned: Tree
    env: str | None
    variables: Mapping[str, str]

    def since(self, applied: Earlier) -> tuple[str, ...]:
        """Return the commits between an applied one and this that changed groups, oldest first.

        Of what was merged the merge alone.

        Raises:
            ConfigError: Git cannot say.
        """
        found = self.git.merged_since(applied.commit, self.planned.commit, desired.FOLDER)
        return tuple(one for one in found if one != self.planned.commit)

    def behind(self, applied: Earlier) -> str:
        """Return what to tell where it is not known whether a commit is one of this branch's past.

        Raises:
            StaleError: It is not, so that what was applied since would be taken back.
        """
        if applied.commit in self.git.fork(applied.commit, self.planned.commit):
            return ""
        if self.git.shallow():
            return (
                f"Whether the {applied.name} is one of those that led here cannot be told in this"
                " shallow clone: what was applied since would be told as if it were not."
            )
        raise StaleError(
            f"the {applied.name} is none of those that led to {self.planned.commit[:12]}, which is"
            " to be planned: what was applied since would be taken back",
            remedy="bring the branch up to date with what was applied, and plan again",
        )

    def unshown(self, commits: Sequence[Earlier]) -> list[Finding]:
        """Return an error for each file that Git has and the folder does not show as one to read.

        Those of the planned commit, and those of earlier ones that are there under another name.
        """
        committed = _group_files(self.planned)
        gone = {
            name: earlier.tree.entries[name].id
            for earlier in reversed(commits)
            for name in _group_files(earlier.tree) - committed - self.folder.read
        }
        besides = {
            name: entry.id for name, entry in self.planned.entries.items() if name not in committed
        }
        skipped: Collection[str] = ()
        if committed - self.folder.read:
            skipped = left_out(self.git, desired.FOLDER)
        return [
            *removal.unshown(committed, self.folder, skipped),
            *removal.renamed_away(gone, besides, self.folder),
        ]

    def kept(
        self,
        commits: Sequence[Earlier],
        declared: tuple[Declared, ...],
        only: frozenset[Key] | None,
    ) -> list[Finding]:
        """Return an error for each group and use case that seems to be removed and is not.

        Raises:
            ConfigError: Git cannot say.
        """
        findings: dict[Finding, None] = {}
        for earlier in commits:
            if found := removal.removals(earlier.declared, declared, only):
                planned = self._said(self.planned, earlier)
                wrong = removal.uncommitted(found, planned) or self._newer(found, earlier)
                findings |= dict.fromkeys(wrong)
        return list(findings)

    def _newer(self, found: list[Removed], earlier: Earlier) -> list[Finding]:
        forks = self.git.fork(earlier.commit, self.planned.commit)
        if earlier.commit in forks:
            return []
        if not forks:
            shallow = self.git.shallow()
            raise ConfigError(
                f"--prune: what the {earlier.called} has and this branch has not ({found[0].name}"
                f"{' and others' if len(found) > 1 else ''}) was removed, or is newer than the"
                " branch: the two have no commit in common"
                + (" in this shallow clone" if shallow else ""),
                remedy="fetch the history: `git fetch --unshallow`, or give actions/checkout"
                " `fetch-depth: 0`"
                if shallow
                else "name a commit that this branch began at",
            )
        trees = [read_tree(self.git, fork, desired.FOLDER) for fork in forks]
        said = [self._said(tree, earlier) for tree in trees]
        return removal.never_had(found, said, f"the {earlier.called} ({earlier.commit[:12]})")

    def _said(self, tree: Tree, earlier: Earlier) -> Said:
        """Return what a commit says of groups, links from variables left out."""
        if tree.id == earlier.tree.id:
            return Said(earlier.declared)
        contents = read_files(self.git, tree, _group_files(tree))
        declared, findings = desired.load_base(contents.files, env=self.env, variables={})
        return Said(declared, frozenset({*contents.odd, *(found.file for found in findings)}))


def read_checkout(root: Path, *, env: str | None, variables: Mapping[str, str]) -> Checkout:
    """Read the folder and the commit that is checked out there.

    Raises:
        ConfigError: Nothing is committed, Git cannot be used, or it has no groups in its keeping.
    """
    git = Git(root, variables)
    planned = read_tree(git, git.head(), desired.FOLDER)
    if planned.odd and planned.odd != "a file":
        raise ConfigError(
            f"Git has {desired.FOLDER} as {planned.odd}: its group files are in no commit of this"
            " repository, so it cannot be told what was changed or removed",
            remedy=f"put the files themselves into {desired.FOLDER}/, or leave --base and --applied"
            " out",
        )
    submodules = sorted(name for name, entry in planned.entries.items() if entry.submodule)
    if submodules:
        raise ConfigError(
            f"Git has {submodules[0]} as a submodule: its group files are in no commit of this"
            " repository, so it cannot be told what was changed or removed",
            remedy=f"put the files themselves into {desired.FOLDER}/, or leave --base and --applied"
            " out",
        )
    return Checkout(git, _shown(root), planned, env, variables)


def emptiness(git: Git, base: Earlier, folder: Folder) -> list[str]:
    """Return what to tell of a base without groups while the folder has some, a line each."""
    if _group_files(base.tree) or not folder.read:
        return []
    told = (
        f"{base.name}: it has no group files here, and the folder has"
        f" {len(folder.read)}: all of them count as this branch's, and nothing as removed."
    )
    places = elsewhere(git, base.commit, _GROUP_FILE)
    if places:
        told += (
            f" It has group files in {', '.join(places[:3])}: if they were moved from there, then"
            " what was removed, or changed by hand, is not seen in this plan."
        )
    return [told]


def _shown(root: Path) -> Folder:
    places, findings = discover(root)
    read = frozenset(place.name for place in places)
    wrong = frozenset(
        finding.file
        for finding in findings
        if finding.severity == "error" and finding.rule != NO_GROUP_FILES.id
    )
    top = root / desired.FOLDER
    names = set()
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name != ".git"]
        names |= {
            (desired.FOLDER / (Path(folder, name).relative_to(top))).as_posix()
            for name in [*folders, *files]
        }
    return Folder(read, wrong, frozenset(names) - read)


def _group_files(tree: Tree) -> frozenset[str]:
    """Return the paths in a tree that mean a group."""
    return frozenset(name for name in tree.entries if _is_group_file(PurePosixPath(name)))


def _is_group_file(name: PurePosixPath) -> bool:
    return is_ours(name) and name.suffix in EXTENSIONS and isinstance(placed(name), GroupPath)
