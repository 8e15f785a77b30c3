"""Files and folders that are on the disk when a call returns, and errors that say which of them is at fault."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from auditor.errors import EvidenceError


def write_new(path: Path, data: bytes) -> None:
    """Write a file that was not there, and its folders, to the disk.

    Raises:
        OSError: it is there already, or cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_tree(folder: Path) -> None:
    """Bring the entries of *folder* and of all folders in it to the disk."""
    for path in sorted({folder, *(each.parent for each in folder.rglob("*"))}):
        sync(path)


def sync(folder: Path) -> None:
    """Bring the entries of *folder* to the disk. Windows has no such call for folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


def entries(folder: Path) -> dict[str, bool]:
    """Everything below *folder* by its path from there with forward slashes, links not followed: is it a plain file?

    A folder with nothing in it is told too, as no plain file: nothing that a run writes is empty.
    """
    found: dict[str, bool] = {}
    for place, folders, files in os.walk(folder, followlinks=False):
        here = Path(place)
        for name in files:
            path = here / name
            found[path.relative_to(folder).as_posix()] = stat.S_ISREG(path.lstat().st_mode)
        linked = [name for name in folders if (here / name).is_symlink()]
        found.update({(here / name).relative_to(folder).as_posix(): False for name in linked})
        if not folders and not files and here != folder:
            found[here.relative_to(folder).as_posix()] = False
    return dict(sorted(found.items()))


def unwritable(path: Path, error: OSError) -> EvidenceError:
    """The error that names *path* and what the system said."""
    return EvidenceError(
        f"{path}: cannot be written ({error.strerror}).",
        "Give --out a folder that this user may write to, with room on its disk. Earlier runs are as they were.",
    )
