"""What has to be written before what: nobody is contacted by two groups if one write fails.

Pure: no I/O. A change that makes somebody be contacted waits for each change of the same plan that
ends the same contact elsewhere: the switch-off of a look-alike, or of a use case with the same name
and actions, as when a group or a use case moves. That holds for what a rollback switches on again,
too. A use case that is switched off too early contacts nobody for a moment; one that is switched
off too late, or not at all, contacts everybody twice.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from reconciler.model import UseCase
from reconciler.plan.look_alikes import alike, contact
from reconciler.plan.nouns import Change, Subject


def in_order(changes: Sequence[Change]) -> list[Change]:
    """Return the changes, each with the subjects of those that must be applied before it.

    Changes that would wait for each other in a circle do not all wait: the one that comes first by
    its key does not.
    """
    after: dict[Subject, set[Subject]] = {}
    for waiting, first in sorted(set(_pairs(changes)), key=_by_key):
        if not _reaches(after, first, waiting):
            after.setdefault(waiting, set()).add(first)
    return [replace(change, after=frozenset(after.get(change.subject, ()))) for change in changes]


def _by_key(pair: tuple[Subject, Subject]) -> list[tuple[str, str]]:
    return [(str(subject), subject.group_id) for subject in pair]


def _pairs(changes: Sequence[Change]) -> Iterator[tuple[Subject, Subject]]:
    """Yield the subject of a change that contacts, and of one that ends the same contact."""
    switched_off = ((change.subject, list(_switched(change, on=False))) for change in changes)
    ends = {subject: parts for subject, parts in switched_off if parts}
    switched_on = ((change.subject, list(_switched(change, on=True))) for change in changes)
    begins = {subject: parts for subject, parts in switched_on if parts}
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
    elsewhere = defaultdict[Hashable, list[Subject]](list)
    for first, off in ends.items():
        for one in off:
            elsewhere[contact(one)].append(first)
    for waiting, on in begins.items():
        for one in on:
            yield from ((waiting, first) for first in elsewhere[contact(one)] if first != waiting)


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
