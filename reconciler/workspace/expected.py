"""What was reviewed, and whether a plan is that: what is applied is what was reviewed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from reconciler.errors import UsageError
from reconciler.plan.digest import DIGEST, NOTHING
from reconciler.plan.nouns import Plan
from reconciler.render.deviations import deviations
from reconciler.render.json import plan_document
from reconciler.render.models import PlanDocument
from reconciler.text import visible

_LARGEST: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a plan may be carried out by what was reviewed.

    Attributes:
        kind: `reviewed`; `nothing left` if the plan is not the reviewed one, but empty; `other`.
        lines: What to tell, a line each; empty for the plan that was reviewed.
    """

    kind: Literal["reviewed", "nothing left", "other"]
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """The plan that was reviewed.

    Attributes:
        digest: Its digest, or NOTHING.
        document: The plan itself, where its file was given.
    """

    digest: str
    document: PlanDocument | None = None

    @classmethod
    def read(cls, text: str, root: Path) -> "Expected":
        """Return what an option's value means, paths from the root; raises UsageError."""
        if text == NOTHING or DIGEST.fullmatch(text):
            return cls(text)
        if not text.endswith(".json"):
            raise UsageError(
                f"--expect {visible(text)} is not a digest",
                remedy="give sha256: and 64 hex digits, or a plan's .json file",
            )
        try:
            content = (root / text).read_bytes()[:_LARGEST]
            document = PlanDocument.model_validate_json(content)
        except OSError as error:
            raise UsageError(
                f"--expect {visible(text)}: {error.strerror}", remedy="name a file that exists"
            ) from error
        except ValidationError as error:
            raise UsageError(
                f"--expect {visible(text)} is not a plan of this version: {error.error_count()}"
                " problems",
                remedy="write it with `reconciler plan --out plan.json`, by the same version",
            ) from error
        return cls(document.digest, document)

    def judge(self, plan: Plan) -> Verdict:
        """Return whether a plan is the reviewed one, and how it differs."""
        told = deviations(self.document, plan_document(plan)) if self.document else []
        if self.digest == plan.digest and not told:
            return Verdict("reviewed")
        if plan.empty and plan.unread:
            names = " and ".join(one.integration for one in plan.unread)
            line = f"Whether something is left of the reviewed plan is unknown: {names} is unread."
            return Verdict("nothing left", [line])
        if plan.empty:
            # Nothing can be written that was not reviewed: a run that is started again after it was
            # done ends well.
            return Verdict("nothing left", ["Nothing is left to do of the reviewed plan."])
        lines = [
            "This is not the reviewed plan; nothing was written.",
            f"  reviewed  {self.digest}",
            f"  now       {plan.digest}",
        ]
        if self.digest == plan.digest:
            lines.append(
                "  The file has been edited since it was written: its content does not have its"
                " digest."
            )
        lines += [f"  {line}" for line in told]
        if self.digest == NOTHING:
            lines.append("  The review saw no changes, or nobody reviewed this.")
        elif not self.document:
            lines.append(
                "  With the reviewed plan's .json file in place of its digest, this says what"
                " differs."
            )
        return Verdict("other", [*lines, "Review the plan above, and then apply that one."])
