"""Runs this repository's workflows as GitHub's runner would, as far as they go.

That is jobs, matrices, conditions and steps.

Actions of others stand in for themselves by what they do: a checkout is a clone, an uploaded
artifact is a copy. Shell steps run in a real shell with the environment that a runner gives them,
and nothing of this process's own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 180
REPOSITORY: Final = "clinic/outreach"
TOOL: Final = "interactly/reconciler"

Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Github:
    """What a run is about and what it can reach.

    Attributes:
        origin: The repository that is checked out.
        api_url: The loopback stand-in for GitHub's API.
        event_name: `push`, `pull_request`, `merge_group`, `schedule` or `workflow_dispatch`.
        event: The event's payload.
        sha: The commit that the workflow runs for.
        ref: What it runs on, such as `refs/heads/main`.
        run_id: The run's number.
        variables: `vars` by environment.
        secrets: Likewise.
        program: A script that stands in for an installed reconciler; without one the action
            installs its own, which takes long.
        tool: Another repository, whose workflows this one calls, by the name TOOL.
    """

    origin: Path
    api_url: str
    event_name: str
    event: Context
    sha: str
    ref: str = "refs/heads/main"
    run_id: int = 99
    variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    program: str = ""
    tool: Path | None = None


@dataclass(slots=True)
class Job:
    """What came of one job.

    Attributes:
        conclusion: `success`, `failure`, `skipped` or `cancelled`.
        log: What its steps printed.
        summary: What stands on its page.
        artifacts: Folder with a folder for each artifact.
        outputs: Of its steps, by id.
        told: Its own outputs, for the jobs that need it.
    """

    conclusion: str = "success"
    log: str = ""
    summary: str = ""
    artifacts: Path = Path()
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


def run_workflow(
    name: str,
    github: Github,
    folder: Path,
    before: Callable[[str], None] = lambda _: None,
    only: str = "",
) -> dict[str, Job]:
    """Run a workflow of the commit it runs for; return its jobs by `id` or `id (environment)`.

    A job that calls a workflow is not among them, and that workflow's jobs are: under their own
    names, and behind the folder's where a matrix of folders calls it.

    Args:
        name: Of its file.
        github: What the run is about.
        folder: Where it happens.
        before: Called with the name of each job that is about to start, as a reviewer is asked.
        only: The one job that is run again; by default all.
    """
    source = folder / "workflow"
    _git("clone", "-q", str(github.origin), str(source))
    _git("-C", str(source), "checkout", "-q", github.sha)
    of_tool = folder / "tool"
    if github.tool:
        _git("clone", "-q", str(github.tool), str(of_tool))
    about = {"workflow_repository": REPOSITORY, "workflow_sha": github.sha}
    context = {"github": _about(github), "job": about, "inputs": github.event.get("inputs", {})}
    run = _Run(github, folder, {REPOSITORY: source, TOOL: of_tool}, before, only)
    jobs, _ = run.jobs_of(load(source / ".github" / "workflows" / name), context)
    shutil.rmtree(source)
    shutil.rmtree(of_tool, ignore_errors=True)
    return jobs


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of a workflow, with the workflows that it calls.

    Attributes:
        github: What the run is about.
        folder: Where it happens.
        sources: The repositories that workflows are read from, by name.
        before: Called with the name of each job that is about to start.
        only: The one job that is run.
    """

    github: Github
    folder: Path
    sources: Mapping[str, Path]
    before: Callable[[str], None]
    only: str

    def jobs_of(
        self, workflow: Context, given: Context, called: str = ""
    ) -> tuple[dict[str, Job], dict[str, Context]]:
        """Run the jobs of a workflow; return them by name, and result and outputs by id.

        What stands before their names says who called it.
        """
        jobs: dict[str, Job] = {}
        needs: dict[str, Context] = {}
        for job_id, spec in workflow["jobs"].items():
            ended: list[Job] = []
            outputs: dict[str, str] = {}
            needed = {need: needs[need] for need in _needed(spec)}
            base = {**given, "steps": {}, "needs": needed}
            for values in _matrix(spec, base):
                context = {**base, "matrix": values}
                met = all(need["result"] == "success" for need in needed.values())
                wanted = _true(str(spec.get("if", "true")), context, ok=met)
                if "uses" in spec:
                    if wanted:
                        inner, outputs = self._called(spec, context)
                        jobs |= inner
                        ended += inner.values()
                    continue
                place = values.get("environment") or values.get("keys")
                title = f"{called}{job_id} ({place})" if place else f"{called}{job_id}"
                if self.only not in ("", title):
                    continue
                if not wanted:
                    jobs[title] = Job("skipped")
                elif _in_turn(spec) and "failure" in [job.conclusion for job in ended]:
                    jobs[title] = Job("cancelled")
                else:
                    self.before(title)
                    place_of_it = self.folder / title.replace("/", "-")
                    jobs[title] = _run_job(spec, self.github, context, place_of_it)
                ended.append(jobs[title])
                outputs = jobs[title].told
            needs[job_id] = {
                "result": _result([job.conclusion for job in ended]),
                "outputs": outputs,
            }
        return jobs, needs

    def _called(self, spec: Context, context: Context) -> tuple[dict[str, Job], dict[str, str]]:
        """Run the workflow that a job calls, as GitHub would let it be called."""
        name, sha = REPOSITORY, self.github.sha
        path = spec["uses"].removeprefix("./")
        if path == spec["uses"]:
            path, _, sha = path.partition("@")
            name = "/".join(path.split("/")[:2])
            path = path.removeprefix(f"{name}/")
            assert re.fullmatch("[0-9a-f]{40}", sha)
            _git("-C", str(self.sources[name]), "checkout", "-q", sha)
        workflow = load(self.sources[name] / path)
        declared = workflow["on"]["workflow_call"]["inputs"]
        passed = {key: evaluate(value, context) for key, value in spec.get("with", {}).items()}
        assert set(passed) <= set(declared)
        types = {"string": str, "boolean": bool}
        assert all(isinstance(value, types[declared[key]["type"]]) for key, value in passed.items())
        for one in workflow["jobs"].values():
            _hold(one["permissions"], spec["permissions"])
        inputs = {key: passed.get(key, one["default"]) for key, one in declared.items()}
        about = {"workflow_repository": name, "workflow_sha": sha}
        inside = {
            "github": context["github"],
            "job": about,
            "inputs": inputs,
            "inherits": spec.get("secrets") == "inherit",
        }
        folder = context["matrix"].get("folder")
        jobs, of_jobs = self.jobs_of(workflow, inside, f"{folder}: " if folder else "")
        outputs = workflow["on"]["workflow_call"].get("outputs", {})
        return jobs, {
            key: _text(evaluate(one["value"], {"jobs": of_jobs})) for key, one in outputs.items()
        }


