"""What brings a run's snapshot back: what the run wrote, and nobody has changed since.

Anything else is left as it is and told. What is written is held to the rules of group files: a
snapshot is a file that somebody may have edited.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import SecretStr

from reconciler.apply.snapshot import Link, Made, Snapshot, Was
from reconciler.desired import problems_of
from reconciler.model import GROUP_FIELDS, Declared, Group, Skipped, UseCase
from reconciler.plan.compare import shown
from reconciler.plan.diff import plain_use_case

_FIELDS: Final = tuple(name for name in GROUP_FIELDS if name != "sheet_link")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What brings a snapshot back.

    Attributes:
        declared: Live groups, each with what the run wrote as it was before.
        notes: What is left as it is and why, a line each; not yet made visible.
    """

    declared: tuple[Declared, ...]
    notes: tuple[str, ...]


def restored(
    saved: Snapshot,
    live: Sequence[Group],
    file: str,
    links: Mapping[str, str],
    variables: Mapping[str, str],
    *,
    skipped: Sequence[Skipped] = (),
) -> Wanted:
    """Return the desired groups that bring a snapshot back, and what is left as it is.

    Groups that the run updated become what they were; use cases that it added to them, and those of
    groups that it created, are disabled, since nothing can be deleted.

    Args:
        saved: What was before the run.
        live: All live groups.
        file: What a plan names as the place of these groups.
        links: Links by their marks.
        variables: What `from_env` takes its links from.
        skipped: Live rows with which no plan can be made.
    """
    odd = {group_id: row for row in skipped for group_id in row.ids}
    by_id = {group.group_id: group for group in live}
    declared: list[Declared] = []
    notes: list[str] = []
    for was in saved.groups:
        now = by_id.get(was.before.group_id)
        if row := odd.get(str(was.before.group_id)):
            notes.append(f"{was.before.key} ({row.group_id}) is left as it is: it is {row.words}.")
            continue
        if now is None:
            notes.append(
                f"{was.before.key} ({was.before.group_id}) is not live any more and stays away."
            )
            continue
        back = _Back(now)
        _bring_back(back, was)
        _bring_link_back(back, was, _Links(saved.mark, links, variables))
        declared.append(back.declared(file))
        notes += back.notes
    for made in saved.created:
        rows = [
            row
            for row in skipped
            if (row.integration, row.slug) == (made.key.integration, made.key.slug)
        ]
        notes += [f"{row} is left as it is: it is {row.words}." for row in rows]
        there = [now for now in live if now.key == made.key]
        if not there and not rows:
            notes.append(f"{made.key}, which the run was to create, is not live.")
        for now in there:
            back = _Back(now)
            _switch_off(back, made)
            declared.append(back.declared(file))
            notes += back.notes
    return Wanted(tuple(declared), tuple(notes))


@dataclass(slots=True)
class _Back:
    """A live group on its way back.

    Attributes:
        now: As it is live.
        fields: What group-level fields become.
        use_cases: What use cases become, by name.
        variable: Where the link comes from, if it comes from a variable.
        notes: What is left as it is.
    """

    now: Group
    fields: dict[str, Any] = field(default_factory=dict)
    use_cases: dict[str, UseCase] = field(default_factory=dict)
    variable: str | None = None
    notes: list[str] = field(default_factory=list)

    def leave(self, what: str, why: str) -> None:
        """Note that a part is left as it is."""
        self.notes.append(f"{self.now.key}: {what} is left as it is: {why}.")

    def declared(self, file: str) -> Declared:
        """Return the desired group: as it is live, but for what comes back and may stand in a file.

        What no file may say is nothing that this program writes.
        """
        if wrong := [problem.message for problem in problems_of(self._as_file())]:
            left = (
                f"{self.now.key} is left as it is: what would be written is nothing that a group"
                f" file may say ({'; '.join(wrong)}). If it is meant, set it in the dashboard."
            )
            self.notes = [left]
            return Declared(self.now, file)
        kept = tuple(
            self.use_cases.pop(use_case.use_case, use_case) for use_case in self.now.use_cases
        )
        use_cases = (*kept, *self.use_cases.values())
        group = self.now.model_copy(update={**self.fields, "use_cases": use_cases})
        return Declared(group, file, variable=self.variable)

    def _as_file(self) -> bytes:
        """Return what would be written as the content of a group file."""
        fields = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in self.fields.items()
        }
        use_cases = [use_case.model_dump(mode="json") for use_case in self.use_cases.values()]
        return json.dumps({"name": "Any", **fields, "use_cases": use_cases}, indent=1).encode()


