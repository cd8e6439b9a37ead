"""Rules about who is contacted how often, from which sheet and by whom. Pure: no I/O."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from reconciler.lint.patient import A_DAY, A_WEEK, WEEK, Load
from reconciler.lint.rule import Context, Hit, rule, running, sheet
from reconciler.model import SHEET_HOSTS, Declared, Key, UseCase, link_host

_HEAD: Final = "name: Example\n"
_TOLD: Final = 3
"""Other readers of a sheet that are named; the rest is counted."""
_CASE: Final = "use_cases:\n  - use_case: LAB\n    enabled: true\n    actions:"
_SMS: Final = "\n      - {action_type: SMS, context: lab, day: 1, template_name: Lab}"
_CALL: Final = "\n      - {action_type: CALL, context: lab, day: 1, template_name: Lab}"


@rule(
    id="contacts-per-day",
    level="warning",
    title="A person is contacted more than once a day, or more than three times a week",
    why=(
        "Takes somebody who is on every list: counts the actions of all enabled use cases of a"
        " group, and of all groups with the same sheet, by day, texts and calls together, and over"
        " every seven days."
    ),
    source="47 CFR 64.1200(a)(9)(iv), the healthcare exemption",
    remedy="spread the actions over more days, or remove some; or say why nobody is on all lists",
    example=f"{_HEAD}{_CASE}{_SMS}{_SMS}\n",
)
def _contacts_per_day(entry: Declared, context: Context) -> Iterator[Hit]:
    worst = context.load_of(entry)
    own = {action.day for case in running(entry) for action in case.actions}
    if not own:
        return
    busiest = min(own, key=lambda day: (-worst.days[day].total(), day))
    if worst.days[busiest].total() > A_DAY:
        number, days, when = worst.days[busiest].total(), [busiest], f"on day {busiest}"
    else:
        begin = worst.fullest(own)
        if begin is None or worst.weeks[begin].total() <= A_WEEK:
            return
        number, days = worst.weeks[begin].total(), [*range(begin, begin + WEEK)]
        when = f"within a week, day {begin} to {begin + WEEK - 1}"
    own_cases = [case for case in running(entry) if any(one.day in days for one in case.actions)]
    others = _others(entry, worst, days)
    path = f"use_cases.{own_cases[0].use_case}.actions"
    if len(own_cases) == 1 and not others:
        yield Hit(path, f"{own_cases[0].use_case} contacts a person {number} times {when}")
        return
    parties = [(entry.group.key, case) for case in own_cases] + others
    told = [_party(entry, key, case, days, context) for key, case in parties[:_TOLD]]
    more = ["others"] if len(parties) > _TOLD else []
    yield Hit(
        path,
        f"a person on every list is contacted {number} times {when}:"
        f" by {' and '.join([*told, *more])}",
    )


def _others(entry: Declared, worst: Load, days: Collection[int]) -> list[tuple[Key, UseCase]]:
    """Return use cases of other groups that contact a person on some days; of very many the first.

    Each group is told of them, so that with all of them it would be the square of their number.
    """
    found: dict[tuple[Key, str], UseCase] = {}
    most = len(entry.group.use_cases) + _TOLD + 1
    for day in days:
        for key, case in worst.parties.get(day, ())[:most]:
            if key != entry.group.key:
                found[key, case.use_case] = case
    return [(key, case) for (key, _), case in found.items()]


def _party(
    entry: Declared, key: Key, case: UseCase, days: Collection[int], context: Context
) -> str:
    """Return who contacts a person on some days, and where that is written."""
    number = next(index for index, action in enumerate(case.actions) if action.day in days)
    path = f"use_cases.{case.use_case}.actions.{number}"
    if key == entry.group.key:
        return f"{case.use_case} (line {entry.position(path)[0]})"
    other = context.readers[sheet(entry)][key]
    return f"{case.use_case} of {key} ({other.file}:{other.position(path)[0]})"


@rule(
    id="sheet-host",
    level="warning",
    title="The sheet belongs to another integration",
    why=(
        "A microsoft group with a sheet at Google, or a google group with one at Microsoft, reads"
        " nobody. Hosts that are not known are left alone."
    ),
    source=(
        "seen hosts: docs.google.com, drive.google.com, 1drv.ms, onedrive.live.com,"
        " *.sharepoint.com"
    ),
    remedy="move the file to the other folder, or correct the link",
    example=f"{_HEAD}sheet_link: https://docs.google.com/spreadsheets/d/x\n",
)
def _sheet_host(entry: Declared, context: Context) -> Iterator[Hit]:
    if entry.group.sheet_link is None:
        return
    host = link_host(entry.group.sheet_link.get_secret_value()) or ""
    for owner, hosts in SHEET_HOSTS.items():
        at_home = any(host == known or host.endswith(f".{known}") for known in hosts)
        if at_home and owner != entry.group.integration:
            yield Hit(
                "sheet_link",
                f"this is a sheet of {owner}, and the group is one of {entry.group.integration}",
            )


@rule(
    id="link-in-git",
    level="warning",
    title="A link that opens the sheet stands in Git",
    why=(
        "A sharing link is a key: who has it may read, and often change, whom the clinic"
        " contacts. Git keeps it for ever."
    ),
    source="the vendors' help pages on sharing links",
    remedy=(
        "put the link into a variable, write `sheet_link: {from_env: NAME}`, and make a new link,"
        " since Git has this"
    ),
    example=f"{_HEAD}sheet_link: https://1drv.ms/x/s!example\n",
)
def _link_in_git(entry: Declared, context: Context) -> Iterator[Hit]:
    if entry.group.sheet_link is not None and entry.variable is None:
        yield Hit(
            "sheet_link",
            "the link itself stands in the file, and whoever has it may open the sheet",
        )


@rule(
    id="shared-sheet",
    level="warning",
    title="Two groups read one sheet, so that its people may be contacted by both",
    why="Compares links, and the names of variables.",
    source="inferred",
    remedy="give each group a sheet of its own, or say why this is meant",
    example=f"{_HEAD}sheet_link: {{from_env: SHEET_OF_ANOTHER_GROUP}}\n",
)
def _shared_sheet(entry: Declared, context: Context) -> Iterator[Hit]:
    readers = context.readers.get(sheet(entry), {})
    if len(readers) > 1:
        # Each reader is told of the first few: of a thousand, a thousand would be a million.
        first = [*islice(readers, _TOLD + 1)]
        some = [key for key in first if key != entry.group.key][:_TOLD]
        more = len(readers) - 1 - len(some)
        told = [*map(str, some), *([f"{more} more"] if more else [])]
        verb = "reads" if len(told) == 1 else "read"
        yield Hit("sheet_link", f"{' and '.join(told)} {verb} the same sheet")


@rule(
    id="no-assistant",
    level="warning",
    title="Nobody is there to speak a call",
    why="An enabled use case has a CALL, and the file has no assistant_id, or null.",
    source="inferred",
    remedy="add assistant_id, or say why it is left to the dashboard",
    example=f"{_HEAD}{_CASE}{_CALL}\n",
)
def _no_assistant(entry: Declared, context: Context) -> Iterator[Hit]:
    if entry.group.assistant_id is None:
        for case in running(entry):
            if any(action.action_type == "CALL" for action in case.actions):
                yield Hit(
                    f"use_cases.{case.use_case}",
                    f"{case.use_case} calls people, and the group has no assistant_id",
                )


@rule(
    id="nothing-enabled",
    level="info",
    title="The group contacts nobody",
    why="The file has use cases, or an empty list of them, and none is enabled.",
    source="inferred",
    remedy="enable one, or remove the file if the group is not needed any more",
    example=f"{_HEAD}use_cases: []\n",
)
def _nothing_enabled(entry: Declared, context: Context) -> Iterator[Hit]:
    if "use_cases" in entry.group.declared and not any(
        case.enabled for case in entry.group.use_cases
    ):
        yield Hit("use_cases", "no use case of this group is enabled, so it contacts nobody")


@rule(
    id="no-actions",
    level="warning",
    title="A use case is enabled and does nothing",
    why="Its list of actions is empty.",
    source="inferred",
    remedy="add an action, or switch the use case off",
    example=f"{_HEAD}{_CASE} []\n",
)
def _no_actions(entry: Declared, context: Context) -> Iterator[Hit]:
    for case in entry.group.use_cases:
        if case.enabled and not case.actions:
            yield Hit(
                f"use_cases.{case.use_case}.actions",
                f"{case.use_case} is enabled and has no actions",
            )


@rule(
    id="same-day",
    level="info",
    title="Several texts or calls go to a person on one day",
    why=(
        "Two actions of one channel on one day, or a text and a call. How the API orders them is"
        " not documented."
    ),
    source="inferred",
    remedy="move one to another day, or say why this is meant",
    example=f"{_HEAD}{_CASE}{_SMS}{_CALL}\n",
)
def _same_day(entry: Declared, context: Context) -> Iterator[Hit]:
    for case in running(entry):
        by_day: dict[int, list[str]] = defaultdict(list)
        for action in case.actions:
            by_day[action.day].append(action.action_type)
        for day in sorted(by_day):
            kinds = sorted(by_day[day])
            if len(kinds) > 1:
                kinds_of_day = " and ".join(
                    f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))
                )
                yield Hit(
                    _first_of(case, day), f"{case.use_case} sends {kinds_of_day} on day {day}"
                )


def _first_of(case: UseCase, day: int) -> str:
    number = next(index for index, action in enumerate(case.actions) if action.day == day)
    return f"use_cases.{case.use_case}.actions.{number}"


@rule(
    id="ai-voice",
    level="off",
    title="Calls are spoken by an artificial voice",
    why=(
        "Any enabled CALL. Off unless the settings give it a level: it is for those who keep a"
        " record of such calls."
    ),
    source="FCC 24-17",
    remedy="have the consent that such calls need",
    example=f"{_HEAD}{_CASE}{_CALL}\n",
)
def _ai_voice(entry: Declared, context: Context) -> Iterator[Hit]:
    for case in running(entry):
        if any(action.action_type == "CALL" for action in case.actions):
            yield Hit(
                f"use_cases.{case.use_case}",
                f"{case.use_case} calls people with an artificial voice",
            )
