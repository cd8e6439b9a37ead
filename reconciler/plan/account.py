"""Whether live state can be the one that is meant: an account without our groups is not.

Pure: no I/O. Nothing that is documented of the API tells accounts apart, so this goes by what
should be there: the groups that were applied last (where that is not known, those of the base), and
those that earlier runs on this machine wrote to the target. A key of another clinic's account
answers with none of them, and a plan against it creates one clinic's groups in another. Where a
part of a set is live, it is not doubted.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from reconciler.model import Declared, Group, Key, Skipped, Target
from reconciler.plan.guards import ANOTHER_ACCOUNT, guard
from reconciler.plan.nouns import Change, Guard
from reconciler.text import count


def account_guards(
    changes: Sequence[Change],
    target: Target,
    live: Sequence[Group],
    skipped: Sequence[Skipped],
    *,
    applied: Sequence[Declared],
    commit: str,
    ours: Collection[str],
    allow: Mapping[str, int],
) -> Iterator[Guard]:
    """Yield one guard if something would be written or left, and nothing that should be live is.

    The sandbox has no accounts, and begins empty.

    Args:
        changes: Of the plan; drift that is left included, since it may be none.
        target: What it is made for.
        live: All live groups.
        skipped: Rows with which no plan can be made; they are there all the same.
        applied: The groups that were applied last, of the integrations that `live` is of.
        commit: What the commit is called that says so.
        ours: Ids of groups that earlier runs for the target wrote, likewise.
        allow: Numbers that take a limit's place, by the guard's name.
    """
    if not changes or target.api_url is None or allow.get(ANOTHER_ACCOUNT.id):
        return
    ids = {group.group_id for group in live} | {one for row in skipped for one in row.ids}
    keys = {group.key for group in live} | {Key(row.integration, row.slug) for row in skipped}
    missing = []
    if applied and not any(_is_live(entry.group, ids, keys) for entry in applied):
        missing.append(f"none of the {count(len(applied), 'group')} of the {commit}")
    if ours and ids.isdisjoint(ours):
        missing.append(
            f"none of the {count(len(ours), 'group')} that earlier runs on this machine wrote there"
        )
    if missing:
        yield guard(
            ANOTHER_ACCOUNT,
            f"{' and '.join(missing)} is live behind {target} with this key: it may be the key, or"
            " the address, of another account",
        )


def _is_live(group: Group, ids: Collection[str | None], keys: Collection[Key]) -> bool:
    """Return whether a group is there by its pin, or else by its key."""
    return group.group_id in ids if group.group_id else group.key in keys
