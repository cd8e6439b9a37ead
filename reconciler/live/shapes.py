"""How answers look: envelopes, wrappers, ids, spellings, decoded into `Group`. Pure: no I/O.

Values are not judged, since the dashboard lets people type anything; their types are.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr, ValidationError

from reconciler.live.said import (
    CURSOR,
    FAILED,
    FLAG,
    LAST,
    LEAST,
    NEXT,
    OPAQUE,
    PAGES,
    SUCCESS,
    TOTAL,
    said,
)
from reconciler.live.unknown import spellings_of, unknown_fields
from reconciler.model import GROUP_FIELDS, Action, Group, Integration, UseCase
from reconciler.transport import quoted

ENVELOPES: Final = ("use_case_groups", "useCaseGroups", "groups", "items", "data")
WRAPPERS: Final = ("group", "use_case_group", "useCaseGroup", "data")
ID_NAMES: Final = ("_id", "id", "group_id", "groupId")
_LONGEST_CURSOR: Final = 1000
_ID: Final = re.compile("[0-9a-f]{24}")

FIX_ROW: Final = "correct the group in the dashboard; if it looks right there, please report this"
_FIX_SHAPE: Final = (
    "the shape of this answer is an assumption of this program. Where only the list's key differs,"
    " `envelope` in"
    " [tool.reconciler.api] of pyproject.toml names it; otherwise please report this"
)


_Length = Sequence[tuple[str, str, Any]]
"""What `said` yields."""


class ShapeError(ValueError):
    """An answer is not as assumed; the text is a clause that is safe to show."""

    def __init__(self, problem: str, remedy: str = _FIX_SHAPE) -> None:
        super().__init__(problem)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class RawGroup:
    """A group as it came.

    Attributes:
        group_id: Its id; where it has none that can be relied upon, what stands for it in a list.
        path: The JSON path at which it stood.
        value: Its fields.
        problem: What is wrong with its id, as a clause; empty where nothing is.
    """

    group_id: str
    path: str
    value: Mapping[str, Any]
    problem: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """All that it gives as its id and is one, case aside."""
        given = (self.value.get(name) for name in ID_NAMES)
        texts = (found.lower() for found in given if isinstance(found, str))
        return frozenset(found for found in texts if _ID.fullmatch(found))

    @property
    def is_summary(self) -> bool:
        """Whether use cases are left out: the group must be asked for by id. Raises ShapeError."""
        return _pick(self.value, ("use_cases",), self.path).get("use_cases") is None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, and what it says of the others.

    Attributes:
        rows: By group id, or what stands for it, in the server's order.
        total: Number of groups on all pages, or None where it is not said.
        pages: Number of pages, or None where it is not said.
        flags: Those of `has_next` and `has_more` that are given.
        cursor: What to ask the next page with, empty where there is none, None where it is not
            said.
        link: The next page's query by the answer's `Link`, likewise.
        next: The next page's address by the answer itself, or None.
        least: How many groups there are on all pages at least.
    """

    rows: Mapping[str, RawGroup]
    total: int | None = None
    pages: int | None = None
    flags: Mapping[str, bool] | None = None
    cursor: str | None = None
    link: Mapping[str, str] | None = None
    next: str | None = None
    least: int = 0


def read_page(value: Any, envelope: str | None) -> Page:
    """Decode one page of a listing; raises ShapeError.

    Args:
        value: The answer's JSON.
        envelope: The key that holds the groups, where it is none of the usual ones.
    """
    if isinstance(value, list) and envelope is None:
        return Page(_rows(value, "$"))
    if not isinstance(value, dict):
        raise ShapeError(
            f"got {_name_type(value)} instead of"
            f" {'an object' if envelope else 'a list or an object'}"
        )
    keys = [key for key in ([envelope] if envelope else ENVELOPES) if key in value]
    if len(keys) != 1:
        wanted = envelope or ", ".join(ENVELOPES)
        raise ShapeError(
            f"got an object with {len(keys)} of the keys that may hold the groups ({wanted})"
        )
    rows = value[keys[0]]
    if not isinstance(rows, list):
        raise ShapeError(f"$.{quoted(keys[0])} is {_name_type(rows)} instead of a list")
    length = list(said(value, keys[0]))
    for kind, name, found in length:
        if (kind == SUCCESS and found is False) or (kind == FAILED and found):
            raise ShapeError(f"$.{quoted(name)} says that it failed")
        if kind == OPAQUE and found:
            raise ShapeError(
                f"by $.{quoted(name)} there are more groups, and how to ask for them is not known"
            )
    return Page(
        rows=_rows(rows, f"$.{keys[0]}"),
        total=_count(length, TOTAL),
        pages=_count(length, PAGES),
        flags=_flags(length),
        cursor=_cursor(length),
        next=_next(length),
        least=_least(length),
    )


