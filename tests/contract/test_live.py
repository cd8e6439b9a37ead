"""Reading and writing groups: exact requests, every envelope, and errors that name the answer."""

import json
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
import respx
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from reconciler.errors import ApiError, RowError
from reconciler.live import Outcome, encode_body, reading, writing
from reconciler.model import Group, Skipped
from reconciler.settings import ApiSettings
from reconciler.transport import Endpoint, Timing, WriteRefusedError

KEY = "sk-canary-5f2e9b"
LINK = "https://1drv.example/x/secret-sheet"
BASE = "https://api.example"
PATH = "/integrations/v1/integrations/microsoft/use-case-groups"
ENDPOINT = Endpoint.parse(BASE, KEY)
TIMING = Timing(sleep=lambda _: None)


def row(number: int) -> dict[str, Any]:
    """Return a live group with one use case."""
    action = {"action_type": "SMS", "context": "c", "day": number, "template_name": "t"}
    return {
        "_id": f"{number:024x}",
        "name": f"Group {number}",
        "slug": f"group-{number}",
        "sheet_link": LINK,
        "use_cases": [{"use_case": "LAB_REMINDER", "enabled": True, "actions": [action]}],
    }


ROWS = [row(number) for number in range(1, 6)]


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    """Yield a router that stands in for the network."""
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router


def listed_rows(settings: ApiSettings | None = None) -> tuple[Group | Skipped, ...]:
    """List the groups and whatever else is in the list."""
    with reading(ENDPOINT, settings or ApiSettings(), timing=TIMING) as reader:
        return reader.list_groups("microsoft")


def listed(settings: ApiSettings | None = None) -> list[Group]:
    """List the groups, where there is nothing else."""
    rows = listed_rows(settings)
    groups = [row for row in rows if isinstance(row, Group)]
    assert len(groups) == len(rows)
    return groups


