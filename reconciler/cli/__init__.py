"""The command line: one module per command, imported only when run, so that `--help` is instant.

This module turns every expected failure into words and an exit code, once, for all commands:
0 done or no changes, 1 error, 2 changes (`plan --detailed-exitcode`), 3 stale, 4 refused by a
guard, 5 partly applied or unknown, 64 wrong usage. Programs that asked for JSON are answered in it,
see `failing`.
"""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from reconciler import __version__
from reconciler.cli import failing, signals, streams
from reconciler.errors import DesiredError, ExitCode, Failure, ReconcilerError, UsageError
from reconciler.text import count, did_you_mean, masked, short, visible

if TYPE_CHECKING:
    from reconciler.cli.surroundings import Surroundings

_COMMANDS: Final = {
    "init": "Make this folder a repository of group files, from live state.",
    "validate": "Check the group files; needs no network and no secrets.",
    "plan": "Show what an apply would change, by reading live state only.",
    "apply": "Make live state what the group files say.",
    "pull": "Bring live state into the group files; only files are written.",
    "list": "List the live groups, and whether each is as its file says.",
    "show": "Show one live group, as the file that `pull` would write.",
    "fmt": "Lay the group files out in one way; needs no network.",
    "timeline": "Show who is contacted on which day, at which hour; needs no network.",
    "rules": "Explain whatever is printed in brackets: rules and guards.",
    "rollback": "Bring back what an apply changed, from its snapshot.",
    "affected": "List the folders with group files that a change touches (for workflows).",
    "comment": "Show a plan in the one comment of a pull request (for workflows).",
    "drift-issue": "Show drift in the one issue about it, or close it (for workflows).",
    "reviewed": "Collect what merged pull requests were reviewed for (for workflows).",
    "applied": "Say which commit was applied last, or record one (for workflows).",
    "outcome": "Tell merged pull requests what became of them (for workflows).",
    "schema": "Write the JSON Schemas that editors and other tools read.",
    "completion": "Print what makes a shell complete commands, groups and environments.",
    "sandbox": "Look after the local API that stands in for the real one.",
    "demo": "Watch a whole life cycle against a fresh sandbox.",
}


_MODULES: Final = {"list": "listing"}
"""Of a command whose name would take the place of Python's own here."""

_ADDRESS: Final = "--api-url"
"""The one option that is given a link."""


class _LazyGroup(click.Group):
    """Knows commands by name and one-line help; imports a module when its command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        name = _MODULES.get(cmd_name, cmd_name).replace("-", "_")
        module = importlib.import_module(f"reconciler.cli.{name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one is meant."""
        if args[0] not in _COMMANDS and not ctx.resilient_parsing:
            meant = did_you_mean(args[0], _COMMANDS)
            told = f"there is no command {short(args[0])}"
            raise click.UsageError(f"{told}; {meant}" if meant else told, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="reconciler %(version)s")
@click.option(
    "-C",
    "folders",
    multiple=True,
    metavar="DIR",
    help="Run as if in DIR. Without it groups/ is looked for here and in the folders above, up to"
    " the top of the repository.",
)
@click.pass_context
def cli(context: click.Context, folders: tuple[str, ...]) -> None:
    """Interactly use-case groups as code.

    Group files in groups/ say which texts and calls patients get. `validate` checks them, `plan`
    shows what would change in live state, `apply` changes it; `pull` takes live state into the
    files. Without --api-url everything runs against a sandbox on this machine.
    """
    if folders:
        # Only who moves pays for these imports.
        from reconciler.cli.surroundings import Surroundings  # noqa: PLC0415

        found = context.obj or Surroundings.of_process()
        for folder in folders:
            found = found.within(Path(folder))
        context.obj = found


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with the design's code."""
    streams.guard()
    try:
        signals.listen()
        code = run(arguments)
        signals.deafen()
    except KeyboardInterrupt:  # outside of a command: before it has begun, or when it is over
        code = ExitCode.ERROR
    sys.exit(streams.code_after(code))


def run(arguments: Sequence[str] | None = None, within: "Surroundings | None" = None) -> int:
    """Run the command line and return the exit code; expected failures are told on stderr.

    Programs are told as well, in the form that they asked for.

    Args:
        arguments: Words of the command line; None takes the process's.
        within: Folder, variables and clock; None takes the process's.
    """
    failing.forget()
    words = sys.argv[1:] if arguments is None else arguments
    try:
        _refuse_links(words)
        code = cli.main(arguments, prog_name="reconciler", standalone_mode=False, obj=within)
    except (click.ClickException, click.Abort, ReconcilerError, OSError) as error:
        failure = _failure(error)
        failing.answer(failure, words, within)
        return failure.exit_code
    except Exception as error:
        told = f"a bug of this program, {type(error).__name__}; its traceback is on stderr"
        failing.answer(Failure("bug", ExitCode.ERROR, told), words, within)
        raise
    finally:
        if within is not None:  # as in the demo: the process goes on
            signals.forget()
            streams.excuse(sys.stdout, told=False)
    return code or ExitCode.DONE


def _refuse_links(words: Sequence[str]) -> None:
    """Refuse a link in a word of the command line, but for the API's address: it is not repeated.

    Whoever has a sheet's link may open it, and what is said of a word that is not understood stands
    in logs.

    Raises:
        UsageError: There is one.
    """
    for number, (before, word) in enumerate(zip(["", *words], words, strict=False), start=1):
        address = before == _ADDRESS or word.startswith(f"{_ADDRESS}=")
        if masked(word) != word and not address:
            raise UsageError(
                f"word {number} of the command holds a link, and none is of use there; it is not"
                " repeated here",
                remedy="name groups by key or file; a sheet's link stands in a group file, or in"
                " the variable that its from_env names",
            )


def _failure(error: click.ClickException | click.Abort | ReconcilerError | OSError) -> Failure:
    """Tell people of an expected failure on stderr, and return what programs are told."""
    if isinstance(error, click.ClickException):
        error.show()
        context = getattr(error, "ctx", None)
        remedy = f"see `{context.command_path} --help`" if context else ""
        return Failure("usage", ExitCode.USAGE, error.format_message(), remedy)
    if isinstance(error, click.Abort):
        told = "Aborted; nothing was written."
        click.echo(told, err=True)
        return Failure("aborted", ExitCode.ERROR, told)
    if isinstance(error, OSError):
        # Whatever could not be read or written where nothing more was known of it: no run, since
        # that accounts for all that it does.
        place = f"{error.filename}: " if error.filename else ""
        failure = Failure("system", ExitCode.ERROR, f"{place}{error.strerror or error}")
    else:
        failure = Failure.of(error)
    if isinstance(error, DesiredError):
        # Only a failure pays for this import.
        from reconciler.render.text import findings_text  # noqa: PLC0415

        errors = sum(finding.severity == "error" for finding in error.findings)
        click.echo(
            findings_text(error.findings) + f"{count(errors, 'error')}; nothing was sent.", err=True
        )
    elif not (isinstance(error, ReconcilerError) and error.told):
        remedy = f"\n  {visible(failure.remedy)}" if failure.remedy else ""
        click.echo(f"error: {visible(failure.message)}{remedy}", err=True)
    return failure
