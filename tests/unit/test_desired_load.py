"""From files to groups: rules across files, environments, variables, selection."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from reconciler.desired import check, load, narrow, select
from reconciler.errors import DesiredError, UsageError
from reconciler.model import Declared


def never(_: str) -> bool:
    """Git has had none of it."""
    return False


def put(root: Path, **contents: str) -> None:
    """Write group files of the google integration by slug."""
    folder = root / "groups" / "google"
    folder.mkdir(parents=True, exist_ok=True)
    for slug, text in contents.items():
        (folder / f"{slug}.yaml").write_text(text, encoding="utf-8")


def told(root: Path, env: str | None = None) -> list[tuple[str, str, int]]:
    """Return rule, file name and line of each finding."""
    return [
        (finding.rule, Path(finding.file).name, finding.line)
        for finding in check(root, env).findings
    ]


def one(root: Path, env: str | None = None, **variables: str) -> Declared:
    """Return the one declared group."""
    (declared,) = load(root, env=env, variables=variables).declared
    return declared


def test_only_what_is_given_is_declared(tmp_path: Path) -> None:
    """Absent is unmanaged, null is managed as empty, the slug is always given."""
    put(tmp_path, a="name: X\ntimezone: null\nuse_cases: null\n")
    group = one(tmp_path).group
    assert group.declared == {"integration", "slug", "name", "timezone", "use_cases"}
    assert (group.slug, group.timezone, group.use_cases) == ("a", None, ())


def test_every_value_knows_its_place(tmp_path: Path) -> None:
    """Positions are 1-based; a list stands at its key, and what is absent at its group."""
    put(
        tmp_path,
        a="# c\nname: X\nstart_time: 08:00\nuse_cases:\n  - use_case: A\n    enabled: true\n   "
        " actions:\n"
        "      - {action_type: SMS, context: c, day: 1, template_name: T}\n"
        "      - action_type: CALL\n        context: c\n        day: 1\n        template_name: T\n",
    )
    declared = one(tmp_path)
    assert declared.file == "groups/google/a.yaml"
    places = {
        "": (2, 1),
        "name": (2, 7),
        "start_time": (3, 13),
        "use_cases": (4, 1),
        "use_cases.A": (5, 5),
        "use_cases.A.enabled": (6, 14),
        "use_cases.A.actions": (7, 5),
        "use_cases.A.actions.0": (8, 9),
        "use_cases.A.actions.1": (9, 9),
        "timezone": (2, 1),
        "use_cases.A.actions.7": (7, 5),
    }
    assert {path: declared.position(path) for path in places} == places


def test_an_environment_overrides_group_level_fields(tmp_path: Path) -> None:
    """At the override's own place; other environments and fields stay."""
    put(
        tmp_path,
        a="name: X\ntimezone: UTC\nstart_time: 08:00\nenvironments:\n"
        "  qa:\n    name: Y\n    start_time: null\n    slug: Live QA\n  prod: {}\n",
    )
    qa = one(tmp_path, "qa")
    assert (qa.group.name, qa.group.slug, qa.group.timezone, qa.group.start_time) == (
        "Y",
        "Live QA",
        "UTC",
        None,
    )
    assert "start_time" in qa.group.declared
    assert (qa.position("name"), qa.position("timezone")) == ((6, 11), (2, 11))
    assert one(tmp_path, "prod").group == one(tmp_path).group


def test_an_environment_that_no_file_mentions(tmp_path: Path) -> None:
    """A typing error must not plan something else; all names are told, and none is guessed."""
    put(tmp_path, a="name: X\nenvironments: {prod: {}, pred: {}}\n")
    with pytest.raises(
        UsageError, match="no environment prd: group files mention pred, prod"
    ) as caught:
        check(tmp_path, "prd")
    assert caught.value.remedy == "choose one of these with --env"
    put(tmp_path, a="name: X\n")
    with pytest.raises(UsageError, match="group files mention none") as caught:
        check(tmp_path, "qa")
    assert "pyproject.toml" in caught.value.remedy


def test_g_an_environment_that_the_settings_list(tmp_path: Path) -> None:
    """It may be chosen though no file mentions it; the names of both are told otherwise."""
    put(tmp_path, a="name: X\nenvironments: {prod: {}}\n")
    listed = {"prod", "test"}
    assert check(tmp_path, "test", listed).findings == ()
    assert load(tmp_path, env="test", variables={}, listed=listed).environments == ("prod",)
    with pytest.raises(UsageError, match="settings and group files name prod, test"):
        check(tmp_path, "qa", listed)


