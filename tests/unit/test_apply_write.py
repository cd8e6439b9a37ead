"""Writing one group, against an API in memory whose every answer is chosen."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from pydantic import SecretStr

from reconciler.apply import creates
from reconciler.apply.report import Result
from reconciler.apply.write import GroupWriter, Pace
from reconciler.errors import AccessError
from reconciler.model import Declared, Group, Integration, Skipped, SkippedWhy, Target, Unknown
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Change
from tests.builders import action, desired, group_id, live, skipped, use_case
from tests.memory_api import Fault, KeptInMemory, MemoryApi

QUICK = Pace(attempts=3, settle=0.004, first=0.001, longest=0.002, left=lambda: 1.0)


def the_change(declared: Declared, *groups: Group) -> Change:
    """Return the one change of a plan."""
    (change,) = build_plan([declared], groups, Target()).changes
    return change


def write(
    api: MemoryApi, change: Change, stops: list[str] | None = None, *, interrupted: bool = False
) -> Result:
    """Write a change, collecting what would stop the run."""
    event = threading.Event()
    if interrupted:
        event.set()
    stop = (stops if stops is not None else []).append
    return carry_out(GroupWriter(api, QUICK, event, stop, KeptInMemory()), change)


def carry_out(writer: GroupWriter, change: Change) -> Result:
    """Write a change as a run does that has nothing else to write."""
    if change.before:
        return writer.update(change, change.before)
    sent = creates.send(writer, change, creates.look(writer, {change.key.integration}))
    if isinstance(sent, Result):
        return sent
    (result,), _ = creates.settle(writer, [sent])
    return result


CREATE = the_change(desired("new", start_time="08:00", use_cases=(use_case(),)))
BEFORE = live("old", 1, start_time="08:00", use_cases=(use_case("A"), use_case("B")))
UPDATE = the_change(
    desired("old", start_time="09:00", use_cases=(use_case("A", enabled=False), use_case("B"))),
    BEFORE,
)


@pytest.mark.parametrize("faults", [[], ["refused"], ["busy"], ["refused", "busy"]])
def test_what_certainly_was_not_sent_is_sent_again(faults: list[Fault]) -> None:
    """A refused connection and a 429 are tried again, for a create too, and one POST arrives."""
    api = MemoryApi(faults=faults)
    assert write(api, CREATE).status == "applied"
    assert api.posts == [CREATE.request]


def test_a_create_that_may_have_been_processed_is_adopted() -> None:
    """The connection broke after the commit: re-reading finds the group; nothing is sent again."""
    api = MemoryApi(faults=["lost after"])
    assert write(api, CREATE).status == "applied"
    assert len(api.posts) == 1


def test_a_create_that_is_not_found_is_unknown_and_not_sent_again() -> None:
    """It may still appear, and a second one would contact the same patients."""
    api = MemoryApi(faults=["lost before"])
    result = write(api, CREATE)
    assert result.status == "unknown"
    assert "not sent again" in result.message
    assert len(api.posts) == 1


def test_a_create_that_appears_twice_stops_the_run() -> None:
    """Two live groups with the key: somebody has to decide."""
    api = MemoryApi()
    api.upsert("microsoft", CREATE.request)
    twin = api.groups.popitem()[1]

    def duplicate(group: Group) -> Group:
        api.groups[group_id(77)] = twin.model_copy(update={"group_id": group_id(77)})
        return group

    api.stored = duplicate
    stops: list[str] = []
    result = write(api, CREATE, stops)
    assert (result.status, len(stops)) == ("unknown", 1)
    assert group_id(77) in result.message


@pytest.mark.parametrize(
    "faults", [["lost before"], ["lost before", "lost before"], ["lost after"]]
)
def test_an_update_is_sent_again_until_it_shows(faults: list[Fault]) -> None:
    """An update carries group_id and is idempotent.

    One that took although the answer was lost is not repeated.
    """
    api = MemoryApi(BEFORE, faults=faults)
    assert write(api, UPDATE).status == "applied"
    assert len(api.posts) == (1 if faults == ["lost after"] else len(faults) + 1)


def test_an_update_that_never_takes_is_told() -> None:
    """After all attempts live is as before; what was sent and what reads back is said."""
    api = MemoryApi(BEFORE, faults=["lost before"] * 9)
    result = write(api, UPDATE)
    assert (result.status, result.cause) == ("failed", "not as sent")
    assert "start_time was sent as 09:00:00, reads back as 08:00:00" in result.message
    assert len(api.posts) == QUICK.attempts


def test_r7_attempts_end_with_the_deadline() -> None:
    """What is never let through is given up when no time is left, with nothing sent."""
    left = iter([9.0] * 7)
    api = MemoryApi(BEFORE, faults=["refused"] * 9)
    pace = replace(QUICK, left=lambda: next(left, 0.0))
    writer = GroupWriter(api, pace, threading.Event(), lambda _: None, KeptInMemory())
    result = carry_out(writer, UPDATE)
    assert (result.status, result.cause) == ("failed", "not sent")
    assert result.message == (
        "connection refused; given up, as the run's deadline comes before another attempt"
    )
    assert len(api.faults) == 1


class Waiting(threading.Event):
    """An event for which nobody waits; it remembers how long was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Return at once."""
        self.waited.append(timeout or 0.0)
        return self.is_set()


def test_r7_what_was_not_sent_is_sent_again_as_long_as_there_is_time() -> None:
    """Twelve times 429 with `Retry-After: 1`, and a group in the end; each wait is told."""
    api, waiting, told = MemoryApi(), Waiting(), list[str]()
    api.busy_for = 1.0
    api.faults.extend(["busy"] * 12)
    pace = Pace(left=lambda: 900.0 - sum(waiting.waited))
    writer = GroupWriter(api, pace, waiting, lambda _: None, KeptInMemory(), told.append)
    assert carry_out(writer, CREATE).status == "applied"
    assert len(api.posts) == 1
    assert waiting.waited == [1.0, 1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, *[60.0] * 4]
    assert told[0] == ("microsoft/new: answered 429; waiting 1 s, then attempt 2 to send it")
    assert len(told) == 12


def test_u8_a_wait_beyond_the_deadline_is_not_begun() -> None:
    """An hour, and a deadline in a quarter of one: given up at once."""
    api, waiting = MemoryApi(faults=["busy"]), Waiting()
    api.busy_for = 3600.0
    writer = GroupWriter(api, Pace(), waiting, lambda _: None, KeptInMemory())
    result = carry_out(writer, CREATE)
    assert (result.cause, waiting.waited) == ("not sent", [])
    assert "given up, as the run's deadline comes before another attempt" in result.message


def test_a_refusal_is_final() -> None:
    """A 422 is the group's own fault: it is not repeated and does not stop the run."""
    stops: list[str] = []
    result = write(MemoryApi(BEFORE, faults=["rejected"]), UPDATE, stops)
    assert (result.cause, stops) == ("rejected", [])


