"""What of live state a file takes, and how the group then reads.

Pure: no I/O. What differs is the plan's own: the very parts of its changes. A part that somebody
changed in the dashboard is taken; one that the file's author changed since the base stays, whatever
live says of it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from reconciler.model import Action, Group, UseCase
from reconciler.plan.nouns import Change, Part


def parts(change: Change) -> Iterator[Part]:
    """Yield each part in which a file and live state differ, in the order of the plan."""
    for field in change.fields:
        yield (field.path,)
    for use_case in change.use_cases:
        path = ("use_cases", use_case.use_case)
        if use_case.before is None:
            yield path
            continue
        if use_case.before.enabled != use_case.after.enabled:
            yield (*path, "enabled")
        yield from ((*path, action) for action in dict.fromkeys(use_case.added + use_case.removed))


def taken(change: Change, *, known: bool) -> frozenset[Part]:
    """Return the parts of which live state is taken.

    Args:
        change: What the plan would write.
        known: Whether the base knows the group; all is taken of a file that Git does not know.
    """
    return frozenset(
        part for part in parts(change) if not known or change.origins.get(part) == "drift"
    )


def wanted(desired: Group, change: Change, take: Collection[Part]) -> Group:
    """Return a file's group as it reads once it has taken some parts of live state."""
    fields = {field.path: field.before for field in change.fields if (field.path,) in take}
    differing = {part.use_case: part for part in change.use_cases}
    use_cases = []
    for said in desired.use_cases:
        part = differing.get(said.use_case)
        if part is None:
            use_cases.append(said)
        elif part.before is not None:
            use_cases.append(_merged(said, part.before, take))
        elif ("use_cases", said.use_case) not in take:
            use_cases.append(said)
    if "use_cases" in desired.declared:
        return desired.model_copy(update={**fields, "use_cases": tuple(use_cases)})
    return desired.model_copy(update=fields)


def _merged(said: UseCase, live: UseCase, take: Collection[Part]) -> UseCase:
    """Return a use case of a file with the parts of live state that it takes."""
    path = ("use_cases", said.use_case)
    counts: Mapping[Action, int] = Counter(live.actions)
    told: Counter[Action] = Counter()
    actions = []
    for action in (*said.actions, *live.actions):
        most = counts[action] if (*path, action) in take else said.actions.count(action)
        if told[action] < most:
            told[action] += 1
            actions.append(action)
    enabled = live.enabled if (*path, "enabled") in take else said.enabled
    return UseCase(use_case=said.use_case, enabled=enabled, actions=tuple(actions))
