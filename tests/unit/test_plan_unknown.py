"""Fields of live state that this program does not know: what is guarded, and what is lost."""

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model import Action, Declared, Group, Target, Unknown
from reconciler.plan.build import build_plan
from reconciler.plan.compare import moved, moved_since
from reconciler.plan.nouns import Change, Guard, Plan
from reconciler.plan.unknown import lost
from tests.builders import action, desired, live, use_case

SMS, LATER, OTHER = action(7), action(6), action(3, "Other")


def field(
    name: str, use_case: str | None = None, action: Action | None = None, value: str = "1"
) -> Unknown:
    """Return an unknown field."""
    return Unknown(use_case=use_case, action=action, name=name, digest=value)


LANGUAGE = field("language", "RECALL")
CONDITION = field("condition", "RECALL", SMS)


def group(*unknown: Unknown, actions: tuple[Action, ...] = (SMS,), **fields: Any) -> Group:
    """Return a live group with one use case, and what is unknown of it."""
    cases = (use_case("RECALL", *actions), use_case("STAYS"))
    return live("recall", use_cases=cases, **fields).model_copy(update={"unknown": unknown})


def plan(entry: Declared, *groups: Group, **options: Any) -> Plan:
    """Return a plan."""
    return build_plan([entry], groups, Target(), **options)


def wanted(*actions: Action, enabled: bool = True, **fields: Any) -> Declared:
    """Return a file with the one use case."""
    return desired("recall", use_cases=(use_case("RECALL", *actions, enabled=enabled),), **fields)


def guarded(entry: Declared, *groups: Group) -> Guard | None:
    """Return the guard of a plan, if there is one."""
    found = plan(entry, *groups).guards
    assert [one.name for one in found] in ([], ["unknown-fields"])
    return found[0] if found else None


def test_q7_a_changed_day_would_lose_a_condition_and_a_language() -> None:
    """Both are named with their places, and what lifts it."""
    found = guarded(wanted(LATER), group(LANGUAGE, CONDITION))
    assert found == Guard(
        "unknown-fields",
        "groups/microsoft/recall.yaml",
        3,
        "writing microsoft/recall may drop 2 live fields that this program does not know and cannot"
        " send along: use_cases.RECALL: language, use_cases.RECALL.actions (SMS on day 7):"
        " condition",
        "make the same change in the dashboard, which keeps them, so that nothing is left to write;"
        " name what may go, or changes by itself, in `ignored_fields` of [tool.reconciler.api] in"
        " pyproject.toml; if all of them may go: --allow unknown-fields=1",
    )


@pytest.mark.parametrize(
    ("entry", "unknown", "expected"),
    [
        (wanted(SMS, timezone="UTC"), field("tags"), True),
        (wanted(SMS, timezone="UTC"), LANGUAGE, False),
        (wanted(SMS, timezone="UTC"), CONDITION, False),
        (wanted(SMS), field("tags"), False),
        (wanted(SMS, enabled=False), LANGUAGE, True),
        (wanted(SMS, enabled=False), CONDITION, True),
        (wanted(SMS, enabled=False), field("language", "STAYS"), False),
        (wanted(SMS, OTHER), CONDITION, True),
    ],
    ids=[
        "the group's, where the group is written",
        "of a use case that is not sent",
        "of an action of one",
        "the group's, where nothing is written",
        "of a use case that is switched off",
        "of an action of that",
        "of another use case",
        "of an action that stays, where another comes",
    ],
)
def test_what_is_guarded(entry: Declared, unknown: Unknown, expected: bool) -> None:  # noqa: FBT001 - parametrised
    """What a request would replace, and no more."""
    assert bool(guarded(entry, group(unknown))) == expected


def test_an_action_that_ends_takes_its_fields_along() -> None:
    """That is what its deletion means, unless another comes that may be the same one, changed."""
    before = group(CONDITION, actions=(SMS, OTHER))
    assert guarded(wanted(OTHER), before) is None
    assert guarded(wanted(OTHER, LATER), before)


def test_one_of_two_equal_actions_may_be_the_one_that_stays() -> None:
    """Which of them a request means, nobody can say."""
    assert guarded(wanted(SMS), group(CONDITION, actions=(SMS, SMS)))


def test_a_use_case_that_is_pruned_is_written_too() -> None:
    """Of a group whose file is gone, and of a use case that is gone from its file."""
    base = [desired("recall", use_cases=(use_case("RECALL", SMS), use_case("STAYS")))]
    for declared in ([], [desired("recall", use_cases=(use_case("STAYS"),))]):
        found = build_plan(declared, [group(LANGUAGE)], Target(), base=base, prune=True)
        assert [one.name for one in found.guards] == ["unknown-fields"]
        assert found.guards[0].file == "groups/microsoft/recall.yaml"


def test_one_guard_for_each_group_and_a_number_for_all() -> None:
    """As many as are allowed pass, and no more."""
    groups = [
        live(slug, number).model_copy(update={"unknown": (field("tags"),)})
        for number, slug in enumerate(("a", "b"), start=1)
    ]
    files = [desired(slug, timezone="UTC") for slug in ("a", "b")]
    for allowed, expected in ((0, 2), (1, 2), (2, 0)):
        found = build_plan(files, groups, Target(), allow={"unknown-fields": allowed})
        assert len(found.guards) == expected
    assert "--allow unknown-fields=2" in build_plan(files, groups, Target()).guards[0].remedy