def test_g_an_environment_that_the_settings_do_not_list(tmp_path: Path) -> None:
    """An error at its place, whichever environment is chosen; a close name is then no warning."""
    put(
        tmp_path,
        a="name: X\nenvironments: {prod: {}}\n",
        b="name: Y\nenvironments:\n  prod: {}\n  prd: {}\n",
    )
    for env in (None, "prod"):
        (found,) = check(tmp_path, env, {"prod", "qa"}).findings
        assert (found.rule, found.severity) == ("unknown-environment", "error")
        assert (Path(found.file).name, found.place) == ("b.yaml", (4, 3))
        assert "does not list the environment prd; it lists prod, qa" in found.message
    assert check(tmp_path, None, {"prod", "prd"}).findings == ()


def test_an_environment_is_not_missed_while_a_file_is_unread(tmp_path: Path) -> None:
    """Only the broken file may mention it; its own problem is told instead."""
    put(tmp_path, a="name: [\n", b="name: X\n")
    assert told(tmp_path, "qa") == [("yaml-syntax", "a.yaml", 2)]


@pytest.mark.parametrize(
    ("text", "env", "variable"),
    [
        ("name: X\nsheet_link: {from_env: LINK}\n", None, "LINK"),
        ("name: X\nenvironments:\n  qa: {sheet_link: {from_env: QA_LINK}}\n", "qa", "QA_LINK"),
    ],
)
def test_from_env_is_resolved_when_a_plan_is_made(
    tmp_path: Path, text: str, env: str | None, variable: str
) -> None:
    """Not by check, which needs no variable.

    Unset, empty and unfit values are errors that never show the value.
    """
    put(tmp_path, a=text)
    assert check(tmp_path, env).findings == ()
    assert one(
        tmp_path, env, **{variable: "https://1drv.ms/x/s3cret"}
    ).group.sheet_link == SecretStr("https://1drv.ms/x/s3cret")
    for value, rule in (
        ("", "unset-variable"),
        ("s3cret", "wrong-variable"),
        ("https://s3cret\n", "wrong-variable"),
    ):
        with pytest.raises(DesiredError) as caught:
            load(tmp_path, env=env, variables={variable: value})
        (finding,) = caught.value.findings
        assert finding.rule == rule
        assert variable in finding.message
        assert "s3cret" not in f"{finding}"


def test_two_files_with_one_key(tmp_path: Path) -> None:
    """By name with both extensions, and through `slug:`; the second is told of the first."""
    put(tmp_path, a="name: X\n", b="name: Y\nslug: a\n")
    (tmp_path / "groups/google/a.yml").write_text("name: Z\n", encoding="utf-8")
    assert told(tmp_path) == [("same-key", "a.yml", 1), ("same-key", "b.yaml", 2)]
    assert "groups/google/a.yaml is google/a too" in check(tmp_path, None).findings[0].message


def test_rules_across_files_hold_in_every_environment(tmp_path: Path) -> None:
    """Without an environment all are checked, each problem told once; with one, that one alone."""
    put(
        tmp_path,
        a="name: X\nenvironments: {qa: {slug: same, group_id: 5eb7cf5a86d9755df3a6c593}}\n",
        b="name: Y\nenvironments:\n  qa: {slug: same, group_id: 5eb7cf5a86d9755df3a6c593}\n  prod:"
        " {}\n",
    )
    assert (
        told(tmp_path)
        == told(tmp_path, "qa")
        == [("same-key", "b.yaml", 3), ("same-group-id", "b.yaml", 3)]
    )
    assert told(tmp_path, "prod") == []
    assert "in the environment qa" in check(tmp_path, None).findings[0].message


def test_all_problems_of_all_files_at_once(tmp_path: Path) -> None:
    """Sorted by place, those of the environment's variables included; nothing else happens."""
    put(
        tmp_path,
        a="nmae: X\ntimezone: Nowhere\n",
        b="name: [\n",
        c="name: X\nsheet_link: {from_env: LINK}\n",
    )
    (tmp_path / "groups/loose.yaml").write_text("", encoding="utf-8")
    with pytest.raises(DesiredError) as caught:
        load(tmp_path, env=None, variables={})
    assert [finding.rule for finding in caught.value.findings] == [
        "missing-key",
        "unknown-key",
        "unknown-timezone",
        "yaml-syntax",
        "unset-variable",
        "wrong-place",
    ]


