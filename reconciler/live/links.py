"""Where a link says that a list goes on: a header's (RFC 8288), or the answer's. Pure: no I/O.

Only the query of such a link is taken, and only from the host that was asked: neither the key nor
a request ever goes where a header points.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from reconciler.live.shapes import ShapeError

_ENTRY: Final = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;<>]+))*)')
_RELATION: Final = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;<>]+))', re.IGNORECASE)
_OF_PAGES: Final = frozenset({"next", "prev", "previous", "first", "last"})
_LONGEST: Final = 2000
_REMEDY: Final = (
    "a list is followed only on the host that was asked for it: is the API URL the one under which"
    " the API knows itself? If it is, please report this"
)


def next_query(header: str | None, url: str) -> Mapping[str, str] | None:
    """Return the query of the next page, empty if this was the last, None if nothing is said.

    Args:
        header: The header's value, or None where there is none.
        url: What was asked, from which a relative link is read.

    Raises:
        ShapeError: The link cannot be read, or leads elsewhere.
    """
    said = False
    for target, parameters in _ENTRY.findall((header or "")[:_LONGEST]):
        for relation in _RELATION.findall(parameters)[:1]:
            names = set("".join(relation).lower().split())
            if "next" in names:
                return query_of(target, url, "Link")
            said = said or bool(names & _OF_PAGES)
    return {} if said else None


def query_of(target: str, url: str, what: str) -> Mapping[str, str]:
    """Return the query by which a link leads to the next page.

    Args:
        target: The link.
        url: What was asked, from which a relative link is read.
        what: How the link is called.

    Raises:
        ShapeError: The link cannot be read, or leads elsewhere.
    """
    try:
        parts = urlsplit(urljoin(url, target))
        elsewhere = parts.hostname != urlsplit(url).hostname
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise ShapeError(f"its {what} to the next page cannot be read", _REMEDY) from None
    if elsewhere:
        raise ShapeError(f"its {what} to the next page leads to another host", _REMEDY)
    query = dict(pairs)
    if not query or len(query) < len(pairs):
        raise ShapeError(
            f"its {what} to the next page has no query, or names a part twice", _REMEDY
        )
    return query
