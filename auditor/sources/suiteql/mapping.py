"""Makes the model's records of NetSuite's rows. Keys are internal ids; what a row does not say stays unsaid."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from auditor.catalog import permission_id
from auditor.model import (
    AccessToken,
    Feature,
    GlobalPermission,
    Level,
    Permission,
    Reference,
    Role,
    RoleAssignment,
    User,
)
from auditor.sources.suiteql.rows import (
    EmployeePermissionRow,
    EmployeeRoleRow,
    EmployeeRow,
    EntityRoleRow,
    FeatureRow,
    RolePermissionRow,
    RoleRow,
    TokenRow,
)

V = TypeVar("V")


def role(row: RoleRow) -> Role:
    """The permission table as a whole answers for a role's permissions, so ``permissions_whole`` stays False."""
    return Role(
        key=row.id or "",
        id=row.id,
        name=row.name or row.scriptid or f"role {row.id}",
        scriptid=row.scriptid,
        inactive=yes(row.isinactive),
        center_type=row.centertype,
        web_services_only=yes(row.iswebserviceonlyrole),
        subsidiary_option=row.subsidiaryoption,
        effective_subsidiaries=listed(row.effectivesubsidiaries),
        subsidiary_viewing=yes(row.subsidiaryviewingallowed),
        employee_restriction=row.employeerestriction,
        device_restriction=yes(row.restrictbydevice),
        single_sign_on_only=yes(row.issinglesignononly),
        core_administration=yes(row.coreadminpermission),
        sales_role=yes(row.issalesrole),
        support_role=yes(row.issupportrole),
        partner_role=yes(row.ispartnerrole),
    )


def role_permission(row: RolePermissionRow) -> Permission:
    """One row of a role's permissions; a level that is none of the five is kept as it stands."""
    raw = row.permlevel or ""
    level = _level(raw)
    return Permission(
        same(row.role or ""),
        _id(row.permkey or ""),
        level,
        same(row.name or ""),
        "" if level else raw,
        same(row.restriction or ""),
    )


def role_permissions(rows: list[RolePermissionRow]) -> list[Permission]:
    """What ``role_permission`` makes of each of *rows*, in half the time.

    It is the one table with hundreds of thousands of rows. Rows of one role stand together, and their texts are those
    of the roles before it; where one is not, the page is made row by row, and the next page finds it known.
    """
    ids, names = _id.known, same.known
    role_id = ""
    try:
        return [
            Permission(
                role_id if row.role == role_id else (role_id := same(row.role or "")),
                ids[row.permkey or ""],
                _NUMBERS[row.permlevel or ""],
                names[row.name or ""],
                "",
                names[row.restriction] if row.restriction else "",
            )
            for row in rows
        ]
    except KeyError:
        return list(map(role_permission, rows))


def access_token(row: TokenRow) -> AccessToken:
    """An access token; its user and role by internal id, with the names that NetSuite shows."""
    return AccessToken(
        key=row.id or "",
        name=row.tba_token_name or "",
        application=row.application or "",
        user=reference(row.entity_name, row.entity_shown),
        role=reference(row.role_name, row.role_shown),
        inactive=yes(row.binactive),
        revoked=yes(row.brevoked),
        created=row.created or "",
        created_by=row.created_by or "",
        revoked_on=row.revoked or "",
    )


class _Known(Generic[V]):
    """What a function gives for a text, looked up once: tens of thousands of rows share some hundred texts.

    It forgets everything when it holds *most*, so that a strange account fills no memory.
    """

    def __init__(self, find: Callable[[str], V], most: int) -> None:
        self._find = find
        self._most = most
        self.known: dict[str, V] = {}

    def __call__(self, text: str) -> V:
        try:
            return self.known[text]
        except KeyError:
            if len(self.known) >= self._most:
                self.known.clear()
            self.known[text] = found = self._find(text)
            return found


_NUMBERS = {str(level.rank): level for level in Level}
_level = _Known(Level.parse, 64)
_id = _Known(permission_id, 4096)
same: _Known[str] = _Known(str, 4096)
"""One object for equal texts: a permission row takes a third of the memory."""


class Person(Struct, frozen=True):
    """An employee: the user, and the roles that the employee's own column lists, such as ``"1, 3"``."""

    user: User
    roles: str = ""

    @property
    def assignments(self) -> tuple[RoleAssignment, ...]:
        listed = (part.strip() for part in self.roles.split(","))
        return tuple(RoleAssignment(Reference(id=self.user.key), Reference(id=part)) for part in listed if part)


def employee(row: EmployeeRow) -> Person:
    """An employee, with access or without."""
    name = row.entityid or " ".join(part for part in (row.firstname, row.lastname) if part)
    user = User(
        key=row.id or "",
        id=row.id,
        name=name or f"employee {row.id}",
        email=row.email or "",
        inactive=yes(row.isinactive),
        access=yes(row.giveaccess),
        supervisor=same(row.supervisor or ""),
        classification=same(row.classification or ""),
        department=same(row.department or ""),
        location=same(row.location or ""),
        subsidiary=same(row.subsidiary or ""),
        expense_limit=same(row.expenselimit or ""),
        modified=row.modified or "",
    )
    return Person(user, row.rolesforsearch or "")


_OWN = ("supervisor", "classification", "department", "location", "subsidiary", "expense_limit")


def as_far_as_told(users: list[User]) -> list[User]:
    """*users*, unsaid what none of them has: a column that NetSuite holds back looks like one that is empty."""
    silent = {name: None for name in _OWN if users and not any(getattr(user, name) for user in users)}
    return [replace(user, **silent) for user in users] if silent else users


def assignment(row: EntityRoleRow | EmployeeRoleRow) -> RoleAssignment:
    """An employee holds a role, both by internal id."""
    holder = row.entity if isinstance(row, EntityRoleRow) else row.employee
    return RoleAssignment(Reference(id=holder or ""), Reference(id=row.role or ""))


def global_permission(row: EmployeePermissionRow) -> GlobalPermission:
    """A permission given to an employee directly."""
    raw = row.permlevel or ""
    level = _level(raw)
    return GlobalPermission(
        Reference(id=row.employee or ""), _id(row.permkey or ""), level, raw_level="" if level else raw
    )


def feature(row: FeatureRow) -> Feature:
    """A feature, on if NetSuite says T."""
    return Feature(id=row.id or "", active=row.isactive == "T", name=row.name or "")


def listed(text: str | None) -> tuple[str, ...] | None:
    """Ids as NetSuite lists them, ``"1, 3"``; None where it says nothing."""
    return several(text or "")


def _split(text: str) -> tuple[str, ...] | None:
    return tuple(part for part in (part.strip() for part in text.split(",")) if part) or None


several: _Known[tuple[str, ...] | None] = _Known(_split, 4096)


def in_order(id_: str) -> tuple[int, str]:
    """A key to sort internal ids by: as numbers, and what is no number behind them."""
    return (int(id_), "") if id_.lstrip("-").isdecimal() else (sys.maxsize, id_)


def yes(text: str | None) -> bool | None:
    """NetSuite's T and F; None for anything else, which says nothing."""
    return {"T": True, "F": False}.get(text or "")


def reference(value: str | None, shown: str | None) -> Reference:
    """*value* is an internal id as a rule; where it is no number, it is what NetSuite shows."""
    text = value or ""
    if text.lstrip("-").isdecimal():
        return Reference(id=text, name=shown or "")
    return Reference(name=shown or text)
