"""The sandbox as a server: real HTTP answers, start, end, and what it says if it cannot start."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from reconciler.errors import ConfigError, ReconcilerError
from reconciler.sandbox import Store, running, serve
from reconciler.sandbox.server import _listening

PATH = "/integrations/v1/integrations/google/use-case-groups"
AUTHORIZED = {"Authorization": "Bearer any"}


def client(url: str) -> httpx.Client:
    """A client that knows the sandbox, with a token."""
    return httpx.Client(base_url=url, headers=AUTHORIZED)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The path of a database that does not exist yet."""
    return tmp_path / "sandbox.db"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, httpx.Client]]:
    """One running sandbox, its store and a client of it."""
    path = tmp_path_factory.mktemp("sandbox") / "sandbox.db"
    with running(path) as url, client(url) as http:
        yield Store(path), http


@pytest.fixture
def api(shared: tuple[Store, httpx.Client]) -> httpx.Client:
    """A client of a running, empty sandbox."""
    store, http = shared
    store.reset()
    return http


def test_a_group_comes_back_as_it_was_posted(api: httpx.Client) -> None:
    """POST answers the stored group, and both GETs answer the same."""
    body = {
        "name": "Labs",
        "assistant_id": "68a8652f82513625d1c21a85",
        "sheet_link": "https://sheet.example/x",
        "start_time": "08:00:00",
        "timezone": "America/Chicago",
        "use_cases": [
            {
                "use_case": "LAB_REMINDER",
                "enabled": True,
                "actions": [
                    {
                        "action_type": "SMS",
                        "context": "lab",
                        "day": 0,
                        "template_name": "Lab Result SMS",
                    }
                ],
            }
        ],
    }
    created = api.post(PATH, json=body)

    group = created.json()
    assert created.status_code == 200
    assert group == {**body, "slug": "labs", "group_id": group["group_id"]}
    assert api.get(f"{PATH}/{group['group_id']}").json() == group
    assert api.get(PATH).json() == {
        "use_case_groups": [group],
        "total": 1,
        "page": 1,
        "size": 100,
        "pages": 1,
    }


@pytest.mark.parametrize(
    "sent", ["08:00", "08:00:00", "08:00:00.75", "08:00:00Z", "08:00:00+05:00"]
)
def test_a_time_is_answered_with_seconds_and_no_more(api: httpx.Client, sent: str) -> None:
    """Every spelling that FastAPI accepts is stored as HH:MM:SS."""
    assert (
        api.post(PATH, json={"name": "Labs", "start_time": sent}).json()["start_time"] == "08:00:00"
    )


def test_absent_and_null_stay_apart_over_http(api: httpx.Client) -> None:
    """A field left out stays, a null clears; the defaults of the models are never written."""
    group_id = api.post(PATH, json={"name": "Labs", "timezone": "UTC", "assistant_id": "a"}).json()[
        "group_id"
    ]
    after = api.post(PATH, json={"name": "Labs", "group_id": group_id, "timezone": None}).json()

    assert (after["assistant_id"], after["timezone"]) == ("a", None)


def test_pages_hold_every_group_once(api: httpx.Client) -> None:
    """Paging between writes is sound, though order means nothing; past the end a page is empty."""
    sent = {
        api.post(PATH, json={"name": f"Group {number}"}).json()["group_id"] for number in range(7)
    }
    pages = [api.get(PATH, params={"page": page, "size": 3}).json() for page in (1, 2, 3, 4)]

    assert [len(page["use_case_groups"]) for page in pages] == [3, 3, 1, 0]
    assert {(page["total"], page["pages"]) for page in pages} == {(7, 3)}
    assert {group["group_id"] for page in pages for group in page["use_case_groups"]} == sent


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "token"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_bearer_token_nothing_is_answered(
    api: httpx.Client, method: str, header: str | None
) -> None:
    """A missing or other credential is a 401 and writes nothing."""
    headers = {} if header is None else {"Authorization": header}
    answer = httpx.request(method, f"{api.base_url}{PATH}", headers=headers, json={"name": "Labs"})

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert api.get(PATH).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ({}, ["body", "name"]),
        ({"name": None}, ["body", "name"]),
        ({"name": "Labs", "group_id": "short"}, ["body", "group_id"]),
        ({"name": "Labs", "group_id": "0" * 24}, ["body", "group_id"]),
        ({"name": "Labs", "start_time": "25:00:00"}, ["body", "start_time"]),
        ({"name": "Labs", "start_time": 28800}, ["body", "start_time"]),
        ({"name": "Labs", "use_cases": None}, ["body", "use_cases"]),
        (
            {"name": "Labs", "use_cases": [{"use_case": "A", "enabled": "yes", "actions": []}]},
            ["body", "use_cases", 0, "enabled"],
        ),
    ],
)
def test_a_bad_body_is_refused_at_its_place(
    api: httpx.Client, body: object, location: list[str | int]
) -> None:
    """The answer is FastAPI's list of problems, and nothing is written."""
    answer = api.post(PATH, json=body)

    assert answer.status_code == 422
    assert [problem["loc"] for problem in answer.json()["detail"]] == [location]
    assert api.get(PATH).json()["total"] == 0


