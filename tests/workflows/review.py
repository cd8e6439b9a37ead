"""What reviewers see of docs/review.md's recorded pull request: real renderers, real groups.

python -m tests.workflows.review       # renews the page, and with Chromium the picture

The page is text, and is compared on every machine. The picture is taken, and its age looked at,
only where there is a browser: a changed word must not need one.
"""

import hashlib
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from reconciler.desired import check, load
from reconciler.errors import ExitCode
from reconciler.lint import advice, lint
from reconciler.model import Declared, Group, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.render.github import findings_github, plan_github
from reconciler.render.html import plan_html
from reconciler.render.json import plan_document
from reconciler.render.markdown import plan_markdown
from reconciler.render.marks import fenced
from reconciler.render.models import (
    FORMAT_VERSION,
    LeftAloneDocument,
    PullDocument,
    ReportDocument,
    ResultDocument,
    ReviewedChangeDocument,
    StandingDocument,
)
from reconciler.render.outcome import outcome_markdown, pull_outcome
from reconciler.render.presentation import Presentation
from reconciler.settings import LintSettings
from tests import browser
from tests.builders import group_id

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "review.md"
PICTURE: Final = ROOT / "docs" / "review" / "plan.png"
PICTURED: Final = ROOT / "docs" / "review" / "plan.sha256"
"""Holds the hash of the page that the picture was taken of."""
SHOWN: Final = Presentation(
    day="2026-11-24",
    base="3f1c0d9ab2" * 4,
    head="a74e5b6c10" * 4,
    applied="9c02d4e7a8" * 4,
    source=f"https://github.com/clinic/outreach/blob/{'a74e5b6c10' * 4}",
)
DAY: Final = date(2026, 11, 24)
LINKS: Final = dict.fromkeys(
    ("RECALL_SHEET_LINK", "RECALL_QA_SHEET_LINK"), "https://1drv.ms/x/recorded"
)
_BEGIN: Final = "<!-- generated: begin -->\n"
_END: Final = "<!-- generated: end -->\n"

EDITS: Final = {
    "groups/microsoft/day-surgery.yaml": [("start_time: 16:00:00", "start_time: 06:30:00")],
    "groups/microsoft/appointment-reminders.yaml": [
        ("context: reminder_1d, day: 1", "context: reminder_2d, day: 2"),
    ],
    "groups/microsoft/no-show-follow-up.yaml": [("enabled: false", "enabled: true")],
    "groups/google/imaging.yaml": [("start_time: 14:15:00", "start_time: 15:00:00")],
}
"""What the branch changes; it also deletes groups/google/lab-results.yaml."""
PENDING: Final = {"start_time": "16:30:00"}
"""What live, and the commit that was applied last, say of pediatric-visits; main says another."""
RUN: Final = "[The run](https://github.com/clinic/outreach/actions/runs/5731)"


def dashboard(group: Group) -> Group:
    """Return a group with what somebody has changed in the dashboard meanwhile."""
    if group.slug == "annual-recall":
        return group.model_copy(update={"start_time": "21:30:00"})
    if group.slug == "imaging":
        return group.model_copy(update={"start_time": "13:00:00"})
    if group.slug == "pediatric-visits":
        group = group.model_copy(update=PENDING)
        extra = UseCase(use_case="SUMMER_CAMP", enabled=True, actions=group.use_cases[0].actions)
        return group.model_copy(update={"use_cases": (*group.use_cases, extra)})
    return group


def live(entry: Declared, number: int) -> Group:
    """Return the live group that an apply of a file leaves, every field given."""
    empty = {"assistant_id": None, "sheet_link": None, "timezone": None, "start_time": None}
    given = {name: getattr(entry.group, name) for name in entry.group.declared}
    return Group(**{**empty, **given, "group_id": group_id(0xA000 + number)})


def branch(folder: Path) -> None:
    """Write the branch's files."""
    shutil.copytree(ROOT / "groups", folder / "groups")
    (folder / "groups" / "google" / "lab-results.yaml").unlink()
    for name, edits in EDITS.items():
        text = (folder / name).read_text(encoding="utf-8")
        for before, after in edits:
            assert before in text, f"{name} has changed: adapt the recorded pull request"
            text = text.replace(before, after)
        (folder / name).write_text(text, encoding="utf-8")


def applied(entry: Declared) -> Declared:
    """Return what the commit says that was applied last."""
    if entry.group.slug != "pediatric-visits":
        return entry
    return replace(entry, group=entry.group.model_copy(update=PENDING))


