"""What one patient may get, for all groups: the worst day and the worst week are found."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from reconciler.model import Action, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.patients import Busiest, busiest
from tests.builders import desired, live

LINK = SecretStr("https://docs.google.com/spreadsheets/d/abc/edit#gid=0")
SAME = SecretStr("https://docs.google.com/spreadsheets/d/abc/view?usp=sharing")
OTHER = SecretStr("https://docs.google.com/spreadsheets/d/def/edit")
GROUPS = st.lists(
    st.tuples(
        st.sampled_from([LINK, SAME, OTHER]),
        st.lists(
            st.builds(
                UseCase,
                use_case=st.sampled_from("AB"),
                enabled=st.booleans(),
                actions=st.lists(
                    st.builds(
                        Action,
                        action_type=st.sampled_from(["SMS", "CALL"]),
                        context=st.just("c"),
                        day=st.sampled_from([0, 1, 1, 6, 7]),
                        template_name=st.just("t"),
                    ),
                    max_size=5,
                ).map(tuple),
            ),
            max_size=2,
            unique_by=lambda case: case.use_case,
        ),
    ),
    min_size=2,
    max_size=3,
)


def plan_between(before: list[Any], after: list[Any]) -> tuple[Busiest, ...]:
    """Return what a plan says that makes the one of the other."""
    groups = [
        live(f"g{number}", number, sheet_link=link, use_cases=tuple(cases))
        for number, (link, cases) in enumerate(before)
    ]
    declared = [
        desired(f"g{number}", sheet_link=link, use_cases=tuple(cases))
        for number, (link, cases) in enumerate(after)
    ]
    return busiest(build_plan(declared, groups, Target()))


def contacts(state: list[Any], link: str, days: range) -> Counter[str]:
    """Return what somebody gets who is on every list of a sheet, by counting."""
    return Counter(
        one.action_type
        for sheet, cases in state
        for case in cases
        for one in case.actions
        if link in sheet.get_secret_value() and case.enabled and one.day in days
    )


@given(GROUPS, GROUPS)
def test_p21_it_is_the_worst_day_and_the_worst_week(before: list[Any], after: list[Any]) -> None:
    """By trying all of them, for each sheet, to one of which two links lead; backwards too."""
    names = {case.use_case for _, cases in [*before, *after] for case in cases}
    was, will = (
        [(link, [*cases, *_off(names, cases)]) for link, cases in state]
        for state in (before[:2], after[:2])
    )
    for one, other in ((was, will), (will, was)):
        found = plan_between(one, other)
        for length, most in ((1, 1), (7, 3)):
            worst = [worst_of(one, other, sheet, length) for sheet in ("abc", "def")]
            numbers = [
                max(sum(each.before.values()), sum(each.after.values()))
                for each in found
                if each.last - each.first == length - 1
            ]
            assert sorted(numbers) == sorted(number for number in worst if number > most)


def worst_of(before: list[Any], after: list[Any], sheet: str, length: int) -> int:
    """Return what is most of the spans of days in which something changes."""
    pairs = [
        (contacts(before, sheet, days), contacts(after, sheet, days))
        for days in (range(day, day + length) for day in range(8))
    ]
    return max((max(had.total(), has.total()) for had, has in pairs if had != has), default=0)


def _off(names: set[str], cases: list[UseCase]) -> list[UseCase]:
    """Return the other use cases, switched off, so that a file says something of each."""
    there = {case.use_case for case in cases}
    return [UseCase(use_case=name, enabled=False, actions=()) for name in sorted(names - there)]
