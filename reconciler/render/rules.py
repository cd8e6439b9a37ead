"""Lint rules as text for a terminal and as the page docs/rules.md.

Pure: no I/O.
"""

from collections.abc import Iterable

from reconciler.errors import Rule
from reconciler.lint import level
from reconciler.settings import LintSettings

_HEAD = """\
# Rules about what group files do to people

`reconciler validate` checks them, and `plan` shows what they find in the groups that change; with
`--base` it also says what this branch adds and what it resolves. They warn; that a rule finds
nothing does not mean that something is allowed. `reconciler rules --format markdown` writes this
page.

A finding that is meant is allowed where it stands, with a reason, on its line or above it:

```yaml
# reconciler: allow quiet-hours -- night shift staff, who asked for it
start_time: 05:30:00
```

An allowance without a reason allows nothing, and one that silences nothing is itself reported.
Settings are in pyproject.toml; the plan of a pull request uses those of its base:

```toml
[tool.reconciler.lint]
# error, warning, info or off; an error stops a plan
levels = { quiet-hours = "error", ai-voice = "info" }
# when patients may be contacted; default 08:00 to 21:00
hours = { begin = "08:00", end = "20:00" }
# where patients live
patient_zones = ["America/Chicago", "America/Los_Angeles"]
# whose stricter hours apply
states = ["FL", "OK", "WA"]
```
"""


def rules_text(rules: Iterable[Rule], settings: LintSettings) -> str:
    """Return a line for each rule: id, level and title."""
    return "".join(f"{rule.id:<17} {level(rule, settings):<8} {rule.title}\n" for rule in rules)


def rule_text(rule: Rule, settings: LintSettings) -> str:
    """Return all that is known of a rule."""
    at = level(rule, settings)
    usual = "" if at == rule.level else f" (usually {rule.level})"
    example = "".join(f"    {line}\n" for line in rule.example.splitlines())
    return (
        f"{rule.id}: {rule.title}\n\n{rule.why}\n\n"
        f"Level:   {at}{usual}\nSource:  {rule.source}\nRemedy:  {rule.remedy}\n"
        f"Allow:   # reconciler: allow {rule.id} -- reason\n\nFinds something in:\n\n{example}"
    )


def rules_markdown(rules: Iterable[Rule]) -> str:
    """Return the page that explains all rules."""
    listed = list(rules)
    rows = "".join(
        f"| [`{rule.id}`](#{rule.id}) | {rule.level} | {rule.title} |\n" for rule in listed
    )
    parts = "".join(_section(rule) for rule in listed)
    return f"{_HEAD}\n| rule | level | what it finds |\n|---|---|---|\n{rows}{parts}"


def _section(rule: Rule) -> str:
    said = (
        f"**{rule.title}** ({rule.level}). {rule.why}\n\n- Remedy: {rule.remedy}.\n- Source:"
        f" {rule.source}."
    )
    return f"\n## {rule.id}\n\n{said}\n\n```yaml\n{rule.example}```\n"
