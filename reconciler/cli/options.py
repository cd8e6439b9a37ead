"""Options that several commands share, and what they mean."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar, get_args

import click
from click.core import ParameterSource

from reconciler.cli.surroundings import VariableOption
from reconciler.errors import UsageError
from reconciler.plan.guards import ALLOWED
from reconciler.plan.nouns import Drift
from reconciler.render.forms import REPORT_FORMS, Form, suffixes
from reconciler.text import masked

T = TypeVar("T")


def endings(forms: Mapping[str, Form[T]]) -> str:
    """Return what names of files may end in, as a help text says it: `.txt, .md or .json`."""
    *some, last = suffixes(forms)
    return f"{', '.join(some)} or {last}"


def _given(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuse what is given and empty: it is a variable that somebody believes to be set.

    Raises:
        UsageError: It is. None is what is not given.
    """
    if value is None or value.strip():
        return value
    remedy = _WITHOUT.get(str(option.name), "leave it out")
    if context.get_parameter_source(str(option.name)) is ParameterSource.ENVIRONMENT:
        raise UsageError(
            f"{option.envvar} is set and empty", remedy=remedy.replace("leave it out", "unset it")
        )
    raise UsageError(f"{option.opts[0]} is given and empty", remedy=remedy)


_WITHOUT: Final = {
    "api_url": "give the API's address; to use the sandbox, leave it out",
    "env": "give an environment's name, or leave it out",
    "base": "give a commit, or leave it out",
    "expect": "give what was reviewed: a digest, a .json file, or `none`",
    "applied": "give a commit, or leave it out",
}
"""What to do where one of these is empty, by the option's name."""


def _environment(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Take an empty variable as none: an input of a workflow that is not given comes as that.

    Nothing of it is written unseen: where environments differ, an address needs one.
    """
    source = context.get_parameter_source(str(option.name))
    if value == "" and source is ParameterSource.ENVIRONMENT:
        return None
    if value and masked(value) != value:
        raise UsageError(
            f"{option.envvar} holds a link, and not the name of an environment; it is not repeated"
            " here",
            remedy="let it name an environment, or unset it",
        )
    return _given(context, option, value)


def _chosen(
    _context: click.Context, _argument: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Refuse an empty selector, which is a variable that somebody believes to be set."""
    if not all(value.strip() for value in values):
        raise UsageError(
            "a KEY or PATH is given and empty", remedy="leave it out to choose all groups"
        )
    return values


selectors = click.argument("selectors", nargs=-1, metavar="[KEY|PATH]...", callback=_chosen)

env = click.option(
    "--env",
    cls=VariableOption,
    envvar="RECONCILER_ENV",
    metavar="NAME",
    callback=_environment,
    help="Use the overrides under `environments.NAME` of the group files. Needed with an address,"
    " if files or settings name environments. [env: RECONCILER_ENV]",
)

api_url = click.option(
    "--api-url",
    cls=VariableOption,
    envvar="RECONCILER_API_URL",
    metavar="URL",
    callback=_given,
    help="Base URL of the API, whose key is in INTERACTLY_API_KEY; without it the sandbox. Refused"
    " if pyproject.toml says another one for --env. [env: RECONCILER_API_URL]",
)

color = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="When to colour; auto is a terminal without NO_COLOR.",
)

yes = click.option("--yes", is_flag=True, help="Do not ask; needed if stdin is not a terminal.")

concurrency = click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Groups written at the same time.",
)

settle = click.option(
    "--settle",
    type=click.FloatRange(0, 600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long live state is re-read until it shows a write.",
)

deadline = click.option(
    "--deadline",
    type=click.FloatRange(1),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="After this no group is started any more.",
)

report_out = click.option(
    "--out",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=f"Also write what was done to FILE, {endings(REPORT_FORMS)}; may be given several times.",
)


def _allowances(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, int]:
    """Parse NAME=NUMBER."""
    allowed: dict[str, int] = {}
    for value in values:
        name, _, number = value.partition("=")
        if name not in ALLOWED or not number.isdecimal():
            known = ", ".join(ALLOWED)
            raise click.BadParameter(f"{value!r} is not NAME=NUMBER with one of the names {known}")
        allowed[name] = int(number)
    return allowed


allow = click.option(
    "--allow",
    multiple=True,
    callback=_allowances,
    metavar="NAME=NUMBER",
    help=f"Let the limit of a guard be NUMBER in this run: {', '.join(ALLOWED)}. May be repeated.",
)

base = click.option(
    "--base",
    metavar="REF",
    callback=_given,
    help="Commit that the branch started from: each difference is then told as git, pending, drift"
    " or conflict. Without --applied it also stands for what was applied last.",
)

applied = click.option(
    "--applied",
    metavar="REF",
    callback=_given,
    help="Commit that was applied last; what was merged since is told as pending. Without --base it"
    " also stands for that.",
)

drift = click.option(
    "--drift",
    type=click.Choice(get_args(Drift)),
    default="revert",
    show_default=True,
    help="What becomes of what was changed by hand: it is put back, or left as it is live and"
    " listed; `leave` needs --base or --applied.",
)

prune = click.option(
    "--prune",
    is_flag=True,
    help="Disable the use cases that Git once had (at --base or --applied, one of which it needs)"
    " and the files have not.",
)

expect = click.option(
    "--expect",
    metavar="DIGEST|FILE",
    callback=_given,
    help="Write only what was reviewed: the changes in a plan's JSON file or in that of `reviewed"
    " --out`; or a plan as a whole by its digest, or `none` for no changes.",
)
