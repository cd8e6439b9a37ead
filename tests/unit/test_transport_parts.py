"""Strict JSON, pauses, and what may be repeated of a server's words."""

from typing import Any

import pytest

from reconciler.transport import Timing, quoted
from reconciler.transport.replies import explain, retry_after
from reconciler.transport.strict_json import parse_json
from reconciler.transport.wire import Reply

SECRET = "https://1drv.example/x/secret-sheet"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"[]", []),
        (b'{"a": {"a": 1.5}}', {"a": {"a": 1.5}}),
        ('"\u00e9"'.encode(), "\u00e9"),
        (b"null", None),
        (b'["\\ud83d\\uDE00"]', ["\U0001f600"]),
    ],
)
def test_json(body: bytes, value: Any) -> None:
    """What RFC 8259 allows is read."""
    assert parse_json(body) == value


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not JSON"),
        (b'{"secret-sheet": ', "cut short"),
        (b"[1] [2]", "not JSON"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "Infinity"),
        (b"[1e999]", "too large"),
        (b'{"a": 1, "a": 1}', "twice"),
        (b'[{"b": {"a": 1, "\\u0061": 2}}]', "twice"),
        ('"\u00e9"'.encode("latin-1"), "UTF-8"),
        ('"x"'.encode("utf-16"), "UTF-8"),
        (b'\xef\xbb\xbf"x"', "not JSON"),
        (b"[" * 100_000, "nested"),
        (b"9" * 5_000, "absurd"),
        (b'["\\ud83d"]', "surrogate"),
        (b'{"\\uDE00\\ud83d": 1}', "surrogate"),
    ],
)
def test_refused_json(body: bytes, problem: str) -> None:
    """What Python's parser takes beyond RFC 8259 is refused, without repeating any of it."""
    with pytest.raises(ValueError, match=problem) as caught:
        parse_json(body)
    assert "secret-sheet" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        (" 7 ", 7.0),
        ("99999999999", 1e8),
        ("9" * 5_000, 1e8),
        ("Thu, 01 Jan 1970 00:16:50 GMT", 10.0),
        ("Thu, 01 Jan 1970 00:16:50 -0000", 10.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 1e8),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0667", None),
        ("", None),
        (None, None),
        ("Thu, 99 Jan 1970 99:99:99 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    """Retry-After is read as seconds or as a date, is bounded, and junk is ignored."""
    reply = Reply("https://x.example", 429, None, "", header, None, b"")
    assert retry_after(reply, Timing(wall=lambda: 1000.0)) == seconds


def test_a_redirect_to_what_is_no_address_is_told_without_it() -> None:
    """What a server writes there must not end the program."""
    for location in ("http://[::1", "https://a]b/x"):
        reply = Reply("https://x.example", 307, None, "", None, location, b"")
        problem, _ = explain(reply, "hint", ())
        assert problem == "it redirects, which is not followed since the key would go there"


def test_full_jitter() -> None:
    """Pauses are a random part of a bound that doubles up to the longest."""
    timing = Timing(random=lambda: 0.5, first_pause=1.0, longest_pause=10.0)
    assert [timing.pause(attempt, None) for attempt in range(1, 7)] == [
        0.5,
        1.0,
        2.0,
        4.0,
        5.0,
        5.0,
    ]
    assert timing.pause(1, 3.0) == 3.0
    assert timing.pause(1, 99.0) == 10.0


def test_quoted_is_short_inert_and_without_secrets() -> None:
    """A server's words: one line, cut, visible, without secrets, links and workflow commands."""
    assert quoted("a\u202eb\n::error::c") == "a<U+202E>b<U+000A>::error::c"
    assert quoted("::error::c") == "\\::error::c"
    assert quoted(f"bad value {SECRET}?a=1, sorry") == "bad value (link) sorry"
    assert (
        quoted("the secret-sheet-1 is bad", ["secret-sheet", "secret-sheet-1"])
        == "the (hidden) is bad"
    )
    assert quoted("x" * 300) == "x" * 200 + "\u2026"
