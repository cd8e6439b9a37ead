"""What of a plan was reviewed, and what of the review is not planned, as lines for people.

Pure: no I/O.
"""

from collections.abc import Iterator
from typing import Final

from reconciler.plan.review import Judged, LeftAlone, Standing, Verdict
from reconciler.text import count, inert

_STANDINGS: Final[dict[Standing, str]] = {
    "planned": "to be written",
    "live": "live already",
    "superseded": "superseded by another reviewed one",
    "left alone": "left alone",
    "missing": "missing",
}


def verdict_lines(verdict: Verdict) -> list[str]:
    """Return what is said before anything is written; nothing where the plan is the reviewed one.

    What is left alone and what is missing comes with its reason, and what to do about it last.
    """
    if verdict.count("planned") == len(verdict.reviewed) and not verdict.left:
        return []
    if not verdict.left and not verdict.missing and not verdict.chosen:
        return ["Nothing is left to do of what was reviewed."]
    counted = [
        f"{verdict.count(standing)} {words}"
        for standing, words in _STANDINGS.items()
        if verdict.count(standing)
    ]
    head = f"Of {count(len(verdict.reviewed), 'reviewed change')}: {', '.join(counted)}."
    lines = [head if counted else "Nothing was reviewed.", *left_lines(verdict)]
    if not verdict.chosen and not verdict.kept:
        lines.append("Nothing of what was reviewed can be written now, and nothing is.")
    if any(one.owed for one in verdict.left):
        lines.append(
            "What is left alone is carried out once it is reviewed: plan again, look at that, and"
            " apply it."
        )
    return lines


def left_lines(verdict: Verdict) -> Iterator[str]:
    """Yield what is left alone, and what is missing, each with its reason."""
    if verdict.left:
        yield "Left alone:"
        for one in verdict.left:
            yield from _left(one)
    if verdict.missing:
        yield "Missing (reviewed, and not known to be live):"
        yield from map(_missing, verdict.missing)


def _left(one: LeftAlone) -> Iterator[str]:
    whose = f" ({', '.join(one.origins)})" if one.origins else ""
    yield f"  {inert(one.name)}{whose}: {inert(one.why)}"
    yield from (f"      {detail}" for detail in one.details)


def _missing(one: Judged) -> str:
    return f"  {inert(one.key) or one.digest}: {inert(one.why)}"
