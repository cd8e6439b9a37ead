"""All that can go wrong once, at every place, and all that can go wrong thrice with a create."""

from itertools import product

import pytest

from tests.builders import group_id
from tests.faults.harness import Life, check, duplicates
from tests.faults.model import (
    LEVELS,
    OK,
    Answer,
    Fault,
    Habits,
    Level,
    Schedule,
    World,
    decoded,
)
from tests.faults.scenarios import mixed, mixed_and_unknown, one_create

WINDOW = 10.0
POST_FAULTS = {
    "ok": OK,
    "refused": Fault("refused"),
    "timeout before": Fault("hang", commit=None),
    "timeout after": Fault("hang"),
    "reset before": Fault("reset", commit=None),
    "reset after": Fault("reset"),
    "5xx before": Fault("broken", commit=None),
    "5xx after": Fault("broken"),
    "late commit": Fault("reset", commit=WINDOW / 2),
}
UNUSABLE: tuple[Answer, ...] = ("drip", "cut short", "not HTTP", "web page", "empty")
OTHER_FAULTS = {
    "no connection": Fault("no connection"),
    **{
        f"429 {form}": Fault("busy", retry_after=form)
        for form in ("", "seconds", "zero", "date", "past date")
    },
    **{f"429 {form}": Fault("busy", retry_after=form) for form in ("huge", "negative", "junk")},
    "422": Fault("rejected"),
    "401": Fault("denied"),
    "500": Fault("broken", status=500),
    **{f"{answer} before": Fault(answer, commit=None) for answer in UNUSABLE},
    **{f"{answer} after": Fault(answer) for answer in UNUSABLE},
    "accepted, late commit": Fault(commit=WINDOW / 2),
    "accepted, never commits": Fault(commit=None),
    "late commit, cut short": Fault("cut short", commit=WINDOW * 0.9),
    "partial list": Fault(partial=True),
}
FAULTS = POST_FAULTS | OTHER_FAULTS
CALM_RUNS = 3


def converge(life: Life) -> None:
    """Run without faults until nothing is left to do, which must be soon; no group is doubled."""
    for _ in range(CALM_RUNS):
        check(life.run(Schedule()))
        if life.truth().empty:
            break
    life.clock.advance(life.world.last_due())
    assert not duplicates(life.world.records())
    assert life.truth().empty


@pytest.mark.parametrize("first", POST_FAULTS)
def test_three_faults_of_a_create(first: str) -> None:
    """All 729 triples of faults, over as many runs as they last: one group in the end, not two."""
    for names in product([first], POST_FAULTS, POST_FAULTS):
        life = Life.begin(one_create())
        left = [POST_FAULTS[name] for name in names]
        for _ in range(3):
            run = life.run(Schedule(posts=dict(enumerate(left))))
            left = left[len(run.posts) :]
            check(run)
            assert not duplicates(run.after), names
            assert life.truth().empty or (run.report and run.report.exit_code in (1, 5)), names
        converge(life)


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_at_each_request(name: str) -> None:
    """One fault at every request, reads included, of a plan with three kinds of change.

    These are a create, an update of fields and one of use cases.
    """
    for number in range(MIXED_REQUESTS):
        life = Life.begin(mixed())
        run = life.run(Schedule(requests={number: FAULTS[name]}))
        check(run)
        if run.report and run.report.exit_code == 0:
            assert life.truth().empty, (name, number)
        converge(life)


MIXED_REQUESTS = 11


def test_the_mixed_plan_is_as_long_as_it_is_thought_to_be() -> None:
    """Otherwise its last requests would be left out above."""
    assert len(Life.begin(mixed()).run(Schedule()).requests) == MIXED_REQUESTS


@pytest.mark.parametrize("name", FAULTS)
def test_a_crash_at_each_request(name: str) -> None:
    """The run dies with any request and any fault: run again, it converges without a duplicate."""
    for number in range(MIXED_REQUESTS):
        life = Life.begin(mixed())
        check(life.run(Schedule(requests={number: FAULTS[name]}, crash=number)))
        converge(life)


@pytest.mark.parametrize("first", ["busy", "refused"])
def test_a_crash_after_a_long_wait(first: str) -> None:
    """A late request, sent long after the first intent: the next run still waits for it."""
    turned_away = Fault("busy", retry_after="minute") if first == "busy" else Fault("no connection")
    life = Life.begin(one_create())
    crash = Schedule(
        requests={2: turned_away, 3: turned_away, 4: Fault("reset", commit=WINDOW * 0.9)}, crash=4
    )
    check(life.run(crash))
    assert life.world.pending == 1
    converge(life)


HABITS = {
    "replaces use cases": Habits(replaces=True),
    "respells values": Habits(respells=True),
    "drops a field": Habits(drops="start_time"),
    "fills a field": Habits(fills={"assistant_id": "68a8652f82513625d1c21a85"}),
}


