"""A person's runs of one set of files in a misbehaving world, and what must be true of each.

The invariants are those of the project's promises: what was sent is a part of the plan, no create
is sent again that may have been processed, what a report says is true, nothing else has changed,
and every run ends.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from reconciler.apply.interrupt import Interrupt
from reconciler.apply.report import Report, Result
from reconciler.apply.run import apply_plan
from reconciler.apply.state import Kept
from reconciler.apply.write import Api, Pace
from reconciler.errors import ApiError
from reconciler.live import encode_body
from reconciler.model import Declared, Group, Integration, Key, Target
from reconciler.plan.build import build_plan
from reconciler.plan.compare import differences
from reconciler.plan.nouns import Change, Plan
from tests.faults.model import (
    OF_A_GROUP,
    OF_A_USE_CASE,
    OF_AN_ACTION,
    Clock,
    CrashedError,
    Habits,
    Lists,
    ModelApi,
    Record,
    Request,
    Schedule,
    VirtualEvent,
    World,
    decoded,
)
from tests.faults.scenarios import Scenario

REQUESTS: Final = 60
"""Requests that a run may make, once and for each change: its budget of 40, and the last sweep."""
LIFTED: Final = ("renames", "copies", "use-case-renames", "unknown-fields")
"""Guards that small plans of similar groups would meet, and that these tests are not about."""
DEADLINE: Final = 900.0
"""Virtual seconds after which a run waits for nothing more."""
SECONDS: Final = 1800.0
"""Virtual seconds that a run may take for each change, if every request hangs."""


class Journal:
    """What the run journal keeps, in memory and in virtual time.

    Attributes:
        since: When each write whose outcome is open was last about to be sent, by key.
        created: The ids of groups that runs created, and their integrations.
        said: The last status of each group whose write was told of, by key; until it is, none.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.since: dict[str, float] = {}
        self.created: dict[str, Integration] = {}
        self.said: dict[str, str] = {}

    @contextmanager
    def keep(self, plan: Plan) -> Iterator[Kept]:  # noqa: ARG002 - a state's signature
        """Keep the journal; there is neither another run nor a rollback in this world."""
        yield Kept(self)

    def intent(self, change: Change) -> None:
        """Note that a request is about to be sent."""
        self.since[str(change.key)] = self._now()
        self.said.pop(str(change.key), None)

    def outcome(self, result: Result) -> None:
        """Note what became of a group."""
        self.said[str(result.key)] = result.status
        if result.group_id:
            self.created[result.group_id] = result.key.integration
        if result.status != "unknown":
            self.since.pop(str(result.key), None)

    def wait(self, settle: float) -> float:
        """Return the seconds to wait before a plan can be believed, and forget what was open."""
        since, self.since = list(self.since.values()), {}
        return min(max(settle - (self._now() - max(since)), 0.0), settle) if since else 0.0


@dataclass(slots=True)
class Run:
    """One run, and the world around it.

    Attributes:
        plan: What was carried out; None where live state could not be read, so that nothing was.
        report: What was said of it; None where the runner crashed, so that nobody heard.
        before: The server's groups when the plan was made.
        after: The same when the run had ended.
        requests: What reached the server or would have, reads for the plan included.
        seconds: How long it took, in virtual time.
        crashed: Whether the runner died.
    """

    plan: Plan | None
    report: Report | None
    before: dict[str, Record]
    after: dict[str, Record]
    requests: Sequence[Request]
    seconds: float
    crashed: bool

    @property
    def posts(self) -> list[Request]:
        """The writes."""
        return [request for request in self.requests if request.method == "post"]


