"""Characters that a reader cannot see, or cannot tell from others: one table for files and outputs.

Pure: no I/O. Files are refused for them and outputs spell them out, so that what is read is what
there is. How people write their languages and their emoji is no reason to refuse anything: joiners
within Persian and Indic words, right-to-left letters, whole words in any script, and the sequences
that phones write are text.

Source of the table: Unicode Technical Standards 39 (look-alikes), 51 (emoji) and 55 (source code),
and the property Default_Ignorable_Code_Point.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["unseen", "alike", "form"]
"""Not to be seen; to be taken for another character; an accent (or the like) that stands apart."""

BIDI: Final = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u206a-\u206f"
"""Marks and controls that reorder what stands beside them, as a class of a pattern."""

_UNSEEN_CLASS: Final = (
    r"\x00-\x1f\x7f-\x9f"  # C0 (tab and line breaks included), DEL, C1
    r"\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800"  # spaces other than the space; blank
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # soft hyphen and fillers
    r"\u200b-\u200d\u2028\u2029\u2060-\u2065\ufeff"  # zero width, line separators, operators, BOM
    rf"{BIDI}"
    r"\ufe00-\ufe0f\ufff0-\ufffc"  # variation selectors, annotation, a missing object
    r"\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"  # format controls
    r"\U000e0000-\U000e0fff"  # tags and further selectors
    r"\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff"  # surrogates, private use
    r"\ufdd0-\ufdef" + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(0x11))
)

_EMOJI: Final = (
    r"[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934"
    r"\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_INDIC: Final = r"[\u0900-\u0dff]"
_VIRAMA: Final = r"[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]"
_ARABIC: Final = (
    r"[\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06df-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff]"
)
_FLAGS: Final = "|".join(
    "".join(chr(0xE0000 + ord(letter)) for letter in region)
    for region in ("gbeng", "gbsct", "gbwls")
)
_FINE: Final = (
    rf"{_EMOJI}[\ufe0e\ufe0f]?(?:\u200d{_EMOJI}\ufe0f?)*"
    r"|[#*0-9]\ufe0f\u20e3"
    rf"|(?<=\U0001f3f4)(?:{_FLAGS})\U000e007f"
    rf"|(?<={_INDIC})[\u200c\u200d](?={_INDIC})|(?<={_VIRAMA})[\u200c\u200d]"
    rf"|(?<={_ARABIC})\u200c(?={_ARABIC})"
)
"""Emoji as phones write them, and joiners where a script needs them."""

_UNSEEN_OR_FINE: Final = re.compile(f"{_FINE}|([{_UNSEEN_CLASS}])")
_UNSEEN: Final = re.compile(f"[{_UNSEEN_CLASS}]")
_BLANK: Final = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800]")

_CYRILLIC: Final = dict(
    zip(
        "АВЕЗКМНОРСТУХЬЅІЇЈҮԀԌԚԜӀЁаеорсухѕіїјһӏԁԛԝѵё",
        "ABE3KMHOPCTYXbSIÏJYdGQWIËaeopcyxsiïjhldqwvë",
        strict=True,
    )
)
_GREEK: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρ", "ABEZHIKMNOPTYXovp", strict=True))
_OTHERS: Final = dict(
    zip(
        "ՕՍոսհօցզᎪᏴᏟᎬᏀᎻᏆᎫᏦᏞᎷᏢᎡᏚᎢᏙᏔᏃᴏᴄᴠᴢꓐꓚꓓꓰꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜꮯꮪꮩ",
        "OSnuhogqABCEGHIJKLMPRSTVWZocvzBCDEGHIJKLMNOPRSTUVWXYZcsv",
        strict=True,
    )
)
_LOOKS: Final = _CYRILLIC | _GREEK | _OTHERS
"""Letters of other scripts by the Latin letter that they cannot be told from."""

_FOREIGN: Final = re.compile(
    r"[\u0370-\u03ff\u0400-\u052f\u0531-\u0586\u13a0-\u13fd\u1d04-\u1d22\ua4d0-\ua4f7\uab70-\uabbf]"
)
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_STYLED: Final = re.compile(
    r"[\u2010\u2011\u2024\u2215\u2236\ua789\ufb00-\ufb06\U0001d400-\U0001d7ff"
    r"\u2102\u210a-\u2113\u2115\u2119-\u211d\u2124\u2128\u212c\u212d\u212f-\u2131\u2133\u2134"
    r"\u2145-\u2149\u0251\u0261\u01c0\u01c3\u2223\u2044]|([\uff01-\uff5e\u2160-\u217f])"
)
"""Hyphens, ligatures, letters of formulas and of phonetics; apart from them what is at home in the
East: forms of full width, and Roman numerals of one piece."""
_SIGNS: Final = {
    **dict(zip("\u2010\u2011\u2215\u2044\u2236\ua789", "--//::", strict=True)),
    **dict(zip("\u0251\u0261\u01c0\u01c3\u2223", "ag|!|", strict=True)),
}
_EAST_ASIAN: Final = re.compile(
    r"[\u1100-\u11ff\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uac00-\ud7a3\U00020000-\U0003ffff]"
)
"""Letters among which forms of full width are at home."""

_CONTROLS: Final = {
    "\x00": "NULL",
    "\x07": "BELL",
    "\x08": "BACKSPACE",
    "\t": "TAB",
    "\n": "LINE FEED",
    "\x0b": "LINE TABULATION",
    "\x0c": "FORM FEED",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
    "\ufeff": "BYTE ORDER MARK",
}
_CATEGORIES: Final = {
    "Cc": "CONTROL CHARACTER",
    "Co": "PRIVATE USE CHARACTER",
    "Cs": "HALF OF A CHARACTER",
}
_QUOTES: Final = str.maketrans(
    {**dict.fromkeys("‘’‛ʼʻ´`", "'"), **dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‒–—−", "-")}
)
_STROKES: Final = str.maketrans({**dict.fromkeys("I1|", "l"), **dict.fromkeys("0O", "o")})


_PIECE: Final = 1000
_MARKS: Final = 16
"""Marks of one letter that are looked at; no language has so many."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A character of a text that a reader cannot see, or takes for something else.

    Attributes:
        index: Where in the text it stands, from 0.
        character: It.
        kind: Why it is told.
        like: What it looks like; empty if that is nothing, or another form of itself.
    """

    index: int
    character: str
    kind: Kind
    like: str = ""


def spots(text: str) -> list[Spot]:
    """Return what a reader of a text cannot see or tell apart, in its order."""
    if text.isascii():
        if text.isprintable():
            return []
        return [Spot(at, char, "unseen") for at, char in enumerate(text) if not char.isprintable()]
    found = [
        Spot(match.start(), match[1], "unseen")
        for match in _UNSEEN_OR_FINE.finditer(text)
        if match[1]
    ]
    # In pieces that overlap: many marks on one letter cost the square of their number.
    pieces = (text[at : at + _PIECE + 1] for at in range(0, len(text), _PIECE))
    if not all(unicodedata.is_normalized("NFC", piece) for piece in pieces):
        found += _apart(text)
    if _FOREIGN.search(text):
        found += (spot for word in _WORD.finditer(text) for spot in _mixed(word))
    found += _styled(text)
    # One character may be told for two reasons; the first one is enough.
    return sorted({spot.index: spot for spot in reversed(found)}.values(), key=lambda it: it.index)


def named(character: str) -> str:
    """Return a character by code point and name: `U+00A0 NO-BREAK SPACE`."""
    name = (
        _CONTROLS.get(character)
        or unicodedata.name(character, "")
        or _CATEGORIES.get(unicodedata.category(character), "NO CHARACTER")
    )
    return f"{code_point(character)} {name}"


def code_point(character: str) -> str:
    """Return a character by its code point: `U+00A0`."""
    return f"U+{ord(character):04X}"


def look_alike(one: str, other: str) -> bool:
    """Return whether two texts that differ may look the same, or the same but for large letters."""
    if one == other:
        return False
    here, there = skeleton(one), skeleton(other)
    return (
        here.casefold() == there.casefold()
        or here.translate(_STROKES).casefold() == there.translate(_STROKES).casefold()
    )


def skeleton(text: str) -> str:
    """Return what the eye keeps of a text: no accent's form, no script, no width, one space."""
    if not (text.isascii() and text.isprintable()):
        text = _UNSEEN.sub(lambda match: " " if match[0].isspace() else "", _BLANK.sub(" ", text))
        text = "".join(_LOOKS.get(char) or _SIGNS.get(char, char) for char in text)
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.translate(_QUOTES).split())