def serve_pages(
    router: respx.MockRouter, style: str, envelope: str | None, size: int = 2
) -> respx.Route:
    """Answer like a server that pages in some style."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        start = int(asked.get("cursor") or (int(asked.get("page", 1)) - 1) * size)
        rows, rest = ROWS[start : start + size], len(ROWS) > start + size
        if envelope is None:
            return httpx.Response(200, json=rows)
        styles: dict[str, dict[str, Any]] = {
            "total": {"total": len(ROWS)},
            "totalCount": {"totalCount": len(ROWS), "page": 1, "size": size},
            "pages": {"pages": -(-len(ROWS) // size)},
            "has_next": {"has_next": rest},
            "has_more": {"has_more": rest},
            "next_cursor": {"next_cursor": str(start + size) if rest else None},
            "nothing": {},
        }
        return httpx.Response(200, json={envelope: rows} | styles[style])

    route = router.get(PATH)
    route.side_effect = answer
    return route


@pytest.mark.parametrize(
    "style", ["total", "totalCount", "pages", "has_next", "has_more", "next_cursor", "nothing"]
)
@pytest.mark.parametrize(
    "envelope", ["use_case_groups", "useCaseGroups", "groups", "items", "data", None]
)
def test_each_style_gives_the_same_groups(
    api: respx.MockRouter, style: str, envelope: str | None
) -> None:
    """Envelope and paging make no difference to what is read."""
    serve_pages(api, style, envelope)
    groups = listed()
    assert [group.slug for group in groups] == [f"group-{number}" for number in range(1, 6)]
    assert [group.group_id for group in groups] == [f"{number:024x}" for number in range(1, 6)]
    assert all(group.use_cases and group.integration == "microsoft" for group in groups)


def test_the_request(api: respx.MockRouter) -> None:
    """A list is a GET on the assumed path, by page and size."""
    route = serve_pages(api, "total", "items")
    listed()
    assert [str(call.request.url) for call in route.calls] == [
        f"{BASE}{PATH}?size=100&page={number}" for number in (1, 2, 3)
    ]


def test_another_path_and_envelope(api: respx.MockRouter) -> None:
    """The settings move the read side."""
    api.get("/v2/microsoft/groups").respond(json={"results": ROWS, "total": 5})
    api.get(f"/v2/microsoft/groups/{1:024x}").respond(json=ROWS[0])
    settings = ApiSettings(list_path="/v2/{integration}/groups", envelope="results")
    assert len(listed(settings)) == 5
    with reading(ENDPOINT, settings) as reader:
        assert reader.get_group("microsoft", f"{1:024x}").slug == "group-1"


@pytest.mark.parametrize("absent", [{}, {"use_cases": None}], ids=["absent", "null"])
def test_a_summary_is_completed(api: respx.MockRouter, absent: dict[str, Any]) -> None:
    """A row without use cases is asked for by its id."""
    summary = {name: value for name, value in ROWS[1].items() if name != "use_cases"} | absent
    api.get(PATH).respond(json={"items": [ROWS[0], summary], "total": 2})
    single = api.get(f"{PATH}/{2:024x}").respond(json={"group": ROWS[1]})
    assert [len(group.use_cases) for group in listed()] == [1, 1]
    assert single.call_count == 1


def test_an_edit_meanwhile_is_forgiven(api: respx.MockRouter) -> None:
    """A listing that changes while it is read is read again, from its start."""
    first = {"items": ROWS[:2], "total": 4}
    moved = {"items": ROWS[2:3], "total": 3}
    whole = {"items": ROWS[:3], "total": 3}
    route = api.get(PATH)
    route.side_effect = [httpx.Response(200, json=page) for page in (first, moved, whole)]
    assert len(listed()) == 3
    assert [call.request.url.params["page"] for call in route.calls] == ["1", "2", "1"]


def test_a_listing_that_never_settles(api: respx.MockRouter) -> None:
    """A listing that never fits together is an error that says to run again, after five tries."""
    route = api.get(PATH).respond(
        json={"items": ROWS, "total": 7}, headers={"X-Request-Id": "req-7"}
    )
    with pytest.raises(ApiError, match="page 2 repeats 5") as caught:
        listed()
    assert "run the command again" in caught.value.remedy
    assert route.call_count == 10


def test_a_listing_without_end(api: respx.MockRouter) -> None:
    """A server that invents groups for ever is given up."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, json={"items": [row(int(request.url.params["page"]))], "has_more": True}
        )

    route = api.get(PATH)
    route.side_effect = answer
    with pytest.raises(ApiError, match="more than 1000 pages"):
        listed()
    assert route.call_count == 1000


def test_a_listing_has_a_deadline(api: respx.MockRouter) -> None:
    """However well a slow server keeps its promises, a listing ends."""
    clock = {"now": 0.0}

    def answer(_: httpx.Request) -> httpx.Response:
        clock["now"] += 50.0
        return httpx.Response(200, json={"items": [row(int(clock["now"]))], "has_more": True})

    api.get(PATH).side_effect = answer
    timing = Timing(now=lambda: clock["now"], sleep=lambda _: None)
    with (
        reading(ENDPOINT, ApiSettings(), timing=timing) as reader,
        pytest.raises(ApiError, match="too slowly"),
    ):
        reader.list_groups("microsoft")
    assert clock["now"] < 700


BAD_ANSWERS: dict[str, httpx.Response] = {
    "empty object": httpx.Response(200, json={}),
    "null": httpx.Response(200, json=None),
    "204": httpx.Response(204),
    "404": httpx.Response(404, json={"detail": "Not Found"}),
    "405": httpx.Response(405),
    "html": httpx.Response(200, html="<html>Sign in</html>"),
    "text row": httpx.Response(200, json=["x"]),
    "truncated": httpx.Response(
        200, content=b'{"items": [', headers={"Content-Type": "application/json"}
    ),
    "wrong count": httpx.Response(200, json={"items": ROWS, "total": 4}),
    "503": httpx.Response(503),
    "nested deeply": httpx.Response(
        200, content=b"[" * 9999, headers={"Content-Type": "application/json"}
    ),
}


