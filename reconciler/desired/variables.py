"""What is wrong with a variable that should hold a sheet's link, told without showing it.

Pure: no I/O. Nothing of what a variable holds is ever part of a message but the name of a character
that no link can have.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from reconciler.desired.document import LINK
from reconciler.model import link_host
from reconciler.text.characters import code_point, spots

_ALONE: Final = "set it to the link alone"
_ON_GITHUB: Final = (
    "a secret of GitHub that has another name, or that this job may not use (as for a pull request"
    " of a fork), comes as an empty text"
)
_AS_THEY_ARE: Final = (
    f"{_ALONE}: GitHub's settings and `.env` files of Docker take quotes as they are"
)
_PAIRS: Final = {
    **dict.fromkeys(('""', "''", "``"), "quotes"),
    **dict.fromkeys(
        ("\u201c\u201d", "\u2018\u2019", "\u201e\u201c", "\u00ab\u00bb"),
        "quotes (curly ones, from a text program)",
    ),
    **dict.fromkeys(("<>", "()", "[]"), "brackets"),
}
_NOT_TO_OPEN: Final = (
    "holds a link that no program can open: its host, its port or a bracket is wrong",
    "copy the sheet's sharing link",
)
_LINE: Final = re.compile(
    r"(?s)(?!(?i:https?):)(?:export\s+|set\s+|\$env:)?[A-Za-z_]\w*\s*[=:]\s*(?=\S)(.*)"
)
_OTHERWISE: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), what, remedy)
    for pattern, what, remedy in (
        (
            r"[*\u2022\u25cf.\u2026x]+",
            "holds stars or dots: what masks a secret, not the secret",
            "copy the link itself",
        ),
        (r".*[\r\n].*", "holds several lines", _ALONE),
        (
            r"<.*>|\[.*\]|\{.*\}|\$.*|%.*%|to-?do.*|change_?me|null|none|true|false|secret|link",
            "holds a placeholder where a link should be",
            "put the sheet's sharing link there",
        ),
        (
            "http://.*",
            "holds a link that begins with http://, not https://",
            "share the sheet by https://",
        ),
        (
            "https://.* .*",
            "holds a link with a blank within",
            "copy the link anew, up to its end",
        ),
        (
            "https://.+",
            "holds a link that does not begin with https:// in small letters",
            "mend its begin",
        ),
        (
            r"[\w-]+(\.[\w-]+)+/.*",
            "holds a link without https:// before it",
            "copy the whole link",
        ),
        (".*", "does not hold a link that begins with https://", _ALONE),
    )
)
"""What a text without a link is, the first that fits, and how that is mended."""


def wrong_link(value: str) -> tuple[str, str] | None:
    """Return what a variable holds instead of a link, and how to mend it; None if it holds one."""
    if _is_link(value):
        return None if link_host(value) else _NOT_TO_OPEN
    if not value:
        return "is set and empty", _ON_GITHUB
    if not value.strip():
        return "holds nothing but blanks", _ALONE
    around: dict[str, str] = {}
    core = value
    while layer := next(_layers(core), None):
        core, what, remedy = layer
        around.setdefault(what, remedy)
    if around and _is_link(core):
        *some, last = around
        told = f"{', '.join(some)} and {last}" if some else last
        return f"has {told} around it", next(iter(around.values()))
    return _otherwise(value.strip())


def _is_link(text: str) -> bool:
    return re.fullmatch(LINK.strip("^$"), text) is not None


def _layers(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield what is left without something that people paste along, what that is, and a remedy."""
    if text.endswith(("\r", "\n")):
        windows = " as Windows writes it" if text.endswith("\r\n") else ""
        remedy = f"{_ALONE}: `printf %s` writes it without a line break, `echo` does not"
        yield text.rstrip("\r\n"), f"a line break{windows}", remedy
    if text != text.strip():
        yield text.strip(), "blanks", _ALONE
    ends = (spot for end in (text[:1], text[-1:]) for spot in spots(end))
    if odd := next((spot.character for spot in ends if spot.kind == "unseen"), ""):
        what = f"an invisible character ({code_point(odd)})"
        yield text.strip(odd), what, f"{_ALONE}; type its first and last letters by hand"
    pair = _PAIRS.get(text[:1] + text[-1:]) if len(text) > 1 else None
    if pair:
        yield text[1:-1], pair, _AS_THEY_ARE
    if line := _LINE.fullmatch(text):
        what = "a name (as in a line of a `.env` file)"
        yield line[1], what, f"{_ALONE}, which is behind the name"


def _otherwise(text: str) -> tuple[str, str]:
    odd = re.search(r"[^\n\r -~]", text)
    if odd and text.startswith("https://"):
        what = f"U+{ord(odd[0]):04X}, {unicodedata.name(odd[0], 'which has no name').lower()}"
        remedy = "copy the link anew, and type nothing into it"
        return f"holds a link with a character that no link has: {what}", remedy
    return next((what, remedy) for words, what, remedy in _OTHERWISE if words.fullmatch(text))
