"""A group file in the one layout, meaning what it meant.

Pure: no I/O.
"""

from collections import Counter
from typing import Any

from reconciler.desired.content import problems_of
from reconciler.desired.events import NotYamlError
from reconciler.desired.yaml import Document, parse
from reconciler.pull.edits import line_end
from reconciler.pull.layout import laid_out
from reconciler.pull.remarks import comments, remarks
from reconciler.pull.scalars import with_seconds
from reconciler.pull.spans import spans


def formatted(document: Document) -> str | None:
    """Return the text of a file that nothing is wrong with, laid out anew.

    None is a file that cannot be laid out so that it means the same, with all of its comments.
    """
    text = document.text
    try:
        top = spans(text)
    except (NotYamlError, LookupError, ValueError):
        return None
    laid = laid_out(document.data, remarks(text, top), line_end(text))
    if problems_of(laid.encode()) or _full(parse(laid).data) != _full(document.data):
        return None
    kept = Counter(comments(laid, spans(laid))) == Counter(comments(text, top))
    return laid if kept else None


def _full(data: Any) -> Any:
    """Return plain data with its times in full."""
    if isinstance(data, dict):
        return {
            key: with_seconds(value) if key == "start_time" and value else _full(value)
            for key, value in data.items()
        }
    return data
