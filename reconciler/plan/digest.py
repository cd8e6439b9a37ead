"""Digests of a change and of a plan: what a review names, and an apply is held to.

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


def change_digest(target: Target, change: Change) -> str:
    """Return `sha256:` and 64 hex digits over what a change does to a group of a target.

    That is the group, by key and id, the action, and each part that changes with before and after.
    Fields that are sent along as they are live have no part in it, and neither have names of files,
    lines, order of lists, origins, what it waits for, and time; secrets have, unseen.
    """
    return _digest(
        target,
        {
            "key": str(change.key),
            "group_id": change.subject.group_id,
            "action": change.action,
            "fields": {
                field.path: [_meaning(field.before), _meaning(field.after)]
                for field in change.fields
            },
            "use_cases": {
                part.use_case: [
                    _meaning(part.before.model_dump()) if part.before else None,
                    _meaning(part.after.model_dump()),
                ]
                for part in change.use_cases
            },
        },
    )


def plan_digest(target: Target, changes: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a plan, likewise, over its target and its changes in any order.

    Each is a key, as JSON shows it, and a digest: a list of changes that came from anywhere can be
    checked by whoever knows the plan's digest, what it says of keys included.
    """
    return _digest(target, {"changes": sorted([key, digest] for key, digest in changes)})


def _digest(target: Target, content: Mapping[str, Any]) -> str:
    place = {"api_url": target.api_url, "env": target.env}
    if target.scope:
        place["scope"] = target.scope
    whole = {"target": place, **content}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
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