@pytest.mark.parametrize("response", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_bad_answers(api: respx.MockRouter, response: httpx.Response) -> None:
    """Every bad answer is an error: URL, status, request id, what was expected, and no secret."""
    response.headers["X-Request-Id"] = "req-7"
    api.get(PATH).mock(return_value=response)
    with pytest.raises(ApiError) as caught:
        listed()
    error = caught.value
    assert error.message.startswith(
        f"GET {BASE}{PATH}?size=100&page=1 answered {response.status_code} (request id req-7)"
    )
    assert "expected the list of microsoft groups" in error.message
    assert error.remedy
    assert (error.method, error.status, error.request_id) == ("GET", response.status_code, "req-7")
    told = "".join(traceback.format_exception(error)) + repr(vars(error))
    assert KEY not in told
    assert "secret-sheet" not in told


def test_what_to_do_about_an_unknown_path(api: respx.MockRouter) -> None:
    """A 404 to the list tells that the read side is assumed, and which setting moves it."""
    api.get(PATH).respond(404)
    with pytest.raises(ApiError) as caught:
        listed()
    assert "list_path in [tool.reconciler.api]" in caught.value.remedy.replace("`", "")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [(ROWS[1], f"got the group {2:024x}"), ({}, "no id"), ([ROWS[0]], "got a list")],
    ids=["another group", "empty", "list"],
)
def test_bad_single_answers(api: respx.MockRouter, answer: Any, problem: str) -> None:
    """A single group that is not the one that was asked for is an error."""
    api.get(f"{PATH}/{1:024x}").respond(json=answer)
    with reading(ENDPOINT, ApiSettings()) as reader, pytest.raises(ApiError, match=problem):
        reader.get_group("microsoft", f"{1:024x}")


def test_a_group_that_is_gone(api: respx.MockRouter) -> None:
    """A 404 to one group says that it may have been removed."""
    api.get(f"{PATH}/{1:024x}").respond(404)
    with (
        reading(ENDPOINT, ApiSettings()) as reader,
        pytest.raises(ApiError, match="answered 404") as caught,
    ):
        reader.get_group("microsoft", f"{1:024x}")
    assert "removed" in caught.value.remedy


def upsert(body: Mapping[str, Any]) -> Outcome:
    """Write one group, with settings that move the read side only."""
    with writing(ENDPOINT, ApiSettings(list_path="/elsewhere/{integration}")) as writer:
        return writer.upsert("microsoft", body)


def test_the_write(api: respx.MockRouter) -> None:
    """A write is one POST to the documented path, in the plan's order; only it reveals secrets."""
    route = api.post(PATH).respond(json=ROWS[0])
    body = {
        "name": "Caf\u00e9",
        "sheet_link": SecretStr(LINK),
        "assistant_id": None,
        "use_cases": [],
    }
    assert upsert(body).kind == "accepted"
    (call,) = route.calls
    assert call.request.method == "POST"
    assert str(call.request.url) == BASE + PATH
    expected = f'{{"name":"Caf\u00e9","sheet_link":"{LINK}","assistant_id":null,"use_cases":[]}}'
    assert call.request.content == expected.encode()
    assert isinstance(body["sheet_link"], SecretStr)


def test_a_refused_write_hides_the_link(api: respx.MockRouter) -> None:
    """A refusal that repeats the sheet link is told without it."""
    detail = [
        {"loc": ["body", "sheet_link"], "msg": "no such sheet: token-1234", "input": "token-1234"}
    ]
    api.post(PATH).respond(422, json={"detail": detail})
    outcome = upsert({"name": "x", "sheet_link": SecretStr("token-1234")})
    assert outcome.kind == "rejected"
    assert outcome.message.endswith("body.sheet_link: no such sheet: (hidden)")


