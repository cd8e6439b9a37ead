"""Edits of a YAML text that leave every other character as it is.

Pure: no I/O. Each function returns the replacements that an edit takes; `apply` carries them out
from the back, so that the places of those before stay right. A line that goes leaves its comment.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reconciler.pull.layout import in_brackets, item_lines
from reconciler.pull.scalars import Value, written
from reconciler.pull.spans import Node, Part, column, comma_before, comma_behind

_COMMENT: Final = re.compile(r"[ \t]*(#[^\r\n]*)?")
_HEAD: Final = re.compile(r"[|>][^\r\n#]*(#[^\r\n]*)")
_LINE_END: Final = re.compile(r"\r?\n")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """What stands in place of a stretch of a text.

    Attributes:
        start: Index of the first character that goes.
        end: Index behind the last one.
        text: What comes there.
    """

    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with all edits made; they must not overlap.

    Of several that put something at one place, the first stands first.
    """
    placed = sorted(edits, key=lambda edit: (edit.start, edit.end))
    for edit in reversed(placed):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def replace(text: str, node: Node, value: Value) -> Edit:
    """Put a scalar in place of another one."""
    before = text[node.start : node.end]
    style = node.style if node.style in ("'", '"') else ""
    new = written(value, flow=node.flow, style=style, before=before)
    gap = " " if node.start == node.end else ""
    # The head of a block scalar may have a comment.
    remark = _HEAD.match(before) if node.style in ("|", ">") else None
    return Edit(node.start, node.end, gap + new + (f"  {remark[1]}" if remark else ""))


def add_key(text: str, mapping: Node, behind: str | None, key: str, value: str) -> Edit:
    """Put a key with a value that is written already into a mapping.

    Args:
        text: The text.
        mapping: Where to.
        behind: The key after which it stands; None puts it first.
        key: The key.
        value: Its value; in a block mapping what stands behind the colon, which may be lines.
    """
    entry = f"{key}:{value}" if value.startswith(("\n", "\r")) else f"{key}: {value}"
    if mapping.flow:
        if behind is None:
            gap = ", " if mapping.parts else ""
            return Edit(mapping.start + 1, mapping.start + 1, entry + gap)
        at = mapping.part(behind).node.end
        return Edit(at, at, f", {entry}")
    margin = column(text, mapping.start)
    if behind is None:
        return Edit(mapping.start, mapping.start, f"{entry}{line_end(text)}{' ' * margin}")
    at = _line_end_behind(text, mapping.part(behind).node.end)
    return Edit(at, at, f"{line_end(text)}{' ' * margin}{entry}")


def add_items(
    text: str,
    sequence: Node,
    items: Sequence[Mapping[str, Any]],
    *,
    margin: int,
    gone: Collection[int] = (),
) -> list[Edit]:
    """Put mappings at the end of a sequence, as its last one is written.

    Args:
        text: The text.
        sequence: Where to; a null is an empty one.
        items: What.
        margin: Column of the dash where the sequence is empty and may become a block.
        gone: Indexes of what is taken out at the same time; not all of them.
    """
    if not sequence.parts:
        return _first_items(text, sequence, items, margin)
    index = max(number for number in range(len(sequence.parts)) if number not in gone)
    last = sequence.parts[index].node
    if not sequence.flow:
        margin = column(text, sequence.start)
        lines = [
            line
            for item in items
            for line in (
                [f"{' ' * margin}- {in_brackets(item)}"]
                if last.flow
                else item_lines(item, margin, flow=False)
            )
        ]
        return [_lines_behind(text, last.end, lines)]
    padded = text[last.start : last.start + 2] == "{ "
    broken = "\n" in text[sequence.start : last.start]
    between = f",{line_end(text)}{' ' * column(text, last.start)}" if broken else ", "
    new = "".join(between + in_brackets(item, padded=padded) for item in items)
    return [Edit(last.end, last.end, new)]


def add_lines(text: str, mapping: Node, behind: str, lines: Sequence[str]) -> Edit:
    """Put whole lines behind a key of a block mapping."""
    return _lines_behind(text, mapping.part(behind).node.end, lines)


