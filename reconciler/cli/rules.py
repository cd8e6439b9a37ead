"""`reconciler rules`."""

import click

from reconciler.cli import options
from reconciler.cli.surroundings import surroundings
from reconciler.errors import ExitCode, UsageError
from reconciler.render.forms import RULE_FORMS, Explained
from reconciler.render.presentation import Presentation
from reconciler.render.rules import ALL
from reconciler.text import did_you_mean, visible


@click.command()
@click.argument("rule", required=False, metavar="[ID]")
@options.formats(RULE_FORMS)
def command(rule: str | None, output: str) -> int:
    """Explain whatever is printed in brackets: all rules and guards, or the one with an ID."""
    settings = surroundings().workspace().settings().lint
    if rule is not None and rule not in ALL:
        remedy = did_you_mean(rule, ALL) or "`reconciler rules` lists them"
        raise UsageError(f"there is no rule {visible(rule)}", remedy=remedy)
    shown = Explained(ALL[rule] if rule else None, settings)
    click.echo(RULE_FORMS[output].render(shown, Presentation()), nl=False)
    return ExitCode.DONE
