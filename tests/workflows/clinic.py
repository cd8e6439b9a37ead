"""A clinic's repository on a stand-in for GitHub, and the people who work on it."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.sandbox import Store, running
from tests.workflows.github_api import FakeGitHub, fake_github
from tests.workflows.runner import ROOT, Context, Github, Job, run_workflow

SURGERY = "groups/microsoft/day-surgery.yaml"
NO_SHOW = "groups/microsoft/no-show-follow-up.yaml"
ENVIRONMENTS = ("qa", "prod")
PLANNED = {
    "validate": "success",
    "plan (qa)": "success",
    "plan (prod)": "success",
    "planned": "success",
}
APPLIED = {"apply (qa)": "success", "apply (prod)": "success"}
LINKS = {
    name: f"https://1drv.ms/x/s3cret-{name.lower()}"
    for name in ("RECALL_SHEET_LINK", "RECALL_QA_SHEET_LINK")
}


ROOT_PARTS = (".github", ".ci")
"""What of this repository others call."""

FIRST_RUN = 100
"""Runs are numbered from the next on."""


def git(*arguments: str, cwd: Path) -> str:
    """Run git as nobody in particular."""
    who = (
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@example.invalid",
        "-c",
        "init.defaultBranch=main",
    )
    done = subprocess.run(
        ["git", *who, *arguments], cwd=cwd, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


@dataclass
class Clinic:
    """A repository on a stand-in for GitHub, with a sandbox as the API for each environment.

    Attributes:
        folder: Where runs happen.
        origin: The repository, with a work tree.
        github: The stand-in.
        urls: Of the sandboxes, by environment.
        runs: How many workflows have run.
        program: As of a run.
        tool: Another repository, whose workflows this one calls; None if they are its own.
        planned: Event and merge commit of each plan, in order.
    """

    folder: Path
    origin: Path
    github: FakeGitHub
    urls: dict[str, str]
    program: str
    tool: Path | None = None
    runs: int = 0
    planned: list[tuple[Context, str]] = field(default_factory=list)

    def commit(self, message: str) -> str:
        """Commit everything and return the id."""
        git("add", "-A", cwd=self.origin)
        git("commit", "-qm", message, cwd=self.origin)
        return self.head()

    def head(self) -> str:
        """Return the commit that is checked out."""
        return git("rev-parse", "HEAD", cwd=self.origin)

    def edit(self, path: str, before: str, after: str) -> None:
        """Replace text in a file of the work tree."""
        file = self.origin / path
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after), encoding="utf-8")

    def live(self, env: str, slug: str) -> dict[str, Any]:
        """Return a live group of the microsoft integration."""
        (found,) = (
            group for group in self._store(env).groups("microsoft") if group["slug"] == slug
        )
        return found

    def dashboard(self, env: str, slug: str, **fields: str) -> None:
        """Change a live group as somebody in the dashboard does."""
        group = self.live(env, slug)
        fixed = {
            name: group[name]
            for name in ("group_id", "name", "slug", "timezone", "start_time", "assistant_id")
        }
        self._store(env).upsert("microsoft", fixed | fields)

    def run(
        self,
        workflow: str,
        event_name: str,
        event: Context,
        sha: str,
        *,
        ref: str = "refs/heads/main",
        only: str = "",
        before: Callable[[str], None] = lambda _: None,
    ) -> dict[str, Job]:
        """Run a workflow, and hold every run to what none may ever say.

        Args:
            workflow: Name of its file.
            event_name: Of the event.
            event: Its payload, but for the repository.
            sha: What it runs for.
            ref: Where it runs.
            only: The one job that is run again; by default all.
            before: Called with the name of each job that is about to start.
        """
        self.runs += 1
        number = self.runs
        self.github.main = git("rev-parse", "main", cwd=self.origin)
        environments = [name for env in ENVIRONMENTS for name in (env, f"{env}-plan")]
        github = Github(
            origin=self.origin,
            api_url=self.github.url,
            event_name=event_name,
            event={"repository": {"default_branch": "main"}, **event},
            sha=sha,
            ref=ref,
            run_id=FIRST_RUN + self.runs,
            variables={
                name: {"RECONCILER_API_URL": self.urls[name.removesuffix("-plan")]}
                for name in environments
            },
            program=self.program,
            tool=self.tool,
            secrets={
                name: {"INTERACTLY_API_KEY": f"sk-canary-{name}", **LINKS} for name in environments
            },
        )
        folder = self.folder / f"run-{number}"
        written = len(self.github.written)
        jobs = run_workflow(workflow, github, folder, before, only)
        told = "".join(job.log + job.summary for job in jobs.values())
        told += "".join(
            path.read_text(encoding="utf-8")
            for path in folder.rglob("artifacts/**/*")
            if path.is_file()
        )
        told += json.dumps([self.github.comments, self.github.issues])
        assert "s3cret" not in told
        assert "sk-canary" not in told
        nested = len(jobs) * (self.runs - number + 1)
        assert len(self.github.written) - written <= nested * max(len(self.github.pulls), 1)
        return jobs

    def pull_request(
        self,
        base: str,
        head: str,
        repository: str = "clinic/outreach",
        *,
        number: int = 7,
        author: str = "octocat",
        seen: str = "",
    ) -> dict[str, Job]:
        """Run the plan of a pull request, from a branch onto another, on GitHub's merge of both.

        Args:
            base: What it is merged onto.
            head: The branch.
            repository: Where that is.
            number: Of the pull request.
            author: Who opened it.
            seen: The base as the event has it, which may be older.
        """
        git("checkout", "-q", "--detach", base, cwd=self.origin)
        git("merge", "-q", "--no-ff", "-m", "merge", head, cwd=self.origin)
        merge = self.head()
        git("branch", "-f", f"pull-{number}", merge, cwd=self.origin)
        newest = git("rev-parse", head, cwd=self.origin)
        event = {
            "pull_request": {
                "number": number,
                "base": {"sha": git("rev-parse", seen or base, cwd=self.origin)},
                "head": {"sha": newest, "repo": {"full_name": repository}},
                "user": {"login": author},
            },
        }
        self.github.push(number, newest, repository, author)
        git("checkout", "-q", head, cwd=self.origin)
        self.planned.append((event, merge))
        return self.run(
            "pull-request.yml", "pull_request", event, merge, ref=f"refs/pull/{number}/merge"
        )

    def plan_again(self, number: int) -> dict[str, Job]:
        """Run the plan of a push again, as "Re-run jobs" does: with the event that it had."""
        event, merge = self.planned[number]
        return self.run("pull-request.yml", "pull_request", event, merge)

    def squash(self, head: str, number: int = 7) -> str:
        """Squash a branch onto main as a pull request, whose run is not there yet; return it."""
        git("checkout", "-q", "main", cwd=self.origin)
        git("merge", "-q", "--squash", head, cwd=self.origin)
        sha = self.commit(f"squashed (#{number})")
        self.github.merge(number, sha)
        return sha

    def pushed(self, sha: str, **how: Any) -> dict[str, Job]:
        """Run what a push of a commit to main runs, or has run."""
        before = git("rev-parse", f"{sha}~", cwd=self.origin)
        return self.run("merge.yml", "push", {"before": before}, sha, **how)

    def merge(self, head: str, number: int = 7, **how: Any) -> dict[str, Job]:
        """Squash a branch onto main as a pull request, and run what that runs."""
        return self.pushed(self.squash(head, number), **how)

    def by_hand(self, env: str, digest: str = "", **inputs: str) -> dict[str, Job]:
        """Run an apply of main by hand."""
        given = {"environment": env, "digest": digest, "drift": "leave", "applied": "", "allow": ""}
        sha = git("rev-parse", "main", cwd=self.origin)
        return self.run("merge.yml", "workflow_dispatch", {"inputs": given | inputs}, sha)

    def drift(self) -> dict[str, Job]:
        """Run what looks at both environments every day."""
        sha = git("rev-parse", "main", cwd=self.origin)
        return self.run("daily.yml", "schedule", {}, sha)

    def comments(self, kind: str = "plan", number: int = 7) -> dict[str, str]:
        """Return the comments of a kind on a pull request, by environment."""
        marker = r"<!-- reconciler (\w+) env=(\w+) "
        found = self.github.comments.get(number, [])
        listed = [
            (match[1], match[2], item["body"])
            for item in found
            if (match := re.match(marker, item["body"]))
        ]
        assert len({(of, env) for of, env, _ in listed}) == len(found)
        return {env: body for of, env, body in listed if of == kind}

    def _store(self, env: str) -> Store:
        return Store(self.folder / f"{env}.db")


def holds(folder: Path, *names: str) -> Path:
    """Make a repository that holds these of this one."""
    folder.mkdir()
    for name in names:
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / ".gitignore", folder)
    git("init", "-q", cwd=folder)
    return folder


@contextlib.contextmanager
def opened(
    tmp_path: Path,
    program: str,
    *,
    groups: Mapping[str, str] | None = None,
    workflows: Callable[[str], Mapping[str, str]] | None = None,
    folders: Mapping[str, str] = {"qa": ".", "prod": "."},
) -> Iterator[Clinic]:
    """A repository whose main is recorded as applied to both environments.

    Args:
        tmp_path: Where it is made.
        program: As of a run.
        groups: Group files in place of this repository's, by path.
        workflows: Returns its own ones, by file name, which call those of another repository at a
            commit; None for a repository like this one.
        folders: Where the groups of each environment are. If that is not the repository itself,
            each is an account of its own, whose only environment is prod.
    """
    tool = None
    if workflows is None:
        origin = holds(tmp_path / "origin", ".github", "groups", ".ci")
        if groups:
            shutil.rmtree(origin / "groups")
        for name, text in (groups or {}).items():
            (origin / name).parent.mkdir(parents=True, exist_ok=True)
            (origin / name).write_text(text, encoding="utf-8")
    else:
        tool = holds(tmp_path / "tool", *ROOT_PARTS)
        git("add", "-A", cwd=tool)
        git("commit", "-qm", "tool", cwd=tool)
        origin = holds(tmp_path / "origin")
        place = origin / ".github" / "workflows"
        place.mkdir(parents=True)
        for name, text in workflows(git("rev-parse", "HEAD", cwd=tool)).items():
            (place / name).write_text(text, encoding="utf-8")
        for folder in {*folders.values()}:
            shutil.copytree(ROOT / "groups", origin / folder / "groups")
    with fake_github(FakeGitHub()) as github, contextlib.ExitStack() as stack:
        urls = {env: stack.enter_context(running(tmp_path / f"{env}.db")) for env in ENVIRONMENTS}
        made = Clinic(tmp_path, origin, github, urls, program, tool)
        first = made.commit("first")
        seed = tmp_path / "seed"
        seed.write_text(program, encoding="utf-8")
        seed.chmod(0o755)
        for name, url in urls.items():
            folder, env, task = folders[name], name, "reconciler"
            if folder != ".":
                env, task = "prod", f"reconciler:{folder}"
            command = [str(seed), "apply", "--yes", "--env", env, "--api-url", url]
            variables = {
                **os.environ,
                **LINKS,
                "RECONCILER_STATE_DIR": str(tmp_path / "seeded"),
                "INTERACTLY_API_KEY": "seed",
            }
            subprocess.run(
                command,
                cwd=origin / folder,
                env=variables,
                check=True,
                capture_output=True,
                timeout=120,
            )
            github.deploy(env, first, task)
        yield made


def branch(
    clinic: Clinic,
    before: str = "16:00:00",
    after: str = "06:30:00",
    *,
    name: str = "branch",
    path: str = SURGERY,
) -> None:
    """Make a branch that moves a group's start."""
    git("checkout", "-qb", name, "main", cwd=clinic.origin)
    clinic.edit(path, f"start_time: {before}", f"start_time: {after}")
    clinic.commit("move")


def conclusions(jobs: dict[str, Job]) -> dict[str, str]:
    """Return how each job ended; what failed is printed, for pytest to show if not expected."""
    sys.stdout.write("".join(job.log for job in jobs.values() if job.conclusion == "failure"))
    return {name: job.conclusion for name, job in jobs.items()}
