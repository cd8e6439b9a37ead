"""The page on group files is complete and its snippets are valid."""

import ast
import re
from pathlib import Path

import pytest

from reconciler.desired import check
from reconciler.render.text import findings_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "group-files.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def rules_in_code() -> set[str]:
    """Return the rule ids of the loader: the first argument of what builds or notes a problem."""
    found: set[str] = set()
    for path in (ROOT / "reconciler" / "desired").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            node.target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            first = node.args[0]
            rule = (
                constants.get(first.id)
                if isinstance(first, ast.Name)
                else getattr(first, "value", None)
            )
            if name in {"Problem", "refuse", "_finding"} and isinstance(rule, str):
                found.add(rule)
    return found


def test_every_rule_is_documented_and_every_documented_rule_exists() -> None:
    """The table and the code name the same rules."""
    documented = set(
        re.findall(r"^\| `([a-z-]+)` \|", PAGE[PAGE.index("## Rules") :], re.MULTILINE)
    )
    assert documented == rules_in_code()
    assert len(documented) > 30


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippets_are_valid(snippet: str, tmp_path: Path) -> None:
    """What the page shows as a group file is one."""
    (tmp_path / "groups" / "google").mkdir(parents=True)
    (tmp_path / "groups" / "google" / "x.yaml").write_text(snippet, encoding="utf-8")
    assert findings_text(check(tmp_path, None).findings) == ""
