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


def test_r2_only_where_it_makes_a_difference() -> None:
    """Nothing is named anywhere, or it does not come from files."""
    hold_to_place(NEW, None, {}, [])
    hold_to_place(PROD, None, KNOWN, None)


def test_r1_an_address_with_a_secret_is_not_repeated() -> None:
    """It is refused before it is compared."""
    with pytest.raises(ConfigError) as caught:
        hold_to_place("https://user:hunter2@api.example", "qa", KNOWN, ANY)
    assert "hunter2" not in caught.value.message
