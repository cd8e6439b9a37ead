"""What a plan must not do unasked: reasons to write nothing, found before anybody applies.

Pure: no I/O. All guards are declared here; those about numbers are found here, the others in
`identity`. All are reported at once. Those with a number are lifted one by one, by naming the new
number (`--allow creates=12`), never by one switch for all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.errors import Rule
from reconciler.plan.nouns import Guard
from reconciler.settings import Limits
from reconciler.text import count, masked

_IDENTITY: Final = "this project: being unable to act is better than guessing"

RULES: Final[dict[str, Rule]] = {}
"""All guards by name, in the order in which they are explained."""


def _rule(
    id: str,  # noqa: A002 - the word that is printed and looked up
    *,
    title: str,
    why: str,
    remedy: str,
    example: str,
    source: str,
) -> Rule:
    RULES[id] = Rule(
        id=id,
        kind="guard",
        level="error",
        title=title,
        why=why,
        remedy=remedy,
        example=example,
        source=source,
    )
    return RULES[id]


CREATES: Final = _rule(
    "creates",
    title="More groups would be created than one change usually creates",
    why="Over 10, or the setting `creates`. Many new groups at once are more often the wrong"
    " account, or files that were moved, than news; each would contact people, some of them a"
    " second time, and none can be deleted again.",
    remedy="if that is meant: --allow creates=NUMBER",
    example="11 groups would be created, over the limit of 10 [creates]\n"
    "    if that is meant: --allow creates=11\n",
    source="this project: the API cannot delete, and a create that is sent twice makes two groups",
)
UPDATES: Final = _rule(
    "updates",
    title="More groups would be changed than one change usually touches",
    why="Over 20, or the setting `updates`; if there are ten live groups or more, also over 30%"
    " of them and over 5. A mistake in one place would reach nearly all patients.",
    remedy="if that is meant: --allow updates=NUMBER",
    example="6 of 12 live groups would be updated, over 30% of them [updates]\n"
    "    if that is meant: --allow updates=6\n",
    source="this project: a mistake should reach few people",
)
DISABLES: Final = _rule(
    "disables",
    title="More use cases would be switched off than one change usually ends",
    why="Over 5, or the setting `disables`, that go from enabled to not. Patients who expect a"
    " reminder would get none, and nobody would hear of it.",
    remedy="if that is meant: --allow disables=NUMBER",
    example="6 use cases would be disabled, over the limit of 5 [disables]\n"
    "    if that is meant: --allow disables=6\n",
    source="this project: silence is not noticed",
)
RENAMES: Final = _rule(
    "renames",
    title="A new group seems to be one that is live already",
    why="It has the sheet, the use cases with their actions, or the name of a live group that no"
    " file means, of whichever integration; case, spaces, punctuation and Unicode's forms of names"
    " aside. Or a run of this machine wrote that group under the key. If it is the same group under"
    " another name, both would contact the same people.",
    remedy="add the line that the guard names, or end the other group; if it is another one:"
    " --allow renames=NUMBER",
    example='groups/microsoft/missed-visits.yaml:1: microsoft/missed-visits "No-Show Follow-Up"'
    ' would be created beside the live group microsoft/no-show-follow-up "No-Show'
    ' Follow-Up" (66f0a1b2c3d4e5f607182933), which has no file and the same use cases'
    " with the same actions and the same name [renames]\n"
    "    if it is the same group, add `group_id: 66f0a1b2c3d4e5f607182933` to"
    " groups/microsoft/missed-visits.yaml (the slug then changes to missed-visits) or"
    " `slug: no-show-follow-up`; if it is another one: --allow renames=1\n",
    source="this project: a group that exists twice contacts people twice",
)
COPIES: Final = _rule(
    "copies",
    title="A new group seems to be a copy of another file",
    why="It has the same sheet as another file, or within one integration the same name, or the"
    " same use cases with the same actions and not a sheet of its own. A file that was copied, as"
    " sync programs name a conflict, would contact the same people a second time.",
    remedy="delete one of the two files, or give the new one people, a name and texts of its own;"
    " if both are meant: --allow copies=NUMBER",
    example='groups/microsoft/recall-laptop.yaml:1: microsoft/recall-laptop "Annual Recall"'
    ' would be created beside microsoft/recall "Annual Recall" of'
    " groups/microsoft/recall.yaml, which has the same use cases with the same actions"
    " and the same name [copies]\n"
    "    delete one of the two files, or give groups/microsoft/recall-laptop.yaml"
    " people, a name and texts of its own; if both are meant: --allow copies=1\n",
    source="this project: a group that exists twice contacts people twice",
)
USE_CASE_RENAMES: Final = _rule(
    "use-case-renames",
    title="A new use case seems to be a live one under another name",
    why="It is added or switched on, and has the actions, the texts (on whichever days), or but for"
    " its spelling the name of an enabled use case of the same live group that the file does not"
    " name, or of a live group with the same sheet that has no file. What is live and not in a file"
    " goes on, so every patient would be contacted twice.",
    remedy="if the live one was renamed, add it to the file with `enabled: false`; or end it; if"
    " both are meant: --allow use-case-renames=NUMBER",
    example="groups/microsoft/recall.yaml:5: microsoft/recall would get the use case"
    " YEARLY_VISIT beside the live ANNUAL_RECALL, which has the same actions, stays"
    " enabled and is not in the file [use-case-renames]\n"
    "    if ANNUAL_RECALL was renamed, add it to the file with `enabled: false`; if both"
    " are meant: --allow use-case-renames=1\n",
    source="this project: a use case that is there twice contacts people twice",
)
UNKNOWN_FIELDS: Final = _rule(
    "unknown-fields",
    title="A write may take away what live state holds and this program does not know",
    why="A live group, use case or action has a field that no file can say and no request can"
    " carry. An API that replaces what it is sent drops it: a text with a condition would go to"
    " everybody. Guarded are the fields of groups that are written, and of use cases that are sent"
    " with their actions; no snapshot can bring them back. Where the guard is lifted, a loss is"
    " still found when the group is read back, and is not called applied.",
    remedy="make the same change in the dashboard, which keeps them, so that nothing is left to"
    " write; name what may go, or changes by itself, in the setting `ignored_fields`; if all of"
    " them may go: --allow unknown-fields=NUMBER",
    example="groups/microsoft/recall.yaml:5: writing microsoft/recall may drop 2 live fields that"
    " this program does not know and cannot send along: use_cases.ANNUAL_RECALL: language,"
    " use_cases.ANNUAL_RECALL.actions (SMS on day 30): condition [unknown-fields]\n"
    "    make the same change in the dashboard, which keeps them, so that nothing is left to"
    " write; name what may go, or changes by itself, in `ignored_fields` of [tool.reconciler.api]"
    " in pyproject.toml; if all of them may go: --allow unknown-fields=1\n",
    source="this project: what nobody has seen go is not missed",
)
ANOTHER_ACCOUNT: Final = _rule(
    "another-account",
    title="None of the groups that should be live is there",
    why="Neither of the applied commit, or where that is not given of the base, by `group_id` or"
    " else by key, nor of those that earlier runs on this machine wrote to the same target."
    " A key or an address of another account looks like that:"
    " one clinic's patients would be contacted by another's. So does the first apply to an account."
    " Of the sandbox it is not asked.",
    remedy="check INTERACTLY_API_KEY and the address; if it is the right account, as at its first"
    " apply: --allow another-account=1",
    example="none of the 2 groups of the base is live behind https://api.interactly.example"
    " (environment prod) with this key: it may be the key, or the address, of another account"
    " [another-account]\n"
    "    check INTERACTLY_API_KEY and the address; if it is the right account, as at its first"
    " apply: --allow another-account=1\n",
    source=_IDENTITY,
)
PROTECTED: Final = _rule(
    "protected",
    title="A use case of a protected group would be switched off",
    why="The file says `protected: true`, or did at the base or the applied commit: patients rely"
    " on this group. Counted are the use cases that go from enabled to not, be it by an edit or"
    " because Git has removed them.",
    remedy="leave it enabled; if it is to end: --allow protected=NUMBER",
    example="groups/google/flu-shots.yaml:8: google/flu-shots is protected, and"
    " FLU_SHOT_INVITATION would be switched off [protected]\n"
    "    leave it enabled; if it is to end: --allow protected=2\n",
    source="this project: silence is not noticed",
)
FREEZE: Final = _rule(
    "freeze",
    title="Nothing is to change in these days",
    why="The setting `freeze` names spans of days, as of holidays or a move, in which nobody is"
    " there who would notice a mistake. Days are those of UTC, and the first and the last are"
    " included. A rollback is not held up.",
    remedy="wait until it is over; if it cannot wait: --allow freeze=1",
    example="nothing is to change from 2026-11-25 to 2026-11-29: Thanksgiving [freeze]\n"
    "    apply it after 2026-11-29; if it cannot wait: --allow freeze=1\n",
    source="this project: a mistake should be noticed by somebody",
)
TWO_LIVE_GROUPS: Final = _rule(
    "two-live-groups",
    title="A file may mean either of two live groups",
    why="They have one integration and one slug. Which of them the file means is not guessed; the"
    " other one would go on as it is.",
    remedy="add a line group_id: with the one that this file means",
    example="groups/microsoft/day-surgery.yaml:1: 2 live groups have the key microsoft/day-surgery:"
    " 66f0a1b2c3d4e5f607182930 and 66f0a1b2c3d4e5f607182940 [two-live-groups]\n"
    "    add a line group_id: with the one that this file means\n",
    source=_IDENTITY,
)
NO_SUCH_GROUP: Final = _rule(
    "no-such-group",
    title="A file is pinned to a live group that is not there",
    why="`group_id` says which live group is meant, so that another one is not created instead. It"
    " may be of another account, or mistyped.",
    remedy="correct group_id, or remove the line if a new group is meant",
    example="groups/google/imaging.yaml:2: google/imaging is pinned to the live group"
    " 66f0a1b2c3d4e5f607182933, which google does not have [no-such-group]\n"
    "    correct group_id, or remove the line if a new group is meant\n",
    source=_IDENTITY,
)
SLUG_TAKEN: Final = _rule(
    "slug-taken",
    title="A group cannot get its new slug, since another live group has it",
    why="Two live groups would have one key, and no file could mean one of them by it.",
    remedy="choose another slug, or rename the other group first",
    example="groups/microsoft/day-surgery.yaml:1: 66f0a1b2c3d4e5f607182933 cannot become"
    " microsoft/day-surgery: the live group 66f0a1b2c3d4e5f607182930 has that slug already"
    " [slug-taken]\n"
    "    choose another slug, or rename the other group first\n",
    source=_IDENTITY,
)
ONE_GROUP_TWO_FILES: Final = _rule(
    "one-group-two-files",
    title="Two files mean one live group",
    why="One by its slug, the other by `group_id`; each would undo what the other says.",
    remedy="give this file a slug of its own, or delete one of the two files",
    example="groups/microsoft/day-surgery.yaml:1: microsoft/day-surgery is the live group"
    " 66f0a1b2c3d4e5f607182930, which another file pins with group_id [one-group-two-files]\n"
    "    give this file a slug of its own, or delete one of the two files\n",
    source=_IDENTITY,
)
REPEATED_LIVE_USE_CASE: Final = _rule(
    "repeated-live-use-case",
    title="A live group has one use case twice",
    why="Which of the two an update would change is not known. Reading live state refuses this"
    " already; here no plan can be made of such a group wherever it was read.",
    remedy="remove the surplus one in the dashboard: which of them an upsert would change is not"
    " known",
    example="groups/microsoft/day-surgery.yaml:6: the live group microsoft/day-surgery"
    " (66f0a1b2c3d4e5f607182930) has more than once the use case SURGERY_PREPARATION"
    " [repeated-live-use-case]\n"
    "    remove the surplus one in the dashboard: which of them an upsert would change is not"
    " known\n",
    source=_IDENTITY,
)

ODD_LIVE_GROUP: Final = _rule(
    "odd-live-group",
    title="A live group that cannot be read may be one that a file means",
    why="Its row in the list of live groups is not as a group is assumed to be. By its id, its"
    " slug, or what else could be read of it, it may be a file's group, one that Git has removed,"
    " or a twin of one that would be created: what a write would lead to is not known. Rows that no"
    " file could mean are listed and left alone.",
    remedy="correct the group in the dashboard; if it looks right there, please report this",
    example="groups/microsoft/recall.yaml:1: microsoft/recall (66f0a1b2c3d4e5f607182940) cannot be"
    " planned with, and its slug is this file's: $.groups[0].use_cases[0].actions[0].day is wrong:"
    " Input should be a valid integer [odd-live-group]\n"
    "    correct the group in the dashboard; if it looks right there, please report this\n",
    source=_IDENTITY,
)
UNREAD_INTEGRATION: Final = _rule(
    "unread-integration",
    title="A new group may be live in an integration that cannot be read",
    why="A group that was moved between integrations looks new. Without a look at all of them it"
    " would be created a second time, and contact the same people again. Updates go by a group's id"
    " and need no such look.",
    remedy="run this again when it can be read; if this account has no such integration, let"
    " `integrations` in [tool.reconciler] of pyproject.toml list those that there are",
    example="1 group would be created, and whether it is live in google already is not known, since"
    " google cannot be read [unread-integration]\n"
    "    run this again when it can be read; if this account has no google, write `integrations ="
    ' ["microsoft"]` into [tool.reconciler] of pyproject.toml\n',
    source="this project: a group that exists twice contacts people twice",
)

ALLOWED: Final = tuple(
    rule.id
    for rule in (
        CREATES,
        UPDATES,
        DISABLES,
        RENAMES,
        COPIES,
        USE_CASE_RENAMES,
        UNKNOWN_FIELDS,
        ANOTHER_ACCOUNT,
        FREEZE,
        PROTECTED,
    )
)
"""Names of the guards that `--allow NAME=NUMBER` lifts."""

SHARE: Final = 0.3
"""Fraction of the live groups that may be updated, if there are at least SHARE_FROM of them."""
SHARE_FROM: Final = 10
ORDINARY: Final = 5
"""Groups that may be updated whatever share that is: some edits and some drift of a day."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a plan reaches.

    Numbers of groups created and updated, of use cases disabled, and of live groups.
    """

    creates: int
    updates: int
    disables: int
    live: int


def over_limit(reach: Reach, limits: Limits, allow: Mapping[str, int]) -> Iterator[Guard]:
    """Yield a guard for each number over its limit.

    An allowed number takes the limit's place, its share included.
    """
    numbers = (
        (CREATES, reach.creates, limits.creates, "group", "created"),
        (UPDATES, reach.updates, limits.updates, "group", "updated"),
        (DISABLES, reach.disables, limits.disables, "use case", "disabled"),
    )
    for rule, number, limit, noun, done in numbers:
        allowed = allow.get(rule.id)
        if number > (limit if allowed is None else allowed):
            yield _too_many(
                rule,
                number,
                f"{count(number, noun)} would be {done}, over the limit of"
                f" {limit if allowed is None else allowed}",
            )
        elif (
            rule is UPDATES
            and allowed is None
            and reach.live >= SHARE_FROM
            and number > max(SHARE * reach.live, ORDINARY)
        ):
            share = (
                f"{number} of {reach.live} live groups would be updated, over {SHARE:.0%} of them"
            )
            yield _too_many(rule, number, share)


def guard(
    rule: Rule, message: str, remedy: str = "", *, file: str | None = None, line: int = 1
) -> Guard:
    """Return a guard of this rule, with the rule's remedy unless more is known; links hidden."""
    return Guard(rule.id, file, line, masked(message), masked(remedy) or rule.remedy)


def _too_many(rule: Rule, number: int, message: str) -> Guard:
    return guard(rule, message, f"if that is meant: --allow {rule.id}={number}")
