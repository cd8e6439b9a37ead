"""What programs read of plans, reviews, runs and failures, as models; the source of `schemas/`.

Pure: no I/O. `format_version` is `major.minor`: a minor step adds keys, a major one may break. Keys
are always there.
"""

import operator
from typing import Any, Literal

from pydantic import Field

from reconciler.apply.report import Cause, ResultStatus
from reconciler.errors import FailureKind, Severity
from reconciler.lint import Standing
from reconciler.model import Action, Integration, Model, SkippedWhy
from reconciler.plan.nouns import ChangeAction, Origin, UseCaseAction
from reconciler.plan.review import Standing as ReviewStanding

FORMAT_VERSION: Literal["1.2"] = "1.2"


class TargetDocument(Model):
    """One API, one environment name, and one account of those that a repository may hold."""

    api_url: str | None = Field(
        description="Base URL of the API; null is the sandbox on this machine."
    )
    env: str | None = Field(
        description="Environment whose overrides apply; null if none was chosen."
    )
    scope: str = Field(
        default="",
        exclude_if=operator.not_,
        description="Folder of the repository that holds the files; absent for the repository.",
    )


class SummaryDocument(Model):
    """How many groups the plan creates, updates and leaves, and how much is live without a file."""

    create: int = Field(ge=0, description="Groups to create.")
    update: int = Field(ge=0, description="Groups to update.")
    unchanged: int = Field(
        ge=0, description="Groups that equal live in all that their files declare."
    )
    unmanaged: int = Field(
        ge=0, description="Live groups and use cases that Git never had; never touched."
    )
    removed: int = Field(
        ge=0, description="Live groups and use cases that Git once had and the files have not."
    )
    pending: int | None = Field(
        description="Groups with what was merged before and is not applied yet; null without a"
        " base."
    )
    drift: int | None = Field(
        description="Groups in which somebody has changed live, which an apply reverts unless they"
        " are `drifted`; null without a base."
    )
    conflicts: int | None = Field(
        description="Groups in which both Git and live have changed; null without a base."
    )


class FieldDocument(Model):
    """A group-level field that changes."""

    path: str = Field(description="Name of the field.")
    before: str | None = Field(description="Live value; null if there is none.")
    after: str | None = Field(description="Desired value; null if the field is managed as empty.")
    line: int = Field(ge=1, description="Line of the group file that says so.")
    origin: Origin | None = Field(description="Whose change it is; null without a base.")


class ActionDocument(Action):
    """A text or call."""

    line: int = Field(ge=1, description="Line of the group file.")
    origin: Origin | None = Field(description="Whose change it is; null without a base.")


class EnabledDocument(Model):
    """Whether a use case contacts anybody, before and after."""

    before: bool | None = Field(description="Live; null for a new use case.")
    after: bool = Field(description="Desired.")
    origin: Origin | None = Field(
        description="Whose change it is; null without a base, or if nothing changes."
    )


class UseCaseDocument(Model):
    """A use case that changes."""

    use_case: str = Field(description="Name of the use case.")
    action: UseCaseAction = Field(description="`disable` if it was enabled and shall not be.")
    line: int = Field(ge=1, description="Line of the group file.")
    enabled: EnabledDocument
    added: list[ActionDocument] = Field(
        description="Rows that are not live; see `effects` for what begins."
    )
    removed: list[ActionDocument] = Field(
        description="Rows that are live and shall not be; see `effects` for what ends."
    )
    pruned: bool = Field(description="Whether it is disabled because Git has removed it.")


class InsteadDocument(Model):
    """A text or call that patients get in place of another one of the same use case."""

    use_case: str = Field(description="Name of the use case.")
    before: Action
    after: Action
    changed: list[str] = Field(
        description="Fields that differ, those first whose change patients notice least."
    )


class ContactDocument(Model):
    """A text or call that begins or ends."""

    use_case: str = Field(description="Name of the use case.")
    action: Action


