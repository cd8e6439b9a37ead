"""Spans of days in which nothing is to change, unless somebody says so. Pure: no I/O, no clock."""

from collections.abc import Iterator, Mapping
from datetime import date

from reconciler.plan.guards import FREEZE, guard
from reconciler.plan.nouns import Guard
from reconciler.settings import Span


def freeze_guards(
    freeze: Mapping[str, Span], today: date | None, allow: Mapping[str, int]
) -> Iterator[Guard]:
    """Yield a guard for each span that a day is in, unless as many are allowed."""
    names = [
        name for name, span in sorted(freeze.items()) if today and span.first <= today <= span.last
    ]
    if len(names) <= allow.get(FREEZE.id, 0):
        return
    for name in names:
        span = freeze[name]
        yield guard(
            FREEZE,
            f"nothing is to change from {span.first} to {span.last}: {name}",
            f"apply it after {span.last}; if it cannot wait: --allow freeze={len(names)}",
        )
