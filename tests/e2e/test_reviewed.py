"""What was reviewed is applied, change by change: merges in a busy team, at the command line."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from reconciler.cli import run
from reconciler.cli.surroundings import Surroundings
from tests.cases.api import Api
from tests.e2e.conftest import Done
from tests.e2e.repository import commit, git

URL = "https://api.clinic.example"
FILE = """\
name: {name}
timezone: America/Chicago
start_time: {start}
use_cases:
  - use_case: {case}
    enabled: true
    actions:
      - {{action_type: SMS, context: c, day: 1, template_name: {name}}}
"""
A, B, C = "microsoft/alpha", "microsoft/beta", "google/gamma"
EIGHT, NINE, TEN, LATE = "08:00:00", "09:00:00", "10:00:00", "21:00:00"


@dataclass
class Clinic:
    """A repository, an API in memory, and the command line.

    Attributes:
        root: The working folder.
        api: What is live.
        capsys: Where output is read from.
        refuse: Slugs of groups whose writes are answered 422.
    """

    root: Path
    api: Api
    capsys: pytest.CaptureFixture[str]
    refuse: set[str] = field(default_factory=set)

    def __call__(self, *words: str) -> Done:
        """Run a command."""
        variables = {
            "PATH": os.environ["PATH"],
            "RECONCILER_API_URL": URL,
            "INTERACTLY_API_KEY": "key-of-no-real-clinic",
            "RECONCILER_STATE_DIR": str(self.root.with_name(f"{self.root.name}-state")),
        }
        self.capsys.readouterr()
        code = run(words, Surroundings(self.root, variables, lambda: datetime.now(UTC)))
        captured = self.capsys.readouterr()
        return Done(code, captured.out, captured.err)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as the API, or refuse a write."""
        if request.method == "POST" and json.loads(request.content)["slug"] in self.refuse:
            return httpx.Response(422, json={"detail": "no"})
        return self.api.answer(request)

    def file(self, key: str) -> Path:
        """Return the path of a group's file."""
        return self.root / f"groups/{key}.yaml"

    def write(self, key: str, start: str = EIGHT) -> None:
        """Write a group's file."""
        name = key.partition("/")[2].capitalize()
        self.file(key).parent.mkdir(parents=True, exist_ok=True)
        text = FILE.format(name=name, start=start, case=f"{name.upper()}_CASE")
        self.file(key).write_text(text, encoding="utf-8")

    def live(self, key: str) -> dict[str, Any]:
        """Return a live group."""
        integration, _, slug = key.partition("/")
        rows = self.api.rows[integration]
        assert isinstance(rows, list)
        (row,) = [row for row in rows if row["slug"] == slug]
        return row

    def starts(self) -> list[str]:
        """Return when the groups start."""
        return [self.live(key)["start_time"] for key in (A, B, C)]

    def merge(self, number: int) -> dict[str, Any]:
        """Commit what was edited, and return what its pull request was reviewed for."""
        commit(self.root, f"Merge #{number}")
        assert self("plan", "--base", "HEAD~", "--prune", "--out", f"{number}.json").code == 0
        plan = json.loads((self.root / f"{number}.json").read_text(encoding="utf-8"))
        changes = [{name: one[name] for name in ("key", "digest")} for one in plan["changes"]]
        return {
            "number": number,
            "kind": "reviewed",
            "digest": plan["digest"],
            "changes": changes,
        }

    def collect(self, *pulls: dict[str, Any]) -> str:
        """Write what `reconciler reviewed --out` would, and return the file's name."""
        content = {
            "format_version": "1.2",
            "commit": git(self.root, "rev-parse", "HEAD"),
            "applied": None,
            "target": {"env": None},
            "pulls": pulls,
        }
        (self.root / "reviewed.json").write_text(json.dumps(content), encoding="utf-8")
        return "reviewed.json"

    def apply(self, expect: str, *words: str) -> Done:
        """Apply what was reviewed, and tell it in apply.json."""
        return self("apply", "--yes", "--settle=0", "--expect", expect, "--out=apply.json", *words)

    def report(self) -> dict[str, Any]:
        """Return what became of the last apply."""
        told = json.loads((self.root / "apply.json").read_text(encoding="utf-8"))
        assert isinstance(told, dict)
        return told


