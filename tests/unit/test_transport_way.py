"""How connections leave this machine."""

import pytest

from reconciler.errors import ConfigError
from reconciler.transport import Endpoint, Way

KEY = "sk-canary-5f2e9b"
PASSWORD = "hunter2hunter2"
PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (PROXY, PROXY),
        ("http://Proxy.Example:3128/", PROXY),
        ("https://proxy.example", "https://proxy.example"),
        ("http://[2001:DB8::1]:3128", "http://[2001:db8::1]:3128"),
        (f"http://clinic:{PASSWORD}@proxy.example:3128", PROXY),
    ],
)
def test_g10_a_proxy_is_chosen_and_shown_without_its_password(text: str, shown: str) -> None:
    """By one variable, for this program alone; what others go by has no say."""
    way = Way.chosen({"RECONCILER_PROXY": text, "HTTPS_PROXY": "http://other.example"})
    assert (way.proxy, way.passed_over) == (shown, "")
    assert PASSWORD not in repr(way) + way.hint
    assert f"through the proxy {shown}" in way.hint
    assert bool(way.login) == (PASSWORD in text)


def test_g10_a_password_is_unquoted() -> None:
    """Since a password may hold any character, and a URL may not."""
    way = Way.chosen({"RECONCILER_PROXY": "http://a%40b:p%3Aw@proxy.example"})
    assert way.login is not None
    assert (way.login[0], way.secrets) == ("a@b", ("p:w",))


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_g10_a_proxy_that_is_set_and_not_used_is_said(name: str) -> None:
    """Never its value, which may hold a password."""
    way = Way.chosen({name: f"http://clinic:{PASSWORD}@proxy.example", "RECONCILER_PROXY": ""})
    assert (way.proxy, way.passed_over) == ("", name)
    assert f"{name} is set, but not used here" in way.hint
    assert "RECONCILER_PROXY" in way.hint
    assert PASSWORD not in way.hint + repr(way)


def test_nothing_is_said_where_nothing_is_set() -> None:
    """A straight connection that fails has nothing to do with proxies."""
    assert Way.chosen({}) == Way()
    assert Way().hint == ""
    assert Way().secrets == ()


@pytest.mark.parametrize(
    "text",
    [
        "proxy.example:3128",
        "socks5://proxy.example",
        "http://",
        f"http://clinic:{PASSWORD}@proxy.example:port",
        f"http://{PASSWORD}\\@proxy.example",
        f"http://proxy.example/{PASSWORD}",
        f"http://proxy.example?{PASSWORD}",
        f"http://proxy.example/#{PASSWORD}",
        f"http://clinic:{PASSWORD}@proxy.example \n",
    ],
)
def test_g10_what_is_no_proxy_is_refused_unrepeated(text: str) -> None:
    """Rather than passed over: somebody wants a proxy, and a straight connection is none."""
    with pytest.raises(ConfigError, match="RECONCILER_PROXY") as caught:
        Way.chosen({"RECONCILER_PROXY": text})
    assert PASSWORD not in caught.value.message + caught.value.remedy


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1:8000", "https://127.0.0.1", "https://[::1]"]
)
def test_g10_this_machine_is_never_reached_through_a_proxy(url: str) -> None:
    """There the key would go unencrypted, and to the proxy's own machine."""
    chosen = Way.chosen({"RECONCILER_PROXY": PROXY})
    assert Endpoint.parse(url, KEY, chosen).way == Way()
    assert Endpoint.parse("https://api-qa.interactly.ai", KEY, chosen).way == chosen
