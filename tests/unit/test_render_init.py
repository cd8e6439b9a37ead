"""What `init` made of a folder, as text and as JSON."""

import json

from jsonschema_rs import Draft202012Validator

from reconciler.model import Key, Target
from reconciler.pull.nouns import Pull, Pulled
from reconciler.pull.repository import Begun
from reconciler.render.init import InitOutcome, init_json, init_text
from reconciler.render.json import init_schema
from reconciler.render.pull import PullOutcome

NEW = Pulled(Key("google", "a"), "groups/google/a.yaml", None, "name: A\n", variable="A_SHEET_LINK")
LOST = Pulled(Key("google", "b"), "groups/google/b.yaml", None, "name: B\n")
FILES = [
    Begun(".gitignore", "left", add="# Ours.\n.reconciler/\n"),
    Begun("CODEOWNERS", "left", advice="see to it"),
    Begun("README", "left"),
    Begun("pyproject.toml", "new", "[tool]\n"),
    Begun("schemas/group.schema.json", "unchanged"),
]


def outcome(*files: Begun, written: bool = True) -> InitOutcome:
    """Return one in which something cannot be written."""
    groups = PullOutcome(
        Pull(Target(), [NEW, LOST]), 1, written, {LOST.file: "full"} if written else {}
    )
    return InitOutcome(groups, files, ("qa",), ("Do \u202e it.",), {"x": "no"} if written else {})


def test_text() -> None:
    """Each file, what to add, how many there are, and what is left to do."""
    assert (
        init_text(outcome(*FILES, Begun("x", "new", "x")))
        == """groups/google/a.yaml: new
  set A_SHEET_LINK to the link of its sheet
groups/google/b.yaml: not written: full
.gitignore: is there, and left as it is; add
    # Ours.
    .reconciler/
CODEOWNERS: is there, and left as it is; see to it
README: is there, and left as it is
pyproject.toml: new
schemas/group.schema.json: unchanged
x: not written: no
2 files written, 3 left as they are. 2 could not be written.

Next:
  1. Do <U+202E> it.
"""
    )
    told = init_text(outcome(FILES[0], written=False))
    assert "\n2 files would be written, 1 left as it is.\n" in told
    assert "\n2 files would be written.\n" in init_text(outcome(written=False))


def test_json() -> None:
    """As its schema says, with the content of what is new."""
    document = json.loads(init_json(outcome(*FILES, Begun("x", "new", "x"))))
    errors = Draft202012Validator(init_schema()).iter_errors(document)
    assert [error.message for error in errors] == []
    assert (document["exit_code"], document["written"]) == (1, True)
    assert [(one["file"], one["status"]) for one in document["files"]][-3:] == [
        ("pyproject.toml", "new"),
        ("schemas/group.schema.json", "unchanged"),
        ("x", "not written"),
    ]
    assert [one["status"] for one in document["groups"]["files"]] == ["new", "not written"]
    assert document["steps"] == ["Do \u202e it."]
