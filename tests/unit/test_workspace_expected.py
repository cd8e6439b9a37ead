"""What was reviewed, in the forms in which it is given; and what of them is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from reconciler.errors import ApiError, StaleError, UsageError
from reconciler.model import Integration, Target
from reconciler.plan.build import build_plan
from reconciler.plan.digest import NOTHING
from reconciler.plan.nouns import Plan
from reconciler.render.json import plan_json, reviewed_schema
from reconciler.workspace.expected import Expected
from tests.builders import desired, live

DOWN: dict[Integration, ApiError] = {"google": ApiError("answered 404", method="GET", url="/")}
FILES = [desired("a", start_time="09:00"), desired("b", integration="google", start_time="09:00")]
LIVE = [live("a", 1, start_time="08:00"), live("b", 2, integration="google", start_time="08:00")]
QA = Target("https://api-qa.clinic.example", "qa")
PLAN = build_plan(FILES, LIVE, QA)
OTHER = "sha256:" + "0" * 64
Edit = Callable[[dict[str, Any]], object]


def reviews(plan: Plan = PLAN, **fields: Any) -> dict[str, Any]:
    """Return the collected reviews of one pull request with a plan."""
    changes = [{"key": str(one.key), "digest": one.digest} for one in plan.changes]
    pull = {"number": 7, "kind": "reviewed", "digest": plan.digest, "changes": changes}
    return {
        "format_version": "1.2",
        "commit": "a" * 40,
        "applied": None,
        "target": {"env": plan.target.env},
        "pulls": [pull | fields],
    }


def written(folder: Path, content: Any) -> Expected:
    """Return what is read of a file."""
    (folder / "given.json").write_text(json.dumps(content), encoding="utf-8")
    return Expected.read("given.json", folder)


def plan_file(plan: Plan = PLAN) -> dict[str, Any]:
    """Return the content of a plan's file."""
    content = json.loads(plan_json(plan))
    assert isinstance(content, dict)
    return content


def test_collected_reviews_are_valid_against_their_published_schema() -> None:
    """Programs may rely on schemas/reviewed.schema.json."""
    validator = Draft202012Validator(reviewed_schema())
    assert validator.is_valid(reviews())
    assert validator.is_valid(reviews(kind="no comment", digest=NOTHING, changes=None))
    assert not validator.is_valid(reviews(digest="sha256:12"))


@pytest.mark.parametrize("content", [reviews(), plan_file()])
def test_each_change_of_a_file_is_reviewed(tmp_path: Path, content: dict[str, Any]) -> None:
    """Of collected reviews and of a plan alike."""
    expected = written(tmp_path, content)
    verdict = expected.judge(PLAN)
    assert [(one.key, one.standing) for one in verdict.reviewed] == [
        ("google/b", "planned"),
        ("microsoft/a", "planned"),
    ]
    assert (verdict.left, expected.refusal(PLAN, verdict)) == ((), None)


def test_several_pull_requests(tmp_path: Path) -> None:
    """Each by its own changes; one without any, and one without a comment, add nothing."""
    one, two = (build_plan([entry], LIVE, QA) for entry in FILES)
    nothing = {"digest": NOTHING, "number": 8}
    content = reviews(one)
    content["pulls"] += [
        *reviews(two)["pulls"],
        *reviews(one, kind="no changes", changes=[], **nothing)["pulls"],
        *reviews(one, kind="no comment", changes=None, **nothing)["pulls"],
    ]
    verdict = written(tmp_path, content).judge(PLAN)
    assert [one.standing for one in verdict.reviewed] == ["planned", "planned"]
    assert (len(verdict.chosen), verdict.kept) == (2, True)


def test_a_pull_request_whose_comment_had_no_room(tmp_path: Path) -> None:
    """Its plan counts as a whole; if this is another one, it is missing, and others are not."""
    assert written(tmp_path, reviews(changes=None)).judge(PLAN).kept
    content = reviews(build_plan(FILES[:1], LIVE, QA))
    content["pulls"] += reviews(digest=OTHER, changes=None)["pulls"]
    verdict = written(tmp_path, content).judge(PLAN)
    assert [(one.key, one.standing) for one in verdict.reviewed] == [
        ("microsoft/a", "planned"),
        ("", "missing"),
    ]
    assert not verdict.kept


def _swap_keys(content: dict[str, Any]) -> None:
    one, two = (content if "changes" in content else content["pulls"][0])["changes"]
    one["key"], two["key"] = two["key"], one["key"]


def _other_digest(content: dict[str, Any]) -> None:
    (content if "changes" in content else content["pulls"][0])["changes"][0]["digest"] = OTHER


def _drop(content: dict[str, Any]) -> None:
    (content if "changes" in content else content["pulls"][0])["changes"].pop()


EDITS = pytest.mark.parametrize("edit", [_swap_keys, _other_digest, _drop])


@EDITS
def test_changes_of_a_plan_that_do_not_add_up_to_its_digest(tmp_path: Path, edit: Edit) -> None:
    """Nothing is carried out: the list is not that of the review."""
    given = plan_file()
    edit(given)
    with pytest.raises(StaleError, match="do not add up to") as caught:
        written(tmp_path, given).judge(PLAN)
    assert caught.value.message.startswith("--expect given.json has been edited")
    assert caught.value.message.endswith("; nothing was written")