def _hold(asked: Mapping[str, str], granted: Mapping[str, str]) -> None:
    """Hold a called job to what its caller may give it: GitHub refuses the whole run otherwise."""
    levels = ("none", "read", "write")
    for name, level in asked.items():
        assert levels.index(level) <= levels.index(granted.get(name, "none")), name


def _needed(spec: Context) -> list[str]:
    needs = spec.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


def _in_turn(spec: Context) -> bool:
    """Return whether a matrix is run one after the other, and no further than the first failure."""
    strategy = spec.get("strategy", {})
    return strategy.get("max-parallel") == 1 and strategy.get("fail-fast", True) is True


def _result(conclusions: list[str]) -> str:
    worst = ("failure", "cancelled", "success", "skipped")
    return next((one for one in worst if one in conclusions), "skipped")


def load(path: Path) -> Context:
    """Return a YAML file."""
    loaded: Context = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return loaded


def _about(github: Github) -> Context:
    return {
        "event_name": github.event_name,
        "event": github.event,
        "sha": github.sha,
        "ref": github.ref,
        "repository": REPOSITORY,
    }


def _matrix(spec: Context, context: Context) -> Iterator[dict[str, str]]:
    axes = {
        name: evaluate(values, context) if isinstance(values, str) else values
        for name, values in spec.get("strategy", {}).get("matrix", {}).items()
    }
    if "include" in axes:
        assert len(axes) == 1
        yield from axes["include"]
        return
    for values in product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


