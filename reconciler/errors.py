"""Everything that can go wrong, and the rules that say so, as data; formatted once, at the edge.

    ReconcilerError               exit 1   something a person must act on
    ├── UsageError                exit 64  the command was not understood
    ├── DesiredError              exit 1   the group files have problems; holds every one of them
    ├── ConfigError               exit 1   pyproject.toml or the environment is wrong
    ├── StaleError                exit 3   the plan is not the one that was reviewed
    ├── RefusedError              exit 4   a guard stands against the plan
    └── ApiError                  exit 1   the API could not be read, or answered something unknown
        ├── RowError          exit 1   the group that it answered is odd, or marked as deleted
        └── AccessError           exit 1   the API refused the key; nothing else is worth trying

Pure: no I/O. A bug is none of these: it keeps its traceback. A `Failure` is what programs are told
of each, and of a bug too.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from reconciler.text import count, masked

if TYPE_CHECKING:  # pydantic is not for those who only ask for --help
    from reconciler.model import Key, Skipped


class ExitCode(IntEnum):
    """What the program ends with; errors win over changes."""

    DONE = 0
    """All is done, or there was nothing to do."""
    ERROR = 1
    """Something is wrong; nothing is known to be half done."""
    CHANGES = 2
    """There are changes; only if the caller asks for it."""
    STALE = 3
    """Live state has moved, or this is not the reviewed plan; nothing was written."""
    REFUSED = 4
    """A guard stands against the plan; nothing was written."""
    PARTLY = 5
    """Some of it is done, or it is not known what is; the report says."""
    USAGE = 64
    """The command was not understood."""


Severity = Literal["error", "warning", "info"]

Level = Literal["error", "warning", "info", "off"]

Kind = Literal["people", "file", "guard"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at one place of a file, with what to do about it. `Rule.found` makes it.

    Attributes:
        rule: Stable id of the rule, in kebab-case.
        severity: An error stops a plan; a warning does not.
        file: Path as the user would type it, from the top of the repository, with forward slashes;
            empty until it is known.
        line: 1-based.
        column: 1-based, counted in characters.
        message: What is wrong, in one sentence without a full stop.
        remedy: What to do next, in one sentence without a full stop.
        key: The group, if the rule is about people.
        path: What it is about within the group, as `Declared.positions` names it, likewise.
    """

    rule: str
    severity: Severity
    file: str
    line: int
    column: int
    message: str
    remedy: str
    key: "Key | None" = None
    path: str = ""

    @property
    def place(self) -> tuple[int, int]:
        """Line and column."""
        return self.line, self.column

    @property
    def identity(self) -> "tuple[str, Key | None, str]":
        """What makes it the same finding on two commits, whatever its line and words are."""
        return self.rule, self.key, self.path

    def in_file(self, name: str) -> "Finding":
        """Return it with the file that it is in; who reads a text does not know its name."""
        return replace(self, file=name)

    def order(self) -> tuple[str, int, int, str, str]:
        """Return the key by which findings are sorted: file, then place, then rule."""
        return self.file, self.line, self.column, self.rule, self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What stands behind an id that is printed: why it is there, and what to do about it.

    Attributes:
        id: Stable, in kebab-case; no two rules of any kind share one.
        kind: About people (`reconciler.lint`), of files (`reconciler.desired.catalogue`), or a
            guard (`reconciler.plan.guards`).
        level: Of a rule about people unless the settings say otherwise. A guard is an error.
        title: What it finds, in a few words that a clinic's manager understands.
        why: Why somebody should care, and what exactly is looked at.
        remedy: What to do next, without a full stop; a finding may know better.
        example: A group file that it finds something in; of a guard what a plan then says.
        source: Where it comes from; "inferred" where nobody has written it down.
    """

    id: str
    kind: Kind
    level: Level
    title: str
    why: str
    remedy: str
    example: str
    source: str

    def found(
        self,
        message: str,
        *,
        file: str = "",
        place: tuple[int, int] = (1, 1),
        remedy: str = "",
        severity: Severity | None = None,
    ) -> Finding:
        """Return a finding of this rule; what looks like a link is hidden in its words.

        Args:
            message: What is wrong.
            file: Where, if that is known yet.
            place: Line and column.
            remedy: What to do next, if more is known than the rule says.
            severity: As the settings say, or else as the rule does; one that is off only informs.
        """
        usual: Severity = "info" if self.level == "off" else self.level
        # Somebody may have put the link of a sheet anywhere, and whoever has it may open the sheet.
        words = masked(message), masked(remedy) or self.remedy
        return Finding(self.id, severity or usual, file, *place, *words)


FailureKind = Literal[
    "error",
    "usage",
    "files",
    "config",
    "stale",
    "guard",
    "api",
    "access",
    "aborted",
    "system",
    "bug",
]
"""What kind of failure ended a command; `error` is what has no kind of its own."""


class ReconcilerError(Exception):
    """An expected failure; its text says what, why and what to do next.

    Attributes:
        message: What and why.
        remedy: What to do next.
        told: Whether people have been told already, so that only programs are still to be.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.ERROR
    kind: ClassVar[FailureKind] = "error"
    findings: tuple[Finding, ...] = ()
    told: bool = False

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(ReconcilerError):
    """The command line asked for something that does not exist, such as a key without a file."""

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE
    kind: ClassVar[FailureKind] = "usage"


