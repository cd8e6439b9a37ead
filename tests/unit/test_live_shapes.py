"""What counts as a list, as a group and as its fields."""

from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.live.shapes import ShapeError, answered_group_id, decode, read_page, read_single
from reconciler.model import Action, Group, UseCase

ID = "5eb7cf5a86d9755df3a6c593"
OTHER = "68b1f0aa82513625d1c21b90"
LINK = "https://1drv.example/x/secret-sheet"
ACTION = {"action_type": "SMS", "context": "reminder_7d", "day": 7, "template_name": "First SMS"}
USE_CASE = {"use_case": "LAB_REMINDER", "enabled": True, "actions": [ACTION]}
ROW: dict[str, Any] = {
    "group_id": ID,
    "name": "Labs",
    "slug": "labs",
    "sheet_link": LINK,
    "assistant_id": OTHER,
    "timezone": "America/Chicago",
    "start_time": "08:00:00",
    "use_cases": [USE_CASE],
}
CAMEL: dict[str, Any] = {
    "groupId": ID,
    "name": "Labs",
    "slug": "labs",
    "sheetLink": LINK,
    "assistantId": OTHER,
    "timezone": "America/Chicago",
    "startTime": "08:00:00",
    "useCases": [
        {
            "useCase": "LAB_REMINDER",
            "enabled": True,
            "actions": [
                {
                    "actionType": "SMS",
                    "context": "reminder_7d",
                    "day": 7,
                    "templateName": "First SMS",
                }
            ],
        }
    ],
}
GROUP = Group(
    integration="google",
    group_id=ID,
    name="Labs",
    slug="labs",
    sheet_link=SecretStr(LINK),
    assistant_id=OTHER,
    timezone="America/Chicago",
    start_time="08:00:00",
    use_cases=(
        UseCase(
            use_case="LAB_REMINDER",
            enabled=True,
            actions=(
                Action(action_type="SMS", context="reminder_7d", day=7, template_name="First SMS"),
            ),
        ),
    ),
)


EVERY_FIELD = frozenset(Group.model_fields) - {"unknown"}
"""What an answer declares; what it holds besides is kept in mind, and nobody declares it."""


def group(value: Any) -> Group:
    """Decode a single group."""
    return decode("google", read_single(value))


def without(*names: str) -> dict[str, Any]:
    """Return the row without some fields."""
    return {name: value for name, value in ROW.items() if name not in names}


@pytest.mark.parametrize(
    "value",
    [
        ROW,
        CAMEL,
        without("group_id") | {"_id": ID},
        without("group_id") | {"id": ID},
        ROW | {"_id": ID, "id": None, "groupId": ID, "startTime": "08:00:00"},
        ROW | {"created_at": "2026-01-01", "__v": 3, "integration": "x", "data": {}},
        ROW | {"use_cases": [USE_CASE | {"_id": 5, "actions": [ACTION | {"extra": []}]}]},
        ROW | {"start_time": "08:00"},
        {"group": ROW, "ok": True},
        {"use_case_group": ROW},
        {"useCaseGroup": CAMEL},
        {"data": ROW},
    ],
    ids=[
        "bare",
        "camel",
        "_id",
        "id",
        "several ids",
        "ignored keys",
        "ignored inner keys",
        "short time",
        "group",
        "use_case_group",
        "useCaseGroup",
        "data",
    ],
)
def test_one_group_in_each_spelling(value: Any) -> None:
    """Each accepted spelling and wrapper gives the same group, all fields declared."""
    assert group(value) == GROUP
    assert group(value).declared == EVERY_FIELD


def test_absent_and_null_are_empty() -> None:
    """What a live group leaves out is empty, since a live group has no unmanaged fields."""
    bare = {"id": ID, "name": "Labs", "slug": "labs"}
    nulls = dict.fromkeys(("sheet_link", "assistant_id", "timezone", "start_time", "use_cases"))
    assert group(bare) == group(bare | nulls) == group(bare | {"sheet_link": "", "use_cases": []})
    assert group(bare).declared == EVERY_FIELD
    assert group(bare).sheet_link is None


