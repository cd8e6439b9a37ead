"""E7: whoever asked for JSON is answered in it, also when a command fails; exit codes stay."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pydantic_sarif.model as oracle
import pytest
from jsonschema_rs import Draft202012Validator

from reconciler.cli import cli
from reconciler.errors import ExitCode
from reconciler.render.forms import FAILURE_FORMS
from tests.e2e.conftest import ROOT, Command, Done, Gate, Request
from tests.e2e.repository import SURGERY, edit, posts

SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas/failure.schema.json").read_text("utf-8")))


def failure(text: str) -> dict[str, Any]:
    """Return a failure that was told as JSON: whole, and as the schema says."""
    document: dict[str, Any] = json.loads(text)
    SCHEMA.validate(document)
    return document


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with what is typed to reach it."""
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command
            if isinstance(command, click.Group):
                yield from commands(command, *path, name)
            else:
                yield (*path, name), command


def choices(command: click.Command) -> list[str]:
    """Return what `--format` may be."""
    found = [item for item in command.params if "--format" in item.opts]
    return [str(name) for item in found for name in getattr(item.type, "choices", ())]


ASKED = [
    (path, name)
    for path, command in commands(cli)
    for name in choices(command)
    if name in FAILURE_FORMS
]


def test_e7_the_commands_with_forms_for_programs_are_known() -> None:
    """Each of them is asked below; an option of another name would be missed here."""
    assert {path for path, _ in ASKED} == {
        ("validate",),
        ("plan",),
        ("timeline",),
        ("rules",),
        ("init",),
        ("pull",),
        ("list",),
        ("show",),
    }
    assert {name for _, name in ASKED} == set(FAILURE_FORMS)
    named = {item.name for path, command in commands(cli) for item in command.params}
    assert {"output", "outputs"} <= named
    for path, command in commands(cli):
        for item in command.params:
            wanted = {"--format": "output", "--out": "outputs"}
            assert all(item.name == wanted[text] for text in item.opts if text in wanted), path


@pytest.mark.parametrize(("path", "name"), ASKED)
@pytest.mark.parametrize("words", [["--bogus"], ["--env"], ["nothing/such"], ["--env", "nowhere"]])
def test_e7_wrong_usage_is_told_in_the_form_that_was_asked_for(
    path: tuple[str, ...], name: str, words: list[str], reconciler_: Command
) -> None:
    """Wherever `--format` stands, as far as it can be understood."""
    if path == ("init",) and words == ["--env", "nowhere"]:
        return  # it makes environments
    orders = [[f"--format={name}", *words], ["--format", name, *words]]
    if words != ["--env"]:  # what follows it is its value
        orders.append([*words, "--format", name])
    for order in orders:
        done = reconciler_(*path, *order)
        assert done.code == ExitCode.USAGE
        assert done.err
        _is_a_whole(name, done)


def _is_a_whole(name: str, done: Done) -> None:
    if name == "json":
        told = failure(done.out)
        assert (told["exit_code"], told["findings"]) == (done.code, [])
        assert told["error"]["message"]
    elif name == "sarif":
        document = json.loads(done.out)
        oracle.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(document)
        (invocation,) = document["runs"][0]["invocations"]
        assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, done.code)
        assert invocation["toolExecutionNotifications"][0]["message"]["text"]
    else:
        (line,) = done.out.splitlines()
        assert line.startswith("::error title=reconciler%3A usage::")


def test_e7_a_form_that_was_not_understood_gets_no_answer(reconciler_: Command) -> None:
    """Nor does a form for people; both are told on stderr."""
    for words in (["--format=jsn"], ["--format"], ["--bogus"], ["--format", "html", "--bogus"]):
        done = reconciler_("plan", *words)
        assert (done.code, done.out) == (64, "")
    for words in ([], ["nonsense", "--format=json"], ["--format=json"], ["sandbox"]):
        assert reconciler_(*words).out == ""


