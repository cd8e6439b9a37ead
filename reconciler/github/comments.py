"""Our comments on a pull request: one for the plan and one for the outcome of an environment.

The plan's comment is the record of what is reviewed. So it names the head that it is about, is
never set back to an older one, and is left alone from the merge on: that nobody has changed it
since is seen by GitHub's own `updated_at`. Therefore the outcome is told in a comment of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from reconciler.github.client import GitHub, GitHubError
from reconciler.github.marker import Marker, Record, Text
from reconciler.github.pulls import pull_at
from reconciler.text import count

Edit = Literal["created", "updated", "unchanged", "closed", "nothing to say", "left alone"]


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a text that was to be put somewhere.

    Attributes:
        edit: What was done.
        notes: Sentences without a full stop that say why, or what was found besides.
    """

    edit: Edit
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Own:
    """Our comments of one kind and environment on a pull request, oldest first.

    Attributes:
        whole: Those that begin with the marker.
        edited: Those above whose marker somebody has written something since.
    """

    whole: tuple[dict[str, Any], ...]
    edited: tuple[dict[str, Any], ...]

    def records(self) -> list[Record]:
        """Return what the markers say, newest first."""
        return [Record.read(item["body"]) for item in reversed(self.whole)]


def own(github: GitHub, number: int, marker: Marker) -> Own:
    """Return our comments: by marker and by author, since a marker alone could be anybody's."""
    ours = sorted(
        (
            item
            for item in github.pages(f"issues/{number}/comments")
            if (item.get("user") or {}).get("login") == github.author
        ),
        key=lambda item: int(item["id"]),
    )
    return Own(
        whole=tuple(item for item in ours if marker.begins(item.get("body") or "")),
        edited=tuple(item for item in ours if marker.within(item.get("body") or "")),
    )


def changed_at(item: dict[str, Any]) -> datetime:
    """Return when a comment was made, or last changed by whomever; raises GitHubError."""
    try:
        return datetime.fromisoformat(item["updated_at"])
    except (KeyError, TypeError, ValueError) as error:
        raise GitHubError(
            f"GitHub does not say when comment {item['id']} was changed",
            remedy="is GITHUB_API_URL right? If it is, please report this",
        ) from error


def put_plan(github: GitHub, number: int, text: Text, *, create: bool) -> Put:
    """Let the one comment about a plan say this, as long as the pull request is open and there.

    Args:
        github: The repository.
        number: Of the pull request.
        text: What to say; its record names the head that it is about.
        create: Make the comment if there is none.

    Raises:
        GitHubError: GitHub does not do as it is asked.
    """
    head = text.record.head
    pull = pull_at(github, number, head)
    if not pull.is_open:
        how = "merged: what was reviewed stays as it is" if pull.merged_at else "closed"
        return Put("left alone", (f"#{number} is {how}",))
    if pull.head != head:
        return Put(
            "left alone",
            (f"this plan is about {head[:12]}, and the head of #{number} is {pull.head[:12]} now",),
        )
    found = own(github, number, text.marker)
    notes = tuple(
        f"an edited comment was found ({item.get('html_url', item['id'])}): with something above"
        " its first line it is no record of a review, and it is left alone"
        for item in found.edited
    )
    text = replace(text, record=text.record.after(*found.records()))
    return _put(github, number, text, found.whole, create=create, notes=notes)


def put_outcome(github: GitHub, number: int, text: Text, *, first: bool = False) -> Put:
    """Let the one comment about what became of a merge say this.

    The run that ended last speaks, since runs of an environment go one after the other. It need not
    be the one that began last: a job that waits for its reviewer is overtaken by one by hand.

    Args:
        github: The repository.
        number: Of the pull request.
        text: What to say; its record names the run.
        first: Say it only where nothing has been told yet: of a run that did nothing.

    Raises:
        GitHubError: GitHub does not do as it is asked.
    """
    found = own(github, number, text.marker)
    if first and found.whole:
        return Put("left alone", ("its outcome has been told before",))
    return _put(github, number, text, found.whole, create=True)


def _put(
    github: GitHub,
    number: int,
    text: Text,
    whole: Sequence[dict[str, Any]],
    *,
    create: bool,
    notes: tuple[str, ...] = (),
) -> Put:
    """Let the oldest of our comments say this, and delete the others, which two runs have made."""
    body = str(text)
    if not whole:
        if not create:
            return Put("nothing to say", notes)
        first_line = body.partition("\n")[0]

        def find() -> dict[str, Any] | None:
            listed = own(github, number, text.marker).whole
            same = (item for item in listed if item["body"].partition("\n")[0] == first_line)
            return next(same, None)

        github.make(f"issues/{number}/comments", {"body": body}, find=find)
        return Put("created", notes)
    oldest, *others = whole
    edit: Edit = "unchanged"
    if oldest["body"] != body:
        github.change(f"issues/comments/{oldest['id']}", {"body": body})
        edit = "updated"
    for item in others:
        github.delete(f"issues/comments/{item['id']}")
    if others:
        notes = (*notes, f"{count(len(others), 'comment')} besides it deleted: one is enough")
    return Put(edit, notes)
