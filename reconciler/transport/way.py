"""How connections leave this machine: straight, or through the one proxy that somebody chose.

A proxy is chosen by RECONCILER_PROXY and by nothing else. What other programs go by is only looked
at to say that it is not used: a proxy sees whom this program talks to, so it is opted into.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import unquote, urlsplit

import httpx
from pydantic import SecretStr

from reconciler.errors import ConfigError

VARIABLE: Final = "RECONCILER_PROXY"
_OF_OTHERS: Final = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_EXAMPLE: Final = "write it like http://proxy.example:3128, or unset it"


@dataclass(frozen=True, slots=True)
class Way:
    """A proxy, or none.

    Attributes:
        proxy: Its URL without user and password, safe to show; empty for a straight connection.
        login: Its user and password, never shown, or None.
        passed_over: The variable that names a proxy for other programs, where none is used here.
    """

    proxy: str = ""
    login: tuple[str, SecretStr] | None = field(default=None, repr=False)
    passed_over: str = ""

    @classmethod
    def chosen(cls, variables: Mapping[str, str]) -> Self:
        """Return what environment variables choose; raises a ConfigError that repeats no value."""
        text = variables.get(VARIABLE, "")
        if not text:
            others = (name for name in _OF_OTHERS if variables.get(name))
            return cls(passed_over=next(others, ""))
        try:
            parts = urlsplit(text)
            port = parts.port
            httpx.URL(text)
        except (ValueError, httpx.InvalidURL) as error:
            raise ConfigError(f"{VARIABLE} is malformed", remedy=_EXAMPLE) from error
        host = (parts.hostname or "").lower()
        whole = re.fullmatch(r"[!-~]+", text) and "\\" not in text
        if not whole or parts.scheme not in {"http", "https"} or not host:
            raise ConfigError(f"{VARIABLE} is not the URL of a proxy", remedy=_EXAMPLE)
        if parts.path.rstrip("/") or "?" in text or "#" in text:
            raise ConfigError(
                f"{VARIABLE} goes on behind the host and the port of a proxy", remedy=_EXAMPLE
            )
        where = f"[{host}]" if ":" in host else host
        login = None
        if "@" in parts.netloc:
            login = unquote(parts.username or ""), SecretStr(unquote(parts.password or ""))
        return cls(f"{parts.scheme}://{where}{f':{port}' if port is not None else ''}", login)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown, should somebody repeat it."""
        return (self.login[1].get_secret_value(),) if self.login else ()

    @property
    def hint(self) -> str:
        """What to think of where no connection can be made; empty where there is nothing."""
        if self.proxy:
            return f"; it was to go through the proxy {self.proxy}, as {VARIABLE} says"
        if self.passed_over:
            return (
                f"; {self.passed_over} is set, but not used here: where a proxy is the only way"
                f" out, set {VARIABLE} to it"
            )
        return ""


STRAIGHT: Final = Way()
