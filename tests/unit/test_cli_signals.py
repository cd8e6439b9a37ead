"""Signals and streams within one process, at the moments that a process test cannot hit."""

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.apply.interrupt import Interrupt
from reconciler.apply.report import Report, Result
from reconciler.apply.run import apply_plan
from reconciler.cli import signals, streams
from reconciler.live import Outcome
from reconciler.model import Group, Integration, Target
from reconciler.plan.build import build_plan
from reconciler.plan.nouns import Plan
from tests.builders import desired, group_id, live
from tests.memory_api import KeptInMemory, MemoryApi
from tests.unit.test_apply_run import QUICK, statuses


def plan_of(*slugs: str) -> Plan:
    """Return a plan that creates groups."""
    return build_plan([desired(slug) for slug in slugs], [], Target())


class Hanging(MemoryApi):
    """Calls something when a write arrives, and answers when it is released."""

    def __init__(self, *groups: Group) -> None:
        super().__init__(*groups)
        self.release = threading.Event()

    def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
        """Raise a signal, as the system would: this process's main thread hears it."""
        os.kill(os.getpid(), signal.SIGTERM)
        self.release.wait(10)
        return super().upsert(integration, body)


def test_s1_a_signal_that_comes_while_another_is_answered() -> None:
    """In the middle of the answer's write the next one arrives: noted, not spoken, no deadlock."""
    api, told = Hanging(), list[str]()

    def tell(words: str) -> None:
        told.append("begins")
        if len(told) == 1:
            for _ in range(3):
                signal.raise_signal(signal.SIGINT)
        told.append(words)

    interrupt = Interrupt(tell=tell)
    with signals.heard_by(interrupt.signal):
        report = apply_plan(
            plan_of("a", "b"), lambda: api, KeptInMemory(), interrupt=interrupt, pace=QUICK
        )
    api.release.set()
    assert told[0::2] == ["begins", "begins"]
    assert told[1].startswith("Stopping; ")
    assert told[3].startswith("Stopping at once; ")
    assert statuses(report) == {"a": "unknown", "b": "not attempted"}
    assert report.exit_code == 5


def test_a_handler_touches_nothing_that_a_line_of_the_program_may_hold() -> None:
    """Not even an event's lock, which the interrupted line may be holding: that would hang."""
    touched: list[str] = []

    class Watched(threading.Event):
        def is_set(self) -> bool:
            touched.append("is_set")
            return super().is_set()

        def set(self) -> None:
            touched.append("set")
            super().set()

    interrupt = Interrupt(Watched(), Watched(), touched.append)
    with signals.heard_by(interrupt.signal):
        for _ in range(3):
            signal.raise_signal(signal.SIGTERM)
    assert touched == []
    assert interrupt.heed()
    assert interrupt.abandon.is_set()


def test_a_wish_while_the_record_is_opened_starts_nothing() -> None:
    """Between the question and the first write: all not attempted, and exit 5."""
    interrupt, api = Interrupt(), MemoryApi()
    interrupt.signal()
    report = apply_plan(
        plan_of("a", "b"), lambda: api, KeptInMemory(), interrupt=interrupt, pace=QUICK
    )
    assert (api.posts, set(statuses(report).values())) == ([], {"not attempted"})
    assert report.exit_code == 5


def test_outside_of_a_run_a_signal_ends_the_command() -> None:
    """There is nothing to finish."""
    before = signal.getsignal(signal.SIGTERM)
    signals.listen()
    try:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        # A process that listens for all of its life does not stop doing so when a run is over.
        wishes: list[int] = []
        with signals.heard_by(lambda: wishes.append(1)):
            pass
        signal.raise_signal(signal.SIGTERM)
        assert wishes == [1]
        signals.forget()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signals.forget()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, before)


