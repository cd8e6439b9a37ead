"""SARIF that code scanning takes."""

import json
from dataclasses import replace

import pydantic_sarif.model as oracle

from reconciler.errors import ExitCode, Failure, Finding
from reconciler.render.rules import ALL
from reconciler.render.sarif import MAX_RESULTS, failure_sarif, findings_sarif

FINDINGS = [
    Finding(
        "no-actions", "warning", "groups/google/x y.yaml", 3, 1, "it has no actions", "add one"
    ),
    Finding("wrong-value", "error", "groups/google/x.yaml", 12, 5, "boo\u202e", "mend it"),
    Finding("same-day", "info", "groups/google/x.yaml", 1, 1, "two", "look"),
]


def test_it_is_valid() -> None:
    """Against models that are generated from the standard's schema and allow nothing else."""
    document = json.loads(findings_sarif(FINDINGS))
    oracle.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(document)


def test_each_rule_is_explained() -> None:
    """With a title, why, remedy and a link to the page; one that is off is told to be so."""
    findings = [rule.found("x", file="a.yaml") for rule in ALL.values()]
    document = json.loads(findings_sarif(findings))
    oracle.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(document)
    rules = {rule["id"]: rule for rule in document["runs"][0]["tool"]["driver"]["rules"]}
    assert set(rules) == set(ALL)
    assert rules["tab"]["shortDescription"] == {"text": "There is a tab"}
    assert rules["tab"]["fullDescription"]["text"].startswith("It looks like spaces")
    assert "Remedy: indent and separate with spaces." in rules["tab"]["help"]["text"]
    assert "(docs/rules.md#tab)" in rules["tab"]["help"]["markdown"]
    assert [rules[name]["defaultConfiguration"] for name in ("tab", "same-day", "ai-voice")] == [
        {"level": "error"},
        {"level": "note"},
        {"enabled": False},
    ]


def test_it_holds_every_finding_at_its_value() -> None:
    """Most severe first, by rule, with the place as a URI, line and column."""
    (run,) = json.loads(findings_sarif(FINDINGS))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["no-actions", "same-day", "wrong-value"]
    assert [(item["ruleId"], item["level"]) for item in run["results"]] == [
        ("wrong-value", "error"),
        ("no-actions", "warning"),
        ("same-day", "note"),
    ]
    assert all(rules[item["ruleIndex"]] == item["ruleId"] for item in run["results"])
    places = [item["locations"][0]["physicalLocation"] for item in run["results"]]
    assert places[0]["region"] == {"startLine": 12, "startColumn": 5}
    assert places[1]["artifactLocation"] == {"uri": "groups/google/x%20y.yaml"}
    assert run["results"][0]["message"] == {"text": "boo<U+202E>: mend it"}
    assert "properties" not in run


def test_what_is_over_the_limit_is_counted() -> None:
    """The least severe are left out."""
    (run,) = json.loads(findings_sarif([FINDINGS[2], *[FINDINGS[1]] * MAX_RESULTS]))["runs"]
    assert len(run["results"]) == MAX_RESULTS
    assert {item["ruleId"] for item in run["results"]} == {"wrong-value"}
    assert run["properties"] == {"leftOut": 1}


def test_a_failure_is_a_run_that_did_not_succeed() -> None:
    """Whoever uploads it sees that nothing was judged, and not that all is well."""
    words = ("no group file\u202e mentions qa", "add it")
    failure = Failure("usage", ExitCode.USAGE, *words, findings=tuple(FINDINGS[:1]))
    document = json.loads(failure_sarif(failure))
    oracle.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(document)
    (run,) = document["runs"]
    (invocation,) = run["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 64)
    (told,) = invocation["toolExecutionNotifications"]
    assert told["message"]["text"] == "no group file<U+202E> mentions qa: add it"
    assert [result["ruleId"] for result in run["results"]] == ["no-actions"]
    (told,) = json.loads(failure_sarif(replace(failure, remedy="")))["runs"][0]["invocations"]
    assert told["toolExecutionNotifications"][0]["message"]["text"].endswith("mentions qa")
