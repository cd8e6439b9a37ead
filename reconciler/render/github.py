"""Findings and plans as annotations on the lines of a pull request: GitHub's workflow commands.

Pure: no I/O. GitHub shows ten annotations of each level and step, so more are counted in the last
one. Everything is escaped as the runner unescapes it, and text that files or the API chose is made
visible first, so that no line of it is taken for a command.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from reconciler.errors import Finding, Severity
from reconciler.plan.nouns import Plan
from reconciler.plan.risks import risks
from reconciler.render.people import RISK_TITLES, Name, Sentence, risk_names
from reconciler.text import visible

SHOWN: Final = 10
"""Annotations of one level that GitHub shows of one step."""

_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """One remark at one place, in the order of severity, file and line."""

    severity: Severity
    file: str
    line: int
    column: int
    title: str
    message: str


def findings_github(findings: Iterable[Finding]) -> str:
    """Return findings as workflow commands, one a line, errors first."""
    return _commands(
        Annotation(
            item.severity,
            item.file,
            item.line,
            item.column,
            item.rule,
            f"{item.message}: {item.remedy}",
        )
        for item in findings
    )


def plan_github(plan: Plan) -> str:
    """Return what of a plan refuses it or should be looked at twice, as workflow commands."""
    files = {change.key: change.declared.file for change in plan.changes}
    guards = (
        Annotation(
            "error", guard.file or "", guard.line, 1, guard.name, f"{guard.message}: {guard.remedy}"
        )
        for guard in plan.guards
    )
    twice = (
        Annotation(
            "warning",
            files[risk.key],
            risk.line,
            1,
            RISK_TITLES[risk.kind],
            _plain(risk_names(risk)),
        )
        for risk in risks(plan)
    )
    rules = (
        Annotation(
            one.lint.severity,
            one.lint.file,
            *one.lint.place,
            one.lint.rule,
            f"{one.lint.message}: {one.lint.remedy}",
        )
        for one in plan.advice
        if one.status == "new"
    )
    return _commands([*guards, *rules, *twice])


def _commands(annotations: Iterable[Annotation]) -> str:
    listed = list(annotations)
    return "".join(
        line
        for level in _LEVELS
        for line in _of_level([item for item in listed if item.severity == level])
    )


def _of_level(listed: list[Annotation]) -> Iterator[str]:
    for number, item in enumerate(listed[:SHOWN], start=1):
        more = len(listed) - SHOWN if number == SHOWN else 0
        rest = f" (and {more} more, which GitHub does not show here)" if more > 0 else ""
        place = (
            f"file={_property(item.file)},line={item.line},col={item.column}," if item.file else ""
        )
        yield (
            f"::{_LEVELS[item.severity]}"
            f" {place}title={_property(item.title)}::{_data(item.message + rest)}\n"
        )


def _plain(sentence: Sentence) -> str:
    return "".join(piece.text if isinstance(piece, Name) else piece for piece in sentence)


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
