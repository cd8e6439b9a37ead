"""The settings: `[tool.reconciler]` of pyproject.toml, as models with their defaults.

Pure: no I/O; `reconciler.workspace.settings` reads them.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from reconciler.errors import Level
from reconciler.model import INTEGRATIONS, Integration, Model


class ApiSettings(Model):
    """`[tool.reconciler.api]`: the assumed read side; paths only, as a host would get the key."""

    list_path: str = Field(
        default="/integrations/v1/integrations/{integration}/use-case-groups",
        description="Path that lists the groups of an integration; `/{group_id}` behind it gives"
        " one.",
    )
    envelope: str | None = Field(
        default=None,
        description="Key under which a list answer holds its groups, if it is none of the usual"
        " ones.",
    )
    ignored_fields: list[str] = Field(
        default=[],
        description="Fields of live groups, use cases and actions that this program does not know"
        " and whose loss or change is of no matter, besides the usual ones.",
    )

    @field_validator("list_path")
    @classmethod
    def _is_a_path(cls, value: str) -> str:
        if not re.fullmatch(r"(/[A-Za-z0-9._~{}-]+)+", value) or re.findall(
            r"\{[^}]*\}?|\}", value
        ) != ["{integration}"]:
            msg = (
                "must be a path that starts with / and holds {integration} once, without host,"
                " query or fragment"
            )
            raise ValueError(msg)
        return value


class Limits(Model):
    """`[tool.reconciler.guards]`: how far a plan may reach unasked.

    In absolute numbers: small sets need them too.
    """

    creates: int = Field(default=10, ge=0, description="Groups that one plan may create.")
    updates: int = Field(default=20, ge=0, description="Groups that one plan may update.")
    disables: int = Field(
        default=5, ge=0, description="Use cases that one plan may turn from enabled to not."
    )


UsState = Literal["FL", "OK", "WA"]


class QuietHours(Model):
    """Hours within which patients may be contacted, local to them, as HH:MM."""

    begin: str = Field(
        default="08:00", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="First minute."
    )
    end: str = Field(
        default="21:00",
        pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="First minute after them.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.begin >= self.end:
            msg = f"begin {self.begin} is not before end {self.end}"
            raise ValueError(msg)
        return self


class LintSettings(Model):
    """`[tool.reconciler.lint]`: what is said of what group files do to people."""

    levels: dict[str, Level] = Field(default={}, description="Level of a rule, by its id.")
    hours: QuietHours = Field(default=QuietHours(), description="When patients may be contacted.")
    patient_zones: list[str] = Field(default=[], description="Time zones in which patients live.")
    states: list[UsState] = Field(default=[], description="States whose stricter hours apply.")
    _house: str = PrivateAttr(default="")

    @property
    def house(self) -> str:
        """The JSON Schema that the policy names, as text; empty without one. It is no setting."""
        return self._house

    def of_house(self, schema: str) -> Self:
        """Return the same with what the policy's schema says."""
        copy = self.model_copy()
        copy._house = schema  # noqa: SLF001 - it is one of us
        return copy


class EnvironmentSettings(Model):
    """`[tool.reconciler.environments.NAME]`: what is known of an environment besides its name."""

    api_url: str | None = Field(
        default=None,
        description="Address that the environment has. It is compared with the one that is given,"
        " and refuses another; nothing is ever sent to it.",
    )


class PolicySettings(Model):
    """`[tool.reconciler.policy]`: what the house has decided for all groups."""

    file: str = Field(
        alias="schema",
        pattern=r"^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$",
        description="JSON Schema that each group must fit, from the top of the repository.",
    )


class Span(Model):
    """`[tool.reconciler.freeze]`: days in which nothing is to change, both included."""

    first: date = Field(description="First day.")
    last: date = Field(description="Last day.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            msg = f"first {self.first} is after last {self.last}"
            raise ValueError(msg)
        return self


DayMeans = Literal["before", "after", "unknown"]


class Settings(Model):
    """`[tool.reconciler]` of pyproject.toml."""

    day_means: DayMeans = Field(
        default="before",
        description="What `day: 7` is called in prose. That it counts days before the appointment"
        " is an assumption.",
    )
    integrations: list[Integration] = Field(
        default=list(INTEGRATIONS),
        min_length=1,
        description="Integrations that this account has. Others are never asked for.",
    )
    api: ApiSettings = ApiSettings()
    guards: Limits = Limits()
    lint: LintSettings = LintSettings()
    policy: PolicySettings | None = None
    freeze: dict[str, Span] = Field(
        default={}, description="Spans of days in which plans are refused, by what they are called."
    )
    environments: dict[str, EnvironmentSettings] = Field(
        default={}, description="The environments that there are; empty if they are not listed."
    )

    @classmethod
    def from_toml(cls, table: Mapping[str, Any]) -> Self:
        """Build the settings from the parsed table; raises pydantic's ValidationError."""
        return cls.model_validate(table)

    def listing(self, environments: Iterable[str]) -> Self:
        """Return these settings with environments that they need not list yet."""
        new = {name: EnvironmentSettings() for name in environments}
        return self.model_copy(update={"environments": {**new, **self.environments}})


def without_it(integration: Integration) -> str:
    """Return what to do where an account does not have an integration."""
    others = ", ".join(f'"{name}"' for name in INTEGRATIONS if name != integration)
    return (
        f"if this account has no {integration}, write `integrations = [{others}]` into"
        " [tool.reconciler] of pyproject.toml"
    )
