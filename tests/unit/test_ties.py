"""Every list about a noun covers the noun: a field or an integration is added once, not ten times.

Most lists are derived from the models. The others are written for a reason (the sandbox and the
contract are to disagree with a mistake of ours), and a name that one of them lacks is found here.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from reconciler.desired import document
from reconciler.model import GROUP_FIELDS, INTEGRATIONS, SHEET_HOSTS, Action, Group, UseCase
from reconciler.plan.compare import differences
from reconciler.plan.diff import plain, plain_use_case
from reconciler.render import models
from reconciler.render.words import action_words
from reconciler.sandbox import app, store
from tests.builders import action, live, use_case

ROOT: Final = Path(__file__).parents[2]
CONTRACT: Final = YAML(typ="safe").load(ROOT / "tests/contract/openapi.yaml")
SCHEMAS: Final = CONTRACT["components"]["schemas"]
PAGE: Final = (ROOT / "docs/group-files.md").read_text()

Lists = Mapping[str, Mapping[str, Any]]
"""By noun, by where it is: the names that a list has."""

LISTS: Final[Lists] = {
    "group": {
        "desired/document.py": document.GroupFile.model_fields,
        "desired/document.py environments": {**document.Overrides.model_fields, "use_cases": 0},
        "sandbox/app.py": app.UpsertGroup.model_fields,
        "sandbox/store.py": store._empty(),
        "tests/contract/openapi.yaml": SCHEMAS["UpsertGroup"]["properties"],
        "docs/group-files.md": dict.fromkeys(re.findall(r"(?m)^\| `(\w+)` \|", PAGE)),
    },
    "use case": {
        "desired/document.py": document.UseCaseEntry.model_fields,
        "sandbox/app.py": app.UseCase.model_fields,
        "tests/contract/openapi.yaml": SCHEMAS["UseCase"]["properties"],
        "render/models.py": models.UseCaseDocument.model_fields
        | {"actions": "as added and removed"},
        "docs/group-files.md": dict.fromkeys(re.findall(r"`(\w+)`", PAGE)),
    },
    "action": {
        "desired/document.py": document.ActionEntry.model_fields,
        "sandbox/app.py": app.Action.model_fields,
        "tests/contract/openapi.yaml": SCHEMAS["Action"]["properties"],
        "render/models.py": models.ActionDocument.model_fields,
        "docs/group-files.md": dict.fromkeys(re.findall(r"`(\w+)`", PAGE)),
    },
    "integration": {
        "model.py SHEET_HOSTS": SHEET_HOSTS,
        "tests/contract/openapi.yaml": dict.fromkeys(
            CONTRACT["components"]["parameters"]["integration"]["schema"]["enum"]
        ),
        "docs/group-files.md": dict.fromkeys(re.findall(r"`(\w+)`", PAGE)),
    },
}


def names(noun: type[BaseModel]) -> set[str]:
    """Return the names of a noun's fields, but for what is part of the path, or no content."""
    return set(noun.model_fields) - {"integration", "unknown"}


def forgotten(noun: str, wanted: set[str]) -> dict[str, set[str]]:
    """Return what each list about a noun lacks; empty if all is covered."""
    lacks = {place: wanted - set(listed) for place, listed in LISTS[noun].items()}
    return {place: missing for place, missing in lacks.items() if missing}


@pytest.mark.parametrize(
    ("noun", "wanted"),
    [
        ("group", names(Group)),
        ("use case", names(UseCase)),
        ("action", names(Action)),
        ("integration", set(INTEGRATIONS)),
    ],
)
def test_every_list_about_a_noun_covers_it(noun: str, wanted: set[str]) -> None:
    """No list lacks a name; where one does, this says which list and which name."""
    assert forgotten(noun, wanted) == {}


@pytest.mark.parametrize("noun", LISTS)
def test_a_planted_name_is_found_missing_everywhere(noun: str) -> None:
    """The check looks at each list: a name that nobody knows is missing in all of them."""
    assert forgotten(noun, {"zoho"}) == {place: {"zoho"} for place in LISTS[noun]}


def test_the_fields_of_a_request_are_those_of_a_group() -> None:
    """What is compared, sent and shown is derived from the noun, in its order."""
    assert {*GROUP_FIELDS, "group_id", "use_cases"} == names(Group)
    assert list(GROUP_FIELDS) == [name for name in Group.model_fields if name in GROUP_FIELDS]


def test_every_field_of_a_file_has_words_for_who_writes_it() -> None:
    """A wrong value of any field is explained; a field without words fails before any user."""
    fields = {*document.GroupFile.model_fields, *document.UseCaseEntry.model_fields}
    fields |= {*document.ActionEntry.model_fields, "from_env"}
    assert set(document.field_words()) == fields


def test_a_field_without_words_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever adds a field and forgets its words learns it from the first command, by name."""

    class Planted(document.ActionEntry):
        language: str = "en"

    monkeypatch.setattr(document, "ActionEntry", Planted)
    with pytest.raises(TypeError, match=r"Planted\.language has no Words"):
        document.field_words()


def test_secret_fields_are_never_repeated() -> None:
    """A field whose value is wrapped in the noun is not repeated by a message about the file."""
    wrapped = {name for name, field in Group.model_fields.items() if "Secret" in str(field)}
    assert wrapped == {name for name, words in document.field_words().items() if words.secret}


@pytest.mark.parametrize("name", sorted(names(Action)))
def test_no_field_of_an_action_is_overlooked_by_a_comparison(name: str) -> None:
    """Actions that differ in any field differ in plans, in read-backs and in words."""
    other = {"day": 2}.get(name, "CALL")
    changed = action().model_copy(update={name: other})
    before, after = use_case("A", action()), use_case("A", changed)
    assert plain_use_case(before) != plain_use_case(after)
    told = differences(live(use_cases=(before,)), live(use_cases=(after,)))
    assert len({part.name for part in told}) == 2
    assert action_words(action()) != action_words(changed)


@pytest.mark.parametrize("name", sorted(names(UseCase) - {"use_case", "actions"}))
def test_no_field_of_a_use_case_is_overlooked_by_a_comparison(name: str) -> None:
    """Use cases that differ in any field besides their name and actions differ in plans."""
    changed = use_case("A").model_copy(update={name: "other"})
    assert plain_use_case(use_case("A")) != plain_use_case(changed)


@pytest.mark.parametrize("name", GROUP_FIELDS)
def test_no_field_of_a_group_is_overlooked_by_a_comparison(name: str) -> None:
    """Groups that differ in any group-level field differ in plans."""
    assert plain(live()) != plain(live().model_copy(update={name: "other"}))


def test_an_action_type_is_one_that_the_file_knows() -> None:
    """The kinds of contact in the schema are those of the contract."""
    kinds = get_args(document.ActionEntry.model_fields["action_type"].annotation)
    assert list(kinds) == SCHEMAS["Action"]["properties"]["action_type"]["enum"]
