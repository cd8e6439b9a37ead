"""The record of what was applied: a deployment of our own for each commit whose apply finished.

GitHub makes deployments itself for a job that names an environment. Those tell that a job ended
well, whatever it did; these tell that all that was reviewed is live. They have a task of their own,
so that what else is deployed to an environment of that name is not taken for one.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.github.client import GitHub, GitHubError

TASK: Final = "reconciler"
"""Which deployments are ours, besides their author."""
_NAMELESS: Final = "reconciler"
"""GitHub's environment for a repository without any."""
_DONE: Final = "success"


def applied_commit(github: GitHub, env: str, scope: str = "") -> str | None:
    """Return the commit that was applied last to an environment, or None if none is recorded.

    Where a repository holds several accounts, the scope says which of them: it is a part of the
    task, since their environments may have one name.

    GitHub lists the newest first, and turns earlier ones `inactive`: what counts is that one was
    successful once.

    Raises:
        GitHubError: GitHub does not do as it is asked.
    """
    done = (item for item in _own(github, env, scope) if _was_successful(github, item))
    return next((str(item["sha"]) for item in done), None)


def record_applied(
    github: GitHub, env: str, commit: str, *, scope: str = "", url: str = ""
) -> None:
    """Record that all that was reviewed up to a commit is live in an environment.

    Args:
        github: The repository.
        env: Environment, or empty if there is none.
        commit: The full id.
        scope: As of `applied_commit`.
        url: Of the run.

    Raises:
        GitHubError: It is not recorded, or not known to be.
    """
    content = {
        "ref": commit,
        "task": _task(scope),
        "environment": env or _NAMELESS,
        "auto_merge": False,  # else GitHub would merge the default branch into what is deployed
        "required_contexts": [],  # the apply is done: no check can keep it back any more
        "description": "All that was reviewed up to here is live",
    }
    made = github.make(
        "deployments",
        content,
        find=lambda: next((one for one in _own(github, env, scope) if one["sha"] == commit), None),
    )
    if "id" not in made:
        raise GitHubError(
            "GitHub does not name the deployment that it made",
            remedy="is GITHUB_API_URL right? If it is, please report this",
        )
    # Other deployments to the environment are none of this program's business.
    status: dict[str, Any] = {"state": _DONE, "auto_inactive": False}
    github.make(
        f"deployments/{made['id']}/statuses",
        status | ({"log_url": url} if url else {}),
        find=lambda: made if _was_successful(github, made) else None,
    )


def _task(scope: str) -> str:
    return f"{TASK}:{scope}" if scope else TASK


def _own(github: GitHub, env: str, scope: str) -> Iterator[dict[str, Any]]:
    """Yield our deployments to an environment, the newest first; raises GitHubError."""
    query = {"environment": env or _NAMELESS, "task": _task(scope)}
    for item in github.pages("deployments", query):
        ours = (item.get("creator") or {}).get("login") == github.author
        if ours and all(item.get(name) == value for name, value in query.items()):
            yield item


def _was_successful(github: GitHub, deployment: Mapping[str, Any]) -> bool:
    statuses = github.pages(f"deployments/{deployment['id']}/statuses")
    return any(status.get("state") == _DONE for status in statuses)
