"""Reading live groups, and the one write."""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import httpx
from pydantic import SecretStr

from reconciler.errors import ApiError, RowError
from reconciler.live.links import next_query, query_of
from reconciler.live.paging import MisfitError, Paging
from reconciler.live.rows import leave, read_row
from reconciler.live.shapes import (
    FIX_ROW,
    Page,
    RawGroup,
    ShapeError,
    agreed_total,
    read_page,
    read_single,
)
from reconciler.model import Group, Integration, Skipped
from reconciler.settings import ApiSettings, without_it
from reconciler.transport import Answer, Endpoint, Outcome, Session, Timing

_UPSERT_PATH: Final = "/integrations/v1/integrations/{integration}/use-case-groups"
_MAX_PAGES: Final = 1000
_LISTING_SECONDS: Final = 600.0
_ODD_SUMMARIES: Final = 3
"""Groups of a list, at most, that may be odd since they cannot be read by their ids."""
_NOT_THE_ROWS: Final = frozenset({401, 429})
"""Answers to a read of one group that say nothing of that group."""
REREAD_PAUSES: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds before a listing that contradicts itself is read again; then it is an error."""
_HINT: Final = (
    "is the API URL right, and does this API have use-case groups? That they can be read at this"
    " path is an assumption:"
    " `list_path` in [tool.reconciler.api] of pyproject.toml can change it"
)
_NOT_THERE: Final = frozenset({403, 404, 405, 410, 501})
"""Besides 5xx, what an API may answer for an integration that an account does not have."""
_SERVER_ERROR: Final = 500
_HINT_SINGLE: Final = f"the group may have been removed meanwhile: run the command again; {_HINT}"


class Reader:
    """Reads live groups; used by one thread."""

    def __init__(self, session: Session, settings: ApiSettings) -> None:
        self._session = session
        self._settings = settings

    def list_groups(self, integration: Integration) -> tuple[Group | Skipped, ...]:
        """Return all groups of an integration, in server order, each id once; slugs may repeat.

        Rows that are odd, or marked as deleted, are among them as what they are. A listing that
        changes while it is read is read again from its start, a few times.

        Raises:
            ApiError: It is not certain that these are all groups.
        """
        timing = self._session.timing
        until = timing.now() + _LISTING_SECONDS
        for attempt, pause in enumerate((*REREAD_PAUSES, math.inf), start=2):
            try:
                rows = self._rows(integration, until)
                break
            except _UnsettledError as unsettled:
                if not unsettled.again or timing.now() + pause >= until:
                    raise unsettled.error from None
                then = f"attempt {attempt} to read the list of {integration} groups"
                if timing.wait(unsettled.error.message, pause, then):
                    raise unsettled.error from None
        refused = list[ApiError]()
        return tuple(self._row(integration, answer, row, until, refused) for answer, row in rows)

    def get_group(self, integration: Integration, group_id: str) -> Group:
        """Return one live group; raises ApiError, also where there is none with this id.

        Where it is odd, or marked as deleted, that is a RowError.
        """
        return self._single(integration, group_id, float("inf"))

    def _single(self, integration: Integration, group_id: str, until: float) -> Group:
        answer = self._session.get_json(
            f"{self._list_path(integration)}/{group_id}",
            {},
            expected=f"the {integration} group {group_id}",
            hint=_HINT_SINGLE,
            until=until,
        )
        with _explained(answer):
            row = read_single(answer.value)
            if row.group_id != group_id:
                raise ShapeError(f"got the group {row.group_id}")
        found = _safe(answer, read_row(integration, row, self._settings.ignored_fields))
        if isinstance(found, Skipped):
            raise RowError(answer.error(f"it is {found.words}", remedy=FIX_ROW), found)
        return found

    def _row(
        self,
        integration: Integration,
        answer: Answer,
        row: RawGroup,
        until: float,
        refused: list[ApiError],
    ) -> Group | Skipped:
        """Decode a row of a listing; if it is only a summary, ask for the group by its id.

        Args:
            integration: Whose list it is.
            answer: Where the row stood.
            row: As it came.
            until: Monotonic time at which to give up.
            refused: Why groups of this listing could not be read by their ids; added to. A few such
                rows are odd, more of them are an API that cannot be asked like this.
        """
        found = _safe(answer, read_row(integration, row, self._settings.ignored_fields))
        if isinstance(found, Skipped) or not row.is_summary:
            return found
        try:
            return self._single(integration, row.group_id, until)
        except RowError as error:
            return replace(error.row, place=row.path)
        except ApiError as error:
            refused.append(error)
            answered = error.status is not None and error.status not in _NOT_THE_ROWS
            if not answered or len(refused) > _ODD_SUMMARIES:
                raise
            return leave(integration, row, f"its use cases are not known: {error.message}")

    def _rows(self, integration: Integration, until: float) -> list[tuple[Answer, RawGroup]]:
        """Return all pages' rows; raises ApiError, or _UnsettledError if they do not fit."""
        paging = Paging()
        rows: list[tuple[Answer, RawGroup]] = []
        for _ in range(_MAX_PAGES):
            answer, page = self._page(integration, paging.params, until)
            with _fitting(answer):
                more = paging.add(page)
            rows += [
                (answer, row) for row in page.rows.values() if paging.rows[row.group_id] is row
            ]
            if not more:
                break
        else:
            raise answer.error(f"it has more than {_MAX_PAGES} pages")
        if paging.probe:
            answer, page = self._page(integration, paging.probe, until)
            with _fitting(answer):
                paging.check_probe(page)
        return rows

    def _page(
        self, integration: Integration, params: Mapping[str, str], until: float
    ) -> tuple[Answer, Page]:
        try:
            answer = self._session.get_json(
                self._list_path(integration),
                params,
                expected=f"the list of {integration} groups",
                hint=_HINT,
                until=until,
            )
        except ApiError as error:
            status = error.status or 0
            if status in _NOT_THERE or status >= _SERVER_ERROR:
                error.remedy = f"{error.remedy}; {without_it(integration)}"
            raise
        with _explained(answer):
            page = read_page(answer.value, self._settings.envelope)
            link = next_query(answer.link, answer.url)
            if link is None and page.next:
                link = query_of(page.next, answer.url, "link")
            return answer, replace(page, link=link, total=agreed_total(page, answer.total))

    def _list_path(self, integration: Integration) -> str:
        return self._settings.list_path.replace("{integration}", integration)


