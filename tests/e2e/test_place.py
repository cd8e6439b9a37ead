"""The right place: address, environment and key belong together, or nothing is sent to anybody."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import Store, running
from tests.e2e.conftest import Command, Gate, Request
from tests.e2e.repository import commit, git, posts

KEY = "k3y-of-the-clinic"
RECALL = "groups/microsoft/annual-recall.yaml"


@pytest.fixture
def url(tmp_path: Path, gate: Gate, variables: dict[str, str]) -> Iterator[str]:  # noqa: ARG001 - gate comes first
    """An API at an address, whose every request is seen, and a key for it."""
    with running(tmp_path.with_name(f"{tmp_path.name}-api") / "api.db") as address:
        variables["INTERACTLY_API_KEY"] = KEY
        yield address


def settings(folder: Path, **addresses: str | None) -> None:
    """List environments, with addresses or without, in the settings."""
    tables = (
        f"[tool.reconciler.environments.{name}]\n" + (f'api_url = "{address}"\n' if address else "")
        for name, address in addresses.items()
    )
    (folder / "pyproject.toml").write_text("".join(tables), encoding="utf-8")


COMMANDS = [["plan"], ["apply", "--yes"], ["rollback", "--yes"]]


@pytest.mark.parametrize("words", COMMANDS)
def test_r1_the_address_is_not_the_environments(
    folder: Path, reconciler_: Command, url: str, requests: list[Request], words: list[str]
) -> None:
    """It is told which was given, which the settings say, and whose it is; no request, no key."""
    settings(folder, qa="https://api-qa.example", prod=url)
    done = reconciler_(*words, "--api-url", f"{url}/", "--env", "qa")
    assert (done.code, requests) == (64, [])
    told = done.err.replace("\n", " ")
    assert "the environment qa is at https://api-qa.example by pyproject.toml, and" in told
    assert f"given is {url} (by pyproject.toml that of prod); nothing was sent" in told
    assert KEY not in done.err


@pytest.mark.parametrize("words", COMMANDS)
def test_r1_the_address_is_another_environments(
    folder: Path, reconciler_: Command, url: str, requests: list[Request], words: list[str]
) -> None:
    """Though nothing is said of the one that is chosen."""
    settings(folder, qa=None, prod=url, spare=url)
    done = reconciler_(*words, "--api-url", url, "--env", "qa")
    assert (done.code, requests) == (64, [])
    assert f"given is {url} (by pyproject.toml that of prod and spare), and not known" in done.err


def test_r1_an_address_that_belongs(
    folder: Path, reconciler_: Command, url: str, requests: list[Request]
) -> None:
    """In whichever spelling; one of which nothing is said; and one that two environments share."""
    port = url.rpartition(":")[2]
    settings(folder, qa=f"HTTP://127.0.0.1:{port}//", prod=url, dev=None)
    for env in ("qa", "prod"):
        assert reconciler_("plan", "--api-url", url, "--env", env).code == 0
    settings(folder, qa=None, prod=None, dev="https://api-dev.example")
    assert reconciler_("plan", "--api-url", url, "--env", "prod").code == 0
    assert {request.method for request in requests} == {"GET"}


def test_r1_the_sandbox_stands_in_for_any_environment(
    folder: Path, reconciler_: Command, requests: list[Request]
) -> None:
    """People try an environment there; the settings say nothing of it."""
    settings(folder, qa="https://api-qa.example", prod="https://api.example")
    assert reconciler_("plan", "--env", "qa").code == 0
    assert requests


def test_r1_no_address_is_taken_from_the_settings(
    folder: Path, reconciler_: Command, url: str, requests: list[Request]
) -> None:
    """A branch that says one sends the key nowhere: without an address it is the sandbox."""
    settings(folder, qa=url, prod=None)
    done = reconciler_("plan", "--env", "qa")
    assert done.code == 0
    assert "Target: sandbox (environment qa)" in done.out
    assert all(request.path.startswith("/integrations/") for request in requests)


@pytest.mark.parametrize("words", COMMANDS[:2])
def test_r2_an_environment_has_to_be_chosen(
    folder: Path, reconciler_: Command, url: str, requests: list[Request], words: list[str]
) -> None:
    """Files differ by it, or settings list some; the names and the way to the defaults are told."""
    done = reconciler_(*words, "--api-url", url)
    assert (done.code, requests) == (64, [])
    assert f"no environment is chosen for {url}, and what people get depends on it" in done.err
    assert "add --env with one of prod, qa" in done.err
    settings(folder, prod=url, plain=None, qa=None)
    done = reconciler_(*words, "--api-url", url)
    assert done.code == 64
    assert f"for {url} (by pyproject.toml that of prod)" in done.err
    assert "one of plain, prod, qa; for what the files say without overrides" in done.err
    assert requests == []


def test_r2_the_defaults_have_a_name(
    folder: Path, reconciler_: Command, url: str, requests: list[Request]
) -> None:
    """An environment that the settings list and no file mentions takes no overrides."""
    settings(folder, prod=None, qa=None, plain=url)
    done = reconciler_(
        "apply", "--yes", "--env", "plain", "--api-url", url, "microsoft/annual-recall"
    )
    assert done.code == 0
    (post,) = posts(requests)
    assert post.body["start_time"] == "10:30:00"


def test_r2_where_nothing_differs_none_is_needed(
    folder: Path, reconciler_: Command, url: str
) -> None:
    """Neither files nor settings name an environment."""
    text = (folder / RECALL).read_text(encoding="utf-8")
    (folder / RECALL).write_text(text.partition("environments:")[0], encoding="utf-8")
    assert reconciler_("plan", "--api-url", url).code == 0


def test_r2_a_rollback_asks_its_snapshot(
    folder: Path, reconciler_: Command, url: str, requests: list[Request]
) -> None:
    """What was written before there were environments can be brought back."""
    text = (folder / RECALL).read_text(encoding="utf-8")
    (folder / RECALL).write_text(text.partition("environments:")[0], encoding="utf-8")
    assert reconciler_("apply", "--yes", "--api-url", url, "microsoft/annual-recall").code == 0
    (folder / RECALL).write_text(text, encoding="utf-8")
    requests.clear()
    assert reconciler_("rollback", "--yes", "--api-url", url).code == 0
    assert len(posts(requests)) == 1


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("value", ["", " ", "\t\n"])
def test_p7_an_empty_address(
    reconciler_: Command,
    variables: dict[str, str],
    requests: list[Request],
    words: list[str],
    value: str,
) -> None:
    """As an option or as a variable: never the sandbox, which would look as if all were done."""
    variables["INTERACTLY_API_KEY"] = KEY
    done = reconciler_(*words, "--api-url", value)
    assert (done.code, requests) == (64, [])
    assert "--api-url is given and empty" in done.err
    variables["RECONCILER_API_URL"] = value
    done = reconciler_(*words)
    assert (done.code, requests) == (64, [])
    assert "RECONCILER_API_URL is set and empty" in done.err
    assert "to use the sandbox, unset it" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["plan", "--env", ""], "--env is given and empty"),
        (["apply", "--yes", "--env", " "], "--env is given and empty"),
        (["rollback", "--yes", "--env", ""], "--env is given and empty"),
        (["validate", "--env", ""], "--env is given and empty"),
        (["timeline", "--env", ""], "--env is given and empty"),
        (["plan", "--base", ""], "--base is given and empty"),
        (["apply", "--yes", "--base", " "], "--base is given and empty"),
        (["apply", "--yes", "--expect", ""], "--expect is given and empty"),
        (["plan", ""], "a KEY or PATH is given and empty"),
        (["apply", "--yes", "microsoft/annual-recall", ""], "a KEY or PATH is given and empty"),
        (["validate", ""], "a KEY or PATH is given and empty"),
    ],
)
def test_p7_whatever_is_given_and_empty(
    reconciler_: Command, requests: list[Request], words: list[str], told: str
) -> None:
    """It is a variable that somebody believes to be set: wrong usage."""
    done = reconciler_(*words)
    assert (done.code, requests) == (64, [])
    assert told in done.err


def test_p7_an_empty_variable_for_the_environment_is_none(
    reconciler_: Command, variables: dict[str, str], url: str
) -> None:
    """As an input comes that a workflow does not give; at an address it is then asked for."""
    variables["RECONCILER_ENV"] = ""
    assert reconciler_("validate").code == 0
    assert "Target: sandbox, " in reconciler_("plan").out
    done = reconciler_("apply", "--yes", "--api-url", url)
    assert done.code == 64
    assert "add --env with one of prod, qa" in done.err
    variables["RECONCILER_ENV"] = "  "
    assert reconciler_("plan").code == 64


@pytest.mark.parametrize("key", [None, "", " \n"])
@pytest.mark.parametrize("words", COMMANDS)
def test_p7_an_address_without_a_key(
    reconciler_: Command,
    variables: dict[str, str],
    requests: list[Request],
    words: list[str],
    key: str | None,
) -> None:
    """Wrong usage, before anything is sent."""
    if key is not None:
        variables["INTERACTLY_API_KEY"] = key
    done = reconciler_(*words, "--env", "qa", "--api-url", "https://api.example")
    assert (done.code, requests) == (64, [])
    state = "not set" if key is None else "empty"
    assert f"INTERACTLY_API_KEY is {state}, and the API at an address needs its key" in done.err


@pytest.mark.parametrize("words", [*COMMANDS, ["plan", "--format", "json"]])
def test_p7_a_key_without_an_address(
    reconciler_: Command, variables: dict[str, str], words: list[str]
) -> None:
    """It is said that this is the sandbox, beside the output."""
    reconciler_("apply", "--yes", "google/imaging")
    assert "INTERACTLY_API_KEY" not in reconciler_(*words).err
    variables["INTERACTLY_API_KEY"] = KEY
    variables["INTERACTLY_BASE_URL"] = "https://api.example/workflows"
    done = reconciler_(*words)
    assert done.code == 0
    assert "INTERACTLY_API_KEY is set, but no address is given: this is the sandbox" in done.err
    assert "INTERACTLY_BASE_URL is not read: it is the workflow SDK's" in done.err
    assert "INTERACTLY_" not in done.out
    assert KEY not in done.err


def test_e6_only_what_is_chosen_needs_its_variables(
    reconciler_: Command, variables: dict[str, str], requests: list[Request]
) -> None:
    """Another group's variable is not set: this one is planned and applied, and it is told."""
    del variables["RECALL_SHEET_LINK"]
    assert reconciler_("plan").code == 1
    for words in (["plan"], ["apply", "--yes"]):
        done = reconciler_(*words, "google/imaging")
        assert done.code == 0
        assert "Not set, or no link: RECALL_SHEET_LINK. No chosen group needs it" in done.err
    assert len(posts(requests)) == 1
    refused = reconciler_("plan", "microsoft/annual-recall")
    assert refused.code == 1
    assert "RECALL_SHEET_LINK is not set" in refused.err