def test_names_are_hostile_text_and_may_be_many() -> None:
    """They are made visible and short, and only some are listed."""
    many = [field(f"\u202e{number}{'x' * 100}", "RECALL") for number in range(8)]
    found = guarded(wanted(LATER), group(*many))
    assert found
    assert "8 live fields" in found.message
    assert found.message.endswith("x…, use_cases.RECALL: <U+202E>4" + "x" * 38 + "… and 3 more")
    assert "\u202e" not in found.message


def test_unknown_fields_are_no_difference_and_no_part_of_a_digest() -> None:
    """The same writes are the same plan, whatever else is live."""
    with_, without = plan(wanted(LATER), group(LANGUAGE)), plan(wanted(LATER), group())
    assert (with_.changes[0].request, with_.digest) == (without.changes[0].request, without.digest)
    assert plan(wanted(SMS), group(LANGUAGE)).empty


def test_a_create_has_nothing_to_lose() -> None:
    """What the server adds to it is not compared."""
    (change,) = plan(desired("new", use_cases=(use_case("RECALL", SMS),))).changes
    assert lost(change, live("new").model_copy(update={"unknown": (field("tags"),)})) == ()


def the_change(*actions: Action, before: Group) -> Change:
    """Return the change that leaves these actions of the use case."""
    (change,) = plan(wanted(*actions, timezone="UTC"), before).changes
    return change


def test_q7_what_a_write_loses() -> None:
    """What vanished and what has another value, at every level; what is new is no loss."""
    before = group(field("tags"), field("plan"), LANGUAGE, CONDITION, field("x", "STAYS"))
    after = group(field("tags", value="2"), field("new"), field("new", "RECALL", LATER), LANGUAGE)
    assert [str(one) for one in lost(the_change(SMS, LATER, before=before), after)] == [
        "plan is gone",
        "tags has another value",
        "use_cases.RECALL.actions (SMS on day 7): condition is gone",
        "use_cases.STAYS: x is gone",
    ]
    assert lost(the_change(SMS, LATER, before=before), replace_unknown(before)) == ()


def replace_unknown(of: Group, *unknown: Unknown) -> Group:
    """Return a group with the same unknown fields in another order, or with others."""
    return of.model_copy(update={"unknown": unknown or tuple(reversed(of.unknown))})


@pytest.mark.parametrize(
    ("had", "stay", "has", "is_lost"),
    [
        (2, 2, 2, False),
        (2, 2, 1, True),
        (3, 2, 2, False),
        (3, 2, 1, True),
        (1, 0, 0, False),
    ],
)
def test_equal_actions_are_counted(had: int, stay: int, has: int, is_lost: bool) -> None:  # noqa: FBT001 - parametrised
    """As many may miss their fields as the plan takes away."""
    before = group(*[CONDITION] * had, actions=(SMS,) * had)
    change = the_change(*(SMS,) * stay, OTHER, before=before)
    after = group(*[CONDITION] * has, actions=(*(SMS,) * stay, OTHER))
    assert bool(lost(change, after)) == is_lost


def test_what_goes_with_its_holder_is_told_by_the_holder() -> None:
    """A use case that is gone is a difference already, and so is an action."""
    before = group(LANGUAGE, CONDITION, actions=(SMS, OTHER))
    change = the_change(SMS, OTHER, before=before)
    assert lost(change, live("recall")) == ()
    assert [one.path for one in lost(change, group(actions=(OTHER,)))] == [
        "use_cases.RECALL: language"
    ]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (group(LANGUAGE), ""),
        (group(), "use_cases.RECALL: language is gone"),
        (group(field("language", "RECALL", value="2")), "language has another value"),
        (group(LANGUAGE, field("tags")), "tags is new"),
        (group(LANGUAGE, CONDITION), "condition is new"),
        (group(LANGUAGE, timezone="UTC"), ""),
    ],
    ids=["as it was", "gone", "changed", "new", "new in an action", "in another zone"],
)
def test_what_moves_since_the_plan(now: Group, words: str) -> None:
    """Gone, changed and new alike, with the setting for what does so by itself."""
    told = moved(group(LANGUAGE, timezone=now.timezone), now)
    assert (words in told) if words else not told
    assert ("`ignored_fields` of [tool.reconciler.api]" in told) == bool(words)


def test_one_more_of_equal_fields_is_new() -> None:
    """Of two equal actions a second one has got a condition."""
    before = group(CONDITION, actions=(SMS, SMS))
    assert "condition is new" in moved(before, replace_unknown(before, CONDITION, CONDITION))


def test_what_moves_since_a_write() -> None:
    """What the server filled in is nobody's edit; what is lost later is."""
    change = the_change(SMS, LATER, before=group(LANGUAGE))
    left = change.expected().model_copy(update={"unknown": (LANGUAGE, field("new", "RECALL"))})
    assert moved_since(change, left) == ""
    assert "language is gone" in moved_since(change, replace_unknown(left, field("new", "RECALL")))
    assert "timezone was UTC" in moved_since(
        replace(change), left.model_copy(update={"timezone": "Asia/Tokyo"})
    )
