"""Where the API is and which key it gets; the only place that decides where the key may go."""

import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

import httpx
from pydantic import SecretStr

from reconciler.errors import ConfigError
from reconciler.text import masked
from reconciler.transport.way import STRAIGHT, Way

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_EXAMPLE: Final = "write it like https://api-qa.interactly.ai"


@dataclass(frozen=True)
class Endpoint:
    """One API, shared by the sessions of all threads.

    Attributes:
        base_url: As `parse_api_url` returns it.
        api_key: As `parse_api_key` returns it.
        chosen: The way to it, as the environment chooses it.
    """

    base_url: str
    api_key: SecretStr
    chosen: Way = field(default=STRAIGHT, repr=False)

    @classmethod
    def parse(cls, api_url: str, api_key: str, chosen: Way = STRAIGHT) -> Self:
        """Return the endpoint for what a person wrote; raises ConfigError."""
        return cls(parse_api_url(api_url), parse_api_key(api_key), chosen)

    @property
    def way(self) -> Way:
        """The way to it: never through a proxy to this machine itself.

        So whatever goes through a proxy is https, of which a proxy sees the host's name alone.
        """
        return STRAIGHT if _is_loopback(urlsplit(self.base_url).hostname or "") else self.chosen

    @cached_property
    def ssl_context(self) -> ssl.SSLContext | None:
        """The TLS settings, made once, as that takes some 45 ms; None for http. Raises ConfigError.

        `SSL_CERT_FILE` and `SSL_CERT_DIR` name other certificate authorities, as they do for most
        programs.
        """
        if self.base_url.startswith("http:"):
            return None
        try:
            return httpx.create_ssl_context()
        except OSError as error:  # ssl.SSLError is one
            raise ConfigError(
                "the certificate authorities that SSL_CERT_FILE or SSL_CERT_DIR names cannot be"
                " read",
                remedy="let it name a readable PEM file, or unset it",
            ) from error


def parse_api_key(text: str) -> SecretStr:
    """Return the API key, wrapped; raises a ConfigError that never repeats it."""
    if not text:
        raise ConfigError(
            "the API key is missing",
            remedy="set INTERACTLY_API_KEY; the key is in the dashboard's API Keys section",
        )
    if not re.fullmatch(r"[!-~]+", text) or re.search("[\"'`]", text):
        raise ConfigError(
            "INTERACTLY_API_KEY holds a space, a line break, a quote or another character that no"
            " API key has",
            remedy="copy the key alone, without `Bearer`, quotes and a line break",
        )
    return SecretStr(text)


def parse_api_url(text: str) -> str:
    """Return a base URL in one spelling: lower-case host, no default port, no trailing slash. Pure.

    Refused is whatever could send the key elsewhere than the reader of the URL thinks, or
    unencrypted. The messages do not repeat the URL, since a password may stand in it.

    Raises:
        ConfigError: With a remedy.
    """
    if not re.fullmatch(r"[!-~]+", text) or "\\" in text:
        raise ConfigError(
            "the API URL is empty or holds a space, a backslash, a control character or a letter"
            " beyond ASCII",
            remedy=_EXAMPLE,
        )
    try:
        parts = urlsplit(text)
        port = parts.port
        httpx.URL(text)
    except (ValueError, httpx.InvalidURL) as error:
        raise ConfigError("the API URL is malformed", remedy=_EXAMPLE) from error
    host = (parts.hostname or "").lower()
    _refuse(text, parts, host)
    where = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        where += f":{port}"
    return f"{parts.scheme}://{where}{parts.path.rstrip('/')}"


def _refuse(text: str, parts: SplitResult, host: str) -> None:
    """Raise ConfigError for a URL that can be read but must not be used."""
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise ConfigError("the API URL does not begin with https:// and a host", remedy=_EXAMPLE)
    if masked(f"{host}/") != f"{host}/":
        raise ConfigError(
            "the API URL is the link of a sheet, which is not repeated here; the key was not sent",
            remedy=_EXAMPLE,
        )
    if "@" in parts.netloc:
        raise ConfigError(
            "the API URL holds a user name or password",
            remedy="leave it out; the key comes from INTERACTLY_API_KEY",
        )
    if "?" in text or "#" in text:
        raise ConfigError(
            "the API URL holds a query or a fragment",
            remedy=f"end it before the ? or #; {_EXAMPLE}",
        )
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigError(
            "the API URL begins with http://, which would send the API key unencrypted",
            remedy="begin it with https://; plain http is for loopback addresses only",
        )
    if parts.path.rstrip("/").lower().endswith("/workflows"):
        raise ConfigError(
            "the API URL ends in /workflows: that is the workflow SDK's INTERACTLY_BASE_URL,"
            " another API",
            remedy=f"give this API's own base URL; {_EXAMPLE}",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback and (address.version == 4 or host == "::1")  # noqa: PLR2004 - IP versions are names
