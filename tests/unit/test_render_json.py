"""Plans, runs and findings as JSON."""

import json
from datetime import UTC, datetime
from typing import Any

from jsonschema_rs import Draft202012Validator

from reconciler.apply.report import Report, Result
from reconciler.errors import ExitCode, Failure, Finding
from reconciler.model import Key, Target
from reconciler.plan.build import build_plan
from reconciler.plan.timeline import timeline
from reconciler.render.json import (
    failure_json,
    failure_schema,
    findings_json,
    plan_json,
    plan_schema,
    report_json,
    rules_json,
    timelines_json,
)
from reconciler.render.rules import ALL
from reconciler.settings import LintSettings
from tests.builders import action, desired, group_id, live, use_case

SECRET = "https://1drv.ms/x/s3cret"


def the_plan_document() -> dict[str, Any]:
    """Return the JSON of a plan with a create, an update, something unmanaged and a guard."""
    before = live("b", 2, sheet_link=f"{SECRET}-old", use_cases=(use_case("A"), use_case("OLD")))
    declared = [
        desired("a", sheet_link=SECRET),
        desired(
            "b", sheet_link=f"{SECRET}-new", use_cases=(use_case("A", action(4), enabled=False),)
        ),
        desired("c", group_id=group_id(9)),
    ]
    plan = build_plan(
        declared, [before, live("z", 3, name="Z")], Target(api_url="https://api.example", env="qa")
    )
    document: dict[str, Any] = json.loads(plan_json(plan))
    return document


def test_a_plan_is_valid_against_its_published_schema() -> None:
    """Programs may rely on schemas/plan.schema.json."""
    validator = Draft202012Validator(plan_schema())
    assert [error.message for error in validator.iter_errors(the_plan_document())] == []


def test_a_plan_holds_what_its_readers_need() -> None:
    """Every part is there, under the documented names."""
    document = the_plan_document()
    assert document["format_version"] == "1.2"
    assert document["target"] == {"api_url": "https://api.example", "env": "qa"}
    assert document["summary"] == {
        "create": 1,
        "update": 1,
        "unchanged": 0,
        "unmanaged": 2,
        "removed": 0,
        "pending": None,
        "drift": None,
        "conflicts": None,
    }
    create, update = document["changes"]
    assert (create["key"], create["action"], create["file"]) == (
        "microsoft/a",
        "create",
        "groups/microsoft/a.yaml",
    )
    assert update["fields"] == [
        {"path": "sheet_link", "before": "(hidden)", "after": "(hidden)", "line": 3, "origin": None}
    ]
    (part,) = update["use_cases"]
    assert (part["use_case"], part["action"]) == ("A", "disable")
    assert part["enabled"] == {"before": True, "after": False, "origin": None}
    assert [item["day"] for item in part["added"]] == [4]
    assert [item["day"] for item in part["removed"]] == [1]
    assert [(item["key"], item["use_case"]) for item in document["unmanaged"]] == [
        ("microsoft/b", "OLD"),
        ("microsoft/z", None),
    ]
    assert [guard["name"] for guard in document["guards"]] == ["no-such-group"]


def test_a_plan_never_holds_a_secret() -> None:
    """Links are hidden on either side of a difference and in the request."""
    text = json.dumps(the_plan_document())
    assert "s3cret" not in text
    assert the_plan_document()["changes"][0]["request"]["sheet_link"] == "(hidden)"


def test_hostile_text_is_escaped() -> None:
    """No character acts on a terminal that shows the JSON."""
    text = plan_json(build_plan([desired(name="x\x1b[2J\u202e\u2028")], [], Target()))
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["changes"][0]["request"]["name"] == "x\x1b[2J\u202e\u2028"


def test_a_report_says_what_became_of_each_group() -> None:
    """The outcome for programs, with the exit code."""
    key = Key(integration="google", slug="x")
    report = Report(
        Target(),
        "sha256:0",
        (Result(key, "create", "failed", "rejected", "answered 422"),),
        stopped="why",
    )
    assert json.loads(report_json(report)) == {
        "format_version": "1.2",
        "digest": "sha256:0",
        "target": {"api_url": None, "env": None},
        "exit_code": 1,
        "stopped": "why",
        "interrupted": False,
        "others": [],
        "unread": [],
        "results": [
            {
                "key": "google/x",
                "group_id": None,
                "action": "create",
                "status": "failed",
                "cause": "rejected",
                "message": "answered 422",
                "digest": "",
            }
        ],
        "left_alone": [],
        "reviewed": [],
    }


def test_findings() -> None:
    """The documented seven names."""
    finding = Finding(
        "unknown-key", "error", "groups/google/x.yaml", 12, 5, "unknown key", "remove it"
    )
    assert json.loads(findings_json([finding])) == {
        "format_version": "1.2",
        "findings": [
            {
                "rule": "unknown-key",
                "severity": "error",
                "file": "groups/google/x.yaml",
                "line": 12,
                "column": 5,
                "message": "unknown key",
                "remedy": "remove it",
            }
        ],
    }


def test_a_failure_is_valid_against_its_published_schema() -> None:
    """Programs may rely on schemas/failure.schema.json."""
    found = Finding("tab", "error", "groups/google/x.yaml", 3, 1, "there is a tab", "use spaces")
    failure = Failure("files", ExitCode.ERROR, "1 file is wrong", findings=(found,))
    validator = Draft202012Validator(failure_schema())
    document = json.loads(failure_json(failure))
    validator.validate(document)
    assert not validator.is_valid({**document, "findings": [{}]})


def test_rules_and_timelines() -> None:
    """All that is known of a rule, at the level that it has; and who is contacted when."""
    settings = LintSettings(levels={"ai-voice": "error"})
    (rule,) = json.loads(rules_json([ALL["ai-voice"]], settings))["rules"]
    assert (rule["id"], rule["kind"], rule["level"]) == ("ai-voice", "people", "error")
    assert json.loads(rules_json([ALL["creates"]], settings))["rules"][0]["level"] == "refuses"
    group = live("a", name=SECRET, start_time="08:00", timezone="UTC", use_cases=(use_case("A"),))
    told = [timeline(group, now=datetime(2026, 11, 25, 12, tzinfo=UTC)), timeline(live("b"))]
    assert json.loads(timelines_json(told))["timelines"] == [
        {
            "key": "microsoft/a",
            "name": "(hidden link)",
            "start_time": "08:00:00",
            "timezone": "UTC",
            "next_run": "2026-11-26T08:00:00+00:00",
            "use_cases": [{"use_case": "A", "actions": [action().model_dump()]}],
            "off": [],
        },
        {
            "key": "microsoft/b",
            "name": "B",
            "start_time": None,
            "timezone": None,
            "next_run": None,
            "use_cases": [],
            "off": [],
        },
    ]
