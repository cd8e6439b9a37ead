"""The run journal: what an interrupted run leaves for the next one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.apply.journal import Journal, Uptime, created, forget_old, left_open, settle
from reconciler.apply.report import Result, ResultStatus
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from tests.builders import desired, group_id, live, use_case

START = datetime(2020, 1, 1, 12, 0, tzinfo=UTC)
UP = Uptime("this boot", 100.0)
PLAN = build_plan([desired("a"), desired("b")], [], Target())
"""Creates two groups."""


def ticking() -> Iterator[datetime]:
    """Yield times a second apart."""
    time = START
    while True:
        yield time
        time += timedelta(seconds=1)


def begin(folder: Path) -> tuple[Journal, Plan]:
    """Start a journal of a plan that creates two groups."""
    times = ticking()
    return Journal.begin(PLAN, folder, lambda: next(times), lambda: UP), PLAN


def keys(folder: Path) -> list[str]:
    """Return the keys of all that is open, an empty one where no key is known."""
    return [item.key for item in left_open(folder, lambda: UP)]


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
    journal.end()
    found = left_open(tmp_path, lambda: UP)
    assert [item.key for item in found] == expected
    assert all(item.action == "create" and item.since and item.since > START for item in found)


def test_nothing_is_open_without_a_journal(tmp_path: Path) -> None:
    """The first run ever finds nothing."""
    assert left_open(tmp_path / "none") == ()


def test_settled_writes_are_not_open_any_more(tmp_path: Path) -> None:
    """When a run has waited for them, live state says what became of them; later ones are open."""
    journal, plan = begin(tmp_path)
    journal.intent(plan.changes[0])
    assert settle(tmp_path, lambda: START, lambda: UP) == ()
    assert keys(tmp_path) == []
    begin(tmp_path)[0].intent(plan.changes[1])
    assert keys(tmp_path) == ["microsoft/b"]


@pytest.mark.parametrize("years", [-5, 5])
def test_j2_what_was_settled_stays_so_whatever_the_clock_did(tmp_path: Path, years: int) -> None:
    """A file says by itself what is open in it: the order of names, which clocks make, is none."""
    journal, plan = begin(tmp_path)
    journal.intent(plan.changes[0])
    settle(tmp_path, lambda: START.replace(year=2020 + years), lambda: UP)
    assert keys(tmp_path) == []


def test_runs_at_one_moment_have_a_journal_each(tmp_path: Path) -> None:
    """A clock that stands still, as a test's or a broken one: no journal goes over another."""
    for _ in range(2):
        Journal.begin(PLAN, tmp_path, lambda: START).intent(PLAN.changes[0])
    assert len(list(tmp_path.glob("*.jsonl"))) == 2


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
    plan = build_plan([desired("a", sheet_link="https://s3cret.example")], [], Target())
    Journal.begin(plan, tmp_path, lambda: START).intent(plan.changes[0])
    assert "s3cret" not in "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*"))


def test_an_outcome_names_the_group_where_its_id_is_known(tmp_path: Path) -> None:
    """What was created can be read by its id later, though no list shows it."""

    @dataclass(frozen=True)
    class WithId(Result):
        group_id: str = "5eb7cf5a86d9755df3a6c593"

    journal, plan = begin(tmp_path)
    journal.intent(plan.changes[0])
    journal.outcome(WithId(plan.changes[0].key, "create", "applied"))
    assert '"id": "5eb7cf5a86d9755df3a6c593"' in journal.path.read_text(encoding="utf-8")
    journal.end()
    assert keys(tmp_path) == []


# J1: a damaged journal counts as open for all that it speaks of, and for what it may have said.


def nuls(text: str) -> str:
    """A line of NULs, as after a power cut."""
    lines = text.splitlines(keepends=True)
    return lines[0] + "\0" * 90 + "\n" + "".join(lines[2:])


