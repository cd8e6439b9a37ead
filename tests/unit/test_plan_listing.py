"""What there is: each group once, with how its live state and its file compare."""

from reconciler.errors import ApiError
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.listing import listing
from tests.builders import desired, group_id, live


def test_each_group_is_listed_once() -> None:
    """By what a plan with a base says of it."""
    base = [
        desired("drift", start_time="08:00"),
        desired("both", start_time="08:00"),
        desired("mine", start_time="08:00"),
    ]
    files = [
        base[0],
        desired("both", start_time="09:00"),
        desired("mine", start_time="09:00"),
        desired("same"),
        desired("pinned", group_id=group_id(6)),
        desired("new"),
        desired("unclear", group_id=group_id(99)),
        desired("elsewhere", integration="google"),
    ]
    there = [
        live("drift", 1, start_time="10:00"),
        live("both", 2, start_time="10:00"),
        live("mine", 3, start_time="08:00"),
        live("same", 4),
        live("stray", 5),
        live("pinned", 6),
    ]
    error = ApiError("no", method="GET", url="")
    plan = build_plan(files, there, Target(), base=base, unread={"google": error})
    listed = listing(plan, files)
    assert [(one.key.slug, one.state, one.live, bool(one.file)) for one in listed] == [
        ("both", "drift", True, True),
        ("drift", "drift", True, True),
        ("mine", "differs", True, True),
        ("new", "not live", False, True),
        ("pinned", "equal", True, True),
        ("same", "equal", True, True),
        ("stray", "unmanaged", True, False),
        ("unclear", "unclear", False, True),
    ]
    assert listed[4].group is there[5]
