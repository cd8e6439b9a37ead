"""The digest of a plan: what a review names, and an apply is held to.

Pure: no I/O.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import SecretStr

from reconciler.model import Target
from reconciler.plan.nouns import Change

DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
NOTHING: Final = "none"
"""Stands for a digest where the review saw no changes, so that any change at all is refused."""


def plan_digest(target: Target, changes: Iterable[Change]) -> str:
    """Return `sha256:` and 64 hex digits over a target and its changes, sorted by key.

    Names of files, lines, order of lists and time have no part in it; secrets have, unseen.
    """
    content = {
        "target": {"api_url": target.api_url, "env": target.env},
        "changes": [
            {
                "key": str(change.key),
                "action": change.action,
                "fields": {
                    field.path: [_meaning(field.before), _meaning(field.after)]
                    for field in change.fields
                },
                "use_cases": {
                    part.use_case: [
                        _meaning(part.before.model_dump()) if part.before else None,
                        part.action,
                    ]
                    for part in change.use_cases
                },
                "request": _meaning(change.request),
            }
            for change in changes
        ],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _meaning(value: Any) -> Any:
    """Return plain JSON in which secrets count and the order of use cases and actions does not."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Mapping):
        return {name: _meaning(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return sorted(
            (_meaning(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True)
        )
    return value
