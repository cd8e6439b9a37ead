"""What runs leave on a machine: whose it is, who may read it, and what if the disk says no."""

import errno
import os
import stat
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.apply import disk
from reconciler.apply.journal import Journal, Open, Uptime
from reconciler.apply.lock import one_writer
from reconciler.apply.state import StateFolder
from reconciler.errors import ReconcilerError
from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from tests.builders import desired

API = Target("https://api.example")
START = datetime(2020, 1, 1, 12, 0, tzinfo=UTC)


@dataclass
class Machine:
    """One user on one machine: folders of files, and clocks that a test moves.

    Attributes:
        home: Where the user's state is.
        wall: The clock on the wall, which people set.
        up: The one that nobody sets.
        boot: The name of this boot.
        waited: The waits, in seconds.
        told: What was told before each.
    """

    home: Path
    wall: datetime = START
    up: float = 100.0
    boot: str = "this boot"
    waited: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def folder(self, name: str = "clone") -> StateFolder:
        """Return the state as a command in a folder of files sees it."""
        return StateFolder(
            self.home / name / ".reconciler",
            self.home / "state",
            lambda: self.wall,
            self.sleep,
            lambda: Uptime(self.boot, self.up),
        )

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waited.append(seconds)
        self.up += seconds
        self.wall += timedelta(seconds=seconds)

    def tell(self, pending: Sequence[Open], _seconds: float) -> None:
        """Keep what is told."""
        self.told += map(str, pending)

    def turn(self, target: Target = API, name: str = "clone") -> None:
        """Take a turn and do nothing in it."""
        with self.folder(name).turn(target, 10.0, self.tell):
            pass

    def killed(self, target: Target = API, name: str = "clone") -> Path:
        """Run until a request is about to be sent, and no further; return the journal."""
        with self.folder(name).keep(creates(target)) as kept:
            kept.log.intent(creates(target).changes[0])
            assert isinstance(kept.log, Journal)
            path = kept.log.path
        path.write_text(  # a process that is killed does not say that it ends
            "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:2]),
            encoding="utf-8",
        )
        return path


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing has run yet."""
    return Machine(tmp_path)


def creates(target: Target = API) -> Plan:
    """Return a plan that creates one group."""
    return build_plan([desired("a")], [], target)


ELSEWHERE = [
    pytest.param(API, "clone", id="the same folder"),
    pytest.param(replace(API, env="prod"), "clone", id="another environment"),
    pytest.param(API, "worktree", id="another folder"),
]


@pytest.mark.parametrize(("target", "name"), ELSEWHERE)
def test_l1_one_writer_for_each_address(machine: Machine, target: Target, name: str) -> None:
    """Two applies against one API do not meet, whatever folder or environment they are in."""
    refused: list[str] = []

    def other() -> None:
        try:
            machine.turn(target, name)
        except ReconcilerError as error:
            refused.append(error.message)

    with machine.folder().turn(API, 10.0, machine.tell):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert refused == [f"another run is writing to {target} (process {os.getpid()})"]
    machine.turn(target, name)


@pytest.mark.parametrize(("target", "name"), ELSEWHERE)
def test_l2_what_a_killed_run_left_is_waited_for(
    machine: Machine, target: Target, name: str
) -> None:
    """Told, and waited for until it must show, by whichever run comes next; then by none."""
    machine.killed()
    machine.up += 3
    with (
        pytest.raises(ReconcilerError, match="ended without knowing"),
        machine.folder(name).keep(creates(target)),
    ):
        pass
    machine.turn(target, name)
    assert machine.waited == [7.0]
    assert machine.told == ["microsoft/a (create, 2020-01-01 12:00:00 UTC)"]
    machine.turn()
    assert machine.waited == [7.0]
    with machine.folder(name).keep(creates(target)):
        pass


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://api.example", "https://api.example."),
        ("https://api.example", "https://api.example/v1"),
        ("https://api.example/v1", "https://api.example/v1/../v1"),
        ("http://localhost:8000", "http://127.0.0.1:8000"),
        ("http://localhost", "http://[::1]"),
    ],
)
def test_l1_l2_an_api_has_many_addresses(machine: Machine, one: str, other: str) -> None:
    """By host and port, so that a run that was killed is waited for however the next one spells."""
    machine.killed(Target(one))
    machine.turn(Target(other))
    assert machine.waited == [10.0]


def test_old_journals_are_removed(machine: Machine) -> None:
    """After 30 days, but for the newest 20; what was kept aside as damaged goes with them."""
    journal = machine.folder().of_api(API) / "journal"
    for _ in range(60):
        with machine.folder().keep(creates()):
            pass
        machine.wall += timedelta(days=1)
    damaged = journal / "x.jsonl.damaged"
    damaged.touch()
    names = sorted(path.name[:8] for path in journal.glob("*.jsonl"))
    assert (len(names), names[0], names[-1]) == (31, "20200130", "20200229")
    machine.wall += timedelta(days=365)
    with machine.folder().keep(creates()):
        pass
    assert len(list(journal.glob("*.jsonl"))) == 21
    assert damaged.exists()
    os.utime(damaged, (START.timestamp(), START.timestamp()))
    with machine.folder().keep(creates()):
        pass
    assert not damaged.exists()


@pytest.mark.parametrize(
    "target", [Target("https://other.example"), Target("https://api.example:8443")]
)
def test_apis_at_other_hosts_and_ports_have_their_own(machine: Machine, target: Target) -> None:
    """Two servers on one machine are two APIs."""
    machine.killed()
    machine.turn(target)
    assert machine.waited == []


@pytest.mark.parametrize("target", [Target("https://other.example"), Target()])
def test_another_api_has_its_own(machine: Machine, target: Target) -> None:
    """What is open at one API holds up nobody at another, nor the sandbox."""
    machine.killed()
    with machine.folder().turn(API, 10.0, machine.tell):
        machine.waited.clear()
        machine.turn(target)
    assert machine.waited == []


def test_the_sandbox_is_the_folders_own(machine: Machine) -> None:
    """Its data is in the folder; so are lock and journal, for all environments."""
    machine.killed(Target())
    machine.turn(Target(), "worktree")
    assert machine.waited == []
    machine.turn(Target(env="qa"))
    assert machine.waited == [10.0]


@pytest.mark.parametrize("days", [-3, 3])
def test_j2_a_clock_that_jumps_shortens_no_wait(machine: Machine, days: int) -> None:
    """Three days later, or earlier, on the wall, and three seconds by the other clock."""
    machine.killed()
    machine.wall += timedelta(days=days)
    machine.up += 3
    machine.turn()
    machine.turn()
    assert machine.waited == [7.0]


def test_j2_after_a_reboot_the_whole_window_is_waited(machine: Machine) -> None:
    """Nothing tells how long it took but the clock on the wall, and that may have been set."""
    machine.killed()
    machine.wall += timedelta(days=3)
    machine.boot, machine.up = "another boot", 5000.0
    machine.turn()
    assert machine.waited == [10.0]


def test_j1_a_damaged_journal_is_waited_for_once(machine: Machine) -> None:
    """Emptied, it speaks of nothing; the run waits, keeps it aside, and goes on."""
    path = machine.killed()
    path.write_bytes(b"")
    machine.up += 100
    machine.turn()
    assert machine.waited == [10.0]
    assert machine.told == [f"the journal {path} is empty; an apply keeps it aside"]
    machine.turn()
    assert machine.waited == [10.0]
    assert [item.name for item in path.parent.iterdir()] == [f"{path.name}.damaged"]


@pytest.mark.parametrize(("target", "waits"), [(API, [10.0]), (Target(), [])])
def test_u2_another_attempt_of_a_job_waits(
    machine: Machine, target: Target, waits: list[float]
) -> None:
    """Its first one may have ended in a write on a machine that is gone, with its journal."""
    state = replace(machine.folder(), rerun=True)
    with state.turn(target, 10.0, machine.tell):
        pass
    assert machine.waited == waits
    assert ["another attempt" in told for told in machine.told] == [True] * len(waits)


def test_f_the_folder_ignores_itself_from_the_moment_that_it_is_made(machine: Machine) -> None:
    """Also one that was made without; what somebody wrote there stays."""
    mark = machine.home / "clone" / ".reconciler" / ".gitignore"
    machine.turn()
    assert mark.read_text(encoding="utf-8").splitlines()[-1] == "*"
    mark.unlink()
    machine.turn()
    assert mark.exists()
    mark.write_text("*.db\n", encoding="utf-8")
    machine.turn()
    assert mark.read_text(encoding="utf-8") == "*.db\n"


def test_what_is_the_users_own_is_for_nobody_else(machine: Machine) -> None:
    """Folders 0700, files 0600."""
    machine.killed()
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in (machine.home / "state").rglob("*")
        if path.is_file()
    }
    assert modes == {0o600}
    (folder,) = (machine.home / "state").iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


# D1: a disk that says no is told in words, before anything is sent.


def refusing(number: int, name: str) -> OSError:
    """Return what the system says."""
    return OSError(number, os.strerror(number), name)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("call", ["os.open", "os.write", "os.fsync", "os.ftruncate"])
def test_d1_no_run_begins_without_its_record(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """At the lock, the snapshot or the journal: an error that says where and what to do."""

    def refuse(*_: object, **__: object) -> None:
        raise refusing(number, "somewhere")

    with monkeypatch.context() as patch:
        patch.setattr(call, refuse)
        with pytest.raises(ReconcilerError) as caught, machine.folder().keep(creates()):
            pass
    assert os.strerror(number) in caught.value.message
    assert "nothing was sent" in caught.value.message
    assert caught.value.remedy
    machine.turn()
    assert list((machine.home / "clone" / ".reconciler").glob("snapshots/*")) == []


@pytest.mark.parametrize("inside", ["clone", "clone/.reconciler", "state"])
def test_d1_a_file_where_a_folder_should_be(machine: Machine, inside: str) -> None:
    """`.reconciler`, or the user's state folder, is a file."""
    path = machine.home / inside
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    for act in (machine.turn, lambda: machine.folder().keep(creates()).__enter__()):
        with pytest.raises(ReconcilerError) as caught:
            act()
        assert "nothing was sent" in caught.value.message
    assert path.read_bytes() == b""


