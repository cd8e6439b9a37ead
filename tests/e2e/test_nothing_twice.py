"""Nothing twice: the whole program against servers that list late, count little and ask to wait."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from reconciler.cli import run
from reconciler.cli.surroundings import Surroundings
from reconciler.workspace import fetching

FILE = """\
name: {name}
timezone: America/Chicago
start_time: "09:00"
use_cases:
  - use_case: {use_case}
    enabled: true
    actions:
      - {{action_type: SMS, context: c, day: 1, template_name: T}}
"""
PATH = "/integrations/v1/integrations/"


@dataclass
class Server:
    """An API in memory with bad habits, over real HTTP.

    Attributes:
        rows: Live groups by id.
        hidden: Ids that lists leave out.
        cut: What a list shows of the groups at most; it then says nothing of their number.
        respects_size: Whether a list is as short as it is asked to be.
        post: Called with the body of a write; what it returns is the answer instead of the usual.
        requests: Methods and paths, in order.
    """

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    hides_new: bool = False
    cut: int | None = None
    respects_size: bool = False
    post: Callable[[dict[str, Any]], tuple[int, Mapping[str, str]] | None] = lambda _: None
    requests: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def posts(self) -> int:
        """How many writes came."""
        return sum(method == "POST" for method, _ in self.requests)

    def get(self, path: str, query: Mapping[str, str]) -> tuple[int, Any]:
        """Answer a read."""
        integration, _, *wanted = path.removeprefix(PATH).split("/")
        if wanted:
            row = self.rows.get(wanted[0])
            found = row and row["integration"] == integration
            return (200, row) if found else (404, {"detail": "No such group"})
        rows = [
            row
            for identity, row in self.rows.items()
            if row["integration"] == integration and identity not in self.hidden
        ]
        if self.cut is None:
            return 200, {"data": rows, "total": len(rows)}
        size = int(query["size"]) if self.respects_size else self.cut
        return 200, rows[: min(self.cut, size)]

    def store(self, path: str, body: dict[str, Any]) -> tuple[int, Any, Mapping[str, str]]:
        """Answer a write."""
        instead = self.post(body)
        if instead:
            return instead[0], {"detail": "no"}, instead[1]
        identity = body.get("group_id") or f"{0xA000 + len(self.rows):024x}"
        if identity not in self.rows and self.hides_new:
            self.hidden.add(identity)
        row = self.rows.get(identity, {"use_cases": []})
        cases = {part["use_case"]: part for part in [*row["use_cases"], *body.get("use_cases", [])]}
        integration = path.removeprefix(PATH).split("/")[0]
        new = {**row, **body, "_id": identity, "integration": integration}
        new.pop("group_id", None)
        self.rows[identity] = {**new, "use_cases": list(cases.values())}
        return 200, self.rows[identity], {}


@contextmanager
def serving(server: Server) -> Iterator[str]:
    """Serve on a port of this machine; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            with server.lock:
                path, _, query = self.path.partition("?")
                server.requests.append(("GET", self.path))
                self.answer(*server.get(path, dict(parse_qsl(query))), {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with server.lock:
                server.requests.append(("POST", self.path))
                self.answer(*server.store(self.path, body))

        def answer(self, status: int, value: Any, headers: Mapping[str, str]) -> None:
            content = json.dumps(value).encode()
            self.send_response(status)
            sent = {"Content-Type": "application/json", "Content-Length": str(len(content))}
            for name, text in {**sent, **headers}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}"
    finally:
        http.shutdown()
        thread.join(10)
        http.server_close()


@dataclass
class Clinic:
    """A folder of group files, and the machine that it is on."""

    root: Path
    url: str
    capsys: pytest.CaptureFixture[str]
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """Where locks and journals of APIs are."""
        return self.root.with_name(f"{self.root.name}-state")

    def write(self, *keys: str, name: str = "") -> None:
        """Write new group files."""
        for key in keys:
            path = self.root / "groups" / f"{key}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            slug = path.stem
            use_case = slug.upper().replace("-", "_")
            path.write_text(FILE.format(name=name or slug.title(), use_case=use_case), "utf-8")

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Run the command line; return its code and what it said."""
        self.capsys.readouterr()
        variables = {"INTERACTLY_API_KEY": "key-of-no-clinic", **self.variables}
        variables["RECONCILER_STATE_DIR"] = str(self.state)
        if self.url:
            variables["RECONCILER_API_URL"] = self.url
        code = run(list(words), Surroundings(self.root, variables, lambda: datetime.now(UTC)))
        told = self.capsys.readouterr()
        return code, told.out, told.err


@pytest.fixture
def server() -> Server:
    """A server that a test spoils."""
    return Server()


@pytest.fixture
def clinic(tmp_path: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> Iterator[Clinic]:
    """A folder without groups, and a server without any."""
    with serving(server) as url:
        yield Clinic(tmp_path, url, capsys)


APPLY = ("apply", "--yes", "--settle", "0.2", "--allow", "renames=9")


def test_many_500_creates_in_the_sandbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them are applied, with eight at a time, over real HTTP."""
    clinic = Clinic(tmp_path, "", capsys)
    clinic.write(*(f"microsoft/g{number:03}" for number in range(500)))
    code, out, err = clinic("apply", "--yes", "--allow", "creates=500", "--concurrency", "8")
    assert code == 0, out[-2000:] + err
    assert "500 applied" in out


def test_r6_a_group_that_the_list_does_not_show(clinic: Clinic, server: Server) -> None:
    """Run 1 says unknown and exits 5; run 2 reads it by its id, and creates nothing."""
    server.hides_new = True
    clinic.write("microsoft/recall", "microsoft/lab")
    code, out, err = clinic(*APPLY)
    assert (code, server.posts) == (5, 2)
    assert "the list of groups does not hold it" in out + err
    code, out, err = clinic(*APPLY)
    assert (code, server.posts) == (0, 2)
    assert "No changes." in out
    assert "microsoft/lab" in err
    assert "it was read by its id" in err
    server.hidden.clear()
    assert clinic(*APPLY)[0] == 0
    assert len(server.rows) == 2


@pytest.mark.parametrize("respects_size", [True, False])
def test_p1_t2_a_list_that_is_cut_is_not_trusted(
    clinic: Clinic, server: Server, *, respects_size: bool
) -> None:
    """By the probe, or by what an earlier run knows: nothing is created a second time."""
    clinic.write(*(f"microsoft/g{number}" for number in range(8)))
    assert clinic(*APPLY)[0] == 0
    server.cut, server.respects_size = 5, respects_size
    assert len(server.rows) == 8
    for journal in clinic.state.glob("*/journal/*"):
        text = journal.read_text(encoding="utf-8")
        journal.write_text(text.replace(f'"time": "{datetime.now(UTC).year}', '"time": "2020'))
    code, _, err = clinic("plan")
    assert code == 1
    assert ("may not be all" if respects_size else "is not whole") in err
    assert server.posts == 8


def test_t2_a_pinned_group_that_the_list_lacks(clinic: Clinic, server: Server) -> None:
    """On a machine without a journal the file's own pin is evidence."""
    clinic.write("microsoft/recall", "microsoft/lab")
    assert clinic(*APPLY)[0] == 0
    (identity,) = (key for key, row in server.rows.items() if row["slug"] == "recall")
    file = clinic.root / "groups/microsoft/recall.yaml"
    file.write_text(f"group_id: {identity}\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    (clinic.root / ".reconciler").rename(clinic.root / "elsewhere")
    clinic.state.rename(clinic.root / "its-state")
    assert clinic("plan")[0] == 0
    server.hidden.add(identity)
    code, _, err = clinic("plan")
    assert code == 1
    assert f"it lacks microsoft/recall ({identity})" in err


def test_s2_the_old_group_cannot_be_switched_off(clinic: Clinic, server: Server) -> None:
    """The new one is not created, and the report says for what it waited."""
    clinic.write("google/recall", "google/other")
    assert clinic(*APPLY)[0] == 0
    text = (clinic.root / "groups/google/recall.yaml").read_text(encoding="utf-8")
    clinic.write("microsoft/recall")
    off = text.replace("enabled: true", "enabled: false")
    (clinic.root / "groups/google/recall.yaml").write_text(off, encoding="utf-8")
    server.post = lambda body: (422, {}) if "group_id" in body else None
    code, out, _ = clinic(*APPLY)
    assert code == 1
    assert "it waits for google/recall" in out
    assert not [row for row in server.rows.values() if row["integration"] == "microsoft"]
    server.post = lambda _: None
    assert clinic(*APPLY)[0] == 0


def test_s1_all_of_a_group_was_changed_in_the_dashboard(clinic: Clinic, server: Server) -> None:
    """Its id tells what run wrote it as, in another environment too."""
    clinic.write("microsoft/recall", "microsoft/lab")
    assert clinic(*APPLY)[0] == 0
    (row,) = (row for row in server.rows.values() if row["slug"] == "recall")
    row |= {"name": "Yearly visit", "slug": "yearly-visit", "use_cases": []}
    code, out, _ = clinic("apply", "--yes")
    assert (code, server.posts) == (4, 2)
    assert "microsoft/yearly-visit" in out
    assert "was written under this key by a run of this machine" in out


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("microsoft/recall",),
        ("groups/microsoft/recall.yaml",),
        ("groups/microsoft",),
        ("groups",),
    ],
)
def test_q1_w1_a_move_is_seen_whatever_was_chosen(
    clinic: Clinic, server: Server, words: tuple[str, ...]
) -> None:
    """Both integrations are looked at before anything is created, and the guard names both."""
    clinic.write("google/recall")
    assert clinic(*APPLY)[0] == 0
    (clinic.root / "groups/google/recall.yaml").unlink()
    clinic.write("microsoft/recall")
    for command in (("plan",), ("apply", "--yes")):
        code, out, _ = clinic(*command, *words)
        assert (code, server.posts) == (4, 1)
        assert "beside the live group google/recall" in out
    assert clinic("plan", *words, "--allow", "renames=1")[0] == 0


