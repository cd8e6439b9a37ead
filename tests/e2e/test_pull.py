"""The command `pull`, against an API in this process: as people use it, and as they misuse it."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from jsonschema_rs import Draft202012Validator

from reconciler.pull.nouns import Pull
from reconciler.render.json import pull_schema
from reconciler.workspace.pulling import pull as make_pull
from tests.cases.api import Api
from tests.e2e.conftest import Command, Done
from tests.e2e.repository import commit, git

URL = "https://api.interactly.example"
QA = "https://api-qa.interactly.example"
LINK = "https://1drv.ms/x/s3cret"
RECALL = "groups/microsoft/recall.yaml"
TEXT = """# The recall group.
name: "Recall"  # as on the door
timezone: 'America/Chicago'
start_time: 08:00    # early
use_cases:
  # the only one
  - use_case: RECALL
    enabled: true   # on
    actions:
      - {action_type: SMS, context: c1, day: 7, template_name: First SMS}  # one
      # two
      - action_type: CALL
        context: c2
        day: 1
        template_name: Day 1 Call
"""
_TLS = cache(httpx.create_ssl_context)

Row = dict[str, Any]


def action(**changed: Any) -> Row:
    """Return an action as the API answers it."""
    return {
        "action_type": "SMS",
        "context": "c1",
        "day": 7,
        "template_name": "First SMS",
        **changed,
    }


def use_case(name: str, *actions: Row, enabled: bool = True) -> Row:
    """Return a use case as the API answers it."""
    return {"use_case": name, "enabled": enabled, "actions": list(actions)}


def row(number: int, slug: str, **fields: Any) -> Row:
    """Return a group as the API answers it."""
    return {"_id": f"{number:024x}", "slug": slug, "name": slug.title(), "use_cases": [], **fields}


def recall(**changed: Any) -> Row:
    """Return live what the file says, and what it does not speak of."""
    call = action(action_type="CALL", context="c2", day=1, template_name="Day 1 Call")
    fields = {
        "name": "Recall",
        "timezone": "America/Chicago",
        "start_time": "08:00:00",
        "assistant_id": "68a8652f82513625d1c21a85",
        "use_cases": [use_case("RECALL", action(), call)],
    }
    return row(1, "recall", **{**fields, **changed})


@pytest.fixture
def api() -> Api:
    """An account whose one group is as its file says."""
    return Api({"microsoft": [recall()]})


@pytest.fixture
def qa() -> Api:
    """Another account."""
    return Api({})


@pytest.fixture(autouse=True)
def _network(api: Api, qa: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(httpx, "create_ssl_context", _TLS)
    with respx.mock(assert_all_called=False) as network:
        network.route(url__startswith=f"{URL}/").mock(side_effect=api.answer)
        network.route(url__startswith=f"{QA}/").mock(side_effect=qa.answer)
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with one group, committed."""
    put(tmp_path, RECALL, TEXT)
    git(tmp_path, "init", "-q")
    commit(tmp_path, "first")
    return tmp_path


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """The real API, as far as the program knows."""
    return {
        "PATH": os.environ["PATH"],
        "RECONCILER_API_URL": URL,
        "INTERACTLY_API_KEY": "key-of-no-real-clinic",
        "RECONCILER_STATE_DIR": str(tmp_path.with_name(f"{tmp_path.name}-state")),
    }


@pytest.fixture
def pull(reconciler_: Command) -> Callable[..., Done]:
    """The command."""
    return lambda *words: reconciler_("pull", *words)


