"""State on disk at the command line: whose it is, what it holds, and what brings it back."""

import json
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run
from reconciler.cli.surroundings import Surroundings
from reconciler.sandbox import Store, running
from tests.e2e.conftest import Done, Gate, Request

LINK = "https://1drv.ms/x/s3cret-of-the-environment"
OTHER = "https://1drv.ms/x/s3cret-in-the-file"
LONGEST = 30.0


@dataclass
class Folder:
    """A folder of group files, and the command line in it.

    Attributes:
        root: The folder.
        variables: The environment variables.
        capture: What captures stdout and stderr.
    """

    root: Path
    variables: dict[str, str]
    capture: pytest.CaptureFixture[str] = field(repr=False)

    def __call__(self, *arguments: str) -> Done:
        """Run a command."""
        self.capture.readouterr()
        code = run(
            list(arguments), Surroundings(self.root, self.variables, lambda: datetime.now(UTC))
        )
        captured = self.capture.readouterr()
        return Done(code, captured.out, captured.err)

    def file(self, slug: str, start: str = "09:00", **fields: str) -> None:
        """Write a group file."""
        path = self.root / "groups" / "microsoft" / f"{slug}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        extra = "".join(f"{name}: {value}\n" for name, value in fields.items())
        path.write_text(
            f"name: {slug.title()}\ntimezone: America/Chicago\nstart_time: {start}\n{extra}"
            "use_cases:\n  - use_case: ANNUAL\n    enabled: true\n    actions:\n"
            "      - {action_type: SMS, context: ctx, day: 1, template_name: First}\n",
            encoding="utf-8",
        )

    def live(self, slug: str = "recall") -> dict[str, Any]:
        """Return the one live group of the sandbox with a slug."""
        store = Store(self.root / ".reconciler" / "sandbox.db")
        (group,) = [group for group in store.groups("microsoft") if group["slug"] == slug]
        return group

    def edit_live(self, **fields: Any) -> None:
        """Edit the live group, as somebody in the dashboard would."""
        group = self.live()
        Store(self.root / ".reconciler" / "sandbox.db").upsert(
            "microsoft", {"group_id": group["group_id"], **fields}
        )

    @property
    def snapshots(self) -> list[Path]:
        """The snapshots, oldest first."""
        return sorted((self.root / ".reconciler" / "snapshots").glob("*.json"))


MakeFolder = Callable[[str], Folder]


