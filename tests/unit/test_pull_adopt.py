"""Files for live groups that have none, and which parts of live state a file takes."""

from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.model import Action, Key, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Unread
from reconciler.pull.adopt import Variables, adopt, file_slug, link_of
from reconciler.pull.nouns import Left, Pull, Pulled
from reconciler.pull.taken import absent, drifted, parts, stays, wanted
from tests.builders import action, desired, group_id, live, use_case

LINK = "https://1drv.ms/x/s3cret"


@pytest.mark.parametrize(
    ("slug", "name", "taken", "expected"),
    [
        ("recall", "X", (), "recall"),
        ("recall", "X", ("recall",), "recall-2"),
        ("recall", "X", ("recall", "recall-2"), "recall-3"),
        ("Survey 2024", "X", (), "survey-2024"),
        ("Ünïcode 💉", "X", (), "unicode"),
        ("", "A name", (), "a-name"),
        ("", "💉", (), "group"),
        ("con", "X", (), "group-con"),
        ("a--b", "X", (), "a-b"),
        ("x" * 300, "X", (), "x" * 100),
    ],
)
def test_a_file_is_called_by_its_slug(
    slug: str, name: str, taken: tuple[str, ...], expected: str
) -> None:
    """Or by what comes near and any file system takes, if that is free."""
    assert file_slug(live(slug, name=name), taken) == expected


def test_each_sheet_has_one_variable() -> None:
    """Two groups with one sheet share it; no other sheet gets the name of one that is known."""
    names = Variables({"B_SHEET_LINK": LINK, "C_SHEET_LINK": ""})
    assert names.name(Key("microsoft", "a"), None, LINK) == "A_SHEET_LINK"
    assert names.name(Key("google", "a"), None, LINK) == "A_SHEET_LINK"
    assert names.name(Key("google", "a"), None, "other") == "A_GOOGLE_SHEET_LINK"
    assert names.name(Key("google", "a"), None, "third") == "A_GOOGLE_2_SHEET_LINK"
    assert names.name(Key("google", "a"), None, "fourth") == "A_GOOGLE_3_SHEET_LINK"
    assert names.name(Key("google", "a"), "qa", "fifth") == "A_QA_SHEET_LINK"
    assert names.name(Key("google", "b"), None, LINK) == "B_SHEET_LINK"
    assert names.name(Key("google", "c"), None, LINK) == "C_GOOGLE_SHEET_LINK"
    assert names.name(Key("google", "24"), None, LINK) == "GROUP_24_SHEET_LINK"


def adopted(
    *, env: str | None = None, links: bool = False, **fields: Any
) -> tuple[str, str, list[tuple[str, str]]]:
    """Return the file, the variable, and what is left and by which rule."""
    group = live("recall", name=fields.pop("name", "Recall"), **fields)
    names = None if links else Variables({})
    made = adopt(group, "recall", env=env, variables=names, schema=False)
    return made.text, made.variable, [(".".join(map(str, one.part)), one.rule) for one in made.left]


def test_what_a_file_can_hold_is_in_it() -> None:
    """The rest is left, each with its rule; of an environment what is its own stands there."""
    assert adopted() == ("name: Recall\nuse_cases: []\n", "", [])
    assert adopted(sheet_link=LINK, env="qa") == (
        (
            "name: Recall\nuse_cases: []\nenvironments:\n"
            f"  qa: {{group_id: '{group_id(1)}', sheet_link: {{from_env: RECALL_QA_SHEET_LINK}}}}\n"
        ),
        "RECALL_QA_SHEET_LINK",
        [],
    )
    assert adopted(sheet_link=LINK, links=True)[:2] == (
        f"name: Recall\nsheet_link: {LINK}\nuse_cases: []\n",
        "",
    )
    odd: dict[str, Any] = {"timezone": "Central", "start_time": "8"}
    odd["sheet_link"] = "http://1drv.ms/x"
    cases = (
        use_case("lower"),
        use_case("OK", action(day=-1)),
        use_case("FINE", action(1), action(7)),
    )
    text, _, left = adopted(assistant_id="x", use_cases=cases, **odd)
    assert text == (
        "name: Recall\nuse_cases:\n  - use_case: FINE\n    enabled: true\n    actions:\n"
        "      - {action_type: SMS, context: ctx, day: 7, template_name: Reminder}\n"
        "      - {action_type: SMS, context: ctx, day: 1, template_name: Reminder}\n"
    )
    assert left == [
        ("assistant_id", "wrong-value"),
        ("timezone", "unknown-timezone"),
        ("start_time", "wrong-value"),
        ("use_cases.OK", "wrong-value"),
        ("use_cases.lower", "wrong-value"),
        ("sheet_link", "wrong-value"),
    ]


