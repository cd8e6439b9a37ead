"""`reconciler list`."""

import click

from reconciler.cli import options
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell
from reconciler.errors import ExitCode
from reconciler.render.forms import LIST_FORMS
from reconciler.render.listing import Listing
from reconciler.render.presentation import Presentation
from reconciler.workspace.showing import listed


@click.command(
    cls=options.Exemplified,
    examples={
        "reconciler list": "all groups",
        "reconciler list google --env qa": "those of one integration, in one environment",
        "reconciler list --json | jq '.groups[]'": "for programs",
    },
)
@options.selectors
@options.env
@options.api_url
@options.since
@options.formats(LIST_FORMS)
def command(
    selectors: tuple[str, ...], env: str | None, api_url: str | None, base: str | None, output: str
) -> int:
    """List the live groups: key, id, name, hours, and whether each is as its file says.

    The last column is empty for a group that is; `no file` for one that Git does not have, `drift`
    for one that somebody has changed since the base, `differs` for one whose file has been changed,
    `not live` for a file without a live group, and `unclear` where it is not known which live group
    a file means.

    Exits 0; 1 when an integration could not be read.
    """
    compared = surroundings().workspace(env).compared(api_url, base)
    groups = listed(compared, selectors)
    tell([compared.sentence, *compared.notes])
    listing = Listing(groups, compared.plan)
    click.echo(LIST_FORMS[output].render(listing, Presentation()), nl=False)
    return ExitCode.ERROR if compared.plan.unread else ExitCode.DONE
