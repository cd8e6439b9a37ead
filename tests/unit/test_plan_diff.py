"""Differences between desired and live groups."""

from pydantic import SecretStr

from reconciler.model import Group
from reconciler.plan.compare import Difference, differences
from reconciler.plan.diff import diff_fields, diff_use_cases, plain
from reconciler.plan.nouns import FieldChange
from tests.builders import action, desired, live, use_case


def test_only_declared_fields_are_compared() -> None:
    """An absent field is unmanaged, whatever live says."""
    assert (
        diff_fields(desired().group, live(timezone="America/Chicago", start_time="08:00:00")) == ()
    )


def test_a_null_field_is_managed_as_empty() -> None:
    """A declared None differs from a live value."""
    changes = diff_fields(desired(timezone=None).group, live(timezone="America/Chicago"))
    assert changes == (FieldChange("timezone", "America/Chicago", None),)


def test_every_declared_field_counts_against_nothing() -> None:
    """A new group shows all that its file declares, in the order of the request."""
    changes = diff_fields(desired(start_time="08:00", assistant_id=None).group, None)
    assert [(change.path, change.after) for change in changes] == [
        ("name", "Reminders"),
        ("slug", "reminders"),
        ("assistant_id", None),
        ("start_time", "08:00:00"),
    ]


def test_order_of_use_cases_and_actions_means_nothing() -> None:
    """Actions compare as a multiset, use cases by name."""
    first, second = use_case("A", action(1), action(2), action(2)), use_case("B")
    shuffled = use_case("A", action(2), action(1), action(2))
    assert (
        diff_use_cases(desired(use_cases=(first, second)).group, live(use_cases=(second, shuffled)))
        == ()
    )


def test_a_repeated_action_counts() -> None:
    """The same action twice is not the same as once: patients would be contacted twice."""
    (change,) = diff_use_cases(
        desired(use_cases=(use_case("A", action(1), action(1)),)).group,
        live(use_cases=(use_case("A", action(1)),)),
    )
    assert (change.action, change.added, change.removed) == ("update", (action(1),), ())


def test_actions_added_and_removed() -> None:
    """Added ones keep the order of the file, removed ones are sorted."""
    before = use_case("A", action(9), action(8), action(1))
    after = use_case("A", action(5), action(1), action(3))
    (change,) = diff_use_cases(desired(use_cases=(after,)).group, live(use_cases=(before,)))
    assert change.added == (action(5), action(3))
    assert change.removed == (action(8), action(9))


def test_use_case_actions() -> None:
    """A use case is added, updated, or disabled where it goes from enabled to not."""
    wanted = (
        use_case("A", enabled=False),
        use_case("B"),
        use_case("C", enabled=False),
        use_case("D"),
    )
    had = (use_case("A"), use_case("B", enabled=False), use_case("D"))
    changes = diff_use_cases(desired(use_cases=wanted).group, live(use_cases=had))
    assert [(change.use_case, change.action) for change in changes] == [
        ("A", "disable"),
        ("B", "update"),
        ("C", "add"),
    ]


def test_equal_groups_have_no_differences() -> None:
    """Equality is settled before anything is described."""
    assert differences(live(use_cases=(use_case(),)), live(use_cases=(use_case(),))) == ()


def test_differences_are_the_smallest_parts() -> None:
    """Each part has its path and both sides; a missing side is None."""
    before = live(
        start_time="08:00", use_cases=(use_case("A", action(1), action(1)), use_case("C"))
    )
    after = live(
        start_time="09:00", use_cases=(use_case("A", action(1), enabled=False), use_case("B"))
    )
    whole = {"enabled": True, "actions": {("SMS", "ctx", 1, "Reminder"): 1}}
    assert differences(before, after) == (
        Difference(("start_time",), "08:00:00", "09:00:00"),
        Difference(("use_cases", "A", "actions", 'SMS "Reminder" on day 1 (ctx)'), 2, 1),
        Difference(("use_cases", "A", "enabled"), before=True, after=False),
        Difference(("use_cases", "B"), None, whole),
        Difference(("use_cases", "C"), whole, None),
    )


def test_differences_look_only_at_what_the_second_declares() -> None:
    """A server may fill what a create left open; undeclared use cases are no difference either."""
    declared = Group(integration="google", slug="x", name="X")
    assert differences(live("x", name="X", timezone="UTC", use_cases=(use_case(),)), declared) == ()


def test_differences_against_no_use_cases_at_all() -> None:
    """A side that does not declare use cases counts as having none."""
    (part,) = differences(desired().group, live(use_cases=(use_case("A"),)))[-1:]
    assert part.path == ("use_cases", "A")


def test_a_secret_stays_wrapped() -> None:
    """No description of a difference holds the link itself."""
    parts = differences(
        live(sheet_link="https://one.example/secret"), live(sheet_link="https://two.example/secret")
    )
    assert isinstance(parts[0].before, SecretStr)
    assert "secret" not in repr(parts)


def test_plain_data_counts_actions() -> None:
    """Plain data is what equality is decided on."""
    assert plain(desired(use_cases=(use_case("A", action(1), action(1)),)).group) == {
        "name": "Reminders",
        "slug": "reminders",
        "use_cases": {"A": {"enabled": True, "actions": {("SMS", "ctx", 1, "Reminder"): 2}}},
    }
