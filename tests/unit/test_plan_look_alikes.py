"""What a new group looks like; the ids in names are rows of the cases that were found by others."""

import pytest

from reconciler.model import Declared, Group, Target, UseCase
from reconciler.plan.build import build_plan
from reconciler.plan.look_alikes import alike, fold
from reconciler.plan.nouns import Guard
from tests.builders import action, desired, group_id, live, use_case

LINK = "https://1drv.ms/x/s!recall"
CASES = (use_case("RECALL", action(30, "Yearly Visit")), use_case("NO_SHOW", action(0, "Sorry")))

OFF = (use_case("RECALL", action(30, "Yearly Visit"), enabled=False),)


def guards(
    declared: list[Declared],
    groups: list[Group],
    base: list[Declared] | None = None,
    *,
    prune: bool = False,
    env: str | None = None,
) -> tuple[Guard, ...]:
    """Return the guards of a plan."""
    return build_plan(declared, groups, Target(env=env), base=base, prune=prune).guards


def names(*args: list[Declared] | list[Group]) -> list[str]:
    """Return the names of the guards of a plan."""
    return [guard.name for guard in guards(*args)]  # type: ignore[arg-type]


FILE = desired("recall", name="Annual Recall", sheet_link=LINK, use_cases=CASES)


@pytest.mark.parametrize(
    ("what", "stray"),
    [
        ("s1 name and slug", live("yearly", 7, name="Yearly visit", use_cases=CASES)),
        ("sheet alone", live("x", 7, name="Other", sheet_link=LINK)),
        ("sheet, other query", live("x", 7, name="Other", sheet_link=f"{LINK}?usp=sharing")),
        ("use cases, one more", live("x", 7, name="Y", use_cases=(*CASES, use_case("NEW")))),
        ("use cases, one less", live("x", 7, name="Y", use_cases=CASES[:1])),
        ("switched off", live("x", 7, name="Y", use_cases=OFF)),
        ("w2 prefix", live("x", 7, name="North: Annual Recall", use_cases=CASES)),
        ("t1 dash", live("x", 7, name="annual-recall")),
        ("t1 underscore", live("x", 7, name="annual_recall.")),
        ("t1 quotes", live("x", 7, name='"Annual" Recall')),
        ("t1 case", live("x", 7, name="annual RECALL")),
        ("t1 space", live("x", 7, name=" Annual  Recall ")),
        ("t1 Unicode form", live("x", 7, name="\uff21nnual Recall")),
        ("t1 zero width", live("x", 7, name="Annual\u200b Recall\ufeff")),
        ("t1 Cyrillic letter", live("x", 7, name="Annu\u0430l Recall")),
        ("s1 the tab that is shown", live("x", 7, name="Other", sheet_link=f"{LINK}#gid=0")),
        ("s1 the host's case", live("x", 7, name="Other", sheet_link=LINK.replace("1d", "1D"))),
        ("q1 other integration", live("recall", 7, integration="google", use_cases=CASES)),
        ("q1 by name", live("x", 7, integration="google", name="Annual Recall")),
    ],
)  # fmt: skip
def test_a_live_group_without_a_file_is_a_look_alike(what: str, stray: Group) -> None:
    """Whatever else differs: one guard, with both sides, the trait, and what to do."""
    (guard,) = guards([FILE], [stray])
    assert (guard.name, guard.file) == ("renames", FILE.file), what
    assert 'microsoft/recall "Annual Recall" would be created beside' in guard.message
    assert f"{stray.key}" in guard.message
    assert group_id(7) in guard.message
    assert "--allow renames=1" in guard.remedy


def test_w2_each_renamed_group_has_a_guard_of_its_own() -> None:
    """A prefix that was added to all names in the dashboard is five guards, not none."""
    cases = [(use_case(f"CASE_{n}", action(n)),) for n in range(5)]
    files = [desired(f"g{n}", name=f"Group {n}", use_cases=cases[n]) for n in range(5)]
    strays = [live(f"north-{n}", n, name=f"North Group {n}", use_cases=cases[n]) for n in range(5)]
    found = guards(files, strays)
    assert [guard.name for guard in found] == ["renames"] * 5
    assert all("--allow renames=5" in guard.remedy for guard in found)
    assert build_plan(files, strays, Target(), allow={"renames": 5}).guards == ()
    assert len(build_plan(files, strays, Target(), allow={"renames": 4}).guards) == 5


