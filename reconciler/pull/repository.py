"""Which files `reconciler init` puts beside the group files, and what becomes of those there are.

Pure: no I/O. A file that is there is never written: it may be told what it lacks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from reconciler.desired.schema import schema_text
from reconciler.pull import texts

SETTINGS: Final = "pyproject.toml"
SCHEMA: Final = "schemas/group.schema.json"
_WORKFLOWS: Final = ".github/workflows"
_EXAMPLE: Final = (
    f"{texts.EXAMPLE_FILE} is an example, which the sandbox of this folder has too: edit it, and"
    " see what `reconciler plan` says. Delete it before you use the real API, which refuses it."
)

Status = Literal["new", "unchanged", "left"]
"""`new`: it is not there. `unchanged`: it is there and says all of it. `left`: it is there, and
says something else."""


@dataclass(frozen=True, slots=True)
class Repository:
    """What is known of a repository.

    Attributes:
        environments: In the order in which they are applied; the first is the one that was read.
        listed: Those of them that its settings list already.
        address: Of the API that was read; None is the sandbox.
        links: Variables that group files take links from.
        uses: Where this project is, and its commit, as `OWNER/reconciler@COMMIT`.
        branch: The default branch.
        scope: The folder, if it is not all of the repository.
    """

    environments: Sequence[str] = ()
    listed: Sequence[str] = ()
    address: str | None = None
    links: Sequence[str] = ()
    uses: str = texts.PLACEHOLDER
    branch: str = texts.BRANCH
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a repository should have.

    Attributes:
        file: Path from the root.
        text: What it says if it is not there.
        others: Names under which it may be there as well.
        add: What to add to one that is there.
        lines: What one that is there has to hold so that nothing need be added.
        whole: Whether one that is there lacks nothing, whatever it says.
        advice: What to do with one that is there and differs, where nothing can be added.
    """

    file: str
    text: str
    others: tuple[str, ...] = ()
    add: str = ""
    lines: tuple[str, ...] = ()
    whole: bool = False
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """What becomes of a file.

    Attributes:
        file: Path from the root, as it is there.
        status: See `Status`.
        text: Its whole content if it is new, else empty.
        add: What to add by hand; empty where nothing is missing or can be added.
        advice: What else to do.
    """

    file: str
    status: Status
    text: str = ""
    add: str = ""
    advice: str = ""


def wanted(about: Repository) -> list[Wanted]:
    """Return the files that a repository should have beside its groups, sorted by path.

    A folder within a repository has its settings and its schema; what belongs to all of it is for
    somebody to write who knows the other folders.
    """
    files = [_settings(about), _schema()]
    if not about.scope:
        files += [*_of_everybody(about), *_workflows(about)]
    return sorted(files, key=lambda one: one.file)


def _settings(about: Repository) -> Wanted:
    missing = [name for name in about.environments if name not in about.listed]
    first = bool(missing) and missing[0] == about.environments[0]
    add = texts.environment_sections(missing, about.address if first else None) if missing else ""
    whole = texts.environment_sections(about.environments, about.address)
    return Wanted(SETTINGS, f"{texts.SETTINGS_HEAD}{whole}", add=add, whole=not missing)


def _schema() -> Wanted:
    advice = "`reconciler schema group` writes the one of this version"
    return Wanted(SCHEMA, schema_text(), advice=advice)


