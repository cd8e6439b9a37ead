"""Lint rules about who is contacted how often, from which sheet and by whom. Pure: no I/O."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from reconciler.lint.rule import Context, Hit, Rule, running
from reconciler.model import SHEET_HOSTS, Declared, UseCase

_A_DAY: Final = 1
_A_WEEK: Final = 3


def _contacts_per_day(entry: Declared, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - a rule's signature
    for case in running(entry):
        days = Counter(action.day for action in case.actions)
        busiest = max(days, key=lambda day: (days[day], -day))
        weeks = {day: sum(days[other] for other in range(day, day + 7)) for day in days}
        fullest = max(weeks, key=lambda day: (weeks[day], -day))
        path = f"use_cases.{case.use_case}.actions"
        if days[busiest] > _A_DAY:
            yield Hit(
                path, f"{case.use_case} contacts a person {days[busiest]} times on day {busiest}"
            )
        elif weeks[fullest] > _A_WEEK:
            week = f"day {fullest} to {fullest + 6}"
            yield Hit(
                path,
                f"{case.use_case} contacts a person {weeks[fullest]} times within a week, {week}",
            )


def _same_day(entry: Declared, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - a rule's signature
    for case in running(entry):
        by_day: dict[int, list[str]] = defaultdict(list)
        for action in case.actions:
            by_day[action.day].append(action.action_type)
        for day in sorted(by_day):
            kinds = sorted(by_day[day])
            if len(kinds) > 1:
                told = " and ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
                yield Hit(_first_of(case, day), f"{case.use_case} sends {told} on day {day}")


def _first_of(case: UseCase, day: int) -> str:
    number = next(index for index, action in enumerate(case.actions) if action.day == day)
    return f"use_cases.{case.use_case}.actions.{number}"


def _sheet_host(entry: Declared, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - a rule's signature
    if entry.group.sheet_link is None:
        return
    host = urlsplit(entry.group.sheet_link.get_secret_value()).hostname or ""
    for owner, hosts in SHEET_HOSTS.items():
        at_home = any(host == known or host.endswith(f".{known}") for known in hosts)
        if at_home and owner != entry.group.integration:
            yield Hit(
                "sheet_link",
                f"this is a sheet of {owner}, and the group is one of {entry.group.integration}",
            )


def _link_in_git(entry: Declared, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - a rule's signature
    if entry.group.sheet_link is not None and entry.variable is None:
        yield Hit(
            "sheet_link",
            "the link itself stands in the file, and whoever has it may open the sheet",
        )


def _shared_sheet(entry: Declared, context: Context) -> Iterator[Hit]:
    sheet = _sheet(entry)
    others = [
        other.group.key
        for other in context.groups
        if sheet and _sheet(other) == sheet and other is not entry
    ]
    if others:
        verb = "reads" if len(others) == 1 else "read"
        yield Hit("sheet_link", f"{' and '.join(map(str, others))} {verb} the same sheet")


def _sheet(entry: Declared) -> str:
    """Return which sheet a group reads, if known: its link, or the variable that holds it."""
    if entry.group.sheet_link is not None:
        return entry.group.sheet_link.get_secret_value()
    return entry.variable or ""


def _no_assistant(entry: Declared, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - a rule's signature
    if entry.group.assistant_id is None:
        for case in running(entry):
            if any(action.action_type == "CALL" for action in case.actions):
                yield Hit(
                    f"use_cases.{case.use_case}",
                    f"{case.use_case} calls people, and the group has no assistant_id",
                )


def _nothing_enabled(entry: Declared, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - a rule's signature
    if "use_cases" in entry.group.declared and not any(
        case.enabled for case in entry.group.use_cases
    ):
        yield Hit("use_cases", "no use case of this group is enabled, so it contacts nobody")


def _no_actions(entry: Declared, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - a rule's signature
    for case in entry.group.use_cases:
        if case.enabled and not case.actions:
            yield Hit(
                f"use_cases.{case.use_case}.actions",
                f"{case.use_case} is enabled and has no actions",
            )


def _ai_voice(entry: Declared, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - a rule's signature
    for case in running(entry):
        if any(action.action_type == "CALL" for action in case.actions):
            yield Hit(
                f"use_cases.{case.use_case}",
                f"{case.use_case} calls people with an artificial voice",
            )


_HEAD: Final = "name: Example\n"
_CASE: Final = "use_cases:\n  - use_case: LAB\n    enabled: true\n    actions:"
_SMS: Final = "\n      - {action_type: SMS, context: lab, day: 1, template_name: Lab}"
_CALL: Final = "\n      - {action_type: CALL, context: lab, day: 1, template_name: Lab}"

RULES: Final = (
    Rule(
        "contacts-per-day",
        "warning",
        "A person is contacted more than once a day, or more than three times a week",
        "Counts the actions of an enabled use case by day, texts and calls together, and over"
        " every seven days.",
        "47 CFR 64.1200(a)(9)(iv), the healthcare exemption",
        "spread the actions over more days, or remove some",
        f"{_HEAD}{_CASE}{_SMS}{_SMS}\n",
        _contacts_per_day,
    ),
    Rule(
        "sheet-host",
        "warning",
        "The sheet belongs to another integration",
        "A microsoft group with a sheet at Google, or a google group with one at Microsoft, reads"
        " nobody. Hosts that"
        " are not known are left alone.",
        "seen hosts: docs.google.com, drive.google.com, 1drv.ms, onedrive.live.com,"
        " *.sharepoint.com",
        "move the file to the other folder, or correct the link",
        f"{_HEAD}sheet_link: https://docs.google.com/spreadsheets/d/x\n",
        _sheet_host,
    ),
    Rule(
        "link-in-git",
        "warning",
        "A link that opens the sheet stands in Git",
        "A sharing link is a key: who has it may read, and often change, whom the clinic contacts."
        " Git keeps it for"
        " ever.",
        "the vendors' help pages on sharing links",
        "put the link into a variable, write `sheet_link: {from_env: NAME}`, and make a new link,"
        " since Git has this",
        f"{_HEAD}sheet_link: https://1drv.ms/x/s!example\n",
        _link_in_git,
    ),
    Rule(
        "shared-sheet",
        "warning",
        "Two groups read one sheet, so that its people may be contacted by both",
        "Compares links, and the names of variables.",
        "inferred",
        "give each group a sheet of its own, or say why this is meant",
        f"{_HEAD}sheet_link: {{from_env: SHEET_OF_ANOTHER_GROUP}}\n",
        _shared_sheet,
    ),
    Rule(
        "no-assistant",
        "warning",
        "Nobody is there to speak a call",
        "An enabled use case has a CALL, and the file has no assistant_id, or null.",
        "inferred",
        "add assistant_id, or say why it is left to the dashboard",
        f"{_HEAD}{_CASE}{_CALL}\n",
        _no_assistant,
    ),
    Rule(
        "nothing-enabled",
        "info",
        "The group contacts nobody",
        "The file has use cases, or an empty list of them, and none is enabled.",
        "inferred",
        "enable one, or remove the file if the group is not needed any more",
        f"{_HEAD}use_cases: []\n",
        _nothing_enabled,
    ),
    Rule(
        "no-actions",
        "warning",
        "A use case is enabled and does nothing",
        "Its list of actions is empty.",
        "inferred",
        "add an action, or switch the use case off",
        f"{_HEAD}{_CASE} []\n",
        _no_actions,
    ),
    Rule(
        "same-day",
        "info",
        "Several texts or calls go to a person on one day",
        "Two actions of one channel on one day, or a text and a call. How the API orders them is"
        " not documented.",
        "inferred",
        "move one to another day, or say why this is meant",
        f"{_HEAD}{_CASE}{_SMS}{_CALL}\n",
        _same_day,
    ),
    Rule(
        "ai-voice",
        "off",
        "Calls are spoken by an artificial voice",
        "Any enabled CALL. Off unless the settings give it a level: it is for those who keep a"
        " record of such calls.",
        "FCC 24-17",
        "have the consent that such calls need",
        f"{_HEAD}{_CASE}{_CALL}\n",
        _ai_voice,
    ),
)
