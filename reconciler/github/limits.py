"""When GitHub says that it was asked too often, and how long it wants to be left alone.

GitHub has a primary limit (so many requests an hour) and secondary ones (so many writes a minute,
and others that it does not tell). It answers both with 403 or 429, as it does a lack of
permissions; such a request was not processed. After "Best practices for using the REST API" and
"Rate limits for the REST API" of its documentation.

Pure: no I/O.
"""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from reconciler.text import visible
from reconciler.transport.replies import retry_after
from reconciler.transport.strict_json import parse_json
from reconciler.transport.wire import Reply, Timing

_LIMITED: Final = frozenset({403, 429})
_TOO_MANY: Final = 429
_UNSAID: Final = 60.0
"""Seconds after which GitHub may be asked again where it does not say when."""
_LONGEST_MESSAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """What GitHub asks for.

    Attributes:
        words: A clause that says which limit.
        seconds: How long to wait, at least 1.
    """

    words: str
    seconds: float


def limit(reply: Reply, timing: Timing, waits: int) -> Limit | None:
    """Return the limit that an answer tells, or None if it tells something else.

    Args:
        reply: Any answer.
        timing: Its clock is asked where the answer does not say what time it is.
        waits: How often this request was kept waiting before; where GitHub does not say how long,
            each time is twice the one before.
    """
    if reply.status not in _LIMITED:
        return None
    said = message(reply).lower()
    spent = reply.headers.get("X-RateLimit-Remaining") == "0"
    seconds = retry_after(reply, timing)
    if not ("rate limit" in said or spent or seconds is not None or reply.status == _TOO_MANY):
        return None
    if seconds is None and spent:
        seconds = _until_reset(reply, timing)
    if seconds is None:
        seconds = _UNSAID * 2.0**waits
    primary = spent and "secondary" not in said
    words = "rate limit is used up" if primary else "secondary rate limit is reached"
    return Limit(f"GitHub's {words}", max(seconds, 1.0))


def message(reply: Reply) -> str:
    """Return what an answer says is wrong, inert, or an empty text."""
    try:
        value = parse_json(reply.body)
    except ValueError:
        return ""
    said = value.get("message") if isinstance(value, dict) else None
    return visible(said)[:_LONGEST_MESSAGE] if isinstance(said, str) else ""


def _until_reset(reply: Reply, timing: Timing) -> float | None:
    """Return the seconds until the hour is over, by GitHub's own clock if it shows that."""
    reset = reply.headers.get("X-RateLimit-Reset", "")
    if not reset.isdecimal():
        return None
    try:
        now = parsedate_to_datetime(reply.headers.get("Date", "")).timestamp()
    except ValueError:
        now = timing.wall()
    return float(reset) - now + 1.0
