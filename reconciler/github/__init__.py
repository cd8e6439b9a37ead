"""GitHub's REST API: a plan's one comment on a pull request, its outcome, one drift issue, reviews.

What is ours is told by two things: a marker at the very beginning of its text, and its author. A
marker alone could be anybody's.

`client` asks, with GitHub's habits; `marker` and `limits` are pure; `pulls`, `comments`, `issues`
and `reviews` say what is asked for.
"""

from reconciler.github.client import AUTHOR, GitHub, GitHubError
from reconciler.github.comments import Put, put_outcome, put_plan
from reconciler.github.issues import put_issue
from reconciler.github.marker import FAILED, LONGEST, Marker, Record, Text, attachment
from reconciler.github.pulls import Pull, pull_behind
from reconciler.github.reviews import NotReviewedError, Review, review, review_of

__all__ = [
    "AUTHOR",
    "FAILED",
    "LONGEST",
    "GitHub",
    "GitHubError",
    "Marker",
    "NotReviewedError",
    "Pull",
    "Put",
    "Record",
    "Review",
    "Text",
    "attachment",
    "pull_behind",
    "put_issue",
    "put_outcome",
    "put_plan",
    "review",
    "review_of",
]
