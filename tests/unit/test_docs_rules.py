"""The pages on rules and guards are what these say, and the snippets of group files are valid."""

import re
from pathlib import Path

import pytest

from reconciler.desired import check
from reconciler.plan.guards import RULES as GUARDS
from reconciler.render.rules import ALL, rules_markdown
from reconciler.render.rules import PAGE as PAGE_OF_RULES
from reconciler.render.text import findings_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "group-files.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_on_rules_is_what_they_say() -> None:
    """`reconciler rules --format markdown > docs/rules.md` renews it."""
    assert (ROOT / PAGE_OF_RULES).read_text(encoding="utf-8") == rules_markdown()


def test_each_rule_has_an_anchor() -> None:
    """Which plans, findings and SARIF may link to."""
    headings = re.findall(r"^### (.*)$", rules_markdown(), re.MULTILINE)
    assert headings == list(ALL)


def test_the_table_of_guards_names_all_of_them() -> None:
    """The page on how it works tells them shortly; it is written by hand."""
    text = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    table = re.search(r"^\| guard \|.*?\n\n", text, re.MULTILINE | re.DOTALL)
    assert table
    cells = re.findall(r"^\| (`.*?) \|", table[0], re.MULTILINE)
    assert re.findall(r"`([a-z-]+)`", " ".join(cells)) == list(GUARDS)


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_links_to_rules_lead_to_one(page: Path) -> None:
    """Or to a part of the page."""
    parts = {"rules-about-people", "rules-of-files", "guards"}
    anchors = re.findall(r"rules\.md#([a-z-]+)", page.read_text(encoding="utf-8"))
    assert set(anchors) <= set(ALL) | parts


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippets_are_valid(snippet: str, tmp_path: Path) -> None:
    """What the page shows as a group file is one."""
    (tmp_path / "groups" / "google").mkdir(parents=True)
    (tmp_path / "groups" / "google" / "x.yaml").write_text(snippet, encoding="utf-8")
    assert findings_text(check(tmp_path, None).findings) == ""
