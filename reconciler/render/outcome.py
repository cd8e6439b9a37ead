"""What became of merges, for the people of each pull request: one line, and the groups it is about.

Pure: no I/O.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final, Literal, get_args

from reconciler.errors import ExitCode
from reconciler.render.marks import code
from reconciler.render.models import LeftAloneDocument, PullDocument, ReportDocument
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
    "superseded": (
        "Superseded",
        "A later run carries this out, or a later change of the same group has taken its place.",
    ),
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


def pull_outcome(
    pull: PullDocument, exit_code: int | None, report: ReportDocument | None
) -> Outcome | None:
    """Return what became of one of the pull requests that a run was about.

    None if there is nothing to tell: its plan had no changes, or nobody reviewed any and the run
    ended well without them.

    Args:
        pull: What it was reviewed for.
        exit_code: As of `outcome`.
        report: Likewise.
    """
    whole = outcome(exit_code, report)
    if pull.changes == []:
        if pull.kind == "no changes" or whole == "applied":
            return None
        return "left alone" if report else whole
    became = set(_became(pull, report)) if report else set()
    if not became:
        return whole
    if "unknown" in became:
        return "unknown"
    if became <= {"applied", "superseded"}:
        return "applied" if "applied" in became else "superseded"
    return "left alone" if became == {"left alone"} else "failed"


def _became(pull: PullDocument, report: ReportDocument) -> Iterator[str]:
    """Yield what became of each reviewed change, as far as the run has judged them one by one."""
    results = {result.digest: result.status for result in report.results}
    standings = {(one.key, one.digest): one.standing for one in report.reviewed}
    for key, digest in _reviewed(pull):
        match standings.get((key, digest)):
            case None:
                return
            case "planned" if key is None:
                yield outcome(None, report)
            case "planned":
                yield results.get(digest, "not attempted")
            case "live":
                yield "applied"
            case standing:
                yield standing


def _reviewed(pull: PullDocument) -> Collection[tuple[str | None, str]]:
    if pull.changes is None:
        return [(None, pull.digest)]
    return [(one.key, one.digest) for one in pull.changes]


def outcome_markdown(
    became: Outcome,
    place: str,
    *,
    link: str,
    report: ReportDocument | None,
    keys: Collection[str] | None = None,
) -> str:
    """Return the outcome; below it, group by group, what is not applied, left alone and missing.

    Args:
        became: The outcome.
        place: What people call the environment, or an empty text.
        link: Markdown that leads to the run, or an empty text.
        report: What the run did, if it says.
        keys: The groups that matter; None for all.
    """
    title, sentence = _SENTENCES[became]
    where_it_is = f" in {code(place)}" if place else ""
    where = f" {link} has all of it." if link else ""
    numbers, groups = "", []
    if report:
        statuses = [one.status for one in report.results if keys is None or one.key in keys]
        numbers = f" {_numbers(statuses)}." if statuses else ""
        groups = list(_groups(report, keys))
    lines = [f"**{title}{where_it_is}.** {sentence}{numbers}{where}", ""]
    return "\n".join([*lines, *groups]).rstrip() + "\n"


def _numbers(statuses: Collection[str]) -> str:
    some = ", ".join(f"{number} {status}" for status, number in Counter(statuses).items())
    return f"Of {count(len(statuses), 'group')}: {some}"


def _groups(report: ReportDocument, keys: Collection[str] | None) -> Iterator[str]:
    listed = [
        *((one.key, one.status, one.message) for one in report.results if one.status != "applied"),
        *((one.key, _left(one), one.why) for one in report.left_alone),
        *(
            (one.key or one.digest, "missing", one.why)
            for one in report.reviewed
            if one.standing == "missing"
        ),
    ]
    mine = [one for one in listed if keys is None or one[0] in keys]
    for key, became, why in mine[:_LISTED]:
        yield f"- {code(key)} {became}{f': {code(why)}' if why else ''}"
    if len(mine) > _LISTED:
        yield f"- and {len(mine) - _LISTED} more"
    if report.stopped:
        yield f"\nThe run stopped: {code(report.stopped)}"


def _left(one: LeftAloneDocument) -> str:
    return f"left alone ({', '.join(one.origins)})" if one.origins else "left alone"
