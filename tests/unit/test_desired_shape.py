"""A key with nothing behind it, in the words of its author."""

from typing import get_args

import pytest

from reconciler.desired.content import problems_of
from reconciler.desired.document import GroupFile, GroupLevel
from reconciler.desired.yaml import parse

NULLABLE = [
    name
    for name, field in GroupLevel.model_fields.items()
    if type(None) in get_args(field.annotation)
]
LINES = {
    "outside": ("name: X\n{}:{}\n", (2, 1)),
    "environment": ("name: X\nenvironments:\n  qa:\n    {}:{}\n", (4, 5)),
    "in braces": ("name: X\nenvironments: {{qa: {{{}: {}}}}}\n", (2, 21)),
}


def test_k_there_are_fields_that_null_clears() -> None:
    """Those of a group that may be empty."""
    assert NULLABLE == ["assistant_id", "sheet_link", "timezone", "start_time"]


@pytest.mark.parametrize("where", LINES)
@pytest.mark.parametrize("name", NULLABLE)
def test_k_a_blank_field_is_not_null(name: str, where: str) -> None:
    """It says how each of the two things is written that it may mean."""
    line, place = LINES[where]
    (found,) = problems_of(line.format(name, "").encode())
    assert (found.rule, found.place) == ("blank-value", place)
    assert "write null to clear it, or remove the line" in found.remedy
    for null in ("null", "~"):
        assert problems_of(line.format(name, f" {null}").encode()) == []


@pytest.mark.parametrize("name", sorted(set(GroupFile.model_fields) - {*NULLABLE, "name"}))
def test_k_other_fields_may_only_go(name: str) -> None:
    """A blank list is not an empty one, and no null is offered where it clears nothing."""
    (found,) = problems_of(f"name: X\n{name}: \n".encode())
    assert (found.rule, found.place) == ("blank-value", (2, 1))
    assert "null" not in found.remedy
    assert found.remedy.endswith(", or remove the line")


def test_k_in_use_cases_and_actions() -> None:
    """All of them are required, so none may go."""
    text = (
        "name:\nuse_cases:\n  - use_case:\n    enabled:\n    actions:\n      - action_type:\n"
        "        context:\n        day:\n        template_name:\n"
        "  - use_case: A\n    enabled: true\n    actions:\n"
    )
    found = problems_of(text.encode())
    assert {item.rule for item in found} == {"blank-value"}
    assert [item.line for item in found] == [1, 3, 4, 6, 7, 8, 9, 12]
    assert [item.remedy for item in found if "remove" in item.remedy] == []


def test_k_what_a_comment_hides_is_named() -> None:
    """`name: #2` has nothing behind its colon."""
    (found,) = problems_of(b"name: #2\n")
    assert "what stands behind # is a comment" in found.remedy


def test_k_an_unknown_blank_key_is_unknown_too() -> None:
    """Both are told."""
    found = problems_of(b"name: X\nnmae:\n")
    assert [item.rule for item in found] == ["blank-value", "unknown-key"]


def test_a_document_knows_its_values() -> None:
    """By path."""
    assert parse("a:\n  - b: 1\n").value(("a", 0, "b")) == 1
