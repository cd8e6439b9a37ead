"""Which sheet a link leads to, whatever else the link says. Pure: no I/O.

One sheet has many links: the one in the browser's address line says which tab is shown
(`#gid=0`), the one of the button "Share" how it was shared (`?usp=sharing`), and both end in what
is to be done with it (`/edit`, `/view`). Taken for two sheets, they are two groups that contact the
same people.
"""

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

_PARTS: Final = re.compile(
    r"(?:\w+://)?([^/:?#]*)(?::\d*)?([^?#]*)(?:\?([^#]*))?(?:#.*)?",
    re.DOTALL,
)
_GOOGLE: Final = frozenset({"docs.google.com", "drive.google.com", "sheets.google.com"})
_DOCUMENT: Final = re.compile(r"/d/((?:e/)?[\w-]+)")
"""In a path of Google: the document's id, which an account (`/u/0`) or a company may precede."""
_IN_QUERY: Final = ("resid", "sourcedoc", "id")
"""What names the document in links of OneDrive, SharePoint and Google that have it in the query."""
_ID_IS_DOCUMENT: Final = _GOOGLE | {"onedrive.live.com"}


def sheet_of(link: str) -> str:
    """Return by which two links are known to lead to one sheet; never shown."""
    parts: tuple[str, str, str] = _PARTS.findall(link.strip())[0]  # any text begins so
    host, path, query = parts
    host = host.lower().removeprefix("www.")
    path = re.sub("/+", "/", unquote(path)).rstrip("/")
    if host in _GOOGLE and (document := _DOCUMENT.search(path)):
        return f"google {document[1]}"
    named = {name.lower(): value for name, value in parse_qsl(query)} if query else {}
    for name in _IN_QUERY if host in _ID_IS_DOCUMENT else _IN_QUERY[:-1]:
        if value := named.get(name):
            return f"google {value}" if host in _GOOGLE else f"{host} {value.casefold()}"
    return host + path
