"""Whether a list is whole: what its pages promise, and whether they keep it. Pure: no I/O.

A page that is missed makes groups look absent, and absent groups get created again: whatever does
not fit is an error. A list that says nothing of its length is believed only as far as a probe goes:
asked for one group and for no page, a server that pages shows that it does.
"""

from collections.abc import Mapping
from typing import Final

from reconciler.live.shapes import Page, RawGroup

PAGE_SIZE: Final = 100
_USUAL_SIZES: Final = frozenset({10, 20, 25, 30, 50, PAGE_SIZE, 200, 250, 500, 1000})
"""What servers cut lists at: one that is just this long, and says nothing, may be a first page."""
_ONE: Final = {"size": "1"}
_ONE_BY_ANY_NAME: Final = {**_ONE, "limit": "1", "per_page": "1", "page_size": "1"}

_RUN_AGAIN: Final = (
    "run the command again, as somebody may have been editing; if it stays like this, paging works"
    " otherwise than this"
    " program assumes: please report it"
)
_COUNT_UP: Final = (
    "add a group in the dashboard and run the command again: a list that is then longer is whole."
    " Otherwise please"
    " report that this API pages its lists in another way"
)
_CUT: Final = (
    "nothing can be planned until the whole list can be read, since groups that it leaves out would"
    " be created again: ask the API's support how its lists are paged, and report it to this"
    " program's authors"
)


class MisfitError(ValueError):
    """The pages of a listing do not fit together; the text is a clause that is safe to show.

    Attributes:
        remedy: What to do next.
        again: Whether it may fare better when it is read again.
    """

    def __init__(self, problem: str, remedy: str = _RUN_AGAIN, *, again: bool = True) -> None:
        super().__init__(problem)
        self.remedy = remedy
        self.again = again


class Paging:
    """Follows one listing page by page.

    Attributes:
        rows: What came so far, by group id, in the server's order.
        params: Query of the next page.
    """

    def __init__(self) -> None:
        self.rows: dict[str, RawGroup] = {}
        self.params: Mapping[str, str] = {"size": str(PAGE_SIZE), "page": "1"}
        self._number = 0
        self._total: int | None = None
        self._promised = False
        self._linked = False
        self._unpaged = False
        self._least = 0

    def add(self, page: Page) -> bool:
        """Take a page in and return whether another is to be asked for; raises MisfitError."""
        self._number += 1
        self._least = max(self._least, page.least)
        promise, more = self._promise(page)
        self._promised = self._promised or bool(promise)
        if self._number == 2 and not self._promised and page.rows.keys() == self.rows.keys():  # noqa: PLR2004
            self._unpaged = True
            self._check_count()
            return False
        self._check(page)
        self.rows |= page.rows
        if more and not page.rows:
            raise MisfitError(
                f"page {self._number} is empty, although {promise} says that there are more groups"
            )
        if not more and self._total is not None and len(self.rows) != self._total:
            raise MisfitError(f"total is {self._total}, and {len(self.rows)} groups were received")
        if not more:
            self._check_count()
        self._linked = bool(page.link)
        self.params = self._next(page)
        return more

    @property
    def probe(self) -> Mapping[str, str] | None:
        """What to ask when all pages are there, or None where they said themselves that they are.

        It has no page in it: whoever counts pages from 0 has not been asked for the first one yet.
        """
        if self._promised:
            return None
        return _ONE_BY_ANY_NAME if self._unpaged else _ONE

    def check_probe(self, page: Page) -> None:
        """Raise MisfitError where the answer to the probe shows that there are more groups."""
        missed = next((group_id for group_id in page.rows if group_id not in self.rows), None)
        if missed:
            raise MisfitError(
                f"asked for no page it shows the group {missed}, which is on none of its pages"
            )
        if not page.rows and self.rows:
            raise MisfitError("asked for one group it shows none, and there were some before")
        if not self._unpaged:
            return
        problem = f"page 2 repeats page 1, and {{}}: these {len(self.rows)} groups may not be all"
        if len(page.rows) < len(self.rows):
            raise MisfitError(
                problem.format("it cuts a list where it is asked to"), _CUT, again=False
            )
        if len(self.rows) in _USUAL_SIZES:
            raise MisfitError(
                problem.format("they are just as many as a page often holds"),
                _COUNT_UP,
                again=False,
            )

    def _check_count(self) -> None:
        """Raise MisfitError where an answer has counted more groups than it shows."""
        if self._least > len(self.rows):
            raise MisfitError(
                f"count is {self._least}, and {len(self.rows)} groups were received", _CUT
            )

    def _next(self, page: Page) -> Mapping[str, str]:
        if page.link:
            return page.link
        page_number = {"page": str(self._number + 1)}
        return {"size": str(PAGE_SIZE)} | ({"cursor": page.cursor} if page.cursor else page_number)

    def _promise(self, page: Page) -> tuple[str, bool]:
        """Return the field that says whether there are more groups, and what it says.

        Raises MisfitError if two fields disagree.

        Without such a field it takes an empty page to show that the one before was the last.
        """
        said = dict(page.flags or {})
        if page.total is not None:
            said["total"] = len(self.rows) + len(page.rows) < page.total
        if page.pages is not None:
            said["pages"] = self._number < page.pages
        # A server that links its pages may leave the header out of the last one.
        if page.link is not None or (self._linked and not said):
            said["Link"] = bool(page.link)
        # A server that counts pages may answer `next_cursor: null` always; it counts where nothing
        # else is said.
        if page.cursor or (page.cursor is not None and not said):
            said["next_cursor"] = bool(page.cursor)
        if len(set(said.values())) > 1:
            more = ", ".join(sorted(name for name, value in said.items() if value))
            done = ", ".join(sorted(name for name, value in said.items() if not value))
            raise MisfitError(
                f"page {self._number} contradicts itself: more groups by {more}, no more by {done}"
            )
        return next(iter(said.items()), ("", bool(page.rows)))

    def _check(self, page: Page) -> None:
        """Raise MisfitError where a page does not fit those before it."""
        repeated = [group_id for group_id in page.rows if group_id in self.rows]
        if repeated:
            raise MisfitError(
                f"page {self._number} repeats {len(repeated)} of the groups before, such as"
                f" {repeated[0]}"
            )
        if self._total is not None and page.total not in (None, self._total):
            raise MisfitError(f"total was {self._total} and is {page.total} on page {self._number}")
        self._total = self._total if page.total is None else page.total
