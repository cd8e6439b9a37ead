"""`[tool.reconciler]` of the repository's pyproject.toml."""

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from reconciler import zones
from reconciler.desired.catalogue import ENCODING
from reconciler.desired.document import SLUG
from reconciler.desired.kinds import decode, other_kind
from reconciler.errors import ConfigError
from reconciler.lint import RULES
from reconciler.lint.house import compiled
from reconciler.settings import (
    ApiSettings,
    EnvironmentSettings,
    Limits,
    LintSettings,
    PolicySettings,
    Settings,
    Span,
)
from reconciler.text import did_you_mean, visible
from reconciler.transport import parse_api_url
from reconciler.zones import meant

FILE: Final = "pyproject.toml"

_KNOWN: Final = tuple(
    name
    for model in (
        Settings,
        ApiSettings,
        Limits,
        LintSettings,
        EnvironmentSettings,
        Span,
        PolicySettings,
    )
    for name in (field.alias or key for key, field in model.model_fields.items())
)


def load_settings(root: Path) -> Settings:
    """Return the settings of the repository at `root`, the defaults where it has none.

    Raises:
        ConfigError: pyproject.toml cannot be read, or a setting is unknown or malformed; all of
            them are named.
    """
    try:
        content = (root / FILE).read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise ConfigError(
            f"{FILE} cannot be read: {error}", remedy="mend it, or remove it"
        ) from error
    return parse_settings(content, partial(_read, root))


def parse_settings(
    content: bytes, read: Callable[[str], bytes | None] = lambda _: None
) -> Settings:
    """Return the settings that a pyproject.toml holds; raises ConfigError likewise.

    Args:
        content: Of pyproject.toml.
        read: Returns what another file beside it holds, or None without it.
    """
    text, problem = decode(content)
    if wrong := [problem] if problem else other_kind(text):
        first = wrong[0]
        raise ConfigError(
            f"{FILE}:{first.line}:{first.column}: {first.message}",
            remedy=first.remedy if first.rule == ENCODING.id else "mend it, or remove it",
        )
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{FILE} cannot be read: {error}", remedy="mend it, or remove it"
        ) from error
    section = table.get("tool", {}).get("reconciler", {})
    if not isinstance(section, dict):
        raise ConfigError(
            f"{FILE}: tool.reconciler is not a table", remedy="write [tool.reconciler.api]"
        )
    problems = [*_environment_problems(section.get("environments"))]
    settings = Settings()
    try:
        settings = Settings.from_toml(section)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        problems = [*map(_problem, found), *problems]
    problems += _lint_problems(settings.lint)
    if problems:
        raise ConfigError(
            f"{FILE}: {'; '.join(problems)}",
            remedy="docs/api.md and docs/rules.md list the settings",
        )
    return _with_policy(_in_one_spelling(settings), read)


def _read(root: Path, name: str) -> bytes | None:
    try:
        return (root / name).read_bytes()
    except OSError:
        return None


def _with_policy(settings: Settings, read: Callable[[str], bytes | None]) -> Settings:
    """Return the settings with what the schema of the policy says; raises ConfigError."""
    if settings.policy is None:
        return settings
    name = settings.policy.file
    content = read(name)
    if content is None:
        raise ConfigError(
            f"{FILE}: tool.reconciler.policy.schema: {visible(name)} cannot be read",
            remedy="add the file, or remove the setting",
        )
    try:
        schema = content.decode()
        compiled(schema)
    except ValueError as error:
        first = str(error).partition("\n")[0]
        raise ConfigError(
            f"{visible(name)} is no JSON Schema: {visible(first)}",
            remedy="correct it; it is draft 2020-12, and refers to nothing outside of it",
        ) from error
    return settings.model_copy(update={"lint": settings.lint.of_house(schema)})


def _environment_problems(environments: object) -> Iterator[str]:
    """Yield what is wrong with names and addresses of environments, whatever else may be."""
    if not isinstance(environments, dict):
        return
    for name, table in environments.items():
        place = f"tool.reconciler.environments.{visible(name)}"
        if not re.fullmatch(SLUG.strip("^$"), name):
            yield f"{place}: a name is of lower case letters, digits and single dashes"
        address = table.get("api_url") if isinstance(table, dict) else None
        if isinstance(address, str):
            try:
                parse_api_url(address)
            except ConfigError as error:
                yield f"{place}.api_url: {error.message}"


def _in_one_spelling(settings: Settings) -> Settings:
    """Return the settings with addresses in the spelling in which a target's is compared."""
    environments = {
        name: EnvironmentSettings(api_url=known.api_url and parse_api_url(known.api_url))
        for name, known in settings.environments.items()
    }
    return settings.model_copy(update={"environments": environments})


def _lint_problems(settings: LintSettings) -> Iterator[str]:
    """Yield each rule and zone that does not exist."""
    for name in settings.levels:
        if name not in RULES:
            yield _unknown(name, "levels", did_you_mean(name, RULES))
    for name in settings.patient_zones:
        if name not in zones.names():
            yield _unknown(name, "patient_zones", meant.remedy(name))


def _unknown(name: str, setting: str, hint: str) -> str:
    there = f"tool.reconciler.lint.{setting}: there is no {visible(name)}"
    return there + (f", {hint}" if hint else "")


def _problem(part: Any) -> str:
    name = ".".join(str(step) for step in part["loc"])
    if part["type"] != "extra_forbidden":
        return f"tool.reconciler.{name}: {part['msg'].removeprefix('Value error, ')}"
    hint = did_you_mean(str(part["loc"][-1]), _KNOWN)
    return f"tool.reconciler.{name} is not a setting" + (f", {hint}" if hint else "")
