"""What users of such tools complain about most does not happen here; docs/review.md lists it."""

import json
import re
from pathlib import Path

import pytest

from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.render.markdown import BUDGET, plan_markdown
from tests.builders import desired, live
from tests.e2e.conftest import ROOT, Command, Gate, Request
from tests.e2e.repository import SURGERY, commit, dashboard, edit, git, posts

RECALL = "groups/microsoft/annual-recall.yaml"


@pytest.fixture
def applied(folder: Path, reconciler_: Command) -> None:
    """A repository whose only commit is live."""
    (folder / ".gitignore").write_text(".reconciler/\n*.json\n", encoding="utf-8")
    git(folder, "init", "-q")
    commit(folder, "first")
    assert reconciler_("apply", "--yes").code == 0


def test_perpetual_differences(folder: Path, reconciler_: Command, requests: list[Request]) -> None:
    """After an apply nothing is left to do, however lists, times and empty values are written."""
    edit(folder / SURGERY, "start_time: 16:00:00", 'start_time: "16:00"\nassistant_id: null')
    text = (folder / SURGERY).read_text(encoding="utf-8")
    (folder / SURGERY).write_text(re.sub("(?m)^assistant_id: 6.*\n", "", text), encoding="utf-8")
    (folder / "groups/google/empty.yaml").write_text(
        "name: Empty\nuse_cases: []\ntimezone: null\n", encoding="utf-8"
    )
    assert reconciler_("apply", "--yes", "--allow", "creates=11").code == 0
    requests.clear()
    for _ in range(5):
        # The sandbox lists groups, use cases and actions in another order each time.
        assert "No changes." in reconciler_("plan").out
        assert reconciler_("apply", "--yes").code == 0
    assert posts(requests) == []


@pytest.mark.usefixtures("applied")
def test_dry_runs_that_write(folder: Path, reconciler_: Command, requests: list[Request]) -> None:
    """A plan asks, in every form and with every option, and never writes."""
    edit(folder / SURGERY, "16:00:00", "15:00:00")
    requests.clear()
    for option in (
        "--format=json",
        "--format=markdown",
        "--base=HEAD",
        "--prune",
        "--allow=updates=5",
    ):
        needed = ["--base=HEAD"] if option == "--prune" else []
        assert reconciler_("plan", option, *needed).code == 0
    assert {request.method for request in requests} == {"GET"}


@pytest.mark.usefixtures("applied")
def test_a_plan_that_does_not_say_what_changes(folder: Path, reconciler_: Command) -> None:
    """Before and after of each value, and each action by itself."""
    edit(folder / SURGERY, "16:00:00", "15:00:00")
    edit(folder / SURGERY, "day: 2", "day: 3")
    done = reconciler_("plan")
    for part in (
        "16:00:00 → 15:00:00",
        "- SURGERY_PREPARATION",
        "day 2  SMS",
        "+ SURGERY_PREPARATION",
        "day 3  SMS",
    ):
        assert part in done.out
    assert done.out.count("  ~ ") == done.out.count("  + ") == done.out.count("  - ") == 1


@pytest.mark.usefixtures("applied")
def test_changed_in_git_or_in_the_dashboard(folder: Path, reconciler_: Command) -> None:
    """Each value says whose it is."""
    dashboard(reconciler_, folder / RECALL, "10:30:00", "21:30:00")
    edit(folder / SURGERY, "16:00:00", "15:00:00")
    lines = reconciler_("plan", "--base", "HEAD").out.splitlines()
    (ours,) = (line for line in lines if "15:00:00" in line)
    (theirs,) = (line for line in lines if "21:30:00" in line)
    assert ours.split()[-2:] == ["git", ":6"]
    assert "drift" in theirs.split()