class DesiredError(ReconcilerError):
    """The group files cannot be used. `findings` holds all problems of all files, sorted."""

    kind: ClassVar[FailureKind] = "files"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=Finding.order))
        super().__init__(f"{count(len(self.findings), 'problem')} in the group files")


class StaleError(ReconcilerError):
    """It is not, or no more, what may be carried out; nothing was written."""

    exit_code: ClassVar[ExitCode] = ExitCode.STALE
    kind: ClassVar[FailureKind] = "stale"


class Refusal(Protocol):
    """What stands against a plan: `reconciler.plan.nouns.Guard`, which this module may not know."""

    @property
    def name(self) -> str:
        """Id of the guard."""
        ...

    @property
    def message(self) -> str:
        """What is wrong."""
        ...

    @property
    def remedy(self) -> str:
        """How it is lifted."""
        ...

    @property
    def file(self) -> str | None:
        """File to open, if one is to blame."""
        ...

    @property
    def line(self) -> int:
        """Line in it."""
        ...


class RefusedError(ReconcilerError):
    """A guard stands against a plan, and somebody wants to carry it out all the same.

    `findings` holds all that do.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED
    kind: ClassVar[FailureKind] = "guard"

    def __init__(self, guards: Collection[Refusal]) -> None:
        self.findings = tuple(
            Finding(one.name, "error", one.file or "", one.line, 1, one.message, one.remedy)
            for one in guards
        )
        super().__init__(
            f"nothing was written: the plan is refused by {len(guards)} guard"
            f"{'' if len(guards) == 1 else 's'}",
            remedy="`plan` says which, and how each is lifted",
        )


class ConfigError(ReconcilerError):
    """A setting outside the group files is missing or malformed."""

    kind: ClassVar[FailureKind] = "config"


class ApiError(ReconcilerError):
    """The API could not be reached, or its answer is not one that is known.

    Never holds the key, a request body or an answer's body: those may carry secrets.

    Attributes:
        method: HTTP method of the request.
        url: Its URL.
        status: HTTP status of the answer, or None if none came.
        request_id: The answer's `X-Request-Id`, or None.
    """

    kind: ClassVar[FailureKind] = "api"

    def __init__(
        self,
        message: str,
        *,
        method: str,
        url: str,
        status: int | None = None,
        request_id: str | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.method = method
        self.url = url
        self.status = status
        self.request_id = request_id


class RowError(ApiError):
    """The API answered a group that no plan can be made with: odd, or marked as deleted.

    Attributes:
        row: What can be read of it.
    """

    def __init__(self, error: ApiError, row: "Skipped") -> None:
        super().__init__(
            error.message,
            method=error.method,
            url=error.url,
            status=error.status,
            request_id=error.request_id,
            remedy=error.remedy,
        )
        self.row = row


class AccessError(ApiError):
    """The API answered 401 or 403."""

    kind: ClassVar[FailureKind] = "access"


@dataclass(frozen=True, slots=True)
class Failure:
    """How a command has ended, as programs are told.

    Attributes:
        kind: Stable name of what kind of failure it is.
        exit_code: What the process ends with.
        message: What is wrong.
        remedy: What to do next; empty where nobody knows.
        findings: Problems of group files, or guards.
        api: The error of the API, if it is one.
    """

    kind: FailureKind
    exit_code: ExitCode
    message: str
    remedy: str = ""
    findings: tuple[Finding, ...] = ()
    api: ApiError | None = None

    @classmethod
    def of(cls, error: ReconcilerError) -> "Failure":
        """Return what programs are told of an expected failure."""
        api = error if isinstance(error, ApiError) else None
        return cls(error.kind, error.exit_code, error.message, error.remedy, error.findings, api)