def put(folder: Path, name: str, text: str) -> None:
    """Write a file, line ends as they are."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode())


def diff(folder: Path) -> list[str]:
    """Return the lines that Git sees changed."""
    lines = git(folder, "diff", "-U0").splitlines()
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_nothing_to_pull(pull: Callable[..., Done], folder: Path) -> None:
    """What a file does not speak of stays unmanaged, and a file is not touched."""
    assert pull().out == "Nothing to pull.\n"
    assert pull("--check").code == 0
    assert diff(folder) == []


def test_a_dashboard_edit_is_edited_where_it_stands(
    pull: Callable[..., Done], folder: Path, api: Api, reconciler_: Command
) -> None:
    """Quotes, forms of time, comments and styles stay; plan and second pull are empty."""
    call = action(action_type="CALL", context="c2", day=2, template_name="Day 1 Call")
    api.rows["microsoft"] = [
        recall(
            name="Recall 💉",
            timezone=None,
            start_time="07:30:00",
            use_cases=[use_case("RECALL", call, action(), action(), enabled=False)],
        )
    ]
    assert pull("--check").code == 2
    assert diff(folder) == []
    done = pull()
    assert (done.code, done.out) == (
        0,
        (
            f"{RECALL}: name, timezone, start_time, use_cases.RECALL.enabled,"
            " use_cases.RECALL.actions\n1 file written, 0 of them new.\n"
        ),
    )
    assert done.err == f"Target: {URL}.\n"
    assert diff(folder) == [
        '-name: "Recall"  # as on the door',
        "-timezone: 'America/Chicago'",
        "-start_time: 08:00    # early",
        '+name: "Recall 💉"  # as on the door',
        "+timezone: null",
        "+start_time: 07:30    # early",
        "-    enabled: true   # on",
        "+    enabled: false   # on",
        "-        day: 1",
        "+        day: 2",
        "+      - action_type: SMS",
        "+        context: c1",
        "+        day: 7",
        "+        template_name: First SMS",
    ]
    assert "No changes" in reconciler_("plan").out
    assert pull().out == "Nothing to pull.\n"


def test_line_ends_stay(pull: Callable[..., Done], folder: Path, api: Api) -> None:
    """A file with CRLF has no other line end afterwards, and a diff does not speak of them."""
    put(folder, RECALL, TEXT.replace("\n", "\r\n"))
    commit(folder, "windows")
    api.rows["microsoft"] = [recall(use_cases=[use_case("RECALL", action(), action(day=3))])]
    assert "U+000D" not in pull("--dry-run").out
    assert pull().code == 0
    content = (folder / RECALL).read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")


def test_a_dry_run_shows_a_diff_and_hides_links(
    pull: Callable[..., Done], folder: Path, api: Api
) -> None:
    """Nothing is written; a new file is a diff against none."""
    api.rows["microsoft"] = [recall(start_time="09:00:00"), row(2, "new", sheet_link=LINK)]
    done = pull("--all", "--links", "--dry-run")
    assert (done.code, diff(folder)) == (0, [])
    assert (
        done.out
        == f"""--- /dev/null
+++ b/groups/microsoft/new.yaml
@@ -0,0 +1,3 @@
+name: New
+sheet_link: (hidden link)
+use_cases: []

--- a/{RECALL}
+++ b/{RECALL}
@@ -1,7 +1,7 @@
 # The recall group.
 name: "Recall"  # as on the door
 timezone: 'America/Chicago'
-start_time: 08:00    # early
+start_time: 09:00    # early
 use_cases:
   # the only one
   - use_case: RECALL

