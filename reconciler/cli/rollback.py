"""`reconciler rollback`."""

from pathlib import Path

import click

from reconciler.apply import snapshot
from reconciler.apply.lock import one_writer
from reconciler.cli import options, step
from reconciler.cli.applying import Manner, carry_out, settle_open_writes
from reconciler.cli.planning import fetch
from reconciler.errors import UsageError
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.settings import Settings
from reconciler.workspace.settings import load_settings
from reconciler.workspace.target import Opened, open_target


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
    manner = Manner(yes, concurrency, settle, deadline, outputs, color)
    settings = load_settings(Path.cwd())
    with open_target(api_url, env) as opened, one_writer(opened.target):
        chosen = path or _newest(opened.target)
        saved = snapshot.read(chosen)
        if saved.target != opened.target:
            raise UsageError(
                f"{chosen} is a snapshot of {saved.target}, and the target is {opened.target}",
                remedy="name the target with --api-url and --env",
            )
        settle_open_writes(opened.target, settle)
        return carry_out(_plan(saved, chosen, opened, settings, allow), opened, settings, manner)


def _plan(
    saved: snapshot.Snapshot, path: Path, opened: Opened, settings: Settings, allow: dict[str, int]
) -> Plan:
    live = fetch(opened, settings, {key.integration for key in saved.touched()})
    ids = {group.group_id for group in live}
    for group in saved.groups:
        if group.group_id not in ids:
            click.echo(
                f"{group.key} ({group.group_id}) is not live any more and stays away.", err=True
            )
    declared = snapshot.restored(saved, live, path.as_posix())
    keys = frozenset(entry.group.key for entry in declared)
    return build_plan(declared, live, opened.target, only=keys, limits=settings.guards, allow=allow)


def _newest(target: Target) -> Path:
    for path in snapshot.listed():
        if snapshot.read(path).target == target:
            return path
    raise UsageError(
        f"there is no snapshot of {target}", remedy="`reconciler rollback --list` shows all"
    )


def _list() -> int:
    paths = snapshot.listed()
    if not paths:
        click.echo("There are no snapshots here; every apply that writes takes one.", err=True)
    for path in paths:
        saved = snapshot.read(path)
        updated, created = (
            ", ".join(str(group.key) for group in saved.groups),
            ", ".join(map(str, saved.created)),
        )
        click.echo(f"{path.as_posix()}  {saved.time:%Y-%m-%d %H:%M:%S} UTC  {saved.target}")
        click.echo(
            "".join(
                f"  {what}: {keys}\n"
                for what, keys in (("updated", updated), ("created", created))
                if keys
            ),
            nl=False,
        )
    return 0
