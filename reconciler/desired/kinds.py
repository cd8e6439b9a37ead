"""What a file is that is no group file: bytes that are no UTF-8, and texts of another kind.

Pure: no I/O. Named for what they are: what YAML would say of them helps nobody.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from reconciler.desired import catalogue
from reconciler.errors import Finding

_MARKS: Final = (
    (b"\xef\xbb\xbf", "a byte order mark, as of UTF-8 with BOM", "save it as UTF-8 without BOM"),
    (b"\xff\xfe\x00\x00", "the byte order mark of UTF-32", "save it as UTF-8"),
    (b"\xff\xfe", "the byte order mark of UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "the byte order mark of UTF-16", "save it as UTF-8"),
)
_BEGINNINGS: Final = (
    (b"PK\x03\x04", "a ZIP archive, as Word and Excel write"),
    (b"\xd0\xcf\x11\xe0", "a document of an old Word or Excel"),
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "formatted text (RTF)"),
    (b"\x1f\x8b", "an archive (gzip)"),
    (b"SQLite format 3\x00", "a database (SQLite)"),
    (b"\x00GITCRYPT\x00", "encrypted by git-crypt, and locked in this checkout"),
    (b"$ANSIBLE_VAULT;", "encrypted by Ansible Vault"),
    (b"age-encryption.org/v1", "encrypted by age"),
    (b"-----BEGIN ", "a key, or a message that is encrypted"),
    (b"/annex/objects/", "a pointer of git-annex: the file that it stands for is elsewhere"),
)
_PROBE: Final = 256
_MOST: Final = 100
"""Marks of conflicts that are told."""
_LFS: Final = "version https://git-lfs.github.com/spec/"
_PAGE: Final = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(!doctype html|html|head|body|\?xml)\b", re.DOTALL | re.IGNORECASE
)
_MERGE: Final = ("<<<<<<<", "=======", ">>>>>>>")
_CONFLICT: Final = re.compile(
    r"^(?:<{7,}(?= |\r?$)|={7}(?=\r?$)|>{7,}(?= |\r?$)|\|{7,}(?= |\r?$)).*$", re.MULTILINE
)
"""Longer ones are of a merge within a merge, or of the attribute `conflict-marker-size`."""
_LINK_TEXT: Final = re.compile(r"[\w./-]*[\w-]\.ya?ml\s*")
"""All that stands in a link where a checkout writes links as files."""


def decode(content: bytes) -> tuple[str, Finding | None]:
    """Return a file's text, or the problem that it is not UTF-8 without a byte order mark."""
    if problem := _no_text(content):
        return "", problem
    try:
        return content.decode("utf-8"), None
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"the byte {content[error.start]:#04x} is not UTF-8"
        return "", catalogue.ENCODING.found(message, place=(line, column))


def other_kind(text: str) -> list[Finding]:
    """Return that a text is a pointer, a page, or a merge that is not done; empty if it is not."""
    if text.startswith(_LFS):
        message = "this is a pointer of Git LFS, and not the file that it stands for"
        return [catalogue.LFS_POINTER.found(message)]
    if "<" in text and (page := _PAGE.match(text)):
        what = "XML" if page[1] == "?xml" else "a web page (HTML)"
        line = text.count("\n", 0, page.start(1)) + 1
        return [catalogue.OTHER_KIND.found(f"this is {what}, and not YAML", place=(line, 1))]
    if _LINK_TEXT.fullmatch(text):
        return [
            catalogue.OTHER_KIND.found(
                "this is the name of a file: a link, which the checkout has written as a text",
                remedy="let Git make links (`git config core.symlinks true`, then check it out"
                " anew), or put the file itself here",
            )
        ]
    return list(_conflicts(text)) if any(sign in text for sign in _MERGE) else []


def _no_text(content: bytes) -> Finding | None:
    for mark, words, remedy in _MARKS:
        if content.startswith(mark):
            return catalogue.ENCODING.found(f"the file begins with {words}", remedy=remedy)
    for beginning, words in _BEGINNINGS:
        if content.startswith(beginning):
            return catalogue.OTHER_KIND.found(f"this is {words}, and not YAML")
    return _zeros(content) if b"\x00" in content else None


def _zeros(content: bytes) -> Finding | None:
    """Return why there are zeros, which no text has; None if nothing explains them."""
    written = content.rstrip(b"\x00")
    if not written:
        return catalogue.OTHER_KIND.found(
            "the file holds nothing but zeros (NUL)",
            remedy="bring it back from Git, or write it anew: a full disk, or a computer that went"
            " off, leaves such files",
        )
    halves = content[:_PROBE:2], content[1:_PROBE:2]
    if any(half.count(0) > 0.8 * len(half) for half in halves):
        return catalogue.ENCODING.found("the file is UTF-16", remedy="save it as UTF-8")
    if len(written) < len(content):
        line = written.count(b"\n") + 1
        return catalogue.OTHER_KIND.found(
            f"from here to its end the file holds zeros (NUL), {len(content) - len(written)} bytes",
            place=(line, len(written) - written.rfind(b"\n")),
            remedy="bring it back from Git: a full disk, or a computer that went off, has cut it",
        )
    return None


def _conflicts(text: str) -> Iterator[Finding]:
    """Yield each conflict at the first of its markers."""
    conflict: list[int] = []
    for marker in islice(_CONFLICT.finditer(text), _MOST):
        line = text.count("\n", 0, marker.start()) + 1
        if marker[0].startswith("<") and conflict:
            yield _conflict(conflict)
            conflict = []
        conflict.append(line)
        if marker[0].startswith(">"):
            yield _conflict(conflict)
            conflict = []
    if conflict:
        yield _conflict(conflict)


def _conflict(lines: list[int]) -> Finding:
    *others, last = map(str, lines)
    where = f"lines {', '.join(others)} and {last}" if others else f"line {last}"
    message = f"a merge was left unfinished here, with marks in {where}"
    return catalogue.MERGE_CONFLICT.found(message, place=(lines[0], 1))
