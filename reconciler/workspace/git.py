"""Git, asked about the repository of a folder and no other: nothing is checked out, no hook runs.

Git's own variables that say which repository, index or folder is meant are not followed: Git
exports them to hooks, where they are about another place than the folder that is planned.
"""

import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reconciler.errors import ConfigError, ReconcilerError, UsageError
from reconciler.text import visible
from reconciler.workspace.refusals import (
    DAMAGED,
    NO_REPOSITORY,
    NO_REVISION,
    PARTIAL,
    meaning_of,
)

_SECONDS: Final = 60.0
_SECONDS_TO_FETCH: Final = 300.0

_FOLLOWED: Final = re.compile(
    "GIT_(EXEC_PATH|SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_.*|HTTP_.*|PROXY_.*|ALLOW_PROTOCOL"
    "|PROTOCOL_FROM_USER|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_[0-9]+|VALUE_[0-9]+)"
    "|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)"
)
"""Variables of Git that say how it works and what it trusts, and never what it is asked about."""

_OWNER: Final = re.compile(r"git config --global --add safe\.directory .+")
_LINES: Final = 6
"""Lines of Git's words that are told; what follows is its own help."""


@dataclass(frozen=True, slots=True)
class Git:
    """Git, in a folder.

    Attributes:
        root: The folder that holds `groups/`.
        variables: Environment variables.
    """

    root: Path
    variables: Mapping[str, str] = field(repr=False)

    def commit(self, ref: str, option: str = "--base") -> str:
        """Return the id of the commit that a reference means, which an option has named.

        Raises:
            UsageError: There is no such commit, or it has not been fetched.
            ConfigError: Git is missing, or the folder is in no repository.
        """
        shown = visible(ref)
        try:
            if found := self._resolved(ref):
                return found
        except _UnknownRevisionError as error:
            message = f"{option} {shown}: {error.message}"
            raise UsageError(message, remedy=error.remedy) from error
        if self.shallow():
            raise UsageError(
                f"{option} {shown}: this clone is shallow and does not hold that commit",
                remedy=f"fetch it with `git fetch --depth=1 origin {shown}`, or give"
                " actions/checkout `fetch-depth: 0`",
            )
        raise UsageError(
            f"{option} {shown}: there is no such commit",
            remedy="name a branch, tag or commit, such as origin/main; fetch first",
        )

    def head(self) -> str:
        """Return the id of the commit that is checked out; raises ConfigError if there is none.

        That is a branch without a commit yet, or one whose commit this clone does not hold.
        """
        if found := self._resolved("HEAD"):
            return found
        raise ConfigError(
            "nothing is committed on this branch (HEAD names no commit), so it cannot be told what"
            " Git has removed",
            remedy="commit first, or leave --base and --applied out",
        )

    def prefix(self) -> str:
        """Return the folder's path in its repository, empty for all of it and without a repository.

        Raises:
            ConfigError: There is a repository, and Git cannot say.
        """
        # At the top of a repository there is nothing to ask, so that nothing can keep it back.
        if (self.root.resolve() / ".git").exists() or not self.has_repository():
            return ""
        told = self.run("rev-parse", "--show-prefix")
        return told.decode(errors="replace").removesuffix("\n").rstrip("/")

    def default_branch(self) -> str:
        """Return origin's default branch, else the only one; empty where it is not known."""
        with suppress(ConfigError):
            told = self.run("symbolic-ref", "--short", "refs/remotes/origin/HEAD")
            return told.decode(errors="replace").strip().removeprefix("origin/")
        with suppress(ConfigError):
            told = self.run("symbolic-ref", "--short", "HEAD")
            name = told.decode(errors="replace").strip()
            others = self.run("for-each-ref", "--format=%(refname:short)", "refs/heads")
            return name if {*others.decode(errors="replace").split()} <= {name} else ""
        return ""

    def checked_out(self) -> str | None:
        """Return the id of the commit that is checked out; None without a repository or commit.

        Raises:
            ConfigError: There is a repository, and Git cannot say what is checked out.
        """
        return self._resolved("HEAD") if self.has_repository() else None

    def shallow(self) -> bool:
        """Return whether some of the history was left behind."""
        return self.run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def fork(self, one: str, other: str) -> tuple[str, ...]:
        """Return the last commits that two have in common; none if none is known here."""
        try:
            found = self.run("merge-base", "--all", one, other)
        except _NoAnswerError:
            return ()
        return tuple(found.decode().split())

    def leads_to(self, one: str, other: str) -> bool:
        """Return whether a commit is another one or comes before it, by their full ids.

        No if one of them is not known here.
        """
        if self._resolved(one) is None or self._resolved(other) is None:
            return False
        try:
            self.run("merge-base", "--is-ancestor", one, other)
        except _NoAnswerError:
            return False
        return True

    def merged_since(self, one: str, other: str, path: str = ".") -> tuple[str, ...]:
        """Return what a branch got after one commit up to another, the oldest first.

        That is the first parents: of what was merged the merge alone.

        Args:
            one: A commit's full id.
            other: Another one's.
            path: Only commits that changed something in this folder.
        """
        paths = () if path == "." else ("--", path)
        listed = self.run("rev-list", "--first-parent", "--reverse", f"{one}..{other}", *paths)
        return tuple(listed.decode().split())

    def had(self, path: str) -> bool:
        """Return whether Git has or had a path; no if it cannot say."""
        try:
            return bool(self.run("log", "-1", "--format=%H", "--", path))
        except ConfigError:
            return False

    def run(self, *arguments: str, given: bytes = b"", seconds: float = _SECONDS) -> bytes:
        """Run a command of Git and return what it prints; raises ConfigError with its own words."""
        try:
            done = subprocess.run(  # noqa: S603 - no shell; a reference follows --end-of-options
                ["git", "-c", "core.fsmonitor=false", "-C", str(self.root), *arguments],  # noqa: S607 - whichever git the user has
                input=given,
                capture_output=True,
                env=self._environment(),
                timeout=seconds,
                check=False,
            )
        except FileNotFoundError as error:
            raise ConfigError(
                "git cannot be run: there is none on PATH",
                remedy="install git, or leave --base and --applied out",
            ) from error
        except subprocess.TimeoutExpired as error:
            raise ConfigError(
                f"git {arguments[0]} has not ended within {seconds:.0f} s",
                remedy="see what keeps it, such as a slow disk or a question that it asks",
            ) from error
        except OSError as error:
            raise ConfigError(
                f"git cannot be run: {error}", remedy="mend that, or leave --base and --applied out"
            ) from error
        if done.returncode:
            raise self._failed(arguments[0], done.stderr.decode(errors="replace"), done.returncode)
        return done.stdout

    def fetch(self, objects: list[str]) -> None:
        """Fetch objects that a partial clone has left with its remote, all at once.

        Raises:
            ConfigError: This is no partial clone, or its remote cannot be reached.
        """
        try:
            told = self.run("config", "--get-regexp", r"^remote\..*\.promisor$", "true")
        except _NoAnswerError:
            raise ConfigError(
                f"Git has no object {objects[0]}",
                remedy=f"{DAMAGED.what}: {DAMAGED.remedy}",
            ) from None
        remote = told.decode().split()[0].removeprefix("remote.").removesuffix(".promisor")
        try:
            self.run(
                *("-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags"),
                *("--no-write-fetch-head", "--recurse-submodules=no", "--no-auto-maintenance"),
                *("--filter=blob:none", "--stdin", "--end-of-options", remote),
                given="".join(f"{name}\n" for name in objects).encode(),
                seconds=_SECONDS_TO_FETCH,
            )
        except ConfigError as error:
            raise ConfigError(
                f"this clone is partial, and {len(objects)} files of earlier commits cannot be"
                f" fetched from {visible(remote)}: {error.message}",
                remedy=PARTIAL.remedy,
            ) from error

    def has_repository(self) -> bool:
        """Return whether one is here or above, whether Git can be asked about it or not."""
        top = self.root.resolve()
        return any((place / ".git").exists() for place in (top, *top.parents))

    def _resolved(self, ref: str) -> str | None:
        if self.run("rev-parse", "--is-inside-work-tree").strip() != b"true":
            raise ConfigError(
                "Git has a repository here, and this folder is in no checkout of it",
                remedy="run this in a clone of the repository, or leave --base and --applied out",
            )
        asked = ("--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        try:
            return self.run("rev-parse", *asked).decode().strip()
        except _NoAnswerError:
            return None

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in self.variables.items()
            if not name.startswith("GIT_") or _FOLLOWED.fullmatch(name)
        }
        return {
            **kept,
            "LC_ALL": "C",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
        }

    def _failed(self, command: str, told: str, code: int) -> ReconcilerError:
        """Return what to raise if Git has failed: its own words, what they mean, what to do."""
        said = (line.strip() for line in told.splitlines() if not line.startswith("hint:"))
        lines = [visible(line) for line in said if line]
        if not lines:
            return _NoAnswerError(f"git {command}: exit {code}", remedy="`git fsck` may say why")
        if owner := _OWNER.search(told):
            fatal = next((line for line in lines if line.startswith("fatal:")), lines[0])
            return ConfigError(
                f"git {command}: {fatal}: it belongs to another user",
                remedy=f"if you trust it: `{visible(owner[0])}`",
            )
        words = "; ".join([*dict.fromkeys(lines)][:_LINES])
        meaning = meaning_of(told)
        if meaning is None:
            return ConfigError(
                f"git {command}: {words}", remedy="`git status` and `git fsck` may say more"
            )
        remedy = meaning.remedy
        if meaning is NO_REPOSITORY and "GIT_DIR" in self.variables:
            remedy += "; GIT_DIR is not followed, since Git exports it to hooks"
        kind = _UnknownRevisionError if meaning is NO_REVISION else ConfigError
        return kind(f"{meaning.what}: git {command}: {words}", remedy=remedy)


class _NoAnswerError(ConfigError):
    """Git has ended without a word: what was asked for is not there."""


class _UnknownRevisionError(ConfigError):
    """Git has said why a reference means no commit."""