@EDITS
def test_changes_of_a_pull_request_that_do_not_add_up_to_its_digest(
    tmp_path: Path, edit: Edit
) -> None:
    """Of that one the digest is left, which is that of its plan or nothing; others count."""
    forged = reviews()
    edit(forged)
    assert written(tmp_path, forged).judge(PLAN).kept
    moved = [
        live("a", 1, start_time="08:00"),
        live("b", 2, start_time="07:00", integration="google"),
    ]
    now = build_plan(FILES, moved, QA)
    forged["pulls"] += reviews(build_plan(FILES[:1], LIVE, QA), number=8)["pulls"]
    verdict = written(tmp_path, forged).judge(now)
    assert [str(one.key) for one in verdict.chosen] == ["microsoft/a"]
    assert [(one.key, one.standing) for one in verdict.reviewed] == [
        ("microsoft/a", "planned"),
        ("", "missing"),
    ]
    assert verdict.missing[0].why.startswith("the changes in the record of pull request #7 do not")
    assert [one.name for one in verdict.left] == ["google/b"]


def test_changes_where_there_were_none(tmp_path: Path) -> None:
    """`none` is the digest of no list but an empty one."""
    verdict = written(tmp_path, reviews(digest=NOTHING)).judge(PLAN)
    assert (verdict.chosen, verdict.kept) == (frozenset(), False)


def test_reviews_of_another_address(tmp_path: Path) -> None:
    """Which they do not name, and count all the same."""
    moved = build_plan(FILES, LIVE, Target("https://api.clinic.example", "qa"))
    verdict = written(tmp_path, reviews()).judge(moved)
    assert verdict.chosen == frozenset()
    assert "https://api.clinic.example (environment qa) (it was edited" in verdict.missing[0].why


@pytest.mark.parametrize("content", [reviews(), plan_file()])
def test_another_environment(tmp_path: Path, content: dict[str, Any]) -> None:
    """What was reviewed for qa is nothing for prod."""
    prod = build_plan(FILES, LIVE, Target(QA.api_url, "prod"))
    with pytest.raises(StaleError, match="was reviewed for another target") as caught:
        written(tmp_path, content).judge(prod)
    assert "--env" in caught.value.remedy


def test_a_plan_that_says_something_else_than_its_digest(tmp_path: Path) -> None:
    """Whoever looked at this file has seen something else."""
    content = plan_file()
    content["changes"][1]["fields"][0]["after"] = "07:00:00"
    with pytest.raises(StaleError, match="what it says of microsoft/a has not that digest"):
        written(tmp_path, content).judge(PLAN)


def test_e9_how_a_change_differs_from_the_reviewed_one(tmp_path: Path) -> None:
    """A plan's file knows both sides; collected reviews know digests."""
    now = build_plan(FILES, [live("a", 1, start_time="21:00"), LIVE[1]], QA)
    (one,) = written(tmp_path, plan_file()).judge(now).left
    assert one.details == (
        "start_time: 08:00:00 → 09:00:00 in the review, 21:00:00 → 09:00:00 now",
    )
    (other,) = written(tmp_path, reviews()).judge(now).left
    assert (other.name, other.details) == (one.name, ())


def test_p4_the_whole_reviewed_plan_is_not_the_rest_of_it(tmp_path: Path) -> None:
    """By its digest; by its changes, what could be read is carried out, and the rest is missing."""
    rest = build_plan(FILES, LIVE[:1], QA, unread=DOWN)
    whole = Expected(PLAN.digest, PLAN.digest)
    assert whole.refusal(rest, whole.judge(rest)) is not None
    same = Expected(rest.digest, rest.digest)
    assert same.refusal(rest, same.judge(rest)) is None
    verdict = written(tmp_path, reviews()).judge(rest)
    assert [one.standing for one in verdict.reviewed] == ["missing", "planned"]
    assert not verdict.kept


def test_e4_an_empty_plan_does_not_say_that_another_one_is_live() -> None:
    """A digest says nothing of what was in it; the remedy names what does."""
    empty = build_plan([], [], QA)
    given = Expected(OTHER, OTHER)
    error = given.refusal(empty, given.judge(empty))
    assert error is not None
    assert "Only the digest of its plan is known" in error.message
    assert ".json" in error.remedy
    none = Expected(NOTHING, NOTHING)
    assert none.refusal(empty, none.judge(empty)) is None
    refused = none.refusal(PLAN, none.judge(PLAN))
    assert refused is not None
    assert "The review saw no changes, or nobody reviewed this." in refused.message
    assert refused.remedy == "Review the plan above, and then apply that one."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sha256:12", "is not a digest"),
        ("nowhere.json", "No such file"),
        ("bad.json", "is neither a plan nor reviews of this version"),
    ],
)
def test_what_means_nothing(tmp_path: Path, text: str, words: str) -> None:
    """It is refused before anything is asked of the API."""
    (tmp_path / "bad.json").write_text('{"pulls": []}', encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        Expected.read(text, tmp_path)
