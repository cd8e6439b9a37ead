"""What there is: every live group with its file, and every file whose group is not live.

Pure: no I/O.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reconciler.model import Declared, Group, Key
from reconciler.plan.nouns import Plan

State = Literal["equal", "drift", "differs", "not live", "unclear", "unmanaged"]
"""`equal`: as the file says. `drift`: somebody changed live since the base. `differs`: otherwise.
`not live`: there is only the file. `unclear`: it is not known which live group the file means.
`unmanaged`: there is no file."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A group, live or of a file.

    Attributes:
        key: The live group's, or else the file's.
        group: The live group, or else what the file says.
        live: Whether it is live.
        file: Path of its file; None where it has none.
        state: How live state and file compare.
    """

    key: Key
    group: Group
    live: bool
    file: str | None
    state: State


def live_groups(plan: Plan, declared: Sequence[Declared]) -> dict[str, Group]:
    """Return the live groups that files mean, by file.

    Args:
        plan: Of all groups.
        declared: What the files say.
    """
    ids = {group.group_id: group for group in plan.live}
    keys = {group.key: group for group in plan.live}
    unchanged = set(plan.unchanged)
    found = {
        entry.file: ids.get(entry.group.group_id) or keys[entry.group.key]
        for entry in declared
        if entry.group.key in unchanged
    }
    return found | {one.declared.file: one.before for one in plan.changes if one.before}


def listing(plan: Plan, declared: Sequence[Declared]) -> list[Listed]:
    """Return all groups, sorted by key and id; arguments as of `live_groups`.

    Groups of integrations that could not be read are not among them.
    """
    return sorted(_listed(plan, declared), key=lambda one: (str(one.key), one.group.group_id or ""))


def _listed(plan: Plan, declared: Sequence[Declared]) -> Iterator[Listed]:
    live = live_groups(plan, declared)
    changes = {change.declared.file: change for change in plan.changes}
    unread = {one.integration for one in plan.unread}
    for entry in declared:
        group, change = live.get(entry.file), changes.get(entry.file)
        if entry.group.integration in unread:
            continue
        state: State = "equal" if group else "unclear"
        if change:
            theirs = {"drift", "conflict"} & set(change.origins.values())
            state = "not live" if not group else "drift" if theirs else "differs"
        shown = group or entry.group
        yield Listed(shown.key, shown, group is not None, entry.file, state)
    strays = {item.group_id for item in plan.unmanaged if item.use_case is None}
    for group in plan.live:
        if group.group_id in strays:
            yield Listed(group.key, group, live=True, file=None, state="unmanaged")
