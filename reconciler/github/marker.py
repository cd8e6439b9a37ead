"""What this program's texts on GitHub say of themselves, in comments of HTML that nobody sees.

A text of ours begins with its marker. That names its kind and environment, and what else has to be
known of it without reading it: the digest and the head of a reviewed plan, the run of an outcome.
Behind it there may be one line of JSON, for what a program wants to find there again.

Pure: no I/O.
"""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from reconciler.model import place_name
from reconciler.plan.digest import DIGEST, NOTHING

LONGEST: Final = 65_536
"""Characters that GitHub takes of a comment or an issue."""
FAILED: Final = "failed"
"""Stands for a digest where the last plan failed."""

Kind = Literal["plan", "drift", "outcome"]

_PART: Final = re.compile(r"([a-z]+)=([\w:,.-]*)")
_ATTACHED: Final = "<!-- reconciler attachment "
_END: Final = " -->"
_FORMER: Final = 3
"""Former digests that are kept."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Which text this is; there is one of a kind for an environment.

    Attributes:
        kind: A plan and its review, the drift, or what became of a merge.
        env: Environment, or empty if there is none.
        scope: Folder of the repository that holds the files, of plain characters; empty for the
            repository itself.
    """

    kind: Kind
    env: str
    scope: str = ""

    @property
    def prefix(self) -> str:
        """What every text of this kind, scope and environment begins with."""
        # The scope stands first: no marker without one may begin like one with it.
        scope = f"scope={self.scope} " if self.scope else ""
        return f"<!-- reconciler {self.kind} {scope}env={self.env} "

    @property
    def place(self) -> str:
        """What people call it: `qa`, or `qa of accounts/north`; empty if it is neither."""
        return place_name(self.env, self.scope)

    def begins(self, text: str) -> bool:
        """Return whether a text is of this kind and environment."""
        return text.startswith(self.prefix)

    def within(self, text: str) -> bool:
        """Return whether a text was of this kind before somebody wrote above it."""
        return self.prefix in text and not self.begins(text)


@dataclass(frozen=True, slots=True)
class Record:
    """What the marker of a text says besides.

    Attributes:
        digest: Of the plan; `NOTHING` for one without changes, `FAILED` where there is none, and
            empty if the marker names none that could be one.
        head: The head of the pull request that the plan was made for.
        former: The digests that stood here before and are not this one, newest first.
        run: GitHub's number of the run whose outcome this is, or 0.
    """

    digest: str = ""
    head: str = ""
    former: tuple[str, ...] = ()
    run: int = 0

    @classmethod
    def read(cls, text: str) -> "Record":
        """Return what the first line of a text of ours says."""
        parts = dict(_PART.findall(text.partition("\n")[0]))
        digest = parts.get("digest", "")
        known = digest == FAILED or _is_digest(digest)
        return cls(
            digest=digest if known else "",
            head=parts.get("head", ""),
            former=tuple(one for one in parts.get("was", "").split(",") if _is_digest(one)),
            run=int(run) if (run := parts.get("run", "")).isdecimal() else 0,
        )

    def after(self, *earlier: "Record") -> "Record":
        """Return this record as it follows others in the same place, newest first.

        Whoever approved one of the former digests approved something else than this.
        """
        seen = [digest for old in earlier for digest in (old.digest, *old.former)]
        kept = dict.fromkeys(one for one in seen if _is_digest(one) and one != self.digest)
        return replace(self, former=tuple(kept)[:_FORMER])

    def line(self) -> str:
        """Return the parts as the marker has them."""
        parts = {
            "head": self.head,
            "digest": self.digest,
            "was": ",".join(self.former),
            "run": str(self.run or ""),
        }
        return " ".join(f"{name}={value}" for name, value in parts.items() if value)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of ours, whole.

    Attributes:
        marker: Which one it is.
        record: What its marker says besides.
        body: Markdown that people read.
        attachment: What goes along unseen, whatever JSON can say; None for nothing.
    """

    marker: Marker
    record: Record
    body: str
    attachment: Any = field(default=None, repr=False)

    def __str__(self) -> str:
        """Return it as GitHub takes it; an attachment for which there is no room is left out."""
        top = f"{self.marker.prefix}{self.record.line()}{_END}\n"
        shown = self._changed() + self.body
        hidden = "" if self.attachment is None else _hidden(self.attachment)
        if len(top) + len(hidden) + len(shown) > LONGEST:
            hidden = ""
        return f"{top}{hidden}{shown}"[:LONGEST]

    def _changed(self) -> str:
        """Return what tells a reviewer who has approved before that this is another plan."""
        if not self.record.former or self.record.digest == FAILED:
            return ""
        now, before, *earlier = (_named(one) for one in (self.record.digest, *self.record.former))
        more = f", and earlier {', '.join(earlier)}" if earlier else ""
        return (
            f"> [!IMPORTANT]\n> **Changed since: this was {before}{more}; now it is {now}.**"
            " Whoever approved before has approved another plan.\n\n"
        )


def attachment(text: str) -> Any:
    """Return what a text of ours carries unseen, or None if it carries nothing."""
    line = text.partition("\n")[2].partition("\n")[0].rstrip("\r")
    if not (line.startswith(_ATTACHED) and line.endswith(_END)):
        return None
    try:
        return json.loads(line.removeprefix(_ATTACHED).removesuffix(_END))
    except (ValueError, RecursionError):
        return None


def _hidden(value: Any) -> str:
    """Return a value as one line that GitHub does not show.

    Two dashes may end a comment of HTML. In JSON they stand in strings only, where a dash may be
    written as an escape.
    """
    said = json.dumps(value, separators=(",", ":"), sort_keys=True)
    inert = re.sub("-(?=-)", r"\\u002d", said)
    return f"{_ATTACHED}{inert}{_END}\n"


def _is_digest(text: str) -> bool:
    return text == NOTHING or DIGEST.fullmatch(text) is not None


def _named(digest: str) -> str:
    return "without changes" if digest == NOTHING else f"digest `{digest}`"