def test_a_refused_key_stops_the_run() -> None:
    """After a 401 no other group would fare better."""
    stops: list[str] = []
    write(MemoryApi(BEFORE, faults=["denied"]), UPDATE, stops)
    assert stops == ["answered 401"]


def test_a_refused_key_on_the_first_read_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, when the read before the write finds out."""
    api = MemoryApi(BEFORE)
    error = AccessError("answered 403", method="GET", url="/", status=403)

    def refuse(*_: object) -> Group:
        raise error

    monkeypatch.setattr(api, "get_group", refuse)
    stops: list[str] = []
    assert write(api, UPDATE, stops).cause == "unreadable"
    assert stops == ["answered 403"]


def test_a_group_that_cannot_be_read_is_not_written() -> None:
    """Without a fresh read nothing is sent."""
    api = MemoryApi(BEFORE, unreadable=1)
    assert write(api, UPDATE).cause == "unreadable"
    assert api.posts == []


def test_a_group_that_moved_is_not_written() -> None:
    """Somebody edited the dashboard since the plan; their edit is named and kept."""
    api = MemoryApi(live("old", 1, start_time="10:00", use_cases=BEFORE.use_cases))
    result = write(api, UPDATE)
    assert result.cause == "stale"
    assert "start_time was 08:00:00 and is 10:00:00" in result.message
    assert api.posts == []


def test_a_group_that_has_appeared_is_not_created_again() -> None:
    """Somebody else created it since the plan."""
    api = MemoryApi(live("new", 5))
    result = write(api, CREATE)
    assert result.cause == "stale"
    assert group_id(5) in result.message
    assert api.posts == []


def test_q7_a_group_whose_unknown_fields_moved_is_not_written() -> None:
    """Somebody gave it a language since the plan, which the request could not carry."""
    language = Unknown(use_case="A", name="language", digest="1")
    api = MemoryApi(BEFORE.model_copy(update={"unknown": (language,)}))
    result = write(api, UPDATE)
    assert result.cause == "stale"
    assert "use_cases.A: language is new" in result.message
    assert "`ignored_fields` of [tool.reconciler.api]" in result.message
    assert api.posts == []


def test_a_secret_that_moved_is_not_shown() -> None:
    """The links are compared but hidden."""
    before = live("old", 1, sheet_link="https://one.example/s3cret")
    change = the_change(desired("old", sheet_link="https://two.example/s3cret"), before)
    result = write(MemoryApi(live("old", 1, sheet_link="https://six.example/s3cret")), change)
    assert "sheet_link was (hidden) and is (hidden)" in result.message


def test_a_server_that_replaces_use_cases_is_named() -> None:
    """Use cases that were not sent are gone: said in words."""
    api = MemoryApi(BEFORE)
    api.stored = lambda group: group.model_copy(update={"use_cases": group.use_cases[:1]})
    result = write(api, UPDATE)
    assert result.cause == "not as sent"
    assert "not sent read back differently: B" in result.message
    assert "replace" in result.message


KNOWS_MORE = BEFORE.model_copy(
    update={
        "unknown": (
            Unknown(name="tags", digest="1"),
            Unknown(use_case="A", name="language", digest="1"),
            Unknown(use_case="B", action=action(), name="condition", digest="1"),
        )
    }
)


def test_q7_unknown_fields_that_stay_are_applied() -> None:
    """Whatever comes beside them."""
    change = the_change(UPDATE.declared, KNOWS_MORE)
    api = MemoryApi(KNOWS_MORE)
    more = Unknown(use_case="A", name="voice", digest="1")
    api.stored = lambda group: group.model_copy(update={"unknown": (*group.unknown, more)})
    assert write(api, change).status == "applied"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "tags is gone"),
        (1, "use_cases.A: language is gone"),
        (2, "use_cases.B.actions (SMS on day 1): condition is gone"),
    ],
)
def test_q7_an_unknown_field_that_a_write_loses_is_told(number: int, words: str) -> None:
    """At every level, sent or not; the write took, so it is not sent again, and it is told."""
    change = the_change(UPDATE.declared, KNOWS_MORE)
    for fault in (None, "lost after"):
        api = MemoryApi(KNOWS_MORE, faults=[fault])
        left = tuple(one for one in KNOWS_MORE.unknown if one != KNOWS_MORE.unknown[number])
        api.stored = partial(Group.model_copy, update={"unknown": left})
        result = write(api, change)
        assert (result.status, result.cause) == ("failed", "not as sent")
        assert words in result.message
        assert "no snapshot holds these values" in result.message
        assert len(api.posts) == 1


def test_q7_both_are_told() -> None:
    """What was sent and did not take, and what was lost."""
    api = MemoryApi(KNOWS_MORE)
    api.stored = lambda _: BEFORE
    message = write(api, the_change(UPDATE.declared, KNOWS_MORE)).message
    assert "start_time was sent as 09:00:00, reads back as 08:00:00" in message
    assert "tags is gone" in message


def test_a_use_case_that_does_not_take_is_named() -> None:
    """A whole use case, an action and a flag that read back differently are each said."""
    declared = desired("old", use_cases=(use_case("A", action(1), enabled=False), use_case("NEW")))
    change = the_change(declared, live("old", 1, use_cases=(use_case("A", action(2)),)))
    api = MemoryApi(live("old", 1, use_cases=(use_case("A", action(2)),)))
    api.stored = lambda _: live("old", 1, use_cases=(use_case("A", action(2)),))
    message = write(api, change).message
    assert "use_cases.NEW was sent as (present), reads back as (none)" in message
    assert "use_cases.A.enabled was sent as False, reads back as True" in message
    assert (
        'use_cases.A.actions.SMS "Reminder" on day 1 (ctx) was sent as 1, reads back as (none)'
        in message
    )


def test_a_late_commit_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that still shows the old state is repeated within the settle window."""
    api = MemoryApi(BEFORE)
    reads = iter([BEFORE, BEFORE, BEFORE])
    real = api.get_group
    monkeypatch.setattr(api, "get_group", lambda *place: next(reads, None) or real(*place))
    assert write(api, UPDATE).status == "applied"


