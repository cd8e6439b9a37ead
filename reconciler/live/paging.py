"""Whether a list is whole: what its pages promise, and whether they keep it. Pure: no I/O.

A page that is missed makes groups look absent, and absent groups get created again: whatever does
not fit is an error.
"""

from typing import Final

from reconciler.live.shapes import Page, RawGroup

PAGE_SIZE: Final = 100
_USUAL_SIZES: Final = frozenset({20, 50, PAGE_SIZE})
"""The vendor SDK's defaults, and what is asked for: a list just this long may be a first page."""

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


class MisfitError(ValueError):
    """The pages of a listing do not fit together; the text is a clause that is safe to show."""

    def __init__(self, problem: str, remedy: str = _RUN_AGAIN) -> None:
        super().__init__(problem)
        self.remedy = remedy


class Paging:
    """Follows one listing page by page.

    Attributes:
        rows: What came so far, by group id, in the server's order.
        params: Query of the next page.
    """

    def __init__(self) -> None:
        self.rows: dict[str, RawGroup] = {}
        self.params = {"size": str(PAGE_SIZE), "page": "1"}
        self._number = 0
        self._total: int | None = None
        self._promised = False

    def add(self, page: Page) -> bool:
        """Take a page in and return whether another is to be asked for; raises MisfitError."""
        self._number += 1
        promise, more = self._promise(page)
        self._promised = self._promised or bool(promise)
        if self._number == 2 and not self._promised and page.rows.keys() == self.rows.keys():  # noqa: PLR2004
            return self._unpaged()
        self._check(page)
        self.rows |= page.rows
        if more and not page.rows:
            raise MisfitError(
                f"page {self._number} is empty, although {promise} says that there are more groups"
            )
        if not more and self._total is not None and len(self.rows) != self._total:
            raise MisfitError(f"total is {self._total}, and {len(self.rows)} groups were received")
        page_number = {"page": str(self._number + 1)}
        self.params = {"size": str(PAGE_SIZE)} | (
            {"cursor": page.cursor} if page.cursor else page_number
        )
        return more

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

    def _unpaged(self) -> bool:
        """Take a server that answers each page with the same groups for one without pages.

        Raises:
            MisfitError: They are as many as a usual page holds, so there may be more pages.
        """
        if len(self.rows) in _USUAL_SIZES:
            raise MisfitError(
                f"page 2 repeats page 1, and {len(self.rows)} groups are just one page: these may"
                " not be all",
                _COUNT_UP,
            )
        return False

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
