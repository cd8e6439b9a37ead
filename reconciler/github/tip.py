"""The tip of the default branch: the one commit that may be applied."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from reconciler.github.client import GitHub, GitHubError


@dataclass(frozen=True, slots=True)
class Tip:
    """The newest commit of the default branch.

    Attributes:
        branch: The branch's name.
        commit: The commit's id.
    """

    branch: str
    commit: str


def tip(github: GitHub, commit: str, is_behind: Callable[[str], bool]) -> Tip:
    """Return the default branch's tip, waiting a little for GitHub to show what was just pushed.

    Args:
        github: The repository.
        commit: What is believed to be the tip.
        is_behind: Returns whether another commit comes before that one.

    Raises:
        GitHubError: GitHub does not do as it is asked.
    """
    try:
        branch = str(github.get("")["default_branch"])
        return github.settled(
            lambda: Tip(branch, str(github.get(f"git/ref/heads/{quote(branch)}")["object"]["sha"])),
            enough=lambda found: found.commit == commit or not is_behind(found.commit),
            what=f"GitHub shows an older commit of {branch} than {commit[:12]}",
        )
    except (KeyError, TypeError) as error:
        raise GitHubError(
            f"the default branch is not as GitHub documents it ({type(error).__name__}: {error})",
            remedy="is GITHUB_API_URL right? If it is, please report this",
        ) from error
