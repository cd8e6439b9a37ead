"""An address is held to what the settings say of environments."""

from collections.abc import Mapping

import pytest

from reconciler.errors import ConfigError, UsageError
from reconciler.settings import EnvironmentSettings
from reconciler.workspace.target import hold_to_place

QA, PROD, NEW = "https://api-qa.example", "https://api.example", "https://api-new.example"
ADDRESSES: Mapping[str, str | None] = {"qa": QA, "prod": PROD, "spare": PROD, "dev": None}
KNOWN = {name: EnvironmentSettings(api_url=url) for name, url in ADDRESSES.items()}
ANY = sorted(KNOWN)


@pytest.mark.parametrize("address", [QA, PROD, NEW])
@pytest.mark.parametrize("env", [*KNOWN, "other", None])
def test_r1_which_addresses_belong_to_which_environment(address: str, env: str | None) -> None:
    """Its own, or if that is not known one of nobody; without an environment none."""
    own = ADDRESSES.get(env) if env else None
    if env is not None and address == (own or NEW):
        hold_to_place(f"{address}/", env, KNOWN, ANY)
        return
    with pytest.raises(UsageError, match="nothing was sent") as caught:
        hold_to_place(f"{address}/", env, KNOWN, ANY)
    assert caught.value.remedy
    assert address in caught.value.message


@pytest.mark.parametrize("address", [f"{PROD}/v1", f"{PROD}.", "http://localhost:8000/v1"])
def test_r1_another_spelling_of_an_environments_address(address: str) -> None:
    """Of an environment whose own is not known; where it is, both may be at one host."""
    here = EnvironmentSettings(api_url="http://127.0.0.1:8000")
    with pytest.raises(UsageError, match="and not known as that of the environment dev"):
        hold_to_place(address, "dev", {**KNOWN, "here": here}, ANY)
    own = EnvironmentSettings(api_url=address)
    hold_to_place(address, "dev", {**KNOWN, "here": here, "dev": own}, ANY)


def test_r2_only_where_it_makes_a_difference() -> None:
    """Nothing is named anywhere, or it does not come from files."""
    hold_to_place(NEW, None, {}, [])
    hold_to_place(PROD, None, KNOWN, None)


def test_r1_an_address_with_a_secret_is_not_repeated() -> None:
    """It is refused before it is compared."""
    with pytest.raises(ConfigError) as caught:
        hold_to_place("https://user:hunter2@api.example", "qa", KNOWN, ANY)
    assert "hunter2" not in caught.value.message
