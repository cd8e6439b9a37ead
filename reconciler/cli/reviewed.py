"""`reconciler reviewed`: what was reviewed since the last apply, and whether it is its turn."""

from pathlib import Path

import click

from reconciler.cli import github_options, options, step
from reconciler.cli.files import write_output
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell
from reconciler.errors import ExitCode, UsageError
from reconciler.github import collect
from reconciler.text import count
from reconciler.workspace.delivery import SupersededError, next_delivery
from reconciler.workspace.git import Git


@click.command()
@options.env
@click.option(
    "--out",
    "outputs",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write what was reviewed, for `apply --expect`; FILE ends in .json. May be given"
    " several times.",
)
@click.option(
    "--base",
    metavar="SHA",
    help="Commit to begin with where none is recorded as applied, such as that before the push.",
)
@click.option(
    "--applied",
    metavar="SHA",
    help="Commit that was applied last, in place of the one that is recorded.",
)
@click.option(
    "--after", metavar="NAME", help="Environment to which the commit must be applied before."
)
@github_options.commit
@github_options.author
@step.tells_exit_code
def command(
    env: str | None,
    *,
    outputs: tuple[Path, ...],
    base: str | None,
    applied: str | None,
    after: str | None,
    commit: str | None,
    author: str,
) -> int:
    """Collect what the pull requests merged since the last apply were reviewed for.

    Only the tip of the default branch is applied, and never a commit behind the one that was
    applied last: else this exits 3, and says what is. Each pull request counts by the record in its
    comment. A comment that was changed after the merge, is about another commit than what was
    merged, or was edited above its first line is no record; nor is that of a failed plan, or of a
    pull request for another branch. Which of them it is, is said; the others count all the same.

    Reads the same variables as `comment`.
    """
    for path in outputs:
        if path.suffix.lower() != ".json":
            raise UsageError(
                f"--out {path}: what was reviewed is JSON", remedy="end its name in .json"
            )
    marker = github_options.marker("plan", env)
    about = github_options.named_commit(commit)
    # An input of a workflow that is not given comes as an empty text.
    base = github_options.full_commit(base, "--base") if base else None
    applied = github_options.full_commit(applied, "--applied") if applied else None
    with github_options.github(author) as github:
        try:
            delivery = next_delivery(
                Git(surroundings().root, surroundings().variables),
                github,
                marker.env,
                about,
                base=base,
                applied=applied,
                after=github_options.environment(after) or None,
                scope=marker.scope,
            )
        except SupersededError:
            step.set_outputs({"superseded": "true"})
            raise
        found = collect(github, delivery.commits, marker)
    document = found.document(about, delivery.applied, marker.env, marker.scope)
    for path in outputs:
        write_output(path, document.model_dump_json(indent=2) + "\n")
    since = delivery.applied or delivery.base
    if not delivery.applied:
        where = f" to {marker.place}" if marker.place else ""
        tell([f"No commit is recorded as applied{where}: {_stands(since)}"])
    click.echo(f"{count(len(found.reviews), 'pull request')} since {since or 'the commit before'}.")
    tell(found.words())
    step.set_outputs({"applied": delivery.applied or "", "base": delivery.base or ""})
    return ExitCode.DONE


def _stands(since: str | None) -> str:
    return "the base stands in for it." if since else "whose each difference is cannot be told."
