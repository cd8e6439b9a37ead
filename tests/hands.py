"""Group files as different people write them: the same content in many styles, with comments."""

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from reconciler.pull.scalars import written

WORDS = (
    "First SMS",
    "Day 1 Call",
    "it's time",
    "reminder_7d",
    "Ünïcode 💉",
    "a: b",
    "# 1",
    "yes",
    "07",
    "x, y",
)
ZONES = ("America/Chicago", "America/New_York", "America/Denver")


def action(random: Random) -> dict[str, Any]:
    """Return any action that a file may hold."""
    return {
        "action_type": random.choice(("SMS", "CALL")),
        "context": random.choice(WORDS),
        "day": random.randrange(0, 9),
        "template_name": random.choice(WORDS),
    }


def use_case(random: Random, name: str) -> dict[str, Any]:
    """Return any use case, perhaps without actions, perhaps with one twice."""
    actions = [action(random) for _ in range(random.choice((0, 1, 1, 2, 3)))]
    if actions and random.random() < 0.1:
        actions.append(dict(actions[0]))
    return {"use_case": name, "enabled": random.random() < 0.7, "actions": actions}


def group(random: Random) -> dict[str, Any]:
    """Return any group: a name, some fields, some use cases, perhaps environments."""
    content: dict[str, Any] = {"name": random.choice(WORDS)}
    if random.random() < 0.5:
        content["assistant_id"] = f"{random.randrange(16**24):024x}"
    if random.random() < 0.7:
        content["timezone"] = random.choice((*ZONES, None))
    if random.random() < 0.7:
        content["start_time"] = random.choice(("08:00", "09:30:00", "10:00:15", None))
    names = [f"CASE_{number}" for number in range(random.randrange(0, 4))]
    if names or random.random() < 0.5:
        content["use_cases"] = [use_case(random, name) for name in names]
    if random.random() < 0.4:
        content["environments"] = {
            env: {"start_time": random.choice(("11:00", "12:00:00"))}
            if random.random() < 0.5
            else {}
            for env in ("prod", "qa")
        }
    return content


def shuffled(random: Random, content: Any) -> Any:
    """Return the same content with the keys of all mappings in any order, but for environments."""
    if isinstance(content, list):
        return [shuffled(random, part) for part in content]
    if not isinstance(content, dict):
        return content
    parts = [
        (key, part if key == "environments" else shuffled(random, part))
        for key, part in content.items()
    ]
    return dict(random.sample(parts, len(parts)))


class Hand:
    """Somebody who writes a file, with habits of their own."""

    def __init__(self, random: Random, *, bare: bool = False) -> None:
        """Choose habits.

        Args:
            random: Chooses them.
            bare: Whether somebody leaves no comments and no blank lines, and ends lines as others.
        """
        self._random = random
        self._bare = bare
        self._ends = "\n" if bare else random.choice(("\n", "\n", "\r\n"))
        self._step = random.choice((2, 2, 4))
        self._deep = random.random() < 0.5
        self._comments = 0.0 if bare else random.choice((0.0, 0.2, 0.6))
        self._number = 0

    def write(self, content: Mapping[str, Any]) -> str:
        """Return the content as a file."""
        if not self._bare and self._random.random() < 0.05:
            return json.dumps(content, ensure_ascii=False, indent=self._random.choice((None, 2)))
        margin = 0 if self._random.random() < 0.9 else 2
        lines = [*self._above(0), *self._mapping(content, margin)]
        if not self._bare and self._random.random() < 0.1:
            lines = ["---", *lines]
        if not self._bare and self._random.random() < 0.3:
            lines.append("# the end")
        end = self._ends if self._random.random() < 0.9 else ""
        return self._ends.join(lines) + end

    def _key(self, key: str) -> str:
        return f'"{key}"' if self._random.random() < 0.05 else key

    def _comment(self) -> str:
        self._number += 1
        return f"# note {self._number}: a, b - c"

    def _above(self, margin: int) -> list[str]:
        random = self._random
        lines = [" " * margin + self._comment()] if random.random() < self._comments / 2 else []
        return [*lines, ""] if not self._bare and random.random() < 0.1 else lines

    def _behind(self) -> str:
        return f"  {self._comment()}" if self._random.random() < self._comments else ""

    def _mapping(self, content: Mapping[str, Any], margin: int) -> list[str]:
        lines: list[str] = []
        for key, value in content.items():
            if lines:
                lines += self._above(margin)
            lines += self._entry(key, value, margin)
        return lines

    def _entry(self, key: str, value: Any, margin: int) -> list[str]:
        lead, key = " " * margin, self._key(key)
        if not isinstance(value, list | dict):
            return [f"{lead}{key}: {self._scalar(value, flow=False)}{self._behind()}"]
        if not value or self._random.random() < (0.1 if margin == 0 else 0.3):
            return [f"{lead}{key}: {self._flow(value)}{self._behind()}"]
        head = f"{lead}{key}:{self._behind()}"
        if isinstance(value, dict):
            return [head, *self._mapping(value, margin + self._step)]
        inner = margin + (self._step if self._deep else 0)
        if self._random.random() < 0.15:
            return self._broken(lead, key, value, inner + 2)
        return [head, *self._sequence(value, inner)]

    def _broken(self, lead: str, key: str, value: Sequence[Any], margin: int) -> list[str]:
        """Return a list in brackets over several lines."""
        inner = " " * margin
        comma = "," if self._random.random() < 0.5 else ""
        items = [
            f"{inner}{self._flow(item)}{',' if n < len(value) - 1 else comma}{self._behind()}"
            for n, item in enumerate(value)
        ]
        return [f"{lead}{key}: [", *items, f"{lead}  ]{self._behind()}"]

    def _sequence(self, value: Sequence[Any], margin: int) -> list[str]:
        lines: list[str] = []
        for item in value:
            lines += self._above(margin)
            if self._random.random() < 0.4:
                lines.append(f"{' ' * margin}- {self._flow(item)}{self._behind()}")
                continue
            body = self._mapping(item, margin + 2)
            lines += [f"{' ' * margin}- {body[0].lstrip()}", *body[1:]]
        return lines

    def _flow(self, value: Any) -> str:
        if isinstance(value, dict):
            inner = ", ".join(
                f"{self._key(key)}: {self._flow(item)}" for key, item in value.items()
            )
            return f"{{ {inner} }}" if inner and self._random.random() < 0.3 else f"{{{inner}}}"
        if isinstance(value, list):
            return f"[{', '.join(map(self._flow, value))}]"
        return self._scalar(value, flow=True)

    def _scalar(self, value: Any, *, flow: bool) -> str:
        if isinstance(value, str):
            if self._random.random() < 0.2:
                return json.dumps(value, ensure_ascii=False)
            if self._random.random() < 0.2:
                return "'" + value.replace("'", "''") + "'"
        return written(value, flow=flow)
