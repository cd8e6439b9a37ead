"""What is removed, and what only seems so; the same with real repositories is in tests/e2e."""

import pytest

from reconciler.model import Declared, Group, Key, UseCase
from reconciler.workspace.removal import (
    Folder,
    Said,
    never_had,
    removals,
    renamed_away,
    uncommitted,
    unshown,
)

IMAGING = "groups/google/imaging.yaml"
RECALL = "groups/microsoft/recall.yaml"


def declared(slug: str, *use_cases: str, pin: str | None = None, file: str = "") -> Declared:
    """Return a group as a file says it."""
    parts = tuple(UseCase(use_case=name, enabled=True, actions=()) for name in use_cases)
    group = Group(integration="google", slug=slug, group_id=pin, name="N", use_cases=parts)
    return Declared(group, file or f"groups/google/{slug}.yaml")


def names(base: Declared, now: Declared | None, only: frozenset[Key] | None = None) -> list[str]:
    """Return what is removed between two states of a group."""
    return [item.name for item in removals([base], [now] if now else [], only)]


def test_a_folder_that_shows_all_of_the_commit() -> None:
    """And more."""
    assert unshown([IMAGING], Folder(frozenset({IMAGING, RECALL})), ()) == []


@pytest.mark.parametrize(
    ("others", "left_out", "told"),
    [
        ((), (), "not removed until that is committed"),
        ((), (IMAGING,), "sparse checkout leaves it out"),
        ((IMAGING,), (), "the folder has something else"),
        (("groups/google/imaging.YAML",), (), "the folder has it as groups/google/imaging.YAML"),
        (("groups/Google/imaging.yaml",), (), "the folder has it as groups/Google/imaging.yaml"),
    ],
)
def test_a_file_that_the_folder_does_not_show(
    others: tuple[str, ...], left_out: tuple[str, ...], told: str
) -> None:
    """Each reason; file systems that ignore case show a name as it was first written."""
    folder = Folder(frozenset({RECALL}), others=frozenset(others))
    (finding,) = unshown([IMAGING, RECALL], folder, left_out)
    assert (finding.rule, finding.severity, finding.file) == ("not-removed", "error", IMAGING)
    assert told in finding.message


@pytest.mark.parametrize("place", [IMAGING, "groups/google", "groups"])
def test_what_has_an_error_of_its_own_is_told_once(place: str) -> None:
    """A file, or any folder above it."""
    assert unshown([IMAGING], Folder(frozenset(), wrong=frozenset({place})), ()) == []


@pytest.mark.parametrize(
    ("committed", "others", "there"),
    [
        ({"groups/google/imaging.YAML": "2"}, (), "groups/google/imaging.YAML"),
        ({"groups/README-x": "1"}, (), "groups/README-x"),
        ({"groups/.google/imaging.yaml": "2"}, (), "groups/.google/imaging.yaml"),
        ({"groups/imaging": "2"}, (), "groups/imaging"),
        ({}, ("groups/google/imaging.YAML",), "groups/google/imaging.YAML"),
        ({}, ("groups/google/imaging",), "groups/google/imaging"),
        ({}, ("groups/google/imaging.yaml~",), None),
        ({"groups/microsoft/imaging.txt": "2"}, (), None),
        ({"groups/google/imaging-2.txt": "2"}, (), None),
    ],
)
def test_a_name_that_is_not_read(
    committed: dict[str, str], others: tuple[str, ...], there: str | None
) -> None:
    """By its content or its name in the commit, and more strictly outside of it."""
    folder = Folder(frozenset(), others=frozenset(others))
    found = renamed_away({IMAGING: "1"}, committed, folder)
    assert [item.file for item in found] == ([there] if there else [])


def test_removals_of_groups_and_use_cases() -> None:
    """A group is the same by its key or its pin; what is not managed is not removed."""
    base = declared("a", "X", "Y", pin="1" * 24)
    assert names(base, base) == []
    assert names(base, None) == ["google/a"]
    assert names(base, declared("b", "X", "Y")) == ["google/a"]
    assert names(base, declared("b", "X", pin="1" * 24)) == ["Y of google/a"]
    assert names(base, declared("a", "Y", file="groups/google/c.yaml")) == ["X of google/a"]
    group = Group(integration="google", slug="a", name="N")
    assert names(base, Declared(group, "groups/google/a.yaml")) == []


def test_removals_of_the_chosen_groups() -> None:
    """Chosen by the key of before or of now."""
    base, now = declared("a", "X", "Y", pin="1" * 24), declared("b", "X", pin="1" * 24)
    for entry in (base, now):
        assert names(base, now, frozenset({entry.group.key})) == ["Y of google/a"]
    assert names(base, now, frozenset({declared("c").group.key})) == []
    assert names(base, None, frozenset({declared("c").group.key})) == []


def test_a_removal_counts_once_it_is_committed() -> None:
    """A group, a use case, and neither if the commit cannot be understood."""
    base, now = declared("a", "X", "Y"), declared("a", "X")
    whole, part = removals([base], [], None), removals([base], [now], None)
    for found, planned, count in (
        (whole, Said((base,)), 1),
        (whole, Said((now,)), 1),
        (whole, Said(()), 0),
        (part, Said((base,)), 1),
        (part, Said((now,)), 0),
        (part, Said((now,), frozenset({RECALL})), 1),
        (whole, Said((), frozenset({RECALL})), 1),
    ):
        assert len(uncommitted(found, planned)) == count
    (finding,) = uncommitted(part, Said((now,), frozenset({RECALL})))
    assert "cannot be told" in finding.message


def test_what_is_newer_was_not_removed() -> None:
    """One common commit that had it is enough."""
    base, now = declared("a", "X", "Y"), declared("a", "X")
    found = removals([base], [now], None)
    assert never_had(found, [Said((now,)), Said((base,))], "the base") == []
    (finding,) = never_had(found, [Said((now,))], "the base")
    assert finding.message.startswith("the base has Y of google/a, which this branch never had")
