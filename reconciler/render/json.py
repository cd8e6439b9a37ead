"""Plans, runs and findings as JSON for programs.

Pure: no I/O. Secrets are "(hidden)", and what looks like a link is hidden too. Other values are as
they are, and whatever is not ASCII is escaped, so no character acts on a terminal.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import SecretStr

from reconciler.apply.report import Report
from reconciler.errors import Failure, Finding, Rule
from reconciler.model import Action, Model, Skipped, Target
from reconciler.plan.effects import Contact, Hour, effects
from reconciler.plan.nouns import Change, Origin, Plan, Unmanaged, Unread, UseCaseChange
from reconciler.plan.patients import busiest
from reconciler.plan.timeline import Timeline
from reconciler.render.file_models import (
    InitDocument,
    ListDocument,
    PullResultDocument,
    ShowDocument,
)
from reconciler.render.models import (
    FORMAT_VERSION,
    ActionDocument,
    BusiestDocument,
    ChangeDocument,
    ContactDocument,
    DriftedDocument,
    EffectsDocument,
    EnabledDocument,
    ErrorDocument,
    FailureDocument,
    FieldDocument,
    FindingDocument,
    GuardDocument,
    HourDocument,
    InsteadDocument,
    LeftAloneDocument,
    MovedDocument,
    NumberDocument,
    PlanDocument,
    ProblemDocument,
    ReportDocument,
    RequestDocument,
    ResultDocument,
    ReviewedDocument,
    SkippedDocument,
    StandingDocument,
    SummaryDocument,
    TargetDocument,
    UnmanagedDocument,
    UnreadDocument,
    UseCaseDocument,
)
from reconciler.render.rows import first_places
from reconciler.render.rules import level_of
from reconciler.render.words import HIDDEN
from reconciler.settings import LintSettings
from reconciler.text import masked


def plan_json(plan: Plan) -> str:
    """Return a plan as the JSON of a PlanDocument."""
    return dumped(plan_document(plan))


def plan_document(plan: Plan) -> PlanDocument:
    """Return a plan as programs read it."""
    return PlanDocument(
        format_version=FORMAT_VERSION,
        digest=plan.digest,
        target=target_document(plan.target),
        summary=SummaryDocument(
            create=plan.count("create"),
            update=plan.count("update"),
            unchanged=len(plan.unchanged),
            unmanaged=plan.count_unmanaged(removed=False),
            removed=plan.count_unmanaged(removed=True),
            pending=plan.count_origin("pending") if plan.three_way else None,
            drift=plan.count_origin("drift") if plan.three_way else None,
            conflicts=plan.count_origin("conflict") if plan.three_way else None,
        ),
        changes=[_change(change) for change in plan.changes],
        patients=[
            BusiestDocument(
                first_day=one.first,
                last_day=one.last,
                before=shown_value(one.before),
                after=shown_value(one.after),
                changes=[masked(str(subject.key)) for subject in one.subjects],
                names=[masked(name) for name in one.names],
            )
            for one in busiest(plan)
        ],
        drifted=[
            DriftedDocument(
                key=masked(str(change.key)),
                group_id=change.subject.group_id or None,
                file=change.declared.file,
                line=change.declared.position("")[0],
                fields=_fields(change),
                use_cases=[_use_case(change, part) for part in change.use_cases],
            )
            for change in plan.drifted
        ],
        unmanaged=[unmanaged_document(item) for item in plan.unmanaged],
        skipped=[skipped_document(row) for row in plan.skipped],
        unread=[unread_document(one) for one in plan.unread],
        guards=[
            GuardDocument(
                name=guard.name,
                file=guard.file,
                line=guard.line,
                message=guard.message,
                remedy=guard.remedy,
            )
            for guard in plan.guards
        ],
        findings=[
            FindingDocument(
                status=one.standing,
                rule=one.finding.rule,
                severity=one.finding.severity,
                key=masked(str(one.finding.key)),
                file=one.finding.file,
                line=one.finding.line,
                message=one.finding.message,
                remedy=one.finding.remedy,
            )
            for one in plan.advice
        ],
    )


def report_json(report: Report) -> str:
    """Return the outcome of a run as a ReportDocument."""
    document = ReportDocument(
        format_version=FORMAT_VERSION,
        digest=report.digest,
        target=target_document(report.target),
        exit_code=report.exit_code,
        stopped=report.stopped,
        interrupted=report.interrupted,
        others=list(report.others),
        unread=[unread_document(one) for one in report.unread],
        results=[
            ResultDocument(
                key=masked(str(result.key)),
                group_id=result.group_id,
                action=result.action,
                status=result.status,
                cause=result.cause,
                message=result.message,
                digest=result.digest,
            )
            for result in report.results
        ],
        left_alone=[
            LeftAloneDocument(
                key=masked(str(one.change.key)),
                group_id=one.change.subject.group_id or None,
                digest=one.change.digest,
                origins=list(one.origins),
                owed=one.owed,
                why=one.why,
            )
            for one in (report.review.left if report.review else ())
        ],
        reviewed=[
            StandingDocument(
                key=one.key or None, digest=one.digest, standing=one.standing, why=one.why
            )
            for one in (report.review.reviewed if report.review else ())
        ],
    )
    return dumped(document)


def findings_json(findings: Iterable[Finding]) -> str:
    """Return findings as `{"format_version", "findings": [...]}`."""
    listed = [_problem(finding).model_dump() for finding in findings]
    return _dump({"format_version": FORMAT_VERSION, "findings": listed})


def rules_json(rules: Iterable[Rule], settings: LintSettings) -> str:
    """Return rules as `{"format_version", "rules": [...]}`, each at the level that it has."""
    listed = [{**asdict(rule), "level": level_of(rule, settings)} for rule in rules]
    return _dump({"format_version": FORMAT_VERSION, "rules": listed})


def timelines_json(timelines: Iterable[Timeline]) -> str:
    """Return timelines as `{"format_version", "timelines": [...]}`, times and days as they are."""
    listed = [
        {
            "key": str(one.key),
            "name": one.name,
            "start_time": one.hour.time,
            "timezone": one.hour.zone,
            "next_run": one.next_run.isoformat() if one.next_run else None,
            "use_cases": [
                {
                    "use_case": lane.use_case,
                    "actions": [mark.action.model_dump() for mark in lane.marks],
                }
                for lane in one.lanes
            ],
            "off": list(one.off),
        }
        for one in timelines
    ]
    return _dump({"format_version": FORMAT_VERSION, "timelines": shown_value(listed)})


def failure_json(failure: Failure) -> str:
    """Return how a command has failed as the JSON of a FailureDocument."""
    api = failure.api
    document = FailureDocument(
        format_version=FORMAT_VERSION,
        exit_code=failure.exit_code,
        error=ErrorDocument(kind=failure.kind, message=failure.message, remedy=failure.remedy),
        request=RequestDocument(
            method=api.method, url=api.url, status=api.status, request_id=api.request_id
        )
        if api
        else None,
        findings=[_problem(finding) for finding in failure.findings],
    )
    return dumped(document)


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `plan --format json`."""
    return _schema(PlanDocument, "plan", "Plan")


