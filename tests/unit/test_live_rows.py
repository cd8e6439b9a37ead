"""What a row is: a group, an odd one, or one that is marked as deleted; and what is read of it."""

from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.live.rows import deletion_mark, read_row
from reconciler.live.shapes import RawGroup, read_page
from reconciler.model import Action, Group, Skipped, UseCase
from tests.builders import group_id

ACTION = {"action_type": "SMS", "context": "c", "day": 7, "template_name": "t"}
USE_CASE = {"use_case": "LAB", "enabled": True, "actions": [ACTION]}
ROW: dict[str, Any] = {
    "_id": group_id(1),
    "name": "Labs",
    "slug": "labs",
    "sheet_link": "https://s/1",
    "use_cases": [USE_CASE],
}


def read(value: dict[str, Any]) -> Skipped:
    """Read a row of a list that is to be left alone."""
    (row,) = read_page([value], None).rows.values()
    found = read_row("google", row)
    assert isinstance(found, Skipped)
    return found


SET: list[dict[str, Any]] = [
    {"deleted": True},
    {"deleted": 1},
    {"isDeleted": True},
    {"is_deleted": "true"},
    {"soft_deleted": True},
    {"deleted_at": "2026-01-01T00:00:00Z"},
    {"deletedAt": 1_767_225_600},
    {"deletedOn": "2026-01-01"},
    {"IsDeleted": True},
    {"DELETED": "Y"},
    {"status": "Deleted"},
    {"state": "deleted"},
]
NOT_SET: list[dict[str, Any]] = [
    {},
    {"deleted": False, "is_deleted": 0, "deletedAt": None, "deleted_on": ""},
    {"deleted": "false"},
    {"deleted_at": "0001-01-01T00:00:00Z"},
    {"deleted_at": "0000-00-00 00:00:00"},
    {"deleted_at": {"Time": "0001-01-01T00:00:00Z", "Valid": False}},
    {"deleted": []},
    *({"deleted": text} for text in ("F", "off", "n", "N/A", "-", "undefined", "never")),
    {"deleted_at": "1970-01-01T00:00:00Z"},
    {"deleted_at": "9999-12-31"},
    {"deleted_at": -62135596800},
    {"archived": True, "archived_at": "2026-01-01", "status": "archived", "state": 5},
    {"status": "active", "use_cases_deleted": True},
]


@pytest.mark.parametrize("marks", SET)
def test_u5_what_is_marked_as_deleted(marks: dict[str, Any]) -> None:
    """The mark is named, and nothing of its value is repeated."""
    row = read(ROW | marks)
    assert (row.why, row.problem) == ("deleted", f"marked as deleted ({next(iter(marks))})")
    assert (row.group_id, row.slug, row.name) == (group_id(1), "labs", "Labs")


@pytest.mark.parametrize("marks", NOT_SET)
def test_u5_what_is_not_clearly_marked_is_live(marks: dict[str, Any]) -> None:
    """Who takes a live group for a deleted one creates it a second time."""
    assert deletion_mark(ROW | marks) == ""
    assert isinstance(read_row("google", RawGroup(group_id(1), "$", ROW | marks)), Group)


def test_u5_a_deleted_row_may_be_odd_besides() -> None:
    """It is skipped all the same; nobody has to correct it."""
    assert read({"deleted": True}).why == "deleted"


def test_r10_all_that_can_be_read_is_kept() -> None:
    """Whatever is not as it should be is empty, and use cases read in part are named."""
    odd = ROW | {
        "name": 5,
        "use_cases": [
            USE_CASE | {"actions": [ACTION, ACTION | {"day": "7"}, "x"]},
            USE_CASE | {"use_case": "B", "enabled": False, "actions": "x"},
            USE_CASE | {"use_case": "C"},
            USE_CASE | {"use_case": "C"},
            {"use_case": None},
            "x",
        ],
    }
    row = read(odd)
    (reading,) = row.readings
    assert (row.name, row.slug, reading.sheet_link) == ("", "labs", SecretStr("https://s/1"))
    one = (Action.model_validate(ACTION),)
    assert reading.use_cases == (
        UseCase(use_case="LAB", enabled=True, actions=one),
        UseCase(use_case="B", enabled=False, actions=()),
        UseCase(use_case="C", enabled=True, actions=one),
        UseCase(use_case="C", enabled=True, actions=one),
    )
    assert row.vague == {"LAB", "B", "C"}


def test_r10_two_spellings_are_two_readings() -> None:
    """Either may be what the group is."""
    row = read(ROW | {"sheetLink": "https://s/2", "useCases": "x", "use_cases": None})
    assert [reading.sheet_link for reading in row.readings] == [
        SecretStr("https://s/1"),
        SecretStr("https://s/2"),
    ]
    assert "https://s" not in repr(row)


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        ({"_id": None}, ()),
        ({"_id": 7}, ()),
        ({"_id": group_id(1).upper().replace("1", "A")}, (group_id(10),)),
        ({"id": group_id(2)}, (group_id(1), group_id(2))),
    ],
    ids=["none", "a number", "in capitals", "two"],
)
def test_r10_ids_that_are_none_or_several(ids: dict[str, Any], found: tuple[str, ...]) -> None:
    """A row goes by its place then, and any id that it gives may be the one that a file pins."""
    row = read(ROW | ids)
    assert row.ids == found
    assert (row.group_id is None) == (len(found) != 1)
    assert str(row) == f"google/labs ({row.group_id or '$[0]'})"
    assert str(read(ROW | {"slug": None} | ids)) == f"the google group {row.group_id or '$[0]'}"


def test_r10_what_is_no_object_or_endless_makes_the_list_unreadable() -> None:
    """Nothing could stand for it."""
    deep: Any = {}
    for _ in range(100_000):
        deep = {"a": deep}
    for value in ("x", deep):
        with pytest.raises(ValueError, match=r"\$\[0\]"):
            read_page([value], None)
