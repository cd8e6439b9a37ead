"""What was reviewed since an environment was last told something: all merged pull requests of it.

A merge carries out what they were reviewed for, each by its own record. One without a record keeps
nobody else's changes back: what nobody reviewed is left alone when the plan is carried out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reconciler.github.client import GitHub
from reconciler.github.marker import Marker
from reconciler.github.pulls import Pull, pulls_behind
from reconciler.github.reviews import NotReviewedError, Review, review_of
from reconciler.plan.digest import NOTHING
from reconciler.render.models import (
    PullDocument,
    ReviewedChangeDocument,
    ReviewedDocument,
    ReviewedTargetDocument,
)
from reconciler.text import sentence_case

_CHANGES = TypeAdapter(list[ReviewedChangeDocument])


@dataclass(frozen=True, slots=True)
class Collected:
    """What was reviewed in the merged pull requests of some commits.

    Attributes:
        reviews: One for each pull request, in the order in which they were merged.
        orphans: Full ids of commits that no merged pull request became.
    """

    reviews: tuple[Review, ...]
    orphans: tuple[str, ...]

    def words(self) -> list[str]:
        """Return a sentence for each pull request and each commit without one."""
        return [
            *(review.words for review in self.reviews),
            *(
                f"No merged pull request became {commit[:12]}, so nothing of it was reviewed."
                for commit in self.orphans
            ),
        ]

    def document(
        self, commit: str, applied: str | None, env: str, scope: str = ""
    ) -> ReviewedDocument:
        """Return what `apply --expect` takes.

        Args:
            commit: What is to be applied.
            applied: What was applied before, or None if that is not known.
            env: Environment, or empty if there is none.
            scope: Folder of the repository that holds the files, or empty.
        """
        return ReviewedDocument(
            format_version="1.2",
            commit=commit,
            applied=applied,
            target=ReviewedTargetDocument(env=env or None, scope=scope),
            pulls=[
                PullDocument(
                    number=review.pull.number,
                    kind=review.kind,
                    digest=review.digest,
                    changes=_changes(review),
                )
                for review in self.reviews
            ],
        )


def collect(github: GitHub, commits: Sequence[str], marker: Marker) -> Collected:
    """Return what was reviewed in the pull requests that became commits of the default branch.

    Args:
        github: The repository.
        commits: Full ids, each once, the oldest first.
        marker: Of the plans' comments.

    Raises:
        GitHubError: GitHub does not do as it is asked.
    """
    if not commits:
        return Collected((), ())
    pulls, orphans = pulls_behind(github, commits)
    return Collected(tuple(_review(github, pull, marker) for pull in pulls), orphans)


def _review(github: GitHub, pull: Pull, marker: Marker) -> Review:
    try:
        return review_of(github, pull, marker)
    except NotReviewedError as error:
        words = f"{sentence_case(error.message)}; {error.remedy}."
        return Review(pull, "no record", NOTHING, words)


def _changes(review: Review) -> list[ReviewedChangeDocument] | None:
    """Return the changes that a comment carries; whoever applies holds them to its digest."""
    if review.digest == NOTHING:
        return []
    carried: Any = review.attachment
    try:
        return _CHANGES.validate_python(carried)
    except ValidationError:
        return None