class NumberDocument(Model):
    """How many texts and calls of an enabled use case patients get."""

    use_case: str = Field(description="Name of the use case.")
    before: int = Field(ge=0, description="As it is live.")
    after: int = Field(ge=0, description="As it is to be.")


class HourDocument(Model):
    """When texts and calls go out."""

    start_time: str | None = Field(description="Time of day; null if it is not set.")
    timezone: str | None = Field(description="Name of the time zone; null if it is not set.")


class MovedDocument(Model):
    """The hour before and after."""

    before: HourDocument
    after: HourDocument


class EffectsDocument(Model):
    """What patients notice of a change; only enabled use cases contact anybody."""

    before: int = Field(ge=0, description="Texts and calls of the whole group, as it is live.")
    after: int = Field(ge=0, description="Texts and calls of the whole group, as it is to be.")
    use_cases: list[NumberDocument] = Field(
        description="Of each use case that changes; what begins and what ends is the difference."
    )
    changes: list[InsteadDocument] = Field(description="What goes on as another one.")
    begins: list[ContactDocument] = Field(description="What is new.")
    ends: list[ContactDocument] = Field(description="What is no more.")
    moved: MovedDocument | None = Field(
        description="The hour, if what goes on goes out at another one; else null."
    )
    other_sheet: bool = Field(description="Whether the people come from another sheet.")
    other_assistant: bool = Field(description="Whether another assistant speaks.")


class ChangeDocument(Model):
    """A group to write."""

    key: str = Field(
        description="Identity of the group.", examples=["microsoft/appointment-reminders"]
    )
    group_id: str | None = Field(description="Id of the live group; null for one to create.")
    file: str = Field(description="The group file.")
    line: int = Field(ge=1, description="Line at which the group begins.")
    action: ChangeAction
    digest: str = Field(
        pattern="^sha256:[0-9a-f]{64}$",
        description="Equal digests mean the same parts of the same group of the target.",
    )
    fields: list[FieldDocument]
    use_cases: list[UseCaseDocument]
    effects: EffectsDocument
    request: dict[str, Any] = Field(description="Body of the one POST, with secrets hidden.")


class DriftedDocument(Model):
    """A group in which drift is left as it is: what would make live what the files say."""

    key: str = Field(description="Identity of the group.")
    group_id: str | None = Field(
        description="Id of the live group; null for one that is not live any more."
    )
    file: str = Field(description="The group file.")
    line: int = Field(ge=1, description="Line at which the group begins.")
    fields: list[FieldDocument]
    use_cases: list[UseCaseDocument]


class UnmanagedDocument(Model):
    """A live group without a file, or a live use case that its group's file does not name."""

    key: str = Field(description="Key of the live group.")
    group_id: str = Field(description="Id of the live group.")
    name: str = Field(description="Name of the live group.")
    use_case: str | None = Field(description="The use case; null if the whole group is meant.")
    enabled: bool | None = Field(
        description="Whether the use case is enabled; null if the whole group is meant."
    )
    removed: bool = Field(
        description="Whether Git once had it, so that --prune disables what is enabled of it."
    )


class SkippedDocument(Model):
    """A live row that is left alone, since no plan can be made with it."""

    integration: Integration = Field(description="The integration whose list holds it.")
    group_id: str | None = Field(description="Its id; null where it has none, or several.")
    place: str = Field(description="JSON path at which it stood in the answer.")
    slug: str | None = Field(description="Its slug; null where that cannot be read.")
    name: str | None = Field(description="Its name; null where that cannot be read.")
    why: SkippedWhy = Field(description="`odd`, or marked as `deleted`.")
    problem: str = Field(description="What is odd, or the mark.")
    note: str = Field(description="What follows for this plan; empty where nothing does.")


class UnreadDocument(Model):
    """An integration that could not be read, so that its groups are kept back."""

    integration: Integration = Field(description="Its name.")
    message: str = Field(description="Why it could not be read.")
    remedy: str = Field(description="What to do next.")
    groups: list[str] = Field(description="Keys of the groups that were not compared, sorted.")


