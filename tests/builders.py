"""Short ways to build the nouns in tests."""

from typing import Any

from reconciler.model import GROUP_FIELDS, Action, Declared, Group, Skipped, SkippedWhy, UseCase


def group_id(number: int) -> str:
    """Return a well-formed id."""
    return f"{number:024x}"


def action(
    day: int = 1, template_name: str = "Reminder", action_type: str = "SMS", context: str = "ctx"
) -> Action:
    """Return an action, an SMS on day 1 unless told otherwise."""
    return Action(action_type=action_type, context=context, day=day, template_name=template_name)


def use_case(name: str = "LAB_REMINDER", *actions: Action, enabled: bool = True) -> UseCase:
    """Return a use case, with one SMS unless actions are given."""
    return UseCase(use_case=name, enabled=enabled, actions=actions or (action(),))


def _name(slug: str) -> str:
    """Return a name that no other group has, so that none looks like another by chance."""
    return slug.capitalize()


def desired(slug: str = "reminders", **fields: Any) -> Declared:
    """Return a desired microsoft group whose file declares name, slug and the given fields."""
    group = Group(**{"integration": "microsoft", "slug": slug, "name": _name(slug), **fields})
    positions = {"": (1, 1)} | {
        name: (line, 1) for line, name in enumerate(("slug", *fields), start=2)
    }
    return Declared(group, f"groups/{group.integration}/{slug}.yaml", positions)


def live(slug: str = "reminders", number: int = 1, **fields: Any) -> Group:
    """Return a live group: every field is given, those not named are empty."""
    empty = {**dict.fromkeys(GROUP_FIELDS), "use_cases": ()}
    identity = {
        "integration": "microsoft",
        "slug": slug,
        "name": _name(slug),
        "group_id": group_id(number),
    }
    return Group(**{**empty, **identity, **fields})


def skipped(
    slug: str = "", number: int = 1, why: SkippedWhy = "odd", vague: str = "", **fields: Any
) -> Skipped:
    """Return a microsoft row that is left alone; of an odd one nothing else could be read."""
    reading = Group(**{"integration": "microsoft", "slug": slug, "name": "", **fields})
    problem = "$[0].x is wrong" if why == "odd" else "marked as deleted (deleted)"
    ids = (group_id(number),) if number else ()
    return Skipped(
        reading.integration, "$[0]", why, problem, ids, (reading,), frozenset(vague.split())
    )