class Writer:
    """Reads live groups and writes them; used by one thread."""

    def __init__(self, session: Session, reader: Reader) -> None:
        self._session = session
        self.list_groups = reader.list_groups
        self.get_group = reader.get_group

    def upsert(self, integration: Integration, body: Mapping[str, Any]) -> Outcome:
        """Send a body once and say what became of it; never raises for network or server errors.

        Args:
            integration: Part of the documented path, which no setting changes.
            body: A plan's request; secrets stay wrapped in it until here.
        """
        try:
            content = encode_body(body)
        except ValueError:
            # The exception holds the text that could not be encoded, hence not shown.
            return Outcome(
                "not_sent",
                "nothing was sent: the group holds something that JSON in UTF-8 cannot say",
            )
        secrets = [
            value.get_secret_value() for value in body.values() if isinstance(value, SecretStr)
        ]
        return self._session.post_json(
            _UPSERT_PATH.replace("{integration}", integration), content, secrets=secrets
        )


def encode_body(body: Mapping[str, Any]) -> bytes:
    """Return a request body as compact UTF-8 JSON in its own key order, secrets revealed.

    It is the only place that reveals them.

    Raises:
        ValueError: It holds NaN, Infinity or a lone surrogate.
    """
    text = json.dumps(
        body, default=_reveal, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode("utf-8")


def _reveal(value: object) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a request body cannot hold a {type(value).__name__}")


@contextmanager
def reading(
    endpoint: Endpoint,
    settings: ApiSettings,
    *,
    timing: Timing | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[Reader]:
    """Open a connection that cannot write, for one thread; raises what `Session` raises."""
    with Session(endpoint, read_only=True, timing=timing, transport=transport) as session:
        yield Reader(session, settings)


@contextmanager
def writing(
    endpoint: Endpoint,
    settings: ApiSettings,
    *,
    timing: Timing | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[Writer]:
    """Open a connection that can read and write, for one thread; raises what `Session` raises."""
    with Session(endpoint, read_only=False, timing=timing, transport=transport) as session:
        yield Writer(session, Reader(session, settings))


def _safe(answer: Answer, found: Group | Skipped) -> Group | Skipped:
    """Return a row as it may be shown."""
    if isinstance(found, Group):
        return found
    return replace(found, problem=answer.redact(found.problem))


class _UnsettledError(Exception):
    """The pages of a listing do not fit together; another try may fare better."""

    def __init__(self, error: ApiError, *, again: bool) -> None:
        super().__init__(error.message)
        self.error = error
        self.again = again


@contextmanager
def _fitting(answer: Answer) -> Iterator[None]:
    """Turn what does not fit together into an error that says which answer showed it."""
    try:
        yield
    except MisfitError as misfit:
        error = answer.error(str(misfit), remedy=misfit.remedy)
        raise _UnsettledError(error, again=misfit.again) from None


@contextmanager
def _explained(answer: Answer) -> Iterator[None]:
    """Turn what is wrong with an answer's shape into an error that says which answer."""
    try:
        yield
    except ShapeError as error:
        raise answer.error(str(error), remedy=error.remedy) from error
