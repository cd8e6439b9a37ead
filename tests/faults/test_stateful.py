"""Whatever people, servers and crashes do in any order, the invariants hold after each step."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reconciler.apply.restore import restored
from reconciler.apply.snapshot import Made, Snapshot, Was, snapshot_of
from reconciler.model import Declared, Group
from reconciler.plan.diff import plain_use_case
from tests.builders import action, desired, use_case
from tests.faults.harness import Life, Run, check, duplicates
from tests.faults.model import Answer, Clock, Fault, Schedule, World
from tests.faults.scenarios import mixed

ANSWERS: tuple[Answer, ...] = (
    "ok",
    "refused",
    "busy",
    "rejected",
    "broken",
    "hang",
    "reset",
    "empty",
)
FAULTS = st.builds(
    Fault, answer=st.sampled_from(ANSWERS), commit=st.sampled_from([0.0, None, 5.0])
).filter(lambda fault: fault.answer != "ok" or fault.commit == 0.0)
SCHEDULES = st.builds(
    Schedule,
    requests=st.dictionaries(st.integers(0, 14), FAULTS, max_size=3),
    posts=st.dictionaries(st.integers(0, 4), FAULTS, max_size=3),
    crash=st.none() | st.integers(0, 14),
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SLUGS = st.sampled_from(["cases", "fields", "new", "later"])


class Clinic(RuleBasedStateMachine):
    """One repository of files against one server, over time."""

    @initialize()
    def begin(self) -> None:
        """Start with a plan of every kind ahead."""
        scenario = mixed()
        clock = Clock()
        self.files = {entry.group.slug: entry for entry in scenario.declared}
        self.life = Life(World(scenario.start, now=clock), clock, scenario.declared)
        self.snapshot: Snapshot | None = None
        self.last: Run | None = None

    @rule(slug=SLUGS, hour=st.integers(8, 20), day=st.integers(0, 3), enabled=st.booleans())
    def edit_a_file(self, slug: str, hour: int, day: int, enabled: bool) -> None:  # noqa: FBT001 - hypothesis passes by name
        """Change a group's file, or write a new one."""
        cases = (use_case("A", action(day), enabled=enabled), use_case("B"))
        self.files[slug] = desired(
            slug, name=slug.title(), start_time=f"{hour:02}:00", use_cases=cases
        )
        self.life.declared = list(self.files.values())

    @rule(number=st.integers(0, 5), zone=st.sampled_from(["UTC", "Europe/Oslo"]))
    def edit_live(self, number: int, zone: str) -> None:
        """Somebody changes a group in the dashboard."""
        identities = sorted(self.life.world.records())
        self.life.world.edit(identities[number % len(identities)], timezone=zone)

    @rule(schedule=SCHEDULES)
    def apply(self, schedule: Schedule) -> None:
        """Plan and apply with faults, perhaps dying on the way."""
        self._run(schedule)

    @rule()
    def apply_calmly(self) -> None:
        """Plan and apply twice without faults: what was open is settled; nothing is left to do."""
        for _ in range(2):
            self._run(Schedule())
        truth = self.life.truth()
        assert truth.empty or truth.guards

    @precondition(lambda self: self.snapshot is not None)
    @rule()
    def roll_back(self) -> None:
        """Bring back what the last run wrote and nobody has changed since, and nothing else."""
        assert self.snapshot
        saved, self.snapshot = self.snapshot, None
        self.life.clock.advance(self.life.pace.settle)
        before = {group.group_id: group for group in self.life.world.groups()}
        wanted = restored(saved, list(before.values()), "snapshot", {}, {})
        if self._with(list(wanted.declared), Schedule()):
            return
        after = {group.group_id: group for group in self.life.world.groups()}
        written = {was.before.group_id: was for was in saved.groups}
        made = {made.key: made for made in saved.created}
        for group_id, now in after.items():
            if group_id in written:
                _check_back(written[group_id], before[group_id], now)
            elif now.key in made:
                _check_off(made[now.key], before[group_id], now)
            else:
                assert now == before[group_id]

    @invariant()
    def nothing_is_twice(self) -> None:
        """No key has two live groups, and what the last run did is within its promises."""
        if hasattr(self, "life"):
            assert not duplicates(self.life.world.records())

    def _with(self, declared: list[Declared], schedule: Schedule) -> bool:
        """Apply other groups than the files'; return whether a guard refused."""
        files, self.life.declared = self.life.declared, declared
        try:
            run = self.life.run(schedule)
        finally:
            self.life.declared = files
        check(run)
        return bool(run.plan and run.plan.guards)

    def _run(self, schedule: Schedule) -> None:
        run = self.life.run(schedule)
        check(run)
        if run.plan and run.plan.changes and not run.plan.guards:
            self.snapshot = snapshot_of(run.plan, LONG_AGO)


def _check_back(was: Was, before: Group, now: Group) -> None:
    """Assert that a part is as before the run if the run's value was live, else untouched."""
    for name in ("name", "start_time", "timezone", "assistant_id"):
        old, left, found, is_now = (
            getattr(group, name) for group in (was.before, was.after, before, now)
        )
        assert is_now == (old if found == left else found), name
    old_, left_, found_ = (_cases(group) for group in (was.before, was.after, before))
    for name, case in _cases(now).items():
        brought = found_[name] == left_.get(name) and old_.get(name) != left_.get(name)
        if brought and name in old_:
            assert case == old_[name]
        elif brought:
            assert case == {**found_[name], "enabled": False}
        else:
            assert case == found_[name]


def _check_off(made: Made, before: Group, now: Group) -> None:
    """Assert that a created group's use cases are off, but for those that were changed since."""
    was = {case.use_case: plain_use_case(case) for case in made.use_cases}
    found = _cases(before)
    for name, case in _cases(now).items():
        ours = found[name] == was.get(name)
        assert case == ({**found[name], "enabled": False} if ours else found[name])


def _cases(group: Group) -> dict[str, dict[str, object]]:
    return {case.use_case: plain_use_case(case) for case in group.use_cases}


TestClinic = Clinic.TestCase
TestClinic.settings = settings(
    max_examples=max(300, settings().max_examples),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
