"""The command `init`: from an empty or an existing folder to a repository that plans nothing."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import respx
from jsonschema_rs import Draft202012Validator

from reconciler.render.json import init_schema
from tests.cases.api import Api
from tests.e2e.conftest import ROOT, Command, Done
from tests.e2e.repository import commit, git
from tests.e2e.test_pull import LINK, RECALL, TEXT, URL, put, recall, row

EXAMPLE = "groups/microsoft/example.yaml"
BESIDE = {
    ".github/CODEOWNERS",
    ".github/workflows/daily.yml",
    ".github/workflows/merge.yml",
    ".github/workflows/pull-request.yml",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".vscode/settings.json",
    "README.md",
    "pyproject.toml",
    "schemas/group.schema.json",
}
HERE = f"acme/reconciler@{'a' * 40}"


@pytest.fixture
def api() -> Api:
    """An account with two groups, one of which has a sheet."""
    return Api({"microsoft": [recall()], "google": [row(2, "imaging", sheet_link=LINK)]})


@pytest.fixture(autouse=True)
def _network(api: Api) -> Iterator[None]:
    with respx.mock(assert_all_called=False) as network:
        network.route(url__startswith=f"{URL}/").mock(side_effect=api.answer)
        network.route(host="127.0.0.1").pass_through()
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    place = tmp_path / "outreach"
    place.mkdir()
    return place


@pytest.fixture
def init(reconciler_: Command) -> Callable[..., Done]:
    """The command."""
    return lambda *words: reconciler_("init", *words)


@pytest.fixture
def real(variables: dict[str, str]) -> dict[str, str]:
    """The variables, with the address and the key of the real API."""
    variables |= {"RECONCILER_API_URL": URL, "INTERACTLY_API_KEY": "key-of-no-real-clinic"}
    return variables


def files(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder, but for what runs and Git keep there."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    return {
        name: text
        for name, text in named.items()
        if not {".reconciler", ".git"} & {*Path(name).parts}
    }


def test_an_empty_folder_without_an_account(
    init: Callable[..., Done], reconciler_: Command, folder: Path
) -> None:
    """The sandbox begins with an example; all is valid, laid out, and nothing is to be done."""
    shown = init("--dry-run")
    assert files(folder) == {}
    done = init()
    assert done.code == 0
    assert done.out == shown.out.replace("would be written", "written")
    assert files(folder).keys() == {EXAMPLE, *BESIDE}
    assert reconciler_("validate").out == "1 file checked: 0 errors, 0 warnings.\n"
    assert reconciler_("plan", "--detailed-exitcode").code == 0
    assert reconciler_("fmt", "--check").code == 0
    assert reconciler_("schema", "--check", "group").code == 0
    before = files(folder)
    again = init()
    assert (again.code, "0 files written." in again.out) == (0, True)
    assert files(folder) == before
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    assert ".reconciler" not in git(folder, "ls-files")


def test_the_example_never_ends_up_at_a_clinic(
    init: Callable[..., Done], reconciler_: Command, api: Api, variables: dict[str, str]
) -> None:
    """A real API refuses each plan with it, whatever is allowed, and is not given it either."""
    assert init().code == 0
    variables |= {"RECONCILER_API_URL": URL, "INTERACTLY_API_KEY": "key-of-no-real-clinic"}
    for words in ((), ("--allow", "another-account=1", "--allow", "creates=9"), ("example",)):
        refused = reconciler_("apply", "--yes", *words)
        assert refused.code == 4
        assert "no-such-group" in refused.out
    told = init("--dry-run")
    assert told.code == 1
    assert "no-such-group" in told.out
    assert api.posts == []


def test_an_account_without_groups_gets_no_example(
    init: Callable[..., Done], real: dict[str, str], api: Api, folder: Path
) -> None:
    """There is nothing that would be created by the first apply."""
    assert real
    api.rows |= {"microsoft": [], "google": []}
    assert init().code == 0
    assert files(folder).keys() == BESIDE


def test_an_account(
    init: Callable[..., Done],
    reconciler_: Command,
    real: dict[str, str],
    api: Api,
    folder: Path,
) -> None:
    """Its groups are files, no link is in any, and a plan with the link is empty."""
    git(folder, "init", "-qb", "trunk")
    done = init("--env", "qa", "--env", "prod", "--uses", HERE)
    assert done.code == 0
    assert done.err == f"Target: {URL} (environment qa).\n2 groups live, 2 without a file.\n"
    written = files(folder)
    assert written.keys() == {RECALL, "groups/google/imaging.yaml", *BESIDE}
    assert LINK.encode() not in b"".join(written.values())
    assert written[RECALL].startswith(b"# yaml-language-server: $schema=../../schemas/group")
    assert f'api_url = "{URL}"' in written["pyproject.toml"].decode()
    merge = written[".github/workflows/merge.yml"].decode()
    assert "links: IMAGING_QA_SHEET_LINK\n" in merge
    assert "branches: [trunk]" in merge
    assert b"OWNER" not in written[".pre-commit-config.yaml"]
    real["IMAGING_QA_SHEET_LINK"] = LINK
    commit(folder, "init")
    assert reconciler_("validate").code == 0
    assert reconciler_("plan", "--env", "qa", "--detailed-exitcode").code == 0
    assert reconciler_("fmt", "--check").code == 0
    assert api.posts == []


def test_without_a_key_nothing_is_written(
    init: Callable[..., Done], variables: dict[str, str], api: Api, folder: Path
) -> None:
    """An account that cannot be read would become an empty repository."""
    done = init("--api-url", URL)
    assert (done.code, "INTERACTLY_API_KEY is not set" in done.err) == (64, True)
    variables["INTERACTLY_API_KEY"] = "key"
    api.rows |= {"microsoft": 401, "google": 401}
    assert init("--api-url", URL).code == 1
    assert files(folder) == {}


def test_what_could_not_be_read_is_told(
    init: Callable[..., Done], real: dict[str, str], api: Api, folder: Path
) -> None:
    """The rest is there; the next run takes what this one could not."""
    assert real
    kept = api.rows["google"]
    api.rows["google"] = 404
    done = init()
    assert (done.code, "google could not be read" in done.out) == (1, True)
    assert RECALL in files(folder)
    api.rows["google"] = kept
    assert init().code == 0
    assert "groups/google/imaging.yaml" in files(folder)


def test_an_existing_repository_keeps_every_byte(
    init: Callable[..., Done], real: dict[str, str], folder: Path
) -> None:
    """What is there is told what it lacks; a group file that differs from live is left as well."""
    assert real
    git(folder, "init", "-q")
    mine = {
        RECALL: TEXT.replace("08:00 ", "09:00 "),
        "README.md": "# Ours\r\n",
        ".gitignore": "*.log\n",
        "pyproject.toml": '[project]\nname = "ours"\n',
        ".vscode/settings.json": '{"files.eol": "\\n"}\n',
    }
    for name, text in mine.items():
        put(folder, name, text)
    commit(folder, "ours")
    done = init()
    assert done.code == 0
    written = files(folder)
    assert {name: written[name].decode() for name in mine} == mine
    assert written.keys() == {"groups/google/imaging.yaml", *mine, *BESIDE}
    assert ".gitignore: is there, and left as it is; add\n" in done.out
    assert "    .reconciler/\n" in done.out


def test_a_file_that_cannot_be_written_keeps_back_no_other(
    init: Callable[..., Done], folder: Path
) -> None:
    """It is told with its reason, and the command does not end well."""
    put(folder, ".vscode", "a file\n")
    done = init("--json")
    assert done.code == 1
    document = json.loads(done.out)
    assert [
        error.message for error in Draft202012Validator(init_schema()).iter_errors(document)
    ] == []
    problems = {one["file"]: one["problem"] for one in document["files"] if one["problem"]}
    assert problems.keys() == {".vscode/settings.json"}
    assert (folder / "README.md").exists()


def test_no_link_leads_out(init: Callable[..., Done], folder: Path, tmp_path: Path) -> None:
    """Whoever made the folder cannot have a file written elsewhere."""
    (tmp_path / "elsewhere").mkdir()
    (folder / ".github").symlink_to(tmp_path / "elsewhere")
    (folder / "README.md").symlink_to(tmp_path / "elsewhere" / "README.md")
    done = init()
    assert done.code == 1
    assert "leads out" in done.out
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_of_a_repository(
    init: Callable[..., Done], reconciler_: Command, folder: Path
) -> None:
    """It has its settings and its schema; what belongs to all of it is not made there."""
    git(folder, "init", "-q")
    (folder / "accounts" / "north").mkdir(parents=True)
    done = reconciler_("init", root=folder / "accounts" / "north")
    assert done.code == 0
    north = "accounts/north"
    assert files(folder).keys() == {
        f"{north}/{EXAMPLE}",
        f"{north}/pyproject.toml",
        f"{north}/schemas/group.schema.json",
    }
    assert "Several accounts" in done.out
    assert init("--dry-run").code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--env", "QA"], "is no name of an environment"),
        (["--uses", "acme/reconciler@main"], "all digits of a commit's id"),
        (["--uses", "https://github.com/acme/reconciler"], "link"),
    ],
)
def test_what_is_meant_is_said(
    init: Callable[..., Done], folder: Path, words: list[str], told: str
) -> None:
    """What would make files that do not work is refused first."""
    done = init(*words)
    assert (done.code, told in done.err) == (64, True)
    assert files(folder) == {}


def test_the_order_of_environments_is_never_guessed(
    init: Callable[..., Done], folder: Path
) -> None:
    """Files name them, and do not say which is first."""
    put(folder, RECALL, f"{TEXT}environments:\n  prod: {{}}\n  qa: {{}}\n")
    done = init()
    assert (done.code, "prod, qa" in done.err) == (64, True)
    assert init("--env", "qa").code == 1
    assert init("--env", "qa", "--env", "prod").code == 0


def test_where_there_is_a_terminal_it_asks(
    init: Callable[..., Done],
    folder: Path,
    variables: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where, then, knowing what is live, which environments; a second time there is less to ask."""
    variables["INTERACTLY_API_KEY"] = "key-of-no-real-clinic"
    answers = iter([URL, "qa prod", URL])
    asked: list[str] = []

    def answer(question: str, **_: object) -> str:
        asked.append(question.split(maxsplit=1)[0])
        return next(answers)

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "prompt", answer)
    assert init().code == 0
    assert asked == ["Address", "Environments,"]
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert text.index("environments.qa") < text.index("environments.prod")
    assert init("--env", "qa").code == 0
    assert init("--json", "--env", "qa", "--api-url", URL).code == 0
    assert asked == ["Address", "Environments,", "Address"]


def test_the_workflows_pass_the_checkers(init: Callable[..., Done], folder: Path) -> None:
    """As people run them, with the tools that this repository's own workflows pass."""
    git(folder, "init", "-q")
    assert init("--env", "qa", "--env", "prod", "--uses", HERE).code == 0
    tools = Path(sys.executable).parent
    workflows = [str(path) for path in sorted((folder / ".github/workflows").iterdir())]
    for command in (
        ["zizmor", "--offline", "--quiet", ".github"],
        ["actionlint", *workflows],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows],
        [
            "check-jsonschema",
            "--schemafile",
            "schemas/group.schema.json",
            EXAMPLE,
        ],
        ["pre-commit", "validate-config", ".pre-commit-config.yaml"],
        ["pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")],
    ):
        done = subprocess.run(
            [str(tools / command[0]), *command[1:]],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout + done.stderr)
