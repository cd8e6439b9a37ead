"""What has to be written before what: nobody is contacted by two groups if one write fails.

Pure: no I/O. A change that makes somebody be contacted waits for each change of the same plan that
ends the same contact elsewhere: the switch-off of a look-alike, or of a use case with the same name
and actions, as when a group or a use case moves. Who moves one may edit it on the way, so one of
the same name, or with the same texts, is waited for as well, unless many have them. That holds for
what a rollback switches on again, too. A use case that is switched off too early contacts nobody
for a moment; one that is switched off too late, or not at all, contacts everybody twice.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from reconciler.model import UseCase
from reconciler.plan.look_alikes import alike, contact, fold, texts
from reconciler.plan.nouns import Change, Subject

_FEW: Final = 10


def in_order(changes: Sequence[Change]) -> list[Change]:
    """Return the changes, each with the subjects of those that must be applied before it.

    Changes that would wait for each other in a circle do not all wait: the one that comes first by
    its key does not, and rather one that waits for what was edited on the way.
    """
    after: dict[Subject, set[Subject]] = {}
    for pairs in (_pairs(changes), _edited(changes)):
        for waiting, first in sorted(set(pairs), key=_by_key):
            if not _reaches(after, first, waiting):
                after.setdefault(waiting, set()).add(first)
    return [replace(change, after=frozenset(after.get(change.subject, ()))) for change in changes]


def _by_key(pair: tuple[Subject, Subject]) -> list[tuple[str, str]]:
    return [(str(subject), subject.group_id) for subject in pair]


def _pairs(changes: Sequence[Change]) -> Iterator[tuple[Subject, Subject]]:
    """Yield the subject of a change that contacts, and of one that ends the same contact."""
    ends, begins = (_by_subject(changes, on=on) for on in (False, True))
    ending = {
        str(change.before.group_id): change
        for change in changes
        if change.subject in ends and change.before
    }
    new = {
        change.key: change
        for change in changes
        if change.before is None and change.subject in begins
    }
    others = [change.before for change in ending.values() if change.before]
    for pair in chain.from_iterable(alike([change.declared for change in new.values()], others)):
        yield new[pair.new.group.key].subject, ending[str(pair.other.group_id)].subject
    yield from _elsewhere(ends, begins, contact)


def _edited(changes: Sequence[Change]) -> Iterator[tuple[Subject, Subject]]:
    """Yield the same of use cases that share less than name and actions, and with few others."""
    ends, begins = (_by_subject(changes, on=on) for on in (False, True))
    yield from _elsewhere(ends, begins, lambda one: fold(one.use_case), most=_FEW)
    yield from _elsewhere(ends, begins, texts, most=_FEW)


def _elsewhere(
    ends: Mapping[Subject, Sequence[UseCase]],
    begins: Mapping[Subject, Sequence[UseCase]],
    share: Callable[[UseCase], Hashable],
    *,
    most: int | None = None,
) -> Iterator[tuple[Subject, Subject]]:
    """Yield who begins a contact, and who ends elsewhere one that shares something with it.

    What more than `most` of those that end have tells nothing apart.
    """
    ending = defaultdict[Hashable, list[Subject]](list)
    for first, off in ends.items():
        for one in off:
            ending[share(one)].append(first)
    for waiting, on in begins.items():
        for one in on:
            found = ending[share(one)]
            if most is None or len(found) <= most:
                yield from ((waiting, first) for first in found if first != waiting)


def _by_subject(changes: Sequence[Change], *, on: bool) -> dict[Subject, list[UseCase]]:
    """Return the use cases that changes switch on, or off, of those that switch any."""
    switched = ((change.subject, list(_switched(change, on=on))) for change in changes)
    return {subject: parts for subject, parts in switched if parts}


def _switched(change: Change, *, on: bool) -> Iterator[UseCase]:
    """Yield the use cases that a change switches on, or those that it switches off as they were."""
    for part in change.use_cases:
        was = part.before is not None and part.before.contacts_somebody
        if on and part.after.contacts_somebody and not was:
            yield part.after
        if not on and was and not part.after.contacts_somebody and part.before:
            yield part.before


def _reaches(after: Mapping[Subject, Collection[Subject]], start: Subject, goal: Subject) -> bool:
    """Return whether a change waits for another, directly or through others."""
    return start == goal or any(_reaches(after, step, goal) for step in after.get(start, ()))
