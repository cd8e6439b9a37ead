"""Whatever a team, a dashboard and GitHub do in any order: what must hold, holds all the time.

The rules draw from what people do; `player` does it, and `witness` holds each write, each record
and each outcome against what people saw. In the end all becomes quiet, and live is main's.
"""

from collections.abc import Callable
from typing import Final, Literal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from reconciler.plan.nouns import Drift
from tests.histories.files import IMAGING, RECALL, VISITS, Files, Said
from tests.histories.player import Player, Pull, Run, Way, changed
from tests.histories.world import ENVIRONMENTS, World
from tests.memory_api import Fault
from tests.workflows.github_api import Upset

What = Literal["start", "day", "enabled", "second", "there", "notes"]
Drive = tuple[Literal["all", "first", "none", "pause", "die", "cancel"], int]

ENV: Final = st.sampled_from(ENVIRONMENTS)
KEYS: Final = st.sampled_from([VISITS, RECALL, IMAGING])
WHAT: Final = st.sampled_from(["start", "start", "day", "enabled", "second", "there", "notes"])
VALUE: Final = st.integers(0, 2)
DRIVES: Final = st.sampled_from(
    [
        *[("all", 0)] * 6,
        *[("first", 0), ("none", 0), ("none", 0)] * 2,
        *[("pause", 1), ("pause", 2), ("pause", 3)],
        *[("die", 1), ("die", 2), ("die", 3), ("cancel", 0), ("cancel", 1), ("cancel", 2)],
    ]
)
PLANS: Final = st.sampled_from([*[("all", 0)] * 6, ("none", 0), ("first", 0), ("pause", 2)])
"""How far a run goes at once: most do all, as most do."""
WAYS: Final = st.sampled_from(["squash", "squash", "merge", "rebase"])
LATE: Final = st.sampled_from([0.0, 0.0, 2.0, 20.0])
PICK: Final = st.integers(0, 3)
"""Which of those that there are, counted from the newest."""


def edited(files: Files, key: str, what: What, value: int) -> Files:
    """Return files with one edit, as a branch makes it; one group is always there."""
    said = files.get(key)
    if what == "there" and said and key != VISITS:
        return {name: one for name, one in files.items() if name != key}
    if what == "notes":
        return files
    if said is None:
        return {**files, key: Said(start=8 + value)}
    fields = {
        "start": said._replace(start=8 + value),
        "day": said._replace(day=2 + value),
        "enabled": said._replace(enabled=not said.enabled),
        "second": said._replace(second=not said.second),
    }
    return {**files, key: fields.get(what, said)}


