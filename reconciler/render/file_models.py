"""What programs read of pulled files and of lists of groups, as models; as `models`.

Pure: no I/O.
"""

from typing import Literal

from pydantic import Field

from reconciler.model import Action, Model
from reconciler.plan.listing import State
from reconciler.pull.nouns import Why
from reconciler.render.models import (
    SkippedDocument,
    TargetDocument,
    UnmanagedDocument,
    UnreadDocument,
)

_STATE = (
    "`equal`: as the file says. `drift`: somebody changed live since the base. `differs`:"
    " otherwise. `not live`: there is only the file. `unclear`: it is not known which live group"
    " the file means. `unmanaged`: there is no file."
)
_VERSION = "A minor step adds keys, a major one may break."
_PATH = "Where in the group: `start_time`, `use_cases.LAB_REMINDER.actions`; empty is all of it."


class LeftDocument(Model):
    """A part of live state that a file does not take."""

    path: str = Field(description=_PATH)
    why: Why = Field(
        description="`conflict`: the file's author has changed it too. `rule`: no file may hold it."
        " `guard`: which live group is meant is not known. `edit`: the text could not be edited."
        " `yours`: only the author has changed it. `gone`: it is not live any more. `variable`: it"
        " comes from a variable. `unmanaged`: the file does not have it."
    )
    message: str = Field(description="The reason.")
    rule: str = Field(
        description="Id of the rule or guard that is against it; empty where none is."
    )
    missed: bool = Field(description="Whether somebody has to act for it to be taken; exit 1.")


class PulledDocument(Model):
    """A group file and what live state makes of it."""

    file: str = Field(description="The group file.")
    key: str = Field(description="Identity of the group.", examples=["microsoft/recall"])
    status: Literal["new", "changed", "unchanged", "not written"] = Field(
        description="What became of it, or would, by `written` of the whole."
    )
    taken: list[str] = Field(description=f"Parts of live state. {_PATH} Of a new file none.")
    left: list[LeftDocument] = Field(description="What it does not take.")
    variable: str = Field(
        description="Variable that has to hold the sheet's link; empty if none has to."
    )
    shared: list[str] = Field(
        description="Other environments, for which a new file or the use cases that it takes hold,"
        " too."
    )
    diff: str = Field(description="Unified diff, links hidden; empty if nothing changes.")
    problem: str = Field(description="Why it could not be written; empty if it could.")


class PullResultDocument(Model):
    """What `reconciler pull` made of group files, for programs."""

    format_version: Literal["1.2"] = Field(description=_VERSION)
    target: TargetDocument
    exit_code: int = Field(description="What the process ends with.")
    written: bool = Field(description="False with --dry-run and --check: nothing was written.")
    files: list[PulledDocument] = Field(
        description="Those that differ from live state, sorted by name."
    )
    strays: list[UnmanagedDocument] = Field(
        description="Live groups that have no file and get none."
    )
    skipped: list[SkippedDocument] = Field(description="Live, odd or deleted, and left alone.")
    unread: list[UnreadDocument] = Field(description="Integrations that could not be read.")


class BegunDocument(Model):
    """A file that a repository should have beside its groups."""

    file: str = Field(description="The file, from the folder that holds groups/.")
    status: Literal["new", "unchanged", "left", "not written"] = Field(
        description="`new`: it was not there. `unchanged`: it is there and says all of it. `left`:"
        " it is there, says something else, and was not touched."
    )
    text: str = Field(description="Its content if it is new, else empty.")
    add: str = Field(description="What to add to it by hand; empty where that is nothing.")
    advice: str = Field(description="What else to do with it; empty where that is nothing.")
    problem: str = Field(description="Why it could not be written; empty if it could.")


class InitDocument(Model):
    """What `reconciler init` made of a folder, for programs."""

    format_version: Literal["1.2"] = Field(description=_VERSION)
    exit_code: int = Field(description="What the process ends with.")
    written: bool = Field(description="False with --dry-run: nothing was written.")
    environments: list[str] = Field(description="In the order in which they are applied.")
    groups: PullResultDocument = Field(description="The group files, as of `pull`.")
    files: list[BegunDocument] = Field(description="The others, sorted by path.")
    steps: list[str] = Field(description="What is left for a person to do, in order.")


class ListedDocument(Model):
    """A live group, or a file whose group is not live."""

    key: str = Field(description="Identity of the group.", examples=["microsoft/recall"])
    group_id: str | None = Field(description="Id of the live group; null where it is not live.")
    name: str = Field(description="Its name.")
    timezone: str | None = Field(description="Its time zone; null where it has none.")
    start_time: str | None = Field(description="Its time of day; null where it has none.")
    enabled: int = Field(ge=0, description="Use cases that contact somebody.")
    use_cases: int = Field(ge=0, description="All of its use cases.")
    file: str | None = Field(description="Its file; null where it has none.")
    state: State = Field(description=_STATE)


class ListDocument(Model):
    """What `reconciler list` shows, for programs."""

    format_version: Literal["1.2"] = Field(description=_VERSION)
    target: TargetDocument
    groups: list[ListedDocument] = Field(description="Sorted by key.")
    skipped: list[SkippedDocument] = Field(description="Live, odd or deleted, and left alone.")
    unread: list[UnreadDocument] = Field(description="Integrations that could not be read.")


class ContentDocument(Model):
    """A use case as it is live."""

    use_case: str = Field(description="Its name.")
    enabled: bool = Field(description="Whether patients are contacted for it.")
    actions: list[Action] = Field(description="Its texts and calls.")


class GroupDocument(Model):
    """A live group, with secrets hidden."""

    group_id: str = Field(description="Its id.")
    name: str = Field(description="Its name.")
    slug: str = Field(description="Its slug.")
    assistant_id: str | None = Field(description="The assistant that speaks; null is none.")
    sheet_link: str | None = Field(description="`(hidden)`; null where it has none.")
    timezone: str | None = Field(description="Its time zone; null where it has none.")
    start_time: str | None = Field(description="Its time of day; null where it has none.")
    use_cases: list[ContentDocument] = Field(description="In the order of the answer.")
    unknown: list[str] = Field(description="Names of fields that this program does not know.")


class ShowDocument(Model):
    """What `reconciler show` shows, for programs."""

    format_version: Literal["1.2"] = Field(description=_VERSION)
    target: TargetDocument
    key: str = Field(description="Identity of the group.", examples=["microsoft/recall"])
    file: str | None = Field(description="Its file; null where it has none.")
    state: State = Field(description=_STATE)
    group: GroupDocument
    left: list[LeftDocument] = Field(description="What no file may hold.")
