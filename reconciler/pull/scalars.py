"""How a value is written in YAML so that it reads back as itself, and looks as the file's others.

Pure: no I/O. Whether a text needs quotes is asked of the strict parser and of the rules of files,
never guessed.
"""

import json
import re
from functools import cache
from typing import Final

from reconciler.desired.yaml import parse

Value = str | int | bool | None

_SHORT_TIME: Final = re.compile(r"\d\d:\d\d")


def written(value: Value, *, flow: bool = False, style: str = "", before: str = "") -> str:
    """Return a value as YAML.

    Args:
        value: What it must read back as.
        flow: Whether it stands in brackets.
        style: The quotes that stood there; kept where they can hold it.
        before: What stood there; a time keeps its form.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if _SHORT_TIME.fullmatch(before.strip("'\"")) and value.endswith(":00"):
        value = value.removesuffix(":00") if value.count(":") > 1 else value
    if style not in ("'", '"') and _reads_back(value, flow=flow):
        return value
    if style != '"' and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=not value.isprintable())


def with_seconds(time: str) -> str:
    """Return a time of day as `HH:MM:SS`; what is none stays as it is."""
    return f"{time}:00" if _SHORT_TIME.fullmatch(time) else time


@cache
def _reads_back(text: str, *, flow: bool) -> bool:
    """Return whether a text means itself without quotes, and no rule of files is against it."""
    if not text or "\n" in text:
        return False
    document = parse(f"{{k: {text}, l: 1}}\n" if flow else f"k: {text}\n")
    wanted = {"k": text, "l": 1} if flow else {"k": text}
    return not document.problems and bool(document.data == wanted)
