"""What `pull`, `list` and `show` print."""

import json
from typing import Any

from jsonschema_rs import Draft202012Validator
from pydantic import SecretStr

from reconciler.errors import ApiError
from reconciler.model import Key, Target, Unknown
from reconciler.plan.build import build_plan
from reconciler.plan.listing import listing
from reconciler.plan.nouns import Unmanaged, Unread
from reconciler.pull.nouns import Left, Pull, Pulled
from reconciler.render.diff import file_diff
from reconciler.render.json import list_schema, pull_schema, show_schema
from reconciler.render.listing import (
    Listing,
    Shown,
    listing_json,
    listing_text,
    shown_json,
    shown_text,
)
from reconciler.render.pull import PullOutcome, pull_json, pull_text
from tests.builders import action, desired, group_id, live, skipped, use_case

KEY = Key("microsoft", "a")
LINK = "https://1drv.ms/x/s3cret"


def wrong(schema: dict[str, Any], document: object) -> list[str]:
    """Return what a published schema has against a document."""
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


TWO = (("name",), ("use_cases", "X\u202e", action()), ("use_cases", "X\u202e", action(2)))
OUTCOME = PullOutcome(
    Pull(
        Target(env="qa"),
        [
            Pulled(
                KEY,
                "groups/microsoft/a.yaml",
                "name: A\n",
                "name: B\n",
                (
                    ("name",),
                    ("use_cases", "X\u202e", action()),
                    ("use_cases", "X\u202e", action(2)),
                ),
                (
                    Left(("timezone",), "conflict", "decide"),
                    Left(("use_cases", "B"), "rule", f"not {LINK}", "wrong-value"),
                    Left(("use_cases", "C"), "rule", f"not {LINK}", "wrong-value"),
                ),
                shared=("dev", "prod"),
            ),
            Pulled(KEY, "groups/microsoft/b.yaml", "b\n", "c\n", (("name",),)),
            Pulled(
                KEY, "groups/microsoft/c.yaml", None, "name: C\n", variable="C", shared=("dev",)
            ),
            Pulled(KEY, "groups/microsoft/d.yaml", None, "", left=(Left((), "rule", "no", "x"),)),
            Pulled(KEY, "groups/microsoft/e.yaml", "e", "e", left=(Left((), "gone", "gone"),)),
        ],
        [
            Unmanaged(Key("google", "was"), group_id(1), "Was", removed=True),
            Unmanaged(Key("google", "is"), group_id(2), "Is"),
        ],
        [skipped("odd")],
        [Unread("google", "why", "what to do")],
    ),
    1,
    problems={"groups/microsoft/b.yaml": "it is read-only"},
)


def test_a_pull_in_words() -> None:
    """Each file, what it took and what not, what is without a file, and a sentence of all of it."""
    assert (
        pull_text(OUTCOME)
        == f"""groups/microsoft/a.yaml: name, use_cases.X<U+202E>.actions
  its use cases hold in dev, prod, too
  timezone: decide
  use_cases.B, use_cases.C: not (hidden link) [wrong-value]
groups/microsoft/b.yaml: not written: it is read-only
groups/microsoft/c.yaml: new
  set C to the link of its sheet
  it holds in dev, too: where it is not live, an apply creates it
groups/microsoft/d.yaml: no file
  no [x]
groups/microsoft/e.yaml: left as it is
  gone
Live, and removed from Git: google/was. Git brings a file back; name a group to have a new one.
1 live group without a file: google/is. Name one to adopt it, or take all with --all.
Left alone: microsoft/odd  group {group_id(1)}, odd: $[0].x is wrong
google could not be read: why; what to do
2 files written, 1 of them new; 1 could not be written; 2 with something that somebody has to\
 decide or correct.
"""
    )
    assert pull_text(PullOutcome(Pull(Target(), []), 0)) == "Nothing to pull.\n"
    shown = pull_text(PullOutcome(OUTCOME.pull, 2, written=False), color=True)
    assert "--- a/groups/microsoft/a.yaml\n+++ b/groups/microsoft/a.yaml\n" in shown
    assert "\x1b[31m-name: A\x1b[39m\n\x1b[32m+name: B\x1b[39m\n" in shown
    assert "3 files would be written, 1 of them new" in shown


