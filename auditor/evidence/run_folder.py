"""The run folder: written beside its final place, synced, sealed with SHA256SUMS, and renamed into place whole.

Whatever ends the program before the rename, be it an error, a full disk or ``kill -9``, leaves no run folder, and
earlier ones as they were. What is left of an interrupted run begins with a dot and ends with ``.partial``.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from auditor.evidence.disk import sync, sync_tree, unwritable, write_new
from auditor.evidence.places import CHAIN, partial_name
from auditor.evidence.seal import SEAL, SIGNATURE, seal_text

_log = logging.getLogger(__name__)


class RunFolder:
    """Collects a run's files and puts them into place in one step. Use as a context manager.

    Files are written through :meth:`write`; :meth:`finish` seals and renames. Leaving the context without having
    finished removes what was written.
    """

    def __init__(self, out: Path, name: str) -> None:
        self.out = out
        self.name = name
        self._place = out / name
        self._staging = out / partial_name(name)
        self._sums: dict[str, str] = {}
        self._finished = False

    def __enter__(self) -> Self:
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            self._staging.mkdir()
        except OSError as error:
            raise unwritable(self.out, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._finished:
            shutil.rmtree(self._staging, ignore_errors=True)

    def write(self, name: str, data: bytes) -> None:
        """Write one file, *name* being its path inside the run folder with forward slashes.

        Raises:
            EvidenceError: the file cannot be written; nothing of the run will appear.
        """
        self._write(name, data)
        self._sums[name] = hashlib.sha256(data).hexdigest()

    def finish(self, sign: Callable[[bytes], bytes] | None = None) -> Path:
        """Seal the folder, with a signature over the seal if *sign* makes one, and rename it into place.

        Raises:
            EvidenceError: the folder cannot be sealed or renamed, or a run folder of that name is there already.
        """
        seal = seal_text(self._sums)
        self._write(SEAL, seal)
        if sign:
            self._write(SIGNATURE, sign(seal))
        try:
            sync_tree(self._staging)
            self._staging.rename(self._place)
        except OSError as error:
            raise unwritable(self._place, error) from error
        self._finished = True
        try:
            sync(self.out)
        except OSError as error:
            _log.warning(
                "%s is whole, but the disk did not confirm it (%s): look after the disk, and verify the run.",
                self._place,
                error.strerror,
            )
        return self._place

    def _write(self, name: str, data: bytes) -> None:
        try:
            write_new(self._staging / name, data)
        except OSError as error:
            raise unwritable(self._place / name, error) from error


def free_name(out: Path, run_id: str) -> str:
    """*run_id*, or *run_id* with ``-2``, ``-3`` … where a run of the same second is there already, or was pruned."""
    name, number = run_id, 1
    while os.path.lexists(out / name) or os.path.lexists(out / CHAIN / name):
        number += 1
        name = f"{run_id}-{number}"
    return name
