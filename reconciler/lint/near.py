"""Names that are nearly another one: a letter or two, as fingers slip. Pure: no I/O.

Letters know nothing of meaning. So numbers must be the same (`Day 1 Call` is not `Day 2 Call`), one
word alone may differ, it must be long enough and begin alike (`EN` and `ES`, `AM` and `PM`,
`radiology` and `cardiology` are no slips), and what differs in nothing but capitals, spaces and
signs is always near.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_ONE: Final = 5
_TWO: Final = 9
"""Letters that a word must have for one or two slips, counted in the shorter of both."""
_LONGEST: Final = 24
_MOST: Final = 12
"""Letters of a word, and words of a name, that are compared: what is more is not looked at."""


class Nearby:
    """Some names, to be asked which of them another name is nearly."""

    def __init__(self, names: Iterable[str], *, ids: bool = False) -> None:
        """Note the names; of `ids` every character counts alike."""
        self._ids = ids
        self._names: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}
        for name in names:
            words = self._words(name)
            for key in _keys(words):
                self._names.setdefault(key, {})[name] = words

    def of(self, name: str) -> list[str]:
        """Return the names that this one is nearly, sorted; itself is not among them."""
        words = self._words(name)
        found = {
            other
            for key in _keys(words)
            for other, theirs in self._names.get(key, {}).items()
            if other != name and near(words, theirs, ids=self._ids)
        }
        return sorted(found)

    def _words(self, name: str) -> tuple[str, ...]:
        return (name.casefold(),) if self._ids else words_of(name)


def words_of(name: str) -> tuple[str, ...]:
    """Return the words and numbers of a name, capitals and signs aside."""
    return tuple(_WORD.findall(name.casefold()))


def near(one: tuple[str, ...], other: tuple[str, ...], *, ids: bool = False) -> bool:
    """Return whether one name is the other but for a slip, by their words."""
    if one and "".join(one) == "".join(other):
        return [word for word in one if word.isdigit()] == [
            word for word in other if word.isdigit()
        ]
    if len(one) != len(other):
        return False
    pairs = [(mine, theirs) for mine, theirs in zip(one, other, strict=True) if mine != theirs]
    if len(pairs) != 1:
        return False
    mine, theirs = pairs[0]
    shorter = min(len(mine), len(theirs))
    if not ids and (mine.isdigit() or theirs.isdigit() or mine[0] != theirs[0]):
        return False
    slips = 2 if shorter >= _TWO else 1 if shorter >= _ONE else 0
    return max(len(mine), len(theirs)) <= _LONGEST and distance(mine, theirs) <= slips


def distance(one: str, other: str) -> int:
    """Return how many letters are wrong, missing, too many, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, mine in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, theirs in enumerate(other, start=1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (mine != theirs))
            if i > 1 and j > 1 and mine == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _keys(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what near names have in common: the name in one word, or one word less some letters.

    Two words of which one becomes the other by two slips are the same less up to two letters each.
    """
    yield ("".join(words),)
    if len(words) > _MOST:
        return
    for place, word in enumerate(words):
        if _ONE <= len(word) <= _LONGEST and not (word.isdigit() and len(words) > 1):
            around = (*words[:place], "", *words[place + 1 :])
            most = 2 if len(word) >= _TWO else 1
            for number in range(most + 1):
                for left_out in combinations(range(len(word)), number):
                    rest = "".join(c for i, c in enumerate(word) if i not in left_out)
                    yield (*around, str(place), rest)