@dataclass(slots=True)
class Life:
    """All runs of one set of files.

    Attributes:
        world: The server.
        clock: Its clock.
        declared: What the files say.
        pace: How often and how long is tried.
        connect: Opens a connection; by default one without a network.
        base: What the files said at the base commit; plans then prune.
        allow: Limits that are lifted; a guard is not what these tests are about.
    """

    world: World
    clock: Clock
    declared: Sequence[Declared]
    pace: Pace = field(default_factory=Pace)
    connect: Callable[[], AbstractContextManager[Api]] | None = None
    base: Sequence[Declared] | None = None
    allow: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LIFTED, 99))
    journal: Journal = field(init=False)

    @classmethod
    def begin(
        cls,
        scenario: Scenario,
        habits: Habits | None = None,
        pace: Pace | None = None,
        lists: Lists | None = None,
    ) -> "Life":
        """Return a life in virtual time that has not begun to run."""
        clock = Clock()
        return cls(
            World(scenario.start, now=clock, habits=habits, lists=lists),
            clock,
            scenario.declared,
            pace or Pace(),
            base=scenario.base,
        )

    def __post_init__(self) -> None:
        self.journal = Journal(self.world.now)

    def go_elsewhere(self) -> None:
        """Run on from another machine, which has no journal; it waits as a job's next attempt."""
        self.journal = Journal(self.world.now)
        self.clock.advance(self.pace.settle)

    def plan(self, api: Api | None = None) -> Plan:
        """Read live state and compare; raises ApiError."""
        entries = [*self.declared, *(self.base or ())]
        integrations = sorted({entry.group.integration for entry in entries})
        if api is not None:
            rows = [row for name in integrations for row in api.list_groups(name)]
            found = [row for row in rows if isinstance(row, Group)]
            return self._compare([*found, *self._unlisted(api, found)])
        with self.connected() as opened:
            return self.plan(opened)

    def truth(self) -> Plan:
        """Return the plan that a perfect read would give now."""
        return self._compare(self.world.groups())

    def run(self, schedule: Schedule) -> Run:
        """Wait as the journal says, then plan and apply with faults."""
        self.clock.advance(self.journal.wait(self.pace.settle))
        self.world.follow(schedule)
        return self.go()

    def go(self) -> Run:
        """Plan and apply, going on with the schedule that the world follows."""
        before, start = self.world.records(), self.world.now()
        plan = report = None
        crashed = False
        try:
            plan = self.plan()
            report = None if plan.guards else self.apply(plan)
        except ApiError:
            pass
        except CrashedError:
            crashed = True
        return Run(
            plan,
            report,
            before,
            self.world.records(),
            self.world.requests,
            self.world.now() - start,
            crashed,
        )

    def apply(self, plan: Plan, *, concurrency: int = 1) -> Report:
        """Carry a plan out; raises CrashedError."""
        end = self.clock() + DEADLINE
        report = apply_plan(
            plan,
            self.connected,
            self.journal,
            concurrency=concurrency,
            interrupt=Interrupt(finish=VirtualEvent(self.clock)),
            pace=replace(self.pace, left=lambda: end - self.clock()),
        )
        if report.bug:
            raise report.bug
        return report

    def connected(self) -> AbstractContextManager[Api]:
        """Open a connection."""
        return self.connect() if self.connect else ModelApi(self.world, self.clock)

    def _compare(self, live: Sequence[Group]) -> Plan:
        return build_plan(
            self.declared,
            live,
            Target(),
            base=self.base,
            prune=self.base is not None,
            allow=self.allow,
        )

    def _unlisted(self, api: Api, found: Sequence[Group]) -> Iterator[Group]:
        """Yield what the journal says was created, and the lists lack, as `workspace` does."""
        listed = {group.group_id for group in found}
        for identity, integration in self.journal.created.items():
            if identity not in listed:
                try:
                    yield api.get_group(integration, identity)
                except ApiError as error:
                    if error.status != 404:
                        raise


def duplicates(records: dict[str, Record]) -> set[Key]:
    """Return the keys that several groups have."""
    counts = Counter(map(_key, records.values()))
    return {key for key, number in counts.items() if number > 1}


def check(run: Run, *, one_writer: bool = True, fresh: bool = True, merging: bool = True) -> None:
    """Assert what must be true of a run.

    Args:
        run: A run.
        one_writer: Nobody else wrote while it ran.
        fresh: Its reads showed every earlier write.
        merging: The server keeps use cases that it is not sent.
    """
    if run.plan is None or run.plan.empty or run.plan.guards:
        assert not run.posts, "a run without a plan, or with an empty or guarded one, wrote"
        return
    changes = {change.key: change for change in run.plan.changes}
    assert len(run.requests) <= REQUESTS * (1 + len(changes)), "too many requests"
    assert run.seconds <= SECONDS * (1 + len(changes)), "too long"
    bodies = {encode_body(change.request) for change in changes.values()}
    assert {post.body for post in run.posts} <= bodies, "something was sent that is not in the plan"
    for key in changes:
        creates = [
            post for post in run.posts if post.key == key and post.create and post.fault.may_take
        ]
        assert len(creates) <= 1, (
            f"the create of {key} was sent again although it may have been processed"
        )
    if one_writer and fresh:
        _check_order(run, changes)
    if one_writer:
        _check_the_rest(run, changes)
    if one_writer and merging:
        _check_unsent_use_cases(run, changes)
    if run.report:
        _check_report(run, run.report, changes, believe_applied=one_writer and fresh)


