"""What plans, runs, findings and timelines are shown with, none of which is part of them.

Pure: no I/O.
"""

from dataclasses import dataclass, field
from typing import Final

from reconciler.settings import DayMeans, QuietHours

ELSEWHERE: Final = "the plan's JSON"


@dataclass(frozen=True, slots=True)
class Presentation:
    """What something is shown with; each form takes of it what it can use.

    Attributes:
        base: Id of the base commit, or empty.
        applied: Id of the commit that was applied last if that is another one, or empty.
        head: Id of the commit that holds the files, or empty.
        source: URL to which a file's path and `#L7` are added, or empty for no links.
        full: Where the whole plan is, as words, for what does not fit.
        day: Day on which it was made, as 2026-11-25, or empty.
        days: What `day: 7` is called.
        hours: When patients may be contacted.
        sentence: Says what the target is, if the form has no place of its own for it; or empty.
        color: Whether a terminal shows it in colour.
        summary: Whether a plan ends after what patients notice, with its last line.
        width: Columns of the terminal, or None where there is none.
    """

    base: str = ""
    applied: str = ""
    head: str = ""
    source: str = ""
    full: str = ELSEWHERE
    day: str = ""
    days: DayMeans = "before"
    hours: QuietHours = field(default_factory=QuietHours)
    sentence: str = ""
    color: bool = False
    summary: bool = False
    width: int | None = None