def test_a_warning_stops_nothing(tmp_path: Path) -> None:
    """What is not read is told, and the rest is loaded."""
    put(tmp_path, a="name: X\n")
    (tmp_path / "groups/google/notes.txt").write_text("", encoding="utf-8")
    assert told(tmp_path) == [("not-read", "notes.txt", 1)]
    assert one(tmp_path).group.name == "X"


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permissions are a finding, not a traceback."""
    put(tmp_path, a="name: X\n")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert told(tmp_path) == [("unreadable", "a.yaml", 1)]


def test_groups_are_sorted_by_key(tmp_path: Path) -> None:
    """Whatever their files are called."""
    put(tmp_path, a="name: X\nslug: z\n", b="name: Y\n")
    assert [str(entry.group.key) for entry in load(tmp_path, env=None, variables={}).declared] == [
        "google/b",
        "google/z",
    ]


SELECTIONS = [
    (["google/a"], ["a"]),
    (["groups/google/a.yaml"], ["a"]),
    (["./groups/google/a.yaml", "google/other"], ["a", "b"]),
    (["groups/google/"], ["a", "b"]),
    (["groups"], ["a", "b"]),
    (["google/a", "groups/google/a.yaml"], ["a"]),
]


@pytest.mark.parametrize(("selectors", "expected"), SELECTIONS)
def test_keys_and_paths_mean_groups(
    tmp_path: Path, selectors: list[str], expected: list[str]
) -> None:
    """A key, a file, a folder, in any spelling; for a plan and for validate alike."""
    put(tmp_path, a="name: X\n", b="name: Y\nslug: other\n")
    declared = load(tmp_path, env=None, variables={}).declared
    files = {str(entry.group.key): Path(entry.file).stem for entry in declared}
    assert sorted(files[str(key)] for key in select(declared, selectors, tmp_path)) == expected
    names = narrow(check(tmp_path, None), selectors, tmp_path, never).files
    assert [Path(name).stem for name in names] == expected
    absolute = [str(tmp_path / "groups/google/a.yaml")]
    assert [str(key) for key in select(declared, absolute, tmp_path)] == ["google/a"]


def test_what_means_no_group_is_wrong_usage(tmp_path: Path) -> None:
    """With what there is; none is guessed, since another group would be written."""
    put(tmp_path, a="name: X\n", reminders="name: Y\n", recall_reminders="name: Z\n")
    (tmp_path / "README.md").write_text("", encoding="utf-8")
    (tmp_path / "groups/google/recall_reminders.yaml").rename(
        tmp_path / "groups/google/recall-reminders.yaml"
    )
    declared = load(tmp_path, env=None, variables={}).declared
    with pytest.raises(UsageError, match="no group file is meant by google/remindres") as caught:
        select(declared, ["google/remindres"], tmp_path)
    assert (
        "name a group by its key or file (google/a, google/recall-reminders, google/reminders),"
        in caught.value.remedy
    )
    with pytest.raises(UsageError) as caught:
        select(
            declared, ["google/a", "the-reminders", "README.md", "groups/google/b.yaml"], tmp_path
        )
    assert caught.value.message == (
        "no group file is meant by the-reminders; README.md is there and is no group file; no group"
        " file is meant by groups/google/b.yaml"
    )
    assert "(google/recall-reminders, google/reminders), or several" in caught.value.remedy
    with pytest.raises(UsageError) as caught:
        select([], ["google/a"], tmp_path)
    assert "(there are none)" in caught.value.remedy


def test_validate_narrows_findings_to_what_is_meant(tmp_path: Path) -> None:
    """Files in the wrong place can be meant by path, broken ones by the key of their path."""
    put(tmp_path, a="nmae: X\n", b="nmae: X\n")
    (tmp_path / "groups/loose.yaml").write_text("", encoding="utf-8")
    checked = check(tmp_path, None)
    assert {
        finding.file for finding in narrow(checked, ["google/a"], tmp_path, never).findings
    } == {"groups/google/a.yaml"}
    loose = narrow(checked, ["groups/loose.yaml"], tmp_path, never)
    assert [finding.rule for finding in loose.findings] == ["wrong-place"]
    assert narrow(checked, [], tmp_path, never) == checked


def test_m6_validate_passes_over_what_is_no_group_file(tmp_path: Path) -> None:
    """What is there, and what Git once had; what nobody has seen is a typing error."""
    put(tmp_path, a="name: X\n", b="nmae: Y\n")
    (tmp_path / "README.md").write_text("", encoding="utf-8")
    (tmp_path / "docs").mkdir()
    checked = check(tmp_path, None)
    had = ["groups/google/gone.yaml"].__contains__
    named = ["groups/google/a.yaml", "README.md", "docs", "./groups/google/gone.yaml"]
    chosen = narrow(checked, named, tmp_path, had)
    assert chosen.files == ("groups/google/a.yaml",)
    assert chosen.findings == ()
    assert chosen.notes == (
        "README.md is no group file; it is passed over.",
        "docs is no group file; it is passed over.",
        "./groups/google/gone.yaml is not there any more; it is passed over.",
    )
    with pytest.raises(UsageError, match=r"no group file is meant by groups/google/c\.yaml$"):
        narrow(checked, [*named, "groups/google/c.yaml"], tmp_path, had)
    assert narrow(checked, ["README.md"], tmp_path, had).files == ()


def test_m6_real_paths_are_compared(tmp_path: Path) -> None:
    """Whichever of the folders above is a link; a link among the group files is itself meant."""
    root = tmp_path / "real"
    put(root, a="name: X\n", b="name: Y\n")
    (root / "groups/google/c.yaml").symlink_to("a.yaml")
    (root / "groups/google/d.yaml").write_text("name: Z\n", encoding="utf-8")
    (tmp_path / "link").symlink_to(root)
    (root / "short").symlink_to("groups/google")
    (root / "one.yaml").symlink_to("groups/google/b.yaml")
    checked = check(root, None)
    link = str(tmp_path / "link/groups")
    for selectors, expected in (
        ([f"{link}/google/b.yaml"], ["b"]),
        ([f"{link}/google/c.yaml"], ["c"]),
        ([f"{link}/google"], ["a", "b", "c", "d"]),
        ([link], ["a", "b", "c", "d"]),
        (["short/d.yaml"], ["d"]),
        (["short"], ["a", "b", "c", "d"]),
        (["one.yaml"], ["b"]),
        (["."], ["a", "b", "c", "d"]),
        (["../link"], ["a", "b", "c", "d"]),
    ):
        found = narrow(checked, selectors, root, never)
        assert ([Path(name).stem for name in found.files], found.notes) == (expected, ())


def test_m6_groups_that_are_a_link_themselves(tmp_path: Path) -> None:
    """Named as they are, and as they are reached."""
    put(tmp_path / "conf", a="name: X\n")
    (tmp_path / "groups").symlink_to("conf/groups")
    declared = load(tmp_path, env=None, variables={}).declared
    for selector in ("groups/google/a.yaml", "conf/groups/google/a.yaml", "conf", "google/a"):
        assert [str(key) for key in select(declared, [selector], tmp_path)] == ["google/a"]


SHEETS = {
    "chosen": "name: X\nsheet_link: {from_env: CHOSEN}\n",
    "other": "name: Y\nsheet_link: {from_env: OTHER}\n",
    "third": "name: Z\nsheet_link: {from_env: THIRD}\n",
}
LINK = "https://docs.google.com/d/x"


def test_e6_only_what_is_chosen_needs_its_variables(tmp_path: Path) -> None:
    """The others are without their links, and it is said whose; a wrong one is no link either."""
    put(tmp_path, **SHEETS)
    given = {"CHOSEN": LINK, "THIRD": "recalls"}
    loaded = load(tmp_path, env=None, variables=given, selectors=["google/chosen"])
    links = {str(entry.group.key): entry.group.sheet_link for entry in loaded.declared}
    assert links == {
        "google/chosen": SecretStr(LINK),
        "google/other": None,
        "google/third": None,
    }
    assert loaded.unset == ("OTHER", "THIRD")
    assert "sheet_link" not in loaded.declared[1].group.declared
    whole = load(tmp_path, env=None, variables=dict.fromkeys(("CHOSEN", "OTHER", "THIRD"), LINK))
    assert whole.unset == ()


@pytest.mark.parametrize("selectors", [["google/other"], ["groups/google"], ["groups"], []])
def test_e6_what_is_chosen_needs_its_own(tmp_path: Path, selectors: list[str]) -> None:
    """By key or folder, or with all."""
    put(tmp_path, **SHEETS)
    with pytest.raises(DesiredError) as caught:
        load(tmp_path, env=None, variables={"CHOSEN": LINK}, selectors=selectors)
    assert {finding.rule for finding in caught.value.findings} == {"unset-variable"}
    assert len(caught.value.findings) == (1 if selectors == ["google/other"] else 2)


def test_e6_a_selector_that_means_nothing_here(tmp_path: Path) -> None:
    """It chooses nothing: a group of the base, or a mistake that whoever selects refuses."""
    put(tmp_path, **SHEETS)
    loaded = load(tmp_path, env=None, variables={}, selectors=["google/gone"])
    assert loaded.unset == ("CHOSEN", "OTHER", "THIRD")


def test_e6_m6_what_is_chosen_through_a_link_needs_its_own(tmp_path: Path) -> None:
    """However it is reached: a plan without its link would be another plan."""
    put(tmp_path / "real", **SHEETS)
    (tmp_path / "link").symlink_to("real")
    chosen = [str(tmp_path / "link/groups/google/other.yaml")]
    with pytest.raises(DesiredError) as caught:
        load(tmp_path / "real", env=None, variables={}, selectors=chosen)
    assert [finding.file for finding in caught.value.findings] == ["groups/google/other.yaml"]


def test_p10_groups_by_integration_pattern_and_slug(tmp_path: Path) -> None:
    """What may be several groups is none of them, and all are named."""
    put(tmp_path, a="name: X\n", reminders="name: Y\n")
    (tmp_path / "groups/microsoft").mkdir()
    (tmp_path / "groups/microsoft/a.yaml").write_text("name: Z\n", encoding="utf-8")
    declared = load(tmp_path, env=None, variables={}).declared

    def keys(*selectors: str) -> list[str]:
        return sorted(map(str, select(declared, selectors, tmp_path)))

    assert keys("google") == ["google/a", "google/reminders"]
    assert keys("*/a") == ["google/a", "microsoft/a"]
    assert keys("reminders") == ["google/reminders"]
    assert keys("[gm]*/a", "reminders") == ["google/a", "google/reminders", "microsoft/a"]
    with pytest.raises(UsageError, match="a may be 2 groups: google/a, microsoft/a") as caught:
        keys("a")
    assert caught.value.remedy == "name the integration as well, or choose all by '*/a'"
    with pytest.raises(UsageError, match=r"no group file is meant by x\*"):
        keys("x*")


NOTED = """name: X
protected: true
use_cases:
  - use_case: LAB
    note: Agreed with Dr. Lee.
    enabled: true
    actions:
      - {action_type: SMS, context: c, day: 1, template_name: T, note: New wording of 2027.}
      - {action_type: SMS, context: c, day: 2, template_name: T}
"""


def test_notes_and_protection_stay_in_git(tmp_path: Path) -> None:
    """They are known of the file, and are no part of the group, so that nothing sends them."""
    put(tmp_path, a=NOTED)
    declared = one(tmp_path)
    assert declared.protected
    assert declared.notes == {
        "use_cases.LAB": "Agreed with Dr. Lee.",
        "use_cases.LAB.actions.0": "New wording of 2027.",
    }
    plain = NOTED.replace("protected: true\n", "").replace("    note: Agreed with Dr. Lee.\n", "")
    put(tmp_path, a=plain.replace(", note: New wording of 2027.", ""))
    without = one(tmp_path)
    assert (without.protected, without.notes) == (False, {})
    assert without.group == declared.group


def test_notes_and_protection_are_checked(tmp_path: Path) -> None:
    """As any other value."""
    wrong = NOTED.replace("true\nuse_cases", "yes\nuse_cases").replace("New wording of 2027.", "7")
    put(tmp_path, a=wrong)
    assert told(tmp_path) == [("wrong-value", "a.yaml", 2), ("not-quoted", "a.yaml", 8)]
