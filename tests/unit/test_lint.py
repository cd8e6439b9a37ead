"""Each rule on a table of files: what it finds, what it leaves alone, and the minute between."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler.desired import load_base
from reconciler.errors import Finding, Level, Rule
from reconciler.lint import RULES, advice, allowances, lint, with_live
from reconciler.lint.house import compiled
from reconciler.lint.near import near, words_of
from reconciler.model import Declared, Group
from reconciler.settings import LintSettings
from tests.builders import action, desired, live, use_case

TODAY = date(2026, 11, 24)
LEVELS: dict[str, Level] = dict.fromkeys(RULES, "warning")
ALL = LintSettings(levels=LEVELS)


def groups(**files: str) -> list[Declared]:
    """Return the groups of some files, named like `microsoft__a`."""
    contents = {
        f"groups/{name.replace('__', '/')}.yaml": text.encode() for name, text in files.items()
    }
    declared, findings = load_base(contents, env=None, variables={})
    assert not findings, findings
    return list(declared)


def found(
    text: str, settings: LintSettings = ALL, integration: str = "microsoft", today: date = TODAY
) -> list[Finding]:
    """Return what the rules find in one file."""
    return lint(groups(**{f"{integration}__a": text}), settings, today)


def told(text: str, settings: LintSettings = ALL, integration: str = "microsoft") -> list[str]:
    """Return the ids of the rules that find something."""
    return [item.rule for item in found(text, settings, integration)]


def case(*actions: str, enabled: bool = True, name: str = "LAB") -> str:
    """Return a use case, whose actions are written like `SMS 7`."""
    lines = [
        f"      - {{action_type: {kind}, context: c, day: {day}, template_name: T}}\n"
        for kind, day in (action.split() for action in actions)
    ]
    body = "".join(["\n", *lines]) if lines else " []\n"
    return (
        f"use_cases:\n  - use_case: {name}\n    enabled: {str(enabled).lower()}\n    actions:{body}"
    )


HEAD = "name: X\n"
RUNNING = case("SMS 1")
AT = HEAD + RUNNING + "timezone: America/Chicago\nstart_time: "


@pytest.mark.parametrize(
    ("time", "rules"),
    [
        ("07:59:59", ["quiet-hours"]),
        ("08:00", []),
        ("20:59:59", []),
        ("21:00", ["quiet-hours"]),
        ("00:00", ["quiet-hours"]),
        ("23:59", ["quiet-hours"]),
    ],
)
def test_quiet_hours(time: str, rules: list[str]) -> None:
    """From 08:00 to before 21:00; the minute decides."""
    assert told(AT + time + "\n") == rules


def test_quiet_hours_in_words() -> None:
    """At the value, in a manager's words."""
    (early,) = found(AT + "06:30\n")
    assert (early.message, early.place) == ("texts and calls begin at 06:30, before 08:00", (8, 13))
    assert RULES[early.rule].title == "People are contacted at night or very early"
    (late,) = found(AT + "21:30:00\n")
    assert late.message == "texts and calls begin at 21:30, at or after 21:00"


def test_other_hours() -> None:
    """As the settings say."""
    settings = LintSettings.model_validate({"hours": {"begin": "10:00", "end": "18:30"}})
    assert told(AT + "09:59\n", settings) == ["quiet-hours"]
    assert told(AT + "18:29\n", settings) == []
    assert told(AT + "18:30\n", settings) == ["quiet-hours"]
    with pytest.raises(ValidationError, match="begin 18:30 is not before end 10:00"):
        LintSettings.model_validate({"hours": {"begin": "18:30", "end": "10:00"}})


@pytest.mark.parametrize(
    "text",
    [
        HEAD + case("SMS 1", enabled=False) + "start_time: 03:00\n",
        HEAD + RUNNING,
        HEAD + RUNNING + "start_time: null\n",
    ],
)
def test_hours_of_groups_that_contact_nobody(text: str) -> None:
    """Nothing enabled, no time: nobody is woken."""
    assert "quiet-hours" not in told(text)


def test_hours_where_use_cases_are_left_to_live() -> None:
    """Then somebody may be contacted."""
    assert told(HEAD + "timezone: America/Chicago\nstart_time: 03:00\n") == ["quiet-hours"]


def patients(*zones: str) -> LintSettings:
    """Return settings with the zones of patients."""
    return LintSettings(patient_zones=list(zones))


