"""Work that the audit must not depend on, in a process of its own.

A library that hangs is ended with its process; one that raises, logs or prints does it where nobody sees a secret.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

import auditor
from auditor.secrets import Secret, hidden

_ROOT = Path(auditor.__file__).parents[1]
_LONGEST = 300


class Answer(Struct, frozen=True):
    """What the process says at its end, as one line of JSON on standard output; ``problem`` is empty if all is well."""

    problem: str


def apart(module: str, order: Struct, limit: float, secrets: Iterable[Secret]) -> str:
    """Run *module* with *order* on its standard input. Returns why it failed; empty if it went well.

    Args:
        module: A module of this program that reads JSON and answers with :class:`Answer`.
        order: What it is to do; secrets in it are seen by that process alone.
        limit: Seconds after which the process is ended.
        secrets: What is hidden in the words that come back.
    """
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    try:
        ended = subprocess.run(  # noqa: S603 - this program's own interpreter and module
            [sys.executable, "-P", "-m", module],
            input=msgspec.json.encode(order),
            capture_output=True,
            timeout=limit,
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it was not done within {limit:g} seconds, and was given up"
    except OSError as error:
        return f"no process could be started for it ({error.strerror})"
    return " ".join(hidden(_problem(ended), secrets).split())[:_LONGEST]


def _problem(ended: subprocess.CompletedProcess[bytes]) -> str:
    """The answer; of a process that raised, what it raised, which stands in the last line of its standard error."""
    try:
        return msgspec.json.decode(_last_line(ended.stdout), type=Answer).problem
    except msgspec.DecodeError:
        raised = _last_line(ended.stderr).decode("utf-8", "replace")
        return raised or f"its process ended without a word (exit code {ended.returncode})"


def _last_line(text: bytes) -> bytes:
    return (text.strip().splitlines() or [b""])[-1]
