"""The rules of group files: every id that reading and checking them may print, and what it means.

Pure: no I/O. Whoever finds something takes the rule from here and says `TAB.found(message)`, so an
id that is not explained cannot be printed. An example is one group file, or several behind
comments that name them; what no text can show, a comment says.
"""

from typing import Final

from reconciler.errors import Level, Rule

RULES: Final[dict[str, Rule]] = {}
"""All of them by id, in the order in which they are explained."""

_STRICT: Final = "this project: two programs must not read one file as two things"
_SCHEMA: Final = "schemas/group.schema.json, from the API's own request body"
_LAYOUT: Final = "docs/group-files.md: the path is the group's identity"
_NAME: Final = "name: Example\n"
_ACTION: Final = "{action_type: SMS, context: lab, day: 1, template_name: Lab}"
_CASE: Final = f"  - use_case: LAB\n    enabled: true\n    actions:\n      - {_ACTION}\n"


def _rule(
    id: str,  # noqa: A002 - the word that is printed and looked up
    *,
    title: str,
    why: str,
    remedy: str,
    example: str,
    source: str,
    level: Level = "error",
) -> Rule:
    RULES[id] = Rule(
        id=id,
        kind="file",
        level=level,
        title=title,
        why=why,
        remedy=remedy,
        example=example,
        source=source,
    )
    return RULES[id]


# Which files there are.

NO_GROUP_FILES: Final = _rule(
    "no-group-files",
    title="There are no group files here",
    why="No folder `groups/`, or no file in it, is more likely the wrong folder than a clinic that"
    " contacts nobody.",
    remedy="run this at the top of the repository",
    example="# a folder without groups/, or with nothing in it\n",
    source="this project: what is not there to be read was not removed",
)
WRONG_PLACE: Final = _rule(
    "wrong-place",
    title="A group file is in a folder where it means no group",
    why="The folder says which integration the group is of: a file directly in `groups/`, below an"
    " unknown integration or in a further folder does not.",
    remedy="move it to groups/microsoft/ or groups/google/",
    example=f"# groups/recalls.yaml\n{_NAME}",
    source=_LAYOUT,
)
FILE_NAME: Final = _rule(
    "file-name",
    title="A group file's name cannot be a slug",
    why="The name is the group's slug unless the file gives another: lower case letters and digits,"
    " with single dashes between.",
    remedy="rename the file; another live slug goes into a line `slug:`",
    example=f"# groups/google/Recalls.yaml\n{_NAME}",
    source=_LAYOUT,
)
NOT_READ: Final = _rule(
    "not-read",
    level="warning",
    title="A file among the group files is not read",
    why="Only `.yaml` and `.yml` are. A backup copy is harmless; a group whose file has another"
    " ending is not planned. READMEs and hidden files are left alone.",
    remedy="name it .yaml, or move it out of groups/",
    example=f"# groups/google/recalls.yaml.bak\n{_NAME}",
    source=_LAYOUT,
)
SYMLINK: Final = _rule(
    "symlink",
    title="A group file is a link to somewhere else, or no file at all",
    why="What a link out of `groups/` says is not reviewed with it. A link that leads nowhere, a"
    " link to a folder, and a pipe cannot be read as a group.",
    remedy="put the file itself here",
    example="# groups/google/recalls.yaml is a link to a file outside of groups/\n",
    source="this project: what is applied is what was reviewed",
)
TOO_LARGE: Final = _rule(
    "too-large",
    title="A group file is far larger than a group can be",
    why="A file may have 256 KiB, and all of them together 256 MiB. More is a mistake, or meant to"
    " keep the program busy.",
    remedy="a group this large is a mistake; split it",
    example="# groups/google/recalls.yaml has 300 KiB\n",
    source="this project: reading must end",
)
UNREADABLE: Final = _rule(
    "unreadable",
    title="The system does not let a group file, or a folder of them, be read",
    why="Its group may have changed, and nobody can tell.",
    remedy="check its permissions",
    example="# groups/google/recalls.yaml, which only its owner may read\n",
    source="this project: what is not there to be read was not removed",
)
NOT_REMOVED: Final = _rule(
    "not-removed",
    title="A group or use case seems to be removed, and is not",
    why="Removed is what Git once had and the planned commit does not have. A sparse checkout, a"
    " deletion that is not committed, a name that is not read, and a base that is newer than the"
    " branch only look like it, and switching off by mistake leaves people uncontacted."
    " Only plans with `--base` can tell.",
    remedy="bring it back, or commit that it is removed",
    example="# groups/google/recalls.yaml is in the commit and not in the folder\n",
    source="this project: what is not there to be read was not removed",
)

