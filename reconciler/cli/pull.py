"""`reconciler pull`."""

import difflib
from collections.abc import Iterator

import click

from reconciler.cli import options
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell, wants_color
from reconciler.errors import ExitCode, UsageError
from reconciler.text import inert, visible
from reconciler.workspace.pulling import Choice, Pulled, write

_COLORS = {"+": "green", "-": "red", "@": "cyan"}


@click.command()
@options.selectors
@options.env
@options.api_url
@click.option("--all", "everything", is_flag=True, help="Adopt all live groups without a file too.")
@click.option("--links", is_flag=True, help="Write links of sheets into adopted files themselves.")
@click.option(
    "--base",
    metavar="REF",
    help="Commit whose files say what you have changed yourself; HEAD without it.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--check", is_flag=True, help="Write nothing, and exit 2 if something would be.")
@options.color
def command(
    selectors: tuple[str, ...],
    env: str | None,
    api_url: str | None,
    *,
    everything: bool,
    links: bool,
    base: str | None,
    dry_run: bool,
    check: bool,
    color: str,
) -> int:
    """Bring live state into the group files: dashboard edits, and groups that have no file.

    With KEY (microsoft/appointment-reminders) or PATH (a group file or a folder) only those. What
    somebody changed in the dashboard is edited where it stands, and nothing else of a file; what
    you have changed since the base stays. A live group that is named, or with --all each one, gets
    a file. Only files are written; review and commit them as any change.

    Exits 0; 1 when live state holds something that no file may hold, which is told with its rule;
    with --check 2 when something would be written.
    """
    if everything and selectors:
        raise UsageError("--all chooses all already", remedy="leave out KEY and PATH, or --all")
    workspace = surroundings().workspace(env)
    painted = wants_color(color)
    choice = Choice(selectors, everything=everything, base=base, links=links)
    found = workspace.pull(api_url, choice)
    pulled = found.pulled
    tell([found.sentence, *found.notes])
    failed = any(one.failed for one in pulled)
    changed = [one for one in pulled if one.after and one.after != one.before]
    for one in pulled:
        if one in changed and (dry_run or check):
            click.echo("".join(_diff(one, painted=painted)), nl=False, color=True)
        elif one in changed:
            try:
                write(workspace.root, one)
            except UsageError as error:
                failed = True
                tell([f"error: {error.message}", f"  {error.remedy}"])
                continue
        for line in _lines(one):
            click.echo(visible(line))
    if not changed:
        click.echo("Nothing to pull.")
    if failed:
        return ExitCode.ERROR
    return ExitCode.CHANGES if check and changed else ExitCode.DONE


def _lines(one: Pulled) -> Iterator[str]:
    """Yield what became of a file: what it took, and what stays and why."""
    if one.after and one.after != one.before:
        what = "new" if one.before is None else ", ".join(one.taken)
        yield f"{one.file}: {what}"
    elif one.left:
        yield f"{one.file}: left as it is"
    yield from (f"  {inert(line)}" for line in one.left)


def _diff(one: Pulled, *, painted: bool) -> Iterator[str]:
    """Yield a file's unified diff, without links."""
    before = (one.before or "").splitlines()
    name = f"a/{one.file}" if one.before is not None else "/dev/null"
    lines = difflib.unified_diff(before, one.after.splitlines(), name, f"b/{one.file}", lineterm="")
    for line in lines:
        shown = inert(line)
        color = _COLORS.get(line[:1]) if painted and not line.startswith(("+++", "---")) else None
        yield (click.style(shown, fg=color) if color else shown) + "\n"
