"""Writes files that were not there, all of them or none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from auditor.errors import ConfigurationError

PRIVATE, PUBLIC = 0o600, 0o644


class NewFile(Struct, frozen=True, kw_only=True):
    """A file to be written into the folder; ``mode`` as it must be from its first moment on."""

    name: str
    content: bytes
    mode: int = PUBLIC

    def __repr__(self) -> str:
        return f"NewFile({self.name!r}, mode={self.mode:04o})"


def refuse_existing(folder: Path, names: Sequence[str]) -> None:
    """Refuse to go on if one of the files is there, be it a link that leads nowhere.

    Raises:
        ConfigurationError: naming every one of them.
    """
    there = [str(folder / name) for name in names if os.path.lexists(folder / name)]
    if there:
        raise ConfigurationError(
            f"Nothing was written: {', '.join(there)} {'are' if len(there) > 1 else 'is'} there already.",
            "Name another folder with --out, or move what is there out of the way.",
        )


def write_new(folder: Path, files: Sequence[NewFile]) -> None:
    """Write *files* into *folder*, which is made if it is not there. If one cannot be written, none is left behind.

    Raises:
        ConfigurationError: one of them is there already, or cannot be written.
    """
    refuse_existing(folder, [file.name for file in files])
    written: list[Path] = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in files:
            path = folder / file.name
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode)
            written.append(path)
            with os.fdopen(handle, "wb") as opened:
                opened.write(file.content)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise ConfigurationError(
            f"Nothing was written: {error.filename or folder}: {error.strerror}.", "Name another folder with --out."
        ) from error