# Characters.

ENCODING: Final = _rule(
    "encoding",
    title="A group file is not written in UTF-8",
    why="Names would come out garbled, and differently in each program. A byte order mark at the"
    " beginning is refused as well.",
    remedy="save the file as UTF-8",
    example="# groups/google/recalls.yaml, saved as UTF-16 or Latin-1\n",
    source="YAML 1.2.2, 5.2; that nothing but UTF-8 is read is this project's choice",
)
TAB: Final = _rule(
    "tab",
    title="There is a tab",
    why="It looks like spaces and is as wide as each editor likes; YAML does not take it for"
    " indentation. It is refused everywhere.",
    remedy="indent and separate with spaces",
    example="name:\tExample\n",
    source="YAML 1.2.2, 6.1",
)
INVISIBLE_CHARACTER: Final = _rule(
    "invisible-character",
    title="There is a character that nobody sees",
    why="Control, zero-width and direction characters make a text another one than what a reviewer"
    " reads; a line break within text would never be stored as it is.",
    remedy="remove it",
    example='name: "Example\\u200b"\n',
    source="Unicode Technical Standard 55, source code spoofing",
)
DIRECTIVE: Final = _rule(
    "directive",
    title="A line begins with %",
    why="There it may be an instruction to YAML, which changes how the rest is read.",
    remedy="remove the line",
    example=f"%YAML 1.1\n---\n{_NAME}",
    source=f"YAML 1.2.2, 6.8; refused by {_STRICT}",
)

# YAML.

YAML_SYNTAX: Final = _rule(
    "yaml-syntax",
    title="The file cannot be read as YAML",
    why="An indentation, a colon, a bracket or a quote is not where YAML needs it, so that nobody"
    " can tell what the file says.",
    remedy="check indentation, colons, brackets and quotes here and on the line above",
    example="name: [Example\n",
    source="YAML 1.2.2",
)
EMPTY_FILE: Final = _rule(
    "empty-file",
    title="The file says nothing",
    why="An empty file is no group, and no way to remove one.",
    remedy="write a group, or delete the file",
    example="# nothing but this comment\n",
    source="inferred",
)
SEVERAL_DOCUMENTS: Final = _rule(
    "several-documents",
    title="The file holds more than one group",
    why="`---` begins another document; its group would have the path, and so the identity, of the"
    " first.",
    remedy="write one group per file",
    example=f"{_NAME}---\nname: Another\n",
    source=_LAYOUT,
)
TAG: Final = _rule(
    "tag",
    title="There is a YAML tag",
    why="A tag, `!name`, tells a program what kind of thing a value is, and each program"
    " knows other tags.",
    remedy="remove the tag; quote the value if it is text",
    example="name: !text Example\n",
    source=_STRICT,
)
ANCHOR: Final = _rule(
    "anchor",
    title="There is a YAML anchor or alias",
    why="`*name` stands for what is written at `&name`, which is not seen by"
    " whoever reviews this line.",
    remedy="write the value out in each place",
    example="name: &name Example\n",
    source="this project: what is applied is what was reviewed",
)
MERGE_KEY: Final = _rule(
    "merge-key",
    title="Keys are taken over from elsewhere",
    why="`<<` merges them in. Merge keys are not in YAML 1.2, so that one program follows them"
    " and the next does not.",
    remedy="write the keys out",
    example=f"{_NAME}environments:\n  qa:\n    <<: {{timezone: UTC}}\n",
    source=_STRICT,
)
DUPLICATE_KEY: Final = _rule(
    "duplicate-key",
    title="A key is given twice",
    why="Which of the two values counts is for each program to guess. The same key in another case,"
    " or in another Unicode form, counts as the same.",
    remedy="keep one",
    example=f"{_NAME}start_time: 08:00:00\nstart_time: 09:00:00\n",
    source="YAML 1.2.2, 3.2.1.3",
)
KEY_NOT_TEXT: Final = _rule(
    "key-not-text",
    title="A key is a number, a truth, a list or nothing",
    why="All keys of a group are words.",
    remedy="quote it",
    example=f"{_NAME}8: 00\n",
    source=_SCHEMA,
)
NESTING: Final = _rule(
    "nesting",
    title="Values stand within each other too deep",
    why="A group needs six levels; over 32 are a mistake, or meant to keep the program busy.",
    remedy="flatten it",
    example=f"name: {'[' * 33}{']' * 33}\n",
    source="this project: reading must end",
)
NOT_FINITE: Final = _rule(
    "not-finite",
    title="A value is read as a number without end, or as none at all",
    why="`.nan`, `.inf` and numbers of more than 32 digits are numbers to YAML, and nothing to a"
    " group.",
    remedy="write a number; quote it if it is text",
    example="name: .inf\n",
    source="YAML 1.2.2, 10.3.2; JSON has no such numbers",
)