def test_nohup_is_respected() -> None:
    """Who started the process with SIGHUP ignored wants it to go on."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        signals.listen()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        for number, handler in before.items():
            signal.signal(number, handler)


def test_another_thread_has_no_signals() -> None:
    """A run there is not interrupted, and does not fail for it."""
    done: list[int] = []

    def work() -> None:
        with signals.heard_by(lambda: None):
            done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]


def test_what_fails_while_telling_hides_no_outcome() -> None:
    """A bug in what is shown: the run stops starting, accounts for all, and keeps the traceback."""

    def notify(_: Result) -> None:
        raise ZeroDivisionError

    report = apply_plan(
        plan_of("a", "b"), MemoryApi, KeptInMemory(), notify=notify, pace=QUICK, concurrency=1
    )
    assert isinstance(report.bug, ZeroDivisionError)
    assert statuses(report)["a"] == "applied"
    assert report.exit_code == 5


@pytest.mark.parametrize("room", [0, 1, 2])
def test_a_system_without_room_for_threads(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """As many workers as there can be; with none, nothing is written and the run says why."""
    started: list[int] = []
    original = threading.Thread.start

    def start(self: threading.Thread) -> None:
        if len(started) >= room and self.daemon and not isinstance(self, threading.Timer):
            raise RuntimeError("can't start new thread")
        started.append(1)
        original(self)

    monkeypatch.setattr(threading.Thread, "start", start)
    api = MemoryApi(*[live(slug, number) for number, slug in enumerate("abc", 1)])
    plan = build_plan(
        [desired(slug, start_time="09:00") for slug in "abc"], list(api.groups.values()), Target()
    )
    report: Report = apply_plan(plan, lambda: api, KeptInMemory(), pace=QUICK, concurrency=1)
    if not room:
        assert "can't start new thread" in report.stopped
        assert report.exit_code == 1
    else:
        assert report.count("applied") >= 1
    assert len(api.posts) == report.count("applied")
    assert bool(report.count("not attempted")) == (not room)


def test_r1_a_twin_found_at_the_end_is_told_again() -> None:
    """Its line said applied; the changed one follows, with all ids and what to do."""
    api, told = MemoryApi(), list[Result]()

    def notify(result: Result) -> None:
        told.append(result)
        if result.status == "applied":
            slug = result.key.slug
            number = 50 + len(told)
            api.groups[group_id(number)] = live(slug, number)

    report = apply_plan(
        plan_of("a", "b"), lambda: api, KeptInMemory(), notify=notify, pace=QUICK, concurrency=1
    )
    assert [(result.key.slug, result.status) for result in told] == [
        ("a", "applied"),
        ("b", "applied"),
        ("a", "unknown"),
        ("b", "unknown"),
    ]
    for result in told[2:]:
        ids = [key for key, group in api.groups.items() if group.slug == result.key.slug]
        assert len(ids) == 2
        assert all(identity in result.message for identity in ids)
        assert "Disable all but one" in result.message
    assert report.stopped == (
        "there are now 2 live groups microsoft/a; there are now 2 live groups microsoft/b"
    )


def test_a_patient_stream_remembers_the_first_failure() -> None:
    """What is printed after it is lost too, and nothing is raised, at the end neither."""
    reader, writer = os.pipe()
    os.close(reader)
    raw: io.FileIO = streams._Patient(writer, "w")
    stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")
    assert streams.failure(stream) is None
    for _ in range(2):
        stream.write("x" * 100_000)
        stream.flush()
    found = streams.failure(stream)
    assert found
    assert found.errno == errno.EPIPE
    streams.excuse(stream)
    stream.close()
    assert streams.failure(sys.stdout) is None
    streams.excuse(sys.stdout)  # of pytest's: it knows of nothing


def test_a_stream_that_somebody_made_non_blocking_is_waited_for() -> None:
    """All of it arrives once the reader reads."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    raw: io.FileIO = streams._Patient(writer, "w")
    stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")
    got: list[bytes] = []

    def read() -> None:
        while data := os.read(reader, 65536):
            got.append(data)

    thread = threading.Thread(target=read)
    thread.start()
    stream.write("x" * 1_000_000)
    stream.close()
    thread.join()
    os.close(reader)
    assert len(b"".join(got)) == 1_000_000
