"""JSON as RFC 8259 has it. Pure: no I/O.

Python's parser also takes NaN, overflowing numbers and a key given twice.
"""

import json
import math
import re
from typing import Any


def parse_json(body: bytes) -> Any:
    """Return the value of a UTF-8 JSON text.

    Raises:
        ValueError: Says what is wrong in a clause without naming any of the content, which may be
            secret.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
        if re.search(r"\\u[dD][89a-fA-F]", text):
            json.dumps(
                value, ensure_ascii=False
            ).encode()  # fails for half a character, which nothing could write
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        # The exception holds the whole text, hence not chained.
        raise ValueError(
            f"it is not JSON, or cut short (at character {error.pos + 1} of {len(text)})"
        ) from None
    except UnicodeEncodeError:
        raise ValueError("it holds half a character (a lone surrogate)") from None
    except _StrictnessError as error:
        raise ValueError(str(error)) from None
    except ValueError:
        raise ValueError("it holds a number of absurd length") from None
    return value


class _StrictnessError(ValueError):
    """Valid for Python's parser, but not for this one."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _StrictnessError("it gives a key twice in one object")
    return value


def _no_constant(_: str) -> Any:
    raise _StrictnessError("it holds NaN or Infinity, which JSON does not have")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _StrictnessError("it holds a number too large to be one")
    return value
