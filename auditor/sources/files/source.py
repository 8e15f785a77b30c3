"""Reads the exports in a file or a folder as one account."""

from __future__ import annotations

from pathlib import Path

from auditor.catalog import load_catalog
from auditor.errors import SourceError
from auditor.model import Note, Snapshot, Table
from auditor.sources import csv_exports, sdf_xml, snapshot_file
from auditor.sources.files.assemble import assemble
from auditor.sources.files.folder import Listing, list_input, shown
from auditor.sources.piece import (
    FILE_TABLES,
    ROLE_TABLES,
    BrokenFileError,
    InputFile,
    Piece,
    Reader,
    broken_piece,
    counted,
    listed,
)

READERS: tuple[Reader, ...] = (
    snapshot_file.read,
    sdf_xml.read,
    csv_exports.read,
)
"""Every format that is read, asked in this order. A new one is a module and a line here."""
_ALONE = "Give the snapshot alone, or take it out of the folder."


class FileSource:
    """One account from exported files. ``path`` is one file or a folder, which is read with all folders below it."""

    def __init__(self, account: str, path: Path) -> None:
        self.account = account
        self.path = path

    def collect(self, taken: str) -> Snapshot:
        """Read every file. What is broken or unknown stands in the coverage, with file and line.

        A snapshot that an earlier run wrote, given as the only file, comes back as it is: its own account and time.

        Raises:
            SourceError: there is no such path, or nothing in it can be read, or a snapshot lies among other files.
        """
        listing = list_input(self.path)
        pieces = [piece for name, path in listing.files for piece in _read(name, path)]
        pieces += [_unreadable(name, reason) for name, reason in listing.unreadable]
        snapshots = [piece for piece in pieces if piece.snapshot is not None]
        if snapshots:
            return _single(snapshots, pieces)
        if not any(map(_is_usable, pieces)):
            raise _nothing(self.path, pieces)
        return assemble(
            account=self.account,
            taken=taken,
            origin=shown(self.path.name or self.path.resolve().name),
            pieces=[piece for piece in pieces if piece.given],
            notes=_passed_over(pieces, listing),
            catalog=load_catalog(),
        )


def _read(name: str, path: Path) -> tuple[Piece, ...]:
    """What the first reader that knows *path* makes of it; a piece that is passed over if none does."""
    try:
        file = InputFile(name, path.read_bytes())
    except OSError as error:
        return (_unreadable(name, f"It cannot be opened ({error.strerror})."),)
    try:
        for reader in READERS:
            pieces = reader(file, load_catalog())
            if pieces is not None:
                return pieces
    except BrokenFileError as error:
        return (broken_piece(name, file.sha256, error),)
    return (Piece(name=name, sha256=file.sha256, passed_over="no export"),)


def _is_usable(piece: Piece) -> bool:
    """Something of it was read; headings without a row are something too."""
    return bool(piece.given) and (not piece.problem or any(given.rows for given in piece.given))


def _unreadable(name: str, reason: str) -> Piece:
    tables = ROLE_TABLES if name.lower().endswith(".xml") else FILE_TABLES
    error = BrokenFileError(
        reason, "Make it readable for the one who runs the audit, or take it out of the input.", tables
    )
    return broken_piece(name, "", error)


def _single(snapshots: list[Piece], pieces: list[Piece]) -> Snapshot:
    snapshot = snapshots[0].snapshot
    others = [piece.name for piece in pieces if piece is not snapshots[0]]
    if others or snapshot is None:
        raise SourceError(
            f"{snapshots[0].name} is a whole account as an earlier run read it; it cannot be put together with "
            f"{listed(others, 5)}.",
            _ALONE,
        )
    return snapshot


def _nothing(path: Path, pieces: list[Piece]) -> SourceError:
    """Why an input is worth nothing: what was wrong with each file, the first few by name."""
    reasons = [
        f"{piece.name}: {piece.problem or f'It is no export ({piece.passed_over}).'}"
        for piece in sorted(pieces, key=lambda piece: (not piece.problem, piece.name))
    ]
    what = f"Nothing in '{shown(str(path))}' can be read as an export of NetSuite."
    return SourceError(
        f"{what} {listed(reasons, 5, ' ')}", "docs/inputs.md says which exports are read and how to make them."
    )


def _passed_over(pieces: list[Piece], listing: Listing) -> list[Note]:
    """Names the files that were not read because they are no exports, grouped by what they are."""
    groups: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.passed_over:
            groups.setdefault(piece.passed_over, []).append(piece.name)
    notes = [
        Note(Table.ROLES, "files not read", f"{counted(len(names), 'file')}, {what}: {listed(sorted(names), 20)}.")
        for what, names in groups.items()
    ]
    if listing.ignored:
        text = f"{counted(len(listing.ignored), 'entry', 'entries')} by name alone, hidden or never an export: "
        notes.append(Note(Table.ROLES, "files not read", f"{text}{listed(listing.ignored, 20)}."))
    return notes
