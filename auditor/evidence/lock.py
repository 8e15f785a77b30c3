"""One at a time: whoever writes into a folder of runs holds its lock, from before the first read to the end.

The lock is the operating system's own (flock on POSIX), which ends with the process that holds it, however it ends:
a dead process never blocks. Who holds it is written beside it, for people.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from auditor.errors import LockedError
from auditor.evidence.disk import unwritable
from auditor.evidence.latest import point_latest
from auditor.evidence.leftovers import clear_leftovers
from auditor.evidence.places import HOLDER, LOCK


class Holder(Struct, frozen=True, kw_only=True):
    """Who holds the lock."""

    process: int
    host: str
    command: str


@contextmanager
def holding(out: Path, command: str, wait: float = 0) -> Iterator[None]:
    """Hold *out* while *command* writes into it: what interrupted runs left is cleared, and ``latest`` set right.

    Args:
        out: The folder that runs are written to; made if it is not there.
        command: What whoever is kept waiting is told.
        wait: For how many seconds to wait for another who holds it.

    Raises:
        LockedError: somebody else holds it, and did so until the wait was over.
        EvidenceError: the folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(out / LOCK)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait)
    except Timeout as error:
        raise _locked(out, wait) from error
    except OSError as error:
        raise unwritable(out, error) from error
    try:
        _say(out, command)
        clear_leftovers(out)
        point_latest(out)
        yield
    finally:
        with contextlib.suppress(OSError):
            (out / HOLDER).unlink(missing_ok=True)
        lock.release()


def _say(out: Path, command: str) -> None:
    """Without room on the disk the lock still holds, and nobody learns whose it is."""
    holder = Holder(process=os.getpid(), host=socket.gethostname(), command=command)
    with contextlib.suppress(OSError):
        (out / HOLDER).write_bytes(msgspec.json.encode(holder))


def _locked(out: Path, wait: float) -> LockedError:
    try:
        holder = msgspec.json.decode((out / HOLDER).read_bytes(), type=Holder)
        who = f"`auditor {holder.command}`, process {holder.process} on {holder.host}"
    except (OSError, msgspec.DecodeError):
        who = "another auditor, which has not said which"
    waited = f", and did for the {wait:g} seconds of --wait" if wait else ""
    return LockedError(
        f"{out} is being written to by {who}{waited}. Nothing was read or written.",
        "Let that one end, give --wait SECONDS to wait for it, or write to another folder with --out.",
    )
