"""Everything that can go wrong, as data; the command line formats it once, at the edge.

    ReconcilerError               exit 1   something a person must act on
    ├── UsageError                exit 64  the command was not understood
    ├── DesiredError              exit 1   the group files have problems; holds every one of them
    ├── ConfigError               exit 1   pyproject.toml or the environment is wrong
    └── ApiError                  exit 1   the API could not be read, or answered something unknown
        └── AccessError           exit 1   the API refused the key; nothing else is worth trying

Pure: no I/O. A bug is none of these: it keeps its traceback.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at one place of a file, with what to do about it.

    Attributes:
        rule: Stable id of the rule, in kebab-case.
        severity: An error stops a plan; a warning does not.
        file: Path as the user would type it, from the top of the repository, with forward slashes.
        line: 1-based.
        column: 1-based, counted in characters.
        message: What is wrong, in one sentence without a full stop.
        remedy: What to do next, in one sentence without a full stop.
    """

    rule: str
    severity: Severity
    file: str
    line: int
    column: int
    message: str
    remedy: str

    def order(self) -> tuple[str, int, int, str, str]:
        """Return the key by which findings are sorted: file, then place, then rule."""
        return self.file, self.line, self.column, self.rule, self.message


class ReconcilerError(Exception):
    """An expected failure; its text says what, why and what to do next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(ReconcilerError):
    """The command line asked for something that does not exist, such as a key without a file."""

    exit_code: ClassVar[int] = 64


class DesiredError(ReconcilerError):
    """The group files cannot be used. `findings` holds all problems of all files, sorted."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=Finding.order))
        super().__init__(f"{len(self.findings)} problems in the group files")


class ConfigError(ReconcilerError):
    """A setting outside the group files is missing or malformed."""


class ApiError(ReconcilerError):
    """The API could not be reached, or its answer is not one that is known.

    Never holds the key, a request body or an answer's body: those may carry secrets.

    Attributes:
        method: HTTP method of the request.
        url: Its URL.
        status: HTTP status of the answer, or None where none came.
        request_id: The answer's `X-Request-Id`, or None.
    """

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


class AccessError(ApiError):
    """The API answered 401 or 403."""