class Histories(RuleBasedStateMachine):
    """A team of a repository with two environments, and others in the dashboard."""

    drift: Drift = "leave"
    """What merges do with a dashboard's edits."""
    calm = False
    """Whether GitHub, the API and the time between two requests bring no surprise."""

    @initialize()
    def begin(self) -> None:
        """Start with all applied."""
        self.player = Player(World(self.drift))

    def teardown(self) -> None:
        """Let it become quiet."""
        if hasattr(self, "player"):
            self.player.quiet()

    def pull(self, pick: int) -> Pull:
        """Return one of the newest pull requests."""
        return self.player.pulls[-1 - pick % len(self.player.pulls)]

    def drive(self, run: Run | None, drive: Drive) -> None:
        """Let a run go as far as drawn."""
        how, steps = drive
        if run is None or how == "none":
            return
        if how == "all":
            self.player.go(run)
            return
        left = [job for job in run.jobs if not job.over]
        for job in left[:1]:
            self.player.step(run, job, None if how == "first" else steps)
            if how == "die":
                self.player.lose(job)
            if how == "cancel":
                self.player.cancel(job)

    @rule(key=KEYS, what=WHAT, value=VALUE, drive=PLANS, fork=st.sampled_from([False] * 9 + [True]))
    def open(self, key: str, what: What, value: int, drive: Drive, fork: bool) -> None:  # noqa: FBT001 - hypothesis passes by name
        """Open a pull request."""
        player = self.player
        files = edited(player.world.git.files(player.main), key, what, value)
        self.drive(player.open(files, fork=fork), drive)

    @precondition(lambda self: self.player.pulls)
    @rule(pick=PICK, key=KEYS, what=WHAT, value=VALUE, drive=PLANS)
    def push(self, pick: int, key: str, what: What, value: int, drive: Drive) -> None:
        """Push to a pull request, or bring it up to date."""
        pull, player = self.pull(pick), self.player
        if what == "notes":
            self.drive(player.update(pull), drive)
        else:
            files = edited(player.world.git.files(pull.head), key, what, value)
            self.drive(player.push(pull, files), drive)

    @precondition(lambda self: any(not pull.became for pull in self.player.pulls))
    @rule(pick=PICK, way=WAYS, late=LATE, drive=DRIVES)
    def merge(self, pick: int, way: Way, late: float, drive: Drive) -> None:
        """Merge a pull request."""
        there = [pull for pull in self.player.pulls if not pull.became]
        self.player.world.clock.advance(1)
        self.drive(self.player.merge(there[-1 - pick % len(there)], way, late), drive)

    @rule(key=KEYS, what=WHAT, value=VALUE, way=WAYS, drive=DRIVES)
    def change(self, key: str, what: What, value: int, way: Way, drive: Drive) -> None:
        """Open a pull request and merge it when its plan is there."""
        player = self.player
        run = player.open(edited(player.world.git.files(player.main), key, what, value))
        if run:
            player.go(run)
        player.world.clock.advance(60)
        self.drive(player.merge(player.pulls[-1], way), drive)

    @precondition(lambda self: any(pull.became for pull in self.player.pulls))
    @rule(pick=PICK, drive=DRIVES)
    def revert(self, pick: int, drive: Drive) -> None:
        """Revert a pull request by another one, which is merged."""
        player = self.player
        merged = [pull for pull in player.pulls if pull.became]
        run = player.revert(merged[-1 - pick % len(merged)])
        if run:
            player.go(run)
            player.world.clock.advance(60)
            self.drive(player.merge(player.pulls[-1]), drive)

    @precondition(lambda self: self.player.runs)
    @rule(pick=PICK, failed=st.booleans(), drive=DRIVES)
    def again(self, pick: int, failed: bool, drive: Drive) -> None:  # noqa: FBT001 - hypothesis passes by name
        """Start a run again."""
        runs = [run for run in self.player.runs if run.over]
        if runs and self.player.again(run := runs[-1 - pick % len(runs)], failed=failed):
            self.drive(run, drive)

    @precondition(lambda self: any(pull.became for pull in self.player.pulls))
    @rule(pick=PICK, env=ENV, key=KEYS, value=VALUE)
    def look_again(self, pick: int, env: str, key: str, value: int) -> None:
        """Edit in the dashboard, and run the plan of a merged pull request again."""
        player = self.player
        merged = {pull.number for pull in player.pulls if pull.became}
        runs = [run for run in player.runs if run.over and run.event.number in merged]
        self._edit_live(env, key, "start", value)
        if runs and player.again(run := runs[-1 - pick % len(runs)]):
            player.go(run)

    @precondition(lambda self: self.player.behind)
    @rule(pick=PICK, drive=DRIVES)
    def late(self, pick: int, drive: Drive) -> None:
        """Let the run of an earlier merge go, or go again, now that there is another one."""
        run = self.player.behind[-1 - pick % len(self.player.behind)]
        self.player.again(run)
        self.drive(run, ("all", 0) if drive[0] == "none" else drive)

    @precondition(lambda self: any(not run.over for run in self.player.runs))
    @rule(pick=PICK, drive=DRIVES)
    def go_on(self, pick: int, drive: Drive) -> None:
        """Let a run go on that waits: for its turn, for a reviewer, or in the middle."""
        runs = [run for run in self.player.runs if not run.over]
        self.drive(runs[-1 - pick % len(runs)], drive)

    @rule(
        env=ENV,
        digest=st.sampled_from(["", "", "issue", "comment", "seen"]),
        pick=PICK,
        drift=st.sampled_from(["leave", "revert"]),
        drive=DRIVES,
    )
    def by_hand(self, env: str, digest: str, pick: int, drift: Drift, drive: Drive) -> None:
        """Apply by hand: what was reviewed, or a digest that is copied from somewhere."""
        player = self.player
        copied = ""
        if digest == "issue":
            copied = player.issue(env)
        elif digest == "comment" and player.pulls:
            copied = player.digest(self.pull(pick), env)
        elif digest == "seen":
            seen = list(player.world.witness[env].seen)
            copied = seen[-1 - pick % len(seen)] if seen else ""
        if copied or not digest:
            self.drive(player.by_hand(env, copied, drift, 9 * (pick % 2)), drive)

    @rule(drive=DRIVES)
    def day(self, drive: Drive) -> None:
        """Let the daily run look."""
        self.drive(self.player.day(), drive)

    @rule(env=ENV, key=KEYS, what=WHAT, value=VALUE)
    def dashboard(self, env: str, key: str, what: What, value: int) -> None:
        """Edit a group in the dashboard."""
        self._edit_live(env, key, what, value)

    @rule(pick=PICK, env=ENV, what=st.sampled_from(["close", "annotate", "deploy", "commit"]))
    def oddity(self, pick: int, env: str, what: str) -> None:
        """Do what is seldom done."""
        player = self.player
        if what == "deploy":
            player.world.github.deploy(env, player.main)
        elif what == "commit":
            files = player.world.git.files(player.main)
            player.commit(edited(files, VISITS, "start", pick % 3))
        elif player.pulls and what == "close":
            player.close(self.pull(pick))
        elif player.pulls:
            player.annotate(self.pull(pick), env)

    @precondition(lambda self: not self.calm)
    @rule(
        upset=st.sampled_from(["primary limit", "secondary limit", "bad gateway"]),
        spared=st.integers(0, 6),
        times=st.sampled_from([1, 2, 5, 9]),
    )
    def trouble_with_github(self, upset: Upset, spared: int, times: int) -> None:
        """Let GitHub's next answers be bad ones, some requests from now."""
        self.player.world.github.upset.extend([None] * spared + [upset] * times)

    @precondition(lambda self: not self.calm)
    @rule(
        env=ENV,
        fault=st.sampled_from(["rejected", "lost before", "lost after", "unreadable", "dies"]),
    )
    def trouble_with_the_api(self, env: str, fault: Fault | Literal["unreadable", "dies"]) -> None:
        """Let the API's next answer be a bad one, or the runner die over it."""
        live = self.player.world.live[env]
        if fault == "dies":
            live.dies = True
        elif fault == "unreadable":
            live.unreadable = 1
        else:
            live.faults.append(fault)

    @precondition(lambda self: not self.calm)
    @rule(
        requests=st.integers(0, 12),
        what=st.sampled_from(["merge", "merge", "push", "dashboard"]),
        env=ENV,
        key=KEYS,
        value=VALUE,
    )
    def meanwhile(self, requests: int, what: str, env: str, key: str, value: int) -> None:
        """Let something be done within a step, some requests to GitHub from now."""
        player = self.player

        def act() -> None:
            there = [pull for pull in player.pulls if not pull.became]
            if what == "dashboard":
                self._edit_live(env, key, "start", value)
            elif there and what == "merge":
                player.merge(there[-1])
            elif there:
                files = player.world.git.files(there[-1].head)
                player.push(there[-1], edited(files, key, "day", value))

        player.world.github.meanwhile = _once(requests, act)

    def _edit_live(self, env: str, key: str, what: What, value: int) -> None:
        player = self.player
        if what in {"start", "there"}:
            start = f"{8 + value:02}:00:00"
            player.dashboard(env, key, lambda group: group.model_copy(update={"start_time": start}))
        elif what in {"enabled", "second"}:
            case = -1 if what == "second" else 0
            player.dashboard(
                env,
                key,
                lambda group: changed(group, case, enabled=not group.use_cases[case].enabled),
            )
        elif what == "day":
            player.dashboard(
                env,
                key,
                lambda group: changed(
                    group,
                    0,
                    actions=tuple(
                        one.model_copy(update={"day": 2 + value})
                        for one in group.use_cases[0].actions
                    ),
                ),
            )
        else:
            player.dashboard(
                env, key, lambda group: group.model_copy(update={"assistant_id": f"{value}" * 24})
            )


def _once(requests: int, act: Callable[[], None]) -> Callable[[], None]:
    """Return what does something at one of its next calls, and nothing after that."""
    left = requests

    def count() -> None:
        nonlocal left
        left -= 1
        if left == -1:
            act()

    return count