@dataclass(frozen=True, slots=True)
class _Links:
    """Where the links are that a snapshot only knows by their marks."""

    mark: Callable[[SecretStr | str], str]
    held: Mapping[str, str]
    variables: Mapping[str, str]

    def find(self, link: Link) -> tuple[SecretStr | None, str]:
        """Return a link, or None and in words why it is not there."""
        value = self.variables.get(link.from_env, "") if link.from_env else self.held.get(link.mark)
        if value and self.mark(value) == link.mark:
            return SecretStr(value), ""
        if link.from_env:
            holds = "holds another link now" if value else "is not set"
            return None, f"it came from the variable {link.from_env}, which {holds}"
        return None, "the link of before is kept only where the run was"


def _bring_back(back: _Back, was: Was) -> None:
    """Bring fields and use cases back as far as they are what the run left."""
    now = back.now
    for name in _FIELDS:
        before, after, current = (getattr(group, name) for group in (was.before, was.after, now))
        if before in {after, current}:
            continue
        if current == after:
            back.fields[name] = before
        else:
            back.leave(name, _since(shown(after), shown(current)))
    before_, after_, now_ = (_by_name(group) for group in (was.before, was.after, now))
    for name in {**before_, **after_}:
        _bring_use_case_back(back, name, before_.get(name), after_.get(name), now_.get(name))


def _bring_use_case_back(
    back: _Back, name: str, before: UseCase | None, after: UseCase | None, now: UseCase | None
) -> None:
    if _same(before, after):
        if now is None and before is not None:
            # The API has no delete, so the server replaced the list when the run wrote to it.
            back.use_cases[name] = before
            back.notes.append(
                f"{back.now.key}: use case {name} is not live any more, though the run did not send"
                " it; it is brought back."
            )
        return
    if _same(now, before) or (before is None and (now is None or not now.enabled)):
        return
    if not _same(now, after) and now is not None:
        back.leave(f"use case {name}", "somebody has changed it since the run")
    elif before is not None:
        back.use_cases[name] = before
    elif now is not None:
        back.use_cases[name] = _off(now)


def _bring_link_back(back: _Back, was: Was, links: _Links) -> None:
    before, after = (link and link.mark for link in (was.link_before, was.link_after))
    current = links.mark(back.now.sheet_link) if back.now.sheet_link else None
    if before in {after, current}:
        return
    if current != after:
        back.leave("sheet_link", "somebody has changed it since the run")
        return
    if was.link_before is None:
        back.fields["sheet_link"] = None
        return
    link, why = links.find(was.link_before)
    if link is None:
        back.leave("sheet_link", why)
        return
    back.fields["sheet_link"] = link
    back.variable = was.link_before.from_env


def _switch_off(back: _Back, made: Made) -> None:
    """Disable the use cases of a created group that are as the run made them."""
    current = _by_name(back.now)
    for use_case in made.use_cases:
        now = current.get(use_case.use_case)
        if now is None or not now.enabled:
            continue
        if _same(now, use_case):
            back.use_cases[now.use_case] = _off(now)
        else:
            back.leave(f"use case {now.use_case}", "somebody has changed it since the run")


def _since(left: str, now: str) -> str:
    return f"the run left {left}, and it is {now} now, so somebody has changed it since"


def _by_name(group: Group) -> dict[str, UseCase]:
    return {use_case.use_case: use_case for use_case in group.use_cases}


def _same(one: UseCase | None, other: UseCase | None) -> bool:
    if one is None or other is None:
        return one is other
    return plain_use_case(one) == plain_use_case(other)


def _off(use_case: UseCase) -> UseCase:
    return use_case.model_copy(update={"enabled": False})
