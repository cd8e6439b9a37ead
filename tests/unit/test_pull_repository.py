"""Which files `init` writes, with which content, and what it says of those that are there."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from reconciler.desired import problems_of
from reconciler.pull import texts
from reconciler.pull.repository import Begun, Repository, begun, next_steps, wanted
from reconciler.settings import Settings

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(
    r"```yaml\n(.*?)```", (ROOT / "docs/workflows.md").read_text("utf-8"), re.DOTALL
)
TWO = Repository(
    ("qa", "prod"),
    address="https://api-qa.interactly.ai",
    links=("RECALL_SHEET_LINK", "RECALL_QA_SHEET_LINK"),
)
HERE = "a" * 40


def text(about: Repository, file: str) -> str:
    """Return what a file of a repository says that has none yet."""
    (one,) = (one for one in begun(wanted(about), {}) if one.file == file)
    assert one.status == "new"
    return one.text


def steps(about: Repository, files: list[Begun], **more: Any) -> str:
    """Return what is left to do, as one text."""
    facts = {"repository": True, "differ": 0, "example": False}
    return "\n".join(next_steps(about, files, **{**facts, **more}))


@pytest.mark.parametrize("number", range(3))
def test_the_workflows_are_the_blocks_of_the_page(number: int) -> None:
    """One text, in the page and in what is written; the placeholders are the page's too."""
    name = ("pull-request.yml", "merge.yml", "daily.yml")[number]
    assert text(TWO, f".github/workflows/{name}") == BLOCKS[number]


def test_workflows_of_a_repository_without_environments_and_links() -> None:
    """The key is then in GitHub's environment prod, and nothing is passed on."""
    about = Repository(uses=f"acme/tool@{HERE}", branch="trunk")
    merge = text(about, ".github/workflows/merge.yml")
    assert f"uses: acme/tool/.github/workflows/apply.yml@{HERE}" in merge
    assert "branches: [trunk]" in merge
    assert "links:" not in merge
    job = YAML(typ="safe").load(merge)["jobs"]["apply"]
    assert json.loads(job["with"]["environments"]) == [{"environment": "", "keys": "prod"}]


def test_three_environments_are_applied_one_after_the_other() -> None:
    """Each names the one before it."""
    merge = text(Repository(("qa", "stage", "prod")), ".github/workflows/merge.yml")
    assert json.loads(YAML(typ="safe").load(merge)["jobs"]["apply"]["with"]["environments"]) == [
        {"environment": "qa"},
        {"environment": "stage", "after": "qa"},
        {"environment": "prod", "after": "stage"},
    ]


@pytest.mark.parametrize("about", [TWO, Repository(), Repository(("qa",))])
def test_settings_are_settings(about: Repository) -> None:
    """They list the environments, with the one address that is known."""
    table = tomllib.loads(text(about, "pyproject.toml"))["tool"]["reconciler"]
    settings = Settings.from_toml(table)
    assert tuple(settings.environments) == about.environments
    known = [one.api_url for one in settings.environments.values()]
    assert known[:1] == [about.address][: len(known)]
    assert known[1:] == [None] * len(known[1:])


def test_environments_that_are_not_listed_yet() -> None:
    """What the settings say of those that are stays."""
    table = {"environments": {"qa": {"api_url": "https://api-qa.interactly.ai"}}}
    known = Settings.from_toml(table).listing(["prod", "qa"]).environments
    assert {name: one.api_url for name, one in known.items()} == {
        "prod": None,
        "qa": "https://api-qa.interactly.ai",
    }


def test_the_example_is_a_group_file() -> None:
    """Also where its id would be read as a number."""
    for group_id in ("c4f108cb0dc3d2772f165509", "012345678901234567890123", "6838526e" + "1" * 16):
        made = texts.example(group_id)
        assert problems_of(made.encode()) == []
        assert YAML(typ="safe").load(made)["group_id"] == group_id


