"""`reconciler rollback`."""

from pathlib import Path

import click

from reconciler.apply import snapshot
from reconciler.cli import options, step
from reconciler.cli.applying import ApplyOptions, carry_out
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell, tell_wait
from reconciler.errors import ExitCode
from reconciler.text import visible
from reconciler.workspace.planning import Reviewable


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
    """Bring back what an apply changed, from its snapshot, a path or a name of `--list`.

    Without SNAPSHOT that is the newest one that an apply to the target took. Only what that apply
    wrote comes back, and only where nobody has changed it since; the rest is named. A plan like any
    other: it is shown, guarded, asked about, written and read back, and takes a snapshot itself,
    which undoes the rollback where it is named. Groups and use cases that the apply created are
    disabled, since the API cannot delete.
    """
    if only_list:
        return _list()
    chosen = ApplyOptions(yes, concurrency, settle, deadline, outputs, color, kind="rollback")
    workspace = surroundings().workspace(env)
    with (
        workspace.open(api_url) as opened,
        workspace.state.turn(opened.target, settle, tell_wait),
    ):
        place = path and Path(surroundings().from_root(str(path)))
        restored = workspace.restore(place, opened, allow)
        tell(restored.notes)
        return carry_out(Reviewable(restored.plan, restored.plan), opened, workspace, chosen)


def _list() -> int:
    root = surroundings().root
    found, others = snapshot.survey(surroundings().workspace().state.snapshots)
    tell(f"{what}; it is passed over." for what in others)
    if not found:
        click.echo("There are no snapshots here; every apply that writes takes one.", err=True)
    for path, saved in found:
        updated = ", ".join(str(was.before.key) for was in saved.groups)
        created = ", ".join(str(made.key) for made in saved.created)
        taken = "  (by a rollback)" if saved.kind == "rollback" else ""
        place = path.relative_to(root).as_posix()
        click.echo(visible(f"{place}  {saved.time:%Y-%m-%d %H:%M:%S} UTC  {saved.target}{taken}"))
        for what, keys in (("updated", updated), ("created", created)):
            if keys:
                click.echo(f"  {what}: {visible(keys)}")
    return ExitCode.DONE