groups/microsoft/new.yaml: new
{RECALL}: start_time
2 files would be written, 1 of them new.
"""
    )
    assert not (folder / "groups/microsoft/new.yaml").exists()
    assert "\x1b[32m+name: New" in pull("--all", "--dry-run", "--color", "always").out
    assert pull("--all", "--links").code == 0
    assert f"sheet_link: {LINK}" in (folder / "groups/microsoft/new.yaml").read_text("utf-8")


def test_what_an_author_has_changed_stays(
    pull: Callable[..., Done], folder: Path, api: Api
) -> None:
    """A conflict is told and waits for somebody; a change that live does not touch is no news."""
    mine = TEXT.replace("08:00 ", "06:00 ").replace("day: 7", "day: 9")
    put(folder, RECALL, mine)
    api.rows["microsoft"] = [recall(start_time="10:00:00", timezone="America/Denver")]
    done = pull()
    assert done.code == 1
    assert done.out == (
        f"{RECALL}: timezone\n"
        "  start_time: changed here and in live state: decide, and write it by hand\n"
        "  use_cases.RECALL.actions: changed here since the base, and not applied\n"
        "1 file written, 0 of them new; 1 with something that somebody has to decide or correct.\n"
    )
    assert (folder / RECALL).read_text("utf-8") == mine.replace("Chicago", "Denver")


def test_a_base_that_is_not_head(pull: Callable[..., Done], folder: Path, api: Api) -> None:
    """What the branch has changed since then stays, committed or not."""
    git(folder, "checkout", "-qb", "mine")
    put(folder, RECALL, TEXT.replace("08:00 ", "06:00 "))
    commit(folder, "earlier")
    assert pull("--base", "main").code == 0
    assert diff(folder) == []
    assert "changed here since the base" in pull("--base", "main").out
    # By HEAD alone, live state seems to have been changed.
    assert pull("--dry-run").out.count("+start_time: 08:00 ") == 1
    assert pull("--base", "nothing").code == 64
    assert pull("--base", "").code == 64
    assert api.posts == []


def test_files_that_git_does_not_know(
    pull: Callable[..., Done], folder: Path, api: Api, reconciler_: Command
) -> None:
    """A new file takes all that differs; so does any where there is no Git, or no commit yet."""
    api.rows["microsoft"] = [recall(), row(2, "new", start_time="09:00:00")]
    put(folder, "groups/microsoft/new.yaml", "name: Mine\nstart_time: 06:00\n")
    assert "new.yaml: name, start_time" in pull().out
    put(folder, RECALL, TEXT.replace("08:00 ", "06:00 "))
    subprocess.run(["rm", "-rf", ".git"], cwd=folder, check=True)
    assert pull("--base", "HEAD").code == 1
    assert f"{RECALL}: start_time" in pull().out
    assert (folder / RECALL).read_text("utf-8") == TEXT
    git(folder, "init", "-q")
    put(folder, RECALL, TEXT.replace("08:00 ", "06:00 "))
    assert pull().code == 0
    assert (folder / RECALL).read_text("utf-8") == TEXT
    assert "No changes" in reconciler_("plan").out


def test_a_renamed_file_is_known_by_its_group(
    pull: Callable[..., Done], folder: Path, api: Api
) -> None:
    """What its author has changed meanwhile stays."""
    text = TEXT.replace("08:00 ", "06:00 ") + "slug: recall\n"
    git(folder, "mv", RECALL, "groups/microsoft/anew.yaml")
    put(folder, "groups/microsoft/anew.yaml", text)
    api.rows["microsoft"] = [recall(timezone="America/Denver")]
    assert pull().code == 0
    kept = (folder / "groups/microsoft/anew.yaml").read_text("utf-8")
    assert kept == text.replace("Chicago", "Denver")


def test_use_cases_that_come_and_go(
    pull: Callable[..., Done], folder: Path, api: Api, reconciler_: Command
) -> None:
    """One that is gone goes, its comments stay; a new one is unmanaged until somebody wants it."""
    api.rows["microsoft"] = [recall(use_cases=[use_case("NEW", action(day=2), action(day=2))])]
    done = pull()
    assert done.code == 0
    assert "  use_cases.NEW: the file does not have it; --all-fields takes it\n" in done.out
    text = (folder / RECALL).read_text("utf-8")
    assert text == (
        '# The recall group.\nname: "Recall"  # as on the door\n'
        "timezone: 'America/Chicago'\nstart_time: 08:00    # early\nuse_cases: []\n"
        "  # the only one\n  # on\n  # one\n  # two\n"
    )
    assert pull("--all-fields").code == 0
    assert diff(folder)[-1] != text
    plan = reconciler_("plan").out
    assert ("No changes" in plan, "Unmanaged" in plan) == (True, False)
    assert pull("--all-fields").out == "Nothing to pull.\n"


def test_a_renamed_use_case_with_all_fields(
    pull: Callable[..., Done], folder: Path, api: Api
) -> None:
    """The only one goes and another one comes, in the style of that."""
    api.rows["microsoft"] = [recall(use_cases=[use_case("RECALL_NEW", action(), enabled=False)])]
    assert pull("--all-fields").code == 0
    text = (folder / RECALL).read_text("utf-8")
    assert text.partition("assistant_id")[2].partition("use_cases:")[2] == (
        "\n  # the only one\n  # on\n  # one\n  # two\n"
        "  - use_case: RECALL_NEW\n    enabled: false\n    actions:\n"
        "      - action_type: SMS\n        context: c1\n        day: 7\n"
        "        template_name: First SMS\n"
    ).replace(
        "      - action_type: SMS\n        context: c1\n        day: 7\n"
        "        template_name: First SMS\n",
        "      - {action_type: SMS, context: c1, day: 7, template_name: First SMS}\n",
    )


def test_all_fields_keep_out_what_an_author_took_out(
    pull: Callable[..., Done], folder: Path, api: Api
) -> None:
    """A removed line is a decision; a line that never was is taken."""
    put(folder, RECALL, TEXT.replace("timezone: 'America/Chicago'\n", ""))
    api.rows["microsoft"] = [recall(sheet_link=LINK)]
    assert pull().out == "Nothing to pull.\n"
    done = pull("--all-fields")
    assert "  set RECALL_SHEET_LINK to the link of its sheet\n" in done.out
    text = (folder / RECALL).read_text("utf-8")
    assert "door\nassistant_id: 68a8652f82513625d1c21a85\nsheet_link: {from_env: " in text
    assert "timezone" not in text


def test_a_link_that_comes_from_a_variable(
    pull: Callable[..., Done], folder: Path, api: Api, variables: dict[str, str]
) -> None:
    """It is never replaced by its value, and never shown."""
    put(folder, RECALL, TEXT + "sheet_link: {from_env: RECALL_LINK}\n")
    commit(folder, "link")
    variables["RECALL_LINK"] = LINK
    api.rows["microsoft"] = [recall(sheet_link=f"{LINK}-new")]
    for words in ((), ("--all-fields", "--links"), ("--json",)):
        done = pull(*words)
        assert done.code == 0
        assert "comes from the variable RECALL_LINK" in done.out
        assert "s3cret" not in done.out + done.err
    del variables["RECALL_LINK"]
    assert "sheet_link" not in pull("--check", RECALL).out
    assert "from_env: RECALL_LINK" in (folder / RECALL).read_text("utf-8")


def test_live_values_that_no_file_may_hold(
    pull: Callable[..., Done], folder: Path, api: Api
) -> None:
    """Each is told with its rule, and keeps back nothing else."""
    api.rows["microsoft"] = [
        recall(name=" Recall ", timezone="Central", start_time="07:00:00"),
        row(2, "fax", use_cases=[use_case("FAX", action(action_type="FAX")), use_case("OK")]),
        row(3, "link", sheet_link="http://1drv.ms/x/s3cret"),
        row(4, "twice", use_cases=[use_case("A"), use_case("A")]),
        row(5, "nameless", name=" "),
        {"_id": f"{6:024x}", "slug": "odd", "name": 7},
        row(7, "gone", deleted=True),
    ]
    done = pull("--all")
    assert done.code == 1
    assert "s3cret" not in done.out + done.err
    odd = "text on one line, without spaces at its ends, not"
    assert (
        done.out
        == f"""groups/microsoft/fax.yaml: new
  use_cases.FAX: action_type must be SMS or CALL, not "FAX" [wrong-value]