@pytest.mark.parametrize(
    "value", ["\ud800", float("nan"), float("inf")], ids=["surrogate", "nan", "infinity"]
)
def test_a_body_that_cannot_be_encoded(api: respx.MockRouter, value: Any) -> None:
    """A body that is no JSON was not sent, and resending it makes no sense."""
    route = api.post(PATH)
    outcome = upsert({"name": value, "sheet_link": SecretStr(LINK)})
    assert (outcome.kind, outcome.resend) == ("not_sent", False)
    assert route.call_count == 0
    assert LINK not in repr(outcome)


def test_encoding_reveals_nothing_else() -> None:
    """Only what a body may hold is encoded; anything else is a bug."""
    assert json.loads(encode_body({"a": {"b": [SecretStr("c")]}})) == {"a": {"b": ["c"]}}
    with pytest.raises(TypeError, match="object"):
        encode_body({"a": object()})


def test_a_writer_reads_too(api: respx.MockRouter) -> None:
    """One connection serves the reads around a write."""
    api.get(PATH).respond(json={"items": ROWS, "total": 5})
    api.get(f"{PATH}/{1:024x}").respond(json=ROWS[0])
    with writing(ENDPOINT, ApiSettings()) as writer:
        assert len(writer.list_groups("microsoft")) == 5
        assert writer.get_group("microsoft", f"{1:024x}").slug == "group-1"


def test_a_reader_cannot_write(api: respx.MockRouter) -> None:
    """Neither the reader's type nor its transport lets a write through."""
    route = api.route(method="POST")
    with reading(ENDPOINT, ApiSettings()) as reader:
        assert not hasattr(reader, "upsert")
        with pytest.raises(WriteRefusedError):
            reader._session.post_json(PATH, b"{}")
    assert route.call_count == 0


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
NAMES = st.sampled_from(
    [*row(1), *row(1)["use_cases"][0], "id", "groupId", "useCases", "items", "data", "group", "day"]
)
NAMES |= st.sampled_from(["total", "totalCount", "pages", "has_next", "next_cursor", "start_time"])
VALUES = SCALARS | st.sampled_from(["0" * 24, "1" * 24, *ROWS])
JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner) | st.dictionaries(NAMES | st.text(), inner), max_leaves=20
)


@given(first=JSON, then=JSON)
@example(first=[{"id": "0" * 24, "name": "\ud800", "slug": ""}], then=[])
def test_any_json_decodes_or_is_an_api_error(first: Any, then: Any) -> None:
    """Whatever JSON a server answers, it gives groups or an ApiError, and ends."""
    pages = iter([first])

    def answer(_: httpx.Request) -> httpx.Response:
        body = json.dumps(next(pages, then)).encode()
        stream = httpx.ByteStream(body)
        return httpx.Response(200, headers={"Content-Type": "application/json"}, stream=stream)

    with reading(
        ENDPOINT, ApiSettings(), timing=TIMING, transport=httpx.MockTransport(answer)
    ) as reader:
        try:
            groups = reader.list_groups("microsoft")
        except ApiError as error:
            assert error.message.startswith("GET ")  # noqa: PT017 - the other outcome is as good
        else:
            assert all(isinstance(group, Group | Skipped) for group in groups)


