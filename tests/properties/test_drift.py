"""Laws of leaving drift, for all groups and all that Git ever said of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import assume, event, given
from hypothesis import strategies as st

from reconciler.model import Action, Declared, Group, Target, UseCase
from reconciler.plan.base import Past
from reconciler.plan.build import build_plan
from reconciler.plan.changes import change_of
from reconciler.plan.diff import plain
from reconciler.plan.drift import left
from reconciler.plan.nouns import Drift, Part, Plan
from tests.builders import group_id
from tests.properties.test_plan import carried_out

TARGET = Target()
ACTIONS = [
    Action(action_type=kind, context="c", day=1, template_name="t") for kind in ("SMS", "CALL")
]
VALUES: dict[str, list[str | None]] = {
    "start_time": [None, "08:00", "09:00"],
    "timezone": ["UTC", "America/Chicago"],
}
"""Few values, so that what two sides say is often the same."""


@dataclass(frozen=True)
class History:
    """What the files say, what is live, and what Git said."""

    declared: list[Declared]
    live: list[Group]
    base: list[Declared]
    applied: list[Declared]

    def plan(self, drift: Drift, *, live: list[Group] | None = None, prune: bool = False) -> Plan:
        """Return the plan of it, or of it with another live state."""
        return build_plan(
            self.declared,
            self.live if live is None else live,
            TARGET,
            base=self.base,
            applied=self.applied,
            drift=drift,
            prune=prune,
        )


@st.composite
def use_cases(draw: st.DrawFn) -> tuple[UseCase, ...]:
    """Draw some of two use cases, with some of two actions, the first perhaps twice."""
    return tuple(
        UseCase(
            use_case=name,
            enabled=draw(st.booleans()),
            actions=tuple(draw(st.sampled_from(SEVERAL))),
        )
        for name in "AB"
        if draw(st.integers(0, 3))
    )


SMS, CALL = ACTIONS
SEVERAL = [[], [SMS], [CALL], [SMS, CALL], [CALL, SMS], [SMS, SMS, CALL]]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw one or two groups, most of them in all four; half of the sides say what another does."""
    sides: list[list[Any]] = [[], [], [], []]
    for number in range(draw(st.integers(1, 2))):
        identity: dict[str, Any] = {"integration": "google", "slug": f"g{number}", "name": "G"}
        said: list[tuple[UseCase, ...]] = []
        for place, side in enumerate(sides):
            said.append(draw(st.sampled_from(said) | use_cases() if said else use_cases()))
            if not draw(st.integers(0, 7)):
                continue
            fields: dict[str, Any] = {
                name: draw(st.sampled_from(values))
                for name, values in VALUES.items()
                if place == 1 or draw(st.integers(0, 3))
            }
            if place == 1:
                empty: dict[str, Any] = {
                    "assistant_id": "1",
                    "sheet_link": None,
                    "group_id": group_id(number),
                }
                side.append(Group(**identity, **empty, **fields, use_cases=said[-1]))
            else:
                cases: dict[str, Any] = {"use_cases": said[-1]} if draw(st.integers(0, 7)) else {}
                group = Group(**identity, **fields, **cases)
                side.append(Declared(group, f"groups/google/g{number}.yaml"))
    return History(*sides)


def parts(group: Group | None) -> Mapping[Part, object]:
    """Return a group in the parts that have origins, those that it does not have left out."""
    if group is None:
        return {}
    content = plain(group)
    cases = content.pop("use_cases", {})
    found: dict[Part, object] = {(name,): value for name, value in content.items()}
    for case in group.use_cases:
        path: Part = ("use_cases", case.use_case)
        found |= {path: True, (*path, "enabled"): cases[case.use_case]["enabled"]}
        found |= {(*path, action): count for action, count in Counter(case.actions).items()}
    return found


