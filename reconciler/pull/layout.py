"""The one layout of a group file: in which order, style and depth its content is written.

Pure: no I/O. Keys are in the order of the schema. An action stands in braces on one line, and so do
an environment's values where they fit; everything else is in block style, two columns deeper each
time. Comments stand above what they speak of, behind it, or below it; where one stands within
braces, they give way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from reconciler.desired.document import ActionEntry, GroupFile, Overrides, UseCaseEntry
from reconciler.desired.yaml import NodePath
from reconciler.pull.scalars import with_seconds, written

WIDTH: Final = 100
"""Columns that a key with braces may take, a comment behind it aside."""

_STEP: Final = 2
_ORDER: Final = tuple(
    dict.fromkeys(
        name
        for model in (GroupFile, Overrides, UseCaseEntry, ActionEntry)
        for name in model.model_fields
    )
)
_PLACE: Final[dict[str, float]] = {name: number for number, name in enumerate(_ORDER)}
# What only Git knows stands where a reader looks for it; in an action a note comes last.
_PLACE["protected"] = _PLACE["name"] + 0.5
_PLACE["note"] = _PLACE["use_case"] + 0.5


@dataclass(frozen=True, slots=True)
class Remarks:
    """The comments at one place of a file; an empty line is one without a comment.

    Attributes:
        above: On lines of their own before it.
        behind: On its line, or on that of its key.
        below: On lines of their own behind all of it.
    """

    above: tuple[str, ...] = ()
    behind: str = ""
    below: tuple[str, ...] = ()


_NONE: Final = Remarks()

AllRemarks = Mapping[NodePath, Remarks]
"""By the path of what they speak of; those of the empty path stand on top of the file."""


def laid_out(content: Mapping[str, Any], remarks: AllRemarks | None = None, end: str = "\n") -> str:
    """Return a file's content as its text.

    Args:
        content: Plain data, as it is read.
        remarks: Its comments.
        end: How its lines end.
    """
    writer = _Writer(_above_dashes((), content, remarks or {}))
    top = writer.remarks(()).above
    return end.join([*_single([*top, *writer.mapping((), content, 0)]), ""])


def entry_lines(key: str, value: Any, margin: int) -> list[str]:
    """Return a key with its value as lines of a block mapping that begins in a column."""
    return list(_Writer({}).entry((key,), value, margin))


def item_lines(value: Any, margin: int, *, flow: bool = True) -> list[str]:
    """Return an item of a block sequence as lines, whose dash stands in a column.

    Args:
        value: The item.
        margin: The column.
        flow: Whether it may stand in braces.
    """
    return list(_Writer({}).item((0,), value, margin, flow=flow))


def in_brackets(value: Any, *, padded: bool = False) -> str:
    """Return a value as it is written within brackets, `padded` with a blank in the outer ones."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {in_brackets(value[key])}" for key in in_order(value))
        return f"{{ {inner} }}" if padded and inner else f"{{{inner}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(in_brackets, value))}]"
    return written(value, flow=True)


def _above_dashes(path: NodePath, value: Any, remarks: AllRemarks) -> AllRemarks:
    """Return remarks with those above the first key of an item above the item.

    Nothing stands between a dash and its key.
    """
    parts = value.items() if isinstance(value, Mapping) else enumerate(value)
    for step, part in parts:
        inner = (*path, step)
        if isinstance(part, Mapping) and part and isinstance(step, int):
            first = (*inner, in_order(part)[0])
            said, own = remarks.get(first, _NONE), remarks.get(inner, _NONE)
            if said.above:
                above = (*own.above, *filter(None, said.above))
                remarks = {
                    **remarks,
                    first: replace(said, above=()),
                    inner: replace(own, above=above),
                }
        if isinstance(part, Mapping | list):
            remarks = _above_dashes(inner, part, remarks)
    return remarks


def in_order(keys: Iterable[str]) -> list[str]:
    """Return keys in their order; names of environments have none but that of the file."""
    names = list(keys)
    action = "action_type" in names
    return sorted(names, key=lambda key: (action and key == "note", _PLACE.get(key, 0)))


def _single(lines: Sequence[str]) -> list[str]:
    """Return lines without blank ones at either end, and no two blank ones in a row."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return kept[:-1] if kept and not kept[-1] else kept


class _Writer:
    """Writes values with the comments that are at their paths."""

    def __init__(self, remarks: AllRemarks) -> None:
        self._remarks = remarks
        self._commented = {
            path[:depth]
            for path, said in remarks.items()
            if said.behind or any(said.above) or said.below
            for depth in range(len(path))
        }

    def remarks(self, path: NodePath) -> Remarks:
        return self._remarks.get(path, _NONE)

    def mapping(self, path: NodePath, content: Mapping[str, Any], margin: int) -> Iterator[str]:
        for key in in_order(content):
            yield from _indented(self.remarks((*path, key)).above, margin)
            yield from self.entry((*path, key), content[key], margin)

    def entry(self, path: NodePath, value: Any, margin: int) -> Iterator[str]:
        """Yield a key and its value, and what stands behind and below."""
        said, head = self.remarks(path), f"{' ' * margin}{path[-1]}:"
        behind = f"  {said.behind}" if said.behind else ""
        short = self._short(path, value)
        if short and (len(head) + 1 + len(short) <= WIDTH or not isinstance(value, Mapping)):
            yield f"{head} {short}{behind}"
        else:
            yield head + behind
            if isinstance(value, Mapping):
                yield from self.mapping(path, value, margin + _STEP)
            else:
                for number, item in enumerate(value):
                    yield from self.item((*path, number), item, margin + _STEP)
        yield from _indented(said.below, margin)

    def item(self, path: NodePath, value: Any, margin: int, *, flow: bool = True) -> Iterator[str]:
        """Yield an item of a sequence, all of its comments included."""
        said, lead = self.remarks(path), f"{' ' * margin}- "
        yield from _indented(said.above, margin)
        short = self._short(path, value) if flow else ""
        if short:
            yield f"{lead}{short}" + (f"  {said.behind}" if said.behind else "")
        else:
            yield from _indented([said.behind] if said.behind else (), margin)
            first, *others = self.mapping(path, value, margin + _STEP)
            yield lead + first.lstrip()
            yield from others
        yield from _indented(said.below, margin)

    def _short(self, path: NodePath, value: Any) -> str:
        """Return a value as it stands on one line, or an empty text where it needs several."""
        if isinstance(value, Mapping | list) and value:
            if isinstance(value, list) or path in self._commented or not _is_plain(value):
                return ""
            return in_brackets(_timed(path, value))
        if isinstance(value, Mapping | list):
            return in_brackets(value)
        return written(_timed(path, value))


def _is_plain(value: Mapping[str, Any]) -> bool:
    """Return whether a mapping holds nothing but plain values, and variables in their place."""
    return all(
        not isinstance(part, Mapping | list) or (isinstance(part, Mapping) and "from_env" in part)
        for part in value.values()
    )


def _timed(path: NodePath, value: Any) -> Any:
    """Return a value with its times in full."""
    if isinstance(value, Mapping):
        return {key: _timed((*path, key), part) for key, part in value.items()}
    return with_seconds(value) if path and path[-1] == "start_time" and value else value


def _indented(lines: Sequence[str], margin: int) -> Iterator[str]:
    yield from (f"{' ' * margin}{line}" if line else "" for line in lines)