class _Steps:
    """The steps of one job, one after the other."""

    def __init__(self, job: Job, github: Github, folder: Path) -> None:
        self.job = job
        self.github = github
        self.folder = folder
        self.workspace = folder / "workspace"
        self.temp = folder / "temp"
        for path in (self.workspace, self.temp, job.artifacts):
            path.mkdir(parents=True)
        if github.program:
            program = self.temp / "reconciler" / "bin" / "reconciler"
            program.parent.mkdir(parents=True)
            program.write_text(github.program, encoding="utf-8")
            program.chmod(0o755)

    def run_all(self, steps: list[Context], context: Context, env: Mapping[str, str]) -> None:
        """Run steps in their own context; a failed one skips those that do not say otherwise."""
        for step in steps:
            if not _true(
                str(step.get("if", "success()")), context, ok=self.job.conclusion == "success"
            ):
                continue
            given = {
                name: _text(evaluate(value, context)) for name, value in step.get("env", {}).items()
            }
            if "run" in step:
                outputs = self._shell(step, context, {**env, **given})
            else:
                arguments = {
                    name: evaluate(value, context) for name, value in step.get("with", {}).items()
                }
                outputs = self._uses(step["uses"], arguments, {**env, **given})
            if "id" in step:
                context["steps"][step["id"]] = {"outputs": outputs}
                self.job.outputs.setdefault(step["id"], {}).update(outputs)

    def _uses(self, action: str, given: Context, env: Mapping[str, str]) -> dict[str, str]:
        if action.startswith("./"):
            return self._composite(self.workspace / action, given, env)
        name, _, pin = action.partition("@")
        assert re.fullmatch("[0-9a-f]{40}", pin)
        _ACTIONS[name](self, given)
        return {}

    def _composite(self, place: Path, given: Context, env: Mapping[str, str]) -> dict[str, str]:
        spec = load(place / "action.yml")
        inputs = {
            name: given.get(name, one.get("default", "")) for name, one in spec["inputs"].items()
        }
        assert set(given) <= set(inputs)
        context: Context = {
            "inputs": inputs,
            "steps": {},
            "github": {"action_path": str(place)},
            "runner": {"temp": str(self.temp)},
        }
        self.run_all(spec["runs"]["steps"], context, env)
        return {
            name: str(evaluate(one["value"], context) or "")
            for name, one in spec["outputs"].items()
        }

    def _shell(self, step: Context, context: Context, env: Mapping[str, str]) -> dict[str, str]:
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.github.event), encoding="utf-8")
        output, summary = self.temp / "output", self.temp / "summary"
        output.write_text("", encoding="utf-8")
        summary.write_text("", encoding="utf-8")
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(self.github.run_id),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": self.github.sha,
            **{name: os.environ[name] for name in os.environ if name.startswith("PIP_")},
            **env,
        }
        where = self.workspace / str(evaluate(step.get("working-directory", "."), context))
        script = self.temp / "script.sh"
        script.write_text(str(step["run"]), encoding="utf-8")
        assert "${{" not in step["run"], "an expression in a script is code that others can write"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=where,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        self.job.log += f"=== {step.get('name', 'step')}\n{done.stdout}"
        self.job.summary += summary.read_text(encoding="utf-8")
        if done.returncode:
            self.job.conclusion = "failure"
        return _outputs(output.read_text(encoding="utf-8"))


def _run_job(spec: Context, github: Github, context: Context, folder: Path) -> Job:
    job = Job(artifacts=folder / "artifacts")
    environment = str(evaluate(spec.get("environment", ""), context))
    context["github"] = {**context["github"], "token": job_token(spec["permissions"])}
    context |= {
        "vars": github.variables.get(environment, {}),
        "secrets": github.secrets.get(environment, {}) if context.get("inherits", True) else {},
    }
    steps = _Steps(job, github, folder)
    steps.run_all(spec["steps"], context, {})
    job.told = {
        name: str(evaluate(value, context)) for name, value in spec.get("outputs", {}).items()
    }
    return job


