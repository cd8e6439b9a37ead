"""The rule about names that nobody else uses. Pure: no I/O."""

from collections.abc import Iterator
from typing import Final

from reconciler.lint.names import Likely, NameKind, spoken, used
from reconciler.lint.rule import Context, Hit, rule
from reconciler.model import Declared

_CALLED: Final[dict[NameKind, str]] = {"template_name": "template", "context": "context"}

_RIGHT: Final = "Reminder"


@rule(
    id="lone-name",
    level="warning",
    title="A name that nobody else uses is nearly one that many use",
    why=(
        "A template, a context or an assistant that is mistyped is sent, and nobody gets what was"
        " meant. Looks at names that one use case alone has, in files and live, and that are a"
        " letter or two away from one that three or more have: one word of five letters and more"
        " may differ, and no number. An assistant is also told that nobody else has, where three"
        " or more groups have the same call spoken by one and the same other assistant."
    ),
    source=(
        "measured: on 10,000 random sets of groups without a slip it says something of 132, mostly"
        " where one thing and several (Visit, Visits) are both names, 19 times of a second"
        " assistant; of the groups of this repository nothing; of 9,548 slips it finds 9,110"
    ),
    remedy="correct it, or say why this is meant",
    example=(
        "name: Example\nuse_cases:\n"
        + "".join(
            f"  - use_case: {name}\n    enabled: true\n    actions:\n      - {{action_type: SMS,"
            f" context: {name.lower()}, day: {day}, template_name: {template}}}\n"
            for day, (name, template) in enumerate(
                (
                    ("LAB", "Reminder"),
                    ("XRAY", "Reminder"),
                    ("MRI", "Reminder"),
                    ("EKG", "Remidner"),
                )
            )
        )
    ),
)
def _lone_name(entry: Declared, context: Context) -> Iterator[Hit]:
    yield from _assistant(entry, context)
    for case in entry.group.use_cases:
        for kind, called in _CALLED.items():
            for place, name in used(case.actions, kind):
                if likely := context.names.meant(kind, name):
                    yield Hit(
                        f"use_cases.{case.use_case}.actions.{place}",
                        f'no other use case has the {called} "{name}", and {likely.uses} have'
                        f' "{likely.name}"',
                        _remedy(likely),
                    )


def _assistant(entry: Declared, context: Context) -> Iterator[Hit]:
    assistant = entry.group.assistant_id
    if not assistant:
        return
    if likely := context.names.meant("assistant_id", assistant):
        yield Hit(
            "assistant_id",
            f"no other group has the assistant {assistant}, and {likely.uses} have {likely.name}",
            _remedy(likely),
        )
        return
    for case, place, action in spoken(entry.group):
        if likely := context.names.usual_voice(action.template_name, assistant):
            yield Hit(
                f"use_cases.{case}.actions.{place}",
                f"nobody else has the assistant {assistant}, and in {likely.uses} other groups"
                f' "{action.template_name}" is spoken by {likely.name}',
                _remedy(likely),
            )
            return


def _remedy(likely: Likely) -> str:
    return f"write {likely.name}, or say why this is meant"
