"""`reconciler validate`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import click

from reconciler.cli import options
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import wants_color
from reconciler.errors import ExitCode, Finding
from reconciler.render.github import findings_github
from reconciler.render.json import findings_json
from reconciler.render.sarif import findings_sarif
from reconciler.render.text import count, findings_text

_FORMATS: Final[Mapping[str, Callable[[Sequence[Finding]], str] | None]] = {
    "text": None,
    "json": findings_json,
    "github": findings_github,
    "sarif": findings_sarif,
}


@click.command()
@options.selectors
@options.env
@click.option(
    "--format", "output", type=click.Choice([*_FORMATS]), default="text", help="What to print."
)
@options.color
def command(selectors: tuple[str, ...], env: str | None, output: str, color: str) -> int:
    """Check the group files; needs no network and no secrets.

    All files are read, since some rules look at several; with KEY or PATH only the problems of
    those files are shown. Exits 1 when one is an error.
    """
    checked = surroundings().workspace(env).check(selectors)
    files, findings = checked.files, checked.findings
    errors = sum(finding.severity == "error" for finding in findings)
    render = _FORMATS[output]
    if render:
        click.echo(render(findings), nl=False)
    else:
        click.echo(findings_text(findings, color=wants_color(color)), nl=False, color=True)
        warnings = sum(finding.severity == "warning" for finding in findings)
        click.echo(
            f"{count(len(files), 'file')} checked: {count(errors, 'error')},"
            f" {count(warnings, 'warning')}."
        )
    return ExitCode.ERROR if errors else ExitCode.DONE