def job_token(permissions: Mapping[str, str]) -> str:
    """Return a job's token, which says to the stand-in for GitHub what it may be used for."""
    return "ghs_" + ",".join(f"{name}={level}" for name, level in permissions.items())


def _checkout(steps: _Steps, given: Context) -> None:
    place, commit = steps.workspace / given.get("path", "."), given.get("ref") or steps.github.sha
    assert given["persist-credentials"] is False
    _git("init", "-q", str(place))
    tool = given.get("repository") == TOOL
    origin = steps.github.tool if tool and steps.github.tool else steps.github.origin
    wanted = given.get("fetch-depth", 1)
    depth = [f"--depth={wanted}"] if wanted else []
    refs = ["+refs/heads/*:refs/remotes/origin/*"] if not depth else []
    _git("-C", str(place), "fetch", "-q", *depth, origin.as_uri(), commit, *refs)
    _git("-C", str(place), "checkout", "-q", "--detach", commit)


def _upload(steps: _Steps, given: Context) -> None:
    shutil.copytree(given["path"], steps.job.artifacts / given["name"])


_ACTIONS: Final[dict[str, Callable[[_Steps, Context], None]]] = {
    "actions/checkout": _checkout,
    "actions/setup-python": lambda _steps, _given: None,
    "actions/upload-artifact": _upload,
}


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True, timeout=60)


def _outputs(text: str) -> dict[str, str]:
    framed = re.compile(r"^([\w-]+)<<(\S+)\n(.*?)\n?\2$", re.MULTILINE | re.DOTALL)
    plain = re.findall(r"^([\w-]+)=(.*)$", framed.sub("", text), re.MULTILINE)
    return dict(plain) | {name: value for name, _, value in framed.findall(text)}


def _text(value: Any) -> str:
    """Return a value as GitHub puts it into a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def evaluate(value: Any, context: Context) -> Any:
    """Return a value with its `${{ }}` evaluated; one that is all of a text keeps its type."""
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"\$\{\{(.*)\}\}", value, re.DOTALL)
    if whole and "${{" not in whole[1]:
        found = _expression(whole[1], context, ok=True)
        return "" if found is None else found
    return re.sub(
        r"\$\{\{(.*?)\}\}",
        lambda match: _text(_expression(match[1], context, ok=True)),
        value,
        flags=re.DOTALL,
    )


def _true(condition: str, context: Context, *, ok: bool) -> bool:
    """Return whether an `if:` holds.

    Without a status function it also wants all steps before to have succeeded, or all jobs that it
    needs.
    """
    condition = condition.removeprefix("${{").removesuffix("}}")
    says_when = re.search(r"\b(always|cancelled|failure|success)\(", condition)
    return bool(_expression(condition, context, ok=ok)) and (ok or bool(says_when))


_TOKEN: Final = re.compile(r"('(?:[^']|'')*')|(&&)|(\|\|)|(!(?!=))|([A-Za-z_][\w.-]*)(\()?")


def _expression(text: str, context: Context, *, ok: bool) -> Any:
    """Evaluate a GitHub expression by way of Python's, with what these workflows use of it."""

    def name(dotted: str) -> Any:
        value: Any = context
        for step in dotted.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def token(match: re.Match[str]) -> str:
        literal, both, either, negation, word, call = match.groups()
        if literal:
            return repr(literal[1:-1].replace("''", "'"))
        if both or either or negation:
            return " and " if both else " or " if either else " not "
        if call:
            return f"{word}("
        return {"true": "True", "false": "False"}.get(word, f"name({word!r})")

    functions = {
        "always": lambda: True,
        "cancelled": lambda: False,
        "failure": lambda: not ok,
        "success": lambda: ok,
        "fromJSON": json.loads,
        "toJSON": json.dumps,
        "format": lambda pattern, *values: pattern.format(*values),
    }
    source = _TOKEN.sub(token, text.strip())
    return eval(source, {"__builtins__": {}, "name": name, **functions})  # noqa: S307 - our own files, in a test
