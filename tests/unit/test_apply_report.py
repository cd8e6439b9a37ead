"""Exit codes of a run."""

import pytest

from reconciler.apply.report import Cause, Report, Result, ResultStatus
from reconciler.model import Key, Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Unread
from reconciler.plan.review import Judged, LeftAlone, Standing, Verdict
from tests.builders import desired

KEY = Key(integration="google", slug="x")


@pytest.mark.parametrize(
    ("outcomes", "interrupted", "expected"),
    [
        ([], False, 0),
        ([("applied", "")], False, 0),
        ([("applied", "")], True, 0),
        ([("failed", "rejected")], False, 1),
        ([("failed", "rejected"), ("not attempted", "")], False, 1),
        ([("failed", "stale")], False, 3),
        ([("failed", "stale"), ("failed", "stale")], False, 3),
        ([("failed", "stale"), ("failed", "rejected")], False, 1),
        ([("applied", ""), ("failed", "stale")], False, 5),
        ([("unknown", "")], False, 5),
        ([("failed", "not as sent")], False, 5),
        ([("not attempted", "")], True, 5),
    ],
)
def test_exit_code(
    outcomes: list[tuple[ResultStatus, Cause]],
    interrupted: bool,  # noqa: FBT001 - parametrised
    expected: int,
) -> None:
    """Partly applied, unknown, interrupted are 5; with no write, stale is 3 and the rest is 1."""
    results = tuple(Result(KEY, "update", status, cause) for status, cause in outcomes)
    report = Report(Target(), "sha256:0", results, interrupted=interrupted)
    assert report.exit_code == expected


def test_count() -> None:
    """Results are counted by status."""
    report = Report(
        Target(), "sha256:0", (Result(KEY, "create", "applied"), Result(KEY, "update", "unknown"))
    )
    assert (report.count("applied"), report.count("failed")) == (1, 0)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], 1),
        ([("applied", "")], 5),
        ([("failed", "stale")], 1),
        ([("failed", "rejected")], 1),
        ([("unknown", "")], 5),
    ],
)
def test_p4_an_integration_that_was_not_looked_at(
    outcomes: list[tuple[ResultStatus, Cause]], expected: int
) -> None:
    """Not all is applied, whatever became of the rest."""
    results = tuple(Result(KEY, "update", status, cause) for status, cause in outcomes)
    unread = (Unread("google", "answered 404", "wait"),)
    assert Report(Target(), "sha256:0", results, unread=unread).exit_code == expected


def verdict(*standings: Standing, owed: bool | None = None) -> Verdict:
    """Return what became of reviewed changes, and of one that was not reviewed if there was one."""
    change = build_plan([desired()], [], Target()).changes[0]
    left = () if owed is None else (LeftAlone(change, "x", "nobody has reviewed it", owed),)
    return Verdict(tuple(Judged("x", "", one) for one in standings), left, frozenset())


@pytest.mark.parametrize(
    ("outcomes", "review", "unread", "expected"),
    [
        ([("applied", "")], verdict("planned"), False, 0),
        ([], verdict("live", "superseded"), False, 0),
        ([], verdict(), False, 0),
        ([("applied", "")], verdict("planned", owed=False), False, 0),
        ([], verdict("live", owed=False), False, 0),
        ([("applied", "")], verdict("planned", owed=True), False, 5),
        ([], verdict("live", owed=True), False, 3),
        ([("applied", "")], verdict("planned", "missing"), False, 5),
        ([], verdict("missing"), False, 3),
        ([], verdict("missing"), True, 3),
        ([], verdict("live"), True, 1),
        ([("unknown", "")], verdict("planned", "missing"), False, 5),
        ([("failed", "stale")], verdict("planned", "missing"), False, 3),
        ([("failed", "rejected")], verdict("planned", "missing"), False, 1),
        ([("applied", ""), ("failed", "rejected")], verdict("planned"), False, 5),
    ],
)
def test_e4_e9_exit_code_of_a_review(
    outcomes: list[tuple[ResultStatus, Cause]],
    review: Verdict,
    unread: bool,  # noqa: FBT001 - parametrised
    expected: int,
) -> None:
    """0 if all that was reviewed is live and none is owed; 3 if nothing was written; 5 if some."""
    results = tuple(Result(KEY, "update", status, cause) for status, cause in outcomes)
    down = (Unread("google", "answered 404", "wait"),) if unread else ()
    report = Report(Target(), "sha256:0", results, unread=down, review=review)
    assert report.exit_code == expected
