"""Hostile text made visible, and what a mistyped word was meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.text import did_you_mean, listed, short, visible
from reconciler.text.characters import spots


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\x00", "<U+0000>"),
        ("\x1b", "<U+001B>"),
        ("\t", "<U+0009>"),
        ("\n", "<U+000A>"),
        ("\x7f", "<U+007F>"),
        ("\x9b", "<U+009B>"),
        ("\u00ad", "<U+00AD>"),
        ("\u200b", "<U+200B>"),
        ("\u2028", "<U+2028>"),
        ("\u202e", "<U+202E>"),
        ("\u2066", "<U+2066>"),
        ("\ufeff", "<U+FEFF>"),
        ("\ufe0f", "<U+FE0F>"),
        ("\U000e0041", "<U+E0041>"),
        ("\ud800", "<U+D800>"),
    ],
)
def test_what_nobody_sees_is_spelled_out(character: str, shown: str) -> None:
    """Each class of invisible or acting character."""
    assert visible(f"a{character}b") == f"a{shown}b"


def test_ordinary_text_stays() -> None:
    """Accents, other scripts and emoji without joiners are text."""
    assert visible("Clínica 提醒 🩺 a::b #[x]") == "Clínica 提醒 🩺 a::b #[x]"


def test_workflow_commands_are_broken_up() -> None:
    """The runner obeys `::` at the start of a trimmed line and `##[` anywhere."""
    assert visible("::error::x") == "\\::error::x"
    assert visible("  ::add-mask::x") == "  \\::add-mask::x"
    assert visible("x ##[group]") == "x ##\\[group]"


@given(st.text(alphabet=st.characters() | st.sampled_from("\x1b\u202e\n:#[ "), max_size=30))
def test_nothing_acting_is_left(text: str) -> None:
    """No output holds an invisible character or a marker that a runner obeys."""
    shown = visible(text)
    assert not spots(shown)
    assert "##[" not in shown
    assert not shown.lstrip().startswith("::")


@pytest.mark.parametrize(
    ("word", "known", "words"),
    [
        ("quiethours", ["quiet-hours", "dst-time"], "did you mean quiet-hours?"),
        ("zzz", ["quiet-hours"], ""),
        ("a", [], ""),
        ("b\u202ec", ["b\u202ed"], "did you mean b<U+202E>d?"),
    ],
)
def test_what_a_word_was_meant_to_be(word: str, known: list[str], words: str) -> None:
    """The nearest, made visible; nothing where nothing is near."""
    assert did_you_mean(word, known) == words


def test_what_there_is_is_listed() -> None:
    """In its order, made visible, and counted where it is much."""
    assert listed(["b", "a\u202e"]) == "b, a<U+202E>"
    assert listed(["a", "b", "c"], most=2) == "a, b and 1 more"
    assert listed([]) == ""


def test_long_text_is_cut() -> None:
    """At forty characters, after which there are three dots in one."""
    assert short("x" * 40) == "x" * 40
    assert short("x" * 41) == "x" * 40 + "…"
    assert short("\x1b") == "<U+001B>"