@given(histories(), st.booleans())
def test_e9_no_written_part_is_drift(history: History, prune: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever else is written."""
    plan = history.plan("leave", prune=prune)
    for change in plan.changes:
        event("written beside drift" if change.subject in _subjects(plan) else "written")
        assert "drift" not in change.origins.values()
        fields = {(field.path,) for field in change.fields}
        cases = {path[:2] for path in change.origins if path[0] == "use_cases"}
        assert fields <= change.origins.keys()
        assert cases == {("use_cases", part.use_case) for part in change.use_cases}


@given(histories(), st.booleans())
def test_e9_what_is_left_is_as_it_was_live(history: History, prune: bool) -> None:  # noqa: FBT001 - drawn
    """Byte for byte, once all else is carried out; and all that is drift is left, and listed."""
    reverting, plan = history.plan("revert", prune=prune), history.plan("leave", prune=prune)
    before = {group.key: group for group in history.live}
    after = {group.key: group for group in carried_out(plan, history.live)}
    told = {change.key: change for change in plan.drifted}
    for change in reverting.changes:
        drifted = {part for part, whose in change.origins.items() if whose == "drift"}
        assert (change.key in told) == bool(drifted)
        was, is_ = parts(before.get(change.key)), parts(after.get(change.key))
        for part in drifted:
            assert was.get(part, 0) == is_.get(part, 0)
            assert told[change.key].origins[part] == "drift"


@given(histories())
def test_what_is_not_drift_is_written_as_ever(history: History) -> None:
    """But for what somebody has removed, which is left as a whole."""
    reverting, plan = history.plan("revert"), history.plan("leave")
    written = {change.key: change for change in plan.changes}
    rest = {change.key: change for change in plan.drifted}
    for change in reverting.changes:
        mine = written[change.key].origins if change.key in written else {}
        left_of_it = rest[change.key].origins if change.key in rest else {}
        assert {**mine, **left_of_it} == change.origins
        assert not mine.keys() & left_of_it.keys()
        gone = {
            part[1] for part, whose in change.origins.items() if len(part) == 2 and whose == "drift"
        }
        if change.before:
            assert all(whose == "drift" or part[1] in gone for part, whose in left_of_it.items())
        else:
            assert not (mine and left_of_it)
    assert written.keys() | rest.keys() == {change.key for change in reverting.changes}


@given(histories())
def test_e10_a_group_with_only_drift_is_listed_and_not_written(history: History) -> None:
    """And counts as neither changed nor unchanged."""
    reverting, plan = history.plan("revert"), history.plan("leave")
    for change in reverting.changes:
        if set(change.origins.values()) == {"drift"}:
            assert change.subject not in {written.subject for written in plan.changes}
            assert change.subject in _subjects(plan)
            assert change.key not in plan.unchanged
    assert not any(change.request for change in plan.drifted)
    assert plan.unchanged == reverting.unchanged


@given(histories())
def test_reverting_is_what_it_always_was(history: History) -> None:
    """What Git said before changes no write, and nothing is left."""
    plan = history.plan("revert")
    assert plan.digest == build_plan(history.declared, history.live, TARGET).digest
    assert not plan.drifted
    assert all(change.request for change in plan.changes)


@given(histories(), st.booleans())
def test_leaving_twice_is_leaving_once(history: History, prune: bool) -> None:  # noqa: FBT001 - drawn
    """A second plan writes nothing and leaves the same; and what is left has nothing to leave."""
    plan = history.plan("leave", prune=prune)
    again = history.plan("leave", live=carried_out(plan, history.live), prune=prune)
    assert again.empty
    assert [(one.key, one.fields, one.use_cases) for one in again.drifted] == [
        (one.key, one.fields, one.use_cases) for one in plan.drifted
    ]
    past = Past(history.base, history.applied, history.live)
    for entry in history.declared:
        current = next((one for one in history.live if one.key == entry.group.key), None)
        change = change_of(entry, current, past, prune=prune)
        if change and current:
            once = left(entry, current, change.origins)
            rest = change_of(once, current, past, prune=prune)
            assert rest is None or left(once, current, rest.origins) == once


@given(histories())
def test_once_applied_only_drift_is_left(history: History) -> None:
    """When the files are the applied commit, all that differs is drift."""
    plan = history.plan("leave")
    live = carried_out(plan, history.live)
    assume(history.declared)
    later = build_plan(history.declared, live, TARGET, base=history.declared, drift="leave")
    assert later.empty


def _subjects(plan: Plan) -> set[object]:
    return {change.subject for change in plan.drifted}