@pytest.mark.parametrize(
    ("time", "zone", "other", "words"),
    [
        (
            "08:00",
            "America/Chicago",
            "America/Los_Angeles",
            "08:00 America/Chicago is 06:00 for patients in",
        ),
        ("10:00", "America/Chicago", "America/Los_Angeles", ""),
        ("09:59", "America/Chicago", "America/Los_Angeles", "is 07:59 for"),
        ("20:00", "America/Chicago", "America/New_York", "is 21:00 for"),
        ("19:59", "America/Chicago", "America/New_York", ""),
        ("08:00", "America/Denver", "America/Phoenix", "is 07:00 for"),
        ("08:30", "Asia/Kolkata", "Asia/Kathmandu", ""),
        ("20:45", "Asia/Kolkata", "Asia/Kathmandu", "is 21:00 for"),
        ("08:00", "America/Chicago", "America/Chicago", ""),
    ],
)
def test_patients_elsewhere(time: str, zone: str, other: str, words: str) -> None:
    """On any day of the year: Phoenix keeps its clocks when Denver's go forward."""
    text = HEAD + RUNNING + f"timezone: {zone}\nstart_time: {time}\n"
    hits = [item for item in found(text, patients(other)) if item.rule == "patient-zones"]
    assert bool(hits) == bool(words)
    assert not words or words in hits[0].message


def test_patients_elsewhere_need_a_zone_and_a_time() -> None:
    """And somebody to contact."""
    settings = patients("Pacific/Honolulu")
    for text in (HEAD + RUNNING + "start_time: 09:00\n", HEAD + RUNNING + "timezone: UTC\n"):
        assert told(text, settings) == []
    assert told(
        HEAD + case("SMS 1", enabled=False) + "timezone: UTC\nstart_time: 09:00\n", settings
    ) == ["nothing-enabled"]


@pytest.mark.parametrize(
    ("time", "zone", "state", "expected"),
    [
        ("20:00", "America/New_York", "FL", True),
        ("19:59", "America/New_York", "FL", False),
        ("08:30", "America/New_York", "FL", True),
        ("19:59", "America/Chicago", "OK", False),
        ("20:00", "America/Chicago", "OK", True),
        ("07:59", "America/Los_Angeles", "WA", True),
    ],
)
def test_hours_of_states(time: str, zone: str, state: str, *, expected: bool) -> None:
    """To 20:00, in every zone of the state: 08:30 in Miami is 07:30 in Pensacola."""
    text = HEAD + RUNNING + f"timezone: {zone}\nstart_time: {time}\n"
    settings = LintSettings.model_validate({"states": [state], "levels": {"quiet-hours": "off"}})
    hits = found(text, settings)
    assert [item.rule for item in hits] == (["state-hours"] if expected else [])
    assert all("as of 2026-11" in item.message for item in hits)
    assert told(text, LintSettings.model_validate({"levels": {"quiet-hours": "off"}})) == []


def test_hours_of_states_need_somebody_to_contact() -> None:
    """And a zone."""
    settings = LintSettings(states=["FL"])
    assert "state-hours" not in told(HEAD + RUNNING + "start_time: 22:00\n", settings)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("US/Central", "an old name of America/Chicago"),
        ("Asia/Calcutta", "an old name of Asia/Kolkata"),
        ("EST", "the name of no place"),
        ("GMT", "the name of no place"),
        ("Etc/GMT+6", "6 hours behind UTC all year round: its sign"),
        ("Etc/GMT-5", "5 hours ahead of UTC all year round"),
        ("Etc/GMT", "the name of no place"),
        ("Europe/Oslo", ""),
        ("America/Indiana/Indianapolis", ""),
        ("UTC", ""),
    ],
)
def test_legacy_zones(zone: str, words: str) -> None:
    """Oslo is a link and fine; what counts is whether people live there."""
    hits = found(HEAD + f"timezone: {zone}\n")
    assert [item.rule for item in hits] == (["legacy-timezone"] if words else [])
    assert not words or words in hits[0].message


@pytest.mark.parametrize(
    ("zone", "remedy"),
    [
        ("US/Central", "write America/Chicago"),
        ("America/Coral_Harbour", "write America/Atikokan"),
        ("Iceland", "did you mean Atlantic/Reykjavik?"),
        ("EST5EDT", "did you mean America/New_York (Eastern Time)?"),
        ("HST", "did you mean Pacific/Honolulu (Hawaii Time)?"),
        (
            "EST",
            (
                "did you mean America/New_York (Eastern Time) or America/Panama (-05:00 all year,"
                " as in Panama)?"
            ),
        ),
        (
            "MST",
            (
                "did you mean America/Denver (Mountain Time) or America/Phoenix (Arizona, -07:00"
                " all year)?"
            ),
        ),
        ("Etc/UTC", "write UTC"),
        ("GMT", "did you mean UTC (all year) or Europe/London (Britain, with summer time)?"),
        ("Factory", "name a place, like America/Chicago"),
    ],
)
def test_e_legacy_zones_name_the_right_place(zone: str, remedy: str) -> None:
    """Of what was written: what EST says all year is not where summer time is."""
    (hit,) = found(HEAD + f"timezone: {zone}\n")
    assert hit.remedy == remedy


