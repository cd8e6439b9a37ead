"""A whole run: order, canary, workers, interruption."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from reconciler.apply.interrupt import Interrupt
from reconciler.apply.report import Report, Result
from reconciler.apply.run import apply_plan
from reconciler.apply.state import Kept
from reconciler.apply.write import Pace
from reconciler.errors import ApiError, ExitCode, ReconcilerError, RefusedError
from reconciler.live import Outcome
from reconciler.model import Group, Integration, Skipped, Target, Unknown
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from reconciler.render.text import report_text
from tests.builders import action, desired, group_id, live, skipped, use_case
from tests.memory_api import KeptInMemory, MemoryApi

QUICK = Pace(attempts=2, settle=0.002, first=0.001)


def update_plan(*slugs: str) -> tuple[Plan, list[Group]]:
    """Return a plan that moves the start of each group, and the live groups."""
    groups = [live(slug, number, start_time="08:00") for number, slug in enumerate(slugs, start=1)]
    return build_plan(
        [desired(slug, start_time="09:00") for slug in slugs], groups, Target()
    ), groups


def statuses(report: Report) -> dict[str, str]:
    """Return the status of each group by slug."""
    return {result.key.slug: result.status for result in report.results}


def run(plan: Plan, api: MemoryApi, **options: Any) -> Report:
    """Apply a plan to an API in memory."""
    return apply_plan(plan, lambda: api, KeptInMemory(), pace=QUICK, **options)


def test_an_empty_plan_sends_nothing() -> None:
    """Not even a connection is opened, and nothing is kept."""
    kept = KeptInMemory()
    report = apply_plan(build_plan([], [], Target()), lambda: pytest.fail("connected"), kept)
    assert (report.results, report.exit_code, report.snapshot) == ((), 0, "")
    assert kept.events == []


def test_a_guarded_plan_is_refused_by_the_run_itself() -> None:
    """No caller can forget it: neither lock nor API is touched."""
    guarded = build_plan([desired("a", group_id="1" * 24)], [], Target())
    kept = KeptInMemory()
    with pytest.raises(RefusedError, match="refused by 1 guard") as caught:
        apply_plan(guarded, lambda: pytest.fail("connected"), kept)
    assert caught.value.exit_code == ExitCode.REFUSED
    assert kept.events == []


def test_a_run_keeps_its_record_around_every_request() -> None:
    """What was before is kept first, each intent before its request, each outcome behind it."""
    plan, groups = update_plan("a", "b")
    kept, api = KeptInMemory(), MemoryApi(*groups)
    report = apply_plan(plan, lambda: api, kept, concurrency=1, pace=QUICK)
    assert report.snapshot == "before.json"
    assert kept.events == [
        "begin 2",
        "intent microsoft/a",
        "outcome microsoft/a applied",
        "intent microsoft/b",
        "outcome microsoft/b applied",
        "end",
    ]


def test_nothing_is_sent_if_the_record_cannot_be_opened() -> None:
    """Another run, or no place for a snapshot: the API is not even connected to."""
    plan, _ = update_plan("a")

    class Busy:
        def keep(self, _plan: Plan) -> AbstractContextManager[Kept]:
            raise ReconcilerError("another run is writing")

    with pytest.raises(ReconcilerError, match="another run"):
        apply_plan(plan, lambda: pytest.fail("connected"), Busy())


def test_every_group_is_written_and_told() -> None:
    """Results come as they happen and are reported in the plan's order."""
    plan, groups = update_plan("a", "b", "c", "d")
    api, told = MemoryApi(*groups), list[Result]()
    report = run(plan, api, notify=told.append)
    assert statuses(report) == dict.fromkeys("abcd", "applied")
    assert sorted(result.key.slug for result in told) == list("abcd")
    assert len(api.posts) == 4
    assert report.exit_code == 0


def test_updates_go_before_creates_and_the_most_telling_one_first() -> None:
    """The canary is the update that does not send all use cases of its group."""
    whole = live("b", 2, use_cases=(use_case("A"),))
    part = live("c", 3, use_cases=(use_case("A"), use_case("B")))
    changed = use_case("A", action(5))
    declared = [
        desired("a"),
        desired("b", use_cases=(changed,)),
        desired("c", use_cases=(changed, use_case("B"))),
    ]
    api = MemoryApi(whole, part)
    report = run(build_plan(declared, [whole, part], Target()), api, concurrency=1)
    assert [body["slug"] for body in api.posts] == ["c", "b", "a"]
    assert report.exit_code == 0


