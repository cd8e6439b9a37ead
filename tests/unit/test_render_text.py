"""Plans, runs and findings as text."""

import click
import pytest

from reconciler.apply.report import Report, Result
from reconciler.errors import Finding
from reconciler.model import Declared, Group, Key, Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Guard, Plan
from reconciler.render.text import findings_text, plan_text, report_summary, report_text
from reconciler.text import count
from tests.builders import action, desired, group_id, live, use_case

REMINDERS = Group(
    integration="microsoft",
    slug="appointment-reminders",
    name="Appointment Reminders",
    start_time="09:00",
    use_cases=(
        use_case("LAB_REMINDER", action(0, "Lab Result SMS", context="lab_result_sms")),
        use_case("RECALL", action(7, "Second"), action(9, "Third"), enabled=False),
        use_case("NEW", action(1, "Call", "CALL"), enabled=False),
    ),
)
POSITIONS = {
    "": (2, 1),
    "start_time": (5, 13),
    "use_cases.LAB_REMINDER": (8, 5),
    "use_cases.LAB_REMINDER.enabled": (9, 14),
    "use_cases.LAB_REMINDER.actions": (10, 5),
    "use_cases.LAB_REMINDER.actions.0": (11, 9),
    "use_cases.RECALL.actions.1": (16, 9),
    "use_cases.NEW": (20, 5),
}
ENTRY = Declared(REMINDERS, "groups/microsoft/appointment-reminders.yaml", POSITIONS)


def the_plan() -> Plan:
    """Return a plan with one of each kind of row."""
    current = live(
        "appointment-reminders",
        name="Appointment Reminders",
        start_time="08:00",
        use_cases=(
            use_case("LAB_REMINDER", action(3, "Old"), enabled=False),
            use_case("RECALL", action(7, "Second")),
            use_case("LEGACY"),
            use_case("LEGACY_OFF", enabled=False),
        ),
    )
    new = desired(
        "recall",
        name="Reminders",
        sheet_link="https://secret.example",
        timezone=None,
        start_time="10:00",
    )
    return build_plan(
        [ENTRY, new, desired("same")],
        [current, live("same", 2), live("old", 3, name="Old")],
        Target(),
    )


def test_a_plan_shows_every_difference_with_its_line() -> None:
    """The whole text, as an operations manager reads it."""
    plan = the_plan()
    assert plan_text(plan) == (
        """\
What patients notice:
  Appointment Reminders: all texts and calls at 09:00 in a time zone that is not set instead of \
08:00 in a time zone that is not set; LAB_REMINDER begins with 1 text (on the day); RECALL ends, \
1 text (7 days before).
  Reminders: new, and contacts nobody.

microsoft/appointment-reminders   update   groups/microsoft/appointment-reminders.yaml:2
  ~ start_time   08:00:00 → 09:00:00                           :5
  ~ LAB_REMINDER enabled: no → yes                             :9
  - LAB_REMINDER day 3  SMS "Old" (ctx)                        :10
  + LAB_REMINDER day 0  SMS "Lab Result SMS" (lab_result_sms)  :11
  + NEW          use case added, not enabled                   :20
  + NEW          day 1  CALL "Call" (ctx)                      :20
  ~ RECALL       enabled: yes → no                             :2
  + RECALL       day 9  SMS "Third" (ctx)                      :16

microsoft/recall   create   groups/microsoft/recall.yaml:1
  + name       Reminders  :3
  + sheet_link (hidden)   :4
  + timezone   (none)     :5
  + start_time 10:00:00   :6

Unmanaged (live and in no file, never touched):
  microsoft/appointment-reminders   use case LEGACY, enabled
  microsoft/appointment-reminders   use case LEGACY_OFF, not enabled
  microsoft/old   group 000000000000000000000003 "Old"

Plan: 1 to create, 1 to update, 1 unchanged, 3 unmanaged.  target sandbox  digest """
        f"{plan.digest}\n"
    )


@pytest.mark.parametrize("width", [60, 80, 100])
def test_p3_a_plan_fits_the_terminal(width: int) -> None:
    """Sentences and rows are broken at spaces, in colour as without, and nothing is lost."""
    plan = the_plan()
    text = plan_text(plan, width=width)
    body = text[: text.index("Unmanaged")].splitlines()
    heads = [line for line in body if "   update   " in line or "   create   " in line]
    assert all(len(line) <= width for line in body if line not in heads)
    assert {*text.split()} == {*plan_text(plan).split()}
    assert click.unstyle(plan_text(plan, color=True, width=width)) == text


def test_p3_a_word_that_is_too_long_sticks_out() -> None:
    """It is not broken: somebody may look for it."""
    name = "x" * 100
    plan = build_plan([desired("a", assistant_id=name)], [live("a")], Target())
    assert name in plan_text(plan, width=40)


