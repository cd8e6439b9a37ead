"""What of live state a file takes, and how the group then reads.

Pure: no I/O. What differs is the plan's own: the very parts of its changes. A part that somebody
changed in the dashboard is taken; one that the file's author changed since the base stays, whatever
live says of it. What a file does not have is unmanaged, and taken only where all is asked for; what
its author has taken out of it since the base stays out.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from reconciler.model import GROUP_FIELDS, Action, Declared, Group, UseCase
from reconciler.plan.nouns import Change, Part
from reconciler.pull.nouns import Left

PIN: Final = "group_id"
_USE_CASES: Final = "use_cases"


def parts(change: Change) -> Iterator[Part]:
    """Yield each part in which a file and live state differ, in the order of the plan."""
    for field in change.fields:
        yield (field.path,)
    for use_case in change.use_cases:
        path = (_USE_CASES, use_case.use_case)
        if use_case.before is None:
            yield path
            continue
        if use_case.before.enabled != use_case.after.enabled:
            yield (*path, "enabled")
        yield from ((*path, action) for action in dict.fromkeys(use_case.added + use_case.removed))


def absent(
    entry: Declared, live: Group, base: Group | None, *, pin: bool = False
) -> Iterator[Part]:
    """Yield the parts that are live, and neither in a file nor in what Git said of it.

    Args:
        entry: What the file says.
        live: The live group.
        base: What the base says of it, or None.
        pin: Whether its id is one of them: it is that of an environment.
    """
    said = entry.group.declared | (base.declared if base else frozenset())
    if entry.variable is not None:
        said |= {"sheet_link"}
    for name in (*([PIN] if pin else ()), *GROUP_FIELDS):
        if name not in said and getattr(live, name) is not None:
            yield (name,)
    if _USE_CASES not in entry.group.declared and _USE_CASES in said:
        return
    known = {part.use_case for one in (entry.group, base) if one for part in one.use_cases}
    yield from (
        (_USE_CASES, part.use_case) for part in live.use_cases if part.use_case not in known
    )


def drifted(change: Change, *, known: bool) -> list[Part]:
    """Return the parts of which live state is taken, in the order of the plan.

    Args:
        change: What the plan would write.
        known: Whether the base knows the group; all is taken of a file that Git does not know.
    """
    return [part for part in parts(change) if not known or change.origins.get(part) == "drift"]


def stays(change: Change, take: Collection[Part]) -> Iterator[Left]:
    """Yield the parts that differ and are not taken, since the file's author has changed them."""
    for part in parts(change):
        if part in take:
            continue
        if change.origins.get(part) == "conflict":
            words = "changed here and in live state: decide, and write it by hand"
            yield Left(part, "conflict", words)
        else:
            yield Left(part, "yours", "changed here since the base, and not applied")


def wanted(desired: Group, live: Group, take: Collection[Part]) -> Group:
    """Return a file's group as it reads once it has taken some parts of live state."""
    there = {part.use_case: part for part in live.use_cases}
    fields = {name: getattr(live, name) for name in (*GROUP_FIELDS, PIN) if (name,) in take}
    use_cases = []
    for said in desired.use_cases:
        if said.use_case in there:
            use_cases.append(_merged(said, there[said.use_case], take))
        elif (_USE_CASES, said.use_case) not in take:
            use_cases.append(said)
    named = {said.use_case for said in desired.use_cases}
    use_cases += [
        part
        for part in settled(live.use_cases)
        if part.use_case not in named and (_USE_CASES, part.use_case) in take
    ]
    if _USE_CASES in desired.declared or use_cases:
        fields[_USE_CASES] = tuple(use_cases)
    return desired.model_copy(update=fields)


def settled(use_cases: Iterable[UseCase]) -> list[UseCase]:
    """Return live use cases by name, with their actions in one order, the highest day first.

    A server may give them in another one each time.
    """
    return [
        part.model_copy(update={"actions": tuple(sorted(part.actions, key=_order))})
        for part in sorted(use_cases, key=lambda part: part.use_case)
    ]


def _order(action: Action) -> tuple[int, str, str, str]:
    return -action.day, action.action_type, action.context, action.template_name


def _merged(said: UseCase, live: UseCase, take: Collection[Part]) -> UseCase:
    """Return a use case of a file with the parts of live state that it takes."""
    path = (_USE_CASES, said.use_case)
    had, has = Counter(live.actions), Counter(said.actions)
    told: Counter[Action] = Counter()
    actions = []
    for action in (*said.actions, *sorted(live.actions, key=_order)):
        most = had if (*path, action) in take else has
        if told[action] < most[action]:
            told[action] += 1
            actions.append(action)
    enabled = live.enabled if (*path, "enabled") in take else said.enabled
    return UseCase(use_case=said.use_case, enabled=enabled, actions=tuple(actions))
