"""What live groups hold that this program does not know: what of it is kept in mind, and how."""

import re
from pathlib import Path
from typing import Any

import pytest

from reconciler.live.shapes import ID_NAMES, ShapeError, decode, read_single
from reconciler.live.unknown import USUAL, spellings_of
from reconciler.model import Action, Group, Unknown, UseCase

ID = "5eb7cf5a86d9755df3a6c593"
ACTION = {"action_type": "SMS", "context": "recall", "day": 7, "template_name": "First"}
CALL = {"action_type": "CALL", "context": "recall", "day": 1, "template_name": "Call"}
CASE = {"use_case": "RECALL", "enabled": True, "actions": [ACTION, CALL]}
ROW: dict[str, Any] = {"_id": ID, "name": "Recall", "slug": "recall", "use_cases": [CASE]}


def unknown(value: dict[str, Any], *ignored: str) -> tuple[Unknown, ...]:
    """Return what is kept in mind of a group."""
    return decode("microsoft", read_single(value), ignored).unknown


def places(value: dict[str, Any], *ignored: str) -> list[tuple[str | None, int | None, str]]:
    """Return the use case, the action's day and the name of each."""
    return [
        (field.use_case, field.action.day if field.action else None, field.name)
        for field in unknown(value, *ignored)
    ]


def with_extras(group: Any = None, case: Any = None, action: Any = None) -> dict[str, Any]:
    """Return the row with more in it: in the group, in its use case, in its second action."""
    actions = [ACTION, CALL | (action or {})]
    return ROW | (group or {}) | {"use_cases": [CASE | (case or {}) | {"actions": actions}]}


def test_q7_each_level_is_kept_in_mind() -> None:
    """Where it stands and its name; the value only as a digest."""
    found = unknown(with_extras({"tags": ["vip"]}, {"language": "es"}, {"condition": "age>65"}))
    call = Action.model_validate(CALL)
    assert [(field.use_case, field.action, field.name) for field in found] == [
        (None, None, "tags"),
        ("RECALL", None, "language"),
        ("RECALL", call, "condition"),
    ]
    assert all(len(field.digest) == 64 for field in found)
    assert not any(value in str(found) for value in ("vip", "age>65"))


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_what_holds_nothing_is_not_there(nothing: object) -> None:
    """Null, and an empty text, list or object."""
    extra = {"language": nothing}
    assert unknown(with_extras(extra, extra, extra)) == ()


@pytest.mark.parametrize("something", [0, False, " ", [None], {"": None}])
def test_what_holds_something_is_there(something: object) -> None:
    """Zero and false are values: `opt_out_honoured: false` must not become the default."""
    assert len(unknown(with_extras({"x": something}))) == 1


@pytest.mark.parametrize("name", [name for names in USUAL.values() for name in names])
def test_the_usual_fields_are_left_out_in_both_spellings(name: str) -> None:
    """At every level but an id, which a group may have under some names only."""
    begins = name[: len(name) - len(name.lstrip("_"))]
    for spelled in spellings_of(name.lstrip("_")):
        extra = {f"{begins}{spelled}": "x"}
        assert unknown(with_extras(None if name in ID_NAMES else extra, extra, extra)) == ()


def test_ids_of_groups_are_no_unknown_fields() -> None:
    """Whichever of the names an id has."""
    assert unknown(dict.fromkeys(ID_NAMES, ID) | ROW) == ()


def test_known_fields_are_known_in_both_spellings() -> None:
    """And only in these two: what is spelled in a third way is not read, so it is unknown."""
    names = {*Group.model_fields} - {"unknown", "use_cases", "group_id", "name", "slug"}
    camel = {spellings_of(name)[-1]: None for name in names}
    assert unknown(with_extras(camel | {"integration": "microsoft"})) == ()
    assert places(with_extras({"Timezone": "UTC"})) == [(None, None, "Timezone")]
    assert spellings_of("template_name") == ("template_name", "templateName")
    assert {*UseCase.model_fields} == {"use_case", "enabled", "actions"}


@pytest.mark.parametrize("setting", ["sync_token", "syncToken"])
@pytest.mark.parametrize("spelled", ["sync_token", "syncToken"])
def test_a_setting_names_more_in_either_spelling(setting: str, spelled: str) -> None:
    """Besides the usual ones, which stay."""
    row = with_extras({spelled: 1, "created_at": 2}, {spelled: 1}, {spelled: 1, "condition": 3})
    assert places(row, setting) == [("RECALL", 1, "condition")]


def test_an_underscore_that_begins_a_name_counts() -> None:
    """`__v` is left out; `v`, which may be anything, is not."""
    assert places(with_extras({"__v": 3, "v": 3})) == [(None, None, "v")]


def test_digests_are_of_values_and_not_of_how_they_are_written() -> None:
    """The order of an object's keys means nothing, that of a list may."""
    one, same, other, lists, reordered = (
        unknown(with_extras({"x": value}))[0].digest
        for value in ({"a": 1, "b": "é"}, {"b": "é", "a": 1}, {"a": 2, "b": "é"}, [1, 2], [2, 1])
    )
    assert one == same
    assert len({one, other, lists, reordered}) == 4


def test_what_is_nested_too_deeply_is_an_error_of_the_row() -> None:
    """And no traceback."""
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ShapeError, match="nested too deeply"):
        unknown(with_extras({"x": deep}))


def test_unknown_fields_are_no_content() -> None:
    """Nobody declares them, and nothing that is written down of a group holds them."""
    group = decode("microsoft", read_single(with_extras({"x": "secret"})))
    assert "unknown" not in group.declared
    assert "unknown" not in group.model_dump()
    assert "unknown" not in group.model_dump_json()
    assert group.unknown[0].digest not in repr(group)


def test_the_page_lists_what_is_usual() -> None:
    """All of it, and nothing else."""
    page = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (.+) \| (`\w+`(?:, `\w+`)*) \|$", page)
    assert {of: tuple(re.findall(r"\w+", names)) for of, names in rows} == USUAL