def test_what_cannot_be_read_back_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The write was accepted, but nothing shows it: not applied."""
    api = MemoryApi(BEFORE)
    real = api.upsert

    def then_dark(*body: object) -> object:
        api.unreadable = 99
        return real(*body)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "upsert", then_dark)
    assert write(api, UPDATE).status == "unknown"


def test_an_interrupted_run_sends_nothing() -> None:
    """Interrupted before the request: not attempted."""
    api = MemoryApi(BEFORE)
    assert write(api, UPDATE, interrupted=True).status == "not attempted"
    assert api.posts == []


def test_an_interruption_ends_the_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """While waiting to send again, the wish to stop wins."""
    event = threading.Event()
    api = MemoryApi(BEFORE, faults=["refused"] * 9)
    real = api.upsert

    def interrupt(*body: object) -> object:
        event.set()
        return real(*body)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "upsert", interrupt)
    result = carry_out(GroupWriter(api, QUICK, event, lambda _: None, KeptInMemory()), UPDATE)
    assert (result.cause, len(api.faults)) == ("not sent", 8)


def test_polls_fill_the_settle_window() -> None:
    """The pauses grow and together last as long as the window."""
    pauses = list(Pace(settle=10.0, first=0.25).polls())
    assert pauses == [0.25, 0.5, 1.0, 2.0, 4.0, 2.25]
    assert list(Pace(settle=0).polls()) == []


def test_pause_before_a_resend() -> None:
    """It grows to a bound, and is never shorter than the server asks for."""
    pace = Pace(first=0.25, longest=60.0)
    assert [pace.before_resend(attempt, None) for attempt in range(3)] == [0.25, 0.5, 1.0]
    assert pace.before_resend(0, 7.0) == 7.0
    assert pace.before_resend(0, 3600.0) == 3600.0
    assert pace.before_resend(9999, None) == 60.0


@pytest.mark.parametrize(
    ("wanted", "kept", "words"),
    [
        (
            {"timezone": "UTC"},
            {"timezone": None},
            "timezone was sent as UTC, reads back as (none): the server dropped it",
        ),
        (
            {"timezone": None},
            {"timezone": "UTC"},
            "the server filled it in, or null does not clear it",
        ),
        (
            {"name": "Lab  "},
            {"name": "lab"},
            "name was sent as Lab  , reads back as lab: the server stores it in another",
        ),
        (
            {"start_time": "09:00"},
            {"start_time": "09:00:00.000"},
            "that is the same time with more around it",
        ),
        (
            {"sheet_link": "https://x.example/AbC"},
            {"sheet_link": "https://x.example/abc"},
            (
                "sheet_link was sent as (hidden), reads back as (hidden): only the capitals of its"
                " path"
            ),
        ),
        (
            {"start_time": "09:00"},
            {"start_time": "07:00:00"},
            "start_time was sent as 09:00:00, reads back as 07:00:00. To",
        ),
    ],
)
def test_what_a_server_makes_of_a_value_is_named(
    wanted: dict[str, object], kept: dict[str, object], words: str
) -> None:
    """Dropped, filled in, normalised or different: told with how to make the field unmanaged."""
    before = live(
        "old", 1, timezone="America/Chicago", start_time="08:00", sheet_link="https://x.example/old"
    )
    api = MemoryApi(before)
    api.stored = lambda group: group.model_copy(
        update={
            name: SecretStr(str(value)) if name == "sheet_link" else value
            for name, value in kept.items()
        }
    )
    message = write(api, the_change(desired("old", **wanted), before)).message
    assert words in message
    assert "remove the line from the file" in message


class Notes:
    """A log that remembers, and may fail."""

    def __init__(self, *, full: bool = False) -> None:
        self.lines: list[str] = []
        self.full = full

    def intent(self, change: Change) -> None:
        """Note an intent, or fail as a full disk does."""
        if self.full:
            raise OSError(28, "No space left on device")
        self.lines.append(f"intent {change.key.slug}")

    def outcome(self, result: Result) -> None:
        """Note an outcome, or fail likewise."""
        if self.lines and self.lines[-1] == "then full":
            raise OSError(28, "No space left on device")
        self.lines.append(f"{result.status} {result.key.slug}")


def test_intent_is_noted_before_the_request_and_the_outcome_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the request leaves, the log already knows of it."""
    api, notes = MemoryApi(BEFORE), Notes()
    real = api.upsert

    def watched(*body: object) -> object:
        notes.lines.append("sent")
        return real(*body)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "upsert", watched)
    carry_out(GroupWriter(api, QUICK, threading.Event(), lambda _: None, notes), UPDATE)
    assert notes.lines == ["intent old", "sent", "applied old"]


