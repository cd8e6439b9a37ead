"""A link that opens a sheet is never repeated, wherever somebody has put it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from reconciler.apply.report import Report, Result
from reconciler.cli import cli, run
from reconciler.cli.surroundings import Surroundings
from reconciler.desired import check, load
from reconciler.errors import DesiredError
from reconciler.model import SHEET_HOSTS, Target, link_host
from reconciler.plan.build import build_plan
from reconciler.render.forms import FINDING_FORMS, PLAN_FORMS, REPORT_FORMS, Validation
from reconciler.render.presentation import Presentation
from reconciler.text import HIDDEN_LINK, inert, masked
from tests.builders import action, desired, live, use_case

LINK = "https://1drv.ms/x/s!s3cret?e=s3cret"
HEAD = "name: X\n"
CASE = "use_cases:\n  - use_case: LAB\n    enabled: true\n    actions:\n      - "


@pytest.mark.parametrize(
    "text",
    [
        f"name: {LINK}\n",
        f"{HEAD}slug: {LINK}\n",
        f"{HEAD}timezone: {LINK}\n",
        f"{HEAD}start_time: {LINK}\n",
        f"{HEAD}assistant_id: {LINK}\n",
        f"{HEAD}group_id: {LINK}\n",
        f"{HEAD}sheet_link: {{from_env: '{LINK}'}}\n",
        f"{HEAD}sheet_link: {{'{LINK}': X}}\n",
        f"{HEAD}sheet_link: ['{LINK}']\n",
        f"{HEAD}sheet_link: '{LINK} '\n",
        f"{HEAD}sheet_lnk: {LINK}\n",
        f"{HEAD}'{LINK}': X\n",
        f"{HEAD}'{LINK}': X\n'{LINK}': Y\n",
        f"{HEAD}name2: {LINK} #2\n",
        f"name: Sheet #{LINK}\n",
        f"name: &{LINK} X\n",
        f"name: !<{LINK}> X\n",
        f"{HEAD}environments: {{'{LINK}': {{}}}}\n",
        f"{HEAD}environments: {{qa: '{LINK}'}}\n",
        f"{HEAD}use_cases: {LINK}\n",
        f"{HEAD}use_cases: [{{use_case: '{LINK}', enabled: '{LINK}', actions: '{LINK}'}}]\n",
        f"{HEAD}{CASE}{{action_type: '{LINK}', context: '{LINK}', day: '{LINK}'}}\n",
        f"{HEAD}{CASE}{{action_type: SMS, context: '{LINK}', day: 1, template_name: '{LINK}'}}\n",
        f"name: ${{{LINK}}}\n",
        f"name: '“{LINK}”'\n",
        f"name: e\u0301 {LINK}\n",
        f"name: \u00a0{LINK}\n",
        "name: docs.google.com/spreadsheets/d/s3cret\n",
        "name: HTTPS://contoso.sharepoint.com/:x:/s3cret\n",
        "name: contoso.sharepoint.com/:x:/s3cret\n",
        "name: docs.google.com%2Fspreadsheets%2Fd%2Fs3cret\n",
        "name: onedrive.live.com?resid=s3cret\n",
        f"{HEAD}timezone: https:%2F%2F1drv.ms%2Fs3cret\n",
        f"{HEAD}start_time: https%3A%2F%2F1drv.ms%2Fs3cret\n",
        f"{HEAD}'https:%2F%2F1drv.ms%2Fs3cret': X\n",
        f"{HEAD}# reconciler: allow {LINK}\n",
    ],
)
def test_x1_no_message_repeats_a_link(tmp_path: Path, text: str) -> None:
    """In a field, a key, an anchor, a comment: every form of `validate` tells it without."""
    file = tmp_path / "groups/google/a.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    checked = check(tmp_path, None)
    told = [
        form.render(Validation(checked.findings, 1), Presentation())
        for form in FINDING_FORMS.values()
    ]
    assert "s3cret" not in "".join(told)
    assert checked.findings or "# reconciler" in text


def test_x1_no_plan_repeats_a_link() -> None:
    """Live state may hold one in any text; nor does a report, nor a name of a use case."""
    actions = (action(template_name=f"T {LINK}", context=LINK),)
    group = live(
        name=LINK,
        timezone=LINK,
        start_time=LINK,
        assistant_id=LINK,
        use_cases=(use_case(f"A {LINK}", *actions), use_case(f"B {LINK}")),
    )
    files = [
        desired(
            name=f"New {LINK}",
            timezone=f"UTC {LINK}",
            use_cases=(use_case(f"A {LINK}", action(template_name=f"U {LINK}")),),
        ),
        desired("copy", name=f"New {LINK}"),
    ]
    stray = live(f"other {LINK}", 2, name=f"New {LINK}")
    target = Target(api_url="https://api.example/v1", env=None)
    plan = build_plan(files, [group, stray], target=target)
    assert plan.guards
    assert plan.changes
    told = [form.render(plan, Presentation()) for form in PLAN_FORMS.values()]
    results = (Result(stray.key, "update", "failed"),)
    report = Report(target, plan.digest, results)
    told += [form.render(report, Presentation()) for form in REPORT_FORMS.values()]
    assert [text for text in told if "s3cret" in text] == []
    assert all(HIDDEN_LINK in re.sub(r"\\u\w{4}|&#?\w+;", "", text) for text in told[:2])
    assert "https://api.example/v1" in told[3]


@pytest.mark.parametrize("host", [host for hosts in SHEET_HOSTS.values() for host in hosts])
def test_x1_the_hosts_of_sheets_are_known_without_https(host: str) -> None:
    """A link that is pasted without its beginning opens the sheet as well."""
    assert masked(f"see {host}/x/s3cret.") == f"see {HIDDEN_LINK}."


@pytest.mark.parametrize(
    "text",
    [
        "a link that begins with https://, or {from_env: NAME}",
        "groups/google/a.yaml:3",
        "1/2 and/or docs.google.com",
        "https://",
        "a://",
    ],
)
def test_x1_what_is_no_link_stays(text: str) -> None:
    """Paths, fractions, and talk about links."""
    assert inert(text) == text


BROKEN = [
    "https://[1drv.ms/x",
    "https://a]b/x",
    "https://1drv.ms:99999/x",
    "https://1drv.ms:0/x",
    "https://1drv.ms:port/x",
    "https:///x",
    "https://?x",
    "https://1drv..ms/x",
    "https://.ms/x",
    "https://-a.ms/x",
    "https://xn--a/x",
    f"https://{'a' * 64}.ms/x",
    "https://[::1/x",
    "https://[zz]/x",
    "https://a b/x",
    "https://a%20b/x",
]


@pytest.mark.parametrize("link", BROKEN)
def test_t1_a_link_that_no_program_can_open(tmp_path: Path, link: str) -> None:
    """At its place, beside all other findings; from a variable too; never a traceback."""
    assert link_host(link) is None
    file = tmp_path / "groups/google/a.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"{HEAD}sheet_link: '{link}'\ntimezone: Nowhere\n", encoding="utf-8")
    found = [(item.rule, item.place) for item in check(tmp_path, None).findings]
    assert ("wrong-value", (2, 13)) in found
    assert ("unknown-timezone", (3, 11)) in found
    file.write_text(f"{HEAD}sheet_link: {{from_env: LINK}}\n", encoding="utf-8")
    with pytest.raises(DesiredError) as caught:
        load(tmp_path, env=None, variables={"LINK": link})
    (finding,) = caught.value.findings
    assert (finding.rule, finding.place) == ("wrong-variable", (2, 24))
    assert link not in f"{finding}"


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://1drv.ms/x/s!AB?e=1#c", "1drv.ms"),
        ("https://Contoso.SharePoint.com:443/:x:/r/", "contoso.sharepoint.com"),
        ("https://docs.google.com./d", "docs.google.com."),
        ("https://xn--mnchen-3ya.de/x", "xn--mnchen-3ya.de"),
        ("https://a_b.example/x", "a_b.example"),
        ("https://[2001:db8::1]/x", "2001:db8::1"),
        ("https://192.0.2.1:8443/x", "192.0.2.1"),
    ],
)
def test_t1_links_that_can_be_opened(link: str, host: str) -> None:
    """Ports, addresses and names of other scripts are fine."""
    assert link_host(link) == host


def test_t1_only_https_is_a_link() -> None:
    """The schema says so already; so does whoever asks here."""
    assert link_host("http://1drv.ms/x") is None


def _options() -> list[list[str]]:
    """Return each option and argument of each command, given a link."""
    given = []
    context = click.Context(cli)
    commands = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    for name, command in commands.items():
        inner = command.commands if isinstance(command, click.Group) else {}
        for words, one in [([name], command), *(([name, sub], inner[sub]) for sub in inner)]:
            assert one
            for option in one.params:
                if isinstance(option, click.Argument):
                    given.append([*words, LINK])
                else:
                    given += [[*words, option.opts[0], LINK], [*words, f"{option.opts[0]}={LINK}"]]
            given.append([*words, f"--{LINK}"])
    return [
        *given,
        [LINK],
        ["plan", "contoso.sharepoint.com/:x:/s3cret"],
        ["plan", f"x={LINK}.json"],
    ]


def test_x1_no_word_of_the_command_line_is_a_link_that_is_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given by mistake to whichever option or argument: wrong usage, in text and in JSON."""
    within = Surroundings(tmp_path, {"INTERACTLY_API_KEY": "k"}, lambda: datetime.now(UTC))
    given = _options()
    assert len(given) > 100
    given.append(["plan", LINK, "--format", "json"])
    for words in given:
        code = run(words, within)
        told = capsys.readouterr()
        assert "s3cret" not in told.out + told.err, words
        assert (code, bool(told.err)) in {(64, True), (1, True)}, words
    assert '"kind": "usage"' in told.out


@pytest.mark.parametrize("name", ["RECONCILER_ENV", "RECONCILER_API_URL"])
@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"], ["rollback", "--yes"]])
def test_x1_no_variable_is_a_link_that_is_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], name: str
) -> None:
    """Set by mistake in place of the sheet's own; the key is not sent to where a sheet is."""
    variables = {"INTERACTLY_API_KEY": "k", name: LINK}
    (tmp_path / "groups/google").mkdir(parents=True)
    (tmp_path / "groups/google/a.yaml").write_text("name: A\n", encoding="utf-8")
    assert run(command, Surroundings(tmp_path, variables, lambda: datetime.now(UTC))) in {1, 64}
    told = capsys.readouterr()
    assert "s3cret" not in told.out + told.err
    assert "is not repeated here" in told.err