def _first_items(
    text: str, sequence: Node, items: Sequence[Mapping[str, Any]], margin: int
) -> list[Edit]:
    """Write the first items of an empty sequence: in brackets within brackets, else as a block."""
    inner = ", ".join(map(in_brackets, items))
    if "#" in text[sequence.start : sequence.end]:
        return [Edit(sequence.start + 1, sequence.start + 1, inner)]
    if sequence.within:
        return [Edit(sequence.start, sequence.end, f"[{inner}]")]
    lines = [line for item in items for line in item_lines(item, margin)]
    start = len(text[: sequence.start].rstrip(" "))
    return [Edit(start, sequence.end, ""), _lines_behind(text, sequence.end, lines)]


def _lines_behind(text: str, index: int, lines: Iterable[str]) -> Edit:
    """Put lines below the one on which a value ends, its comment included."""
    at = _line_end_behind(text, index)
    return Edit(at, at, "".join(f"{line_end(text)}{line}" for line in lines))


def remove_items(text: str, owner: Part, indexes: Iterable[int]) -> list[Edit]:
    """Take items out of the sequence of a mapping; one that loses all of them is left as `[]`.

    Comments on lines of their own stay where they are, and one behind an item stays on a line of
    its own.
    """
    gone, sequence = sorted(set(indexes)), owner.node
    if not gone:
        return []
    if sequence.flow:
        return _remove_from_brackets(text, sequence, gone)
    edits = [_remove_lines(text, sequence, index) for index in gone]
    if len(gone) < len(sequence.parts):
        return edits
    return [Edit(owner.behind, owner.behind, " []"), *edits]


def _remove_from_brackets(text: str, sequence: Node, gone: Sequence[int]) -> list[Edit]:
    if len(gone) == len(sequence.parts) and "#" not in text[sequence.start : sequence.end]:
        return [Edit(sequence.start, sequence.end, "[]")]
    edits = []
    kept = [index for index in range(len(sequence.parts)) if index not in gone]
    for index in gone:
        node = sequence.parts[index].node
        comma = comma_behind(text, sequence, index)
        if comma is not None and any(other > index for other in kept):
            end = comma + 1
            blanks = len(text[end:]) - len(text[end:].lstrip(" "))
            # A comment begins behind a blank.
            end += blanks - (text[end + blanks] == "#" and blanks > 0)
            edits.append(Edit(node.start, end, ""))
        elif index and kept:
            before = comma_before(text, sequence, index)
            # Nothing but blanks between: they go too. A comment or a line break stays.
            if text[before + 1 : node.start].strip(" "):
                edits += [Edit(before, before + 1, ""), Edit(node.start, node.end, "")]
            else:
                edits.append(Edit(before, node.end, ""))
        else:
            end = node.end if comma is None else comma + 1
            edits.append(Edit(node.start, end, ""))
    return sorted(set(edits))


def _remove_lines(text: str, sequence: Node, index: int) -> Edit:
    """Take a block item's lines out, and leave the comments that stand among them."""
    part = sequence.parts[index]
    begin = text.rfind("\n", 0, part.start) + 1
    end = _line_end_behind(text, part.node.end)
    margin = " " * column(text, part.start)
    comments = _comments(text, part.node, part.start, end)
    kept = "".join(f"{margin}{comment}{line_end(text)}" for comment in comments)
    behind = _LINE_END.match(text, end)
    return Edit(begin, behind.end() if behind else end, kept if behind else kept.rstrip("\r\n"))


def _comments(text: str, node: Node, start: int, end: int) -> list[str]:
    """Return the comments between two places that are in no scalar of a value."""
    scalars = list(_scalars(node))
    found = []
    for match in re.finditer(r"(?:(?<=\s)|\A)#[^\r\n]*", text[start:end]):
        at = start + match.start()
        if not any(scalar.start <= at < scalar.end for scalar in scalars):
            found.append(match[0].rstrip())
    return found


def _scalars(node: Node) -> Iterable[Node]:
    if node.kind == "scalar":
        yield node
    for part in node.parts:
        yield from _scalars(part.node)


def line_end(text: str) -> str:
    """Return how the lines of a text end, by its first one."""
    found = _LINE_END.search(text)
    return found[0] if found else "\n"


def _line_end_behind(text: str, index: int) -> int:
    """Return where the line of a value ends, its comment included."""
    found = _COMMENT.match(text, index)
    return found.end() if found else index
