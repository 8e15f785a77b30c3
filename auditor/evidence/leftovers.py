"""What interrupted runs left: told, and removed if their process is gone."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from auditor.evidence.places import CHAIN, PARTIAL

_log = logging.getLogger(__name__)


def clear_leftovers(out: Path) -> None:
    """Remove every ``.….partial`` in *out* whose process is gone, and say so. Call it with the folder's lock held."""
    for folder in (out, out / CHAIN):
        if not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            if found := PARTIAL.fullmatch(path.name):
                _clear(path, int(found["process"]))


def _clear(path: Path, process: int) -> None:
    if _at_work(process):
        _log.warning(
            "%s is left of an interrupted run and stays: there is a process %d. Remove it once that is no auditor.",
            path,
            process,
        )
        return
    try:
        if path.is_symlink() or path.is_file():
            path.unlink()
        else:
            shutil.rmtree(path)
    except OSError as error:
        _log.warning("%s is left of an interrupted run and cannot be removed (%s).", path, error.strerror)
        return
    _log.warning("%s was left of an interrupted run whose process (%d) is gone: removed.", path, process)


def _at_work(process: int) -> bool:
    """Another process of that number exists.

    This process has just taken the lock, so what bears its own number is of one that had the same number before, as
    in containers. Elsewhere than on POSIX the lock alone decides: asking after a process could end it there.
    """
    if process == os.getpid() or os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
