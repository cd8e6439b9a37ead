"""Desired state: the group files, found, read, checked and resolved. One bad file stops everything.

`files` finds them, `yaml` reads them, `document` says what they may hold, `schema` and `shape` hold
them to it, `rules` and `environments` check what a schema cannot say, `resolve` turns them into
groups, and `select` picks some by key or path.
"""

from reconciler.desired.content import problems_of
from reconciler.desired.files import FOLDER
from reconciler.desired.load import (
    Known,
    Loaded,
    check,
    environments,
    in_environment,
    load,
    load_base,
)
from reconciler.desired.resolve import Checked
from reconciler.desired.select import choose, narrow, select

__all__ = [
    "FOLDER",
    "Checked",
    "Known",
    "Loaded",
    "check",
    "choose",
    "environments",
    "in_environment",
    "load",
    "load_base",
    "narrow",
    "problems_of",
    "select",
]
