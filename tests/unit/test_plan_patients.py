"""What one patient may get, over all lists of a sheet, before and after a plan."""

from pydantic import SecretStr

from reconciler.model import Declared, Group, Target
from reconciler.plan.build import build_plan
from reconciler.plan.patients import busiest
from reconciler.plan.story import stories
from reconciler.render.story import story_words
from reconciler.render.words import plain
from tests.builders import action, desired, live, use_case

LINK = SecretStr("https://docs.google.com/spreadsheets/d/abc/edit#gid=0")
SAME = SecretStr("https://docs.google.com/spreadsheets/d/abc/view?usp=sharing")
OTHER = SecretStr("https://docs.google.com/spreadsheets/d/def/edit")
TEXT, CALL = action(1, "Text"), action(1, "Call", "CALL")


def told(declared: list[Declared], groups: list[Group]) -> list[str]:
    """Return the sentences of a plan that are about one patient."""
    sentences = [
        plain(words)
        for story in stories(build_plan(declared, groups, Target()))
        for words in story_words(story, "before")
    ]
    return [text for text in sentences if "a patient may get" in text]


def test_p21_two_use_cases_of_one_group() -> None:
    """Somebody may be on both lists."""
    cases = (use_case("A", CALL), use_case("B", TEXT, TEXT))
    assert told([desired(use_cases=cases)], [live(use_cases=cases[:1])]) == [
        "On day 1 a patient may get 2 texts and 1 call (1 call before)"
    ]


def test_p21_two_groups_with_one_sheet_by_its_document() -> None:
    """Also where one of them is in no file; each is named, and the link is not."""
    new = desired("n", name="New", sheet_link=LINK, use_cases=(use_case("A", TEXT),))
    old = live("o", 1, name="Old", sheet_link=SAME, use_cases=(use_case("B", CALL),))
    assert told([new], [old]) == [
        "On day 1 a patient may get 1 text and 1 call (1 call before), together with Old"
    ]
    elsewhere = old.model_copy(update={"sheet_link": OTHER})
    assert told([new], [elsewhere]) == []
    nowhere = old.model_copy(update={"sheet_link": None})
    assert told([new], [nowhere]) == []


def test_p21_any_seven_days() -> None:
    """Whichever they begin with."""
    five = [action(day) for day in (2, 4, 8, 9)]
    after = use_case("A", *five)
    assert told([desired(use_cases=(after,))], [live(use_cases=(use_case("A", *five[1:]),))]) == []
    week = use_case("A", *five, action(3))
    assert told([desired(use_cases=(week,))], [live(use_cases=(after,))]) == [
        "On days 2 to 8 a patient may get 4 texts (3 texts before)"
    ]


def test_p21_less_is_told_too() -> None:
    """In the same words, and it is no risk."""
    before = use_case("A", TEXT, CALL)
    (story,) = stories(
        build_plan(
            [desired(use_cases=(use_case("A", enabled=False),))],
            [live(use_cases=(before,))],
            Target(),
        )
    )
    assert [one.busier for one in story.busiest] == [False]
    assert "On day 1 a patient may get nothing (1 text and 1 call before)" in [
        plain(words) for words in story_words(story, "before")
    ]


def test_p21_a_sheet_is_told_of_once_and_many_groups_are_counted() -> None:
    """Behind the riskiest of its groups."""
    names = ["a", "b", "c", "d", "e"]
    cases = (use_case("A", TEXT),)
    declared = [desired(name, sheet_link=LINK, use_cases=cases) for name in names]
    assert told(declared, []) == [
        "On day 1 a patient may get 5 texts (none before), together with B, C, D, 1 more",
        "On days 1 to 7 a patient may get 5 texts (none before), together with B, C, D, 1 more",
    ]


def test_p21_a_group_that_gets_another_sheet() -> None:
    """Contacts the people of the other one, and no more those of its own."""
    cases = (use_case("A", TEXT, CALL),)
    plan = build_plan(
        [desired("a", sheet_link=OTHER)],
        [
            live("a", 1, sheet_link=LINK, use_cases=cases),
            live("b", 2, sheet_link=OTHER, use_cases=cases),
        ],
        Target(),
    )
    assert [(dict(one.before), dict(one.after)) for one in busiest(plan)] == [
        ({"SMS": 1, "CALL": 1}, {}),
        ({"SMS": 1, "CALL": 1}, {"SMS": 2, "CALL": 2}),
        ({"SMS": 1, "CALL": 1}, {"SMS": 2, "CALL": 2}),
    ]