def test_e_an_offset_names_no_place() -> None:
    """It names all whose clocks show it for a part of the year."""
    (hit,) = found(HEAD + "timezone: Etc/GMT+6\n")
    assert "-06:00 is that of America/Chicago (-06:00 in January, -05:00 in July)" in hit.remedy


@pytest.mark.parametrize(
    ("zone", "time", "words"),
    [
        ("America/Chicago", "01:59:59", "comes twice in America/Chicago on 2027-11-07"),
        ("America/Chicago", "02:00", "does not exist in America/Chicago on 2027-03-14"),
        ("America/Chicago", "02:59:59", "does not exist"),
        ("America/Chicago", "03:00", ""),
        ("America/Chicago", "00:59:59", ""),
        ("America/Chicago", "01:00", "comes twice"),
        ("America/Havana", "00:30", "comes twice in America/Havana on 2027-11-07"),
        ("Australia/Lord_Howe", "02:29", "does not exist in Australia/Lord_Howe on 2027-10-03"),
        ("Australia/Lord_Howe", "02:30", ""),
        ("Australia/Lord_Howe", "01:30", "comes twice in Australia/Lord_Howe on 2027-04-04"),
        ("Europe/London", "01:30", "on 2027-03-28"),
        ("America/Phoenix", "02:30", ""),
        ("UTC", "02:30", ""),
    ],
)
def test_times_at_which_clocks_change(zone: str, time: str, words: str) -> None:
    """From the zone's own data: not every gap is at two, nor an hour long, nor in March."""
    hits = [
        item
        for item in found(HEAD + RUNNING + f"timezone: {zone}\nstart_time: {time}\n")
        if item.rule == "dst-time"
    ]
    assert bool(hits) == bool(words)
    assert not words or any(words in item.message for item in hits)


def test_a_gap_at_midnight() -> None:
    """Beirut's clocks go from midnight to one."""
    text = HEAD + RUNNING + "timezone: Asia/Beirut\nstart_time: 00:15\n"
    hits = [
        item.message for item in found(text, today=date(2025, 11, 1)) if item.rule == "dst-time"
    ]
    assert any("does not exist in Asia/Beirut on 2026-03-29" in message for message in hits)


@pytest.mark.parametrize(
    ("actions", "rules"),
    [
        (["SMS 7", "CALL 1"], []),
        (["SMS 1", "CALL 1"], ["contacts-per-day", "same-day"]),
        (["SMS 1", "SMS 1"], ["contacts-per-day", "same-day"]),
        (["SMS 7", "SMS 6", "SMS 5"], []),
        (["SMS 7", "SMS 6", "SMS 5", "SMS 1"], ["contacts-per-day"]),
        (["SMS 8", "SMS 6", "SMS 5", "SMS 1"], []),
        ([], ["no-actions"]),
    ],
)
def test_how_often(actions: list[str], rules: list[str]) -> None:
    """At most once a day and three times in seven days, texts and calls together."""
    text = HEAD + "assistant_id: 68a8652f82513625d1c21a85\n" + case(*actions)
    settings = LintSettings(levels={"ai-voice": "off"})
    assert sorted(told(text, settings)) == rules
    off = HEAD + "assistant_id: 68a8652f82513625d1c21a85\n" + case(*actions, enabled=False)
    assert told(off, settings) == ["nothing-enabled"]


def test_how_often_in_words() -> None:
    """How many, on which day, in which week."""
    day = found(
        HEAD + case("SMS 3", "SMS 1", "CALL 1"), LintSettings(levels={"no-assistant": "off"})
    )
    assert [item.message for item in day] == [
        "LAB contacts a person 2 times on day 1",
        "LAB sends 1 CALL and 1 SMS on day 1",
    ]
    (week,) = found(HEAD + case("SMS 7", "SMS 6", "SMS 5", "SMS 1"))
    assert week.message == "LAB contacts a person 4 times within a week, day 1 to 7"


def per_day(**files: str) -> list[tuple[str, str, tuple[int, int]]]:
    """Return file, message and place of each finding about how often."""
    return [
        (item.file, item.message, item.place)
        for item in lint(groups(**files), LintSettings(), TODAY)
        if item.rule == "contacts-per-day"
    ]


SHEET = "sheet_link: https://docs.google.com/spreadsheets/d/abc"


