"""What a group file may say: the source of the JSON Schema, editors' completions and hover texts.

Pure: no I/O. The models describe the file as it is written. Each description is one sentence and
serves the code, the schema and the editor. Patterns are read by Rust, ECMAScript and Python alike,
so they keep to what means the same in all three.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from reconciler.model import USE_CASE, Model

TEXT: Final = r"^\S(.*\S)?$"
"""One line without space at either end: servers trim, and what they trim would never converge."""
SLUG: Final = "^[a-z0-9]+(-[a-z0-9]+)*$"
OBJECT_ID: Final = "^[0-9a-f]{24}$"
LINK: Final = "^https://[!-~]+$"
TIME: Final = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said to somebody whose value is not one; stands at the field that it is about.

    Attributes:
        expected: What the value must be, behind "must be".
        remedy: What to do next, without a full stop.
        quotable: Whether a number there may be text that lacks its quotes.
        secret: Whether the value must not be repeated.
    """

    expected: str
    remedy: str
    quotable: bool = False
    secret: bool = False


_ONE_LINE: Final = "text on one line, without spaces at its ends"
_HEX: Final = "24 hex digits, in lower case"

Text = Annotated[str, Field(pattern=TEXT)]
ObjectId = Annotated[str, Field(pattern=OBJECT_ID)]
Time = Annotated[str, Field(pattern=TIME)]


class FromEnv(Model):
    """An environment variable in place of a value, so that a secret stays out of Git."""

    from_env: Annotated[
        str,
        Field(pattern="^[A-Z_][A-Z0-9_]*$"),
        Words(
            "the name of a variable, in upper snake case", "write it like APPOINTMENT_SHEET_LINK"
        ),
    ] = Field(
        description="Environment variable that holds the link when a plan is made; its value is"
        " never shown.",
        examples=["APPOINTMENT_SHEET_LINK"],
    )


class ActionEntry(Model):
    """One text or call; the order of actions means nothing."""

    action_type: Annotated[
        Literal["SMS", "CALL"], Words("SMS or CALL", "write SMS for a text, CALL for a call")
    ] = Field(
        description="SMS sends a text, CALL has the assistant call.", examples=["SMS", "CALL"]
    )
    context: Annotated[
        Text, Words(_ONE_LINE, "write the context's name as the dashboard has it", quotable=True)
    ] = Field(
        description="Name of the context that the assistant is given for this contact.",
        examples=["reminder_7d"],
    )
    day: Annotated[
        int, Words("a whole number from 0 to 365", "write it like 7, without quotes")
    ] = Field(
        ge=0,
        le=365,
        description="Day of the contact; the API does not document what it counts, its example"
        " suggests days before"
        " the appointment.",
        examples=[7, 1, 0],
    )
    template_name: Annotated[
        Text, Words(_ONE_LINE, "write the template's name as the dashboard has it", quotable=True)
    ] = Field(
        description="Name of the template that is sent or spoken.",
        examples=["First SMS", "Day 1 Call"],
    )
    note: Annotated[Text, Words(_ONE_LINE, "write what reviewers should know", quotable=True)] = (
        Field(
            default="",
            description="What reviewers should know of it; kept in Git, told with a change, never"
            " sent.",
            examples=["Agreed with Dr. Lee on 2026-11-02."],
        )
    )


class UseCaseEntry(Model):
    """One reason to contact patients, with the texts and calls that it makes."""

    use_case: Annotated[
        str,
        Field(pattern=USE_CASE),
        Words("a name in upper snake case", "write it like LAB_REMINDER"),
    ] = Field(
        description="Name of the use case, in upper snake case, once per group.",
        examples=["NEW_PATIENT_APPOINTMENT_REMINDER", "LAB_REMINDER"],
    )
    enabled: Annotated[
        bool,
        Words(
            "true or false",
            "write true or false, without quotes; YAML 1.2 reads yes and no as text",
        ),
    ] = Field(description="Whether patients are contacted for this use case.", examples=[True])
    actions: Annotated[
        list[ActionEntry],
        Words("a list of actions", "begin each with a dash, or write [] to contact nobody"),
    ] = Field(
        description="Texts and calls of this use case; an empty list contacts nobody.",
        examples=[
            [
                {
                    "action_type": "SMS",
                    "context": "reminder_7d",
                    "day": 7,
                    "template_name": "First SMS",
                }
            ]
        ],
    )
    note: Annotated[Text, Words(_ONE_LINE, "write what reviewers should know", quotable=True)] = (
        Field(
            default="",
            description="What reviewers should know of it; kept in Git, told with a change, never"
            " sent.",
            examples=["Agreed with Dr. Lee on 2026-11-02."],
        )
    )


