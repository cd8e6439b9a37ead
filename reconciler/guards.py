"""What a plan must not do unasked: reasons to write nothing, found before anybody applies.

Pure: no I/O. All guards are reported at once.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """One reason why nothing of a plan may be written.

    Attributes:
        name: Stable name in kebab-case.
        file: File that the person who must act opens, or None.
        line: 1-based line in it.
        message: What is wrong, in one sentence without a full stop.
        remedy: What to do next, likewise.
    """

    name: str
    file: str | None
    line: int
    message: str
    remedy: str
