"""What an answer means: its status, its JSON, what a refusal says, and what a person can do.

Pure: no I/O.
"""

import re
from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from reconciler.transport.strict_json import parse_json
from reconciler.transport.wire import Failure, Reply, Timing, quoted

TRANSIENT: Final = frozenset({429, 500, 502, 503, 504})
"""A read answered like this is repeated."""
DENIED: Final = frozenset({401, 403})
"""The key was refused; no other request would fare better."""
_DETAILS: Final = 5
_LONGEST_ASKED: Final = 1e8
"""Seconds, some three years: what a server asks for beyond that is told as this."""

CHECK_KEY: Final = "check INTERACTLY_API_KEY: is it the key for this API URL, and may it do this?"
CHECK_REACH: Final = (
    "check that the API URL is right and that this machine can reach it; where a private authority"
    " signs certificates,"
    " let SSL_CERT_FILE name its PEM file"
)
_WAIT: Final = (
    "run the command again later; if it stays like this, tell the API's support the request id"
)
REPORT: Final = (
    "check the API URL; if it is right, the API is not as this program knows it: please report this"
)


def request_line(method: str, url: str, status: int | None, request_id: str | None) -> str:
    """Return the part of a message that says which request, and what came."""
    if status is None:
        return f"{method} {url} got no answer"
    named = f"request id {request_id}" if request_id else "without a request id"
    return f"{method} {url} answered {status} ({named})"


def is_success(status: int) -> bool:
    """Return whether a status says that all went well."""
    return 200 <= status < 300  # noqa: PLR2004 - the range is the definition


def is_transient(result: Reply | Failure) -> bool:
    """Return whether the same read may fare better another time."""
    return result.again if isinstance(result, Failure) else result.status in TRANSIENT


def parse(reply: Reply, secrets: Sequence[str]) -> tuple[Any, str]:
    """Return the JSON value of a 2xx answer, and what is wrong with it instead, as a clause."""
    if not reply.body:
        return None, "its body is empty"
    media_type = reply.content_type.partition(";")[0].strip().lower()
    if media_type == "text/html":
        return None, "it looks like a web page; is the API URL right?"
    if not re.fullmatch(r"application/([a-z0-9.-]+\+)?json", media_type):
        return (
            None,
            (
                f"its content type is {quoted(media_type, secrets, limit=60) or 'not given'}"
                " instead of application/json"
            ),
        )
    try:
        return parse_json(reply.body), ""
    except ValueError as error:
        return None, f"its body cannot be read: {error}"


def explain(reply: Reply, hint: str, secrets: Sequence[str]) -> tuple[str, str]:
    """Return the problem with an answer that is not 200, and the remedy."""
    told = refusal_text(reply, secrets)
    said = f"; it said: {told}" if told else ""
    if reply.status in DENIED:
        return f"the API refused the key{said}", CHECK_KEY
    if 300 <= reply.status < 400:  # noqa: PLR2004 - the range is the definition
        return (
            (
                f"it redirects{_origin(reply.location, secrets)}, which is not followed since the"
                " key would go there"
            ),
            hint,
        )
    if reply.status in TRANSIENT:
        return f"the server is busy or broken{said}", _WAIT
    if reply.status in (404, 405):
        return f"there is no such thing to read{said}", hint
    return f"the status is not 200{said}", REPORT


def _origin(location: str | None, secrets: Sequence[str]) -> str:
    """Return where a redirect points to, without the parts that may hold a secret."""
    try:
        parts = urlsplit(location or "")
        where = f"{parts.scheme}, {parts.hostname}" if parts.hostname else ""
    except ValueError:
        where = ""
    return f" ({quoted(where, secrets, limit=80)})" if where else ""


def refusal_text(reply: Reply, secrets: Sequence[str]) -> str:
    """Return what a refusal says: FastAPI's `detail`, never the `input` beside it, or ""."""
    try:
        value = parse_json(reply.body)
    except ValueError:
        return ""
    detail = value.get("detail") if isinstance(value, dict) else None
    if isinstance(detail, str):
        return quoted(detail, secrets)
    if not isinstance(detail, list):
        return ""
    lines = [_one_detail(item, secrets) for item in detail[:_DETAILS]]
    more = [f"and {len(detail) - _DETAILS} more"] if len(detail) > _DETAILS else []
    return "; ".join([*filter(None, lines), *more])


def _one_detail(item: object, secrets: Sequence[str]) -> str:
    if not isinstance(item, dict) or not isinstance(item.get("msg"), str):
        return ""
    loc = item.get("loc")
    steps = (
        [str(step) for step in loc if isinstance(step, str | int)] if isinstance(loc, list) else []
    )
    where = f"{quoted('.'.join(steps), secrets, limit=100)}: " if steps else ""
    return where + quoted(item["msg"], secrets)


def retry_after(result: Reply | Failure, timing: Timing) -> float | None:
    """Return the seconds that an answer asks to wait, or None if that is unclear."""
    text = (result.retry_after or "").strip() if isinstance(result, Reply) else ""
    if re.fullmatch(r"[0-9]+", text):
        return min(float(text), _LONGEST_ASKED)
    try:
        moment = parsedate_to_datetime(text)
        seconds = (
            moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        ).timestamp() - timing.wall()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(seconds, 0.0), _LONGEST_ASKED)


def asked_words(asked: float | None) -> str:
    """Return in words how long a server asks to wait, or an empty text where it does not."""
    return f"; the server asks to wait {asked:.0f} s" if asked else ""
