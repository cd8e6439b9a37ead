"""How one state of a group differs from another, in its smallest parts and in words.

Pure: no I/O. What reads back is compared with what was sent, and what is live with what it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from reconciler.model import Action, Group
from reconciler.plan.diff import plain
from reconciler.plan.nouns import Change
from reconciler.plan.unknown import Shift, lost, shifted_words, shifts
from reconciler.text import difference, masked


@dataclass(frozen=True, slots=True)
class Difference:
    """The smallest differing part of two plain values: where it is and what is on either side."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def name(self) -> str:
        """The path in one word: `use_cases.LAB_REMINDER.enabled`."""
        return masked(".".join(self.path))


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
    """Return in words how a live group has changed, secrets hidden, or an empty text.

    What this program does not know counts, by its name.
    """
    return _words(differences(before, now), shifts(before, now))


def moved_since(change: Change, now: Group) -> str:
    """Return in words how a group has changed since it was written, likewise.

    Unknown fields that are new are no change: the server may have filled them in.
    """
    return _words(differences(change.expected(), now), lost(change, now))


def shown(value: object) -> str:
    """Return one side of a difference in words, secrets and links hidden."""
    if isinstance(value, SecretStr):
        return "(hidden)"
    if isinstance(value, dict):
        return "(present)"
    return "(none)" if value is None else masked(str(value))


def _alike(part: Difference) -> str:
    """Return in what two values differ that may look the same."""
    if not (isinstance(part.before, str) and isinstance(part.after, str)):
        return ""
    told = difference(part.before, part.after)
    return f" ({told})" if told else ""


def _words(parts: Iterable[Difference], unknown: Sequence[Shift]) -> str:
    told = [
        f"{part.name} was {shown(part.before)} and is {shown(part.after)}{_alike(part)}"
        for part in parts
    ]
    return "; ".join([*told, *([shifted_words(unknown)] if unknown else [])])


def _differences_within(
    name: str, before: dict[str, Any], after: dict[str, Any]
) -> list[Difference]:
    # It takes a quarter of a second to import, and most runs never need it.
    from deepdiff import DeepDiff  # noqa: PLC0415

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


def _step(step: str | tuple[Any, ...]) -> str:
    if isinstance(step, str):
        return step
    return '{action_type} "{template_name}" on day {day} ({context})'.format_map(
        dict(zip(Action.model_fields, step, strict=True))
    )


def _present(value: object) -> object:
    """Read deepdiff's marker for "not there" as None."""
    return None if repr(value) == "not present" else value