def test_what_is_not_sent_is_not_noted() -> None:
    """A stale group leaves nothing open for the next run."""
    notes = Notes()
    api = MemoryApi(live("new", 5))
    carry_out(GroupWriter(api, QUICK, threading.Event(), lambda _: None, notes), CREATE)
    assert notes.lines == []


def test_without_a_log_nothing_is_sent() -> None:
    """An intent that cannot be kept ends the run before the request."""
    api, stops = MemoryApi(BEFORE), list[str]()
    writer = GroupWriter(api, QUICK, threading.Event(), stops.append, Notes(full=True))
    result = carry_out(writer, UPDATE)
    assert (result.cause, api.posts) == ("not sent", [])
    assert stops == ["the run journal cannot be written: No space left on device"]


def test_an_outcome_that_cannot_be_noted_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk filled up behind the request: the group is applied, and the run ends."""
    api, notes, stops = MemoryApi(BEFORE), Notes(), list[str]()
    real = api.upsert

    def fill_up(*body: object) -> object:
        notes.lines.append("then full")
        return real(*body)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "upsert", fill_up)
    result = carry_out(GroupWriter(api, QUICK, threading.Event(), stops.append, notes), UPDATE)
    assert result.status == "applied"
    assert stops == ["the run journal cannot be written: No space left on device"]


def test_a_created_group_is_read_back_by_its_id_where_the_answer_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One list before the write is enough; the end of the run finds out if there is a twin."""
    api, lists = MemoryApi(), list[str]()
    list_groups, upsert = api.list_groups, api.upsert

    def listed(integration: Integration) -> list[Group | Skipped]:
        lists.append(integration)
        return list_groups(integration)

    monkeypatch.setattr(api, "list_groups", listed)
    monkeypatch.setattr(
        api,
        "upsert",
        lambda *body: replace(upsert(*body), answer={"data": {"_id": next(iter(api.groups))}}),
    )
    assert write(api, CREATE).status == "applied"
    assert lists == ["microsoft"]


