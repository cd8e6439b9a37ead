"""The base: groups, limits and rules as they are at an earlier commit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler import desired
from reconciler.errors import ConfigError
from reconciler.model import Declared
from reconciler.settings import Settings
from reconciler.workspace.git import read_commit
from reconciler.workspace.settings import FILE, parse_settings


@dataclass(frozen=True, slots=True)
class BaseCommit:
    """What an earlier commit says.

    Attributes:
        commit: Its id.
        declared: Its groups that can be understood, sorted by key.
        settings: Those of the folder, with limits and rules as they are at the commit: a branch
            that loosens one is itself held to the old.
        notes: What of it cannot be used, a line each; not yet made visible.
    """

    commit: str
    declared: tuple[Declared, ...]
    settings: Settings
    notes: tuple[str, ...]


def read_base(
    root: Path, ref: str, settings: Settings, *, env: str | None, variables: Mapping[str, str]
) -> BaseCommit:
    """Read groups, limits and rules at a commit; raises what `read_commit` raises."""
    commit = read_commit(root, variables, ref, desired.FOLDER, FILE)
    declared, findings = desired.load_base(commit.files, env=env, variables=variables)
    short = commit.id[:12]
    notes = [f"base {short}: {found.file}:{found.line}: {found.message}" for found in findings]
    if findings:
        notes.append("What these files said is unknown; the rest of the base is used.")
    try:
        then = parse_settings(commit.files.get(FILE, b""))
    except ConfigError as error:
        notes.append(f"base {short}: {error.message}; the limits are the usual ones.")
        then = Settings()
    notes += _loosened(settings, then)
    held = settings.model_copy(update={"guards": then.guards, "lint": then.lint})
    return BaseCommit(commit.id, declared, held, tuple(notes))


def _loosened(now: Settings, then: Settings) -> Iterator[str]:
    if (then.guards, then.lint) != (now.guards, now.lint):
        yield "The limits or lint settings differ from the base's; the base's are used."
