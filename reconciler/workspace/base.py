"""Earlier commits: their groups, and of the base its limits and rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from reconciler import desired
from reconciler.desired.files import EXTENSIONS, is_ours
from reconciler.errors import ConfigError
from reconciler.model import Declared
from reconciler.settings import Settings
from reconciler.workspace.commits import Tree, read_file, read_files, read_tree
from reconciler.workspace.git import Git
from reconciler.workspace.settings import FILE, parse_settings

Called = Literal["base", "applied commit", "merged commit"]
_OPTIONS: Final[Mapping[Called, str]] = {
    "base": "--base",
    "applied commit": "--applied",
    "merged commit": "--applied",
}
"""Which option has led to the commit."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier commit says of groups.

    Attributes:
        called: What it is in this plan.
        commit: Its id.
        tree: What files it has below `groups/`.
        declared: Its groups that can be understood, sorted by key.
        notes: What of it cannot be used, a line each; not yet made visible.
    """

    called: Called
    commit: str
    tree: Tree
    declared: tuple[Declared, ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called in a message: `base 1a2b3c4d5e6f`."""
        return f"{self.called} {self.commit[:12]}"


def read_earlier(
    root: Path,
    ref: str,
    called: Called,
    *,
    env: str | None,
    variables: Mapping[str, str],
    known: desired.Known | None = None,
) -> Earlier:
    """Read the groups at a commit.

    Args:
        root: The folder that holds `groups/`.
        ref: The commit.
        called: What it is in this plan.
        env: Environment whose overrides apply.
        variables: What `from_env` takes its links from, and git's.
        known: What files of other commits have said; of this one is added.

    Raises:
        UsageError: There is no such commit, or it has not been fetched.
        ConfigError: Git is missing, the folder is in no repository, or Git cannot read something.
    """
    git = Git(root, variables)
    commit = git.commit(ref, _OPTIONS[called])
    tree = read_tree(git, commit, desired.FOLDER)
    contents = read_files(git, tree, [name for name in tree.entries if _may_be_a_group(name)])
    declared, findings = desired.load_base(
        contents.files, env=env, variables=variables, known=known
    )
    name = f"{called} {commit[:12]}"
    notes = [f"{name}: {found.file}:{found.line}: {found.message}" for found in findings]
    notes += [f"{name}: {file} is {odd}" for file, odd in sorted(contents.odd.items())]
    if tree.odd:
        notes.append(f"{name}: {desired.FOLDER} is {tree.odd}")
    if notes:
        notes.append(f"What these files said is unknown; the rest of the {called} is used.")
    return Earlier(called, commit, tree, declared, tuple(notes))


def held(git: Git, base: Earlier, settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings that hold for a branch, and what to tell of them, a line each.

    They are those of the folder, with limits, rules and ignored fields as they are at the base: a
    branch that loosens one is itself held to the old.

    Raises:
        ConfigError: Git cannot read them.
    """
    written = read_file(git, base.commit, FILE) or b""
    notes = []
    try:
        then = parse_settings(written, partial(read_file, git, base.commit))
    except ConfigError as error:
        notes.append(f"{base.name}: {error.message}; the limits are the usual ones.")
        then = Settings()
    notes += _loosened(settings, then, base.called)
    api = settings.api.model_copy(update={"ignored_fields": then.api.ignored_fields})
    kept = settings.model_copy(
        update={"api": api, "guards": then.guards, "lint": then.lint, "freeze": then.freeze}
    )
    return kept, tuple(notes)


def _loosened(now: Settings, then: Settings, called: Called) -> Iterator[str]:
    if (then.guards, then.lint) != (now.guards, now.lint):
        yield f"The limits or lint settings differ from the {called}'s; the {called}'s are used."
    if then.freeze != now.freeze:
        yield f"The setting freeze differs from the {called}'s; the {called}'s is used."
    if set(then.api.ignored_fields) != set(now.api.ignored_fields):
        yield f"The setting ignored_fields differs from the {called}'s; the {called}'s is used."
    if then.environments and then.environments != now.environments:
        # An address moves in the very commit that says so: the base's would refuse it for ever.
        yield (
            f"The environments or their addresses in the settings differ from the {called}'s; those"
            " of this branch are compared."
        )


def _may_be_a_group(name: str) -> bool:
    path = PurePosixPath(name)
    return is_ours(path) and path.suffix in EXTENSIONS
