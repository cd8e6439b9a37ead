"""Plans, runs and findings as JSON for programs.

Pure: no I/O. The documents are models, and `schemas/plan.schema.json` is generated from them. `format_version` is
`major.minor`: a minor step adds keys, a major one may break. Keys are always there; secrets are "(hidden)"; whatever is
not ASCII is escaped, so no character acts on a terminal.
"""

import json
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field, SecretStr

from reconciler.base import Origin
from reconciler.diff import UseCaseAction, UseCaseChange
from reconciler.errors import Finding, Severity
from reconciler.lint import Status
from reconciler.model import Action, Model
from reconciler.plan import Change, ChangeAction, Plan, Unmanaged
from reconciler.render.rows import HIDDEN
from reconciler.report import Cause, Report
from reconciler.report import Status as ResultStatus

FORMAT_VERSION: Literal["1.0"] = "1.0"


class TargetDocument(Model):
    """One API and one environment name."""

    api_url: str | None = Field(description="Base URL of the API; null is the sandbox on this machine.")
    env: str | None = Field(description="Environment whose overrides apply; null where none was chosen.")


class SummaryDocument(Model):
    """How many groups the plan creates, updates and leaves, and how much is live without a file."""

    create: int = Field(ge=0, description="Groups to create.")
    update: int = Field(ge=0, description="Groups to update.")
    unchanged: int = Field(ge=0, description="Groups that equal live in all that their files declare.")
    unmanaged: int = Field(ge=0, description="Live groups and use cases that no file names; never touched.")
    drift: int | None = Field(description="Groups in which an apply reverts somebody's change; null without a base.")
    conflicts: int | None = Field(description="Groups in which both Git and live have changed; null without a base.")


class FieldDocument(Model):
    """A group-level field that changes."""

    path: str = Field(description="Name of the field.")
    before: str | None = Field(description="Live value; null where there is none.")
    after: str | None = Field(description="Desired value; null where the field is managed as empty.")
    line: int = Field(ge=1, description="Line of the group file that says so.")
    origin: Origin | None = Field(description="Whose change it is; null without a base.")


class ActionDocument(Model):
    """A text or call."""

    action_type: str = Field(description="SMS or CALL.")
    context: str = Field(description="Context that the assistant is given.")
    day: int = Field(description="Day, as the API counts it.")
    template_name: str = Field(description="Template that is sent or spoken.")
    line: int = Field(ge=1, description="Line of the group file.")
    origin: Origin | None = Field(description="Whose change it is; null without a base.")


class EnabledDocument(Model):
    """Whether a use case contacts anybody, before and after."""

    before: bool | None = Field(description="Live; null for a new use case.")
    after: bool = Field(description="Desired.")
    origin: Origin | None = Field(description="Whose change it is; null without a base, or where nothing changes.")


class UseCaseDocument(Model):
    """A use case that changes."""

    use_case: str = Field(description="Name of the use case.")
    action: UseCaseAction = Field(description="`disable` where it was enabled and shall not be.")
    line: int = Field(ge=1, description="Line of the group file.")
    enabled: EnabledDocument
    added: list[ActionDocument] = Field(description="Actions that begin.")
    removed: list[ActionDocument] = Field(description="Actions that end.")
    pruned: bool = Field(description="Whether it is disabled because Git has removed it.")


class ChangeDocument(Model):
    """A group to write."""

    key: str = Field(description="Identity of the group.", examples=["microsoft/appointment-reminders"])
    file: str = Field(description="The group file.")
    line: int = Field(ge=1, description="Line at which the group begins.")
    action: ChangeAction
    fields: list[FieldDocument]
    use_cases: list[UseCaseDocument]
    request: dict[str, Any] = Field(description="Body of the one POST, with secrets hidden.")


class UnmanagedDocument(Model):
    """A live group without a file, or a live use case that its group's file does not name."""

    key: str = Field(description="Key of the live group.")
    group_id: str = Field(description="Id of the live group.")
    name: str = Field(description="Name of the live group.")
    use_case: str | None = Field(description="The use case; null where the whole group is meant.")
    enabled: bool | None = Field(description="Whether the use case is enabled; null where the whole group is meant.")
    removed: bool = Field(description="Whether the base commit has it, so that --prune disables what is enabled of it.")


class GuardDocument(Model):
    """A reason why nothing of this plan can be applied."""

    name: str = Field(description="Stable name of the guard.")
    file: str | None = Field(description="File to open; null where none is to blame.")
    line: int = Field(ge=1, description="Line in the file.")
    message: str = Field(description="What is wrong.")
    remedy: str = Field(description="What to do next.")


class FindingDocument(Model):
    """What a lint rule says of a group."""

    status: Status = Field(description="`new` and `resolved` are against the base; without one all is `still`.")
    rule: str = Field(description="Id of the rule.")
    severity: Severity = Field(description="As the settings say; an error is never in a plan.")
    key: str = Field(description="The group.")
    file: str = Field(description="The group file; of what is resolved, as at the base.")
    line: int = Field(ge=1, description="Line in it.")
    message: str = Field(description="What is found.")
    remedy: str = Field(description="What to do next.")


