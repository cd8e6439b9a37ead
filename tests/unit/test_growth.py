"""Nothing grows with the square: steps are counted at n groups and at four times as many."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType

import pytest

from reconciler import desired as files
from reconciler.errors import Finding
from reconciler.lint import lint
from reconciler.model import Declared, Group, Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.render.html import plan_html
from reconciler.render.json import plan_json
from reconciler.render.markdown import plan_markdown
from reconciler.render.presentation import Presentation
from reconciler.render.text import plan_text
from reconciler.settings import LintSettings
from tests.builders import action, desired, group_id, live, use_case

FEW = 60
API = Target(api_url="https://api.example", env=None)
LINK = "https://1drv.ms/x"
GROUP = """\
name: Clinic {number}
sheet_link: {{from_env: LINK_{number}}}
timezone: America/Chicago
use_cases:
  - {{use_case: RECALL, enabled: true, actions: [{{action_type: SMS, context: a, day: 1,
      template_name: b}}]}}
environments:
  qa: {{start_time: "09:00"}}
"""

Work = Callable[[int], object]


def steps(work: Callable[[], object]) -> int:
    """Return how many calls of functions, in Python and in C, a piece of work takes."""
    count = 0

    def note(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def same_texts(count: int) -> tuple[list[Declared], list[Group]]:
    """Sites with the same texts, each with a sheet of its own, beside as many without a file."""
    cases = (use_case("A"), use_case("B"))
    return (
        [
            desired(f"n{number}", sheet_link=f"{LINK}/{number}", use_cases=cases)
            for number in range(count)
        ],
        [
            live(f"s{number}", number, sheet_link=f"{LINK}/s{number}", use_cases=cases)
            for number in range(count)
        ],
    )


def one_contact_shared(count: int) -> tuple[list[Declared], list[Group]]:
    """One use case that all have, and one that nobody else has."""
    return (
        [
            desired(f"n{number}", use_cases=(use_case("A"), use_case(f"N{number}")))
            for number in range(count)
        ],
        [
            live(f"s{number}", number, use_cases=(use_case("A"), use_case(f"S{number}")))
            for number in range(count)
        ],
    )


def one_sheet(count: int) -> tuple[list[Declared], list[Group]]:
    """All read one sheet, and contact its people on one day."""
    cases = (use_case("A"), use_case("B", action(3), action(4)))
    return (
        [desired(f"n{number}", sheet_link=LINK, use_cases=cases) for number in range(count)],
        [live(f"s{number}", number, sheet_link=LINK, use_cases=cases) for number in range(count)],
    )


def one_name(count: int) -> tuple[list[Declared], list[Group]]:
    """All have one name."""
    return (
        [desired(f"n{number}", name="Recall") for number in range(count)],
        [live(f"s{number}", number, name="Recall") for number in range(count)],
    )


def pinned(count: int) -> tuple[list[Declared], list[Group]]:
    """Each file pins its live group, whose slug is another."""
    return (
        [desired(f"n{number}", group_id=group_id(number)) for number in range(count)],
        [live(f"s{number}", number) for number in range(count)],
    )


def switched(count: int) -> tuple[list[Declared], list[Group]]:
    """Half of them begin something and half of them end something else."""
    return (
        [
            desired(f"n{number}", use_cases=(use_case(f"A{number}", enabled=bool(number % 2)),))
            for number in range(count)
        ],
        [
            live(f"n{number}", number, use_cases=(use_case(f"A{number}", enabled=not number % 2),))
            for number in range(count)
        ],
    )


def reworded(count: int) -> tuple[list[Declared], list[Group]]:
    """One use case of one group, all texts of which go out as others, on another day."""
    before = [action(number, f"t{number}", context=f"c{number}") for number in range(count)]
    after = [
        action(number + number % 2, f"t{number + 1}", context=f"c{number}")
        for number in range(count)
    ]
    return (
        [desired("n", use_cases=(use_case("A", *after),))],
        [live("n", 1, use_cases=(use_case("A", *before),))],
    )


def mistyped(count: int) -> tuple[list[Declared], list[Group]]:
    """Names in letters, each used by four, and as many that are nearly one of them."""
    words = [
        "".join(chr(ord("a") + int(digit)) for digit in f"{number:06}") for number in range(count)
    ]
    slips = [word[:3] + word[4] + word[3] + word[5:] + "z" for word in words]
    names = [words[number // 4] for number in range(count)] + slips
    return (
        [
            desired(f"n{number}", use_cases=(use_case("A", action(1, f"Recall {name}")),))
            for number, name in enumerate(names)
        ],
        [],
    )


SETS = [same_texts, one_contact_shared, one_sheet, one_name, pinned, switched, reworded, mistyped]


def planned(declared: list[Declared], groups: list[Group]) -> Plan:
    """Return their plan, with a base."""
    return build_plan(declared, groups, API, base=declared[::2], prune=True)


def grows(work: Callable[[int], Callable[[], object]]) -> float:
    """Return how many times the steps of a piece of work become at four times its size.

    What is made once for good has been made before.
    """
    work(FEW)()
    return steps(work(4 * FEW)) / steps(work(FEW))


@pytest.mark.parametrize("sets", SETS)
def test_a_plan(sets: Callable[[int], tuple[list[Declared], list[Group]]]) -> None:
    """Who is who, differences, look-alikes, order, guards and digests."""

    def work(count: int) -> Callable[[], object]:
        declared, groups = sets(count)
        return lambda: planned(declared, groups)

    assert grows(work) < 4.5
    few, many = (planned(*sets(count)) for count in (FEW, 4 * FEW))
    told = [
        sum(len(guard.message) + len(guard.remedy) for guard in plan.guards) for plan in (few, many)
    ]
    assert told[1] <= 4.5 * max(told[0], 1)


@pytest.mark.parametrize(
    "render",
    [
        plan_text,
        plan_json,
        plan_html,
        lambda plan: plan_markdown(plan, Presentation(full="the artifact")),
    ],
    ids=["text", "json", "html", "markdown"],
)
@pytest.mark.parametrize("sets", [same_texts, one_sheet, switched, reworded])
def test_a_rendered_plan(
    sets: Callable[[int], tuple[list[Declared], list[Group]]], render: Callable[[Plan], object]
) -> None:
    """In each form."""

    def work(count: int) -> Callable[[], object]:
        plan = planned(*sets(count))
        return lambda: render(plan)

    assert grows(work) < 4.5


@pytest.mark.parametrize("sets", SETS)
def test_rules_about_people(sets: Callable[[int], tuple[list[Declared], list[Group]]]) -> None:
    """Those that look at several groups of one sheet too."""

    def work(count: int) -> Callable[[], list[Finding]]:
        declared, _ = sets(count)
        return lambda: lint(declared, LintSettings(), date(2026, 11, 25))

    assert grows(work) < 4.5
    few, many = (sum(len(found.message) for found in work(n)()) for n in (FEW, 4 * FEW))
    assert many <= 4.5 * max(few, 1)


def test_files_with_a_variable_each(tmp_path: Path) -> None:
    """Reading them, the rules across them, their environments and variables."""

    def work(count: int) -> Callable[[], object]:
        root = tmp_path / str(count)
        folder = root / "groups/microsoft"
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (folder / f"clinic-{number}.yaml").write_text(GROUP.format(number=number))
        variables = {f"LINK_{number}": f"{LINK}/{number}" for number in range(count)}
        return lambda: files.load(root, env="qa", variables=variables)

    assert grows(work) < 4.5
