"""Rules of all kinds as text for a terminal and as the page docs/rules.md.

Pure: no I/O.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from reconciler import lint
from reconciler.desired import catalogue
from reconciler.errors import Kind, Rule
from reconciler.plan import guards
from reconciler.settings import LintSettings

PAGE: Final = "docs/rules.md"
"""Where the page is, from the top of the repository; each rule has its id as anchor."""

ALL: Final[Mapping[str, Rule]] = {
    **lint.RULES,
    **catalogue.RULES,
    lint.ALLOWANCE.id: lint.ALLOWANCE,
    **guards.RULES,
}
"""Whatever is printed in brackets, by its id: rules about people, rules of files, guards."""

_TITLES: Final[dict[Kind, str]] = {
    "people": "Rules about people",
    "file": "Rules of files",
    "guard": "Guards",
}
_SAID: Final[dict[Kind, str]] = {
    "people": """\
They say what group files do to people. `reconciler validate` checks them, and `plan` shows what
they find in the groups that change; with `--base` it also says what this branch adds and what it
resolves. They warn; that a rule finds nothing does not mean that something is allowed.

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
""",
    "file": """\
They say what a group file must be, so that there is one way to read it. `reconciler validate` tells
every problem of every file at once; as long as one is an error, `plan` and `apply` send nothing.
They cannot be allowed or switched off.

An example is a file that is refused. A comment names the file where its place matters, and says
what no text can show.
""",
    "guard": """\
They refuse a whole plan: nothing of it is written, and `plan` and `apply` exit 4. All that stand
against a plan are told at once. Those with a number are lifted for one run, each by its name and
the new number, such as `--allow creates=12`; the others by what their remedy says. The limits are
settings:

```toml
[tool.reconciler.guards]
creates = 10
updates = 20
disables = 5
```
""",
}

_HEAD: Final = """\
# Rules and guards

Whatever `reconciler` prints in brackets, such as `[quiet-hours]`, is explained here, and by
`reconciler rules quiet-hours`. `reconciler rules --format markdown` writes this page.
"""


def rules_text(settings: LintSettings) -> str:
    """Return a line for each rule, under its kind: id, level and title."""
    return "\n".join(
        f"{title}\n"
        + "".join(
            f"  {rule.id:<22} {level_of(rule, settings):<8} {rule.title}\n" for rule in _of(kind)
        )
        for kind, title in _TITLES.items()
    )


def rule_text(rule: Rule, settings: LintSettings) -> str:
    """Return all that is known of a rule."""
    at = level_of(rule, settings)
    usual = "" if at == level_of(rule) else f" (usually {rule.level})"
    allow = f"Allow:   # reconciler: allow {rule.id} -- reason\n" if rule.kind == "people" else ""
    shows = "A plan then says" if rule.kind == "guard" else "Finds something in"
    example = "".join(f"    {line}\n" for line in rule.example.splitlines())
    return (
        f"{rule.id}: {rule.title}\n\n{rule.why}\n\n"
        f"Level:   {at}{usual}\nSource:  {rule.source}\nRemedy:  {rule.remedy}\n"
        f"{allow}\n{shows}:\n\n{example}"
    )


def rules_markdown() -> str:
    """Return the page that explains all rules, in a part for each kind."""
    parts = (_part(kind, list(_of(kind))) for kind in _TITLES)
    return "\n".join([_HEAD, *parts])


def rule_markdown(rule: Rule) -> str:
    """Return what the page says of one rule."""
    form = "text" if rule.kind == "guard" else "yaml"
    said = (
        f"**{rule.title}** ({level_of(rule)}). {rule.why}\n\n- Remedy: {rule.remedy}.\n- Source:"
        f" {rule.source}."
    )
    return f"### {rule.id}\n\n{said}\n\n```{form}\n{rule.example}```\n"


def _part(kind: Kind, rules: Iterable[Rule]) -> str:
    listed = list(rules)
    rows = "".join(
        f"| [`{rule.id}`](#{rule.id}) | {level_of(rule)} | {rule.title} |\n" for rule in listed
    )
    head = f"## {_TITLES[kind]}\n\n{_SAID[kind]}\n| id | level | what it finds |\n|---|---|---|\n"
    return "\n".join([f"{head}{rows}", *map(rule_markdown, listed)])


def _of(kind: Kind) -> Iterable[Rule]:
    return (rule for rule in ALL.values() if rule.kind == kind)


def level_of(rule: Rule, settings: LintSettings | None = None) -> str:
    """Return how loud a rule is, by the settings or usually; `refuses` is a guard."""
    if rule.kind == "guard":
        return "refuses"
    return lint.level(rule, settings) if settings else rule.level
