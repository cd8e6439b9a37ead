"""Options that several commands share, and what they mean."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import click

from reconciler.cli.surroundings import VariableOption
from reconciler.plan.guards import ALLOWED
from reconciler.render.forms import REPORT_FORMS, Form, suffixes

T = TypeVar("T")


def endings(forms: Mapping[str, Form[T]]) -> str:
    """Return what names of files may end in, as a help text says it: `.txt, .md or .json`."""
    *some, last = suffixes(forms)
    return f"{', '.join(some)} or {last}"


selectors = click.argument("selectors", nargs=-1, metavar="[KEY|PATH]...")

env = click.option(
    "--env",
    cls=VariableOption,
    envvar="RECONCILER_ENV",
    metavar="NAME",
    help="Use the overrides under `environments.NAME` of the group files. [env: RECONCILER_ENV]",
)

api_url = click.option(
    "--api-url",
    cls=VariableOption,
    envvar="RECONCILER_API_URL",
    metavar="URL",
    help="Base URL of the API, whose key is in INTERACTLY_API_KEY; without it the sandbox. [env:"
    " RECONCILER_API_URL]",
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
    help="Commit that says what was last wanted: each difference is then told as git, drift or"
    " conflict.",
)

prune = click.option(
    "--prune",
    is_flag=True,
    help="Disable the use cases that the base commit has and the files have not; needs --base.",
)

expect = click.option(
    "--expect",
    metavar="DIGEST|FILE",
    help="Write only if the plan is the reviewed one: its digest, its JSON file, or `none` for no"
    " changes.",
)
