"""What is desired, and what it is compared with: all that is known before anything is sent."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from reconciler import desired
from reconciler.desired.catalogue import NO_GROUP_FILES
from reconciler.errors import DesiredError, Finding, UsageError
from reconciler.lint import lint
from reconciler.model import Declared, Integration, Key
from reconciler.plan.nouns import Drift
from reconciler.settings import Settings
from reconciler.text import count
from reconciler.workspace.base import Earlier, held, read_earlier
from reconciler.workspace.checkout import emptiness, read_checkout
from reconciler.workspace.lint import lint_or_refuse
from reconciler.workspace.settings import load_settings


@dataclass(frozen=True, slots=True)
class Desired:
    """The files and what they are compared with.

    Attributes:
        declared: All desired groups.
        settings: Of the folder, with the limits of the base if there is one.
        lints: What the rules find in the desired groups; none is an error.
        today: Day from which they look a year ahead.
        only: Keys that are chosen, or None for all.
        base: The groups at the base commit, or None without one.
        base_lints: What the rules find in those; None without a base.
        commit: That commit's id, or None.
        applied: The groups at the applied commit, or None without a base; those of the base where
            nobody says which one it is.
        applied_commit: That commit's id, or None.
        since: The groups at each commit between that one and the planned one, the oldest first.
        drift: What becomes of it.
        prune: Whether what Git once had and the files have not is disabled.
        notes: What somebody should know of files and base, a line each; not yet made visible.
        environments: Those that files or settings name, sorted.
    """

    declared: tuple[Declared, ...]
    settings: Settings
    lints: tuple[Finding, ...]
    today: date
    only: frozenset[Key] | None = None
    base: tuple[Declared, ...] | None = None
    base_lints: tuple[Finding, ...] | None = None
    commit: str | None = None
    applied: tuple[Declared, ...] | None = None
    applied_commit: str | None = None
    since: tuple[tuple[Declared, ...], ...] = ()
    drift: Drift = "revert"
    prune: bool = False
    notes: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


def load(
    root: Path,
    env: str | None,
    variables: Mapping[str, str],
    today: date,
    *,
    selectors: Sequence[str],
    ref: str | None,
    applied_ref: str | None = None,
    drift: Drift = "revert",
    prune: bool,
) -> Desired:
    """Load files, settings, and what earlier commits say.

    Args:
        root: The folder that holds `groups/`.
        env: Environment whose overrides apply.
        variables: What `from_env` takes its links from.
        today: Day from which rules look a year ahead.
        selectors: Keys, files and folders that are chosen; none chooses all.
        ref: The base commit, or None.
        applied_ref: The commit that was applied last, or None; where only one of the two is given
            it stands for both.
        drift: What is to become of it.
        prune: Whether what Git once had and the files have not is to be disabled.

    Raises:
        DesiredError: A group file is wrong, or one that Git has is not there to be read.
        UsageError: A selector or reference means nothing, or `prune` or `drift` lack a commit, or
            neither a file nor the settings know the environment.
        StaleError: The planned commit is behind the applied one.
        ConfigError: A setting is wrong, or Git cannot be used.
    """
    base_ref = applied_ref if ref is None else ref
    for asked, what in (
        (prune, "--prune disables what Git has removed"),
        (drift == "leave", "--drift leave leaves what was changed by hand"),
    ):
        if asked and base_ref is None:
            raise UsageError(
                f"{what}, and needs a commit to tell", remedy="add --base REF or --applied REF"
            )
    settings = load_settings(root)
    read = partial(
        desired.load,
        root,
        env=env,
        variables=variables,
        listed=settings.environments,
        selectors=selectors,
        integrations=settings.integrations,
    )
    if base_ref is None:
        loaded = read()
        declared = loaded.declared
        return Desired(
            declared,
            settings,
            lint_or_refuse(declared, settings.lint, today),
            today,
            desired.select(declared, selectors, root) if selectors else None,
            notes=tuple(_notes(loaded)),
            environments=_known(loaded, settings),
        )
    said: desired.Known = {}  # most files are the same in most commits
    earlier = partial(read_earlier, root, env=env, variables=variables, known=said)
    base = earlier(base_ref, "base" if ref else "applied commit")
    applied = earlier(applied_ref, "applied commit") if ref and applied_ref else base
    commits = [base] if applied.commit == base.commit else [base, applied]
    checkout = read_checkout(root, env=env, variables=variables)
    unknown = checkout.behind(applied) if applied_ref else ""
    between = checkout.since(applied) if applied_ref and not unknown else ()
    known = {one.commit: one for one in commits}
    since = [known.get(one) or earlier(one, "merged commit") for one in between]
    if unshown := checkout.unshown([*commits, *since]):
        raise DesiredError([*_wrong(read), *unshown])
    loaded = read()
    declared = loaded.declared
    past = [*commits, *since]
    everything = [*(entry for one in past for entry in one.declared), *declared]
    only = desired.select(everything, selectors, root) if selectors else None
    if prune and (kept := checkout.kept(past, declared, only)):
        raise DesiredError(kept)
    held_to, changed = held(checkout.git, base, settings)
    rules = held_to.lint
    return Desired(
        declared,
        held_to,
        lint_or_refuse(declared, rules, today),
        today,
        only,
        base.declared,
        tuple(lint(base.declared, rules, today)),
        base.commit,
        commits[-1].declared,
        applied.commit,
        tuple(one.declared for one in since),
        drift,
        prune,
        (
            *_notes(loaded),
            *([unknown] if unknown else []),
            *(note for one in commits for note in one.notes),
            *changed,
            *emptiness(checkout.git, base, checkout.folder),
            *_never_asked(commits, settings.integrations),
        ),
        _known(loaded, settings),
    )


def _known(loaded: desired.Loaded, settings: Settings) -> tuple[str, ...]:
    return tuple(sorted({*loaded.environments, *settings.environments}))


def _notes(loaded: desired.Loaded) -> Iterator[str]:
    """Yield what does not keep anybody from a plan, and should be known of it."""
    for found in loaded.findings:
        yield f"{found.file}:{found.line}: {found.severity}: {found.message} [{found.rule}]"
    if loaded.unset:
        yield (
            f"Not set, or no link: {', '.join(loaded.unset)}. No chosen group needs it; those that"
            " do are not compared by their sheets."
        )


def _never_asked(
    commits: Sequence[Earlier], integrations: Collection[Integration]
) -> Iterator[str]:
    """Yield which groups of earlier commits stay as they are, as their integration is not asked."""
    told: set[Key] = set()
    for earlier in commits:
        keys = {entry.group.key for entry in earlier.declared} - told
        told |= keys
        left = Counter(key.integration for key in keys)
        for name, number in sorted(left.items()):
            if name not in integrations:
                yield (
                    f"The {earlier.called} has {count(number, 'group')} of {name}, which"
                    " `integrations` in [tool.reconciler] does not list: whatever is live there"
                    " goes on as it is."
                )


def _wrong(read: Callable[[], object]) -> Iterator[Finding]:
    """Yield what is wrong in the files that are there, if it is known that others are not."""
    try:
        read()
    except DesiredError as error:
        yield from (finding for finding in error.findings if finding.rule != NO_GROUP_FILES.id)
    except UsageError:
        # With files that are not there, an environment may seem unknown.
        return
