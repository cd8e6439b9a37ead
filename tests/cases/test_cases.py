"""Whole plans: each folder beside this file is a case, and all that comes of it is compared whole.

README.md says what a case is made of. `UPDATE=1 pytest tests/cases` writes what comes of the cases
now; the diff is then read like any other.
"""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from difflib import unified_diff
from functools import cache
from pathlib import Path

import httpx
import pytest
import respx

from reconciler.cli import run
from reconciler.cli.surroundings import Surroundings
from reconciler.render.forms import PLAN_FORMS, REPORT_FORMS, suffixes
from tests.cases.api import Api

HERE = Path(__file__).parent
CASES = sorted(path for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__")
TREE = {"groups", "settings.toml"}
PARTS = TREE | {"live.json", "base", "applied", "arguments", "variables", "forms", "expected"}
URL = "https://api.interactly.example"
KEY = "key-of-no-real-clinic"
PLANS = [f"plan{suffix}" for suffix in suffixes(PLAN_FORMS)]
PRINTED = [form.name for form in PLAN_FORMS.values() if not form.suffix]
REPORTS = [f"report{suffix}" for suffix in suffixes(REPORT_FORMS)]
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""All cases run on this day."""

_TLS = cache(httpx.create_ssl_context)
"""Made once: to read all certificate authorities anew takes half of a case's time."""
_GIT = {
    **{f"GIT_{who}_NAME": "Clinic" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "it@clinic.example" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "2026-11-24T12:00:00Z" for who in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""Nothing of this machine, and nothing that passes: a commit's id is then that of its files."""


@pytest.fixture
def within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    """An empty working folder, an environment that is the same everywhere, and a day."""
    monkeypatch.setattr(httpx, "create_ssl_context", _TLS)
    variables = {"PATH": os.environ["PATH"], **_GIT}
    variables |= {"RECONCILER_API_URL": URL, "INTERACTLY_API_KEY": KEY}
    variables["RECONCILER_STATE_DIR"] = str(tmp_path.with_name(f"{tmp_path.name}-state"))
    return Surroundings(tmp_path, variables, lambda: NOW)


def lines(path: Path) -> list[str]:
    """Return the lines of a part that a case need not have, without comments."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def lay_out(case: Path, within: Surroundings) -> None:
    """Make the working folder what a case says, with its history where it has one."""
    told = {path.name for path in case.iterdir()} - PARTS
    told |= {path.name for tree in ("base", "applied") for path in case.glob(f"{tree}/*")} - TREE
    assert not told, f"{case.name}: {sorted(told)} means nothing; README.md lists the parts"
    history = [tree for tree in ("applied", "base") if (case / tree).is_dir()]
    if not history:
        _lay_tree(case, case, within.root)
        return
    _git(within, "init", "-q", "--object-format=sha1")
    for tree in history:
        _lay_tree(case, case / tree, within.root)
        _commit(within, tree)
        _git(within, "tag", tree)
    _lay_tree(case, case, within.root)
    _commit(within, "head")


def _lay_tree(case: Path, tree: Path, root: Path) -> None:
    """Make the working folder one tree of a case, whose settings hold where the tree has none."""
    shutil.rmtree(root / "groups", ignore_errors=True)
    if (tree / "groups").is_dir():
        shutil.copytree(tree / "groups", root / "groups", copy_function=shutil.copyfile)
    for settings in (case / "settings.toml", tree / "settings.toml"):
        if settings.exists():
            shutil.copyfile(settings, root / "pyproject.toml")


def _commit(within: Surroundings, message: str) -> None:
    _git(within, "add", "--all")
    _git(within, "commit", "-q", "--allow-empty", "-m", message)


def _git(within: Surroundings, *words: str) -> None:
    subprocess.run(
        ["git", *words],
        cwd=within.root,
        env=within.variables,
        check=True,
        capture_output=True,
        timeout=60,
    )


def outs(names: Iterable[str]) -> list[str]:
    """Return the options that have these files written."""
    return [word for name in names for word in ("--out", name)]


def forms(case: Path, within: Surroundings, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Plan and apply a case, and return all that comes of it by its file's name in expected/."""
    lay_out(case, within)
    given = dict(line.split("=", 1) for line in lines(case / "variables"))
    within = replace(within, variables={**within.variables, **given})
    words = shlex.split("\n".join(lines(case / "arguments")))
    live = case / "live.json"
    api = Api(json.loads(live.read_text(encoding="utf-8")) if live.exists() else {})
    links = api.links()

    def call(*command: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([*command, *words], within)
        return code, *capsys.readouterr()

    with respx.mock(assert_all_called=False) as network:
        network.route(url__startswith=f"{URL}/").mock(side_effect=api.answer)
        plan, text, said = call("plan", *outs(PLANS))
        printed = {name: call("plan", "--format", name)[1] for name in PRINTED}
        apply, _, complained = call(
            "apply", "--yes", "--concurrency=1", "--settle=0", *outs(REPORTS)
        )
        posts = json.dumps(api.posts, indent=2) + "\n"
        if apply == 0:
            assert call("plan", "--detailed-exitcode")[0] == 0, "what was applied is not live"
    written = [path for name in (*PLANS, *REPORTS) if (path := within.root / name).exists()]
    made = {path.name: path.read_bytes().decode() for path in written}
    assert text == made.get("plan.txt", ""), "a file says something else than the terminal"
    made |= {f"plan.{name}": told for name, told in printed.items()}
    made["exit.txt"] = f"plan {plan}\napply {apply}\n"
    made["stderr.txt"] = "".join(
        f"{name}:\n{told}" for name, told in (("plan", said), ("apply", complained)) if told
    )
    for secret in (KEY, *links, *api.links()):
        assert not [name for name, form in made.items() if secret in form], "a secret is shown"
    wanted = lines(case / "forms")
    made["requests.json"] = posts
    return {name: form for name, form in made.items() if form and (not wanted or name in wanted)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, within: Surroundings, capsys: pytest.CaptureFixture[str]) -> None:
    """Every form of it is what stands in expected/, to the byte, and there is no other."""
    made = forms(case, within, capsys)
    folder = case / "expected"
    if os.environ.get("UPDATE"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, form in made.items():
            (folder / name).write_bytes(form.encode())
    expected = {path.name: path.read_bytes().decode() for path in folder.glob("*")}
    difference = "".join(_difference(expected, made))
    if difference:
        pytest.fail(
            f"{case.name} comes out otherwise. If that is meant, write it with UPDATE=1 and read"
            f" the diff.\n{difference}",
            pytrace=False,
        )


def _difference(expected: Mapping[str, str], made: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*expected, *made}):
        before, after = (side.get(name, "").splitlines(keepends=True) for side in (expected, made))
        yield from unified_diff(before, after, f"expected/{name}", name, n=1)


def test_there_is_a_case_of_every_kind() -> None:
    """Each action, origin and guard, and each kind of error before there is a plan."""
    told = [json.loads(path.read_bytes()) for path in HERE.glob("*/expected/plan.json")]
    plans = [document for document in told if "error" not in document]
    assert {document["error"]["kind"] for document in told if "error" in document} == {
        "api",
        "files",
    }
    changes = [change for plan in plans for change in plan["changes"]]
    use_cases = [part for change in changes for part in change["use_cases"]]
    parts = [part for change in changes for part in change["fields"]]
    parts += [part for case in use_cases for part in [*case["added"], case["enabled"]]]
    assert {change["action"] for change in changes} == {"create", "update"}
    assert {part["action"] for part in use_cases} == {"add", "update", "disable"}
    assert {part["origin"] for part in parts} == {"git", "pending", "drift", "conflict", None}
    assert {guard["name"] for plan in plans for guard in plan["guards"]} == {
        "creates", "updates", "disables", "renames", "copies", "use-case-renames",
        "two-live-groups", "no-such-group", "slug-taken", "one-group-two-files", "odd-live-group",
        "unread-integration", "unknown-fields", "another-account", "freeze", "protected",
    }  # fmt: skip
    assert len(CASES) >= 25