def recorded() -> Plan:
    """Return the plan of the recorded pull request, as the workflows make it."""
    base = load(ROOT, env=None, variables=LINKS).declared
    with tempfile.TemporaryDirectory() as folder:
        branch(Path(folder))
        declared = load(Path(folder), env=None, variables=LINKS).declared
    groups = [dashboard(live(entry, number)) for number, entry in enumerate(base)]
    target = Target(api_url="https://api.clinic.example", env=None)
    plan = build_plan(
        declared,
        groups,
        target,
        base=base,
        applied=[applied(entry) for entry in base],
        drift="leave",
        prune=True,
        allow={"updates": 6},
    )
    now, before = (lint(entries, LintSettings(), DAY) for entries in (declared, base))
    return replace(plan, advice=advice(now, before, {change.key for change in plan.changes}))


def told(plan: Plan) -> str:
    """Return what the pull request hears: one group was changed again before it was its turn."""
    document = plan_document(plan)
    (moved,) = (one for one in document.changes if one.key == "google/imaging")
    rest = [one for one in document.changes if one.key != moved.key]
    report = ReportDocument(
        format_version=FORMAT_VERSION,
        digest=plan.digest,
        target=document.target,
        exit_code=ExitCode.PARTLY,
        stopped="",
        interrupted=False,
        others=[],
        unread=[],
        results=[
            ResultDocument(
                key=one.key,
                group_id=one.group_id,
                action=one.action,
                status="applied",
                cause="",
                message="",
                digest=one.digest,
            )
            for one in rest
        ],
        left_alone=[
            LeftAloneDocument(
                key=moved.key,
                group_id=moved.group_id,
                digest=f"sha256:{'0' * 64}",
                origins=["conflict"],
                owed=True,
                why="it is not as it was reviewed: live, or the files, have changed since",
            )
        ],
        reviewed=[
            StandingDocument(
                key=one.key,
                digest=one.digest,
                standing="left alone" if one is moved else "planned",
                why="",
            )
            for one in document.changes
        ],
    )
    changes = [ReviewedChangeDocument(key=one.key, digest=one.digest) for one in document.changes]
    pull = PullDocument(number=7, kind="reviewed", digest=plan.digest, changes=changes)
    became = pull_outcome(pull, None, report)
    assert became
    return outcome_markdown(became, "qa", link=RUN, report=report)


def mistakes() -> str:
    """Return the annotations of a branch with two mistakes."""
    with tempfile.TemporaryDirectory() as folder:
        branch(Path(folder))
        path = Path(folder) / "groups" / "microsoft" / "day-surgery.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("America/Denver", "America/Denvr").replace("day: 2", "day: soon"),
            encoding="utf-8",
        )
        return findings_github(check(Path(folder), None).findings)


def generated() -> str:
    """Return the generated part of the page."""
    plan = recorded()
    return "\n".join(
        [
            f"{_BEGIN}### The comment\n",
            plan_markdown(plan, SHOWN),
            "The job's summary is the same text, with room for more groups.\n",
            "### The outcome\n",
            "Somebody has changed one of these groups again before the merge was applied:\n",
            told(plan),
            "### The page in the artifacts\n",
            "![The plan as a page: the risks first, then each group](review/plan.png)\n",
            "### The check's annotations\n",
            "Of the plan above, shown by GitHub at these lines of the files:\n",
            fenced(plan_github(plan).rstrip(), "text"),
            "\nAnd of a branch with two mistakes, by `validate`:\n",
            fenced(mistakes().rstrip(), "text"),
            f"\n{_END}",
        ]
    )


def page_with(part: str) -> str:
    """Return the page with its generated part replaced."""
    text = PAGE.read_text(encoding="utf-8")
    return text[: text.index(_BEGIN)] + part + text[text.index(_END) + len(_END) :]


def pictured() -> str:
    """Return the hash of the page that the picture was taken of, as the file beside it says."""
    return PICTURED.read_text(encoding="utf-8").strip() if PICTURED.exists() else ""


def to_picture() -> tuple[str, str]:
    """Return the page that the picture is of, and its hash."""
    html = plan_html(recorded(), SHOWN)
    return html, hashlib.sha256(html.encode()).hexdigest()


def renew_picture() -> None:
    """Take the picture if it is of another page; say so if there is no browser."""
    html, digest = to_picture()
    if pictured() == digest and PICTURE.exists():
        return
    if not browser.find():
        sys.stderr.write(f"{PICTURE} is of an older page. To renew it: apt install chromium\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "plan.html"
        page.write_text(html, encoding="utf-8")
        browser.chromium(page, "--window-size=1000,1500", f"--screenshot={PICTURE}")
    PICTURED.write_text(f"{digest}\n", encoding="utf-8")


def main() -> None:
    """Renew the page and the picture."""
    PAGE.write_text(page_with(generated()), encoding="utf-8")
    renew_picture()
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
