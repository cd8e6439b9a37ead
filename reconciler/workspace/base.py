"""The base: groups, limits and rules as they are at an earlier commit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reconciler import desired
from reconciler.desired.files import EXTENSIONS, is_ours
from reconciler.errors import ConfigError
from reconciler.model import Declared
from reconciler.settings import Settings
from reconciler.workspace.commits import Tree, read_file, read_files, read_tree
from reconciler.workspace.git import Git
from reconciler.workspace.settings import FILE, parse_settings


@dataclass(frozen=True, slots=True)
class BaseCommit:
    """What an earlier commit says.

    Attributes:
        commit: Its id.
        tree: What files it has below `groups/`.
        declared: Its groups that can be understood, sorted by key.
        settings: Those of the folder, with limits, rules and ignored fields as they are at the
            commit: a branch that loosens one is itself held to the old.
        notes: What of it cannot be used, a line each; not yet made visible.
    """

    commit: str
    tree: Tree
    declared: tuple[Declared, ...]
    settings: Settings
    notes: tuple[str, ...]


def read_base(
    root: Path, ref: str, settings: Settings, *, env: str | None, variables: Mapping[str, str]
) -> BaseCommit:
    """Read groups, limits and rules at a commit.

    Raises:
        UsageError: There is no such commit, or it has not been fetched.
        ConfigError: Git is missing, the folder is in no repository, or Git cannot read something.
    """
    git = Git(root, variables)
    commit = git.commit(ref)
    tree = read_tree(git, commit, desired.FOLDER)
    contents = read_files(git, tree, [name for name in tree.entries if _may_be_a_group(name)])
    declared, findings = desired.load_base(contents.files, env=env, variables=variables)
    short = commit[:12]
    notes = [f"base {short}: {found.file}:{found.line}: {found.message}" for found in findings]
    notes += [f"base {short}: {name} is {odd}" for name, odd in sorted(contents.odd.items())]
    if tree.odd:
        notes.append(f"base {short}: {desired.FOLDER} is {tree.odd}")
    if notes:
        notes.append("What these files said is unknown; the rest of the base is used.")
    written = read_file(git, commit, FILE) or b""
    try:
        then = parse_settings(written)
    except ConfigError as error:
        notes.append(f"base {short}: {error.message}; the limits are the usual ones.")
        then = Settings()
    notes += _loosened(settings, then)
    api = settings.api.model_copy(update={"ignored_fields": then.api.ignored_fields})
    held = settings.model_copy(update={"api": api, "guards": then.guards, "lint": then.lint})
    return BaseCommit(commit, tree, declared, held, tuple(notes))


def _loosened(now: Settings, then: Settings) -> Iterator[str]:
    if (then.guards, then.lint) != (now.guards, now.lint):
        yield "The limits or lint settings differ from the base's; the base's are used."
    if set(then.api.ignored_fields) != set(now.api.ignored_fields):
        yield "The setting ignored_fields differs from the base's; the base's is used."
    if then.environments and then.environments != now.environments:
        # An address moves in the very commit that says so: the base's would refuse it for ever.
        yield (
            "The environments or their addresses in the settings differ from the base's; those of"
            " this branch are compared."
        )


def _may_be_a_group(name: str) -> bool:
    path = PurePosixPath(name)
    return is_ours(path) and path.suffix in EXTENSIONS
