"""Lint rules applied to what was loaded: the part that needs the day and knows all environments."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from reconciler import desired
from reconciler.errors import DesiredError, Finding
from reconciler.lint import allowances, lint
from reconciler.model import Declared
from reconciler.settings import LintSettings


def with_lint(
    checked: desired.Checked, settings: LintSettings, env: str | None, today: date
) -> desired.Checked:
    """Return checked files with what rules find, in one environment or, if `env` is None, in all.

    What is wrong in general is not repeated for each environment.
    """
    names = [env] if env else [None, *desired.environments(checked)]
    found: dict[tuple[str, str, int, str], Finding] = {}
    for name in names:
        for finding in lint(desired.in_environment(checked, name), settings, today):
            known = (finding.rule, finding.file, finding.line, finding.message)
            where = f" (environment {name})" if name and not env else ""
            found.setdefault(known, replace(finding, message=f"{finding.message}{where}"))
    everywhere = [
        desired.in_environment(checked, name) for name in (None, *desired.environments(checked))
    ]
    findings = [*checked.findings, *found.values(), *allowances(everywhere, settings, today)]
    return replace(checked, findings=tuple(sorted(findings, key=Finding.order)))


def lint_or_refuse(
    declared: Sequence[Declared], settings: LintSettings, today: date
) -> tuple[Finding, ...]:
    """Return what the rules find in desired groups.

    Raises:
        DesiredError: One of the findings is an error, or an allowance is.
    """
    found = tuple(lint(declared, settings, today))
    findings = [*found, *allowances([declared], settings, today)]
    # That an allowance silences nothing can only be told over all environments; that is a warning,
    # and `validate`'s.
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise DesiredError(errors)
    return found
