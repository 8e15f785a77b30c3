"""Merges users, assignments, tokens and global permissions of several files: each once, sorted, contradictions said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import groupby

from msgspec.structs import replace

from auditor.model import AccessToken, GlobalPermission, Note, Reference, RoleAssignment, Table, User, folded
from auditor.sources.piece import Piece, counted


def unique_keys(keys: list[str]) -> list[str]:
    """*keys* in their order, each once: the second ``x`` becomes ``x#2``."""
    taken = set(keys)
    seen: Counter[str] = Counter()
    result = []
    for key in keys:
        seen[key] += 1
        unique = key
        number = seen[key]
        while number > 1 and (unique := f"{key}#{number}") in taken:
            number += 1
        taken.add(unique)
        result.append(unique)
    return result


def merge_users(pieces: list[Piece]) -> tuple[list[User], list[Note]]:
    """Every user once, by internal id, else by e-mail and name together: several people may share an address."""
    groups: defaultdict[tuple[str, ...], list[User]] = defaultdict(list)
    for piece in pieces:
        for user in piece.users:
            identity = (user.id,) if user.id else (folded(user.email), folded(user.name))
            groups[identity].append(user)
    notes: list[Note] = []
    merged = [_one_user(group, notes) for group in groups.values()]
    shared = Counter(user.key for user in merged)
    # The key must tell two people apart who share an address, whichever of them stands first.
    merged = [replace(user, key=f"{user.key} ({user.name})") if shared[user.key] > 1 else user for user in merged]
    merged.sort(key=lambda user: (user.key, user.name))
    keys = unique_keys([user.key for user in merged])
    return [user if user.key == key else replace(user, key=key) for key, user in zip(keys, merged, strict=True)], notes


def _one_user(group: list[User], notes: list[Note]) -> User:
    first = min(group, key=lambda user: (user.name, user.email))
    facts: dict[str, bool | None] = {}
    for field in ("inactive", "access"):
        told = {getattr(user, field) for user in group} - {None}
        facts[field] = told.pop() if len(told) == 1 else None
        if told:
            notes.append(Note(Table.USERS, first.name, f"The rows of this user contradict each other on {field}."))
    return replace(first, inactive=facts["inactive"], access=facts["access"])


def merge_assignments(pieces: list[Piece]) -> list[RoleAssignment]:
    """Every pair of user and role once."""
    return sorted(
        {row for piece in pieces for row in piece.assignments}, key=lambda row: (_order(row.user), _order(row.role))
    )


def merge_tokens(pieces: list[Piece]) -> tuple[list[AccessToken], list[Note]]:
    """Every token once. Rows that are alike in all are one token; rows of one key that differ stay apart."""
    rows = [token for piece in pieces for token in piece.tokens]
    tokens = sorted(set(rows), key=_token_order)
    notes = []
    if len(rows) > len(tokens):
        text = f"{counted(len(rows) - len(tokens), 'row')} repeated exactly; each token is counted once."
        notes.append(Note(Table.ACCESS_TOKENS, "access tokens", text))
    keys = unique_keys([token.key for token in tokens])
    result = []
    for key, token in zip(keys, tokens, strict=True):
        if key != token.key:
            text = (
                f"More than one row bears the key '{token.key}', and they differ; each is judged as a token of its own."
            )
            notes.append(Note(Table.ACCESS_TOKENS, token.name, text))
        result.append(token if key == token.key else replace(token, key=key))
    return result, notes


def merge_global_permissions(pieces: list[Piece]) -> tuple[list[GlobalPermission], list[Note]]:
    """Every global permission once. Rows of one user that contradict each other are undecided (level None)."""
    rows = sorted({row for piece in pieces for row in piece.global_permissions}, key=_global_order)
    notes: list[Note] = []
    result: list[GlobalPermission] = []
    for _, group in groupby(rows, key=lambda row: (_person(row.user), row.id or row.label)):
        same = list(group)
        if len({row.level for row in same}) > 1:
            levels = ", ".join(row.level.value if row.level else f"'{row.raw_level}'" for row in same)
            text = f"Global permission {same[0].label or same[0].id} is given at {levels}; which counts cannot be told."
            notes.append(Note(Table.GLOBAL_PERMISSIONS, str(same[0].user), text))
            same = [_undecided(row) for row in same]
        result += same
    return result, notes


def _undecided(row: GlobalPermission) -> GlobalPermission:
    return replace(row, level=None, raw_level=row.raw_level or (row.level.value if row.level else ""))


def _person(user: Reference) -> str:
    return user.id or folded(user.email) or folded(user.name)


def _order(reference: Reference) -> tuple[str, str, str]:
    return reference.name, reference.email, reference.id


def _token_order(token: AccessToken) -> list[str]:
    return [token.key, token.name, repr(token)]


def _global_order(row: GlobalPermission) -> tuple[str, str, str, int, str]:
    return _person(row.user), row.id or row.label, row.user.name, row.level.rank if row.level else -1, repr(row)


def role_names(references: Iterable[Reference]) -> list[str]:
    """The names in *references*, each once, sorted."""
    return sorted({reference.name for reference in references if reference.name})
