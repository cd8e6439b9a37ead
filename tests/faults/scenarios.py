"""Small plans of every kind, made from a seed: what the files say, and what is live."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from reconciler.model import Declared, Group, Integration
from tests.builders import action, desired, group_id, live, use_case
from tests.faults.model import Record, records_of


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a life begins with.

    Attributes:
        declared: What the files say.
        start: The server's groups by id; one of them has no file.
        base: What the files said at the base commit, for plans that prune; None is no base.
    """

    declared: Sequence[Declared]
    start: dict[str, Record]
    base: Sequence[Declared] | None = None


def scenario(declared: Sequence[Declared], *groups: Group) -> Scenario:
    """Return a scenario, with a group that has no file beside the live ones."""
    stray = live("stray", 99, name="Stray", use_cases=(use_case("STRAY"),))
    return Scenario(declared, records_of(*groups, stray))


@cache
def one_create() -> Scenario:
    """Return one new group."""
    return scenario([desired("new", name="New", start_time="08:00", use_cases=(use_case("A"),))])


@cache
def mixed() -> Scenario:
    """Return a create, an update of fields, and an update of use cases.

    The last adds, changes and disables use cases, and leaves one alone.
    """
    cases = live(
        "cases",
        1,
        name="Cases",
        start_time="08:00",
        use_cases=(use_case("A"), use_case("B"), use_case("C", action(7)), use_case("D")),
    )
    fields = live(
        "fields", 2, name="Fields", start_time="08:00", timezone="UTC", use_cases=(use_case("A"),)
    )
    declared = [
        desired(
            "cases",
            name="Cases",
            use_cases=(
                use_case("A", enabled=False),
                use_case("C", action(8)),
                use_case("B"),
                use_case("NEW"),
            ),
        ),
        desired(
            "fields", name="Fields", start_time="09:00", sheet_link="https://sheets.example/S3cret"
        ),
        desired("new", name="New", start_time="08:00", use_cases=(use_case("A"), use_case("B"))),
    ]
    return scenario(declared, cases, fields)


@cache
def mixed_and_unknown() -> Scenario:
    """Return the same, where both live groups, and parts of what is sent, hold unknown fields."""
    before = mixed()
    start: dict[str, Record] = {
        key: {**record, "skip_holidays": True} for key, record in before.start.items()
    }
    first = start[group_id(1)]
    (case, *others) = first["use_cases"]
    (act,) = case["actions"]
    case = {**case, "language": "es", "actions": [{**act, "condition": "age>65"}]}
    start[group_id(1)] = {**first, "use_cases": [case, *others]}
    return Scenario(before.declared, start)


@cache
def moved(integration: Integration = "google") -> Scenario:
    """Return a group whose file moved, to another integration or to another slug, and one more."""
    content: dict[str, Any] = {
        "name": "Recall",
        "start_time": "08:00",
        "use_cases": (use_case("A"),),
    }
    before = live("recall", 1, integration=integration, **content)
    other = live("other", 2, name="Other", start_time="08:00", use_cases=(use_case("Z"),))
    slug = "recall" if integration == "google" else "yearly"
    files = [desired(slug, **content), desired("other", name="Other", start_time="09:00")]
    base = [desired("recall", integration=integration, **content), files[1]]
    return Scenario(files, records_of(before, other), base)


@cache
def random_scenario(seed: int) -> Scenario:
    """Return one to three groups, at least one of which must be written."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    kinds = [
        dice.choice(("create", "fields", "cases", "both", "same"))
        for _ in range(dice.randint(1, 3))
    ]
    if set(kinds) == {"same"}:
        kinds[0] = dice.choice(("create", "fields", "cases"))
    pairs = [
        _pair(dice, f"group-{number}", number, kind) for number, kind in enumerate(kinds, start=1)
    ]
    return scenario([entry for entry, _ in pairs], *(group for _, group in pairs if group))


@cache
def unknown_scenario(seed: int) -> Scenario:
    """Return a random scenario whose live groups hold fields that the program does not know.

    Each live use case has an action more, which stays: a write of the use case may lose what that
    one holds.
    """
    dice = random.Random(f"unknown {seed}")  # noqa: S311 - repeatable, not secret
    scenario_ = random_scenario(seed)
    live_cases = {
        (record["slug"], part["use_case"])
        for record in scenario_.start.values()
        for part in record["use_cases"]
    }
    declared = [
        replace(entry, group=entry.group.model_copy(update={"use_cases": tuple(cases)}))
        for entry in scenario_.declared
        if (
            cases := [
                part.model_copy(update={"actions": (*part.actions, STAYS)})
                if (entry.group.slug, part.use_case) in live_cases
                else part
                for part in entry.group.use_cases
            ]
        )
    ]
    start = {key: _knowing_more(dice, record) for key, record in scenario_.start.items()}
    return Scenario(declared, start)


STAYS: Final = action(1, "Stays", "CALL")


def _knowing_more(dice: random.Random, record: Record) -> Record:
    """Return a record with some unknown fields, and an action more in each use case."""

    def more(part: Mapping[str, Any], name: str) -> dict[str, Any]:
        return {**part, **({name: dice.randint(1, 3)} if dice.random() < 0.5 else {})}

    cases = [
        more(part, "language")
        | {
            "actions": [
                more(action, "condition")
                for action in (*part["actions"], STAYS.model_dump(mode="json"))
            ]
        }
        for part in record["use_cases"]
    ]
    return more(record, "skip_holidays") | {"use_cases": cases}


def _pair(dice: random.Random, slug: str, number: int, kind: str) -> tuple[Declared, Group | None]:
    """Return a file and its live group, None for a new one."""
    name = slug.title()
    names = dice.sample("ABCDE", dice.randint(1, 4))
    cases = {
        case: use_case(case, action(dice.randint(0, 9)), enabled=dice.random() < 0.7)
        for case in names
    }
    wanted = dict(cases)
    if kind in {"cases", "both"}:
        wanted[names[0]] = use_case(names[0], action(20), enabled=dice.random() < 0.5)
        if dice.random() < 0.5:
            wanted["NEW"] = use_case("NEW", enabled=dice.random() < 0.5)
    if len(names) > 1 and dice.random() < 0.3:
        del wanted[names[-1]]
    time = "09:00" if kind in {"fields", "both"} else "08:00"
    entry = desired(slug, name=name, start_time=time, use_cases=tuple(wanted.values()))
    if kind == "create":
        return entry, None
    link = f"https://sheets.example/{slug}"
    return entry, live(
        slug,
        number,
        name=name,
        start_time="08:00",
        timezone="UTC",
        sheet_link=link,
        use_cases=tuple(cases.values()),
    )
