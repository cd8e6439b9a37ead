"""How often `lone-name` is wrong: on random sets as clinics have them, without and with slips.

python -m tests.properties.test_lone_names 10000    # the figures of docs/rules.md
"""

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from reconciler.errors import Level
from reconciler.lint import RULES, lint
from reconciler.model import Action, Declared, Group, UseCase
from reconciler.settings import LintSettings

DAY: Final = date(2026, 11, 25)
LEVELS: Final[dict[str, Level]] = {**dict.fromkeys(RULES, "off"), "lone-name": "warning"}
SETTINGS: Final = LintSettings(levels=LEVELS)
WORDS: Final = """\
cardiology radiology neurology urology nephrology oncology hematology dermatology rheumatology
pulmonology endocrinology gastroenterology gynecology ophthalmology orthopedics pediatrics podiatry
psychiatry psychology allergy immunology hypertension hypotension prenatal perinatal postnatal
mammogram colonoscopy endoscopy ultrasound dental vaccination immunization diabetes dialysis
physical surgery sleep vision hearing wellness adult child senior male female mother father north
south east west"""
FIELDS: Final = WORDS.split()
KINDS: Final = (
    """\
reminder|invitation|confirmation|instructions|checklist|follow up|results|result|survey|recall
welcome|consent|preparation|directions|visit|visits|appointment|test due|text|test|call|form ready
we missed you|see you tomorrow|arrival time|time for your yearly visit|final notice|payment
morning visit|evening visit|first visit|second visit|third visit|intake|discharge|refill|screening
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
MARKS: Final = ["", "", "", "sms", "call", "en", "es", "v1", "v2", "1", "2", "am", "pm", "short"]
"""What stands behind a name: nothing, the channel, a language, a version, a half of the day."""
HEX: Final = "0123456789abcdef"


def template(dice: random.Random) -> str:
    """Return a name of a template."""
    words = [*([dice.choice(FIELDS)] if dice.random() < 0.6 else []), dice.choice(KINDS)]
    words += [mark] if (mark := dice.choice(MARKS)) else []
    return " ".join(words).title()


def context(name: str, day: int, dice: random.Random) -> str:
    """Return the context that goes with a template."""
    return name.lower().replace(" ", "_") + (f"_{day}d" if dice.random() < 0.5 else "")


def clinic(dice: random.Random) -> list[Declared]:
    """Return the groups of a clinic: sites that share names, or departments that have their own."""
    shared = [template(dice) for _ in range(dice.randint(3, 25))]
    voices = ["".join(dice.choices(HEX, k=24)) for _ in range(dice.randint(1, 4))]
    own_voices = dice.random() < 0.2
    declared = []
    for number in range(dice.randint(3, 40)):
        cases = []
        for part in range(dice.randint(1, 4)):
            actions = []
            for _ in range(dice.randint(1, 4)):
                # Few names are in many places, and many in few.
                place = min(int(dice.paretovariate(0.8)) - 1, len(shared) - 1)
                name = shared[place] if dice.random() < 0.8 else template(dice)
                day = dice.choice([0, 1, 2, 3, 7, 14, 30])
                kind = "CALL" if "Call" in name or dice.random() < 0.1 else "SMS"
                actions.append(
                    Action(
                        action_type=kind,
                        context=context(name, day, dice),
                        day=day,
                        template_name=name,
                    )
                )
            cases.append(UseCase(use_case=f"CASE_{part}", enabled=True, actions=tuple(actions)))
        voice = "".join(dice.choices(HEX, k=24)) if own_voices else dice.choice(voices)
        group = Group(
            integration="google",
            slug=f"g{number}",
            name=f"G{number}",
            assistant_id=voice,
            use_cases=tuple(cases),
        )
        declared.append(Declared(group, f"groups/google/g{number}.yaml"))
    return declared


def slip(name: str, dice: random.Random) -> str:
    """Return a name with a slip of a finger in its longest word."""
    word = max(name.split(" "), key=len)
    place = dice.randrange(1, len(word) - 1)
    wrong = {
        0: word[:place] + word[place + 1 :],
        1: word[:place] + word[place] + word[place:],
        2: word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        3: word[:place] + dice.choice("aeinrst") + word[place + 1 :],
        4: word.swapcase(),
    }[dice.randrange(5)]
    return name.replace(word, wrong, 1)


def mistyped(declared: list[Declared], dice: random.Random) -> tuple[list[Declared], str] | None:
    """Return a clinic in which one use of a name that five use cases have is mistyped."""
    uses: dict[str, int] = {}
    for entry in declared:
        for case in entry.group.use_cases:
            for name in {one.template_name for one in case.actions}:
                uses[name] = uses.get(name, 0) + 1
    common = sorted(name for name, number in uses.items() if number >= 5)
    if not common:
        return None
    name = dice.choice(common)
    wrong = slip(name, dice)
    if wrong == name or wrong in uses:
        return None
    places = [
        (at, number)
        for at, entry in enumerate(declared)
        for number, case in enumerate(entry.group.use_cases)
        if any(one.template_name == name for one in case.actions)
    ]
    at, number = dice.choice(places)
    group = declared[at].group
    cases = list(group.use_cases)
    actions = [
        one.model_copy(update={"template_name": wrong}) if one.template_name == name else one
        for one in cases[number].actions
    ]
    cases[number] = cases[number].model_copy(update={"actions": tuple(actions)})
    changed = replace(declared[at], group=group.model_copy(update={"use_cases": tuple(cases)}))
    return [*declared[:at], changed, *declared[at + 1 :]], wrong


def false_alarms(sets: int, seed: int) -> Iterator[tuple[int, str]]:
    """Yield what the rule says of random sets without a slip, with the number of the set."""
    for number in range(sets):
        dice = random.Random(f"{seed} {number}")  # noqa: S311 - to be drawn again
        for found in lint(clinic(dice), SETTINGS, DAY):
            yield number, found.message


def found_slips(sets: int, seed: int) -> tuple[int, int]:
    """Return how many of some sets with one slip are found, and how many there are."""
    found = 0
    tried = 0
    for number in range(sets):
        dice = random.Random(f"{seed} {number}")  # noqa: S311 - to be drawn again
        if made := mistyped(clinic(dice), dice):
            declared, wrong = made
            tried += 1
            found += any(f'"{wrong}"' in one.message for one in lint(declared, SETTINGS, DAY))
    return found, tried


def test_false_alarms_are_rare() -> None:
    """At most one in fifty sets of which none has a slip."""
    assert len(list(false_alarms(50, seed=1))) <= 1


def test_slips_are_found() -> None:
    """Of names that five use cases have, nine of ten."""
    found, tried = found_slips(60, seed=2)
    assert tried > 20
    assert found >= 0.9 * tried


def plural(message: str) -> bool:
    """Return whether an alarm is about one thing and several, as `Visit` and `Visits`."""
    names = [re.sub("s\\b|s(?=_)", "", name) for name in re.findall('"([^"]+)"', message)]
    return len(names) > 1 and names[0] == names[1]


if __name__ == "__main__":
    many = int(sys.argv[1])
    told = list(false_alarms(many, seed=1))
    rest = [message for _, message in told if not plural(message)]
    print(  # noqa: T201 - this is its output
        f"{many} sets without a slip: alarms in {len({number for number, _ in told})} of them;"
        f" but for one thing and several {len(rest)}: {rest}",
        flush=True,
    )
    found_ones, tried_ones = found_slips(many, seed=2)
    print(f"{found_ones} of {tried_ones} slips found")  # noqa: T201 - likewise
