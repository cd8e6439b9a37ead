"""What Git's words mean when it refuses something, and what to do then.

Pure: no I/O. Git's own words are always told besides; what is not known here is told as it is.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a refusal of Git is.

    Attributes:
        what: In a few words.
        remedy: What to do next, without a full stop.
    """

    what: str
    remedy: str


PARTIAL: Final = Meaning(
    "this clone is partial, and what it lacks cannot be fetched",
    "try again where the clone's remote can be reached, or clone without --filter",
)
NO_REPOSITORY: Final = Meaning("this is no Git repository", "run this in a clone of the repository")
INDEX: Final = Meaning(
    "Git's index is damaged, or of a newer git",
    "move .git/index away and run `git reset`, which writes it anew",
)
LOCKED: Final = Meaning(
    "another git is at work here, or was killed",
    "wait for it; if none is running, remove the .lock file that is named",
)
CONFIGURATION: Final = Meaning("Git's configuration cannot be read", "mend the line that is named")
OLD: Final = Meaning("this git is too old for what is asked of it", "install a newer git")
REMOTE: Final = Meaning("Git's remote cannot be reached", "check the network, and who may read it")
FULL: Final = Meaning("the disk is full", "make room, and try again")
FORBIDDEN: Final = Meaning(
    "Git may not read its own files", "check who owns .git, and its permissions"
)
NO_REVISION: Final = Meaning(
    "that names no commit", "name a branch, tag or commit, such as origin/main; fetch first"
)
DAMAGED: Final = Meaning("this clone is damaged", "`git fsck` says how; clone it anew")

_WORDS: Final = (
    (PARTIAL, "promisor remote"),
    (NO_REPOSITORY, "not a git repository"),
    (INDEX, "index file|bad index|index uses"),
    (LOCKED, r"\.lock': File exists"),
    (CONFIGURATION, "bad config|bad (numeric|boolean) config|unable to parse .*config"),
    (OLD, "Expected git repo version|unknown repository extension|unknown (option|switch)"),
    (REMOTE, "Could not resolve|unable to access 'http|Authentication failed"),
    (REMOTE, r"could not read (Username|Password)|Host key verif|Permission denied \(publickey"),
    (FULL, "No space left on device|Disk quota exceeded"),
    (FORBIDDEN, "Permission denied|Operation not permitted|insufficient permission"),
    (NO_REVISION, "is ambiguous|ambiguous argument|no upstream configured|log for .* only has"),
    (NO_REVISION, "unknown revision|bad revision|expected commit type|does not point to a branch"),
    (DAMAGED, "corrupt|object file .* is empty|inflate:|unable to (unpack|read|mmap|find)"),
    (DAMAGED, "bad object|not a tree object|not a valid object|missing (blob|tree|commit)"),
    (DAMAGED, "could not parse|invalid sha1 pointer|[Cc]ould not read [0-9a-f]{40}"),
)
"""What to look for in Git's words, in the C locale; the first that is there counts."""


def meaning_of(told: str) -> Meaning | None:
    """Return what Git's words mean, or None if that is not known."""
    return next((meaning for meaning, words in _WORDS if re.search(words, told)), None)
