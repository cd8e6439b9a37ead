"""`reconciler show`."""

import click

from reconciler.cli import completing, options
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell
from reconciler.errors import ExitCode
from reconciler.render.forms import SHOW_FORMS
from reconciler.render.listing import Shown
from reconciler.render.presentation import Presentation
from reconciler.workspace.showing import shown


@click.command(
    cls=options.Exemplified,
    examples={
        "reconciler show microsoft/recall": "the group as a file would say it",
        "reconciler show recall --json": "for programs; the slug is enough if only one has it",
    },
)
@click.argument(
    "selector",
    metavar="KEY|PATH",
    callback=options.selected,
    shell_complete=completing.groups,
)
@options.env
@options.api_url
@options.since
@options.formats(SHOW_FORMS)
def command(
    selector: str, env: str | None, api_url: str | None, base: str | None, output: str
) -> int:
    """Show one live group, as the file that `pull` would write for it; links are never shown.

    That is all of it, whatever the group's own file speaks of. What no file may hold is told below,
    with its rule.
    """
    compared = surroundings().workspace(env).compared(api_url, base)
    listed, adopted = shown(compared, selector)
    tell([compared.sentence, *compared.notes])
    it = Shown(compared.plan.target, listed, adopted.text, adopted.left)
    click.echo(SHOW_FORMS[output].render(it, Presentation()), nl=False)
    return ExitCode.DONE