@pytest.mark.parametrize("other", [404, 5], ids=["no group's id", "the id of another group"])
def test_u4_an_answer_with_another_id_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, other: int
) -> None:
    """The key says which group was created: one match is adopted, and nothing is sent again."""
    api = MemoryApi(live("other", 5))
    upsert = api.upsert
    monkeypatch.setattr(
        api, "upsert", lambda *body: replace(upsert(*body), answer={"group_id": group_id(other)})
    )
    result = write(api, CREATE)
    assert (result.status, len(api.posts)) == ("applied", 1)
    assert result.group_id not in (None, group_id(other))


def test_u4_an_id_that_leads_to_no_group_and_no_key_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A 404 is waited out and never read as "send it again"; the id is kept for the next run."""
    api = MemoryApi(faults=["lost before"])
    upsert = api.upsert
    monkeypatch.setattr(
        api, "upsert", lambda *body: replace(upsert(*body), answer={"group_id": group_id(404)})
    )
    result = write(api, CREATE)
    assert (result.status, len(api.posts)) == ("unknown", 1)
    assert "no live group shows it" in result.message
    assert result.group_id == group_id(404)


def test_u4_a_slug_that_the_server_respells_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its id it is there, under another key: that is said, and not "nothing shows it"."""
    api = MemoryApi()
    api.stored = lambda group: group.model_copy(update={"slug": "NEW"})
    upsert = api.upsert
    monkeypatch.setattr(
        api,
        "upsert",
        lambda *body: replace(upsert(*body), answer={"data": {"_id": next(iter(api.groups))}}),
    )
    result = write(api, CREATE)
    assert result.cause == "not as sent"
    assert "slug was sent as new, reads back as NEW" in result.message


