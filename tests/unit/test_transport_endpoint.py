"""Where the API key may go."""

import ssl
import traceback
from pathlib import Path

import pytest

from reconciler.errors import ConfigError
from reconciler.transport import Endpoint, parse_api_key, parse_api_url

KEY = "sk-canary-5f2e9b"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api-qa.interactly.ai", "https://api-qa.interactly.ai"),
        ("https://api-qa.interactly.ai/", "https://api-qa.interactly.ai"),
        ("HTTPS://API-QA.Interactly.AI:443//", "https://api-qa.interactly.ai"),
        (
            "https://gateway.example:8443/Interactly/v2/",
            "https://gateway.example:8443/Interactly/v2",
        ),
        ("http://localhost:80", "http://localhost"),
        ("http://127.8.9.1:49152", "http://127.8.9.1:49152"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
    ],
)
def test_one_spelling(text: str, url: str) -> None:
    """A URL that may be used comes out in one spelling, and stays as it is from then on."""
    assert parse_api_url(text) == url
    assert parse_api_url(url) == url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("api-qa.interactly.ai", "https://"),
        ("ftp://api-qa.interactly.ai", "https://"),
        ("https://", "https://"),
        ("https:///groups", "https://"),
        ("http://api-qa.interactly.ai", "unencrypted"),
        ("http://127.0.0.1.evil.example", "unencrypted"),
        ("http://localhost.evil.example", "unencrypted"),
        ("http://127.1", "unencrypted"),
        ("http://[::ffff:127.0.0.1]", "unencrypted"),
        ("http://0.0.0.0", "unencrypted"),
        ("https://user:hunter2hunter2@api-qa.interactly.ai", "password"),
        ("http://127.0.0.1@evil.example", "password"),
        ("https://@api-qa.interactly.ai", "password"),
        ("https://api-qa.interactly.ai?team=1", "query"),
        ("https://api-qa.interactly.ai?", "query"),
        ("https://api-qa.interactly.ai/#x", "query"),
        ("https://api-qa.interactly.ai\n", "control"),
        ("https://api-qa\t.interactly.ai", "control"),
        ("https://api-qa.interactly.ai\\@evil.example", "control"),
        ("https://\u0430pi-qa.interactly.ai", "ASCII"),
        ("https://api-qa.interactly.ai:99999", "malformed"),
        ("https://[::1", "malformed"),
        ("https://api-qa.interactly.ai/workflows", "workflow SDK"),
        ("https://api-qa.interactly.ai/v1/Workflows/", "workflow SDK"),
    ],
)
def test_refused_urls(text: str, reason: str) -> None:
    """A URL that could mislead or leak is refused with reason and remedy, and not repeated."""
    with pytest.raises(ConfigError, match=reason) as caught:
        parse_api_url(text)
    assert caught.value.remedy
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "text", [f"{KEY}\n", f"Bearer {KEY}", f"{KEY}\x00", f"{KEY}\u00e9", f'"{KEY}"', f"'{KEY}'", ""]
)
def test_refused_keys(text: str) -> None:
    """A key that no HTTP header can carry is refused, and never repeated."""
    with pytest.raises(ConfigError) as caught:
        parse_api_key(text)
    assert "INTERACTLY_API_KEY" in caught.value.message + caught.value.remedy
    assert KEY not in "".join(traceback.format_exception(caught.value)) + caught.value.remedy


def test_a_key_is_wrapped() -> None:
    """The representation of an endpoint does not show its key."""
    endpoint = Endpoint.parse("https://api-qa.interactly.ai/", KEY)
    assert endpoint.api_key.get_secret_value() == KEY
    assert KEY not in repr(endpoint) + str(endpoint)


def test_one_tls_context_for_all_sessions() -> None:
    """The TLS context verifies, is made once, and is not made for http."""
    endpoint = Endpoint.parse("https://api-qa.interactly.ai", KEY)
    assert endpoint.ssl_context is endpoint.ssl_context
    assert endpoint.ssl_context is not None
    assert endpoint.ssl_context.verify_mode is ssl.CERT_REQUIRED
    assert Endpoint.parse("http://localhost", KEY).ssl_context is None


def test_unreadable_certificate_authorities(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SSL_CERT_FILE is honoured, so that a wrong one is an error that names it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
        _ = Endpoint.parse("https://api-qa.interactly.ai", KEY).ssl_context