def test_p21_somebody_may_be_on_the_lists_of_two_use_cases() -> None:
    """Whichever of them is looked at; one that is off contacts nobody."""
    other = case("SMS 7", "CALL 1", name="RECALL").removeprefix("use_cases:\n")
    text = f"{HEAD}assistant_id: 68a8652f82513625d1c21a85\n{case('SMS 1')}{other}"
    assert per_day(google__a=text) == [
        (
            "groups/google/a.yaml",
            (
                "a person on every list is contacted 2 times on day 1: by LAB (line 7) and RECALL"
                " (line 12)"
            ),
            (6, 5),
        )
    ]
    off = text.replace("enabled: true", "enabled: false", 1)
    assert per_day(google__a=off) == []


def test_p21_somebody_may_be_on_the_lists_of_two_groups() -> None:
    """With one sheet, by its document; each is told where the other stands."""
    one = f"{HEAD}{SHEET}/edit#gid=0\n{case('SMS 1')}"
    other = f"{HEAD}{SHEET}/view\n{case('SMS 2', 'SMS 1', name='RECALL')}"
    assert [(file, message) for file, message, _ in per_day(google__a=one, google__b=other)] == [
        (
            "groups/google/a.yaml",
            (
                "a person on every list is contacted 2 times on day 1: by LAB (line 7) and RECALL"
                " of google/b (groups/google/b.yaml:8)"
            ),
        ),
        (
            "groups/google/b.yaml",
            (
                "a person on every list is contacted 2 times on day 1: by RECALL (line 8) and LAB"
                " of google/a (groups/google/a.yaml:7)"
            ),
        ),
    ]
    assert per_day(google__a=one, google__b=other.replace("/abc", "/def")) == []


def test_p21_a_week_over_two_groups_and_very_many_groups() -> None:
    """Three are named; each group is judged by its own days."""
    texts = {
        f"google__{name}": f"{HEAD}{SHEET}\n{case(f'SMS {day}')}"
        for day, name in enumerate("abcd", start=1)
    }
    texts["google__z"] = f"{HEAD}{SHEET}\n{case('SMS 40')}"
    told = per_day(**texts)
    assert [file for file, *_ in told] == [f"groups/google/{name}.yaml" for name in "abcd"]
    assert told[3][1] == (
        "a person on every list is contacted 4 times within a week, day 1 to 7: by LAB (line 7) and"
        " LAB of google/a (groups/google/a.yaml:7) and LAB of google/b (groups/google/b.yaml:7) and"
        " others"
    )
    assert "docs.google.com" not in str(told)


@pytest.mark.parametrize(
    ("integration", "link", "expected"),
    [
        ("microsoft", "https://docs.google.com/spreadsheets/d/x", True),
        ("microsoft", "https://drive.google.com/x", True),
        ("microsoft", "https://1drv.ms/x/s!a", False),
        ("microsoft", "https://clinic.example/docs.google.com", False),
        ("microsoft", "https://notdocs.google.com.example/x", False),
        ("google", "https://clinic-my.sharepoint.com/x", True),
        ("google", "https://onedrive.live.com/x", True),
        ("google", "https://1drv.ms/x", True),
        ("google", "https://notsharepoint.com/x", False),
        ("google", "https://docs.google.com/x", False),
    ],
)
def test_sheets_of_the_other_integration(integration: str, link: str, *, expected: bool) -> None:
    """By host; hosts that are not known are left alone."""
    rules = told(HEAD + f"sheet_link: {link}\n", integration=integration)
    assert rules == ["link-in-git", *(["sheet-host"] if expected else [])]


def test_links() -> None:
    """In the file they are told, and never shown; from a variable they are fine."""
    (item,) = found(HEAD + "sheet_link: https://1drv.ms/x/s3cret\n")
    assert (item.rule, item.place) == ("link-in-git", (2, 13))
    assert "s3cret" not in item.message + item.remedy
    assert told(HEAD + "sheet_link: {from_env: LINK}\n") == []


def test_a_sheet_that_two_groups_read() -> None:
    """By link or by variable; both groups are told."""
    one = HEAD + "sheet_link: {from_env: LINK}\n"
    found = lint(groups(microsoft__a=one, microsoft__b=one, google__c=HEAD), ALL, TODAY)
    assert [(item.rule, item.message) for item in found] == [
        ("shared-sheet", "microsoft/b reads the same sheet"),
        ("shared-sheet", "microsoft/a reads the same sheet"),
    ]
    same = HEAD + "sheet_link: https://1drv.ms/x\n"
    three = lint(groups(microsoft__a=same, microsoft__b=same, microsoft__c=same), ALL, TODAY)
    assert "microsoft/b and microsoft/c read the same sheet" in {item.message for item in three}


def test_of_many_groups_with_one_sheet_three_are_named() -> None:
    """None of them is the group itself."""
    same = HEAD + "sheet_link: https://1drv.ms/x\n"
    many = lint(groups(**{f"microsoft__{slug}": same for slug in "abcdef"}), ALL, TODAY)
    told = [item.message for item in many if "same sheet" in item.message]
    assert told[0] == "microsoft/b and microsoft/c and microsoft/d and 2 more read the same sheet"
    assert told[-1] == "microsoft/a and microsoft/b and microsoft/c and 2 more read the same sheet"


