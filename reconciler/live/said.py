"""What an answer says of a list's length, in whichever words. Pure: no I/O.

A list that is cut short makes groups look absent, and absent groups get created again. Servers say
that there is more in many ways, beside the rows or in an object of its own (`pagination`, `meta`).
What is known is followed; what says that there is more in a way that cannot be followed is an
error. A name is read without its case and what stands between its words.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

TOTAL: Final = "total"
PAGES: Final = "pages"
FLAG: Final = "flag"
LAST: Final = "last"
CURSOR: Final = "cursor"
NEXT: Final = "next"
OPAQUE: Final = "opaque"
LEAST: Final = "least"
FAILED: Final = "failed"
SUCCESS: Final = "success"

_WORDS: Final = {
    TOTAL: "total totalcount totalitems totalelements totalresults totalrecords totalgroups",
    PAGES: "pages totalpages pagecount lastpage",
    FLAG: "hasnext hasmore hasnextpage hasmorepages truncated istruncated",
    LAST: "last islast islastpage",
    CURSOR: "nextcursor",
    NEXT: "next nextpage nexturl nextlink odatanextlink",
    OPAQUE: "nextpagetoken nexttoken continuationtoken nextoffset",
    LEAST: "count",
    FAILED: "error errors",
    SUCCESS: "success ok",
}
_MEANING: Final = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_PLACES: Final = frozenset(
    {"pagination", "paging", "pager", "pageinfo", "page", "meta", "metadata", "links"}
)
"""Objects beside the rows that say something of them."""


def said(value: Mapping[str, Any], rows: str) -> Iterator[tuple[str, str, Any]]:
    """Yield what an envelope says besides its rows: what kind of thing, under which name, and it.

    What is null says nothing, but for a cursor: servers write it always, and a list is not believed
    to be whole for it.

    Args:
        value: The envelope.
        rows: The key that holds the rows.
    """
    yield from _of(value, rows)
    for name, held in value.items():
        if name != rows and isinstance(held, Mapping) and _folded(name) in _PLACES:
            yield from _of(held, "")


def _of(value: Mapping[str, Any], rows: str) -> Iterator[tuple[str, str, Any]]:
    for name, held in value.items():
        kind = _MEANING.get(_folded(name), "")
        if kind == PAGES and isinstance(held, bool):
            kind = LAST  # `lastPage: false`
        if name != rows and kind and (held is not None or kind == CURSOR):
            yield kind, name, held


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()