@pytest.fixture
def clinic(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Clinic]:
    """Three groups that are live as main says."""
    clinic = Clinic(tmp_path, Api({}), capsys)
    (tmp_path / ".gitignore").write_text(".reconciler/\n*.json\n", encoding="utf-8")
    for key in (A, B, C):
        clinic.write(key)
    git(tmp_path, "init", "-q")
    commit(tmp_path, "main")
    git(tmp_path, "tag", "before")
    with respx.mock(assert_all_called=False) as network:
        network.route(url__startswith=f"{URL}/").mock(side_effect=clinic.answer)
        assert clinic("apply", "--yes", "--settle=0").code == 0
        clinic.api.posts.clear()
        yield clinic


BASE = ("--base", "before", "--prune")


def test_e4_a_removal_is_not_done_while_it_is_live(clinic: Clinic) -> None:
    """Its apply never ran, and another merge came: neither a digest nor a file says it is done."""
    clinic.file(A).unlink()
    removal = clinic.merge(1)
    clinic.write(B, NINE)
    other = clinic.merge(2)
    for expect in (removal["digest"], "1.json", clinic.collect(removal)):
        done = clinic.apply(expect)
        assert done.code == 3, expect
        assert "left to do" not in done.err
    assert "Missing (reviewed, and not known to be live):\n  microsoft/alpha: no group" in done.err
    assert clinic.report()["reviewed"][0]["standing"] == "missing"
    assert clinic.api.posts == []

    both = clinic.collect(removal, other)
    assert clinic.apply(both, "--base", "HEAD~", "--prune").code == 5
    assert clinic.starts() == [EIGHT, NINE, EIGHT]
    assert clinic.live(A)["use_cases"][0]["enabled"]
    assert clinic.apply(both, *BASE).code == 0
    assert not clinic.live(A)["use_cases"][0]["enabled"]
    again = clinic.apply(both, *BASE)
    assert (again.code, len(clinic.api.posts)) == (0, 2)
    assert "Nothing is left to do of what was reviewed." in again.err
    assert clinic.apply(removal["digest"]).code == 3


def test_e4_a_use_case_that_was_removed_is_not_done_while_it_is_enabled(clinic: Clinic) -> None:
    """Its group's file and live agree in all that the file says."""
    text = clinic.file(A).read_text(encoding="utf-8")
    clinic.file(A).write_text(text.partition("use_cases")[0] + "use_cases: []\n", encoding="utf-8")
    removal = clinic.merge(1)
    for expect in ("1.json", clinic.collect(removal)):
        done = clinic.apply(expect)
        assert (done.code, "ALPHA_CASE is enabled and in no file" in done.err) == (3, True)
    assert clinic.apply("1.json", *BASE).code == 0
    assert clinic.apply("1.json", *BASE).code == 0
    assert len(clinic.api.posts) == 1


@pytest.mark.parametrize("expect", ["1.json", "reviewed.json"])
def test_e5_a_run_that_failed_for_one_group_is_run_again(clinic: Clinic, expect: str) -> None:
    """With the same file, until all is live; and once more."""
    for key in (A, B, C):
        clinic.write(key, NINE)
    clinic.collect(clinic.merge(1))
    clinic.refuse = {"beta", "gamma"}
    codes = []
    for refuse in ({"beta", "gamma"}, {"gamma"}, set[str](), {"alpha"}):
        clinic.refuse = refuse
        codes.append(clinic.apply(expect, *BASE).code)
    assert codes == [5, 5, 0, 0]
    assert clinic.starts() == [NINE] * 3
    assert len(clinic.api.posts) == 3
    assert [one["standing"] for one in clinic.report()["reviewed"]] == ["live"] * 3


