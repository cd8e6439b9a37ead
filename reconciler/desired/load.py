"""Reading all group files, and giving back either all their groups or all their problems."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.desired.characters import decode
from reconciler.desired.files import discover
from reconciler.desired.problem import Problem
from reconciler.desired.resolve import GroupDocument, resolve
from reconciler.desired.rules import across_files, unknown_environment, within_file
from reconciler.desired.shape import shape_problems
from reconciler.desired.yaml import Document, parse
from reconciler.errors import DesiredError, Finding
from reconciler.model import Declared


@dataclass(frozen=True, slots=True)
class Checked:
    """All group files and all that is wrong with them.

    Attributes:
        files: Names of all files in the right place, sorted, the bad ones included.
        documents: Those that could be read and have the right shape, in the same order.
        findings: Sorted by place.
    """

    files: tuple[str, ...]
    documents: tuple[GroupDocument, ...]
    findings: tuple[Finding, ...]


def check(root: Path, env: str | None) -> Checked:
    """Read and check all group files below `root`; needs no variable and no network.

    Rules that look at several files are checked for one environment, or for all of them where `env` is None.

    Raises:
        UsageError: No file mentions the environment.
    """
    places, findings = discover(root)
    documents = []
    for place in places:
        document, problems = _read(place.path)
        if not problems:
            documents.append(GroupDocument(place, document))
        if not document.problems:
            problems += within_file(document)
        findings += [problem.at(place.name) for problem in problems]
    if len(documents) == len(places):
        # With a file unread, an environment that only it mentions would seem unknown.
        unknown_environment(env, documents)
    findings += across_files(documents, env)
    return Checked(tuple(place.name for place in places), tuple(documents), tuple(sorted(findings, key=Finding.order)))


def load(root: Path, *, env: str | None, variables: Mapping[str, str]) -> tuple[Declared, ...]:
    """Return all desired groups, sorted by key, with overrides and `from_env` resolved.

    Args:
        root: The folder that holds `groups/`.
        env: Environment whose overrides apply.
        variables: Where `from_env` looks.

    Raises:
        DesiredError: With all problems of all files, where one is an error.
        UsageError: No file mentions the environment.
    """
    checked = check(root, env)
    resolved = [resolve(document, env, variables) for document in checked.documents]
    findings = [*checked.findings, *(problem for _, problems in resolved for problem in problems)]
    if any(finding.severity == "error" for finding in findings):
        raise DesiredError(findings)
    return tuple(sorted((declared for declared, _ in resolved), key=lambda declared: str(declared.group.key)))


def _read(path: Path) -> tuple[Document, list[Problem]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        return Document(), [
            Problem("unreadable", 1, 1, f"it cannot be read: {error.strerror}", "check its permissions")
        ]
    text, problem = decode(content)
    if problem:
        return Document(), [problem]
    document = parse(text)
    return document, document.problems or shape_problems(document)
