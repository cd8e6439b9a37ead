"""Rules about names that somebody has mistyped, as far as all the others can tell. Pure: no I/O."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from reconciler.lint.near import Nearby
from reconciler.model import Action, Group

NameKind = Literal["template_name", "context", "assistant_id"]
MANY: Final = 3
"""Uses of a name from which on it is taken for the right one."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A name that was likely meant, and how many use it."""

    name: str
    uses: int


class Names:
    """How often each name is used, over all groups."""

    def __init__(self, groups: Iterable[Group]) -> None:
        """Count the use cases that have a template or context, and the groups with an assistant."""
        self._uses: Mapping[NameKind, Counter[str]] = {
            "template_name": Counter(),
            "context": Counter(),
            "assistant_id": Counter(),
        }
        voices = defaultdict[str, Counter[str]](Counter)
        for group in groups:
            if group.assistant_id:
                self._uses["assistant_id"][group.assistant_id] += 1
            spoken = set[str]()
            for case in group.use_cases:
                self._uses["template_name"].update({one.template_name for one in case.actions})
                self._uses["context"].update({one.context for one in case.actions})
                spoken |= {one.template_name for one in case.actions if _called(one)}
            for template in spoken if group.assistant_id else ():
                voices[template][str(group.assistant_id)] += 1
        self._voices: Mapping[str, Counter[str]] = voices
        self._near: dict[NameKind, Nearby] = {}

    def meant(self, kind: NameKind, name: str) -> Likely | None:
        """Return which name was likely meant by one that nobody else uses; None if none was.

        Of several it is the one that most use, and of as many the first in order.
        """
        uses = self._uses[kind]
        if uses[name] != 1:
            return None
        if kind not in self._near:
            many = [one for one, number in uses.items() if number >= MANY]
            self._near[kind] = Nearby(many, ids=kind == "assistant_id")
        near = self._near[kind].of(name)
        best = min(near, key=lambda one: (-uses[one], one), default=None)
        return Likely(best, uses[best]) if best else None

    def usual_voice(self, template: str, assistant: str) -> Likely | None:
        """Return who speaks a template otherwise, if that is always somebody else and the same.

        None also where the assistant speaks or writes for another group.
        """
        voices = self._voices.get(template, Counter[str]())
        if self._uses["assistant_id"][assistant] != 1 or len(voices) != 2:  # noqa: PLR2004
            return None
        (other,) = voices.keys() - {assistant}
        return Likely(other, voices[other]) if voices[other] >= MANY else None


def spoken(group: Group) -> Iterator[tuple[str, int, Action]]:
    """Yield the calls of a group: use case, place, and action."""
    for case in group.use_cases:
        for place, action in enumerate(case.actions):
            if _called(action):
                yield case.use_case, place, action


def _called(action: Action) -> bool:
    return action.action_type == "CALL"


def used(actions: Sequence[Action], kind: NameKind) -> Iterator[tuple[int, str]]:
    """Yield each name of a kind once, with the first place at which it stands."""
    told = set[str]()
    for place, action in enumerate(actions):
        name: str = getattr(action, kind)
        if name not in told:
            told.add(name)
            yield place, name
