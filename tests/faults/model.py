"""A server misbehaving on schedule, in memory and virtual time: the fast half of the fault tests.

`World` is the server's state and its schedule; it knows nothing of how requests travel. `ModelApi`
is a connection to it without a network, and says of each fault what the real client would.
"""

import json
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final, Literal, Self, get_args

from pydantic import SecretStr

from reconciler.errors import AccessError, ApiError
from reconciler.live import Outcome, encode_body
from reconciler.live.client import REREAD_PAUSES
from reconciler.live.paging import MisfitError, Paging
from reconciler.live.shapes import Page, RawGroup, decode
from reconciler.model import GROUP_FIELDS, Group, Integration, Key
from reconciler.transport.replies import retry_after
from reconciler.transport.wire import Reply, Timing
from tests.builders import group_id

Answer = Literal[
    "ok",
    "refused",
    "no connection",
    "busy",
    "rejected",
    "denied",
    "broken",
    "hang",
    "drip",
    "reset",
    "cut short",
    "not HTTP",
    "web page",
    "empty",
]
"""What the client gets.

`refused` and `no connection` never arrive; `busy` is 429, `rejected` 422, `denied` 401.
"""

NEVER_ARRIVES: Final = frozenset({"refused", "no connection"})
TURNED_AWAY: Final = NEVER_ARRIVES | {"busy", "rejected", "denied"}
"""Answers with which a write is certainly not processed, whatever else the fault says."""
SLOW: Final = frozenset({"hang", "drip"})

RetryAfter = Literal[
    "", "seconds", "minute", "zero", "date", "past date", "huge", "negative", "junk"
]

REQUEST_TAKES: Final = 0.01
"""Seconds of a request that is answered, refused or turned away."""

EPOCH: Final = 1_700_000_000.0
"""Wall time at which a virtual clock starts, in seconds."""

Record = Mapping[str, Any]
"""One group as the server keeps it: JSON values, every field present, and perhaps more of them."""

Level = Literal["group", "use case", "action"]
"""What may hold fields that a request cannot carry."""
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
OF_A_GROUP: Final = frozenset({"_id", "integration", "use_cases", *GROUP_FIELDS})
OF_A_USE_CASE: Final = frozenset({"use_case", "enabled", "actions"})
OF_AN_ACTION: Final = frozenset({"action_type", "context", "day", "template_name"})
"""What the program knows of each; whatever else is there no request carries."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request.

    Attributes:
        answer: What the client gets.
        commit: Seconds after its arrival at which a write takes; None is never.
        stale: A read shows the state as it was so many seconds ago.
        partial: A list counts all groups and shows all but the last.
        status: Of a `broken` answer.
        retry_after: The form of that header in a `busy` answer.
    """

    answer: Answer = "ok"
    commit: float | None = 0.0
    stale: float = 0.0
    partial: bool = False
    status: int = 503
    retry_after: RetryAfter = ""

    @property
    def may_take(self) -> bool:
        """Whether a client can not be certain that a write with this fault was not processed."""
        return self.answer not in TURNED_AWAY


OK: Final = Fault()


