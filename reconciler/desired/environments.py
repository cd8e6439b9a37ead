"""The names of environments: which there are, which one is chosen, and which is a slip of the pen.

Pure: no I/O. An override under a name that nobody chooses is not used, and nobody hears of it.
Where the settings list the environments, any other name is an error. Where they do not, a name
that one file has alone is a warning if it is close to one that others have: the same word in
another form (`prd`, `prod`, `production`), the same words in another order or without a dash, or
one letter missing, added, replaced or swapped. What people tell environments apart by is never
close: digits, short words, other words (`prod-east` and `prod-west`, `qa1` and `qa2`, `qa` and
`test`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from reconciler.desired import catalogue
from reconciler.desired.resolve import GroupDocument
from reconciler.errors import Finding, UsageError
from reconciler.text import count, visible

_FORMS: Final = (
    ("production", "prod", "prd", "live"),
    ("staging", "stage", "stg"),
    ("development", "develop", "devel", "dev"),
    ("testing", "test", "tst"),
)
"""Forms of one word that people write by habit."""
_MEANING: Final = {form: forms[0] for forms in _FORMS for form in forms}
_SHORTEST: Final = 3
"""Letters of the shortest word in which a letter more or less is a slip: qa is not aqa."""
_SHORTEST_REPLACED: Final = 4
"""The same for another letter in its place: uat is not sat."""


def mentioned(sources: Sequence[GroupDocument]) -> list[str]:
    """Return the environments that files mention, sorted."""
    return sorted({name for source in sources for name in source.environments()})


def choose(env: str | None, sources: Sequence[GroupDocument], listed: Collection[str]) -> None:
    """Hold the chosen environment to those that there are: a typo must not plan something else.

    Args:
        env: The environment, or None.
        sources: All group files.
        listed: What the settings list; empty if they list none.

    Raises:
        UsageError: Neither a file nor the settings know it; it names all that are known, and
            guesses none: the nearest by letters may be the wrong one.
    """
    known = sorted({*listed, *mentioned(sources)})
    if env is None or env in known:
        return
    who = "settings and group files name" if listed else "group files mention"
    raise UsageError(
        f"there is no environment {visible(env)}: {who} {', '.join(known) or 'none'}",
        remedy="choose one of these with --env"
        if known
        else "leave --env out, add it under `environments:` in the files where it differs, or list"
        " it in pyproject.toml: [tool.reconciler.environments.NAME]",
    )


def misnamed(sources: Sequence[GroupDocument], listed: Collection[str]) -> Iterator[Finding]:
    """Yield the environments of files that the settings do not list, or else the lone ones."""
    yield from _unlisted(sources, listed) if listed else _lone(sources)


def close(one: str, other: str) -> bool:
    """Return whether two names of environments are likely to be meant as one."""
    words, others = one.split("-"), other.split("-")
    if "".join(words) == "".join(others) or _meanings(words) == _meanings(others):
        return True
    differing = [pair for pair in zip(words, others, strict=False) if pair[0] != pair[1]]
    return len(words) == len(others) and len(differing) == 1 and _one_slip(*differing[0])


def _unlisted(sources: Sequence[GroupDocument], listed: Collection[str]) -> Iterator[Finding]:
    known = ", ".join(sorted(listed))
    for source in sources:
        for name in source.environments():
            if name not in listed:
                yield _found(
                    catalogue.UNKNOWN_ENVIRONMENT.found(
                        f"pyproject.toml does not list the environment {name}; it lists {known}",
                        place=_place(source, name),
                    ),
                    source,
                )


def _lone(sources: Sequence[GroupDocument]) -> Iterator[Finding]:
    having: dict[str, list[GroupDocument]] = defaultdict(list)
    for source in sources:
        for name in source.environments():
            having[name].append(source)
    for name, (source, *more) in sorted(having.items()):
        near = [
            other
            for other in sorted(having)
            if other not in source.environments() and close(name, other)
        ]
        if more or not near:
            continue
        others = " and ".join(f"{near_by} ({_files(having[near_by])})" for near_by in near)
        yield _found(
            catalogue.LONE_ENVIRONMENT.found(
                f"only this file has the environment {name}; others have {others}, so that"
                f" --env {near[0]} takes nothing from here",
                place=_place(source, name),
            ),
            source,
        )


def _files(sources: Sequence[GroupDocument]) -> str:
    return sources[0].place.name if len(sources) == 1 else count(len(sources), "file")


def _place(source: GroupDocument, name: str) -> tuple[int, int]:
    return source.document.keys["environments", name]


def _found(finding: Finding, source: GroupDocument) -> Finding:
    return finding.in_file(source.place.name)


def _meanings(words: Sequence[str]) -> list[str]:
    return sorted(_MEANING.get(word, word) for word in words)


def _one_slip(one: str, other: str) -> bool:
    """Return whether two words are one but for a letter more, less, replaced, or two swapped."""
    if not (one.isalpha() and other.isalpha()):
        return False
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST:
        return False
    if len(long) - len(short) == 1:
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    if len(long) != len(short):
        return False
    at = [index for index in range(len(one)) if one[index] != other[index]]
    if len(at) == 1:
        return len(one) >= _SHORTEST_REPLACED
    return one[at[0] : at[-1] + 1] == other[at[0] : at[-1] + 1][::-1] and len(at) == 2  # noqa: PLR2004 - two letters
