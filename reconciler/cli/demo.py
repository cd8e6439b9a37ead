"""`reconciler demo`: the real commands, one after the other, in a temporary folder."""

import contextlib
import io
import re
import shlex
import shutil
import tempfile
from pathlib import Path

import click

from reconciler.cli import run
from reconciler.cli.surroundings import Surroundings, surroundings
from reconciler.errors import ExitCode, UsageError
from reconciler.model import INTEGRATIONS
from reconciler.sandbox import Store
from reconciler.workspace.workspace import KEY_VARIABLE, SANDBOX, SDK_VARIABLE

_LATE = "21:30:00"
_DEMO_LINK = "https://1drv.ms/x/demo"


@click.command()
def command() -> int:
    """Watch a whole life cycle against a fresh sandbox.

    Uses the group files of this folder: validate, plan, apply, and a second plan that finds nothing
    to do; then somebody edits the dashboard, plan shows it, and apply puts it back. Nothing leaves
    this machine or is changed here.
    """
    groups = surroundings().root / "groups"
    if not groups.is_dir():
        raise UsageError(
            "there is no groups/ folder here", remedy="run it at the top of a clone of the project"
        )
    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as folder:
        shutil.copytree(groups, Path(folder, "groups"))
        _Demo(Path(folder), dict(surroundings().variables)).play()
    _say(
        "That is all. To go on by hand, with a sandbox that keeps its data in .reconciler/:"
        " reconciler --help"
    )
    return ExitCode.DONE


class _Demo:
    """The demo in a folder of its own, with environment variables of its own."""

    def __init__(self, root: Path, variables: dict[str, str]) -> None:
        for name in ("RECONCILER_API_URL", "RECONCILER_ENV", KEY_VARIABLE, SDK_VARIABLE):
            variables.pop(name, None)
        self._variables = variables
        self._surroundings = Surroundings(root, variables, surroundings().clock)
        self._groups = root / "groups"
        self._sandbox = root / SANDBOX

    def play(self) -> None:
        """Type the commands of a whole life cycle."""
        _say("The group files say which texts and calls patients get. First: are they valid?")
        self._type("validate")
        self._export_links()
        _say("The sandbox is empty. What would an apply do to it? (plan only reads.)")
        self._type("plan")
        _say("Do it. The first group goes alone and is read back before the others follow.")
        self._type("apply --yes", last=12)
        _say("And now?")
        self._type("plan")
        edited = self._edit_dashboard()
        if not edited:
            _say("No file says when its group starts: there is no edit of the dashboard to show.")
            return
        _say(
            f"Somebody edits the dashboard: {edited} now starts at {_LATE}."
            " Patients are called at night."
        )
        self._type("plan --detailed-exitcode", expected=2)
        _say(
            "The file is what was reviewed. Put it back: one POST, without use cases, since none"
            " has changed."
        )
        self._type("apply --yes")
        self._type("plan --detailed-exitcode")

    def _type(self, command_line: str, *, expected: int = 0, last: int | None = None) -> None:
        """Show a command as if it were typed, run it, and end the demo if it ends otherwise.

        With `last`, only that many lines of its output are shown, as `tail` would.
        """
        click.secho(
            f"$ reconciler {command_line}" + (f" | tail -{last}" if last else ""), bold=True
        )
        if last is None:
            code = run(shlex.split(command_line), self._surroundings)
        else:
            with contextlib.redirect_stdout(io.StringIO()) as output:
                code = run(shlex.split(command_line), self._surroundings)
            click.echo("\n".join(output.getvalue().splitlines()[-last:]))
        if code != expected:
            click.echo(f"The demo ends here: exit code {code}, expected {expected}.", err=True)
            raise click.exceptions.Exit(1)

    def _export_links(self) -> None:
        """Set the variables that the files take secret links from."""
        texts = (path.read_text(encoding="utf-8") for path in sorted(self._groups.rglob("*.y*ml")))
        names = sorted(
            {name for text in texts for name in re.findall(r"from_env:\s*(\w+)", text)}
            - set(self._variables)
        )
        if names:
            _say(
                "Some sheets may be edited by whoever has their link, so the files name a variable"
                " instead of the link."
            )
        for name in names:
            click.secho(f"$ export {name}={_DEMO_LINK}", bold=True)
            self._variables[name] = _DEMO_LINK

    def _edit_dashboard(self) -> str:
        """Move the first group with a start time into the night, and return its key, if any."""
        store = Store(self._sandbox)
        timed = (
            (name, group)
            for name in INTEGRATIONS
            for group in store.groups(name)
            if group["start_time"]
        )
        found = sorted(timed, key=lambda item: (INTEGRATIONS.index(item[0]), item[1]["slug"]))
        if not found:
            return ""
        integration, group = found[0]
        store.upsert(
            integration, {"group_id": group["group_id"], "name": group["name"], "start_time": _LATE}
        )
        return f"{integration}/{group['slug']}"


def _say(sentence: str) -> None:
    click.secho(f"\n# {sentence}", fg="cyan")
