"""What a group that would be created looks like: a live group without a file, or another file.

Pure: no I/O. A dashboard edit of a name and a slug, a file that is moved, copied or renamed: each
makes a group that is there already look new, and a second one contacts the same people again. So
whatever shares one of these with a new group is its look-alike, whatever else differs:

- the sheet, which lists the people;
- the use cases with their actions, or all of one side's among the other's;
- the name, folded: case, spaces and Unicode's forms aside.

Between integrations a live group counts likewise. Two *files* are both somebody's intention: of
those, a name counts only within an integration, and use cases only if the sheets may be one.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import SecretStr

from reconciler.model import Declared, Group, UseCase
from reconciler.plan.guards import COPIES, RENAMES, USE_CASE_RENAMES, guard
from reconciler.plan.nouns import Change, Guard

Trait = Literal["sheet", "use cases", "name"]
"""What two groups share."""

_WORDS: Final[dict[Trait, str]] = {
    "sheet": "the same sheet",
    "use cases": "the same use cases with the same actions",
    "name": "the same name",
}


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A new group, and one that seems to mean the same people.

    Attributes:
        new: It would be created.
        other: A live group without a file, or what another file declares.
        file: That other file; None for a live group.
        traits: What both share, in the order of `Trait`.
    """

    new: Declared
    other: Group
    file: str | None
    traits: tuple[Trait, ...]


def fold(name: str) -> str:
    """Return a name without what people see no difference in: case, spaces, Unicode's form."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def sheet(link: SecretStr) -> str:
    """Return by which two links are known to lead to one sheet; never shown."""
    return link.get_secret_value().partition("?")[0].rstrip("/")


def traits_words(traits: Iterable[Trait]) -> str:
    """Return in words what two groups share."""
    return " and ".join(_WORDS[trait] for trait in traits)


def alike(new: Sequence[Declared], strays: Collection[Group]) -> Iterator[LookAlike]:
    """Yield each pair of a new group and a live one without a file that look alike.

    In the order of `new`, then of the live groups' ids. Costs about one step for each group, and
    for each pair that is found.
    """
    traits = _Index([(stray, None) for stray in sorted(strays, key=lambda one: str(one.group_id))])
    for entry in new:
        yield from (LookAlike(entry, *found) for found in traits.of(entry.group))


def copies(new: Sequence[Declared], declared: Sequence[Declared]) -> Iterator[LookAlike]:
    """Yield each pair of a new group and another file that look alike.

    Of two new ones the later one by its key is the copy.
    """
    created = {entry.group.key for entry in new}
    files = sorted(declared, key=lambda entry: str(entry.group.key))
    order = {entry.group.key: number for number, entry in enumerate(files)}
    traits = _Index([(entry.group, entry.file) for entry in files])
    for entry in new:
        key = entry.group.key
        for other, file, shared in traits.of(entry.group):
            if other.key == key or (other.key in created and order[other.key] > order[key]):
                continue
            if held := tuple(trait for trait in shared if _counts(trait, entry.group, other)):
                yield LookAlike(entry, other, file, held)


def _counts(trait: Trait, new: Group, other: Group) -> bool:
    """Return whether what two files share makes one of them a copy of the other."""
    if trait == "sheet":
        return True
    if new.integration != other.integration:
        return False
    sheets = {group.sheet_link for group in (new, other)}
    return trait == "name" or None in sheets or len(sheets) == 1


class _Index:
    """Groups by what makes them look alike."""

    def __init__(self, groups: Sequence[tuple[Group, str | None]]) -> None:
        self._groups = groups
        self._by: dict[tuple[Trait, Hashable], list[int]] = defaultdict(list)
        for number, (group, _) in enumerate(groups):
            for trait, value in _values(group):
                self._by[trait, value].append(number)

    def of(self, group: Group) -> Iterator[tuple[Group, str | None, tuple[Trait, ...]]]:
        """Yield what looks like a group, and what they share, in the order of the index."""
        found: dict[int, list[Trait]] = defaultdict(list)
        for trait, value in _values(group):
            for number in self._by.get((trait, value), ()):
                if trait in found[number]:
                    continue
                if trait != "use cases" or _share(group, self._groups[number][0]):
                    found[number].append(trait)
        for number in sorted(found):
            if found[number]:
                yield (*self._groups[number], tuple(found[number]))


def _values(group: Group) -> Iterator[tuple[Trait, Hashable]]:
    """Yield what a group can be found by; use cases one by one, since one side may have more."""
    if group.sheet_link is not None:
        yield "sheet", sheet(group.sheet_link)
    for use_case in group.use_cases:
        if use_case.actions:
            yield "use cases", _contacts(use_case)
    if folded := fold(group.name):
        yield "name", folded


def _share(one: Group, other: Group) -> bool:
    """Return whether all that one group contacts for is among what the other does."""
    here, there = (
        {_contacts(part) for part in group.use_cases if part.actions} for group in (one, other)
    )
    return here <= there or there <= here


def _contacts(use_case: UseCase) -> Hashable:
    return use_case.use_case, _actions(use_case)


def _actions(use_case: UseCase) -> Hashable:
    """Return a use case's actions as a multiset."""
    return frozenset(Counter(use_case.actions).items())


