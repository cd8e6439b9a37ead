"""Whatever somebody changed in the dashboard, and however a file is written: it comes back."""

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from reconciler.desired.content import problems_of
from reconciler.desired.files import GroupPath, placed
from reconciler.desired.resolve import GroupDocument, resolve
from reconciler.desired.yaml import parse
from reconciler.model import GROUP_FIELDS, Action, Group, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Change
from reconciler.pull.adopt import Variables, adopt, file_slug
from reconciler.pull.bring import Setting, bring
from reconciler.pull.fmt import formatted
from reconciler.pull.spans import spans
from reconciler.pull.taken import absent, drifted
from tests import hands
from tests.builders import group_id
from tests.conftest import examples

_COMMENT = re.compile(r"(?:^|(?<=\s))# (?:note \d+: a, b - c|the end)", re.MULTILINE)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(25))
def test_one_layout(seed: int) -> None:
    """A file means the same in it, has all of its comments, and is in it the second time."""
    random = Random(seed)  # noqa: S311 - drawn by hypothesis, and no secret
    content = hands.group(random)
    text = hands.Hand(random).write(hands.shuffled(random, content))
    laid = formatted(document(text).document)
    assert laid is not None, text
    assert Counter(_COMMENT.findall(laid)) == Counter(_COMMENT.findall(text)), (text, laid)
    for env in (None, *content.get("environments", {})):
        was, now = (resolve(document(one), env, {})[0].group for one in (text, laid))
        assert (was, was.declared) == (now, now.declared), (text, laid)
    assert formatted(document(laid).document) == laid, (text, laid)
    one, other = (
        hands.Hand(random, bare=True).write(hands.shuffled(random, content)) for _ in range(2)
    )
    assert formatted(document(one).document) == formatted(document(other).document), (one, other)


def document(text: str) -> GroupDocument:
    """Return a file's text as the group file that it is."""
    place = placed(PurePosixPath("groups/microsoft/recall.yaml"))
    assert isinstance(place, GroupPath)
    return GroupDocument(place, parse(text))


def live_of(source: GroupDocument, env: str | None) -> Group:
    """Return live state that is what a file says, and has everything else besides."""
    said = resolve(source, env, {})[0].group
    fields = {name: getattr(said, name) for name in GROUP_FIELDS if name in said.declared}
    extra = UseCase(use_case="UNMANAGED", enabled=True, actions=())
    return Group(
        **{
            "integration": "microsoft",
            **dict.fromkeys(GROUP_FIELDS),
            **fields,
            "group_id": group_id(1),
            "use_cases": (*said.use_cases, extra),
        }
    )


def edited(random: Random, live: Group) -> Group:
    """Return live state after somebody's visit to the dashboard."""
    fields: dict[str, Any] = {}
    if random.random() < 0.3:
        fields["name"] = random.choice(hands.WORDS)
    if random.random() < 0.3:
        fields["timezone"] = random.choice((*hands.ZONES, None))
    if random.random() < 0.3:
        fields["start_time"] = random.choice(("07:00:00", "08:30:30", None))
    use_cases = []
    for part in live.use_cases:
        if random.random() < 0.1:
            continue
        actions = [action for action in part.actions if random.random() > 0.2]
        for number, action in enumerate(actions):
            if random.random() < 0.3:
                name = random.choice(("day", "context", "template_name"))
                value = random.randrange(9) if name == "day" else random.choice(hands.WORDS)
                actions[number] = action.model_copy(update={name: value})
        actions += [Action(**hands.action(random)) for _ in range(2) if random.random() < 0.2]
        random.shuffle(actions)
        enabled = part.enabled if random.random() < 0.8 else not part.enabled
        use_cases.append(UseCase(use_case=part.use_case, enabled=enabled, actions=tuple(actions)))
    return live.model_copy(update={**fields, "use_cases": tuple(use_cases)})


def difference(source: GroupDocument, live: Group, env: str | None) -> Change | None:
    """Return how a file that Git has as it is differs from live state."""
    declared, problems = resolve(source, env, {})
    assert not problems
    plan = build_plan([declared], [live], Target(env=env), base=[declared])
    return plan.changes[0] if plan.changes else None