def test_a_pull_for_programs() -> None:
    """By its schema, with no link."""
    document = json.loads(pull_json(OUTCOME))
    assert [
        error.message for error in Draft202012Validator(pull_schema()).iter_errors(document)
    ] == []
    assert [one["status"] for one in document["files"]] == [
        "changed",
        "not written",
        "new",
        "not written",
        "unchanged",
    ]
    assert document["files"][0]["taken"] == ["name", "use_cases.X\u202e.actions"]
    assert "s3cret" not in pull_json(OUTCOME)


def test_a_diff_shows_lines_and_no_ends() -> None:
    """Neither links nor line ends, and nothing of what did not change."""
    assert (
        file_diff("f", "a\r\nb\r\n", "a\r\nc\r\n")
        == "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    )
    assert file_diff("f", None, f"sheet_link: {LINK}\n") == (
        "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+sheet_link: (hidden link)\n"
    )
    assert file_diff("f", "a", "a") == ""


def them() -> Listing:
    """Return a list of every kind."""
    files = [desired("drift", start_time="08:00"), desired("new"), desired("same")]
    changed = [*files, desired("mine", start_time="09:00")]
    base = [*files, desired("mine", start_time="08:00")]
    there = [
        live("drift", 1, start_time="10:00", timezone="America/Chicago"),
        live("mine", 2, start_time="08:00", name="Mine"),
        live("same", 3, use_cases=(use_case("A"), use_case("B", enabled=False))),
        live("stray", 4, name="\u202e", sheet_link=SecretStr(LINK)),
    ]
    error = ApiError("no", method="GET", url="")
    plan = build_plan(
        changed, there, Target(), base=base, unread={"google": error}, skipped=[skipped("odd", 9)]
    )
    return Listing(listing(plan, changed), plan)


def test_a_list() -> None:
    """A line for each group, and how many there are of each kind."""
    assert (
        listing_text(them())
        == f"""microsoft/drift  {group_id(1)}  Drift     10:00:00 America/Chicago  drift
microsoft/mine   {group_id(2)}  Mine      08:00:00                  differs
microsoft/new                              New       -                         not live
microsoft/same   {group_id(3)}  Same      -
microsoft/stray  {group_id(4)}  <U+202E>  -                         no file
microsoft/odd  group {group_id(9)}, odd: $[0].x is wrong
google could not be read: no
4 live groups, 1 without a file, 1 with drift, 1 that differ otherwise, 1 file without a live\
 group.
"""
    )
    assert listing_text(Listing([], build_plan([], [], Target()))) == "0 live groups.\n"
    document = json.loads(listing_json(them()))
    assert [
        error.message for error in Draft202012Validator(list_schema()).iter_errors(document)
    ] == []
    assert [(one["state"], one["enabled"], one["use_cases"]) for one in document["groups"]][3] == (
        "equal",
        1,
        2,
    )


def test_one_group() -> None:
    """As YAML, what that does not hold as comments; or as JSON, without its link."""
    listed = them().groups[4]
    group = live(
        "stray",
        4,
        name="Stray",
        sheet_link=SecretStr(LINK),
        unknown=(Unknown(name="color", digest="0"),),
    )
    listed = type(listed)(group.key, group, live=True, file=None, state="unmanaged")
    it = Shown(
        Target(), listed, "name: Stray\n", (Left(("timezone",), "rule", "no", "wrong-value"),)
    )
    assert shown_text(it) == "name: Stray\n# timezone: no [wrong-value]\n"
    document = json.loads(shown_json(it))
    assert [
        error.message for error in Draft202012Validator(show_schema()).iter_errors(document)
    ] == []
    assert document["group"]["sheet_link"] == "(hidden)"
    assert document["group"]["unknown"] == ["color"]
