"""Guards, journal, snapshot, rollback and lock at the command line."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply import run as applying
from reconciler.apply.lock import one_writer
from reconciler.errors import ReconcilerError
from reconciler.model import Target
from reconciler.sandbox import Store
from tests.e2e.conftest import Command, Request
from tests.e2e.test_main_job import edit, posts

DATABASE = ".reconciler/sandbox.db"
HOLDER = """
import sys
from pathlib import Path
from reconciler.apply.lock import one_writer
from reconciler.model import Target

with one_writer(Target(), Path(".reconciler")):
    print("held", flush=True)
    sys.stdin.read()
"""
SURGERY = "groups/microsoft/day-surgery.yaml"


def live(folder: Path, slug: str, integration: str = "microsoft") -> dict[str, object]:
    """Return the one live group with a slug."""
    (group,) = [
        group for group in Store(folder / DATABASE).groups(integration) if group["slug"] == slug
    ]
    return group


def write_groups(folder: Path, count: int) -> None:
    """Write further group files."""
    for number in range(count):
        (folder / f"groups/google/extra-{number}.yaml").write_text(
            f"name: Extra {number}\n", encoding="utf-8"
        )


def test_too_many_creates_are_refused_until_allowed(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """Eleven groups at once: exit 4, nothing sent; a plan shows it before; the number lifts it."""
    write_groups(folder, 1)
    plan = reconciler_("plan", "--out", "plan.json")
    assert plan.code == 4
    assert "11 groups would be created, over the limit of 10 [creates]" in plan.out
    assert "--allow creates=11" in plan.out
    assert (
        json.loads((folder / "plan.json").read_text(encoding="utf-8"))["guards"][0]["name"]
        == "creates"
    )
    assert reconciler_("apply", "--yes").code == 4
    assert reconciler_("apply", "--yes", "--allow", "creates=10").code == 4
    assert posts(requests) == []
    assert reconciler_("apply", "--yes", "--allow", "creates=11").code == 0


def test_limits_are_settings(folder: Path, reconciler_: Command) -> None:
    """`[tool.reconciler.guards]` sets them for a repository."""
    (folder / "pyproject.toml").write_text(
        "[tool.reconciler.guards]\ncreates = 3\n", encoding="utf-8"
    )
    assert "over the limit of 3" in reconciler_("plan").out


@pytest.mark.parametrize("value", ["creates", "creates=x", "creates=-1", "everything=5", "=3"])
def test_an_allowance_needs_a_name_and_a_number(reconciler_: Command, value: str) -> None:
    """A typing error lifts nothing."""
    done = reconciler_("plan", "--allow", value)
    assert done.code == 64
    assert "creates, updates, disables, renames" in done.err


def test_a_rename_is_recognised(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """A file that was renamed would create its group again; the remedy makes it an update."""
    reconciler_("apply", "--yes")
    (folder / SURGERY).rename(folder / "groups/microsoft/surgery.yaml")
    refused = reconciler_("apply", "--yes")
    assert refused.code == 4
    assert "would be created beside the live group microsoft/day-surgery" in refused.out
    found = re.search(r"`(group_id: [0-9a-f]{24})`", refused.out)
    assert found
    requests.clear()
    edit(folder / "groups/microsoft/surgery.yaml", "name:", f"{found[1]}\nname:")
    assert reconciler_("apply", "--yes").code == 0
    (post,) = posts(requests)
    assert (post.body["slug"], f"group_id: {post.body['group_id']}") == ("surgery", found[1])
    assert len(Store(folder / DATABASE).groups("microsoft")) == 5


def test_rollback_brings_an_update_back(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """What an apply changed is as it was, by a plan like any other; its own snapshot undoes it."""
    reconciler_("apply", "--yes")
    before = live(folder, "day-surgery")
    edit(folder / SURGERY, "16:00:00", "17:00:00")
    edit(
        folder / SURGERY,
        "use_cases:",
        "use_cases:\n  - {use_case: ADDED, enabled: true, actions: []}",
    )
    reconciler_("apply", "--yes")
    requests.clear()
    back = reconciler_("rollback", "--yes")
    assert back.code == 0
    assert re.search(r"~ start_time +17:00:00 → 16:00:00", back.out)
    assert re.search(r"~ ADDED +enabled: yes → no", back.out)
    assert len(posts(requests)) == 1
    after = live(folder, "day-surgery")
    assert after["start_time"] == before["start_time"]
    assert {case["use_case"]: case["enabled"] for case in after["use_cases"]} == {  # type: ignore[attr-defined]
        "SURGERY_PREPARATION": True,
        "ADDED": False,
    }
    (own,) = [
        name for name in reconciler_("rollback", "--list").out.split() if "snapshots" in name
    ][:1]
    assert reconciler_("rollback", "--yes", Path(own).name).code == 0
    assert live(folder, "day-surgery")["start_time"] == "17:00:00"


def test_rollback_disables_what_was_created(folder: Path, reconciler_: Command) -> None:
    """Nothing can be deleted; the use cases of a created group are switched off."""
    reconciler_("apply", "--yes", "google/imaging")
    assert reconciler_("rollback", "--yes").code == 0
    cases = live(folder, "imaging", "google")["use_cases"]
    assert [case["enabled"] for case in cases] == [False, False]  # type: ignore[attr-defined]


def test_snapshots_are_private_and_listed(folder: Path, reconciler_: Command) -> None:
    """One per run that writes, for the owner's eyes, without links; the list shows no value."""
    nothing = reconciler_("rollback", "--list")
    assert (nothing.code, nothing.out) == (0, "")
    assert "There are no snapshots here" in nothing.err
    reconciler_("apply", "--yes", "microsoft/annual-recall")
    edit(folder / "groups/microsoft/annual-recall.yaml", "10:30:00", "11:30:00")
    reconciler_("apply", "--yes", "microsoft/annual-recall")
    assert reconciler_("apply", "--yes", "microsoft/annual-recall").code == 0
    paths = sorted((folder / ".reconciler/snapshots").glob("*.json"))
    assert len(paths) == 2
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert "s3cret" not in paths[1].read_text(encoding="utf-8")
    listed = reconciler_("rollback", "--list")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines() if not line.startswith("  ")] == [
        path.relative_to(folder).as_posix() for path in reversed(paths)
    ]
    assert "updated: microsoft/annual-recall" in listed.out
    assert "created: microsoft/annual-recall" in listed.out
    assert "s3cret" not in listed.out


