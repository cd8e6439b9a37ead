"""The tables of forms: each form is itself, and a command offers what is in its table."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
import pytest

from reconciler.apply.report import Report, Result
from reconciler.cli import cli
from reconciler.errors import Finding
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.plan.timeline import timeline
from reconciler.render.forms import (
    FINDING_FORMS,
    PLAN_FORMS,
    REPORT_FORMS,
    RULE_FORMS,
    TIMELINE_FORMS,
    Explained,
    Form,
    Validation,
    by_suffix,
    suffixes,
    table,
)
from reconciler.render.presentation import Presentation
from reconciler.settings import LintSettings
from tests.builders import desired, use_case

PLAN = build_plan([desired(start_time="08:00", use_cases=(use_case("A"),))], [], Target())
SUBJECTS: dict[str, tuple[Mapping[str, Form[Any]], object]] = {
    "plan": (PLAN_FORMS, PLAN),
    "apply": (
        REPORT_FORMS,
        Report(Target(), PLAN.digest, (Result(PLAN.changes[0].key, "create", "applied"),)),
    ),
    "validate": (
        FINDING_FORMS,
        Validation(
            [Finding("unknown-key", "error", "groups/google/x.yaml", 1, 2, "wrong", "right")], 3
        ),
    ),
    "rules": (RULE_FORMS, Explained(None, LintSettings())),
    "timeline": (
        TIMELINE_FORMS,
        [timeline(PLAN.changes[0].declared.group, now=datetime(2026, 11, 25, tzinfo=UTC))],
    ),
}


@pytest.mark.parametrize("name", SUBJECTS)
def test_no_form_prints_another(name: str) -> None:
    """Of one thing, each form says it in its own way, to the end of its last line."""
    forms, subject = SUBJECTS[name]
    told = {form.name: form.render(subject, Presentation()) for form in forms.values()}
    assert all(text.endswith("\n") for text in told.values())
    assert len({*told.values()}) == len(forms)


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_command_offers_its_table(name: str) -> None:
    """In the choice of `--format`, and in the help of `--out`."""
    forms, _ = SUBJECTS[name]
    command = cli.get_command(click.Context(cli), name)
    assert command
    options = {option.name: option for option in command.params if "--json" not in option.opts}
    if choice := options.get("output"):
        assert isinstance(choice.type, click.Choice)
        assert [*choice.type.choices] == [*forms]
    if out := options.get("outputs"):
        assert isinstance(out, click.Option)
        assert all(suffix in (out.help or "") for suffix in suffixes(forms))
    assert choice or out


def test_colour_is_a_matter_of_the_presentation() -> None:
    """Where a form has colours, they add nothing but colour."""
    for forms, subject in SUBJECTS.values():
        plain, painted = (
            forms["text"].render(subject, Presentation(color=color)) for color in (False, True)
        )
        assert click.unstyle(painted) == plain


def test_text_names_the_target_where_it_is_given() -> None:
    """A page has its title for that; a terminal has the sentence."""
    text = PLAN_FORMS["text"].render
    assert text(PLAN, Presentation(sentence="To x.")) == "To x.\n\n" + text(PLAN, Presentation())


def test_what_is_not_there_is_an_error() -> None:
    """Nothing stands in for it; a form that is no file has no suffix to be found by."""
    assert by_suffix(PLAN_FORMS, ".md").name == "markdown"
    for suffix in (".csv", "", ".github"):
        with pytest.raises(KeyError):
            by_suffix(PLAN_FORMS, suffix)
    with pytest.raises(KeyError):
        PLAN_FORMS["csv"]


def test_two_forms_of_one_name_or_suffix() -> None:
    """One of them would be forgotten."""

    def shown(plan: Plan, _: Presentation) -> str:
        return plan.digest

    for other in (Form("a", ".b", shown), Form("b", ".a", shown)):
        with pytest.raises(ValueError, match="two forms have one name or suffix"):
            table(Form("a", ".a", shown), other)
    assert [*table(Form("a", None, shown), Form("b", None, shown))] == ["a", "b"]
