"""What must hold in every history, held against what reviewers saw and what live state did.

Nothing here asks for a digest: a plan is known by the parts that it shows, a write by what it
changed. So a digest that means too little, or is believed where it should not be, is found.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.github import Marker, Record
from reconciler.model import GROUP_FIELDS, Group, UseCase
from reconciler.render.models import PlanDocument
from tests.histories.files import declared
from tests.histories.git import History
from tests.histories.live import Live
from tests.workflows.github_api import Item, Repository

Part = tuple[str, ...]
"""A part of a change as people see it: where it is, and what it was and will be."""
Parts = Mapping[str, frozenset[Part]]
"""The parts of a plan, by the group's key."""
Place = tuple[str, str]
"""A group's key, and a part of it: `start_time`, `LAB.enabled`, `LAB.actions`; empty for all."""
_SHOWN: Final = tuple(name for name in GROUP_FIELDS if name != "slug")


def planned_parts(plan: PlanDocument) -> dict[str, frozenset[Part]]:
    """Return what a plan shows."""
    found: dict[str, frozenset[Part]] = {}
    for change in plan.changes:
        parts: set[Part] = {
            (one.path, str(one.before), str(one.after))
            for one in change.fields
            if one.path in _SHOWN
        }
        for case in change.use_cases:
            name, on = case.use_case, case.enabled
            if on.before != on.after:
                parts.add((f"{name}.enabled", str(on.before), str(on.after)))
            for sign, actions in (("+", case.added), ("-", case.removed)):
                parts |= {_action(name, sign, one.day, one.template_name) for one in actions}
        found[change.key] = frozenset(parts)
    return found


def written_parts(before: Group | None, after: Group) -> frozenset[Part]:
    """Return what a write changed."""
    parts: set[Part] = set()
    for name in _SHOWN:
        was, now = getattr(before, name, None), getattr(after, name)
        if was != now:
            parts.add((name, str(was), str(now)))
    cases = {case.use_case: case for case in before.use_cases} if before else {}
    for case in after.use_cases:
        parts |= set(_of_a_use_case(cases.get(case.use_case), case))
    return frozenset(parts)


def _of_a_use_case(was: UseCase | None, now: UseCase) -> Iterator[Part]:
    name = now.use_case
    if was is None or was.enabled != now.enabled:
        yield f"{name}.enabled", str(was and was.enabled), str(now.enabled)
    had, has = Counter(was.actions if was else ()), Counter(now.actions)
    for sign, actions in (("+", has - had), ("-", had - has)):
        for one in actions:
            yield _action(name, sign, one.day, one.template_name)


def _action(name: str, sign: str, day: int, text: str) -> Part:
    return f"{name}.actions", sign, str(day), text


def told(parts: Parts) -> str:
    """Return a text that shows parts to people, on one line."""
    return json.dumps({key: sorted(some) for key, some in sorted(parts.items())})


def _read(body: str) -> Parts:
    try:
        shown = json.loads(body.rpartition("\n")[2])
    except ValueError:
        return {}
    return {key: frozenset(map(tuple, some)) for key, some in shown.items()}


@dataclass(frozen=True, slots=True)
class Approval:
    """What the reviewers of a pull request saw when they merged it, for one environment.

    Attributes:
        number: Of the pull request.
        commits: Those that it became.
        parts: What the comment showed, if it was about the head that was merged, and there for a
            second.
    """

    number: int
    commits: tuple[str, ...]
    parts: Parts


