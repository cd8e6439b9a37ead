"""Groups that Git protects: what ends in them has to be allowed. Pure: no I/O."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from reconciler.model import Key
from reconciler.plan.guards import PROTECTED, guard
from reconciler.plan.nouns import Change, Guard


def protected_guards(
    changes: Sequence[Change], before: Collection[Key], allow: Mapping[str, int]
) -> Iterator[Guard]:
    """Yield a guard for each use case of a protected group that is to end, unless as many may.

    Args:
        changes: What is to be written.
        before: Keys of the groups that an earlier commit protects, as they are now.
        allow: As of `build_plan`.
    """
    ending = [
        (change, part.use_case)
        for change in changes
        if change.declared.protected or change.key in before
        for part in change.use_cases
        if part.action == "disable"
    ]
    if len(ending) <= allow.get(PROTECTED.id, 0):
        return
    for change, name in ending:
        yield guard(
            PROTECTED,
            f"{change.key} is protected, and {name} would be switched off",
            f"leave it enabled; if it is to end: --allow protected={len(ending)}",
            file=change.declared.file,
            line=change.declared.position(f"use_cases.{name}.enabled")[0],
        )
