"""Writes what a run read of one account, and reads it back, so that it can be judged again without its inputs."""

from __future__ import annotations

import msgspec

from auditor.catalog import Catalog
from auditor.errors import SourceError
from auditor.model import Snapshot
from auditor.sources.piece import FILE_TABLES, BrokenFileError, InputFile, Piece

FORMAT = "netsuite-auditor/snapshot"
VERSION = 1
_AGAIN = "Give the snapshot.json of a run as the run wrote it, or read the account again."


class _Envelope(msgspec.Struct, frozen=True):
    format: str
    version: int
    snapshot: Snapshot


class _Label(msgspec.Struct, frozen=True):
    """The envelope without its content, to see what it is before it is believed."""

    format: str = ""
    version: int = 0


def write_snapshot(snapshot: Snapshot) -> bytes:
    """*snapshot* as one line of UTF-8 JSON, the same bytes for the same snapshot."""
    return msgspec.json.encode(_Envelope(FORMAT, VERSION, snapshot)) + b"\n"


def read_snapshot(data: bytes, name: str) -> Snapshot:
    """The snapshot that :func:`write_snapshot` made *data* of; *name* is what messages call it.

    Raises:
        SourceError: it is not such a file, of another version, or damaged.
    """
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refusal(data, name, error) from error
    if (envelope.format, envelope.version) != (FORMAT, VERSION):
        raise _refusal(data, name)
    return envelope.snapshot


def _refusal(data: bytes, name: str, fault: Exception | None = None) -> SourceError:
    """Why *data* is not a snapshot to be believed. Its label is looked at only now: a good file is read once."""
    try:
        label = msgspec.json.decode(data, type=_Label)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return SourceError(f"{name} is not a snapshot of this program, or is damaged: {error}.", _AGAIN)
    if label.format != FORMAT:
        return SourceError(f"{name} is not a snapshot of this program: it lacks the format mark '{FORMAT}'.", _AGAIN)
    if label.version != VERSION:
        return SourceError(
            f"{name} is a snapshot of version {label.version}; this program reads version {VERSION}.",
            "Use the version of the program that wrote it, or read the account again.",
        )
    return SourceError(f"{name} is a damaged snapshot: {fault}.", _AGAIN)


def read(file: InputFile, _catalog: Catalog) -> tuple[Piece, ...] | None:
    """The account in *file* as an earlier run read it; None if it is not a snapshot."""
    if FORMAT.encode() not in file.data[:200]:
        return None
    try:
        snapshot = read_snapshot(file.data, "It")
    except SourceError as error:
        raise BrokenFileError(error.message, error.remedy, FILE_TABLES) from error
    return (Piece(name=file.name, sha256=file.sha256, snapshot=snapshot),)
