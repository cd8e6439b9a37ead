"""What was reviewed: read from a digest, a plan's file, or the reviews of pull requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from reconciler.errors import StaleError, UsageError
from reconciler.model import Target
from reconciler.plan.digest import DIGEST, NOTHING, plan_digest
from reconciler.plan.nouns import Plan
from reconciler.plan.review import Reviewed, ReviewedChange, ReviewedPlan, Verdict, judge
from reconciler.render.deviations import deviations
from reconciler.render.json import plan_document
from reconciler.render.models import PlanDocument, ReviewedDocument
from reconciler.text import sentence_case, visible

_LARGEST: Final = 64 * 1024 * 1024
_AGAIN: Final = "plan again, review that, and apply it"


@dataclass(frozen=True, slots=True)
class Expected:
    """What was reviewed.

    Attributes:
        name: As it was given.
        content: A digest or NOTHING; a plan; or what pull requests were reviewed for.
    """

    name: str
    content: str | PlanDocument | ReviewedDocument

    @classmethod
    def read(cls, text: str, root: Path) -> "Expected":
        """Return what an option's value means, paths from the root; raises UsageError."""
        if text == NOTHING or DIGEST.fullmatch(text):
            return cls(text, text)
        if not text.endswith(".json"):
            raise UsageError(
                f"--expect {visible(text)} is not a digest",
                remedy="give sha256: and 64 hex digits, a plan's .json file, or what `reconciler"
                " reviewed --out` has written",
            )
        try:
            content = (root / text).read_bytes()[:_LARGEST]
            return cls(text, _document(content))
        except OSError as error:
            raise UsageError(
                f"--expect {visible(text)}: {error.strerror}", remedy="name a file that exists"
            ) from error
        except ValidationError as error:
            raise UsageError(
                f"--expect {visible(text)} is neither a plan nor reviews of this version:"
                f" {error.error_count()} problems",
                remedy="write it with `reconciler plan --out plan.json` or `reconciler reviewed"
                " --out reviewed.json`, by the same version",
            ) from error

    def judge(self, plan: Plan) -> Verdict:
        """Return what of a plan, as a review would see it, may be carried out.

        Raises:
            StaleError: The review was for another target, or its file is not as it was written.
        """
        reviewed = self._reviewed(plan.target)
        verdict = judge(plan, reviewed)
        told = self._deviations(plan)
        digests = {one.digest for one in reviewed.changes}
        names = plan.names()
        for change in plan.changes:
            if change.digest in digests and told.get(change.digest):
                raise self._edited(f"what it says of {names[change.subject]} has not that digest")
        left = [
            replace(one, details=tuple(told.get(one.change.digest, ()))) for one in verdict.left
        ]
        return replace(verdict, left=tuple(left))

    def refusal(self, plan: Plan, verdict: Verdict) -> StaleError | None:
        """Return why nothing may be written where only a plan's digest is known and not met."""
        if not isinstance(self.content, str) or verdict.kept:
            return None
        lines = [
            "This is not the reviewed plan; nothing was written.",
            f"  reviewed  {self.content}",
            f"  now       {plan.digest}",
            *(f"  {sentence_case(one.why)}." for one in verdict.missing),
        ]
        remedy = "Review the plan above, and then apply that one."
        if self.content != NOTHING:
            remedy += (
                " With the reviewed plan's .json file in place of its digest, this says what"
                " differs, and carries out what is left of it."
            )
        return StaleError("\n".join(lines), remedy=remedy)

    def _reviewed(self, target: Target) -> Reviewed:
        if isinstance(self.content, str):
            return Reviewed(plans=(ReviewedPlan(self.content),))
        if isinstance(self.content, PlanDocument):
            return Reviewed(tuple(self._of_plan(self.content, target)))
        of_review = Target(target.api_url, self.content.target.env, self.content.target.scope)
        if of_review != target:
            raise self._elsewhere(f"it was {of_review} in the review", target)
        changes: list[ReviewedChange] = []
        plans: list[ReviewedPlan] = []
        for pull in self.content.pulls:
            listed = [ReviewedChange(one.key, one.digest) for one in pull.changes or ()]
            if pull.digest == NOTHING and not listed:
                continue
            if pull.changes is None:
                plans.append(ReviewedPlan(pull.digest))
            elif _hashed(target, listed) == pull.digest:
                changes += listed
            else:
                # Nobody else's changes are kept back by it.
                plans.append(ReviewedPlan(pull.digest, _not_its(pull.number, target)))
        return Reviewed(tuple(changes), tuple(plans))

    def _of_plan(self, document: PlanDocument, target: Target) -> list[ReviewedChange]:
        of_review = Target(**document.target.model_dump())
        if of_review != target:
            raise self._elsewhere(f"it was {of_review} in the review", target)
        listed = [
            ReviewedChange(one.key, one.digest, any(part.pruned for part in one.use_cases))
            for one in document.changes
        ]
        if _hashed(target, listed) != document.digest:
            raise self._edited("its changes do not add up to its digest")
        return listed

    def _deviations(self, plan: Plan) -> Mapping[str, Sequence[str]]:
        if not isinstance(self.content, PlanDocument):
            return {}
        return deviations(self.content, plan_document(plan))

    def _elsewhere(self, was: str, target: Target) -> StaleError:
        return StaleError(
            f"--expect {visible(self.name)} was reviewed for another target: {visible(was)}, and is"
            f" {visible(str(target))}; nothing was written",
            remedy="name the target of the review with --api-url and --env, in the folder that it"
            " was made in",
        )

    def _edited(self, what: str) -> StaleError:
        return StaleError(
            f"--expect {visible(self.name)} has been edited since it was written, or is of another"
            f" target: {visible(what)}; nothing was written",
            remedy=_AGAIN,
        )


def _document(content: bytes) -> PlanDocument | ReviewedDocument:
    """Return a file's content, whichever of the two it is; raises ValidationError."""
    try:
        return ReviewedDocument.model_validate_json(content)
    except ValidationError:
        return PlanDocument.model_validate_json(content)


def _not_its(number: int, target: Target) -> str:
    return (
        f"the changes in the record of pull request #{number} do not add up to the digest of its"
        f" plan for {visible(str(target))} (it was edited, or is of another target)"
    )


def _hashed(target: Target, changes: Sequence[ReviewedChange]) -> str:
    return plan_digest(target, [(one.key, one.digest) for one in changes])
