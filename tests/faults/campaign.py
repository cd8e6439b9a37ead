"""Random schedules of faults, any number of them, by assumption; and a table of the results.

    python -m tests.faults.campaign --schedules 100000 --seed 1
    python -m tests.faults.campaign --write-docs      # the table of docs/reliability.md

Each schedule is made from its seed alone: a small plan, up to three runs with faults in any request
and now and then a crash, then runs without faults until nothing is left to do. Every run is checked
against the invariants.
"""

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from reconciler.apply.write import Pace
from tests.faults.harness import Life, Run, check, duplicates, loses
from tests.faults.model import LEVELS, OK, Answer, Fault, Habits, Level, Lists, Schedule, World
from tests.faults.scenarios import Scenario, moved, random_scenario, unknown_scenario

WINDOW: Final = Pace().settle
SCENARIOS: Final = 400
FAULTY_RUNS: Final = 3
CALM_RUNS: Final = 4
DOCS: Final = Path(__file__).parents[2] / "docs" / "reliability.md"
DOCS_SCHEDULES: Final = 1000
DOCS_SEED: Final = 20261124
_BEGIN, _END = "<!-- generated: begin -->\n", "<!-- generated: end -->\n"

ANSWERS: Final[tuple[Answer, ...]] = (
    *(
        "ok",
        "ok",
        "refused",
        "no connection",
        "busy",
        "rejected",
        "broken",
        "hang",
        "drip",
        "reset",
    ),
    *("cut short", "not HTTP", "web page", "empty"),
)


@dataclass(frozen=True, slots=True)
class Assumption:
    """What a schedule may hold, and what is promised under it.

    Attributes:
        name: As the table says it.
        delays: Bounds in seconds of a late commit; None where writes take at once or never.
        stale: Seconds by which a read may lag.
        others: Whether somebody else creates groups of the same keys meanwhile.
        lists: How the server lists groups.
        mended: Whether it lists them all, and at once, when the faults are over.
        moves: Whether a file has moved, so that a new group waits for the end of an old one.
        elsewhere: Whether a runner that died is followed by one on another machine, without its
            journal.
        unknown: What becomes of fields that the program does not know; empty where live state has
            none.
        promised: Whether there is never a duplicate.
    """

    name: str
    delays: tuple[float, float] | None = None
    stale: float = 0.0
    others: bool = False
    lists: Lists = field(default_factory=Lists)
    mended: bool = False
    moves: bool = False
    elsewhere: bool = False
    unknown: Literal["", "kept", "dropped"] = ""
    promised: bool = False


