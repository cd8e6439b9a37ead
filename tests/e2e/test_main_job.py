"""The main job against the sandbox: validate, plan, apply, and what reaches the server."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from reconciler.sandbox import Store
from tests.e2e.conftest import ROOT, Command, Request

VENDOR_EXAMPLE = """
{
  "assistant_id": "68a8652f82513625d1c21a85",
  "name": "Appointment Reminders",
  "sheet_link": "https://1drv.ms/x/...",
  "start_time": "08:00:00",
  "timezone": "America/Chicago",
  "use_cases": [
    {
      "actions": [
        {"action_type": "SMS", "context": "reminder_7d", "day": 7, "template_name": "First SMS"},
        {"action_type": "CALL", "context": "reminder_1d", "day": 1, "template_name": "Day 1 Call"}
      ],
      "enabled": true,
      "use_case": "NEW_PATIENT_APPOINTMENT_REMINDER"
    },
    {
      "actions": [
        {
          "action_type": "SMS",
          "context": "lab_result_sms",
          "day": 0,
          "template_name": "Lab Result SMS"
        }
      ],
      "enabled": true,
      "use_case": "LAB_REMINDER"
    }
  ]
}
"""
DATABASE = ".reconciler/sandbox.db"


def edit(path: Path, before: str, after: str) -> None:
    """Replace text in a file; it must be there."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def posts(requests: list[Request]) -> list[Request]:
    """Return the writes among the requests."""
    return [request for request in requests if request.method != "GET"]


def test_the_vendors_example_round_trips(reconciler_: Command, requests: list[Request]) -> None:
    """The published body, written as YAML, is sent as the published body, plus the slug."""
    assert reconciler_("apply", "--yes", "microsoft/appointment-reminders").code == 0
    (post,) = posts(requests)
    assert post.path == "/integrations/v1/integrations/microsoft/use-case-groups"
    assert post.body == json.loads(VENDOR_EXAMPLE) | {"slug": "appointment-reminders"}


def test_apply_converges_and_a_second_one_sends_nothing(
    reconciler_: Command, requests: list[Request]
) -> None:
    """Every group is created once; the plan is then empty, and another apply makes no write."""
    first = reconciler_("apply", "--yes")
    assert first.code == 0
    assert "Apply: 10 applied, 0 failed, 0 unknown, 0 not attempted." in first.out
    assert len(posts(requests)) == 10
    assert "No changes. 10 unchanged, 0 unmanaged." in reconciler_("plan").out
    requests.clear()
    again = reconciler_("apply", "--yes")
    assert (again.code, posts(requests)) == (0, [])
    assert "No changes." in again.out


def test_plan_only_reads(reconciler_: Command, requests: list[Request]) -> None:
    """Nothing but GET reaches the server."""
    reconciler_("plan")
    assert {request.method for request in requests} == {"GET"}


def test_validate_sends_nothing(
    reconciler_: Command, requests: list[Request], variables: dict[str, str]
) -> None:
    """It needs no network, no key and no variable."""
    del variables["RECALL_SHEET_LINK"]
    done = reconciler_("validate")
    assert (done.code, done.out, requests) == (0, "10 files checked: 0 errors, 0 warnings.\n", [])


