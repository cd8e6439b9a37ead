"""`reconciler reviewed`: which plan was reviewed in a merged pull request."""

import click

from reconciler.cli import github_options, options, step
from reconciler.cli.terminal import tell
from reconciler.errors import ExitCode, UsageError
from reconciler.github import Marker, review


@click.command()
@options.env
@github_options.commit
@github_options.author
def command(env: str | None, commit: str | None, author: str) -> int:
    """Print the plan digest reviewed in a merged commit's pull request, for `apply --expect`.

    It is the one in the pull request's comment. `none` is printed if its plan had no changes, if it
    has no comment, or if no pull request became the commit; which of them it was is said beside.

    It is refused if the pull request was not for the default branch, if its comment was changed
    after the merge, is about another commit than what was merged, or was edited above its first
    line, and if the last plan failed.
    """
    marker = Marker("plan", github_options.environment(env))
    if commit is None:
        raise UsageError("no commit is named", remedy="name the merged one with --commit")
    github_options.full_commit(commit, "--commit")
    with github_options.github(author) as github:
        found = review(github, commit, marker)
    click.echo(found.digest)
    tell([found.words])
    step.set_outputs({"reviewed": found.digest, "review": found.kind})
    return ExitCode.DONE
