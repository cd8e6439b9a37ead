"""Findings and plans as annotations on the lines of a pull request: GitHub's workflow commands.

Pure: no I/O. GitHub shows ten annotations of each level and step, so more are counted in the last
one. Everything is escaped as the runner unescapes it, and text that files or the API chose is made
visible first, so that no line of it is taken for a command.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.errors import Failure, Finding, Severity
from reconciler.plan.nouns import Plan
from reconciler.plan.risks import RISKS
from reconciler.plan.story import Story, stories
from reconciler.render.story import part_words
from reconciler.render.words import (
    DRIFT_LEFT,
    RISK_TITLES,
    drifted_parts,
    plain,
    skipped_key,
    skipped_words,
    unread_title,
)
from reconciler.settings import DayMeans
from reconciler.text import masked, sentence_case, visible

SHOWN: Final = 10
"""Annotations of one level that GitHub shows of one step."""

_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}


def findings_github(findings: Iterable[Finding]) -> str:
    """Return findings as workflow commands, one a line, errors first."""
    return _commands((item.severity, _finding(item)) for item in findings)


def failure_github(failure: Failure) -> str:
    """Return how a command has failed: each finding, or where there is none what ended it."""
    if failure.findings:
        return findings_github(failure.findings)
    words = [text for text in (failure.message, failure.remedy) if text]
    return _commands([("error", _remark("", 1, f"reconciler: {failure.kind}", *words))])


def plan_github(plan: Plan, days: DayMeans = "before") -> str:
    """Return what of a plan refuses it or should be looked at twice, as workflow commands."""
    remarks: list[tuple[Severity, str]] = [
        ("error", _remark(guard.file or "", guard.line, guard.name, guard.message, guard.remedy))
        for guard in plan.guards
    ]
    remarks += [
        ("error", _remark("", 1, unread_title(one), one.problem, one.remedy)) for one in plan.unread
    ]
    remarks += [
        (
            "info",
            _remark(
                "", 1, "Left alone", masked(f"{skipped_key(row)}: {plain(skipped_words(row))}")
            ),
        )
        for row in plan.skipped
    ]
    remarks += [
        (
            "info",
            _remark(
                change.declared.file,
                change.declared.position("")[0],
                sentence_case(DRIFT_LEFT),
                masked(plain(drifted_parts(change))),
            ),
        )
        for change in plan.drifted
    ]
    remarks += [
        (one.finding.severity, _finding(one.finding))
        for one in plan.advice
        if one.standing == "new"
    ]
    remarks += [("warning", remark) for remark in _risks(stories(plan), days)]
    return _commands(remarks)


def _risks(told: Iterable[Story], days: DayMeans) -> Iterator[str]:
    """Yield what to look at twice, by kind and then by key, in the words of its group's story."""
    found = [(risk, story) for story in told for risk in story.risks]
    for risk, story in sorted(found, key=lambda pair: (RISKS.index(pair[0].kind), pair[1].key)):
        noticed = [part_words(part, story, days) for part in story.parts if part.name in risk.parts]
        words = "; ".join(map(plain, noticed)) or ", ".join(risk.parts)
        text = masked(f"{story.name} ({story.key}): {words}")
        yield _remark(story.change.declared.file, risk.line, RISK_TITLES[risk.kind], text)


def _finding(item: Finding) -> str:
    return _remark(item.file, item.line, item.rule, item.message, item.remedy, column=item.column)


def _remark(file: str, line: int, title: str, *words: str, column: int = 1) -> str:
    """Return what stands behind the level of a command: place, title and words."""
    place = f"file={_property(file)},line={line},col={column}," if file else ""
    return f"{place}title={_property(title)}::{_data(': '.join(words))}"


def _commands(remarks: Iterable[tuple[Severity, str]]) -> str:
    listed = list(remarks)
    return "".join(
        line
        for level, command in _LEVELS.items()
        for line in _of_level(command, [remark for at, remark in listed if at == level])
    )


def _of_level(command: str, listed: list[str]) -> Iterator[str]:
    for number, remark in enumerate(listed[:SHOWN], start=1):
        more = len(listed) - SHOWN if number == SHOWN else 0
        rest = f" (and {more} more, which GitHub does not show here)" if more > 0 else ""
        yield f"::{command} {remark}{rest}\n"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(masked(text)).replace(":", "%3A").replace(",", "%2C")
