"""Hostile text made visible, counted nouns, and what a mistyped word was meant to be.

Pure: no I/O. Anybody may name a template; a name must not move the cursor, reverse the reading
direction, hide characters from a reviewer or start a GitHub workflow command.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from typing import Final

from reconciler.text.characters import code_point, look_alike, named, spots

_LONGEST: Final = 40
_ALIKE: Final = 0.6
"""Of two words that are one but for a typing error; what difflib calls their ratio."""

HIDDEN_LINK: Final = "(hidden link)"
"""Stands where a link would be shown."""

_SHEETS: Final = (
    r"1drv\.ms|onedrive\.live\.com|sharepoint\.com|docs\.google\.com|drive\.google\.com"
)
_LINK: Final = re.compile(
    # To the next space or quote; a link that ends earlier would leave its secret behind.
    # Percent-encoded it is a link too, as within the link of a mail filter.
    r"(?:[a-z][a-z0-9+.-]{0,20}(?::|%3a)(?:/|%2f){2}(?=[\w\[%@.-])"
    rf"|(?:[\w-]{{1,63}}\.){{0,8}}(?:{_SHEETS})(?:[/?]|%2f|%3f))[^\x00-\x20\"'<>]*",
    re.IGNORECASE,
)
_SIGN: Final = re.compile("[/?%]")
"""Whatever a link has; few texts do."""
_ADDRESS: Final = re.compile(r"https?://[\w.-]+(?::\d+)?/?", re.IGNORECASE)
"""Neither a path nor a name before the host: it is where an API is, and gives nothing away."""
_ALIKE_RUN: Final = re.compile(r"[A-Za-z0-9]+|(.)\1*", re.DOTALL)
_COMPARED: Final = 1000
"""Characters of texts that are compared, which costs the square of their number."""
_TOLD: Final = 3
"""Spots at which two texts differ that are told; who looks there finds the others."""

_WORKFLOW_MARKERS = re.compile(r"##\[|^(\s*)::", re.MULTILINE)


def visible(text: str) -> str:
    r"""Return text with characters spelled out that a reader cannot see or tell from others.

    It is then safe for one line of a terminal or a CI log.

    `\u202e` becomes `<U+202E>`, see `characters.spots`; the markers that GitHub's runner obeys
    (`##[` anywhere, `::` at the start of a line) are broken up with a backslash.
    """
    shown = text if text.isascii() and text.isprintable() else _spelled(text)
    return _WORKFLOW_MARKERS.sub(
        lambda match: "##\\[" if match.group() == "##[" else f"{match.group(1)}\\::", shown
    )


def _spelled(text: str) -> str:
    pieces, end = [], 0
    for spot in spots(text):
        pieces += [text[end : spot.index], f"<{code_point(spot.character)}>"]
        end = spot.index + 1
    return "".join([*pieces, text[end:]])


def masked(text: str) -> str:
    """Return text without what looks like a link: whoever has a sheet's link may open it."""
    return _LINK.sub(_hidden, text) if _SIGN.search(text) else text


def _hidden(link: re.Match[str]) -> str:
    # What ends a sentence or closes a bracket is hardly the link's, and gives nothing away.
    shown = link[0].rstrip(")]},.;!?")
    return link[0] if _ADDRESS.fullmatch(shown) else HIDDEN_LINK + link[0][len(shown) :]


def inert(text: str) -> str:
    """Return text that files or the API chose, as any output may hold it: inert, without links."""
    return visible(masked(text))


def short(text: str) -> str:
    """Return text from a file as a message may hold it: `inert`, and of bounded length."""
    hidden = masked(text)
    return inert(hidden[:_LONGEST]) + ("…" if len(hidden) > _LONGEST else "")


def difference(before: str, after: str) -> str:
    """Return in what two names differ that a reader may take for one, or "" for any others.

    `U+00A0 NO-BREAK SPACE → U+0020 SPACE after "Visit"`, up to three of them.
    """
    if max(len(before), len(after)) > _COMPARED or not look_alike(before, after):
        return ""
    pairs = [
        (at, before[at:until], after[begin:end])
        for kind, at, until, begin, end in SequenceMatcher(
            None, before, after, autojunk=False
        ).get_opcodes()
        if kind != "equal"
    ]
    told = [f"{_named(one)} → {_named(other)} {_behind(before[:at])}" for at, one, other in pairs]
    more = ["and more"] if len(told) > _TOLD else []
    return ", ".join([*told[:_TOLD], *more])


def _named(piece: str) -> str:
    """Return some characters so that each is known, letters and digits of ASCII as they are."""
    words = [
        f'"{part}"' if part.isascii() and part.isalnum() else named(part[0]) + _times(len(part))
        for part in (match[0] for match in _ALIKE_RUN.finditer(piece))
    ]
    told = words[:_TOLD] + (["more"] if len(words) > _TOLD else [])
    return inert(" and ".join(told)) or "nothing"


def _times(number: int) -> str:
    return f" x {number}" if number > 1 else ""


def _behind(text: str) -> str:
    words = text.split(" ")
    word = next((word for word in reversed(words) if word), "")
    return f'after "{short(word)}"' if word else "at the beginning"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "did you mean X?" with the known word that is spelt most alike, or "" if none is.

    Letters know nothing of meaning: this is for the words of this program (options, keys of a
    file, settings, ids of rules), where a wrong guess is refused again or changes nothing. Where it
    would change who is contacted, or when, nobody guesses by letters: environments, groups and
    files that a command is told, and integrations are `listed`, and of time zones
    `reconciler.zones.meant` says what is known. What `SMS` and `CALL` are mistyped for is not
    guessed either; the message names both. Names that the API chose (slugs, templates, ids) are
    not compared by letters here; where many use one of them, the rule lone-name warns.

    Args:
        word: What there is not.
        known: What there is.
    """
    close = get_close_matches(word, list(known), n=1, cutoff=_ALIKE)
    return f"did you mean {visible(close[0])}?" if close else ""


def listed(known: Sequence[str], most: int = 8) -> str:
    """Return what there is, in its order, and how much more: `a, b, c and 4 more`."""
    more = len(known) - most
    shown = ", ".join(visible(name) for name in known[:most])
    return f"{shown} and {more} more" if more > 0 else shown


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if it is not one: `1 error`, `2 errors`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def sentence_case(text: str) -> str:
    """Return text with its first letter large and the others as they are."""
    return text[:1].upper() + text[1:]
