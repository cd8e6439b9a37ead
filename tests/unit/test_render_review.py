"""What people are told of a review, before anything is written and when the run has ended."""

import json

from reconciler.apply.report import Report, Result
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.plan.review import LeftAlone, Reviewed, ReviewedChange, ReviewedPlan, Verdict, judge
from reconciler.render.json import report_json
from reconciler.render.review import verdict_lines
from reconciler.render.text import guard_lines, report_text
from tests.builders import desired, live

FILES = [desired(slug, start_time="09:00") for slug in "ab"]
LIVE = [live(slug, ord(slug), start_time="08:00") for slug in "ab"]
PLAN = build_plan(FILES, LIVE, Target(), base=[desired(slug, start_time="08:00") for slug in "ab"])
MISSING = "sha256:" + "0" * 64


def reviewed(plan: Plan, *others: ReviewedChange) -> Reviewed:
    """Return what a plan was reviewed for, and others."""
    return Reviewed((*(ReviewedChange(str(one.key), one.digest) for one in plan.changes), *others))


FIRST = build_plan(FILES[:1], LIVE, Target())
PART = judge(PLAN, reviewed(FIRST, ReviewedChange("google/<b>", MISSING)))
BEFORE = """\
Of 2 reviewed changes: 1 to be written, 1 missing.
Left alone:
  microsoft/b (git): nobody has reviewed it
Missing (reviewed, and not known to be live):
  google/<b>: no group that was looked at has this key: neither a file's, nor one that --prune and a base show to be removed
What is left alone is carried out once it is reviewed: plan again, look at that, and apply it.
"""  # noqa: E501 - as it is printed


def test_nothing_is_said_of_the_reviewed_plan() -> None:
    """It has just been shown."""
    assert verdict_lines(judge(PLAN, reviewed(PLAN))) == []


def test_e9_what_is_left_alone_and_what_is_missing() -> None:
    """Each with its reason; and what to do about it."""
    assert "\n".join([*verdict_lines(PART), ""]) == BEFORE


def test_e4_nothing_is_left_only_if_all_of_it_is_live() -> None:
    """Not where something is missing, or left alone."""
    done = build_plan(FILES, [live(slug, start_time="09:00") for slug in "ab"], Target())
    said = verdict_lines(judge(done, reviewed(PLAN)))
    assert said == ["Nothing is left to do of what was reviewed."]
    lines = verdict_lines(judge(done, reviewed(PLAN, ReviewedChange("google/c", MISSING))))
    assert lines[0] == "Of 3 reviewed changes: 2 live already, 1 missing."
    assert lines[-1] == "Nothing of what was reviewed can be written now, and nothing is."


def test_nothing_was_reviewed() -> None:
    """All is left alone."""
    assert verdict_lines(judge(PLAN, Reviewed()))[0] == "Nothing was reviewed."


def test_details_are_told_below() -> None:
    """How a change differs from the reviewed one, where that is known."""
    (one,) = PART.left
    told = Verdict(
        (), (LeftAlone(one.change, one.name, one.why, owed=False, details=("x",)),), PART.chosen
    )
    assert verdict_lines(told)[2:] == ["  microsoft/b (git): nobody has reviewed it", "      x"]


def test_a_report_tells_it_again() -> None:
    """In text before the last line, which counts; in JSON by value."""
    results = (Result(FIRST.changes[0].key, "update", "applied", digest=FIRST.changes[0].digest),)
    report = Report(Target(), FIRST.digest, results, review=PART)
    lines = report_text(report).splitlines()
    assert lines[1:-1] == BEFORE.splitlines()[1:-1]
    assert lines[-1] == (
        "Apply: 1 applied, 0 failed, 0 unknown, 0 not attempted, 1 left alone, 1 missing."
        "  target sandbox"
    )
    told = json.loads(report_json(report))
    assert told["exit_code"] == 5
    assert told["results"][0]["digest"] == told["reviewed"][0]["digest"] == FIRST.changes[0].digest
    assert told["left_alone"] == [
        {
            "key": "microsoft/b",
            "group_id": LIVE[1].group_id,
            "digest": PLAN.changes[1].digest,
            "origins": ["git"],
            "owed": True,
            "why": "nobody has reviewed it",
        }
    ]
    assert [(one["key"], one["standing"]) for one in told["reviewed"]] == [
        ("microsoft/a", "planned"),
        ("google/<b>", "missing"),
    ]
    whole = Report(Target(), "", (), review=judge(PLAN, Reviewed(plans=(ReviewedPlan(MISSING),))))
    assert json.loads(report_json(whole))["reviewed"][0]["key"] is None
    assert f"\n  {MISSING}: only the digest of its plan is known" in report_text(whole)
    kept = Report(Target(), "", (), review=judge(PLAN, reviewed(PLAN)))
    assert report_text(kept).endswith("0 not attempted.  target sandbox\n")


def test_guards_of_what_was_reviewed() -> None:
    """Said only where the whole plan has others."""
    assert guard_lines(()) == [
        "No guard stands against what was reviewed: those above count all that differs."
    ]
    many = build_plan([desired(f"n{number}") for number in range(11)], [], Target())
    assert guard_lines(many.guards) == [
        "Against what was reviewed stand:",
        "  11 groups would be created, over the limit of 10 [creates]",
        "      if that is meant: --allow creates=11",
    ]
