"""From files or a snapshot, and live state, to a plan."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from reconciler.apply import snapshot
from reconciler.apply.restore import restored
from reconciler.apply.snapshot import Snapshot
from reconciler.apply.state import StateFolder
from reconciler.errors import Finding, UsageError
from reconciler.lint import advice, with_live
from reconciler.model import Declared, Integration, Target
from reconciler.plan.build import build_plan
from reconciler.plan.guards import ANOTHER_ACCOUNT
from reconciler.plan.nouns import Plan, Subject
from reconciler.plan.review import Verdict
from reconciler.settings import Limits
from reconciler.workspace.fetching import Evidence, Live, fetch
from reconciler.workspace.loading import Desired
from reconciler.workspace.target import Opened


@dataclass(frozen=True, slots=True)
class Reviewable:
    """A plan, and what of it may be carried out.

    Attributes:
        whole: All that differs, as a review would see it.
        plan: What may be written: all of it, or only what was reviewed. Its guards count that.
        verdict: What was reviewed of it, if only that may be written.
    """

    whole: Plan
    plan: Plan
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """The plan that brings a snapshot back.

    Attributes:
        plan: One like any other.
        notes: Which snapshot it is where several could be meant, and what is left as it is, a line
            each; not yet made visible.
    """

    plan: Plan
    notes: tuple[str, ...]


def make_plan(
    files: Desired,
    opened: Opened,
    allow: Mapping[str, int],
    evidence: Evidence,
    judge: Callable[[Plan], Verdict] | None = None,
) -> Reviewable:
    """Fetch live state, compare it with the files, and add what rules say; raises ApiError.

    Where a review is to be kept to, `judge` says what of the plan it covers, and may raise.

    Only the integrations of the chosen groups are read, unless one of them would be created: it may
    be a live group of another integration, which only a look at all of them can show. So can only
    that show whether an account is another one. An integration that cannot be read keeps back its
    own groups; where none can be read, that is an error.
    """
    there = set(files.settings.integrations)
    wanted = {key.integration for key in files.only} & there if files.only else there
    live = fetch(opened, wanted, evidence)
    if wanted and set(live.unread) == wanted:
        raise next(iter(live.unread.values()))
    looked_at: Collection[Integration] = wanted
    compared = partial(compare, files, target=opened.target, allow=allow, evidence=evidence)
    plan = compared(live, looked_at)
    doubted = any(guard.name == ANOTHER_ACCOUNT.id for guard in plan.guards)
    if (plan.count("create") or doubted) and (rest := there - wanted):
        live += fetch(opened, rest, evidence)
        looked_at = there
        plan = compared(live, looked_at)
    if opened.target.api_url is None and plan.drifted and not live.groups:
        opened.tell(
            "The sandbox is empty: it has not been told what was applied elsewhere, and --drift"
            " leave leaves what it lacks. Fill it first, by `reconciler apply` without --drift."
        )
    lints, base_lints = _lints(files, live)
    chosen = [item for item in lints if files.only is None or item.key in files.only]
    written = {change.key for change in plan.changes}
    plan = replace(plan, advice=advice(chosen, base_lints, written))
    if judge is None:
        return Reviewable(plan, plan)
    verdict = judge(plan)
    return Reviewable(plan, compared(live, looked_at, chosen=verdict.chosen), verdict)


def _lints(files: Desired, live: Live) -> tuple[Sequence[Finding], Sequence[Finding] | None]:
    """Return what rules find in the files and in those of the base, where live groups count too."""
    known = {entry.group.key for entry in files.declared}
    pinned = {entry.group.group_id for entry in files.declared if entry.group.group_id}
    others = [one for one in live.groups if one.key not in known and one.group_id not in pinned]
    settings = files.settings.lint
    lints = with_live(files.lints, files.declared, settings, files.today, others)
    if files.base is None or files.base_lints is None:
        return lints, files.base_lints
    return lints, with_live(files.base_lints, files.base, settings, files.today, others)


def compare(
    files: Desired,
    live: Live,
    wanted: Collection[Integration],
    *,
    target: Target,
    allow: Mapping[str, int],
    evidence: Evidence,
    chosen: Collection[Subject] | None = None,
) -> Plan:
    """Return the plan that makes of live state what files say.

    Args:
        files: What is desired, and what it is compared with.
        live: What was read.
        wanted: The integrations of which it was; no others are compared.
        target: Whose live state it is.
        allow: Numbers that take a limit's place, by the guard's name.
        evidence: What is known of live state besides.
        chosen: Groups that may be written, or None for all.
    """

    def read(entries: Sequence[Declared]) -> list[Declared]:
        return [entry for entry in entries if entry.group.integration in wanted]

    base = None if files.base is None else read(files.base)
    return build_plan(
        read(files.declared),
        live.groups,
        target,
        base=base,
        applied=base
        if files.applied is None or files.applied is files.base
        else read(files.applied),
        since=[read(one) for one in files.since],
        drift=files.drift,
        prune=files.prune,
        only=files.only,
        limits=files.settings.guards,
        freeze=files.settings.freeze,
        today=files.today,
        allow=allow,
        ours=_ours(evidence, set(wanted) - set(live.unread)),
        skipped=live.skipped,
        unread=live.unread,
        known={**evidence.known, **evidence.fresh},
        chosen=chosen,
    )


def _ours(evidence: Evidence, read: Collection[Integration]) -> set[str]:
    """Return the ids of what runs for this target wrote, of the integrations that were read."""
    return {one for one, key in evidence.ours.items() if key.partition("/")[0] in read}


def restore(
    path: Path | None,
    opened: Opened,
    *,
    root: Path,
    state: StateFolder,
    variables: Mapping[str, str],
    limits: Limits,
    allow: Mapping[str, int],
    evidence: Evidence,
) -> Restored:
    """Fetch live state and compare it with a snapshot.

    Without a path that is the newest one that an apply took of the target; one that a rollback took
    has to be named, or two rollbacks in a row would undo each other.

    Args:
        path: The snapshot's file, or its bare name, or None.
        opened: The target.
        root: Where a relative path begins.
        state: Where snapshots are kept.
        variables: What `from_env` takes its links from.
        limits: How far the plan may reach.
        allow: Numbers that take a limit's place, by the guard's name.
        evidence: What is known of live state besides what a list says.

    Raises:
        UsageError: There is none, or it is of another target.
        ConfigError: It cannot be read.
        ApiError: Live state cannot be read.
    """
    chosen = _chosen(path, opened.target, state.snapshots, root)
    shown = _from(root, chosen.path)
    saved = chosen.saved
    if saved.target != opened.target:
        raise UsageError(
            f"{shown} is a snapshot of {saved.target}, and the target is {opened.target}",
            remedy="name the target with --api-url and --env",
        )
    touched = {key.integration for key in saved.touched()}
    live = fetch(opened, touched, evidence)
    for error in live.unread.values():
        raise error
    links = snapshot.links_of(chosen.path, state.links)
    wanted = restored(saved, live.groups, shown, links, variables, skipped=live.skipped)
    keys = frozenset(entry.group.key for entry in wanted.declared)
    plan = build_plan(
        wanted.declared,
        live.groups,
        opened.target,
        only=keys,
        limits=limits,
        allow=allow,
        ours=_ours(evidence, touched),
        skipped=live.skipped,
    )
    notes = [*chosen.notes, *wanted.notes]
    if plan.empty and chosen.before:
        notes.append(
            f"Nothing of {shown} is left to bring back. The apply before it took"
            f" {_from(root, chosen.before)}: to bring that back, name it."
        )
    return Restored(plan, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The snapshot that is brought back.

    Attributes:
        path: Its file.
        saved: What it holds.
        notes: Why it is this one, where that may surprise.
        before: The one of the apply before, where this one was not named.
    """

    path: Path
    saved: Snapshot
    notes: tuple[str, ...] = ()
    before: Path | None = None


