"""The nouns: a use-case group as it is wanted and as it is, in one frozen shape for both.

Pure: no I/O. Types are strict, values are not judged: live state may hold anything the dashboard
lets people type, and a plan must be able to show it. What a *file* may say is narrower and lives in
`reconciler.desired.document`.

A field that is absent is unmanaged and a field that is None is managed as empty, so both differ:
`Group.declared` lists the fields that were given. Normalising happens here, when a `Group` is
built, and nowhere else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import Final, Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

Integration = Literal["microsoft", "google"]
INTEGRATIONS: Final[tuple[Integration, ...]] = get_args(Integration)

SHEET_HOSTS: Final[Mapping[Integration, tuple[str, ...]]] = {
    "microsoft": ("1drv.ms", "onedrive.live.com", "sharepoint.com"),
    "google": ("docs.google.com", "drive.google.com"),
}
"""Hosts, their subdomains included, at which the sheets of an integration have been seen."""

USE_CASE: Final = "^[A-Z][A-Z0-9_]*$"
"""Names of use cases that a file may hold; live ones may be others."""

_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def link_host(link: str) -> str | None:
    """Return the host of an https link, in lower case; None if no program could open the link.

    Brackets hold an IPv6 address, a port is a number up to 65535, and every part of a name is there
    and, where it is written in ASCII for another script, one that can be read back.
    """
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
        if parts.scheme != "https" or port == 0:
            return None
        if "[" in parts.netloc:
            return str(IPv6Address(host.partition("%")[0]))
        labels = host.removesuffix(".").split(".")
        readable = all(
            _LABEL.fullmatch(label) and label.encode().decode("idna") for label in labels
        )
    except ValueError:
        # Also what is raised for an address, a port and a name.
        return None
    return host if readable else None


_SHORT_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")


class Model(BaseModel):
    """Strict, frozen, no unknown fields; never repeats an input in an error: it may be secret."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class Key(NamedTuple):
    """A group's identity, `integration/slug`."""

    integration: Integration
    slug: str

    def __str__(self) -> str:
        return f"{self.integration}/{self.slug}"


class Action(Model):
    """One text or call of a use case; it has no identity, and its order means nothing."""

    action_type: str = Field(description="SMS or CALL.")
    context: str = Field(description="Context that the assistant is given.")
    day: int = Field(description="Day, as the API counts it.")
    template_name: str = Field(description="Template that is sent or spoken.")


class UseCase(Model):
    """One reason to contact patients, identified by `use_case` within its group."""

    use_case: str
    enabled: bool
    actions: tuple[Action, ...]

    @property
    def contacts_somebody(self) -> bool:
        """Whether patients get anything of it: what is off or empty is only prepared."""
        return self.enabled and bool(self.actions)


class Unknown(Model):
    """A field of live state that this program does not know; of its value only a digest is kept.

    Attributes:
        use_case: The use case that holds it, itself or in an action; None is the group itself.
        action: The action that holds it, or None.
        name: As the API spells it: hostile text.
        digest: Hex digits that are the same for the same value. Never shown, as short values can
            be guessed from it.
    """

    use_case: str | None = None
    action: Action | None = None
    name: str
    digest: str


