"""Hardened HTTP to one API: what may be sent where, in what time, and what is known after failure.

Knows nothing of groups. Everything that is received is hostile until it has been capped, timed and
parsed strictly.
"""

from reconciler.transport.endpoint import Endpoint, parse_api_key, parse_api_url
from reconciler.transport.session import Answer, Outcome, Session
from reconciler.transport.way import Way
from reconciler.transport.wire import Timing, WriteRefusedError, quoted

__all__ = [
    "Answer",
    "Endpoint",
    "Outcome",
    "Session",
    "Timing",
    "Way",
    "WriteRefusedError",
    "parse_api_key",
    "parse_api_url",
    "quoted",
]
