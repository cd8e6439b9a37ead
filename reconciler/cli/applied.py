"""`reconciler applied`: what was applied last, and the record of what has been applied now."""

import click

from reconciler.cli import github_options, options, step
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell
from reconciler.errors import ExitCode
from reconciler.github import record_applied
from reconciler.model import place_name
from reconciler.workspace.delivery import usable_applied
from reconciler.workspace.git import Git


@click.command()
@options.env
@click.option("--record", is_flag=True, help="Record the commit as applied, in place of asking.")
@github_options.commit
@github_options.author
def command(env: str | None, *, record: bool, commit: str | None, author: str) -> int:
    """Print the commit that was applied last to an environment, for `plan --applied`.

    The record is a deployment of the environment, made with the task `reconciler` once all that was
    reviewed is live. Nothing is printed, and the reason told, if there is none, or if it names a
    commit that does not lead to this one: then the base stands in for it.
    """
    name, scope = github_options.environment(env), github_options.scope()
    about = github_options.named_commit(commit)
    with github_options.github(author) as github:
        if record:
            record_applied(github, name, about, scope=scope, url=github_options.run_url())
            place = place_name(name, scope)
            click.echo(f"Recorded as applied{f' to {place}' if place else ''}: {about}")
            return ExitCode.DONE
        git = Git(surroundings().root, surroundings().variables)
        found, words = usable_applied(git, github, name, about, scope)
    tell([words])
    if found:
        click.echo(found)
    step.set_outputs({"applied": found or ""})
    return ExitCode.DONE