# What a group may say.

MISSING_KEY: Final = _rule(
    "missing-key",
    title="Something that is required is not there",
    why="A group needs its name; a use case and an action need all their keys, since nothing about"
    " patient contact is implied.",
    remedy="add the key",
    example="timezone: America/Chicago\n",
    source=_SCHEMA,
)
UNKNOWN_KEY: Final = _rule(
    "unknown-key",
    title="There is no such key",
    why="A mistyped key would be left out without a word; the nearest known one is named.",
    remedy="correct it, or remove it",
    example=f"{_NAME}strat_time: 08:00:00\n",
    source=_SCHEMA,
)
NOT_QUOTED: Final = _rule(
    "not-quoted",
    title="Text is read as a number",
    why="Without quotes `6838526e21` is a number to YAML, and so is an id of digits alone; what"
    " comes out is not what was written.",
    remedy="quote it, so that it is text",
    example=f"{_NAME}assistant_id: 682838526513682513682513\n",
    source="YAML 1.2.2, 10.3.2",
)
WRONG_VALUE: Final = _rule(
    "wrong-value",
    title="A value is not one that its field can have",
    why="Such as a time with an offset, a day in words, or `yes` for true, which is text"
    " in YAML 1.2.",
    remedy="write what the message names",
    example=f"{_NAME}start_time: 8 o'clock\n",
    source=_SCHEMA,
)
ENVIRONMENT_NAME: Final = _rule(
    "environment-name",
    title="An environment's name is not in lower case letters, digits and single dashes",
    why="It is typed behind `--env`, and names workflows and records.",
    remedy="name it like qa or prod-east",
    example=f"{_NAME}environments:\n  QA: {{timezone: UTC}}\n",
    source=_SCHEMA,
)
UNKNOWN_ENVIRONMENT: Final = _rule(
    "unknown-environment",
    title="A file has an environment that the settings do not list",
    why="Where pyproject.toml lists the environments, `[tool.reconciler.environments]`, an override"
    " under any other name would be used by nobody, without a word.",
    remedy="write one of the listed names, or list this one: [tool.reconciler.environments.NAME]",
    example="# groups/google/recalls.yaml has the environment prd, and pyproject.toml lists prod\n",
    source="this project: what a file says is used, or refused",
)
LONE_ENVIRONMENT: Final = _rule(
    "lone-environment",
    level="warning",
    title="One file alone has an environment whose name is close to one that others have",
    why="`--env` takes the overrides of one name: of a file that writes `prd` where others write"
    " `prod` it takes none. Close are forms of one word (prod, prd, production), words in another"
    " order, a dash more or less, and one letter more, less, replaced or swapped. Not looked for"
    " where pyproject.toml lists the environments: there another name is an error.",
    remedy="write it as the others do; if it is another environment, list all of them in"
    " pyproject.toml: [tool.reconciler.environments.NAME]",
    example="".join(
        f"# groups/google/{slug}.yaml\nname: {slug.capitalize()}\nenvironments:\n"
        f"  {env}: {{timezone: UTC}}\n"
        for slug, env in (("imaging", "prod"), ("labs", "prod"), ("recalls", "prd"))
    ),
    source="this project: what a file says is used, or refused",
)
REPEATED_USE_CASE: Final = _rule(
    "repeated-use-case",
    title="A use case stands twice in one group",
    why="The API tells the use cases of a group apart by their names: one of the two would be lost,"
    " or both contact the same people.",
    remedy="merge the two, or rename one",
    example=f"{_NAME}use_cases:\n{_CASE}{_CASE}",
    source="inferred",
)
UNKNOWN_TIMEZONE: Final = _rule(
    "unknown-timezone",
    title="There is no such time zone",
    why="`start_time` is local to it, so that nobody could tell when people are contacted. What an"
    " abbreviation, a city, a state or a name from Windows is known to mean is named; no zone is"
    " suggested because it is spelt like another place.",
    remedy="write it like America/Chicago",
    example=f"{_NAME}timezone: America/Chigaco\n",
    source="tz database",
)
SAME_KEY: Final = _rule(
    "same-key",
    title="Two files are the same group",
    why="Each would undo what the other says. The slug that counts is the one in `slug:`, or else"
    " the file's name; environments may change it.",
    remedy="keep one of the two, or change a slug",
    example="# groups/google/recalls.yaml\nname: Recalls\n"
    "# groups/google/recalls-austin.yaml\nname: Recalls in Austin\nslug: recalls\n",
    source=_LAYOUT,
)
SAME_GROUP_ID: Final = _rule(
    "same-group-id",
    title="Two files are pinned to one live group",
    why="Each would undo what the other says.",
    remedy="pin each file to its own group",
    example="# groups/google/recalls.yaml\nname: Recalls\ngroup_id: 5eb7cf5a86d9755df3a6c593\n"
    "# groups/google/recalls-austin.yaml\nname: Recalls in Austin\n"
    "group_id: 5eb7cf5a86d9755df3a6c593\n",
    source=_LAYOUT,
)

# Variables; only plan and apply need them.

UNSET_VARIABLE: Final = _rule(
    "unset-variable",
    title="The variable that holds the sheet's link is not set",
    why="`plan` and `apply` need it; `validate` does not. Without the link nobody can tell whom the"
    " group contacts. One that is set and empty counts as not set: that is how GitHub gives a"
    " secret that is not there.",
    remedy="export the variable with the sheet's link",
    example=f"# without RECALLS_SHEET in the environment\n{_NAME}"
    "sheet_link: {from_env: RECALLS_SHEET}\n",
    source="docs/group-files.md: secrets stay out of Git",
)
WRONG_VARIABLE: Final = _rule(
    "wrong-variable",
    title="The variable that should hold the sheet's link holds something else",
    why="`plan` and `apply` need a link that begins with https://, and nothing around it: a line"
    " break at its end, quotes, or a whole line `NAME=link` of another file are named for what they"
    " are. What the variable holds is never shown.",
    remedy="set it to the sheet's sharing link alone; it is not shown here",
    example=f"# with RECALLS_SHEET=recalls in the environment\n{_NAME}"
    "sheet_link: {from_env: RECALLS_SHEET}\n",
    source="docs/group-files.md: secrets stay out of Git",
)
