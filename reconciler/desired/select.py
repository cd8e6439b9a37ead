"""Which groups the KEY and PATH arguments of a command mean."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath

from reconciler.desired.resolve import Checked
from reconciler.errors import Finding, UsageError
from reconciler.model import Declared, Key
from reconciler.text import did_you_mean, visible


def select(declared: Sequence[Declared], selectors: Sequence[str], root: Path) -> frozenset[Key]:
    """Return the keys of the groups that are meant; raises UsageError for one that means none."""
    names = {entry.file: str(entry.group.key) for entry in declared}
    chosen = _chosen(names, selectors, root)
    return frozenset(entry.group.key for entry in declared if entry.file in chosen)


def meant(declared: Sequence[Declared], selectors: Sequence[str], root: Path) -> frozenset[str]:
    """Return the files of the groups that are meant; a selector may mean none here."""
    names = {entry.file: str(entry.group.key) for entry in declared}
    return frozenset(name for selector in selectors for name in _found(names, selector, root))


def narrow(
    checked: Checked, selectors: Sequence[str], root: Path
) -> tuple[Sequence[str], Sequence[Finding]]:
    """Return the chosen files and their findings, all without selectors; raises UsageError."""
    if not selectors:
        return checked.files, checked.findings
    by_path = {
        name: str(PurePath(name).relative_to("groups").with_suffix("").as_posix())
        for name in checked.files
    }
    misplaced = {
        finding.file: finding.file for finding in checked.findings if finding.file not in by_path
    }
    slugs = {
        source.place.name: f"{source.place.integration}/{source.slug(None)}"
        for source in checked.documents
    }
    chosen = _chosen(misplaced | by_path | slugs, selectors, root)
    return [name for name in checked.files if name in chosen], [
        item for item in checked.findings if item.file in chosen
    ]


def _chosen(keys: Mapping[str, str], selectors: Iterable[str], root: Path) -> set[str]:
    """Return the files that selectors mean, given the key of each file."""
    chosen: set[str] = set()
    for selector in selectors:
        found = _found(keys, selector, root)
        if not found:
            raise UsageError(
                f"no group file is meant by {visible(selector)}",
                remedy=did_you_mean(selector, [*keys.values(), *keys])
                or "`reconciler validate` names what it does not like",
            )
        chosen |= found
    return chosen


def _found(keys: Mapping[str, str], selector: str, root: Path) -> set[str]:
    path = _normalised(selector, root)
    return {
        name
        for name, key in keys.items()
        if key == selector or name == path or name.startswith(f"{path}/")
    }


def _normalised(selector: str, root: Path) -> str:
    """Return a path as files are named: from the root, with forward slashes, without dots."""
    path = Path(os.path.normpath(selector))
    if path.is_absolute():
        path = Path(os.path.relpath(path, root))
    return path.as_posix()
