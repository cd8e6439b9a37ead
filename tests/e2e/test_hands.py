"""At home in a terminal: where it is run, what is mistyped, and what shows what there is."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from reconciler.cli import cli, run
from reconciler.cli.surroundings import Surroundings
from reconciler.sandbox import Store
from reconciler.workspace.workspace import SANDBOX
from tests.e2e.conftest import Command
from tests.e2e.repository import SURGERY, commit, edit, git

RECALL = "groups/microsoft/annual-recall.yaml"


def within(folder: Path, variables: dict[str, str], *words: str) -> int:
    """Run a command where a process would be."""
    place = Surroundings(folder, variables, lambda: datetime.now(UTC)).within(Path())
    return run(words, place)


@pytest.mark.parametrize("below", ["", "groups", "groups/microsoft", "docs/deep"])
def test_p11_groups_are_found_upwards(
    folder: Path,
    variables: dict[str, str],
    below: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As Git finds its repository; paths begin where the command is run."""
    git(folder, "init", "-q")
    (folder / below).mkdir(parents=True, exist_ok=True)
    place = {"": SURGERY, "groups": "microsoft/day-surgery.yaml"}.get(below, "day-surgery.yaml")
    if below != "docs/deep":
        assert within(folder / below, variables, "validate", place) == 0
        assert "1 file checked" in capsys.readouterr().out
    assert within(folder / below, variables, "plan", "day-surgery", "--out", "plan.json") == 0
    assert (folder / below / "plan.json").is_file()
    assert within(folder / below, variables, "plan", "nothing", "--out", "no.json") == 64
    assert (folder / below / "no.json").is_file()
    assert (folder / SANDBOX).is_file()