def test_e6_a_copy_is_still_found_by_the_rest(
    folder: Path, reconciler_: Command, variables: dict[str, str], requests: list[Request]
) -> None:
    """A copied file whose original cannot be compared by its sheet has its name and use cases."""
    text = (folder / RECALL).read_text(encoding="utf-8")
    copy = text.replace("RECALL_SHEET_LINK", "COPY_LINK")
    (folder / "groups/microsoft/copy.yaml").write_text(copy, encoding="utf-8")
    del variables["RECALL_SHEET_LINK"]
    variables["COPY_LINK"] = "https://1drv.ms/x/copy"
    done = reconciler_("apply", "--yes", "microsoft/copy")
    assert (done.code, posts(requests)) == (4, [])
    assert "[copies]" in done.out


def test_g_a_plan_tells_of_a_lone_name(folder: Path, reconciler_: Command) -> None:
    """Whoever plans for prod hears that a file says prd; with a list it is an error."""
    imaging = folder / "groups/google/imaging.yaml"
    text = imaging.read_text(encoding="utf-8")
    imaging.write_text(f"{text}environments:\n  prd: {{start_time: 09:00:00}}\n", encoding="utf-8")
    done = reconciler_("plan", "--env", "prod")
    assert done.code == 0
    assert "groups/google/imaging.yaml:" in done.err
    assert "only this file has the environment prd; others have prod" in done.err
    assert "2 warnings" in reconciler_("validate").out
    settings(folder, prod=None, qa=None)
    done = reconciler_("validate", "--format", "json")
    assert done.code == 1
    (found,) = json.loads(done.out)["findings"]
    assert found["rule"] == "unknown-environment"
    assert reconciler_("plan", "--env", "prod").code == 1


