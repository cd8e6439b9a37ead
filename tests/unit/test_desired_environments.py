"""Names of environments: what is a slip of the pen, and what only looks like one."""

from itertools import permutations
from pathlib import Path

import pytest

from reconciler.desired import check
from reconciler.desired.environments import close

MEANT: list[tuple[str, str]] = [
    ("prod", "prd"),
    ("prod", "production"),
    ("prod", "live"),
    ("prd", "production"),
    ("stage", "staging"),
    ("stg", "staging"),
    ("dev", "development"),
    ("devel", "develop"),
    ("test", "testing"),
    ("tst", "test"),
    ("prod-east", "production-east"),
    ("prod-east", "east-prod"),
    ("prod-east", "prodeast"),
    ("qa1", "qa-1"),
    ("prod", "prood"),
    ("prod", "pro"),
    ("prod", "pord"),
    ("prod", "prof"),
    ("staging", "stagging"),
    ("staging", "staginf"),
    ("sandbox", "sanbdox"),
    ("dev", "dve"),
    ("uat", "uatt"),
    ("training", "trainig"),
    ("prod-east", "prod-eats"),
]
SENSIBLE: list[tuple[str, ...]] = [
    ("dev", "qa", "prod"),
    ("dev", "test", "prod"),
    ("dev", "test", "qa", "uat", "staging", "prod"),
    ("dev", "int", "stage", "preprod", "prod"),
    ("sandbox", "demo", "training", "prod"),
    ("sit", "uat", "sat", "fat", "oat", "prod"),
    ("qa", "qa1", "qa2", "qa3"),
    ("qa-1", "qa-2", "qa-11"),
    ("dev1", "dev2", "dev10", "prod"),
    ("prod-east", "prod-west", "prod-north", "prod-south", "prod-central"),
    ("east", "west", "north", "south", "central"),
    ("prod-us", "prod-eu", "prod-uk", "prod-au", "prod-ca"),
    ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1"),
    ("blue", "green", "canary"),
    ("alpha", "beta", "gamma", "rc", "prod"),
    ("local", "ci", "dev", "prod"),
    ("prod", "pre-prod", "post-prod", "nonprod", "preprod-2"),
    ("austin", "dallas", "houston", "denver", "chicago", "boston"),
    ("dallas-north", "dallas-south", "dallas-downtown"),
    ("cardiology", "radiology", "oncology", "urology", "neurology"),
    ("clinic-a", "clinic-b", "clinic-c"),
    ("demo", "demo-2", "dev", "docs"),
    ("perf", "load", "stress", "e2e", "prod"),
    ("team-red", "team-blue", "team-green"),
    ("v1", "v2", "v10"),
    ("test", "test-eu", "prod", "prod-eu"),
    ("primary", "secondary", "dr"),
    ("prod", "dr-prod", "backup-prod"),
    ("spring", "summer", "fall", "winter"),
    ("pilot", "prod", "trial"),
]
"""Sets of environments that clinics and their programmers have; none of a set means another."""


@pytest.mark.parametrize(("one", "other"), MEANT)
def test_what_is_meant_as_one(one: str, other: str) -> None:
    """A form of a word, an order, a dash, a letter; in both directions."""
    assert close(one, other)
    assert close(other, one)


@pytest.mark.parametrize("names", SENSIBLE)
def test_no_false_alarm_in_sensible_sets(names: tuple[str, ...]) -> None:
    """Whichever of a set one file alone has: 30 sets of names that are told apart on purpose."""
    assert [pair for pair in permutations(names, 2) if close(*pair)] == []


def put(root: Path, **environments: list[str]) -> None:
    """Write group files with environments, by slug."""
    folder = root / "groups" / "google"
    folder.mkdir(parents=True)
    for slug, names in environments.items():
        lines = "".join(f"  {name}: {{timezone: UTC}}\n" for name in names)
        text = f"name: {slug}\n" + (f"environments:\n{lines}" if names else "")
        (folder / f"{slug}.yaml").write_text(text, encoding="utf-8")


def lone(root: Path) -> list[tuple[str, int, str]]:
    """Return file, line and message of each warning."""
    found = check(root, None).findings
    assert {(item.rule, item.severity) for item in found} <= {("lone-environment", "warning")}
    return [(Path(item.file).stem, item.line, item.message) for item in found]


def test_g_one_file_writes_it_otherwise(tmp_path: Path) -> None:
    """A warning where it stands, which says what the others have and what comes of it."""
    put(tmp_path, a=["prod", "qa"], b=["prod"], c=["qa", "prd"], d=[])
    message = (
        "only this file has the environment prd; others have prod (2 files), so that --env prod"
        " takes nothing from here"
    )
    assert lone(tmp_path) == [("c", 4, message)]


def test_g_two_files_that_differ(tmp_path: Path) -> None:
    """Nobody knows which of the two is meant: both are told."""
    put(tmp_path, a=["prod"], b=["prd"])
    assert [(file, line) for file, line, _ in lone(tmp_path)] == [("a", 3), ("b", 3)]
    assert "prd (groups/google/b.yaml)" in lone(tmp_path)[0][2]


@pytest.mark.parametrize(
    "files",
    [
        {"a": ["prod"], "b": ["prod"]},
        {"a": ["prod"], "b": ["qa"]},
        {"a": ["prod", "live"], "b": ["prod"]},
        {"a": ["prod"], "b": ["prod"], "c": ["prd"], "d": ["prd"]},
        {"a": ["prod", "prd"]},
        {"a": []},
    ],
)
def test_g_no_word_where_nothing_is_lost(tmp_path: Path, files: dict[str, list[str]]) -> None:
    """The same names, others, both in one file, or each in several."""
    put(tmp_path, **files)
    assert lone(tmp_path) == []
