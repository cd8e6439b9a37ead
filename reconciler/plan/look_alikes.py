"""What a group that would be created looks like: a live group without a file, or another file.

Pure: no I/O. A dashboard edit of a name and a slug, a file that is moved, copied or renamed: each
makes a group that is there already look new, and a second one contacts the same people again. So
whatever shares one of these with a new group is its look-alike, whatever else differs:

- the sheet, which lists the people;
- the use cases with their actions, or all of one side's among the other's;
- the name.

Names, of whatever, are compared folded: what a reader sees no difference in aside.

Between integrations a live group counts likewise. Two *files* are both somebody's intention: of
those, a name counts only within an integration, and use cases only if the sheets may be one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import merge
from itertools import chain, groupby, repeat
from operator import itemgetter
from typing import Final, Literal, get_args

from pydantic import SecretStr

from reconciler.model import Action, Declared, Group, UseCase
from reconciler.plan.guards import COPIES, RENAMES, guard
from reconciler.plan.nouns import Guard
from reconciler.text.characters import skeleton
from reconciler.text.sheets import sheet_of

Trait = Literal["sheet", "use cases", "name"]
"""What two groups share."""

_TRAITS: Final[tuple[Trait, ...]] = get_args(Trait)
_ANY: Final = object()
"""In place of a sheet: whichever it is."""
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


_APOSTROPHES: Final = re.compile("['\"]")
_BETWEEN: Final = re.compile(r"[\s!#-/:-@\[-`{-~]+")
"""Spaces and the punctuation of a keyboard: a dash, a dot, an underscore."""


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return a name without what people see no difference in.

    That is case, spaces and punctuation between words, Unicode's forms, characters that nobody sees
    or tells from others. A name of nothing but punctuation is kept as it looks.
    """
    seen = skeleton(name).casefold()
    return _BETWEEN.sub(" ", _APOSTROPHES.sub("", seen)).strip() or seen


def fold_action(action: Action) -> Hashable:
    """Return an action with its names folded."""
    return action.action_type, fold(action.context), action.day, fold(action.template_name)


def sheet(link: SecretStr) -> str:
    """Return by which two links are known to lead to one sheet; never shown."""
    return sheet_of(link.get_secret_value())


def traits_words(traits: Iterable[Trait]) -> str:
    """Return in words what two groups share."""
    return " and ".join(_WORDS[trait] for trait in traits)


def alike(new: Sequence[Declared], strays: Collection[Group]) -> Iterator[Iterator[LookAlike]]:
    """Yield for each new group the live ones without a file that look like it, in order of id.

    What is not asked for is not looked for: whoever needs one of them pays for one.
    """
    index = _Index([(stray, None) for stray in sorted(strays, key=lambda one: str(one.group_id))])
    return (_pairs(entry, index) for entry in new)


def copies(new: Sequence[Declared], declared: Sequence[Declared]) -> Iterator[Iterator[LookAlike]]:
    """Yield for each new group the other files that look like it, in order of key; as `alike`.

    Of two new ones the later one by its key is the copy.
    """
    created = {entry.group.key for entry in new}
    files = sorted(declared, key=lambda entry: str(entry.group.key))
    order = {entry.group.key: number for number, entry in enumerate(files)}
    index = _Index([(entry.group, entry.file) for entry in files], apart=True)

    def is_copy(pair: LookAlike) -> bool:
        key, other = pair.new.group.key, pair.other.key
        return other != key and (other not in created or order[other] < order[key])

    return (filter(is_copy, _pairs(entry, index)) for entry in new)


def _pairs(entry: Declared, index: "_Index") -> Iterator[LookAlike]:
    return (LookAlike(entry, *found) for found in index.of(entry.group))


class _Index:
    """Groups by what makes them look alike.

    Names and use cases that two sites share may be meant: where they are told `apart`, names count
    within an integration, and use cases only where the sheets may be one besides.
    """

    def __init__(self, groups: Sequence[tuple[Group, str | None]], *, apart: bool = False) -> None:
        self._groups = groups
        self._apart = apart
        self._by: dict[tuple[Trait, Hashable], list[int]] = defaultdict(list)
        self._contacts: dict[Hashable, _Contacts] = defaultdict(_Contacts)
        for number, (group, _) in enumerate(groups):
            for trait, value in self._values(group):
                self._by[trait, value].append(number)
            contacts = frozenset(contact(part) for part in group.use_cases if part.actions)
            for place in self._places(group, sought=False) if contacts else ():
                self._contacts[place].add(contacts, number)

    def of(self, group: Group) -> Iterator[tuple[Group, str | None, tuple[Trait, ...]]]:
        """Yield what looks like a group, and what they share, in the order of the index."""
        found: list[tuple[Trait, Sequence[int]]] = [
            (trait, self._by.get((trait, value), ())) for trait, value in self._values(group)
        ]
        contacts = frozenset(contact(part) for part in group.use_cases if part.actions)
        found += [
            ("use cases", self._contacts[place].shared(contacts))
            for place in self._places(group, sought=True)
            if contacts and place in self._contacts
        ]
        ranked = merge(*(zip(numbers, repeat(_TRAITS.index(trait))) for trait, numbers in found))
        for number, ranks in groupby(ranked, key=itemgetter(0)):
            yield (*self._groups[number], tuple(_TRAITS[rank] for _, rank in ranks))

    def _values(self, group: Group) -> Iterator[tuple[Trait, Hashable]]:
        """Yield the sheet and the name by which a group is found."""
        if group.sheet_link is not None:
            yield "sheet", sheet(group.sheet_link)
        if folded := fold(group.name):
            yield "name", (folded, group.integration if self._apart else "")

    def _places(self, group: Group, *, sought: bool) -> Iterator[Hashable]:
        """Yield where a group's use cases are noted, or those that it may share are sought."""
        if not self._apart:
            yield ""
            return
        link = sheet(group.sheet_link) if group.sheet_link else None
        if sought and link is None:
            yield group.integration, _ANY
        else:
            yield group.integration, link
            yield group.integration, None if sought else _ANY


