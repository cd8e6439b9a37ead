"""What `init` made of a folder, for people and for programs.

Pure: no I/O.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.pull.repository import Begun
from reconciler.render.file_models import BegunDocument, InitDocument
from reconciler.render.json import dumped
from reconciler.render.models import FORMAT_VERSION
from reconciler.render.pull import PullOutcome, pull_document, pull_lines
from reconciler.text import count, inert, masked


@dataclass(frozen=True, slots=True)
class InitOutcome:
    """What a folder got, or would get.

    Attributes:
        groups: Its group files, and whether all of it was written.
        files: The others.
        environments: In the order in which they are applied.
        steps: What is left for a person to do.
        problems: Why some of the others could not be written, by their names.
    """

    groups: PullOutcome
    files: Sequence[Begun]
    environments: Sequence[str] = ()
    steps: Sequence[str] = ()
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def new(self) -> int:
        """How many files were made, or would be."""
        begun = sum(one.status == "new" and one.file not in self.problems for one in self.files)
        changed = self.groups.pull.changed
        return begun + sum(one.file not in self.groups.problems for one in changed)


def init_text(outcome: InitOutcome) -> str:
    """Return it as text: each file, what to add to what was there, and what is to be done."""
    lines = pull_lines(outcome.groups)
    for one in outcome.files:
        lines += _lines(one, outcome.problems.get(one.file))
    left = sum(one.status == "left" for one in outcome.files)
    verb = "written" if outcome.groups.written else "would be written"
    told = f"{count(outcome.new, 'file')} {verb}"
    told += f", {left} left as {'it is' if left == 1 else 'they are'}." if left else "."
    if missed := len(outcome.problems) + len(outcome.groups.problems):
        told += f" {missed} could not be written."
    steps = [f"  {number}. {inert(step)}" for number, step in enumerate(outcome.steps, start=1)]
    return "".join(f"{line}\n" for line in [*lines, told, "", "Next:", *steps])


def _lines(one: Begun, problem: str | None) -> Iterator[str]:
    if problem is not None:
        yield f"{one.file}: not written: {inert(problem)}"
    elif one.status == "left":
        advice = f"; {one.advice}" if one.advice else "; add" if one.add else ""
        yield f"{one.file}: is there, and left as it is{advice}"
        yield from (f"    {line}" for line in one.add.splitlines())
    else:
        yield f"{one.file}: {one.status}"


def init_json(outcome: InitOutcome) -> str:
    """Return it as the JSON of an InitDocument."""
    document = InitDocument(
        format_version=FORMAT_VERSION,
        exit_code=outcome.groups.exit_code,
        written=outcome.groups.written,
        environments=list(outcome.environments),
        groups=pull_document(outcome.groups),
        files=[_document(one, outcome.problems.get(one.file, "")) for one in outcome.files],
        steps=list(outcome.steps),
    )
    return dumped(document)


def _document(one: Begun, problem: str) -> BegunDocument:
    return BegunDocument(
        file=one.file,
        status="not written" if problem else one.status,
        text=one.text,
        add=one.add,
        advice=one.advice,
        problem=masked(problem),
    )