def visit(random: Random, text: str, live: Group, env: str | None) -> tuple[str, Group, int]:
    """Hold one visit to the dashboard to all that is promised of the file that takes it over.

    Returns the file's text, live state, and how many parts of it were edited.
    """
    source = document(text)
    live = edited(random, live)
    change = difference(source, live, env)
    if change is None:
        return text, live, 0
    take = drifted(change, known=True)
    assert take
    new, left = bring(source, live, take, Setting(env))
    assert left == (), (text, left)
    after = document(new)
    assert difference(after, live, env) is None, (text, new)
    assert Counter(_COMMENT.findall(new)) == Counter(_COMMENT.findall(text)), (text, new)
    for other in source.environments() if env else ():
        if other != env:
            was, now = (resolve(one, other, {})[0].group for one in (source, after))
            assert was.model_copy(update={"use_cases": ()}) == now.model_copy(
                update={"use_cases": ()}
            )
    ends = {"\r\n"} if "\r\n" in text else {"\n"}
    assert set(re.findall(r"\r?\n", new)) <= ends
    assert_minimal(text, new, change, source)
    return new, live, len(take)


def a_file(random: Random) -> tuple[str, Group, str | None]:
    """Return a file by any hand, what is live of it, and the environment."""
    content = hands.group(random)
    text = hands.Hand(random).write(content)
    assert problems_of(text.encode()) == [], text
    env = random.choice((None, *content.get("environments", {})))
    return text, live_of(document(text), env), env


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(30))
def test_all_fields(seed: int) -> None:
    """A file that takes what it does not have manages it: nothing differs, nothing is left over."""
    random = Random(seed)  # noqa: S311 - drawn by hypothesis, and no secret
    content = hands.group(random)
    source = document(hands.Hand(random).write(content))
    env = random.choice((None, *content.get("environments", {}), "new"))
    live = edited(random, live_of(source, env))
    live = live.model_copy(
        update={
            "sheet_link": SecretStr("https://1drv.ms/x/s3cret"),
            "use_cases": tuple(part for part in live.use_cases if random.random() > 0.3),
        }
    )
    declared = resolve(source, env, {})[0]
    change = difference(source, live, env)
    take = drifted(change, known=True) if change else []
    take += absent(declared, live, None, pin=env is not None)
    setting = Setting(env, ("new", "other"), link={"from_env": "RECALL_LINK"})
    new, left = bring(source, live, take, setting)
    assert left == (), (source.document.text, left)
    variables = {"RECALL_LINK": "https://1drv.ms/x/s3cret"}
    after, problems = resolve(document(new), env, variables)
    assert not problems
    plan = build_plan([after], [live], Target(env=env))
    assert (plan.changes, plan.unmanaged) == ((), ()), (source.document.text, new)
    assert after.variable == "RECALL_LINK"
    assert after.group.group_id == (live.group_id if env else None)
    assert list(absent(after, live, None)) == []


def assert_minimal(text: str, new: str, change: Change, source: GroupDocument) -> None:
    """Hold an edit to the lines of the values that differ: every other line is there, in order."""
    touched = {text.count("\n", 0, at) for at in touchable(text, change, source)}
    lines = new.split("\n")
    rest = iter(lines)
    kept = [line for number, line in enumerate(text.split("\n")) if number not in touched]
    assert all(line in rest for line in kept), (text, new)
    added = sum(4 * len(part.removed) for part in change.use_cases)
    # What one environment alone reads may need `environments` and its name above it.
    assert len(lines) <= text.count("\n") + 1 + len(change.fields) + added + 2, (text, new)


