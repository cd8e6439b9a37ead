"""What a digest of a change counts, and what not; and that a plan's is made of its changes'."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.model import Declared, Group, Target
from reconciler.plan.build import build_plan
from reconciler.plan.digest import change_digest, plan_digest
from reconciler.plan.nouns import Change, Plan
from tests.builders import action, desired, live, use_case

TARGET = Target("https://api.clinic.example", "qa")
CASES = (use_case("A", action(1), action(2)), use_case("B"))
WANTED: dict[str, Any] = {
    "start_time": "09:00",
    "sheet_link": SecretStr("https://one"),
    "use_cases": CASES,
}
IS: dict[str, Any] = {"start_time": "08:00", "use_cases": (use_case("A", action(1)), CASES[1])}


def plan_of(declared: list[Declared], *groups: Group, **options: Any) -> Plan:
    """Return a plan for the target."""
    return build_plan(declared, groups, TARGET, **options)


def only(entry: Declared, *groups: Group, **options: Any) -> Change:
    """Return the one change of a plan."""
    (change,) = plan_of([entry], *groups, **options).changes
    return change


ONE = only(desired(**WANTED), live(**IS))


@pytest.mark.parametrize(
    ("entry", "groups"),
    [
        (desired(**WANTED | {"start_time": "10:00"}), [live(**IS)]),
        (desired(**WANTED), [live(**IS | {"start_time": "07:00"})]),
        (desired(**WANTED | {"sheet_link": SecretStr("https://two")}), [live(**IS)]),
        (desired(**WANTED), [live(**IS, sheet_link=SecretStr("https://two"))]),
        (desired(**WANTED, timezone=None), [live(**IS, timezone="UTC")]),
        (desired(**WANTED), [live(number=2, **IS)]),
        (desired("other", **WANTED), [live("other", **IS)]),
        (desired(**WANTED | {"use_cases": CASES[:1]}), [live(**IS | {"use_cases": ()})]),
        (desired(**WANTED | {"use_cases": (use_case("A", action(1)), CASES[1])}), [live(**IS)]),
        (desired(**WANTED), [live(**IS | {"use_cases": CASES[1:]})]),
        (desired(**WANTED), []),
    ],
)
def test_what_counts(entry: Declared, groups: list[Group]) -> None:
    """Group, action, and each part with before and after; links, unseen."""
    assert only(entry, *groups).digest != ONE.digest


@pytest.mark.parametrize("target", [Target(None, "qa"), Target(TARGET.api_url, "prod")])
def test_the_target_counts(target: Target) -> None:
    """What was reviewed for qa is nothing for prod."""
    assert change_digest(target, ONE) != ONE.digest
    assert plan_digest(target, []) != plan_digest(TARGET, [])


def test_e9_what_does_not_count() -> None:
    """What the file does not declare, a use case that stays, order, lines, names, origins."""
    mixed = (CASES[1], use_case("A", action(2), action(1)))
    entry = replace(desired(**WANTED | {"use_cases": mixed}), file="groups/x.yml", positions={})
    besides = live(
        **IS | {"use_cases": (use_case("C"), CASES[1], use_case("A", action(1)))}, timezone="UTC"
    )
    change = only(entry, besides, base=[desired(**WANTED)])
    assert (change.digest, change.origins != ONE.origins) == (ONE.digest, True)
    assert change.request != ONE.request


def test_e9_who_disables_does_not_count() -> None:
    """A use case that a file switches off, and one that is pruned, are one change."""
    case, off = use_case(), use_case(enabled=False)
    by_file = only(desired(use_cases=(off,)), live(use_cases=(case,)))
    pruned = only(
        desired(use_cases=()),
        live(use_cases=(case,)),
        base=[desired(use_cases=(case,))],
        prune=True,
    )
    assert (pruned.digest, set(pruned.pruned)) == (by_file.digest, {case.use_case})


def test_a_list_of_changes_hashes_to_its_plan() -> None:
    """In any order; not with another key, digest, or a change more or less."""
    plan = plan_of([desired("a"), desired("b")])
    listed = [(str(change.key), change.digest) for change in plan.changes]
    assert plan_digest(TARGET, listed) == plan_digest(TARGET, listed[::-1]) == plan.digest
    (key, digest), other = listed
    for wrong in ([other], [(key, other[1]), other], [(other[0], digest), other], [*listed, other]):
        assert plan_digest(TARGET, wrong) != plan.digest


def test_what_is_left_out_of_a_plan_has_no_part_in_it() -> None:
    """Only what is chosen is planned, and is counted by guards."""
    entries = [desired(name, start_time="08:00") for name in "abc"]
    groups = [live(name, number) for number, name in enumerate("abc", start=1)]
    whole = plan_of(entries, *groups)
    chosen = {whole.changes[1].subject}
    part = plan_of(entries, *groups, chosen=chosen)
    assert part.changes == whole.changes[1:2]
    assert part.digest == plan_of(entries[1:2], *groups).digest
    assert plan_of([desired(f"n{number}") for number in range(11)], chosen=()).guards == ()


def test_e9_a_scope_tells_targets_apart() -> None:
    """In what people read, and in each digest; without one nothing is as it was not before."""
    files, before = [desired("a", start_time="09:00")], [live("a", start_time="08:00")]
    plain, north, south = (
        build_plan(files, before, Target("https://api.clinic.example", "qa", scope))
        for scope in ("", "accounts/north", "accounts/south")
    )
    assert str(north.target) == (
        "https://api.clinic.example (environment qa, scope accounts/north)"
    )
    assert len({plan.digest for plan in (plain, north, south)}) == 3
    assert len({plan.changes[0].digest for plan in (plain, north, south)}) == 3
