"""`reconciler rules`."""

import click

from reconciler.cli.surroundings import surroundings
from reconciler.errors import UsageError
from reconciler.lint import RULES
from reconciler.render.rules import rule_text, rules_markdown, rules_text
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
    """Explain the rules about what group files do to people, or the one with an ID."""
    settings = surroundings().workspace().settings().lint
    if rule is not None and rule not in RULES:
        remedy = did_you_mean(rule, RULES) or "`reconciler rules` lists them"
        raise UsageError(f"there is no rule {visible(rule)}", remedy=remedy)
    if output == "markdown":
        click.echo(rules_markdown([RULES[rule]] if rule else RULES.values()), nl=False)
    else:
        click.echo(
            rule_text(RULES[rule], settings) if rule else rules_text(RULES.values(), settings),
            nl=False,
        )
    return 0
