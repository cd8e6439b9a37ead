"""The hooks of .pre-commit-hooks.yaml, run by pre-commit with the configuration of `init`."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.e2e.conftest import ROOT, Command
from tests.e2e.repository import commit, edit, git

EXAMPLE = "groups/microsoft/example.yaml"
RESULTS = ("group files are valid", "group files have one layout", "the schema of group files")


def test_the_hooks_pass_and_mend(reconciler_: Command, tmp_path: Path) -> None:
    """Installed from a commit as a user's are; nothing is fetched, and no name disturbs them."""
    tool, place = tmp_path / "tool", tmp_path / "outreach"
    for name in ("reconciler", "groups"):
        shutil.copytree(ROOT / name, tool / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, tool)
    git(tool, "init", "-q")
    head = commit(tool, "tool")
    place.mkdir()
    git(place, "init", "-q")
    assert reconciler_("init", "--uses", f"acme/tool@{head}", root=place).code == 0
    edit(place / ".pre-commit-config.yaml", "https://github.com/acme/tool", str(tool))
    for name in ("groups/README.md", "groups/microsoft/notes.txt", "old/groups/microsoft/x.yaml"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("a: [\n", encoding="utf-8")
    commit(place, "ours")

    def run() -> dict[str, str]:
        git(place, "add", "-A")
        done = subprocess.run(
            [str(Path(sys.executable).parent / "pre-commit"), "run", "--all-files"],
            cwd=place,
            env={
                **os.environ,
                "PRE_COMMIT_HOME": str(tmp_path / "hooks"),
                # What it needs is installed here already, hatchling to build it as well.
                "PIP_NO_DEPS": "1",
                "PIP_NO_INDEX": "1",
                "PIP_NO_BUILD_ISOLATION": "0",
                "PYTHONPATH": sysconfig.get_path("purelib"),
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        told = {
            name: line.rpartition(".")[2]
            for name in RESULTS
            for line in done.stdout.splitlines()
            if line.startswith(name)
        }
        assert (done.returncode == 0) == ({*told.values()} == {"Passed"}), done.stdout + done.stderr
        return told

    assert run() == dict.fromkeys(RESULTS, "Passed")
    schema = (place / "schemas/group.schema.json").read_text(encoding="utf-8")
    (place / "schemas/group.schema.json").write_text("{}", encoding="utf-8")
    edit(place / EXAMPLE, "name: Example", 'name: "Example"')
    assert run() == dict(zip(RESULTS, ("Passed", "Failed", "Failed"), strict=True))
    assert (place / "schemas/group.schema.json").read_text(encoding="utf-8") == schema
    assert "name: Example\n" in (place / EXAMPLE).read_text(encoding="utf-8")
    edit(place / EXAMPLE, "start_time", "strat_time")
    assert run()[RESULTS[0]] == "Failed"
