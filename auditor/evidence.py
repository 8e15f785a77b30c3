"""The run folder: written beside its final place, synced, sealed with SHA256SUMS, and renamed into place whole.

Whatever ends the program before the rename, be it an error, a full disk or ``kill -9``, leaves no run folder, and
earlier ones as they were. What is left of an interrupted run begins with a dot and ends with ``.partial``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from auditor.errors import EvidenceError

SEAL = "SHA256SUMS"


class RunFolder:
    """Collects a run's files and puts them into place in one step. Use as a context manager.

    Files are written through :meth:`write`; :meth:`finish` seals and renames. Leaving the context without having
    finished removes what was written.
    """

    def __init__(self, out: Path, name: str) -> None:
        self._out = out
        self._place = out / name
        self._staging = out / f".{name}.{os.getpid()}.partial"
        self._sums: dict[str, str] = {}
        self._finished = False

    def __enter__(self) -> Self:
        try:
            self._out.mkdir(parents=True, exist_ok=True)
            self._staging.mkdir()
        except OSError as error:
            raise _unwritable(self._out, error) from error
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
        path = self._staging / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(path, error) from error
        self._sums[name] = hashlib.sha256(data).hexdigest()

    def finish(self) -> Path:
        """Seal the folder and rename it into place; returns the place.

        Raises:
            EvidenceError: the folder cannot be sealed or renamed, or a run folder of that name is there already.
        """
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self._sums.items())]
        self.write(SEAL, "".join(lines).encode())
        try:
            for folder in sorted({self._staging, *(path.parent for path in self._staging.rglob("*"))}):
                _sync(folder)
            self._staging.rename(self._place)
            _sync(self._out)
        except OSError as error:
            raise _unwritable(self._place, error) from error
        self._finished = True
        return self._place


def free_name(out: Path, run_id: str) -> str:
    """*run_id*, or *run_id* with ``-2``, ``-3`` … where a run of the same second is there already."""
    name, number = run_id, 1
    while (out / name).exists():
        number += 1
        name = f"{run_id}-{number}"
    return name


def read_file(folder: Path, name: str) -> bytes:
    """The bytes of one file of a run folder.

    Raises:
        EvidenceError: it is not there or cannot be read.
    """
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise EvidenceError(
            f"{folder / name}: cannot be read ({error.strerror}).",
            "Give a run folder as `auditor audit` writes it, with run.json and accounts/ in it.",
        ) from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError) -> EvidenceError:
    return EvidenceError(
        f"{path}: cannot be written ({error.strerror}).",
        "Give --out a folder that this user may write to, with room on its disk. Earlier runs are as they were.",
    )
