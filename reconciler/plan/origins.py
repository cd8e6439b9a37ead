"""Whose change each difference is, from what Git said at the base and at the applied commit.

Pure: no I/O. Live (before) and desired (after) differ in a part. With D desired, L live, B the base
and A the applied commit, that is

| D and B | L | origin |
|---|---|---|
| differ | is B's or A's, or there is none | `git`: this branch wants it |
| differ | is neither | `conflict`: both have changed it |
| agree | is A's, and A differs from B | `pending`: merged before, not applied yet |
| agree | is not A's, and A agrees with B | `drift`: somebody changed live |
| agree | is not A's, and A differs from B | `conflict` |

What a commit between A and D said counts as A's: its run may have written it, and have ended before
it was recorded. So what was merged, written and taken back by another merge is nobody's drift.

A part may be in none of what a commit says. Where both are silent, Git never said anything of it,
and it is this branch's. Where only the applied commit is, Git said it later, and what was live then
is its own. Where only the base is, "B's or A's" is A's.

That a group or a use case is there at all is a part of its own. So is that it was removed: what a
commit no longer has is not silence but what it says.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from reconciler.model import Group, UseCase
from reconciler.plan.nouns import FieldChange, Origin, Part, UseCaseChange

SILENT: Final = object()
"""Stands for what a commit says nothing of; unlike None, which a file may declare."""
ABSENT: Final = object()
"""Stands for a part that live state does not have."""
_REMOVED: Final = object()
"""Stands for a use case that Git once had and has no more."""


def judge(
    desired: object, live: object, base: object, applied: object, since: Collection[object] = ()
) -> Origin:
    """Return whose change a part is; desired and live differ, and are compared by `==`.

    Args:
        desired: What the files say.
        live: What is live, or ABSENT.
        base: What the base says, or SILENT.
        applied: What the applied commit says, or SILENT.
        since: What commits after that said, each of them, or SILENT.
    """
    if base is SILENT and applied is SILENT:
        return "git"
    if applied is SILENT:
        applied = live
    told = live == applied or live in since
    if desired != base:
        return "git" if live is ABSENT or live == base or told else "conflict"
    if told:
        return "pending"
    return "drift" if applied == base else "conflict"


def origins(
    base: Group | None,
    applied: Group | None,
    live: Group | None,
    fields: Iterable[FieldChange],
    use_cases: Iterable[UseCaseChange],
    *,
    since: Sequence[Group | None] = (),
    pruned: Collection[str] = (),
) -> dict[Part, Origin]:
    """Return whose change each part of a change is.

    Args:
        base: What the base says of the group, or None.
        applied: What the applied commit says of it, or None.
        live: The live group, or None.
        fields: Those that change.
        use_cases: Those that change.
        since: What each commit after the applied one says of the group, or None.
        pruned: Names of the use cases that change because Git has removed them.
    """
    found: dict[Part, Origin] = {
        (field.path,): judge(
            field.after,
            field.before if live else ABSENT,
            _field(base, field.path),
            _field(applied, field.path),
            [_field(one, field.path) for one in since],
        )
        for field in fields
    }
    for part in use_cases:
        said, told = _use_case(base, part.use_case), _use_case(applied, part.use_case)
        if part.use_case in pruned:
            gone = base is None or "use_cases" in base.declared
            before = said.enabled if said else _REMOVED if gone else SILENT
            path: Part = ("use_cases", part.use_case, "enabled")
            later = [on for on in _enabled(applied, since, part.use_case) if on]
            found[path] = judge(_REMOVED, True, before, told.enabled if told else SILENT, later)
        else:
            found.update(_within(said, applied, since, part))
    return found


def _field(group: Group | None, name: str) -> object:
    return getattr(group, name) if group and name in group.declared else SILENT


def _use_case(group: Group | None, name: str) -> UseCase | None:
    return next((one for one in group.use_cases if one.use_case == name), None) if group else None


def _enabled(applied: Group | None, since: Sequence[Group | None], name: str) -> Iterator[bool]:
    """Yield whether each commit since wants a use case to contact people; removed ones do not."""
    had = _use_case(applied, name) is not None
    for group in since:
        case = _use_case(group, name)
        if case:
            had = True
            yield case.enabled
        elif had and (group is None or "use_cases" in group.declared):
            yield False


def _within(
    base: UseCase | None,
    applied_group: Group | None,
    since: Sequence[Group | None],
    part: UseCaseChange,
) -> Iterator[tuple[Part, Origin]]:
    path: tuple[str, str] = ("use_cases", part.use_case)
    applied, *merged = (_use_case(one, part.use_case) for one in (applied_group, *since))

    def known(case: UseCase | None, value: object) -> object:
        return SILENT if case is None else value

    if part.before is None:
        yield path, judge(True, ABSENT, known(base, True), known(applied, True))
    elif part.before.enabled != part.after.enabled:
        said, told = (known(case, case and case.enabled) for case in (base, applied))
        later = list(_enabled(applied_group, since, part.use_case))
        yield (*path, "enabled"), judge(part.after.enabled, part.before.enabled, said, told, later)
    had, has, once, then, *others = (
        Counter(case.actions if case else ())
        for case in (part.before, part.after, base, applied, *merged)
    )
    for action in {*part.added, *part.removed}:
        # A use case that Git did not name is wholly this branch's doing, whatever it held before.
        yield (
            (*path, action),
            judge(
                has[action],
                had[action] if part.before else ABSENT,
                known(base, once[action]),
                known(applied, then[action]),
                [known(case, other[action]) for case, other in zip(merged, others, strict=True)],
            ),
        )
