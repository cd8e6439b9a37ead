"""How a rule about people is declared, what it is given, and what it finds. Pure: no I/O."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from reconciler.errors import Finding, Level, Rule
from reconciler.lint.names import Names
from reconciler.lint.patient import Load, load
from reconciler.model import Declared, Group, Key, UseCase
from reconciler.settings import LintSettings
from reconciler.text.sheets import sheet_of


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides the group: all groups, the settings, and which year comes.

    Attributes:
        groups: All groups, sorted by key.
        readers: Groups that read a sheet, sorted by key, by what `sheet` says of it.
        loads: What somebody gets who is on every list of a sheet, likewise; of a group whose sheet
            is not known, by its key.
        names: How often each name is used, in these groups and in live ones.
        settings: As in `[tool.reconciler.lint]`.
        today: First day of the year that is looked ahead.
    """

    groups: Sequence[Declared]
    readers: Mapping[str, Mapping[Key, Declared]]
    loads: Mapping[str | Key, Load]
    names: Names
    settings: LintSettings
    today: date

    @classmethod
    def of(
        cls,
        groups: Sequence[Declared],
        settings: LintSettings,
        today: date,
        live: Iterable[Group] = (),
    ) -> "Context":
        """Return what rules may look at for some groups, and live ones in no file, in any order."""
        ordered = sorted(groups, key=lambda entry: str(entry.group.key))
        readers = defaultdict[str, dict[Key, Declared]](dict)
        for entry in ordered:
            if sheet(entry):
                readers[sheet(entry)][entry.group.key] = entry
        loads: dict[str | Key, Load] = {
            name: load(entry.group for entry in entries.values())
            for name, entries in readers.items()
        }
        loads |= {entry.group.key: load([entry.group]) for entry in ordered if not sheet(entry)}
        names = Names([*(entry.group for entry in ordered), *live])
        return cls(ordered, readers, loads, names, settings, today)

    def load_of(self, entry: Declared) -> Load:
        """Return what somebody gets who is on every list of a group's sheet."""
        return self.loads[sheet(entry) or entry.group.key]


def sheet(entry: Declared) -> str:
    """Return which sheet a group reads, if known: its link's, or the variable that holds it."""
    if entry.group.sheet_link is not None:
        return sheet_of(entry.group.sheet_link.get_secret_value())
    return entry.variable or ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a rule finds in one group.

    Attributes:
        path: What it is about, as `Declared.positions` names it.
        message: One sentence without a full stop.
        remedy: What to do next, if more is known than the rule says.
    """

    path: str
    message: str
    remedy: str = ""


Find = Callable[[Declared, Context], Iterator[Hit]]
"""Yields what a rule finds in one group."""

RULES: Final[dict[str, Rule]] = {}
"""The rules about people by id, in the order in which they stand in their modules."""

FIND: Final[dict[str, Find]] = {}
"""What looks for each of them."""


def rule(
    *,
    id: str,  # noqa: A002 - the word that is printed and looked up
    level: Level,
    title: str,
    why: str,
    source: str,
    remedy: str,
    example: str,
) -> Callable[[Find], Find]:
    """Register a function as the rule about people that the keywords explain, see `Rule`."""
    RULES[id] = Rule(
        id=id,
        kind="people",
        level=level,
        title=title,
        why=why,
        remedy=remedy,
        example=example,
        source=source,
    )

    def register(find: Find) -> Find:
        FIND[id] = find
        return find

    return register


Standing = Literal["new", "still", "resolved"]
"""`new` and `resolved` are this branch's doing; without a base all is `still`."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding about people as a plan says it."""

    finding: Finding
    standing: Standing


def running(entry: Declared) -> list[UseCase]:
    """Return the use cases that contact somebody: enabled, with actions."""
    return [case for case in entry.group.use_cases if case.contacts_somebody]


def may_contact(entry: Declared) -> bool:
    """Return whether the group may contact anybody; if its use cases are unmanaged, it may."""
    return "use_cases" not in entry.group.declared or bool(running(entry))
