"""Snapshots, which hold no secret, and what brings them back."""

import json
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.apply import snapshot
from reconciler.apply.report import Cause, Result
from reconciler.apply.restore import Wanted, restored
from reconciler.errors import ConfigError
from reconciler.model import Declared, Group, Target, Unknown
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from tests.builders import action, desired, group_id, live, skipped, use_case

TARGET = Target(api_url="https://api.example", env="qa")
TIME = datetime(2026, 11, 24, 12, 0, 1, 5, tzinfo=UTC)
LINK = "https://1drv.ms/x/s3cret"
OTHER = "https://1drv.ms/x/0ther-s3cret"


def take(declared: list[Declared], before: list[Group], folder: Path) -> tuple[Plan, Path]:
    """Take the snapshot of a plan."""
    plan = build_plan(declared, before, TARGET)
    return plan, snapshot.take(plan, folder / "snapshots", folder / "links", TIME)


def restore(
    declared: list[Declared],
    before: list[Group],
    after: list[Group],
    folder: Path,
    variables: Mapping[str, str] | None = None,
) -> tuple[list[Group], tuple[str, ...]]:
    """Return the groups that bring back what was before a run that left `after`, and the notes."""
    _, path = take(declared, before, folder)
    wanted = bring_back(path, after, variables)
    return [entry.group for entry in wanted.declared], wanted.notes


def bring_back(
    path: Path, after: list[Group], variables: Mapping[str, str] | None = None
) -> Wanted:
    """Read a snapshot and bring it back."""
    links = snapshot.links_of(path, path.parents[1] / "links")
    return restored(snapshot.read(path), after, "snapshot", links, variables or {})


def test_a_snapshot_survives_the_disk_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Whole, but for the link, which is in a file of its own; both 0600."""
    before = live("a", sheet_link=LINK, start_time="08:00", use_cases=(use_case("A", action(3)),))
    plan, path = take(
        [desired("a", start_time="09:00"), desired("new", name="New")], [before], tmp_path
    )
    saved = snapshot.read(path)
    assert path.name == f"20261124T120001.000005Z-{plan.digest[7:19]}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (saved.target, saved.time, saved.digest) == (TARGET, TIME, plan.digest)
    assert saved.groups[0].before == before.model_copy(update={"sheet_link": None})
    assert saved.groups[0].after.start_time == "09:00:00"
    assert [str(made.key) for made in saved.created] == ["microsoft/new"]
    assert "s3cret" not in path.read_text(encoding="utf-8")
    beside = tmp_path / "links" / path.name
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    assert stat.S_IMODE(beside.parent.stat().st_mode) == 0o700
    assert list(json.loads(beside.read_bytes()).values()) == [LINK]
    assert sorted(item.name for item in path.parent.iterdir()) == [path.name]


def test_q7_unknown_fields_are_in_no_snapshot_and_a_rollback_is_guarded(tmp_path: Path) -> None:
    """Nothing could write them back; what brings a group back could lose those that are there."""
    tags = Unknown(name="tags", digest="d1gest")
    before, after = (
        live("a", start_time=time).model_copy(update={"unknown": (tags,)})
        for time in ("08:00", "09:00")
    )
    _, path = take([desired("a", start_time="09:00")], [before], tmp_path)
    text = path.read_text(encoding="utf-8")
    assert not any(word in text for word in ("tags", "d1gest", "unknown"))
    wanted = bring_back(path, [after]).declared
    plan = build_plan(wanted, [after], TARGET)
    assert [change.key.slug for change in plan.changes] == ["a"]
    assert [guard.name for guard in plan.guards] == ["unknown-fields"]
    assert build_plan(wanted, [after], TARGET, allow={"unknown-fields": 1}).guards == ()


def from_variable(slug: str, link: str, variable: str, **fields: Any) -> Declared:
    """Return a desired group whose link comes from a variable."""
    entry = desired(slug, sheet_link=link, **fields)
    return Declared(entry.group, entry.file, variable=variable)


def test_a_link_from_a_variable_is_on_no_disk(tmp_path: Path) -> None:
    """It stands as that name, also where the variable is another group's of the plan."""
    declared = [
        from_variable("a", LINK, "A_LINK", start_time="09:00"),
        from_variable("b", OTHER, "B_LINK"),
    ]
    before = [live("a", 1, sheet_link=LINK), live("b", 2, sheet_link=LINK)]
    _, path = take(declared, before, tmp_path)
    assert "s3cret" not in "".join(
        file.read_text(encoding="utf-8") for file in tmp_path.rglob("*") if file.is_file()
    )
    assert not (tmp_path / "links").exists()
    first, second = snapshot.read(path).groups
    links = (first.link_before, second.link_before, second.link_after)
    assert [link and link.from_env for link in links] == ["A_LINK", "A_LINK", "B_LINK"]


