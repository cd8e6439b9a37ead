"""`reconciler validate`."""

import click

from reconciler.cli import options
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell, wants_color
from reconciler.errors import ExitCode
from reconciler.render.forms import FINDING_FORMS, Validation
from reconciler.render.presentation import Presentation


@click.command()
@options.selectors
@options.env
@options.formats(FINDING_FORMS)
@options.color
def command(selectors: tuple[str, ...], env: str | None, output: str, color: str) -> int:
    """Check the group files; needs no network and no secrets.

    All files are read, since some rules look at several; with KEY or PATH only the problems of
    those files are shown. Exits 1 when one is an error. A PATH that is there or was in Git, and is
    no group file, is passed over with a word: a hook may give all that a commit touches.
    """
    checked = surroundings().workspace(env).check(selectors)
    tell(checked.notes)
    shown = Presentation(color=wants_color(color))
    text = FINDING_FORMS[output].render(
        Validation(checked.findings, len(checked.files), env), shown
    )
    click.echo(text, nl=False, color=True)
    errors = any(finding.severity == "error" for finding in checked.findings)
    return ExitCode.ERROR if errors else ExitCode.DONE
