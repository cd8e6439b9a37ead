"""What a comment carries of a plan's changes, unseen."""

import json

import pytest

from reconciler.github import LONGEST, Marker, Record, Text, attachment
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.render.carried import MOST, carried, characters
from reconciler.render.json import plan_document
from reconciler.render.markdown import plan_markdown
from tests.builders import desired


@pytest.mark.parametrize("count", [0, 1, 100, 230, 600])
@pytest.mark.parametrize("slug", ["recall", "a-very-long-slug--with--many-dashes----"])
def test_plan_and_changes_fit_in_one_comment(count: int, slug: str) -> None:
    """The text leaves room for them; of too many it carries none, and has all the room."""
    declared = [desired(f"{slug}{number}", start_time="06:30:00") for number in range(count)]
    plan = build_plan(declared, [], Target(api_url="https://api.example", env="qa"))
    changes = plan_document(plan).changes
    given = carried(changes)
    former = tuple(f"sha256:{digit * 64}" for digit in "abc")
    record = Record(plan.digest, "1" * 40, former)
    body = plan_markdown(plan)
    whole = str(Text(Marker("plan", "a-long-name-of-an-environment"), record, body, given))
    assert len(whole) < LONGEST
    assert whole.endswith(body)
    assert attachment(whole) == given
    if given is None:
        assert count > 150
        return
    assert given == [{"key": one.key, "digest": one.digest} for one in changes]
    hidden = json.dumps(given, separators=(",", ":"), sort_keys=True).replace("--", "------")
    assert len(hidden) <= characters(one.key for one in changes) + 2 <= MOST + 2