def test_e7_problems_of_files_are_the_same_findings(folder: Path, reconciler_: Command) -> None:
    """Of a plan as JSON and of validate as JSON; in SARIF and as annotations, too."""
    edit(folder / SURGERY, "timezone:", "timezome:")
    edit(folder / SURGERY, "day: 2", "day: two")
    told = failure(reconciler_("plan", "--format", "json").out)
    assert told["error"] == {"kind": "files", "message": "2 problems in the group files"} | {
        "remedy": ""
    }
    assert told["exit_code"] == 1
    checked = reconciler_("validate", "--format", "json")
    assert told["findings"] == json.loads(checked.out)["findings"]
    assert len(told["findings"]) == 2
    lines = reconciler_("plan", "--format", "github").out
    assert lines == reconciler_("validate", "--format", "github").out
    assert lines.count("::error file=groups/microsoft/day-surgery.yaml") == 2


def test_e7_settings(folder: Path, reconciler_: Command) -> None:
    """What is wrong with them, in each form of validate."""
    (folder / "pyproject.toml").write_text("[tool.reconciler]\nx = 1\n", encoding="utf-8")
    done = reconciler_("validate", "--format", "json")
    told = failure(done.out)
    assert (done.code, told["error"]["kind"]) == (1, "config")
    assert "tool.reconciler.x is not a setting" in told["error"]["message"]
    document = json.loads(reconciler_("validate", "--format", "sarif").out)
    oracle.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(document)
    (run,) = document["runs"]
    assert run["results"] == []
    assert run["invocations"][0]["toolExecutionNotifications"][0]["descriptor"]["id"] == "config"
    annotation = reconciler_("validate", "--format", "github").out
    assert annotation.startswith("::error title=reconciler%3A config::pyproject.toml: tool.")


def test_e7_the_api(reconciler_: Command, variables: dict[str, str]) -> None:
    """Which request it was; an address without a key is wrong usage."""
    words = ("plan", "--format=json", "--env=qa", "--api-url", "http://127.0.0.1:9")
    assert failure(reconciler_(*words).out)["error"]["kind"] == "usage"
    variables["INTERACTLY_API_KEY"] = "s3cret-key"
    told = failure(reconciler_(*words, "--out", "plan.json").out)
    assert told["error"]["kind"] == "api"
    assert told["request"]["method"] == "GET"
    assert told["request"]["url"].startswith("http://127.0.0.1:9/")
    assert told["request"]["status"] is None
    assert "s3cret" not in json.dumps(told)


def test_e7_files_of_out_are_told_as_well(folder: Path, reconciler_: Command) -> None:
    """A JSON file of an earlier run must not be taken for this one's; others are people's."""
    names = ["--out=old.json", "--out=old.md"]
    assert reconciler_("plan", *names).code == 0
    assert json.loads((folder / "old.json").read_text("utf-8"))["changes"]
    before = (folder / "old.md").read_text("utf-8")
    edit(folder / SURGERY, "timezone:", "timezome:")
    done = reconciler_("plan", *names)
    assert (done.code, done.out) == (1, "")
    told = failure((folder / "old.json").read_text("utf-8"))
    assert [item["rule"] for item in told["findings"]] == ["unknown-key"]
    assert (folder / "old.md").read_text("utf-8") == before
    refused = reconciler_("apply", "--yes", "--expect", "old.json")
    assert (refused.code, "is neither a plan nor reviews of this version" in refused.err) == (
        64,
        True,
    )


def test_e7_guards(folder: Path, reconciler_: Command, requests: list[Request]) -> None:
    """A plan shows them itself; an apply's report says that nothing was done, and why."""
    (folder / "pyproject.toml").write_text(
        "[tool.reconciler.guards]\ncreates = 1\n", encoding="utf-8"
    )
    plan = reconciler_("plan", "--format", "json", "--out", "plan.json")
    assert plan.code == 4
    guards = json.loads(plan.out)["guards"]
    assert json.loads((folder / "plan.json").read_text("utf-8"))["guards"] == guards
    done = reconciler_("apply", "--yes", "--out", "report.json")
    assert (done.code, done.err) == (4, "")  # people have read it in the plan
    told = failure((folder / "report.json").read_text("utf-8"))
    assert (told["exit_code"], told["error"]["kind"]) == (4, "guard")
    assert [(item["rule"], item["message"]) for item in told["findings"]] == [
        (guard["name"], guard["message"]) for guard in guards
    ]
    assert posts(requests) == []