def _chosen(path: Path | None, target: Target, folder: Path, root: Path) -> _Chosen:
    if path:
        found = _named(path, folder, root)
        return _Chosen(found, snapshot.read(found))
    readable, others = snapshot.survey(folder)
    notes = [f"{what}; it is passed over." for what in others]
    here = [(place, saved) for place, saved in readable if saved.target == target]
    applies = [(place, saved) for place, saved in here if saved.kind == "apply"]
    if not applies:
        passed = f" ({len(others)} files there are none)" if others else ""
        raise UsageError(
            f"there is no snapshot of an apply to {target}{passed}",
            remedy="`reconciler rollback --list` shows all; one that a rollback took has to be"
            " named",
        )
    place, saved = applies[0]
    if here[0][0] != place:
        notes.append(
            f"This is what the last apply changed, {_from(root, place)}. To undo the rollback after"
            f" it, name that one's: reconciler rollback {here[0][0].name}"
        )
    before = applies[1][0] if len(applies) > 1 else None
    return _Chosen(place, saved, tuple(notes), before)


def _named(path: Path, folder: Path, root: Path) -> Path:
    """Return the file that is meant by a path or, in the folder of snapshots, by a bare name."""
    places = [root / path]
    if path.name == str(path):
        places += [folder / path, folder / f"{path}.json"]
    return next((place for place in places if place.is_file()), places[0])


def _from(root: Path, path: Path) -> str:
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
