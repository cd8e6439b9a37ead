"""The steps that histories play are those of the workflows: one history, played by both."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.github import Record, attachment
from reconciler.live import reading
from reconciler.model import INTEGRATIONS, Group
from reconciler.settings import ApiSettings
from reconciler.transport import Endpoint
from tests.histories.files import FIRST, IMAGING, RECALL, VISITS, Files, path, text
from tests.histories.player import Player
from tests.histories.steps import PERMISSIONS
from tests.histories.world import ENVIRONMENTS, World
from tests.workflows.clinic import Clinic, git, opened
from tests.workflows.github_api import Repository
from tests.workflows.program import served
from tests.workflows.runner import ROOT, load


def sandboxed(clinic: Clinic, env: str) -> dict[str, Group]:
    """Return what is live in a clinic's sandbox, by id."""
    endpoint = Endpoint(clinic.urls[env], SecretStr("seed"))
    with reading(endpoint, ApiSettings()) as reader:
        rows = [row for name in INTEGRATIONS for row in reader.list_groups(name)]
    return {str(row.group_id): row for row in rows if isinstance(row, Group)}


class Both:
    """One team in two worlds: the workflows in a clinic, and their steps in memory.

    Attributes:
        clinic: Real workflows, real Git, a GitHub and an API on loopback.
        player: The same in memory.
        commits: What main was, in both worlds.
    """

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        world = World(urls=clinic.urls)
        for env in ENVIRONMENTS:
            world.live[env].groups = sandboxed(clinic, env)
        self.player = Player(world)
        self.commits = [(clinic.head(), self.player.main)]

    def open(self, files: Files) -> None:
        """Open a pull request, and run its plan."""
        number = len(self.player.pulls) + 1
        name = f"branch-{number}"
        git("checkout", "-qb", name, "main", cwd=self.clinic.origin)
        for key in (VISITS, RECALL, IMAGING):
            file = self.clinic.origin / path(key)
            file.unlink(missing_ok=True)
            if key in files:
                file.parent.mkdir(exist_ok=True)
                file.write_text(text(key, files[key]), encoding="utf-8")
        self.clinic.commit(name)
        self.clinic.pull_request("main", name, number=number)
        run = self.player.open(files)
        assert run
        self.player.go(run)

    def merge(self) -> None:
        """Merge the newest pull request; its run is not there yet."""
        number = len(self.player.pulls)
        self.player.world.clock.advance(60)
        sha = self.clinic.squash(f"branch-{number}", number)
        assert self.player.merge(self.player.pulls[-1])
        self.commits.append((sha, self.player.main))

    def run(self, number: int) -> None:
        """Let the run of a push go, or go again."""
        sha, ours = self.commits[number]
        jobs = self.clinic.pushed(sha)
        (run,) = (
            one for one in self.player.runs if (one.workflow, one.event.sha) == ("apply", ours)
        )
        self.player.again(run)
        self.player.go(run)
        assert [job.conclusion for job in jobs.values()] == [job.status for job in run.jobs]

    def dashboard(self, env: str, start: str) -> None:
        """Move a group in the dashboard."""
        self.clinic.dashboard(env, "visits", start_time=start)
        self.player.dashboard(
            env, VISITS, lambda group: group.model_copy(update={"start_time": start})
        )

    def day(self) -> None:
        """Let the daily run look."""
        self.clinic.drift()
        self.player.go(self.player.day())

    def by_hand(self, env: str) -> None:
        """Take drift back, by the digest in the issue."""
        digest = self.player.issue(env)
        assert digest
        self.clinic.by_hand(env, digest, drift="revert")
        self.player.go(self.player.by_hand(env, digest, "revert"))

    def compare(self) -> None:
        """Hold both worlds to each other."""
        ours = self.player.world
        for env in ENVIRONMENTS:
            there, here = (
                {
                    str(group.key): _plain(group)
                    for group in groups.values()
                    if str(group.key) in {VISITS, RECALL, IMAGING}
                }
                for groups in (sandboxed(self.clinic, env), ours.live[env].groups)
            )
            assert here == there
        assert self._told(ours.github, 1) == self._told(self.clinic.github, 0)

    def _told(self, github: Repository, world: int) -> list[Any]:
        """Return what GitHub shows: comments, issues, and what is recorded as applied."""
        places = {pair[world]: place for place, pair in enumerate(self.commits)}
        comments = [
            (number, _told(item["body"]))
            for number in github.comments
            for item in github.comments[number]
        ]
        issues = [(_told(item["body"]), item["title"], item["state"]) for item in github.issues]
        applied = [
            [places[sha] for sha in dict.fromkeys(_applied(github, env))] for env in ENVIRONMENTS
        ]
        return [sorted(comments, key=str), sorted(issues, key=str), applied]


def _plain(group: Group) -> dict[str, Any]:
    """Return a group without its id, and without any order of its use cases."""
    plain = group.model_dump(exclude={"group_id"})
    return {**plain, "use_cases": sorted(plain["use_cases"], key=str)}


def _applied(github: Repository, env: str) -> Iterator[str]:
    for one in github.deployments:
        if (one["environment"], one["task"]) == (env, "reconciler"):
            yield one["sha"]


def _told(body: str) -> tuple[str, Any, str]:
    """Return which text this is, what it records, and the outcome."""
    kind = re.match(r"<!-- reconciler (\w+ env=\w+) ", body)
    record = Record.read(body)
    word = re.search(r"\*\*(\w[\w ]+?) in <code>", body)
    assert kind
    return (
        kind[1],
        (record.digest, record.former, attachment(body)),
        word[1] if word and "outcome" in kind[1] else "",
    )


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The script that runs the program in a workflow."""
    with served(tmp_path_factory.mktemp("program")) as script:
        yield script


def test_one_history_in_both(tmp_path: Path, program: str) -> None:
    """A lost removal, a dashboard's edit, a late run, the day's look, and what is done by hand."""
    groups = {path(key): text(key, said) for key, said in FIRST.items()}
    with opened(tmp_path, program, groups=groups) as clinic:
        both = Both(clinic)
        both.compare()
        kept = {VISITS: FIRST[VISITS]}
        both.open(kept)
        both.merge()
        both.compare()
        both.dashboard("prod", "21:00:00")
        kept[IMAGING] = FIRST[VISITS]
        both.open(kept)
        both.merge()
        both.run(2)
        both.compare()
        both.run(1)
        both.compare()
        both.day()
        both.compare()
        both.by_hand("prod")
        both.dashboard("qa", "20:00:00")
        both.open({**kept, VISITS: FIRST[VISITS]._replace(start=8)})
        both.dashboard("qa", "19:00:00")
        both.merge()
        both.run(3)
        both.compare()


def test_a_job_may_do_what_the_workflows_say() -> None:
    """No more in a history than there."""
    found = {}
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        for name, job in load(file)["jobs"].items():
            if name in PERMISSIONS and "steps" in job:
                found[name] = job["permissions"]
    assert found == PERMISSIONS
