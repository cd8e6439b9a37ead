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


@dataclass(slots=True)
class Job:
    """What came of one job.

    Attributes:
        conclusion: `success`, `failure`, `skipped` or `cancelled`.
        log: What its steps printed.
        summary: What stands on its page.
        artifacts: Folder with a folder for each artifact.
        outputs: Of its steps, by id.
    """

    conclusion: str = "success"
    log: str = ""
    summary: str = ""
    artifacts: Path = Path()
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)


def run_workflow(
    name: str,
    github: Github,
    folder: Path,
    before: Callable[[str], None] = lambda _: None,
    only: str = "",
) -> dict[str, Job]:
    """Run a workflow of the commit it runs for; return its jobs by `id` or `id (environment)`.

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
    workflow = load(source / ".github" / "workflows" / name)
    jobs: dict[str, Job] = {}
    results: dict[str, str] = {}
    for job_id, spec in workflow["jobs"].items():
        conclusions: list[str] = []
        for values in _matrix(spec, _context(github)):
            context = _context(github) | {"matrix": values}
            title = f"{job_id} ({values['environment']})" if values else job_id
            if only not in ("", title):
                continue
            context["needs"] = {need: {"result": results[need]} for need in _needed(spec)}
            met = all(results[need] == "success" for need in _needed(spec))
            if not _true(str(spec.get("if", "true")), context, ok=met):
                jobs[title] = Job("skipped")
            elif _in_turn(spec) and "failure" in conclusions:
                jobs[title] = Job("cancelled")
            else:
                before(title)
                jobs[title] = _run_job(spec, github, context, folder / title)
            conclusions.append(jobs[title].conclusion)
        results[job_id] = _result(conclusions)
    shutil.rmtree(source)
    return jobs


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


def _context(github: Github) -> Context:
    about = {
        "event_name": github.event_name,
        "event": github.event,
        "sha": github.sha,
        "ref": github.ref,
        "repository": "clinic/outreach",
    }
    return {
        "github": about,
        "inputs": github.event.get("inputs", {}),
        "steps": {},
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
                name: str(evaluate(value, context)) for name, value in step.get("env", {}).items()
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
            "GITHUB_REPOSITORY": "clinic/outreach",
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
        "secrets": github.secrets.get(environment, {}),
    }
    steps = _Steps(job, github, folder)
    steps.run_all(spec["steps"], context, {})
    return job


def job_token(permissions: Mapping[str, str]) -> str:
    """Return a job's token, which says to the stand-in for GitHub what it may be used for."""
    return "ghs_" + ",".join(f"{name}={level}" for name, level in permissions.items())


def _checkout(steps: _Steps, given: Context) -> None:
    place, commit = steps.workspace / given.get("path", "."), given.get("ref") or steps.github.sha
    assert given["persist-credentials"] is False
    _git("init", "-q", str(place))
    wanted = given.get("fetch-depth", 1)
    depth = [f"--depth={wanted}"] if wanted else []
    refs = ["+refs/heads/*:refs/remotes/origin/*"] if not depth else []
    _git("-C", str(place), "fetch", "-q", *depth, steps.github.origin.as_uri(), commit, *refs)
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
        lambda match: str(_expression(match[1], context, ok=True) or ""),
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
        "format": lambda pattern, *values: pattern.format(*values),
    }
    source = _TOKEN.sub(token, text.strip())
    return eval(source, {"__builtins__": {}, "name": name, **functions})  # noqa: S307 - our own files, in a test
