"""The issue about an environment that is not what Git says."""

import pytest

from reconciler.model import Group, Target
from reconciler.plan.build import build_plan
from reconciler.plan.digest import NOTHING
from reconciler.render.drift_issue import drift_markdown, drift_title
from reconciler.render.json import plan_document
from reconciler.render.models import PlanDocument, ReviewedDocument
from tests.builders import action, desired, live, use_case

FIELDS = {"timezone": "America/Denver", "start_time": "08:00:00"}
"""What was applied; main says 09:00 in what is pending."""


def planned(*slugs: str, env: str | None = "qa") -> PlanDocument:
    """Return main's plan with these groups: drift, pending, or in conflict."""
    now, before, there = [], [], list[Group]()
    for number, slug in enumerate(slugs, 1):
        kind = slug.partition("-")[0]
        said = FIELDS | ({} if kind == "drift" else {"start_time": "09:00:00"})
        seen = FIELDS | ({} if kind == "pending" else {"start_time": "21:00:00"})
        now.append(desired(slug, **said))
        before.append(desired(slug, **FIELDS))
        there.append(live(slug, number, **seen))
    target = Target(api_url="https://api.example", env=env)
    return plan_document(build_plan(now, there, target, base=now, applied=before))


def merged(*keys: str) -> ReviewedDocument:
    """Return what #7 was reviewed for, #8 for what nobody knows, and #9 for nothing."""
    digest = f"sha256:{'a' * 64}"
    return ReviewedDocument.model_validate(
        {
            "format_version": "1.2",
            "commit": "b" * 40,
            "applied": None,
            "target": {"env": "qa"},
            "pulls": [
                {
                    "number": 7,
                    "kind": "reviewed",
                    "digest": digest,
                    "changes": [{"key": key, "digest": digest} for key in keys],
                },
                {"number": 8, "kind": "reviewed", "digest": digest, "changes": None},
                {"number": 9, "kind": "no changes", "digest": NOTHING, "changes": []},
            ],
        }
    )


def test_e13_drift_and_what_is_pending_are_told_apart() -> None:
    """Each with its ways out; what is pending names its pull request."""
    plan = planned("drift", "pending", "conflict")
    said = drift_markdown(plan, merged("microsoft/pending"))
    drift, conflict, pending = said.split("**1 group ")[1:]
    assert drift.startswith("changed in the dashboard.**")
    assert "pull request" in drift
    assert f"run `apply` by hand with `drift: revert` and the digest `{plan.digest}`" in drift
    assert drift.endswith("- <code>microsoft/drift</code>\n\n")
    assert conflict.startswith("both merged, not applied yet, and changed in the dashboard.**")
    assert conflict.endswith("- <code>microsoft/conflict</code>: merged in #8, not applied yet\n\n")
    assert pending.startswith("merged, not applied yet.** Nobody has changed it in the dashboard.")
    assert pending.endswith("- <code>microsoft/pending</code>: merged in #7, not applied yet\n")


@pytest.mark.parametrize(
    ("slugs", "env", "title"),
    [
        (["pending"], "qa", "Merged and not applied yet in qa"),
        (["drift"], "qa", "Live state has drifted in qa"),
        (["drift", "pending"], None, "Live state has drifted"),
        (["conflict"], "qa", "Live state has drifted in qa"),
        ([], "qa", "Live state has drifted in qa"),
    ],
)
def test_e13_the_title_says_which_it_is(slugs: list[str], env: str | None, title: str) -> None:
    """Drift first: somebody has to decide there."""
    assert drift_title(planned(*slugs, env=env)) == title


def test_nothing_to_tell() -> None:
    """Of a plan without changes."""
    assert drift_markdown(planned(), None) == ""


def test_e13_many_groups_are_counted() -> None:
    """An issue has an end; without the pull requests only the groups are named."""
    said = drift_markdown(planned(*(f"pending-{number}" for number in range(60))), None)
    assert said.count("\n- <code>microsoft/pending-") == 50
    assert "\n- and 10 more\n" in said
    assert "merged in" not in said


def test_e13_the_origins_of_use_cases_count() -> None:
    """Of an action that somebody has added, and of a use case that was switched on."""
    now = [desired("recall", use_cases=(use_case("A", action(1)),))]
    there = [live("recall", use_cases=(use_case("A", action(1), action(2)),))]
    plan = plan_document(build_plan(now, there, Target(env="qa"), base=now))
    assert "1 group changed in the dashboard" in drift_markdown(plan, None)
