"""Which files hold groups."""

import os
from pathlib import Path

import pytest

from reconciler.desired import files
from reconciler.desired.files import discover


def put(root: Path, *names: str) -> None:
    """Write a small group file at each place."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("name: X\n", encoding="utf-8")


def told(root: Path) -> list[tuple[str, str, str]]:
    """Return rule, severity and file of each finding."""
    return [(finding.rule, finding.severity, finding.file) for finding in discover(root)[1]]


def test_group_files_are_found_sorted(tmp_path: Path) -> None:
    """Both extensions, integration and slug taken from the path."""
    put(tmp_path, "groups/microsoft/b.yaml", "groups/google/a-1.yml", "groups/microsoft/a.yaml")
    found, findings = discover(tmp_path)
    assert findings == []
    assert [(item.name, item.integration, item.slug) for item in found] == [
        ("groups/google/a-1.yml", "google", "a-1"),
        ("groups/microsoft/a.yaml", "microsoft", "a"),
        ("groups/microsoft/b.yaml", "microsoft", "b"),
    ]


@pytest.mark.parametrize(
    ("name", "rule", "words"),
    [
        ("groups/x.yaml", "wrong-place", "groups/microsoft/x.yaml or groups/google/x.yaml"),
        ("groups/mircosoft/x.yaml", "wrong-place", "microsoft or google"),
        ("groups/acme/x.yaml", "wrong-place", "microsoft or google"),
        ("groups/google/deep/x.yaml", "wrong-place", "groups/<integration>/<slug>.yaml"),
        ("groups/google/Upper.yaml", "file-name", "rename"),
        ("groups/google/two--dashes.yaml", "file-name", "rename"),
        ("groups/google/with space.yaml", "file-name", "rename"),
    ],
)
def test_files_in_the_wrong_place(tmp_path: Path, name: str, rule: str, words: str) -> None:
    """Each is an error that says where it belongs."""
    put(tmp_path, name)
    (finding,) = discover(tmp_path)[1]
    assert (finding.rule, finding.severity, finding.file, finding.line) == (rule, "error", name, 1)
    assert words in finding.remedy


def test_other_files_are_told_or_ignored(tmp_path: Path) -> None:
    """A group-like file that is not read is a warning; notes and hidden files are ignored."""
    put(
        tmp_path,
        "groups/google/a.yaml",
        "groups/google/b.YAML",
        "groups/google/c.yaml.bak",
        "groups/google/d.json",
    )
    put(
        tmp_path,
        "groups/README.md",
        "groups/.keep",
        "groups/google/.hidden.yaml",
        "groups/.git/x.yaml",
    )
    assert told(tmp_path) == [
        ("not-read", "warning", "groups/google/b.YAML"),
        ("not-read", "warning", "groups/google/c.yaml.bak"),
        ("not-read", "warning", "groups/google/d.json"),
    ]


def test_no_files_is_an_error(tmp_path: Path) -> None:
    """No folder, and an empty one, never mean "no groups"."""
    assert told(tmp_path) == [("no-group-files", "error", "groups")]
    (tmp_path / "groups" / "google").mkdir(parents=True)
    assert told(tmp_path) == [("no-group-files", "error", "groups")]


def test_links_within_are_followed(tmp_path: Path) -> None:
    """A link to a file below groups/ is a file."""
    put(tmp_path, "groups/google/a.yaml")
    (tmp_path / "groups/google/b.yaml").symlink_to("a.yaml")
    assert [item.slug for item in discover(tmp_path)[0]] == ["a", "b"]


def test_links_that_lead_out_or_nowhere_are_refused(tmp_path: Path) -> None:
    """Files, folders, broken links, loops and pipes."""
    put(tmp_path, "groups/google/a.yaml", "outside/b.yaml")
    folder = tmp_path / "groups/google"
    (folder / "out.yaml").symlink_to(tmp_path / "outside/b.yaml")
    (folder / "broken.yaml").symlink_to("nothing.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "groups/microsoft").symlink_to(tmp_path / "outside")
    (tmp_path / "groups/inside").symlink_to("google")
    os.mkfifo(folder / "pipe.yaml")
    assert told(tmp_path) == [
        ("symlink", "error", f"groups/{name}")
        for name in (
            "inside",
            "microsoft",
            "google/broken.yaml",
            "google/loop.yaml",
            "google/out.yaml",
        )
    ] + [("symlink", "error", "groups/google/pipe.yaml")]


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """By the size that the file system tells."""
    put(tmp_path, "groups/google/a.yaml")
    with (tmp_path / "groups/google/a.yaml").open("wb") as file:
        file.truncate(files.MAX_FILE)
    assert told(tmp_path) == []
    with (tmp_path / "groups/google/a.yaml").open("wb") as file:
        file.truncate(files.MAX_FILE + 1)
    assert told(tmp_path) == [("too-large", "error", "groups/google/a.yaml")]


def test_all_files_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small files can be too much as well."""
    put(tmp_path, "groups/google/a.yaml", "groups/google/b.yaml")
    monkeypatch.setattr(files, "MAX_ALL", 15)
    assert told(tmp_path) == [("too-large", "error", "groups")]


def test_p4_a_file_of_an_integration_that_the_account_does_not_have(tmp_path: Path) -> None:
    """It is an error at the file, which says which setting to change; the file is still found."""
    put(tmp_path, "groups/google/a.yaml", "groups/microsoft/b.yaml")
    found, (finding,) = discover(tmp_path, ["microsoft"])
    assert [item.slug for item in found] == ["a", "b"]
    assert (finding.rule, finding.severity, finding.file) == (
        "wrong-place",
        "error",
        "groups/google/a.yaml",
    )
    assert "`integrations` in [tool.reconciler]" in finding.message
    assert '"google"' in finding.remedy
