"""What a lint rule is, what it is given, and what it finds. Pure: no I/O."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from reconciler.errors import Finding, Severity
from reconciler.model import Declared, Key, UseCase
from reconciler.settings import Level, LintSettings


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides the group: all groups, the settings, and which year comes.

    Attributes:
        groups: All groups, sorted by key.
        settings: As in `[tool.reconciler.lint]`.
        today: First day of the year that is looked ahead.
    """

    groups: Sequence[Declared]
    settings: LintSettings
    today: date


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a rule finds in one group.

    Attributes:
        path: What it is about, as `Declared.positions` names it.
        message: One sentence without a full stop.
    """

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One lint rule.

    Attributes:
        id: Stable, in kebab-case.
        level: Unless the settings say otherwise.
        title: What it finds, in a few words that a clinic's manager understands.
        why: Why somebody should care, and what exactly is looked at.
        source: Where it comes from; "inferred" where nobody has written it down.
        remedy: What to do next, without a full stop.
        example: A group file that it finds something in; what stands out is its last line.
        find: Yields what it finds.
    """

    id: str
    level: Level
    title: str
    why: str
    source: str
    remedy: str
    example: str
    find: Callable[[Declared, Context], Iterator[Hit]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lint:
    """One finding about what a group does to people.

    Attributes:
        rule: Id of the rule.
        title: Its title.
        severity: As the settings say.
        key: The group.
        path: What it is about, within the group.
        file: The group file.
        place: Line and column.
        message: As the hit says.
        remedy: As the rule says.
    """

    rule: str
    title: str
    severity: Severity
    key: Key
    path: str
    file: str
    place: tuple[int, int]
    message: str
    remedy: str

    @property
    def identity(self) -> tuple[str, Key, str]:
        """What makes it the same finding on two commits, whatever its line and words are."""
        return self.rule, self.key, self.path

    def finding(self) -> Finding:
        """Return it as a problem in a file."""
        return Finding(self.rule, self.severity, self.file, *self.place, self.message, self.remedy)


Status = Literal["new", "still", "resolved"]
"""`new` and `resolved` are this branch's doing; without a base all is `still`."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding as a plan says it."""

    lint: Lint
    status: Status


def running(entry: Declared) -> list[UseCase]:
    """Return the use cases that contact somebody: enabled, with actions."""
    return [case for case in entry.group.use_cases if case.contacts_somebody]


def may_contact(entry: Declared) -> bool:
    """Return whether the group may contact anybody; if its use cases are unmanaged, it may."""
    return "use_cases" not in entry.group.declared or bool(running(entry))