@dataclass(slots=True)
class Witness:
    """Sees everything in one environment, and says what may not be.

    Attributes:
        env: The environment.
        git: The history.
        github: What people see.
        live: Its API.
        approvals: Of each merged pull request, in their order.
        spoilt: Numbers of those whose record somebody has edited since: nobody needs to believe it.
        seen: What each plan showed that anybody has looked at, by its digest.
        foreign: Where the dashboard wrote last, and live is not what Git says.
        applied: The commit of the last run that ended well.
        writer: The commit of the last run that wrote.
        writes: How many writes there were.
        tips: Of the default branch when the run that is going on looked: in truth, and as GitHub
            showed it.
    """

    env: str
    git: History
    github: Repository
    live: Live
    applied: str
    approvals: list[Approval] = field(default_factory=list)
    spoilt: set[int] = field(default_factory=set)
    seen: dict[str, Parts] = field(default_factory=dict)
    foreign: set[Place] = field(default_factory=set)
    writer: str = ""
    writes: int = 0
    tips: frozenset[str] = frozenset()
    _running: tuple[str, Parts] = ("", {})
    _ever: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.writer = self.applied
        self.live.wrote = self._wrote

    def shows(self, plan: PlanDocument) -> str:
        """Note that people are shown a plan, and return the text that shows it."""
        self.seen[plan.digest] = self._planned(plan)
        return told(self.seen[plan.digest])

    def _planned(self, plan: PlanDocument) -> Parts:
        """Return what a plan shows, and what beside that its use cases are now."""
        found = planned_parts(plan)
        for change in plan.changes:
            group = self.live.group(change.key)
            named = {case.use_case for case in change.use_cases}
            beside = {
                ("=", case.use_case, str(case.enabled), str(sorted(map(str, case.actions))))
                for case in (group.use_cases if group else ())
                if case.use_case in named
            }
            found[change.key] |= beside
        return found

    def approve(self, number: int, *commits: str) -> None:
        """Note that people merge what they see now."""
        head = self.github.pulls[number]["head"]["sha"]
        parts: Parts = {}
        for item in self._comments("plan", number):
            record = Record.read(item["body"])
            in_time = item["updated_at"] < self.github.pulls[number]["merged_at"]
            parts = _read(item["body"]) if record.head == head and in_time else {}
        self.approvals.append(Approval(number, commits, parts))

    def spoil(self, number: int) -> None:
        """Note that somebody has edited the record of a merged pull request."""
        self.spoilt.add(number)

    def edited(self, *places: Place) -> None:
        """Note that somebody edits live state in the dashboard."""
        self.foreign |= set(places)

    def looks(self) -> None:
        """Note that a run looks whether it is its turn.

        It may see what GitHub shows, which may be late, or wait until that is its own commit.
        """
        self.tips = frozenset({self.github.main, self.github.shown_main})

    def begins(self, commit: str, digest: str, plan: PlanDocument, chosen: Collection[str]) -> None:
        """Note that a run begins to write, and hold its choice against what was reviewed.

        Args:
            commit: What it applies.
            digest: Of the plan that somebody has typed, or an empty text.
            plan: All that differs.
            chosen: The keys of what it will write.
        """
        if digest:
            self._running = (commit, self.seen.get(digest, {}))
            return
        allowed: dict[str, frozenset[Part]] = defaultdict(frozenset)
        since = []
        for one in self.approvals:
            if self.git.leads_to(one.commits[-1], commit):
                for key, parts in one.parts.items():
                    allowed[key] |= parts
                done = self.git.leads_to(one.commits[-1], self.applied)
                if not done and one.number not in self.spoilt:
                    since.append(one)
        self._running = (commit, allowed)
        for key, parts in self._planned(plan).items():
            if any(one.parts.get(key) == parts for one in since):
                assert key in chosen, f"{self.env}: {key} was reviewed just so, and is left alone"

    def _wrote(self, before: Group | None, after: Group) -> None:
        commit, allowed = self._running
        key = str(after.key)
        unseen = written_parts(before, after) - allowed.get(key, frozenset())
        assert not unseen, f"{self.env}: nobody saw this of {key}: {sorted(unseen)}"
        assert commit in self.tips, f"{self.env}: {commit[-4:]} was not the tip, and was written"
        for older in (self.applied, self.writer):
            assert self.git.leads_to(older, commit), (
                f"{self.env}: {commit[-4:]} is older than {older[-4:]}, and was written after it"
            )
        self.writer = commit
        self.writes += 1
        unmet = self.unmet(commit)
        self.foreign = {place for place in self.foreign if place[0] != key or place in unmet}

    def ended_well(self, commit: str) -> None:
        """Hold live state against a commit that is recorded as applied."""
        unmet = self.unmet(commit)
        forgotten = unmet - self.foreign
        assert not forgotten, (
            f"{self.env}: {commit[-4:]} is recorded as applied, and not live: {sorted(forgotten)}"
        )
        self.foreign &= unmet
        self.applied = commit

    def unmet(self, commit: str) -> set[Place]:
        """Return where live state is not what a commit says, what Git has removed included."""
        found: set[Place] = set()
        entries = declared(self.git.files(commit), self.env)
        groups = {str(group.key): group for group in self.live.groups.values()}
        for entry in entries:
            key, wanted = str(entry.group.key), entry.group
            group = groups.get(key)
            if group is None:
                found.add((key, ""))
                continue
            fields = (name for name in _SHOWN if name in wanted.declared)
            found |= {
                (key, name) for name in fields if getattr(group, name) != getattr(wanted, name)
            }
            there = {case.use_case: case for case in group.use_cases}
            for case in wanted.use_cases:
                live = there.get(case.use_case)
                if live is None or live.enabled != case.enabled:
                    found.add((key, f"{case.use_case}.enabled"))
                if live is None or Counter(live.actions) != Counter(case.actions):
                    found.add((key, f"{case.use_case}.actions"))
        for key, name in self._removed(commit):
            cases = groups[key].use_cases if key in groups else ()
            found |= {
                (key, f"{name}.enabled") for one in cases if one.use_case == name and one.enabled
            }
        return found

    def beyond(self, commit: str) -> set[tuple[str, str]]:
        """Return the use cases whose removal the dashboard has taken back."""
        taken_back = self.unmet(commit) & self.foreign
        removed = self._removed(commit)
        return {(key, name) for key, name in removed if (key, f"{name}.enabled") in taken_back}

    def _removed(self, commit: str) -> frozenset[tuple[str, str]]:
        """Return the use cases that the default branch once had and has no more."""
        now = self._named(commit)
        return self._had(commit) - now

    def _had(self, commit: str) -> frozenset[tuple[str, str]]:
        if commit not in self._ever:
            named = self._named(commit)
            parent = self.git.first_parent(commit)
            self._ever[commit] = named | self._had(parent) if parent else named
        return self._ever[commit]

    def _named(self, commit: str) -> frozenset[tuple[str, str]]:
        return frozenset(
            (str(entry.group.key), case.use_case)
            for entry in declared(self.git.files(commit), self.env)
            for case in entry.group.use_cases
        )

    def has_told(self, run: int, commit: str, since: Collection[str], wrote: int | None) -> None:
        """Hold what pull requests were told by a run that has ended against what it did.

        Args:
            run: Its number.
            commit: What it was to apply.
            since: The commits that it was about.
            wrote: How many writes it did; None if it did not find out what it was about, which is
                told where nothing else is.
        """
        unmet = self.unmet(commit) - self.foreign
        for one in self.approvals:
            if one.commits[-1] not in since or one.number in self.spoilt:
                continue
            if not any(one.parts.values()):
                continue
            said = [
                (Record.read(item["body"]).run, _word(item["body"]))
                for item in self._comments("outcome", one.number)
            ]
            assert said, f"{self.env}: #{one.number} was never told what became of it"
            number, word = said[-1]
            if wrote is None:
                continue
            assert number == run, f"{self.env}: #{one.number} was told nothing by run {run}"
            missing = {(key, part[0]) for key, parts in one.parts.items() for part in parts} & unmet
            assert word != "Applied" or not missing, (
                f"{self.env}: #{one.number} was told that it is applied; not so: {sorted(missing)}"
            )
            assert word in {"Applied", "Superseded"} or self.applied != commit, (
                f"{self.env}: #{one.number} is applied, and was told: {word}"
            )
            if word == "Refused":
                assert not wrote, f"{self.env}: #{one.number} was told that nothing was written"

    def _comments(self, kind: str, number: int) -> list[Item]:
        marker = Marker(kind, self.env)  # type: ignore[arg-type]  # one of the two
        listed = self.github.comments.get(number, [])
        return [item for item in listed if marker.begins(item["body"])]


def _word(body: str) -> str:
    found = re.search(r"\*\*(.+?) in ", body)
    return found[1] if found else ""