class GroupLevel(Model):
    """The group-level fields, as a file or one of its environments may give them."""

    name: Annotated[
        Text, Words(_ONE_LINE, "write the name that people know the group by", quotable=True)
    ] = Field(
        default="",
        description="Human-friendly name of the group.",
        examples=["Appointment Reminders"],
    )
    slug: Annotated[
        Text,
        Words(
            _ONE_LINE,
            "write the live slug, or remove the line if the file's name is the slug",
            quotable=True,
        ),
    ] = Field(
        default="",
        description="Live slug, if it is not the file's name; it is then the group's identity.",
        examples=["Survey 2024"],
    )
    group_id: Annotated[
        ObjectId, Words(_HEX, "copy the id of the live group, or remove the line", quotable=True)
    ] = Field(
        default="",
        description="Pins the file to the live group with this id, so that a new slug or name is"
        " an update.",
        examples=["5eb7cf5a86d9755df3a6c593"],
    )
    assistant_id: Annotated[
        ObjectId | None, Words(_HEX, "copy the assistant's id from the dashboard", quotable=True)
    ] = Field(
        default=None,
        description="Id of the assistant that speaks for this group.",
        examples=["68a8652f82513625d1c21a85"],
    )
    sheet_link: Annotated[
        Annotated[str, Field(pattern=LINK)] | FromEnv | None,
        Words(
            "a link that begins with https://, or {from_env: NAME}",
            "copy the sheet's sharing link",
            secret=True,
        ),
    ] = Field(
        default=None,
        description="Link of the sheet that lists the patients, or from_env with the variable that"
        " holds it.",
        examples=["https://1drv.ms/x/...", {"from_env": "APPOINTMENT_SHEET_LINK"}],
    )
    timezone: Annotated[
        Text | None, Words("a name of the tz database", "write it like America/Chicago")
    ] = Field(
        default=None,
        description="Name of the tz database in which start_time is meant.",
        examples=["America/Chicago", "America/New_York"],
    )
    start_time: Annotated[
        Time | None,
        Words("a time of day, HH:MM or HH:MM:SS, without offset", "write it like 08:00:00"),
    ] = Field(
        default=None,
        description="Time of day at which the group runs, HH:MM or HH:MM:SS, local to timezone.",
        examples=["08:00:00", "08:00"],
    )


class Overrides(GroupLevel):
    """What differs in one environment; a field that is absent is as outside of environments."""


class GroupFile(GroupLevel):
    """A use-case group: which texts and calls patients get, on which day and at what time.

    It also says which assistant speaks.

    A field that is absent is left as it is live; a field that is null is kept empty.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Lab Results",
                    "timezone": "America/Chicago",
                    "start_time": "08:00:00",
                    "use_cases": [
                        {
                            "use_case": "LAB_REMINDER",
                            "enabled": True,
                            "actions": [
                                {
                                    "action_type": "SMS",
                                    "context": "lab_result_sms",
                                    "day": 0,
                                    "template_name": "Lab Result SMS",
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )

    name: Annotated[
        Text, Words(_ONE_LINE, "write the name that people know the group by", quotable=True)
    ] = Field(description="Human-friendly name of the group.", examples=["Appointment Reminders"])
    use_cases: Annotated[
        list[UseCaseEntry] | None,
        Words("a list of use cases", "begin each with a dash: `- use_case: NAME`"),
    ] = Field(
        default=None,
        description="The use cases that this file manages; others of the live group are left"
        " alone.",
    )
    protected: Annotated[
        bool,
        Words(
            "true or false",
            "write true or false, without quotes; YAML 1.2 reads yes and no as text",
        ),
    ] = Field(
        default=False,
        description="Whether ending a use case of this group needs --allow protected=NUMBER; kept"
        " in Git, never sent.",
        examples=[True],
    )
    environments: Annotated[
        dict[Annotated[str, Field(pattern=SLUG)], Overrides],
        Words("a mapping of environment names", "write it like `prod: {assistant_id: ...}`"),
    ] = Field(
        default_factory=dict,
        description="What differs per environment, by its name; selected with --env.",
        examples=[{"prod": {"assistant_id": "68b1f0aa82513625d1c21b90"}}],
    )


def field_words() -> Mapping[str, Words]:
    """Return the words of every field that a file may hold, by its name.

    Raises:
        TypeError: A field has none, which is a mistake of whoever added it.
    """
    found: dict[str, Words] = {}
    for model in (GroupFile, UseCaseEntry, ActionEntry, FromEnv):
        for name, field in model.model_fields.items():
            words = [item for item in field.metadata if isinstance(item, Words)]
            if not words:
                raise TypeError(f"{model.__name__}.{name} has no Words")
            found[name] = words[0]
    return found


FREE_TEXT: Final = frozenset(
    name for name, words in field_words().items() if words.expected == _ONE_LINE
)
"""Fields that hold whatever somebody calls something: no other rule sees that a word is missing."""
