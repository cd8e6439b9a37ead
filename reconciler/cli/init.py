"""`reconciler init`."""

import re
import sys
from collections.abc import Iterable
from typing import Final

import click

from reconciler.cli import options
from reconciler.cli.surroundings import VariableOption, surroundings
from reconciler.cli.terminal import tell
from reconciler.desired.document import SLUG
from reconciler.errors import ExitCode, UsageError
from reconciler.pull.texts import PLACEHOLDER
from reconciler.render.forms import INIT_FORMS
from reconciler.render.init import InitOutcome
from reconciler.render.presentation import Presentation
from reconciler.render.pull import PullOutcome
from reconciler.text import count, listed, short
from reconciler.workspace.comparing import Compared
from reconciler.workspace.starting import start, write

_USES: Final = re.compile(r"[\w.-]+/[\w.-]+@([0-9a-f]{40}|[0-9a-f]{64})", re.ASCII)


def _given(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    return _named(values)


def _named(values: Iterable[str]) -> tuple[str, ...]:
    """Take names of environments; raises UsageError for what cannot be one."""
    values = tuple(values)
    for value in values:
        if not re.fullmatch(SLUG.strip("^$"), value):
            raise UsageError(
                f"--env {short(value)} is no name of an environment",
                remedy="name it like qa or prod-east, and give --env for each",
            )
    return tuple(dict.fromkeys(values))


def _used(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Take where this project is; raises UsageError for what is no commit of a repository."""
    if value != PLACEHOLDER and not _USES.fullmatch(value):
        raise UsageError(
            f"--uses {short(value)} is not OWNER/NAME@COMMIT with all digits of a commit's id",
            remedy="name the repository on GitHub in which you find this project, and a commit; a"
            " tag or branch may be moved to what nobody has looked at",
        )
    return value


@click.command(
    cls=options.Exemplified,
    examples={
        "reconciler init": "asks where and which; without a terminal, the sandbox",
        "reconciler init --api-url URL --env qa --env prod": "qa is there; prod comes after it",
        "reconciler init --dry-run": "show first what would be written",
    },
)
@options.api_url
@click.option(
    "--env",
    "environments",
    cls=VariableOption,
    envvar="RECONCILER_ENV",
    multiple=True,
    metavar="NAME",
    callback=_given,
    help="An environment; several in the order in which merges are applied to them. The first is"
    " the one at the address. [env: RECONCILER_ENV]",
)
@click.option(
    "--uses",
    default=PLACEHOLDER,
    metavar="OWNER/NAME@COMMIT",
    callback=_used,
    help="Where the workflows and hooks find this project on GitHub, and a commit's full id;"
    " without it they hold words to replace.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@options.formats(INIT_FORMS)
def command(
    api_url: str | None,
    environments: tuple[str, ...],
    uses: str,
    output: str,
    *,
    dry_run: bool,
) -> int:
    """Make this folder a repository of group files: from live state, with all that goes with them.

    Reads live state (at an address with the key in INTERACTLY_API_KEY; else the sandbox, which
    begins with an example), gives each live group a file as `pull --all` does, and writes settings,
    the schema and the editor's settings, workflows for GitHub, hooks for pre-commit, .gitignore,
    CODEOWNERS and a README. What is there is never touched: it is told what to add. On a terminal
    it asks for what is not given.

    Exits 0; 1 when something of live state could not be taken, or a file not be written.
    """
    asks = sys.stdin.isatty() and output == "text"
    if asks and api_url is None:
        api_url = _asked("Address of the API (nothing for a sandbox on this machine)") or None
    known = tuple(surroundings().workspace().settings().environments)
    compared = None
    if asks and not environments and not known:
        compared = _compared(api_url, ())
        words = _asked("Environments, in the order in which they are applied (nothing for none)")
        environments = _named(words.split())
    names = environments or known
    if compared is None or names:
        compared = _compared(api_url, names, first=environments[:1])
    if not names and compared.files.environments:
        raise UsageError(
            f"the group files name environments: {listed(compared.files.environments)}",
            remedy="give --env for each, in the order in which merges are applied to them",
        )
    started = start(compared, names, known, uses)
    problems: dict[str, str] = {}
    if not dry_run:
        started, problems = write(started, surroundings().root)
    failed = started.pull.missed or problems
    code = ExitCode.ERROR if failed else ExitCode.DONE
    others = {one.file: problems[one.file] for one in started.files if one.file in problems}
    theirs = {name: why for name, why in problems.items() if name not in others}
    groups = PullOutcome(started.pull, code, not dry_run, theirs)
    outcome = InitOutcome(groups, started.files, names, started.steps, others)
    click.echo(INIT_FORMS[output].render(outcome, Presentation()), nl=False)
    return code


def _asked(question: str) -> str:
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer.strip()


def _compared(api_url: str | None, names: tuple[str, ...], first: tuple[str, ...] = ()) -> Compared:
    """Read live state, for an environment if there is one, and say what there is."""
    env = first[0] if first else None
    compared = surroundings().workspace(env).compared(api_url, environments=names)
    plan = compared.plan
    without = sum(item.use_case is None for item in plan.unmanaged)
    tell(
        [
            compared.sentence,
            f"{count(len(plan.live), 'group')} live, {without} without a file.",
            *compared.notes,
        ]
    )
    return compared