@pytest.fixture
def make(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> MakeFolder:
    """Return a way to make folders of one user, each with one group file."""

    def made(name: str) -> Folder:
        variables = {"RECONCILER_STATE_DIR": str(tmp_path / "state"), "SHEET": LINK}
        folder = Folder(tmp_path / name, variables, capsys)
        folder.file("recall")
        return folder

    return made


@pytest.fixture
def here(make: MakeFolder) -> Folder:
    """A folder of group files."""
    return make("here")


@pytest.fixture
def api(tmp_path: Path, gate: Gate) -> Iterator[str]:  # noqa: ARG001 - gate comes first
    """The address of an API."""
    with running(tmp_path / "live.db") as url:
        yield url


def at(folder: Folder, url: str) -> Folder:
    """Point a folder at an API."""
    folder.variables |= {"RECONCILER_API_URL": url, "INTERACTLY_API_KEY": "k3y"}
    return folder


@pytest.mark.parametrize("arguments", [["--env", "prod"], []])
def test_l_l1_two_applies_at_one_api_do_not_meet(
    make: MakeFolder, gate: Gate, tmp_path: Path, api: str, arguments: list[str]
) -> None:
    """From two folders, or for two environments: the second is refused while the first writes."""
    first = at(make("here"), api)
    first.file("recall", environments="{prod: {start_time: 09:30}, qa: {}}")
    second = first if arguments else at(make("there"), api)
    codes: list[int] = []
    told: list[str] = []
    begun = threading.Event()

    def hold(request: Request) -> None:
        if request.method == "POST" and not begun.is_set():
            begun.set()
            done = second("apply", "--yes", *arguments)
            codes.append(done.code)
            told.append(done.err)

    gate.hold = hold
    assert first("apply", "--yes", "--env", "qa").code == 0
    assert codes == [1]
    assert "another run is writing to http://127.0.0.1" in told[0]
    assert len(Store(tmp_path / "live.db").groups("microsoft")) == 1


@pytest.mark.parametrize("name", ["here", "there"])
def test_l2_another_folder_waits_for_a_write_that_is_open(
    make: MakeFolder, tmp_path: Path, api: str, name: str
) -> None:
    """A run was killed in its POST, which is stored later: found within the wait, not doubled."""
    first = at(make("here"), api)
    assert first("apply", "--yes").code == 0
    (journal,) = (tmp_path / "state").rglob("*.jsonl")
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    journal.write_text("".join(lines[:2]), encoding="utf-8")
    second = first if name == "here" else at(make(name), api)
    plan = second("plan")
    assert "An earlier run ended without knowing what became of:\n  microsoft/recall" in plan.err
    done = second("apply", "--yes", "--settle", "0.05")
    assert done.code == 0
    assert "microsoft/recall (create, " in done.err
    assert "Waiting" in done.err
    assert "earlier run" not in first("plan").err


@pytest.mark.parametrize("content", [b"", b"\0" * 50 + b"\n", b'{"groups": []}\n'])
def test_j1_a_damaged_journal_is_told_and_kept_aside(
    make: MakeFolder, tmp_path: Path, api: str, content: bytes
) -> None:
    """No traceback, no silence; once."""
    here = at(make("here"), api)
    here("apply", "--yes")
    (journal,) = (tmp_path / "state").rglob("*.jsonl")
    journal.write_bytes(content)
    assert str(journal) in here("plan").err
    done = here("apply", "--yes", "--settle", "0.05")
    assert (done.code, str(journal) in done.err) == (0, True)
    assert not journal.exists()
    assert journal.with_name(f"{journal.name}.damaged").read_bytes() == content
    assert "earlier run" not in here("plan").err


def test_u2_another_attempt_waits_before_it_believes_the_list(make: MakeFolder, api: str) -> None:
    """On a fresh machine, with nothing to read but the attempt's number."""
    here = at(make("here"), api)
    here.variables["GITHUB_RUN_ATTEMPT"] = "1"
    assert "Waiting" not in here("apply", "--yes", "--settle", "0.05").err
    here.variables["GITHUB_RUN_ATTEMPT"] = "2"
    done = here("apply", "--yes", "--settle", "0.05")
    assert "this is another attempt of a job" in done.err
    assert "Waiting" in done.err


def test_f_nothing_of_it_is_ever_staged(here: Folder) -> None:
    """In a user's own repository, with links of both kinds: `git add -A` takes the files alone."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-c", "init.defaultBranch=main", *arguments],
            cwd=here.root,
            check=True,
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", "HOME": str(here.root)},
        ).stdout

    git("init", "-q")
    here.file("recall", sheet_link="{from_env: SHEET}")
    assert here("plan").code == 0
    git("add", "-A")
    assert git("diff", "--cached", "--name-only").split() == ["groups/microsoft/recall.yaml"]
    here("apply", "--yes")
    here.file("recall", "10:00", sheet_link=OTHER)
    here("apply", "--yes")
    git("add", "-A")
    assert git("diff", "--cached", "--name-only").split() == ["groups/microsoft/recall.yaml"]


@pytest.mark.parametrize("command", ["plan", "sandbox show", "sandbox reset"])
def test_f_whatever_makes_the_folder_makes_it_ignored(here: Folder, command: str) -> None:
    """Not only an apply."""
    assert here(*command.split()).code == 0
    text = (here.root / ".reconciler" / ".gitignore").read_text(encoding="utf-8")
    assert "*" in text.split()


def test_x2_the_sandbox_is_for_its_owner(here: Folder) -> None:
    """It holds links in clear: 0600, also one that was made wider, and what SQLite puts beside."""
    here("apply", "--yes")
    database = here.root / ".reconciler" / "sandbox.db"
    assert database.stat().st_mode & 0o777 == 0o600
    database.chmod(0o644)
    here("plan")
    assert database.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(database, isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE writes SET total = total + 1")
        modes = {path.name: path.stat().st_mode & 0o777 for path in database.parent.glob("*.db*")}
        connection.execute("ROLLBACK")
    connection.close()
    assert len(modes) == 2
    assert set(modes.values()) == {0o600}


def test_snapshots_hold_no_secret(here: Folder) -> None:
    """Whatever was before and is after; a link of a file's own is beside, for the owner."""
    here.file("recall", sheet_link=OTHER)
    here("apply", "--yes")
    here.file("recall", sheet_link="{from_env: SHEET}")
    here("apply", "--yes")
    here.file("recall", "10:00", sheet_link="{from_env: SHEET}")
    here("apply", "--yes")
    assert "s3cret" not in "".join(path.read_text(encoding="utf-8") for path in here.snapshots)
    beside = list((here.root / ".reconciler" / "links").iterdir())
    assert [path.name for path in beside] == [here.snapshots[1].name]
    assert '"from_env": "SHEET"' in here.snapshots[2].read_text(encoding="utf-8")
    assert here("rollback", "--yes", here.snapshots[1].name).code == 0
    assert here.live()["sheet_link"] == OTHER


def three_starts(here: Folder) -> None:
    """Apply 09:00, 10:00 and 11:00."""
    for start in ("09:00", "10:00", "11:00"):
        here.file("recall", start)
        assert here("apply", "--yes").code == 0


def test_r4_a_second_rollback_does_not_undo_the_first(here: Folder) -> None:
    """It says which snapshot it takes, what would undo the rollback, and what is before."""
    three_starts(here)
    assert here("rollback", "--yes").code == 0
    assert here.live()["start_time"] == "10:00:00"
    names = [path.name for path in here.snapshots]
    again = here("rollback", "--yes")
    assert again.code == 0
    assert here.live()["start_time"] == "10:00:00"
    assert "No changes." in again.out
    assert names[2] in again.err
    assert f"To undo the rollback after it, name that one's: reconciler rollback {names[3]}" in (
        again.err
    )
    assert f"The apply before it took .reconciler/snapshots/{names[1]}" in again.err
    assert "(by a rollback)" in here("rollback", "--list").out.splitlines()[0]
    assert here("rollback", "--yes", names[3]).code == 0
    assert here.live()["start_time"] == "11:00:00"


@pytest.mark.parametrize("name", ["{name}", "{stem}", ".reconciler/snapshots/{name}"])
def test_p8_a_bare_name_is_found(here: Folder, name: str) -> None:
    """With and without its ending, as a path too."""
    three_starts(here)
    path = here.snapshots[1]
    # 11:00 is not what that run left, so somebody has changed it since: nothing is brought back.
    done = here("rollback", "--yes", name.format(name=path.name, stem=path.stem))
    assert done.code == 0
    assert "start_time is left as it is: the run left 10:00:00, and it is 11:00:00 now" in done.err
    assert here.live()["start_time"] == "11:00:00"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("0.json", b""),
        ("zz-cut.json", b'{"format_version": "1.0", "tim'),
        ("zz-foreign.json", b'{"name": "https://s3cret"}'),
        ("zz-newer.json", b'{"format_version": "9.0"}'),
        ("zz-notes.txt", b"remember"),
    ],
)
def test_p8_r2_a_stray_file_is_passed_over_and_named(
    here: Folder, name: str, content: bytes
) -> None:
    """`rollback` and its list go on without it."""
    three_starts(here)
    (here.snapshots[0].parent / name).write_bytes(content)
    listed = here("rollback", "--list")
    assert (listed.code, len(listed.out.splitlines())) == (0, 6)
    assert name in listed.err
    done = here("rollback", "--yes")
    assert done.code == 0
    assert name in done.err
    assert "passed over" in done.err
    assert here.live()["start_time"] == "10:00:00"
    assert "s3cret" not in listed.err + done.err


