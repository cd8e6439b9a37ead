"""Whether pages that fit together are taken for whole, and no others."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from reconciler.live.paging import MisfitError, Paging
from reconciler.live.shapes import ShapeError, agreed_total, read_page


def rows(*numbers: int) -> list[dict[str, Any]]:
    """Return rows with these ids."""
    return [{"id": f"{number:024x}"} for number in numbers]


def follow(pages: Sequence[Any]) -> list[int]:
    """Feed pages until no more are wanted, and return the ids; all pages must have been wanted."""
    paging = Paging()
    wanted = [paging.add(read_page(page, None)) for page in pages]
    assert wanted == [True] * (len(pages) - 1) + [False]
    if paging.probe:
        # A server that ignores what it is asked for, or one that shows the first of a page.
        whole = "limit" in paging.probe
        first = list(paging.rows)[: None if whole else 1]
        paging.check_probe(read_page([{"id": group_id} for group_id in first], None))
    return [int(group_id, 16) for group_id in paging.rows]


WHOLE: dict[str, list[Any]] = {
    "total": [{"items": rows(1, 2), "total": 3}, {"items": rows(3), "total": 3}],
    "totalCount": [{"items": rows(1, 2), "totalCount": 3}, {"items": rows(3), "totalCount": 3}],
    "total_count": [{"items": rows(1, 2), "total_count": 3}, {"items": rows(3), "total_count": 3}],
    "total on the first page only": [
        {"items": rows(1, 2), "total": 3},
        {"items": rows(3)},
        {"items": []},
    ],
    "pages": [{"items": rows(1, 2), "pages": 2}, {"items": rows(3), "pages": 2}],
    "has_next": [{"items": rows(1, 2), "has_next": True}, {"items": rows(3), "has_next": False}],
    "hasNext": [{"items": rows(1, 2), "hasNext": True}, {"items": rows(3), "hasNext": False}],
    "has_more": [{"items": rows(1, 2), "has_more": True}, {"items": rows(3), "has_more": False}],
    "hasMore": [{"items": rows(1, 2), "hasMore": True}, {"items": rows(3), "hasMore": False}],
    "next_cursor": [
        {"items": rows(1, 2), "next_cursor": "c"},
        {"items": rows(3), "next_cursor": None},
    ],
    "nextCursor": [{"items": rows(1, 2), "nextCursor": "c"}, {"items": rows(3), "nextCursor": ""}],
    "next_cursor that goes away": [
        {"items": rows(1, 2), "next_cursor": "c"},
        {"items": rows(3)},
        {"items": []},
    ],
    "next_cursor that is always null": [
        {"items": rows(1, 2), "total": 3, "next_cursor": None},
        {"items": rows(3), "total": 3, "next_cursor": None},
    ],
    "all of them": [
        {
            "items": rows(1, 2),
            "total": 3,
            "pages": 2,
            "page": 1,
            "size": 2,
            "has_next": True,
            "has_more": True,
        },
        {
            "items": rows(3),
            "total": 3,
            "pages": 2,
            "page": 2,
            "size": 2,
            "has_next": False,
            "has_more": False,
        },
    ],
    "totalPages in meta": [
        {"items": rows(1, 2), "meta": {"totalPages": 2, "page": 1}},
        {"items": rows(3), "meta": {"totalPages": 2, "page": 2}},
    ],
    "last, as Spring says it": [
        {"items": rows(1, 2), "last": False, "totalElements": 3},
        {"items": rows(3), "last": True, "totalElements": 3},
    ],
    "next_page": [
        {"items": rows(1, 2), "next_page": 2},
        {"items": rows(3), "next_page": None},
        {"items": []},
    ],
    "next that is always null": [
        {"items": rows(1, 2), "next": None},
        {"items": rows(3), "next": None},
        {"items": [], "next": None},
    ],
    "count of a page": [
        {"items": rows(1, 2), "count": 2, "error": None, "success": True},
        {"items": rows(3), "count": 1},
        {"items": []},
    ],
    "nothing, page by page": [rows(1, 2), rows(3), []],
    "nothing, not paged": [rows(1, 2, 3), rows(3, 1, 2)],
    "nothing, in an envelope": [{"items": rows(1, 2, 3)}, {"items": []}],
}


@pytest.mark.parametrize("pages", WHOLE.values(), ids=WHOLE)
def test_whole_lists(pages: list[Any]) -> None:
    """Each way of paging ends with all groups, once each."""
    assert follow(pages) == [1, 2, 3]


@pytest.mark.parametrize(
    "page", [[], {"items": [], "total": 0}, {"items": [], "pages": 0}, {"data": []}]
)
def test_empty_lists(page: Any) -> None:
    """A list of a known shape may be empty."""
    assert follow([page]) == []


BROKEN: dict[str, tuple[list[Any], str]] = {
    "fewer than total": (
        [{"items": rows(1), "total": 2}, {"items": [], "total": 2}],
        "page 2 is empty, although total",
    ),
    "more than total": (
        [{"items": rows(1, 2, 3), "total": 2}],
        "total is 2, and 3 groups were received",
    ),
    "fewer than total, last page": (
        [{"items": rows(1), "total": 2}, {"items": [], "pages": 2}],
        "total is 2, and 1 groups were received",
    ),
    "changed total": (
        [{"items": rows(1), "total": 2}, {"items": rows(2), "total": 3}],
        "total was 2 and is 3",
    ),
    "empty page": ([{"items": [], "has_more": True}], "page 1 is empty, although has_more"),
    "empty page behind a cursor": (
        [{"items": [], "next_cursor": "c"}],
        "page 1 is empty, although next_cursor",
    ),
    "two spellings": (
        [{"items": [], "has_next": True, "hasNext": False}],
        "more groups by has_next, no more by hasNext",
    ),
    "t2: count of all": ([{"items": rows(1), "count": 2}] * 2, "count is 2, and 1 groups"),
    "t2: count, and an empty page": (
        [{"items": rows(1), "count": 2}, {"items": []}],
        "count is 2, and 1 groups",
    ),
    "t2: next page": ([{"items": rows(1), "next_page": 2}] * 2, "page 2 repeats 1"),
    "t2: not the last": ([{"items": rows(1), "lastPage": False}] * 2, "page 2 repeats 1"),
    "contradiction": (
        [{"items": rows(1), "total": 1, "has_next": True}],
        "more groups by has_next, no more by total",
    ),
    "repeated page": ([{"items": rows(1), "total": 2}] * 2, "page 2 repeats 1 of the groups"),
    "repeated page with a flag": (
        [{"items": rows(1), "has_more": True}, {"items": rows(1)}],
        "page 2 repeats 1",
    ),
    "repeated group": (
        [rows(1, 2), rows(2, 3)],
        "page 2 repeats 1 of the groups before, such as 0{23}2",
    ),
    "repeated later": ([rows(1, 2), rows(3), rows(3)], "page 3 repeats 1"),
    "page of 100": ([rows(*range(100))] * 2, "may not be all"),
    **{
        f"p1: page of {size}": ([rows(*range(size))] * 2, "may not be all")
        for size in (10, 20, 25, 30, 50, 200, 250, 500, 1000)
    },
}


@pytest.mark.parametrize(("pages", "problem"), BROKEN.values(), ids=BROKEN)
def test_broken_lists(pages: list[Any], problem: str) -> None:
    """Pages that do not keep what they promise are never taken for the whole list."""
    with pytest.raises(MisfitError, match=problem) as caught:
        follow(pages)
    assert caught.value.remedy


def test_long_lists_without_paging() -> None:
    """A list that is longer than a page was not paged, so that it is whole."""
    assert len(follow([rows(*range(101))] * 2)) == 101


def test_what_is_asked_for() -> None:
    """Pages are asked for by number, or by cursor where the server gave one."""
    paging = Paging()
    asked = [paging.params]
    for page in ({"items": rows(1)}, {"items": rows(2), "next_cursor": "c"}, {"items": rows(3)}):
        paging.add(read_page(page, None))
        asked.append(paging.params)
    assert asked == [
        {"size": "100", "page": "1"},
        {"size": "100", "page": "2"},
        {"size": "100", "cursor": "c"},
        {"size": "100", "page": "4"},
    ]


def probed(pages: Sequence[Any], answer: Any) -> Paging:
    """Feed pages, and then an answer to the probe."""
    paging = Paging()
    for page in pages:
        paging.add(read_page(page, None))
    assert paging.probe
    paging.check_probe(read_page(answer, None))
    return paging


@pytest.mark.parametrize("size", [2, 5, 8, 12, 15, 24, 25, 40, 60, 75, 150, 250])
def test_p1_a_server_that_cuts_lists_and_ignores_pages(size: int) -> None:
    """It shows fewer groups when it is asked for fewer: there may be more, whatever the number."""
    with pytest.raises(MisfitError, match="cuts a list where it is asked to") as caught:
        probed([rows(*range(size))] * 2, rows(0))
    assert not caught.value.again
    assert "created again" in caught.value.remedy


@pytest.mark.parametrize("size", [1, 2, 8, 12, 99, 101])
def test_a_server_that_knows_no_pages_at_all(size: int) -> None:
    """Whatever it is asked, it shows the same: that is all that it has."""
    assert len(probed([rows(*range(size))] * 2, rows(*range(size))).rows) == size


@pytest.mark.parametrize("pages", [[[]], [rows(4, 5), []]], ids=["empty", "the rest"])
def test_pages_that_count_from_0(pages: list[Any]) -> None:
    """The first page was never asked for: without a page, it shows."""
    with pytest.raises(MisfitError, match=r"the group 0{23}1, which is on none of its pages"):
        probed(pages, rows(1))


def test_a_probe_that_shows_nothing() -> None:
    """Groups that were there a moment ago: read again."""
    with pytest.raises(MisfitError, match="shows none") as caught:
        probed([rows(1), []], [])
    assert caught.value.again


def test_a_list_that_says_how_long_it_is_needs_no_probe() -> None:
    """One request is enough."""
    paging = Paging()
    paging.add(read_page({"items": rows(1), "total": 1}, None))
    assert paging.probe is None


def linked(paging: Paging, number: int, link: dict[str, str] | None, **said: Any) -> bool:
    """Feed a page with one row and what its Link says."""
    return paging.add(replace(read_page({"items": rows(number), **said}, None), link=link))


def test_t2_a_link_is_followed_to_its_end() -> None:
    """By its own query; the last page says so, or says nothing more."""
    ends: tuple[dict[str, str] | None, ...] = ({}, None)
    for last in ends:
        paging = Paging()
        assert linked(paging, 1, {"offset": "1"})
        assert paging.params == {"offset": "1"}
        assert linked(paging, 2, {"offset": "2"})
        assert not linked(paging, 3, last)
        assert paging.probe is None
        assert len(paging.rows) == 3


def test_t2_a_link_that_contradicts_the_rest() -> None:
    """More pages by one, none by the other: read again."""
    with pytest.raises(MisfitError, match="more groups by Link, no more by total"):
        linked(Paging(), 1, {"page": "2"}, total=1)


@pytest.mark.parametrize("place", ["pagination", "meta", "pageInfo", "page", "_links"])
def test_t2_what_says_of_the_length_may_stand_in_an_object_beside_the_rows(place: str) -> None:
    """A cut list with its length there is not whole."""
    answer = {"items": rows(*range(8)), place: {"total": 12}}
    with pytest.raises(MisfitError, match="page 2 repeats 8"):
        follow([answer, answer])


def test_t2_an_address_of_the_next_page() -> None:
    """As a text, or as an object with `href`; nothing where there is none."""
    for said, wanted in (("/x?page=2", "/x?page=2"), ({"href": "?page=2"}, "?page=2"), ("", None)):
        assert read_page({"items": rows(1), "links": {"next": said}}, None).next == wanted
    assert read_page({"items": rows(1), "next": None}, None).next is None


def test_t2_a_header_that_counts() -> None:
    """It holds like a total, and must not contradict one; another text says nothing."""
    page = read_page({"items": rows(1)}, None)
    assert [agreed_total(page, text) for text in (None, "many", " 3 ")] == [None, None, 3]
    with pytest.raises(ShapeError, match="total is 1 and by a header 2"):
        agreed_total(replace(page, total=1), "2")