groups/microsoft/link.yaml: new
  sheet_link: sheet_link must be a link that begins with https://, or {{from_env: NAME}}, not what\
 is written [wrong-value]
groups/microsoft/nameless.yaml: no file
  name: name must be {odd} " " [wrong-value]
{RECALL}: start_time
  name: name must be {odd} " Recall " [wrong-value]
  timezone: there is no time zone Central [unknown-timezone]
Left alone: microsoft/gone  group {7:024x} "Gone", skipped: marked as deleted (deleted)
Left alone: microsoft/odd  group {6:024x}, odd: $.groups[5].name is wrong: Input should be a valid\
 string
Left alone: microsoft/twice  group {4:024x} "Twice", odd: $.groups[3] has the use case A more than\
 once
3 files written, 2 of them new; 4 with something that somebody has to decide or correct.
"""
    )
    assert "start_time: 07:00 " in (folder / RECALL).read_text("utf-8")


def test_one_file_that_cannot_be_written_keeps_back_no_other(
    pull: Callable[..., Done], folder: Path, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read-only, led out of groups/, or there all of a sudden: it is told, and the rest is done."""
    put(folder, "groups/microsoft/other.yaml", "name: Other\nstart_time: 08:00\n")
    commit(folder, "other")
    api.rows["microsoft"] = [recall(start_time="07:00:00"), row(2, "other", name="New")]
    api.rows["google"] = [row(3, "elsewhere"), row(4, "sudden")]
    (folder / RECALL).chmod(0o444)
    outside = folder.with_name(f"{folder.name}-outside")
    outside.mkdir()

    def surprise(*words: Any) -> Pull:
        (folder / "groups/google").symlink_to(outside)
        return make_pull(*words)

    monkeypatch.setattr("reconciler.cli.pull.pull", surprise)
    done = pull("--all", "--json")
    assert done.code == 1
    document = json.loads(done.out)
    assert {one["file"]: (one["status"], one["problem"]) for one in document["files"]} == {
        **{
            name: (
                "not written",
                f"{name} leads out of groups/; put a folder in the place of the link",
            )
            for name in ("groups/google/elsewhere.yaml", "groups/google/sudden.yaml")
        },
        "groups/microsoft/other.yaml": ("changed", ""),
        RECALL: ("not written", f"{RECALL} is read-only; `chmod u+w {RECALL}`, and run again"),
    }
    assert [*outside.iterdir()] == []
    assert (folder / RECALL).read_text("utf-8") == TEXT
    assert list(Draft202012Validator(pull_schema()).iter_errors(document)) == []
    (folder / "groups/google").unlink()

    def sudden(*words: Any) -> Pull:
        found = make_pull(*words)
        put(folder, "groups/google/sudden.yaml", "name: Mine\n")
        put(folder, RECALL, TEXT + "# meanwhile\n")
        return found

    (folder / RECALL).chmod(0o644)
    monkeypatch.setattr("reconciler.cli.pull.pull", sudden)
    done = pull("--all")
    assert done.code == 1
    assert "sudden.yaml: not written: groups/google/sudden.yaml has appeared while" in done.out
    assert f"{RECALL}: not written: {RECALL} has changed while this was working" in done.out
    assert "elsewhere.yaml: new" in done.out
    assert (folder / "groups/google/sudden.yaml").read_text("utf-8") == "name: Mine\n"
    assert not [*folder.rglob("*.new")]


