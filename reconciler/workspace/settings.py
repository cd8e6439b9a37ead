"""`[tool.reconciler]` of the repository's pyproject.toml."""

import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from reconciler import zones
from reconciler.desired.catalogue import ENCODING
from reconciler.desired.kinds import decode, other_kind
from reconciler.errors import ConfigError
from reconciler.lint import RULES
from reconciler.settings import ApiSettings, Limits, LintSettings, Settings
from reconciler.text import did_you_mean, visible

FILE: Final = "pyproject.toml"

_KNOWN: Final = tuple(
    name for model in (Settings, ApiSettings, Limits, LintSettings) for name in model.model_fields
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
    return parse_settings(content)


def parse_settings(content: bytes) -> Settings:
    """Return the settings that a pyproject.toml holds; raises ConfigError likewise."""
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
    try:
        settings = Settings.from_toml(section)
    except ValidationError as error:
        problems = "; ".join(
            _problem(part) for part in error.errors(include_url=False, include_input=False)
        )
        raise ConfigError(
            f"{FILE}: {problems}", remedy="docs/api.md and docs/rules.md list the settings"
        ) from error
    _check_lint(settings.lint)
    return settings


def _check_lint(settings: LintSettings) -> None:
    """Raise ConfigError for a rule or a zone that does not exist; all of them are named."""
    levels = [
        _unknown(name, "levels", did_you_mean(name, RULES))
        for name in settings.levels
        if name not in RULES
    ]
    patient_zones = [
        _unknown(name, "patient_zones", did_you_mean(name, zones.names(), alike=zones.ALIKE))
        for name in settings.patient_zones
        if name not in zones.names()
    ]
    told = [*levels, *patient_zones]
    if told:
        raise ConfigError(
            f"{FILE}: tool.reconciler.lint: {'; '.join(told)}",
            remedy="docs/rules.md lists the rules",
        )


def _unknown(name: str, setting: str, hint: str) -> str:
    return f"there is no {visible(name)} for {setting}" + (f", {hint}" if hint else "")


def _problem(part: Any) -> str:
    name = ".".join(str(step) for step in part["loc"])
    if part["type"] != "extra_forbidden":
        return f"tool.reconciler.{name}: {part['msg'].removeprefix('Value error, ')}"
    hint = did_you_mean(str(part["loc"][-1]), _KNOWN)
    return f"tool.reconciler.{name} is not a setting" + (f", {hint}" if hint else "")