@pytest.mark.parametrize("words", [BASE, ()])
def test_e9_an_edit_of_another_group(clinic: Clinic, words: tuple[str, ...]) -> None:
    """A is applied; B, edited in the dashboard meanwhile, is left alone and told as drift."""
    clinic.write(A, NINE)
    reviewed = clinic.collect(clinic.merge(1))
    clinic.live(B)["start_time"] = LATE
    done = clinic.apply(reviewed, *words, "--out=apply.txt")
    assert done.code == 0
    assert clinic.starts() == [NINE, LATE, EIGHT]
    whose = " (drift)" if words else ""
    line = f"Left alone:\n  microsoft/beta{whose}: nobody has reviewed it\n"
    assert line in done.err
    assert line in done.out
    assert line in (clinic.root / "apply.txt").read_text(encoding="utf-8")
    assert done.out.splitlines()[-2].startswith("Apply: 1 applied, 0 failed")
    assert ", 1 left alone. " in done.out.splitlines()[-2]
    (left,) = clinic.report()["left_alone"]
    assert (left["key"], left["why"], left["owed"]) == (B, "nobody has reviewed it", False)
    assert left["origins"] == (["drift"] if words else [])
    assert clinic.apply(reviewed, *words).code == 0


def test_e9_an_edit_that_the_file_does_not_declare(clinic: Clinic) -> None:
    """It is no part of what was reviewed, and stays."""
    clinic.write(A, NINE)
    reviewed = clinic.collect(clinic.merge(1))
    clinic.live(A)["assistant_id"] = "68a8652f82513625d1c21a85"
    assert clinic.apply(reviewed, *BASE).code == 0
    assert clinic.live(A)["assistant_id"] == "68a8652f82513625d1c21a85"
    assert clinic.starts() == [NINE, EIGHT, EIGHT]


def test_e9_an_edit_of_what_was_reviewed(clinic: Clinic) -> None:
    """The group is left alone, and is owed: exit 3 alone, 5 beside another one."""
    clinic.write(A, NINE)
    clinic.write(B, NINE)
    clinic.collect(clinic.merge(1))
    clinic.live(A)["start_time"] = LATE
    done = clinic.apply("1.json", *BASE)
    assert done.code == 5
    assert clinic.starts() == [LATE, NINE, EIGHT]
    assert (
        "Left alone:\n  microsoft/alpha (conflict): it is not as it was reviewed: live, or the"
        " files, have changed since\n      start_time: 08:00:00 → 09:00:00 in the review, 21:00:00"
        " → 09:00:00 now\n" in done.err
    )
    assert clinic.apply("reviewed.json", *BASE).code == 3
    assert clinic.report()["exit_code"] == 3
    assert len(clinic.api.posts) == 1


def test_e14_what_nobody_reviewed_is_never_carried_out(clinic: Clinic) -> None:
    """Two merges, one of which has no review: the other is carried out, and it is owed."""
    clinic.write(A, NINE)
    first = clinic.merge(1)
    clinic.write(B, NINE)
    second = clinic.merge(2) | {"kind": "no comment", "digest": "none", "changes": None}
    assert clinic.apply(clinic.collect(first, second), *BASE).code == 5
    assert clinic.starts() == [NINE, EIGHT, EIGHT]
    assert clinic.apply("reviewed.json", *BASE).code == 3
    assert [post["body"]["slug"] for post in clinic.api.posts] == ["alpha"]


def test_e8_several_merges_are_carried_out_by_the_last_run(clinic: Clinic) -> None:
    """Also where a later one changes what an earlier one did; each is told what became of it."""
    clinic.write(A, NINE)
    first = clinic.merge(1)
    clinic.write(B, NINE)
    clinic.write(A, TEN)
    second = clinic.merge(2)
    assert clinic.apply(clinic.collect(first, second), *BASE).code == 0
    assert clinic.starts() == [TEN, NINE, EIGHT]
    assert [(one["key"], one["standing"]) for one in clinic.report()["reviewed"]] == [
        (A, "superseded"),
        (A, "planned"),
        (B, "planned"),
    ]


