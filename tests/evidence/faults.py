"""Runs the real command in a process of its own that dies, or whose disk is full, at its Nth call to the disk.

``python -m tests.evidence.faults OUT TEMPLATES`` audits once, so that all is imported and set up, and forks for every
line ``ACTION N`` of its standard input: the child runs ``auditor audit``. It prints one JSON line for each: exit code
(negative: the signal), standard error, and how many calls were made. ACTION is ``kill`` (SIGKILL before the call),
``full`` (no space left on the device from there on) or ``none``. Only calls that name a path below OUT count.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

INPUT = Path(__file__).parents[2] / "examples" / "7654321_SB1"
CALLS = ("open", "mkdir", "rename", "replace", "symlink", "unlink", "rmdir", "fsync")


class Disk:
    """Counts the program's calls to the disk below *out*, and goes wrong at call number *at*."""

    def __init__(self, action: str, out: str, at: int) -> None:
        self.calls = 0
        self._action, self._out, self._at = action, out, at

    def set_up(self) -> None:
        for name in CALLS:
            setattr(os, name, self._faulty(getattr(os, name), always=name == "fsync"))
        io.open = builtins.open = self._faulty(io.open, always=False)  # type: ignore[assignment]

    def _faulty(self, real: Callable[..., Any], *, always: bool) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            ours = always or (isinstance(arguments[0], str | Path) and str(arguments[0]).startswith(self._out))
            if ours and not (real is OPEN and "r" in (arguments[1:2] or ("r",))[0]):
                self.calls += 1
                self._meet(real, arguments)
            return real(*arguments, **options)

        return called

    def _meet(self, real: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        if self._action == "kill" and self.calls == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
        reads = real is OS_OPEN and not arguments[1] & (os.O_WRONLY | os.O_RDWR)
        if self._action == "full" and self.calls >= self._at and real not in FREEING and not reads:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


OPEN = io.open
OS_OPEN = os.open
FREEING = (os.unlink, os.rmdir)


def run(action: str, out: str, templates: str, at: int) -> dict[str, object]:
    """What became of one run that meets *action* at its call number *at*; 0: never."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as counted:
        child = os.fork()
        if not child:
            os.dup2(said.fileno(), 2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            _audit(action, out, templates, at, counted.fileno())
        _, status = os.waitpid(child, 0)
        said.seek(0)
        counted.seek(0)
        return {
            "at": at,
            "code": os.waitstatus_to_exitcode(status),
            "stderr": said.read().decode(),
            "calls": int(counted.read() or 0),
        }


def _audit(action: str, out: str, templates: str, at: int, counted: int) -> None:
    from auditor.cli import main

    sys.argv = ["auditor", "audit", "--input", str(INPUT), "--out", out, "--templates", templates]
    disk = Disk(action, out, at)
    disk.set_up()
    code = 1
    try:
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    except Exception:  # noqa: BLE001 - the child shows any fault as Python would
        sys.excepthook(*sys.exc_info())
    os.write(counted, str(disk.calls).encode())
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    from typer.testing import CliRunner

    from auditor.cli.app import app

    out, templates = sys.argv[1:]
    with tempfile.TemporaryDirectory() as elsewhere:
        warm = ["audit", "--input", str(INPUT), "--out", elsewhere, "--templates", templates]
        assert CliRunner().invoke(app, warm).exit_code == 0
    for line in sys.stdin:
        action, number = line.split()
        print(json.dumps(run(action, out, templates, int(number))), flush=True)


if __name__ == "__main__":
    main()