def _apart(text: str) -> Iterator[Spot]:
    """Yield what is not in Unicode's form C: accents apart from their letters, and doubles."""
    cluster = ""
    for index, char in enumerate(text):
        one = unicodedata.normalize("NFC", char)
        if one != char:
            yield Spot(index, char, "form", one)
            cluster = one
            continue
        longer = cluster[-_MARKS:] + char
        if unicodedata.is_normalized("NFC", longer):
            cluster = longer if unicodedata.combining(char) else char
        else:
            yield Spot(index, char, "form")
            cluster = unicodedata.normalize("NFC", longer)


def _mixed(word: re.Match[str]) -> Iterator[Spot]:
    """Yield the letters of another script within a word, which are there to deceive or by mistake.

    A word in one script is a word. Where a letter of the other script is none of Latin's doubles,
    as an alpha behind TNF, everybody sees the mixture, but for single Latin letters in such a word.
    """
    letters = list(enumerate(word[0], start=word.start()))
    latin = [(at, char) for at, char in letters if _LATIN.match(char)]
    foreign = [(at, char) for at, char in letters if _FOREIGN.match(char)]
    if not latin or not foreign:
        return
    if all(char in _LOOKS for _, char in foreign):
        yield from (Spot(at, char, "alike", _LOOKS[char]) for at, char in foreign)
    elif len(latin) < len(foreign):
        doubles = {like: char for char, like in [*_GREEK.items(), *_CYRILLIC.items()]}
        if all(char in doubles for _, char in latin):
            yield from (Spot(at, char, "alike", doubles[char]) for at, char in latin)


def _styled(text: str) -> Iterator[Spot]:
    """Yield signs and letters that look like plain ones; full width only in a text of the West."""
    at_home = _EAST_ASIAN.search(text)
    for match in _STYLED.finditer(text):
        if not (match[1] and at_home):
            like = _SIGNS.get(match[0]) or unicodedata.normalize("NFKC", match[0])
            yield Spot(match.start(), match[0], "alike", like)