def test_r1_a_branch_that_changes_what_is_compared_is_told(
    folder: Path, reconciler_: Command, url: str
) -> None:
    """It is its own that is compared, or an address could never move; a new list is no change."""
    git(folder, "init", "-q")
    (folder / ".gitignore").write_text(".reconciler/\n", encoding="utf-8")
    commit(folder, "none")
    settings(folder, prod="https://api.example", qa=None)
    assert "differ" not in reconciler_("plan", "--base", "HEAD").err
    commit(folder, "listed")
    settings(folder, prod=url, qa=None)
    done = reconciler_("plan", "--base", "HEAD", "--env", "prod", "--api-url", url)
    assert "their addresses in the settings differ from the base's" in done.err
    assert done.code == 4
    assert "[another-account]" in done.out


@pytest.fixture
def clinic(folder: Path, reconciler_: Command, url: str) -> Store:
    """A repository whose only commit is applied to prod; returns what is live there."""
    (folder / ".gitignore").write_text(".reconciler/\n", encoding="utf-8")
    git(folder, "init", "-q")
    commit(folder, "first")
    assert reconciler_("apply", "--yes", "--env", "prod", "--api-url", url).code == 0
    return Store(folder.with_name(f"{folder.name}-api") / "api.db")


@pytest.mark.parametrize("words", [["--base", "HEAD"], [], ["google/imaging", "--base", "HEAD"]])
def test_e4_another_account_behind_the_same_address(
    clinic: Store, reconciler_: Command, url: str, requests: list[Request], words: list[str]
) -> None:
    """By the base, or by what this machine knows; with a selector too; until it is allowed."""
    clinic.reset()
    clinic.upsert("microsoft", {"name": "Somebody else's"})
    requests.clear()
    at = ["--env", "prod", "--api-url", url]
    plan = reconciler_("plan", *words, *at)
    assert plan.code == 4
    assert "10 groups that earlier runs on this machine wrote there is live behind" in plan.out
    assert ("none of the 10 groups of the base" in plan.out) == ("--base" in words)
    assert f"{url} (environment prod) with this key" in plan.out
    assert "--allow another-account=1" in plan.out
    assert reconciler_("apply", "--yes", *words, *at).code == 4
    assert posts(requests) == []
    assert reconciler_("apply", "--yes", *words, *at, "--allow", "another-account=1").code == 0
    assert "another-account" not in reconciler_("plan", *words, *at).out


