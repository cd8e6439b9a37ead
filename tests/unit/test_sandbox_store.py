"""The sandbox's storage: merging, identity, order, and sharing of one file."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ConfigError
from reconciler.sandbox import Store, UnknownGroupError

ACTIONS = [
    {"action_type": "SMS", "context": f"reminder_{day}d", "day": day, "template_name": f"Day {day}"}
    for day in range(6)
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "sandbox.db")


def use_case(name: str, *, enabled: bool = True) -> dict[str, Any]:
    """A use case with one action."""
    return {"use_case": name, "enabled": enabled, "actions": ACTIONS[:1]}


def names(group: dict[str, Any] | None) -> set[str]:
    """The names of a group's use cases."""
    assert group is not None
    return {case["use_case"] for case in group["use_cases"]}


def test_a_create_answers_every_field_and_a_new_id(store: Store) -> None:
    """Fields that were not sent are null, and the slug is made from the name."""
    created = store.upsert(
        "microsoft", {"name": "Äpp. Reminders (2)", "timezone": "America/Chicago"}
    )

    group_id = created.pop("group_id")
    assert len(group_id) == 24
    assert set(group_id) <= set("0123456789abcdef")
    assert created == {
        "name": "Äpp. Reminders (2)",
        "slug": "pp-reminders-2",
        "sheet_link": None,
        "assistant_id": None,
        "timezone": "America/Chicago",
        "start_time": None,
        "use_cases": [],
    }


def test_a_slug_is_made_even_from_a_name_without_letters(store: Store) -> None:
    """A name of signs alone still gets a slug."""
    assert store.upsert("google", {"name": "!?"})["slug"] == "group"


def test_two_creates_make_two_groups(store: Store) -> None:
    """A create is not idempotent: the same slug is taken twice."""
    first = store.upsert("google", {"name": "Labs", "slug": "labs"})
    second = store.upsert("google", {"name": "Labs", "slug": "labs", "group_id": None})

    assert first["group_id"] != second["group_id"]
    assert [group["slug"] for group in store.groups("google")] == ["labs", "labs"]


def test_an_update_keeps_what_was_not_sent(store: Store) -> None:
    """Absent fields and use cases stay; sent ones replace, use case by use case."""
    before = store.upsert(
        "google",
        {
            "name": "Labs",
            "timezone": "UTC",
            "start_time": "08:00:00",
            "use_cases": [use_case("A"), use_case("B")],
        },
    )
    after = store.upsert(
        "google",
        {
            "name": "Labs",
            "group_id": before["group_id"],
            "start_time": "09:00:00",
            "use_cases": [use_case("B", enabled=False), use_case("C")],
        },
    )

    assert after == store.group("google", before["group_id"])
    assert (after["timezone"], after["start_time"]) == ("UTC", "09:00:00")
    assert {case["use_case"]: case["enabled"] for case in after["use_cases"]} == {
        "A": True,
        "B": False,
        "C": True,
    }
    assert len(store.groups("google")) == 1


def test_null_clears_a_field(store: Store) -> None:
    """Null is a value of its own, unlike absence; a slug is then made anew."""
    before = store.upsert(
        "google",
        {"name": "Labs", "slug": "old", "timezone": "UTC", "sheet_link": "https://a.example"},
    )
    after = store.upsert(
        "google", {"name": "New", "slug": None, "timezone": None, "group_id": before["group_id"]}
    )

    assert (after["timezone"], after["sheet_link"], after["slug"]) == (
        None,
        "https://a.example",
        "new",
    )


def test_an_unknown_id_writes_nothing(store: Store) -> None:
    """An update of a group that does not exist never becomes a create."""
    with pytest.raises(UnknownGroupError):
        store.upsert("google", {"name": "Labs", "group_id": "0" * 24})

    assert store.groups("google") == []


def test_a_group_belongs_to_one_integration(store: Store) -> None:
    """Through the other integration a group cannot be read, listed or written."""
    group_id = store.upsert("google", {"name": "Labs"})["group_id"]

    assert store.group("microsoft", group_id) is None
    assert store.groups("microsoft") == []
    with pytest.raises(UnknownGroupError):
        store.upsert("microsoft", {"name": "Taken", "group_id": group_id})
    assert store.groups("google")[0]["name"] == "Labs"


ORDERS: dict[str, Callable[[Store], list[str]]] = {
    "groups": lambda store: [group["slug"] for group in store.groups("google")],
    "use cases": lambda store: [
        case["use_case"] for case in store.groups("google")[0]["use_cases"]
    ],
    "actions": lambda store: [
        action["context"] for action in store.groups("google")[0]["use_cases"][0]["actions"]
    ],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_no_order_survives_a_write(store: Store, order: Callable[[Store], list[str]]) -> None:
    """Orders hold between writes, and are seldom the same after one, of whichever group it was."""
    cases = [{"use_case": name, "enabled": True, "actions": ACTIONS} for name in "ABCDEF"]
    for number in range(6):
        store.upsert("google", {"name": f"Group {number}", "use_cases": cases})
    seen = set()
    for number in range(8):
        assert order(store) == order(store)
        seen.add(tuple(order(store)))
        store.upsert("microsoft", {"name": f"Elsewhere {number}"})

    assert len(seen) > 4
    assert len({frozenset(shown) for shown in seen}) == 1


def test_a_reset_forgets_everything(store: Store) -> None:
    """Both integrations are empty afterwards."""
    store.upsert("google", {"name": "Labs"})
    store.upsert("microsoft", {"name": "Labs"})

    store.reset()

    assert store.groups("google") == store.groups("microsoft") == []


def test_a_failed_write_leaves_the_group_as_it_was(store: Store) -> None:
    """An upsert is one transaction."""
    before = store.upsert("google", {"name": "Labs", "use_cases": [use_case("A")]})

    with pytest.raises(TypeError):
        store.upsert("google", {"name": object(), "group_id": before["group_id"]})

    assert store.group("google", before["group_id"]) == before


def test_writers_do_not_lose_each_others_use_cases(tmp_path: Path) -> None:
    """Updates from several threads, each with its own store on one file, all reach the group."""
    database = tmp_path / "sandbox.db"
    group_id = Store(database).upsert("google", {"name": "Labs"})["group_id"]

    def add(number: int) -> None:
        Store(database).upsert(
            "google",
            {"name": "Labs", "group_id": group_id, "use_cases": [use_case(f"CASE_{number}")]},
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))

    assert names(Store(database).group("google", group_id)) == {
        f"CASE_{number}" for number in range(24)
    }


def test_a_store_makes_its_folder_and_keeps_its_data(tmp_path: Path) -> None:
    """A second store on the same path sees what the first one wrote."""
    database = tmp_path / "new" / "folder" / "sandbox.db"
    written = Store(database).upsert("google", {"name": "Labs"})

    assert Store(database).group("google", written["group_id"]) == written


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    """The error names the file and says what to do; the file is left alone."""
    database = tmp_path / "sandbox.db"
    database.write_text("certainly not a database, " * 100)

    with pytest.raises(ConfigError, match=r"sandbox\.db.*not a database") as caught:
        Store(database)

    assert "delete it" in caught.value.remedy
    assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)
    assert database.read_text().startswith("certainly")
