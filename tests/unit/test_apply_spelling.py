"""What servers make of values, and how that is said without showing a link."""

import pytest
from pydantic import SecretStr

from reconciler.apply.spelling import respelled

LINK = "https://1drv.ms/x/s!AbC%20d/e?usp=sharing&k=1#top"

LINKS: dict[str, tuple[str, str, str]] = {
    "the query": (LINK, "https://1drv.ms/x/s!AbC%20d/e#top", "only its query, which was dropped"),
    "a new query": ("https://a.b/c", "https://a.b/c?x=1", "only its query, which was added"),
    "another query": (LINK, LINK.replace("k=1", "k=2"), "only its query, which was changed"),
    "the query's encoding": (
        LINK,
        LINK.replace("usp", "%75sp"),
        "the percent-encoding of its query",
    ),
    "the end": (
        LINK,
        LINK.removesuffix("#top"),
        "only what stands behind the #, which was dropped",
    ),
    "a slash": ("https://a.b/c", "https://a.b/c/", "only a slash at the end of its path differs"),
    "two slashes": ("https://a.b//c", "https://a.b/c", "only the number of slashes"),
    "the path's encoding": (
        LINK,
        LINK.replace("%20", " "),
        "only the percent-encoding of its path",
    ),
    "the host": (LINK, LINK.replace("1drv.ms", "1DRV.ms"), "only the case of its host differs"),
    "the scheme": ("http://a.b/c", "https://a.b/c", "only what stands before :// differs"),
    "several": (
        "https://A.b/c?x=1",
        "https://a.b/c/",
        (
            "only the case of its host and a slash at the end of its path and its query, which was"
            " dropped (what stands behind the ?) differ (17 characters were sent, 14 read back)"
        ),
    ),
    "capitals": (LINK, LINK.replace("AbC", "abc"), "the capitals of its path"),
    "spaces": (f" {LINK} ", LINK, "only the spaces around it differ; write it without them in"),
    "cut": (LINK, LINK[:20], "it is cut off (49 characters were sent, 20 read back)"),
    "another document": (LINK, LINK.replace("AbC", "XyZ"), "it is another document"),
    "another host": (LINK, LINK.replace("1drv.ms", "evil.example"), "it is another document"),
    "no link": (LINK, "https://[1drv.ms/x", "it is another document"),
}


@pytest.mark.parametrize(("sent", "back", "words"), LINKS.values(), ids=LINKS)
def test_s6_how_two_links_differ(sent: str, back: str, words: str) -> None:
    """Where, how long, and where to write it; no part of either is shown."""
    told = respelled("sheet_link", SecretStr(sent), SecretStr(back), "the variable SHEET")
    assert words in told
    assert "the variable SHEET" in told or "cut off" in told
    for part in ("AbC", "usp", "1drv", "k=1", "sharing", "top", "evil", "a.b"):
        assert part not in told


@pytest.mark.parametrize(
    ("field", "sent", "back", "words"),
    [
        ("timezone", "US/Central", "America/Chicago", "write America/Chicago in the file"),
        ("timezone", "America/Chicago", "US/Central", "the same time zone under another name"),
        ("timezone", "Asia/Calcutta", "Asia/Kolkata", "the same time zone"),
        ("timezone", "UTC", "Etc/UTC", "write Etc/UTC in the file"),
        ("timezone", "America/Chicago", "america/chicago", "write america/chicago in the file"),
        ("start_time", "08:00:00", "08:00:00.000000", "the same time with more around it"),
        ("start_time", "08:00:00", "1970-01-01T08:00:00Z", "a group file cannot say"),
        ("name", " Labs ", "Labs", "drops the spaces at its ends; write it without them"),
        ("name", "Caf\u00e9", "Cafe\u0301", "another of Unicode's forms (NFD)"),
        ("name", "Cafe\u0301", "Caf\u00e9", "another of Unicode's forms (NFC)"),
        ("name", "A & B", "A &amp; B", "as HTML entities"),
        ("assistant_id", "68B1F0AA", "68b1f0aa", "other capitals; write it like that in the file"),
        ("name", "Lab  Results", "lab results", "in another spelling; write it like that"),
    ],
)
def test_s7_what_servers_normalise(field: str, sent: str, back: str, words: str) -> None:
    """It is called what it is, and which to write."""
    assert words in respelled(field, sent, back, "the file")


@pytest.mark.parametrize(
    ("field", "sent", "back"),
    [
        ("timezone", "America/Chicago", "America/Denver"),
        ("timezone", "America/Chicago", "Central Standard Time"),
        ("timezone", "Nowhere", "America/Chicago"),
        ("start_time", "08:00:00", "09:00:00"),
        ("name", "Labs", "Imaging"),
        ("use_cases", True, False),
        ("sheet_link", SecretStr("x"), "x"),
    ],
)
def test_what_is_another_value_is_called_nothing(field: str, sent: object, back: object) -> None:
    """What was sent and what reads back says all then."""
    assert respelled(field, sent, back, "the file") == ""
