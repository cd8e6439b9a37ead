"""What differs between a desired and a live group, down to single fields, use cases and actions.

Pure: no I/O. Equality on plain data comes first; only a part that differs is handed to deepdiff,
which costs a thousand times more. Only what a file declares is compared: an absent field is
unmanaged.
"""

from collections import Counter
from typing import Any, Final

from reconciler.model import GROUP_FIELDS, Action, Group, UseCase
from reconciler.plan.nouns import FieldChange, UseCaseAction, UseCaseChange

_OF_A_USE_CASE: Final = tuple(n for n in UseCase.model_fields if n not in {"use_case", "actions"})
_OF_AN_ACTION: Final = tuple(Action.model_fields)
"""All fields, so that one which is added to the nouns cannot be forgotten here."""


def plain(group: Group) -> dict[str, Any]:
    """Return a group's declared content as plain data in which order has no say.

    Use cases are keyed by name and actions counted, so two groups that mean the same are equal with
    `==`.
    """
    content: dict[str, Any] = {
        name: getattr(group, name) for name in GROUP_FIELDS if name in group.declared
    }
    if "use_cases" in group.declared:
        content["use_cases"] = {
            use_case.use_case: plain_use_case(use_case) for use_case in group.use_cases
        }
    return content


def diff_fields(desired: Group, live: Group | None) -> tuple[FieldChange, ...]:
    """Return the declared group-level fields that differ, in the order of GROUP_FIELDS.

    Against no live group every declared field counts, its before being None.
    """
    declared = [name for name in GROUP_FIELDS if name in desired.declared]
    pairs = (
        (name, getattr(live, name) if live else None, getattr(desired, name)) for name in declared
    )
    return tuple(
        FieldChange(name, before, after)
        for name, before, after in pairs
        if live is None or before != after
    )


def diff_use_cases(desired: Group, live: Group | None) -> tuple[UseCaseChange, ...]:
    """Return desired use cases that differ from live, sorted by name; those only live are left."""
    current = {use_case.use_case: use_case for use_case in live.use_cases} if live else {}
    changes = (
        _diff_use_case(current.get(use_case.use_case), use_case) for use_case in desired.use_cases
    )
    return tuple(sorted(filter(None, changes), key=lambda change: change.use_case))


def _diff_use_case(before: UseCase | None, after: UseCase) -> UseCaseChange | None:
    if before is None:
        return UseCaseChange(after.use_case, "add", None, after, after.actions, ())
    if plain_use_case(before) == plain_use_case(after):
        return None
    action: UseCaseAction = "disable" if before.enabled and not after.enabled else "update"
    had, has = Counter(before.actions), Counter(after.actions)
    added = tuple((has - had).elements())
    removed = tuple(sorted((had - has).elements(), key=_as_tuple))
    return UseCaseChange(after.use_case, action, before, after, added, removed)


def plain_use_case(use_case: UseCase) -> dict[str, Any]:
    """Return a use case's content as plain data in which the order of actions has no say."""
    content = {name: getattr(use_case, name) for name in _OF_A_USE_CASE}
    return {**content, "actions": dict(Counter(map(_as_tuple, use_case.actions)))}


def _as_tuple(action: Action) -> tuple[Any, ...]:
    return tuple([getattr(action, name) for name in _OF_AN_ACTION])