def test_rollback_leaves_what_somebody_has_changed_since(here: Folder) -> None:
    """The rest of what the run wrote comes back; what the run did not write is not looked at."""
    here("apply", "--yes")
    here.file("recall", "10:00", assistant_id='"68a8652f82513625d1c21a85"')
    here("apply", "--yes")
    here.edit_live(start_time="12:00:00", timezone="America/Denver")
    done = here("rollback", "--yes")
    assert done.code == 0
    assert "microsoft/recall: start_time is left as it is" in done.err
    group = here.live()
    assert (group["start_time"], group["timezone"], group["assistant_id"]) == (
        "12:00:00",
        "America/Denver",
        None,
    )


def test_r3_an_edited_snapshot_writes_nothing_that_no_file_may_say(here: Folder) -> None:
    """Told, and left as it is."""
    three_starts(here)
    path = here.snapshots[-1]
    data = json.loads(path.read_bytes())
    data["groups"][0]["before"]["start_time"] = "99:99"
    path.write_text(json.dumps(data), encoding="utf-8")
    done = here("rollback", "--yes")
    assert done.code == 0
    assert "microsoft/recall is left as it is: what would be written is nothing that" in done.err
    assert here.live()["start_time"] == "11:00:00"


@pytest.mark.parametrize("command", ["plan", "apply --yes", "rollback --yes", "sandbox show"])
@pytest.mark.parametrize("blocked", [".reconciler", ".reconciler/sandbox.db"])
def test_d1_what_is_in_the_way_is_told(here: Folder, command: str, blocked: str) -> None:
    """`.reconciler` is a file; the sandbox's file is a folder: words, exit 1."""
    path = here.root / blocked
    path.parent.mkdir(exist_ok=True)
    if blocked == ".reconciler":
        path.write_bytes(b"")
    else:
        path.mkdir()
    done = here(*command.split())
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert str(path) in done.err


