"""What a plan must not do unasked: reasons to write nothing, found before anybody applies.

Pure: no I/O. All guards are reported at once. Those with a number are lifted one by one, by naming
the new number (`--allow creates=12`), never by one switch for all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.plan.nouns import Guard
from reconciler.settings import Limits

ALLOWED: Final = ("creates", "updates", "disables", "renames")
"""Names of the guards that `--allow NAME=NUMBER` lifts."""

SHARE: Final = 0.3
"""Fraction of the live groups that may be updated, where there are at least SHARE_FROM of them."""
SHARE_FROM: Final = 10


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a plan reaches.

    Numbers of groups created and updated, of use cases disabled, and of live groups.
    """

    creates: int
    updates: int
    disables: int
    live: int


def over_limit(reach: Reach, limits: Limits, allow: Mapping[str, int]) -> Iterator[Guard]:
    """Yield a guard for each number over its limit.

    An allowed number takes the limit's place, its share included.
    """
    numbers = {
        "creates": (reach.creates, limits.creates, "groups would be created"),
        "updates": (reach.updates, limits.updates, "groups would be updated"),
        "disables": (reach.disables, limits.disables, "use cases would be disabled"),
    }
    for name, (number, limit, words) in numbers.items():
        allowed = allow.get(name)
        if number > (limit if allowed is None else allowed):
            yield _too_many(
                name,
                number,
                f"{number} {words}, over the limit of {limit if allowed is None else allowed}",
            )
        elif (
            name == "updates"
            and allowed is None
            and reach.live >= SHARE_FROM
            and number > SHARE * reach.live
        ):
            share = (
                f"{number} of {reach.live} live groups would be updated, over {SHARE:.0%} of them"
            )
            yield _too_many(name, number, share)


def _too_many(name: str, number: int, message: str) -> Guard:
    return Guard(name, None, 1, message, f"if that is meant: --allow {name}={number}")