@pytest.mark.parametrize(
    ("head", "actions", "expected"),
    [("", ["CALL 1"], True), ("assistant_id: null\n", ["CALL 1"], True), ("", ["SMS 1"], False)],
)
def test_calls_without_an_assistant(head: str, actions: list[str], *, expected: bool) -> None:
    """Somebody has to speak."""
    assert ("no-assistant" in told(HEAD + head + case(*actions))) == expected
    assert "no-assistant" not in told(
        HEAD + "assistant_id: 68a8652f82513625d1c21a85\n" + case(*actions)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("use_cases: []\n", True),
        ("use_cases: null\n", True),
        ("", False),
        (RUNNING, False),
        (case(enabled=False), True),
    ],
)
def test_nothing_enabled(text: str, *, expected: bool) -> None:
    """A file that leaves use cases to live says nothing about them."""
    assert ("nothing-enabled" in told(HEAD + text)) == expected


def test_artificial_voices_are_told_where_that_is_wanted() -> None:
    """Off unless the settings say otherwise."""
    text = HEAD + "assistant_id: 68a8652f82513625d1c21a85\n" + case("CALL 1")
    assert told(text, LintSettings()) == []
    assert told(text, LintSettings(levels={"ai-voice": "info"})) == ["ai-voice"]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_finds_something_in_its_own_example(rule: Rule) -> None:
    """And can be switched off."""
    settings = LintSettings(levels=LEVELS, patient_zones=["America/Los_Angeles"], states=["OK"])
    settings = settings.of_house('{"required": ["timezone"]}')
    other = HEAD + "sheet_link: {from_env: SHEET_OF_ANOTHER_GROUP}\n"
    files = groups(microsoft__a=rule.example, microsoft__z=other)
    assert rule.id in {
        item.rule for item in lint(files, settings, TODAY) if item.file.endswith("a.yaml")
    }
    off = settings.model_copy(update={"levels": {**LEVELS, rule.id: "off"}})
    assert rule.id not in {item.rule for item in lint(files, off, TODAY)}
    assert rule.source
    assert rule.remedy
    assert not rule.remedy.endswith(".")
    assert "compliant" not in f"{rule}".lower()


ALLOWED = "# reconciler: allow quiet-hours -- night shift"


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        (f"{AT}06:30   {ALLOWED}\n", True),
        (f"{AT.removesuffix('start_time: ')}{ALLOWED}\nstart_time: 06:30\n", True),
        (f"{AT.removesuffix('start_time: ')}{ALLOWED}\n\n# more\nstart_time: 06:30\n", True),
        (f"{ALLOWED}\n{AT}06:30\n", False),
        (f"{AT}06:30\n{ALLOWED}\n", False),
        (f"{AT}06:30   # reconciler: allow quiet-hours\n", False),
        (f"{AT}06:30   # reconciler: allow quiet-hours --\n", False),
        (f"{AT}06:30   # reconciler: allow dst-time -- reason\n", False),
    ],
)
def test_an_allowance_silences_one_rule_in_one_line(text: str, *, silent: bool) -> None:
    """On the line or above it, with a reason."""
    assert ("quiet-hours" not in told(text)) == silent


def complaints(*environments: list[Declared]) -> Iterator[tuple[str, str, int, str]]:
    """Yield what is wrong with allowances."""
    for item in allowances(environments, LintSettings(), TODAY):
        yield item.rule, item.severity, item.line, item.message


@pytest.mark.parametrize(
    ("comment", "severity", "words"),
    [
        ("allow quiet-hours -- night shift", "", ""),
        ("allow quiet-hours", "error", "gives no reason"),
        ("allow quiet-hours -- ", "error", "gives no reason"),
        ("allow quiet-hour -- x", "error", "there is no rule quiet-hour"),
        ("allow zzz -- x", "error", "there is no rule zzz"),
        ("disallow", "error", "not understood: disallow"),
        ("", "error", "not understood: "),
        ("allow dst-time -- x", "warning", "silences nothing: the rule finds nothing in line 8"),
    ],
)
def test_allowances_are_held_to_something(comment: str, severity: str, words: str) -> None:
    """One that does nothing would hide the next finding."""
    told = list(complaints(groups(microsoft__a=f"{AT}06:30  # reconciler: {comment}\n")))
    assert [(rule, level, line) for rule, level, line, _ in told] == (
        [("allowance", severity, 8)] if words else []
    )
    assert not words or words in told[0][3]