DAMAGES: dict[str, tuple[Callable[[str], str], list[str]]] = {
    "nuls": (nuls, ["", "microsoft/b"]),
    "emptied": (lambda _: "", [""]),
    "blank lines": (lambda _: "\n\n", [""]),
    "another shape": (lambda _: '{"groups": [1, 2]}\n', [""]),
    "a list": (lambda text: text + "[1]\n", ["", "microsoft/a", "microsoft/b"]),
    "a number": (lambda text: text + "7\n", ["", "microsoft/a", "microsoft/b"]),
    "deep": (lambda text: text + "[" * 100_000 + "\n", ["", "microsoft/a", "microsoft/b"]),
    "a key that is none": (
        lambda text: text.replace('"microsoft/b"', "[]"),
        ["", "microsoft/a"],
    ),
    "a time that is none": (
        lambda text: text.replace("2020-01-01T12:00:01", "yesterday"),
        ["", "microsoft/a", "microsoft/b"],
    ),
    "a time without a zone": (lambda text: text.replace("+00:00", ""), [""]),
    "cut in a line": (lambda text: text[:-20], ["", "microsoft/a", "microsoft/b"]),
    "no beginning": (lambda text: text.split("\n", 1)[1], ["", "microsoft/a", "microsoft/b"]),
    "no utf-8": (
        lambda text: text.replace("sandbox", "\udcff"),
        ["", "microsoft/a", "microsoft/b"],
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_j1_a_damaged_journal_is_open_for_all_its_keys(tmp_path: Path, damage: str) -> None:
    """Also for those whose outcome it still has: the whole window is waited, once."""
    journal, plan = begin(tmp_path)
    for change in plan.changes:
        journal.intent(change)
    for change in plan.changes:
        journal.outcome(Result(change.key, change.action, "applied"))
    journal.end()
    make, expected = DAMAGES[damage]
    text = make(journal.path.read_text(encoding="utf-8"))
    journal.path.write_bytes(text.encode(errors="surrogateescape"))
    found = left_open(tmp_path, lambda: UP)
    if damage == "no utf-8":  # in a text that only people read
        assert found == ()
        return
    assert [item.key for item in found] == expected
    assert all(item.left(10.0) == 10.0 for item in found)
    assert str(journal.path) in str(found[0])
    aside = settle(tmp_path, lambda: START, lambda: UP)
    assert [path.name for path in aside] == [journal.path.name + ".damaged"]
    assert aside[0].read_bytes() == text.encode(errors="surrogateescape")
    assert keys(tmp_path) == []


def test_j1_a_journal_that_cannot_be_read_is_damaged(tmp_path: Path) -> None:
    """A folder with its name, for one, is put aside like anything else."""
    (tmp_path / "20200101T000000.000000Z-x.jsonl").mkdir()
    (item,) = left_open(tmp_path)
    assert "cannot be read" in str(item)
    settle(tmp_path, lambda: START)
    assert left_open(tmp_path) == ()


def test_j1_a_journal_that_was_cut_between_two_lines_has_no_end(tmp_path: Path) -> None:
    """Nothing shows in the lines that are left, but a run that ended says so."""
    journal, plan = begin(tmp_path)
    journal.intent(plan.changes[0])
    journal.outcome(Result(plan.changes[0].key, "create", "applied"))
    (item,) = left_open(tmp_path, lambda: UP)
    assert (item.key, item.left(10.0)) == ("", 10.0)
    assert "has no end" in str(item)
    settle(tmp_path, lambda: START, lambda: UP)
    assert left_open(tmp_path, lambda: UP) == ()


def test_what_a_later_version_adds_is_no_damage(tmp_path: Path) -> None:
    """Other keys of an entry, and events that are not known here."""
    journal, plan = begin(tmp_path)
    journal.intent(plan.changes[0])
    journal._write(event="thought", about="something")
    journal._write(
        event="outcome", key=str(plan.changes[0].key), status="applied", certainty="high"
    )
    journal.end()
    assert left_open(tmp_path, lambda: UP) == ()


# J2: how long ago an intent was is counted by a clock that nobody sets, or not at all.


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (Uptime("this boot", 103.0), 7.0),
        (Uptime("this boot", 500.0), 0.0),
        (Uptime("this boot", 99.0), 10.0),  # before the intent: no clock that can be believed
        (Uptime("another boot", 103.0), 10.0),
        (Uptime("", 500.0), 10.0),
    ],
)
def test_j2_the_age_of_an_intent(tmp_path: Path, now: Uptime, left: float) -> None:
    """Within one boot what has passed is known; else the whole window is waited."""
    journal, plan = begin(tmp_path)
    journal.intent(plan.changes[0])
    (item,) = left_open(tmp_path, lambda: now)
    assert item.left(10.0) == left


@pytest.mark.parametrize("up", ['"100.0"', "null", "NaN", "[]", "-Infinity"])
def test_j2_an_uptime_that_is_none_says_nothing(tmp_path: Path, up: str) -> None:
    """Somebody edited it: the whole window is waited."""
    journal, plan = begin(tmp_path)
    journal.intent(plan.changes[0])
    text = journal.path.read_text(encoding="utf-8").replace('"up": 100.0', f'"up": {up}')
    journal.path.write_text(text, encoding="utf-8")
    assert max(item.left(10.0) for item in left_open(tmp_path, lambda: UP)) == 10.0


def test_uptime_is_of_this_machine() -> None:
    """It goes forward; where the system names no boot, nothing is counted."""
    first, second = Uptime.now(), Uptime.now()
    assert second.since("", first.seconds) is None
    if first.boot:
        assert second.since(first.boot, first.seconds) is not None


def test_v1_of_two_groups_with_one_key_each_is_open_by_itself(tmp_path: Path) -> None:
    """What became of one says nothing of the other."""
    groups = [live("a", number, use_cases=(use_case("A"),)) for number in (1, 2)]
    plan = build_plan(
        [], groups, Target(), base=[desired("a", use_cases=(use_case("A"),))], prune=True
    )
    times = ticking()
    journal = Journal.begin(plan, tmp_path, lambda: next(times), lambda: UP)
    for change in plan.changes:
        journal.intent(change)
    journal.outcome(Result(plan.changes[0].key, "update", "applied", group_id=group_id(1)))
    assert keys(tmp_path) == ["microsoft/a"]
    assert created(tmp_path, START) == {}
    journal.outcome(Result(plan.changes[1].key, "update", "applied", group_id=group_id(2)))
    journal.end()
    assert keys(tmp_path) == []


def test_what_is_open_is_never_too_old(tmp_path: Path) -> None:
    """Nor what is damaged, has no end, or was created today: only what has nothing left to say."""
    late = START + timedelta(days=99)
    for number in range(25):
        time = START + timedelta(minutes=number)
        journal = Journal.begin(PLAN, tmp_path, lambda time=time: time, lambda: UP)  # type: ignore[misc]
        journal.intent(PLAN.changes[0])
        if number > 0:
            status: ResultStatus = "unknown" if number == 1 else "applied"
            result = Result(PLAN.changes[0].key, "create", status, group_id=group_id(number))
            journal.outcome(result)
        if number != 2:
            journal.end()
        if number == 3:
            journal.path.write_bytes(journal.path.read_bytes()[:-5])
    forget_old(tmp_path, START)
    assert len(list(tmp_path.iterdir())) == 25
    forget_old(tmp_path, late)
    assert len(list(tmp_path.iterdir())) == 24
    assert group_id(4) not in created(tmp_path, START)
    assert {group_id(number) for number in range(5, 25)} <= set(created(tmp_path, START))
