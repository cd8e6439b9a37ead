"""Which groups the KEY and PATH arguments of a command mean.

A group is meant by its key, by its file or a folder that holds it, by its integration, by a pattern
that its key fits, or by its slug if no other group has that.

What is asked for is done, or nothing is: a selector that means no group refuses a plan and an
apply, also where it names a file that is there, since a plan of less than was asked for looks like
one without changes. `validate` only reads, and is given whatever a hook has at hand: what is there
and is no group file, and what Git once had and is gone, is passed over with a word. What nobody has
ever seen is a typing error everywhere.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from reconciler.desired.resolve import Checked
from reconciler.errors import UsageError
from reconciler.model import INTEGRATIONS, Declared, Key
from reconciler.text import listed, visible


def select(declared: Sequence[Declared], selectors: Sequence[str], root: Path) -> frozenset[Key]:
    """Return the keys of the groups that are meant; raises UsageError if one means none."""
    chosen = choose(_named(declared), selectors, root)
    return frozenset(entry.group.key for entry in declared if entry.file in chosen)


def choose(names: Mapping[str, str], selectors: Sequence[str], root: Path) -> frozenset[str]:
    """Return what is meant of some files, or of what has no file and a name that is no path.

    Args:
        names: Keys by what has them.
        selectors: What is meant.
        root: The folder that holds `groups/`.

    Raises:
        UsageError: A selector means none, or may mean several.
    """
    chosen: set[str] = set()
    nothing = []
    for selector in selectors:
        found = _meant(selector, names, root)
        chosen |= found
        if not found:
            nothing.append(selector)
    if nothing:
        raise _nothing(nothing, names, root)
    return frozenset(chosen)


def meant(declared: Sequence[Declared], selectors: Sequence[str], root: Path) -> frozenset[str]:
    """Return the files of the groups that are meant; a selector may mean none here."""
    names = _named(declared)
    return frozenset(name for selector in selectors for name in _meant(selector, names, root))


def _named(declared: Sequence[Declared]) -> dict[str, str]:
    return {entry.file: str(entry.group.key) for entry in declared}


def narrow(
    checked: Checked, selectors: Sequence[str], root: Path, had: Callable[[str], bool]
) -> Checked:
    """Return the chosen files and their findings, all without selectors, and what was passed over.

    Args:
        checked: All files.
        selectors: Keys, files and folders.
        root: The folder that holds `groups/`.
        had: Whether Git has or had a path, from the root; asked of what is not there.

    Raises:
        UsageError: One means no group file, is not there and never was.
    """
    if not selectors:
        return checked
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
    names = misplaced | by_path | slugs
    chosen: set[str] = set()
    nothing, passed = [], []
    for selector in selectors:
        found = _meant(selector, names, root)
        chosen |= found
        if found:
            continue
        if os.path.lexists(root / selector):
            passed.append(f"{selector} is no group file; it is passed over.")
        elif had(_normalised(selector, root)):
            passed.append(f"{selector} is not there any more; it is passed over.")
        else:
            nothing.append(selector)
    if nothing:
        raise _nothing(nothing, names, root)
    return replace(
        checked,
        files=tuple(name for name in checked.files if name in chosen),
        findings=tuple(item for item in checked.findings if item.file in chosen),
        notes=tuple(passed),
    )


def _meant(selector: str, keys: Mapping[str, str], root: Path) -> set[str]:
    """Return the files that a selector means, given the key of each file."""
    path = _normalised(selector, root)
    found = {
        name
        for name, key in keys.items()
        if key == selector or name == path or name.startswith(f"{path}/")
    }
    place = root / selector
    if found:
        return found
    if not os.path.lexists(place):
        return _by_key(selector, keys)
    # Somewhere on the way there, or to the files, is a link.
    real = {name: _placed(root / name) for name in keys}
    target = Path(os.path.realpath(place))
    return {name for name, file in real.items() if file == _placed(place)} or {
        name for name, file in real.items() if target == file or target in file.parents
    }


def _by_key(selector: str, keys: Mapping[str, str]) -> set[str]:
    """Return what an integration, a pattern of keys or a slug means; raises UsageError."""
    if selector in INTEGRATIONS:
        return {name for name, key in keys.items() if key.startswith(f"{selector}/")}
    if set(selector) & set("*?["):
        return {name for name, key in keys.items() if fnmatchcase(key, selector)}
    found = {name for name, key in keys.items() if key.partition("/")[2] == selector}
    if len({keys[name] for name in found}) > 1:
        several = sorted({keys[name] for name in found})
        raise UsageError(
            f"{visible(selector)} may be {len(several)} groups: {listed(several)}",
            remedy=f"name the integration as well, or choose all by '*/{visible(selector)}'",
        )
    return found


def _placed(path: Path) -> Path:
    """Return the one path of a file itself, that it may be a link to another one aside."""
    return Path(os.path.realpath(path.parent)) / path.name


def _nothing(selectors: Sequence[str], keys: Mapping[str, str], root: Path) -> UsageError:
    """Return what to raise for selectors that mean no group; all of them are named."""

    def told() -> Iterator[str]:
        for selector in selectors:
            if os.path.lexists(root / selector):
                yield f"{visible(selector)} is there and is no group file"
            else:
                yield f"no group file is meant by {visible(selector)}"

    asked = {word for selector in selectors for word in _words(selector)}
    known = sorted(set(keys.values()))
    alike = [key for key in known if asked & _words(key)]
    return UsageError(
        "; ".join(told()),
        remedy="name a group by its key or file"
        f" ({listed(alike or known) or 'there are none'}), or several by an integration or a"
        " pattern such as 'google/*'; `reconciler validate` names what it does not like",
    )


def _words(key: str) -> set[str]:
    """Return what tells a group from another one: the words of its slug."""
    return set(re.findall(r"[a-z0-9]+", key.lower())) - {"groups", "yaml", "yml", *INTEGRATIONS}


def _normalised(selector: str, root: Path) -> str:
    """Return a path as files are named: from the root, with forward slashes, without dots."""
    path = Path(os.path.normpath(selector))
    if path.is_absolute():
        path = Path(os.path.relpath(path, root))
    return path.as_posix()
