"""What each file says that `reconciler init` writes.

Pure: no I/O. The workflows are the blocks of docs/workflows.md, filled in.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from reconciler.pull.adopt import MODELINE
from reconciler.pull.layout import Remarks, laid_out

PLACEHOLDER: Final = "OWNER/reconciler@COMMIT"
"""Where the workflows find this project, until somebody says it."""
BRANCH: Final = "main"

_INHERIT: Final = (
    "secrets: inherit # zizmor: ignore[secrets-inherit] of which `links` names those that are used"
)
_PULL_REQUEST: Final = """\
on: [pull_request, merge_group]
permissions: {{}}
jobs:
  plan:
    uses: {tool}/.github/workflows/plan.yml@{commit}
    permissions: {{contents: read, deployments: read, pull-requests: write}}
    {inherit}
    with:
      environments: '{environments}'
"""
_MERGE: Final = """\
on: {{push: {{branches: [{branch}]}}, workflow_dispatch: {{}}}}
permissions: {{}}
jobs:
  apply:
    uses: {tool}/.github/workflows/apply.yml@{commit}
    permissions: {{contents: read, deployments: write, pull-requests: write}}
    {inherit}
    with:
      environments: '{environments}'
"""
_DAILY: Final = """\
on: {{schedule: [{{cron: "17 5 * * *"}}], workflow_dispatch: {{}}}}
permissions: {{}}
jobs:
  drift:
    uses: {tool}/.github/workflows/drift.yml@{commit}
    permissions: {{contents: read, deployments: read, pull-requests: read, issues: write}}
    {inherit}
    with:
      environments: '{environments}'
"""
_NAMELESS: Final = {"environment": "", "keys": "prod"}
"""Where group files name no environment, GitHub still keeps the key in one."""


def workflows(
    environments: Sequence[str], links: Sequence[str], uses: str, branch: str
) -> dict[str, str]:
    """Return the three workflows by the names of their files.

    Args:
        environments: In the order in which they are applied; none for files that name none.
        links: Variables that group files take links from.
        uses: Repository of this project, and the commit: `OWNER/reconciler@COMMIT`.
        branch: The default branch.
    """
    tool, _, commit = uses.partition("@")
    plain = [{"environment": name} for name in environments] or [_NAMELESS]
    chained = [
        one | ({"after": before["environment"]} if before else {})
        for one, before in zip(plain, [None, *plain], strict=False)
    ]

    def filled(template: str, listed: Sequence[dict[str, str]]) -> str:
        text = template.format(
            tool=tool,
            commit=commit,
            branch=branch,
            inherit=_INHERIT,
            environments=json.dumps(listed),
        )
        return text + (f"      links: {' '.join(links)}\n" if links else "")

    return {
        "pull-request.yml": filled(_PULL_REQUEST, plain),
        "merge.yml": filled(_MERGE, chained),
        "daily.yml": filled(_DAILY, plain),
    }


SETTINGS_HEAD: Final = """\
# What reconciler is told of this repository: it reads [tool.reconciler] and nothing else. An
# address is compared with the one that is given, and never one to send to.
"""
_NO_ENVIRONMENT: Final = """\
[tool.reconciler]
# A section [tool.reconciler.environments.NAME] for each environment, if there are several.
"""


def environment_sections(environments: Sequence[str], address: str | None) -> str:
    """Return the sections of the settings for some environments.

    Args:
        environments: Their names.
        address: That of the first one; None if it is not known.
    """
    sections = []
    for number, name in enumerate(environments):
        known = address if number == 0 else None
        line = (
            f"api_url = {json.dumps(known)}"
            if known
            else '# api_url = "https://..."   # any other address is then refused'
        )
        sections.append(f"[tool.reconciler.environments.{name}]\n{line}\n")
    return "\n".join(sections) or _NO_ENVIRONMENT


IGNORED: Final = """\
# What runs leave on a machine: the sandbox's data, snapshots, a journal.
.reconciler/
"""

EDITOR: Final = """\
{
  "yaml.schemas": {
    "./schemas/group.schema.json": ["groups/*/*.yaml", "groups/*/*.yml"]
  }
}
"""


def hooks(uses: str) -> str:
    """Return the configuration of pre-commit; `uses` as of `workflows`."""
    tool, _, commit = uses.partition("@")
    return f"""\
repos:
  - repo: https://github.com/{tool}
    rev: {commit}
    hooks:
      - id: reconciler-validate
      - id: reconciler-fmt
      - id: reconciler-schema
"""


OWNERS: Final = """\
# Who has to approve what patients get, and what decides about that. Take the first sign of each
# line away, name people or teams, and require a review from code owners in the rules of the branch.
# /groups/         @OWNER/outreach
# /pyproject.toml  @OWNER/outreach
# /.github/        @OWNER/administrators
"""


def readme(environments: Sequence[str], branch: str) -> str:
    """Return the page for the people of the repository."""
    first = f" --env {environments[0]}" if environments else ""
    space = " " * max(3, len(first) - 1)
    gap = " " * (len(space) + 4 - len(first))
    order = (
        f" It is applied to {', then to '.join(f'`{name}`' for name in environments)}."
        if environments
        else ""
    )
    return f"""\
# Outreach

Which texts and calls our patients get, and when. Each file in `groups/` is a use-case group of
Interactly. What is merged into `{branch}` is what patients get.

## Change something

1. Edit a file in `groups/` on a branch, in the browser or in an editor, and open a pull request.
2. A comment says what patients would notice. If you did not mean that, edit again: it follows.
3. Somebody else reads the comment and approves. Merging carries out exactly that, and a second
   comment says what became of it.{order}

Whoever edits in the dashboard is not overruled: an issue says each morning what differs, and
`reconciler pull{first}` brings it into the files.

## At your own machine

```sh
reconciler validate{space}# are the files right? needs no key
reconciler plan{first}{gap}# what would change? only reads
reconciler pull{first}{gap}# dashboard edits, into the files
reconciler fmt{space}     # one layout for all files
```

`plan` and `pull` need the address of the API in `RECONCILER_API_URL` and its key in
`INTERACTLY_API_KEY`; without an address they use a sandbox on your machine. A link that a file
takes `from_env` is read from the variable of that name. Keys and links of sheets stay out of Git.
"""


EXAMPLE_FILE: Final = "groups/microsoft/example.yaml"
EXAMPLE: Final[Mapping[str, Any]] = {
    "name": "Example",
    "slug": "example",
    "timezone": "America/Chicago",
    "start_time": "09:00:00",
    "use_cases": [
        {
            "use_case": "NEW_PATIENT_APPOINTMENT_REMINDER",
            "enabled": True,
            "actions": [
                {
                    "action_type": "SMS",
                    "context": "reminder_7d",
                    "day": 7,
                    "template_name": "First SMS",
                }
            ],
        }
    ],
}
"""The body of the request that makes the example in a sandbox."""
_EXAMPLE_REMARKS: Final = (
    MODELINE,
    "# An example, pinned to a group that only the sandbox on this machine has: any other API",
    "# refuses a plan with it. Delete it when you have files of your own.",
)


def example(group_id: str) -> str:
    """Return the file of the example.

    Args:
        group_id: Of the group in that sandbox. No other API has it, so nothing with this file is
            carried out anywhere else: the guard `no-such-group` refuses it.
    """
    content = {name: value for name, value in EXAMPLE.items() if name != "slug"}
    return laid_out({**content, "group_id": group_id}, {(): Remarks(above=_EXAMPLE_REMARKS)})
