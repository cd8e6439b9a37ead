"""What became of a merge, for the people of its pull request: one line, and the groups it is about.

Pure: no I/O.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal, get_args

from reconciler.errors import ExitCode
from reconciler.render.markdown import code
from reconciler.render.models import LeftAloneDocument, ReportDocument
from reconciler.text import count

Outcome = Literal["applied", "failed", "unknown", "left alone", "superseded", "refused"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)

_LISTED: Final = 50
"""Groups that are listed; more are counted."""
_SENTENCES: Final[dict[Outcome, tuple[str, str]]] = {
    "applied": ("Applied", "Live state is what was merged."),
    "failed": ("Failed", "Not all that was merged is live."),
    "unknown": (
        "Unknown",
        "Something may be written, and nobody knows it for certain: plan again.",
    ),
    "left alone": ("Left alone", "Nothing of this pull request was carried out."),
    "superseded": ("Superseded", "A later run carries this out, and says here what came of it."),
    "refused": ("Refused", "Nothing was written."),
}


def outcome(exit_code: int | None, report: ReportDocument | None) -> Outcome:
    """Return what a run has come to, by what it reports, or else by how it ended.

    Args:
        exit_code: Of `apply`; None if it ended without one, so that nothing is known.
        report: Its report; None if it wrote none, as a run does that is refused.
    """
    statuses = {result.status for result in report.results} if report else set()
    ended = report.exit_code if report else exit_code
    match ended:
        case ExitCode.DONE:
            return "applied"
        case ExitCode.STALE | ExitCode.REFUSED:
            return "refused"
        case ExitCode.ERROR | ExitCode.USAGE:
            return "failed"
        case ExitCode.PARTLY if report and "unknown" not in statuses:
            return "failed"
        case _:
            return "unknown"


def outcome_markdown(
    became: Outcome, env: str | None, *, link: str, report: ReportDocument | None
) -> str:
    """Return the outcome; below it, group by group, what is not applied, left alone and missing.

    Args:
        became: The outcome.
        env: Environment, or None.
        link: Markdown that leads to the run, or an empty text.
        report: What the run did, if it says.
    """
    title, sentence = _SENTENCES[became]
    place = f" in {code(env)}" if env else ""
    numbers = f" {_numbers(report)}." if report and report.results else ""
    where = f" {link} has all of it." if link else ""
    lines = [f"**{title}{place}.** {sentence}{numbers}{where}", ""]
    return "\n".join([*lines, *(_groups(report) if report else ())]).rstrip() + "\n"


def _numbers(report: ReportDocument) -> str:
    counted = Counter(result.status for result in report.results)
    some = ", ".join(f"{number} {status}" for status, number in counted.items())
    return f"Of {count(len(report.results), 'group')}: {some}"


def _groups(report: ReportDocument) -> Iterator[str]:
    listed = [
        *((one.key, one.status, one.message) for one in report.results if one.status != "applied"),
        *((one.key, _left(one), one.why) for one in report.left_alone),
        *(
            (one.key or one.digest, "missing", one.why)
            for one in report.reviewed
            if one.standing == "missing"
        ),
    ]
    for key, became, why in listed[:_LISTED]:
        yield f"- {code(key)} {became}{f': {code(why)}' if why else ''}"
    if len(listed) > _LISTED:
        yield f"- and {len(listed) - _LISTED} more"
    if report.stopped:
        yield f"\nThe run stopped: {code(report.stopped)}"


def _left(one: LeftAloneDocument) -> str:
    return f"left alone ({', '.join(one.origins)})" if one.origins else "left alone"