@pytest.mark.parametrize(
    "stray",
    [
        live("x", 7, name="Lab Results", use_cases=(use_case("LAB", action(0, "Lab")),)),
        live("x", 7, name="Recall", sheet_link="https://1drv.ms/x/other"),
        live("x", 7, name="Y", use_cases=(use_case("RECALL", action(31, "Yearly Visit")),)),
        live("x", 7, name="Y", use_cases=(CASES[0], use_case("Z", action(9)))),
        live("x", 7, name="", use_cases=()),
    ],
)  # fmt: skip
def test_an_unrelated_live_group_is_none(stray: Group) -> None:
    """Neither name, nor sheet, nor all that one of both contacts for."""
    assert guards([FILE], [stray]) == ()


def test_a_group_that_another_file_means_is_none() -> None:
    """A pinned id or a key of a file is nobody's twin as a live group; as a file it may be."""
    pinned = desired("other", name="Annual Recall Too", group_id=group_id(7))
    stray = live("renamed", 7, name="Annual Recall", use_cases=CASES)
    assert names([FILE, pinned], [stray]) == []


def test_e22_the_line_to_add_belongs_to_the_environment() -> None:
    """An id of qa at the top of the file would break prod."""
    (guard,) = guards([FILE], [live("yearly", 7, name="Y", use_cases=CASES)], env="qa")
    assert f"`group_id: {group_id(7)}` under `environments: {{qa: ...}}`" in guard.remedy
    assert "`slug: yearly` under `environments: {qa: ...}`" in guard.remedy


@pytest.mark.parametrize("link", [None, LINK])
def test_copy_of_a_file(link: str | None) -> None:
    """As sync programs name a conflict: with or without a sheet, live or new, one guard."""
    fields = {"name": "Annual Recall", "use_cases": CASES} | ({"sheet_link": link} if link else {})
    original, copy = desired("recall", **fields), desired("recall-laptop", **fields)
    was_live = live("recall", 1, name="Annual Recall", sheet_link=LINK, use_cases=CASES)
    for groups in ([was_live], []):
        (guard,) = guards([original, copy], groups)
        assert (guard.name, guard.file) == ("copies", copy.file)
        assert f'beside microsoft/recall "Annual Recall" of {original.file}' in guard.message
        assert "--allow copies=1" in guard.remedy


def test_files_that_are_meant_to_be_alike_are_no_copies() -> None:
    """Sites with the same texts and sheets of their own; the same name in both integrations."""
    north = desired("north", name="North", sheet_link=LINK, use_cases=CASES)
    south = desired("south", name="South", sheet_link=f"{LINK}-south", use_cases=CASES)
    west = desired("west", name="North", integration="google", use_cases=CASES)
    assert names([north, south, west], []) == []
    both = desired("west", name="West", integration="google", sheet_link=LINK)
    (guard,) = guards([north, both], [])
    assert "the same sheet" in guard.message


def test_q4_a_use_case_that_was_renamed_in_the_file() -> None:
    """Old and new would both be enabled: every patient is contacted twice."""
    group = live(
        "recall", 1, use_cases=(use_case("OLD", action(3, "Old")), use_case("OFF", enabled=False))
    )
    renamed = desired("recall", use_cases=(use_case("NEW", action(3, "Old")),))
    (guard,) = guards([renamed], [group])
    assert guard.name == "use-case-renames"
    assert "NEW beside the live OLD" in guard.message
    assert "--allow use-case-renames=1" in guard.remedy
    base = [desired("recall", use_cases=(use_case("OLD", action(3, "Old")),))]
    assert guards([renamed], [group], base, prune=True) == ()
    named = desired(
        "recall", use_cases=(use_case("NEW", action(3, "Old")), use_case("OLD", action(3, "Old")))
    )
    other = desired("recall", use_cases=(use_case("NEW", action(4, "Another Text")),))
    off = desired("recall", use_cases=(use_case("NEW", action(3, "Old"), enabled=False),))
    twin_of_off = desired("recall", use_cases=(use_case("NEW"),))
    for entry in (named, other, off, twin_of_off):
        assert guards([entry], [group]) == ()


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (use_case("ANNUAL_RECALL", action(9, "Other")), "has the same name but for its spelling"),
        (use_case("NEW", action(3, "yearly_visit", context="CTX")), "has the same actions"),
        (use_case("NEW", action(5, "Yearly Visit")), "has the same texts on other days"),
    ],
)
def test_q4_neither_case_nor_spaces_nor_days_hide_it(now: UseCase, words: str) -> None:
    """A live one that no file can name is ended in the dashboard."""
    twin = use_case("Annual recall", action(3, "Yearly Visit"))
    (guard,) = guards([desired("recall", use_cases=(now,))], [live("recall", 1, use_cases=(twin,))])
    assert guard.name == "use-case-renames"
    assert f"would get the use case {now.use_case} beside the live Annual recall, which" in (
        guard.message
    )
    assert words in guard.message
    assert "switch it off in the dashboard: no file can hold its name" in guard.remedy