@pytest.mark.parametrize(
    ("variables", "note"),
    [
        ({"A_LINK": LINK}, ""),
        ({}, "A_LINK, which is not set"),
        ({"A_LINK": OTHER}, "A_LINK, which holds another link now"),
    ],
)
def test_a_link_comes_back_from_its_variable(
    tmp_path: Path, variables: dict[str, str], note: str
) -> None:
    """Only the very link: a variable that holds another one since brings nothing back."""
    declared = [
        from_variable("a", LINK, "A_LINK", start_time="09:00"),
        from_variable("b", OTHER, "B_LINK"),
    ]
    before = [live("a", 1, sheet_link=LINK), live("b", 2, sheet_link=LINK)]
    after = [
        live("a", 1, sheet_link=LINK, start_time="09:00"),
        live("b", 2, sheet_link=OTHER),
    ]
    groups, notes = restore(declared, before, after, tmp_path, variables)
    assert groups[0].start_time is None
    assert groups[1].sheet_link == SecretStr(OTHER if note else LINK)
    assert note in "".join(notes)
    assert "s3cret" not in "".join(notes)


def test_a_link_comes_back_from_the_file_beside(tmp_path: Path) -> None:
    """Where the run was; elsewhere it stays, and that is told."""
    before, after = live("a", sheet_link=LINK), live("a", sheet_link=OTHER)
    groups, notes = restore([desired("a", sheet_link=OTHER)], [before], [after], tmp_path)
    assert (groups, notes) == ([before], ())
    (path,) = (tmp_path / "snapshots").iterdir()
    for damage in (b"", b"[]", json.dumps({"x" * 32: LINK}).encode()):
        (tmp_path / "links" / path.name).write_bytes(damage)
        wanted = bring_back(path, [after])
        assert [entry.group for entry in wanted.declared] == [after]
        assert "sheet_link is left as it is" in wanted.notes[0]


def test_no_link_comes_back_too(tmp_path: Path) -> None:
    """The run gave a group its first sheet; somebody else's link since is left."""
    before = live("a", sheet_link=None)
    declared = [desired("a", sheet_link=LINK)]
    groups, _ = restore(declared, [before], [live("a", sheet_link=LINK)], tmp_path)
    assert groups == [before]
    groups, notes = restore(declared, [before], [live("a", sheet_link=OTHER)], tmp_path)
    assert groups == [live("a", sheet_link=OTHER)]
    assert "somebody has changed it" in notes[0]
    assert "s3cret" not in notes[0]


def test_updated_groups_become_what_they_were(tmp_path: Path) -> None:
    """What the run wrote, pinned to the group's id; what it did not write is as it is now."""
    before = live("a", 1, start_time="08:00", timezone="UTC", use_cases=(use_case("A"),))
    after = live("a", 1, start_time="09:00", timezone="Asia/Tokyo", use_cases=(use_case("A"),))
    (back,), notes = restore([desired("a", start_time="09:00")], [before], [after], tmp_path)
    assert back == before.model_copy(update={"timezone": "Asia/Tokyo"})
    assert back.group_id == group_id(1)
    assert notes == ()


