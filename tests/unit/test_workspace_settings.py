"""The settings about environments: names, and addresses that are compared."""

import pytest

from reconciler.errors import ConfigError
from reconciler.workspace.settings import parse_settings


def test_r1_an_address_is_kept_in_the_spelling_of_a_target() -> None:
    """So that nobody is refused for a slash; an environment may have no address."""
    settings = parse_settings(
        b'[tool.reconciler.environments]\nqa = {}\nprod = {api_url = "HTTPS://API.Example:443//"}\n'
    )
    assert {name: known.api_url for name, known in settings.environments.items()} == {
        "qa": None,
        "prod": "https://api.example",
    }


def test_r1_all_that_is_wrong_is_told_at_once() -> None:
    """Names, addresses, and what else is wrong; no address is repeated, as it may hold a secret."""
    with pytest.raises(ConfigError) as caught:
        parse_settings(
            b"[tool.reconciler.environments]\n"
            b'prod = {api_url = "https://user:hunter2@api.example"}\n'
            b'qa = {api_url = "http://api.example"}\n'
            b'QA = {api_ulr = "https://api.example"}\n'
            b"dev = {api_url = 3}\n"
            b'test = "https://api.example"\n'
            b'demo = {api_url = ""}\n'
            b"[tool.reconciler.guards]\ncreate = 3\n"
        )
    message = caught.value.message
    for part in (
        "environments.prod.api_url: the API URL holds a user name or password",
        "environments.qa.api_url: the API URL begins with http://",
        "environments.QA: a name is of lower case letters",
        "environments.QA.api_ulr is not a setting, did you mean api_url?",
        "environments.dev.api_url: Input should be a valid string",
        "environments.test: ",
        "environments.demo.api_url: the API URL is empty",
        "guards.create is not a setting, did you mean creates?",
    ):
        assert part in message
    assert "hunter2" not in message


@pytest.mark.parametrize("table", [b"environments = 3", b'environments = ["qa", "prod"]'])
def test_environments_are_a_table(table: bytes) -> None:
    """A list of names is not one."""
    with pytest.raises(ConfigError, match=r"tool\.reconciler\.environments"):
        parse_settings(b"[tool.reconciler]\n" + table + b"\n")


POLICY = b'[tool.reconciler.policy]\nschema = "policy.schema.json"\n'


def test_the_schema_of_the_policy_is_read_beside_the_settings() -> None:
    """What it says goes with the settings of rules."""
    settings = parse_settings(POLICY, {"policy.schema.json": b'{"type": "object"}'}.get)
    assert settings.lint.house == '{"type": "object"}'
    assert parse_settings(b"").lint.house == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "policy.schema.json cannot be read"),
        (b"{", "policy.schema.json is no JSON Schema"),
        (b"\xff", "policy.schema.json is no JSON Schema"),
        (b'{"type": 5}', "policy.schema.json is no JSON Schema"),
    ],
)
def test_a_policy_without_a_schema_is_refused(content: bytes | None, words: str) -> None:
    """It would hold nobody to anything."""
    with pytest.raises(ConfigError, match=words):
        parse_settings(POLICY, lambda _: content)


@pytest.mark.parametrize("name", ["/etc/policy.json", "../policy.json", "a\\\\b"])
def test_a_policy_is_in_the_repository(name: str) -> None:
    """No other file is read for it."""
    with pytest.raises(ConfigError, match="policy"):
        parse_settings(f'[tool.reconciler.policy]\nschema = "{name}"\n'.encode())