def test_what_no_file_can_hold_at_all() -> None:
    """A name or slug that is against the rules, and a use case that is there twice."""
    assert adopted(name=" ") == ("", "", [("name", "wrong-value")])
    assert adopted(use_cases=(use_case("A"), use_case("A"))) == (
        "",
        "",
        [("", "repeated-use-case")],
    )
    made = adopt(live(" ", name="X"), "x", env=None, variables=None, schema=True)
    assert (made.text, made.left[0].rule) == ("", "wrong-value")
    assert link_of(live("x"), "x", None, None) == (None, None)


def test_what_a_file_does_not_have() -> None:
    """Neither what its author took out of it, nor what comes from a variable."""
    entry = desired("a", use_cases=(use_case("A"),))
    there = live("a", timezone="X", start_time="08:00", use_cases=(use_case("A"), use_case("B")))
    assert list(absent(entry, there, None)) == [
        ("timezone",),
        ("start_time",),
        ("use_cases", "B"),
    ]
    once = desired("a", timezone="Y", use_cases=(use_case("B"),)).group
    assert list(absent(entry, there, once, pin=True)) == [("group_id",), ("start_time",)]
    without = desired("a")
    assert list(absent(without, there, once)) == [("start_time",)]
    assert ("use_cases", "A") in list(absent(without, there, None))
    linked = desired("a", sheet_link=SecretStr(LINK))
    assert list(absent(linked, live("a", sheet_link=SecretStr("x")), None)) == []


def test_what_is_taken_and_what_stays() -> None:
    """By the origins of the plan; all of it where Git does not know the file."""
    base = desired("a", start_time="08:00", timezone="X", name="A", use_cases=(use_case("A"),))
    entry = desired("a", start_time="09:00", timezone="X", name="B", use_cases=(use_case("A"),))
    there = live("a", start_time="10:00", timezone="Y", name="A", use_cases=())
    (change,) = build_plan([entry], [there], Target(), base=[base]).changes
    assert drifted(change, known=True) == [("timezone",), ("use_cases", "A")]
    assert drifted(change, known=False) == list(parts(change))
    assert [(one.part, one.why) for one in stays(change, {("timezone",), ("use_cases", "A")})] == [
        (("name",), "yours"),
        (("start_time",), "conflict"),
    ]


def test_how_a_group_then_reads() -> None:
    """Part by part: what is taken is live's, the rest is the file's."""
    one, two, three = action(1), action(2), action(3)
    said = (use_case("A", one, one, two), use_case("GONE"), use_case("KEPT"))
    there = live(
        "a",
        name="L",
        use_cases=(use_case("A", one, three, enabled=False), use_case("NEW"), use_case("OTHER")),
    )
    take: set[tuple[str | Action, ...]] = {
        ("name",),
        ("use_cases", "GONE"),
        ("use_cases", "NEW"),
        ("use_cases", "A", one),
        ("use_cases", "A", three),
    }
    group = wanted(desired("a", use_cases=said).group, there, take)
    assert group.name == "L"
    assert group.use_cases == (
        UseCase(use_case="A", enabled=True, actions=(one, two, three)),
        use_case("KEPT"),
        use_case("NEW"),
    )
    assert wanted(desired("a").group, there, {("name",)}).declared == {
        "integration",
        "slug",
        "name",
    }


def test_what_waits_for_somebody() -> None:
    """What was missed, and what could not be read."""
    key = Key("microsoft", "a")
    fine = Pulled(key, "f", "a", "b", left=(Left((), "unmanaged", "x"),))
    missed = Pulled(key, "f", "a", "a", left=(Left((), "conflict", "x"),))
    assert (fine.changed, fine.missed, missed.changed, missed.missed) == (True, False, False, True)
    assert not Pulled(key, "f", None, "").changed
    assert Pull(Target(), [fine, missed]).changed == [fine]
    assert Pull(Target(), [fine, missed]).missed
    assert not Pull(Target(), [fine]).missed
    assert Pull(Target(), [], unread=[Unread("google", "x", "y")]).missed
