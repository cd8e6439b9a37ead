"""A rename of a live group in any of its fields makes no twin; unrelated groups are left alone."""

import random

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Action, Group, Target, UseCase
from reconciler.plan.build import build_plan
from tests.builders import desired, live

FIELDS = ("name", "slug", "sheet_link", "assistant_id", "timezone", "start_time", "use_cases")
KINDS = ("Reminders", "Recall", "Lab Results", "Flu Shots", "Imaging", "Surgery", "Survey")
SITES = ("North", "South", "Lakeside", "Downtown", "Eastgate", "Hill Street", "Harbour")
CASES = ("NEW_PATIENT", "RETURNING_PATIENT", "LAB", "RECALL", "NO_SHOW", "PREPARATION")


def realistic(dice: random.Random, number: int, taken: set[str]) -> Group:
    """Return a group as clinics have them; its name is nobody else's, and so is its sheet."""
    while (name := f"{dice.choice(KINDS)} {dice.choice(SITES)} {dice.randint(1, 40)}") in taken:
        pass
    taken.add(name)
    cases = []
    for case in dice.sample(CASES, dice.randint(1, 3)):
        days = dice.sample(range(31), dice.randint(1, 3))
        cases.append(
            UseCase(
                use_case=case,
                enabled=dice.random() < 0.9,
                actions=tuple(
                    Action(
                        action_type=dice.choice(("SMS", "SMS", "CALL")),
                        context=f"{case.lower()}_{day}d",
                        day=day,
                        template_name=f"{case.title()} {dice.choice(('First', 'Second', 'Last'))}",
                    )
                    for day in days
                ),
            )
        )
    return live(
        name.lower().replace(" ", "-"),
        number,
        integration=dice.choice(("microsoft", "google")),
        name=name,
        sheet_link=f"https://1drv.ms/x/s!{number}" if dice.random() < 0.7 else None,
        timezone="America/Chicago",
        start_time="09:00:00",
        use_cases=tuple(cases),
    )


def as_file(group: Group) -> Group:
    """Return a group as its file says it: without an id."""
    fields = {name: getattr(group, name) for name in FIELDS}
    return Group(integration=group.integration, **fields)


def guards_of(file: Group, strays: list[Group]) -> list[str]:
    """Return the guards' names of a plan in which the file's group seems new."""
    fields = {name: getattr(file, name) for name in (*FIELDS, "integration") if name != "slug"}
    return [
        guard.name for guard in build_plan([desired(file.slug, **fields)], strays, Target()).guards
    ]


@given(seed=st.integers(0, 2**32), field=st.sampled_from(FIELDS), moved=st.booleans())
def test_a_live_group_that_was_renamed_never_gets_a_twin(
    seed: int, field: str, *, moved: bool
) -> None:
    """Slug and one more field changed, in the other integration or not: it is guarded."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    taken: set[str] = set()
    others = [realistic(dice, number, taken) for number in range(2, 6)]
    group, donor = (realistic(dice, number, taken) for number in (1, 9))
    changed = {field: getattr(donor, field), "slug": "renamed-in-the-dashboard"}
    if moved:
        changed["integration"] = "google" if group.integration == "microsoft" else "microsoft"
    assert "renames" in guards_of(as_file(group), [*others, group.model_copy(update=changed)])


def false_alarms(sets: int, seed: int = 1) -> int:
    """Return how many of some realistic sets guard a new group that is unrelated to all others."""
    dice, alarms = random.Random(seed), 0  # noqa: S311 - repeatable, not secret
    for _ in range(sets):
        taken: set[str] = set()
        strays = [realistic(dice, number, taken) for number in range(2, dice.randint(3, 22))]
        alarms += bool(guards_of(as_file(realistic(dice, 1, taken)), strays))
    return alarms


def test_an_unrelated_group_is_hardly_ever_guarded() -> None:
    """Of 1,000 realistic sets with 1 to 20 groups without a file: at most 5.

    `python -m tests.properties.test_look_alikes` counts 10,000.
    """
    assert false_alarms(1000) <= 5


if __name__ == "__main__":
    print(f"{false_alarms(10_000)} of 10,000")  # noqa: T201 - this is its output
