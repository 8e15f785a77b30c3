"""Copies one run folder over fsspec; run as a process of its own, see :mod:`auditor.delivery.apart`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from auditor.delivery.apart import Answer
from auditor.errors import VerificationError
from auditor.evidence.seal import SEAL, SIGNATURE, file_digest, read_seal

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_CHUNK = 1 << 20


class Parcel(Struct, frozen=True, kw_only=True):
    """Which run folder is to be copied, and where to."""

    url: str
    options: Mapping[str, str | int | float | bool]
    place: str


def copy_run(parcel: Parcel) -> str:
    """Copy the run folder of *parcel* and read every file back. Returns why that failed; empty if it went well.

    What a store's driver raises of its own is left to end this process, which tells of it.
    """
    import fsspec

    try:
        store, root = fsspec.url_to_fs(parcel.url, **parcel.options)
    except ImportError as error:
        scheme = parcel.url.partition(":")[0]
        return f"no driver for {scheme}:// is installed where the auditor is. {error}".rstrip()
    return copied(store, f"{root.rstrip('/')}/{Path(parcel.place).name}", Path(parcel.place))


def copied(store: AbstractFileSystem, folder: str, place: Path) -> str:
    """Copy *place* to *folder* in *store*. Returns why that failed; empty if it went well.

    The seal goes last: a copy without it is not whole. What lies there under another seal is never written over.
    """
    try:
        sums = read_seal(place)
    except VerificationError as error:
        return error.message
    names = [*sums, *([SIGNATURE] if (place / SIGNATURE).exists() else []), SEAL]
    there = store.exists(f"{folder}/{SEAL}")
    if there and _digest(store, f"{folder}/{SEAL}") != file_digest(place / SEAL):
        return f"another run lies at {folder} already, and is not written over"
    for name in names:
        at = f"{folder}/{name}"
        if not there:
            store.makedirs(at.rpartition("/")[0], exist_ok=True)
            store.put_file(str(place / name), at)
        if _digest(store, at) != (sums.get(name) or file_digest(place / name)):
            return f"{at} is not what was sealed" if there else f"{name} did not arrive as it was sealed"
    return ""


def _digest(store: AbstractFileSystem, at: str) -> str:
    digest = hashlib.sha256()
    with store.open(at, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


if __name__ == "__main__":
    result = copy_run(msgspec.json.decode(sys.stdin.buffer.read(), type=Parcel))
    sys.stdout.write(f"\n{msgspec.json.encode(Answer(result)).decode()}\n")