class Group(Model):
    """A use-case group, desired or live.

    Attributes:
        integration: Part of the path, not of the body.
        group_id: 24 hex digits; of a live group always given, of a desired one if its file pins
            it.
        name: Human-friendly name.
        slug: With `integration` the group's key.
        assistant_id: The assistant that speaks; None is "no assistant".
        sheet_link: A bearer secret, hence wrapped: it cannot be printed by accident.
        timezone: Name of the tz database.
        start_time: `HH:MM:SS`, local to `timezone`.
        use_cases: In the order in which they were given, which means nothing.
        unknown: What live holds besides, kept in mind so that its loss is seen. It is no content:
            neither declared nor compared with files, never sent, saved or shown but for names.
    """

    integration: Integration
    group_id: str | None = None
    name: str
    slug: str
    assistant_id: str | None = None
    sheet_link: SecretStr | None = None
    timezone: str | None = None
    start_time: str | None = None
    use_cases: tuple[UseCase, ...] = ()
    unknown: tuple[Unknown, ...] = Field(default=(), exclude=True, repr=False)

    @field_validator("assistant_id", "sheet_link", "timezone", "start_time", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """Read an empty text as no value: a server may store either for a cleared field."""
        return None if value == "" else value

    @field_validator("start_time")
    @classmethod
    def _with_seconds(cls, value: str | None) -> str | None:
        """Write 08:00 as 08:00:00, as the API documents it."""
        return f"{value}:00" if value is not None and _SHORT_TIME.fullmatch(value) else value

    @property
    def key(self) -> Key:
        """The group's identity."""
        return Key(self.integration, self.slug)

    @property
    def declared(self) -> frozenset[str]:
        """Names of the fields that were given, those given as None included."""
        return frozenset(self.model_fields_set - {"unknown"})


GROUP_FIELDS: Final = tuple(
    name
    for name in Group.model_fields
    if name not in {"integration", "group_id", "use_cases", "unknown"}
)
"""The group-level fields of a request body, in the order of comparing, sending and showing."""


Position = tuple[int, int]
"""Line and column, both 1-based."""


@dataclass(frozen=True, slots=True)
class FileComment:
    """A comment of a group file that is meant for this program: `# reconciler: ...`.

    Attributes:
        place: Where it begins.
        about: The lines that it speaks of: its own, or for a comment on a line of its own the next
            one with content, and then that of the key whose value begins there, since formatters
            move a comment from behind such a key to below it.
        text: What stands behind the colon.
    """

    place: Position
    about: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A desired group and where each of its values is written.

    Attributes:
        group: The group, environment and `from_env` resolved.
        file: Path from the top of the repository, with forward slashes.
        positions: Where each value stands, by path: `start_time`, `use_cases.LAB_REMINDER`,
            `use_cases.LAB_REMINDER.enabled`, `use_cases.LAB_REMINDER.actions`,
            `use_cases.LAB_REMINDER.actions.0`. The empty path is the group itself. A path that is
            not listed stands where its parent does.
        gone: Whether the file is no longer there, and only a base commit has it.
        variable: Name of the variable that `sheet_link` comes from; None if the link itself
            stands in the file.
        comments: Those that are meant for this program, in the order of the file.
        notes: What reviewers should know of use cases and actions, by their paths; never sent.
        protected: Whether ending one of its use cases has to be allowed; never sent.
    """

    group: Group
    file: str
    positions: Mapping[str, Position] = field(default_factory=dict)
    gone: bool = False
    variable: str | None = None
    comments: tuple[FileComment, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False

    def position(self, path: str) -> Position:
        """Return where the value at a path stands, or else its nearest listed parent."""
        while path not in self.positions and path:
            path = path.rpartition(".")[0]
        return self.positions.get(path, (1, 1))


@dataclass(frozen=True, slots=True)
class Target:
    """One API, one environment name, and one account of those that a repository may hold.

    Attributes:
        api_url: Normalised base URL, or None for the sandbox, whose port says nothing about it.
        env: Name of the environment whose overrides apply, or None.
        scope: Which folder of its repository holds the files, as its path there; empty for the
            repository itself, and for the sandbox, which is the folder's own.
    """

    api_url: str | None = None
    env: str | None = None
    scope: str = ""

    def __str__(self) -> str:
        place = self.api_url or "sandbox"
        which = [f"environment {self.env}"] if self.env else []
        which += [f"scope {self.scope}"] if self.scope else []
        return f"{place} ({', '.join(which)})" if which else place


def place_name(env: str | None, scope: str) -> str:
    """Return what people call an environment, and of which folder it is; empty if of neither."""
    return " of ".join(part for part in (env, scope) if part)


SkippedWhy = Literal["odd", "deleted"]
"""`odd` is not as a group is assumed to be, `deleted` is marked as that."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row of live state that is left alone, since no plan can be made with it.

    Attributes:
        integration: The one whose list holds it.
        place: The JSON path at which it stood in the answer.
        why: Whether it is odd, or marked as deleted.
        problem: What is odd, or the mark: a clause that is safe to show.
        ids: The well-formed ids that it gives, case aside; usually one.
        readings: The group as far as it can be read, name and slug empty where they cannot be; one,
            or two where two spellings of a field disagree.
        vague: Names of its use cases that could be read in part only, or are there twice.
        note: What a plan adds, as a clause; empty where that is nothing.
    """

    integration: Integration
    place: str
    why: SkippedWhy
    problem: str
    ids: tuple[str, ...]
    readings: tuple[Group, ...] = field(repr=False)
    vague: frozenset[str] = frozenset()
    note: str = ""

    @property
    def group_id(self) -> str | None:
        """Its id; None where it has none, or several."""
        return self.ids[0] if len(self.ids) == 1 else None

    @property
    def name(self) -> str:
        """Its name; empty where that cannot be read."""
        return self.readings[0].name

    @property
    def slug(self) -> str:
        """Its slug, likewise."""
        return self.readings[0].slug

    @property
    def words(self) -> str:
        """What is to be said of it, as a clause behind "it is"."""
        return self.problem if self.why == "deleted" else f"odd: {self.problem}"

    def __str__(self) -> str:
        told = self.group_id or self.place
        return (
            f"{self.integration}/{self.slug} ({told})"
            if self.slug
            else (f"the {self.integration} group {told}")
        )
