"""Snapshots and what brings them back."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from reconciler.apply import snapshot
from reconciler.errors import ConfigError
from reconciler.model import Declared, Group, Target
from reconciler.plan.build import build_plan
from tests.builders import action, desired, group_id, live, use_case

TARGET = Target(api_url="https://api.example", env="qa")
TIME = datetime(2026, 11, 24, 12, 0, 1, 5, tzinfo=UTC)
LINK = "https://1drv.ms/x/s3cret"


def restore(
    declared: list[Declared], before: list[Group], after: list[Group], folder: Path
) -> list[Group]:
    """Return the groups that bring back what was before a run that left `after`."""
    path = snapshot.take(build_plan(declared, before, TARGET), folder, TIME)
    return [entry.group for entry in snapshot.restored(snapshot.read(path), after, "snapshot")]


def test_a_snapshot_survives_the_disk_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """It holds the link, without which nothing could be restored; mode 0600."""
    before = live("a", sheet_link=LINK, start_time="08:00", use_cases=(use_case("A", action(3)),))
    plan = build_plan(
        [desired("a", start_time="09:00"), desired("new", name="New")], [before], TARGET
    )
    time = datetime(2026, 11, 24, 12, 0, 1, 5, tzinfo=UTC)
    path = snapshot.take(plan, tmp_path / "deep", time)
    saved = snapshot.read(path)
    assert path.name == f"20261124T120001.000005Z-{plan.digest[7:19]}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (saved.target, saved.time, saved.digest) == (TARGET, time, plan.digest)
    assert saved.groups == (before,)
    assert saved.groups[0].sheet_link == SecretStr(LINK)
    assert saved.groups[0].declared >= {"timezone", "assistant_id", "use_cases"}
    assert [str(key) for key in saved.created] == ["microsoft/new"]
    assert "s3cret" not in repr(saved)


def test_updated_groups_become_what_they_were(tmp_path: Path) -> None:
    """Every field, pinned to the group's id, whatever the run or anybody made of them."""
    before = live("a", 1, start_time="08:00", timezone="UTC", use_cases=(use_case("A"),))
    after = live(
        "a", 1, start_time="09:00", name="Other", use_cases=(use_case("A", enabled=False),)
    )
    (restored,) = restore([desired("a", start_time="09:00")], [before], [after], tmp_path)
    assert restored == before
    assert restored.group_id == group_id(1)


def test_use_cases_that_the_run_added_are_disabled_and_others_left(tmp_path: Path) -> None:
    """Nothing can be deleted; what somebody else added meanwhile is not ours."""
    before = live("a", use_cases=(use_case("A"),))
    after = live("a", use_cases=(use_case("A"), use_case("OURS"), use_case("THEIRS")))
    (restored,) = restore(
        [desired("a", use_cases=(use_case("A"), use_case("OURS")))], [before], [after], tmp_path
    )
    assert restored.use_cases == (use_case("A"), use_case("OURS", enabled=False))


def test_created_groups_are_disabled(tmp_path: Path) -> None:
    """All their use cases contact nobody; the rest stays."""
    after = live("new", 5, timezone="UTC", use_cases=(use_case("A"), use_case("B")))
    (restored,) = restore([desired("new")], [], [after, live("other", 6)], tmp_path)
    off = (use_case("A", enabled=False), use_case("B", enabled=False))
    assert restored == live("new", 5, timezone="UTC", use_cases=off)


def test_what_is_not_live_stays_away(tmp_path: Path) -> None:
    """A group that was never created, or is gone, is not created by a rollback."""
    assert restore([desired("new"), desired("a", timezone="UTC")], [live("a")], [], tmp_path) == []


def test_a_restored_plan_then_has_nothing_to_do(tmp_path: Path) -> None:
    """Once live is as it was, the same rollback is an empty plan."""
    before = live("a", start_time="08:00")
    plan = build_plan([desired("a", start_time="09:00")], [before], TARGET)
    saved = snapshot.read(snapshot.take(plan, tmp_path, TIME))
    assert build_plan(snapshot.restored(saved, [before], "s"), [before], TARGET).empty


def test_snapshots_are_listed_newest_first(tmp_path: Path) -> None:
    """By their names, which begin with the time."""
    plan = build_plan([desired("a")], [], TARGET)
    times = [datetime(2026, 11, day, tzinfo=UTC) for day in (3, 1, 2)]
    for time in times:
        snapshot.take(plan, tmp_path, time)
    assert [path.name[:8] for path in snapshot.listed(tmp_path)] == [
        "20261103",
        "20261102",
        "20261101",
    ]
    assert snapshot.listed(tmp_path / "none") == []


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"groups": "https://s3cret"}', b"\xff"])
def test_what_is_no_snapshot_is_an_error_that_repeats_nothing(
    tmp_path: Path, content: bytes | None
) -> None:
    """The file may hold secrets even where it is broken."""
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        snapshot.read(path)
    assert "x.json" in caught.value.message
    assert "s3cret" not in caught.value.message
