"""The timeline at the command line; in plans `tests/cases` shows it."""

import xml.etree.ElementTree as ET
from pathlib import Path

from tests.e2e.conftest import Command, Request
from tests.e2e.repository import SURGERY, edit


def test_every_form(reconciler_: Command, requests: list[Request]) -> None:
    """Of all groups or of some, without a network and without variables."""
    everything = reconciler_("timeline")
    assert everything.code == 0
    assert everything.out.count("next run") == 10
    one = reconciler_("timeline", "microsoft/day-surgery").out
    assert one.startswith("microsoft/day-surgery   16:00 America/Denver   next run ")
    assert "  2 days before   SMS   Fasting Instructions  SURGERY_PREPARATION\n" in one
    assert "\ntimeline\n" in reconciler_("timeline", "--format", "mermaid", SURGERY).out
    assert ET.fromstring(reconciler_("timeline", "--format", "svg").out).tag.endswith("svg")  # noqa: S314 - our own text
    assert reconciler_("timeline", "--format", "html").out.count("<svg") == 10
    assert not requests


def test_environments_and_the_meaning_of_days(folder: Path, reconciler_: Command) -> None:
    """The hour of the environment; and no claim about what a day is where nobody knows."""
    assert (
        "13:00 America/Chicago"
        in reconciler_("timeline", "--env", "qa", "microsoft/annual-recall").out
    )
    (folder / "pyproject.toml").write_text(
        '[tool.reconciler]\nday_means = "unknown"\n', encoding="utf-8"
    )
    assert "  day 2 " in reconciler_("timeline", SURGERY).out


def test_p7_every_form_says_for_which_environment(reconciler_: Command) -> None:
    """At its end, where there is one; a diagram says it in a comment."""
    for words, said in (
        (["--env", "qa"], "For the environment qa."),
        ([], "As files say it without an environment."),
    ):
        texts = {
            form: reconciler_("timeline", "--format", form, *words).out
            for form in ("text", "svg", "html", "mermaid")
        }
        assert texts["text"].endswith(f"\n\n{said}\n")
        assert f">{said}</text>" in texts["svg"].splitlines()[-2]
        assert f"<p>{said}</p>" in texts["html"].splitlines()[-3]
        assert texts["mermaid"].startswith(f"%% {said[:-1]}#46;\ntimeline\n")


def test_bad_files_and_unknown_keys(folder: Path, reconciler_: Command) -> None:
    """Told as everywhere."""
    assert reconciler_("timeline", "microsoft/nobody").code == 64
    edit(folder / SURGERY, "16:00:00", "25:00:00")
    done = reconciler_("timeline")
    assert done.code == 1
    assert f"{SURGERY}:6" in done.err