@pytest.mark.parametrize(
    "body", ["{", "null", "[]", '{"group_id": "x"}', '{"use_cases": [1]}', "\0", "9"]
)
@pytest.mark.parametrize("command", ["plan", "apply --yes", "sandbox show"])
def test_d1_a_damaged_row_of_the_sandbox_is_told(here: Folder, command: str, body: str) -> None:
    """With the one command that mends it, which does."""
    here("apply", "--yes")
    with sqlite3.connect(here.root / ".reconciler" / "sandbox.db") as connection:
        connection.execute("UPDATE groups SET body = ?", (body,))
    connection.close()
    done = here(*command.split())
    assert done.code == 1
    assert "is damaged" in done.err
    assert "sandbox reset" in done.err
    assert here("sandbox", "reset").code == 0
    assert here("apply", "--yes").code == 0


@pytest.mark.parametrize("name", ["schemas", "schemas/group.schema.json"])
def test_r_a_folder_that_cannot_be_written_is_told(here: Folder, name: str) -> None:
    """`schema` where it may not write."""
    path = here.root / name
    if name == "schemas":
        path.write_bytes(b"")
    else:
        path.mkdir(parents=True)
    done = here("schema")
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert name in done.err


def test_r1_duplicates_at_the_end_are_told_again_with_their_ids(
    here: Folder, gate: Gate, tmp_path: Path, api: str
) -> None:
    """Somebody else creates the same three groups: each is told again, and what to do."""
    at(here, api)
    for slug in ("labs", "surgery"):
        here.file(slug)
    store = Store(tmp_path / "live.db")
    posts: list[str] = []
    twins: list[str] = []

    def hold(request: Request) -> None:
        if request.method == "POST":
            posts.append(request.body["slug"])
        elif len(posts) == 3 and request.path.endswith("/google/use-case-groups"):
            pytest.fail("only what was written to is looked at again")

    def done_(request: Request) -> None:
        # When the last one is read back by its id, somebody has created all of them too.
        ended = len(posts) == 3 and request.method == "GET" and posts[-1] not in twins
        if ended and not request.path.endswith("use-case-groups"):
            for slug in posts:
                store.upsert("microsoft", {"name": slug, "slug": slug, "use_cases": []})
            twins.extend(posts)

    gate.hold, gate.done = hold, done_
    done = here("apply", "--yes", "--concurrency", "1", "--allow", "copies=2")
    assert done.code == 5
    lines = [line for line in done.out.splitlines() if "several live groups have this key" in line]
    assert [line.split()[1] for line in lines] == [
        f"microsoft/{slug}" for slug in ("labs", "recall", "surgery")
    ]
    for line in lines:
        slug = line.split()[1].partition("/")[2]
        ids = [g["group_id"] for g in store.groups("microsoft") if g["slug"] == slug]
        assert len(ids) == 2
        assert all(identity in line for identity in ids)
        assert "Disable all but one" in line
    assert "there are now 2 live groups microsoft/labs; there are now 2 live groups" in done.out
