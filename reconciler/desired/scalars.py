"""What a plain scalar means, by the YAML 1.2 core schema (10.3.2) and not by a loader's idea of it.

Pure: no I/O.
"""

import math
import re
from typing import Any, Final

_LONGEST_NUMBER: Final = 32

_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_FIRST: Final = frozenset("0123456789+-.")


def resolve_scalar(text: str) -> Any:
    """Return the value of a plain scalar; a string is returned as the very object that it is.

    A whole number of more than 32 characters counts as infinite: reading it costs the square of its
    length.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST:
        return text
    if _INT.fullmatch(text):
        return (
            int(text, 0 if text[:2] in ("0o", "0x") else 10)
            if len(text) <= _LONGEST_NUMBER
            else math.inf
        )
    return float(text) if _FLOAT.fullmatch(text) else text
