"""The run journal: what an interrupted run leaves for the next one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.apply.journal import Journal, left_open
from reconciler.apply.report import Result, ResultStatus
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from tests.builders import desired

START = datetime(2020, 1, 1, 12, 0, tzinfo=UTC)
SANDBOX = Target()


def ticking() -> Iterator[datetime]:
    """Yield times a second apart."""
    time = START
    while True:
        yield time
        time += timedelta(seconds=1)


def begin(folder: Path, target: Target = SANDBOX) -> tuple[Journal, Plan]:
    """Start a journal of a plan that creates two groups."""
    plan = build_plan([desired("a"), desired("b")], [], target)
    times = ticking()
    return Journal.begin(plan, folder, lambda: next(times)), plan


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["applied", "applied"], []),
        (["failed", "failed"], []),
        (["applied", "unknown"], ["microsoft/b"]),
        (["unknown", "unknown"], ["microsoft/a", "microsoft/b"]),
        ([None, "applied"], ["microsoft/a"]),
        ([None, None], ["microsoft/a", "microsoft/b"]),
    ],
)
def test_what_has_no_known_outcome_is_open(
    tmp_path: Path, statuses: list[ResultStatus | None], expected: list[str]
) -> None:
    """An intent without an outcome, or with an unknown one, is open for the next run."""
    journal, plan = begin(tmp_path)
    for change, status in zip(plan.changes, statuses, strict=True):
        journal.intent(change)
        if status:
            journal.outcome(Result(change.key, change.action, status))
    found = left_open(SANDBOX, tmp_path)
    assert [item.key for item in found] == expected
    assert all(item.action == "create" and item.since > START for item in found)


def test_nothing_is_open_without_a_journal(tmp_path: Path) -> None:
    """The first run ever finds nothing."""
    assert left_open(SANDBOX, tmp_path / "none") == ()


def test_a_target_has_its_own_journals(tmp_path: Path) -> None:
    """What is open in qa does not hold up prod."""
    journal, plan = begin(tmp_path, Target(env="qa"))
    journal.intent(plan.changes[0])
    assert left_open(SANDBOX, tmp_path) == ()
    assert len(left_open(Target(env="qa"), tmp_path)) == 1


def test_settled_writes_are_not_open_any_more(tmp_path: Path) -> None:
    """When a run has waited for them, live state says what became of them; later ones are open."""
    journal, plan = begin(tmp_path)
    journal.intent(plan.changes[0])
    Journal.beside(SANDBOX, tmp_path, lambda: START + timedelta(minutes=1)).settled()
    assert left_open(SANDBOX, tmp_path) == ()


def test_a_later_outcome_closes_an_earlier_intent(tmp_path: Path) -> None:
    """The next run applied the group: nothing is open."""
    first, plan = begin(tmp_path)
    first.intent(plan.changes[0])
    second = Journal(tmp_path / "99999999T000000.jsonl", lambda: START)
    second.intent(plan.changes[0])
    second.outcome(Result(plan.changes[0].key, "create", "applied"))
    (tmp_path / "99999999T000000.jsonl").write_text(
        f'{{"time": "{START.isoformat()}", "event": "begin", "target": "sandbox"}}\n'
        + (tmp_path / "99999999T000000.jsonl").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    assert left_open(SANDBOX, tmp_path) == ()


def test_a_line_that_was_cut_off_is_ignored(tmp_path: Path) -> None:
    """The machine died while writing it; it was not acted upon."""
    journal, plan = begin(tmp_path)
    journal.intent(plan.changes[0])
    (path,) = tmp_path.glob("*.jsonl")
    path.write_text(path.read_text(encoding="utf-8") + '{"time": "2026-', encoding="utf-8")
    assert len(left_open(SANDBOX, tmp_path)) == 1


def test_an_intent_is_on_the_disk_before_the_call_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flushed and synced: a process that is killed right behind it has left its trace."""
    synced: list[str] = []
    journal, plan = begin(tmp_path)
    (path,) = tmp_path.glob("*.jsonl")
    monkeypatch.setattr("os.fsync", lambda _: synced.append(path.read_text(encoding="utf-8")))
    journal.intent(plan.changes[0])
    assert '"intent"' in synced[0]
    assert '"microsoft/a"' in synced[0]


def test_a_journal_holds_no_values(tmp_path: Path) -> None:
    """Keys, times and outcomes only: nothing in it is secret."""
    plan = build_plan([desired("a", sheet_link="https://s3cret.example")], [], SANDBOX)
    Journal.begin(plan, tmp_path, lambda: START).intent(plan.changes[0])
    assert "s3cret" not in "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*"))
