"""What a reader cannot see or tell apart: one table, the languages that it must leave alone."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.text import difference, visible
from reconciler.text.characters import code_point, look_alike, named, spots

VISIBLE_FORMATS = {
    *range(0x600, 0x606),
    *(0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD),
}
"""Signs that Unicode counts as formats, and that everybody sees."""


def told(text: str) -> list[str]:
    """Return the code points that are told of a text."""
    return [code_point(spot.character) for spot in spots(text)]


def test_d_the_table_holds_all_that_is_not_seen() -> None:
    """Controls, formats, private use, halves, separators and every space but one."""
    unseen = {
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs")
    }
    nothing = {*range(0xFDD0, 0xFDF0)} | {
        plane * 0x10000 + code for plane in range(17) for code in (0xFFFE, 0xFFFF)
    }
    fillers = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFE0F, 0xE0100}
    wanted = (unseen | nothing | fillers) - VISIBLE_FORMATS - {0x20}
    assert [code_point(chr(code)) for code in sorted(wanted) if not spots(f"a{chr(code)}b")] == []


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u00a0", "U+00A0 NO-BREAK SPACE"),
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\x1b", "U+001B ESCAPE"),
        ("\x01", "U+0001 CONTROL CHARACTER"),
        ("\ue000", "U+E000 PRIVATE USE CHARACTER"),
        ("\ud800", "U+D800 HALF OF A CHARACTER"),
        ("\ufdd0", "U+FDD0 NO CHARACTER"),
        ("\u0435", "U+0435 CYRILLIC SMALL LETTER IE"),
    ],
)
def test_d_a_character_has_a_name(character: str, name: str) -> None:
    """Also one that Unicode does not name."""
    assert named(character) == name


EMOJI = [
    "☎️ Call",  # as phones write it
    "☎︎ Call",
    "⚠️",
    "1️⃣ #️⃣ *️⃣",
    "👩🏽‍⚕️",
    "👨‍👩‍👧‍👦",
    "🏳️‍🌈",
    "❤️‍🩹",
    "🇺🇸",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "🩺🫀",
    "©️ ™️",
]


@pytest.mark.parametrize("text", EMOJI)
def test_j_emoji_as_phones_write_them_are_text(text: str) -> None:
    """Nothing is told of them, and outputs show them as they are."""
    assert told(text) == []
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("a\ufe0f", ["U+FE0F"]),
        ("1\ufe0f", ["U+FE0F"]),
        ("☎\ufe0f\ufe0f", ["U+FE0F"]),
        ("👩\u200d", ["U+200D"]),
        ("a\u200d👩", ["U+200D"]),
        ("😀\u200b", ["U+200B"]),
        ("🏴\U000e0061\U000e007f", ["U+E0061", "U+E007F"]),
        ("\U000e0067\U000e0062", ["U+E0067", "U+E0062"]),
    ],
)
def test_j_what_only_seems_to_be_of_an_emoji_is_told(text: str, points: list[str]) -> None:
    """Selectors, joiners and tags out of a sequence hide something."""
    assert told(text) == points


LANGUAGES = [
    "Recordatorio de la clínica, ¿mañana?",
    "Nhắc lịch khám bệnh",
    "流感疫苗（第２针）",
    "예약 알림",
    "تذكير بالموعد",
    "תזכורת לתור",
    "یادآوری می‌شود نمی‌خواهم",
    "اردو میں یاد‌دہانی",
    "अपॉइंटमेंट क्‍षमा श्री",
    "র‍্যাব ক্‌ষ",
    "ශ්‍රී ලංකා",
    "Randevou pou doktè",
    "Напоминание о приёме",
    "SMSки для пациентов",
    "Paalala sa iyong appointment",
    "Rappel l’été «à demain»",
    "ʻOhana kīnā",
    "Υπενθύμιση ραντεβού",
    "TNFα, 50 µg, Δt, β-blocker, 98.6°",
    "Zoë’s naïve façade — Ørsted, Łódź",
    "ß Straße İstanbul ışık",
]


@pytest.mark.parametrize("text", LANGUAGES)
def test_d_languages_are_text(text: str) -> None:
    """The languages in which patients and templates are named, each in its usual form."""
    assert unicodedata.is_normalized("NFC", text)
    assert told(text) == []
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("R\u0435call", ["U+0435"]),
        ("\u0420atient", ["U+0420"]),
        ("Visit \u0391nn", ["U+0391"]),
        ("S\u043c\u0455", ["U+0053"]),
        ("\u0417\u0432o\u043d\u043e\u043a", ["U+006F"]),
        ("\u0417g\u043e\u043d\u043e\u043a", []),
        ("Москва", []),
        ("Сара", []),  # only doubles, and a word
        ("\u13a1ecall", ["U+13A1"]),
        ("\u13aaall", ["U+13AA"]),
        ("Follow\u2011up", ["U+2011"]),
        ("\ufb02u", ["U+FB02"]),
        ("\uff21", ["U+FF21"]),
        ("第\uff21室", []),
        ("\U0001d407i", ["U+1D407"]),
        ("8\u223630", ["U+2236"]),
        ("Reca\u217c\u217c", ["U+217C", "U+217C"]),
        ("Visit \u2161", ["U+2161"]),
        ("第\u2161期", []),
        ("Rec\u0251ll", ["U+0251"]),
        ("Ima\u0261ing", ["U+0261"]),
        ("Reca\u2113l", ["U+2113"]),
        ("\u210bello", ["U+210B"]),
        ("A\u01c0B\u2223C\u01c3", ["U+01C0", "U+2223", "U+01C3"]),
        ("1\u20442", ["U+2044"]),
        ("\u2116 5 \u2122 \u211e \u2126", ["U+2126"]),
    ],
)
def test_d_letters_that_look_like_others(text: str, points: list[str]) -> None:
    """Within one word; a word of one script is one, and what everybody sees is no deceit."""
    assert told(text) == points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("Cafe\u0301 x", ["U+0301"]),
        ("be\u0323\u0302nh", ["U+0323", "U+0302"]),
        ("b\u00ea\u0323nh", ["U+0323"]),
        ("\u1112\u1161\u11ab x", ["U+1161", "U+11AB"]),
        ("\u212bx", ["U+212B"]),
        ("\u212b\u0301", ["U+212B", "U+0301"]),
        ("x\u0301y", []),  # there is no such letter in one piece
    ],
)
def test_d_accents_apart_are_told(text: str, points: list[str]) -> None:
    """Each mark that would be one with what stands before it."""
    assert told(text) == points


def test_d_one_reason_is_told_of_a_character() -> None:
    """A no-break space is not told twice, whatever else is odd in the text."""
    assert told("e\u0301\u00a0\ufb02\u0435") == ["U+0301", "U+00A0", "U+FB02"]


def test_d_many_marks_on_one_letter_cost_little() -> None:
    """Two hundred thousand of them; normalising them at once would cost minutes."""
    assert len(spots("e" + "\u0301\u0323" * 20_000)) > 1000


@given(st.text(max_size=40))
def test_d_what_is_told_is_spelled_out_and_nothing_else(text: str) -> None:
    """An output shows all of a text but for its spots, each of which is spelled out."""
    pieces, at = "", 0
    for spot in spots(text):
        pieces += text[at : spot.index] + f"<{code_point(spot.character)}>"
        at = spot.index + 1
    plain = pieces + text[at:]
    assert visible(text).replace("\\", "") == plain.replace("\\", "")


ALIKE = [
    ("Visit\u00a02", "Visit 2", 'U+00A0 NO-BREAK SPACE → U+0020 SPACE after "Visit"'),
    ("Visit 2 ", "Visit 2", 'U+0020 SPACE → nothing after "2"'),
    ("Visit  2", "Visit 2", 'U+0020 SPACE → nothing after "Visit"'),
    ("Recall", "R\u0435call", '"e" → U+0435 CYRILLIC SMALL LETTER IE after "R"'),
    ("Recall", "RecalL", '"l" → "L" after "Recal"'),
    ("Visit 1", "Visit l", '"1" → "l" after "Visit"'),
    ("Visit O", "Visit 0", '"O" → "0" after "Visit"'),
    ("ab", "a\u200bb", 'nothing → U+200B ZERO WIDTH SPACE after "a"'),
    ("☎ x", "☎\ufe0f x", 'nothing → U+FE0F VARIATION SELECTOR-16 after "☎"'),
    ("\uff21", "A", 'U+FF21 FULLWIDTH LATIN CAPITAL LETTER A → "A" at the beginning'),
    ("a   b", "a b", 'U+0020 SPACE x 2 → nothing after "a"'),
    ("\u2010", "-", "U+2010 HYPHEN → U+002D HYPHEN-MINUS at the beginning"),
    (
        "Ann\u2019s",
        "Ann's",
        'U+2019 RIGHT SINGLE QUOTATION MARK → U+0027 APOSTROPHE after "Ann"',
    ),
    (
        "Caf\u00e9",
        "Cafe\u0301",
        (
            'U+00E9 LATIN SMALL LETTER E WITH ACUTE → "e" and U+0301 COMBINING ACUTE ACCENT'
            ' after "Caf"'
        ),
    ),
    (
        "a b c d e",
        "a\u00a0b\u00a0c\u00a0d\u00a0e",
        (
            'U+0020 SPACE → U+00A0 NO-BREAK SPACE after "a", U+0020 SPACE → U+00A0 NO-BREAK SPACE'
            ' after "b", U+0020 SPACE → U+00A0 NO-BREAK SPACE after "c", and more'
        ),
    ),
    (
        "a",
        "\u200b\u200c\u2060\ufeffa",
        (
            "nothing → U+200B ZERO WIDTH SPACE and U+200C ZERO WIDTH NON-JOINER and U+2060 WORD"
            " JOINER and more at the beginning"
        ),
    ),
]


@pytest.mark.parametrize(("before", "after", "words"), ALIKE)
def test_d_in_what_two_texts_differ_that_look_the_same(before: str, after: str, words: str) -> None:
    """By name, with what stands before it."""
    assert look_alike(before, after)
    assert difference(before, after) == words


@pytest.mark.parametrize(
    ("before", "after"), [("a", "a"), ("Visit 2", "Visit 3"), ("a", ""), ("x" * 2000, "X" * 2000)]
)
def test_d_of_others_nothing_is_said(before: str, after: str) -> None:
    """Whoever reads them sees it; and what is very long is no name."""
    assert difference(before, after) == ""
