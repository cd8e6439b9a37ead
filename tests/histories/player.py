"""What people and GitHub do in a history, each as one function.

A player opens pull requests, pushes, merges in all three ways, starts runs again, lets them wait,
cancels or loses them, applies by hand and edits in the dashboard. What would not be possible on
GitHub does nothing and says so with False.
"""

import inspect
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

from reconciler.errors import ReconcilerError
from reconciler.github import Marker, Record
from reconciler.model import Group, UseCase
from reconciler.plan.nouns import Drift
from tests.histories.files import Files
from tests.histories.live import LostError
from tests.histories.steps import CancelledError, Event, apply, drift, plan
from tests.histories.world import ENVIRONMENTS, World
from tests.workflows.github_api import REPOSITORY

Workflow = Literal["plan", "apply", "by hand", "drift"]
Status = Literal["queued", "running", "success", "failure", "cancelled", "lost"]
Way = Literal["squash", "merge", "rebase"]
FIRST_RUN: Final = 100
"""Runs are numbered from the next on."""


@dataclass(slots=True)
class Job:
    """A job of a run.

    Attributes:
        env: Its environment.
        begin: Returns its steps.
        waits: The job before it in its run, which has to succeed.
        status: What became of it.
        steps: Those that are left, once it runs.
        doomed: Whether it is cancelled once its step ends.
    """

    env: str
    begin: Callable[[], Generator[str, None, None]]
    waits: "Job | None" = None
    status: Status = "queued"
    steps: Generator[str, None, None] | None = None
    doomed: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.status not in {"queued", "running"}


@dataclass(slots=True)
class Run:
    """A run of a workflow.

    Attributes:
        workflow: Which one.
        event: What it is about; the same for each attempt.
        jobs: Those of the last attempt, in their order.
        attempt: How often it was started.
    """

    workflow: Workflow
    event: Event
    jobs: list[Job] = field(default_factory=list)
    attempt: int = 0

    @property
    def over(self) -> bool:
        """Whether all its jobs are."""
        return all(job.over for job in self.jobs)


@dataclass(slots=True)
class Pull:
    """A pull request.

    Attributes:
        number: Its number.
        head: The newest commit of its branch.
        became: The commit that it became.
        plain: Whether its branch sees secrets, so that plans are made.
    """

    number: int
    head: str
    became: str = ""
    plain: bool = True