def failure_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what takes its place when a command fails."""
    return _schema(FailureDocument, "failure", "Failure")


def reviewed_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what `apply --expect` reads of pull requests."""
    return _schema(ReviewedDocument, "reviewed", "Reviewed")


def pull_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `pull --format json`."""
    return _schema(PullResultDocument, "pull", "Pull")


def init_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `init --format json`."""
    return _schema(InitDocument, "init", "Init")


def show_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `show --format json`."""
    return _schema(ShowDocument, "show", "Show")


def list_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `list --format json`."""
    return _schema(ListDocument, "list", "List")


def _schema(model: type[Model], name: str, title: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:reconciler:{name}:1",
        **model.model_json_schema(mode="serialization"),
        "title": title,
    }


def target_document(target: Target) -> TargetDocument:
    """Return a target as programs read it."""
    return TargetDocument(api_url=target.api_url, env=target.env, scope=target.scope)


def dumped(document: Model) -> str:
    """Return a document as JSON."""
    return _dump(document.model_dump())


def _dump(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


def _problem(finding: Finding) -> ProblemDocument:
    return ProblemDocument(
        **{name: getattr(finding, name) for name in ProblemDocument.model_fields}
    )


def _change(change: Change) -> ChangeDocument:
    return ChangeDocument(
        key=masked(str(change.key)),
        group_id=change.subject.group_id or None,
        file=change.declared.file,
        line=change.declared.position("")[0],
        action=change.action,
        digest=change.digest,
        fields=_fields(change),
        use_cases=[_use_case(change, part) for part in change.use_cases],
        effects=_effects(change),
        request=shown_value(change.request),
    )


def _effects(change: Change) -> EffectsDocument:
    seen = effects(change)
    was, now = map(_hour, seen.moved or (Hour(None, None), Hour(None, None)))
    return EffectsDocument(
        before=seen.before,
        after=seen.after,
        use_cases=[
            NumberDocument(use_case=masked(one.use_case), before=one.before, after=one.after)
            for one in seen.numbers
        ],
        changes=[
            InsteadDocument(
                use_case=masked(one.use_case),
                before=_action(one.turn.before),
                after=_action(one.turn.after),
                changed=list(one.turn.changed),
            )
            for one in seen.turns
        ],
        begins=[_contact(one) for one in seen.begins],
        ends=[_contact(one) for one in seen.ends],
        moved=MovedDocument(before=was, after=now) if seen.moved else None,
        other_sheet=seen.other_sheet,
        other_assistant=seen.other_assistant,
    )


def _contact(one: Contact) -> ContactDocument:
    return ContactDocument(use_case=masked(one.use_case), action=_action(one.action))


def _action(one: Action) -> Action:
    return Action(**shown_value(one.model_dump()))


def _hour(hour: Hour) -> HourDocument:
    return HourDocument(start_time=shown_value(hour.time), timezone=shown_value(hour.zone))


def _fields(change: Change) -> list[FieldDocument]:
    return [
        FieldDocument(
            path=field.path,
            before=shown_value(field.before),
            after=shown_value(field.after),
            line=change.declared.position(field.path)[0],
            origin=change.origins.get((field.path,)),
        )
        for field in change.fields
    ]


def _use_case(change: Change, part: UseCaseChange) -> UseCaseDocument:
    path = f"use_cases.{part.use_case}"

    def line(place: str) -> int:
        return change.declared.position(f"{path}{place}")[0]

    def origin(*rest: str | Action) -> Origin | None:
        return change.origins.get(("use_cases", part.use_case, *rest))

    def action(item: Action, place: str) -> ActionDocument:
        values = shown_value(item.model_dump())
        return ActionDocument(**values, line=line(place), origin=origin(item))

    places = first_places(part.after)
    return UseCaseDocument(
        use_case=masked(part.use_case),
        action=part.action,
        line=line(""),
        enabled=EnabledDocument(
            before=part.before.enabled if part.before else None,
            after=part.after.enabled,
            origin=origin("enabled") if part.before else origin(),
        ),
        added=[action(item, f".actions.{places[item]}") for item in part.added],
        removed=[action(item, ".actions") for item in part.removed],
        pruned=part.use_case in change.pruned,
    )


def unmanaged_document(item: Unmanaged) -> UnmanagedDocument:
    """Return what is live and in no file as programs read it."""
    return UnmanagedDocument(
        key=masked(str(item.key)),
        group_id=item.group_id,
        name=masked(item.name),
        use_case=masked(item.use_case.use_case) if item.use_case else None,
        enabled=item.use_case.enabled if item.use_case else None,
        removed=item.removed,
    )


def skipped_document(row: Skipped) -> SkippedDocument:
    """Return a row that is left alone as programs read it."""
    return SkippedDocument(
        integration=row.integration,
        group_id=row.group_id,
        place=row.place,
        slug=masked(row.slug) or None,
        name=masked(row.name) or None,
        why=row.why,
        problem=masked(row.problem),
        note=row.note,
    )


def unread_document(one: Unread) -> UnreadDocument:
    """Return an integration that could not be read as programs read it."""
    return UnreadDocument(
        integration=one.integration,
        message=one.problem,
        remedy=one.remedy,
        groups=[str(key) for key in one.groups],
    )


def shown_value(value: Any) -> Any:
    """Return a value, or all of what is within it, without secrets and links."""
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, Mapping):
        return {masked(name): shown_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown_value(item) for item in value]
    return masked(value) if isinstance(value, str) else value
