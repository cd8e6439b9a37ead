# ruff: noqa: INP001 - a script of the action, and no package
"""Runs a command with the secrets that group files name as environment variables, and no others.

A workflow cannot hand over secrets by names that it only gets as an input, other than all together.
So it hands all to this, in SECRETS as JSON; LINKS names those that the command may have. What the
group files of a branch name besides they do not get.
"""

import json
import os
import sys

secrets = json.loads(os.environ.pop("SECRETS", "") or "{}")
for name in os.environ.pop("LINKS", "").split():
    if secrets.get(name):  # else the command says which file names it
        os.environ[name] = secrets[name]
os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the caller's own words, and no shell