@pytest.mark.parametrize("last", ["rejected", "refused"])
def test_a_later_refusal_does_not_deny_an_earlier_attempt(last: Fault) -> None:
    """The first attempt may have worked: the last's "certainly not" is not the whole truth."""
    api = MemoryApi(BEFORE, faults=["lost before", *[last] * 99])
    left = iter([1.0] * 4)
    pace = replace(QUICK, left=lambda: next(left, 0.0))
    writer = GroupWriter(api, pace, threading.Event(), lambda _: None, KeptInMemory())
    result = carry_out(writer, UPDATE)
    assert (result.status, result.cause) == ("failed", "not as sent")
    assert "the connection broke; then " in result.message


def turning_odd(api: MemoryApi, identity: str, row: Skipped) -> Callable[[Group], Group]:
    """Return a server's way to store a group that has it answer a row from then on."""

    def stored(group: Group) -> Group:
        api.odd[identity] = row
        return group

    return stored


@pytest.mark.parametrize(
    "row",
    [
        skipped("new", 7),
        skipped("", 7, name="NEW"),
        skipped("other", 7, use_cases=(use_case(),)),
        skipped("", 0),
    ],
    ids=["its slug", "its name", "its use cases", "nothing to tell it by"],
)
def test_r10_an_odd_row_that_may_be_it_hides_no_twin(row: Skipped) -> None:
    """Before the write it is stale; after it, nobody knows which of the two is the group."""
    api = MemoryApi()
    api.odd = {"7": row}
    result = write(api, CREATE)
    assert (result.status, result.cause, api.posts) == ("failed", "stale", [])
    assert "$[0].x is wrong" in result.message
    api = MemoryApi()
    api.stored = turning_odd(api, "7", row)
    result = write(api, CREATE)
    assert (result.status, len(api.posts)) == ("unknown", 1)
    assert f"live state shows {row}, which is odd" in result.message


def test_u5_a_deleted_row_is_no_twin_of_a_create() -> None:
    """It has the slug of what is created, and contacts nobody."""
    api = MemoryApi()
    api.odd = {group_id(7): skipped("new", 7, "deleted", use_cases=(use_case(),))}
    assert write(api, CREATE).status == "applied"


def test_r10_another_odd_row_keeps_nothing_from_being_created() -> None:
    """It is listed in the plan, and left alone."""
    api = MemoryApi()
    api.odd = {group_id(7): skipped("other", 7, name="Other")}
    assert write(api, CREATE).status == "applied"


@pytest.mark.parametrize("why", ["odd", "deleted"])
def test_u5_a_group_that_was_deleted_or_turned_odd_is_not_updated(why: SkippedWhy) -> None:
    """Nothing is sent: it moved since the plan."""
    api = MemoryApi(BEFORE)
    api.odd = {group_id(1): skipped("old", 1, why)}
    result = write(api, UPDATE)
    assert (result.status, result.cause, api.posts) == ("failed", "stale", [])
    assert "it is now " in result.message


@pytest.mark.parametrize("why", ["odd", "deleted"])
def test_u5_an_update_that_reads_back_deleted_is_not_applied(why: SkippedWhy) -> None:
    """Or odd; it may have taken, and the report says what live state shows."""
    api, row = MemoryApi(BEFORE), skipped("old", 1, why)
    api.stored = turning_odd(api, group_id(1), row)
    result = write(api, UPDATE)
    assert (result.status, len(api.posts)) == ("unknown", 1)
    assert row.words in result.message