def test_what_somebody_changed_since_is_left_and_told(tmp_path: Path) -> None:
    """A field, and a use case; the rest of the group comes back."""
    before = live("a", start_time="08:00", timezone="UTC", use_cases=(use_case("A"),))
    declared = [
        desired(
            "a", start_time="09:00", timezone="Asia/Tokyo", use_cases=(use_case("A", action(2)),)
        )
    ]
    after = live(
        "a", start_time="10:00", timezone="Asia/Tokyo", use_cases=(use_case("A", action(3)),)
    )
    (back,), notes = restore(declared, [before], [after], tmp_path)
    assert back == after.model_copy(update={"timezone": "UTC"})
    assert len(notes) == 2
    assert notes[0] == (
        "microsoft/a: start_time is left as it is: the run left 09:00:00, and it is 10:00:00 now,"
        " so somebody has changed it since."
    )
    assert notes[1] == (
        "microsoft/a: use case A is left as it is: somebody has changed it since the run."
    )


def test_use_cases_that_the_run_added_are_disabled_and_others_left(tmp_path: Path) -> None:
    """Nothing can be deleted; what somebody else added meanwhile is not ours."""
    before = live("a", use_cases=(use_case("A"),))
    after = live("a", use_cases=(use_case("A"), use_case("OURS"), use_case("THEIRS")))
    (back,), _ = restore(
        [desired("a", use_cases=(use_case("A"), use_case("OURS")))], [before], [after], tmp_path
    )
    assert back.use_cases == (use_case("A"), use_case("OURS", enabled=False), use_case("THEIRS"))


def test_use_cases_that_a_replacing_server_lost_are_brought_back(tmp_path: Path) -> None:
    """The API has no delete, so one that the run did not send and that is gone is its doing."""
    before = live("a", use_cases=(use_case("A"), use_case("B")))
    changed = use_case("A", action(4))
    (back,), notes = restore(
        [desired("a", use_cases=(changed, use_case("B")))],
        [before],
        [live("a", use_cases=(changed,))],
        tmp_path,
    )
    assert back == before
    assert "use case B is not live any more" in notes[0]


def test_created_groups_are_disabled(tmp_path: Path) -> None:
    """What the run made contacts nobody; what somebody changed or added since is left and told."""
    made = (use_case("A"), use_case("B"), use_case("C", enabled=False))
    after = live(
        "new", 5, timezone="UTC", use_cases=(use_case("A"), use_case("B", action(9)), use_case("X"))
    )
    (back,), notes = restore(
        [desired("new", use_cases=made)], [], [after, live("other", 6)], tmp_path
    )
    assert back.use_cases == (use_case("A", enabled=False), use_case("B", action(9)), use_case("X"))
    assert len(notes) == 1
    assert "use case B is left as it is" in notes[0]


def test_what_is_not_live_stays_away(tmp_path: Path) -> None:
    """A group that was never created, or is gone, is not created by a rollback."""
    groups, notes = restore(
        [desired("new"), desired("a", timezone="UTC")], [live("a")], [], tmp_path
    )
    assert groups == []
    assert "is not live any more" in notes[0]


def test_a_restored_plan_then_has_nothing_to_do(tmp_path: Path) -> None:
    """Once live is as it was, the same rollback is an empty plan."""
    before = live("a", start_time="08:00", use_cases=(use_case("A"),))
    declared = [
        desired("a", start_time="09:00", use_cases=(use_case("A", enabled=False), use_case("B")))
    ]
    groups, notes = restore(
        declared,
        [before],
        [before.model_copy(update={"use_cases": (use_case("A"), use_case("B", enabled=False))})],
        tmp_path,
    )
    assert build_plan([Declared(group, "s") for group in groups], groups, TARGET).empty
    assert (groups[0].start_time, notes) == ("08:00:00", ())