def touchable(text: str, change: Change, source: GroupDocument) -> Iterator[int]:
    """Yield the indexes of a text at which values stand that a change is about."""
    top = spans(text)
    places = [("environments", env) for env in source.environments()]
    for field in change.fields:
        for path in ((), *places):
            with contextlib.suppress(KeyError):
                mapping = top.at(path)
                if path and mapping.flow:
                    yield from range(mapping.start, mapping.end)
                part = mapping.part(field.path)
                yield from range(part.start, part.node.end)
    listed = source.document.data.get("use_cases") or ()
    numbers = {part["use_case"]: number for number, part in enumerate(listed)}
    for case in change.use_cases:
        owner = top.part("use_cases")
        item = owner.node.part(numbers[case.use_case])
        if case.before is None:
            # In brackets, the comma of another item's line goes with it.
            gone = owner if owner.node.flow else item
            yield from (owner.start, *range(gone.start, gone.node.end))
            continue
        if case.before.enabled != case.after.enabled:
            part = item.node.part("enabled")
            yield from range(part.start, part.node.end)
        if case.added or case.removed:
            part = item.node.part("actions")
            yield from range(part.start, part.node.end)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(40))
def test_a_dashboard_edit_comes_back(seed: int) -> None:
    """The plan is empty then; comments and other environments stay; no other line is touched."""
    random = Random(seed)  # noqa: S311 - drawn by hypothesis, and no secret
    text, live, env = a_file(random)
    visit(random, text, live, env)


def test_files_by_many_hands_and_visit_after_visit() -> None:
    """Each file takes over one visit after another; `make campaign` has 200 files and 2,000 edits.

    What is promised holds of each, and at the end of all of them: the comments are those of the
    beginning.
    """
    files, least = (200, 2000) if examples(0) else (10, 60)
    edits = 0
    for number in range(files):
        random = Random(number)  # noqa: S311 - no secret
        text, live, env = a_file(random)
        first = Counter(_COMMENT.findall(text))
        for _ in range(5):
            text, live, parts = visit(random, text, live, env)
            edits += parts
        assert Counter(_COMMENT.findall(text)) == first
    assert edits >= least


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(25))
def test_an_adopted_group_has_nothing_to_plan(seed: int) -> None:
    """With its variable set; what no file may hold is unmanaged, and told."""
    random = Random(seed)  # noqa: S311 - drawn by hypothesis, and no secret
    names = ("recall", "Survey 2024", "Ü", "ok-1", "-x", "24", "Yes", "a: b")
    odd = {"use_case": "lower case", "enabled": True, "actions": []}
    content = hands.group(random)
    cases = [*content.pop("use_cases", []), *([odd] if random.random() < 0.2 else [])]
    content.pop("environments", None)
    live = Group(
        **{
            **dict.fromkeys(GROUP_FIELDS),
            **content,
            "integration": "microsoft",
            "slug": random.choice(names),
            "group_id": group_id(1),
            "name": random.choice((*hands.WORDS, " padded ")),
            "sheet_link": SecretStr("https://1drv.ms/x/s3cret"),
            "use_cases": tuple(
                UseCase(
                    use_case=part["use_case"],
                    enabled=part["enabled"],
                    actions=tuple(Action(**action) for action in part["actions"]),
                )
                for part in cases
            ),
        }
    )
    env = random.choice((None, "prod"))
    slug = file_slug(live, {"yes"})
    links = random.random() < 0.3
    proposed = None if links else Variables({})
    made = adopt(live, slug, env=env, variables=proposed, schema=True)
    if live.name == " padded ":
        assert (made.text, made.variable) == ("", "")
        assert made.left[0].rule == "wrong-value"
        return
    assert formatted(parse(made.text)) == made.text
    assert problems_of(made.text.encode()) == [], made.text
    assert ("s3cret" in made.text) == links
    place = placed(PurePosixPath(f"groups/microsoft/{slug}.yaml"))
    assert isinstance(place, GroupPath)
    variables = {made.variable: "https://1drv.ms/x/s3cret"} if made.variable else {}
    declared, problems = resolve(GroupDocument(place, parse(made.text)), env, variables)
    assert not problems
    plan = build_plan([declared], [live], Target(env=env))
    assert (plan.changes, plan.guards) == ((), ())
    unmanaged = [item.use_case.use_case for item in plan.unmanaged if item.use_case]
    assert unmanaged == (["lower case"] if odd in cases else [])
    assert [left.part for left in made.left] == [("use_cases", name) for name in unmanaged]
    other = resolve(GroupDocument(place, parse(made.text)), None, variables)[0].group
    if env:
        assert other.sheet_link is None
        assert other.group_id is None
