"""Pull requests: what GitHub says of one, and which one became a commit of the default branch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from reconciler.github.client import GitHub, GitHubError


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request.

    Attributes:
        number: Its number.
        is_open: Neither merged nor closed.
        merged_at: When it was merged, or None.
        merge_commit: The commit that it became on its base.
        head: Its newest commit; of a merged one, the newest that was merged.
        base: The branch that it is for.
        default_branch: The repository's default branch.
        author: Who opened it.
        from_fork: Whether its branch is in another repository.
    """

    number: int
    is_open: bool
    merged_at: datetime | None
    merge_commit: str
    head: str
    base: str
    default_branch: str
    author: str
    from_fork: bool

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Self:
        """Return a pull request as GitHub's JSON has it; raises GitHubError."""
        try:
            merged_at = value["merged_at"]
            home, head = value["base"]["repo"], value["head"]
            return cls(
                number=int(value["number"]),
                is_open=value["state"] == "open",
                merged_at=datetime.fromisoformat(merged_at) if merged_at else None,
                merge_commit=str(value["merge_commit_sha"]),
                head=str(head["sha"]),
                base=str(value["base"]["ref"]),
                default_branch=str(home["default_branch"]),
                author=str((value["user"] or {}).get("login", "")),
                # A fork that was deleted is null.
                from_fork=(head["repo"] or {}).get("full_name") != home["full_name"],
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise GitHubError(
                f"a pull request is not as GitHub documents it ({type(error).__name__}: {error})",
                remedy="is GITHUB_API_URL right? If it is, please report this",
            ) from error


def pull_at(github: GitHub, number: int, head: str) -> Pull:
    """Return a pull request, waiting a little for an open one to have this head."""
    return github.settled(
        lambda: Pull.read(github.get(f"pulls/{number}")),
        enough=lambda pull: pull.head == head or not pull.is_open,
        what=f"GitHub shows another head than {head[:12]} of #{number}",
    )


def pull_behind(github: GitHub, commit: str) -> Pull | None:
    """Return the pull request that became a commit, or None; waits a little for there to be one.

    Others may hold the commit too: merged into other branches, or not merged at all. Of several
    that became it, one for the default branch is preferred.
    """
    found = _settled(github, (commit,))[commit]
    return _preferred(found) if found else None


def pulls_behind(
    github: GitHub, commits: Sequence[str]
) -> tuple[tuple[Pull, ...], tuple[str, ...]]:
    """Return the pull requests that became commits, and the commits that none became.

    Waits a little for each to have one. One that was merged as several commits counts for all of
    them, and is where its last one is. As of `pull_behind`, one for the default branch is
    preferred.

    Args:
        github: The repository.
        commits: Full ids of the default branch, each once, the oldest first.

    Returns:
        Both in the order of the commits, each pull request once.
    """
    found = _settled(github, commits)
    became: dict[str, list[Pull]] = {}
    for listed in found.values():
        for pull in listed:
            became.setdefault(pull.merge_commit, []).append(pull)
    pulls = tuple(_preferred(became[commit]) for commit in commits if commit in became)
    return pulls, tuple(commit for commit in commits if not found[commit])


def _preferred(pulls: Sequence[Pull]) -> Pull:
    return min(pulls, key=lambda pull: pull.base != pull.default_branch)


def _settled(github: GitHub, commits: Sequence[str]) -> dict[str, list[Pull]]:
    """Return by commit which merged pull requests hold it and became one of the commits.

    Only what has none yet is asked for again.
    """
    found: dict[str, list[Pull]] = {commit: [] for commit in commits}

    def ask() -> list[str]:
        for commit in (commit for commit in commits if not found[commit]):
            listed = map(Pull.read, github.pages(f"commits/{commit}/pulls"))
            found[commit] = [one for one in listed if one.merged_at and one.merge_commit in found]
        return [commit for commit in commits if not found[commit]]

    github.settled(
        ask,
        enough=lambda lacking: not lacking,
        what=f"GitHub shows no pull request that became {commits[-1][:12]}"
        if len(commits) == 1
        else "GitHub does not show which pull request each of the commits was",
    )
    return found
