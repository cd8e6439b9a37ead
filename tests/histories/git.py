"""Git in memory: commits of a few files, and who comes before whom."""

from dataclasses import dataclass
from pathlib import Path

from reconciler.workspace.git import Git
from tests.histories.files import Files, merged


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit.

    Attributes:
        parents: Places of its parents in the history, the first one first.
        files: What the files say.
        reaches: A bit for each commit that leads to it, itself included.
    """

    parents: tuple[int, ...]
    files: Files
    reaches: int


class History(Git):
    """Git, as far as an apply and a plan ask it, over commits in memory; no process is started."""

    def __init__(self) -> None:
        super().__init__(Path(), {})
        self._commits: list[Commit]
        object.__setattr__(self, "_commits", [])

    def add(self, files: Files, *parents: str) -> str:
        """Make a commit and return its id."""
        places = tuple(map(self._place, parents))
        place = len(self._commits)
        reaches = 1 << place
        for parent in places:
            reaches |= self._commits[parent].reaches
        self._commits.append(Commit(places, files, reaches))
        return f"{place:040x}"

    def files(self, commit: str) -> Files:
        """Return what the files say at a commit."""
        return self._commits[self._place(commit)].files

    def first_parent(self, commit: str) -> str:
        """Return the first parent of a commit, or an empty text if it has none."""
        parents = self._commits[self._place(commit)].parents
        return f"{parents[0]:040x}" if parents else ""

    def merge(self, ours: str, theirs: str) -> Files | None:
        """Return what files say once one commit is merged into another; None if they conflict."""
        both = self._commits[self._place(ours)].reaches & self._commits[self._place(theirs)].reaches
        base = self._commits[both.bit_length() - 1].files
        return merged(base, self.files(ours), self.files(theirs))

    def shallow(self) -> bool:
        """Return that all of the history is here."""
        return False

    def leads_to(self, one: str, other: str) -> bool:
        """Return whether a commit is another one or comes before it."""
        return bool(self._commits[self._place(other)].reaches >> self._place(one) & 1)

    def merged_since(self, one: str, other: str, path: str = ".") -> tuple[str, ...]:  # noqa: ARG002 - Git's signature
        """Return the first parents from a commit, without what leads to another, oldest first."""
        found, at = [], self._place(other)
        known = self._commits[self._place(one)].reaches
        while not known >> at & 1:
            found.append(f"{at:040x}")
            if not self._commits[at].parents:
                break
            at = self._commits[at].parents[0]
        return tuple(reversed(found))

    def run(self, *arguments: str, given: bytes = b"", seconds: float = 0.0) -> bytes:
        """Fail: what else Git is asked is not modelled."""
        raise AssertionError(arguments, given, seconds)

    @staticmethod
    def _place(commit: str) -> int:
        return int(commit, 16)