@dataclass(frozen=True, slots=True)
class Schedule:
    """What happens to each request of a run, counted from 0; nothing to those that are not named.

    Attributes:
        requests: By the number among all requests.
        posts: By the number among the POSTs; comes before `requests`.
        edits: What somebody else does to the world right before a request is looked at.
        crash: The request that is the runner's last: it is sent, and nothing is heard of it.
    """

    requests: Mapping[int, Fault] = field(default_factory=dict)
    posts: Mapping[int, Fault] = field(default_factory=dict)
    edits: Mapping[int, "Callable[[World], None]"] = field(default_factory=dict)
    crash: int | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """What a server makes of the values that it is sent.

    Attributes:
        replaces: Drops the use cases that an upsert does not name, where it names any.
        respells: Lowercases links and adds fractions to times.
        drops: A field that is never stored.
        fills: What is stored where a field is empty.
        forgets: Where an upsert drops the fields that it does not carry; elsewhere they stay.
    """

    replaces: bool = False
    respells: bool = False
    drops: str = ""
    fills: Mapping[str, str] = field(default_factory=dict)
    forgets: frozenset[Level] = frozenset()

    def store(self, before: Record, body: Mapping[str, Any]) -> Record:
        """Return a group after an upsert. Pure."""
        after = {**before, **{name: body[name] for name in GROUP_FIELDS if name in body}}
        if self.respells:
            after["sheet_link"] = after["sheet_link"] and after["sheet_link"].lower()
            after["start_time"] = (
                after["start_time"] and f"{after['start_time'].removesuffix('.000000')}.000000"
            )
        if self.drops:
            after[self.drops] = before[self.drops]
        after |= {name: value for name, value in self.fills.items() if after[name] is None}
        if "group" in self.forgets:
            after = {name: value for name, value in after.items() if name in OF_A_GROUP}
        stored = {part["use_case"]: part for part in before["use_cases"]}
        sent = {
            part["use_case"]: self._use_case(stored.get(part["use_case"], {}), part)
            for part in body.get("use_cases", ())
        }
        kept = {} if self.replaces and sent else stored
        return {**after, "use_cases": list((kept | sent).values())}

    def _use_case(self, before: Mapping[str, Any], sent: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a use case after an upsert; an action that stays is known by what it is sent."""
        left = [] if "action" in self.forgets else list(before.get("actions", ()))
        actions = []
        for action in sent["actions"]:
            same = next((was for was in left if action.items() <= was.items()), None)
            if same:
                left.remove(same)
            actions.append({**(same or {}), **action})
        kept = {} if "use case" in self.forgets else before
        return {**kept, **sent, "actions": actions}


@dataclass(frozen=True, slots=True)
class Lists:
    """How a server lists groups, and what it says of those that it created.

    Attributes:
        page: Groups on a page at most; 0 is all.
        reorders: Every write puts all groups in another order.
        lag: Seconds for which a new group is missing from lists; by its id it can be read.
        cut: Groups in a list at most, whatever page is asked for, without a word; 0 is all.
        cut_by_size: A list is cut at the size that is asked for as well.
        answers: What the answer to a create holds: nothing, the group's id, or another one.
    """

    page: int = 0
    reorders: bool = False
    lag: float = 0.0
    cut: int = 0
    cut_by_size: bool = False
    answers: Literal["", "id", "another id"] = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a runner, in the order in which they were made.

    Attributes:
        method: `list`, `get` or `post`.
        key: Of the group that is written; None for a read.
        create: Whether it is a write without `group_id`.
        body: The bytes of a write.
        fault: What happened to it.
        at: When, in seconds.
    """

    method: str
    key: Key | None
    create: bool
    body: bytes
    fault: Fault
    at: float


class CrashedError(Exception):
    """The runner's process is dead: nothing that it does later reaches the server."""


class Clock:
    """Virtual seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class VirtualEvent(threading.Event):
    """An event for which waiting takes no time, but lets virtual time pass."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        """Return at once, the timeout later on the clock unless the event is set."""
        if not self.is_set():
            self._clock.advance(timeout or 0.0)
        return self.is_set()


class World:
    """A server's state over time and the schedule of what goes wrong; safe for several threads.

    Attributes:
        now: The clock, in seconds.
        habits: What the server makes of values.
        lists: How it lists groups.
        listings: How often a list was read from its beginning.
        requests: Every request since the last schedule was given.
    """

    def __init__(
        self,
        start: Mapping[str, Record],
        *,
        now: Callable[[], float],
        habits: Habits | None = None,
        lists: Lists | None = None,
    ) -> None:
        self.now = now
        self.habits = habits or Habits()
        self.lists = lists or Lists()
        self.listings = 0
        self._born: dict[str, float] = {}
        self._answers: dict[bytes, str] = {}
        self.requests: list[Request] = []
        self._schedule = Schedule()
        self._posts = 0
        self._crashed = False
        self._lock = threading.RLock()
        self._pending: list[tuple[float, Integration, dict[str, Any]]] = []
        self._created = 0
        self._history: list[tuple[float, dict[str, Record]]] = [(float("-inf"), dict(start))]

    def follow(self, schedule: Schedule) -> None:
        """Start a run: requests are counted from 0 again, with these faults."""
        with self._lock:
            self._schedule = schedule
            self.requests = []
            self._posts = 0
            self._crashed = False

    def upcoming(self, method: str) -> Fault:
        """Return what will happen to the next request, without making it."""
        posts, requests = self._schedule.posts, self._schedule.requests
        number = len(self.requests)
        return (posts.get(self._posts) if method == "post" else None) or requests.get(number, OK)

    def take(
        self,
        method: str,
        integration: Integration = "microsoft",
        body: bytes = b"",
        *,
        arrives: bool = True,
    ) -> Fault:
        """Let a request come in and return what happens; its fault says when a write takes.

        Raises:
            CrashedError: The runner did not live to see the answer.
        """
        with self._lock:
            if self._crashed:
                raise CrashedError
            number = len(self.requests)
            if number in self._schedule.edits:
                self._schedule.edits[number](self)
            fault = self.upcoming(method)
            content = json.loads(body) if body else {}
            key = Key(integration=integration, slug=content["slug"]) if body else None
            self.requests.append(
                Request(
                    method,
                    key,
                    method == "post" and "group_id" not in content,
                    body,
                    fault,
                    self.now(),
                )
            )
            if method == "post":
                self._posts += 1
                if arrives and fault.may_take and fault.commit is not None:
                    self.upsert(integration, content, fault.commit)
                    if "group_id" not in content and not fault.commit:
                        self._answers[body] = group_id(0xC000 + self._created)
            if number == self._schedule.crash:
                self._crashed = True
                raise CrashedError
            return fault

    def upsert(self, integration: Integration, body: dict[str, Any], delay: float = 0.0) -> None:
        """Store a body, now or after some seconds."""
        with self._lock:
            self._catch_up()
            if delay:
                self._pending.append((self.now() + delay, integration, body))
            else:
                self._store(integration, body, self.now())

    def edit(self, identity: str, **fields: Any) -> None:
        """Change a live group as somebody in the dashboard would."""
        with self._lock:
            self._catch_up()
            state = dict(self._history[-1][1])
            state[identity] = {**state[identity], **fields}
            self._history.append((self.now(), state))

    def records(self, ago: float = 0.0) -> dict[str, Record]:
        """Return all groups by id as they were some seconds ago."""
        with self._lock:
            self._catch_up()
            moment = self.now() - ago
            return next(state for time, state in reversed(self._history) if time <= moment)

    def answer(self, body: bytes) -> dict[str, str]:
        """Return what the answer to a write holds."""
        if body not in self._answers or not self.lists.answers:
            return {}
        return {"_id": self._answers[body] if self.lists.answers == "id" else "e" * 24}

    def page(
        self, integration: Integration, fault: Fault, asked: Mapping[str, str]
    ) -> tuple[list[Record], int | None]:
        """Return a page of a list, and how many groups it says that there are."""
        with self._lock:
            lists, now = self.lists, self.now()
            records = [
                record
                for identity, record in self.records(fault.stale).items()
                if record["integration"] == integration
                and self._born.get(identity, float("-inf")) + lists.lag <= now
            ]
            self.listings += asked.get("page") == "1"
            if lists.reorders:
                records.sort(key=self._rank)
            total = len(records)
            if lists.cut:
                size = int(asked["size"]) if lists.cut_by_size else total
                return records[: min(lists.cut, size)], None
            if lists.page:
                size = min(lists.page, int(asked["size"]))
                start = (int(asked["page"]) - 1) * size
                records = records[start : start + size]
            return records[: len(records) - fault.partial], total

    def _rank(self, record: Record) -> int:
        return zlib.crc32(f"{len(self._history)} {record['_id']}".encode())

    def groups(self, ago: float = 0.0) -> list[Group]:
        """Return the same, decoded, in the order of their creation."""
        return [decoded(record) for record in self.records(ago).values()]

    @property
    def pending(self) -> int:
        """How many writes have arrived and not taken yet."""
        with self._lock:
            self._catch_up()
            return len(self._pending)

    def last_due(self) -> float:
        """Return the seconds until everything that has arrived has taken."""
        with self._lock:
            return max((due - self.now() for due, *_ in self._pending), default=0.0)

    def _catch_up(self) -> None:
        if not self._pending:
            return
        due = [entry for entry in self._pending if entry[0] <= self.now()]
        self._pending = [entry for entry in self._pending if entry[0] > self.now()]
        for time, integration, body in sorted(due, key=lambda entry: entry[0]):
            self._store(integration, body, time)

    def _store(self, integration: Integration, body: dict[str, Any], time: float) -> None:
        state = dict(self._history[-1][1])
        identity = body.get("group_id")
        if not identity:
            self._created += 1
            identity = group_id(0xC000 + self._created)
            empty = {"_id": identity, "integration": integration, "use_cases": []}
            state[identity] = {**dict.fromkeys(GROUP_FIELDS), **empty}
            self._born[identity] = time
        state[identity] = self.habits.store(state[identity], body)
        self._history.append((time, state))


_DECODED: dict[int, tuple[Record, Group]] = {}


def decoded(record: Record) -> Group:
    """Return a record as the real client reads it.

    Each record is decoded once, since that costs most of a run.
    """
    known = _DECODED.get(id(record))
    if known is None or known[0] is not record:
        if len(_DECODED) > 10_000:
            _DECODED.clear()
        known = record, decode(record["integration"], RawGroup(record["_id"], "$", record))
        _DECODED[id(record)] = known
    return known[1]


def records_of(*groups: Group) -> dict[str, Record]:
    """Return live groups as the server keeps them, by id."""
    return {str(group.group_id): _record(group) for group in groups}


def _record(group: Group) -> Record:
    content: dict[str, Any] = {"_id": group.group_id, "integration": group.integration}
    for name in GROUP_FIELDS:
        value = getattr(group, name)
        content[name] = value.get_secret_value() if isinstance(value, SecretStr) else value
    return content | {
        "use_cases": [use_case.model_dump(mode="json") for use_case in group.use_cases]
    }


@dataclass(frozen=True, slots=True)
class ModelApi:
    """One runner's connection to a world, without a network.

    Attributes:
        world: The server.
        clock: Advanced by what each request takes.
        timeout: Seconds after which the runner gives a request up.
        before: Called before each request, with its method; a scheduler may hold the runner there.
    """

    world: World
    clock: Clock
    timeout: float = 60.0
    before: Callable[[str], None] = lambda _: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def get_group(self, integration: Integration, group_id: str) -> Group:
        """Return a group, or fail as the real client does."""
        fault = self._read("get", integration)
        record = self.world.records(fault.stale).get(group_id)
        if record is None or record["integration"] != integration:
            raise _unreadable(404)
        return decoded(record)

    def list_groups(self, integration: Integration) -> Sequence[Group]:
        """Return an integration's groups, as the real client follows the pages of a list."""
        for pause in (*REREAD_PAUSES, None):
            try:
                return self._pages(integration)
            except MisfitError as misfit:
                if pause is None or not misfit.again:
                    break
                self.clock.advance(pause)
        raise _unreadable(200)

    def _pages(self, integration: Integration) -> list[Group]:
        paging = Paging()
        found: dict[str, Record] = {}
        while True:
            records, page = self._page(integration, paging.params)
            found = {**{str(record["_id"]): record for record in records}, **found}
            if not paging.add(page):
                break
        if paging.probe:
            paging.check_probe(self._page(integration, paging.probe)[1])
        return [decoded(found[identity]) for identity in paging.rows]

    def _page(
        self, integration: Integration, asked: Mapping[str, str]
    ) -> tuple[list[Record], Page]:
        fault = self._read("list", integration)
        records, total = self.world.page(integration, fault, asked)
        rows = {str(record["_id"]): RawGroup(record["_id"], "$", record) for record in records}
        return records, Page(rows, total)

    def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
        """Send a body, and say of its fate what the real client would."""
        self.before("post")
        fault = self.world.take("post", integration, encode_body(body))
        self._spend(fault)
        match fault.answer:
            case "ok":
                answer = self.world.answer(encode_body(body))
                return Outcome("accepted", "answered 200", 200, answer=answer)
            case "refused" | "no connection":
                return Outcome("not_sent", "no connection could be made", resend=True)
            case "busy":
                pause = _asked_pause(fault, self.clock() + EPOCH)
                return Outcome("not_sent", "answered 429", 429, resend=True, retry_after=pause)
            case "rejected":
                return Outcome("rejected", "answered 422", 422)
            case "denied":
                return Outcome("rejected", "answered 401", 401, access_denied=True)
            case _:
                return Outcome("unknown", f"a {fault.answer} answer", None)

    def _read(self, method: str, integration: Integration) -> Fault:
        self.before(method)
        fault = self.world.take(method, integration)
        self._spend(fault)
        if fault.answer == "denied":
            raise AccessError("answered 401", method="GET", url="/", status=401)
        if fault.answer != "ok":
            raise _unreadable(fault.status)
        return fault

    def _spend(self, fault: Fault) -> None:
        self.clock.advance(
            self.timeout
            if fault.answer in SLOW or fault.answer == "no connection"
            else REQUEST_TAKES
        )


def retry_after_text(form: RetryAfter, wall: float) -> str:
    """Return the value of a Retry-After header; empty where there is none."""
    return {
        "": "",
        "seconds": "2",
        "minute": "60",
        "zero": "0",
        "date": format_datetime(datetime.fromtimestamp(wall + 2, UTC), usegmt=True),
        "past date": format_datetime(datetime.fromtimestamp(wall - 3600, UTC), usegmt=True),
        "huge": "99999999999",
        "negative": "-5",
        "junk": "soon",
    }[form]


def _asked_pause(fault: Fault, wall: float) -> float | None:
    text = retry_after_text(fault.retry_after, wall)
    return retry_after(Reply("/", 429, None, "", text, None, b""), Timing(wall=lambda: wall))


def _unreadable(status: int) -> ApiError:
    return ApiError(f"answered {status}", method="GET", url="/", status=status)
