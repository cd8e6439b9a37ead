"""What was reviewed, change by change, and what of it a plan may carry out.

Pure: no I/O. The rules:

- A change that was reviewed is carried out; by its digest, so with these parts of this group, from
  these live values to these ones.
- Any other change is left alone, and so is one that has to wait for a change that is left alone.
- Of what was reviewed and is not planned it is said what became of it: live is what the files say
  (`live`), another reviewed change takes its place (`superseded`), its group is to be written
  otherwise (`left alone`), or nobody has looked (`missing`). The last is never taken for done.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from reconciler.plan.digest import NOTHING
from reconciler.plan.nouns import Change, Origin, Plan, Subject
from reconciler.text import masked

Standing = Literal["planned", "live", "superseded", "left alone", "missing"]

_LOOKED_FOR: Final = (
    "no group that was looked at has this key: neither a file's, nor one that --prune and a base"
    " show to be removed"
)
_ANOTHER: Final = "only the digest of its plan is known, and this plan has another one"
_NOT_TOLD: Final = "only the digest of its plan is known, and whether that is live it cannot say"
_UNSEEN: Final = "the review saw no changes, or nobody reviewed this"


class ReviewedChange(NamedTuple):
    """A change that was reviewed.

    Attributes:
        key: The group's, as JSON shows it.
        digest: The change's.
        prunes: Whether it may end a use case that Git has removed.
    """

    key: str
    digest: str
    prunes: bool = True


class ReviewedPlan(NamedTuple):
    """A plan of which only the whole was reviewed, or only that can be believed.

    Attributes:
        digest: The plan's; NOTHING is one without changes.
        why: Why its changes are not known, as a clause; empty where that needs no words.
    """

    digest: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was reviewed.

    Attributes:
        changes: One by one, the oldest first; those of several reviews may be about one group.
        plans: Those of which only the whole is known.
    """

    changes: tuple[ReviewedChange, ...] = ()
    plans: tuple[ReviewedPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to become of a reviewed change.

    Attributes:
        key: The group's, as JSON shows it; empty for a plan of which only the whole is known.
        digest: The change's, or that plan's.
        standing: What is to become of it.
        why: For one that is missing, as a clause; else empty.
    """

    key: str
    digest: str
    standing: Standing
    why: str = ""


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A planned change that is not carried out.

    Attributes:
        change: The change.
        name: What the plan calls it.
        why: In a clause.
        owed: Whether a run that leaves it must not end well, since it would be forgotten: Git wants
            something of it, or it is about a group of the review and not known to be drift alone.
        details: How it differs from what was reviewed, a line each, where that is known.
    """

    change: Change
    name: str
    why: str
    owed: bool
    details: tuple[str, ...] = ()

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Whose changes its parts are, sorted; empty without a base."""
        return tuple(sorted(set(self.change.origins.values())))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of a plan may be carried out, by what was reviewed.

    Attributes:
        reviewed: What is to become of each reviewed change, in their order.
        left: Planned changes that are left alone, in the plan's order.
        chosen: Groups that may be written.
    """

    reviewed: tuple[Judged, ...]
    left: tuple[LeftAlone, ...]
    chosen: frozenset[Subject]

    @property
    def kept(self) -> bool:
        """Whether all that was reviewed is live once the chosen groups are written, and none owed.

        What is left alone then is drift at most, or nobody knows whose it is.
        """
        return not self.missing and not any(one.owed for one in self.left)

    @property
    def missing(self) -> tuple[Judged, ...]:
        """What was reviewed and is neither live nor planned."""
        return tuple(one for one in self.reviewed if one.standing == "missing")

    def count(self, standing: Standing) -> int:
        """Return of how many reviewed changes this is to become."""
        return sum(one.standing == standing for one in self.reviewed)


def judge(plan: Plan, reviewed: Reviewed) -> Verdict:
    """Return what of a plan may be carried out, and what is to become of all that was reviewed.

    Args:
        plan: All that differs, in groups that were looked at.
        reviewed: What was reviewed for the plan's target.
    """
    whole = any(_is_plan(one.digest, plan) for one in reviewed.plans)
    digests = {one.digest for one in reviewed.changes}
    wanted = {one.subject for one in plan.changes if whole or one.digest in digests}
    chosen = _without_waiting(plan.changes, wanted)
    return Verdict(
        reviewed=(
            *_judged(plan, reviewed.changes, chosen),
            *(_judged_whole(plan, one) for one in reviewed.plans),
        ),
        left=tuple(_left(plan, reviewed.changes, wanted, chosen)),
        chosen=chosen,
    )


def _is_plan(digest: str, plan: Plan) -> bool:
    return plan.empty if digest == NOTHING else digest == plan.digest


def _without_waiting(changes: Sequence[Change], wanted: Collection[Subject]) -> frozenset[Subject]:
    """Return which changes are wanted, and with them all that they wait for."""
    free = {one.subject for one in changes if one.subject in wanted and one.after <= set(wanted)}
    return frozenset(free) if len(free) == len(wanted) else _without_waiting(changes, free)


def _judged(
    plan: Plan, reviewed: Sequence[ReviewedChange], chosen: Collection[Subject]
) -> Iterator[Judged]:
    former = {masked(str(old)): masked(str(new)) for old, new in plan.former.items()}
    drifted = (one.key for one in plan.drifted)
    settled = {masked(str(key)) for key in (*plan.unchanged, *plan.ended, *drifted)}
    planned = _by_key(plan.changes)
    written = {one.digest for one in plan.changes if one.subject in chosen}
    lasting = dict(_lasting(plan))
    for key, digest, prunes in reviewed:
        here = planned.get(key) or planned.get(former.get(key, key), ())
        if digest in written:
            yield Judged(key, digest, "planned")
        elif here:
            all_chosen = all(one.subject in chosen for one in here)
            yield Judged(key, digest, "superseded" if all_chosen else "left alone")
        elif there := {key, former.get(key, key)} & settled:
            why = next((lasting[one] for one in there if prunes and one in lasting), "")
            yield Judged(key, digest, "missing" if why else "live", why)
        else:
            yield Judged(key, digest, "missing", _unread(plan, key.partition("/")[0]))


def _lasting(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield keys of groups with an enabled use case that Git may have removed, and words on it.

    A file that does not name it is as live all the same.
    """
    for item in plan.unmanaged:
        if item.use_case and item.use_case.enabled and (item.removed or not plan.three_way):
            words = (
                f"{item.use_case.use_case} is enabled and in no file, and without --prune and a"
                " base this plan cannot tell whether the change was to end it"
            )
            yield masked(str(item.key)), words


def _unread(plan: Plan, integration: str) -> str:
    unread = {one.integration for one in plan.unread}
    return f"{integration} could not be read" if integration in unread else _LOOKED_FOR


def _judged_whole(plan: Plan, reviewed: ReviewedPlan) -> Judged:
    digest, unknown = reviewed
    if _is_plan(digest, plan):
        return Judged("", digest, "planned")
    why = _NOT_TOLD if plan.empty else _ANOTHER
    if unknown:
        why = f"{unknown}; so {why}"
    if plan.unread:
        why += f"; and {' and '.join(one.integration for one in plan.unread)} could not be read"
    return Judged("", digest, "missing", _UNSEEN if digest == NOTHING else why)


def _left(
    plan: Plan,
    reviewed: Sequence[ReviewedChange],
    wanted: Collection[Subject],
    chosen: Collection[Subject],
) -> Iterator[LeftAlone]:
    keys = {one.key for one in reviewed}
    keys |= {masked(str(new)) for old, new in plan.former.items() if masked(str(old)) in keys}
    names = plan.names()
    for change in plan.changes:
        if change.subject in chosen:
            continue
        foreign = any(origin != "drift" for origin in change.origins.values())
        if change.subject in wanted:
            first = sorted(names[one] for one in change.after - set(chosen))
            why = f"it waits for {' and '.join(first)}, which is to be switched off first"
            yield LeftAlone(change, names[change.subject], why, owed=True)
        elif masked(str(change.key)) in keys:
            why = "it is not as it was reviewed: live, or the files, have changed since"
            owed = foreign or not change.origins
            yield LeftAlone(change, names[change.subject], why, owed=owed)
        else:
            yield LeftAlone(change, names[change.subject], "nobody has reviewed it", owed=foreign)


def _by_key(changes: Sequence[Change]) -> Mapping[str, Sequence[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(masked(str(change.key)), []).append(change)
    return found