def test_a_canary_that_reads_back_differently_stops_the_run() -> None:
    """One group has suffered; no other is touched, and the report says why."""
    plan, groups = update_plan("a", "b", "c")
    api = MemoryApi(*groups)
    api.stored = lambda group: group.model_copy(update={"timezone": "UTC"})
    report = run(plan, api)
    assert statuses(report) == {"a": "failed", "b": "not attempted", "c": "not attempted"}
    assert len(api.posts) == 1
    assert "microsoft/a" in report.stopped
    assert report.exit_code == 5


def test_q7_a_server_that_drops_unknown_fields_stops_the_run_after_one_group() -> None:
    """The canary is a group that can show it, although the guard was lifted for all."""
    groups = [live(slug, number) for number, slug in enumerate("abc", start=1)]
    groups[1:] = [
        group.model_copy(update={"unknown": (Unknown(name="tags", digest="1"),)})
        for group in groups[1:]
    ]
    files = [desired(slug, start_time="09:00") for slug in "abc"]
    plan = build_plan(files, groups, Target(), allow={"unknown-fields": 2})
    api = MemoryApi(*groups)
    api.stored = lambda group: group.model_copy(update={"unknown": ()})
    report = run(plan, api)
    assert statuses(report) == {"a": "not attempted", "b": "failed", "c": "not attempted"}
    assert "tags is gone" in report.results[1].message
    assert report.others == ()
    assert report.exit_code == 5
    api = MemoryApi(*groups)
    assert run(plan, api).exit_code == 0


def test_a_canary_of_unknown_outcome_stops_the_run() -> None:
    """A create that may have been processed is no ground to go on."""
    plan = build_plan([desired("a"), desired("b")], [], Target())
    api = MemoryApi(faults=["lost before"])
    report = run(plan, api)
    assert statuses(report) == {"a": "unknown", "b": "not attempted"}
    assert report.exit_code == 5


def test_a_refused_canary_is_replaced_by_the_next() -> None:
    """A 422 proves nothing about the server; independent groups go on."""
    plan, groups = update_plan("a", "b", "c")
    report = run(plan, MemoryApi(*groups, faults=["rejected"]))
    assert statuses(report) == {"a": "failed", "b": "applied", "c": "applied"}
    assert report.exit_code == 5


def test_groups_go_on_after_one_failed() -> None:
    """A later group that is refused does not keep others from being written."""
    plan, groups = update_plan("a", "b", "c", "d")
    report = run(plan, MemoryApi(*groups, faults=[None, "rejected"]), concurrency=1)
    assert statuses(report) == {"a": "applied", "b": "failed", "c": "applied", "d": "applied"}


def test_a_refused_key_stops_everything() -> None:
    """401 on the first group: nothing else is tried."""
    plan, groups = update_plan("a", "b", "c")
    api = MemoryApi(*groups, faults=["denied"])
    report = run(plan, api)
    assert statuses(report) == {"a": "failed", "b": "not attempted", "c": "not attempted"}
    assert (len(api.posts), report.exit_code) == (1, 1)


def test_groups_are_written_at_the_same_time() -> None:
    """As many groups are in flight as concurrency allows after the canary: at a barrier."""
    plan, groups = update_plan("a", "b", "c", "d")
    meeting = threading.Barrier(3, timeout=5)

    class Meeting(MemoryApi):
        def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
            if body["slug"] != "a":
                meeting.wait()
            return super().upsert(integration, body)

    assert run(plan, Meeting(*groups), concurrency=3).exit_code == 0


def test_each_worker_opens_its_own_connection() -> None:
    """A connection belongs to one thread, which keeps it for the whole run and closes it."""
    plan, groups = update_plan("a", "b", "c")
    api, threads = MemoryApi(*groups), list[tuple[str, int]]()

    @contextmanager
    def connect() -> Iterator[MemoryApi]:
        threads.append(("opened", threading.get_ident()))
        yield api
        threads.append(("closed", threading.get_ident()))

    apply_plan(plan, connect, KeptInMemory(), concurrency=2, pace=QUICK)
    opened = [ident for what, ident in threads if what == "opened"]
    closed = [ident for what, ident in threads if what == "closed"]
    assert len(opened) == 2
    assert sorted(opened) == sorted(closed)
    assert threading.get_ident() not in opened


def test_an_interruption_finishes_what_is_in_flight() -> None:
    """The group under way is told as applied, the others as not attempted, and the run exits 5."""
    plan, groups = update_plan("a", "b", "c")
    interrupt = Interrupt()

    class Interrupting(MemoryApi):
        def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
            interrupt.signal()
            return super().upsert(integration, body)

    report = run(plan, Interrupting(*groups), interrupt=interrupt)
    assert statuses(report) == {"a": "applied", "b": "not attempted", "c": "not attempted"}
    assert report.interrupted
    assert "interrupted" in report.stopped
    assert report.exit_code == 5