def _of_everybody(about: Repository) -> list[Wanted]:
    hooks = texts.hooks(about.uses)
    return [
        Wanted(
            ".github/CODEOWNERS",
            texts.OWNERS,
            # One in .github takes the place of these.
            others=("CODEOWNERS", "docs/CODEOWNERS"),
            advice="see that it names who approves a change in groups/",
        ),
        Wanted(
            ".gitignore",
            texts.IGNORED,
            add=texts.IGNORED,
            lines=(texts.IGNORED.splitlines()[-1],),
        ),
        Wanted(
            ".pre-commit-config.yaml",
            hooks,
            add=hooks.partition("\n")[2],
            lines=tuple(line for line in hooks.splitlines() if "- id:" in line),
        ),
        Wanted(
            ".vscode/settings.json",
            texts.EDITOR,
            add=texts.EDITOR.removeprefix("{\n").removesuffix("}\n"),
            lines=tuple(line for line in texts.EDITOR.splitlines() if "schema.json" in line),
        ),
        Wanted(
            "README.md",
            texts.readme(about.environments, about.branch),
            others=("README", "README.rst", "README.txt", "readme.md"),
        ),
    ]


def _workflows(about: Repository) -> list[Wanted]:
    made = texts.workflows(about.environments, about.links, about.uses, about.branch)
    return [
        Wanted(
            f"{_WORKFLOWS}/{name}",
            text,
            others=(f"{_WORKFLOWS}/{name.removesuffix('.yml')}.yaml",),
            advice="compare it with the one of docs/workflows.md",
        )
        for name, text in made.items()
    ]


def begun(files: Sequence[Wanted], there: Mapping[str, str]) -> list[Begun]:
    """Return what becomes of files, in their order.

    Args:
        files: Those that should be there.
        there: The content of what is, by path, under whichever of its names.
    """
    return [_begun(one, there) for one in files]


def _begun(one: Wanted, there: Mapping[str, str]) -> Begun:
    found = next((name for name in (one.file, *one.others) if name in there), None)
    if found is None:
        return Begun(one.file, "new", one.text)
    held = {line.strip() for line in there[found].splitlines()}
    holds = bool(one.lines) and all(line.strip() in held for line in one.lines)
    if there[found] == one.text or holds or one.whole:
        return Begun(found, "unchanged")
    return Begun(found, "left", add=one.add, advice=one.advice)


def next_steps(
    about: Repository, files: Sequence[Begun], *, repository: bool, differ: int, example: bool
) -> list[str]:
    """Return what is left for a person to do, a sentence each, in order.

    Args:
        about: The repository.
        files: What became of its files.
        repository: Whether Git has one here already.
        differ: How many group files that were there differ from live state.
        example: Whether one of the files is the example.
    """
    steps = [_EXAMPLE] if example else []
    env = f" --env {about.environments[0]}" if about.environments else ""
    new = {one.file for one in files if one.status == "new"}
    if about.links:
        steps.append(
            "Set these to the links of their sheets, on this machine and as secrets on GitHub:"
            f" {', '.join(about.links)}."
        )
    if differ:
        steps.append(
            f"{differ} of the group files that were here differ from live state: see `reconciler"
            f" plan{env}`, and take over what is right with `reconciler pull{env}`."
        )
    steps.append(f"See that all is well: `reconciler validate`, then `reconciler plan{env}`.")
    if about.scope:
        return [
            *steps,
            "Call the workflows for this folder too: docs/workflows.md, Several accounts.",
        ]
    if about.uses == texts.PLACEHOLDER and any(
        texts.PLACEHOLDER.split("@")[1] in one.text for one in files
    ):
        steps.append(
            "Put in the place of OWNER/reconciler and COMMIT, in .github/workflows/ and"
            " .pre-commit-config.yaml, where you find this project and the full id of a commit."
        )
    if f"{_WORKFLOWS}/merge.yml" in new:
        plans = ", ".join(f"{name}-plan and {name}" for name in about.environments or ("prod",))
        steps.append(
            f"On GitHub make the environments {plans}, each with the variable"
            " RECONCILER_API_URL and the secret INTERACTLY_API_KEY, and require the check"
            " `plan / Planned` (docs/review.md)."
        )
        if about.branch != texts.BRANCH:
            steps.append(
                f"merge.yml applies what is pushed to {about.branch}: see that it is right."
            )
    steps.append(f"{'Commit' if repository else '`git init`, commit'} and push.")
    return steps
