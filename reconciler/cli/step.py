"""What GitHub Actions is told if a command runs in a step: outputs and the job's summary.

GitHub names two files in the environment. Values are framed by a random word, so that no value can
end its frame.
"""

import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec

import click

from reconciler.cli.surroundings import surroundings
from reconciler.errors import ReconcilerError
from reconciler.plan.nouns import Plan
from reconciler.render.presentation import ELSEWHERE, Presentation
from reconciler.workspace import Desired

SUMMARY_BYTES: Final = 1024 * 1024
"""What GitHub takes of one step's summary; it drops all of a larger one."""

_P = ParamSpec("_P")


def tells_exit_code(command: Callable[_P, int]) -> Callable[_P, int]:
    """Tell the step's `exitcode`, however the command ends."""

    @wraps(command)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> int:
        try:
            code = command(*args, **kwargs)
        except ReconcilerError as error:
            set_outputs({"exitcode": str(error.exit_code)})
            raise
        set_outputs({"exitcode": str(code)})
        return code

    return wrapped


def tell_plan(plan: Plan) -> None:
    """Set the step's outputs.

    They are `changes`, `pending`, `drift` (left or not) and `conflicts` (numbers of groups),
    `guards` and `digest`.
    """
    set_outputs(
        {
            "changes": str(len(plan.changes)),
            "pending": str(plan.count_origin("pending")),
            "drift": str(plan.count_origin("drift")),
            "conflicts": str(plan.count_origin("conflict")),
            "guards": str(len(plan.guards)),
            "digest": plan.digest,
        }
    )


def set_outputs(values: Mapping[str, str]) -> None:
    """Set outputs of the step, if there is one."""
    text = ""
    for name, value in values.items():
        frame = secrets.token_hex(16)
        text += f"{name}<<{frame}\n{value}\n{frame}\n"
    _append("GITHUB_OUTPUT", text)


def summary_room() -> int:
    """Return how many bytes the job's summary still takes; 0 if there is none."""
    path = surroundings().variables.get("GITHUB_STEP_SUMMARY")
    if not path:
        return 0
    file = Path(path)
    return max(SUMMARY_BYTES - 1 - (file.stat().st_size if file.exists() else 0), 0)


def add_summary(markdown: str) -> None:
    """Append to the job's summary what fits; the rest is left out, or GitHub would drop all."""
    if len(markdown.encode()) + 1 <= summary_room():
        _append("GITHUB_STEP_SUMMARY", f"{markdown}\n")


def _append(variable: str, text: str) -> None:
    """Append to the file that a variable names, if any; a failed write must not end a run."""
    path = surroundings().variables.get(variable)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        click.echo(
            f"{variable} cannot be written: {error.strerror}; GitHub Actions is not told.", err=True
        )


def presentation(files: Desired, head: str, sentence: str) -> Presentation:
    """Return what a plan is shown with: commits, and on GitHub links to files and to the plan."""
    names = ("SERVER_URL", "REPOSITORY", "RUN_ID")
    server, repository, run = (surroundings().variables.get(f"GITHUB_{name}", "") for name in names)
    on_github = bool(server and repository)
    return Presentation(
        base=files.commit or "",
        applied=files.applied_commit or "" if files.applied_commit != files.commit else "",
        head=head,
        source=f"{server}/{repository}/blob/{head}" if on_github and head else "",
        full=f"the [artifacts of this run]({server}/{repository}/actions/runs/{run})"
        if on_github and run
        else ELSEWHERE,
        day=surroundings().clock().date().isoformat(),
        days=files.settings.day_means,
        hours=files.settings.lint.hours,
        sentence=sentence,
    )