@pytest.mark.parametrize("name", HABITS)
def test_a_server_with_habits(name: str) -> None:
    """What the server makes of values is told and never called applied.

    A first group that shows it suffers alone.
    """
    life = Life.begin(mixed(), HABITS[name])
    run = life.run(Schedule())
    check(run, merging=not HABITS[name].replaces)
    assert run.report
    told = [result for result in run.report.results if result.cause == "not as sent"]
    assert told
    assert all(result.message for result in told)
    assert run.report.exit_code == 5
    if name != "drops a field":
        assert len(run.posts) == 1


@pytest.mark.parametrize("level", LEVELS)
def test_q7_what_writes_drop_is_told_and_never_called_applied(level: Level) -> None:
    """The guard was lifted: the first group shows what the server does, and suffers alone."""
    life = Life.begin(mixed_and_unknown(), Habits(forgets=frozenset({level})))
    run = life.run(Schedule())
    check(run)
    assert run.report
    assert len(run.posts) == 1
    told = [result for result in run.report.results if result.status == "failed"]
    assert [result.cause for result in told] == ["not as sent"]
    names = {"group": "skip_holidays", "use case": "language", "action": "condition"}
    assert f"{names[level]} is gone" in told[0].message
    assert all(name not in told[0].message for name in {*names.values()} - {names[level]})
    assert run.report.exit_code == 5


def test_q7_unknown_fields_are_guarded_and_no_false_alarm() -> None:
    """With the guard nothing is sent; lifted, where the server keeps them, all is applied."""
    life = Life.begin(mixed_and_unknown())
    del life.allow["unknown-fields"]
    run = life.run(Schedule())
    check(run)
    assert run.plan
    assert [guard.name for guard in run.plan.guards] == ["unknown-fields"] * 2
    assert (run.posts, run.report) == ([], None)
    life = Life.begin(mixed_and_unknown())
    run = life.run(Schedule())
    check(run)
    assert run.report
    assert (run.report.exit_code, run.report.others) == (0, ())
    assert life.truth().empty


@pytest.mark.parametrize("change", ["has another value", "is gone", "is new"])
def test_q7_an_unknown_field_that_moves_before_a_write(change: str) -> None:
    """Somebody edits it in the dashboard: that group is not written, and the field is named."""
    fields = {"has another value": ("skip_holidays", False), "is gone": ("skip_holidays", None)}
    name, value = fields.get(change, ("quiet", True))
    life = Life.begin(mixed_and_unknown())

    def edit(world: World) -> None:
        world.edit(group_id(1), **{name: value})

    run = life.run(Schedule(edits={1: edit}))
    check(run, one_writer=False)
    assert run.report
    result = next(result for result in run.report.results if result.key.slug == "cases")
    assert result.cause == "stale"
    assert f"{name} {change}" in result.message
    assert run.after[group_id(1)][name] == value


@pytest.mark.parametrize(
    "identity", [1, 2, 99], ids=["the first group", "the second group", "a group without a file"]
)
def test_an_edit_at_each_request(identity: int) -> None:
    """Somebody changes a group at any moment: before its stale check it is not written, later told.

    One moment is left, between the stale check and the write: an edit of a field that the write
    then overwrites with what it was. The API has no If-Match, so that one cannot be seen; here it
    is at the requests 2 and 5.
    """
    place, unseen = group_id(identity), {1: {2}, 2: {5}, 99: set[int]()}[identity]
    for number in range(1, MIXED_REQUESTS):
        life = Life.begin(mixed())

        def edit(world: World) -> None:
            world.edit(place, timezone="Europe/Berlin")

        run = life.run(Schedule(edits={number: edit}))
        check(run, one_writer=False)
        assert run.plan
        assert run.report
        key = decoded(run.before[place]).key
        result = next((result for result in run.report.results if result.key == key), None)
        written = [post for post in run.posts if post.key == key]
        if result and not written:
            assert result.cause == "stale"
            assert run.after[place]["timezone"] == "Europe/Berlin"
        elif number not in unseen:
            words = [*run.report.others, *(result.message for result in run.report.results)]
            assert any("Europe/Berlin" in text and "timezone" in text for text in words), number


def test_a_group_that_appears_at_each_request() -> None:
    """Somebody creates the same group at any moment: it is not created, or both are reported."""
    for number in range(1, MIXED_REQUESTS):
        life = Life.begin(mixed())

        def create(world: World) -> None:
            world.upsert("microsoft", {"name": "New", "slug": "new"})

        run = life.run(Schedule(edits={number: create}))
        check(run, one_writer=False)
        assert run.report
        result = next(result for result in run.report.results if result.key.slug == "new")
        assert (result.cause == "stale") != bool(duplicates(run.after)), number
        if duplicates(run.after):
            assert result.status == "unknown"
            assert "several live groups" in result.message
            assert [guard.name for guard in life.truth().guards] == ["two-live-groups"]