def _check_order(run: Run, changes: dict[Key, Change]) -> None:
    """Assert that nothing was sent before what it waits for took."""
    for key, change in changes.items():
        if any(post.key == key and post.fault.may_take for post in run.posts):
            for first in change.after:
                assert _shows(run, changes[first.key]), (
                    f"{key} was sent, and {first.key} is not switched off"
                )


def _check_the_rest(run: Run, changes: dict[Key, Change]) -> None:
    """Assert that groups outside the plan are as they were, and that only planned ones came."""
    written = {str(change.before.group_id) for change in changes.values() if change.before}
    for identity, record in run.before.items():
        assert identity in written or run.after[identity] == record, (
            f"{identity} is not in the plan and has changed"
        )


def _check_unsent_use_cases(run: Run, changes: dict[Key, Change]) -> None:
    for change in changes.values():
        if change.before is None:
            continue
        sent = {part["use_case"] for part in change.request.get("use_cases", ())}
        identity = str(change.before.group_id)
        before, after = (_use_cases(state[identity], sent) for state in (run.before, run.after))
        assert before == after, f"use cases of {change.key} changed that were not sent"


def _use_cases(record: Record, but: set[str]) -> list[object]:
    return [part for part in record["use_cases"] if part["use_case"] not in but]


def _check_report(
    run: Run, report: Report, changes: dict[Key, Change], *, believe_applied: bool
) -> None:
    for result in report.results:
        change = changes[result.key]
        posts = [post for post in run.posts if post.key == result.key]
        maybe = [post for post in posts if post.fault.may_take]
        told = f"{result} after {[post.fault for post in posts]}"
        if result.status == "applied":
            assert maybe, f"said to be applied, and nothing arrived: {told}"
            assert not believe_applied or _shows(run, change), (
                f"said to be applied, and is not: {told}"
            )
            assert not believe_applied or not loses(run, change), (
                f"said to be applied, and unknown fields are lost: {told}"
            )
        if result.status == "not attempted" or result.cause in {"stale", "unreadable"}:
            assert not posts, f"sent, although: {told}"
        if result.cause in {"not sent", "rejected"}:
            assert not maybe, f"may have been processed, although: {told}"
        if result.status == "unknown" or result.cause == "not as sent":
            assert maybe, f"certainly not processed, although: {told}"
    if report.exit_code in (1, 3):
        assert not [post for post in run.posts if post.fault.may_take], (
            "exit 1 or 3, and something may be done"
        )
    assert (report.exit_code == 0) == all(result.status == "applied" for result in report.results)


def _shows(run: Run, change: Change) -> bool:
    if change.before:
        found = [run.after[str(change.before.group_id)]]
    else:
        found = [record for record in run.after.values() if _key(record) == change.key]
    return len(found) == 1 and not differences(decoded(found[0]), change.expected())


def loses(run: Run, change: Change) -> bool:
    """Return whether a group lost unknown fields, other than with actions that the plan ends.

    Looked up in what the server keeps, and not as the program does it.
    """
    identity = str(change.before.group_id) if change.before else ""
    if identity not in run.before:
        return False
    before, after = run.before[identity], run.after[identity]
    if not _unknown(before, OF_A_GROUP) <= _unknown(after, OF_A_GROUP):
        return True
    there = {part["use_case"]: part for part in after["use_cases"]}
    return any(
        _loses(part, there[part["use_case"]])
        for part in before["use_cases"]
        if part["use_case"] in there
    )


def _loses(before: Record, after: Record) -> bool:
    if not _unknown(before, OF_A_USE_CASE) <= _unknown(after, OF_A_USE_CASE):
        return True
    for action in before["actions"]:
        had, has = (
            [
                _unknown(part, OF_AN_ACTION)
                for part in side["actions"]
                if all(part[name] == action[name] for name in OF_AN_ACTION)
            ]
            for side in (before, after)
        )
        ended = max(len(had) - len(has), 0)
        if has and (Counter(filter(None, had)) - Counter(has)).total() > ended:
            return True
    return False


def _unknown(record: Record, known: frozenset[str]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (name, json.dumps(value)) for name, value in record.items() if name not in known
    )


def _key(record: Record) -> Key:
    return Key(integration=record["integration"], slug=record["slug"])
