"""Which text or call that ends goes on as which one that begins: another wording, day or channel.

Pure: no I/O. Within a use case, what keeps most is paired first: one change before two, and two
before three. Of as many changes those come first that patients notice least: the wording, then the
context, the day, the channel. What keeps nothing but its channel is no pair: one ends and one
begins. Where several would do, they are paired in the order of their days.

So no pair is left to be made, and none in which both would keep more than they do. Both sides are
treated alike, so that an edit and its revert are told as mirror images, and the order of a list
means nothing. Each way to pair looks at each action once, so that costs do not grow with the
square, as those of the very fewest changes in sum would.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from reconciler.model import Action

_NOTICED: Final = ("context", "day", "action_type")
"""What patients notice, the later the more; they notice other fields less."""
FIELDS: Final = tuple(
    sorted(Action.model_fields, key=lambda n: _NOTICED.index(n) if n in _NOTICED else -1)
)
"""The fields of an action, those first whose change patients notice least."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A text or call that goes on as another one."""

    before: Action
    after: Action

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the fields that differ, in the order of FIELDS."""
        return tuple(
            name for name in FIELDS if getattr(self.before, name) != getattr(self.after, name)
        )

    @property
    def called(self) -> bool:
        """Whether it is a call in place of what was none."""
        return self.after.action_type == "CALL" != self.before.action_type


@dataclass(frozen=True, slots=True)
class Paired:
    """What became of what ends and begins, each sorted by `in_order`, turns by what they become."""

    turns: tuple[Turn, ...]
    begins: tuple[Action, ...]
    ends: tuple[Action, ...]


def paired(ends: Iterable[Action], begins: Iterable[Action]) -> Paired:
    """Return what of some actions that end and begin goes on; no action may be in both."""
    old, new = in_order(ends), in_order(begins)
    turns: list[Turn] = []
    for kept in _KEPT:
        waiting = defaultdict[tuple[Any, ...], deque[Action]](deque)
        for action in old if new else ():
            waiting[_part(action, kept)].append(action)
        left = []
        for action in new:
            if same := waiting.get(_part(action, kept)):
                turns.append(Turn(same.popleft(), action))
            else:
                left.append(action)
        if len(left) < len(new):
            old = in_order(action for same in waiting.values() for action in same)
            new = left
    turns.sort(key=lambda turn: (_key(turn.after), _key(turn.before)))
    return Paired(tuple(turns), tuple(new), tuple(old))


def in_order(actions: Iterable[Action]) -> list[Action]:
    """Return actions by day, the highest first, and then by everything else that they say."""
    return sorted(actions, key=_key)


def _key(action: Action) -> tuple[Any, ...]:
    return -action.day, *_part(action, FIELDS)


def _part(action: Action, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple([getattr(action, name) for name in names])


def _ways() -> list[tuple[str, ...]]:
    """Return what a pair may keep, in the order in which it is tried."""
    changes = [
        changed for number in range(1, len(FIELDS)) for changed in combinations(FIELDS, number)
    ]
    changes.sort(key=lambda changed: (len(changed), sum(1 << FIELDS.index(n) for n in changed)))
    kept = [tuple(name for name in FIELDS if name not in changed) for changed in changes]
    return [names for names in kept if names != ("action_type",)]


_KEPT: Final = _ways()