@given(body=st.binary())
@example(body=b"[" * 980 + b"]" * 980)
def test_any_bytes_are_an_answer_or_an_api_error(body: bytes) -> None:
    """Whatever bytes a server calls JSON, nothing but an ApiError comes of them."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, headers={"Content-Type": "application/json"}, stream=httpx.ByteStream(body)
        )

    with (
        reading(
            ENDPOINT, ApiSettings(), timing=TIMING, transport=httpx.MockTransport(answer)
        ) as reader,
        pytest.raises(ApiError),
    ):
        reader.get_group("microsoft", "0" * 24)


ACTION = ROWS[0]["use_cases"][0]["actions"][0]
USE_CASE = ROWS[0]["use_cases"][0]


def acting(**changes: Any) -> dict[str, Any]:
    """Return a row whose one action is changed."""
    return ROWS[0] | {"use_cases": [USE_CASE | {"actions": [ACTION | changes]}]}


ODD_ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "day as text": (acting(day="7"), "use_cases[0].actions[0].day is wrong"),
    "action_type null": (acting(action_type=None), "action_type is wrong"),
    "name null": (ROWS[0] | {"name": None}, "$.items[0].name is wrong"),
    "name holds a link": (ROWS[0] | {"name": {"link": LINK}}, "$.items[0].name is wrong"),
    "slug null": (ROWS[0] | {"slug": None}, "$.items[0].slug is wrong"),
    "use case twice": (ROWS[0] | {"use_cases": [USE_CASE] * 2}, "LAB_REMINDER more than once"),
    "use cases no list": (ROWS[0] | {"use_cases": {"A": 1}}, "use_cases is an object"),
    "two spellings": (ROWS[0] | {"sheetLink": f"{LINK}2"}, "with different values"),
    "two spellings of use cases": (ROWS[0] | {"useCases": []}, "with different values"),
    "two ids": (ROWS[0] | {"id": "f" * 24}, "has different ids"),
    "no id": (ROWS[0] | {"_id": None}, "has no id"),
    "integer id": (ROWS[0] | {"_id": 7}, "_id is not an id"),
}


@pytest.mark.parametrize(("odd", "problem"), ODD_ROWS.values(), ids=ODD_ROWS)
def test_r10_an_odd_row_is_told_as_what_it_is(
    api: respx.MockRouter, odd: dict[str, Any], problem: str
) -> None:
    """The other rows are read; this one keeps its place, and nothing of it is secret."""
    api.get(PATH).respond(json={"items": [odd, *ROWS[1:]], "total": 5})
    row, *others = listed_rows()
    assert isinstance(row, Skipped)
    assert all(isinstance(other, Group) for other in others)
    assert len(others) == 4
    assert (row.why, row.place, row.integration) == ("odd", "$.items[0]", "microsoft")
    assert problem in row.problem
    assert "secret-sheet" not in f"{row.problem}{row.note}{row}"


def test_r10_rows_without_ids_are_told_apart_and_pages_still_end(api: respx.MockRouter) -> None:
    """They go by their content: a list that says nothing of its length is still followed."""
    bare = [{"name": name} for name in "ab"]
    pages = {"1": [*ROWS[:2], *bare], "2": []}

    def answer(request: httpx.Request) -> httpx.Response:
        page = request.url.params.get("page")
        return httpx.Response(200, json=ROWS[:1] if page is None else pages[page])

    api.get(PATH).side_effect = answer
    rows = listed_rows()
    assert [isinstance(row, Skipped) for row in rows] == [False, False, True, True]
    assert [row.place for row in rows if isinstance(row, Skipped)] == ["$[2]", "$[3]"]


def test_r10_a_row_without_an_id_that_cannot_be_told_apart_is_an_error(
    api: respx.MockRouter,
) -> None:
    """Two of one content may be one row twice: then the list itself is not understood."""
    api.get(PATH).respond(json={"items": [{"name": "a"}, {"name": "a"}], "total": 2})
    with pytest.raises(ApiError, match=r"have the same id, \(no id"):
        listed_rows()


@pytest.mark.parametrize("status", [403, 404, 500])
def test_r10_a_summary_that_cannot_be_completed_is_odd(api: respx.MockRouter, status: int) -> None:
    """What the summary said of it is kept; its use cases are not known."""
    summary = {name: value for name, value in ROWS[1].items() if name != "use_cases"}
    api.get(PATH).respond(json={"items": [ROWS[0], summary], "total": 2})
    api.get(f"{PATH}/{2:024x}").respond(status)
    _, row = listed_rows()
    assert isinstance(row, Skipped)
    assert (row.slug, row.group_id, row.place) == ("group-2", f"{2:024x}", "$.items[1]")
    assert f"answered {status}" in row.problem


def test_r10_a_summary_whose_group_is_odd(api: respx.MockRouter) -> None:
    """The group itself is what is read; the row's place is that in the list."""
    summary = {name: value for name, value in ROWS[1].items() if name != "use_cases"}
    api.get(PATH).respond(json={"items": [ROWS[0], summary], "total": 2})
    api.get(f"{PATH}/{2:024x}").respond(json={"group": ROWS[1] | {"name": None}})
    _, row = listed_rows()
    assert isinstance(row, Skipped)
    assert (row.place, row.problem) == (
        "$.items[1]",
        "$.group.name is wrong: Input should be a valid string",
    )


