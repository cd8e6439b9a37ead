"""The one issue about drift in an environment."""

from reconciler.github.client import GitHub
from reconciler.github.comments import Put
from reconciler.github.marker import Text


def put_issue(github: GitHub, title: str, text: Text, *, is_open: bool) -> Put:
    """Let the one marked issue say this and be open, or closed.

    It is opened again rather than made again.

    Raises:
        GitHubError: GitHub does not do as it is asked.
    """
    body = str(text)
    query = {"state": "all", "creator": github.author, "direction": "asc"}

    def ours() -> dict[str, object] | None:
        listed = github.pages("issues", query)
        return next(
            (
                item
                for item in listed
                if text.marker.begins(item.get("body") or "")
                and (item.get("user") or {}).get("login") == github.author
            ),
            None,
        )

    known = ours()
    if known is None:
        if not is_open:
            return Put("nothing to say")
        github.make("issues", {"title": title, "body": body}, find=ours)
        return Put("created")
    state = "open" if is_open else "closed"
    if known["state"] == "closed" and not is_open:
        return Put("unchanged")
    if (known["state"], known["body"], known["title"]) == (state, body, title):
        return Put("unchanged")
    github.change(f"issues/{known['number']}", {"title": title, "body": body, "state": state})
    return Put("updated" if is_open else "closed")
