"""Bringing live state into the text of a group file: the smallest edit that means it.

Pure: no I/O. The edited text is read again, as any file is, and must then mean exactly what was
wanted, in this environment and in all others; a part for which it does not is left, and is told
with the rule that is against it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr

from reconciler.desired.characters import without_odd
from reconciler.desired.load import problems_of
from reconciler.desired.resolve import GroupDocument, resolve
from reconciler.desired.yaml import parse
from reconciler.model import GROUP_FIELDS, Action, Group, UseCase
from reconciler.plan.nouns import Change, Part
from reconciler.pull.edits import Edit, add_items, add_key, apply, line_end, remove_items, replace
from reconciler.pull.scalars import Value, written
from reconciler.pull.spans import Node, spans
from reconciler.pull.taken import wanted

_ALIKE: Final = 2
"""Fields of four that two actions share where one is edited into the other."""


@dataclass(frozen=True, slots=True)
class Left:
    """A part of live state that a file does not take.

    Attributes:
        part: Which.
        why: In words, without a full stop.
    """

    part: Part
    why: str


def bring(
    source: GroupDocument,
    change: Change,
    take: Sequence[Part],
    *,
    env: str | None,
    others: Collection[str] = (),
) -> tuple[str, tuple[Left, ...]]:
    """Return a file's text with some parts of live state in it, and those that it cannot take.

    Args:
        source: The file as it is.
        change: How it and live state differ.
        take: The parts to take, in their order.
        env: Environment whose live state that is.
        others: Further environments that there are: what they read must not change, but for use
            cases, which all of them share.
    """
    text = source.document.text
    accepted: list[Part] = []
    left: list[Left] = []
    if not take or _try(source, change, take, env, others)[1] == "":
        accepted = list(take)
    else:
        for part in take:
            why = _try(source, change, [*accepted, part], env, others)[1]
            if why:
                left.append(Left(part, why))
            else:
                accepted.append(part)
    if accepted:
        text, _ = _try(source, change, accepted, env, others)
    return text, tuple(left)


def _try(
    source: GroupDocument,
    change: Change,
    take: Collection[Part],
    env: str | None,
    others: Collection[str],
) -> tuple[str, str]:
    """Return the edited text, and in words why it is none to keep; empty if it is."""
    before = _groups(source, env, others)
    want = wanted(before[env], change, frozenset(take))
    if ("sheet_link",) in take and change.declared.variable is not None:
        return "", f"the link comes from the variable {change.declared.variable}, which stays"
    text = apply(source.document.text, _edits(source, want, take, env, others))
    problems = problems_of(text.encode())
    if problems:
        return "", f"{problems[0].message} [{problems[0].rule}]"
    now = _groups(GroupDocument(source.place, parse(text)), env, others)
    shared = {"use_cases": want.use_cases} if "use_cases" in want.declared else {}
    for name, group in before.items():
        inherited = dict(shared)
        if env is None:
            # What no environment overrides is said once for all of them.
            overridden = source.environments().get(name or "", {})
            fields = {str(part[0]) for part in take if len(part) == 1} - set(overridden)
            inherited |= {field: getattr(want, field) for field in fields}
        expected = want if name == env else group.model_copy(update=inherited)
        if not _same(now[name], expected):
            return "", "the file could not be edited so that it means this and nothing else"
    return text, ""


def _groups(
    source: GroupDocument, env: str | None, others: Collection[str]
) -> dict[str | None, Group]:
    return {
        name: resolve(source, name, {})[0].group
        for name in {env, None, *others, *source.environments()}
    }


def _same(one: Group, other: Group) -> bool:
    """Return whether two groups of files mean the same; the order of actions means nothing."""
    return _meaning(one) == _meaning(other)


def _meaning(group: Group) -> dict[str, Any]:
    meaning: dict[str, Any] = {name: getattr(group, name) for name in GROUP_FIELDS}
    meaning["use_cases"] = {
        part.use_case: (part.enabled, Counter(part.actions)) for part in group.use_cases
    }
    return meaning


def _edits(
    source: GroupDocument,
    want: Group,
    take: Collection[Part],
    env: str | None,
    others: Collection[str],
) -> list[Edit]:
    text = source.document.text
    top = spans(without_odd(text))
    edits: list[Edit] = []
    shared = env is not None and any(name != env for name in {*others, *source.environments()})
    overrides: dict[str, Value] = {}
    for name in (name for name in GROUP_FIELDS if (name,) in take):
        value = _plain(want, name)
        path = source.field(name, env)
        if path is None:
            edits.append(add_key(text, top, "name", name, written(value)))
        elif path[0] != "environments" and shared:
            overrides[name] = value
        else:
            edits.append(replace(text, top.at(path), value))
    if overrides and env is not None:
        edits.append(_override(text, top, env, overrides))
    if "use_cases" in top_keys(top) and any(part[0] == "use_cases" for part in take):
        edits += _use_cases(text, top, source.document.data["use_cases"] or [], want.use_cases)
    return edits


def top_keys(top: Node) -> Collection[str | None]:
    """Return the keys of a file."""
    return [part.key for part in top.parts]


def _plain(group: Group, name: str) -> Value:
    value: str | SecretStr | None = getattr(group, name)
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _override(text: str, top: Node, env: str, values: Mapping[str, Value]) -> Edit:
    """Say what differs in one environment alone; others go on reading what all share."""
    inner = ", ".join(f"{name}: {written(value, flow=True)}" for name, value in values.items())
    if "environments" not in top_keys(top):
        last = top.parts[-1].key
        value = f"{line_end(text)}  {env}: {{{inner}}}"
        return add_key(text, top, last, "environments", value)
    environments = top.at(("environments",))
    known = [part.key for part in environments.parts]
    if env not in known:
        return add_key(text, environments, known[-1] if known else None, env, f"{{{inner}}}")
    mapping = environments.at((env,))
    last = mapping.parts[-1].key if mapping.parts else None
    if mapping.flow:
        return add_key(text, mapping, last, *inner.split(": ", 1))
    (first, new), *more = values.items()
    margin = " " * (mapping.start - text.rfind("\n", 0, mapping.start) - 1)
    lines = "".join(f"{line_end(text)}{margin}{name}: {written(given)}" for name, given in more)
    return add_key(text, mapping, last, first, f"{written(new)}{lines}")


def _use_cases(
    text: str, top: Node, listed: Sequence[Mapping[str, Any]], want: Iterable[UseCase]
) -> Iterator[Edit]:
    """Yield the edits that make the use cases of a file what is wanted."""
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
        margin = use_case.start - (text.rfind("\n", 0, use_case.start) + 1)
        yield from add_items(text, sequence, missing, margin=margin + 2, gone=surplus)


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