@pytest.mark.parametrize(("status", "number"), [(404, 4), (401, 1), (429, 1)])
def test_r10_summaries_that_cannot_be_completed_at_all(
    api: respx.MockRouter, status: int, number: int
) -> None:
    """More than a few, or a refused key, say nothing of a row: the API cannot be read so."""
    rows = [{name: row[name] for name in ("_id", "name", "slug")} for row in ROWS]
    api.get(PATH).respond(json={"items": rows[:number], "total": number})
    api.get(path__startswith=f"{PATH}/").respond(status)
    with pytest.raises(ApiError, match=f"answered {status}"):
        listed_rows()


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (ROWS[0] | {"deleted_at": "2026-01-01"}, "it is marked as deleted (deleted_at)"),
        (ROWS[0] | {"name": None}, "it is odd: $.name is wrong"),
    ],
)
def test_u5_one_group_that_is_deleted_or_odd(
    api: respx.MockRouter, odd: dict[str, Any], words: str
) -> None:
    """Asked for by its id it is an error that holds what could be read."""
    api.get(f"{PATH}/{1:024x}").respond(json=odd)
    with reading(ENDPOINT, ApiSettings()) as reader, pytest.raises(RowError) as caught:
        reader.get_group("microsoft", f"{1:024x}")
    assert words in caught.value.message
    assert caught.value.row.group_id == f"{1:024x}"


@pytest.mark.parametrize("status", [403, 404, 405, 501, 503])
def test_p4_what_to_do_where_an_account_lacks_an_integration(
    api: respx.MockRouter, status: int
) -> None:
    """The setting is named."""
    api.get(PATH).respond(status)
    with pytest.raises(ApiError) as caught:
        listed()
    assert 'integrations = ["google"]' in caught.value.remedy


def test_p4_a_refused_key_is_no_missing_integration(api: respx.MockRouter) -> None:
    """401 speaks of the key."""
    api.get(PATH).respond(401)
    with pytest.raises(ApiError) as caught:
        listed()
    assert "integrations" not in caught.value.remedy


def test_t2_a_next_page_that_the_answer_names(api: respx.MockRouter) -> None:
    """By its query, on the host that was asked; a cut list is never taken for whole."""
    rest = api.get(PATH, params={"after": "2"}).respond(json={"items": ROWS[2:], "next": None})
    api.get(PATH).respond(json={"items": ROWS[:2], "next": f"{PATH}?after=2"})
    assert len(listed_rows()) == 5
    assert rest.called
    api.get(PATH).respond(json={"items": ROWS[:2], "next": "https://elsewhere.example/?after=2"})
    with pytest.raises(ApiError, match="link to the next page leads to another host"):
        listed_rows()


def test_t2_a_length_that_a_header_says(api: respx.MockRouter) -> None:
    """It is held against the rows as one in the answer is."""
    api.get(PATH).respond(json=ROWS[:2], headers={"X-Total-Count": "5"})
    with pytest.raises(ApiError, match="page 2 repeats 2"):
        listed_rows()
    api.get(PATH).respond(json=ROWS, headers={"X-Total-Count": "5"})
    assert len(listed_rows()) == 5
