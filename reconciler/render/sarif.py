"""Findings as SARIF 2.1.0, which code scanning and editors read.

Pure: no I/O.
"""

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from reconciler import __version__
from reconciler.errors import Failure, Finding, Rule, Severity
from reconciler.render.rules import ALL, PAGE
from reconciler.text import inert, visible

MAX_RESULTS: Final = 25_000
"""Results that GitHub takes of one run; it shows the 5,000 most severe."""

_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}


def findings_sarif(findings: Sequence[Finding]) -> str:
    """Return findings as one SARIF run, most severe first; over the limit they are only counted."""
    return _sarif(_run(findings))


def failure_sarif(failure: Failure) -> str:
    """Return how a command has failed as one SARIF run that did not succeed, and its findings."""
    words = f"{failure.message}: {failure.remedy}" if failure.remedy else failure.message
    notification = {
        "level": "error",
        "descriptor": {"id": failure.kind},
        "message": {"text": visible(words)},
    }
    invocation = {
        "executionSuccessful": False,
        "exitCode": int(failure.exit_code),
        "toolExecutionNotifications": [notification],
    }
    return _sarif({**_run(failure.findings), "invocations": [invocation]})


def _run(findings: Sequence[Finding]) -> dict[str, Any]:
    ordered = sorted(findings, key=lambda finding: list(_LEVELS).index(finding.severity))
    shown = ordered[:MAX_RESULTS]
    rules = sorted({finding.rule for finding in shown})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "reconciler",
                "version": __version__,
                "rules": [_rule(ALL[rule]) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules) for finding in shown],
    }
    if len(shown) < len(ordered):
        run["properties"] = {"leftOut": len(ordered) - len(shown)}
    return run


def _sarif(run: dict[str, Any]) -> str:
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    """Return what code scanning shows beside a finding.

    There is no helpUri, since it would have to be absolute: where the page is published is not
    known.
    """
    usual = {"level": _LEVELS[rule.level]} if rule.level != "off" else {"enabled": False}
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.why}\n\nRemedy: {rule.remedy}.\n"
            f"Example: `reconciler rules {rule.id}`, or {PAGE}#{rule.id}",
            "markdown": f"{rule.why}\n\n**Remedy:** {rule.remedy}.\n\n"
            f"**Example:** `reconciler rules {rule.id}`, or [{PAGE}]({PAGE}#{rule.id}).",
        },
        "defaultConfiguration": usual,
    }


def _result(finding: Finding, rules: Sequence[str]) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{inert(finding.message)}: {inert(finding.remedy)}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.file)},
                    "region": region,
                }
            },
        ],
    }
