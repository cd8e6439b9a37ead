"""What differs between a desired and a live group, down to single fields, use cases and actions.

Pure: no I/O. Equality on plain data comes first; only a part that differs is handed to deepdiff,
which costs a thousand times more. Only what a file declares is compared: an absent field is
unmanaged.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import SecretStr

from reconciler.model import GROUP_FIELDS, Action, Group, UseCase

Value = str | SecretStr | None
"""Value of a group-level field."""

UseCaseAction = Literal["add", "update", "disable"]

_OF_A_USE_CASE: Final = tuple(n for n in UseCase.model_fields if n not in {"use_case", "actions"})
_OF_AN_ACTION: Final = tuple(Action.model_fields)
"""All fields, so that one which is added to the nouns cannot be forgotten here."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A group-level field whose live value is not the desired one.

    Attributes:
        path: Name of the field.
        before: Live value; None where there is none.
        after: Desired value; None where it is managed as empty.
    """

    path: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class UseCaseChange:
    """A use case whose live state is not the desired one.

    Attributes:
        use_case: Its name, unique within the group.
        action: `add` where it is not live, `disable` where it was enabled and shall not be, else
            `update`.
        before: Live use case, or None.
        after: Desired use case.
        added: Actions that patients will newly notice, once per repetition, in the order of the
            file.
        removed: Actions that end, once per repetition, sorted.
    """

    use_case: str
    action: UseCaseAction
    before: UseCase | None
    after: UseCase
    added: tuple[Action, ...]
    removed: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The smallest differing part of two plain values: where it is and what stands on either side."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def name(self) -> str:
        """The path in one word: `use_cases.LAB_REMINDER.enabled`."""
        return ".".join(self.path)


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
    """Return the desired use cases that differ from live, sorted by name; those only live are not touched."""
    current = {use_case.use_case: use_case for use_case in live.use_cases} if live else {}
    changes = (
        _diff_use_case(current.get(use_case.use_case), use_case) for use_case in desired.use_cases
    )
    return tuple(sorted(filter(None, changes), key=lambda change: change.use_case))


def differences(before: Group, after: Group) -> tuple[Difference, ...]:
    """Describe by its smallest differing parts how one group differs from another, sorted by path.

    Only what `after` declares is compared. A part that one side lacks is None there.
    """
    here, there = plain(before), plain(after)
    found: list[Difference] = []
    for name, value in there.items():
        if here.get(name) == value:
            continue
        if name == "use_cases":
            found += _differences_within(name, here.get(name, {}), value)
        else:
            found.append(Difference((name,), here.get(name), value))
    return tuple(sorted(found, key=lambda part: part.path))


def moved(before: Group, now: Group) -> str:
    """Return in words how a live group has changed, secrets hidden, or an empty text."""
    parts = differences(before, now)
    return "; ".join(
        f"{part.name} was {shown(part.before)} and is {shown(part.after)}" for part in parts
    )


def shown(value: object) -> str:
    """Return one side of a difference in words, secrets hidden."""
    if isinstance(value, SecretStr):
        return "(hidden)"
    if isinstance(value, dict):
        return "(present)"
    return "(none)" if value is None else str(value)


def _differences_within(
    name: str, before: dict[str, Any], after: dict[str, Any]
) -> list[Difference]:
    from deepdiff import DeepDiff  # noqa: PLC0415 - imports in a quarter of a second; most runs never need it

    tree = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0)
    levels = (level for kind in tree.values() for level in kind)
    return [
        Difference(
            (name, *map(_step, level.path(output_format="list"))),
            _present(level.t1),
            _present(level.t2),
        )
        for level in levels
    ]


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


def _step(step: str | tuple[Any, ...]) -> str:
    if isinstance(step, str):
        return step
    return '{action_type} "{template_name}" on day {day} ({context})'.format_map(
        dict(zip(_OF_AN_ACTION, step, strict=True))
    )


def _present(value: object) -> object:
    """Read deepdiff's marker for "not there" as None."""
    return None if repr(value) == "not present" else value
