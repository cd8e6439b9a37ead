"""What a merge would deliver to an environment: everything since the applied commit, or nothing.

Only the tip of the default branch is ever applied, and never a commit behind the one that was
applied last. So a run that is started again, late, twice or out of order does no harm, and one that
was lost is made up for by the next.
"""

from dataclasses import dataclass

from reconciler.errors import StaleError, UsageError
from reconciler.github import GitHub, applied_commit, tip
from reconciler.model import place_name
from reconciler.workspace.git import Git


class SupersededError(StaleError):
    """A newer commit of the default branch is there; its run carries out what this one would."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be applied next in an environment.

    Attributes:
        commit: The tip of the default branch.
        applied: What was applied last, or None if nothing says so.
        base: What stands in for it then; None if nothing does either.
        commits: What the branch got since one of the two, the oldest first; without both, the
            commit alone. Each was a pull request, or a part of one.
    """

    commit: str
    applied: str | None
    base: str | None
    commits: tuple[str, ...]


def next_delivery(
    git: Git,
    github: GitHub,
    env: str,
    commit: str,
    *,
    base: str | None = None,
    applied: str | None = None,
    after: str | None = None,
    scope: str = "",
) -> Delivery:
    """Return what an apply of a commit would carry out.

    Args:
        git: The checkout of the commit, with its history.
        github: The repository.
        env: Environment, or empty if there is none.
        commit: Full id of what is checked out.
        base: Full id of what came before, to begin with where no commit is recorded as applied; one
            that does not lead to the commit is not used.
        applied: Full id of what was applied last, in place of what is recorded.
        after: Another environment, to which the commit must have been applied before.
        scope: Folder of the repository that holds the files, or empty.

    Raises:
        SupersededError: It is not the tip of the default branch any more.
        StaleError: It is behind what was applied last, or has nothing to do with that, or is not
            applied yet where it has to be first.
        UsageError: The checkout does not have its history.
        ConfigError: Git cannot be used.
        GitHubError: GitHub does not do as it is asked.
    """
    if git.shallow():
        raise UsageError(
            "this clone is shallow, so that it cannot be told what was merged since the last apply",
            remedy="give actions/checkout `fetch-depth: 0`",
        )
    newest = tip(github, commit, lambda found: git.leads_to(found, commit))
    if newest.commit != commit:
        raise SupersededError(
            f"{commit[:12]} is not the tip of {newest.branch}: {newest.commit[:12]} is, and only"
            " the tip is applied; nothing was written",
            remedy=f"the apply of {newest.commit[:12]} carries out all that was reviewed until then"
            " and is not applied yet; if there is none, run apply by hand",
        )
    if after is not None and (there := applied_commit(github, after, scope)) != commit:
        last = f"{there[:12]} was applied there last" if there else "nothing is recorded as applied"
        place = place_name(env, scope) or "this environment"
        raise StaleError(
            f"{place} comes after {after}, and {commit[:12]} is not applied to {after}: {last};"
            " nothing was written",
            remedy=f"see what keeps {after} back, and run this again after it",
        )
    applied = applied or applied_commit(github, env, scope)
    if applied is None:
        if base is None or not git.leads_to(base, commit):
            return Delivery(commit, None, None, (commit,))
        return Delivery(commit, None, base, git.merged_since(base, commit))
    if not git.leads_to(applied, commit):
        raise _not_forward(git, commit, applied)
    return Delivery(commit, applied, None, git.merged_since(applied, commit))


def usable_applied(
    git: Git, github: GitHub, env: str, commit: str, scope: str = ""
) -> tuple[str | None, str]:
    """Return what was applied last, for a plan of a commit, and a sentence about it.

    None if nothing says so, or if it does not lead to the commit: a branch that is older than what
    was applied is compared with its own base.

    Raises:
        UsageError: The checkout does not have its history.
        ConfigError: Git cannot be used.
        GitHubError: GitHub does not do as it is asked.
    """
    called = place_name(env, scope)
    place = f" to {called}" if called else ""
    applied = applied_commit(github, env, scope)
    if applied is None:
        return None, f"No commit is recorded as applied{place}: the base stands in for it."
    if git.leads_to(applied, commit):
        return applied, f"Last applied{place}: {applied[:12]}."
    if git.shallow():
        raise UsageError(
            f"this clone is shallow and does not show whether {applied[:12]} leads to"
            f" {commit[:12]}",
            remedy="give actions/checkout `fetch-depth: 0`",
        )
    return None, (
        f"{applied[:12]}, which was applied{place} last, does not lead to {commit[:12]}: the base"
        " stands in for it. Bring the branch up to date for a plan that knows what was applied."
    )


def _not_forward(git: Git, commit: str, applied: str) -> StaleError:
    if git.leads_to(commit, applied):
        return StaleError(
            f"{commit[:12]} is behind {applied[:12]}, which was applied last; nothing was written",
            remedy="run apply for the tip of the default branch",
        )
    return StaleError(
        f"{applied[:12]}, which was applied last, does not lead to {commit[:12]}: the default"
        " branch's history was rewritten; nothing was written",
        remedy="plan, look at it, and run apply by hand, with its digest and with the commit of the"
        " new history that stands for what was applied",
    )
