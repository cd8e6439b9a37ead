"""Live state edited into the text of a file: what stands there afterwards, to the character."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.desired.files import GroupPath
from reconciler.desired.resolve import GroupDocument, resolve
from reconciler.desired.yaml import parse
from reconciler.model import GROUP_FIELDS, Action, Group, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Part
from reconciler.pull.bring import Setting, bring
from reconciler.pull.nouns import Left
from reconciler.pull.spans import spans
from reconciler.pull.taken import absent, parts
from tests.builders import group_id

PLACE = GroupPath("groups/microsoft/recall.yaml", "microsoft", "recall")
SMS = Action(action_type="SMS", context="c", day=1, template_name="T")
CALL = Action(action_type="CALL", context="d", day=2, template_name="U")


def case(name: str, *actions: Action, enabled: bool = True) -> UseCase:
    """Return a live use case."""
    return UseCase(use_case=name, enabled=enabled, actions=actions)


def pulled(
    text: str,
    setting: Setting | None = None,
    *,
    all_fields: bool = False,
    **live: Any,
) -> tuple[str, tuple[Left, ...]]:
    """Return what becomes of a file, of which Git has nothing, by live state with some fields."""
    setting = setting or Setting()
    source = GroupDocument(PLACE, parse(text))
    entry = resolve(source, setting.env, {"LINK": "https://1drv.ms/x/1"})[0]
    said = {name: getattr(entry.group, name) for name in (*GROUP_FIELDS, "use_cases")}
    group = Group(**{**said, "integration": "microsoft", "group_id": group_id(1), **live})
    plan = build_plan([entry], [group], Target(env=setting.env))
    take = [part for change in plan.changes for part in parts(change)]
    if all_fields:
        take += absent(entry, group, None, pin=setting.env is not None)
    return bring(source, group, take, setting)


ID = group_id(1)
HEAD = "name: N\nuse_cases:\n- use_case: A\n  enabled: true\n  actions:"
ONE = "{action_type: SMS, context: c, day: 1, template_name: T}"
TWO = "{action_type: CALL, context: d, day: 2, template_name: U}"
A, B = (f"{{use_case: {name}, enabled: true, actions: []}}" for name in "AB")
WITH_SMS = {"use_cases": (case("A", SMS),)}
BARE = {"use_cases": (case("A"),)}
NONE: dict[str, Any] = {"use_cases": ()}
NAMED = {"name": "M"}
EDITS: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("plain", "name: N  # c\n", NAMED, "name: M  # c\n"),
    ("quotes where they are needed", "name: N\n", {"name": "y: n"}, "name: 'y: n'\n"),
    ("quotes that were there", 'name: "N"\n', {"name": 'a "b"'}, 'name: "a \\"b\\""\n'),
    ("an apostrophe", "name: 'N'\n", {"name": "it's"}, "name: 'it''s'\n"),
    (
        "a block scalar",
        "name: >-  # c\n  N\n\n  M\n # d\n# e\n",
        NAMED,
        "name: M  # c\n # d\n# e\n",
    ),
    ("a block scalar at the end", "name: |-\n  N\n\n", NAMED, "name: M\n\n"),
    ("a plain text of two lines", "name: N\n  O\n", NAMED, "name: M\n"),
    (
        "no value",
        "name: N\ntimezone: null\n",
        {"timezone": "Asia/Tokyo"},
        "name: N\ntimezone: Asia/Tokyo\n",
    ),
    (
        "to no value",
        "name: N\nstart_time: '08:00'\n",
        {"start_time": None},
        "name: N\nstart_time: null\n",
    ),
    (
        "a short time",
        "name: N\nstart_time: '08:00'\n",
        {"start_time": "09:00:00"},
        "name: N\nstart_time: '09:00'\n",
    ),
    (
        "seconds where they matter",
        "name: N\nstart_time: 08:00\n",
        {"start_time": "09:00:01"},
        "name: N\nstart_time: 09:00:01\n",
    ),
    ("a key in quotes", '"name" : N\n', NAMED, '"name" : M\n'),
    ("JSON", '{"name": "N", "use_cases": []}\n', NAMED, '{"name": "M", "use_cases": []}\n'),
    ("no end of the last line", "name: N", NAMED, "name: M"),
    (
        "a slug that was the file's name",
        f"name: N\ngroup_id: '{ID}'\n",
        {"slug": "s"},
        f"name: N\nslug: s\ngroup_id: '{ID}'\n",
    ),
    (
        "an action ends",
        f"{HEAD}\n  # above\n  - {ONE}  # one\n  - {TWO}  # two\n",
        WITH_SMS,
        f"{HEAD}\n  # above\n  - {ONE}  # one\n  # two\n",
    ),
    ("all actions end", f"{HEAD}  # of A\n  - {ONE}\n", BARE, f"{HEAD} []  # of A\n"),
    ("the last line ends", f"{HEAD}\n  - {ONE}\n  - {TWO}", WITH_SMS, f"{HEAD}\n  - {ONE}\n"),
    ("an action begins", f"{HEAD} []  # none\n", WITH_SMS, f"{HEAD}  # none\n    - {ONE}\n"),
    (
        "the same twice",
        f"{HEAD}\n  - {ONE}\n",
        {"use_cases": (case("A", SMS, SMS),)},
        f"{HEAD}\n  - {ONE}\n  - {ONE}\n",
    ),
    (
        "a text with a sharp sign goes",
        f"{HEAD}\n  - {TWO.replace('U', repr('no # 1'))}\n  - {ONE}\n",
        WITH_SMS,
        f"{HEAD}\n  - {ONE}\n",
    ),
    (
        "in brackets, the first goes",
        f"name: N\nuse_cases: [{A[:-3]}[ {TWO}, {ONE} ]}}]\n",
        WITH_SMS,
        f"name: N\nuse_cases: [{A[:-3]}[ {ONE} ]}}]\n",
    ),
    (
        "in brackets, the last goes",
        f"name: N\nuse_cases: [{A}, {B}]\n",
        BARE,
        f"name: N\nuse_cases: [{A}]\n",
    ),
    (
        "in brackets, the last of several lines goes",
        f"name: N\nuse_cases: [\n  {A},  # a\n  {B}  # b\n]\n",
        BARE,
        f"name: N\nuse_cases: [\n  {A}  # a\n    # b\n]\n",
    ),
    (
        "in brackets, all with a comment go",
        f"name: N\nuse_cases: [\n  {A},  # a\n]\n",
        NONE,
        "name: N\nuse_cases: [\n    # a\n]\n",
    ),
    (
        "in brackets, one with a comment and no comma goes",
        f"name: N\nuse_cases: [\n  {A}  # a\n]\n",
        NONE,
        "name: N\nuse_cases: [\n    # a\n]\n",
    ),
    (
        "in empty brackets",
        f"name: N\nuse_cases: [{A}]\n",
        WITH_SMS,
        f"name: N\nuse_cases: [{A[:-3]}[{ONE}]}}]\n",
    ),
    (
        "in brackets with a comment",
        f"{HEAD} [  # none\n  ]\n",
        WITH_SMS,
        f"{HEAD} [{ONE}  # none\n  ]\n",
    ),
)


@pytest.mark.parametrize(
    ("text", "live", "expected"), [one[1:] for one in EDITS], ids=[one[0] for one in EDITS]
)
def test_an_edit_is_all_that_changes(text: str, live: dict[str, Any], expected: str) -> None:
    """Exactly this, and nothing is left."""
    assert pulled(text, **live) == (expected, ())


QA = Setting("qa", ("prod", "qa"))
MORE: dict[str, tuple[str, dict[str, Any], str]] = {
    "an override where it stands": (
        "name: N\nenvironments:\n  qa:\n    name: Q  # q\n",
        {"name": "M"},
        "name: N\nenvironments:\n  qa:\n    name: M  # q\n",
    ),
    "what all share is overridden": (
        "name: N  # c\n",
        {"name": "M"},
        "name: N  # c\nenvironments:\n  qa: {name: M}\n",
    ),
    "beside other environments": (
        "name: N\nenvironments:\n  prod: {name: P}  # p\n",
        {"name": "a, b"},
        "name: N\nenvironments:\n  prod: {name: P}  # p\n  qa: {name: 'a, b'}\n",
    ),
    "in brackets": (
        "name: N\nenvironments: {prod: {name: P}}\n",
        {"name": "M"},
        "name: N\nenvironments: {prod: {name: P}, qa: {name: M}}\n",
    ),
    "among none": (
        "name: N\nenvironments: {}\n",
        {"name": "M"},
        "name: N\nenvironments: {qa: {name: M}}\n",
    ),
    "JSON": (
        '{"name": "N"}\n',
        {"name": "M"},
        '{"name": "N", environments: {qa: {name: M}}}\n',
    ),
    "an environment that had none": (
        "name: N\nstart_time: 08:00\nenvironments:\n  qa: {}\n",
        {"name": "M", "start_time": "09:00:00"},
        "name: N\nstart_time: 08:00\nenvironments:\n  qa: {name: M, start_time: 09:00:00}\n",
    ),
    "in the order of the layout": (
        "name: N\nstart_time: 08:00\nenvironments:\n  qa:\n    # q\n    timezone: Asia/Tokyo\n",
        {"name": "M", "start_time": "09:00:00"},
        (
            "name: N\nstart_time: 08:00\nenvironments:\n  qa:\n    # q\n    name: M\n"
            "    timezone: Asia/Tokyo\n    start_time: 09:00:00\n"
        ),
    ),
    "in braces, in that order": (
        "name: N\nstart_time: 08:00\nenvironments:\n  qa: {timezone: Asia/Tokyo}\n",
        {"name": "M", "start_time": "09:00:00"},
        (
            "name: N\nstart_time: 08:00\nenvironments:\n"
            "  qa: {name: M, timezone: Asia/Tokyo, start_time: 09:00:00}\n"
        ),
    ),
}


@pytest.mark.parametrize("name", MORE)
def test_no_environment_is_given_anothers_values(name: str) -> None:
    """What several share stays as it is for the others."""
    text, live, expected = MORE[name]
    assert pulled(text, QA, **live) == (expected, ())


def test_one_environment_shares_nothing() -> None:
    """Where there is no other one, what is outside of environments is edited."""
    assert pulled("name: N\n", Setting("qa", ("qa",)), name="M") == ("name: M\n", ())


def test_all_fields_stand_where_the_layout_has_them() -> None:
    """Of one environment what is its own, its id first; use cases for all of them."""
    live = {
        "timezone": "Asia/Tokyo",
        "sheet_link": SecretStr("https://1drv.ms/x/1"),
        "use_cases": (case("A", SMS),),
    }
    link = {"from_env": "LINK"}
    text, left = pulled("# c\nname: N\n", Setting(link=link), all_fields=True, **live)
    cases = f"use_cases:\n  - use_case: A\n    enabled: true\n    actions:\n      - {ONE}\n"
    assert left == ()
    assert text == (f"# c\nname: N\nsheet_link: {{from_env: LINK}}\ntimezone: Asia/Tokyo\n{cases}")
    text, left = pulled("name: N\n", replace(QA, link=link), all_fields=True, **live)
    assert left == ()
    assert text == (
        f"name: N\n{cases}environments:\n"
        f"  qa: {{group_id: '{ID}', sheet_link: {{from_env: LINK}}, timezone: Asia/Tokyo}}\n"
    )
    itself = Setting(link="https://1drv.ms/x/1")
    text, left = pulled('{"name": "N"}', itself, all_fields=True, **live)
    assert (left, resolve(GroupDocument(PLACE, parse(text)), None, {})[1]) == ((), [])


def test_use_cases_that_come_are_written_as_the_last_one() -> None:
    """In braces among braces, in block style in a block, also where all others go."""
    flow = "name: N\nuse_cases:\n  - {use_case: A, enabled: true, actions: []}  # a\n"
    added = (case("A"), case("B", SMS))
    assert pulled(flow, all_fields=True, use_cases=added)[0] == (
        f"{flow}  - {{use_case: B, enabled: true, actions: [{ONE}]}}\n"
    )
    assert pulled(flow, all_fields=True, use_cases=(case("B"),))[0] == (
        "name: N\nuse_cases:\n  # a\n  - {use_case: B, enabled: true, actions: []}\n"
    )
    wide = "name: N\nuse_cases: [\n  { use_case: A, enabled: true, actions: [] },\n]\n"
    assert pulled(wide, all_fields=True, use_cases=(case("A"), case("B")))[0] == (
        "name: N\nuse_cases: [\n  { use_case: A, enabled: true, actions: [] },\n"
        "  { use_case: B, enabled: true, actions: [] },\n]\n"
    )
    empty = "name: N\nuse_cases: null  # none\n"
    assert pulled(empty, all_fields=True, use_cases=(case("B"),))[0] == (
        "name: N\nuse_cases:  # none\n  - use_case: B\n    enabled: true\n    actions: []\n"
    )


def test_a_part_that_no_file_may_hold_keeps_back_no_other() -> None:
    """Each is told with its rule."""
    text = "name: N\ntimezone: Asia/Tokyo\nstart_time: 08:00\n"
    new, left = pulled(text, name=" ", timezone="Central", start_time="09:00:00")
    assert new == "name: N\ntimezone: Asia/Tokyo\nstart_time: 09:00\n"
    assert [(one.part, one.why, one.rule) for one in left] == [
        (("name",), "rule", "wrong-value"),
        (("timezone",), "rule", "unknown-timezone"),
    ]


def test_a_variable_stays() -> None:
    """Also where other environments have the link themselves."""
    text = "name: N\nsheet_link: {from_env: LINK}\nstart_time: 08:00\n"
    new, left = pulled(text, sheet_link=SecretStr("https://1drv.ms/x/2"), start_time="09:00:00")
    assert new == text.replace("08", "09")
    assert [(one.part, one.why) for one in left] == [(("sheet_link",), "variable")]


def test_a_text_that_is_not_understood_is_left() -> None:
    """Nothing is guessed: neither of a text that is another one, nor where a comment would go."""
    document = parse("name: N\n")
    document.text = ""
    source = GroupDocument(PLACE, document)
    live = Group(integration="microsoft", slug="recall", name="M", group_id=group_id(1))
    take: list[Part] = [("name",)]
    text, (left,) = bring(source, live, take, Setting())
    assert (text, left.part, left.why, left.missed) == ("", ("name",), "edit", True)
    assert bring(GroupDocument(PLACE, parse("name: N\n")), live, [], Setting()) == ("name: N\n", ())


@pytest.mark.parametrize(
    "wrong",
    [
        "name: X  # c\n",  # not what was wanted
        "name: M  # c\ntimezone: null\n",  # and something besides
        "name: M  # c\nenvironments: {qa: {name: X}}\n",  # or elsewhere
        "name: M\n",  # and without its comment
        "nmae: M\n",  # or nothing that a file may say
    ],
)
def test_an_edit_that_went_wrong_is_not_kept(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever text comes of an edit, it is read again."""
    monkeypatch.setattr("reconciler.pull.bring.rewritten", lambda *_, **__: wrong)
    text, (left,) = pulled("name: N  # c\n", Setting(None, ("qa",)), name="M")
    assert (text, left.part) == ("name: N  # c\n", ("name",))


def test_a_value_that_is_left_out_and_a_text_without_one() -> None:
    """Places of what is not there: a value behind its colon or dash; none at all in no text."""
    top = spans("a:\nb:\n- \n-  x\n- {}\n")
    assert (top.parts[0].node.start, top.parts[0].node.end) == (2, 2)
    assert [part.start for part in top.part("b").node.parts] == [6, 9, 14]
    assert top.at(("b", 1)).style == ""
    with pytest.raises(KeyError):
        top.part("c")
    with pytest.raises(ValueError, match="no value"):
        spans("# nothing\n")