def ten(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the use cases that the sandbox has of google/ten, by name."""
    (group,) = [
        group for group in Store(folder / DATABASE).groups("google") if group["slug"] == "ten"
    ]
    return {part["use_case"]: part for part in group["use_cases"]}


def test_one_use_case_of_ten_sends_one_use_case(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """Nine use cases that did not change are not sent, and stay."""
    path = folder / "groups/google/ten.yaml"
    parts = "".join(
        f"  - use_case: CASE_{number}\n    enabled: true\n    actions:\n"
        f"      - {{action_type: SMS, context: c{number}, day: {number}, template_name:"
        f" T{number}}}\n"
        for number in range(10)
    )
    path.write_text(f"name: Ten\nuse_cases:\n{parts}", encoding="utf-8")
    assert reconciler_("apply", "--yes", "google/ten").code == 0
    before = ten(folder)
    edit(path, "day: 7", "day: 6")
    requests.clear()
    done = reconciler_("apply", "--yes")
    assert done.code == 0, "a group whose other use cases were left alone reads back as planned"
    assert "Apply: 11 applied, 0 failed, 0 unknown, 0 not attempted." in done.out
    (post,) = [post for post in posts(requests) if post.body["slug"] == "ten"]
    assert [part["use_case"] for part in post.body["use_cases"]] == ["CASE_7"]
    after = ten(folder)
    assert [action["day"] for action in after.pop("CASE_7")["actions"]] == [6]
    del before["CASE_7"]
    assert (len(after), after) == (9, before)


def test_a_dashboard_edit_is_shown_and_put_back(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """Drift appears as a change with its line; apply restores the file's value and nothing else."""
    reconciler_("apply", "--yes")
    store = Store(folder / DATABASE)
    (group,) = [group for group in store.groups("google") if group["slug"] == "imaging"]
    store.upsert(
        "google", {"group_id": group["group_id"], "name": group["name"], "start_time": "21:30:00"}
    )
    plan = reconciler_("plan", "--detailed-exitcode")
    assert plan.code == 2
    assert re.search(r"~ start_time +21:30:00 → 14:15:00 +:\d+\n", plan.out)
    requests.clear()
    assert reconciler_("apply", "--yes").code == 0
    (post,) = posts(requests)
    assert "use_cases" not in post.body
    assert post.body["start_time"] == "14:15:00"


def test_unmanaged_groups_are_listed_and_stay(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """A group that only the dashboard knows is named in the plan and never written."""
    store = Store(folder / DATABASE)
    before = store.upsert("microsoft", {"name": "Somebody's Own", "timezone": "UTC"})
    done = reconciler_("apply", "--yes")
    assert f'microsoft/somebody-s-own   group {before["group_id"]} "Somebody\'s Own"' in done.out
    assert store.group("microsoft", before["group_id"]) == before
    assert before["group_id"] not in {post.body.get("group_id") for post in posts(requests)}


def test_two_live_groups_with_one_slug_are_refused(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """Both ids are named; exit 4; nothing is written."""
    store = Store(folder / DATABASE)
    ids = [
        store.upsert("google", {"name": "Imaging", "slug": "imaging"})["group_id"] for _ in range(2)
    ]
    done = reconciler_("apply", "--yes")
    assert done.code == 4
    assert all(group_id in done.out for group_id in ids)
    assert posts(requests) == []
    assert reconciler_("plan").code == 4


def test_an_environment_overrides_and_is_part_of_the_target(reconciler_: Command) -> None:
    """With --env the file's overrides apply, at their own lines."""
    done = reconciler_("plan", "--env", "qa", "microsoft/annual-recall")
    assert "Target: sandbox (environment qa)" in done.out
    assert re.search(r"\+ start_time +13:00:00 +:21\n", done.out)


def test_an_unknown_environment_is_an_error(reconciler_: Command, requests: list[Request]) -> None:
    """A name that no file mentions is a typing error, not an empty override."""
    done = reconciler_("plan", "--env", "qaa")
    assert done.code == 64
    assert "qaa" in done.err
    assert "qa" in done.err
    assert requests == []


def test_an_unset_variable_is_an_error_of_plan(
    reconciler_: Command, requests: list[Request], variables: dict[str, str]
) -> None:
    """The file and line that want it are named, and nothing is sent."""
    del variables["RECALL_SHEET_LINK"]
    done = reconciler_("plan")
    assert done.code == 1
    assert re.search(
        r"^groups/microsoft/annual-recall\.yaml:5:\d+: error: .*RECALL_SHEET_LINK",
        done.err,
        re.MULTILINE,
    )
    assert requests == []


def test_secrets_are_in_no_output(folder: Path, reconciler_: Command) -> None:
    """The links are sent, and shown nowhere."""
    outputs = [
        reconciler_("validate", "--format", "json"),
        reconciler_("plan", "--out", "plan.json", "--out", "plan.txt"),
        reconciler_("plan", "--format", "json"),
        reconciler_("apply", "--yes", "--out", "apply.json"),
        reconciler_("sandbox", "show"),
    ]
    files = [
        (folder / name).read_text(encoding="utf-8")
        for name in ("plan.json", "plan.txt", "apply.json")
    ]
    assert not [text for done in outputs for text in (done.out, done.err) if "s3cret" in text]
    assert not [text for text in files if "s3cret" in text]
    stored = {group["sheet_link"] for group in Store(folder / DATABASE).groups("microsoft")}
    assert "https://1drv.ms/x/s3cret-recall_sheet_link" in stored


def test_outputs_follow_their_extension(folder: Path, reconciler_: Command) -> None:
    """One plan, several files; JSON is whole and says the same digest."""
    done = reconciler_("plan", "--out", "plan.json", "--out", "plan.txt", "--format", "json")
    document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert json.loads(done.out) == document
    assert document["digest"] in (folder / "plan.txt").read_text(encoding="utf-8")
    assert "nothing leaves this machine" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plan", "--out", "plan.pdf"], "extension"),
        (["plan", "--out", "nowhere/plan.json"], "folder"),
        (["plan", "--prune"], "--base"),
        (["apply", "--prune", "--yes"], "--base"),
        (["apply"], "--yes"),
        (["plan", "microsoft/apointment-reminders"], "appointment-reminders"),
        (["plan", "groups/microsoft/nothing.yaml"], "nothing.yaml"),
        (["validate", "no/such/place"], "no/such/place"),
        (["plan", "--nonsense"], "--nonsense"),
        (["frobnicate"], "frobnicate"),
        (["apply", "--yes", "--concurrency", "0"], "concurrency"),
    ],
)
def test_wrong_usage(
    reconciler_: Command, requests: list[Request], arguments: list[str], words: str
) -> None:
    """Exit 64, words that help, and nothing sent."""
    done = reconciler_(*arguments)
    assert done.code == 64
    assert words in done.err
    assert posts(requests) == []


@pytest.mark.parametrize(
    ("environment", "arguments", "words"),
    [
        ({"INTERACTLY_API_KEY": "k"}, ["--api-url", "http://api.example"], "https"),
        ({"INTERACTLY_API_KEY": "k"}, ["--api-url", "https://api.example/workflows"], "workflows"),
        (
            {"INTERACTLY_API_KEY": "k\nk"},
            ["--api-url", "https://api.example"],
            "INTERACTLY_API_KEY",
        ),
        ({"INTERACTLY_API_KEY": "k"}, ["--api-url", "http://127.0.0.1:9"], "http://127.0.0.1:9"),
    ],
)
def test_an_unusable_target(
    reconciler_: Command,
    variables: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    environment: dict[str, str],
    arguments: list[str],
    words: str,
) -> None:
    """Exit 1 with what to do, before anything is sent to anybody."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    variables |= environment
    done = reconciler_("plan", "--env", "qa", *arguments)
    assert done.code == 1
    assert words in done.err


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[tool.reconciler.api]\nlist_path = 'https://evil.example/{integration}'\n", "list_path"),
        ("[tool.reconciler.api]\nlist_pth = '/x/{integration}'\n", "did you mean list_path?"),
        ("[tool.reconciler.apy]\n", "did you mean api?"),
        ("[tool.reconciler]\nintegrations = ['goggle']\n", "'microsoft' or 'google'"),
        ("[tool.reconciler]\nintegrations = []\n", "integrations: "),
        ("[tool]\nreconciler = 3\n", "not a table"),
        ("[tool\n", "pyproject.toml"),
    ],
)
def test_wrong_settings(
    folder: Path, reconciler_: Command, requests: list[Request], toml: str, words: str
) -> None:
    """What is wrong in pyproject.toml is said, and nothing is sent."""
    (folder / "pyproject.toml").write_text(toml, encoding="utf-8")
    done = reconciler_("plan")
    assert done.code == 1
    assert words in done.err
    assert requests == []


def test_settings_move_the_read_side(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """list_path changes where is read, never where is written."""
    (folder / "pyproject.toml").write_text(
        "[tool.reconciler.api]\nlist_path = '/v2/{integration}/groups'\n", encoding="utf-8"
    )
    done = reconciler_("plan")
    assert done.code == 1
    assert "/v2/microsoft/groups" in done.err
    assert "404" in done.err
    assert "list_path" in done.err
    assert [request.path for request in requests] == [
        "/v2/microsoft/groups",
        "/v2/google/groups",
    ]


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        (
            "groups/google/imaging.yaml",
            "name: [",
            "groups/google/imaging.yaml:2:1: error: this is not YAML",
        ),
        ("groups/google/imaging.yaml", "name: X\nnmae: Y\n", "did you mean"),
        (
            "groups/google/imaging.yaml",
            "name: X\nassistant_id: 682838526513682513682513\n",
            "quote",
        ),
        ("groups/google/imaging.yml", "name: X\n", "google/imaging"),
        ("groups/loose.yaml", "name: X\n", "groups/loose.yaml:1:1"),
        ("groups/google/imaging.yaml", "", "groups/google/imaging.yaml:1:1"),
    ],
)
def test_one_bad_file_stops_everything(
    folder: Path,
    reconciler_: Command,
    requests: list[Request],
    *,
    path: str,
    content: str,
    words: str,
) -> None:
    """Exit 1 with the place; no other group is planned or written, and the server sees nothing."""
    (folder / path).write_text(content, encoding="utf-8")
    for arguments in (["validate"], ["plan"], ["apply", "--yes"]):
        done = reconciler_(*arguments)
        assert done.code == 1
        assert words in done.out + done.err
    assert requests == []


def test_no_group_files_is_an_error(
    reconciler_: Command, requests: list[Request], folder: Path
) -> None:
    """An empty folder never means "no groups wanted"."""
    (folder / "groups").rename(folder / "elsewhere")
    for command in ("validate", "plan"):
        assert reconciler_(command).code == 1
    assert requests == []


def test_colour_only_where_it_is_wanted(reconciler_: Command) -> None:
    """Not in a pipe; always where it is asked for; and then only colour differs."""
    plain = reconciler_("plan").out
    colored = reconciler_("plan", "--color", "always").out
    assert "\x1b[" not in plain
    assert "\x1b[" in colored
    assert click.unstyle(colored) == plain


def test_schema_is_written_and_checked(folder: Path, reconciler_: Command) -> None:
    """The committed schemas are what the models say; a stale one fails the check."""
    assert reconciler_("schema").code == 0
    for name in ("group", "plan", "failure", "reviewed"):
        written, committed = (root / f"schemas/{name}.schema.json" for root in (folder, ROOT))
        assert written.read_text(encoding="utf-8") == committed.read_text(encoding="utf-8")
    assert reconciler_("schema", "--check").code == 0
    (folder / "schemas/plan.schema.json").write_text("{}", encoding="utf-8")
    stale = reconciler_("schema", "--check")
    assert (stale.code, "plan.schema.json is stale" in stale.err) == (1, True)


def test_sandbox_reset_forgets(reconciler_: Command) -> None:
    """After a reset the plan creates everything again."""
    reconciler_("apply", "--yes")
    assert "appointment-reminders" in reconciler_("sandbox", "show").out
    assert reconciler_("sandbox", "reset").code == 0
    assert json.loads(reconciler_("sandbox", "show").out) == {"microsoft": [], "google": []}
    assert "Plan: 10 to create" in reconciler_("plan").out


def test_demo_tells_the_whole_story(folder: Path, here: dict[str, Any]) -> None:
    """As its own process: it ends well, shows drift put back, and leaves the folder as it was."""
    before = sorted(str(path) for path in folder.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", "demo"],
        **here,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("No changes.") == 2
    assert "21:30:00 → " in done.stdout
    assert sorted(str(path) for path in folder.rglob("*")) == before


def test_a_plan_in_every_form_at_once(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """One plan, read once, written as often as it is wanted; stdout stays clean for a pipe."""
    done = reconciler_(
        "plan",
        "--format",
        "markdown",
        *(f"--out=plan.{end}" for end in ("md", "html", "json", "txt")),
    )
    assert done.code == 0
    assert done.out.startswith("**10 to create**")
    assert "Target: sandbox" in done.err
    assert len(requests) == 2
    contents = {
        end: (folder / f"plan.{end}").read_text(encoding="utf-8")
        for end in ("md", "html", "json", "txt")
    }
    assert contents["md"] == done.out
    digest = json.loads(contents["json"])["digest"]
    assert all(digest in contents[end] for end in ("html", "txt"))
    assert digest.removeprefix("sha256:") in contents["md"]
    assert "s3cret" not in "".join(contents.values())
