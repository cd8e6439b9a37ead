"""Hostile text made visible, counted nouns, and what a mistyped word was meant to be.

Pure: no I/O. Anybody may name a template; a name must not move the cursor, reverse the reading
direction, hide characters from a reviewer or start a GitHub workflow command.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

_LONGEST: Final = 40
_ALIKE: Final = 0.6
"""Of two words that are one but for a typing error; what difflib calls their ratio."""

_INVISIBLE_CLASS = (
    r"\x00-\x1f\x7f-\x9f"  # C0 (tab and newline included), DEL, C1
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen and fillers
    # zero width, line separators, bidi, invisible operators
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"  # fillers, variation selectors, BOM, annotation
    r"\U000e0000-\U000e0fff\ud800-\udfff"  # tag characters, lone surrogates
)

INVISIBLE = re.compile(f"[{_INVISIBLE_CLASS}]")
"""One character that is invisible or acts on a terminal; it must never be shown as it is."""

_WORKFLOW_MARKERS = re.compile(r"##\[|^(\s*)::", re.MULTILINE)


def visible(text: str) -> str:
    r"""Return text with invisible and acting characters spelled out.

    It is then safe for one line of a terminal or a CI log.

    `\u202e` becomes `<U+202E>`; the markers that GitHub's runner obeys (`##[` anywhere, `::` at the
    start of a line) are broken up with a backslash.
    """
    shown = INVISIBLE.sub(lambda match: f"<U+{ord(match.group()):04X}>", text)
    return _WORKFLOW_MARKERS.sub(
        lambda match: "##\\[" if match.group() == "##[" else f"{match.group(1)}\\::", shown
    )


def short(text: str) -> str:
    """Return text from a file as a message may hold it: inert, and of bounded length."""
    shown = visible(text[: _LONGEST + 1])
    return shown if len(text) <= _LONGEST else f"{shown[:_LONGEST]}…"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "did you mean X?" with the known word that is spelt most alike, or "" if none is.

    Letters know nothing of meaning: this is for the words of this program (options, keys of a
    file, settings, ids of rules), where a wrong guess is refused again or changes nothing. Where it
    would change who is contacted, or when, nobody guesses by letters: environments, groups and
    files that a command is told, and integrations are `listed`, and of time zones
    `reconciler.zones.meant` says what is known. What `SMS` and `CALL` are mistyped for is not
    guessed either; the message names both. Names that the API chose (slugs, templates, ids) are
    never compared by letters.

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
