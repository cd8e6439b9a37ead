"""Something a file must not say, before the file is known; and how much of it is worth telling.

Pure: no I/O.
"""

from dataclasses import dataclass
from typing import Final

from reconciler.errors import Finding

MAX_PROBLEMS: Final = 100
"""Problems told of one file, by each kind of check.

Nobody reads more, and a hostile file must not cost minutes.
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a text that is refused; line and column are 1-based."""

    rule: str
    line: int
    column: int
    message: str
    remedy: str

    def at(self, file: str) -> Finding:
        """Return the problem as a finding in a file."""
        return Finding(self.rule, "error", file, self.line, self.column, self.message, self.remedy)
