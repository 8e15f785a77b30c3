"""What an account of a pair leaves behind for the comparison of production and sandbox: its roles and their levels."""

from __future__ import annotations

from msgspec import Struct

from auditor.checks.lacking import lack_of
from auditor.model import AccountResult, Directory, Level, Table

_TELLING = {"id", "scriptid", "name"}
"""The columns of a role that tell which role of the other account it is."""


class Digest(Struct, frozen=True, array_like=True):
    """One role: its levels by permission id, and how much they prove."""

    key: str
    name: str
    scriptid: str
    judged: bool
    levels: dict[str, int]
    unnamed: tuple[str, ...]
    """Rows whose label names no single permission, with their levels as they stood, sorted."""
    unreadable: bool
    """A row bears none of the five levels."""
    whole: bool


class AccountDigest(Struct, frozen=True, array_like=True):
    """The roles of one account. A lack is empty where the table was read in full."""

    account: str
    roles: tuple[Digest, ...]
    roles_lack: str
    permissions_lack: str
    columns_lack: str
    """Why script ids and names cannot tell which role is which."""
    way_out: tuple[str, ...]


def digest(result: AccountResult) -> AccountDigest:
    """What the comparison needs of *result*: all roles, for the other account may judge one that this one does not."""
    snapshot, directory = result.snapshot, Directory(result.snapshot)
    judged = {each.role for each in result.distances if each.judged}
    roles_lack, rows_lack = (lack_of(snapshot, table) for table in (Table.ROLES, Table.ROLE_PERMISSIONS))
    dropped = sorted({each.casefold() for each in snapshot.covered(Table.ROLES).columns_dropped} & _TELLING)
    rows_dropped = snapshot.covered(Table.ROLE_PERMISSIONS).columns_dropped
    columns = f"The roles of {snapshot.account} were read without {', '.join(dropped)}." if dropped else ""
    roles = []
    for role in snapshot.roles:
        rows = directory.permissions(role.key).values()
        plain = {row.id: row.level.rank for row in rows if row.level and row.level is not Level.NONE}
        others = directory.unnamed(role.key)
        roles.append(
            Digest(
                key=role.key,
                name=role.name,
                scriptid=(role.scriptid or "").casefold(),
                judged=role.key in judged,
                levels=plain,
                unnamed=tuple(sorted(f"{row.label}: {row.level.value}" for row in others if row.level)),
                unreadable=any(row.level is None for row in (*rows, *others)),
                whole=(role.permissions_whole or rows_lack is None) and not rows_dropped,
            )
        )
    lacks = [lack for lack in (roles_lack, rows_lack) if lack]
    return AccountDigest(
        account=snapshot.account,
        roles=tuple(roles),
        roles_lack=roles_lack.reason if roles_lack else "",
        permissions_lack=rows_lack.reason if rows_lack else "Some columns of the role permissions were not read.",
        columns_lack=columns,
        way_out=tuple(dict.fromkeys(step for lack in lacks for step in lack.way_out)),
    )
