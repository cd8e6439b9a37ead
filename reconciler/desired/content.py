"""From the bytes of a group file, wherever it lies, to a document and all that is wrong with it.

Pure: no I/O.
"""

from reconciler.desired.comments import comments
from reconciler.desired.kinds import decode, other_kind
from reconciler.desired.rules import within_file
from reconciler.desired.shape import shape_problems
from reconciler.desired.yaml import Document, parse
from reconciler.errors import Finding


def parsed(content: bytes) -> tuple[Document, list[Finding]]:
    """Return a file as it is written, and what keeps it from being read as a group."""
    text, problem = decode(content)
    problems = [problem] if problem else other_kind(text)
    if problems:
        return Document(), problems
    document = parse(text)
    document.comments = tuple(comments(text))
    if not document.readable:
        return document, document.problems
    return document, [*document.problems, *document.beside(shape_problems(document))]


def problems_of(content: bytes) -> list[Finding]:
    """Return all that is wrong with a group file's content, wherever it would lie."""
    document, problems = parsed(content)
    return problems + (document.beside(within_file(document)) if document.readable else [])