def test_e4_another_environment_may_be_another_account(
    clinic: Store, reconciler_: Command, url: str
) -> None:
    """What runs for prod wrote says nothing of qa, whose account may be empty."""
    clinic.reset()
    assert reconciler_("plan", "--env", "qa", "--api-url", url).code == 0


def test_e4_a_rollback_in_another_account(
    clinic: Store, reconciler_: Command, url: str, requests: list[Request]
) -> None:
    """What the run created may be live there too, as another clinic's: nobody is switched off."""
    at = ["--env", "prod", "--api-url", url]
    rows = clinic.groups("google")
    clinic.reset()
    assert "google/imaging, which the run was to create, is not live." in (
        reconciler_("rollback", "--yes", *at).err
    )
    for row in rows:
        fields = ("name", "slug", "timezone", "start_time", "use_cases")
        clinic.upsert("google", {name: row[name] for name in fields if row.get(name)})
    requests.clear()
    done = reconciler_("rollback", "--yes", *at)
    assert done.code == 4
    assert "[another-account]" in done.out
    assert posts(requests) == []


def test_e4_the_account_is_looked_at_as_a_whole(
    clinic: Store, folder: Path, reconciler_: Command, url: str, requests: list[Request]
) -> None:
    """An update of one integration, of which else nothing is live: the other one is read too."""
    rows = clinic.groups("google")
    clinic.reset()
    for row in rows:
        clinic.upsert("google", {name: row[name] for name in ("name", "slug")})
    clinic.upsert("microsoft", {"name": "New", "slug": "new", "timezone": "UTC"})
    (folder / "groups/microsoft/new.yaml").write_text(
        "name: New\ntimezone: America/Chicago\n", encoding="utf-8"
    )
    at = ["--env", "prod", "--api-url", url, "--base", "HEAD"]
    requests.clear()
    done = reconciler_("plan", "microsoft/new", *at)
    assert "none of the 10 groups that earlier runs" in done.out
    assert "of the base" not in done.out
    assert {request.path.split("/")[4] for request in requests} == {"microsoft", "google"}


