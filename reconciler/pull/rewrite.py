"""The edits by which a group file says what is wanted: at known places, as few as possible.

Pure: no I/O. Whether the text then means just that, `reconciler.pull.bring` looks after.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import SecretStr

from reconciler.desired.resolve import GroupDocument
from reconciler.model import GROUP_FIELDS, Action, Group, UseCase
from reconciler.plan.nouns import Part
from reconciler.pull.edits import (
    Edit,
    add_items,
    add_key,
    add_lines,
    apply,
    remove_items,
    replace,
)
from reconciler.pull.layout import entry_lines, in_brackets, in_order
from reconciler.pull.scalars import Value, written
from reconciler.pull.spans import Node, column, spans
from reconciler.pull.taken import PIN

_ALIKE: Final = 2
"""Fields of four that two actions share where one is edited into the other."""

Link = Mapping[str, str] | str | None
"""How a file is to say a link that it does not have: with a variable, or itself."""


def rewritten(
    source: GroupDocument,
    want: Group,
    take: Collection[Part],
    env: str | None,
    *,
    shared: bool,
    link: Link,
) -> str:
    """Return a file's text in which some parts are as wanted.

    Args:
        source: The file as it is.
        want: The group as it is to be read in the environment.
        take: The parts.
        env: The environment.
        shared: Whether there are others, so that a field which it does not override is to be
            overridden, and not edited.
        link: How a link is said that the file does not have.

    Raises:
        NotYamlError, LookupError, ValueError: The text is written in a way that is not understood.
    """
    text, data = source.document.text, source.document.data
    top = spans(text)
    edits: list[Edit] = []
    if any(part[0] == "use_cases" for part in take):
        listed: Sequence[Mapping[str, Any]] = data.get("use_cases") or ()
        named = {part["use_case"] for part in listed}
        added = [part for part in want.use_cases if part.use_case not in named]
        if added:
            # First, so that a list that loses all of its items is never empty.
            text = apply(text, _new_use_cases(text, top, added))
            top = spans(text)
        edits += _use_cases(text, top, listed, want.use_cases)
    # No environment is ever given another one's group.
    overrides: dict[str, Any] = {PIN: want.group_id} if (PIN,) in take else {}
    for name in (name for name in GROUP_FIELDS if (name,) in take):
        path = source.field(name, env)
        if path and (path[0] == "environments" or not shared):
            edits.append(replace(text, top.at(path), _plain(want, name)))
            continue
        value = _plain(want, name) if path or name != "sheet_link" else link
        if shared:
            overrides[name] = value
        else:
            edits.append(_add(text, top, name, value))
    if overrides and env is not None:
        edits += _override(text, top, env, overrides)
    return apply(text, edits)


def _plain(group: Group, name: str) -> Value:
    value: str | SecretStr | None = getattr(group, name)
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _add(text: str, mapping: Node, name: str, value: Any) -> Edit:
    """Put a field where the layout has it, behind what is there of those before it."""
    said = in_brackets(value) if mapping.flow or isinstance(value, Mapping) else written(value)
    return add_key(text, mapping, _neighbour(mapping, name), name, said)


def _neighbour(mapping: Node, name: str) -> str | None:
    """Return the key of a mapping behind which another one belongs; None if it comes first."""
    there = [str(part.key) for part in mapping.parts]
    order = in_order([*there, name])
    return next((key for key in reversed(order[: order.index(name)])), None)


def _override(text: str, top: Node, env: str, values: Mapping[str, Any]) -> Iterator[Edit]:
    """Yield what says what differs in one environment alone; others read what all share."""
    if "environments" not in top.keys():  # noqa: SIM118 - a node is no mapping
        behind = str(top.keys()[-1])
        if top.flow:
            yield add_key(text, top, behind, "environments", in_brackets({env: values}))
        else:
            margin = column(text, top.start)
            yield add_lines(text, top, behind, entry_lines("environments", {env: values}, margin))
        return
    environments = top.at(("environments",))
    if env not in environments.keys():  # noqa: SIM118 - as above
        others = environments.keys()
        if environments.flow:
            last = others[-1] if others else None
            yield add_key(text, environments, last, env, in_brackets(values))
        else:
            margin = column(text, environments.start)
            lines = entry_lines(env, values, margin)
            yield add_lines(text, environments, str(others[-1]), lines)
        return
    mapping = environments.at((env,))
    if mapping.parts:
        yield from (_add(text, mapping, name, value) for name, value in values.items())
    else:
        yield Edit(mapping.start, mapping.end, in_brackets(values))


def _new_use_cases(text: str, top: Node, new: Sequence[UseCase]) -> Sequence[Edit]:
    """Return the edits that put use cases behind those that a file has."""
    items, margin = [part.model_dump(mode="json") for part in new], column(text, top.start)
    if "use_cases" in top.keys():  # noqa: SIM118 - as above
        return add_items(text, top.at(("use_cases",)), items, margin=margin + 2)
    behind = str(_neighbour(top, "use_cases"))
    if top.flow:
        return [add_key(text, top, behind, "use_cases", in_brackets(items))]
    return [add_lines(text, top, behind, entry_lines("use_cases", items, margin))]


def _use_cases(
    text: str, top: Node, listed: Sequence[Mapping[str, Any]], want: Iterable[UseCase]
) -> Iterator[Edit]:
    """Yield the edits that make the use cases that a file has what is wanted."""
    if not listed:
        return
    owner = top.part("use_cases")
    wanted_by_name = {part.use_case: part for part in want}
    gone = [n for n, part in enumerate(listed) if part["use_case"] not in wanted_by_name]
    yield from remove_items(text, owner, gone)
    for number, part in enumerate(listed):
        said = wanted_by_name.get(part["use_case"])
        if said is None:
            continue
        node = owner.node.at((number,))
        if said.enabled != part["enabled"]:
            yield replace(text, node.at(("enabled",)), said.enabled)
        yield from _actions(text, node, part["actions"], said.actions)


def _actions(
    text: str, use_case: Node, listed: Sequence[Mapping[str, Any]], want: Sequence[Action]
) -> Iterator[Edit]:
    """Yield the edits that make the actions of a use case what is wanted, as few as possible."""
    owner = use_case.part("actions")
    sequence = owner.node
    left = Counter(want)
    surplus = []
    for number, action in enumerate(listed):
        if left[Action(**action)] > 0:
            left[Action(**action)] -= 1
        else:
            surplus.append(number)
    missing = [action.model_dump() for action in left.elements()]
    pairs = _pairs(surplus, listed, missing, all_go=len(surplus) == len(listed))
    for number, action in pairs:
        surplus.remove(number)
        missing.remove(action)
        node = sequence.at((number,))
        for name, value in action.items():
            if listed[number][name] != value:
                yield replace(text, node.at((name,)), value)
    yield from remove_items(text, owner, surplus)
    if missing:
        margin = column(text, use_case.start) + 2
        yield from add_items(text, sequence, missing, margin=margin, gone=surplus)


def _pairs(
    surplus: Sequence[int],
    listed: Sequence[Mapping[str, Any]],
    missing: Sequence[dict[str, Any]],
    *,
    all_go: bool,
) -> list[tuple[int, dict[str, Any]]]:
    """Return which action becomes which: those that share the most, ties by their order.

    Where all go, and some come, one is edited however little they share, so that the list is never
    empty between.
    """
    ranked = sorted(
        (-sum(listed[number][name] == value for name, value in action.items()), number, other)
        for number in surplus
        for other, action in enumerate(missing)
    )
    found: dict[int, int] = {}
    for rank, number, other in ranked:
        enough = -rank >= _ALIKE or (all_go and not found)
        if enough and number not in found and other not in found.values():
            found[number] = other
    return [(number, missing[other]) for number, other in found.items()]