def test_p16_a_summary_ends_after_what_patients_notice() -> None:
    """It has the first block and the last line, and what refuses the plan."""
    plan = the_plan()
    first, *_, last = plan_text(plan).split("\n\n")
    assert plan_text(plan, summary=True) == f"{first}\n\n{last}"


def test_colour_adds_nothing_but_colour() -> None:
    """Without its escape sequences the coloured text is the plain one."""
    plan = the_plan()
    colored = plan_text(plan, color=True)
    assert colored != plan_text(plan)
    assert click.unstyle(colored) == plan_text(plan)


def test_no_changes() -> None:
    """An empty plan says so in the words that people look for."""
    plan = build_plan([desired()], [live()], Target())
    assert plan_text(plan) == (
        f"No changes. 1 unchanged, 0 unmanaged.  target sandbox  digest {plan.digest}\n"
    )


def test_guards_are_shown_with_place_and_remedy() -> None:
    """What is refused is not called "No changes."."""
    plan = build_plan([desired("a", group_id=group_id(9))], [], Target())
    assert plan_text(plan).startswith(
        "Refused: nothing of this plan can be applied:\n"
        "  groups/microsoft/a.yaml:3: microsoft/a is pinned to the live group"
        " 000000000000000000000009, which microsoft"
        " does not have [no-such-group]\n"
        "      correct group_id, or remove the line if a new group is meant\n"
        "\n"
        "Plan: 0 to create, 0 to update, 0 unchanged, 0 unmanaged, refused by 1 guard."
        "  target sandbox  digest "
    )


def test_a_guard_without_a_file() -> None:
    """Some guards have no file to blame."""
    plan = Plan(
        Target(),
        (),
        (),
        (),
        (Guard("too-many", None, 1, "too many creates", "allow them"),),
        "sha256:0",
    )
    assert "\n  too many creates [too-many]\n      allow them\n" in plan_text(plan)


def test_hostile_names_come_out_visible_and_inert() -> None:
    """Control characters, bidi overrides and workflow commands are spelled out or broken."""
    hostile = 'x\x1b[2J\n::error::pwned ##[error] \u202e\u200b"'
    entry = desired("a", name=hostile, use_cases=(use_case("A", action(1, hostile)),))
    other = live("b", 2, name=hostile)
    text = plan_text(build_plan([entry], [other], Target()))
    assert not set(text) & set("\x1b\u202e\u200b")
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "<U+001B>[2J<U+000A>::error::pwned ##\\[error] <U+202E><U+200B>" in text


def test_a_report_lists_every_group_and_counts() -> None:
    """What happened, why it ended, and the numbers."""
    key = Key(integration="google", slug="x")
    results = (
        Result(key, "update", "applied"),
        Result(key, "create", "failed", "rejected", "answered 422"),
    )
    report = Report(Target(), "sha256:0", results, stopped="the key was refused")
    assert report_text(report) == (
        "  applied       google/x\n"
        "  failed        google/x  answered 422\n"
        "Stopped: the key was refused\n"
        "Apply: 1 applied, 1 failed, 0 unknown, 0 not attempted.  target sandbox\n"
    )
    assert report_summary(Report(Target(), "sha256:0", ())) == (
        "Apply: 0 applied, 0 failed, 0 unknown, 0 not attempted.  target sandbox\n"
    )
    others = ("microsoft/recall: start_time moved to 09:00\u202e",)
    assert report_summary(Report(Target(), "sha256:0", (), others=others)) == (
        "Changed by somebody else meanwhile:\n"
        "  microsoft/recall: start_time moved to 09:00<U+202E>\n"
        "Apply: 0 applied, 0 failed, 0 unknown, 0 not attempted.  target sandbox\n"
    )


def test_findings_link_to_their_place() -> None:
    """Editors and terminals link `file:line:column`."""
    findings = [
        Finding(
            "unknown-key",
            "error",
            "groups/google/x.yaml",
            12,
            5,
            "unknown key nmae",
            "did you mean name?",
        ),
        Finding("not-read", "warning", "groups/x.txt", 1, 1, "not a group file", "move it"),
    ]
    assert findings_text(findings) == (
        "groups/google/x.yaml:12:5: error: unknown key nmae [unknown-key]\n"
        "    did you mean name?\n"
        "groups/x.txt:1:1: warning: not a group file [not-read]\n"
        "    move it\n"
    )
    assert click.unstyle(findings_text(findings, color=True)) == findings_text(findings)


def test_nouns_agree_with_their_number() -> None:
    """One error, two errors."""
    assert [count(0, "error"), count(1, "error"), count(2, "error")] == [
        "0 errors",
        "1 error",
        "2 errors",
    ]