def test_d1_a_journal_that_cannot_be_listed_is_not_an_empty_one(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a write is open is then unknown, so nothing is planned."""
    machine.killed()

    def refuse(_: object) -> None:
        raise refusing(errno.EACCES, "journal")

    monkeypatch.setattr("os.listdir", refuse)
    with pytest.raises(ReconcilerError, match="Permission denied"):
        machine.turn()
    with pytest.raises(ReconcilerError, match="Permission denied"):
        machine.folder().left_open(API)


def test_d1_a_disk_that_fills_up_at_the_end_takes_nothing_back(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is told as it was; without its last word the next one waits."""
    with machine.folder().keep(creates()) as kept:
        kept.left([], [])
        monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(refusing(28, "x")))
    monkeypatch.undo()


def test_a_user_without_a_home_names_a_folder(machine: Machine) -> None:
    """A relative folder would be another one in each place; the sandbox needs none."""
    state = replace(machine.folder(), shared=Path("~/.local/state/reconciler"))
    with pytest.raises(ReconcilerError) as caught, state.turn(API, 10.0, machine.tell):
        pass
    assert disk.STATE_VARIABLE in caught.value.remedy
    with state.turn(Target(), 10.0, machine.tell):
        pass


@pytest.mark.skipif(os.name != "posix", reason="flock")
@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EWOULDBLOCK, "another run is writing"), (errno.ENOLCK, "cannot be locked")],
)
def test_a_disk_that_knows_no_locks_is_no_other_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    """Some network disks have none: the remedy is another folder, and not to wait."""

    def refuse(*_: object) -> None:
        raise refusing(number, "lock")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(ReconcilerError, match=words), one_writer(API, tmp_path):
        pass


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up leaves what was there, and no rest."""
    path = tmp_path / "x"
    disk.write_whole(path, b"before")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(refusing(28, "x")))
    with pytest.raises(OSError, match="No space"):
        disk.write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert [item.name for item in tmp_path.iterdir()] == ["x"]


def test_what_could_be_told_nowhere_is_left(machine: Machine) -> None:
    """Where the folder takes it."""
    path = machine.folder().leave("untold.txt", "two applied \udcff\n")
    assert path
    assert path.read_text(encoding="utf-8") == "two applied \\udcff\n"
    (machine.home / "file").write_bytes(b"")
    assert machine.folder("file/x").leave("untold.txt", "x") is None
