"""What a pull request is told of what became of it."""

import pytest

from reconciler.apply.report import ResultStatus
from reconciler.render.models import (
    LeftAloneDocument,
    ReportDocument,
    ResultDocument,
    StandingDocument,
    TargetDocument,
)
from reconciler.render.outcome import OUTCOMES, Outcome, outcome, outcome_markdown

LINK = "[The run](https://github.com/clinic/outreach/actions/runs/9)"


def report(exit_code: int, *statuses: ResultStatus, message: str = "") -> ReportDocument:
    """Return the report of a run."""
    return ReportDocument(
        format_version="1.1",
        digest=f"sha256:{'a' * 64}",
        target=TargetDocument(api_url=None, env="qa"),
        exit_code=exit_code,
        stopped="",
        interrupted=False,
        others=[],
        unread=[],
        results=[
            ResultDocument(
                key=f"google/g{number}",
                group_id=None,
                action="update",
                status=status,
                cause="",
                message=message,
                digest=f"sha256:{'b' * 64}",
            )
            for number, status in enumerate(statuses)
        ],
        left_alone=[],
        reviewed=[],
    )


@pytest.mark.parametrize(
    ("exit_code", "told", "became"),
    [
        (0, None, "applied"),
        (1, None, "failed"),
        (64, None, "failed"),
        (3, None, "refused"),
        (4, None, "refused"),
        (5, None, "unknown"),
        (None, None, "unknown"),
        (137, None, "unknown"),
        (None, report(0, "applied"), "applied"),
        (0, report(5, "applied", "failed"), "failed"),
        (5, report(5, "applied", "unknown", "failed"), "unknown"),
        (None, report(3, "failed"), "refused"),
        (None, report(1, "failed"), "failed"),
    ],
)
def test_e8_what_a_run_has_come_to(
    exit_code: int | None, told: ReportDocument | None, became: Outcome
) -> None:
    """By its report where there is one; what is not known is never told as done or refused."""
    assert outcome(exit_code, told) == became


@pytest.mark.parametrize("became", OUTCOMES)
def test_e8_one_line_says_it(became: Outcome) -> None:
    """In which environment, and where there is more."""
    said = outcome_markdown(became, "qa", link=LINK, report=None)
    assert said.startswith(f"**{became.capitalize()} in <code>qa</code>.** ")
    assert said.endswith(f" {LINK} has all of it.\n")
    assert said.count("\n") == 1


def test_e8_what_is_not_applied_is_listed() -> None:
    """Group by group, inert, and with what to do about it."""
    told = report(5, "applied", "failed", "unknown", message="@ann <b>look</b>")
    said = outcome_markdown("unknown", None, link="", report=told)
    first, blank, *groups = said.splitlines()
    assert first.startswith("**Unknown.** ")
    assert first.endswith(" Of 3 groups: 1 applied, 1 failed, 1 unknown.")
    assert blank == ""
    assert len(groups) == 2
    assert groups[0].startswith("- <code>google/g1</code> failed: <code>")
    assert "@ann" not in said
    assert "<b>" not in said


def test_e8_many_groups_are_counted() -> None:
    """A comment has an end; and why a run stopped is said."""
    failed: list[ResultStatus] = ["failed"] * 60
    told = report(5, *failed).model_copy(update={"stopped": "the key was refused"})
    said = outcome_markdown("failed", "qa", link=LINK, report=told)
    assert said.count("- <code>") == 50
    assert "- and 10 more\n" in said
    assert said.endswith("The run stopped: <code>the key was refused</code>\n")


def test_e8_what_is_left_alone_or_missing_is_listed() -> None:
    """Whose it is, and why; what is live or has been superseded is not."""
    digest = f"sha256:{'c' * 64}"
    left = {
        origins: LeftAloneDocument(
            key="google/b",
            group_id="1",
            digest=digest,
            origins=list(origins),
            owed=False,
            why="nobody has reviewed it",
        )
        for origins in ((), ("conflict", "drift"))
    }
    standings = [("google/a", "live", ""), ("google/<c>", "missing", "x"), (None, "missing", "y")]
    told = report(5, "applied").model_copy(
        update={
            "left_alone": list(left.values()),
            "reviewed": [
                StandingDocument.model_validate(
                    {"key": key, "digest": digest, "standing": standing, "why": why}
                )
                for key, standing, why in standings
            ],
        }
    )
    assert outcome_markdown("failed", None, link="", report=told).splitlines()[2:] == [
        "- <code>google/b</code> left alone: <code>nobody has reviewed it</code>",
        "- <code>google/b</code> left alone (conflict, drift): <code>nobody has reviewed it</code>",
        "- <code>google/&#60;c&#62;</code> missing: <code>x</code>",
        f"- <code>sha256&#58;{'c' * 64}</code> missing: <code>y</code>",
    ]
