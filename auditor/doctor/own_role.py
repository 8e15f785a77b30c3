"""The auditor's own role beside its own baseline, as rows: what it lacks, what it has too much, what is strong."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.catalog import load_catalog
from auditor.checks.base import Case
from auditor.checks.lacking import Lack
from auditor.checks.own_role import OwnRole, OwnRow, caller_role, own_role
from auditor.config import AccountSettings
from auditor.doctor.report import Mark, RoleRow, Step
from auditor.model import Role, Scope
from auditor.sources.suiteql.survey import Survey

_ADMINISTRATOR = (
    "Make a role of its own for the auditor: auditor init prints the steps, with exactly the permissions that it needs."
)


class OwnRoleRows(Struct, frozen=True, kw_only=True):
    """What there is to say of the role; ``step`` is its line among the steps."""

    step: Step
    role: str = ""
    role_id: str = ""
    user: str = ""
    rows: tuple[RoleRow, ...] = ()


def own_role_rows(settings: AccountSettings, seen: Survey) -> OwnRoleRows:
    """The role that *seen* was seen with."""
    if seen.snapshot is None or seen.snapshot.caller is None:
        return OwnRoleRows(step=Step(name="role", mark=Mark.SKIPPED))
    case = Case(seen.snapshot, (), Scope(assumptions=settings.assumptions), load_catalog())
    user = seen.snapshot.caller.user
    known = user.name or (f"internal id {user.id}" if user.id else "")
    role = caller_role(case)
    if not isinstance(role, Role):
        return OwnRoleRows(step=_open("Which role this is cannot be told.", role), user=known)
    found = own_role(case, role)
    if isinstance(found, Lack):
        step = _open(f"What the role '{role.name}' holds cannot be told.", found)
        return OwnRoleRows(step=step, role=role.name, role_id=role.id or "", user=known)
    return OwnRoleRows(
        step=_step(found, known),
        role=role.name,
        role_id=role.id or "",
        user=known,
        rows=() if found.administrator else tuple(_rows(found, {look.query.opener.permission for look in seen.looks})),
    )


def _open(what: str, lack: Lack) -> Step:
    return Step(name="role", mark=Mark.TROUBLE, says=f"{what} {lack.reason}", remedy=" ".join(lack.way_out))


def _step(found: OwnRole, user: str) -> Step:
    name = f"'{found.role.name}' (internal id {found.role.id})"
    if found.administrator:
        says = f"The auditor signs in as Administrator, {name}: that is more than it needs, whatever it reads."
        return Step(name="role", mark=Mark.MEND, says=says, remedy=_ADMINISTRATOR)
    who = f"Signed in with the role {name}{f', as user {user}' if user else ''}."
    lacking = sum(not row.open for row in found.lacking)
    counts = f"{lacking} lacking, {len(found.excess)} more than needed"
    return Step(
        name="role",
        mark=Mark.GOOD,
        says=f"{who} Beside the baseline {found.baseline.id} {found.baseline.version}: {counts}.",
    )


def _rows(found: OwnRole, openers: set[str]) -> Iterator[RoleRow]:
    """*openers*: the permissions without which a table that is read stays shut."""
    for row in found.lacking:
        if row.open:
            yield _row(row, "perhaps lacking", Mark.NOTE)
        else:
            yield _row(row, "lacking", Mark.TROUBLE if row.permission in openers else Mark.MEND)
    for row in found.excess:
        yield _row(row, "more than needed", Mark.MEND)
    for row in found.strong:
        yield _row(row, "strong", Mark.NOTE)


def _row(row: OwnRow, kind: str, mark: Mark) -> RoleRow:
    return RoleRow(
        kind=kind,
        mark=mark,
        permission=row.permission,
        label=row.label,
        subtab=row.subtab,
        held=row.held.value,
        asked=row.asked.value,
        note=row.note,
    )