def result(plan: Plan, cause: Cause) -> Result:
    """Return the outcome of a plan's one group."""
    key, group_id = plan.changes[0].subject
    return Result(key, "update", "failed", cause, group_id=group_id)


@pytest.mark.parametrize("cause", ["not as sent", "rejected"])
def test_what_the_server_made_of_a_group_is_what_the_run_left(tmp_path: Path, cause: Cause) -> None:
    """It stored another zone than it was sent; that is no edit by somebody, so it is undone."""
    before = live("a", timezone="UTC", sheet_link=LINK, name="Was")
    plan, path = take([desired("a", timezone="US/Central", name="Is")], [before], tmp_path)
    after = live("a", timezone="America/Chicago", sheet_link=f"{LINK}?x", name="Is")
    snapshot.complete(path, plan, [result(plan, cause)], [after, live("b", 9)])
    wanted = bring_back(path, [after])
    if cause == "not as sent":
        assert [entry.group for entry in wanted.declared] == [before]
        assert wanted.notes == ()
    else:
        assert "timezone is left as it is" in wanted.notes[0]
    assert "s3cret" not in path.read_text(encoding="utf-8")


# R2: what else lies in the folder keeps nobody from the snapshots.

STRAYS: dict[str, tuple[bytes, str]] = {
    "empty.json": (b"", "is empty"),
    "blank.json": (b" \n", "is empty"),
    "cut.json": (b'{"format_version": "1.0", "time": ', "is damaged"),
    "nuls.json": (b"\0" * 40, "is damaged"),
    "foreign.json": (b'{"name": "x"}', "is not a snapshot"),
    "list.json": (b"[]", "is not a snapshot"),
    "secret.json": (b'{"groups": "https://s3cret"}', "is not a snapshot"),
    "newer.json": (b'{"format_version": "2.0"}', "another version"),
    "utf16.json": ("{}".encode("utf-16"), "is not a snapshot"),
    "deep.json": (b"[" * 100_000, "is damaged"),
    "notes.txt": (b"remember", "is damaged"),
}


@pytest.mark.parametrize("name", STRAYS)
def test_r2_what_is_no_snapshot_is_named_and_passed_over(tmp_path: Path, name: str) -> None:
    """By its name and what is wrong with it; its content, which may be secret, is not repeated."""
    _, path = take([desired("a")], [], tmp_path)
    content, why = STRAYS[name]
    (path.parent / name).write_bytes(content)
    found, others = snapshot.survey(path.parent)
    assert [place for place, _ in found] == [path]
    (told,) = others
    assert name in told
    assert why in told
    assert "s3cret" not in told
    with pytest.raises(ConfigError) as caught:
        snapshot.read(path.parent / name)
    assert caught.value.message == told


def test_r2_a_folder_is_no_snapshot_and_a_hidden_file_is_nothing(tmp_path: Path) -> None:
    """As they come with file managers and with a run that was killed while it wrote."""
    _, path = take([desired("a")], [], tmp_path)
    (path.parent / "old.json").mkdir()
    (path.parent / ".DS_Store").write_bytes(b"\0")
    (path.parent / f".{path.name}.part").write_bytes(b"{")
    found, others = snapshot.survey(path.parent)
    assert len(found) == 1
    assert others == [f"the snapshot {path.parent / 'old.json'} cannot be read: it is no file"]


def test_snapshots_are_listed_newest_first_whatever_they_are_called(tmp_path: Path) -> None:
    """By the time within."""
    plan = build_plan([desired("a")], [], TARGET)
    for day in (3, 1, 2):
        path = snapshot.take(
            plan, tmp_path, tmp_path / "links", datetime(2026, 11, day, tzinfo=UTC)
        )
        if day == 3:
            path.rename(tmp_path / "0-before-the-visit.json")
    found, _ = snapshot.survey(tmp_path)
    assert [saved.time.day for _, saved in found] == [3, 2, 1]
    assert snapshot.survey(tmp_path / "none") == ([], [])


