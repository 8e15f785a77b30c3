"""``latest``: the last whole run that audited an account, under a name that never changes.

A night on which no account could be read leaves it where it was: whoever opens it looks for what is known of accounts.

It is a relative symbolic link, replaced in one step. Where the file system or the system's rules allow none, it is
``latest.txt`` with the run folder's name in it, replaced in one step too.
"""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path

from auditor.evidence.chain import last_good
from auditor.evidence.disk import sync, write_new
from auditor.evidence.places import LATEST, LATEST_TEXT, partial_name

_log = logging.getLogger(__name__)


def latest(out: Path) -> str:
    """Name of the run folder that ``latest`` points at; empty if there is none."""
    try:
        return (out / LATEST).readlink().name
    except OSError:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return (out / LATEST_TEXT).read_text(encoding="utf-8").strip()
    return ""


def point_latest(out: Path) -> None:
    """Let ``latest`` point at the last run in *out* that audited an account.

    What cannot be done is told: the run itself is whole.
    """
    last = last_good(out)
    if last is None or last.place.name == latest(out):
        return
    try:
        _replace(out, last.place.name)
        sync(out)
    except OSError as error:
        _log.warning(
            "%s is whole, but %s could not be pointed at it (%s): the next run does.",
            last.place,
            out / LATEST,
            error.strerror,
        )


def _replace(out: Path, name: str) -> None:
    link, new = out / LATEST, out / partial_name(LATEST)
    if link.exists() and not link.is_symlink():
        raise FileExistsError(0, f"{link} is a file or folder of somebody else's")
    new.unlink(missing_ok=True)
    try:
        new.symlink_to(name, target_is_directory=True)
    except (OSError, NotImplementedError):
        write_new(new, f"{name}\n".encode())
        new.replace(out / LATEST_TEXT)
        link.unlink(missing_ok=True)
        return
    try:
        os.replace(new, link)  # noqa: PTH105 - Path.replace would do the same; os names the system call
    except OSError:
        new.unlink(missing_ok=True)
        raise
    (out / LATEST_TEXT).unlink(missing_ok=True)