MOVED = [
    ("    actions: []   # {}\n", True),
    ("    actions:\n      # {}\n      []\n", True),
    ("    # {}\n    actions: []\n", True),
    ("    actions: # the binder's\n\n      # another\n      # {}\n\n      []\n", True),
    ("    # {}\n    enabled: true\n    actions: []\n", False),
    ("    actions: []\n    # {}\n", False),
]


@pytest.mark.parametrize(("lines", "silent"), MOVED)
def test_m7_an_allowance_may_be_moved_below_its_key(lines: str, *, silent: bool) -> None:
    """A formatter moves it from behind a list's key to the line below; it allows the same."""
    head = f"{HEAD}use_cases:\n  - use_case: LAB\n"
    enabled = "" if "enabled" in lines else "    enabled: true\n"
    text = head + enabled + lines.format("reconciler: allow no-actions -- to come")
    assert told(text) == ([] if silent else ["no-actions"])
    assert list(complaints(groups(microsoft__a=text))) == [] or not silent


@pytest.mark.parametrize("below", ["", "\n", "  # as agreed\n"])
def test_m7_a_value_may_be_moved_below_its_key(below: str) -> None:
    """As formatters break long lines; what stands with the key speaks of it still."""
    time = f'start_time: # reconciler: allow quiet-hours -- shifts\n{below}  "22:00"\n'
    text = f"{HEAD}timezone: America/Chicago\n{time}{case('SMS 1')}"
    assert told(text) == []
    assert list(complaints(groups(microsoft__a=text))) == []


@pytest.mark.parametrize("place", ["use_cases: # {}\n", "use_cases:\n  # {}\n"])
def test_m7_of_a_list_with_something_in_it(place: str) -> None:
    """The finding is at the key, wherever the comment has gone."""
    body = case("SMS 1", enabled=False).partition("\n")[2]
    text = HEAD + place.format("reconciler: allow nothing-enabled -- prepared") + body
    assert told(text) == []


def test_m7_it_speaks_of_its_item_too() -> None:
    """As before: a comment above the first item of a list is about that item."""
    text = HEAD + case("SMS 1", "SMS 1").replace(
        "    actions:\n",
        "    actions:\n      # reconciler: allow same-day -- two parts\n",
    )
    assert "same-day" not in told(text)


def test_an_allowance_may_be_for_one_environment_or_a_rule_that_is_off() -> None:
    """Then it does silence something."""
    text = f"{AT}09:00\nenvironments:\n  qa:\n    start_time: 05:00   {ALLOWED}\n"
    content = {"groups/microsoft/a.yaml": text.encode()}
    everywhere = [list(load_base(content, env=env, variables={})[0]) for env in (None, "qa")]
    assert list(complaints(*everywhere)) == []
    assert len(list(complaints(everywhere[0]))) == 1
    voice = HEAD + "assistant_id: 68a8652f82513625d1c21a85\n" + case("CALL 1")
    voice = voice.replace("LAB\n", "LAB   # reconciler: allow ai-voice -- consent is on paper\n")
    assert list(complaints(groups(microsoft__a=voice))) == []


def test_what_a_branch_adds_and_resolves() -> None:
    """The same finding at another line or in other words is still the same."""
    before = lint(
        groups(microsoft__a=AT + "06:30\n", microsoft__b=HEAD + RUNNING + "start_time: 03:00\n"),
        ALL,
        TODAY,
    )
    now = lint(
        groups(microsoft__a="# moved\n" + AT + "05:30\n", microsoft__c=HEAD + "timezone: EST\n"),
        ALL,
        TODAY,
    )
    keys = {item.key for item in now if item.key}
    assert [
        (one.standing, str(one.finding.key), one.finding.rule) for one in advice(now, before, keys)
    ] == [
        ("new", "microsoft/c", "legacy-timezone"),
        ("still", "microsoft/a", "quiet-hours"),
        ("resolved", "microsoft/b", "quiet-hours"),
    ]
    assert [one.standing for one in advice(now, None, keys)] == ["still", "still"]
    assert [one.standing for one in advice(now, before, set())] == ["new", "resolved"]


MINUTES = st.integers(8 * 60, 21 * 60 - 1).map(lambda at: f"{at // 60:02}:{at % 60:02}")
ACTIONS = st.lists(st.tuples(st.sampled_from(["SMS", "CALL"]), st.integers(0, 9)), max_size=5)


@given(MINUTES, MINUTES, ACTIONS)
def test_a_start_within_the_hours_never_adds_a_finding(
    one: str, other: str, actions: list[tuple[str, int]]
) -> None:
    """Wherever in the window it moves."""
    text = (
        HEAD
        + case(*(f"{kind} {day}" for kind, day in actions))
        + "timezone: America/Chicago\nstart_time: "
    )
    assert told(text + one + "\n") == told(text + other + "\n")


