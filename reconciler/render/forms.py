"""The forms in which a plan, a run, findings, rules and timelines are shown: one table for each.

Pure: no I/O. The choices of `--format`, the endings of `--out` and the files of `tests/cases` are
read from these tables, so a form is its module and its line here. A form that is not in a table is
an error: none stands in for another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from reconciler.apply.report import Report
from reconciler.errors import Failure, Finding, Rule
from reconciler.plan.nouns import Plan
from reconciler.plan.timeline import Timeline
from reconciler.render.github import failure_github, findings_github, plan_github
from reconciler.render.html import plan_html
from reconciler.render.init import InitOutcome, init_json, init_text
from reconciler.render.json import (
    failure_json,
    findings_json,
    plan_json,
    report_json,
    rules_json,
    timelines_json,
)
from reconciler.render.listing import (
    Listing,
    Shown,
    listing_json,
    listing_text,
    shown_json,
    shown_text,
)
from reconciler.render.markdown import plan_markdown
from reconciler.render.presentation import Presentation
from reconciler.render.pull import PullOutcome, pull_json, pull_text
from reconciler.render.rules import ALL, rule_markdown, rule_text, rules_markdown, rules_text
from reconciler.render.sarif import failure_sarif, findings_sarif
from reconciler.render.text import checked_text, plan_text, report_text
from reconciler.render.timeline import (
    timelines_html,
    timelines_mermaid,
    timelines_svg,
    timelines_text,
)
from reconciler.settings import LintSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """One way to show something.

    Attributes:
        name: What `--format` calls it.
        suffix: What a file's name ends in that asks for it, with the dot; None if it is no file.
        render: Returns all of it, its last newline included.
    """

    name: str
    suffix: str | None
    render: Callable[[T, Presentation], str]


@dataclass(frozen=True, slots=True)
class Validation:
    """What `validate` found, in how many files it looked, and for which environment if for one."""

    findings: Sequence[Finding]
    files: int
    env: str | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A rule or guard to explain, None for the list of all; and the levels that settings give."""

    rule: Rule | None
    settings: LintSettings


def table(*forms: Form[T]) -> Mapping[str, Form[T]]:
    """Return forms by name, in their order; raises ValueError if two have one name or suffix."""
    names = [form.name for form in forms]
    endings = [form.suffix for form in forms if form.suffix]
    if len({*names}) < len(names) or len({*endings}) < len(endings):
        raise ValueError(f"two forms have one name or suffix: {names}, {endings}")
    return dict(zip(names, forms, strict=True))


def suffixes(forms: Mapping[str, Form[T]]) -> list[str]:
    """Return what names of files may end in."""
    return [form.suffix for form in forms.values() if form.suffix]


def by_suffix(forms: Mapping[str, Form[T]], suffix: str) -> Form[T]:
    """Return the form that a file's suffix asks for; raises KeyError if there is none."""
    return {form.suffix: form for form in forms.values() if form.suffix}[suffix]


def _plan_text(plan: Plan, shown: Presentation) -> str:
    target = f"{shown.sentence}\n\n" if shown.sentence else ""
    return target + plan_text(
        plan, days=shown.days, color=shown.color, summary=shown.summary, width=shown.width
    )


PLAN_FORMS: Final[Mapping[str, Form[Plan]]] = table(
    Form("text", ".txt", _plan_text),
    Form("markdown", ".md", plan_markdown),
    Form("html", ".html", plan_html),
    Form("json", ".json", lambda plan, _: plan_json(plan)),
    Form("github", None, lambda plan, shown: plan_github(plan, shown.days)),
)

REPORT_FORMS: Final[Mapping[str, Form[Report]]] = table(
    Form("text", ".txt", lambda report, shown: report_text(report, color=shown.color)),
    Form("json", ".json", lambda report, _: report_json(report)),
)

RULE_FORMS: Final[Mapping[str, Form[Explained]]] = table(
    Form(
        "text",
        None,
        lambda it, _: rule_text(it.rule, it.settings) if it.rule else rules_text(it.settings),
    ),
    Form("markdown", None, lambda it, _: rule_markdown(it.rule) if it.rule else rules_markdown()),
    Form(
        "json",
        None,
        lambda it, _: rules_json([it.rule] if it.rule else ALL.values(), it.settings),
    ),
)

FINDING_FORMS: Final[Mapping[str, Form[Validation]]] = table(
    Form(
        "text",
        None,
        lambda it, shown: checked_text(it.findings, it.files, it.env, color=shown.color),
    ),
    Form("json", None, lambda it, _: findings_json(it.findings)),
    Form("github", None, lambda it, _: findings_github(it.findings)),
    Form("sarif", None, lambda it, _: findings_sarif(it.findings)),
)

TIMELINE_FORMS: Final[Mapping[str, Form[Sequence[Timeline]]]] = table(
    Form("text", None, timelines_text),
    Form("mermaid", None, timelines_mermaid),
    Form("svg", None, lambda them, shown: timelines_svg(them, shown) + "\n"),
    Form("html", None, timelines_html),
    Form("json", None, lambda them, _: timelines_json(them)),
)

PULL_FORMS: Final[Mapping[str, Form[PullOutcome]]] = table(
    Form("text", None, lambda it, shown: pull_text(it, color=shown.color)),
    Form("json", None, lambda it, _: pull_json(it)),
)

INIT_FORMS: Final[Mapping[str, Form[InitOutcome]]] = table(
    Form("text", None, lambda it, _: init_text(it)),
    Form("json", None, lambda it, _: init_json(it)),
)

LIST_FORMS: Final[Mapping[str, Form[Listing]]] = table(
    Form("text", None, lambda them, _: listing_text(them)),
    Form("json", None, lambda them, _: listing_json(them)),
)

SHOW_FORMS: Final[Mapping[str, Form[Shown]]] = table(
    Form("text", None, lambda it, _: shown_text(it)),
    Form("json", None, lambda it, _: shown_json(it)),
)

FAILURE_FORMS: Final[Mapping[str, Form[Failure]]] = table(
    Form("json", ".json", lambda it, _: failure_json(it)),
    Form("github", None, lambda it, _: failure_github(it)),
    Form("sarif", None, lambda it, _: failure_sarif(it)),
)
"""In place of what a command prints and writes when it fails; other forms are for people."""
