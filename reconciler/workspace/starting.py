"""From an empty or an existing folder to a repository of group files: what `init` writes."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from reconciler.errors import UsageError
from reconciler.model import Key
from reconciler.pull import texts
from reconciler.pull.nouns import Pull, Pulled
from reconciler.pull.repository import Begun, Repository, Wanted, begun, next_steps, wanted
from reconciler.sandbox import Store
from reconciler.workspace.comparing import Compared
from reconciler.workspace.git import Git
from reconciler.workspace.pulling import Choice, pull
from reconciler.workspace.workspace import SANDBOX
from reconciler.workspace.writing import write_file

_NOT_MADE: Final = "0" * 24
"""Stands for the id of a group that is only made if something is written."""


@dataclass(frozen=True, slots=True)
class Started:
    """What a folder gets.

    Attributes:
        about: What is known of the repository.
        pull: The group files, as far as they are new.
        files: The others.
        steps: What is left for a person to do, a sentence each.
    """

    about: Repository
    pull: Pull
    files: Sequence[Begun]
    steps: Sequence[str]


def start(
    compared: Compared, environments: Sequence[str], listed: Sequence[str], uses: str
) -> Started:
    """Return what a folder gets, without writing anything.

    Args:
        compared: Its files beside live state, read for the first of the environments.
        environments: All there are, in the order in which they are applied.
        listed: Those of them that the settings list already.
        uses: Where this project is, as `OWNER/reconciler@COMMIT`.

    Raises:
        ConfigError: There is a repository, and Git cannot be asked.
    """
    files, plan = compared.files, compared.plan
    pulled = pull(compared, Choice(everything=True, schema=True))
    new = [_untouched(one) for one in pulled.pulled if one.before is None or one.missed]
    example = _nothing(compared)
    if example:
        new = [_example(_NOT_MADE)]
    git = Git(files.root, files.variables)
    links = sorted({*files.taken, *(one.variable for one in new if one.variable)})
    about = Repository(
        environments,
        listed,
        plan.target.api_url,
        links,
        uses,
        git.default_branch() or texts.BRANCH,
        plan.target.scope or git.prefix(),
    )
    asked = wanted(about)
    told = begun(asked, _there(files.root, asked))
    differ = sum(one.changed for one in pulled.pulled if one.before is not None)
    steps = next_steps(about, told, repository=git.has_repository(), differ=differ, example=example)
    return Started(about, replace(pulled, pulled=new), told, steps)


def write(started: Started, root: Path) -> tuple[Started, dict[str, str]]:
    """Write what is new, and return it as it was written, with why some could not be.

    The example is made in the sandbox first, so that file and sandbox agree.
    """
    pulled = [_made(one, root) for one in started.pull.pulled]
    written = replace(started, pull=replace(started.pull, pulled=pulled))
    problems = {}
    texts_of = [(one.file, one.text) for one in started.files if one.status == "new"]
    for file, text in [*texts_of, *((one.file, one.after) for one in pulled if one.changed)]:
        try:
            write_file(root, file, None, text, within=".")
        except UsageError as error:
            problems[file] = f"{error.message}; {error.remedy}"
    return written, problems


def _nothing(compared: Compared) -> bool:
    """Return whether this is a sandbox and a folder in which there is nothing to see yet."""
    plan = compared.plan
    there = [*plan.live, *plan.skipped, *plan.unread, *compared.files.documents]
    return plan.target.api_url is None and not there


def _untouched(one: Pulled) -> Pulled:
    """Return a file as it is if it was there; what it does not take is told all the same."""
    return one if one.before is None else replace(one, after=one.before, taken=())


def _example(group_id: str) -> Pulled:
    return Pulled(Key("microsoft", "example"), texts.EXAMPLE_FILE, None, texts.example(group_id))


def _made(one: Pulled, root: Path) -> Pulled:
    """Return a file; if it is the example, with its group in the sandbox."""
    if one.after != texts.example(_NOT_MADE):
        return one
    return _example(Store(root / SANDBOX).upsert("microsoft", texts.EXAMPLE)["group_id"])


def _there(root: Path, asked: Iterable[Wanted]) -> dict[str, str]:
    """Return the content of what is there, by path; empty for what cannot be read."""
    found = {}
    for name in (name for one in asked for name in (one.file, *one.others)):
        place = root / name
        if place.exists() or place.is_symlink():
            found[name] = ""
            with suppress(OSError):
                found[name] = place.read_text(encoding="utf-8", errors="replace")
    return found