@given(ACTIONS, st.randoms(use_true_random=False))
def test_the_order_of_actions_never_matters(actions: list[tuple[str, int]], random: Any) -> None:
    """Neither for what is found nor for what is said."""
    mixed = list(actions)
    random.shuffle(mixed)
    texts = [HEAD + case(*(f"{kind} {day}" for kind, day in order)) for order in (actions, mixed)]
    here, there = (
        [(item.rule, item.message) for item in sorted(found(text), key=str)] for text in texts
    )
    assert sorted(here) == sorted(there)


def named(template: str, number: int, context: str = "", assistant: str = "") -> Declared:
    """Return a group with one call, whose names are its own but for those that are given."""
    case = use_case("A", action(1, template, "CALL", context or f"unlike any {number}"))
    return desired(f"g{number}", assistant_id=assistant or None, use_cases=(case,))


def lone(entries: list[Declared], live: Iterable[Group] = ()) -> list[tuple[str, str, str]]:
    """Return place, message and remedy of what the rule says of some groups."""
    settings = LintSettings(levels={**dict.fromkeys(RULES, "off"), "lone-name": "warning"})
    found = with_live(lint(entries, settings, TODAY), entries, settings, TODAY, live)
    return [(item.path, item.message, item.remedy) for item in found]


def test_a_name_that_is_nearly_one_that_many_use() -> None:
    """The likely one is told, with how many have it; three are many."""
    wrong = named("Anual Recall", 9)
    three = [named("Annual Recall", number) for number in range(3)]
    assert lone([*three, wrong]) == [
        (
            "use_cases.A.actions.0",
            'no other use case has the template "Anual Recall", and 3 have "Annual Recall"',
            "write Annual Recall, or say why this is meant",
        )
    ]
    assert lone([*three[:2], wrong]) == []
    assert lone([*three, wrong, named("Anual Recall", 10)]) == []


def test_names_in_live_count_too() -> None:
    """Both those that show what is meant, and one that shows that it is a name."""
    right = live("x", 1, use_cases=(use_case("A", action(1, "Annual Recall")),))
    other = live("y", 2, use_cases=(use_case("A", action(1, "Anual Recall")),))
    two = [named("Annual Recall", number) for number in range(2)]
    wrong = named("Anual Recall", 9)
    assert lone([*two, wrong]) == []
    assert len(lone([*two, wrong], [right])) == 1
    assert lone([*two, named("Annual Recall", 2), wrong], [other]) == []


def test_what_only_live_shows_refuses_nothing() -> None:
    """A rule that is an error has refused what the files show, before live state was read."""
    settings = LintSettings(levels={**dict.fromkeys(RULES, "off"), "lone-name": "error"})
    entries = [named("Annual Recall", 1), named("Annual Recall", 2), named("Anual Recall", 3)]
    right = live("x", 1, use_cases=(use_case("A", action(1, "Annual Recall")),))
    found = with_live([], entries, settings, TODAY, [right])
    assert [item.severity for item in found] == ["warning"]


@pytest.mark.parametrize(
    ("name", "many", "near"),
    [
        ("Anual Recall", "Annual Recall", True),
        ("Annual Recal", "Annual Recall", True),
        ("Annaul Recall", "Annual Recall", True),
        ("annual recall", "Annual Recall", True),
        ("AnnualRecall", "Annual Recall", True),
        ("annual_recall", "annual-recall", True),
        ("Confrimaton", "Confirmation", True),
        ("Confrmaton", "Confirmation", True),
        ("Recall 1", "Recall 2", False),
        ("reminder_1d", "reminder_7d", False),
        ("remidner_7d", "reminder_7d", True),
        ("Recall 12", "Recall 1 2", False),
        ("Recall EN", "Recall ES", False),
        ("Recall AM", "Recall PM", False),
        ("Lab Text", "Lab Test", False),
        ("Radiology Visit", "Cardiology Visit", False),
        ("Urology Visit", "Neurology Visit", False),
        ("Male Recall", "Female Recall", False),
        ("Anual Recal", "Annual Recall", False),
        ("Cnfrmatn", "Confirmation", False),
        ("Annual Recall Call", "Annual Recall", False),
        ("x" * 30, "x" * 31, False),
        (" ".join(["word"] * 12) + " recal", " ".join(["word"] * 12) + " recall", False),
        ("!", "?", False),
        ("123456", "123457", False),
        ("Recall 123456", "Recall 123457", False),
    ],
)
def test_which_names_are_near(name: str, many: str, *, near: bool) -> None:
    """One long word may differ, and no number: letters know nothing of meaning."""
    entries = [named(many, number) for number in range(3)]
    assert bool(lone([*entries, named(name, 9)])) == near
    by_context = [named(f"{number}", number, many) for number in range(3)]
    assert bool(lone([*by_context, named("9", 9, name)])) == near


