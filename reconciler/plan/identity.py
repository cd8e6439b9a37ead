"""Who is who: which live group each desired group is, settled before anything is compared.

Pure: no I/O. A desired group is the live group with its `group_id:`, or else the one live group
with its key; where there is none it is new. Whatever is ambiguous has a guard and no match: being
unable to act is better than guessing.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from reconciler.errors import Rule
from reconciler.model import Declared, Group, Key
from reconciler.plan.guards import (
    NO_SUCH_GROUP,
    ONE_GROUP_TWO_FILES,
    REPEATED_LIVE_USE_CASE,
    SLUG_TAKEN,
    TWO_LIVE_GROUPS,
    guard,
)
from reconciler.plan.nouns import Guard

Pair = tuple[Declared, Group | None]
"""A desired group and the live one that it means, None where it is new."""


def match(
    declared: Sequence[Declared], live: Sequence[Group]
) -> tuple[tuple[Pair, ...], tuple[Guard, ...]]:
    """Return each desired group with its live one, and a guard for each that has no answer.

    Both are in the order of the keys, whatever the order of the arguments.
    """
    by_key: dict[Key, list[Group]] = defaultdict(list)
    for group in sorted(live, key=lambda group: str(group.group_id)):
        by_key[group.key].append(group)
    by_id: dict[str | None, list[Group]] = defaultdict(list)
    for group in live:
        by_id[group.group_id].append(group)
    pinned = {entry.group.group_id for entry in declared if entry.group.group_id}

    matches: list[Pair] = []
    guards: list[Guard] = []
    for entry in sorted(declared, key=_order):
        namesakes = by_key[entry.group.key]
        if entry.group.group_id:
            found = by_id[entry.group.group_id]
            problem = _pin_problem(entry, found, namesakes)
        else:
            found = namesakes
            problem = _key_problem(entry, found, pinned)
        problem = problem or next(
            filter(None, (_repeated_use_case(entry, group) for group in found)), None
        )
        if problem:
            guards.append(problem)
        else:
            matches.append((entry, found[0] if found else None))
    return tuple(matches), tuple(guards)


def _order(entry: Declared) -> tuple[str, str]:
    return str(entry.group.key), entry.group.group_id or ""


def _pin_problem(
    entry: Declared, found: Sequence[Group], namesakes: Sequence[Group]
) -> Guard | None:
    group = entry.group
    if not found or found[0].integration != group.integration:
        return _guard(
            NO_SUCH_GROUP,
            entry,
            "group_id",
            f"{group.key} is pinned to the live group {group.group_id}, which {group.integration}"
            " does not have",
        )
    if namesakes and found[0].key != group.key:
        return _guard(
            SLUG_TAKEN,
            entry,
            "slug",
            f"{group.group_id} cannot become {group.key}: the live group {_ids(namesakes)} has"
            " that slug already",
        )
    return None


def _key_problem(entry: Declared, found: Sequence[Group], pinned: set[str]) -> Guard | None:
    if len(found) > 1:
        return _guard(
            TWO_LIVE_GROUPS,
            entry,
            "slug",
            f"{len(found)} live groups have the key {entry.group.key}: {_ids(found)}",
        )
    if found and found[0].group_id in pinned:
        return _guard(
            ONE_GROUP_TWO_FILES,
            entry,
            "slug",
            f"{entry.group.key} is the live group {_ids(found)}, which another file pins with"
            " group_id",
        )
    return None


def _repeated_use_case(entry: Declared, group: Group) -> Guard | None:
    counts = Counter(use_case.use_case for use_case in group.use_cases)
    repeated = sorted(name for name, count in counts.items() if count > 1)
    if not repeated:
        return None
    return _guard(
        REPEATED_LIVE_USE_CASE,
        entry,
        "use_cases",
        f"the live group {entry.group.key} ({group.group_id}) has more than once the use case"
        f" {' and '.join(repeated)}",
    )


def _guard(rule: Rule, entry: Declared, path: str, message: str, remedy: str = "") -> Guard:
    return guard(rule, message, remedy, file=entry.file, line=entry.position(path)[0])


def _ids(groups: Sequence[Group]) -> str:
    return " and ".join(str(group.group_id) for group in groups)