def test_a_snapshot_of_another_target_is_refused(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """What qa was is nothing that prod should become."""
    reconciler_("apply", "--yes", "--env", "qa", "google/imaging")
    (path,) = (folder / ".reconciler/snapshots").glob("*.json")
    requests.clear()
    done = reconciler_("rollback", "--yes", str(path))
    assert done.code == 64
    assert "sandbox (environment qa)" in done.err
    assert reconciler_("rollback", "--yes").code == 64
    assert posts(requests) == []


@pytest.mark.parametrize(
    "arguments", [["rollback", "--yes", "nowhere.json"], ["rollback", "--yes", SURGERY]]
)
def test_what_is_no_snapshot(reconciler_: Command, arguments: list[str]) -> None:
    """Exit 1 with where to look."""
    done = reconciler_(*arguments)
    assert done.code == 1
    assert "rollback --list" in done.err


def test_an_open_journal_is_told_and_waited_for(folder: Path, reconciler_: Command) -> None:
    """A run that was killed behind an intent: plan says so, apply waits and then settles it."""
    reconciler_("apply", "--yes", "google/imaging")
    (journal,) = (folder / ".reconciler/journal").glob("*.jsonl")
    lines = journal.read_text(encoding="utf-8").splitlines()
    journal.write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    plan = reconciler_("plan")
    assert (
        "An earlier run ended without knowing what became of:\n  google/imaging (create, "
        in plan.err
    )
    done = reconciler_("apply", "--yes", "--settle", "0.1", "google/imaging")
    assert done.code == 0
    assert "google/imaging (create, " in done.err
    assert "No changes." in done.out
    assert "earlier run" not in reconciler_("plan").err


def test_two_runs_on_one_target_do_not_meet(
    folder: Path, here: dict[str, Any], reconciler_: Command, requests: list[Request]
) -> None:
    """The second is refused with the process to wait for.

    Another environment of the same API is no other target; a dead holder holds nothing.
    """
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDER,
        ],
        **here,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        done = reconciler_("apply", "--yes")
        assert done.code == 1
        assert f"another run is writing to sandbox (process {holder.pid})" in done.err
        assert posts(requests) == []
        with (
            pytest.raises(ReconcilerError, match="another run"),
            one_writer(Target(env="qa"), folder / ".reconciler"),
        ):
            pass
        holder.kill()
    assert reconciler_("apply", "--yes").code == 0


def test_what_others_change_meanwhile_is_told(folder: Path, reconciler_: Command) -> None:
    """A group that is not in the plan moves while the run writes: named at the end."""
    reconciler_("apply", "--yes")
    edit(folder / SURGERY, "16:00:00", "17:00:00")
    store = Store(folder / DATABASE)
    recall = live(folder, "annual-recall")
    original = Store.upsert

    def upsert(self: Store, integration: str, body: dict[str, object]) -> object:
        original(
            store,
            "microsoft",
            {"group_id": recall["group_id"], "name": recall["name"], "timezone": "UTC"},
        )
        return original(self, integration, body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "upsert", upsert)
        done = reconciler_("apply", "--yes", "--out", "apply.json")
    assert done.code == 0
    assert (
        "Changed by somebody else meanwhile:\n  microsoft/annual-recall: timezone was" in done.out
    )
    assert json.loads((folder / "apply.json").read_text(encoding="utf-8"))["others"][0].startswith(
        "microsoft/annual-recall"
    )


def test_a_deadline_ends_the_run(reconciler_: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """When time is up no further group is started; each is accounted for; the exit code is 5."""

    def at_once(_seconds: float, function: object, arguments: tuple[object, ...] = ()) -> object:
        class Timer:
            daemon = True

            def start(self) -> None:
                if arguments:
                    function(*arguments)  # type: ignore[operator]

            def cancel(self) -> None:
                return None

        return Timer()

    monkeypatch.setattr(applying.threading, "Timer", at_once)  # type: ignore[attr-defined]
    done = reconciler_("apply", "--yes", "--deadline", "5")
    assert done.code == 5
    assert "Stopped: the deadline of 5 s has passed" in done.out
    assert "10 not attempted" in done.out