def test_a_second_interruption_walks_away() -> None:
    """A request that hangs is left behind and told as unknown."""
    plan, groups = update_plan("a", "b")
    interrupt, never = Interrupt(), threading.Event()

    class Hanging(MemoryApi):
        def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
            interrupt.signal()
            interrupt.signal()
            never.wait(10)
            return super().upsert(integration, body)

    report = run(plan, Hanging(*groups), interrupt=interrupt)
    never.set()
    assert statuses(report) == {"a": "unknown", "b": "not attempted"}
    assert report.exit_code == 5


def test_a_bug_is_kept_and_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception ends the run; the group under way is unknown, the traceback kept."""
    plan, groups = update_plan("a", "b")
    api = MemoryApi(*groups)
    monkeypatch.setattr(api, "upsert", lambda *_: 1 / 0)
    report = run(plan, api)
    assert statuses(report) == {"a": "unknown", "b": "not attempted"}
    assert isinstance(report.bug, ZeroDivisionError)
    assert "ZeroDivisionError" in report.stopped
    assert report.exit_code == 5


def test_v1_two_groups_with_one_key_are_written_and_told_by_id() -> None:
    """Git removed both: each is disabled, has a result of its own, and is named by its id."""
    groups = [live("a", number, use_cases=(use_case("A"),)) for number in (1, 2)]
    base = [desired("a", use_cases=(use_case("A"),))]
    plan = build_plan([], groups, Target(), base=base, prune=True)
    api, told = MemoryApi(*groups, faults=[None, "rejected"]), list[Result]()
    report = run(plan, api, notify=told.append)
    assert [(result.group_id, result.status) for result in report.results] == [
        (group_id(1), "applied"),
        (group_id(2), "failed"),
    ]
    assert f"failed        microsoft/a ({group_id(2)})  answered 422" in report_text(report)
    assert [result.name for result in told] == [result.name for result in report.results]
    assert report.others == ()
    again = run(build_plan([], list(api.groups.values()), Target(), base=base, prune=True), api)
    assert [result.status for result in again.results] == ["applied"]
    assert not any(case.enabled for group in api.groups.values() for case in group.use_cases)


def test_r10_what_was_created_and_turned_odd_is_unknown() -> None:
    """The last look reads the list; what it shows of a new group counts."""
    plan = build_plan([desired("new", start_time="08:00")], [], Target())
    api = MemoryApi()
    lists = api.list_groups

    def listed(integration: Integration) -> list[Group | Skipped]:
        if len(calls) == 2:
            (made,) = api.groups
            api.odd = {made: replace(skipped("new", why="deleted"), ids=(made,))}
        calls.append(integration)
        return lists(integration)

    calls = list[str]()
    api.list_groups = listed  # type: ignore[method-assign]
    report = run(plan, api)
    assert [result.status for result in report.results] == ["unknown"]
    assert "was created, and is marked as deleted" in report.results[0].message


def test_u5_what_a_list_lacks_and_its_id_shows_as_deleted() -> None:
    """It is told as what it is, and not as gone."""
    plan, groups = update_plan("a")
    groups.append(live("b", 9))
    plan = replace(plan, live=tuple(groups))
    api = MemoryApi(groups[0])
    row = skipped("b", 9, "deleted")
    lists = api.list_groups
    api.odd = {group_id(9): row}

    def listed(integration: Integration) -> list[Group | Skipped]:
        return [one for one in lists(integration) if one is not row]

    api.list_groups = listed  # type: ignore[method-assign]
    report = run(plan, api)
    assert report.others == (f"microsoft/b ({group_id(9)}) is marked as deleted (deleted)",)


def test_p4_a_run_says_what_was_not_looked_at() -> None:
    """Also where nothing is left to do elsewhere: then nothing was written."""
    groups = [live("a", start_time="08:00")]
    error = ApiError("answered 404", method="GET", url="/", remedy="wait")
    files = [desired("a", start_time="09:00"), desired("b", integration="google")]
    plan = build_plan(files, groups, Target(), unread={"google": error})
    report = run(plan, MemoryApi(*groups))
    assert (report.exit_code, [str(key) for one in report.unread for key in one.groups]) == (
        ExitCode.PARTLY,
        ["google/b"],
    )
    assert "Google could not be read: 1 group kept back" in report_text(report)
    done = build_plan(files[1:], [], Target(), unread={"google": error})
    assert run(done, MemoryApi()).exit_code == ExitCode.ERROR
