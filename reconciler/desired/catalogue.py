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
    " Only plans with `--base` or `--applied` can tell.",
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
OTHER_KIND: Final = _rule(
    "other-kind",
    title="A group file is something else than YAML",
    why="A web page, a document of Word, an archive, or nothing but zeros was saved under this"
    " name.",
    remedy="save the group itself here, as plain text",
    example="<!DOCTYPE html>\n<html><body>Sign in</body></html>\n",
    source="this project: named for what it is, since what YAML says of it helps nobody",
)
LFS_POINTER: Final = _rule(
    "lfs-pointer",
    title="A group file is a pointer of Git LFS",
    why="Git LFS keeps large files elsewhere, and what lies here only says where: the group was not"
    " fetched. A group file belongs into Git itself.",
    remedy="run `git lfs pull`, and take group files out of LFS in .gitattributes",
    example="version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
    source="the specification of Git LFS",
)
MERGE_CONFLICT: Final = _rule(
    "merge-conflict",
    title="A merge was not finished in this file",
    why="Git has written both versions into it, between lines of `<`, `=` and `>`, and nobody has"
    " chosen yet.",
    remedy="choose what the group shall say, and remove the lines of <, | , = and >",
    example=f"<<<<<<< HEAD\n{_NAME}=======\nname: Another\n>>>>>>> main\n",
    source="git merge, how conflicts are presented",
)
TAB: Final = _rule(
    "tab",
    title="There is a tab",
    why="It looks like spaces and is as wide as each editor likes; YAML does not take it for"
    " indentation. It is refused everywhere but in comments.",
    remedy="indent and separate with spaces",
    example="name:\tExample\n",
    source="YAML 1.2.2, 6.1",
)
INVISIBLE_CHARACTER: Final = _rule(
    "invisible-character",
    title="There is a character that nobody sees",
    why="Spaces of other kinds, as Word and web pages have them, and control, zero-width and"
    " direction characters make a text another one than what a reviewer reads; a line break within"
    " text would never be stored as it is. Emoji as phones write them are fine, and so are the"
    " joiners of Persian and Indic scripts. In a comment only those are refused that YAML does not"
    " take, and those that turn the direction of reading.",
    remedy="remove it",
    example='name: "Example\\u200b"\n',
    source="Unicode Technical Standard 55, source code spoofing",
)
LOOK_ALIKE_CHARACTER: Final = _rule(
    "look-alike-character",
    title="There is a character that looks like another one",
    why="A Cyrillic or Greek letter within a Latin word, a hyphen that does not break, a ligature,"
    " or a letter of full width or of a formula: the text is another one than what is read, and the"
    " API does not find what it names. Words in one script are fine.",
    remedy="type it anew",
    example='name: "Ex\\u0430mple"\n',
    source="Unicode Technical Standard 39, mixed-script confusables",
)
NORMAL_FORM: Final = _rule(
    "normal-form",
    title="A letter and its accent are written as two characters",
    why="A Mac's file names, and some keyboards, write `é` as `e` and an accent; it looks the same"
    " and is another text. Unicode's form C is the one that is typed.",
    remedy="type it anew",
    example='name: "Cafe\\u0301"\n',
    source="Unicode Standard Annex 15, normalization form C",
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
CUT_VALUE: Final = _rule(
    "cut-value",
    title="A comment cuts a value short",
    why="Behind a space `#` begins a comment, so that `Reminder #2` is read as `Reminder`. A"
    " comment has a space behind its `#`; where it looks like the rest of the text all the same, as"
    " a number does behind a name, it stands on a line of its own.",
    remedy="quote the value if # belongs to it",
    example="name: Reminder #2\n",
    source="YAML 1.2.2, 6.6; which comments are taken for text is this project's choice",
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
BLANK_VALUE: Final = _rule(
    "blank-value",
    title="Nothing stands behind a key",
    why="To YAML that is null, which clears what is live; to most people it is a line that somebody"
    " has not filled in. Only the file shows the difference, so editors that know the schema say"
    " nothing.",
    remedy="write null to clear it, or remove the line to leave it as it is live",
    example=f"{_NAME}timezone:\n",
    source="this project: nothing is cleared by accident",
)
PLACEHOLDER: Final = _rule(
    "placeholder",
    level="warning",
    title="A text seems to be one that was to be filled in",
    why="`${CLINIC_NAME}`, `$(NAME)`, `{{ name }}`, `%NAME%`, `<CLINIC NAME>` or TODO: nothing here"
    " fills them in, and the API would look for a template of that name. What a template's *text*"
    " holds is another matter; here are only names.",
    remedy="write what it stands for",
    example="name: ${CLINIC_NAME} Recalls\n",
    source="inferred",
)
QUOTES_IN_VALUE: Final = _rule(
    "quotes-in-value",
    level="warning",
    title="The quotes around a text are part of it",
    why="YAML's quotes are straight. Curly ones, as Word and phones type them, and quotes within"
    " quotes are sent along, and the API does not find what is named so.",
    remedy='write it with straight quotes, like "Recall", or without',
    example="name: “Recall”\n",
    source="YAML 1.2.2, 7.3",
)
GARBLED_TEXT: Final = _rule(
    "garbled-text",
    level="warning",
    title="Letters of a text were lost, or turned into others, on the way",
    why="`Ã©` for é, `â€™` for an apostrophe, or U+FFFD: the text was saved in one encoding and"
    " read in another, as between Excel and a web page. The API does not find what is named so.",
    remedy="type it anew, and save the file as UTF-8",
    example="name: Cita de maÃ±ana\n",
    source="the Unicode Standard, 3.9 (UTF-8) and 23.8 (U+FFFD)",
)
MISPLACED_LINK: Final = _rule(
    "misplaced-link",
    level="warning",
    title="A link stands where none belongs",
    why="A sharing link is a key to the sheet. Only `sheet_link` is hidden by its name; elsewhere"
    " what looks like a link is hidden as well, but it is sent, and stays in Git.",
    remedy="move it to sheet_link: {from_env: NAME}, and make a new link, since Git has this",
    example="name: https://1drv.ms/x/s!example\n",
    source="the vendors' help pages on sharing links",
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
