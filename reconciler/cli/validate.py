"""`reconciler validate`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from reconciler import desired
from reconciler.cli import options
from reconciler.errors import Finding
from reconciler.render.github import findings_github
from reconciler.render.json import findings_json
from reconciler.render.sarif import findings_sarif
from reconciler.render.text import count, findings_text
from reconciler.workspace.lint import with_lint
from reconciler.workspace.settings import load_settings

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
    settings = load_settings(Path.cwd())
    checked = with_lint(desired.check(Path.cwd(), env), settings.lint, env)
    files, findings = desired.narrow(checked, selectors)
    errors = sum(finding.severity == "error" for finding in findings)
    render = _FORMATS[output]
    if render:
        click.echo(render(findings), nl=False)
    else:
        click.echo(findings_text(findings, color=options.wants_color(color)), nl=False, color=True)
        warnings = sum(finding.severity == "warning" for finding in findings)
        click.echo(
            f"{count(len(files), 'file')} checked: {count(errors, 'error')},"
            f" {count(warnings, 'warning')}."
        )
    return 1 if errors else 0