def test_q4_what_is_switched_on_again_beside_its_successor() -> None:
    """In the dashboard a use case was replaced by a new one; putting it back contacts twice."""
    was = (use_case("OLD", enabled=False), use_case("NEW"))
    files = [desired("recall", use_cases=(use_case("OLD"),))]
    (guard,) = guards(files, [live("recall", 1, use_cases=was)])
    assert "microsoft/recall would switch on OLD beside the live NEW" in guard.message
    assert "if NEW was renamed, add it to the file with `enabled: false`" in guard.remedy


@pytest.mark.parametrize(
    ("stray", "words"),
    [
        (use_case("RECALL", action(9, "Other")), "the same sheet and the same name"),
        (use_case("Recall", action(9, "Other")), "the same name but for its spelling"),
        (use_case("YEARLY", action(30, "Yearly Visit")), "the same sheet and the same actions"),
        (use_case("YEARLY", action(9, "Yearly Visit")), "the same texts on other days"),
    ],
)
def test_s1_a_group_that_was_copied_in_the_dashboard_and_switched_off(
    stray: UseCase, words: str
) -> None:
    """Switching it on again beside its copy contacts the same people twice; adding to it, too."""
    copy = live("copy", 7, name="Copy", sheet_link=f"{LINK}#gid=0", use_cases=(stray,))
    for was in (OFF, ()):
        before = live("recall", 1, name="Annual Recall", sheet_link=LINK, use_cases=was)
        file = desired("recall", name="Annual Recall", sheet_link=LINK, use_cases=CASES[:1])
        (guard,) = guards([file], [before, copy])
        assert guard.name == "use-case-renames"
        assert (
            f"beside the live {stray.use_case} of microsoft/copy ({group_id(7)})" in guard.message
        )
        assert words in guard.message
        assert "switch microsoft/copy off in the dashboard" in guard.remedy
        elsewhere = copy.model_copy(update={"sheet_link": None})
        off = (stray.model_copy(update={"enabled": False}),)
        for other in (elsewhere, copy.model_copy(update={"use_cases": off})):
            assert guards([file], [before, other]) == ()
    base = [desired("copy", name="Copy", sheet_link=LINK, use_cases=(stray,))]
    assert guards([file], [before, copy], base, prune=True) == ()


@pytest.mark.parametrize(
    "stray",
    [
        use_case("Recall", action(30, "Yearly Visit")),
        use_case("RECALL", action(30, "yearly visit")),
        use_case("RECALL", action(30, "Yearly_Visit", context="CTX")),
        use_case("recall", action(30, "Yearly-Visit")),
    ],
)
def test_s1_use_cases_are_the_same_whatever_their_case(stray: UseCase) -> None:
    """As a dashboard, or whoever typed them, spells use cases, templates and contexts."""
    (guard,) = guards([FILE], [live("x", 7, name="Y", use_cases=(stray,))])
    assert "the same use cases with the same actions" in guard.message


def test_a_group_that_git_moves_to_the_other_integration_needs_no_guard() -> None:
    """With a base and pruning the old one contacts nobody afterwards; without, both would."""
    old = live("recall", 7, integration="google", name="Annual Recall", use_cases=CASES)
    was = [desired("recall", integration="google", name="Annual Recall", use_cases=CASES)]
    assert guards([FILE], [old], was, prune=True) == ()
    assert [guard.name for guard in guards([FILE], [old], was)] == ["renames"]
    off = old.model_copy(
        update={"use_cases": tuple(c.model_copy(update={"enabled": False}) for c in CASES)}
    )
    assert guards([FILE], [off], was) == ()


def test_folding() -> None:
    """What people see no difference in."""
    assert fold("  Annual\u00a0 RECALL ") == fold("annual recall")
    assert fold("Straße") == fold("STRASSE")
    assert fold("Women\u2019s follow\u2013up") == fold("Women's Follow-up")
    assert fold("Recall 1") != fold("Recall 2")
    assert fold("Recall") != fold("R\u00e9call")
    assert fold("No-Show") == fold("no show") == fold("NO_SHOW")
    assert fold("Recall 1/2") != fold("Recall 12")
    assert fold("---") != fold("...")


def test_a_pair_is_told_once_with_all_that_is_shared() -> None:
    """In the order sheet, use cases, name; strays by id."""
    same = {"name": "Annual Recall", "sheet_link": LINK, "use_cases": CASES}
    (found,) = alike([FILE], [live("b", 2, **same), live("a", 1, **same)])
    pairs = list(found)
    assert [pair.other.slug for pair in pairs] == ["a", "b"]
    assert pairs[0].traits == ("sheet", "use cases", "name")