def test_names_with_more_words_are_not_near() -> None:
    """A word more is no slip, unless only the space is."""
    assert not near(words_of("Annual Recall"), words_of("Annual Recall Call"))
    assert near(words_of("AnnualRecall"), words_of("Annual Recall"))


VOICE: str = "68a8652f82513625d1c21a85"


def test_an_assistant_that_is_nearly_another() -> None:
    """All its characters count alike."""
    entries = [named(f"{number}", number, assistant=VOICE) for number in range(3)]
    wrong = VOICE.replace("8251", "8521")
    assert [place for place, *_ in lone([*entries, named("9", 9, assistant=wrong)])] == [
        "assistant_id"
    ]
    assert lone([*entries, named("9", 9, assistant=VOICE.replace("8251", "9999"))]) == []


def test_a_second_assistant_for_one_voice() -> None:
    """Where all others who have the call have one and the same."""
    other = "7" * 24
    entries = [named("Recall Call", number, assistant=VOICE) for number in range(3)]
    second = named("Recall Call", 9, assistant=other)
    assert lone([*entries, second]) == [
        (
            "use_cases.A.actions.0",
            (
                f'nobody else has the assistant {other}, and in 3 other groups "Recall Call" is'
                f" spoken by {VOICE}"
            ),
            f"write {VOICE}, or say why this is meant",
        )
    ]
    assert lone([*entries[:2], second]) == []
    assert lone([*entries, second, named("unlike", 10, assistant=other)]) == []
    assert lone([*entries, second, named("Recall Call", 11, assistant="8" * 24)]) == []
    assert lone([*entries, named("Recall Call", 9)]) == []


HOUSE = """{
  "required": ["timezone"], "x-message": "a group says its time zone", "x-remedy": "add timezone:",
  "properties": {
    "integration": {"const": "microsoft"},
    "sheet_link": {"type": "object", "x-message": "links stand in variables"},
    "use_cases": {"items": {"properties": {"actions": {
      "maxItems": 1, "x-message": "one text is enough", "items": {"properties": {"day": {
        "minimum": 1}}}}}}}
  }
}"""


def house(text: str, schema: str = HOUSE, integration: str = "microsoft") -> list[Any]:
    """Return place, message and remedy of what a house's schema says of a file."""
    settings = LintSettings().of_house(schema)
    return [
        (item.place, item.message, item.remedy, item.severity)
        for item in found(text, settings, integration)
        if item.rule == "policy"
    ]


def test_a_house_has_rules_of_its_own() -> None:
    """At the place that they are about, in the words of the schema, or else with its keyword."""
    text = f"{HEAD}sheet_link: https://1drv.ms/x/secret\n{case('SMS 0', 'SMS 2')}"
    remedy = RULES["policy"].remedy
    assert house(text, integration="google") == [
        ((1, 1), "a group says its time zone", "add timezone:", "error"),
        ((1, 1), "a group says its time zone", "add timezone:", "error"),
        ((2, 13), "links stand in variables", remedy, "error"),
        ((6, 5), "one text is enough", remedy, "error"),
        ((7, 9), "one text is enough", remedy, "error"),
    ]
    good = f"{HEAD}timezone: UTC\nsheet_link: {{from_env: SHEET}}\n{case('SMS 1')}"
    assert house(good) == []
    assert house(text, schema="") == []


def test_a_house_without_words_is_told_by_its_keyword() -> None:
    """And never with a value: it may be a link."""
    (told,) = house(
        f"{HEAD}sheet_link: https://1drv.ms/x/secret\n",
        '{"properties": {"sheet_link": {"type": "null"}}}',
    )
    assert told[1] == "sheet_link is not as the policy says (properties/sheet_link/type)"
    (told,) = house(f"{HEAD}group_id: {VOICE}\nsheet_link: null\n", '{"maxProperties": 1}')
    assert told[1] == "the group is not as the policy says (maxProperties)"


@pytest.mark.parametrize(
    "schema",
    [
        '{"$ref": "https://example.com/x"}',
        '{"$ref": "file:///etc/passwd"}',
        '{"type": 5}',
        "no",
        "[]",
    ],
)
def test_a_schema_that_is_none_or_leads_elsewhere(schema: str) -> None:
    """Nothing is fetched for it."""
    with pytest.raises(ValueError):  # noqa: PT011 - jsonschema_rs has one for each mistake
        compiled(schema)


def test_a_schema_reads_no_file(tmp_path: Path) -> None:
    """Not even one that would be a schema."""
    other = tmp_path / "other.json"
    other.write_text('{"type": "object"}', encoding="utf-8")
    with pytest.raises(ValueError, match="nothing is fetched"):
        compiled(f'{{"$ref": "{other.as_uri()}"}}')