def test_bytes_that_are_no_text_are_a_bad_body(api: httpx.Client) -> None:
    """The contract has one status for every bad body, undecodable ones included."""
    answer = api.post(PATH, content=b"%\x95", headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert [problem["loc"] for problem in answer.json()["detail"]] == [["body"]]


def test_unknown_fields_are_ignored(api: httpx.Client) -> None:
    """The contract does not forbid further fields."""
    assert (
        "colour"
        not in api.post(PATH, json={"name": "Labs", "colour": "red"}).raise_for_status().json()
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PATH}/{'0' * 24}", 404),
        (f"{PATH}/no-id", 404),
        (PATH.replace("google", "yahoo"), 422),
        (f"{PATH}?size=501", 422),
        (f"{PATH}?page=0", 422),
        ("/docs", 404),
        ("/openapi.json", 404),
    ],
)
def test_what_does_not_exist_is_not_answered(api: httpx.Client, path: str, status: int) -> None:
    """Unknown groups, integrations, pages and paths are refused, each with a request id."""
    answer = api.get(path)

    assert answer.status_code == status
    assert answer.headers["x-request-id"]


def test_every_answer_has_its_own_request_id(api: httpx.Client) -> None:
    """Ids can be told apart."""
    assert len({api.get(PATH).headers["x-request-id"] for _ in range(3)}) == 3


def test_two_servers_on_one_database_see_each_others_writes(database: Path) -> None:
    """Nothing is kept in memory."""
    with (
        running(database) as first,
        running(database) as second,
        client(first) as one,
        client(second) as other,
    ):
        group_id = one.post(PATH, json={"name": "Labs"}).json()["group_id"]
        other.post(PATH, json={"name": "Laboratory", "group_id": group_id})

        assert one.get(f"{PATH}/{group_id}").json()["name"] == "Laboratory"
        assert one.get(PATH).json() == other.get(PATH).json()


def test_a_stopped_server_leaves_nothing_behind(
    database: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """No thread, port or output, even if the block failed and a client is still connected."""
    threads = set(threading.enumerate())

    def fail() -> None:
        with running(database) as url:
            http.base_url = httpx.URL(url)
            http.get(PATH).raise_for_status()
            raise ZeroDivisionError

    with client("") as http:
        with pytest.raises(ZeroDivisionError):
            fail()
        assert set(threading.enumerate()) == threads
        with pytest.raises(httpx.ConnectError):
            http.get(PATH)
    with running(database, port=http.base_url.port or 0) as url:
        assert url == str(http.base_url).rstrip("/")
    assert capfd.readouterr() == ("", "")


def test_a_server_that_does_not_start_is_an_error(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead server thread is noticed instead of waited for."""
    monkeypatch.setattr(uvicorn.Server, "run", lambda _server, _sockets: None)

    with pytest.raises(ReconcilerError, match="did not start"), running(database):
        pass


def test_the_socket_says_that_it_is_tcp() -> None:
    """Otherwise asyncio leaves Nagle's algorithm on, and every answer takes 40 ms longer."""
    with _listening(0) as (listener, _url):
        assert listener.proto == socket.IPPROTO_TCP


def test_a_taken_port_is_explained(database: Path) -> None:
    """The error names the port and a way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigError, match=f"127.0.0.1:{port}") as caught,
            running(database, port=port),
        ):
            pass

    assert "another port" in caught.value.remedy


def test_the_package_imports_without_the_server() -> None:
    """Commands that never serve do not pay for the server's imports."""
    check = (
        "import reconciler.sandbox, sys; sys.exit(any(m in sys.modules for m in ('fastapi',"
        " 'uvicorn', 'starlette')))"
    )

    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_serving_a_taken_port_never_reports_readiness(database: Path) -> None:
    """The foreground server raises what the background one raises."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ConfigError, match="cannot listen"),
    ):
        serve(
            database,
            port=taken.getsockname()[1],
            ready=lambda _url: pytest.fail("nothing was ready"),
        )


@pytest.mark.skipif(os.name != "posix", reason="another process is interrupted by a POSIX signal")
def test_serving_tells_its_address_and_ends_with_ctrl_c(database: Path) -> None:
    """In the foreground it reports its URL once, answers, and ends quietly, whatever was sent."""
    script = (
        "import sys, pathlib; from reconciler.sandbox import serve;"
        "serve(pathlib.Path(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True))"
    )
    command = [sys.executable, "-c", script, str(database)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        with client(process.stdout.readline().strip()) as http:
            http.post(PATH, json={"name": "Labs"}).raise_for_status()
            with socket.create_connection(
                (http.base_url.host, http.base_url.port or 0), timeout=5
            ) as raw:
                raw.sendall(b"not HTTP\r\n\r\n")
                assert raw.recv(100).startswith(b"HTTP/1.1 400")
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=20)

    assert (process.returncode, *output) == (0, "", "")
    assert [group["name"] for group in Store(database).groups("google")] == ["Labs"]
