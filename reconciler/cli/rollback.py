"""`reconciler rollback`."""

from pathlib import Path

import click

from reconciler.apply import snapshot
from reconciler.cli import options, step
from reconciler.cli.applying import ApplyOptions, carry_out
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell, tell_wait
from reconciler.errors import ExitCode


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path), metavar="[SNAPSHOT]")
@click.option(
    "--list", "only_list", is_flag=True, help="List the snapshots, newest first, and do nothing."
)
@options.env
@options.api_url
@options.yes
@options.allow
@options.concurrency
@options.settle
@options.deadline
@options.report_out
@options.color
@step.tells_exit_code
def command(
    path: Path | None,
    env: str | None,
    api_url: str | None,
    *,
    only_list: bool,
    yes: bool,
    allow: dict[str, int],
    concurrency: int,
    settle: float,
    deadline: float,
    outputs: tuple[Path, ...],
    color: str,
) -> int:
    """Bring back what an apply changed, from its snapshot; without SNAPSHOT the target's newest.

    A plan like any other: it is shown, guarded, asked about, written and read back, and takes a
    snapshot itself. Groups and use cases that the apply created are disabled, since the API cannot
    delete.
    """
    if only_list:
        return _list()
    chosen = ApplyOptions(yes, concurrency, settle, deadline, outputs, color)
    workspace = surroundings().workspace(env)
    with (
        workspace.open(api_url) as opened,
        workspace.state.turn(opened.target, settle, tell_wait),
    ):
        restored = workspace.restore(path, opened, allow)
        tell(restored.notes)
        return carry_out(restored.plan, opened, workspace, chosen)


def _list() -> int:
    root = surroundings().root
    paths = snapshot.listed(surroundings().workspace().state.snapshots)
    if not paths:
        click.echo("There are no snapshots here; every apply that writes takes one.", err=True)
    for path in paths:
        saved = snapshot.read(path)
        updated, created = (
            ", ".join(str(group.key) for group in saved.groups),
            ", ".join(map(str, saved.created)),
        )
        place = path.relative_to(root).as_posix()
        click.echo(f"{place}  {saved.time:%Y-%m-%d %H:%M:%S} UTC  {saved.target}")
        click.echo(
            "".join(
                f"  {what}: {keys}\n"
                for what, keys in (("updated", updated), ("created", created))
                if keys
            ),
            nl=False,
        )
    return ExitCode.DONE
