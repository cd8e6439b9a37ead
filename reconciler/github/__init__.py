"""GitHub's REST API: comments on pull requests, the drift issue, reviews, what was applied.

What is ours is told by two things: a marker at the very beginning of its text (of a deployment, its
task), and its author. A marker alone could be anybody's.

`client` asks, with GitHub's habits; `carried`, `marker` and `limits` are pure; the others say what
is asked for.
"""

from reconciler.github.client import AUTHOR, GitHub, GitHubError
from reconciler.github.collected import Collected, collect
from reconciler.github.comments import Put, put_outcome, put_plan
from reconciler.github.deployments import applied_commit, record_applied
from reconciler.github.issues import put_issue
from reconciler.github.marker import FAILED, LONGEST, Kind, Marker, Record, Text, attachment
from reconciler.github.pulls import Pull, pull_behind
from reconciler.github.reviews import Review, review_of
from reconciler.github.tip import Tip, tip

__all__ = [
    "AUTHOR",
    "FAILED",
    "LONGEST",
    "Collected",
    "GitHub",
    "GitHubError",
    "Kind",
    "Marker",
    "Pull",
    "Put",
    "Record",
    "Review",
    "Text",
    "Tip",
    "applied_commit",
    "attachment",
    "collect",
    "pull_behind",
    "put_issue",
    "put_outcome",
    "put_plan",
    "record_applied",
    "review_of",
    "tip",
]
