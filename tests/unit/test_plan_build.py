"""Rules of the plan: what is written, with which body, and what the digest depends on."""

from pydantic import SecretStr

from reconciler.model import Declared, Group, Key, Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from tests.builders import action, desired, group_id, live, use_case

SANDBOX = Target()


def plan_of(declared: Declared, *groups: Group, target: Target = SANDBOX) -> Plan:
    """Return the plan for one file."""
    return build_plan([declared], groups, target)


def test_a_create_sends_what_is_declared_and_the_slug_and_no_id() -> None:
    """The API would generate a slug left out, and a group_id would make it an update."""
    entry = desired("new", timezone=None, use_cases=(use_case("A"),))
    (change,) = plan_of(entry).changes
    assert change.action == "create"
    assert change.request == {
        "name": "New",
        "slug": "new",
        "timezone": None,
        "use_cases": [
            {
                "use_case": "A",
                "enabled": True,
                "actions": [
                    {"action_type": "SMS", "context": "ctx", "day": 1, "template_name": "Reminder"}
                ],
            }
        ],
    }


def test_a_create_without_use_cases_does_not_mention_them() -> None:
    """Absent is unmanaged, on a create too."""
    assert "use_cases" not in plan_of(desired()).changes[0].request


def test_an_update_sends_every_group_level_field_and_only_changed_use_cases() -> None:
    """Undeclared fields go as they are live, so that a replacing server does not clobber them."""
    kept, changed = use_case("KEPT"), use_case("CHANGED")
    entry = desired(
        start_time="09:00", use_cases=(kept, use_case("CHANGED", action(3)), use_case("NEW"))
    )
    current = live(
        start_time="08:00",
        timezone="America/Chicago",
        sheet_link="https://x",
        use_cases=(changed, kept),
    )
    (change,) = plan_of(entry, current).changes
    assert change.action == "update"
    assert list(change.request) == [
        "group_id",
        "name",
        "slug",
        "assistant_id",
        "sheet_link",
        "timezone",
        "start_time",
        "use_cases",
    ]
    assert change.request["group_id"] == group_id(1)
    assert change.request["timezone"] == "America/Chicago"
    assert change.request["assistant_id"] is None
    assert change.request["sheet_link"] == SecretStr("https://x")
    assert change.request["start_time"] == "09:00:00"
    assert [part["use_case"] for part in change.request["use_cases"]] == ["CHANGED", "NEW"]


def test_an_update_of_fields_alone_does_not_mention_use_cases() -> None:
    """An empty list would tell a replacing server to drop them all."""
    (change,) = plan_of(
        desired(start_time="09:00"), live(start_time="08:00", use_cases=(use_case(),))
    ).changes
    assert "use_cases" not in change.request


def test_a_group_that_equals_live_is_unchanged() -> None:
    """No change, no request."""
    plan = plan_of(desired(start_time="08:00"), live(start_time="08:00:00", timezone="UTC"))
    assert plan.empty
    assert plan.unchanged == (Key(integration="microsoft", slug="reminders"),)


def test_expected_after_an_update_is_live_with_the_change() -> None:
    """What is not sent must read back as it was."""
    entry = desired(start_time="09:00", use_cases=(use_case("A", enabled=False), use_case("NEW")))
    current = live(start_time="08:00", timezone="UTC", use_cases=(use_case("A"), use_case("KEPT")))
    (change,) = plan_of(entry, current).changes
    assert change.expected() == live(
        start_time="09:00:00",
        timezone="UTC",
        use_cases=(use_case("A", enabled=False), use_case("KEPT"), use_case("NEW")),
    )


def test_expected_after_a_create_is_what_is_declared() -> None:
    """The server may fill what the file leaves open."""
    entry = desired("new")
    assert plan_of(entry).changes[0].expected() == entry.group


def test_unmanaged_groups_and_use_cases_are_listed() -> None:
    """What is live and in no file is listed, groups before their use cases, sorted."""
    entry = desired("a", use_cases=(use_case("A"),))
    groups = [live("z", 3), live("a", 1, use_cases=(use_case("A"), use_case("OLD"))), live("b", 2)]
    plan = build_plan([entry], groups, SANDBOX)
    listed = [
        (item.key.slug, item.use_case.use_case if item.use_case else None)
        for item in plan.unmanaged
    ]
    assert listed == [("a", "OLD"), ("b", None), ("z", None)]
    assert plan.empty


def test_use_cases_that_a_file_does_not_declare_are_not_listed() -> None:
    """A file without use_cases leaves all of them to the dashboard."""
    assert plan_of(desired(), live(use_cases=(use_case("A"),))).unmanaged == ()


def test_a_guarded_group_has_no_change_and_is_not_called_unmanaged() -> None:
    """A pin to a group that is not there is a guard, never a create."""
    plan = plan_of(desired("a", group_id=group_id(9)), live("b", 1))
    assert plan.empty
    assert [guard.name for guard in plan.guards] == ["no-such-group"]
    assert [item.key.slug for item in plan.unmanaged] == ["b"]


def test_a_selection_plans_only_its_keys() -> None:
    """Other groups are neither changed nor listed."""
    chosen, other = desired("a"), desired("b")
    plan = build_plan([chosen, other], [live("c", 1)], SANDBOX, only=frozenset({chosen.group.key}))
    assert [change.key.slug for change in plan.changes] == ["a"]
    assert plan.unmanaged == ()


def test_changes_are_counted_by_action() -> None:
    """Creates and updates are told apart."""
    plan = build_plan([desired("a"), desired("b", name="New")], [live("b")], SANDBOX)
    assert (plan.count("create"), plan.count("update")) == (1, 1)


def test_the_digest_depends_on_target_values_and_actions() -> None:
    """Another before, after, action, target or secret is another digest."""
    entry, current = desired(start_time="09:00"), live(start_time="08:00")
    plans = [
        plan_of(entry, current),
        plan_of(entry, live(start_time="07:00")),
        plan_of(desired(start_time="10:00"), current),
        plan_of(entry),
        plan_of(entry, current, target=Target(env="prod")),
        plan_of(entry, current, target=Target(api_url="https://api.example")),
        plan_of(desired(start_time="09:00", sheet_link="https://one"), current),
        plan_of(desired(start_time="09:00", sheet_link="https://two"), current),
        plan_of(desired(start_time="09:00", use_cases=(use_case(),)), current),
        plan_of(
            desired(start_time="09:00", use_cases=(use_case(),)),
            live(start_time="08:00", use_cases=(use_case(enabled=False),)),
        ),
    ]
    assert len({plan.digest for plan in plans}) == len(plans)


def test_the_digest_does_not_depend_on_places_or_order() -> None:
    """Another file name, other lines, and another order of actions mean the same writes."""
    one = desired(
        start_time="09:00", use_cases=(use_case("A", action(1), action(2)), use_case("B"))
    )
    two = Declared(
        desired(
            start_time="09:00", use_cases=(use_case("B"), use_case("A", action(2), action(1)))
        ).group,
        "elsewhere.yml",
    )
    unrelated = live("other", 7)
    assert plan_of(one, live()).digest == plan_of(two, unrelated, live()).digest


def test_the_digest_of_an_empty_plan_is_stable() -> None:
    """Only the target is left to count."""
    assert plan_of(desired(), live()).digest == build_plan([], [], SANDBOX).digest
