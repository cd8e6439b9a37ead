"""What a plan comes to for people, group by group: the riskiest first, each thing once.

Pure: no I/O. What is said of it, and in which words, is for `reconciler.render`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from reconciler.errors import Finding
from reconciler.lint import Advice
from reconciler.model import UseCase
from reconciler.plan.effects import Course, Effects, Number, course, effects
from reconciler.plan.nouns import Change, Plan
from reconciler.plan.patients import Busiest, busiest
from reconciler.plan.risks import ORIGINS, RISKS, Risk, risks_of


@dataclass(frozen=True, slots=True)
class Case:
    """What patients notice of a use case.

    Attributes:
        before: As it is live, or None.
        after: As it is to be.
        course: What goes on, begins and ends.
        number: How many texts and calls there are.
        pruned: Whether it changes because Git has removed it.
        notes: What the file notes of it, and of the texts and calls that begin or change.
    """

    before: UseCase | None
    after: UseCase
    course: Course
    number: Number
    pruned: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that patients notice of a change.

    Attributes:
        name: The field or use case.
        line: 1-based line of the group file.
        loud: Whether it is a risk.
        case: Of a use case what is noticed of it; else None.
    """

    name: str
    line: int
    loud: bool
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """What one change comes to.

    Attributes:
        change: The change.
        name: The group's name, as it is to be.
        key: Its key, and its id where another change has that key.
        alone: Whether no other group of the plan has this name.
        effects: What patients notice.
        parts: The same, thing by thing: the group's before its use cases, of these risks first.
        quiet: Fields and use cases that change, of which patients notice nothing.
        risks: What to look at twice, in the order of RISKS.
        findings: What rules warn of: what is new, or all of it where no base tells.
        busiest: What one patient may get who is on every list of the group's sheet, where that
            changes; it is told of a sheet's first group only.
    """

    change: Change
    name: str
    key: str
    alone: bool
    effects: Effects
    parts: tuple[Part, ...]
    quiet: tuple[str, ...]
    risks: tuple[Risk, ...]
    findings: tuple[Finding, ...]
    busiest: tuple[Busiest, ...] = ()

    @property
    def risky(self) -> bool:
        """Whether somebody should look twice."""
        return bool(self.risks or self.findings)


_FINDINGS_RANK: Final = RISKS.index("earlier")
"""What rules say counts like the risk that they are mostly about."""


def stories(plan: Plan) -> tuple[Story, ...]:
    """Return a story for each change, the riskiest first, then in the order of the plan."""
    names = Counter(change.expected().name for change in plan.changes)
    findings: dict[object, list[Finding]] = {}
    for one in plan.advice:
        if _to_be_seen(one, plan):
            findings.setdefault(one.finding.key, []).append(one.finding)
    keys = plan.names()
    told = [
        _story(
            change,
            keys[change.subject],
            alone=names[change.expected().name] == 1,
            found=findings.get(change.key, []),
        )
        for change in plan.changes
    ]
    told.sort(key=_rank)
    places = {story.change.subject: place for place, story in enumerate(told)}
    for busy in busiest(plan):
        place = min(places[subject] for subject in busy.subjects)
        told[place] = replace(told[place], busiest=(*told[place].busiest, busy))
    return tuple(told)


def other_advice(plan: Plan) -> tuple[Advice, ...]:
    """Return what rules say that is in no story."""
    keys = {change.key for change in plan.changes}
    return tuple(
        one for one in plan.advice if one.finding.key not in keys or not _to_be_seen(one, plan)
    )


def _to_be_seen(one: Advice, plan: Plan) -> bool:
    told = one.standing == "new" or (one.standing == "still" and not plan.three_way)
    return told and one.finding.severity != "info"


def _rank(story: Story) -> int:
    ranks = [RISKS.index(risk.kind) for risk in story.risks]
    return min([*ranks, *([_FINDINGS_RANK] if story.findings else [])], default=len(RISKS))


def _story(change: Change, key: str, *, alone: bool, found: list[Finding]) -> Story:
    seen, risks = effects(change), tuple(risks_of(change))
    loud = {name for risk in risks for name in risk.parts if risk.kind not in ORIGINS}
    fields = [field.path for field in change.fields]

    moved = [name for name in fields if seen.moved and name in ("start_time", "timezone")]
    noticed = [next((name for name in moved if name in loud), moved[0])] if moved else []
    noticed += ["sheet_link"] if seen.other_sheet else []
    noticed += ["assistant_id"] if seen.other_assistant else []
    parts = [Part(name, change.declared.position(name)[0], name in loud) for name in noticed]
    cases = _cases(change, seen, loud)
    told = {*moved, *noticed, *(one.name for one in cases)}
    quiet = [name for name in fields if name not in told]
    quiet += [one.use_case for one in change.use_cases if one.use_case not in told]
    return Story(
        change=change,
        name=change.expected().name,
        key=key,
        alone=alone,
        effects=seen,
        parts=(*parts, *cases),
        quiet=tuple(quiet),
        risks=risks,
        findings=tuple(found),
    )


def _cases(change: Change, seen: Effects, loud: set[str]) -> list[Part]:
    """Return what is noticed of each use case, risks first, then by name."""
    cases = []
    for one, number in zip(change.use_cases, seen.numbers, strict=True):
        way, pruned = course(one.before, one.after), one.use_case in change.pruned
        if way.turns or way.begins or way.ends:
            line = change.declared.position(f"use_cases.{one.use_case}")[0]
            notes = tuple(_notes(change, one.after, way))
            case = Case(one.before, one.after, way, number, pruned, notes)
            cases.append(Part(one.use_case, line, one.use_case in loud, case))
    return sorted(cases, key=lambda part: not part.loud)


def _notes(change: Change, case: UseCase, way: Course) -> Iterator[str]:
    """Yield what a file notes of a use case, and of its actions that begin or change, once each."""
    new = {*way.begins, *(turn.after for turn in way.turns)}
    paths = [f"use_cases.{case.use_case}"]
    paths += [
        f"{paths[0]}.actions.{place}" for place, action in enumerate(case.actions) if action in new
    ]
    notes = change.declared.notes
    yield from dict.fromkeys(notes[path] for path in paths if path in notes)
