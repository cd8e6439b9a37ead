"""Annotations: the right line, the right words, and nothing the runner takes for a command."""

import pytest

from reconciler.errors import Finding, Severity
from reconciler.render.github import findings_github


def finding(
    message: str = "boo", severity: Severity = "error", file: str = "groups/google/x.yaml"
) -> Finding:
    """Return a finding in line 12, column 5."""
    return Finding("wrong-value", severity, file, 12, 5, message, "mend it")


def test_a_finding_stands_at_its_value() -> None:
    """File, line and column, with the rule as title."""
    assert findings_github([finding()]) == (
        "::error file=groups/google/x.yaml,line=12,col=5,title=wrong-value::boo: mend it\n"
    )


def test_levels() -> None:
    """Errors first, and GitHub's own name for what is only informative."""
    text = findings_github(
        [finding(severity="info"), finding(severity="warning"), finding(severity="error")]
    )
    assert [line.split()[0] for line in text.splitlines()] == ["::error", "::warning", "::notice"]


@pytest.mark.parametrize(
    ("file", "message", "line"),
    [
        (
            "groups/a,b:c%.yaml",
            "50% of\r\nall",
            "file=groups/a%2Cb%3Ac%25.yaml,line=12,col=5,title=wrong-value::50%25 of",
        ),
        ("x.yaml", "::error::boo\n::set-output name=x::y", "::\\::error::boo<U+000A>::set-output"),
        ("x.yaml", "##[error]boo", "::##\\[error]boo"),
    ],
)
def test_everything_is_escaped(file: str, message: str, line: str) -> None:
    """One finding is one line, and begins nothing but itself."""
    text = findings_github([finding(message, file=file)])
    assert line in text
    assert text.count("\n") == 1


def test_github_shows_ten_of_a_level() -> None:
    """The tenth says how many there are besides."""
    listed = [finding(f"number {number}") for number in range(13)]
    lines = findings_github([*listed, finding(severity="warning")]).splitlines()
    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["::warning"]
    assert lines[9].endswith("number 9: mend it (and 3 more, which GitHub does not show here)")
    assert "more" not in "".join(findings_github(listed[:10]))