class GuardDocument(Model):
    """A reason why nothing of this plan can be applied."""

    name: str = Field(description="Stable name of the guard.")
    file: str | None = Field(description="File to open; null if none is to blame.")
    line: int = Field(ge=1, description="Line in the file.")
    message: str = Field(description="What is wrong.")
    remedy: str = Field(description="What to do next.")


class FindingDocument(Model):
    """What a lint rule says of a group."""

    status: Standing = Field(
        description="`new` and `resolved` are against the base; without one all is `still`."
    )
    rule: str = Field(description="Id of the rule.")
    severity: Severity = Field(description="As the settings say; an error is never in a plan.")
    key: str = Field(description="The group.")
    file: str = Field(description="The group file; of what is resolved, as at the base.")
    line: int = Field(ge=1, description="Line in it.")
    message: str = Field(description="What is found.")
    remedy: str = Field(description="What to do next.")


class BusiestDocument(Model):
    """What one patient may get who is on every list of a sheet, where that changes."""

    first_day: int = Field(description="The day, or the first of the week.")
    last_day: int = Field(description="The same, or six more.")
    before: dict[str, int] = Field(description="Numbers by action type, as it is live.")
    after: dict[str, int] = Field(description="Numbers by action type, as it is to be.")
    changes: list[str] = Field(description="Keys of the changes that are about the sheet.")
    names: list[str] = Field(description="Names of the groups that contact the patient then.")


class PlanDocument(Model):
    """What `reconciler plan` would write and why, for programs."""

    format_version: Literal["1.2"] = Field(
        description="A minor step adds keys, a major one may break."
    )
    digest: str = Field(
        pattern="^sha256:[0-9a-f]{64}$",
        description="Of the target, and of the keys and digests of the changes.",
    )
    target: TargetDocument
    summary: SummaryDocument
    changes: list[ChangeDocument] = Field(description="Sorted by key.")
    patients: list[BusiestDocument] = Field(
        description="Of each sheet the day and the week that have most of those that change; days"
        " with one contact, and weeks with up to three, are not told."
    )
    drifted: list[DriftedDocument] = Field(
        description="Drift that `--drift leave` leaves; sorted by key, never written. A group may"
        " have other parts among the changes."
    )
    unmanaged: list[UnmanagedDocument] = Field(description="Listed, never touched.")
    skipped: list[SkippedDocument] = Field(description="Live, odd or deleted, and left alone.")
    unread: list[UnreadDocument] = Field(
        description="Integrations that could not be read; nothing is planned there."
    )
    guards: list[GuardDocument] = Field(description="Empty where nothing stands against applying.")
    findings: list[FindingDocument] = Field(
        description="Of groups that change, and what this branch adds and resolves."
    )


class ReviewedChangeDocument(Model):
    """A change that was reviewed."""

    key: str = Field(
        description="Identity of the group.", examples=["microsoft/appointment-reminders"]
    )
    digest: str = Field(
        pattern="^sha256:[0-9a-f]{64}$",
        description="Of the change, as `changes[].digest` of the plan.",
    )


class PullDocument(Model):
    """What one merged pull request was reviewed for."""

    number: int = Field(ge=1, description="Number of the pull request.")
    kind: Literal["reviewed", "no changes", "no comment", "no record"] = Field(
        description="What was found: a plan, an empty one, nothing, or a record that is none of"
        " what was merged."
    )
    digest: str = Field(
        pattern="^(sha256:[0-9a-f]{64}|none)$",
        description="Of the reviewed plan; `none` where there were no changes, or nobody reviewed"
        " any.",
    )
    changes: list[ReviewedChangeDocument] | None = Field(
        description="All changes of that plan, which is checked by its digest; null where they are"
        " not known, so that the plan counts as a whole."
    )


