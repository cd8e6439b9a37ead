"""What a server made of a value that it was sent: the same in another spelling, and which to write.

Pure: no I/O. A first group that does not read back as it was sent stops a run, and the next one
too; so whatever servers are known to normalise is said in a way that leads out of it. A link is
never shown, nor is any part of it: what is said is where in it the two differ.
"""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import SecretStr

from reconciler import zones

_AS_SHOWN: Final = "as the dashboard shows it"


def respelled(field: str, sent: object, back: object, where: str) -> str:
    """Return how two values that mean the same, or nearly, differ, and what to write.

    Args:
        field: Name of the field.
        sent: What was sent.
        back: What reads back.
        where: Where it is written: the file, or the variable that a link comes from.

    Returns:
        A clause; empty where nothing is known of how the two belong together.
    """
    if isinstance(sent, SecretStr) and isinstance(back, SecretStr):
        return _link(sent.get_secret_value(), back.get_secret_value(), where)
    if not isinstance(sent, str) or not isinstance(back, str):
        return ""
    if field == "timezone" and zones.same(sent, back):
        return f"that is the same time zone under another name; write {back} in {where}"
    if field == "start_time" and sent in back:
        return (
            "that is the same time with more around it (fractions, a date or an offset), which a"
            " group file cannot say"
        )
    return _text(sent, back, where)


def _text(sent: str, back: str, where: str) -> str:
    write = f"write it like that in {where}"
    if sent.strip() == back:
        return f"the server drops the spaces at its ends; write it without them in {where}"
    if unescape(back) == sent:
        return (
            "the server stores signs such as & as HTML entities; please report that to its makers"
        )
    form = next((one for one in ("NFC", "NFD") if unicodedata.normalize(one, sent) == back), "")
    if form:
        return (
            f"it looks the same and is in another of Unicode's forms ({form}); copy it from the"
            f" dashboard into {where}"
        )
    if sent.casefold() == back.casefold():
        return f"the server stores it in other capitals; {write}"
    if _loosely(sent) == _loosely(back):
        return f"the server stores it in another spelling; {write}"
    return ""


def _loosely(text: str) -> str:
    """Return a text without what servers normalise: case, spaces, a slash, Unicode's form."""
    return "".join(unicodedata.normalize("NFKC", text).split()).rstrip("/").casefold()


def _link(sent: str, back: str, where: str) -> str:
    lengths = f"{len(sent)} characters were sent, {len(back)} read back"
    if sent.strip() == back:
        return f"only the spaces around it differ; write it without them in {where}"
    if sent.startswith(back):
        rest = sent[len(back) :]
        if not rest.startswith(("?", "#", "/")):
            return f"it is cut off ({lengths}): links may have to be shorter; check the sheet"
    try:
        differing = list(_parts(urlsplit(sent), urlsplit(back)))
    except ValueError:
        differing = [""]
    if "" in differing:
        return (
            f"it is another document ({lengths}); see in the dashboard which one, and copy that"
            f" link into {where} if it is right"
        )
    if differing == ["its query, which was dropped (what stands behind the ?)"]:
        return f"only {differing[0]} differs; if the link works without it, leave it out in {where}"
    verb = "differs" if len(differing) == 1 else "differ"
    return (
        f"only {' and '.join(differing)} {verb} ({lengths}); copy the link into {where} {_AS_SHOWN}"
    )


def _parts(sent: SplitResult, back: SplitResult) -> Iterator[str]:
    """Yield which parts of two links differ; an empty text where it is another document."""
    if sent.scheme != back.scheme:
        yield "what stands before ://"
    if sent.netloc != back.netloc:
        yield "the case of its host" if sent.netloc.lower() == back.netloc.lower() else ""
    if sent.path != back.path:
        yield _path(sent.path, back.path)
    if sent.query != back.query:
        if unquote(sent.query) == unquote(back.query):
            yield "the percent-encoding of its query"
        else:
            yield f"its query, which was {_done(sent.query, back.query)} (what stands behind the ?)"
    if sent.fragment != back.fragment:
        yield f"what stands behind the #, which was {_done(sent.fragment, back.fragment)}"


def _path(sent: str, back: str) -> str:
    if sent.rstrip("/") == back.rstrip("/"):
        return "a slash at the end of its path"
    if unquote(sent) == unquote(back):
        return "the percent-encoding of its path"
    if re.sub("/+", "/", sent) == re.sub("/+", "/", back):
        return "the number of slashes in its path"
    if sent.casefold() == back.casefold():
        return "the capitals of its path, by which it may lead elsewhere,"
    return ""


def _done(sent: str, back: str) -> str:
    return "changed" if sent and back else "dropped" if sent else "added"
