"""What patients notice, as Markdown that is seen at once: as much for each group as there is room.

Pure: no I/O. In full each group has a line, with its name, what changes with both values, and where
that is written. Where that is too much, groups to which the same happens share a line; and where
that is too much, those with one risk do, and the others are counted. No risk is ever left out.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.lint import RULES
from reconciler.plan.risks import RISKS
from reconciler.plan.story import Story
from reconciler.render.marks import chosen, link, said
from reconciler.render.presentation import Presentation
from reconciler.render.story import story_name, story_words
from reconciler.render.words import NOTICED, RISK_TITLES
from reconciler.text import count

_AROUND: Final = 80
"""Bytes of a line of names besides title and names, rather too many than too few."""
_LINKS: Final = 3
"""Lines of a group's file to which a story leads."""


def stories_markdown(told: Sequence[Story], shown: Presentation, room: int) -> list[str]:
    """Return a section of what patients notice, in at most some bytes, or few more."""
    if not told:
        return []
    head = f"### {NOTICED}"
    for lines in (_each(told, shown), _alike(told, shown)):
        fitting: list[str] = []
        left = room - len(head)
        for line in lines:
            left -= len(line.encode()) + 1
            if left < 0:
                break
            fitting.append(line)
        else:
            return [head, *fitting, ""]
    return [head, *_by_risk(told, shown, room - len(head)), ""]


def _each(told: Sequence[Story], shown: Presentation) -> Iterator[str]:
    """Yield a line for each group, with a link to where it is written."""
    for story in told:
        lines = [] if story.change.declared.gone else [part.line for part in story.parts]
        places = [link(line, story.change, shown) for line in dict.fromkeys(lines)]
        where = f" ({', '.join(places[:_LINKS])})" if places else ""
        yield f"- **{said(story_name(story))}**: {_whole(story, shown)}{where}"


def _alike(told: Sequence[Story], shown: Presentation) -> Iterator[str]:
    """Yield a line for all groups to which the same happens."""
    same: dict[str, list[Story]] = {}
    for story in told:
        same.setdefault(_whole(story, shown), []).append(story)
    for words, those in same.items():
        names = chosen(", ".join(map(_name, those)))
        who = f"**{count(len(those), 'group')}** ({names})" if len(those) > 1 else f"**{names}**"
        yield f"- {who}: {words}"


def _whole(story: Story, shown: Presentation) -> str:
    sentences = [said(words) for words in story_words(story, shown.days)]
    return ". ".join(sentences) + "."


def _by_risk(told: Sequence[Story], shown: Presentation, room: int) -> list[str]:
    """Return a line for each kind of risk, and one for the groups without any.

    A name stands behind each risk of its group. If not all fit, each line has its share, and the
    number of those that are left out.
    """
    named: dict[str, list[str]] = {RISK_TITLES[kind]: [] for kind in RISKS}
    for story in told:
        titles = [RISK_TITLES[risk.kind] for risk in story.risks]
        titles += dict.fromkeys(RULES[one.rule].title for one in story.findings)
        for title in titles:
            named.setdefault(title, []).append(_name(story))
    risky = {f"**{title}**": names for title, names in named.items() if names}
    room -= sum(len(title.encode()) for title in risky) + _AROUND * (len(risky) + 1)
    lines = {}
    for place, (title, names) in enumerate(sorted(risky.items(), key=lambda item: len(item[1]))):
        share = room // (len(risky) - place)
        lines[title], used = _listed(title, names, share, shown)
        room -= used
    quiet = [_name(story) for story in told if not story.risky]
    rest = [_listed("no risk", quiet, room, shown)[0]] if quiet else []
    return [*(lines[title] for title in risky), *rest]


def _name(story: Story) -> str:
    return story.name if story.alone else f"{story.name} ({story.key})"


def _listed(title: str, names: Sequence[str], room: int, shown: Presentation) -> tuple[str, int]:
    """Return a line with as many names as fit into some bytes, and the bytes that they take."""
    fitting: list[str] = []
    used = 0
    for name in names:
        size = len(chosen(name).encode()) - len("<code></code>") + len(", ")
        if used + size > room:
            break
        fitting.append(name)
        used += size
    more = len(names) - len(fitting)
    rest = f", and {more} more in {shown.full}" if more else ""
    line = f"- {title} ({count(len(names), 'group')}): {chosen(', '.join(fitting))}{rest}"
    return line, used
