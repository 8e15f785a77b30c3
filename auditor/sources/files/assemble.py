"""Puts the pieces of all files together as one snapshot, the same whatever order the files were found in."""

from __future__ import annotations

import msgspec

from auditor.catalog import Catalog
from auditor.model import Note, Snapshot
from auditor.sources.files.coverage import NOT_COLLECTED, coverage_of
from auditor.sources.files.oddities import global_permission_notes, permission_notes, unread_role_notes
from auditor.sources.files.records import merge_assignments, merge_global_permissions, merge_tokens, merge_users
from auditor.sources.files.roles import merge_roles
from auditor.sources.piece import Piece


def assemble(
    *, account: str, taken: str, origin: str, pieces: list[Piece], notes: list[Note], catalog: Catalog
) -> Snapshot:
    """One account from *pieces*. *notes* are what was noticed before any piece was made."""
    pieces = sorted(pieces, key=lambda piece: piece.name)
    found = [*notes, *(note for piece in pieces for note in piece.notes)]
    roles = merge_roles(pieces)
    users, user_notes = merge_users(pieces)
    tokens, token_notes = merge_tokens(pieces)
    globals_, global_notes = merge_global_permissions(pieces)
    found += [*roles.notes, *user_notes, *token_notes, *global_notes]
    found += permission_notes(roles.roles, roles.permissions, catalog)
    found += global_permission_notes(globals_)
    snapshot = Snapshot(
        account=account,
        taken=taken,
        source="files",
        origin=origin,
        roles=tuple(roles.roles),
        permissions=tuple(roles.permissions),
        tokens=tuple(tokens),
        users=tuple(users),
        assignments=tuple(merge_assignments(pieces)),
        global_permissions=tuple(globals_),
        not_collected=NOT_COLLECTED,
    )
    found += unread_role_notes(snapshot)
    return msgspec.structs.replace(
        snapshot,
        coverage=tuple(coverage_of(snapshot, pieces, roles.quarrels)),
        notes=tuple(sorted(found, key=lambda note: (note.table.value, note.subject, note.text))),
    )