class ReviewedTargetDocument(Model):
    """What the reviews were for; the address of the API counts by the digests."""

    env: str | None = Field(
        description="Environment whose overrides apply; null if none was chosen."
    )
    scope: str = Field(
        default="",
        exclude_if=operator.not_,
        description="Folder of the repository that holds the files; absent for the repository.",
    )


class ReviewedDocument(Model):
    """What the merged pull requests were reviewed for, for `apply --expect`."""

    format_version: Literal["1.2"] = Field(
        description="A minor step adds keys, a major one may break."
    )
    commit: str = Field(description="The commit that is to be applied.")
    applied: str | None = Field(
        description="The commit that was applied before; null where that is not known."
    )
    target: ReviewedTargetDocument
    pulls: list[PullDocument] = Field(description="Merged since then, the oldest first.")


class ResultDocument(Model):
    """The outcome for one group."""

    key: str
    group_id: str | None
    action: ChangeAction
    status: ResultStatus
    cause: Cause
    message: str
    digest: str = Field(description="The change's, as `changes[].digest` of the plan.")


class LeftAloneDocument(Model):
    """A planned change that was not carried out, since it is not one that was reviewed."""

    key: str
    group_id: str | None
    digest: str = Field(description="The change's, as `changes[].digest` of the plan.")
    origins: list[Origin] = Field(description="Whose changes its parts are; empty without a base.")
    owed: bool = Field(
        description="Whether the run must not end well for it: Git wants something of it."
    )
    why: str


class StandingDocument(Model):
    """What became of a reviewed change when live state was looked at."""

    key: str | None = Field(
        description="The group's; null for a plan of which only the digest was known."
    )
    digest: str = Field(description="The change's, or that plan's.")
    standing: ReviewStanding = Field(
        description="`planned`: `results` say what became of it. `live`: it is what the files say."
        " `superseded`: by another reviewed change of the group. `left alone`, or `missing`."
    )
    why: str = Field(description="For what is missing; else empty.")


class ReportDocument(Model):
    """What `reconciler apply` did, for programs."""

    format_version: Literal["1.2"]
    digest: str
    target: TargetDocument
    exit_code: int
    stopped: str
    interrupted: bool
    others: list[str]
    unread: list[UnreadDocument]
    results: list[ResultDocument]
    left_alone: list[LeftAloneDocument] = Field(
        description="Planned and not carried out; empty for a run without --expect."
    )
    reviewed: list[StandingDocument] = Field(
        description="What was reviewed, in its order; empty for a run without --expect."
    )


class ProblemDocument(Model):
    """A problem at one place of a file, or a guard."""

    rule: str = Field(description="Id of the rule or guard; `reconciler rules ID` explains it.")
    severity: Severity
    file: str = Field(description="The file, from the top of the repository; may be empty.")
    line: int = Field(ge=1, description="Line in it.")
    column: int = Field(ge=1, description="Column in it, counted in characters.")
    message: str = Field(description="What is wrong.")
    remedy: str = Field(description="What to do next.")


class ErrorDocument(Model):
    """What ended a command."""

    kind: FailureKind = Field(description="Stable name of what kind of failure it is.")
    message: str = Field(description="What is wrong.")
    remedy: str = Field(description="What to do next; empty where nobody knows.")


class RequestDocument(Model):
    """The request that failed."""

    method: str = Field(description="HTTP method.")
    url: str = Field(description="Address.")
    status: int | None = Field(description="HTTP status of the answer; null if none came.")
    request_id: str | None = Field(description="The answer's X-Request-Id; null if it had none.")


class FailureDocument(Model):
    """What a command prints as JSON, and writes to a `.json` file of `--out`, when it fails."""

    format_version: Literal["1.2"] = Field(
        description="A minor step adds keys, a major one may break."
    )
    exit_code: int = Field(ge=1, description="What the process ends with.")
    error: ErrorDocument
    request: RequestDocument | None = Field(description="Null where the API was not the reason.")
    findings: list[ProblemDocument] = Field(
        description="Problems of group files, as of `validate --format json`, or the guards that"
        " refuse the plan."
    )
