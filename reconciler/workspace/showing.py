"""Which groups there are, and what one of them looks like."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from reconciler.errors import UsageError
from reconciler.plan.listing import Listed, listing
from reconciler.pull.adopt import Adopted, Variables, adopt, file_slug
from reconciler.text import listed as told
from reconciler.workspace.comparing import Compared


def listed(compared: Compared, selectors: Sequence[str]) -> list[Listed]:
    """Return the chosen groups, live or of a file, sorted by key; raises as `pull` does."""
    groups = listing(compared.plan, compared.files.declared)
    if not selectors:
        return groups
    # No path has a name like that of what has no file.
    names = {one.file or f"\0{one.group.group_id}": one for one in groups}
    keys = {name: str(one.key) for name, one in names.items()}
    chosen = compared.choose(keys, selectors)
    return [one for name, one in names.items() if name in chosen]


def shown(compared: Compared, selector: str) -> tuple[Listed, Adopted]:
    """Return the one live group that is meant, and the file that would be written for it.

    Raises:
        UsageError: None is meant, or several, or it is not live.
        ApiError: It may be one that could not be read.
    """
    found = listed(compared, [selector])
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} groups are meant: {told([str(one.key) for one in found])}",
            remedy="name one of them",
        )
    (one,) = found
    if not one.live:
        raise UsageError(
            f"{one.key} is not live",
            remedy=f"{one.file} says what is wanted; `reconciler list` shows what is live",
        )
    files = compared.files
    slug = PurePosixPath(one.file).stem if one.file else file_slug(one.group, ())
    variables = Variables({})
    return one, adopt(one.group, slug, env=files.env, variables=variables, schema=False)
