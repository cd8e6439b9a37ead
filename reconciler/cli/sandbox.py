"""`reconciler sandbox`."""

import json
from pathlib import Path

import click

from reconciler.cli.surroundings import surroundings
from reconciler.errors import ExitCode
from reconciler.model import INTEGRATIONS
from reconciler.sandbox import Store, serve
from reconciler.workspace.workspace import SANDBOX


@click.group()
def command() -> None:
    """Look after the local API that stands in for the real one.

    It is started by every command that has no --api-url, and keeps its groups in
    .reconciler/sandbox.db. Nothing leaves this machine.
    """


@command.command("serve")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 takes any free one.",
)
def serve_command(port: int) -> int:
    """Serve it in the foreground, for curl or to act as a dashboard user; Ctrl-C ends it."""

    def ready(url: str) -> None:
        click.echo(
            f"Sandbox at {url}, data in {SANDBOX.as_posix()}; any bearer token will do."
            " Ctrl-C stops it."
        )
        click.echo(
            "  curl -H 'Authorization: Bearer x'"
            f" {url}/integrations/v1/integrations/microsoft/use-case-groups"
        )

    serve(_database(), port=port, ready=ready)
    return ExitCode.DONE


@command.command("show")
def show_command() -> int:
    """Print its groups as JSON, sorted, links hidden."""
    store = Store(_database())
    store.check()
    groups = {
        integration: sorted(
            (
                {**group, "sheet_link": group["sheet_link"] and "(hidden)"}
                for group in store.groups(integration)
            ),
            key=lambda group: (group["slug"], group["group_id"]),
        )
        for integration in INTEGRATIONS
    }
    click.echo(json.dumps(groups, indent=2))
    return ExitCode.DONE


@command.command("reset")
def reset_command() -> int:
    """Forget all its groups."""
    Store(_database()).reset()
    click.echo(f"The sandbox is empty ({SANDBOX.as_posix()}).")
    return ExitCode.DONE


def _database() -> Path:
    """Return the sandbox's file, in a folder that Git ignores."""
    surroundings().workspace().make_state()
    return surroundings().root / SANDBOX
