"""The nouns of a pull: what became of a group file, and what of live state it does not take.

Pure: no I/O.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from reconciler.model import Key, Skipped, Target
from reconciler.plan.nouns import Part, Unmanaged, Unread

Why = Literal["conflict", "rule", "guard", "edit", "yours", "gone", "variable", "unmanaged"]
"""`conflict`: the file's author has changed it, too. `rule`: no file may hold it. `guard`: which
live group the file means is not known. `edit`: the text could not be edited so that it means this
and nothing else. `yours`: only the author has changed it. `gone`: it is not live any more.
`variable`: it comes from a variable. `unmanaged`: the file does not have it."""

_MISSED: Final = frozenset({"conflict", "rule", "guard", "edit"})


@dataclass(frozen=True, slots=True)
class Left:
    """A part of live state that a file does not take.

    Attributes:
        part: Which; the empty one is the group itself.
        why: Of what kind the reason is.
        words: The reason, a clause; not yet made visible.
        rule: Id of the rule or guard that is against it, or an empty text.
    """

    part: Part
    why: Why
    words: str
    rule: str = ""

    @property
    def missed(self) -> bool:
        """Whether somebody has to act for it to be taken."""
        return self.why in _MISSED


@dataclass(frozen=True, slots=True)
class Pulled:
    """A group file and what live state makes of it.

    Attributes:
        key: The group's.
        file: Path from the root.
        before: Its text; None for a file that is not there yet.
        after: Its text with live state in it; empty where there can be none.
        taken: Which parts of live state that are; of a new file none is named.
        left: What it does not take.
        variable: Name of the variable that has to hold the sheet's link; empty if none has to.
        shared: Other environments, for which a new file or the use cases that it takes hold too.
    """

    key: Key
    file: str
    before: str | None
    after: str
    taken: tuple[Part, ...] = ()
    left: tuple[Left, ...] = ()
    variable: str = ""
    shared: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is something to write."""
        return bool(self.after) and self.after != self.before

    @property
    def missed(self) -> bool:
        """Whether something of live state waits for somebody."""
        return any(one.missed for one in self.left)


@dataclass(frozen=True, slots=True)
class Pull:
    """What live state makes of group files.

    Attributes:
        target: Whose live state it is.
        pulled: Each file that differs or would be new, sorted by path.
        strays: Live groups that have no file and get none, sorted.
        skipped: Live rows that are left alone.
        unread: Integrations that could not be read.
    """

    target: Target
    pulled: Sequence[Pulled]
    strays: Sequence[Unmanaged] = ()
    skipped: Sequence[Skipped] = ()
    unread: Sequence[Unread] = ()

    @property
    def changed(self) -> list[Pulled]:
        """Return the files to write."""
        return [one for one in self.pulled if one.changed]

    @property
    def missed(self) -> bool:
        """Whether something of live state waits for somebody, or could not be read."""
        return bool(self.unread) or any(one.missed for one in self.pulled)
