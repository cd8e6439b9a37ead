"""The nouns of a plan: what differs, whose change it is, what is refused, and the plan itself.

Pure: no I/O. A plan is all that renderers and `apply` read, and neither decides anything.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from pydantic import SecretStr

from reconciler.lint import Advice
from reconciler.model import Action, Declared, Group, Integration, Key, Skipped, Target, UseCase

Value = str | SecretStr | None
"""Value of a group-level field."""


UseCaseAction = Literal["add", "update", "disable"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A group-level field whose live value is not the desired one.

    Attributes:
        path: Name of the field.
        before: Live value; None if there is none.
        after: Desired value; None if it is managed as empty.
    """

    path: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class UseCaseChange:
    """A use case whose live state is not the desired one.

    Attributes:
        use_case: Its name, unique within the group.
        action: `add` if it is not live, `disable` if it was enabled and shall not be, else
            `update`.
        before: Live use case, or None.
        after: Desired use case.
        added: Actions that patients will newly notice, once per repetition, in the order of the
            file.
        removed: Actions that end, once per repetition, sorted.
    """

    use_case: str
    action: UseCaseAction
    before: UseCase | None
    after: UseCase
    added: tuple[Action, ...]
    removed: tuple[Action, ...]


Origin = Literal["git", "pending", "drift", "conflict"]
"""Whose change a difference is: this branch's, one that was merged before and is not applied yet,
somebody's who changed live, or both of the last two or the first and the third."""

Drift = Literal["revert", "leave"]
"""What becomes of drift: live is made what the files say, or left as it is."""

Part = tuple[str | Action, ...]
"""A part of a change: `("start_time",)`, `("use_cases", "LAB")` for its being there at all,
`("use_cases", "LAB", "enabled")`, or `("use_cases", "LAB", action)`."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One reason why nothing of a plan may be written.

    Attributes:
        name: Stable name in kebab-case.
        file: File that the person who must act opens, or None.
        line: 1-based line in it.
        message: What is wrong, in one sentence without a full stop.
        remedy: What to do next, likewise.
    """

    name: str
    file: str | None
    line: int
    message: str
    remedy: str


ChangeAction = Literal["create", "update"]


class Subject(NamedTuple):
    """The group that a change writes: its key, and its id, since two live groups may have one key.

    The id is empty where the group is created.
    """

    key: Key
    group_id: str

    def __str__(self) -> str:
        return str(self.key)


