"""What a pull request is told of what became of it."""

import pytest

from reconciler.apply.report import ResultStatus
from reconciler.plan.digest import NOTHING
from reconciler.plan.review import Standing
from reconciler.render.models import (
    FORMAT_VERSION,
    LeftAloneDocument,
    PullDocument,
    ReportDocument,
    ResultDocument,
    ReviewedChangeDocument,
    StandingDocument,
    TargetDocument,
)
from reconciler.render.outcome import (
    OUTCOMES,
    Outcome,
    outcome,
    outcome_markdown,
    pull_outcome,
)

LINK = "[The run](https://github.com/clinic/outreach/actions/runs/9)"


def digest(number: int) -> str:
    """Return a digest."""
    return f"sha256:{number:064x}"


def report(exit_code: int, *statuses: ResultStatus, message: str = "") -> ReportDocument:
    """Return the report of a run."""
    return ReportDocument(
        format_version=FORMAT_VERSION,
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
                digest=digest(number),
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
    said = outcome_markdown("unknown", "", link="", report=told)
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


def pull(*changes: int, kind: str = "reviewed", known: bool = True) -> PullDocument:
    """Return a pull request that was reviewed for changes of the groups with these numbers."""
    listed = [
        ReviewedChangeDocument(key=f"google/g{number}", digest=digest(number)) for number in changes
    ]
    return PullDocument.model_validate(
        {
            "number": 7,
            "kind": kind,
            "digest": digest(99) if kind == "reviewed" else NOTHING,
            "changes": listed if known else None,
        }
    )


def judged(*standings: Standing, statuses: tuple[ResultStatus, ...] = ()) -> ReportDocument:
    """Return the report of a run to which this became of the reviewed changes, by number."""
    return report(5, *statuses).model_copy(
        update={
            "reviewed": [
                StandingDocument(
                    key=f"google/g{number}", digest=digest(number), standing=standing, why=""
                )
                for number, standing in enumerate(standings)
            ]
        }
    )


@pytest.mark.parametrize(
    ("told", "became"),
    [
        (judged("planned", "live", statuses=("applied",)), "applied"),
        (judged("live", "live"), "applied"),
        (judged("superseded", "live"), "applied"),
        (judged("superseded", "superseded"), "superseded"),
        (judged("left alone", "left alone"), "left alone"),
        (judged("left alone", "live"), "failed"),
        (judged("live", "missing"), "failed"),
        (judged("planned", "live", statuses=("failed",)), "failed"),
        (judged("planned", "missing", statuses=("unknown",)), "unknown"),
        (judged("planned", "live"), "failed"),
    ],
)
def test_e8_each_pull_request_hears_of_its_own_changes(
    told: ReportDocument, became: Outcome
) -> None:
    """Whatever else the run did, and however that ended."""
    others = told.model_copy(
        update={
            "reviewed": [
                *told.reviewed,
                StandingDocument(
                    key="google/g9", digest=digest(9), standing="left alone", why="changed"
                ),
            ]
        }
    )
    assert pull_outcome(pull(0, 1), 5, others) == became


@pytest.mark.parametrize(
    ("standing", "exit_code", "became"),
    [("planned", 0, "applied"), ("missing", 3, "failed"), (None, 3, "refused")],
)
def test_e8_a_pull_request_of_which_only_the_whole_is_known(
    standing: Standing | None, exit_code: int, became: Outcome
) -> None:
    """As one whose comment had no room, or a run by hand with a digest."""
    listed = (
        [StandingDocument(key=None, digest=digest(99), standing=standing, why="")]
        if standing
        else []
    )
    done = report(0, "applied") if exit_code == 0 else report(exit_code)
    told = done.model_copy(update={"reviewed": listed})
    assert pull_outcome(pull(known=False), exit_code, told) == became


@pytest.mark.parametrize(
    ("kind", "exit_code", "told", "became"),
    [
        ("no changes", 3, report(3), None),
        ("no comment", 0, report(0), None),
        ("no comment", 3, report(3), "left alone"),
        ("no record", 3, report(3), "left alone"),
        ("no record", 4, None, "refused"),
    ],
)
def test_e21_whom_nobody_reviewed(
    kind: str, exit_code: int, told: ReportDocument | None, became: Outcome | None
) -> None:
    """Hears of it where something was left alone, and of nothing else."""
    assert pull_outcome(pull(kind=kind), exit_code, told) == became


def test_e8_without_a_report_there_is_the_exit_code() -> None:
    """As where a guard refuses."""
    assert pull_outcome(pull(0), 4, None) == "refused"


def test_e8_only_what_matters_is_listed() -> None:
    """The groups of this pull request, also those that were left alone or are missing."""
    told = judged("planned", "left alone", "missing", statuses=("failed", "applied")).model_copy(
        update={
            "left_alone": [
                LeftAloneDocument(
                    key=f"google/g{number}",
                    group_id=None,
                    digest=digest(40 + number),
                    origins=["drift"],
                    owed=False,
                    why="it moved",
                )
                for number in (1, 5)
            ]
        }
    )
    said = outcome_markdown(
        "failed", "qa", link="", report=told, keys=["google/g0", "google/g1", "google/g2"]
    )
    assert said.splitlines()[2:] == [
        "- <code>google/g0</code> failed",
        "- <code>google/g1</code> left alone (drift): <code>it moved</code>",
        "- <code>google/g2</code> missing",
    ]
    assert "Of 1 group: 1 failed." in outcome_markdown(
        "failed", "qa", link="", report=told, keys=["google/g0"]
    )


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
    assert outcome_markdown("failed", "", link="", report=told).splitlines()[2:] == [
        "- <code>google/b</code> left alone: <code>nobody has reviewed it</code>",
        "- <code>google/b</code> left alone (conflict, drift): <code>nobody has reviewed it</code>",
        "- <code>google/&#60;c&#62;</code> missing: <code>x</code>",
        f"- <code>sha256&#58;{'c' * 64}</code> missing: <code>y</code>",
    ]