@dataclass(slots=True)
class Player:
    """Everybody who does something to a world.

    Attributes:
        world: It.
        pulls: All pull requests.
        runs: All runs.
        actions: How much was done.
    """

    world: World
    pulls: list[Pull] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    actions: int = 0

    @property
    def main(self) -> str:
        """The tip of the default branch."""
        return self.world.github.main

    @property
    def behind(self) -> list[Run]:
        """The runs of merges that are not the newest."""
        return [run for run in self.runs if run.workflow == "apply" and run.event.sha != self.main]

    # Branches and pull requests.

    def open(self, files: Files, *, fork: bool = False) -> Run | None:
        """Open a pull request of a branch with these files."""
        head = self.world.git.add(files, self.main)
        pull = Pull(len(self.pulls) + 1, head, plain=not fork)
        self.pulls.append(pull)
        self.world.github.push(
            pull.number, head, "mallory/outreach" if fork else REPOSITORY, "octocat"
        )
        return self._plan(pull)

    def push(self, pull: Pull, files: Files) -> Run | None:
        """Push another commit to a pull request's branch."""
        if pull.became:
            return None
        pull.head = self.world.git.add(files, pull.head)
        self.world.github.push(pull.number, pull.head)
        return self._plan(pull)

    def update(self, pull: Pull) -> Run | None:
        """Merge the default branch into a pull request's branch."""
        files = self.world.git.merge(pull.head, self.main)
        if pull.became or files is None or self.world.git.leads_to(self.main, pull.head):
            return None
        pull.head = self.world.git.add(files, pull.head, self.main)
        self.world.github.push(pull.number, pull.head)
        return self._plan(pull)

    def close(self, pull: Pull) -> None:
        """Close a pull request, or open it again, for which its plan runs."""
        item = self.world.github.pulls[pull.number]
        if not pull.became:
            item["state"] = "closed" if item["state"] == "open" else "open"
            if item["state"] == "open":
                self._plan(pull)

    def merge(self, pull: Pull, way: Way = "squash", late: float = 0.0) -> Run | None:
        """Merge a pull request; what GitHub says of it may come late."""
        before, git = self.main, self.world.git
        files = git.merge(before, pull.head)
        is_open = self.world.github.pulls[pull.number]["state"] == "open"
        if pull.became or not is_open or files is None or git.leads_to(pull.head, before):
            return None
        others = [git.add(files, before)] if way == "rebase" else []
        parents = [*others, before][:1] + ([pull.head] if way == "merge" else [])
        pull.became = git.add(files, *parents)
        self.world.github.late = late
        self.world.github.merge(pull.number, pull.became, *others)
        for witness in self.world.witness.values():
            witness.approve(pull.number, *others, pull.became)
        return self._run("apply", Event(self._number(), pull.became, base=before))

    def revert(self, pull: Pull) -> Run | None:
        """Open a pull request that takes another one back, as GitHub's button does."""
        git = self.world.git
        if not pull.became:
            return None
        at = git.add(git.files(git.first_parent(pull.became)), pull.became)
        files = git.merge(self.main, at)
        return None if files is None else self.open(files)

    def commit(self, files: Files) -> Run:
        """Push to the default branch, without a pull request."""
        before = self.main
        self.world.github.main = self.world.git.add(files, before)
        return self._run("apply", Event(self._number(), self.main, base=before))

    def annotate(self, pull: Pull, env: str) -> None:
        """Write a note above the first line of our comment."""
        for item in self.world.github.comments.get(pull.number, []):
            if Marker("plan", env).begins(item["body"]):
                item["body"] = f"A note.\n{item['body']}"
                item["updated_at"] = self.world.github.now()
                if pull.became:
                    self.world.witness[env].spoil(pull.number)

    # Runs.

    def by_hand(self, env: str, digest: str = "", drift: Drift = "leave", disables: int = 0) -> Run:
        """Start an apply of the default branch's tip."""
        allow = {"disables": disables} if disables else {}
        event = Event(self._number(), self.main, digest=digest, drift=drift, allow=allow)
        run = Run("by hand", event)
        self.runs.append(run)
        run.jobs = [Job(env, partial(apply, self.world, event, env, ""))]
        run.attempt = 1
        return run

    def day(self) -> Run:
        """Let the daily run look at both environments."""
        return self._run("drift", Event(self._number(), self.main))

    def again(self, run: Run, *, failed: bool = False) -> bool:
        """Start a run again, all of it or what failed; with the event that it had."""
        if not run.over or (failed and all(job.status == "success" for job in run.jobs)):
            return False
        self._begin(run, failed=failed)
        return True

    def go(self, run: Run) -> None:
        """Let a run go on as far as it comes."""
        for job in run.jobs:
            self.step(run, job)

    def step(self, run: Run, job: Job, steps: int | None = None) -> None:
        """Let a job go on, for all or some steps."""
        if not self._may_run(run, job):
            return
        if job.steps is None:
            job.status = "running"
            if run.workflow in {"apply", "by hand"}:
                self.world.github.deploy(job.env, run.event.sha)
            job.steps = job.begin()
            self._next(job)
        while not job.over and steps != 0:
            self._next(job)
            if job.doomed:
                self.cancel(job)
            steps = None if steps is None else steps - 1

    def lose(self, job: Job) -> None:
        """Let a job's runner die, or GitHub forget it."""
        if not job.over:
            job.status = "lost"

    def cancel(self, job: Job) -> None:
        """Cancel a job; what always runs still does."""
        if job.status == "queued":
            job.status = "cancelled"
        if job.over or job.steps is None:
            return
        if inspect.getgeneratorstate(job.steps) == inspect.GEN_RUNNING:
            job.doomed = True
            return
        try:
            job.steps.throw(CancelledError())
            while True:
                next(job.steps)
        except (StopIteration, CancelledError, ReconcilerError):
            job.status = "cancelled"
        except LostError:
            job.status = "lost"

    # Live state.

    def dashboard(self, env: str, key: str, edit: Callable[[Group], Group]) -> bool:
        """Edit a live group in the dashboard."""
        live = self.world.live[env]
        group = live.group(key)
        if group is None or (after := edit(group)) == group:
            return False
        live.groups[str(group.group_id)] = after
        fields = [name for name in ("start_time",) if getattr(group, name) != getattr(after, name)]
        was = {case.use_case: case for case in group.use_cases}
        for case in after.use_cases:
            fields += _changed(was[case.use_case], case)
        self.world.witness[env].edited(*((key, name) for name in fields))
        return True

    # The end.

    def quiet(self) -> None:
        """Let everything end, take back by hand what the dashboard did, and look at all of it."""
        github = self.world.github
        github.upset.clear()
        github.meanwhile = lambda: None
        for live in self.world.live.values():
            live.faults.clear()
            live.meanwhile, live.dies, live.unreadable = lambda: None, False, 0
        for job in (job for run in self.runs for job in run.jobs):
            if job.status == "running":
                self.step(next(run for run in self.runs if job in run.jobs), job)
            self.lose(job)
        for env in ENVIRONMENTS:
            for key, name in self.world.witness[env].beyond(self.main):
                self._switch_off(env, key, name)
            if self.world.witness[env].applied != self.main:
                self.go(self.by_hand(env))
        self._look()
        for env in ENVIRONMENTS:
            if digest := self.issue(env):
                self.go(self.by_hand(env, digest, "revert", 99))
                assert self.runs[-1].jobs[0].status == "success"
        self._look()
        for env in ENVIRONMENTS:
            witness = self.world.witness[env]
            unmet = witness.unmet(self.main)
            assert not unmet, f"{env}: all is quiet, and live is not main's: {sorted(unmet)}"
            assert witness.applied == self.main
            assert not self.issue(env)

    def _switch_off(self, env: str, key: str, name: str) -> None:
        """Switch a use case off in the dashboard, which only there can be: Git has forgotten it."""
        group = self.world.live[env].group(key)
        for case, part in enumerate(group.use_cases if group else ()):
            if part.use_case == name:
                self.dashboard(env, key, lambda group: changed(group, case, enabled=False))  # noqa: B023 - called at once

    def _look(self) -> None:
        """Let the daily run look, if there is something to see."""
        there = (witness.unmet(self.main) for witness in self.world.witness.values())
        if any(there) or any(map(self.issue, ENVIRONMENTS)):
            self.go(self.day())

    def issue(self, env: str) -> str:
        """Return the digest in the open issue about an environment, or an empty text."""
        for item in self.world.github.issues:
            if Marker("drift", env).begins(item["body"]) and item["state"] == "open":
                return Record.read(item["body"]).digest
        return ""

    def digest(self, pull: Pull, env: str) -> str:
        """Return the digest in a pull request's comment, or an empty text."""
        for item in self.world.github.comments.get(pull.number, []):
            if Marker("plan", env).begins(item["body"]):
                digest = Record.read(item["body"]).digest
                return digest if digest.startswith("sha256:") else ""
        return ""

    def _plan(self, pull: Pull) -> Run | None:
        """Return the run for a push; there is none if it conflicts, nor a job without secrets."""
        files = self.world.git.merge(self.main, pull.head)
        if files is None or not pull.plain:
            return None
        sha = self.world.git.add(files, self.main, pull.head)
        return self._run("plan", Event(self._number(), sha, pull.number, pull.head))

    def _run(self, workflow: Workflow, event: Event) -> Run:
        run = Run(workflow, event)
        self.runs.append(run)
        self._begin(run)
        return run

    def _begin(self, run: Run, *, failed: bool = False) -> None:
        """Start an attempt at a run."""
        run.attempt += 1
        if run.workflow == "plan":  # its concurrency: cancel-in-progress
            for other in self.runs:
                if other.workflow == "plan" and other.event.number == run.event.number:
                    for job in other.jobs:
                        self.cancel(job)
        kept = {job.env: job for job in run.jobs if failed and job.status == "success"}
        before: Job | None = None
        jobs = []
        for env in [job.env for job in run.jobs] or ENVIRONMENTS:
            if env in kept:
                job = kept[env]
            elif run.workflow == "plan":
                job = Job(env, partial(plan, self.world, run.event, env))
            elif run.workflow == "drift":
                job = Job(env, partial(drift, self.world, run.event, env))
            else:
                after = "qa" if run.workflow == "apply" and env == "prod" else ""
                job = Job(env, partial(apply, self.world, run.event, env, after), before)
            jobs.append(job)
            before = job
        run.jobs = jobs

    def _may_run(self, run: Run, job: Job) -> bool:
        """Return whether a job may begin, or go on: one at a time writes to an environment."""
        if job.over:
            return False
        if job.waits and job.waits.over and job.waits.status != "success":
            job.status = "cancelled"
        if job.status == "running" or run.workflow not in {"apply", "by hand"}:
            return not job.over
        busy = any(
            other.status == "running"
            for one in self.runs
            if one.workflow in {"apply", "by hand"}
            for other in one.jobs
            if other.env == job.env
        )
        return not busy and (job.waits is None or job.waits.status == "success")

    def _next(self, job: Job) -> None:
        assert job.steps
        try:
            next(job.steps)
        except StopIteration:
            job.status = "success"
        except ReconcilerError:
            job.status = "failure"
        except LostError:
            job.status = "lost"

    def _number(self) -> int:
        return FIRST_RUN + len(self.runs) + 1


def _changed(was: UseCase, now: UseCase) -> list[str]:
    names = [("enabled", was.enabled == now.enabled), ("actions", was.actions == now.actions)]
    return [f"{now.use_case}.{name}" for name, same in names if not same]


def changed(group: Group, case: int, **values: object) -> Group:
    """Return a group with other values in one of its use cases."""
    cases = list(group.use_cases)
    cases[case] = cases[case].model_copy(update=values)
    return group.model_copy(update={"use_cases": tuple(cases)})