@pytest.mark.parametrize(("attempt", "waits"), [("1", False), ("2", True), ("", False)])
def test_u2_a_job_that_is_run_again_on_a_fresh_machine(
    clinic: Clinic, server: Server, attempt: str, *, waits: bool
) -> None:
    """The first attempt died before its group could be seen: the second one waits for it."""
    clinic.variables["GITHUB_RUN_ATTEMPT"] = attempt
    clinic.write("microsoft/recall")
    _, _, err = clinic(*APPLY)
    assert ("another attempt of a job" in err) == waits
    # A journal that is here says nothing of the one that may have gone with another machine.
    assert ("another attempt of a job" in clinic(*APPLY)[2]) == waits
    assert server.posts == 1


def test_u8_how_long_a_server_asks_for_is_said(clinic: Clinic, server: Server) -> None:
    """A wait that the deadline allows is told on stderr; one beyond it is not begun."""
    answers = iter([(429, {"Retry-After": "1"})])
    server.post = lambda _: next(answers, None)
    clinic.write("microsoft/recall")
    code, _, err = clinic(*APPLY)
    assert code == 0
    assert "the server asks to wait 1 s; waiting 1 s, then attempt 2 to send it" in err
    server.post = lambda _: (429, {"Retry-After": "3600"})
    clinic.write("microsoft/lab")
    code, out, _ = clinic(*APPLY)
    assert code == 1
    assert "the server asks to wait 3600 s; given up" in out


@pytest.mark.parametrize("status", [413, 423])
def test_r8_what_was_refused_may_not_appear_later(
    clinic: Clinic, server: Server, status: int
) -> None:
    """Nothing was done: exit 1, and the next run does not wait."""
    server.post = lambda _: (status, {})
    clinic.write("microsoft/recall")
    code, out, _ = clinic(*APPLY)
    assert (code, server.posts) == (1, 1)
    assert "may still appear" not in out
    assert "Waiting" not in clinic(*APPLY)[2]


def test_evidence_that_cannot_be_read_is_an_error(
    clinic: Clinic, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that is gone is no evidence of a list; one that may be there, is not guessed."""
    clinic.write("microsoft/recall")
    assert clinic(*APPLY)[0] == 0
    server.rows.clear()
    code, out, _ = clinic("plan")
    assert code == 4
    assert "none of the 1 group that earlier runs on this machine wrote there is live" in out
    code, out, _ = clinic("plan", "--allow", "another-account=1")
    assert code == 0
    assert "1 to create" in out
    monkeypatch.setattr(fetching, "_GONE", frozenset())
    assert clinic("plan")[0] == 1