@dataclass(frozen=True, slots=True)
class Change:
    """One group to write.

    Attributes:
        action: `create` or `update`.
        declared: The desired group and where it is written.
        before: The live group that is updated; None for a create.
        fields: Group-level fields that change, in the order of GROUP_FIELDS.
        use_cases: Use cases that change, sorted by name.
        request: The body to POST, as it is sent but for secrets, which stay wrapped; empty for
            what is not to be sent.
        origins: Whose change each part is; empty if the plan has no base.
        pruned: Names of the use cases that change because Git has removed them.
        after: Subjects of the changes that must be applied first, since each switches off what
            would contact the same people. It is an order of writes, not a part of what is written,
            so that the digest does not count it.
        digest: `sha256:` and 64 hex digits over the target and what the change does; equal digests
            mean the same parts of the same group, from the same live values to the same ones.
    """

    action: ChangeAction
    declared: Declared
    before: Group | None
    fields: tuple[FieldChange, ...]
    use_cases: tuple[UseCaseChange, ...]
    request: Mapping[str, Any]
    origins: Mapping[Part, Origin] = field(default_factory=dict)
    pruned: frozenset[str] = frozenset()
    after: frozenset[Subject] = frozenset()
    digest: str = ""

    @property
    def key(self) -> Key:
        """The desired group's key."""
        return self.declared.group.key

    @property
    def subject(self) -> Subject:
        """The group that is written; no two changes of a plan have the same."""
        return Subject(self.key, str(self.before.group_id) if self.before else "")

    def expected(self) -> Group:
        """Return what a read-back must show after the write; undeclared fields may be anything."""
        desired = self.declared.group
        if self.before is None:
            return desired
        written = {change.use_case: change.after for change in self.use_cases}
        kept = tuple(written.pop(use_case.use_case, use_case) for use_case in self.before.use_cases)
        changed = {change.path: change.after for change in self.fields}
        return self.before.model_copy(update={**changed, "use_cases": (*kept, *written.values())})


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A live group without a file; with `use_case`, a live use case that its group's file omits.

    Attributes:
        key: The live group's.
        group_id: The live group's.
        name: The live group's.
        use_case: None if the whole group is meant.
        removed: Whether Git once had it, so that pruning disables it if it is not yet.
    """

    key: Key
    group_id: str
    name: str
    use_case: UseCase | None = None
    removed: bool = False

    def order(self) -> tuple[str, str, str]:
        """Return the sort key: groups by key and id, use cases behind them by name."""
        return str(self.key), self.group_id, self.use_case.use_case if self.use_case else ""


@dataclass(frozen=True, slots=True)
class Unread:
    """An integration whose live groups could not be read, so that its groups are kept back.

    Attributes:
        integration: Its name.
        problem: Why it could not be read, in one sentence without a full stop.
        remedy: What to do next, likewise.
        groups: Keys of the desired groups that were not compared, sorted.
    """

    integration: Integration
    problem: str
    remedy: str
    groups: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered, immutable list of changes against one target.

    Attributes:
        target: The API and environment it was made for.
        changes: Sorted by key, then by id: of two live groups with one key, both may be removed.
        unchanged: Keys of the desired groups that equal live, sorted.
        unmanaged: What is live and not in the files, sorted; never written.
        guards: Reasons to write nothing; empty if there are none.
        digest: `sha256:` and 64 hex digits over the target, and the digests of the changes and
            their keys.
        live: All live groups that the plan was made from; what an apply finds changed afterwards,
            somebody else did.
        three_way: Whether it was made with a base, so that every part has an origin.
        drifted: Drift that is left as it is, in the order of changes: what would take it back. It
            is listed and never written; a group may have other parts among the changes.
        advice: What lint rules find in groups that change, and what this branch adds and resolves.
        skipped: Live rows that are left alone, as they are odd or marked as deleted, sorted.
        unread: Integrations that could not be read; what is planned is all the rest.
        ended: Keys of groups that Git has removed and of which pruning has nothing left to
            disable, sorted.
        former: Keys that groups of the files had before, live or in the base, and those that they
            have now.
    """

    target: Target
    changes: tuple[Change, ...]
    unchanged: tuple[Key, ...]
    unmanaged: tuple[Unmanaged, ...]
    guards: tuple[Guard, ...]
    digest: str
    live: tuple[Group, ...] = field(default=(), repr=False)
    three_way: bool = False
    drifted: tuple[Change, ...] = ()
    advice: tuple[Advice, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unread: tuple[Unread, ...] = ()
    ended: tuple[Key, ...] = ()
    former: Mapping[Key, Key] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.changes

    def names(self) -> dict[Subject, str]:
        """Return what each change is called: its key, and its id where another has that key."""
        keys = Counter(change.key for change in self.changes)
        return {
            change.subject: f"{change.key} ({change.subject.group_id})"
            if keys[change.key] > 1
            else str(change.key)
            for change in self.changes
        }

    def count(self, action: ChangeAction) -> int:
        """Return how many changes have this action."""
        return sum(change.action == action for change in self.changes)

    def count_unmanaged(self, *, removed: bool) -> int:
        """Return how much is live and not in files: what Git once had, or never had."""
        return sum(item.removed == removed for item in self.unmanaged)

    def count_origin(self, origin: Origin) -> int:
        """Return how many groups have a part of this origin, written or left."""
        written = {change.subject for change in self.changes if origin in change.origins.values()}
        left = {change.subject for change in self.drifted if origin in change.origins.values()}
        return len(written | left)
