"""Where a Link header says that a list goes on."""

from collections.abc import Mapping

import pytest

from reconciler.live.links import next_query
from reconciler.live.shapes import ShapeError

URL = "https://api.example/groups?size=100&page=1"


@pytest.mark.parametrize(
    ("header", "query"),
    [
        (None, None),
        ("", None),
        ("</style.css>; rel=preload", None),
        ("no link at all", None),
        ("<https://api.example/groups?page=1>", None),
        ("<?page=2>; rel=next", {"page": "2"}),
        ('<https://api.example/other?page=2&size=9>; rel="next"', {"page": "2", "size": "9"}),
        ('<http://API.example:8080/groups?page=2>; title="a, b"; REL="last next"', {"page": "2"}),
        ('<?page=1>; rel="prev", <?page=3>; rel="next"', {"page": "3"}),
        ('<?page=1>; rel="prev", <?page=1>; rel="first"', {}),
        ("<?cursor=>; rel=next", {"cursor": ""}),
    ],
)
def test_t2_what_a_header_says(header: str | None, query: Mapping[str, str] | None) -> None:
    """The query of the next page; an empty one on the last; nothing where it is about nothing."""
    assert next_query(header, URL) == query


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("<https://evil.example/groups?page=2>; rel=next", "another host"),
        ("<//evil.example/?page=2>; rel=next", "another host"),
        ("</groups>; rel=next", "no query"),
        ("<?page=2&page=3>; rel=next", "names a part twice"),
        ("<https://[/?page=2>; rel=next", "cannot be read"),
        (f"<?{'&'.join('a=1' for _ in range(30))}>; rel=next", "cannot be read"),
    ],
)
def test_t2_what_is_not_followed(header: str, problem: str) -> None:
    """A link that leads elsewhere or cannot be read makes a list that is not whole: an error."""
    with pytest.raises(ShapeError, match=problem) as caught:
        next_query(header, URL)
    assert caught.value.remedy
