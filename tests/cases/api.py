"""The API of a case, in this process."""

import json
from typing import Any

import httpx


class Api:
    """The API of one case: it holds what live.json says, takes upserts, and notes what it got.

    An integration of which live.json has a number answers that status.
    """

    def __init__(self, rows: dict[str, list[dict[str, Any]] | int]) -> None:
        self.rows: dict[str, list[dict[str, Any]] | int] = {"microsoft": [], "google": []} | rows
        self.posts: list[dict[str, Any]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request: a list, one group, or an upsert."""
        integration, _, *wanted = request.url.path.split("/")[4:]
        rows = self.rows[integration]
        if isinstance(rows, int):
            return httpx.Response(rows)
        value: Any = {"groups": rows, "total": len(rows)}
        if request.method == "POST":
            body = json.loads(request.content)
            self.posts.append({"method": "POST", "path": request.url.path, "body": body})
            value = self._upsert(rows, body)
        elif wanted:
            value = next((row for row in rows if row.get("_id") == wanted[0]), None)
        return httpx.Response(404 if value is None else 200, json=value)

    def links(self) -> set[str]:
        """Return every sheet link that is live."""
        lists = [rows for rows in self.rows.values() if not isinstance(rows, int)]
        listed = [row.get("sheet_link") for rows in lists for row in rows]
        return {str(link) for link in listed if link}

    def _upsert(self, rows: list[dict[str, Any]], body: dict[str, Any]) -> Any:
        """Merge as the real one is assumed to: fields replace, use cases by name, others stay."""
        row = next((row for row in rows if row.get("_id") == body.get("group_id", "")), None)
        if row is None and "group_id" in body:
            return None
        if row is None:
            row = {"_id": f"c{len(self.posts):023x}"}
            rows.append(row)
        listed = [*row.get("use_cases", []), *body.get("use_cases", [])]
        row |= {name: value for name, value in body.items() if name != "group_id"}
        row["use_cases"] = list({part["use_case"]: part for part in listed}.values())
        return row
