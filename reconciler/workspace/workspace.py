"""The door to a folder of group files: all that a command, a worker or a test asks of it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from platformdirs import user_state_path

from reconciler import desired
from reconciler.apply.disk import STATE_VARIABLE, kept, make_ignored
from reconciler.apply.state import StateFolder
from reconciler.errors import DesiredError, ReconcilerError, UsageError
from reconciler.model import Declared
from reconciler.plan.nouns import Drift, Plan
from reconciler.settings import ApiSettings, Settings
from reconciler.transport import Way
from reconciler.workspace import comparing, planning
from reconciler.workspace.comparing import Compared
from reconciler.workspace.expected import Expected
from reconciler.workspace.fetching import Evidence
from reconciler.workspace.git import Git
from reconciler.workspace.lint import with_lint
from reconciler.workspace.loading import Desired, load
from reconciler.workspace.planning import Restored, Reviewable
from reconciler.workspace.settings import load_settings
from reconciler.workspace.target import Opened, hold_to_place, open_target

STATE: Final = Path(".reconciler")
"""Where runs leave what the next one has to know, from the root."""
SANDBOX: Final = STATE / "sandbox.db"
"""The sandbox's groups, from the root."""

KEY_VARIABLE: Final = "INTERACTLY_API_KEY"
SDK_VARIABLE: Final = "INTERACTLY_BASE_URL"
"""What the vendor's workflow SDK reads; that is another API."""
ATTEMPT_VARIABLE: Final = "GITHUB_RUN_ATTEMPT"
"""Which attempt at a job this is, on GitHub: from 2 on, an earlier one may just have written."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder of group files, as one command sees it.

    Attributes:
        root: The folder that holds `groups/`.
        env: Environment whose overrides apply, or None.
        variables: Environment variables: the API's key, what `from_env` names, and git's.
        clock: Returns the time, with a zone.
        tell: Told in a sentence, in any thread, of every wait that lasts longer than a moment, and
            of what is set and not used.
    """

    root: Path
    env: str | None
    variables: Mapping[str, str] = field(repr=False)
    clock: Callable[[], datetime]
    tell: Callable[[str], None] = lambda _: None

    @property
    def today(self) -> date:
        """The day from which rules look a year ahead."""
        return self.clock().date()

    @property
    def state(self) -> StateFolder:
        """What runs leave in this folder, and for all folders of this user."""
        named = self.variables.get(STATE_VARIABLE)
        shared = (
            self.root / Path(named).expanduser()
            if named
            else user_state_path("reconciler", appauthor=False)
        )
        attempt = self.variables.get(ATTEMPT_VARIABLE, "")
        rerun = attempt.isdecimal() and int(attempt) > 1
        return StateFolder(self.root / STATE, shared, self.clock, rerun=rerun)

    def settings(self) -> Settings:
        """Return the settings; raises ConfigError."""
        return load_settings(self.root)

    def check(self, selectors: Sequence[str] = ()) -> desired.Checked:
        """Return the chosen files and all that is wrong with them; needs no variable.

        All files are read, since some rules look at several. What is named, and is there or was in
        Git, and is no group file, is told in the notes.

        Raises:
            ConfigError: A setting is wrong.
            UsageError: A selector means nothing, or neither a file nor the settings know the
                environment.
        """
        settings = self.settings()
        checked = with_lint(
            desired.check(self.root, self.env, settings.environments, settings.integrations),
            settings.lint,
            self.env,
            self.today,
        )
        return desired.narrow(checked, selectors, self.root, Git(self.root, self.variables).had)

    def said(self, selectors: Sequence[str] = ()) -> list[Declared]:
        """Return the chosen groups as far as files alone say them, sorted by key.

        Raises:
            DesiredError: A group file is wrong.
            ConfigError: A setting is wrong.
            UsageError: As of `check`.
        """
        settings = self.settings()
        checked = desired.check(self.root, self.env, settings.environments, settings.integrations)
        if any(finding.severity == "error" for finding in checked.findings):
            raise DesiredError(checked.findings)
        declared = desired.in_environment(checked, self.env)
        keys = desired.select(declared, selectors, self.root) if selectors else None
        chosen = (entry for entry in declared if keys is None or entry.group.key in keys)
        return sorted(chosen, key=lambda entry: str(entry.group.key))

    def load(
        self,
        selectors: Sequence[str] = (),
        *,
        base: str | None = None,
        applied: str | None = None,
        drift: Drift = "revert",
        prune: bool = False,
    ) -> Desired:
        """Return what is desired, and what it is compared with; raises what `loading.load` does."""
        return load(
            self.root,
            self.env,
            self.variables,
            self.today,
            selectors=selectors,
            ref=base,
            applied_ref=applied,
            drift=drift,
            prune=prune,
        )

    def head(self) -> str:
        """Return the id of the commit that is checked out, or an empty text without one."""
        try:
            return Git(self.root, self.variables).head()
        except ReconcilerError:
            return ""

    def scope(self) -> str:
        """Return which folder of its repository this is, as a path of plain characters.

        Empty for the repository itself, and where Git knows of none. It tells accounts apart that
        are kept in one repository: their targets, and what is recorded on GitHub.

        Raises:
            ConfigError: Git has a repository here and cannot say.
        """
        return quote(Git(self.root, self.variables).prefix())

    def open(
        self, api_url: str | None, files: Desired | None = None
    ) -> AbstractContextManager[Opened]:
        """Open the API at an address, or the sandbox without one.

        The variable RECONCILER_PROXY chooses a proxy, and no other one does.

        Args:
            api_url: The address, or None for the sandbox.
            files: What is to be planned there; None for what does not come from files.

        Raises:
            UsageError: Address and environment do not belong together, an environment has to be
                chosen, or the key is missing.
            ConfigError: Address, key or a setting is unusable.
        """
        names, api = (files.environments, files.settings.api) if files else (None, None)
        return self._open(api_url, names, api or self.settings().api)

    def _open(
        self, api_url: str | None, names: Sequence[str] | None, api: ApiSettings
    ) -> AbstractContextManager[Opened]:
        """Open a target; `names` are the environments that files mention, None without files."""
        key = self.variables.get(KEY_VARIABLE, "")
        if api_url is None:
            self._tell_unused(key)
            self.make_state()
        else:
            hold_to_place(api_url, self.env, self.settings().environments, names)
            if not key.strip():
                raise UsageError(
                    f"{KEY_VARIABLE} is {'empty' if KEY_VARIABLE in self.variables else 'not set'},"
                    " and the API at an address needs its key",
                    remedy=f"set {KEY_VARIABLE}; the key is in the dashboard's API Keys section",
                )
        return open_target(
            api_url,
            self.env,
            scope="" if api_url is None else self.scope(),
            key=key,
            root=self.root,
            sandbox=SANDBOX,
            api=api,
            way=Way() if api_url is None else Way.chosen(self.variables),
            tell=self.tell,
        )

    def _tell_unused(self, key: str) -> None:
        """Say what is set as if for the real API, where no address leads there."""
        if key.strip():
            self.tell(
                f"{KEY_VARIABLE} is set, but no address is given: this is the sandbox, and the key"
                " is not used. For the real API give --api-url or RECONCILER_API_URL."
            )
        if self.variables.get(SDK_VARIABLE):
            self.tell(
                f"{SDK_VARIABLE} is not read: it is the workflow SDK's, and the address of another"
                " API. This is the sandbox; for the real API give --api-url or RECONCILER_API_URL."
            )

    def make_state(self) -> None:
        """Make the folder of the sandbox and of snapshots, which Git ignores from then on.

        Raises:
            ReconcilerError: It cannot be made.
        """
        with kept(self.root / STATE):
            make_ignored(self.root / STATE)

    def plan(self, files: Desired, opened: Opened, allow: Mapping[str, int] | None = None) -> Plan:
        """Read live state and return the plan, with what rules say of it; raises ApiError."""
        return self.plan_reviewed(files, opened, allow).whole

    def plan_reviewed(
        self,
        files: Desired,
        opened: Opened,
        allow: Mapping[str, int] | None = None,
        expected: Expected | None = None,
    ) -> Reviewable:
        """Read live state and return the plan, and what of it may be carried out.

        That is all of it unless something is expected.

        Raises:
            ApiError: Live state cannot be read.
            StaleError: What is expected was reviewed for another target, or edited.
        """
        pins = {
            entry.group.group_id: str(entry.group.key)
            for entry in files.declared
            if entry.group.group_id
        }
        judge = expected.judge if expected else None
        return planning.make_plan(files, opened, allow or {}, self._evidence(opened, pins), judge)

    def compared(
        self, api_url: str | None, base: str | None = None, environments: Sequence[str] = ()
    ) -> Compared:
        """Return the group files beside all of live state, for a target that is opened for it.

        Args:
            api_url: The address, or None for the sandbox.
            base: A commit whose files say what has been changed since, None for HEAD.
            environments: Those that there are besides the ones of the settings.

        Raises:
            DesiredError: A group file is wrong.
            UsageError: There is no such commit, or as of `open`.
            ConfigError: A setting is wrong.
            ApiError: Live state cannot be read.
        """
        settings = self.settings().listing(environments)
        files = comparing.read_files(self.root, self.env, self.variables, settings)
        with self._open(api_url, files.environments, settings.api) as opened:
            return comparing.compare_files(files, opened, base, self._evidence(opened, files.pins))

    def restore(
        self, snapshot: Path | None, opened: Opened, allow: Mapping[str, int] | None = None
    ) -> Restored:
        """Read live state and return the plan that brings a snapshot back.

        Args:
            snapshot: Its file, from the root, or its bare name; None is the newest one that an
                apply to the target took.
            opened: The target.
            allow: Numbers that take a limit's place, by the guard's name.

        Raises:
            UsageError: There is none, or it is of another target.
            ConfigError: It cannot be read, or a setting is wrong.
            ApiError: Live state cannot be read.
        """
        return planning.restore(
            snapshot,
            opened,
            root=self.root,
            state=self.state,
            variables=self.variables,
            limits=self.settings().guards,
            allow=allow or {},
            evidence=self._evidence(opened, {}),
        )

    def _evidence(self, opened: Opened, pins: Mapping[str, str]) -> Evidence:
        """Return what files and earlier runs know of live state."""
        state, target = self.state, opened.target
        known = {**state.known(target), **pins}
        return Evidence(state.created(target), known, state.written(target))
