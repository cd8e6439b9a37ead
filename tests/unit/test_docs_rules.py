"""The page on group files is complete and its snippets are valid."""

import re
from pathlib import Path

import pytest

from reconciler.desired import check
from reconciler.desired.catalogue import RULES
from reconciler.render.text import findings_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "group-files.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_rule_is_documented_and_every_documented_rule_exists() -> None:
    """The table and the code name the same rules."""
    documented = re.findall(r"^\| `([a-z-]+)` \|", PAGE[PAGE.index("## Rules") :], re.MULTILINE)
    assert documented
    assert set(documented) == set(RULES)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippets_are_valid(snippet: str, tmp_path: Path) -> None:
    """What the page shows as a group file is one."""
    (tmp_path / "groups" / "google").mkdir(parents=True)
    (tmp_path / "groups" / "google" / "x.yaml").write_text(snippet, encoding="utf-8")
    assert findings_text(check(tmp_path, None).findings) == ""
