"""Bringing live state into the text of a group file: the smallest edit that means it.

Pure: no I/O. The edited text is read again, as any file is, and must then mean exactly what was
wanted, in this environment and in all others, and have all of its comments; a part for which it
does not is left, and is told with the rule that is against it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from reconciler.desired.content import problems_of
from reconciler.desired.events import NotYamlError
from reconciler.desired.resolve import GroupDocument, resolve
from reconciler.desired.yaml import parse
from reconciler.model import GROUP_FIELDS, Declared, Group
from reconciler.plan.nouns import Part
from reconciler.pull.nouns import Left
from reconciler.pull.remarks import comments
from reconciler.pull.rewrite import Link, rewritten
from reconciler.pull.spans import spans
from reconciler.pull.taken import PIN, wanted

_LINK: Final[Part] = ("sheet_link",)
_UNCLEAR: Final = Left(
    (), "edit", "the text could not be edited so that it means this and nothing else"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a file is read.

    Attributes:
        env: Environment whose live state it is, or None.
        others: All that there are: what they read must not change, but for use cases, which all of
            them share.
        link: How a link is said that the file does not have.
    """

    env: str | None = None
    others: Collection[str] = field(default=())
    link: Link = None


def bring(
    source: GroupDocument, live: Group, take: Sequence[Part], setting: Setting
) -> tuple[str, tuple[Left, ...]]:
    """Return a file's text with some parts of live state in it, and those that it cannot take.

    Args:
        source: The file as it is.
        live: The live group that it means.
        take: The parts to take, in their order.
        setting: Where it is read.
    """
    try:
        return _brought(_Attempt(source, live, setting), take)
    except (NotYamlError, LookupError, ValueError):
        # It is written in a way that is not understood.
        return source.document.text, tuple(replace(_UNCLEAR, part=part) for part in take)


def _brought(attempt: "_Attempt", take: Sequence[Part]) -> tuple[str, tuple[Left, ...]]:
    """Take all parts at once, or else as many as can be, one after the other."""
    text, wrong = attempt.take(take)
    if wrong is None:
        return text, ()
    text, accepted = attempt.take(())[0], list[Part]()
    left: list[Left] = []
    for part in take:
        tried, wrong = attempt.take([*accepted, part])
        if wrong is None:
            text = tried
            accepted.append(part)
        else:
            left.append(replace(wrong, part=part))
    return text, tuple(left)


class _Attempt:
    """A file that takes parts of live state, as far as that can be read back from it."""

    def __init__(self, source: GroupDocument, live: Group, setting: Setting) -> None:
        self._source, self._live, self._setting = source, live, setting
        self._environments = {setting.env, None, *setting.others, *source.environments()}
        self._shared = setting.env is not None and len(self._environments) > 2  # noqa: PLR2004 - it, and none
        self._before = self._read(source)
        self._comments = _comments(source.document.text)

    def take(self, parts: Collection[Part]) -> tuple[str, Left | None]:
        """Return the edited text, and why it is none to keep; None if it is."""
        text = self._source.document.text
        if not parts:
            return text, None
        env = self._setting.env
        said = self._before[env]
        if _LINK in parts and said.variable is not None:
            words = f"it comes from the variable {said.variable}: set that to the sheet's link"
            return text, Left((), "variable", words)
        want = wanted(said.group, self._live, frozenset(parts))
        text = rewritten(
            self._source,
            want,
            parts,
            env,
            shared=self._shared,
            link=self._setting.link,
        )
        problems = problems_of(text.encode("utf-8", "surrogatepass"))
        if problems:
            return text, Left((), "rule", problems[0].message, problems[0].rule)
        now = self._read(GroupDocument(self._source.place, parse(text)))
        expected = self._expected(want, parts)
        kept = _comments(text) == self._comments
        return text, None if kept and _meanings(now) == expected else _UNCLEAR

    def _read(self, source: GroupDocument) -> dict[str | None, Declared]:
        return {name: resolve(source, name, {})[0] for name in self._environments}

    def _expected(
        self, want: Group, parts: Collection[Part]
    ) -> dict[str | None, Mapping[str, Any]]:
        """Return what each environment is to read."""
        env, link = self._setting.env, self._setting.link
        fields = {str(part[0]) for part in parts if len(part) == 1} - {PIN}
        variable = self._before[env].variable
        if _LINK in parts and isinstance(link, Mapping):
            want = _without_link(want)
            variable = link["from_env"]
        inherited = {
            name
            for name in fields
            if not self._shared and (self._source.field(name, env) or (name,))[0] == name
        }
        expected = {env: _meaning(want, variable)}
        for name, said in self._before.items():
            if name == env:
                continue
            own = set(self._source.environments().get(name or "", {}))
            update = {field: getattr(want, field) for field in inherited - own}
            if "use_cases" in want.declared:
                update["use_cases"] = want.use_cases
            group = said.group.model_copy(update=update)
            other = variable if "sheet_link" in inherited - own else said.variable
            if other is not None:
                group = _without_link(group)
            expected[name] = _meaning(group, other)
        return expected


def _meanings(now: Mapping[str | None, Declared]) -> dict[str | None, Mapping[str, Any]]:
    """Return what each environment reads."""
    return {name: _meaning(said.group, said.variable) for name, said in now.items()}


def _comments(text: str) -> Counter[str]:
    return Counter(comments(text, spans(text)))


def _without_link(group: Group) -> Group:
    return Group(**{name: getattr(group, name) for name in group.declared - {"sheet_link"}})


def _meaning(group: Group, variable: str | None) -> Mapping[str, Any]:
    """Return what a group of a file means; the order of actions means nothing."""
    meaning: dict[str, Any] = {name: getattr(group, name) for name in (*GROUP_FIELDS, "group_id")}
    meaning["use_cases"] = {
        part.use_case: (part.enabled, Counter(part.actions)) for part in group.use_cases
    }
    return {**meaning, "declared": group.declared, "variable": variable}