def test_which_groups_are_pulled(pull: Callable[..., Done], folder: Path, api: Api) -> None:
    """By key, slug, path, integration and pattern; what has no file is adopted if it is meant."""
    api.rows["google"] = [row(5, "one"), row(6, "two")]
    api.rows["microsoft"] = [recall(start_time="07:00:00"), row(2, "two")]
    assert "2 live groups without a file: " not in pull("--dry-run", RECALL).out
    assert pull("--dry-run", "groups/microsoft").out.count("+++") == 1
    assert pull("--dry-run", "microsoft").out.count("+++") == 2
    assert pull("--dry-run", "*/t*").out.count("+++") == 2
    assert pull("--dry-run", "one").out.count("+++") == 1
    two = pull("--dry-run", "two")
    assert (two.code, "may be 2 groups: google/two, microsoft/two" in two.err) == (64, True)
    assert pull("nothing").code == 64
    assert pull("--all", "google").code == 64
    assert (
        "3 live groups without a file: google/one, google/two, microsoft/two. Name"
        in pull("--dry-run").out
    )
    assert pull("google/two").code == 0
    assert [path.name for path in (folder / "groups/google").iterdir()] == ["two.yaml"]


def test_a_group_that_is_not_live_any_more(
    pull: Callable[..., Done], folder: Path, api: Api
) -> None:
    """No file is removed; what to do is said, also for one that was never applied."""
    put(folder, "groups/microsoft/new.yaml", "name: New\n")
    api.rows["microsoft"] = []
    done = pull()
    assert (done.code, diff(folder)) == (0, [])
    assert "new.yaml: left as it is\n  it is not live yet: an apply creates it\n" in done.out
    assert f"  it is not live any more: `git rm {RECALL}` accepts that, an apply" in done.out


