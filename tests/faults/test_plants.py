"""The safety tests can fail: each bug they are for is planted in a copy, and found there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLANTS = {
    "naive-retry": "tests/faults/test_exhaustive.py::test_three_faults_of_a_create",
    "no-stale-check": "tests/faults/test_exhaustive.py::test_an_edit_at_each_request",
    "no-read-back": "tests/faults/test_exhaustive.py::test_one_fault_at_each_request",
    "dependency-ignored": "tests/faults/test_order_and_lists.py::test_a_switch_off_that_is_refused",
    "last-look-not-compared": "tests/faults/test_order_and_lists.py"
    "::test_r6_groups_that_the_list_shows_late_are_unknown_and_not_created_again",
    "all-use-cases": "tests/unit/test_plan_build.py"
    "::test_an_update_sends_every_group_level_field_and_only_changed_use_cases",
    "removed-by-the-folder": "tests/e2e/test_checkout.py"
    "::test_a1_a_sparse_checkout_removes_nothing",
    "look-alikes-by-name-only": "tests/unit/test_plan_look_alikes.py"
    "::test_w2_each_renamed_group_has_a_guard_of_its_own",
    "unknown-fields-forgotten": "tests/faults/test_exhaustive.py"
    "::test_q7_what_writes_drop_is_told_and_never_called_applied",
    "unknown-fields-not-compared": "tests/faults/test_exhaustive.py"
    "::test_q7_what_writes_drop_is_told_and_never_called_applied",
    "address-not-compared": "tests/unit/test_workspace_target.py"
    "::test_r1_which_addresses_belong_to_which_environment",
    "account-by-slugs": "tests/unit/test_plan_account.py"
    "::test_e4_a_pinned_group_is_known_by_its_pin_alone",
    "odd-row-not-there": "tests/unit/test_plan_odd.py"
    "::test_r10_a_row_that_a_file_could_mean_refuses_the_plan",
    "odd-twin-not-seen": "tests/unit/test_apply_write.py"
    "::test_r10_an_odd_row_that_may_be_it_hides_no_twin",
    "key-in-place-of-id": "tests/unit/test_plan_base.py"
    "::test_v1_of_two_groups_with_one_key_both_are_pruned",
    "selector-before-identity": "tests/cases/test_cases.py::test_case[moved-and-selected]",
    "applied-commit-ignored": "tests/cases/test_cases.py::test_case[removed-and-never-applied]",
    "drift-of-actions-taken-back": "tests/unit/test_plan_drift.py"
    "::test_e9_single_actions_of_drift_are_left",
    "comment-not-frozen": "tests/contract/test_github.py"
    "::test_e14_nothing_is_written_to_a_pull_request_that_is_done",
    "whole-plan-digest-only": "tests/unit/test_plan_review.py"
    "::test_e5_what_is_left_of_a_reviewed_plan",
    "not-reviewed-and-written": "tests/e2e/test_reviewed.py"
    "::test_e14_what_nobody_reviewed_is_never_carried_out",
    "missing-called-live": "tests/e2e/test_reviewed.py"
    "::test_e4_a_removal_is_not_done_while_it_is_live",
    "base-from-the-push": "tests/histories/test_short.py::test_e3_a_lost_removal_is_made_up_for",
    "no-tip-check": "tests/histories/test_short.py::test_e2_a_run_that_comes_late_writes_nothing",
    "review-after-the-merge": "tests/contract/test_github.py"
    "::test_e14_e21_what_is_no_record_of_the_merge_is_refused",
}
"""What is planted, and a test that must always find it, so none that draws cases at random."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code and its tests, in which every test that is to find a bug passes."""
    copy = tmp_path_factory.mktemp("planted")
    leave = shutil.ignore_patterns("__pycache__")
    for name in ("reconciler", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", copy)
    assert "failed" not in outcome(copy, *dict.fromkeys(PLANTS.values()))
    return copy


def outcome(project: Path, *tests: str) -> str:
    """Return the last line of pytest's summary of some tests, run on the copy's code."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, check=False, timeout=300
    )
    assert "error" not in done.stdout.splitlines()[-1], done.stdout
    return done.stdout.splitlines()[-1]


def patch(project: Path, plant: str, *options: str) -> None:
    """Apply a plant's patch to the copy; it must still fit the code."""
    file = ROOT / "tests" / "faults" / "plants" / f"{plant}.patch"
    subprocess.run(["git", "apply", *options, str(file)], cwd=project, check=True, timeout=60)


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_bug_is_found(project: Path, plant: str) -> None:
    """The test passes on the code as it is, and fails with the bug in it."""
    patch(project, plant)
    try:
        assert "failed" in outcome(project, PLANTS[plant])
    finally:
        patch(project, plant, "--reverse")
