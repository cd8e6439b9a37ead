"""What a plan's comment carries of its changes, for programs: key and digest of each, if all fit.

Pure: no I/O.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.render.models import ChangeDocument

MOST: Final = 30_000
"""Characters. Some 200 changes; of more the comment carries none, and counts as a whole."""

_DIGEST: Final = len('{"digest":"sha256:","key":},') + 64
_DASH: Final = len("\\u002d") - 1
"""What a dash may take besides, since two of them would end the line that nobody sees."""


def characters(keys: Iterable[str]) -> int:
    """Return how many characters the changes of these groups take at most; 0 if they do not fit."""
    needed = sum(_DIGEST + len(json.dumps(key)) + _DASH * key.count("-") for key in keys)
    return needed if needed <= MOST else 0


def carried(changes: Sequence[ChangeDocument]) -> list[dict[str, str]] | None:
    """Return key and digest of each change, or None if they do not fit."""
    if changes and not characters(change.key for change in changes):
        return None
    return [{"key": change.key, "digest": change.digest} for change in changes]
