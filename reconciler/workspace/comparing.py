"""The group files beside all of live state, with what Git said of them before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from reconciler import desired
from reconciler.desired.catalogue import NO_GROUP_FILES
from reconciler.desired.resolve import GroupDocument, resolve
from reconciler.errors import ApiError, DesiredError, UsageError
from reconciler.model import Declared, Integration
from reconciler.plan.nouns import Plan
from reconciler.settings import Settings
from reconciler.workspace.base import Earlier, read_earlier
from reconciler.workspace.fetching import Evidence, fetch
from reconciler.workspace.git import Git
from reconciler.workspace.loading import Desired
from reconciler.workspace.planning import compare
from reconciler.workspace.target import Opened


@dataclass(frozen=True, slots=True)
class Files:
    """The group files that there are, as one environment reads them.

    Attributes:
        root: The folder that holds `groups/`.
        env: The environment, or None.
        variables: What `from_env` takes its links from, as far as they are set, and git's.
        settings: The settings.
        documents: The files.
        declared: What each of them says, in their order.
    """

    root: Path
    env: str | None
    variables: Mapping[str, str] = field(repr=False)
    settings: Settings
    documents: Sequence[GroupDocument]
    declared: Sequence[Declared]

    @property
    def environments(self) -> list[str]:
        """All that files or settings name, sorted."""
        named = {name for document in self.documents for name in document.environments()}
        return sorted(named | set(self.settings.environments))

    @property
    def taken(self) -> dict[str, str]:
        """The variables that links come from in any environment, with what they hold."""
        parts = [document.document.data for document in self.documents]
        parts += [part for document in self.documents for part in document.environments().values()]
        links = [part.get("sheet_link") for part in parts]
        names = sorted({link["from_env"] for link in links if isinstance(link, dict)})
        return {name: self.variables.get(name, "") for name in names}

    @property
    def pins(self) -> dict[str, str]:
        """The live groups that files pin: their keys, as text, by id."""
        groups = [entry.group for entry in self.declared]
        return {group.group_id: str(group.key) for group in groups if group.group_id}


def read_files(
    root: Path, env: str | None, variables: Mapping[str, str], settings: Settings
) -> Files:
    """Return the group files; none at all is fine, since pulling may make the first one.

    Raises:
        DesiredError: One is wrong.
        UsageError: Neither a file nor the settings know the environment.
    """
    checked = desired.check(root, env, settings.environments, settings.integrations)
    wrong = [
        finding
        for finding in checked.findings
        if finding.severity == "error" and finding.rule != NO_GROUP_FILES.id
    ]
    if wrong:
        raise DesiredError(wrong)
    documents = checked.documents
    declared = [resolve(document, env, variables)[0] for document in documents]
    return Files(root, env, variables, settings, documents, declared)


@dataclass(frozen=True, slots=True)
class Compared:
    """Files beside live state.

    Attributes:
        files: The files.
        sentence: Whose live state it is.
        plan: What an apply would do, with a base if there is one; nothing of it is refused.
        base: That base, or None.
        errors: Why integrations could not be read.
    """

    files: Files
    sentence: str
    plan: Plan
    base: Earlier | None
    errors: Mapping[Integration, ApiError]

    def choose(self, names: Mapping[str, str], selectors: Sequence[str]) -> frozenset[str]:
        """Return what selectors mean of some names, given the key of each.

        Raises:
            UsageError: One means nothing, or may mean several.
            ApiError: It may mean what could not be read.
        """
        try:
            return desired.choose(names, selectors, self.files.root)
        except UsageError:
            for error in self.errors.values():
                raise error from None
            raise

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the base cannot be used, a line each; not yet made visible."""
        return self.base.notes if self.base else ()


def compare_files(files: Files, opened: Opened, base: str | None, evidence: Evidence) -> Compared:
    """Read all of live state and compare the files with it.

    Args:
        files: The files.
        opened: Whose live state it is.
        base: A commit, or None for HEAD, where there is one.
        evidence: What is known of live state besides.

    Raises:
        UsageError: There is no such commit.
        ConfigError: Git cannot be used, and a commit is named.
        ApiError: Nothing of live state can be read.
    """
    earlier = _base(files, base)
    wanted = files.settings.integrations
    live = fetch(opened, wanted, evidence)
    if wanted and set(live.unread) == set(wanted):
        raise next(iter(live.unread.values()))
    known = Desired(
        tuple(files.declared),
        files.settings,
        lints=(),
        today=date.min,  # no rule is asked
        base=earlier.declared if earlier else None,
    )
    plan = compare(known, live, wanted, target=opened.target, allow={}, evidence=evidence)
    return Compared(files, opened.sentence, plan, earlier, live.unread)


def _base(files: Files, ref: str | None) -> Earlier | None:
    """Return what the files are compared with; None where there is no Git, or no commit yet."""
    if ref is None:
        ref = Git(files.root, files.variables).checked_out()
    if ref is None:
        return None
    return read_earlier(files.root, ref, "base", env=files.env, variables=files.variables)
