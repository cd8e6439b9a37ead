"""`reconciler rules`."""

import click

from reconciler.cli.surroundings import surroundings
from reconciler.errors import ExitCode, UsageError
from reconciler.render.rules import ALL, rule_markdown, rule_text, rules_markdown, rules_text
from reconciler.text import did_you_mean, visible


@click.command()
@click.argument("rule", required=False, metavar="[ID]")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "markdown"]),
    default="text",
    help="What to print.",
)
def command(rule: str | None, output: str) -> int:
    """Explain whatever is printed in brackets: all rules and guards, or the one with an ID."""
    settings = surroundings().workspace().settings().lint
    if rule is not None and rule not in ALL:
        remedy = did_you_mean(rule, ALL) or "`reconciler rules` lists them"
        raise UsageError(f"there is no rule {visible(rule)}", remedy=remedy)
    if output == "markdown":
        click.echo(rule_markdown(ALL[rule]) if rule else rules_markdown(), nl=False)
    else:
        click.echo(rule_text(ALL[rule], settings) if rule else rules_text(settings), nl=False)
    return ExitCode.DONE