def test_whatever_is_there_is_left() -> None:
    """What lacks something is told what to add, and what says all of it is not spoken of."""
    there = {
        ".gitignore": "*.log\n",
        ".vscode/settings.json": "{}\n",
        "README.rst": "Ours\n",
        "CODEOWNERS": "* @us\n",
        ".github/workflows/merge.yaml": "on: push\n",
        "pyproject.toml": "[project]\n",
        "schemas/group.schema.json": "{}",
        ".pre-commit-config.yaml": texts.hooks(f"acme/tool@{HERE}") + "  # ours\n",
    }
    told = {one.file: one for one in begun(wanted(TWO), there)}
    assert {name for name, one in told.items() if one.status == "new"} == {
        ".github/workflows/daily.yml",
        ".github/workflows/pull-request.yml",
    }
    assert {one.text for one in told.values() if one.status != "new"} == {""}
    assert told[".gitignore"].add == texts.IGNORED
    assert "./schemas/group.schema.json" in told[".vscode/settings.json"].add
    assert "[tool.reconciler.environments.qa]" in told["pyproject.toml"].add
    assert 'api_url = "https://api-qa.interactly.ai"' in told["pyproject.toml"].add
    assert told[".pre-commit-config.yaml"].status == "unchanged"
    assert (told["README.rst"].add, told["README.rst"].advice) == ("", "")
    assert "reconciler schema group" in told["schemas/group.schema.json"].advice
    assert "who approves" in told["CODEOWNERS"].advice
    assert "docs/workflows.md" in told[".github/workflows/merge.yaml"].advice


def test_what_is_added_makes_it_whole() -> None:
    """An addition that somebody has made is not asked for again."""
    first = {".gitignore": "*.log\n", ".pre-commit-config.yaml": "repos:\n"}
    more = {one.file: first[one.file] + one.add for one in begun(wanted(TWO), first) if one.add}
    assert more.keys() == first.keys()
    again = [one for one in begun(wanted(TWO), more) if one.file in first]
    assert [one.status for one in again] == ["unchanged", "unchanged"]


def test_settings_that_list_some_environments_are_told_the_others() -> None:
    """The address belongs to the first one alone."""
    there = {"pyproject.toml": "[tool.reconciler.environments.qa]\n"}
    listed = Repository(("qa", "prod"), listed=("qa",), address="https://api-qa.interactly.ai")
    (one,) = (one for one in begun(wanted(listed), there) if one.file == "pyproject.toml")
    assert "environments.qa" not in one.add
    assert "[tool.reconciler.environments.prod]\n# api_url" in one.add
    whole = Repository(("qa",), listed=("qa",))
    (one,) = (one for one in begun(wanted(whole), there) if one.file == "pyproject.toml")
    assert (one.status, one.add) == ("unchanged", "")


def test_a_folder_of_a_repository_has_only_what_is_its_own() -> None:
    """Workflows, owners and hooks are at the top, where others have theirs."""
    about = Repository(("prod",), scope="accounts/north")
    files = wanted(about)
    assert [one.file for one in files] == ["pyproject.toml", "schemas/group.schema.json"]
    assert "Several accounts" in steps(about, begun(files, {}))
    assert "GitHub" not in steps(about, begun(files, {}))


def test_steps() -> None:
    """Everything that a person has to do, and nothing that is done."""
    files = begun(wanted(TWO), {})
    told = steps(TWO, files, repository=False, differ=2, example=True)
    for words in (
        "is an example",
        "RECALL_SHEET_LINK, RECALL_QA_SHEET_LINK",
        "2 of the group files",
        "reconciler plan --env qa",
        "OWNER/reconciler and COMMIT",
        "qa-plan and qa, prod-plan and prod",
        "`git init`, commit and push",
    ):
        assert words in told
    bound = Repository(uses=f"acme/tool@{HERE}", branch="trunk")
    told = steps(bound, begun(wanted(bound), {}))
    assert "OWNER" not in told
    assert "prod-plan and prod" in told
    assert "pushed to trunk" in told
    there = {one.file: one.text for one in files}
    told = steps(TWO, begun(wanted(TWO), there))
    assert "GitHub" not in told.replace("secrets on GitHub", "")
    assert "OWNER" not in told