def test_p7_every_summary_names_its_target(
    folder: Path, reconciler_: Command, variables: dict[str, str], url: str
) -> None:
    """Of a plan, an apply, a second one and a rollback; in files and the step's summary too."""
    variables["GITHUB_STEP_SUMMARY"] = str(folder / "summary.md")
    at = ["--env", "qa", "--api-url", url]
    target = f"{url} (environment qa)"
    plans = ["plan.txt", "plan.md", "plan.html", "plan.json"]
    outs = [word for name in plans for word in ("--out", name)]
    done = reconciler_("plan", *at, *outs, "google/imaging")
    assert f"target {target}  digest sha256:" in done.out.splitlines()[-1]
    text, markdown, html, document = ((folder / name).read_text(encoding="utf-8") for name in plans)
    assert text == done.out
    shown = url.replace(":", "&#58;").replace(".", "&#46;")
    assert shown in markdown.splitlines()[0]
    assert shown in markdown.splitlines()[-1]
    assert f"<h1>Plan for {target}</h1>\n<p>1 to create" in html
    assert json.loads(document)["target"] == {"api_url": url, "env": "qa"}
    outs = ["--out", "apply.txt", "--out", "apply.json"]
    for words in (["apply", "--yes", "google/imaging"], ["rollback", "--yes"]):
        done = reconciler_(*words, *at, *outs)
        last, snapshot = done.out.splitlines()[-2:]
        assert last == f"Apply: 1 applied, 0 failed, 0 unknown, 0 not attempted.  target {target}"
        assert snapshot.startswith("Snapshot of before: ")
        report = (folder / "apply.txt").read_text(encoding="utf-8")
        assert report.splitlines()[-1] == last
        report = (folder / "apply.json").read_text(encoding="utf-8")
        assert json.loads(report)["target"] == {"api_url": url, "env": "qa"}
        summary = (folder / "summary.md").read_text(encoding="utf-8")
        assert summary.rstrip().splitlines()[-2:] == [last, "```"]
    done = reconciler_("apply", "--yes", *at, "google/lab-results", "--expect", "none")
    assert done.code == 3
    assert f"target {target}" in done.out.rstrip().splitlines()[-1]


def test_p7_validate_says_for_which_environment(reconciler_: Command) -> None:
    """Where it looked at one alone."""
    assert reconciler_("validate").out == "10 files checked: 0 errors, 0 warnings.\n"
    assert reconciler_("validate", "--env", "qa").out == (
        "10 files checked for the environment qa: 0 errors, 0 warnings.\n"
    )