def test_e7_another_plan_than_the_reviewed_one(folder: Path, reconciler_: Command) -> None:
    """Exit 3, told once to people and once to programs."""
    done = reconciler_("apply", "--yes", "--expect", "none", "--out", "report.json")
    assert done.code == 3
    assert done.err.count("This is not the reviewed plan") == 1
    told = failure((folder / "report.json").read_text("utf-8"))
    assert (told["exit_code"], told["error"]["kind"]) == (3, "stale")
    assert "This is not the reviewed plan; nothing was written." in told["error"]["message"]
    assert told["error"]["remedy"] == "Review the plan above, and then apply that one."


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (KeyboardInterrupt(), "aborted"),
        (PermissionError(13, "Permission denied", "groups"), "system"),
        (ValueError("s3cret"), "bug"),
    ],
)
def test_e7_interrupted_or_broken(
    raised: BaseException,
    kind: str,
    folder: Path,
    reconciler_: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """JSON is whole before the process ends; a bug keeps its traceback, which is not in it."""
    from reconciler.workspace import Workspace  # noqa: PLC0415 - only this test breaks it

    def broken(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(Workspace, "load", broken)
    words = ("plan", "--format", "json", "--out", "plan.json")
    if kind == "bug":
        with pytest.raises(ValueError, match="s3cret"):
            reconciler_(*words)
    else:
        done = reconciler_(*words)
        assert (done.code, done.out) == (1, (folder / "plan.json").read_text("utf-8"))
    told = failure((folder / "plan.json").read_text("utf-8"))
    assert (told["error"]["kind"], told["exit_code"]) == (kind, 1)
    assert "s3cret" not in json.dumps(told)


def test_e7_a_report_is_never_overwritten_by_how_the_run_ends(
    folder: Path, reconciler_: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written stays told, also if the lock cannot be given back."""
    from reconciler.apply.state import StateFolder  # noqa: PLC0415 - only this test breaks it

    turn = StateFolder.turn

    def breaking(self: StateFolder, *rest: Any) -> Any:
        from contextlib import contextmanager  # noqa: PLC0415

        @contextmanager
        def wrapped() -> Iterator[None]:
            with turn(self, *rest):
                yield
            raise OSError(5, "Input/output error", "lock")

        return wrapped()

    monkeypatch.setattr(StateFolder, "turn", breaking)
    done = reconciler_("apply", "--yes", "--out", "report.json")
    assert done.code == 1
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert {item["status"] for item in report["results"]} == {"applied"}
    again = reconciler_("apply", "--bogus", "--out", "report.json")
    assert again.code == 64
    assert failure((folder / "report.json").read_text("utf-8"))["error"]["kind"] == "usage"


def test_e7_a_file_that_cannot_be_written_changes_nothing(
    folder: Path, reconciler_: Command
) -> None:
    """It is told; the exit code is that of the failure."""
    done = reconciler_("plan", "--format=json", "--out", "nowhere/plan.json", "--out", "b.json")
    assert done.code == 64
    assert "there is no such folder" in failure(done.out)["error"]["message"]
    assert failure((folder / "b.json").read_text("utf-8"))["exit_code"] == 64


def test_e7_the_sandbox_that_always_prints_json(
    reconciler_: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no option for it, and answers alike."""
    from reconciler.errors import ConfigError  # noqa: PLC0415 - only this test raises it
    from reconciler.sandbox import Store  # noqa: PLC0415 - likewise

    def damaged(_: Store) -> None:
        raise ConfigError("it is damaged", remedy="reset it")

    monkeypatch.setattr(Store, "check", damaged)
    told = failure(reconciler_("sandbox", "show").out)
    assert told["error"] == {"kind": "config", "message": "it is damaged", "remedy": "reset it"}


def test_e7_an_answer_is_all_of_stdout(reconciler_: Command, gate: Gate) -> None:
    """What is said beside it is on stderr; hostile text is inert in it."""
    gate.hold = lambda _: False
    done = reconciler_("plan", "--format", "json", "not\x1b[31m/there")
    assert failure(done.out)["error"]["kind"] == "usage"
    assert "\x1b" not in done.out