def test_p11_not_beyond_the_repository(
    folder: Path, variables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Groups of another repository around this one are not its own."""
    other = folder / "vendor" / "other"
    other.mkdir(parents=True)
    git(other, "init", "-q")
    assert within(other, variables, "validate") == 1
    said = capsys.readouterr().out
    assert f"there is no folder groups in {other.resolve()}" in said
    assert "-C" in said


def test_p11_as_if_run_elsewhere(
    folder: Path, reconciler_: Command, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Several -C follow each other; what is there is asked for as from there."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = reconciler_(
        "-C", str(folder), "-C", "groups/microsoft", "validate", "day-surgery.yaml", root=elsewhere
    )
    assert (done.code, done.out) == (0, "1 file checked: 0 errors, 0 warnings.\n")
    words = (f"-C{folder}", "plan", "--out", "a.json", "nothing")
    assert reconciler_(*words, root=elsewhere).code == 64
    assert json.loads((folder / "a.json").read_text(encoding="utf-8"))["exit_code"] == 64
    wrong = reconciler_("-C", "nowhere", "plan", "--json", root=elsewhere)
    assert (wrong.code, json.loads(wrong.out)["error"]["message"]) == (
        64,
        "-C nowhere: there is no such folder",
    )
    assert "Options:" in reconciler_("-C", "nowhere", "--help").out
    assert reconciler_("-C").code == 64


def test_p10_what_is_mistyped(reconciler_: Command) -> None:
    """Commands and options by the nearest; groups by all that may be meant, and nothing guessed."""
    assert "there is no command paln; did you mean plan?" in reconciler_("paln").err
    assert "there is no command xyzzy\n" in reconciler_("xyzzy").err
    assert "--json" in reconciler_("plan", "--jsn").err
    several = reconciler_("plan", "appointment-reminders")
    assert several.code == 64
    assert (
        "appointment-reminders may be 2 groups: google/appointment-reminders,"
        " microsoft/appointment-reminders" in several.err
    )
    assert reconciler_("plan", "microsoft").out.count("   create   ") == 5
    assert reconciler_("plan", "*/appointment-*").out.count("   create   ") == 2
    assert reconciler_("plan", "day-surgery", "--json").out.startswith("{")
    assert reconciler_("validate", "--json").out.startswith("{")
    assert "creates" in reconciler_("plan", "--allow", "create=12").err


def test_list_and_show(folder: Path, reconciler_: Command) -> None:
    """What is live, whether it is as the files say, and one group as a file would say it."""
    git(folder, "init", "-q")
    commit(folder, "first")
    assert reconciler_("apply", "--yes", "microsoft").code == 0
    store = Store(folder / SANDBOX)
    surgery = next(one for one in store.groups("microsoft") if one["slug"] == "day-surgery")
    store.upsert("microsoft", {**surgery, "start_time": "05:30:00"})
    store.upsert(
        "google", {"name": "Stray", "slug": "Stray one", "sheet_link": "https://1drv.ms/x/s3cret"}
    )
    edit(folder / RECALL, "start_time: 10:30:00", "start_time: 11:00:00")
    done = reconciler_("list", "microsoft", "Stray one")
    assert done.code == 0
    states = {line.split("  ")[0]: line.split()[-1] for line in done.out.splitlines()[:-1]}
    assert states["microsoft/day-surgery"] == "drift"
    assert states["microsoft/annual-recall"] == "differs"
    assert states["google/Stray one"] == "file"
    assert done.out.splitlines()[-1] == (
        "6 live groups, 1 without a file, 1 with drift, 1 that differ otherwise."
    )
    listed = json.loads(reconciler_("list", "--json").out)["groups"]
    assert {one["state"] for one in listed} == {
        "equal",
        "drift",
        "differs",
        "not live",
        "unmanaged",
    }
    assert reconciler_("list", "nothing").code == 64
    shown = reconciler_("show", "day-surgery")
    assert shown.code == 0
    assert "start_time: 05:30:00\n" in shown.out
    stray = reconciler_("show", "google/Stray one")
    assert stray.out == (
        "name: Stray\nslug: Stray one\n"
        "sheet_link: {from_env: STRAY_ONE_SHEET_LINK}\nuse_cases: []\n"
    )
    assert "s3cret" not in reconciler_("show", "google/Stray one", "--json").out
    assert (
        json.loads(reconciler_("show", RECALL, "--json").out)["group"]["start_time"] == "10:30:00"
    )
    assert reconciler_("show", "microsoft").code == 64
    assert "is not live" in reconciler_("show", "google/imaging").err
    assert reconciler_("show", "").code == 64


def test_fmt(folder: Path, reconciler_: Command) -> None:
    """It writes, shows, or only says; what is wrong or read-only is left, and told."""
    file = folder / SURGERY
    text = file.read_text(encoding="utf-8")
    assert reconciler_("fmt").code == 0
    edit(file, "start_time: 16:00:00", "start_time: '16:00'  # late")
    edit(folder / RECALL, "start_time: 10:30:00", "start_time: '10:30:00'")
    done = reconciler_("fmt", "--check")
    assert (done.code, done.out) == (2, f"{RECALL}\n{SURGERY}\n")
    assert done.err == "2 files of 10 would change.\n"
    diff = reconciler_("fmt", "--diff", SURGERY)
    assert (diff.code, "+start_time: 16:00:00  # late\n" in diff.out) == (0, True)
    assert "'16:00'" in file.read_text(encoding="utf-8")
    (folder / RECALL).chmod(0o444)
    done = reconciler_("fmt")
    assert (done.code, done.out) == (1, f"{SURGERY}\n")
    assert f"error: {RECALL} is read-only" in done.err
    kept = text.replace("start_time: 16:00:00", "start_time: 16:00:00  # late")
    assert file.read_text(encoding="utf-8") == kept
    (folder / "pyproject.toml").write_text(
        '[tool.reconciler.lint]\nhours = { begin = "20:00", end = "21:00" }\n'
        'levels = { quiet-hours = "error" }\n',
        encoding="utf-8",
    )
    assert reconciler_("validate", SURGERY).code == 1
    assert reconciler_("fmt", "--check", SURGERY).code == 0
    edit(file, "name:", "nmae:")
    wrong = reconciler_("fmt", "--check")
    assert (wrong.code, "did you mean name?" in wrong.err) == (1, True)


def test_a_shell_completes_what_there_is(
    folder: Path, reconciler_: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands, options, keys of files, environments; by the folder of -C, and paths otherwise."""
    monkeypatch.chdir(folder)

    def completed(*words: str) -> list[str]:
        *before, begun = words
        asked = ShellComplete(cli, {}, "reconciler", "_RECONCILER_COMPLETE")
        return [item.value for item in asked.get_completions(before, begun)]

    assert completed("pu") == ["pull"]
    assert completed("plan", "--dr") == ["--drift"]
    assert completed("plan", "microsoft/a") == [
        "microsoft/annual-recall",
        "microsoft/appointment-reminders",
    ]
    assert completed("show", "g")[0] == "google"
    assert completed("plan", "groups/mi") == ["groups/mi"]
    assert completed("plan", "--env", "") == ["prod", "qa"]
    monkeypatch.chdir(folder.parent)
    assert completed("plan", "--env", "p") == []
    assert completed("-C", folder.name, "-C", "nowhere", "list", "--env", "p") == ["prod"]
    for shell in ("bash", "zsh", "fish"):
        done = reconciler_("completion", shell)
        assert (done.code, "_RECONCILER_COMPLETE" in done.out) == (0, True)
    assert reconciler_("completion", "csh").code == 64
