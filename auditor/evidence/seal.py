"""``SHA256SUMS``: the digest of every file of a run folder, and whether the files still are what was sealed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from msgspec import Struct

from auditor.errors import VerificationError
from auditor.evidence.disk import entries

SEAL = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"
"""Over the seal, so the one file that the seal cannot cover."""
MANIFEST = "manifest.json"

_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)\n")
_CHUNK = 1 << 20


class Problem(Struct, frozen=True, kw_only=True):
    """One thing that is not as it was sealed."""

    run: str
    """Name of the run folder."""
    kind: str
    """``changed``, ``missing``, ``added``, ``reordered``, ``signature`` or ``head``."""
    file: str
    """Path inside the run folder; empty: the run as a whole."""
    text: str


def seal_text(sums: Mapping[str, str]) -> bytes:
    """The file ``SHA256SUMS`` for *sums*, digests by file name, as ``sha256sum -c`` reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode()


def seal_digest(folder: Path) -> str:
    """SHA-256 of the seal itself: one number that stands for every file of the run.

    Raises:
        VerificationError: the seal is not there or cannot be read.
    """
    return hashlib.sha256(_seal_bytes(folder)).hexdigest()


def read_seal(folder: Path) -> dict[str, str]:
    """Digests by file name.

    Raises:
        VerificationError: the seal is not there, or is not as the program writes it.
    """
    data = _seal_bytes(folder)
    sums = {name: digest for digest, name in _LINE.findall(data.decode("utf-8", "replace"))}
    if not sums or seal_text(sums) != data:
        raise VerificationError(
            f"{folder / SEAL}: is not as it was written: a line was changed, moved, doubled or cut."
        )
    if strange := [name for name in sums if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts]:
        raise VerificationError(f"{folder / SEAL}: names {strange[0]}, which lies outside the run folder.")
    return sums


def seal_problems(folder: Path) -> tuple[Problem, ...]:
    """Every file of the run folder that was changed, removed or added since it was sealed."""
    try:
        sums = read_seal(folder)
    except VerificationError as error:
        kind = "changed" if (folder / SEAL).exists() else "missing"
        return (Problem(run=folder.name, kind=kind, file=SEAL, text=error.message.partition(": ")[2]),)
    plain = entries(folder)
    digests = {name: file_digest(folder / name) for name, is_plain in plain.items() if is_plain}
    sealed_as = {digest: name for name, digest in sums.items()}
    problems = []
    for name in sorted({*sums, *plain} - {SEAL, SIGNATURE}):
        found = digests.get(name, "")
        if name not in sums:
            kind, text = "added", "was not there when the run was sealed"
        elif name not in plain:
            kind, text = "missing", "is not there any more"
        elif found == sums[name]:
            continue
        else:
            unread = plain[name] and not found
            kind, text = "changed", "cannot be read" if unread else "is not what was sealed"
        if found and (other := sealed_as.get(found)):
            text += f"; it holds what was sealed as {other}"
        elif name in plain and not plain[name]:
            text += "; it is a link or an empty folder"
        problems.append(Problem(run=folder.name, kind=kind, file=name, text=f"{text}."))
    return tuple(problems)


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read piece by piece; empty if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
    except OSError:
        return ""
    return digest.hexdigest()


def _seal_bytes(folder: Path) -> bytes:
    try:
        return (folder / SEAL).read_bytes()
    except OSError as error:
        raise VerificationError(
            f"{folder / SEAL}: cannot be read ({error.strerror}).", "A run without its seal proves nothing."
        ) from error