def test_runs_at_one_moment_have_a_snapshot_each(tmp_path: Path) -> None:
    """A clock that stands still is no reason to go over what was, or to end in a traceback."""
    paths = {take([desired("a")], [], tmp_path)[1] for _ in range(3)}
    assert len(paths) == 3


# R3: a snapshot is a file; what it says is held to the rules of files.


def edited(path: Path, part: str, value: object) -> None:
    """Edit one value of what was before, as somebody with an editor would."""
    data = json.loads(path.read_bytes())
    place = data["groups"][0]["before"]
    *steps, last = part.split(".")
    for step in steps:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("start_time", "99:99"),
        ("start_time", "08:00+02:00"),
        ("timezone", "America/Nowhere"),
        ("assistant_id", "nobody"),
        ("name", " two  ends "),
        ("use_cases.0.use_case", "lower"),
        ("use_cases.0.actions.0.day", 4000),
        ("use_cases.0.actions.0.action_type", "FAX"),
    ],
)
def test_r3_an_edited_snapshot_is_held_to_the_rules_of_files(
    tmp_path: Path, part: str, value: object
) -> None:
    """The group is left as it is, and what is wrong is told; others come back."""
    fields = {"timezone": "UTC", "assistant_id": group_id(7), "name": "Was", "start_time": "08:00"}
    before = [
        live("a", 1, **fields, use_cases=(use_case("A"),)),
        live("b", 2, start_time="08:00"),
    ]
    declared = [
        desired(
            "a",
            timezone="Asia/Tokyo",
            assistant_id=group_id(8),
            name="Is",
            start_time="09:00",
            use_cases=(use_case("A", action(5)), use_case("B")),
        ),
        desired("b", start_time="09:00"),
    ]
    plan, path = take(declared, before, tmp_path)
    after = [change.expected() for change in plan.changes]
    edited(path, part, value)
    wanted = bring_back(path, after)
    first, second = (entry.group for entry in wanted.declared)
    assert first == after[0]
    assert second.start_time == "08:00:00"
    (note,) = wanted.notes
    assert "microsoft/a is left as it is" in note
    assert "no group file" not in note
    assert "nothing that a group file may say" in note


def test_v1_two_groups_with_one_key_are_brought_back_by_id(tmp_path: Path) -> None:
    """A run disabled both; a rollback enables both again, each from its own snapshot."""
    before = [
        live("a", number, start_time=f"0{number}:00", use_cases=(use_case("A"),))
        for number in (1, 2)
    ]
    off = (use_case("A", enabled=False),)
    base = [desired("a", use_cases=(use_case("A"),))]
    plan = build_plan([], before, TARGET, base=base, prune=True)
    path = snapshot.take(plan, tmp_path / "snapshots", tmp_path / "links", TIME)
    after = [group.model_copy(update={"use_cases": off}) for group in before]
    wanted = bring_back(path, after)
    back = build_plan(wanted.declared, after, TARGET)
    assert [change.expected() for change in back.changes] == before
    assert not back.guards


def test_r10_what_turned_odd_or_was_deleted_is_left_and_told(tmp_path: Path) -> None:
    """Not as gone: it is there, and nothing can be said of it."""
    before = live("a", 1, start_time="08:00")
    files = [desired("a", start_time="09:00"), desired("new", name="New")]
    _, path = take(files, [before], tmp_path)
    rows = [skipped("a", 1, "deleted"), skipped("new", 5), skipped("other", 6)]
    wanted = restored(snapshot.read(path), [], "snapshot", {}, {}, skipped=rows)
    assert wanted.declared == ()
    assert [note.partition(" is left as it is: it is ")[2] for note in wanted.notes] == [
        "marked as deleted (deleted).",
        "odd: $[0].x is wrong.",
    ]
