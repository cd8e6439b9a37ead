"""What is read of live state, and what happens where an integration cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, cast

import pytest

from reconciler.errors import AccessError, ApiError
from reconciler.model import Group, Integration, Key, Skipped, Target
from reconciler.settings import Settings
from reconciler.workspace.fetching import Evidence, fetch
from reconciler.workspace.loading import Desired
from reconciler.workspace.planning import make_plan
from reconciler.workspace.target import Opened
from tests.builders import desired, group_id, live, skipped
from tests.memory_api import MemoryApi


def error(status: int | None) -> ApiError:
    """Return the error of an answer, or of none."""
    kind = AccessError if status in (401, 403) else ApiError
    return kind(f"answered {status}", method="GET", url="/", status=status)


class Fake:
    """A target in memory, of which some lists cannot be read."""

    def __init__(self, *groups: Group, down: dict[Integration, int | None] | None = None) -> None:
        self.api = MemoryApi(*groups)
        self.down = down or {}
        self.asked = list[str]()
        self.told = list[str]()
        self.target = Target()
        self.tell = self.told.append

    @contextmanager
    def reading(self) -> Iterator["Fake"]:
        """Open it."""
        yield self

    def list_groups(self, integration: Integration) -> list[Group | Skipped]:
        """List an integration that is not down."""
        self.asked.append(integration)
        if integration in self.down:
            raise error(self.down[integration])
        return self.api.list_groups(integration)

    def get_group(self, integration: Integration, identity: str) -> Group:
        """Return a group by its id, listed or not."""
        if identity == group_id(8):
            return live("h", 8)
        return self.api.get_group(integration, identity)

    @property
    def opened(self) -> Opened:
        """As the workspace sees it."""
        return cast("Opened", self)


def plan(fake: Fake, *slugs: str, only: str = "", **settings: Any) -> Any:
    """Return the plan of microsoft groups that start at nine, and of google/g."""
    files = [desired(slug, start_time="09:00") for slug in slugs]
    files.append(desired("g", integration="google"))
    chosen = frozenset({Key(integration="microsoft", slug=only)}) if only else None
    wanted = Desired(tuple(files), Settings(**settings), (), date(2026, 11, 25), chosen)
    return make_plan(wanted, fake.opened, {}, Evidence()).plan


def test_p4_p5_an_integration_that_is_down_keeps_back_its_own() -> None:
    """The other one is planned."""
    made = plan(Fake(live("a", 1), down={"google": 404}), "a")
    assert [str(change.key) for change in made.changes] == ["microsoft/a"]
    assert [one.integration for one in made.unread] == ["google"]
    assert made.guards == ()


@pytest.mark.parametrize("status", [401, None, 500])
def test_p4_everything_down_or_a_bad_key_is_an_error_of_the_whole(status: int | None) -> None:
    """There is nothing to plan."""
    with pytest.raises(ApiError, match=f"answered {status}"):
        plan(Fake(down={"google": status, "microsoft": status}), "a")


def test_p4_a_key_that_one_integration_calls_bad_is_bad() -> None:
    """401 is about the key, 403 about what it may."""
    with pytest.raises(AccessError):
        plan(Fake(live("a", 1), down={"google": 401}), "a")
    assert plan(Fake(live("a", 1), down={"google": 403}), "a").unread


def test_p4_what_is_not_chosen_is_not_asked_unless_something_is_created() -> None:
    """Then a look-alike might be there, and the plan is refused."""
    fake = Fake(live("a", 1), down={"google": 404})
    assert plan(fake, "a", only="a").unread == ()
    assert fake.asked == ["microsoft"]
    made = plan(Fake(down={"google": 404}), "a", only="a")
    assert [guard.name for guard in made.guards] == ["unread-integration"]


def test_p4_what_the_settings_do_not_list_is_never_asked() -> None:
    """Not even where something is created."""
    fake = Fake(down={"google": 404})
    made = plan(fake, "a", only="a", integrations=["microsoft"])
    assert (fake.asked, made.guards, made.count("create")) == (["microsoft"], (), 1)


@pytest.mark.parametrize(("why", "unread"), [("deleted", False), ("odd", True)])
def test_u5_a_known_group_that_the_list_lacks(why: Any, unread: bool) -> None:  # noqa: FBT001 - parametrised
    """Deleted it is gone, whatever the list says; otherwise the list is not whole."""
    fake = Fake()
    fake.api.list_groups = lambda _: []  # type: ignore[method-assign,assignment]
    fake.api.odd = {group_id(9): skipped("a", 9, why)}
    found = fetch(fake.opened, {"microsoft"}, Evidence(known={group_id(9): "microsoft/a"}))
    assert (found.groups, found.skipped, bool(found.unread)) == ((), (), unread)
    if unread:
        assert "lacks microsoft/a" in found.unread["microsoft"].message


def test_u5_a_known_group_that_the_list_shows_as_deleted_or_odd_is_listed() -> None:
    """Nothing is missing."""
    fake = Fake(live("a", 1))
    fake.api.odd = {group_id(9): skipped("b", 9), group_id(7): skipped("c", 7, "deleted")}
    known = {group_id(9): "microsoft/b", group_id(7): "microsoft/c"}
    found = fetch(fake.opened, {"microsoft"}, Evidence(known=known))
    assert (len(found.groups), len(found.skipped), found.unread) == (1, 2, {})


def test_r6_what_was_created_today_is_read_by_its_id_whatever_it_is() -> None:
    """A group counts as live, and a row that turned odd as what it is."""
    fake = Fake()
    fake.api.list_groups = lambda _: []  # type: ignore[method-assign,assignment]
    fake.api.odd = {group_id(9): skipped("b", 9)}
    fresh = {group_id(9): "microsoft/b", group_id(8): "microsoft/h", group_id(6): "microsoft/z"}
    found = fetch(fake.opened, {"microsoft"}, Evidence(fresh=fresh))
    assert ([group.slug for group in found.groups], [row.slug for row in found.skipped]) == (
        ["h"],
        ["b"],
    )
    assert len(fake.told) == 2
