"""The nouns: strict, frozen, absent is not null, secrets stay wrapped."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from reconciler.model import Action, Declared, Group, Key, Target
from reconciler.settings import ApiSettings, Settings
from tests.builders import live

MINIMAL: dict[str, Any] = {"integration": "google", "slug": "x", "name": "X"}


def test_absent_and_null_are_distinct() -> None:
    """What was given is declared, None included."""
    assert Group(**MINIMAL).declared == {"integration", "slug", "name"}
    assert "timezone" in Group(**MINIMAL, timezone=None).declared


def test_values_are_normalised_when_a_group_is_built() -> None:
    """Seconds are written, and an empty text is no value; nothing else is touched."""
    group = Group(
        **MINIMAL | {"start_time": "08:00", "timezone": "", "sheet_link": "", "assistant_id": ""}
    )
    assert group.start_time == "08:00:00"
    assert (group.timezone, group.sheet_link, group.assistant_id) == (None, None, None)
    assert Group(**MINIMAL, start_time="8 o'clock").start_time == "8 o'clock"


@pytest.mark.parametrize("day", [True, 1.0, "1", None])
def test_types_are_strict(day: object) -> None:
    """Nothing is converted silently."""
    with pytest.raises(ValidationError):
        Action(action_type="SMS", context="c", day=day, template_name="T")  # type: ignore[arg-type]


def test_unknown_fields_and_changes_are_refused() -> None:
    """A typing error is no field, and a built group stays as it is."""
    with pytest.raises(ValidationError):
        Group(**MINIMAL | {"nmae": "Y"})
    with pytest.raises(ValidationError):
        Group(**MINIMAL).name = "Y"  # type: ignore[misc]


def test_secrets_are_in_no_text_of_a_group() -> None:
    """Neither shown nor repeated in an error."""
    group = live(sheet_link="https://s3cret.example")
    assert "s3cret" not in f"{group!r} {group} {group.model_dump()}"
    assert group.sheet_link == SecretStr("https://s3cret.example")
    with pytest.raises(ValidationError) as caught:
        Group(**MINIMAL | {"sheet_link": ["https://s3cret.example"]})
    assert "s3cret" not in str(caught.value)


def test_a_value_without_a_place_stands_where_its_parent_does() -> None:
    """And in the first line where nothing is known."""
    declared = Declared(Group(**MINIMAL), "x.yaml", {"use_cases.A": (3, 5)})
    assert declared.position("use_cases.A.actions.0") == (3, 5)
    assert declared.position("name") == (1, 1)


def test_keys_and_targets_in_words() -> None:
    """As people write and read them."""
    assert str(Key(integration="google", slug="x")) == "google/x"
    assert [str(Target()), str(Target(env="qa")), str(Target("https://a", "qa"))] == [
        "sandbox",
        "sandbox (environment qa)",
        "https://a (environment qa)",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/{integration}",
        "//evil.example/{integration}",
        "/x",
        "/{integration}/{integration}",
        "/{integration}?x=1",
        "/{integration}#x",
        "{integration}",
        "/a b/{integration}",
        "/{integration}/{group_id}",
        "/\\evil/{integration}",
    ],
)
def test_a_list_path_is_a_path(path: str) -> None:
    """It names no host, whatever its spelling, and holds the integration once."""
    with pytest.raises(ValidationError):
        ApiSettings(list_path=path)


def test_settings_have_defaults() -> None:
    """An empty table is all defaults."""
    assert Settings.from_toml({}) == Settings()
    assert (
        Settings.from_toml({"api": {"list_path": "/v2/{integration}"}}).api.list_path
        == "/v2/{integration}"
    )
    assert Settings().guards.creates == 10
