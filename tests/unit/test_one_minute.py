"""docs/one-minute.md: what it says can be seen of a recorded comment can be seen of it."""

import re
from pathlib import Path

import pytest

from tests.unit.test_render_markdown import seen

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/one-minute.md").read_text(encoding="utf-8")
CASE = re.compile(r"\[[^\]]+\]\(\.\./(tests/cases/[^/]+/expected/plan\.md)\)")


def answers() -> list[tuple[str, str, bool]]:
    """Return each answer with the recorded comment that it is about, and whether it is bold."""
    found, path = [], ""
    for line in PAGE.splitlines():
        if line.startswith("|"):
            path = match[1] if (match := CASE.search(line)) else path
            for bold, words in re.findall(r'(\*\*)?"([^"]+)"', line.rpartition(" | ")[2]):
                found.append((path, words, bool(bold)))
    return found


def first_seen(path: str) -> str:
    """Return the Markdown of a recorded comment up to its first fold."""
    return (ROOT / path).read_text(encoding="utf-8").partition("<details>")[0]


def words_of(markdown: str) -> str:
    """Return its text as it is read."""
    return re.sub(r"\s+", " ", "".join(seen(markdown).text))


@pytest.mark.parametrize(("path", "words", "bold"), answers())
def test_each_answer_is_seen_at_once(path: str, words: str, *, bold: bool) -> None:
    """In these words; what is dangerous in bold."""
    markdown = first_seen(path)
    assert words in words_of(markdown)
    if bold:
        loud = re.findall(r"<strong>(.*?)</strong>", markdown)
        assert words in [words_of(piece).strip() for piece in loud]


def test_there_are_five_comments_and_each_kind_of_question() -> None:
    """And what is seen of each is small."""
    paths = {path for path, *_ in answers()}
    assert len(paths) == 5
    for path in [*paths, "tests/cases/two-hundred-groups/expected/plan.md"]:
        assert len(first_seen(path).encode()) <= 12_000
    for name in re.findall(r"\(\.\./(tests/cases/[^)]+)\)", PAGE):
        assert (ROOT / name).is_file()