def test_a_group_with_another_slug_is_not_adopted_beside_its_file(
    pull: Callable[..., Done], folder: Path, api: Api
) -> None:
    """Two files would mean the same people: what ties them together is said instead."""
    api.rows["microsoft"] = [{**recall(), "slug": "recall-2"}]
    done = pull("--all")
    assert done.code == 1
    assert f"group_id: {1:024x}" in done.out
    assert "[renames]" in done.out
    assert [path.name for path in (folder / "groups/microsoft").iterdir()] == ["recall.yaml"]


def test_an_integration_that_cannot_be_read(
    pull: Callable[..., Done], api: Api, reconciler_: Command
) -> None:
    """It keeps back its own groups, is an error where it is asked for, and none where it is not."""
    api.rows["google"] = 403
    assert pull(RECALL).code == 0
    done = pull()
    assert done.code == 1
    assert "google could not be read: " in done.out
    assert pull("google/x").code == 1
    api.rows["microsoft"] = 403
    assert pull().code == 1
    assert reconciler_("pull", "--json").out.startswith("{")


def messy(links: str) -> dict[str, list[Row] | int]:
    """Return an account as years of dashboard use leave it."""
    return {
        "microsoft": [
            recall(color="red", sheet_link=f"{links}-recall"),
            row(2, "Survey 2024", start_time="09:15:00", sheet_link=f"{links}-survey"),
            row(3, "Ünïcode 💉", name="Emoji 💉", timezone="America/Denver"),
            row(4, "24", name="Yes", assistant_id="6838526e2100000000000000"),
            {"_id": f"{5:024x}", "name": "Bare", "slug": "bare"},
            row(6, "con", use_cases=[use_case("A", action(), action()), use_case("B")]),
            row(7, "recall", name="Twin", use_cases=[use_case("TWIN", action(day=99))]),
            row(8, "fax", use_cases=[use_case("FAX", action(action_type="FAX"))]),
            {"_id": f"{9:024x}", "slug": "odd", "name": 7},
        ],
        "google": [
            row(10, "recall", name="#1: yes", sheet_link=f"{links}-google", start_time="23:59:59"),
            row(11, "a--b", name="a: b, c", use_cases=[use_case("X_1", action(context="no"))]),
            row(12, "", name="No slug"),
        ],
    }


SHEETS = {
    "google/recall": "google",
    "microsoft/recall": "recall",
    "microsoft/Survey 2024": "survey",
}