ASSUMPTIONS: Final = (
    Assumption("fresh reads, writes take at once or never", promised=True),
    Assumption("writes take late, within the window", delays=(0.0, WINDOW * 0.95), promised=True),
    Assumption("a group moves", moves=True, promised=True),
    Assumption(
        "pages are in another order after each write",
        lists=Lists(page=2, reorders=True, answers="id"),
        promised=True,
    ),
    Assumption(
        "a runner dies, and the job is run again on another machine",
        delays=(0.0, WINDOW * 0.95),
        elsewhere=True,
        promised=True,
    ),
    Assumption(
        "lists are cut at the size that is asked for",
        lists=Lists(cut=2, cut_by_size=True),
        mended=True,
        promised=True,
    ),
    Assumption("live groups hold unknown fields, writes keep them", unknown="kept", promised=True),
    Assumption(
        "live groups hold unknown fields, writes drop them", unknown="dropped", promised=True
    ),
    Assumption("lists are cut whatever is asked for", lists=Lists(cut=2), mended=True),
    Assumption("writes take later than the window", delays=(WINDOW * 1.05, WINDOW * 8)),
    Assumption("reads lag behind", stale=WINDOW * 2),
    Assumption(
        "lists lack new groups for a minute, answers name them", lists=Lists(lag=60.0, answers="id")
    ),
    Assumption("somebody else creates the same groups", others=True),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one schedule.

    Attributes:
        duplicates: Groups that were there twice in the end.
        unknowns: Results that said unknown.
        detected: Of the duplicates, how many the next plan refuses with their ids.
        converged: Whether nothing was left to do, or all that was left is refused by a guard.
        losses: Groups that lost unknown fields in a run.
        told: Of the losses, how many were told: as a failure or as unknown, or, where the run died
            before, to the next one as left open.
    """

    duplicates: int
    unknowns: int
    detected: int
    converged: bool
    losses: int
    told: int


def follow(assumption: Assumption, seed: int) -> Verdict:
    """Run one schedule; raises AssertionError where an invariant is broken."""
    dice = random.Random(f"{assumption.name} {seed}")  # noqa: S311 - repeatable, not secret
    scenario, habits = _begin(dice, assumption)
    life = Life.begin(scenario, habits, lists=assumption.lists)
    runs: list[Run] = []
    losses: list[bool] = []

    def run(schedule: Schedule) -> None:
        runs.append(life.run(schedule))
        losses.extend(_losses(runs[-1], life))
        if assumption.elsewhere and runs[-1].crashed:
            life.go_elsewhere()

    for _ in range(dice.randint(1, FAULTY_RUNS)):
        run(_schedule(dice, assumption, scenario))
        life.clock.advance(dice.choice((0.0, 1.0, 30.0)))
    if assumption.mended:
        life.world.lists = Lists()
    for _ in range(CALM_RUNS):
        run(Schedule())
        if life.truth().empty and not life.world.pending:
            break
    for past in runs:
        check(past, one_writer=assumption.promised, fresh=assumption.promised)
    life.clock.advance(life.world.last_due())
    found, truth = duplicates(life.world.records()), life.truth()
    refused = {guard.name for guard in truth.guards}
    told = sum(
        str(key) in guard.message
        for key in found
        for guard in truth.guards
        if guard.name == "two-live-groups"
    )
    unknowns = sum(
        result.status == "unknown" for past in runs if past.report for result in past.report.results
    )
    converged = truth.empty or bool(refused)
    return Verdict(len(found), unknowns, told, converged, len(losses), sum(losses))


def _begin(dice: random.Random, assumption: Assumption) -> tuple[Scenario, Habits]:
    number = dice.randrange(SCENARIOS)
    if assumption.moves:
        return moved(dice.choice(("google", "microsoft"))), Habits()
    if not assumption.unknown:
        return random_scenario(number), Habits()
    levels = dice.sample(LEVELS, dice.randint(1, len(LEVELS)))
    forgets = frozenset[Level](levels if assumption.unknown == "dropped" else ())
    return unknown_scenario(number), Habits(forgets=forgets)


def _losses(run: Run, life: Life) -> Iterator[bool]:
    """Yield for each group that lost unknown fields whether that was told."""
    told = life.journal.since.keys() | {
        key for key, status in life.journal.said.items() if status != "applied"
    }
    for change in run.plan.changes if run.plan else ():
        if loses(run, change):
            yield str(change.key) in told


def _schedule(dice: random.Random, assumption: Assumption, scenario: Scenario) -> Schedule:
    often = dice.choice((0.1, 0.3, 0.7))
    requests = {number: _fault(dice, assumption) for number in range(30) if dice.random() < often}
    edits: dict[int, Callable[[World], None]] = {}
    if assumption.others and dice.random() < 0.5:
        slug = dice.choice(scenario.declared).group.slug
        edits[dice.randrange(8)] = lambda world: world.upsert(
            "microsoft", {"name": slug.title(), "slug": slug}
        )
    dies = dice.random() < (0.7 if assumption.elsewhere else 0.2)
    return Schedule(requests=requests, edits=edits, crash=dice.randrange(12) if dies else None)


def _fault(dice: random.Random, assumption: Assumption) -> Fault:
    answer = dice.choice(ANSWERS)
    commit: float | None = dice.choice((0.0, None))
    if assumption.delays and dice.random() < 0.6:
        commit = dice.uniform(*assumption.delays)
    if answer == "ok" and not assumption.stale:
        # An answer 200 whose write never takes, or takes late, is a fault of its own; without
        # either there is none.
        return Fault(commit=commit) if dice.random() < 0.5 else OK
    stale = dice.uniform(0.0, assumption.stale) if assumption.stale else 0.0
    return Fault(answer, commit=commit, stale=stale, partial=dice.random() < 0.1)


def table(schedules: int, seed: int) -> str:
    """Return the table for so many schedules of each assumption.

    Raises:
        AssertionError: A promise is broken.
    """
    head = (
        "| assumption | schedules | duplicates | of them detected | losses of unknown fields |"
        " of them told | unknown outcomes | converged after |\n"
    )
    rows = [head + "|---|---|---|---|---|---|---|---|\n"]
    for assumption in ASSUMPTIONS:
        verdicts = [checked(assumption, seed + number) for number in range(schedules)]
        numbers = (
            schedules,
            sum(verdict.duplicates for verdict in verdicts),
            sum(verdict.detected for verdict in verdicts),
            sum(verdict.losses for verdict in verdicts),
            sum(verdict.told for verdict in verdicts),
            sum(verdict.unknowns for verdict in verdicts),
            sum(verdict.converged for verdict in verdicts),
        )
        rows.append(f"| {assumption.name} | {' | '.join(f'{number:,}' for number in numbers)} |\n")
    return "".join(rows)


def checked(assumption: Assumption, seed: int) -> Verdict:
    """Run one schedule and hold it to what is promised; the error says how to run it again."""
    again = (
        f"replay: python -m tests.faults.campaign --replay {ASSUMPTIONS.index(assumption)}:{seed}"
    )
    try:
        verdict = follow(assumption, seed)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{again}") from error
    assert verdict.detected == verdict.duplicates, f"a duplicate that no plan refuses; {again}"
    assert verdict.told == verdict.losses, f"a loss that nobody is told of; {again}"
    if assumption.promised:
        assert not verdict.duplicates, f"a duplicate; {again}"
        assert verdict.converged, f"not converged; {again}"
    return verdict


def generated() -> str:
    """Return the generated part of the page."""
    command = f"`python -m tests.faults.campaign --schedules {DOCS_SCHEDULES} --seed {DOCS_SEED}`"
    return f"{_BEGIN}{command} prints:\n\n{table(DOCS_SCHEDULES, DOCS_SEED)}{_END}"


def page_with(part: str) -> str:
    """Return the page with its generated part replaced."""
    text = DOCS.read_text(encoding="utf-8")
    return text[: text.index(_BEGIN)] + part + text[text.index(_END) + len(_END) :]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schedules", type=int, default=DOCS_SCHEDULES, help="of each assumption")
    parser.add_argument("--seed", type=int, default=DOCS_SEED, help="of the first one")
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--replay", metavar="ASSUMPTION:SEED")
    options = parser.parse_args()
    if options.replay:
        assumption, seed = map(int, options.replay.split(":"))
        sys.stdout.write(f"{checked(ASSUMPTIONS[assumption], seed)}\n")
    elif options.write_docs:
        DOCS.write_text(page_with(generated()), encoding="utf-8")
    else:
        sys.stdout.write(table(options.schedules, options.seed))


if __name__ == "__main__":
    main()
