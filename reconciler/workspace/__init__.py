"""A folder of group files, and what can be asked of it, without a command line.

`workspace` is the door. Behind it, `settings` and `loading` read the folder, `base` and `git` an
earlier commit of it, `lint` applies the rules about people, `target` and `fetching` reach the API,
`planning` makes plans, `expected` reads what was reviewed. Nothing here prints, asks, or looks at
the process: root, environment, variables and clock are given.
"""

from reconciler.workspace.loading import Desired
from reconciler.workspace.target import Opened
from reconciler.workspace.workspace import Workspace

__all__ = ["Desired", "Opened", "Workspace"]