def agreed_total(page: Page, header: str | None) -> int | None:
    """Return the number of groups on all pages, which a header may say; raises ShapeError."""
    if header is None or not header.strip().isdecimal():
        return page.total
    if page.total not in {None, int(header)}:
        raise ShapeError(f"total is {page.total} and by a header {int(header)}")
    return int(header)


def read_single(value: Any) -> RawGroup:
    """Find the one group in an answer, bare or wrapped; raises ShapeError."""
    if not isinstance(value, dict):
        raise ShapeError(f"got {_name_type(value)} instead of an object")
    wrappers = [key for key in WRAPPERS if isinstance(value.get(key), dict) and "name" not in value]
    if len(wrappers) > 1:
        raise ShapeError(f"got an object with several groups: {', '.join(wrappers)}")
    return _row(value[wrappers[0]], f"$.{wrappers[0]}") if wrappers else _row(value, "$")


def answered_group_id(value: Any) -> str | None:
    """Return the id in an upsert's answer, whose shape is undocumented, or None without one."""
    try:
        return read_single(value).group_id
    except ShapeError:
        return None


def decode(integration: Integration, row: RawGroup, ignored: Collection[str] = ()) -> Group:
    """Build a row's group, every field given, and what else it holds kept in mind.

    Args:
        integration: Whose list or path the row came from.
        row: The group as it came.
        ignored: Names of unknown fields that are not kept in mind, besides the usual ones.

    Raises:
        ShapeError: The row is no group.
    """
    fields = dict.fromkeys(GROUP_FIELDS) | _pick(row.value, GROUP_FIELDS, row.path)
    link = fields["sheet_link"]
    if isinstance(link, str) and link:
        fields["sheet_link"] = SecretStr(link)
    listed = _pick(row.value, ("use_cases",), row.path)
    use_cases = _objects(listed, "use_cases", UseCase.model_fields, row.path)
    for number, use_case in enumerate(use_cases):
        path = f"{row.path}.use_cases[{number}]"
        use_case["actions"] = _objects(use_case, "actions", Action.model_fields, path)
    try:
        group = Group.model_validate(
            {"integration": integration, "group_id": row.group_id, "use_cases": use_cases} | fields
        )
    except ValidationError as error:
        raise ShapeError(_invalid(row, error), FIX_ROW) from None
    _refuse_twins(row, group)
    try:
        unknown = unknown_fields(group, row.value, listed.get("use_cases") or (), ignored)
    except RecursionError:
        raise ShapeError(f"{row.path} is nested too deeply", FIX_ROW) from None
    return group.model_copy(update={"unknown": unknown}) if unknown else group


def _rows(values: Sequence[Any], path: str) -> dict[str, RawGroup]:
    rows: dict[str, RawGroup] = {}
    for number, value in enumerate(values):
        row = _listed(value, f"{path}[{number}]")
        if row.group_id in rows:
            raise ShapeError(
                f"{rows[row.group_id].path} and {row.path} have the same id, {row.group_id}"
            )
        rows[row.group_id] = row
    return rows


def _listed(value: Any, path: str) -> RawGroup:
    """Return a row of a list; an object without a usable id goes by its content."""
    try:
        return _row(value, path)
    except ShapeError as error:
        if not isinstance(value, dict):
            raise
        try:
            content = json.dumps(value, sort_keys=True).encode()
        except RecursionError:
            raise error from None
        stands_for = f"(no id, {hashlib.sha256(content).hexdigest()[:12]})"
        return RawGroup(stands_for, path, value, str(error))


def _row(value: Any, path: str) -> RawGroup:
    """Check that a value is an object with one id."""
    if not isinstance(value, dict):
        raise ShapeError(f"{path} is {_name_type(value)} instead of an object")
    ids = {name: value[name] for name in ID_NAMES if value.get(name) is not None}
    for name, found in ids.items():
        if not isinstance(found, str) or not _ID.fullmatch(found):
            raise ShapeError(
                f"{path}.{name} is not an id, which is a text of 24 lower-case hex digits"
            )
    if not ids:
        raise ShapeError(f"{path} has no id; {', '.join(ID_NAMES)} are known")
    if len(set(ids.values())) > 1:
        raise ShapeError(
            f"{path} has different ids:"
            f" {', '.join(f'{name} {found}' for name, found in ids.items())}"
        )
    return RawGroup(next(iter(ids.values())), path, value)