class PlanDocument(Model):
    """What `reconciler plan` would write and why, for programs."""

    format_version: Literal["1.0"] = Field(description="A minor step adds keys, a major one may break.")
    digest: str = Field(pattern="^sha256:[0-9a-f]{64}$", description="Equal digests mean the same writes.")
    target: TargetDocument
    summary: SummaryDocument
    changes: list[ChangeDocument] = Field(description="Sorted by key.")
    unmanaged: list[UnmanagedDocument] = Field(description="Listed, never touched.")
    guards: list[GuardDocument] = Field(description="Empty where nothing stands against applying.")
    findings: list[FindingDocument] = Field(
        description="Of groups that change, and what this branch adds and resolves."
    )


class ResultDocument(Model):
    """The outcome for one group."""

    key: str
    action: ChangeAction
    status: ResultStatus
    cause: Cause
    message: str


class ReportDocument(Model):
    """What `reconciler apply` did, for programs."""

    format_version: Literal["1.0"]
    digest: str
    target: TargetDocument
    exit_code: int
    stopped: str
    interrupted: bool
    others: list[str]
    results: list[ResultDocument]


def plan_json(plan: Plan) -> str:
    """Return a plan as the JSON of a PlanDocument."""
    return _dump(plan_document(plan).model_dump())


def plan_document(plan: Plan) -> PlanDocument:
    """Return a plan as programs read it."""
    return PlanDocument(
        format_version=FORMAT_VERSION,
        digest=plan.digest,
        target=TargetDocument(api_url=plan.target.api_url, env=plan.target.env),
        summary=SummaryDocument(
            create=plan.count("create"),
            update=plan.count("update"),
            unchanged=len(plan.unchanged),
            unmanaged=len(plan.unmanaged),
            drift=plan.count_origin("drift") if plan.three_way else None,
            conflicts=plan.count_origin("conflict") if plan.three_way else None,
        ),
        changes=[_change(change) for change in plan.changes],
        unmanaged=[_unmanaged(item) for item in plan.unmanaged],
        guards=[
            GuardDocument(name=guard.name, file=guard.file, line=guard.line, message=guard.message, remedy=guard.remedy)
            for guard in plan.guards
        ],
        findings=[
            FindingDocument(
                status=one.status,
                rule=one.lint.rule,
                severity=one.lint.severity,
                key=str(one.lint.key),
                file=one.lint.file,
                line=one.lint.place[0],
                message=one.lint.message,
                remedy=one.lint.remedy,
            )
            for one in plan.advice
        ],
    )


def report_json(report: Report) -> str:
    """Return the outcome of a run as a ReportDocument."""
    document = ReportDocument(
        format_version=FORMAT_VERSION,
        digest=report.digest,
        target=TargetDocument(api_url=report.target.api_url, env=report.target.env),
        exit_code=report.exit_code,
        stopped=report.stopped,
        interrupted=report.interrupted,
        others=list(report.others),
        results=[
            ResultDocument(
                key=str(result.key),
                action=result.action,
                status=result.status,
                cause=result.cause,
                message=result.message,
            )
            for result in report.results
        ],
    )
    return _dump(document.model_dump())


def findings_json(findings: Iterable[Finding]) -> str:
    """Return findings as `{"format_version", "findings": [...]}`."""
    names = ("rule", "severity", "file", "line", "column", "message", "remedy")
    listed = [{name: getattr(finding, name) for name in names} for finding in findings]
    return _dump({"format_version": FORMAT_VERSION, "findings": listed})


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `plan --format json`."""
    schema = PlanDocument.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:reconciler:plan:1",
        **schema,
        "title": "Plan",
    }


def _dump(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


def _change(change: Change) -> ChangeDocument:
    return ChangeDocument(
        key=str(change.key),
        file=change.declared.file,
        line=change.declared.position("")[0],
        action=change.action,
        fields=[
            FieldDocument(
                path=field.path,
                before=_shown(field.before),
                after=_shown(field.after),
                line=change.declared.position(field.path)[0],
                origin=change.origins.get((field.path,)),
            )
            for field in change.fields
        ],
        use_cases=[_use_case(change, part) for part in change.use_cases],
        request={name: _shown(value) for name, value in change.request.items()},
    )


def _use_case(change: Change, part: UseCaseChange) -> UseCaseDocument:
    path = f"use_cases.{part.use_case}"

    def line(place: str) -> int:
        return change.declared.position(f"{path}{place}")[0]

    def origin(*rest: str | Action) -> Origin | None:
        return change.origins.get(("use_cases", part.use_case, *rest))

    def action(item: Action, place: str) -> ActionDocument:
        return ActionDocument(**item.model_dump(), line=line(place), origin=origin(item))

    return UseCaseDocument(
        use_case=part.use_case,
        action=part.action,
        line=line(""),
        enabled=EnabledDocument(
            before=part.before.enabled if part.before else None,
            after=part.after.enabled,
            origin=origin("enabled") if part.before else origin(),
        ),
        added=[action(item, f".actions.{part.after.actions.index(item)}") for item in part.added],
        removed=[action(item, ".actions") for item in part.removed],
        pruned=part.use_case in change.pruned,
    )


def _unmanaged(item: Unmanaged) -> UnmanagedDocument:
    return UnmanagedDocument(
        key=str(item.key),
        group_id=item.group_id,
        name=item.name,
        use_case=item.use_case.use_case if item.use_case else None,
        enabled=item.use_case.enabled if item.use_case else None,
        removed=item.removed,
    )


def _shown(value: Any) -> Any:
    return HIDDEN if isinstance(value, SecretStr) else value
