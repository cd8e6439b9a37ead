"""What `pull` made of group files, for people and for programs.

Pure: no I/O.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model import Action
from reconciler.plan.nouns import Part
from reconciler.pull.nouns import Left, Pull, Pulled
from reconciler.render.diff import file_diff
from reconciler.render.file_models import LeftDocument, PulledDocument, PullResultDocument
from reconciler.render.json import (
    dumped,
    skipped_document,
    target_document,
    unmanaged_document,
    unread_document,
)
from reconciler.render.models import FORMAT_VERSION
from reconciler.render.words import plain, skipped_key, skipped_words
from reconciler.text import count, inert, listed, masked, visible


@dataclass(frozen=True, slots=True)
class PullOutcome:
    """A pull, and what became of its files.

    Attributes:
        pull: What live state makes of them.
        exit_code: What the process ends with.
        written: Whether they were written; else that is only shown.
        problems: Why some could not be, by their names.
    """

    pull: Pull
    exit_code: int
    written: bool = True
    problems: Mapping[str, str] = field(default_factory=dict)


def part_path(part: Part) -> str:
    """Return a part of a group as a path: `use_cases.LAB_REMINDER.enabled`."""
    return ".".join("actions" if isinstance(step, Action) else step for step in part)


def pull_text(outcome: PullOutcome, *, color: bool = False) -> str:
    """Return it as text: each file, what it took and what not, and a sentence of all of it."""
    diffs = "" if outcome.written else _diffs(outcome.pull, color=color)
    lines = pull_lines(outcome)
    return diffs + "".join(f"{line}\n" for line in [*lines, _summary(outcome)])


def pull_lines(outcome: PullOutcome) -> list[str]:
    """Return a line for each file and what it took or not, and for what no file takes part in."""
    files = [line for one in outcome.pull.pulled for line in _file_lines(outcome, one)]
    return [*files, *_besides(outcome.pull)]


def pull_json(outcome: PullOutcome) -> str:
    """Return it as the JSON of a PullResultDocument."""
    return dumped(pull_document(outcome))


def pull_document(outcome: PullOutcome) -> PullResultDocument:
    """Return it as programs read it."""
    pull = outcome.pull
    return PullResultDocument(
        format_version=FORMAT_VERSION,
        target=target_document(pull.target),
        exit_code=outcome.exit_code,
        written=outcome.written,
        files=[_file_document(outcome, one) for one in pull.pulled],
        strays=[unmanaged_document(item) for item in pull.strays],
        skipped=[skipped_document(row) for row in pull.skipped],
        unread=[unread_document(one) for one in pull.unread],
    )


def _diffs(pull: Pull, *, color: bool) -> str:
    shown = (file_diff(one.file, one.before, one.after, color=color) for one in pull.changed)
    return "".join(f"{diff}\n" for diff in shown)


def _file_lines(outcome: PullOutcome, one: Pulled) -> Iterator[str]:
    """Yield a file with what it took, and below what it did not."""
    if one.file in outcome.problems:
        yield f"{one.file}: not written: {inert(outcome.problems[one.file])}"
    elif one.changed:
        yield f"{one.file}: {'new' if one.before is None else _paths(one.taken)}"
    else:
        yield f"{one.file}: {'no file' if one.before is None else 'left as it is'}"
    if one.variable and one.changed:
        yield f"  set {one.variable} to the link of its sheet"
    if one.shared and one.changed:
        told = "its use cases hold" if one.before else "it holds"
        more = "" if one.before else ": where it is not live, an apply creates it"
        yield f"  {told} in {listed(one.shared)}, too{more}"
    yield from (f"  {line}" for line in left_lines(one.left))


def left_lines(left: Iterable[Left]) -> Iterator[str]:
    """Yield what a file does not take, a line for each reason."""
    groups: dict[tuple[str, str, str], list[Part]] = {}
    for one in left:
        groups.setdefault((one.why, one.words, one.rule), []).append(one.part)
    for (_, words, rule), parts in groups.items():
        what = f"{_paths(tuple(parts))}: " if any(parts) else ""
        yield f"{what}{inert(words)}{f' [{rule}]' if rule else ''}"


def left_document(left: Left) -> LeftDocument:
    """Return what a file does not take as programs read it."""
    return LeftDocument(
        path=masked(part_path(left.part)),
        why=left.why,
        message=masked(left.words),
        rule=left.rule,
        missed=left.missed,
    )


def _paths(parts: tuple[Part, ...]) -> str:
    return ", ".join(inert(path) for path in dict.fromkeys(map(part_path, parts)))


def _besides(pull: Pull) -> Iterator[str]:
    """Yield what no file takes part in."""
    removed = [str(item.key) for item in pull.strays if item.removed]
    others = [str(item.key) for item in pull.strays if not item.removed]
    if removed:
        yield (
            f"Live, and removed from Git: {listed(removed)}. Git brings a file back; name a group"
            " to have a new one."
        )
    if others:
        yield (
            f"{count(len(others), 'live group')} without a file: {listed(others)}. Name one to"
            " adopt it, or take all with --all."
        )
    for row in pull.skipped:
        yield f"Left alone: {inert(f'{skipped_key(row)}  {plain(skipped_words(row))}')}"
    for one in pull.unread:
        yield (
            f"{one.integration} could not be read: {visible(one.problem)}; {visible(one.remedy)}"
        )


def _summary(outcome: PullOutcome) -> str:
    changed = [one for one in outcome.pull.changed if one.file not in outcome.problems]
    new = sum(one.before is None for one in changed)
    verb = "written" if outcome.written else "would be written"
    told = [f"{count(len(changed), 'file')} {verb}, {new} of them new"] if changed else []
    if outcome.problems:
        told.append(f"{len(outcome.problems)} could not be written")
    missed = sum(one.missed for one in outcome.pull.pulled)
    if missed:
        told.append(f"{missed} with something that somebody has to decide or correct")
    return ("; ".join(told) or "Nothing to pull") + "."


def _file_document(outcome: PullOutcome, one: Pulled) -> PulledDocument:
    problem = outcome.problems.get(one.file, "")
    return PulledDocument(
        file=one.file,
        key=masked(str(one.key)),
        status="not written"
        if problem or not one.after
        else "unchanged"
        if not one.changed
        else "new"
        if one.before is None
        else "changed",
        taken=[masked(path) for path in dict.fromkeys(map(part_path, one.taken))],
        left=[left_document(left) for left in one.left],
        variable=one.variable,
        shared=list(one.shared),
        diff=file_diff(one.file, one.before, one.after) if one.changed else "",
        problem=masked(problem),
    )
