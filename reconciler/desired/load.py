"""Reading all group files, and giving back either all their groups or all their problems."""

from collections import Counter
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reconciler.desired import catalogue
from reconciler.desired.content import parsed
from reconciler.desired.environments import choose, mentioned, misnamed
from reconciler.desired.files import EXTENSIONS, discover, is_ours, placed
from reconciler.desired.leftovers import leftovers
from reconciler.desired.resolve import Checked, GroupDocument, resolve
from reconciler.desired.rules import across_files, within_file
from reconciler.desired.select import meant
from reconciler.desired.yaml import Document
from reconciler.errors import DesiredError, Finding
from reconciler.model import INTEGRATIONS, Declared, Integration


@dataclass(frozen=True, slots=True)
class Loaded:
    """All desired groups.

    Attributes:
        declared: Sorted by key, with overrides and `from_env` resolved.
        environments: What files mention, sorted.
        findings: What is no reason to refuse them, sorted by place.
        unset: Names of the variables that only groups that are not chosen would need, and that do
            not hold a link, sorted; these groups are without it.
    """

    declared: tuple[Declared, ...]
    environments: tuple[str, ...]
    findings: tuple[Finding, ...]
    unset: tuple[str, ...] = ()


def check(
    root: Path,
    env: str | None,
    listed: Collection[str] = (),
    integrations: Collection[Integration] = INTEGRATIONS,
) -> Checked:
    """Read and check all group files below `root`; needs no variable and no network.

    Rules that look at several files are checked for one environment, or for all of them if `env`
    is None.

    Args:
        root: The folder that holds `groups/`.
        env: Environment whose overrides apply, or None.
        listed: Environments that the settings list; empty if they list none.
        integrations: Those that the account has.

    Raises:
        UsageError: Neither a file nor the settings know the environment.
    """
    places, findings = discover(root, integrations)
    documents = []
    for place in places:
        document, problems = _read(root / place.name)
        if not problems:
            documents.append(GroupDocument(place, document))
        if document.readable:
            problems += document.beside([*within_file(document), *leftovers(document)])
        findings += [problem.in_file(place.name) for problem in problems]
    if len(documents) == len(places):
        # With a file unread, an environment that only it mentions would seem unknown.
        choose(env, documents, listed)
    findings += [*misnamed(documents, listed), *across_files(documents, env)]
    return Checked(
        tuple(place.name for place in places),
        tuple(documents),
        tuple(sorted(findings, key=Finding.order)),
    )


def load(
    root: Path,
    *,
    env: str | None,
    variables: Mapping[str, str],
    listed: Collection[str] = (),
    selectors: Sequence[str] = (),
    integrations: Collection[Integration] = INTEGRATIONS,
) -> Loaded:
    """Return all desired groups.

    Args:
        root: The folder that holds `groups/`.
        env: Environment whose overrides apply.
        variables: Where `from_env` looks.
        listed: As of `check`.
        selectors: What is chosen; only that needs its variables. None chooses all, and one that
            means nothing here is for others to refuse.
        integrations: Those that the account has.

    Raises:
        DesiredError: With all problems of all files, if one is an error.
        UsageError: As of `check`.
    """
    checked = check(root, env, listed, integrations)
    resolved = [resolve(document, env, variables) for document in checked.documents]
    declared = sorted((entry for entry, _ in resolved), key=lambda entry: str(entry.group.key))
    chosen = meant(declared, selectors, root)
    needed = [not selectors or entry.file in chosen for entry, _ in resolved]
    findings = list(checked.findings)
    unset: set[str] = set()
    for (entry, problems), need in zip(resolved, needed, strict=True):
        if need:
            findings += problems
        elif problems:
            unset.add(str(entry.variable))
    if any(finding.severity == "error" for finding in findings):
        raise DesiredError(findings)
    return Loaded(
        tuple(declared), tuple(environments(checked)), tuple(findings), tuple(sorted(unset))
    )


def in_environment(checked: Checked, env: str | None) -> list[Declared]:
    """Return the groups of an environment as files alone say them: no links from variables."""
    return [resolve(document, env, {})[0] for document in checked.documents]


def environments(checked: Checked) -> list[str]:
    """Return the environments that files mention, sorted."""
    return mentioned(checked.documents)


@dataclass(frozen=True, slots=True)
class Said:
    """What a file of an earlier commit says.

    Attributes:
        findings: What is wrong with it.
        document: The file, if that is nothing.
        declared: Its group, likewise.
    """

    findings: tuple[Finding, ...]
    document: GroupDocument | None = None
    declared: Declared | None = None


Known = MutableMapping[tuple[str, bytes], Said]
"""What files of earlier commits say, by path and content, for one environment and its variables."""


def load_base(
    files: Mapping[str, bytes],
    *,
    env: str | None,
    variables: Mapping[str, str],
    known: Known | None = None,
) -> tuple[tuple[Declared, ...], tuple[Finding, ...]]:
    """Return the groups at a commit that can be read, sorted by key, and what is wrong with others.

    A bad file there is no reason to refuse today's: it was not reviewed by these rules, and nothing
    of it is sent.

    Args:
        files: Content of the files below groups/, by path.
        env: Environment whose overrides apply; a base need not mention it.
        variables: Where `from_env` looks; a link whose variable is not set is unknown in the base,
            and no problem.
        known: What has been read before, so that a file that many commits have is read once.
    """
    known = {} if known is None else known
    documents: list[GroupDocument] = []
    declared: list[Declared] = []
    findings: list[Finding] = []
    for name in sorted(files):
        path = PurePosixPath(name)
        if not is_ours(path) or path.suffix not in EXTENSIONS:
            continue
        said = known.get((name, files[name]))
        if said is None:
            said = known[name, files[name]] = _said(path, files[name], env, variables)
        findings += said.findings
        if said.document and said.declared:
            documents.append(said.document)
            declared.append(said.declared)
    counts = Counter(entry.group.key for entry in declared)
    findings += across_files(documents, env)
    alone = [entry for entry in declared if counts[entry.group.key] == 1]
    return tuple(sorted(alone, key=lambda entry: str(entry.group.key))), tuple(
        sorted(findings, key=Finding.order)
    )


def _said(
    path: PurePosixPath, content: bytes, env: str | None, variables: Mapping[str, str]
) -> Said:
    place = placed(path)
    if isinstance(place, Finding):
        return Said((place,))
    document, problems = parsed(content)
    if problems := problems or within_file(document):
        return Said(tuple(problem.in_file(str(path)) for problem in problems))
    group = GroupDocument(place, document)
    return Said((), group, resolve(group, env, variables)[0])


def _read(path: Path) -> tuple[Document, list[Finding]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        return Document(), [catalogue.UNREADABLE.found(f"it cannot be read: {error.strerror}")]
    return parsed(content)