def test_e11_an_empty_plan_needs_no_review(clinic: Clinic) -> None:
    """`none`, or pull requests that changed nothing: fine while there is nothing to do."""
    nothing = {"number": 1, "kind": "no changes", "digest": "none", "changes": []}
    for expect in ("none", clinic.collect(nothing), clinic.collect()):
        assert clinic.apply(expect, *BASE).code == 0
    clinic.write(A, NINE)
    for expect in ("none", clinic.collect(nothing), clinic.collect()):
        assert clinic.apply(expect, *BASE).code == 3
    assert clinic.api.posts == []


def test_guards_count_what_would_be_written(clinic: Clinic) -> None:
    """Limits are not for what is left alone; and where they are met by it, nothing is written."""
    (clinic.root / "pyproject.toml").write_text(
        "[tool.reconciler.guards]\nupdates = 1\n", encoding="utf-8"
    )
    commit(clinic.root, "a limit")
    clinic.write(A, NINE)
    reviewed = clinic.collect(clinic.merge(1))
    clinic.live(B)["start_time"] = clinic.live(C)["start_time"] = LATE
    done = clinic.apply(reviewed, "--base", "HEAD~", "--prune")
    assert "3 groups would be updated, over the limit of 1 [updates]" in done.out
    assert "No guard stands against what was reviewed" in done.err
    assert (done.code, clinic.starts()) == (0, [NINE, LATE, LATE])

    for key in (A, B):
        clinic.write(key, TEN)
    commit(clinic.root, "two")
    clinic("plan", "--base", "HEAD~", "--prune", "--out", "2.json")
    clinic.live(C)["start_time"] = TEN
    done = clinic.apply("2.json", "--base", "HEAD~", "--prune")
    assert done.code == 4
    assert (
        "Against what was reviewed stand:\n  2 groups would be updated, over the limit of 1"
        " [updates]\n      if that is meant: --allow updates=2\n" in done.err
    )
    assert clinic.starts() == [NINE, LATE, TEN]


def test_an_edited_file_is_refused(clinic: Clinic) -> None:
    """Before anything is written; programs are told."""
    clinic.write(A, NINE)
    clinic.merge(1)
    plan = (clinic.root / "1.json").read_text(encoding="utf-8")
    (clinic.root / "1.json").write_text(plan.replace(NINE, LATE), encoding="utf-8")
    done = clinic.apply("1.json", *BASE)
    assert (done.code, "has been edited since it was written" in done.err) == (3, True)
    assert clinic.report()["error"]["kind"] == "stale"
    assert clinic.api.posts == []


def test_a_forged_record_keeps_nobody_else_back(clinic: Clinic) -> None:
    """What it says of its changes is not believed; what others were reviewed for is written."""
    clinic.write(A, NINE)
    pull = clinic.merge(1)
    clinic.write(A, EIGHT)
    clinic.write(B, NINE)
    other = clinic.merge(2)
    slipped_in = pull | {"changes": other["changes"]}
    done = clinic.apply(clinic.collect(slipped_in), *BASE)
    assert (done.code, "pull request #1 do not add up to the digest" in done.err) == (3, True)
    assert clinic.api.posts == []
    done = clinic.apply(clinic.collect(slipped_in, other), *BASE)
    assert (done.code, "pull request #1 do not add up to the digest" in done.err) == (5, True)
    assert clinic.starts() == [EIGHT, NINE, EIGHT]


def test_a_rollback_is_not_held_to_a_review(clinic: Clinic) -> None:
    """It brings back what the reviewed part of a plan has changed, and that alone."""
    clinic.write(A, NINE)
    reviewed = clinic.collect(clinic.merge(1))
    clinic.live(B)["start_time"] = LATE
    assert clinic.apply(reviewed, *BASE).code == 0
    done = clinic("rollback", "--yes", "--settle=0", "--out=apply.json")
    assert done.code == 0
    assert clinic.starts() == [EIGHT, LATE, EIGHT]
    assert (clinic.report()["left_alone"], clinic.report()["reviewed"]) == ([], [])