def test_values_are_not_judged() -> None:
    """Live state may hold what a file may not."""
    odd = {"action_type": "EMAIL", "context": "", "day": -900, "template_name": "\u202e"}
    value = ROW | {
        "use_cases": [{"use_case": "odd one", "enabled": False, "actions": [odd]}],
        "slug": "A b",
    }
    assert group(value).use_cases[0].actions == (Action.model_validate(odd),)
    assert group(value).slug == "A b"


@pytest.mark.parametrize(
    "envelope", ["use_case_groups", "useCaseGroups", "groups", "items", "data"]
)
def test_envelopes(envelope: str) -> None:
    """A list may come in each usual envelope, and each gives the same rows as the bare list."""
    bare = read_page([ROW], None)
    (row,) = read_page({envelope: [ROW], "message": "ok"}, None).rows.values()
    assert [row.value] == [row.value for row in bare.rows.values()]
    assert row.path == f"$.{envelope}[0]"


def test_a_named_envelope() -> None:
    """A configured envelope is the only one."""
    assert list(read_page({"results": [ROW], "items": 5}, "results").rows) == [ID]
    for value in ({"items": [ROW]}, [ROW]):
        with pytest.raises(ShapeError):
            read_page(value, "results")


def action(**changes: Any) -> dict[str, Any]:
    """Return a row whose one action is changed."""
    return ROW | {"use_cases": [USE_CASE | {"actions": [ACTION | changes]}]}


BAD_GROUPS: dict[str, tuple[Any, str]] = {
    "null": (None, "got null instead of an object"),
    "list": ([ROW], "got a list instead of an object"),
    "empty": ({}, r"\$ has no id"),
    "integer id": (ROW | {"group_id": 7}, r"\$.group_id is not an id"),
    "upper-case id": (ROW | {"group_id": ID.upper()}, "lower-case"),
    "short id": (ROW | {"_id": ID[:-1]}, r"\$._id is not an id"),
    "id with a line break": (ROW | {"_id": f"{ID}\n"}, r"\$._id is not an id"),
    "object id": (ROW | {"_id": {"$oid": ID}}, r"\$._id is not an id"),
    "null id": (ROW | {"group_id": None}, "no id"),
    "conflicting ids": (ROW | {"_id": OTHER}, f"different ids: _id {OTHER}, group_id {ID}"),
    "several wrappers": ({"group": ROW, "data": ROW}, "several groups"),
    "conflicting spellings": (
        ROW | {"startTime": "09:00:00"},
        "start_time and startTime with different values",
    ),
    "conflict with null": (ROW | {"sheetLink": None}, "sheet_link and sheetLink"),
    "no name": (
        without("name"),
        r"\$.name is wrong: Input should be a valid string",
    ),
    "no slug": (without("slug"), r"\$.slug is wrong"),
    "link": (ROW | {"sheet_link": [LINK]}, r"\$.sheet_link is wrong"),
    "use_cases": (
        ROW | {"use_cases": {"LAB": USE_CASE}},
        r"\$.use_cases is an object instead of a list",
    ),
    "use case": (
        ROW | {"use_cases": [USE_CASE, "LAB"]},
        r"\$.use_cases\[1\] is a text instead of an object",
    ),
    "actions": (
        ROW | {"use_cases": [USE_CASE | {"actions": 5}]},
        r"\$.use_cases\[0\].actions is a number",
    ),
    "action": (
        ROW | {"use_cases": [USE_CASE | {"actions": [True]}]},
        r"actions\[0\] is a yes or no",
    ),
    "enabled": (
        ROW | {"use_cases": [USE_CASE | {"enabled": 1}]},
        r"\$.use_cases\[0\].enabled is wrong",
    ),
    "day as text": (
        action(day="7"),
        r"\$.use_cases\[0\].actions\[0\].day is wrong: .* valid integer",
    ),
    "day as fraction": (action(day=7.0), "valid integer"),
    "day as bool": (action(day=True), "valid integer"),
    "no template": (action(template_name=None), r"actions\[0\].template_name"),
    "twin use cases": (ROW | {"use_cases": [USE_CASE, USE_CASE]}, "LAB_REMINDER more than once"),
    "hostile use case": (
        ROW | {"use_cases": [USE_CASE | {"use_case": "a\u202eb\n"}] * 2},
        "<U\\+202E>b<U\\+000A>",
    ),
}


