"""One shape, three judges: this program, check-jsonschema with the published schema, the models."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from check_jsonschema.cli.main_command import main as check_jsonschema  # type: ignore[import-untyped]  # has no types
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema_rs import meta
from pydantic import ValidationError

from reconciler.desired.document import GroupFile
from reconciler.desired.schema import group_schema, schema_text, validator
from reconciler.desired.shape import shape_problems
from reconciler.desired.yaml import parse
from reconciler.render.json import plan_schema

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "schemas" / "group.schema.json"
EXAMPLES = ROOT / "tests" / "examples"
SHAPE_RULES = {"wrong-value", "unknown-key", "missing-key", "environment-name", "not-quoted"}

WHOLE: dict[str, Any] = {
    "name": "X",
    "slug": "Live Slug",
    "group_id": "5eb7cf5a86d9755df3a6c593",
    "assistant_id": "68a8652f82513625d1c21a85",
    "sheet_link": {"from_env": "LINK"},
    "timezone": "UTC",
    "start_time": "08:00:00",
    "use_cases": [
        {
            "use_case": "A",
            "enabled": True,
            "actions": [{"action_type": "SMS", "context": "c", "day": 1, "template_name": "T"}],
        }
    ],
    "environments": {"qa": {"name": "Y", "sheet_link": "https://x", "start_time": None}},
}
ODD = st.sampled_from(
    [
        *[
            None,
            True,
            0,
            -1,
            365,
            366,
            24,
            "",
            " ",
            "x",
            " x",
            "x ",
            "é",
            "yes",
            "SMS",
            "CALL",
            "sms",
            "A_1",
            "a",
            "8:00",
        ],
        *[
            "08:00",
            "24:00",
            "23:59:59",
            "08:00:00Z",
            "https://x",
            "https://",
            "http://x",
            "https://x y",
            "qa",
            "QA",
            "a--b",
        ],
        *["5eb7cf5a86d9755df3a6c593", "5EB7CF5A86D9755DF3A6C593", [], {}, [{}], [None]],
        *[
            {"from_env": "A"},
            {"from_env": "a"},
            {"from_env": 1},
            {"from_env": "A", "x": 1},
            {"qa": {}},
            {"QA": {}},
        ],
    ]
)
KEYS = st.sampled_from(
    ["name", "x", "nmae", "use_cases", "environments", "from_env", "day", "group_id"]
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values inside a value."""
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [
        found for step, item in inside for found in ((*path, step), *paths(item, (*path, step)))
    ]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a whole document with up to three parts replaced, removed or added."""
    document = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(paths(document)))
        parent = document
        for step in path[:-1]:
            parent = parent[step]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                parent[path[-1]] = draw(ODD)
            case "remove":
                del parent[path[-1]]
            case _ if isinstance(parent, dict):
                parent[draw(KEYS)] = draw(ODD)
        if not document:
            break
    return document


def ours(text: str) -> bool:
    """Whether this program accepts a text's shape."""
    document = parse(text)
    assert document.problems == [], "no document here is refused as YAML"
    return not shape_problems(document)


def theirs(path: Path) -> bool:
    """Whether check-jsonschema, with its own YAML reader and default settings, accepts a file."""
    result = CliRunner().invoke(check_jsonschema, ["--schemafile", str(SCHEMA), str(path)])
    assert result.exit_code in {0, 1}, result.output
    return result.exit_code == 0


def models(text: str) -> bool:
    """Whether the models accept a document."""
    try:
        GroupFile.model_validate_json(text)
    except ValidationError:
        return False
    return True


@given(documents())
@example(WHOLE)
@example({"name": "X"})
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_three_judges_agree(tmp_path: Path, document: dict[str, Any]) -> None:
    """Whatever is replaced, removed or added, all accept or all refuse."""
    text = json.dumps(document)
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    verdicts = {"ours": ours(text), "check-jsonschema": theirs(path), "models": models(text)}
    assert len(set(verdicts.values())) == 1, verdicts


def test_check_jsonschema_accepts_the_valid_examples() -> None:
    """All in one run, the sample groups too."""
    files = [*EXAMPLES.glob("valid/*.y*ml"), *ROOT.glob("groups/*/*.y*ml")]
    result = CliRunner().invoke(check_jsonschema, ["--schemafile", str(SCHEMA), *map(str, files)])
    assert (result.exit_code, "ok" in result.output) == (0, True), result.output


def refused_for_shape() -> list[Path]:
    """Return the invalid examples of whose shape something is told."""
    found = []
    for path in sorted(EXAMPLES.glob("invalid/*.yaml")):
        told = path.with_suffix(".expected").read_text(encoding="utf-8")
        if any(f"[{rule}]" in told for rule in SHAPE_RULES):
            found.append(path)
    return found


BY_SPELLING = {"day-point", "day-leading-zero", "day-plus", "day-octal", "day-hex", "day-exponent"}
"""Numbers whose value is fine but readers differ over the spelling: no schema can say that."""
BY_HOST = {
    "link-bracket",
    "link-bracket-in-host",
    "link-empty-label",
    "link-port",
    "link-punycode",
}
"""Links that have a link's form and that no program can open; nor can a schema say that."""


@pytest.mark.parametrize("path", refused_for_shape(), ids=lambda path: path.stem)
def test_check_jsonschema_refuses_the_misshapen_examples(path: Path) -> None:
    """One by one; it differs only where a number or a host is one that a schema cannot judge."""
    assert theirs(path) == (path.stem in BY_SPELLING | BY_HOST)


def test_the_published_schemas_are_fresh_and_valid() -> None:
    """What is committed is what the models say, under the draft 2020-12 metaschema."""
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()
    assert meta.is_valid(group_schema())
    assert meta.is_valid(plan_schema())


def described(schema: dict[str, Any], where: str) -> list[str]:
    """Return the properties below a schema that an editor could not explain."""
    missing = []
    for name, part in schema.get("properties", {}).items():
        needs_examples = part.get("type") not in ("array", ["array", "null"])
        if not part.get("description") or (needs_examples and not part.get("examples")):
            missing.append(f"{where}.{name}")
        missing += described(part, f"{where}.{name}")
    return missing


def test_an_editor_can_explain_every_key() -> None:
    """Each has a description and, for a single value, examples; the whole has an id and titles."""
    schema = group_schema()
    assert described(schema, "group") == []
    for name, part in schema["$defs"].items():
        assert described(part, name) == []
        assert part["title"]
        assert part["description"]
    assert (schema["$id"], schema["title"]) == ("urn:reconciler:group:1", "Group file")


def test_the_examples_in_the_schema_are_valid() -> None:
    """An editor offers them; they must not be refused."""
    schema = group_schema()
    for whole in schema["examples"]:
        assert validator().is_valid(whole)
    for name, part in schema["properties"].items():
        for value in part.get("examples", ()):
            assert validator().is_valid({"name": "X", name: value}), (name, value)