@pytest.mark.usefixtures("applied")
def test_a_stale_plan_between_review_and_merge(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """It is left alone, with what differs; a check of live afterwards would come too late."""
    edit(folder / SURGERY, "16:00:00", "15:00:00")
    reconciler_("plan", "--out", "plan.json")
    dashboard(reconciler_, folder / SURGERY, "15:00:00", "21:00:00")
    requests.clear()
    assert reconciler_("apply", "--yes", "--expect", "plan.json").code == 3
    assert posts(requests) == []


def test_nothing_of_nothing_applied_is_no_success(
    folder: Path, reconciler_: Command, gate: Gate
) -> None:
    """Without files there is no success, and neither where no group could be tried."""
    gate.hold = lambda request: request.method == "GET"
    done = reconciler_(
        "apply",
        "--yes",
        "--settle",
        "0",
        "--deadline",
        "1",
        "groups/google/imaging.yaml",
        "--out",
        "apply.json",
    )
    assert done.code != 0
    assert "0 applied" in done.out
    for path in (folder / "groups").rglob("*.y*ml"):
        path.unlink()
    done = reconciler_("apply", "--yes")
    assert done.code == 1
    assert "no group files" in done.err


def test_comments_that_are_cut_or_missing() -> None:
    """Whole groups only, what is left out is counted, and the risks are all there."""
    plan = build_plan(
        [desired(f"clinic-{number:04}", start_time="09:00") for number in range(2000)],
        [live(f"clinic-{number:04}", number, start_time="08:00") for number in range(2000)],
        Target(),
    )
    markdown = plan_markdown(plan)
    assert len(markdown.encode()) <= BUDGET
    assert (
        markdown.count("<details>") == markdown.count("</details>") == markdown.count("| | what |")
    )
    assert "Not shown for lack of room: " in markdown
    assert plan.digest.removeprefix("sha256:") in markdown


@pytest.mark.usefixtures("applied")
def test_secrets_in_comments_and_plans(
    folder: Path, reconciler_: Command, variables: dict[str, str]
) -> None:
    """Masked by field before anything is rendered, on either side, so that JSON stays JSON."""
    variables["RECALL_SHEET_LINK"] = 'https://1drv.ms/x/s3cret-"quoted"-new'
    names = [f"plan.{end}" for end in ("txt", "md", "html", "json")]
    done = reconciler_("plan", *(f"--out={name}" for name in names), "--format", "github")
    told = (
        done.out + done.err + "".join((folder / name).read_text(encoding="utf-8") for name in names)
    )
    assert "s3cret" not in told
    (change,) = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["changes"]
    assert change["fields"][0] | {"line": 0} == {
        "path": "sheet_link",
        "before": "(hidden)",
        "after": "(hidden)",
        "line": 0,
        "origin": None,
    }


def test_one_force_for_everything(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """There is none; a limit that is lifted lifts no other."""
    assert reconciler_("apply", "--force").code == 64
    edit(
        folder / "groups/google/imaging.yaml",
        "name: Imaging",
        "group_id: 6838526eabcdefabcdefabcd\nname: Imaging",
    )
    (folder / "groups/google/one-more.yaml").write_text("name: One More\n", encoding="utf-8")
    (folder / "groups/google/two-more.yaml").write_text("name: Two More\n", encoding="utf-8")
    done = reconciler_("apply", "--yes", "--allow", "creates=20")
    assert done.code == 4
    assert "[no-such-group]" in done.out
    assert "[creates]" not in done.out
    assert posts(requests) == []


def test_success_that_drops_fields(
    reconciler_: Command, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What got a 200 and reads back otherwise is told by value, and nothing else is sent."""
    from reconciler.sandbox import store  # noqa: PLC0415 - only this test changes the server

    merge = store._merge
    monkeypatch.setattr(
        store, "_merge", lambda before, body: {**merge(before, body), "start_time": None}
    )
    done = reconciler_("apply", "--yes", "--settle", "0.1")
    assert done.code == 5
    assert "start_time was sent as" in done.out
    assert "the server dropped it" in done.out
    assert len(posts(gate.requests)) == 1


@pytest.mark.usefixtures("applied")
def test_duplicates_from_renames(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """A renamed file would make a second group for the same people; it says which line to add."""
    (folder / SURGERY).rename(folder / "groups/microsoft/surgery.yaml")
    requests.clear()
    done = reconciler_("apply", "--yes")
    assert done.code == 4
    found = re.search(r"add `(group_id: [0-9a-f]{24})`", done.out)
    assert found
    assert posts(requests) == []
    edit(folder / "groups/microsoft/surgery.yaml", "name: Day", f"{found[1]}\nname: Day")
    assert reconciler_("apply", "--yes").code == 0
    assert [post.body["slug"] for post in posts(requests)] == ["surgery"]


@pytest.mark.usefixtures("applied")
def test_churn_from_the_order_of_keys(folder: Path, reconciler_: Command) -> None:
    """How a file is arranged is nobody's change."""
    lines = (folder / SURGERY).read_text(encoding="utf-8").splitlines(keepends=True)
    head = [line for line in lines if not line.startswith((" ", "use_cases"))]
    cases = [line for line in lines if line.startswith((" ", "use_cases"))]
    (folder / SURGERY).write_text("".join([*cases, *reversed(head)]), encoding="utf-8")
    assert "No changes." in reconciler_("plan").out


@pytest.mark.usefixtures("applied")
def test_false_conflicts(folder: Path, reconciler_: Command) -> None:
    """Two sides that have come to the same value do not differ, whatever the base says."""
    dashboard(reconciler_, folder / SURGERY, "16:00:00", "15:00:00")
    edit(folder / SURGERY, "16:00:00", "15:00:00")
    assert "No changes." in reconciler_("plan", "--base", "HEAD").out


@pytest.mark.usefixtures("applied")
def test_one_change_that_fails_stops_the_others(
    folder: Path, reconciler_: Command, gate: Gate
) -> None:
    """It does not: each group is written or told by itself."""
    for path, before, after in (
        (SURGERY, "16:00:00", "15:00:00"),
        (RECALL, "10:30:00", "11:30:00"),
    ):
        edit(folder / path, before, after)
    edit(folder / "groups/google/imaging.yaml", "14:15:00", "15:15:00")

    def moved(request: Request) -> None:
        """Somebody changes the second group when the first has been written."""
        if request.method == "POST" and request.body["name"] == "Imaging Appointments":
            from reconciler.sandbox import Store  # noqa: PLC0415 - as the dashboard would

            store = Store(folder / ".reconciler/sandbox.db")
            (group,) = (
                item for item in store.groups("microsoft") if item["name"] == "Annual Recall"
            )
            store.upsert(
                "microsoft",
                {"name": group["name"], "group_id": group["group_id"], "start_time": "21:00:00"},
            )

    gate.done = moved
    done = reconciler_("apply", "--yes")
    assert done.code == 5
    assert "Apply: 2 applied, 1 failed" in done.out


def test_every_complaint_is_answered() -> None:
    """docs/review.md names an existing test for each complaint, or says why there is none."""
    page = (ROOT / "docs" / "review.md").read_text(encoding="utf-8")
    table = page[page.index("| complaint |") :]
    rows = [line.split("|")[1:-1] for line in table.splitlines()[2:] if line.startswith("|")]
    here = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(rows) > 12
    for complaint, answer in rows:
        tests = re.findall(r"`(test_\w+)`", answer)
        assert tests or "Not met" in answer, complaint
        assert all(f"def {name}(" in here for name in tests), complaint