def test_a_messy_account_is_adopted_whole(
    folder: Path, api: Api, qa: Api, variables: dict[str, str], reconciler_: Command
) -> None:
    """Two environments, one after the other: then the plan of each is empty."""
    subprocess.run(["rm", "-rf", "groups"], cwd=folder, check=True)
    put(
        folder,
        "pyproject.toml",
        "[tool.reconciler.environments.qa]\n[tool.reconciler.environments.prod]\n",
    )
    commit(folder, "empty")
    api.rows |= messy("https://1drv.ms/x/prod")
    qa.rows |= messy("https://1drv.ms/x/qa")
    for one in (row for rows in qa.rows.values() if isinstance(rows, list) for row in rows):
        one["_id"] = "f" + one["_id"][1:]
        one["start_time"] = "06:00:00"
    for env, url in (("qa", QA), ("prod", URL)):
        words = ("pull", "--all", "--all-fields", "--env", env, "--api-url", url)
        done = reconciler_(*words, "--json")
        assert done.code == 1
        files = json.loads(done.out)["files"]
        names = {one["key"]: one["variable"] for one in files if one["variable"]}
        assert len({*names.values()}) == len(names)
        variables |= {
            names[key]: f"https://1drv.ms/x/{env}-{sheet}"
            for key, sheet in SHEETS.items()
            if key in names
        }
    # Of two live groups with one key, somebody has to say which one is meant.
    assert '"rule": "two-live-groups"' in done.out
    with (folder / RECALL).open("a", encoding="utf-8") as file:
        file.write(f"  prod: {{group_id: '{1:024x}'}}\n")
    prod = ("--env", "prod", "--api-url", URL, "--json")
    done = reconciler_("pull", "--all-fields", *prod, RECALL)
    (one,) = json.loads(done.out)["files"]
    assert (done.code, one["taken"]) == (0, ["start_time", "sheet_link"])
    variables[one["variable"]] = "https://1drv.ms/x/prod-recall"
    assert reconciler_("validate", "--json").code == 0
    assert reconciler_("fmt").code == 0
    for env, url in (("qa", QA), ("prod", URL)):
        plan = reconciler_("plan", "--env", env, "--api-url", url)
        assert (plan.code, "No changes" in plan.out) == (0, True), plan.out
        again = reconciler_("pull", "--all", "--all-fields", "--env", env, "--api-url", url)
        assert "written" not in again.out, again.out


def test_git_that_cannot_be_asked_is_not_no_git(
    pull: Callable[..., Done], folder: Path, api: Api
) -> None:
    """What its author has changed would be taken for the dashboard's."""
    mine = TEXT.replace("08:00 ", "06:00 ")
    put(folder, RECALL, mine)
    (folder / ".git/config").write_text("[core\n", encoding="utf-8")
    api.rows["microsoft"] = [recall(start_time="07:00:00")]
    done = pull()
    assert (done.code, "Git's configuration cannot be read" in done.err) == (1, True)
    assert (folder / RECALL).read_text("utf-8") == mine


def test_a_variable_of_another_environment_is_not_proposed(
    pull: Callable[..., Done], folder: Path, api: Api, variables: dict[str, str]
) -> None:
    """Two sheets never share one, in whichever environment a file has it."""
    put(folder, RECALL, TEXT + "environments:\n  dev: {sheet_link: {from_env: NEW_SHEET_LINK}}\n")
    put(folder, "pyproject.toml", "[tool.reconciler.environments.dev]\n")
    api.rows["microsoft"] = [row(2, "new", sheet_link=LINK)]
    variables["RECONCILER_API_URL"] = URL
    done = pull("--env", "dev", "microsoft/new")
    assert "  set NEW_DEV_SHEET_LINK to the link of its sheet\n" in done.out
    (folder / "groups/microsoft/new.yaml").unlink()
    put(
        folder,
        RECALL,
        TEXT + "environments:\n  dev: {sheet_link: {from_env: NEW_DEV_SHEET_LINK}}\n",
    )
    done = pull("--env", "dev", "microsoft/new")
    assert "  set NEW_MICROSOFT_DEV_SHEET_LINK to the link of its sheet\n" in done.out
