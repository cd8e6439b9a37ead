"""What was reviewed in a merged pull request: read from its comment, or refused in words."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from reconciler.github.client import GitHub, GitHubError
from reconciler.github.comments import changed_at, own
from reconciler.github.marker import FAILED, Marker, Record, attachment
from reconciler.github.pulls import Pull
from reconciler.plan.digest import NOTHING

Kind = Literal["reviewed", "no changes", "no comment", "no record"]
Reason = Literal["another branch", "edited", "after the merge", "another head", "several", "failed"]
_DEPENDABOT: Final = "dependabot[bot]"
_BY_HAND: Final = "plan again, look at it, and run the apply by hand with its digest"


class NotReviewedError(GitHubError):
    """There is a record of a review, and it is none of what was merged.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message, remedy=_BY_HAND)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Review:
    """What may be applied of one merged pull request.

    Attributes:
        pull: The pull request.
        kind: What was found; `no record` where there is one that is none of what was merged.
        digest: Of the reviewed plan; `NOTHING` where there were no changes, or nobody reviewed any.
        words: A sentence that says which.
        attachment: What the comment carries unseen.
    """

    pull: Pull
    kind: Kind
    digest: str
    words: str
    attachment: Any = field(default=None, repr=False)


def review_of(github: GitHub, pull: Pull, marker: Marker) -> Review:
    """Return what was reviewed in a merged pull request for an environment.

    The record is believed if the pull request was for the default branch, the comment has not
    changed since the merge, and it is about the head that was merged.

    Raises:
        NotReviewedError: There is a record, and it is none of what was merged.
        GitHubError: GitHub does not do as it is asked.
    """
    number, place = pull.number, f" for {marker.place}" if marker.place else ""
    if pull.base != pull.default_branch:
        raise NotReviewedError(
            "another branch",
            f"pull request #{number} was merged into {pull.base}, and what is applied is reviewed"
            f" for {pull.default_branch}",
        )
    found = own(github, number, marker)
    if not found.whole:
        if found.edited:
            raise NotReviewedError(
                "edited",
                f"an edited comment was found in pull request #{number}: somebody has written"
                " above its first line, so that it is no record of a review any more",
            )
        return Review(pull, "no comment", NOTHING, _without_comment(pull, place))
    for item in found.whole:
        _hold(pull, item)
    records = {(record.digest, record.head) for record in found.records()}
    if len(records) > 1:
        raise NotReviewedError(
            "several",
            f"pull request #{number} has several comments about the plan{place}, which differ",
        )
    newest = found.whole[-1]["body"]
    record = Record.read(newest)
    if record.digest == NOTHING:
        words = f"The plan of pull request #{number}{place} had no changes."
        return Review(pull, "no changes", NOTHING, words, attachment(newest))
    words = f"Reviewed in pull request #{number}{place}, at {record.head[:12]}."
    return Review(pull, "reviewed", record.digest, words, attachment(newest))


def _hold(pull: Pull, item: dict[str, Any]) -> None:
    """Refuse a comment that is no record of what was merged."""
    record, number = Record.read(item["body"]), pull.number
    if pull.merged_at is None or changed_at(item) > pull.merged_at:
        raise NotReviewedError(
            "after the merge",
            f"the comment of pull request #{number} was changed after the merge, at"
            f" {item['updated_at']}, so that it is not what was looked at",
        )
    if record.head != pull.head:
        about = f"is about {record.head[:12]}" if record.head else "names no commit"
        raise NotReviewedError(
            "another head",
            f"the comment of pull request #{number} {about}, and {pull.head[:12]} was merged: its"
            " last plan did not come in time",
        )
    if record.digest in ("", FAILED):
        raise NotReviewedError(
            "failed",
            f"the last plan of pull request #{number} failed, so that nothing was reviewed",
        )


def _without_comment(pull: Pull, place: str) -> str:
    """Say why there may be none: only a plan with changes makes a comment."""
    none = f"Pull request #{pull.number} has no comment about a plan{place}"
    if pull.from_fork:
        return f"{none}: it came from a fork, for which none is made."
    if pull.author == _DEPENDABOT:
        return f"{none}: it is by Dependabot, whose branches see no secrets, so none is made."
    return f"{none}: the plan had no changes, or none was made."
