"""Laws of the plan that hold for all groups."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from reconciler.model import Action, Declared, Group, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.compare import differences
from reconciler.plan.nouns import Plan
from tests.builders import group_id

TARGET = Target()
TEXTS = st.sampled_from(["a", "b", "First SMS"])
ACTIONS = st.builds(
    Action,
    action_type=st.sampled_from(["SMS", "CALL"]),
    context=TEXTS,
    day=st.integers(0, 2),
    template_name=TEXTS,
)
USE_CASES = st.lists(
    st.builds(
        UseCase,
        use_case=st.sampled_from(["A", "B", "C", "D"]),
        enabled=st.booleans(),
        actions=st.lists(ACTIONS, max_size=3).map(tuple),
    ),
    max_size=4,
    unique_by=lambda use_case: use_case.use_case,
).map(tuple)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "assistant_id": st.none() | st.sampled_from(["1", "2"]),
    "sheet_link": st.none() | st.sampled_from(["https://one", "https://two"]).map(SecretStr),
    "timezone": st.none() | st.sampled_from(["UTC", "America/Chicago"]),
    "start_time": st.none() | st.sampled_from(["08:00", "08:00:00", "09:30:00"]),
    "use_cases": USE_CASES,
}
SLUGS = st.sampled_from(["one", "two", "three", "four"])


@st.composite
def desired_groups(draw: st.DrawFn) -> list[Declared]:
    """Draw files with different keys, each declaring some of the fields."""
    slugs = draw(st.lists(SLUGS, unique=True, max_size=4))
    declared = []
    for slug in slugs:
        fields = draw(st.fixed_dictionaries({}, optional=FIELDS))
        group = Group(integration="google", slug=slug, name=draw(TEXTS), **fields)
        declared.append(Declared(group, f"groups/google/{slug}.yaml"))
    return declared


@st.composite
def live_groups(draw: st.DrawFn) -> list[Group]:
    """Draw live groups with different keys and every field given."""
    slugs = draw(st.lists(SLUGS, unique=True, max_size=4))
    return [
        Group(
            integration="google",
            slug=slug,
            group_id=group_id(number),
            name=draw(TEXTS),
            **draw(st.fixed_dictionaries(FIELDS)),
        )
        for number, slug in enumerate(slugs)
    ]


SMS = Action(action_type="SMS", context="a", day=1, template_name="b")
NEIGHBOURS = (
    [
        Declared(
            Group(
                integration="google",
                slug="one",
                name="a",
                use_cases=tuple(
                    UseCase(use_case=name, enabled=True, actions=(SMS,)) for name in "AB"
                ),
            ),
            "groups/google/one.yaml",
        )
    ],
    [
        Group(
            integration="google",
            slug="one",
            name="a",
            group_id=group_id(0),
            use_cases=(
                UseCase(use_case="A", enabled=True, actions=(SMS,)),
                UseCase(use_case="B", enabled=False, actions=(SMS,)),
            ),
        )
    ],
)
"""A file and its live group that differ in one of two use cases, which chance draws too rarely."""


def carried_out(plan: Plan, live: list[Group]) -> list[Group]:
    """Return live state after a server has taken every change of a plan."""
    after = {group.group_id: group for group in live}
    for number, change in enumerate(plan.changes, start=1000):
        identity = change.before.group_id if change.before else group_id(number)
        after[identity] = change.expected().model_copy(update={"group_id": identity})
    return list(after.values())


@given(desired_groups(), live_groups())
def test_carried_out_a_plan_leaves_nothing_to_do(
    declared: list[Declared], live: list[Group]
) -> None:
    """Converged: planning again after a plan has been carried out finds no changes."""
    plan = build_plan(declared, live, TARGET)
    assert build_plan(declared, carried_out(plan, live), TARGET).empty


@given(desired_groups(), live_groups())
def test_what_is_not_declared_stays(declared: list[Declared], live: list[Group]) -> None:
    """A plan changes only declared fields and named use cases; unmanaged groups are untouched."""
    plan = build_plan(declared, live, TARGET)
    wanted = {entry.group.key: entry.group for entry in declared}
    after = {group.group_id: group for group in carried_out(plan, live)}
    for group in live:
        desired = wanted.get(group.key)
        if desired is None:
            assert after[group.group_id] is group
            continue
        named = {use_case.use_case for use_case in desired.use_cases}
        for part in differences(group, after[group.group_id]):
            assert part.path[0] in desired.declared
            assert part.path[0] != "use_cases" or part.path[1] in named


@given(desired_groups(), live_groups(), st.randoms(use_true_random=False))
def test_the_order_of_everything_is_irrelevant(
    declared: list[Declared], live: list[Group], random: Any
) -> None:
    """Files and live rows in any order give the same plan."""
    plan = build_plan(declared, live, TARGET)
    random.shuffle(declared)
    shuffled = []
    for group in random.sample(live, len(live)):
        use_cases = random.sample(group.use_cases, len(group.use_cases))
        shuffled.append(group.model_copy(update={"use_cases": tuple(use_cases)}))
    again = build_plan(declared, shuffled, TARGET)
    assert again.digest == plan.digest
    assert [change.request for change in again.changes] == [
        change.request for change in plan.changes
    ]
    assert again.unmanaged == plan.unmanaged


@given(desired_groups(), live_groups())
@example(declared=NEIGHBOURS[0], live=NEIGHBOURS[1])
def test_a_request_holds_only_what_changed(declared: list[Declared], live: list[Group]) -> None:
    """Each request names exactly the use cases that change, and a create has no id."""
    for change in build_plan(declared, live, TARGET).changes:
        sent = [part["use_case"] for part in change.request.get("use_cases", [])]
        assert sorted(sent) == [part.use_case for part in change.use_cases]
        assert ("group_id" in change.request) == (change.action == "update")


@given(live_groups())
def test_files_that_say_what_is_live_change_nothing(live: list[Group]) -> None:
    """Same in, empty plan out."""
    declared = [Declared(group.model_copy(update={"group_id": None}), "x.yaml") for group in live]
    assert build_plan(declared, live, TARGET).empty


@given(desired_groups(), live_groups(), desired_groups())
def test_a_base_changes_no_write_and_explains_each(
    declared: list[Declared], live: list[Group], base: list[Declared]
) -> None:
    """The same digest as without a base, and an origin for every part that changes."""
    plan = build_plan(declared, live, TARGET, base=base)
    assert plan.digest == build_plan(declared, live, TARGET).digest
    for change in plan.changes:
        assert all((field.path,) in change.origins for field in change.fields)
        for part in change.use_cases:
            path = ("use_cases", part.use_case)
            assert all((*path, action) in change.origins for action in (*part.added, *part.removed))
            assert part.before or path in change.origins


@given(desired_groups(), live_groups(), desired_groups())
def test_pruning_disables_what_the_base_has_and_nothing_else(
    declared: list[Declared], live: list[Group], base: list[Declared]
) -> None:
    """Beyond the plan without it, and carried out it leaves nothing to do."""
    without = {
        change.key: change for change in build_plan(declared, live, TARGET, base=base).changes
    }
    plan = build_plan(declared, live, TARGET, base=base, prune=True)
    said = {entry.group.key: entry.group.use_cases for entry in base}
    for change in plan.changes:
        assert change.pruned <= {case.use_case for case in said.get(change.key, ())}
        assert all(
            part.action == "disable" for part in change.use_cases if part.use_case in change.pruned
        )
        others = [part for part in change.use_cases if part.use_case not in change.pruned]
        assert others == list(without[change.key].use_cases if change.key in without else ())
        assert change.fields == (without[change.key].fields if change.key in without else ())
    assert build_plan(declared, carried_out(plan, live), TARGET, base=base, prune=True).empty