@pytest.mark.parametrize(("value", "problem"), BAD_GROUPS.values(), ids=BAD_GROUPS)
def test_bad_groups(value: Any, problem: str) -> None:
    """A group that is not as assumed is an error that says where, and shows no secret."""
    with pytest.raises(ShapeError, match=problem) as caught:
        group(value)
    assert "secret-sheet" not in str(caught.value)
    assert caught.value.remedy


BAD_LISTS: dict[str, tuple[Any, str]] = {
    "null": (None, "got null instead of a list or an object"),
    "text": ("[]", "got a text"),
    "empty object": ({}, "with 0 of the keys"),
    "unknown envelope": ({"results": [ROW]}, "with 0 of the keys"),
    "two envelopes": ({"items": [ROW], "data": [ROW]}, "with 2 of the keys"),
    "nested envelope": ({"data": {"items": [ROW]}}, r"\$.data is an object instead of a list"),
    "null rows": ({"items": None}, r"\$.items is null instead of a list"),
    "text row": ({"items": ["x"]}, r"\$.items\[0\] is a text instead of an object"),
    "null row": ([ROW, None], r"\$\[1\] is null"),
    "twins": ([ROW, CAMEL], rf"\$\[0\] and \$\[1\] have the same id, {ID}"),
    "total as text": ({"items": [], "total": "0"}, "total is not a count"),
    "total as bool": ({"items": [], "total": False}, "total is not a count"),
    "total below zero": ({"items": [], "total": -1}, "total is not a count"),
    "total as fraction": ({"items": [], "totalCount": 0.0}, "totalCount is not a count"),
    "two totals": ({"items": [], "total": 0, "totalCount": 1}, "total is 0 and totalCount is 1"),
    "pages as list": ({"items": [], "pages": []}, "pages is not a count"),
    "has_next as number": ({"items": [], "has_next": 0}, "has_next is neither true nor false"),
    "hasMore as text": ({"items": [], "hasMore": "no"}, "hasMore is neither"),
    "cursor as number": ({"items": [], "next_cursor": 5}, "next_cursor is not a text"),
    "long cursor": ({"items": [], "nextCursor": "x" * 1001}, "next_cursor is not a text"),
    "two cursors": ({"items": [], "next_cursor": "a", "meta": {"nextCursor": "b"}}, "two cursors"),
    "two totals in two places": (
        {"items": [], "total": 0, "pagination": {"total_items": 1}},
        "total is 0 and total_items is 1",
    ),
    "p1 a token": ({"items": [ROW], "nextPageToken": "t"}, "how to ask for them is not known"),
    "p1 failed": ({"items": [], "success": False}, "success says that it failed"),
    "p1 with an error": ({"items": [], "error": "busy"}, "error says that it failed"),
}


@pytest.mark.parametrize(("value", "problem"), BAD_LISTS.values(), ids=BAD_LISTS)
def test_bad_lists(value: Any, problem: str) -> None:
    """A list that is not as assumed is an error, never an empty list."""
    with pytest.raises(ShapeError, match=problem):
        read_page(value, None)


@pytest.mark.parametrize(
    ("value", "group_id"),
    [
        (ROW, ID),
        ({"group": CAMEL}, ID),
        ({"data": {"_id": ID}}, ID),
        ({"ok": True}, None),
        ([ROW], None),
        (None, None),
    ],
    ids=["bare", "wrapped", "only an id", "no id", "list", "null"],
)
def test_the_id_in_an_answer_to_a_write(value: Any, group_id: str | None) -> None:
    """The id is found where it can be, since the answer to a write is not documented."""
    assert answered_group_id(value) == group_id
