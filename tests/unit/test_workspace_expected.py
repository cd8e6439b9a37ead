"""Whether a plan is the reviewed one, where an integration could not be read."""

import pytest

from reconciler.errors import ApiError
from reconciler.model import Integration, Target
from reconciler.plan.build import build_plan
from reconciler.plan.digest import NOTHING
from reconciler.workspace.expected import Expected
from tests.builders import desired, live

DOWN: dict[Integration, ApiError] = {"google": ApiError("answered 404", method="GET", url="/")}
FILES = [desired("a", start_time="09:00"), desired("b", integration="google", start_time="09:00")]
LIVE = [live("a", 1, start_time="08:00"), live("b", 2, integration="google", start_time="08:00")]


def test_p4_the_whole_reviewed_plan_is_not_the_rest_of_it() -> None:
    """What is kept back has no changes, so the plan is another one and nothing is written."""
    whole = build_plan(FILES, LIVE, Target())
    rest = build_plan(FILES, LIVE[:1], Target(), unread=DOWN)
    assert Expected(whole.digest).judge(rest).kind == "other"
    assert Expected(rest.digest).judge(rest).kind == "reviewed"


@pytest.mark.parametrize("digest", [NOTHING, "sha256:" + "0" * 64])
def test_p4_of_an_empty_plan_it_is_not_said_that_nothing_is_left(digest: str) -> None:
    """Nothing can be written; whether something was to be is unknown."""
    empty = build_plan(FILES[1:], [], Target(), unread=DOWN)
    verdict = Expected(digest).judge(empty)
    assert verdict.kind == "nothing left"
    assert list(verdict.lines) == [
        "Whether something is left of the reviewed plan is unknown: google is unread."
    ]