def _pick(value: Mapping[str, Any], names: Iterable[str], path: str) -> dict[str, Any]:
    """Return the given fields, in snake case; raises ShapeError if two spellings disagree."""
    picked = {}
    for name in names:
        spellings = [spelling for spelling in spellings_of(name) if spelling in value]
        if not spellings:
            continue
        if len(spellings) > 1 and value[spellings[0]] != value[spellings[1]]:
            raise ShapeError(
                f"{path} gives {' and '.join(spellings)} with different values", FIX_ROW
            )
        picked[name] = value[spellings[0]]
    return picked


def _objects(
    owner: Mapping[str, Any], key: str, names: Iterable[str], path: str
) -> tuple[dict[str, Any], ...]:
    """Return each list object's known fields; raises ShapeError. None is an empty list."""
    values = owner.get(key)
    if not isinstance(values, list | None):
        raise ShapeError(f"{path}.{key} is {_name_type(values)} instead of a list", FIX_ROW)
    objects = []
    for number, value in enumerate(values or ()):
        place = f"{path}.{key}[{number}]"
        if not isinstance(value, dict):
            raise ShapeError(f"{place} is {_name_type(value)} instead of an object", FIX_ROW)
        objects.append(_pick(value, names, place))
    return tuple(objects)


def _invalid(row: RawGroup, error: ValidationError) -> str:
    """Return the first of pydantic's problems, none of which repeats its input, as a clause."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    first = problems[0]
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"])
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{row.path}{place} is wrong: {first['msg']}{more}"


def _refuse_twins(row: RawGroup, group: Group) -> None:
    """Raise ShapeError where a use case is there twice: no change could say which one is meant."""
    names = [use_case.use_case for use_case in group.use_cases]
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ShapeError(
            f"{row.path} has the use case {quoted(twins[0])} more than once",
            "remove the surplus one in the dashboard",
        )


def _count(length: _Length, wanted: str) -> int | None:
    counts = {name: found for kind, name, found in length if kind == wanted}
    for name, found in counts.items():
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise ShapeError(f"$.{quoted(name)} is not a count")
    if len(set(counts.values())) > 1:
        raise ShapeError(" and ".join(f"{name} is {found}" for name, found in counts.items()))
    return next(iter(counts.values()), None)


def _flags(length: _Length) -> dict[str, bool]:
    flags = {name: (kind, found) for kind, name, found in length if kind in {FLAG, LAST}}
    for name, (_, found) in flags.items():
        if not isinstance(found, bool):
            raise ShapeError(f"$.{quoted(name)} is neither true nor false")
    pages = {
        name: (FLAG, bool(found))
        for kind, name, found in length
        if kind == NEXT and not isinstance(found, str | Mapping)
    }
    return {name: found is (kind == FLAG) for name, (kind, found) in (flags | pages).items()}


def _cursor(length: _Length) -> str | None:
    given = [found or "" for kind, _, found in length if kind == CURSOR]
    for found in given:
        if not isinstance(found, str) or len(found) > _LONGEST_CURSOR:
            raise ShapeError(f"$.next_cursor is not a text of at most {_LONGEST_CURSOR} characters")
    if len(set(given)) > 1:
        raise ShapeError("$ gives two cursors of the next page that differ")
    return given[0] if given else None


def _next(length: _Length) -> str | None:
    """Return the address of the next page; None if there is none."""
    given = [found for kind, _, found in length if kind == NEXT]
    links = [found.get("href") if isinstance(found, Mapping) else found for found in given]
    return next((link for link in links if isinstance(link, str) and link), None)


def _least(length: _Length) -> int:
    """Return how many groups there are at least: `count` may be that of a page, or of all."""
    counts = [found for kind, _, found in length if kind == LEAST]
    return max((found for found in counts if isinstance(found, int)), default=0)


def _name_type(value: Any) -> str:
    """Return what a JSON value is, without showing it."""
    names = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "a yes or no",
        int: "a number",
        float: "a number",
    }
    return "null" if value is None else names[type(value)]
