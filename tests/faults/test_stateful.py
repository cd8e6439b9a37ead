"""Whatever people, servers and crashes do in any order, the invariants hold after each step."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reconciler.apply.snapshot import Snapshot, restored, snapshot_of
from reconciler.model import Declared
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
        """Bring the last run's groups back as they were, through a plan like any other."""
        assert self.snapshot
        saved, self.snapshot = self.snapshot, None
        self.life.clock.advance(self.life.pace.settle)
        declared = restored(saved, self.life.world.groups(), "snapshot")
        if self._with(declared, Schedule()):
            return
        after = {group.group_id: group for group in self.life.world.groups()}
        for group in saved.groups:
            now = after[group.group_id]
            assert (now.start_time, now.timezone, now.name) == (
                group.start_time,
                group.timezone,
                group.name,
            )
        for group in after.values():
            if group.key in saved.created:
                assert not any(case.enabled for case in group.use_cases)

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


TestClinic = Clinic.TestCase
TestClinic.settings = settings(
    max_examples=max(300, settings().max_examples),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
