"""Short histories, each of which went wrong once or must not begin to: what the machine found."""

import pytest

from tests.histories.files import FIRST, IMAGING, RECALL, VISITS, Files, Said
from tests.histories.player import Player, Pull, Run
from tests.histories.world import ENVIRONMENTS, World

EARLIER = {**FIRST, VISITS: Said(start=8)}
LATER = {**FIRST, VISITS: Said(start=10)}
WITHOUT = {VISITS: FIRST[VISITS]}


@pytest.fixture
def player() -> Player:
    """A team whose main is applied everywhere."""
    return Player(World())


def planned(player: Player, files: Files) -> Pull:
    """Open a pull request and let its plan be shown."""
    run = player.open(files)
    assert run
    player.go(run)
    player.world.clock.advance(60)
    return player.pulls[-1]


def merged(player: Player, files: Files) -> Run:
    """Open a pull request and merge it once its plan is shown; its run is not there yet."""
    run = player.merge(planned(player, files))
    assert run
    return run


def start(player: Player, env: str = "qa") -> str:
    """Return when the first group begins."""
    group = player.world.live[env].group(VISITS)
    assert group
    return str(group.start_time)


def enabled(player: Player, key: str, env: str = "qa") -> set[bool]:
    """Return whether a group's use cases contact anybody."""
    group = player.world.live[env].group(key)
    return {case.enabled for case in group.use_cases} if group else set()


def outcome(player: Player, number: int, env: str = "qa") -> str:
    """Return what a pull request was told."""
    marker = f"<!-- reconciler outcome env={env} "
    bodies = [one["body"] for one in player.world.github.comments[number]]
    (told,) = (body for body in bodies if body.startswith(marker))
    return str(told.partition("**")[2].partition(" in ")[0])


def test_e3_a_lost_removal_is_made_up_for(player: Player) -> None:
    """By the run of another pull request."""
    merged(player, WITHOUT)
    player.go(merged(player, {**WITHOUT, IMAGING: Said()}))
    assert enabled(player, RECALL) == {False}
    player.quiet()


def test_e2_a_run_that_comes_late_writes_nothing(player: Player) -> None:
    """The next merge took it back, before anything was written."""
    late = merged(player, EARLIER)
    merged(player, FIRST)
    player.go(late)
    assert start(player) == "09:00:00"
    assert outcome(player, 1) == "Superseded"
    player.quiet()


def test_e5_e9_what_was_reviewed_is_applied_beside_anything_else(player: Player) -> None:
    """The dashboard's edit of another group is left; so is nothing of the pull request."""
    run = merged(player, EARLIER)
    player.dashboard("qa", RECALL, lambda one: one.model_copy(update={"start_time": "21:00:00"}))
    player.go(run)
    assert [start(player, env) for env in ENVIRONMENTS] == ["08:00:00"] * 2
    player.quiet()


def test_e14_a_plan_that_is_run_again_after_the_merge(player: Player) -> None:
    """The record stays as it was, and is carried out."""
    run = merged(player, EARLIER)
    player.dashboard("qa", RECALL, lambda one: one.model_copy(update={"start_time": "21:00:00"}))
    player.world.drift = "revert"
    player.again(player.runs[0])
    player.go(player.runs[0])
    player.world.drift = "leave"
    player.go(run)
    assert outcome(player, 1) == "Applied"
    assert start(player) == "08:00:00"
    player.quiet()


def test_e14_a_comment_within_the_second_of_the_merge(player: Player) -> None:
    """Nobody has seen it, so it is no record."""
    run = player.open(EARLIER)
    assert run
    calls = iter(range(100))

    def merge_meanwhile() -> None:
        if next(calls) == 4:
            assert player.merge(player.pulls[0])

    player.world.github.meanwhile = merge_meanwhile
    player.go(run)
    player.world.github.meanwhile = lambda: None
    player.go(player.runs[-1])
    assert start(player) == "09:00:00"
    player.quiet()


@pytest.mark.parametrize("steps", [1, 2])
def test_e2_e5_a_revert_of_what_was_written_and_not_recorded(player: Player, steps: int) -> None:
    """Its run died, before or after it wrote: neither is a dashboard's drift."""
    run = merged(player, {**EARLIER, IMAGING: Said()})
    player.step(run, run.jobs[0], steps)
    player.lose(run.jobs[0])
    player.go(merged(player, FIRST))
    assert start(player) == "09:00:00"
    assert enabled(player, IMAGING) <= {False}
    player.quiet()


def test_e2_e5_a_removal_that_was_written_and_not_recorded(player: Player) -> None:
    """It is taken back by another merge."""
    run = merged(player, WITHOUT)
    player.step(run, run.jobs[0], 2)
    player.lose(run.jobs[0])
    assert enabled(player, RECALL) == {False}
    player.go(merged(player, FIRST))
    assert enabled(player, RECALL) == {True}
    player.quiet()


def test_e3_e6_a_removal_that_was_pending_when_another_was_reviewed(player: Player) -> None:
    """Once it is applied, the other one's run ends well."""
    run = merged(player, WITHOUT)
    other = planned(player, {**WITHOUT, VISITS: Said(start=8)})
    player.go(run)
    run_of_other = player.merge(other)
    assert run_of_other
    player.go(run_of_other)
    assert [job.status for job in run_of_other.jobs] == ["success"] * 2
    player.quiet()


@pytest.mark.parametrize("steps", [0, 1])
def test_e8_a_run_that_is_cancelled_before_it_writes(player: Player, steps: int) -> None:
    """Is never told as applied."""
    run = merged(player, EARLIER)
    player.step(run, run.jobs[0], steps)
    player.cancel(run.jobs[0])
    assert outcome(player, 1) == "Unknown"
    player.quiet()
    assert outcome(player, 1) == "Applied"


def test_e6_e8_a_reviewer_who_comes_after_somebody_by_hand(player: Player) -> None:
    """What was refused by hand is told, and then that it is applied."""
    run = merged(player, EARLIER)
    player.step(run, run.jobs[0])
    player.go(player.by_hand("prod", f"sha256:{'0' * 64}"))
    assert outcome(player, 1, "prod") == "Refused"
    player.go(run)
    assert outcome(player, 1, "prod") == "Applied"
    again = player.by_hand("prod")
    player.step(again, again.jobs[0], 0)
    player.cancel(again.jobs[0])
    assert outcome(player, 1, "prod") == "Applied"


def test_e8_a_change_that_took_the_place_of_another_fails(player: Player) -> None:
    """Then the other one is not applied, either."""
    merged(player, {**EARLIER, IMAGING: Said()})
    run = merged(player, {**LATER, IMAGING: Said()})
    player.world.live["qa"].faults.append("rejected")
    player.go(run)
    assert {outcome(player, number) for number in (1, 2)} == {"Failed"}
    player.quiet()


def test_g1_g2_g7_limits_and_what_github_shows_late(player: Player) -> None:
    """Are waited for."""
    run = player.merge(planned(player, EARLIER), late=20)
    assert run
    player.world.github.upset.extend([None, "primary limit", None, "secondary limit"] * 2)
    player.go(run)
    assert [job.status for job in run.jobs] == ["success"] * 2
    assert outcome(player, 1) == "Applied"
    player.quiet()
