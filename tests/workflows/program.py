"""The program as workflows run it, but for the half minute that GitHub is given to show a merge.

A history runs it some forty times, and most of that time would go into importing it. So one process
has imported it, and forks for each command: `serve` does that, and `CLIENT` asks for it. The
command finds arguments, folder, variables and its three streams as in a process of its own.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest.mock import patch

from reconciler.cli import main
from reconciler.github import client

ROOT: Final = Path(__file__).parents[2]
PLAIN: Final = """#!/bin/sh
exec env PYTHONPATH="{root}" "{python}" -m tests.workflows.program "$@"
"""
"""The program in a process of its own."""
CLIENT: Final = """#!{python} -SE
import json, os, socket, sys
asked = socket.socket(socket.AF_UNIX)
asked.connect({address!r})
words = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(asked, [len(words).to_bytes(4, "big")], [0, 1, 2])
asked.sendall(words)
sys.exit(int(asked.makefile().read() or "70"))
"""
"""Asks for a command, and ends as it does."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve commands meanwhile; yield the script that asks for one."""
    address = folder / "program"
    command = [sys.executable, "-m", "tests.workflows.program", "--serve", str(address)]
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin
        assert server.stdout
        assert server.stdout.readline() == "ready\n"
        yield CLIENT.format(python=sys.executable, address=str(address))
        server.stdin.close()


def serve(address: Path) -> None:
    """Answer until standard input ends, a child for each command."""
    for path in Path(sys.modules["reconciler.cli"].__file__ or "").parent.glob("*.py"):
        importlib.import_module(f"reconciler.cli.{path.stem}")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        asked, _ = listener.accept()
        with asked:
            if os.fork() == 0:
                listener.close()
                _answer(asked)


def _answer(asked: socket.socket) -> None:
    """Carry out one command in this process, which ends with it."""
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        head, streams, _, _ = socket.recv_fds(asked, 4, 3)
        words = asked.makefile("rb").read(int.from_bytes(head, "big"))
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        code = _run(*json.loads(words))
    finally:
        with contextlib.suppress(OSError):
            asked.sendall(str(code).encode())
        os._exit(code)


def _run(arguments: list[str], folder: str, variables: dict[str, str]) -> int:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    try:
        main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()


if __name__ == "__main__":
    with patch.object(client, "LATE", (0.0, 0.0)):  # a test waits for nothing
        if sys.argv[1:2] == ["--serve"]:
            serve(Path(sys.argv[2]))
        else:
            main()