def rename_guards(
    pairs: Sequence[LookAlike], env: str | None, ended: Collection[str]
) -> Iterator[Guard]:
    """Yield a guard for each new group that looks like a live one: a rename, or a second copy.

    Args:
        pairs: As `alike` yields them.
        env: Environment whose overrides apply; the line to add then belongs there.
        ended: Ids of live groups that contact nobody once this plan is carried out, since Git has
            removed them; in the other integration they need no guard.
    """
    guarded: set[str] = set()
    for pair in pairs:
        key, other = str(pair.new.group.key), pair.other
        moved = other.integration != pair.new.group.integration
        if key in guarded or (moved and str(other.group_id) in ended):
            continue
        guarded.add(key)
        yield guard(
            RENAMES,
            f'{_side(pair.new)} would be created beside the live group {other.key} "{other.name}"'
            f" ({other.group_id}), which has no file and {_shared(pair)}",
            _moved(other) if moved else _same_group(pair, env),
            file=pair.new.file,
            line=pair.new.position("slug")[0],
        )


def copy_guards(pairs: Sequence[LookAlike]) -> Iterator[Guard]:
    """Yield a guard for each new group that looks like another file."""
    guarded: set[str] = set()
    for pair in pairs:
        key = str(pair.new.group.key)
        if key in guarded:
            continue
        guarded.add(key)
        yield guard(
            COPIES,
            f'{_side(pair.new)} would be created beside {pair.other.key} "{pair.other.name}" of'
            f" {pair.file}, which has {_shared(pair)}",
            f"delete one of the two files, or give {pair.new.file} people, a name and texts of its"
            " own",
            file=pair.new.file,
            line=pair.new.position("slug")[0],
        )


def use_case_guards(changes: Sequence[Change]) -> Iterator[Guard]:
    """Yield a guard for each added use case that seems to be a live one under another name.

    It has the actions of an enabled live use case of its group that stays enabled and that the file
    does not name: every patient would be contacted twice.
    """
    for change in changes:
        if change.before is None:
            continue
        named = {part.use_case for part in change.declared.group.use_cases}
        named |= {part.use_case for part in change.use_cases}
        left: Mapping[Hashable, str] = {
            _actions(part): part.use_case
            for part in change.before.use_cases
            if part.contacts_somebody and part.use_case not in named
        }
        for part in change.use_cases:
            twin = left.get(_actions(part.after))
            if part.action == "add" and part.after.contacts_somebody and twin:
                yield guard(
                    USE_CASE_RENAMES,
                    f"{change.key} would get the use case {part.use_case} beside the live {twin},"
                    " which has the same actions, stays enabled and is not in the file",
                    f"if {twin} was renamed, add it to the file with `enabled: false`",
                    file=change.declared.file,
                    line=change.declared.position(f"use_cases.{part.use_case}")[0],
                )


def _side(entry: Declared) -> str:
    return f'{entry.group.key} "{entry.group.name}"'


def _shared(pair: LookAlike) -> str:
    return traits_words(pair.traits)


def _same_group(pair: LookAlike, env: str | None) -> str:
    """Return the lines to add; ids and slugs are those of one environment if one is chosen."""
    entry, live = pair.new, pair.other
    under = f" under `environments: {{{env}: ...}}`" if env else ""
    return (
        f"if it is the same group, add `group_id: {live.group_id}`{under} to {entry.file} (the slug"
        f" then changes to {entry.group.slug}) or `slug: {live.slug}`{under}"
    )


def _moved(stray: Group) -> str:
    return (
        f"people may be contacted by both: switch {stray.key} off, in its file or by --prune with a"
        " base that has it"
    )
