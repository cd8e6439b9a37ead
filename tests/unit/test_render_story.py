"""What a change comes to, in sentences; how they read in each form, `tests/cases` shows."""

from dataclasses import replace

from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.story import stories
from reconciler.render.story import story_words
from reconciler.render.words import plain
from tests.builders import action, desired, live, use_case

FIRST, SECOND, THIRD = action(7, "First"), action(3, "Second"), action(1, "Third")


def test_notes_stand_behind_what_they_are_about() -> None:
    """Of the use case, and of texts that begin or change; those of what stays are not told."""
    entry = desired("a", use_cases=(use_case("A", FIRST, SECOND, THIRD), use_case("B", THIRD)))
    notes = {
        "use_cases.A": "agreed",
        "use_cases.A.actions.0": "was there",
        "use_cases.A.actions.1": "is new",
        "use_cases.A.actions.2": "is new",
        "use_cases.B": "stays",
    }
    current = live("a", use_cases=(use_case("A", FIRST), use_case("B", THIRD)))
    (story,) = stories(build_plan([replace(entry, notes=notes)], [current], Target()))
    told = [plain(words) for words in story_words(story, "before")]
    assert [words for words in told if words.startswith("Note")] == [
        "Note on A: “agreed”",
        "Note on A: “is new”",
    ]


def test_many_texts_and_use_cases_are_counted() -> None:
    """Three texts of a use case are told, and of more use cases than six the names."""
    texts = [action(day, f"T{day}", context=f"c{day}") for day in range(10, 15)]
    cases = [use_case("A", FIRST, *texts), *(use_case(f"B{number}") for number in range(7))]
    current = live("a", use_cases=(use_case("A", FIRST),))
    (story,) = stories(build_plan([desired("a", use_cases=tuple(cases))], [current], Target()))
    first, *_ = (plain(words) for words in story_words(story, "before"))
    assert "A: 6 texts instead of 1 text, new text “T14” 14 days before, new text" in first
    assert "12 days before, and 2 more; B0 begins with" in first
    assert first.endswith("B4 begins with 1 text (1 day before); and B5, B6")


def test_a_channel_that_nobody_knows_is_shown_as_it_is() -> None:
    """Somebody has typed it into the dashboard."""
    odd = action(1, "T", "FAX")
    current = live("a", use_cases=(use_case("A", odd, action(2, "U")),))
    (story,) = stories(
        build_plan([desired("a", use_cases=(use_case("A", action(2, "U")),))], [current], Target())
    )
    first, *_ = (plain(words) for words in story_words(story, "before"))
    assert first == "A: 1 text instead of 1 text and 1 other, no more FAX “T” 1 day before"
