"""The sandbox against the contract document: what it accepts, refuses, answers and documents."""

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from ruamel.yaml import YAML
from schemathesis import checks
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig

from reconciler.sandbox import Store, running
from reconciler.sandbox.app import create_app

Json = dict[str, Any]

CONTRACT: Json = YAML(typ="safe").load(Path(__file__).parent / "openapi.yaml")
AUTHORIZED = {"Authorization": "Bearer any"}
ONE_GROUP = "/integrations/v1/integrations/{integration}/use-case-groups/{group_id}"

NOT_CHECKED = [
    checks.ignored_auth,  # by design any token is good
    # FastAPI's own 405 names the methods of one route, not of the path
    checks.allow_header_conformance,
]


def with_exact_times(contract: Json) -> Json:
    """Say HH:MM:SS as a pattern: JSON Schema's `time` has an offset, the documented format none."""
    contract = copy.deepcopy(contract)
    clock = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"}
    contract["components"]["schemas"]["UpsertGroup"]["properties"]["start_time"] = {
        "anyOf": [clock, {"type": "null"}]
    }
    return contract


fuzzed = schemathesis.openapi.from_dict(
    with_exact_times(CONTRACT),
    config=SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(
                # The same requests in every run; the token is given by the test.
                generation=GenerationConfig(
                    deterministic=True, max_examples=100, with_security_parameters=False
                )
            )
        )
    ),
)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of one sandbox for all generated requests."""
    with running(tmp_path_factory.mktemp("sandbox") / "sandbox.db") as url:
        yield url


@fuzzed.parametrize()
def test_what_is_sent_is_answered_as_the_contract_says(
    case: schemathesis.Case[Any], sandbox: str
) -> None:
    """Good requests are accepted, bad ones refused; status, type and shape are as documented."""
    response = case.call(base_url=sandbox, headers=AUTHORIZED)
    # A document cannot say which ids exist, so a well-formed one may be refused.
    unknown_id = response.status_code == 422 and [
        problem["msg"] for problem in response.json()["detail"]
    ] == ["No such group"]
    case.validate_response(
        response,
        excluded_checks=[*NOT_CHECKED, *([checks.positive_data_acceptance] if unknown_id else [])],
        headers=AUTHORIZED,
        transport_kwargs={"base_url": sandbox, "headers": AUTHORIZED},
    )
    assert response.headers["x-request-id"]


def test_the_generated_document_says_what_the_contract_says(tmp_path: Path) -> None:
    """Operations, parameters, constraints, bodies, answers and security agree, words aside."""
    generated = create_app(Store(tmp_path / "sandbox.db")).openapi()
    # FastAPI documents a 422 wherever there are parameters, sent or not, and shows more of each
    # problem than promised.
    del generated["paths"][ONE_GROUP]["get"]["responses"]["422"]
    for extra in ("input", "ctx"):
        generated["components"]["schemas"]["ValidationError"]["properties"].pop(extra, None)

    assert facts(generated) == facts(CONTRACT)


def facts(document: Json) -> Json:
    """Return what a document says of each operation: references resolved, spellings unified."""
    return {
        f"{method} {path}": {
            "id": operation["operationId"],
            "parameters": {
                f"{parameter['in']} {parameter['name']}": (
                    parameter.get("required", False),
                    parameter["schema"],
                )
                for parameter in item.get("parameters", []) + operation.get("parameters", [])
            },
            "body": content(operation.get("requestBody", {})),
            "answers": {
                status: content(answer) for status, answer in operation["responses"].items()
            },
            "security": operation.get("security", document.get("security")),
            "schemes": document["components"]["securitySchemes"],
        }
        for path, item in plain(document["paths"], document).items()
        for method, operation in item.items()
        if method != "parameters"
    }


def content(described: Json) -> tuple[bool, Json]:
    """Return whether a body is required, and its schema by media type."""
    return described.get("required", False), {
        media_type: body["schema"] for media_type, body in described.get("content", {}).items()
    }


def plain(node: Any, document: Json) -> Any:
    """Return a part of a document in plain form.

    References are put in, `allOf` is merged, type lists become `anyOf` and prose is left out.
    """
    if isinstance(node, list):
        return [plain(item, document) for item in node]
    if not isinstance(node, Mapping):
        return node
    if "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return plain(target, document)
    node = {
        key: plain(value, document)
        for key, value in node.items()
        if not (key in {"title", "description"} and isinstance(value, str))
    }
    if isinstance(node.get("type"), list):
        variants = [
            {"type": "null"} if kind == "null" else {**node, "type": kind} for kind in node["type"]
        ]
        return {"anyOf": variants}
    for part in node.pop("allOf", []):
        node = {**part, **node, "required": [*part.get("required", []), *node.get("required", [])]}
    if isinstance(node.get("required"), list):
        node["required"] = sorted(set(node["required"]))
    return node