class _Contacts:
    """Sets of contacts by number, to find those that are within another set or have it within."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[Hashable], list[int]] = {}
        self._having: dict[Hashable, list[frozenset[Hashable]]] = defaultdict(list)
        self._shared: dict[frozenset[Hashable], Sequence[int]] = {}

    def add(self, contacts: frozenset[Hashable], number: int) -> None:
        """Note a set under a number, all before the first question, numbers in their order."""
        if contacts not in self._numbers:
            self._numbers[contacts] = []
            for one in contacts:
                self._having[one].append(contacts)
        self._numbers[contacts].append(number)

    def shared(self, contacts: frozenset[Hashable]) -> Sequence[int]:
        """Return the numbers of the sets that are within one or have it within, sorted."""
        if contacts not in self._shared:
            rarest = min((self._having.get(one, ()) for one in contacts), key=len)
            sets = [other for other in rarest if contacts <= other]
            sets += [
                other
                for one in contacts
                for other in self._by_rarest.get(one, ())
                if other < contacts
            ]
            numbers = [self._numbers[other] for other in sets]
            self._shared[contacts] = numbers[0] if len(numbers) == 1 else sorted(chain(*numbers))
        return self._shared[contacts]

    @cached_property
    def _by_rarest(self) -> Mapping[Hashable, Sequence[frozenset[Hashable]]]:
        """The sets by that of their contacts which the fewest sets have: each is noted once."""
        found: dict[Hashable, list[frozenset[Hashable]]] = defaultdict(list)
        for contacts in self._numbers:
            found[min(contacts, key=lambda one: len(self._having[one]))].append(contacts)
        return found


def contact(use_case: UseCase) -> tuple[str, Hashable]:
    """Return what two use cases share that contact the same people alike: name and actions."""
    actions = Counter(fold_action(action) for action in use_case.actions)
    return fold(use_case.use_case), frozenset(actions.items())


def texts(use_case: UseCase) -> Hashable:
    """Return what two use cases share that tell people the same: texts and calls, on any day."""
    told = Counter((action.action_type, fold(action.template_name)) for action in use_case.actions)
    return frozenset(told.items())


def rename_guards(
    new: Sequence[Declared], strays: Collection[Group], env: str | None, ended: Collection[str]
) -> Iterator[Guard]:
    """Yield a guard for each new group that looks like a live one: a rename, or a second copy.

    Args:
        new: Groups that would be created.
        strays: Live groups without a file.
        env: Environment whose overrides apply; the line to add then belongs there.
        ended: Ids of live groups that contact nobody once this plan is carried out, since Git has
            removed them; in the other integration they need no guard.
    """

    def doubtful(pair: LookAlike) -> bool:
        return not (_moved(pair) and str(pair.other.group_id) in ended)

    for pairs in alike(new, strays):
        pair = next(filter(doubtful, pairs), None)
        if pair is None:
            continue
        other = pair.other
        yield guard(
            RENAMES,
            f'{_side(pair.new)} would be created beside the live group {other.key} "{other.name}"'
            f" ({other.group_id}), which has no file and {_shared(pair)}",
            _both(other) if _moved(pair) else _same_group(pair, env),
            file=pair.new.file,
            line=pair.new.position("slug")[0],
        )


def copy_guards(new: Sequence[Declared], declared: Sequence[Declared]) -> Iterator[Guard]:
    """Yield a guard for each new group that looks like another file; arguments as of `copies`."""
    for pairs in copies(new, declared):
        pair = next(pairs, None)
        if pair is None:
            continue
        yield guard(
            COPIES,
            f'{_side(pair.new)} would be created beside {pair.other.key} "{pair.other.name}" of'
            f" {pair.file}, which has {_shared(pair)}",
            f"delete one of the two files, or give {pair.new.file} people, a name and texts of its"
            " own",
            file=pair.new.file,
            line=pair.new.position("slug")[0],
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


def _moved(pair: LookAlike) -> bool:
    return pair.other.integration != pair.new.group.integration


def _both(stray: Group) -> str:
    return (
        f"people may be contacted by both: switch {stray.key} off in the same plan, in its file or"
        " by --prune with a base that has it"
    )
